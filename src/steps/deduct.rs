//! A person says what a customer need not pay of an invoice, or takes that back. A large one needs two persons.

use super::cash_error::{CashError, REASON_CHARS, needs};
use super::money_again::money_again;
use super::patiently::patiently;
use super::{Office, StepError};
use crate::basics::calendar::Timestamp;
use crate::basics::ids::CustomerInvoiceId;
use crate::basics::money::Money;
use crate::basics::text::one_line;
use crate::domain::audit::{Actor, AuditEvent, ChainedEvent};
use crate::domain::change::{Change, Record};
use crate::domain::exception::{ExceptionCode, ExceptionState};
use crate::domain::job::NewJob;
use crate::domain::payable::payment_run::duties::is_same_person;
use crate::domain::receivable::cash_decision::concerns;
use crate::domain::receivable::deduction::{DeductionCode, Wish, ask_second, by_person, standing};
use crate::domain::receivable::{Deduction, OpenInvoice};

/// What a first person says where two are needed.
const ASKED: &str = "deduction asked for";

/// What became of a wish.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Deducted {
    /// It is taken off.
    Off(Deduction),
    /// Somebody else has to say the same.
    Waits(Deduction),
}

/// Takes something off an invoice, in one commit with the invoice's version: beside a payment or another deduction it is decided again.
/// More than one person may alone is written down, and done when another person says the same.
///
/// # Errors
/// What cannot be, or what the store met. Nothing was changed then.
pub async fn deduct(
    office: &Office,
    id: CustomerInvoiceId,
    (code, amount): (DeductionCode, Option<Money>),
    (by, reason): (&str, &str),
) -> Result<Deducted, CashError> {
    needs(by, reason)?;
    let reason = one_line(reason, REASON_CHARS);
    let attempt = || async {
        let now = office.clock.now();
        let open = load(office, id).await?;
        let before = office.store.deductions_off(id).await?;
        let wish = Wish {
            code,
            amount,
            reason: &reason,
        };
        let deduction = by_person(&open, &before, wish, now).map_err(CashError::Refused)?;
        let may_alone = deduction
            .amount
            .exceeds(office.rules.cash.deduct_alone_at_most);
        if may_alone == Some(false) {
            off(office, &open, (&deduction, by, None), now).await?;
            return Ok(Deducted::Off(deduction));
        }
        let trail = office.store.audit_of(&id.into()).await?;
        let asked = asked_by(office, &trail, &deduction).await?;
        let people = &office.rules.approvals.approvers;
        match asked
            .iter()
            .find(|asked| !is_same_person(asked, by, people))
        {
            Some(first) => {
                off(office, &open, (&deduction, by, Some(first)), now).await?;
                Ok(Deducted::Off(deduction))
            }
            None if asked.is_empty() => {
                ask(office, &open, (&deduction, by), now).await?;
                Ok(Deducted::Waits(deduction))
            }
            None => Err(CashError::Refused(format!(
                "{by} has asked for this already: somebody else has to say the same"
            ))),
        }
    };
    patiently(attempt, CashError::is_conflict).await
}

/// Takes back all that was taken off it: it is owed again.
///
/// # Errors
/// Nothing was taken off, or what the store met. Nothing was changed then.
pub async fn take_deductions_back(
    office: &Office,
    id: CustomerInvoiceId,
    (by, reason): (&str, &str),
) -> Result<Vec<Deduction>, CashError> {
    needs(by, reason)?;
    let reason = one_line(reason, REASON_CHARS);
    let attempt = || async {
        let now = office.clock.now();
        let open = load(office, id).await?;
        let all = office.store.deductions_off(id).await?;
        let off = standing(&all).cloned().collect::<Vec<_>>();
        if off.is_empty() {
            let why = format!("nothing was taken off {}", open.invoice.number);
            return Err(CashError::Refused(why));
        }
        let actor = Actor::Person(by.to_owned());
        let told = AuditEvent::new(now, actor, "owed again", id, &reason);
        let change = Change::new(told).put(Record::CustomerInvoice(open.invoice));
        let put = |change, one: &Deduction| put_back(change, one, (by, &reason, now));
        office.store.commit(off.iter().fold(change, put)).await?;
        Ok(off)
    };
    patiently(attempt, CashError::is_conflict).await
}

