//! A document with its labels and amounts at hand by row, and what its rows of sums are.

use super::super::super::labels::{Hit, Label};
use super::super::super::layout::{Layout, Spot};
use super::super::amounts::Amount;
use crate::basics::text::squash;

/// Words that begin a row which repeats a sum from another page (DOMAIN 3.2).
const CARRIED: [&str; 20] = [
    "ubertrag",
    "zwischenubertrag",
    "carriedforward",
    "broughtforward",
    "carryforward",
    "carriedover",
    "balancebrought",
    "balancecarried",
    "balanceforward",
    "subtotalcarried",
    "areporter",
    "report",
    "reportpage",
    "sumaysigue",
    "sumaanterior",
    "sumasigue",
    "riporto",
    "ariportare",
    "transport",
    "overdracht",
];

/// Words that begin a row which takes something off the lines above it or adds to them.
const ADJUSTMENTS: [&str; 40] = [
    "rabatt",
    "abschlag",
    "nachlass",
    "zuschlag",
    "artikelrabatt",
    "sonderrabatt",
    "mengenrabatt",
    "rechnungsrabatt",
    "treuerabatt",
    "mindermengenzuschlag",
    "discount",
    "allowance",
    "surcharge",
    "rebate",
    "lessdiscount",
    "remise",
    "ristourne",
    "rabais",
    "escompte",
    "descuento",
    "bonificacion",
    "recargo",
    "sconto",
    "abbuono",
    "maggiorazione",
    "korting",
    "toeslag",
    "versand",
    "versandkosten",
    "fracht",
    "frachtkosten",
    "shipping",
    "freight",
    "delivery",
    "porto",
    "verzendkosten",
    "fraisdeport",
    "fraisdelivraison",
    "gastosdeenvio",
    "spesedispedizione",
];

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
        let is_one_of = |words: &[&str]| joined.iter().any(|own| words.contains(&own.as_str()));
        if is_one_of(&CARRIED) {
            return Some(Sum::Carried);
        }
        if is_one_of(&ADJUSTMENTS) {
            return Some(Sum::Adjustment);
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
