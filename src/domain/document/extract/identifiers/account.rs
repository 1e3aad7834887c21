//! Accounts on a page: IBANs by their check digits, however they are spaced or broken over rows.

use super::Found;
use super::vat::latin;
use crate::basics::bank_account::{Bic, Iban};
use crate::domain::document::labels::{Hit, Label};
use crate::domain::document::layout::{Layout, Spot, Token};

/// An IBAN is printed in at most nine groups; a scan may break it into more.
const MAX_IBAN_WORDS: usize = 12;
/// Accounts of one document: a bill has a handful, a list of them is none.
const MAX_ACCOUNTS: usize = 200;
/// Letters and digits of one printed group of an IBAN.
const GROUP: usize = 4;
/// Lengths of IBANs.
const LENGTHS: std::ops::RangeInclusive<usize> = 15..=34;

/// Every account whose check digits are right, once each.
pub fn ibans(layout: &Layout) -> Vec<Found> {
    let mut found: Vec<Found> = Vec::new();
    for (line, start, text) in beginnings(layout) {
        let broken = || over_rows(layout, line, start, &text).map(|(account, _)| account);
        let read = if text.len() == 1 {
            in_cells(layout, line, start)
        } else {
            in_row(layout, line, start, &text)
                .or_else(broken)
                .or_else(|| misread(layout, line, start, &text))
        };
        if let Some(account) = read
            && !found.iter().any(|other| other.value == account.value)
        {
            found.push(account);
        }
        if found.len() >= MAX_ACCOUNTS {
            break;
        }
    }
    found
}

/// Every spot where an account is printed or what looks like one: the same one again, its second half in the next row, and
/// those whose check digits are wrong, for a misread account names its owner, too.
pub fn account_spots(layout: &Layout) -> Vec<Spot> {
    let spots = beginnings(layout).flat_map(|(line, start, text)| {
        let one = |found: Found| vec![found.spot];
        let broken = || {
            let (account, tail) = over_rows(layout, line, start, &text)?;
            Some(vec![account.spot, tail])
        };
        let grouped = || {
            let mut spots = longest_first(layout, line, start);
            spots.find(|spot| is_grouped(layout, *spot, &text))
        };
        if text.len() == 1 {
            return in_cells(layout, line, start).map(one).unwrap_or_default();
        }
        in_row(layout, line, start, &text)
            .map(one)
            .or_else(broken)
            .or_else(|| misread(layout, line, start, &text).map(one))
            .or_else(|| grouped().map(|spot| vec![spot]))
            .unwrap_or_default()
    });
    spots.collect()
}

/// As long as an account, and printed as one: in one piece or in groups of four.
fn is_grouped(layout: &Layout, spot: Spot, first: &str) -> bool {
    let others = layout.tokens(Spot {
        start: spot.start + 1,
        ..spot
    });
    let groups = std::iter::once(first.len()).chain(others.iter().map(|token| token.text.len()));
    let mut groups = groups.collect::<Vec<_>>();
    let last = groups.pop().unwrap_or_default();
    let digits = join(layout, spot, first);
    let digits = digits.bytes().filter(u8::is_ascii_digit).count();
    let length = groups.iter().sum::<usize>() + last;
    let is_one = groups.is_empty() || groups.iter().all(|group| *group == GROUP) && last <= GROUP;
    is_one && LENGTHS.contains(&length) && digits + 8 >= length
}

/// The words that may begin an account: row, word, and what of the word belongs to it.
fn beginnings(layout: &Layout) -> impl Iterator<Item = (usize, usize, String)> + '_ {
    let rows = layout.lines.iter().enumerate();
    rows.flat_map(|(line, row)| {
        let words = row.tokens.iter().enumerate();
        words.filter_map(move |(start, token)| Some((line, start, begins_iban(&token.text)?)))
    })
}

/// The word without what stands before it, when two letters and two digits begin it, or two letters alone where a scan or
/// a printer divided them, or one letter alone, as in the first box of a payment slip.
fn begins_iban(word: &str) -> Option<String> {
    let plain = latin(word);
    let plain = plain.trim_start_matches(|c: char| !c.is_ascii_alphanumeric());
    let plain = plain
        .strip_prefix("IBAN")
        .filter(|rest| rest.len() >= 4)
        .unwrap_or(plain);
    let plain = plain.trim_end_matches(|c: char| !c.is_ascii_alphanumeric());
    let bytes = plain.as_bytes();
    let letters = bytes.len() >= 2 && bytes.iter().take(2).all(u8::is_ascii_uppercase);
    let digits = bytes.iter().skip(2).take(2).all(u8::is_ascii_digit) && bytes.len() != 3;
    let is_cell = matches!(bytes, [first] if first.is_ascii_uppercase());
    (letters && digits || is_cell).then(|| plain.to_owned())
}

