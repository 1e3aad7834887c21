//! The lines billed on an order, this bill's and those before it, each with the line ordered that it is about.

use rust_decimal::Decimal;

use super::pairs::paired;
use super::{Billed, BilledBefore, OrderFile, sum};
use crate::domain::document::DocumentLine;
use crate::domain::payable::order::OrderLine;

/// A line of a bill and the line of the order it is about.
pub(super) type Pair<'l, 'o> = (&'l DocumentLine, Option<&'o OrderLine>);

/// Comparisons of a line billed with a line ordered that are made for one bill; more of them take minutes.
const MOST_COMPARISONS: usize = 2_000_000;

/// The lines of the bill and of those before it, each with the line of the order it is about.
pub(super) struct Matched<'l, 'o> {
    pub(super) own: Vec<Pair<'l, 'o>>,
    pub(super) before: Vec<(&'l BilledBefore, Vec<Pair<'l, 'o>>)>,
}

impl<'l, 'o> Matched<'l, 'o> {
    /// `None` where there are too many to compare.
    pub(super) fn of(billed: Billed<'l>, order: &'o OrderFile) -> Option<Self>
    where
        'o: 'l,
    {
        let others = order.billed.iter().map(|other| other.lines.len());
        let billed_lines = others.sum::<usize>().saturating_add(billed.lines.len());
        let comparisons = billed_lines.saturating_mul(order.lines.len());
        let before = |other: &'o BilledBefore| (other, paired(&other.lines, &order.lines));
        (comparisons <= MOST_COMPARISONS).then(|| Self {
            own: paired(billed.lines, &order.lines),
            before: order.billed.iter().map(before).collect(),
        })
    }

    /// What is billed of a line by now, this bill's share in it included; `None` where this bill has none.
    pub(super) fn billed_in_all(&self, ordered: &OrderLine) -> Option<Decimal> {
        let own = self.own.iter().filter(|pair| is_about(pair, ordered));
        let own = own.map(|(line, _)| *line).collect::<Vec<_>>();
        let all = quantity_of(own.iter().copied()).filter(|_| !own.is_empty())?;
        all.checked_add(self.billed_before(ordered)?)
    }

    /// How much of a line was billed before.
    fn billed_before(&self, ordered: &OrderLine) -> Option<Decimal> {
        let pairs = self.before.iter().flat_map(|(_, pairs)| pairs);
        let own = pairs.filter(|pair| is_about(pair, ordered));
        quantity_of(own.map(|(line, _)| *line))
    }
}

fn is_about((_, own): &Pair<'_, '_>, ordered: &OrderLine) -> bool {
    own.is_some_and(|own| own.id == ordered.id)
}

/// A line that names no quantity says nothing of one: its sum is looked at.
fn quantity_of<'l>(lines: impl Iterator<Item = &'l DocumentLine>) -> Option<Decimal> {
    sum(lines.map(|line| Some(line.quantity.unwrap_or_default())))
}
