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
use crate::domain::exception::{Exception, ExceptionCode, ExceptionState};
use crate::domain::job::NewJob;
use crate::domain::payable::payment_run::duties::is_same_person;
use crate::domain::receivable::cash_decision::concerns;
use crate::domain::receivable::deduction::{
    DeductionCode, Hands, Wish, ask_second, by_person, hands, standing,
};
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
        let trail = office.store.audit_of(&id.into()).await?;
        let wishes = wishes(&trail);
        let asked = asked(office, &open, &deduction, &wishes).await?;
        let (who, items): (Vec<_>, Vec<_>) = asked.into_iter().unzip();
        let people = &office.rules.approvals.approvers;
        let is_by = |first: &str| is_same_person(first, by, people);
        let limit = office.rules.cash.deduct_alone_at_most;
        match hands(deduction.amount, limit, &who, is_by) {
            Hands::Enough { first } => {
                off(office, &open, (&deduction, by, first), (items, now)).await?;
                Ok(Deducted::Off(deduction))
            }
            Hands::AsksSecond => {
                ask(office, &open, (&deduction, by, wishes.len()), now).await?;
                Ok(Deducted::Waits(deduction))
            }
            Hands::SaidAlready => Err(CashError::Refused(format!(
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
        office
            .store
            .commit(off.iter().try_fold(change, put)?)
            .await?;
        Ok(off)
    };
    patiently(attempt, CashError::is_conflict).await
}

/// The reversal of one.
pub(super) fn put_back(
    change: Change,
    one: &Deduction,
    (by, reason, now): (&str, &str, Timestamp),
) -> Result<Change, CashError> {
    let back = one.taken_back(reason, now).map_err(CashError::Refused)?;
    let actor = Actor::Person(by.to_owned());
    let told = AuditEvent::new(now, actor, "put back on", one.invoice, reason)
        .fact("amount", one.amount)
        .fact("code", one.code);
    Ok(change.event(told).put(Record::Deduction(back)))
}

async fn load(office: &Office, id: CustomerInvoiceId) -> Result<OpenInvoice, StepError> {
    let open = office.store.open_invoice(id).await?;
    open.ok_or_else(|| StepError::Missing(id.into()))
}

/// Who asked for exactly this, with the work items; whoever resolved one has refused it.
async fn asked(
    office: &Office,
    open: &OpenInvoice,
    deduction: &Deduction,
    wishes: &[&AuditEvent],
) -> Result<Vec<(String, Exception)>, StepError> {
    let owner = &office.rules.owners.receivables;
    let mut asked = Vec::new();
    for (nth, event) in wishes.iter().enumerate() {
        let by = event.actor.parts().1;
        let item = ask_second(deduction, (&open.invoice, by, nth), owner, event.at);
        let item = office.store.exception(item.id).await?;
        let item = item.filter(|item| item.state == ExceptionState::Open);
        asked.extend(item.map(|item| (by.to_owned(), item)));
    }
    Ok(asked)
}

/// What was ever asked for of the invoice, in order.
fn wishes(trail: &[ChainedEvent]) -> Vec<&AuditEvent> {
    let events = trail.iter().map(|entry| &entry.event);
    events.filter(|event| event.action == ASKED).collect()
}

async fn ask(
    office: &Office,
    open: &OpenInvoice,
    (deduction, by, nth): (&Deduction, &str, usize),
    now: Timestamp,
) -> Result<(), StepError> {
    let owner = &office.rules.owners.receivables;
    let item = ask_second(deduction, (&open.invoice, by, nth), owner, now);
    let told = told(ASKED, (deduction, by), now);
    let change = Change::new(told).put(Record::CustomerInvoice(open.invoice.clone()));
    office.store.commit(change.raise(item)).await?;
    Ok(())
}

/// Takes it off and settles the work items that `asked` for it, all about the invoice's deductions where nothing stays open; and looks
/// again at money that may fit now. One commit: a crash before it leaves everything as it was.
async fn off(
    office: &Office,
    open: &OpenInvoice,
    (deduction, by, first): (&Deduction, &str, Option<&str>),
    (asked, now): (Vec<Exception>, Timestamp),
) -> Result<(), StepError> {
    let (words, actor) = ("it was taken off", Actor::Person(by.to_owned()));
    let told = told("taken off", (deduction, by), now);
    let told = match first {
        Some(first) => told.fact("asked for by", first),
        None => told,
    };
    let mut change = Change::new(told)
        .put(Record::CustomerInvoice(open.invoice.clone()))
        .put(Record::Deduction(deduction.clone()));
    if open.balance == deduction.amount {
        change = settle_asked(office, change, open.invoice.id, (words, now, &actor)).await?;
    } else {
        for item in asked {
            let (item, told) = item.resolve((&actor, by), words, now)?;
            change = change.event(told).put(Record::Exception(item));
        }
    }
    let one = std::slice::from_ref(open);
    let again: Vec<NewJob> = money_again(office, |credit| concerns(credit, one)).await?;
    let change = again.into_iter().fold(change, Change::job);
    office.store.commit(change).await?;
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