/// The rest of the words of a spot behind its first, joined to it.
fn join(layout: &Layout, spot: Spot, first: &str) -> String {
    let rest = layout.tokens(Spot {
        start: (spot.start + 1).min(spot.end),
        ..spot
    });
    let rest = rest.iter().map(|token| latin(&token.text));
    std::iter::once(first.to_owned())
        .chain(rest)
        .collect::<String>()
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .collect()
}

/// `Téléphone` is no part of an account, though some countries have letters in theirs.
fn is_part(token: &Token) -> bool {
    let is_letter = |c: char| c.is_lowercase() || c.is_alphabetic() && !c.is_ascii();
    let small = latin(&token.text).chars().filter(|c| is_letter(*c)).count();
    small < SMALL_LETTERS
}

/// Small letters of a word; a scan may take a digit for one or two of them.
const SMALL_LETTERS: usize = 3;

/// The words an account may be made of, from `start` on.
fn longest_first(layout: &Layout, line: usize, start: usize) -> impl Iterator<Item = Spot> {
    let row = layout.lines.get(line);
    let behind = row.and_then(|row| row.tokens.get(start + 1..));
    let parts = behind
        .unwrap_or_default()
        .iter()
        .take_while(|token| is_part(token));
    let parts = row.map_or(0, |row| {
        parts.count() + usize::from(start < row.tokens.len())
    });
    let longest = MAX_IBAN_WORDS.min(parts);
    (1..=longest).rev().map(move |length| Spot {
        line,
        start,
        end: start + length,
    })
}

fn in_row(layout: &Layout, line: usize, start: usize, first: &str) -> Option<Found> {
    longest_first(layout, line, start).find_map(|spot| {
        let iban = Iban::parse(&join(layout, spot, first))?;
        if !iban.has_known_country() && !is_labelled(layout, spot) {
            return None;
        }
        Some(Found {
            value: iban.as_str().to_owned(),
            spot,
            confidence: 970,
        })
    })
}

/// One character in each box, as payment slips have it; what stands right of the last box is not looked at.
fn in_cells(layout: &Layout, line: usize, start: usize) -> Option<Found> {
    let row = layout.lines.get(line)?;
    let cells = row.tokens.iter().skip(start).take(*LENGTHS.end());
    let cells = cells.map(|token| latin(&token.text));
    let cells = cells.take_while(|text| text.len() == 1).collect::<String>();
    LENGTHS.rev().find_map(|length| {
        let iban = Iban::parse(cells.get(..length)?).filter(Iban::has_known_country)?;
        Some(Found {
            value: iban.as_str().to_owned(),
            spot: Spot {
                line,
                start,
                end: start + length,
            },
            confidence: 950,
        })
    })
}

/// `IBAN` stands in one of the two words before it.
fn is_labelled(layout: &Layout, spot: Spot) -> bool {
    let before = Spot {
        start: spot.start.saturating_sub(2),
        end: spot.start,
        ..spot
    };
    layout
        .tokens(before)
        .iter()
        .any(|token| token.key.starts_with("iban"))
}

/// The end of one row and the beginning of the next ones in the same column. In a narrow column an account takes three or
/// four rows; those between hold nothing else.
fn over_rows(layout: &Layout, line: usize, start: usize, first: &str) -> Option<(Found, Spot)> {
    let tokens = layout.lines.get(line)?.tokens.len();
    let head = layout.run(line, start, tokens);
    let mut text = join(layout, head, first);
    let mut last = head;
    for _ in 0..MAX_ROWS {
        let below = layout.below(last, 1).into_iter().take(1);
        let nexts = layout.goes_on(last).into_iter().chain(below);
        let nexts = nexts.collect::<Vec<_>>();
        let ended = nexts
            .iter()
            .find_map(|next| continued(layout, &text, *next));
        if let Some((iban, tail)) = ended {
            let account = Found {
                value: iban.as_str().to_owned(),
                spot: head,
                confidence: 930,
            };
            return Some((account, tail));
        }
        last = *nexts.iter().find(|next| is_groups(layout, **next))?;
        let words = layout.tokens(last).iter();
        text.extend(words.map(|word| latin(&word.text)));
    }
    None
}

/// Rows an account takes below its first.
const MAX_ROWS: usize = 3;

/// Groups of four and nothing else.
fn is_groups(layout: &Layout, spot: Spot) -> bool {
    let mut words = layout.tokens(spot).iter();
    spot.start < spot.end
        && words.all(|word| {
            word.text.len() == GROUP && word.text.bytes().all(|b| b.is_ascii_alphanumeric())
        })
}

