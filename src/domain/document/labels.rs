//! The labels of printed papers in six languages, as data (DOMAIN 3.2), and where they stand on a page.

mod composed;
mod compound;
mod left_values;
mod listed;
mod over_rows;
mod phrase;
mod sentence;
mod together;

pub use left_values::value_left;
pub use listed::is_label;
pub use phrase::{continues, is_of_the_reader, leads_its_column};

use std::collections::HashMap;
use std::sync::LazyLock;

use super::layout::{Layout, Placed, Spot, Token, key};
use super::words::{headings_of, rows};
use crate::words;

words! {
    /// What a label announces.
    pub enum Label {
        /// BT-1.
        Number = "number",
        /// BT-2.
        IssueDate = "issue_date",
        /// BT-9.
        DueDate = "due_date",
        /// Any other day: delivery, order, period. Its value is not the issue date.
        OtherDate = "other_date",
        /// BT-13.
        Order = "order",
        /// Our number in the supplier's books, and every other number that is not the invoice's.
        OtherNumber = "other_number",
        /// BT-31.
        VatId = "vat_id",
        /// BT-109.
        Net = "net",
        /// BT-110.
        Tax = "tax",
        /// BT-112.
        Gross = "gross",
        /// BT-115.
        Payable = "payable",
        /// An amount that is none of the totals: carried forward, paid, discount, previous balance.
        OtherAmount = "other_amount",
        /// BT-83.
        Reference = "reference",
        /// BT-84.
        Iban = "iban",
        /// BT-86.
        Bic = "bic",
        /// BT-20.
        Terms = "terms",
        /// Who is addressed.
        Addressee = "addressee",
        /// Who issues.
        Seller = "seller",
        /// BT-5.
        Currency = "currency",
        /// The name of a party, in forms.
        Name = "name",
        /// A column of the table of items.
        Column = "column",
    }
}

/// The data: `label strength: spellings`, one or more rows each.
const LABELS: &str = include_str!("labels/labels.txt");

/// Longest label in words, with the points between them.
const MAX_WORDS: usize = 6;

type Index = HashMap<String, (Label, u16)>;

static INDEX: LazyLock<Index> = LazyLock::new(|| {
    let mut index = Index::new();
    for (name, spellings) in rows(LABELS) {
        let Some(meaning) = meaning(name) else {
            continue;
        };
        for spelling in spellings {
            index.entry(joined(spelling)).or_insert(meaning);
        }
    }
    index
});

/// `number 3`: the label and how explicit it is.
fn meaning(name: &str) -> Option<(Label, u16)> {
    let (label, strength) = name.split_once(' ')?;
    Some((Label::parse(label)?, strength.parse().ok()?))
}

/// What a label is known by: its letters, digits and `#`, without blanks, points and hyphens, for `Rechnungs-Nr.` is also
/// printed `Rechnungsnr` and `Rechnungs Nr`, and a scan loses any of these.
fn joined(spelling: &str) -> String {
    let words = spelling
        .split(' ')
        .map(|word| word_of(word, key(word)))
        .collect::<Vec<_>>();
    let mut joined = String::new();
    for word in &words {
        push_plain(&mut joined, word);
    }
    joined
}

fn push_plain(joined: &mut String, word: &str) {
    joined.extend(word.chars().filter(|c| c.is_alphanumeric() || *c == '#'));
}

/// The key of a word, and `#` for itself: `Order #` announces a number, `Order` is a word of many sentences.
fn word_of(text: &str, key: String) -> String {
    if key.is_empty() && text.contains(['#', '№']) {
        "#".to_owned()
    } else {
        key
    }
}

/// The same on a page, where `Inv#` is also written in one piece.
fn word_on_page(text: &str, key: &str) -> String {
    let is_signed = text.trim_end_matches([':', '.']).ends_with('#');
    let signed = Some(format!("{key}#")).filter(|_| is_signed && !key.is_empty());
    signed
        .filter(|signed| INDEX.contains_key(signed))
        .unwrap_or_else(|| word_of(text, key.to_owned()))
}

/// Beginnings of labels: most words of a page begin none, and this is asked for every word.
static BEGINNINGS: LazyLock<std::collections::HashSet<String>> = LazyLock::new(|| {
    INDEX
        .keys()
        .map(|label| label.chars().take(BEGINNING).collect())
        .collect()
});
/// Characters looked at first.
const BEGINNING: usize = 3;

