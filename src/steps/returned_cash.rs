//! Money that went out: perhaps a customer's payment that was taken back.

use std::collections::HashSet;

use super::{Office, StepError};
use crate::basics::calendar::Timestamp;
use crate::basics::ids::BankEntryId;
use crate::domain::audit::{Actor, AuditEvent};
use crate::domain::bank::BankEntry;
use crate::domain::change::Change;
use crate::domain::receivable::cash_application::standing;
use crate::domain::receivable::cash_decision::returned::{PaidBy, ask, link};
use crate::domain::receivable::matching::number_keys;

/// Asks a person where a debit may be a customer's payment come back. It is looked at once, when it is imported; a crash before the
/// commit leaves the job.
///
/// # Errors
/// What the store met.
pub(super) async fn went_out(
    office: &Office,
    debit: &BankEntry,
    (actor, now): (Actor, Timestamp),
) -> Result<Change, StepError> {
    let fee = office.rules.cash.bank_charges_at_most;
    for id in candidates(office, debit).await? {
        let Some(paid) = paid_by(office, id).await? else {
            continue;
        };
        if let Some(link) = link(debit, &paid, fee) {
            let item = ask(debit, (&paid, &link), &office.rules.owners.receivables, now);
            tracing::warn!(amount = %debit.amount, "a customer's payment may have come back");
            let why = item.reason.clone();
            let told = AuditEvent::new(now, actor, "may be a payment come back", debit.id, why);
            return Ok(Change::new(told).raise(item));
        }
    }
    let why = "it is no credit";
    let told = AuditEvent::new(now, actor, "no cash to apply", debit.id, why);
    Ok(Change::new(told))
}

/// Credits that paid an invoice the debit names, and those of the same amount, newest first.
async fn candidates(office: &Office, debit: &BankEntry) -> Result<Vec<BankEntryId>, StepError> {
    let store = &office.store;
    let mut found = Vec::new();
    let keys = number_keys(&debit.remittance_information);
    for named in store.invoices_by_number_keys(&keys).await? {
        let cash = store.cash_of_invoice(named.invoice.id).await?;
        found.extend(cash.into_iter().rev().map(|one| one.bank_entry));
    }
    if let Some(came) = debit.amount.checked_neg() {
        let alike = store.bank_entries_of(came).await?;
        found.extend(alike.into_iter().map(|one| one.id));
    }
    let mut seen = HashSet::new();
    found.retain(|id| seen.insert(*id));
    Ok(found)
}

/// What the credit pays still.
async fn paid_by(office: &Office, id: BankEntryId) -> Result<Option<PaidBy>, StepError> {
    let store = &office.store;
    let Some(credit) = store.bank_entry(id).await? else {
        return Ok(None);
    };
    let cash = store.cash_of_entry(id).await?;
    let mut invoices = Vec::new();
    for one in standing(&cash) {
        invoices.extend(store.customer_invoice(one.invoice).await?);
    }
    Ok(Some(PaidBy { credit, invoices }))
}