/// The reversal of one.
pub(super) fn put_back(
    change: Change,
    one: &Deduction,
    (by, reason, now): (&str, &str, Timestamp),
) -> Change {
    let Some(back) = one.taken_back(reason, now) else {
        return change;
    };
    let actor = Actor::Person(by.to_owned());
    let told = AuditEvent::new(now, actor, "put back on", one.invoice, reason)
        .fact("amount", one.amount)
        .fact("code", one.code);
    change.event(told).put(Record::Deduction(back))
}

async fn load(office: &Office, id: CustomerInvoiceId) -> Result<OpenInvoice, StepError> {
    let open = office.store.open_invoice(id).await?;
    open.ok_or_else(|| StepError::Missing(id.into()))
}

/// Who asked for exactly this, and was not refused by whoever resolved the work item.
async fn asked_by(
    office: &Office,
    trail: &[ChainedEvent],
    deduction: &Deduction,
) -> Result<Vec<String>, StepError> {
    let owner = &office.rules.owners.receivables;
    let open = load(office, deduction.invoice).await?;
    let mut asked = Vec::new();
    for ChainedEvent { event, .. } in trail.iter().filter(|one| one.event.action == ASKED) {
        let Actor::Person(by) = &event.actor else {
            continue;
        };
        let item = ask_second(deduction, (&open.invoice, by), owner, event.at);
        let item = office.store.exception(item.id).await?;
        if item.is_some_and(|item| item.state == ExceptionState::Open) {
            asked.push(by.clone());
        }
    }
    Ok(asked)
}

async fn ask(
    office: &Office,
    open: &OpenInvoice,
    (deduction, by): (&Deduction, &str),
    now: Timestamp,
) -> Result<(), StepError> {
    let owner = &office.rules.owners.receivables;
    let item = ask_second(deduction, (&open.invoice, by), owner, now);
    let told = told(ASKED, (deduction, by), now);
    let change = Change::new(told).put(Record::CustomerInvoice(open.invoice.clone()));
    office.store.commit(change.raise(item)).await?;
    Ok(())
}

/// Takes it off, settles what a person was asked about the invoice's deductions, and looks again at money that may fit now.
async fn off(
    office: &Office,
    open: &OpenInvoice,
    (deduction, by, first): (&Deduction, &str, Option<&String>),
    now: Timestamp,
) -> Result<(), StepError> {
    let told = told("taken off", (deduction, by), now);
    let told = match first {
        Some(first) => told.fact("asked for by", first),
        None => told,
    };
    let mut change = Change::new(told)
        .put(Record::CustomerInvoice(open.invoice.clone()))
        .put(Record::Deduction(deduction.clone()));
    let actor = Actor::Person(by.to_owned());
    change = settle_asked(
        office,
        change,
        open.invoice.id,
        ("it was taken off", now, &actor),
    )
    .await?;
    let one = std::slice::from_ref(open);
    let again: Vec<NewJob> = money_again(office, |credit| concerns(credit, one)).await?;
    office
        .store
        .commit(again.into_iter().fold(change, Change::job))
        .await?;
    Ok(())
}

/// What a person was asked about the invoice's deductions has answered itself.
pub(super) async fn settle_asked(
    office: &Office,
    mut change: Change,
    invoice: CustomerInvoiceId,
    (words, now, by): (&str, Timestamp, &Actor),
) -> Result<Change, StepError> {
    for item in office.store.exceptions_about(&invoice.into()).await? {
        if item.code == ExceptionCode::Deduction && item.state == ExceptionState::Open {
            let (item, told) = item.resolve((by, by.parts().1), words, now)?;
            change = change.event(told).put(Record::Exception(item));
        }
    }
    Ok(change)
}

fn told(action: &str, (deduction, by): (&Deduction, &str), now: Timestamp) -> AuditEvent {
    let actor = Actor::Person(by.to_owned());
    AuditEvent::new(now, actor, action, deduction.invoice, &deduction.why)
        .fact("amount", deduction.amount)
        .fact("code", deduction.code)
        .fact("ground", deduction.ground)
}
