//! By a remittance that waits for its money (DOMAIN 6.1, row 3): its lines add up to what came, and something beside the
//! amount says that this is its money.

use super::{Allocation, Books, Case, CashMethod, Settlement, Verdict};
use crate::basics::text::squash;
use crate::domain::receivable::matching::is_named;
use crate::domain::receivable::remittance::next;
use crate::domain::receivable::{OpenInvoice, Remittance, RemittanceEvent, RemittanceState};

/// A shorter reference of the payer stands in a text by accident.
const SHORTEST_REFERENCE: usize = 5;

pub(super) fn settle(case: &Case<'_>) -> Verdict {
    let came = case.credit.remaining;
    let waiting = case.books.remittances.iter();
    let same_amount: Vec<&Remittance> = waiting
        .filter(|r| r.state == RemittanceState::Claimed && r.total == Some(came))
        .collect();
    let linked = same_amount
        .iter()
        .filter_map(|r| link(r, case).map(|why| (*r, why)));
    let (meant_otherwise, linked): (Vec<_>, Vec<_>) =
        linked.partition(|(r, _)| names_another(r, case).is_some());
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
                    withheld: Vec::new(),
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
        ([], _) if !meant_otherwise.is_empty() => {
            let odd = meant_otherwise.iter().filter_map(|(r, _)| {
                let other = names_another(r, case)?;
                Some(format!(
                    "the remittance of {} over the same amount lists {}, but the credit names {other}",
                    r.payer,
                    written(r)
                ))
            });
            Verdict::Odd(odd.collect::<Vec<_>>().join("; "))
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

/// An invoice that the bank's text names and the remittance does not list, open or paid: amounts repeat, as rents and instalments
/// do, and whoever pays says which it is. A looser spelling counts for the remittance's customer: of another it stands there by
/// accident.
fn names_another<'a>(remittance: &Remittance, case: &Case<'a>) -> Option<&'a str> {
    let is_listed = |open: &&OpenInvoice| {
        let mut lines = remittance.lines.iter();
        lines.any(|line| line.invoice == Some(open.invoice.id))
    };
    let text = &case.credit.entry.remittance_information;
    let (exact, quoted) = (&case.named.exact, &case.named.by_reference);
    let loose = case.named.normalised.iter();
    let loose = loose.filter(|open| Some(open.invoice.customer) == remittance.customer);
    let open = exact.iter().chain(quoted).chain(loose).copied();
    let paid = case.books.paid.iter();
    let paid = paid.filter(|open| is_named(text, &open.invoice));
    let mut others = open.chain(paid).filter(|open| !is_listed(open));
    others.next().map(|open| open.invoice.number.as_str())
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
