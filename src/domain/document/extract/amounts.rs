//! Totals on a page: every number in all its readings, and among those labelled net, tax and gross the three that add up.

mod breakdown;
mod closure;

use rust_decimal::Decimal;

use super::super::labels::{Hit, Label};
use super::super::layout::{Layout, Spot, Token};
use crate::formats::number;

/// Amounts looked at in one document. A bill of many pages has some thousand.
const MAX_AMOUNTS: usize = 4_000;
/// Candidates kept for each total: the combinations of three stay few.
const MAX_CANDIDATES: usize = 10;
/// A VAT rate above this is none: 27 per cent (Hungary) is the highest in the EU.
const MAX_RATE_PER_CENT: Decimal = Decimal::from_parts(28, 0, 0, false, 0);

/// One printed amount.
#[derive(Clone, PartialEq, Debug)]
pub struct Amount {
    /// Every way to read it, usual first.
    pub readings: Vec<Decimal>,
    /// Where it stands.
    pub spot: Spot,
    /// Written as money: with cents or beside a currency.
    pub is_money: bool,
}

/// A chosen total.
#[derive(Clone, PartialEq, Debug)]
pub struct Total {
    /// Its value.
    pub value: Decimal,
    /// Where it stands; nowhere when it is implied by the others.
    pub spot: Option<Spot>,
    /// Per mille.
    pub confidence: u16,
}

impl Total {
    /// A value that needs no place.
    pub fn known(value: Decimal) -> Self {
        Self {
            value,
            spot: None,
            confidence: 0,
        }
    }
}

/// The totals of a bill.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Totals {
    /// BT-109.
    pub net: Option<Total>,
    /// BT-110.
    pub tax: Option<Total>,
    /// BT-112.
    pub gross: Option<Total>,
    /// BT-115.
    pub payable: Option<Total>,
}

#[derive(Clone, Copy, PartialEq, Debug)]
struct Candidate {
    value: Decimal,
    spot: Spot,
    score: i32,
    strength: u16,
    /// One of several rows of a column: perhaps only a part of the total.
    is_partial: bool,
}

/// Every amount of a document.
pub fn find(layout: &Layout) -> Vec<Amount> {
    let mut amounts = Vec::new();
    for (line, row) in layout.lines.iter().enumerate() {
        let mut index = 0;
        while index < row.tokens.len() {
            let found = amount_at(&row.tokens, index);
            if let Some((length, readings, is_money)) = found {
                let spot = Spot {
                    line,
                    start: index,
                    end: index + length,
                };
                amounts.push(Amount {
                    readings,
                    spot,
                    is_money,
                });
            }
            index += found_length(&amounts, line, index);
        }
        if amounts.len() >= MAX_AMOUNTS {
            break;
        }
    }
    amounts
}

fn found_length(amounts: &[Amount], line: usize, index: usize) -> usize {
    amounts
        .last()
        .filter(|a| a.spot.line == line && a.spot.start == index)
        .map_or(1, |a| a.spot.end - index)
}

/// The amount that starts at this word: digit groups divided by blanks are put together (`1 234,56`).
fn amount_at(tokens: &[Token], index: usize) -> Option<(usize, Vec<Decimal>, bool)> {
    let first = tokens.get(index)?;
    let has_digit = first.text.contains(|c: char| c.is_ascii_digit());
    if !has_digit || first.text.chars().count() > 24 || is_code(&first.text) {
        return None;
    }
    let mut text = first.text.clone();
    let mut length = 1;
    if first.text.trim_start_matches(['-', '€', '$', '£']).len() <= 3
        && first.text.ends_with(|c: char| c.is_ascii_digit())
    {
        while let (Some(before), Some(next)) =
            (tokens.get(index + length - 1), tokens.get(index + length))
        {
            if !Layout::is_tight(before, next) || !is_group(&next.text) {
                break;
            }
            text.push(' ');
            text.push_str(&next.text);
            length += 1;
            if next.text.contains([',', '.']) {
                break;
            }
        }
        if length > 1 && !text.contains([',', '.']) {
            // `2 100` may be two numbers; only cents show that it is one.
            (text, length) = (first.text.clone(), 1);
        }
    }
    let after = tokens.get(index + length);
    let is_rate = text.contains('%') || after.is_some_and(|t| t.text.starts_with('%'));
    let text = text
        .trim_end_matches([',', ';', ':', ')', '*', '.'])
        .trim_start_matches('(')
        .trim_end_matches('.');
    let readings = number::readings(text);
    if is_rate || readings.is_empty() {
        return None;
    }
    let before = index.checked_sub(1).and_then(|at| tokens.get(at));
    let beside_currency = [before, after]
        .into_iter()
        .flatten()
        .any(|t| currency_of(&t.text).is_some())
        || currency_of(text).is_some();
    Some((length, readings, has_cents(text) || beside_currency))
}

