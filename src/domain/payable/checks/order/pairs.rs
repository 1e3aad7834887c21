//! Which line of an order a line of a bill is about. Two lines that could be the same one are none for certain.

use std::collections::BTreeSet;

use rust_decimal::Decimal;

use crate::basics::text::fold;
use crate::domain::document::DocumentLine;
use crate::domain::payable::order::OrderLine;

/// Letters of a word that says something.
const LEAST_LETTERS: usize = 3;

/// Each line of the bill with the line of the order it is about, by its words, else by its price.
pub(super) fn paired<'l, 'o>(
    lines: &'l [DocumentLine],
    ordered: &'o [OrderLine],
) -> Vec<(&'l DocumentLine, Option<&'o OrderLine>)> {
    if let ([line], [only]) = (lines, ordered) {
        return vec![(line, Some(only))];
    }
    let known = ordered
        .iter()
        .map(|one| (one, words(&one.description)))
        .collect::<Vec<_>>();
    let pair = |line| {
        let by_words = by_words(line, &known);
        (line, by_words.or_else(|| by_price(line, ordered)))
    };
    lines.iter().map(pair).collect()
}

/// The one whose words it shares most, at least half of the fewer of both.
fn by_words<'o>(
    line: &DocumentLine,
    known: &[(&'o OrderLine, BTreeSet<String>)],
) -> Option<&'o OrderLine> {
    let own = words(&line.description);
    let shared = |words: &BTreeSet<String>| {
        let shared = own.intersection(words).count();
        let fewer = own.len().min(words.len());
        (shared > 0 && shared * 2 >= fewer).then_some(shared)
    };
    let mut best: Option<(usize, &OrderLine)> = None;
    let mut is_alone = true;
    for (ordered, words) in known {
        let Some(shared) = shared(words) else {
            continue;
        };
        match best {
            Some((most, _)) if shared < most => {}
            Some((most, _)) if shared == most => is_alone = false,
            Some(_) | None => {
                best = Some((shared, ordered));
                is_alone = true;
            }
        }
    }
    best.filter(|_| is_alone).map(|(_, ordered)| ordered)
}

fn by_price<'o>(line: &DocumentLine, ordered: &'o [OrderLine]) -> Option<&'o OrderLine> {
    let quantity = line.quantity.filter(|quantity| !quantity.is_zero())?;
    let price: Decimal = line.net?.checked_div(quantity)?;
    let mut same = ordered.iter().filter(|one| one.unit_price() == Some(price));
    let first = same.next()?;
    same.next().is_none().then_some(first)
}

fn words(description: &str) -> BTreeSet<String> {
    let folded = fold(description);
    let words = folded.split(|c: char| !c.is_alphanumeric());
    let telling = words.filter(|word| word.chars().count() >= LEAST_LETTERS);
    telling.map(str::to_owned).collect()
}
