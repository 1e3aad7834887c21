//! Payments become transfers: one for each account, credit notes set off, a structured reference alone.

use std::collections::BTreeMap;

use super::candidate::{Chosen, PayReason, SkipReason, Skipped};
use super::{RemittanceText, Transfer, TransferLine, end_to_end_id};
use crate::basics::bank_account::{Iban, is_creditor_reference};
use crate::basics::ids::{PaymentRunId, SupplierId};
use crate::basics::money::Money;

/// Max140Text of Ustrd.
const UNSTRUCTURED_CHARS: usize = 140;

/// The transfers of what was chosen, and what has to wait because a supplier owes us more, or is owed too little. The same
/// payments give the same transfers.
pub fn group(
    chosen: Vec<Chosen>,
    minimum: Money,
    run: PaymentRunId,
) -> (Vec<Transfer>, Vec<Skipped>) {
    let mut suppliers = BTreeMap::<(String, SupplierId), Vec<Chosen>>::new();
    for one in chosen {
        // Whose supplier is unknown was not chosen.
        let Some(supplier) = &one.candidate.supplier else {
            continue;
        };
        let key = (supplier.number.clone(), supplier.id);
        suppliers.entry(key).or_default().push(one);
    }
    let (mut heaps, mut skipped) = (Vec::new(), Vec::new());
    for (_, payments) in suppliers {
        match of_supplier(payments) {
            Ok(found) => heaps.extend(found),
            Err((payments, words)) => {
                let bills = payments
                    .into_iter()
                    .filter(|one| one.why != PayReason::Credit);
                skipped.extend(bills.map(|one| Skipped {
                    candidate: one.candidate,
                    why: SkipReason::CreditExceeds,
                    words: words.clone(),
                }));
            }
        }
    }
    let mut transfers = Vec::new();
    for heap in heaps {
        let Some(amount) = sum(&heap) else { continue };
        if amount.minor() < minimum.minor() {
            let words = format!("{amount} is less than {minimum}: it waits for more");
            let bills = heap.into_iter().filter(|one| one.why != PayReason::Credit);
            skipped.extend(bills.map(|one| Skipped {
                candidate: one.candidate,
                why: SkipReason::BelowMinimum,
                words: words.clone(),
            }));
            continue;
        }
        transfers.extend(transfer(heap, amount, run, transfers.len() + 1));
    }
    (transfers, skipped)
}

/// Payments that go together.
type Heap = Vec<Chosen>;

/// The heaps of one supplier; all its payments back where its credits are as large.
fn of_supplier(payments: Heap) -> Result<Vec<Heap>, (Heap, String)> {
    let is_credit = |one: &Chosen| one.why == PayReason::Credit;
    let (credits, bills): (Heap, Heap) = payments.into_iter().partition(is_credit);
    if bills.is_empty() {
        return Ok(Vec::new());
    }
    let mut accounts = BTreeMap::<Iban, Heap>::new();
    for bill in bills {
        if let Some(iban) = bill.iban.clone() {
            accounts.entry(iban).or_default().push(bill);
        }
    }
    let mut accounts: Vec<Heap> = accounts.into_values().collect();
    // Every credit against the account that is owed most: all of them fit, or nothing is paid.
    let mut left: Vec<Option<Money>> = accounts.iter().map(|heap| sum(heap)).collect();
    let mut set_off: Vec<Heap> = vec![Vec::new(); accounts.len()];
    let mut waiting = credits.into_iter();
    while let Some(credit) = waiting.next() {
        let most =
            (0..left.len()).max_by_key(|at| left.get(*at).copied().flatten().map(|m| m.minor()));
        let rest = most
            .and_then(|at| Some((at, left.get(at).copied()??.checked_add(credit.amount)?)))
            .filter(|(_, rest)| rest.is_positive());
        let Some((at, rest)) = rest else {
            let words = format!(
                "a credit note over {} is not covered by what is owed",
                credit.amount
            );
            let back = accounts.into_iter().chain(set_off).flatten();
            return Err((back.chain([credit]).chain(waiting).collect(), words));
        };
        if let (Some(money), Some(heap)) = (left.get_mut(at), set_off.get_mut(at)) {
            *money = Some(rest);
            heap.push(credit);
        }
    }
    let mut heaps = Vec::new();
    for (bills, credits) in accounts.drain(..).zip(set_off) {
        heaps.extend(split(bills, credits));
    }
    Ok(heaps)
}

