//! By a remittance that waits for its money (DOMAIN 6.1, row 3): its lines add up to what came, and something beside the
//! amount says that this is its money.

use super::{Allocation, Case, CashMethod, Settlement, Verdict};
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
        ([(remittance, why)], _) => match allocations(remittance) {
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
        },
        ([first, second, ..], _) => Verdict::Odd(format!(
            "two remittances fit it: that for {} and that for {}",
            written(first.0),
            written(second.0)
        )),
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
