//! Totals on a page: every number in all its readings, and among those labelled net, tax and gross the three that add up.

mod printed;
mod written;
mod candidates;
mod breakdown;
mod arrears;
mod sums;
mod closure;
mod discount;
mod rivals;

pub use printed::{MAX_AMOUNTS, currency_of, find, has_cents};

use rust_decimal::Decimal;

use super::super::labels::{Hit, Label};
use super::super::layout::{Layout, Placed, Spot};
use candidates::{Candidate, candidates, total, with_sum};

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

impl Placed for Amount {
    fn spot(&self) -> Spot {
        self.spot
    }
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

/// The totals of a bill, the best combination of candidates.
pub fn totals(layout: &Layout, hits: &[Hit], amounts: &[Amount]) -> Totals {
    let conditions = discount::conditions(layout);
    let of = |label: Label| {
        let mut found = candidates(layout, hits, amounts, label);
        found.retain(|own| !discount::is_discounted(&conditions, hits, amounts, own));
        found
    };
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
    let before = arrears::owed_before(layout, hits, amounts);
    let own = payable
        .iter()
        .filter(|c| !arrears::holds_arrears(c.value, &gross, &before));
    let due = own.map(|c| Candidate {
        score: c.score - 80,
        strength: c.strength.min(2),
        ..*c
    });
    let all_gross = gross.iter().copied().chain(due).collect::<Vec<_>>();
    let number = hits
        .iter()
        .find(|hit| hit.label == Label::Number && hit.strength >= 2);
    let page = sums::Page {
        layout,
        net: &net,
        tax: &tax,
        gross: &all_gross,
        billed: &gross,
        due: &payable,
        amounts,
        breakdown: &breakdown::rows(layout, amounts),
        home: number
            .filter(|_| !layout.is_text())
            .and_then(|hit| layout.lines.get(hit.spot.line))
            .map(|line| line.page),
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