/// One account's payments as transfers: a bill with a reference of its own alone, the others together as far as their numbers
/// fit into one text. With credits the largest bills come first, until they cover them.
fn split(mut bills: Heap, credits: Heap) -> Vec<Heap> {
    let mut heaps = Vec::new();
    if credits.is_empty() {
        let (alone, others): (Heap, Heap) =
            bills.into_iter().partition(|one| reference(one).is_some());
        heaps.extend(alone.into_iter().map(|one| vec![one]));
        bills = others;
        bills.sort_by(|a, b| number(a).cmp(number(b)));
    } else {
        bills.sort_by_key(|one| {
            (
                std::cmp::Reverse(one.amount.minor()),
                one.candidate.payment.id,
            )
        });
    }
    let mut open: Heap = Vec::new();
    let mut covered = credits.is_empty();
    open.extend(credits);
    for bill in bills {
        let fits = words(open.iter().chain([&bill])).chars().count() <= UNSTRUCTURED_CHARS;
        if covered && !fits && !open.is_empty() {
            heaps.push(std::mem::take(&mut open));
        }
        open.push(bill);
        covered = covered || sum(&open).is_some_and(|left| left.is_positive());
    }
    if !open.is_empty() {
        heaps.push(open);
    }
    heaps
}

fn sum(heap: &[Chosen]) -> Option<Money> {
    Money::sum(heap.iter().map(|one| one.amount))
}

fn number(one: &Chosen) -> &str {
    one.candidate.bill.number.as_deref().unwrap_or_default()
}

/// The reference of ISO 11649 the bill asks for, without blanks.
fn reference(one: &Chosen) -> Option<String> {
    let asked = one.candidate.bill.payment_reference.as_deref()?;
    let compact: String = asked.chars().filter(|c| !c.is_whitespace()).collect();
    is_creditor_reference(&compact).then(|| compact.to_ascii_uppercase())
}

/// What the supplier finds its bills by.
fn words<'a>(payments: impl Iterator<Item = &'a Chosen>) -> String {
    let (mut bills, mut credits) = (Vec::new(), Vec::new());
    for one in payments {
        let asked = one.candidate.bill.payment_reference.as_deref();
        let known = asked.unwrap_or_else(|| number(one)).to_owned();
        match one.why {
            PayReason::Credit => credits.push(number(one).to_owned()),
            PayReason::Overdue | PayReason::MustPay | PayReason::Due | PayReason::Discount => {
                bills.push(known);
            }
        }
    }
    let mut text = bills.join(", ");
    if !credits.is_empty() {
        text.push_str(&format!(" less {}", credits.join(", ")));
    }
    text
}

fn transfer(heap: Heap, amount: Money, run: PaymentRunId, place: usize) -> Option<Transfer> {
    let first = heap.iter().find(|one| one.iban.is_some())?;
    let supplier = first.candidate.supplier.as_ref()?;
    let structured = match heap.as_slice() {
        [alone] => reference(alone),
        _ => None,
    };
    let remittance = structured.map_or_else(
        || RemittanceText::Unstructured(words(heap.iter())),
        RemittanceText::CreditorReference,
    );
    let days = heap.iter().filter(|one| one.why != PayReason::Credit);
    let lines = heap.iter().map(|one| TransferLine {
        payment: one.candidate.payment.id,
        bill: one.candidate.bill.id,
        invoice_number: number(one).to_owned(),
        amount: one.amount,
        discount: one.discount,
    });
    Some(Transfer {
        end_to_end_id: end_to_end_id(run, place),
        supplier: supplier.id,
        creditor_name: supplier.name.clone(),
        creditor_iban: first.iban.clone()?,
        amount,
        // Together means as early as the earliest of them needs.
        execution_date: days.map(|one| one.execution_date).min()?,
        remittance,
        lines: lines.collect(),
    })
}
