//! The journal of double entry, derived from the books and their trail: the same days give the same entries whenever they are asked for.

use std::collections::HashMap;

use super::{Office, StepError};
use crate::basics::calendar::{Date, Timestamp, day_in};
use crate::basics::ids::PaymentId;
use crate::basics::money::Money;
use crate::domain::audit::{AuditEvent, ChainedEvent};
use crate::domain::ledger::{
    Occasion, Unpostable, bank_booked, bill_owed, cash_applied, invoice_issued, payment_settled,
};
use crate::domain::payable::bill_line::lines;
use crate::domain::payable::{Bill, BillState, PaymentState};
use crate::formats::journal::Entry;
use crate::io::store::Filter;

/// More would not fit into the memory of a small machine.
const MOST: u32 = 1_000_000;

/// What was taken down, and what could not be posted and why.
#[derive(Debug, Default)]
pub struct Journal {
    /// By day, then as they were taken down.
    pub entries: Vec<Entry>,
    /// Each in a sentence.
    pub left_out: Vec<String>,
}

impl Journal {
    fn post(&mut self, entry: Result<Entry, Unpostable>) {
        match entry {
            Ok(entry) => self.entries.push(entry),
            Err(why) => self.left_out.push(why.to_string()),
        }
    }
}

/// All of it.
///
/// # Errors
/// What the store met.
pub async fn journal(office: &Office) -> Result<Journal, StepError> {
    let mut journal = Journal::default();
    payables(office, &mut journal).await?;
    receivables(office, &mut journal).await?;
    for entry in all(office.store.list_bank_entries(&everything()).await?) {
        let occasion = Occasion {
            date: entry.booking_date,
            reference: format!("bank {}", entry.entry_reference),
            party: entry.counterparty_name.clone(),
        };
        journal.post(bank_booked(&entry, &office.rules.chart, occasion));
    }
    // By their names, which never change: what was found first may be found last the next time.
    let entries = &mut journal.entries;
    entries.sort_by(|a, b| (a.date, &a.reference).cmp(&(b.date, &b.reference)));
    Ok(journal)
}

async fn payables(office: &Office, journal: &mut Journal) -> Result<(), StepError> {
    let (store, rules) = (&office.store, &office.rules);
    let suppliers = store.suppliers().await?;
    let names: HashMap<_, _> = suppliers.iter().map(|one| (one.id, &one.name)).collect();
    let party = |bill: &Bill| {
        let known = bill.supplier.and_then(|id| names.get(&id));
        known.map_or_else(|| bill.supplier_name.clone(), |name| (*name).clone())
    };
    let mut bills = HashMap::new();
    for bill in all(store.list_bills(&everything()).await?) {
        let trail = store.audit_of(&bill.id.into()).await?;
        let document = store.document(bill.document).await?;
        let nets = document.map(|document| {
            let lines = lines(&document.reading, &bill).lines.into_iter();
            lines.map(|line| line.net).collect::<Vec<Option<Money>>>()
        });
        owed_and_not(
            office,
            journal,
            (&bill, &nets.unwrap_or_default(), party(&bill)),
            &trail,
        );
        bills.insert(bill.id, bill);
    }
    let paid = paid_with(office).await?;
    for payment in all(store.list_payments(&everything()).await?) {
        let (Some(bill), how) = (bills.get(&payment.bill), paid.get(&payment.id)) else {
            continue;
        };
        let sums = how.copied().unwrap_or((payment.amount, None));
        let trail = store.audit_of(&payment.id.into()).await?;
        let mut last: Option<Entry> = None;
        for event in moves(&trail) {
            let occasion = |what: &str| Occasion {
                date: day_of(office, event.at),
                reference: format!("payment {} {what}", payment.id),
                party: party(bill),
            };
            if is_to(event, PaymentState::Settled.as_str()) {
                let settled = payment_settled(bill, sums, &rules.chart, occasion("settled"));
                last = settled.as_ref().ok().cloned();
                journal.post(settled);
            } else if is_to(event, PaymentState::Returned.as_str()) {
                let Occasion {
                    date, reference, ..
                } = occasion("returned");
                let back = last
                    .take()
                    .and_then(|entry| entry.reversed(date, reference, "came back"));
                journal.entries.extend(back);
            }
        }
    }
    Ok(())
}