/// `RE4711` and `SI-007423` are numbers of papers, also beside a currency; `EUR595.00` and `Fr.12.-` are amounts.
fn is_code(text: &str) -> bool {
    let letters = text.chars().take_while(|c| c.is_alphabetic());
    let letters = letters.collect::<String>();
    let is_money = currency_of(&letters).is_some()
        || ["Fr", "SFr", "Kr", "kr", "Rs", "R"].contains(&letters.as_str());
    !letters.is_empty() && !is_money
}

fn is_group(text: &str) -> bool {
    let digits = text.chars().take_while(char::is_ascii_digit).count();
    digits == 3
        && text
            .chars()
            .nth(3)
            .is_none_or(|c| matches!(c, ',' | '.' | '€'))
}

/// Two digits behind a separator at its end.
pub fn has_cents(text: &str) -> bool {
    let text = text.trim_end_matches(|c: char| !c.is_ascii_digit());
    let mut backwards = text.chars().rev();
    let cents = backwards
        .by_ref()
        .take(2)
        .filter(char::is_ascii_digit)
        .count();
    cents == 2
        && matches!(backwards.next(), Some(',' | '.'))
        && backwards.next().is_some_and(|c| c.is_ascii_digit())
}

/// The currency a word names: by its ISO code or its sign, alone or fixed to a number. `$` is the dollar of the United
/// States until something says otherwise.
pub fn currency_of(word: &str) -> Option<&'static str> {
    let letters = word
        .chars()
        .filter(|c| c.is_alphabetic())
        .collect::<String>();
    let signs = [
        ("€", "EUR"),
        ("£", "GBP"),
        ("CA$", "CAD"),
        ("AU$", "AUD"),
        ("A$", "AUD"),
        ("US$", "USD"),
        ("$", "USD"),
        ("₹", "INR"),
        ("zł", "PLN"),
        ("₺", "TRY"),
    ];
    let codes = [
        "EUR", "USD", "GBP", "CHF", "SEK", "NOK", "DKK", "PLN", "CZK", "HUF", "CAD", "AUD", "NZD",
        "JPY", "CNY", "INR", "RON", "BGN", "TRY", "ZAR", "SGD", "HKD", "MXN", "BRL",
    ];
    let code = codes.iter().find(|code| **code == letters).copied();
    let sign = || {
        signs
            .iter()
            .find(|(sign, _)| word.contains(sign))
            .map(|(_, code)| *code)
    };
    let franc = || (word == "Fr." || word == "SFr.").then_some("CHF");
    code.or_else(sign)
        .or_else(franc)
        .or_else(|| (letters == "Euro" || letters == "EURO").then_some("EUR"))
}