/// A label on the page.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Hit {
    /// What it announces.
    pub label: Label,
    /// 3 says it all, 2 is usual, 1 means it only by its place.
    pub strength: u16,
    /// Where it stands.
    pub spot: Spot,
}

impl Placed for Hit {
    fn spot(&self) -> Spot {
        self.spot
    }
}

/// Every label of a document, row by row from the left; of overlapping ones the longest.
pub fn find(layout: &Layout) -> Vec<Hit> {
    let mut hits = Vec::new();
    for (line, row) in layout.lines.iter().enumerate() {
        let words = row
            .tokens
            .iter()
            .map(|token| word_on_page(&token.text, &token.key))
            .collect::<Vec<_>>();
        let keys = words.iter().map(String::as_str).collect::<Vec<_>>();
        let mut own = Vec::new();
        for column in layout.segments(line) {
            for hit in in_column(column, &keys) {
                own.push(hit);
                own.extend(day_beside(&hit, &keys));
            }
        }
        own.extend(letter_date(line, &row.tokens));
        own.sort_by_key(|hit| (hit.spot.start, std::cmp::Reverse(hit.spot.end)));
        phrase::refine(layout, line, &mut own);
        for segment in layout.segments(line) {
            let words = keys.get(segment.start..segment.end).unwrap_or_default();
            let mut titles = title_hits(segment, words);
            // `Tax invoice no.` is found whole as a label already.
            titles.retain(|title| {
                let holds = |hit: &Hit| {
                    hit.label == title.label
                        && hit.strength >= title.strength
                        && hit.spot.start <= title.spot.start
                        && title.spot.end <= hit.spot.end
                };
                !own.iter().any(holds)
            });
            // `Rif. fattura n. 17 del 3/5`: the day is the other paper's, whatever the word is elsewhere.
            own.retain(|hit| {
                let is_other = |title: &Hit| {
                    title.label == Label::OtherDate && title.spot.start == hit.spot.start
                };
                hit.label != Label::IssueDate || !titles.iter().any(is_other)
            });
            hits.extend(titles);
            hits.extend(sentence::hits(segment, words));
        }
        hits.append(&mut own);
    }
    over_rows::join(layout, &mut hits);
    hits.sort_by_key(|hit| hit.spot);
    together::refine(layout, &mut hits);
    hits
}

/// The labels of one column of a row. Words of two languages fixed to each other are looked at one by one, too:
/// `Factuur nr./Document No.` is two labels for one value.
fn in_column(column: Spot, keys: &[&str]) -> Vec<Hit> {
    let keys = keys.get(..column.end).unwrap_or_default();
    let parts = (column.start..keys.len())
        .flat_map(|index| parts_of(index, keys.get(index).copied().unwrap_or_default()))
        .collect::<Vec<_>>();
    let texts = parts.iter().map(|(_, text)| *text).collect::<Vec<_>>();
    let mut hits = Vec::new();
    let mut at = 0;
    while let Some((start, _)) = parts.get(at).copied() {
        let begins_word = at == 0 || parts.get(at - 1).is_none_or(|(word, _)| *word != start);
        let whole = begins_word.then(|| longest(keys, start)).flatten();
        let in_parts = longest(&texts, at).and_then(|(label, strength, end)| {
            let (last, _) = parts.get(end.checked_sub(1)?)?;
            Some((label, strength, last + 1, end))
        });
        let by_parts = in_parts.filter(|(_, _, end, _)| whole.is_none_or(|(_, _, own)| *end > own));
        let (label, strength, end, next) = match (by_parts, whole) {
            (Some(found), _) => found,
            (None, Some((label, strength, end))) => {
                let next = parts.iter().position(|(word, _)| *word >= end);
                (label, strength, end, next.unwrap_or(parts.len()))
            }
            (None, None) => {
                at += 1;
                continue;
            }
        };
        let spot = Spot {
            line: column.line,
            start,
            end,
        };
        hits.push(Hit {
            label,
            strength,
            spot,
        });
        at = next;
    }
    hits
}

/// A word, or the words a stroke divides it into: with letters only, and one of them long enough to be no unit or sign.
fn parts_of(index: usize, key: &str) -> Vec<(usize, &str)> {
    let parts = key
        .split('/')
        .map(|part| part.trim_matches(|c: char| !c.is_alphanumeric()))
        .collect::<Vec<_>>();
    let are_words = parts.len() > 1
        && parts
            .iter()
            .all(|part| !part.is_empty() && !part.contains(|c: char| c.is_ascii_digit()))
        && parts.iter().any(|part| part.chars().count() >= 3);
    if are_words {
        parts.into_iter().map(|part| (index, part)).collect()
    } else {
        vec![(index, key)]
    }
}