/// The account that a beginning and the first words of a spot make, and these words.
fn continued(layout: &Layout, head: &str, next: Spot) -> Option<(Iban, Spot)> {
    let parts = layout
        .tokens(next)
        .iter()
        .take_while(|token| is_part(token));
    let longest = parts.count().min(MAX_IBAN_WORDS);
    (1..=longest).rev().find_map(|length| {
        let tail = Spot {
            end: next.start + length,
            ..next
        };
        let words = layout.tokens(tail).iter();
        let words = words.map(|token| latin(&token.text));
        let whole = head.to_owned() + &words.collect::<String>();
        let plain = whole
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .collect::<String>();
        let iban = Iban::parse(&plain).filter(Iban::has_known_country)?;
        Some((iban, tail))
    })
}

/// Letters a scan takes for digits put right, where only digits can stand and the check digits agree then.
fn misread(layout: &Layout, line: usize, start: usize, first: &str) -> Option<Found> {
    longest_first(layout, line, start).find_map(|spot| {
        let text = join(layout, spot, first);
        let (country, rest) = text.split_at_checked(2)?;
        if !ONLY_DIGITS.contains(&country) || !LENGTHS.contains(&text.len()) {
            return None;
        }
        let digits = rest.chars().map(as_digit).collect::<String>();
        let iban = Iban::parse(&format!("{country}{digits}"))?;
        Some(Found {
            value: iban.as_str().to_owned(),
            spot,
            confidence: 800,
        })
    })
}

/// Countries whose accounts have no letters.
const ONLY_DIGITS: [&str; 14] = [
    "AT", "BE", "CZ", "DE", "DK", "EE", "ES", "FI", "HR", "LT", "NO", "PL", "PT", "SE",
];

fn as_digit(c: char) -> char {
    match c {
        'O' | 'o' | 'D' | 'Q' => '0',
        'I' | 'l' | 'i' => '1',
        'Z' | 'z' => '2',
        'S' | 's' => '5',
        'B' => '8',
        c => c,
    }
}

/// What stands beside an IBAN label, or looks like an account, and is none: its check digits are wrong, or it was misread.
pub fn broken_iban(layout: &Layout, hits: &[Hit]) -> Option<Found> {
    let labelled = hits.iter().filter(|hit| hit.label == Label::Iban);
    let beside = labelled.filter_map(|hit| {
        let tokens = layout.lines.get(hit.spot.line)?.tokens.len();
        let end = tokens.min(hit.spot.end + MAX_IBAN_WORDS);
        let here = layout.right_of(hit.spot, end);
        let below = layout.below(hit.spot, 1);
        std::iter::once(here)
            .chain(below)
            .find_map(|spot| shaped(layout, spot))
    });
    let mut anywhere = layout.lines.iter().enumerate().flat_map(|(line, row)| {
        (0..row.tokens.len()).map(move |start| Spot {
            line,
            start,
            end: start + 1,
        })
    });
    beside.into_iter().next().or_else(|| {
        anywhere.find_map(|spot| shaped(layout, spot).filter(|found| found.value.len() >= 18))
    })
}

/// The first words of a spot that together have the shape of an IBAN.
fn shaped(layout: &Layout, spot: Spot) -> Option<Found> {
    let marks = layout
        .tokens(spot)
        .iter()
        .take_while(|token| token.key.is_empty());
    let spot = Spot {
        start: spot.start + marks.count(),
        ..spot
    };
    let first = begins_iban(&layout.tokens(spot).first()?.text).filter(|first| first.len() > 1)?;
    let text = join(layout, spot, &first);
    let bytes = text.as_bytes();
    let digits = bytes.iter().filter(|b| b.is_ascii_digit()).count();
    let shaped = LENGTHS.contains(&bytes.len())
        && bytes.iter().skip(2).take(2).all(u8::is_ascii_digit)
        && digits + 8 >= bytes.len();
    shaped.then_some(Found {
        value: text,
        spot,
        confidence: 300,
    })
}

/// The BIC beside its label.
pub fn bic(layout: &Layout, hits: &[Hit]) -> Option<Found> {
    hits.iter()
        .filter(|hit| hit.label == Label::Bic)
        .find_map(|hit| {
            let words = layout
                .lines
                .get(hit.spot.line)?
                .tokens
                .get(hit.spot.end..)?;
            let (index, bic) = words.iter().take(2).enumerate().find_map(|(index, word)| {
                Bic::parse(word.text.trim_matches(|c: char| !c.is_ascii_alphanumeric()))
                    .map(|bic| (index, bic))
            })?;
            let start = hit.spot.end + index;
            Some(Found {
                value: bic.as_str().to_owned(),
                spot: Spot {
                    line: hit.spot.line,
                    start,
                    end: start + 1,
                },
                confidence: 930,
            })
        })
}