/// The totals of a bill, the best combination of candidates.
pub fn totals(layout: &Layout, hits: &[Hit], amounts: &[Amount]) -> Totals {
    let of = |label: Label| candidates(layout, hits, amounts, label);
    let (net, tax, gross, payable) = (
        of(Label::Net),
        with_sum(of(Label::Tax)),
        of(Label::Gross),
        of(Label::Payable),
    );
    let largest = amounts
        .iter()
        .filter(|a| a.is_money)
        .filter_map(|a| a.readings.first())
        .max()
        .copied();
    // What is due is what was billed unless something was paid or carried over, so it may stand for the gross.
    let due = payable.iter().map(|c| Candidate {
        score: c.score - 80,
        strength: c.strength.min(2),
        ..*c
    });
    let all_gross = gross.iter().copied().chain(due).collect::<Vec<_>>();
    let page = closure::Page {
        net: &net,
        tax: &tax,
        gross: &all_gross,
        amounts,
        breakdown: &breakdown::rows(layout, amounts),
    };
    let closed = closure::close(&page);
    let mut totals = closed.unwrap_or_else(|| open(&net, &tax, &gross, &payable, largest));
    totals.payable = payable.first().map(|due| {
        let same = totals
            .gross
            .as_ref()
            .is_some_and(|gross| gross.value == due.value && gross.confidence >= 900);
        Total {
            value: due.value,
            spot: Some(due.spot),
            confidence: if same { 950 } else { 800 },
        }
    });
    totals
}

/// Numbers beside and below the labels of one total, best first.
fn candidates(layout: &Layout, hits: &[Hit], amounts: &[Amount], label: Label) -> Vec<Candidate> {
    let mut found: Vec<Candidate> = Vec::new();
    for hit in hits.iter().filter(|hit| hit.label == label) {
        if is_column_heading(layout, hits, amounts, hit) {
            continue;
        }
        for candidate in beside(hits, amounts, hit)
            .into_iter()
            .chain(under(layout, amounts, hit))
        {
            found.push(candidate);
        }
    }
    found.sort_by_key(|candidate| std::cmp::Reverse((candidate.score, candidate.spot.line)));
    let mut kept: Vec<Candidate> = Vec::new();
    for candidate in found {
        match kept.iter_mut().find(|other| other.value == candidate.value) {
            // The same total in two places is surer than in one.
            Some(other) if other.spot != candidate.spot => other.score += 15,
            Some(_) => {}
            None => kept.push(candidate),
        }
    }
    kept.truncate(MAX_CANDIDATES);
    kept
}

/// The heading of the table of items has several column words and no amount beside them.
fn is_column_heading(layout: &Layout, hits: &[Hit], amounts: &[Amount], hit: &Hit) -> bool {
    let on_row = hits.iter().filter(|other| other.spot.line == hit.spot.line);
    let columns = on_row.filter(|other| other.label == Label::Column).count();
    let tokens = layout
        .lines
        .get(hit.spot.line)
        .map_or(0, |line| line.tokens.len());
    columns >= 2
        && tokens > columns
        && !amounts
            .iter()
            .any(|a| a.spot.line == hit.spot.line && a.is_money)
}

fn beside(hits: &[Hit], amounts: &[Amount], hit: &Hit) -> Vec<Candidate> {
    let row = hit.spot.line;
    let is_total = |label: Label| {
        matches!(
            label,
            Label::Net | Label::Tax | Label::Gross | Label::Payable | Label::OtherAmount
        )
    };
    // `VAT 19 % on net 100.00: 19.00`: what follows a tax label on its row belongs to it.
    let next = hits
        .iter()
        .filter(|other| {
            other.spot.line == row && other.spot.start >= hit.spot.end && is_total(other.label)
        })
        .find(|other| hit.label != Label::Tax || !matches!(other.label, Label::Net | Label::Tax))
        .map_or(usize::MAX, |other| other.spot.start);
    let right = amounts
        .iter()
        .filter(|a| a.spot.line == row && a.spot.start >= hit.spot.end && a.spot.start < next)
        .collect::<Vec<_>>();
    let count = right.len();
    let mut found = Vec::new();
    for (index, amount) in right.into_iter().enumerate() {
        let is_last = index + 1 == count;
        for (reading, value) in amount.readings.iter().enumerate() {
            let score = i32::from(hit.strength) * 100
                + if is_last { 40 } else { 0 }
                + if amount.is_money { 40 } else { -60 }
                - i32::try_from(reading).unwrap_or(1) * 30;
            found.push(Candidate {
                value: *value,
                spot: amount.spot,
                score,
                strength: hit.strength,
                is_partial: false,
            });
        }
    }
    found
}