/// A label that announces a number and its day together: `Rechnungsnr./-datum`.
fn day_beside(hit: &Hit, keys: &[&str]) -> Option<Hit> {
    let words = keys.get(hit.spot.start..hit.spot.end)?;
    let has_day = words
        .iter()
        .any(|key| key.contains('/') && DAY_WORDS.iter().any(|day| key.ends_with(day)));
    (hit.label == Label::Number && has_day).then_some(Hit {
        label: Label::IssueDate,
        ..*hit
    })
}

/// A heading that carries number and date in its words: `Commercial invoice (380) no. 4711 dated 5 March 2026`,
/// `Fattura 680 del 14 maggio`. Where words stand before it, it may be another paper that is talked about.
fn title_hits(spot: Spot, keys: &[&str]) -> Vec<Hit> {
    let Some((heading, end)) = bill_heading(keys) else {
        return Vec::new();
    };
    let leading = keys.get(..end).unwrap_or_default().join(" ");
    let leads = heading == 0 || headings_of(&leading).next().is_some();
    let is_plain = |at: usize| {
        let key = keys.get(at).copied().unwrap_or_default();
        !key.contains(|c: char| c.is_ascii_digit()) || is_type_code(keys, at)
    };
    let between = (end..keys.len().min(end + MAX_TITLE_WORDS)).take_while(|at| is_plain(*at));
    let between = between.collect::<Vec<_>>();
    let hit = |label: Label, strength: u16, start: usize, end: usize| Hit {
        label,
        strength,
        spot: Spot {
            line: spot.line,
            start: spot.start + start,
            end: spot.start + end,
        },
    };
    let is_number_word = |at: &usize| keys.get(*at).is_some_and(|key| NUMBER_WORDS.contains(key));
    let number_word = between.iter().position(is_number_word);
    // `Rechnung zum Vertrag Nr. 7`: perhaps the number of the contract.
    let is_coded = between.iter().any(|at| is_type_code(keys, *at));
    let is_next = number_word == Some(0) || is_coded;
    // Its number: the first word with digits behind it or behind `no.`.
    let at = end + number_word.map_or(0, |word| word + 1);
    let number = (at..(at + MAX_SERIES_WORDS).min(keys.len())).find(|index| !is_plain(*index));
    let is_near = number_word.is_some() || number.is_some_and(|number| number <= end + 1);
    let from = number
        .filter(|_| is_near)
        .map_or(keys.len(), |number| number + 1);
    let date = date_word(keys, from).map(|start| {
        let own = heading.checked_sub(1).and_then(|before| keys.get(before));
        let is_own =
            own.is_some_and(|word| OWN_WORDS.contains(word) || NUMBER_WORDS.contains(word));
        let (label, strength) = match (leads, is_own, is_next, number_word) {
            (true, _, true, _) => (Label::IssueDate, 3),
            (true, _, false, None) => (Label::IssueDate, 2),
            (true, _, false, Some(_)) | (false, true, ..) => (Label::IssueDate, 1),
            (false, false, ..) => (Label::OtherDate, 3),
        };
        hit(label, strength, start, start + 1)
    });
    let announced = number_word.map(|word| {
        let strength = match (leads, is_next) {
            (true, true) => 3,
            (true, false) => 2,
            (false, _) => 1,
        };
        hit(Label::Number, strength, end - 1, end + word + 1)
    });
    announced.into_iter().chain(date).collect()
}

/// The first words that head a bill, and where they end: `Fee note`, `Handelsrechnung`.
fn bill_heading(keys: &[&str]) -> Option<(usize, usize)> {
    (0..keys.len().min(MAX_WORDS_BEFORE)).find_map(|start| {
        let longest = MAX_HEADING_WORDS.min(keys.len() - start);
        let end = (2..=longest)
            .rev()
            .map(|length| start + length)
            .find(|end| {
                let words = keys.get(start..*end).unwrap_or_default().join(" ");
                headings_of(&words).any(compound::is_bill)
            });
        let single = || is_bill_heading(keys.get(start)?).then_some(start + 1);
        Some((start, end.or_else(single)?))
    })
}