/// A bill is owed from its approval until somebody takes it out; one that is held again meanwhile is still owed.
fn owed_and_not(
    office: &Office,
    journal: &mut Journal,
    (bill, nets, party): (&Bill, &[Option<Money>], String),
    trail: &[ChainedEvent],
) {
    let mut owed: Option<Entry> = None;
    for (event, times) in moves(trail).zip(0_u32..) {
        let date = day_of(office, event.at);
        if owed.is_none() && is_to(event, BillState::Approved.as_str()) {
            let occasion = Occasion {
                date,
                reference: format!("bill {} {times}", bill.id),
                party: party.clone(),
            };
            let entry = bill_owed(bill, nets, &office.rules.chart, occasion);
            owed = entry.as_ref().ok().cloned();
            journal.post(entry);
        } else if is_to(event, BillState::Void.as_str())
            || is_to(event, BillState::Rejected.as_str())
        {
            let reference = format!("bill {} {times}", bill.id);
            let back = owed
                .take()
                .and_then(|entry| entry.reversed(date, reference, "taken out"));
            journal.entries.extend(back);
        }
    }
}

/// What the file to the bank said of each payment: its sum, and what was taken off.
async fn paid_with(
    office: &Office,
) -> Result<HashMap<PaymentId, (Money, Option<Money>)>, StepError> {
    let runs = all(office.store.list_payment_runs(&everything()).await?);
    let transfers = runs.into_iter().flat_map(|run| run.transfers);
    let lines = transfers.flat_map(|transfer| transfer.lines);
    Ok(lines
        .map(|line| (line.payment, (line.amount, line.discount)))
        .collect())
}

async fn receivables(office: &Office, journal: &mut Journal) -> Result<(), StepError> {
    let (store, chart) = (&office.store, &office.rules.chart);
    let customers = store.customers().await?;
    let names: HashMap<_, _> = customers.iter().map(|one| (one.id, &one.name)).collect();
    let mut invoices = HashMap::new();
    for invoice in all(store.list_customer_invoices(&everything()).await?) {
        let name = names.get(&invoice.customer);
        let party = name.map(|name| (*name).clone()).unwrap_or_default();
        let occasion = Occasion {
            date: invoice.issue_date,
            reference: format!("invoice {}", invoice.number),
            party: party.clone(),
        };
        journal.post(invoice_issued(&invoice, chart, occasion));
        invoices.insert(invoice.id, (invoice.number, party));
    }
    for applied in store.cash_applied_from(Timestamp::UNIX_EPOCH).await? {
        let Some((number, party)) = invoices.get(&applied.invoice) else {
            continue;
        };
        let occasion = Occasion {
            date: day_of(office, applied.at),
            reference: format!("cash {}", applied.id),
            party: party.clone(),
        };
        journal.post(cash_applied(&applied, number, chart, occasion));
    }
    Ok(())
}

fn everything() -> Filter {
    Filter::default().limit(MOST)
}

/// The store gives the newest first; a journal is read from its beginning.
fn all<T>(mut newest_first: Vec<T>) -> Vec<T> {
    newest_first.reverse();
    newest_first
}

fn moves(trail: &[ChainedEvent]) -> impl Iterator<Item = &AuditEvent> {
    let events = trail.iter().map(|entry| &entry.event);
    events.filter(|event| event.to_state.is_some() && event.from_state != event.to_state)
}

fn is_to(event: &AuditEvent, state: &str) -> bool {
    event.to_state.as_deref() == Some(state)
}

fn day_of(office: &Office, at: Timestamp) -> Date {
    day_in(&office.rules.time_zone, at)
}
