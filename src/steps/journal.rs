//! The journal of double entry, derived from the books and their trail: the same entries whenever they are asked for.

use std::collections::HashMap;

use super::{Office, StepError};
use crate::basics::calendar::{Date, Timestamp, day_in};
use crate::basics::ids::{BillId, PaymentId};
use crate::basics::money::Money;
use crate::config::rules::Rules;
use crate::domain::ledger::followed::{OfBill, Posted, bill_entries, payment_entries};
use crate::domain::ledger::roll_forward::{Moved, Movement};
use crate::domain::ledger::{
    Occasion, Unpostable, bank_booked, cash_applied, invoice_issued, taken_off,
};
use crate::domain::payable::Bill;
use crate::domain::payable::bill_line::lines;
use crate::formats::journal::Entry;
use crate::io::store::Filter;

/// What was taken down, and what could not be posted and why.
#[derive(Debug, Default)]
pub struct Journal {
    /// By day, then by their names.
    pub entries: Vec<Entry>,
    /// What they do to what we owe.
    pub payables: Vec<Moved>,
    /// What they do to what customers owe.
    pub receivables: Vec<Moved>,
    /// Each in a sentence.
    pub left_out: Vec<String>,
}

impl Journal {
    fn post(&mut self, entry: Result<Entry, Unpostable>) -> Option<Date> {
        match entry {
            Ok(entry) => {
                let date = entry.date;
                self.entries.push(entry);
                Some(date)
            }
            Err(why) => {
                self.left_out.push(why.to_string());
                None
            }
        }
    }

    fn post_payable(&mut self, posted: Result<Posted, Unpostable>) {
        match posted {
            Ok(Posted { entry, moved }) => {
                self.entries.push(entry);
                self.payables.extend(moved);
            }
            Err(why) => self.left_out.push(why.to_string()),
        }
    }

    /// A customer owes so much more, or less where it is negative.
    fn post_receivable(
        &mut self,
        entry: Result<Entry, Unpostable>,
        (more, less): (Movement, Movement),
        amount: Option<Money>,
    ) {
        if let Some((date, amount)) = self.post(entry).zip(amount) {
            let what = if amount.is_negative() { less } else { more };
            self.receivables.push(Moved { date, what, amount });
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
    for entry in office.store.list_bank_entries(&Filter::all()).await? {
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
    let mut bills: HashMap<BillId, Bill> = HashMap::new();
    for bill in store.list_bills(&Filter::all()).await? {
        let trail = store.audit_of(&bill.id.into()).await?;
        let document = store.document(bill.document).await?;
        let document = document.ok_or_else(|| StepError::Missing(bill.document.into()))?;
        let nets = lines(&document.reading, &bill).lines.into_iter();
        let nets = nets.map(|line| line.net).collect::<Vec<_>>();
        let entries = bill_entries(of(rules, &bill, &nets, &party(&bill)), &trail);
        entries
            .into_iter()
            .for_each(|entry| journal.post_payable(entry));
        bills.insert(bill.id, bill);
    }
    let paid = paid_with(office).await?;
    for payment in store.list_payments(&Filter::all()).await? {
        let bill = bills.get(&payment.bill);
        let bill = bill.ok_or_else(|| StepError::Missing(payment.bill.into()))?;
        let sums = paid.get(&payment.id).copied();
        let sums = sums.unwrap_or((payment.amount, None));
        let trail = store.audit_of(&payment.id.into()).await?;
        let entries = payment_entries(of(rules, bill, &[], &party(bill)), (&payment, sums), &trail);
        entries
            .into_iter()
            .for_each(|entry| journal.post_payable(entry));
    }
    Ok(())
}

fn of<'a>(
    rules: &'a Rules,
    bill: &'a Bill,
    nets: &'a [Option<Money>],
    party: &'a str,
) -> OfBill<'a> {
    OfBill {
        bill,
        nets,
        party,
        chart: &rules.chart,
        zone: &rules.time_zone,
    }
}

/// What the file to the bank said of each payment: its sum, and what was taken off.
pub(super) async fn paid_with(
    office: &Office,
) -> Result<HashMap<PaymentId, (Money, Option<Money>)>, StepError> {
    let runs = office.store.list_payment_runs(&Filter::all()).await?;
    // The newest first: of a payment that was in two runs the last one counts, behind the others.
    let runs = runs.into_iter().rev().filter(|run| run.has_left());
    let transfers = runs.flat_map(|run| run.transfers);
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
    for invoice in store.list_customer_invoices(&Filter::all()).await? {
        let name = names.get(&invoice.customer);
        let party = name.map(|name| (*name).clone()).unwrap_or_default();
        let occasion = Occasion {
            date: invoice.issue_date,
            reference: format!("invoice {}", invoice.number),
            party: party.clone(),
        };
        let entry = invoice_issued(&invoice, chart, occasion);
        let kinds = (Movement::Added, Movement::CreditNotes);
        journal.post_receivable(entry, kinds, Some(invoice.gross));
        invoices.insert(invoice.id, (invoice.number, party));
    }
    for applied in store.cash_applied_from(Timestamp::UNIX_EPOCH).await? {
        let invoice = invoices.get(&applied.invoice);
        let (number, party) = invoice.ok_or_else(|| StepError::Missing(applied.invoice.into()))?;
        let occasion = Occasion {
            date: day_in(&office.rules.time_zone, applied.at),
            reference: format!("cash {}", applied.id),
            party: party.clone(),
        };
        let entry = cash_applied(&applied, number, chart, occasion);
        let kinds = (Movement::Returned, Movement::Paid);
        journal.post_receivable(entry, kinds, applied.amount.checked_neg());
    }
    for deduction in store.deductions_from(Timestamp::UNIX_EPOCH).await? {
        let invoice = invoices.get(&deduction.invoice);
        let (number, party) =
            invoice.ok_or_else(|| StepError::Missing(deduction.invoice.into()))?;
        let occasion = Occasion {
            date: day_in(&office.rules.time_zone, deduction.at),
            reference: format!("deduction {}", deduction.id),
            party: party.clone(),
        };
        let entry = taken_off(&deduction, number, chart, occasion);
        let less = match deduction.code.is_discount() {
            true => Movement::Discounts,
            false => Movement::Deductions,
        };
        journal.post_receivable(entry, (less, less), deduction.amount.checked_neg());
    }
    Ok(())
}
