//! A person applies money to invoices, or takes an application back.

use super::book_cash::{booked, work_item};
use super::cash_books::{Loaded, proposed};
use super::cash_error::{CashError, REASON_CHARS, needs};
use super::deduct::{put_back, settle_asked};
use super::patiently::patiently;
use super::{Office, StepError};
use crate::basics::ids::{BankEntryId, CashApplicationId};
use crate::basics::money::Money;
use crate::basics::text::one_line;
use crate::domain::audit::{Actor, AuditEvent};
use crate::domain::bank::Credit;
use crate::domain::change::{Change, Record};
use crate::domain::receivable::cash_decision::{Proposal, Settlement, Wanted, by_hand, take_back};
use crate::domain::receivable::deduction::standing;
use crate::domain::receivable::{CashApplication, OpenInvoice};

/// What a person wants.
#[derive(Clone, Debug)]
pub enum CashOrder {
    /// To these invoices, by number; all that is open where no amount is said.
    Apply(Vec<(String, Option<Money>)>),
    /// As it is proposed.
    AsProposed,
}

/// Applies money of a credit in one commit; where the daemon was quicker, to the books as they are then.
///
/// # Errors
/// What cannot be, or what the store met. Nothing was changed then.
pub async fn apply_by_hand(
    office: &Office,
    id: BankEntryId,
    order: &CashOrder,
    (by, reason): (&str, &str),
) -> Result<Settlement, CashError> {
    needs(by, reason)?;
    let reason = one_line(reason, REASON_CHARS);
    let attempt = || async {
        let now = office.clock.now();
        let credit = credit(office, id).await?;
        let loaded = Loaded::of(office).await?;
        let before = office.store.cash_of_entry(id).await?;
        let settlement = match order {
            CashOrder::Apply(wanted) => wished(&credit, &loaded, wanted, &reason)?,
            CashOrder::AsProposed => match proposed(&credit, &before, &loaded) {
                // Both stand in the trail: who accepted it and why, and what it was proposed by.
                Proposal::Settle(settlement) => Settlement {
                    evidence: format!("{reason}; as proposed: {}", settlement.evidence),
                    ..settlement
                },
                Proposal::Unsure(why) => return Err(CashError::Refused(why)),
                Proposal::Nothing => {
                    let why = "nothing is proposed: name the invoices".to_owned();
                    return Err(CashError::Refused(why));
                }
            },
        };
        let actor = Actor::Person(by.to_owned());
        let change = booked(office, &credit, &settlement, &loaded, (now, &actor)).await?;
        office.store.commit(change).await?;
        Ok(settlement)
    };
    patiently(attempt, CashError::is_conflict).await
}

fn wished(
    credit: &Credit,
    loaded: &Loaded,
    wanted: &[(String, Option<Money>)],
    reason: &str,
) -> Result<Settlement, CashError> {
    let mut chosen = Vec::new();
    for (number, amount) in wanted {
        let open = loaded.open_invoice(number).ok_or_else(|| {
            CashError::Refused(format!("no open invoice has the number {number}"))
        })?;
        chosen.push(Wanted {
            open,
            amount: *amount,
        });
    }
    by_hand(credit, &chosen, reason).map_err(CashError::Refused)
}

/// Takes an application back in one commit: the invoice is open again, the money is without one, and a person is asked where it
/// goes. No method applies this money to that invoice again; a person may.
///
/// # Errors
/// What cannot be, or what the store met. Nothing was changed then.
pub async fn take_application_back(
    office: &Office,
    (entry, id): (BankEntryId, CashApplicationId),
    (by, reason): (&str, &str),
) -> Result<CashApplication, CashError> {
    needs(by, reason)?;
    let reason = one_line(reason, REASON_CHARS);
    let attempt = || async {
        let (store, now) = (&office.store, office.clock.now());
        let of_entry = store.cash_of_entry(entry).await?;
        let applied = of_entry.iter().find(|one| one.id == id);
        let applied = applied.ok_or_else(|| StepError::Missing(id.into()))?;
        let reversal = take_back(applied, &of_entry, now).map_err(CashError::Refused)?;
        let open = store.open_invoice(applied.invoice).await?;
        let open = open.ok_or_else(|| StepError::Missing(applied.invoice.into()))?;
        let credit = credit(office, entry).await?;
        let change = taken_back(office, (&credit, &open, &reversal), (by, &reason));
        let change = owed_again(office, change, (&open, entry), (by, &reason)).await?;
        store.commit(change).await?;
        Ok(reversal)
    };
    patiently(attempt, CashError::is_conflict).await
}

/// The reversal, and the rows it stands on with their versions moved on, as an application does.
fn taken_back(
    office: &Office,
    (credit, open, reversal): (&Credit, &OpenInvoice, &CashApplication),
    (by, reason): (&str, &str),
) -> Change {
    let now = reversal.at;
    let number = &open.invoice.number;
    let who = Actor::Person(by.to_owned());
    let told = AuditEvent::new(now, who, "cash taken back", reversal.id, reason)
        .fact("invoice", number)
        .fact("amount", reversal.amount)
        .fact("bank entry", &credit.entry.entry_reference);
    let seen = format!("{by} took it back from {number}: {reason}");
    let item = work_item(office, credit, &reversal.id.to_string(), &seen, now);
    Change::new(told)
        .put(Record::BankEntry(credit.entry.clone()))
        .put(Record::CustomerInvoice(open.invoice.clone()))
        .put(Record::CashApplication(reversal.clone()))
        .raise(item)
}

/// What came off the invoice with this payment is owed again, too.
async fn owed_again(
    office: &Office,
    change: Change,
    (open, entry): (&OpenInvoice, BankEntryId),
    (by, reason): (&str, &str),
) -> Result<Change, CashError> {
    let taken_off = office.store.deductions_off(open.invoice.id).await?;
    let mut with_it = standing(&taken_off).filter(|one| one.bank_entry == Some(entry));
    let now = office.clock.now();
    let change = with_it.try_fold(change, |change, one| {
        put_back(change, one, (by, reason, now))
    })?;
    let who = Actor::Person(by.to_owned());
    let words = ("the payment was taken back", now, &who);
    Ok(settle_asked(office, change, open.invoice.id, words).await?)
}

async fn credit(office: &Office, id: BankEntryId) -> Result<Credit, CashError> {
    let credit = office.store.credit(id).await?;
    Ok(credit.ok_or_else(|| StepError::Missing(id.into()))?)
}