/// The column below a label. Where it has several rows the last one is the total if it is the sum of those above.
fn under(layout: &Layout, amounts: &[Amount], hit: &Hit) -> Vec<Candidate> {
    let mut column: Vec<&Amount> = Vec::new();
    for segment in layout.below(hit.spot, 8) {
        let inside = amounts.iter().filter(|a| {
            a.is_money
                && a.spot.line == segment.line
                && a.spot.start >= segment.start
                && a.spot.end <= segment.end
                && layout.is_under(hit.spot, a.spot)
        });
        column.extend(inside);
    }
    let first_reading = |a: &&Amount| a.readings.first().copied().unwrap_or_default();
    let values = column.iter().map(first_reading).collect::<Vec<_>>();
    let total_at = (1..values.len()).find(|at| {
        let sum = values
            .iter()
            .take(*at)
            .fold(Decimal::ZERO, |sum, value| sum.saturating_add(*value));
        values.get(*at) == Some(&sum) && !sum.is_zero()
    });
    let mut found = Vec::new();
    for (rank, amount) in column.iter().enumerate().take(9) {
        let is_total = total_at == Some(rank);
        for (reading, value) in amount.readings.iter().enumerate() {
            let far = i32::try_from(rank * 25 + reading * 30).unwrap_or(100);
            let score = i32::from(hit.strength) * 100 - 20 + if is_total { 60 } else { -far };
            let is_partial = column.len() > 1 && !is_total;
            found.push(Candidate {
                value: *value,
                spot: amount.spot,
                score,
                strength: hit.strength,
                is_partial,
            });
        }
    }
    found
}

/// Several VAT rates stand in several rows; their sum is the VAT.
fn with_sum(mut tax: Vec<Candidate>) -> Vec<Candidate> {
    let mut rows: Vec<Candidate> = Vec::new();
    for candidate in &tax {
        if !rows.iter().any(|row| row.spot.line == candidate.spot.line) {
            rows.push(*candidate);
        }
    }
    if let [first, rest @ ..] = rows.as_slice()
        && !rest.is_empty()
        && rest.len() < 4
    {
        let sum = rows
            .iter()
            .fold(Decimal::ZERO, |sum, row| sum.saturating_add(row.value));
        if !tax.iter().any(|other| other.value == sum) {
            tax.push(Candidate {
                value: sum,
                score: first.score - 60,
                ..*first
            });
        }
    }
    tax
}

fn total(candidate: &Candidate, confidence: u16) -> Total {
    Total {
        value: candidate.value,
        spot: Some(candidate.spot),
        confidence,
    }
}

/// Nothing adds up: the best of each, never sure.
fn open(
    net: &[Candidate],
    tax: &[Candidate],
    gross: &[Candidate],
    payable: &[Candidate],
    largest: Option<Decimal>,
) -> Totals {
    let best = gross.first().or(payable.first());
    let gross = best.map(|g| {
        let is_largest = largest == Some(g.value);
        let confidence = match (g.strength, is_largest) {
            (3.., true) => 850,
            (_, true) => 780,
            _ => 500,
        };
        total(g, confidence)
    });
    let below = |c: &&Candidate| {
        gross
            .as_ref()
            .is_none_or(|g| c.value.abs() <= g.value.abs())
    };
    let tax = tax
        .iter()
        .find(|t| {
            gross
                .as_ref()
                .is_none_or(|g| t.value.abs() < g.value.abs() || t.value.is_zero())
        })
        .map(|t| total(t, 500));
    let net = net.iter().find(below).map(|n| total(n, 550));
    Totals {
        net,
        tax,
        gross,
        payable: None,
    }
}

#[cfg(test)]
mod tests;
