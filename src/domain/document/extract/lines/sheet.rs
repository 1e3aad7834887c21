//! A document with its labels and amounts at hand by row, and what its rows of sums are.

use std::sync::LazyLock;

use super::super::super::labels::{Hit, Label};
use super::super::super::layout::{Layout, Spot};
use super::super::super::words::rows;
use super::super::amounts::Amount;
use crate::basics::text::squash;
use crate::words;

words! {
    /// What words at the beginning of a row, or parts of one, say about it.
    pub enum Kind {
        /// Repeats a sum.
        Carried = "carried",
        /// An allowance or a charge.
        Adjustment = "adjustment",
        /// A total.
        Sum = "sum",
        /// VAT.
        Tax = "tax",
        /// Part of a compound.
        Part = "part",
    }
}

/// The data: `kind: words`.
const SUMS: &str = include_str!("sums.txt");

static WORDS: LazyLock<Vec<(Kind, &'static str)>> = LazyLock::new(|| {
    let named = rows(SUMS).filter_map(|(name, words)| Some((Kind::parse(name)?, words)));
    named
        .flat_map(|(kind, words)| words.map(move |word| (kind, word)))
        .collect()
});

/// What a row that is no line repeats or sums up.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Sum {
    /// A sum carried from page to page: counted already.
    Carried,
    /// A total or subtotal.
    Total,
    /// An allowance or a charge: perhaps a line, perhaps none.
    Adjustment,
}

/// A document as the line tables look at it.
#[derive(Clone, Copy, Debug)]
pub struct Sheet<'a> {
    /// Its rows.
    pub layout: &'a Layout,
    hits: &'a [Hit],
    amounts: &'a [Amount],
}

impl<'a> Sheet<'a> {
    /// `hits` and `amounts` in the order of the rows, as they are found.
    pub fn new(layout: &'a Layout, hits: &'a [Hit], amounts: &'a [Amount]) -> Self {
        Self {
            layout,
            hits,
            amounts,
        }
    }

    /// The labels of a row.
    pub fn hits(&self, line: usize) -> &'a [Hit] {
        let first = self.hits.partition_point(|h| h.spot.line < line);
        let end = self.hits.partition_point(|h| h.spot.line <= line);
        self.hits.get(first..end).unwrap_or_default()
    }

    /// The amounts of a row.
    pub fn amounts(&self, line: usize) -> &'a [Amount] {
        let first = self.amounts.partition_point(|a| a.spot.line < line);
        let end = self.amounts.partition_point(|a| a.spot.line <= line);
        self.amounts.get(first..end).unwrap_or_default()
    }

    /// Every amount of the document.
    pub fn all_amounts(&self) -> &'a [Amount] {
        self.amounts
    }

    /// Says of each row whether an amount of money stands in it.
    pub fn money_rows(&self) -> Vec<bool> {
        let mut rows = vec![false; self.layout.lines.len()];
        for amount in self.amounts.iter().filter(|a| a.is_money) {
            if let Some(row) = rows.get_mut(amount.spot.line) {
                *row = true;
            }
        }
        rows
    }

    /// What a row with an amount is by the words before the amount, when these begin as a sum does.
    pub fn sum(&self, amount: Spot) -> Option<Sum> {
        let line = amount.line;
        let own = self.layout.segments(line);
        let nearest = own.iter().rev().find(|s| s.start < amount.start);
        // Left of a total may stand anything; between the words of a line and its amount stand other numbers.
        let alone = !self
            .amounts(line)
            .iter()
            .any(|a| a.spot.start < amount.start);
        let beside = nearest.filter(|_| alone);
        let beside = beside.and_then(|s| self.begins(line, s.start, amount.start));
        beside.or_else(|| self.begins(line, 0, amount.start))
    }

    /// A word for VAT stands on this row.
    pub fn names_tax(&self, line: usize) -> bool {
        let tokens = self.layout.lines.get(line).map(|row| row.tokens.as_slice());
        let mut words = tokens.unwrap_or_default().iter();
        words.any(|t| is_made_of_sums(&squash(&t.key), &[Kind::Tax]))
    }

    fn begins(&self, line: usize, start: usize, end: usize) -> Option<Sum> {
        let spot = Spot { line, start, end };
        let words = self.layout.tokens(spot);
        let first = words.iter().position(|t| !t.key.is_empty())?;
        let squashed = words.iter().skip(first).take(4).map(|t| squash(&t.text));
        let joined = squashed.scan(String::new(), |all, word| {
            all.push_str(&word);
            Some(all.clone())
        });
        let joined = joined.collect::<Vec<_>>();
        let is_one_of = |kind: Kind| {
            let mut own = WORDS.iter().filter(|(other, _)| *other == kind);
            own.any(|(_, word)| joined.iter().any(|own| own == word))
        };
        if is_one_of(Kind::Carried) {
            return Some(Sum::Carried);
        }
        if is_one_of(Kind::Adjustment) {
            return Some(Sum::Adjustment);
        }
        let totals = [Kind::Sum, Kind::Tax];
        if joined
            .first()
            .is_some_and(|word| is_made_of_sums(word, &totals))
        {
            return Some(Sum::Total);
        }
        let label = self.hits(line).iter().find(|h| {
            h.spot.start <= start + first && h.spot.end > start + first && h.spot.start < end
        })?;
        let totals = [Label::Net, Label::Tax, Label::Gross, Label::Payable];
        let adjusts = label.label == Label::OtherAmount;
        let total = totals.contains(&label.label).then_some(Sum::Total);
        total.or(adjusts.then_some(Sum::Adjustment))
    }
}

/// The whole word is made of words of sums and digits, one of the kind of `mains` among them.
fn is_made_of_sums(word: &str, mains: &[Kind]) -> bool {
    let is_digit = |c: char| c.is_ascii_digit();
    let mut rest = word.trim_matches(is_digit);
    let mut has_main = false;
    while !rest.is_empty() {
        let parts = WORDS
            .iter()
            .filter(|(kind, _)| matches!(kind, Kind::Sum | Kind::Tax | Kind::Part));
        let longest = parts
            .filter(|(_, part)| rest.starts_with(part))
            .max_by_key(|(_, part)| part.len());
        let Some((kind, part)) = longest else {
            return false;
        };
        has_main |= mains.contains(kind);
        rest = rest.strip_prefix(part).unwrap_or_default();
    }
    has_main
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compounds_of_sums_are_sums_and_other_words_are_not() {
        for word in [
            "summenetto",
            "gesamtbetrag",
            "total",
            "mwst19",
            "rechnungsbetragnetto",
        ] {
            assert!(is_made_of_sums(word, &[Kind::Sum, Kind::Tax]), "{word}");
        }
        for word in [
            "totalstation",
            "industrie",
            "betrag",
            "netzteil",
            "steuergerat",
            "",
        ] {
            assert!(!is_made_of_sums(word, &[Kind::Sum, Kind::Tax]), "{word}");
        }
    }

    #[test]
    fn every_row_of_the_data_names_a_kind_and_every_kind_has_a_row() {
        for (name, _) in rows(SUMS) {
            assert!(Kind::parse(name).is_some(), "{name}");
        }
        for kind in Kind::ALL {
            assert!(WORDS.iter().any(|(own, _)| own == kind), "{kind}");
        }
    }
}