/// `dated` behind a number, and a day behind it.
fn date_word(keys: &[&str], from: usize) -> Option<usize> {
    let day = |index: usize| {
        let first = keys.get(index)?;
        let digits = |key: &str| key.starts_with(|c: char| c.is_ascii_digit());
        let is_month = |key: &str| key.len() >= 3 && key.chars().all(char::is_alphabetic);
        let next = keys.get(index + 1);
        Some(digits(first) || is_month(first) && next.is_some_and(|next| digits(next)))
    };
    (from..(from + MAX_DATE_WORDS).min(keys.len())).find(|index| {
        let is_word = keys.get(*index).is_some_and(|key| DATE_WORDS.contains(key));
        is_word && (day(index + 1) == Some(true) || day(index + 2) == Some(true))
    })
}

/// A code of UNCL1001 among the words of a title, before the word for its number: `(380) Nr.`.
fn is_type_code(keys: &[&str], at: usize) -> bool {
    let is_code = |key: &&str| key.len() == 3 && key.bytes().all(|b| b.is_ascii_digit());
    let announces = |key: &&str| NUMBER_WORDS.contains(key);
    keys.get(at).is_some_and(is_code) && keys.get(at + 1).is_some_and(announces)
}

/// The day of a German letter: `Husby, den 16.11.2026`.
fn letter_date(line: usize, tokens: &[Token]) -> Option<Hit> {
    let at = tokens.windows(2).position(
        |pair| matches!(pair, [town, word] if town.text.ends_with(',') && word.key == "den"),
    )?;
    Some(Hit {
        label: Label::IssueDate,
        strength: 2,
        spot: Spot {
            line,
            start: at + 1,
            end: at + 2,
        },
    })
}

/// Words between the heading of a bill and its number.
const MAX_TITLE_WORDS: usize = 7;
/// `no.` behind the heading of a bill.
const NUMBER_WORDS: [&str; 8] = ["nr", "no", "n", "nummer", "number", "numero", "num", "nro"];
/// A day in a label for two things.
const DAY_WORDS: [&str; 4] = ["datum", "date", "fecha", "data"];
/// `dated` behind its number.
const DATE_WORDS: [&str; 14] = [
    "vom", "dated", "date", "du", "del", "van", "of", "le", "de", "d.d", "dd", "am", "on", "fecha",
];
/// Words before the heading of a bill that make it the one in hand: `Your invoice 4711 of 3 March`.
const OWN_WORDS: [&str; 14] = [
    "your", "our", "ihre", "unsere", "votre", "notre", "su", "nuestra", "vostra", "nostra", "la",
    "uw", "onze", "the",
];
/// `Fattura elettronica di vendita`.
const MAX_HEADING_WORDS: usize = 4;
/// Words before the heading of a bill on its row.
const MAX_WORDS_BEFORE: usize = 4;
/// Words of a number with its series: `INV - 2026 - 17`.
const MAX_SERIES_WORDS: usize = 4;
/// Words between a number and its day: `4711, en date du`.
const MAX_DATE_WORDS: usize = 6;

fn is_bill_heading(key: &str) -> bool {
    // `Bill to`.
    key != "bill" && headings_of(key).any(compound::is_bill) || compound::is_bill_word(key)
}

/// The longest label that starts at a word, and where it ends. It neither begins nor ends with bare punctuation.
fn longest(keys: &[&str], start: usize) -> Option<(Label, u16, usize)> {
    let first = keys.get(start).filter(|first| !first.is_empty())?;
    let compound = || compound::label(first).map(|(label, strength)| (label, strength, start + 1));
    let known = known(keys, start).or_else(compound);
    let composed = composed::label(keys, start);
    let is_longer = |(_, _, end): &(Label, u16, usize)| {
        known.is_none_or(|(_, strength, own)| *end > own || *end == own && strength == 1)
    };
    composed.filter(is_longer).or(known)
}

/// The longest label of the data that starts at a word.
fn known(keys: &[&str], start: usize) -> Option<(Label, u16, usize)> {
    let mut text = String::new();
    push_plain(&mut text, keys.get(start)?);
    let beginning = text.chars().take(BEGINNING).collect::<String>();
    if beginning.chars().count() == BEGINNING && !BEGINNINGS.contains(&beginning) {
        return None;
    }
    let mut found = INDEX.get(&text).map(|known| (*known, start + 1));
    for (at, word) in keys.iter().enumerate().skip(start + 1).take(MAX_WORDS - 1) {
        push_plain(&mut text, word);
        if let Some(known) = INDEX.get(&text).filter(|_| !word.is_empty()) {
            found = Some((*known, at + 1));
        }
    }
    found.map(|((label, strength), end)| (label, strength, end))
}

#[cfg(test)]
mod tests;
