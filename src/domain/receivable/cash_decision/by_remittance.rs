//! By a remittance that waits for its money (DOMAIN 6.1, row 3): its lines add up to what came, and something beside the
//! amount says that this is its money.

use super::{Allocation, Books, Case, CashMethod, Settlement, Verdict};
use crate::basics::text::squash;
use crate::domain::receivable::remittance::next;
use crate::domain::receivable::{Remittance, RemittanceEvent, RemittanceState};

/// A shorter reference of the payer stands in a text by accident.
const SHORTEST_REFERENCE: usize = 5;

pub(super) fn settle(case: &Case<'_>) -> Verdict {
    let came = case.credit.remaining;
    let waiting = case.books.remittances.iter();
    let same_amount: Vec<&Remittance> = waiting
        .filter(|r| r.state == RemittanceState::Claimed && r.total == Some(came))
        .collect();
    let linked: Vec<(&Remittance, String)> = same_amount
        .iter()
        .filter_map(|r| link(r, case).map(|why| (*r, why)))
        .collect();
    match (linked.as_slice(), same_amount.as_slice()) {
        // Of several that list the same the oldest: whichever it is, the money goes to the same invoices.
        ([(remittance, why), others @ ..], _)
            if others.iter().all(|(o, _)| o.lists_the_same_as(remittance)) =>
        {
            match allocations(remittance) {
                Some(allocations) => Verdict::Fits(Settlement {
                    method: CashMethod::Remittance,
                    evidence: format!(
                        "the remittance of {} lists {came} for {}; {why}",
                        remittance.payer,
                        written(remittance)
                    ),
                    allocations,
                    remittance: Some(remittance.id),
                    difference: None,
                }),
                None => Verdict::Odd(format!(
                    "the remittance of {} fits, but not all its lines name an invoice of ours",
                    remittance.payer
                )),
            }
        }
        ([first, others @ ..], _) => {
            let other = others.iter().find(|(o, _)| !o.lists_the_same_as(first.0));
            Verdict::Odd(format!(
                "two remittances fit it: that for {} and that for {}",
                written(first.0),
                written(other.unwrap_or(first).0)
            ))
        }
        ([], [unlinked, ..]) => Verdict::Odd(format!(
            "the remittance of {} is over the same amount, but nothing says that this is its money",
            unlinked.payer
        )),
        ([], []) => Verdict::Silent,
    }
}

/// A settlement found by other means may be what a remittance announced, one before a person too: then its money is there.
pub(super) fn claimed_by(mut settlement: Settlement, case: &Case<'_>) -> Settlement {
    if settlement.remittance.is_none() {
        let waiting = case.books.remittances.iter();
        let same = waiting.filter(|r| {
            let lines = allocations(r).unwrap_or_default();
            next(r.state, RemittanceEvent::Apply).is_ok()
                && lines.len() == settlement.allocations.len()
                && lines
                    .iter()
                    .all(|line| settlement.allocations.contains(line))
        });
        // One that waits for its money before one that is odd: then the person need not be asked any more, either.
        let waits = |r: &&Remittance| (r.state != RemittanceState::Claimed, r.id);
        settlement.remittance = same.min_by_key(waits).map(|r| r.id);
    }
    settlement
}

/// The remittances whose money this settlement is: the one it names, and those that list the same on invoices of which less
/// stays open than they list. Their payer has told us the same thing again, and no second payment comes.
pub fn explained<'b>(settlement: &Settlement, books: Books<'b>) -> Vec<&'b Remittance> {
    let all = books.remittances.iter();
    let Some(first) = all.clone().find(|r| settlement.remittance == Some(r.id)) else {
        return Vec::new();
    };
    let is_paid_up = |allocation: &Allocation| {
        let mut open = books.invoices.iter();
        let open = open.find(|i| i.invoice.id == allocation.invoice);
        let rest = open.and_then(|open| open.balance.checked_sub(allocation.amount));
        let after = rest.and_then(|rest| rest.checked_sub(allocation.amount));
        after.is_none_or(|after| after.is_negative())
    };
    let nothing_is_left = settlement.allocations.iter().any(is_paid_up);
    let again = all.filter(|r| {
        let may = next(r.state, RemittanceEvent::Apply).is_ok();
        nothing_is_left && may && r.id != first.id && r.lists_the_same_as(first)
    });
    std::iter::once(first).chain(again).collect()
}

/// What, beside the amount, joins this credit to the remittance; nothing when its account is another customer's.
fn link(remittance: &Remittance, case: &Case<'_>) -> Option<String> {
    let text = squash(&case.credit.entry.remittance_information);
    if let (Some(payer), Some(customer)) = (case.payer.customer(), remittance.customer) {
        return (payer == customer).then(|| "the money comes from that customer".to_owned());
    }
    let reference = remittance
        .reference
        .as_deref()
        .map(squash)
        .unwrap_or_default();
    if reference.chars().count() >= SHORTEST_REFERENCE && text.contains(&reference) {
        return Some("the credit quotes its reference".to_owned());
    }
    let listed = |id| remittance.lines.iter().any(|line| line.invoice == Some(id));
    let named = case.named.normalised.iter().chain(&case.named.by_reference);
    let quoted = named
        .map(|i| &i.invoice)
        .find(|invoice| listed(invoice.id))?;
    Some(format!("the credit names {}", quoted.number))
}

fn allocations(remittance: &Remittance) -> Option<Vec<Allocation>> {
    let lines = remittance.lines.iter();
    lines
        .map(|line| {
            Some(Allocation {
                invoice: line.invoice?,
                amount: line.amount,
            })
        })
        .collect()
}

fn written(remittance: &Remittance) -> String {
    let numbers: Vec<&str> = remittance
        .lines
        .iter()
        .map(|l| l.written.as_str())
        .collect();
    numbers.join(", ")
}
