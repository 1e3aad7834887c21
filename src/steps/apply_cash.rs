//! Applies money the bank reports to the invoices it pays, from either end: a bank entry looks for its invoices, a
//! remittance looks for its money.

use std::sync::Arc;

use super::decide_remittance::look_again;
use super::{Office, StepError};
use crate::basics::calendar::{Timestamp, add_days, day_in, start_of_day};
use crate::basics::ids::{BankEntryId, RemittanceId};
use crate::basics::money::Money;
use crate::domain::audit::{Actor, AuditEvent, Subject, SubjectKind};
use crate::domain::bank::Credit;
use crate::domain::change::{Change, Record};
use crate::domain::exception::{Exception, ExceptionCode, ExceptionState};
use crate::domain::job::{JobClaim, NewJob, Step};
use crate::domain::receivable::cash_decision::{
    Books, CashPolicy, Decision, Proposal, Settlement, Withheld, WrittenOff, decide, explained,
    money_for, payer_of, propose, was_taken_back,
};
use crate::domain::receivable::deduction::{self, Ground};
use crate::domain::receivable::matching::number_keys;
use crate::domain::receivable::remittance::{last_day, next};
use crate::domain::receivable::{
    CashApplication, Customer, OpenInvoice, Remittance, RemittanceEvent, RemittanceState,
};

const STEP: &str = "apply_cash";

/// The books as they are loaded; every row of it that a decision touches is written again with its version.
pub struct Loaded {
    customers: Arc<[Customer]>,
    invoices: Vec<OpenInvoice>,
    paid: Vec<OpenInvoice>,
    remittances: Vec<Remittance>,
    policy: CashPolicy,
    written_off: WrittenOff,
}

impl Loaded {
    /// As they are now.
    ///
    /// # Errors
    /// What the store met.
    pub async fn of(office: &Office) -> Result<Self, StepError> {
        Ok(Self {
            customers: office.store.customers().await?,
            invoices: office.store.open_invoices().await?,
            paid: Vec::new(),
            remittances: office.store.unsettled_remittances(None).await?,
            policy: office.rules.cash.clone(),
            written_off: written_off(office).await?,
        })
    }

    /// The open invoice of that number.
    pub fn open_invoice(&self, number: &str) -> Option<&OpenInvoice> {
        let mut open = self.invoices.iter();
        open.find(|open| open.invoice.number == number.trim())
    }

    /// What a decision is made from.
    pub fn books(&self) -> Books<'_> {
        Books {
            customers: &self.customers,
            invoices: &self.invoices,
            paid: &self.paid,
            remittances: &self.remittances,
            policy: &self.policy,
            written_off: &self.written_off,
        }
    }
}

/// What was let go as too small this month.
async fn written_off(office: &Office) -> Result<WrittenOff, StepError> {
    let first = start_of_day(&office.rules.time_zone, office.today().first_of_month());
    let taken_off = office.store.deductions_from(first).await?.into_iter();
    let small = taken_off.filter(|one| one.ground == Ground::Tolerance);
    Ok(WrittenOff::of(small.map(|one| (one.customer, one.amount))))
}

/// Applies what can be applied; the rest is put before a person or waits.
///
/// # Errors
/// Only what the store met, or a subject that is neither.
pub async fn apply_cash(
    office: &Office,
    claim: &JobClaim,
    subject: &Subject,
) -> Result<(), StepError> {
    let wrong = || StepError::Subject {
        step: Step::ApplyCash,
        subject: subject.clone(),
    };
    let change = match (
        subject.kind,
        BankEntryId::parse(&subject.id),
        RemittanceId::parse(&subject.id),
    ) {
        (SubjectKind::BankEntry, Some(entry), _) => of_entry(office, entry).await?,
        (SubjectKind::Remittance, _, Some(remittance)) => of_remittance(office, remittance).await?,
        _ => return Err(wrong()),
    };
    office.store.commit(change.finishing(claim.clone())).await?;
    Ok(())
}

/// Where does this money go?
async fn of_entry(office: &Office, id: BankEntryId) -> Result<Change, StepError> {
    let now = office.clock.now();
    let missing = || StepError::Missing(id.into());
    let credit = office.store.credit(id).await?.ok_or_else(missing)?;
    if !credit.entry.amount.is_positive() {
        let why = "it is no credit";
        let told = AuditEvent::new(now, Actor::program(STEP), "no cash to apply", id, why);
        return Ok(Change::new(told));
    }
    if let Some(reference) = &credit.entry.end_to_end_id
        && !office
            .store
            .payments_of_transfer(reference)
            .await?
            .is_empty()
    {
        let why = "it is a payment of ours that came back";
        let told = AuditEvent::new(now, Actor::program(STEP), "no cash to apply", id, why);
        return Ok(Change::new(told));
    }
    let mut loaded = Loaded::of(office).await?;
    let mut decision = decide(&credit, loaded.books());
    if matches!(decision, Decision::Unidentified(_)) {
        // Only now: most money finds its invoice among the open ones.
        loaded.paid = named_before(office, &credit).await?;
        decision = decide(&credit, loaded.books());
    }
    let before = office.store.cash_of_entry(id).await?;
    if let Decision::Settle(settlement) = &decision
        && let Some(back) = was_taken_back(settlement, &before, &loaded.invoices)
    {
        decision = Decision::Unidentified(vec![back]);
    }
    match decision {
        Decision::Settle(settlement) => {
            let actor = Actor::program(STEP);
            booked(office, &credit, &settlement, &loaded, (now, &actor)).await
        }
        Decision::Unidentified(mut seen) => {
            seen.extend(in_words(&credit, &before, &loaded));
            unidentified(office, &credit, &seen, now).await
        }
        Decision::Nothing => {
            let why = "all of it is applied already";
            let told = AuditEvent::new(now, Actor::program(STEP), "no cash to apply", id, why);
            Ok(Change::new(told))
        }
    }
}

/// What the person who looks is told of a proposal.
fn in_words(credit: &Credit, before: &[CashApplication], loaded: &Loaded) -> Option<String> {
    match proposed(credit, before, loaded) {
        Proposal::Settle(settlement) => Some(format!(
            "{}: `cash apply {} --proposed` applies it so",
            settlement.evidence,
            credit.entry.id.short()
        )),
        Proposal::Unsure(why) => Some(why),
        Proposal::Nothing => None,
    }
}

/// What money of a known customer pays, by what that customer owes.
pub fn proposed(credit: &Credit, before: &[CashApplication], loaded: &Loaded) -> Proposal {
    let books = loaded.books();
    match payer_of(credit, books.customers).customer() {
        Some(customer) if credit.is_open() => propose(credit, before, customer, books),
        Some(_) | None => Proposal::Nothing,
    }
}

/// The invoices with one of the numbers in the credit's text, paid ones too.
async fn named_before(office: &Office, credit: &Credit) -> Result<Vec<OpenInvoice>, StepError> {
    let keys = number_keys(&credit.entry.remittance_information);
    Ok(office.store.invoices_by_number_keys(&keys).await?)
}

/// Is its money there?
async fn of_remittance(office: &Office, id: RemittanceId) -> Result<Change, StepError> {
    let now = office.clock.now();
    let missing = || StepError::Missing(id.into());
    let remittance = office.store.remittance(id).await?.ok_or_else(missing)?;
    match remittance.state {
        RemittanceState::Claimed => {}
        RemittanceState::Held => return look_again(office, &remittance, STEP).await,
        RemittanceState::Applied | RemittanceState::Void => {
            let event = AuditEvent::new(
                now,
                Actor::program(STEP),
                "remittance waits no longer",
                id,
                remittance.state.as_str(),
            );
            return Ok(Change::new(event));
        }
    }
    let loaded = Loaded::of(office).await?;
    let credits = office.store.unapplied_bank_entries().await?;
    let Some((credit, settlement)) = money_for(&remittance, &credits, loaded.books()) else {
        return wait_for_money(office, remittance, now).await;
    };
    let before = office.store.cash_of_entry(credit.entry.id).await?;
    if was_taken_back(&settlement, &before, &loaded.invoices).is_some() {
        return wait_for_money(office, remittance, now).await;
    }
    let actor = Actor::program(STEP);
    booked(office, credit, &settlement, &loaded, (now, &actor)).await
}

/// The entries, and every row they stand on: invoices, bank entry and remittance move on by a version, so that whoever
/// decided on the old ones (another credit, a reminder) decides again.
pub(super) async fn booked(
    office: &Office,
    credit: &Credit,
    settlement: &Settlement,
    loaded: &Loaded,
    (now, by): (Timestamp, &Actor),
) -> Result<Change, StepError> {
    let actor = || by.clone();
    let before = office.store.cash_of_entry(credit.entry.id).await?;
    let entry = &credit.entry;
    let total = settlement.allocations.len();
    let told = AuditEvent::new(
        now,
        actor(),
        "bank entry applied",
        entry.id,
        settlement.evidence.clone(),
    )
    .fact("amount", entry.amount)
    .fact("invoices", total)
    .fact("method", settlement.how());
    let mut change = Change::new(told).put(Record::BankEntry(entry.clone()));
    for application in settlement.entries(credit, &before, now) {
        let open = loaded
            .invoices
            .iter()
            .find(|i| i.invoice.id == application.invoice);
        let open = open.ok_or_else(|| StepError::Missing(application.invoice.into()))?;
        let withheld = settlement.withheld.iter();
        let withheld = withheld.filter(|one| one.invoice == application.invoice);
        let withheld = withheld.collect::<Vec<_>>();
        let allowed = withheld.iter().filter(|one| one.ground.is_some());
        let gone = Money::sum(allowed.map(|one| one.amount).chain([application.amount]));
        let rest = gone.and_then(|gone| open.balance.checked_sub(gone));
        let rest = rest.unwrap_or(open.balance);
        let told = AuditEvent::new(
            now,
            actor(),
            "cash applied",
            application.id,
            settlement.evidence.clone(),
        )
        .fact("invoice", &open.invoice.number)
        .fact("amount", application.amount)
        .fact("still open", rest)
        .fact("bank entry", &entry.entry_reference)
        .fact("method", &application.how);
        tracing::info!(invoice = open.invoice.number, amount = %application.amount, rest = %rest, "cash applied");
        change = change
            .event(told)
            .put(Record::CustomerInvoice(open.invoice.clone()))
            .put(Record::CashApplication(application));
        for one in withheld {
            change = took_off(office, change, (one, open), (credit, now, by)).await?;
        }
    }
    let explained = explained(settlement, loaded.books());
    for remittance in &explained {
        change = change.and(applied(remittance, credit, (now, by))?);
    }
    change = settle_work_items(office, change, entry.id.into(), &explained, (now, by)).await?;
    Ok(match &settlement.difference {
        None => change,
        Some(difference) => {
            let occurrence = match before.len() {
                0 => "difference".to_owned(),
                count => format!("difference {count}"),
            };
            change.raise(work_item(office, credit, &occurrence, difference, now))
        }
    })
}

/// What the payer kept: taken off the invoice where something allows it, else a person's question. Whoever lets another small difference
/// of the same customer go meanwhile meets the customer's version: the limit of the month is looked at again.
async fn took_off(
    office: &Office,
    change: Change,
    (withheld, open): (&Withheld, &OpenInvoice),
    (credit, now, by): (&Credit, Timestamp, &Actor),
) -> Result<Change, StepError> {
    let invoice = &open.invoice;
    let before = office.store.deductions_off(invoice.id).await?;
    let Some(deduction) = withheld.entry(credit, invoice.customer, &before, now) else {
        let owner = &office.rules.owners.receivables;
        let item = deduction::ask(
            (withheld.amount, withheld.code, &withheld.why),
            invoice,
            credit.entry.id,
            owner,
            now,
        );
        return Ok(change.raise(item));
    };
    let told = AuditEvent::new(now, by.clone(), "taken off", invoice.id, &deduction.why)
        .fact("amount", deduction.amount)
        .fact("code", deduction.code)
        .fact("ground", deduction.ground)
        .fact("bank entry", &credit.entry.entry_reference);
    tracing::info!(invoice = invoice.number, amount = %deduction.amount, code = %deduction.code, "taken off an invoice");
    let customer = match deduction.ground {
        Ground::Tolerance => office.store.customer(invoice.customer).await?,
        Ground::Terms | Ground::Charges | Ground::Person => None,
    };
    let change = change.event(told).put(Record::Deduction(deduction));
    Ok(customer
        .into_iter()
        .map(Record::Customer)
        .fold(change, Change::put))
}

fn applied(
    remittance: &Remittance,
    credit: &Credit,
    (now, by): (Timestamp, &Actor),
) -> Result<Change, StepError> {
    let state = next(remittance.state, RemittanceEvent::Apply)?;
    let actor = by.clone();
    let told = AuditEvent::new(
        now,
        actor,
        "remittance applied",
        remittance.id,
        "its money came",
    )
    .state(Some(remittance.state.as_str()), state.as_str())
    .fact("bank entry", &credit.entry.entry_reference);
    Ok(Change::new(told).put(Record::Remittance(Remittance {
        state,
        ..remittance.clone()
    })))
}

/// What a person was asked about this money or this remittance has answered itself.
async fn settle_work_items(
    office: &Office,
    mut change: Change,
    entry: Subject,
    explained: &[&Remittance],
    (now, by): (Timestamp, &Actor),
) -> Result<Change, StepError> {
    let mut subjects = vec![entry];
    subjects.extend(explained.iter().map(|r| Subject::from(r.id)));
    for subject in subjects {
        for item in office.store.exceptions_about(&subject).await? {
            let ours = matches!(
                item.code,
                ExceptionCode::CashUnidentified | ExceptionCode::RemittanceUnmatched
            );
            if item.state == ExceptionState::Open && ours {
                let words = "the money was applied";
                let (settled, told) = item.resolve((by, by.parts().1), words, now)?;
                change = change.event(told).put(Record::Exception(settled));
            }
        }
    }
    Ok(change)
}

/// Nobody knows what it pays: a person is asked, unless one is asked about this money already.
async fn unidentified(
    office: &Office,
    credit: &Credit,
    seen: &[String],
    now: Timestamp,
) -> Result<Change, StepError> {
    let about = office
        .store
        .exceptions_about(&credit.entry.id.into())
        .await?;
    let is_asked = about.iter().any(|item| {
        item.code == ExceptionCode::CashUnidentified && item.state == ExceptionState::Open
    });
    let seen = seen.join("; ");
    let told = AuditEvent::new(
        now,
        Actor::program(STEP),
        "cash not identified",
        credit.entry.id,
        seen.clone(),
    )
    .fact("amount", credit.remaining);
    tracing::info!(amount = %credit.remaining, "a bank credit is not identified");
    let change = Change::new(told);
    Ok(match is_asked {
        true => change,
        false => change.raise(work_item(office, credit, "", &seen, now)),
    })
}

pub(super) fn work_item(
    office: &Office,
    credit: &Credit,
    occurrence: &str,
    seen: &str,
    now: Timestamp,
) -> Exception {
    let entry = &credit.entry;
    let reason = format!(
        "{} of {} from {}: {seen}",
        entry.amount, entry.booking_date, entry.counterparty_name
    );
    Exception::raise(
        ExceptionCode::CashUnidentified,
        entry.id.into(),
        occurrence,
        &office.rules.owners.receivables,
        now,
        (
            reason,
            "find out what it pays and apply it (`cash apply ENTRY INVOICE`), ask the payer for a remittance, or correct the customer or invoice by import; resolve this \
             when that is done or it pays no invoice of ours: it is looked at once more and then left alone",
        ),
    )
}

/// Its invoices count as claimed for a while; then it is held, they are reminded of again, and a person is asked where
/// the money is.
async fn wait_for_money(
    office: &Office,
    remittance: Remittance,
    now: Timestamp,
) -> Result<Change, StepError> {
    let missing = || StepError::Missing(remittance.message.into());
    let message = office
        .store
        .message(remittance.message)
        .await?
        .ok_or_else(missing)?;
    let zone = &office.rules.time_zone;
    let received = day_in(zone, message.received_at);
    let last_day = remittance.waits_until.unwrap_or_else(|| {
        let claim_days = office.rules.reminders.claim_days;
        last_day(received, remittance.payment_date, claim_days)
    });
    let total = remittance.total.map(|m| m.to_string()).unwrap_or_default();
    let actor = Actor::program(STEP);
    if office.today() <= last_day {
        let why = "no bank entry explains it yet";
        let told = AuditEvent::new(
            now,
            actor,
            "remittance waits for its money",
            remittance.id,
            why,
        )
        .fact("total", &total)
        .fact("until", last_day);
        let look_again = NewJob {
            step: Step::ApplyCash,
            subject: remittance.id.into(),
            due_at: start_of_day(zone, add_days(last_day, 1)),
        };
        return Ok(Change::new(told).job(look_again));
    }
    let reason = format!(
        "the remittance of {} over {total} came {received}, its money did not; its invoices are reminded of again",
        remittance.payer
    );
    let state = next(remittance.state, RemittanceEvent::Hold)?;
    let told = AuditEvent::new(now, actor, "remittance held", remittance.id, reason.clone())
        .state(Some(remittance.state.as_str()), state.as_str());
    let item = Exception::raise(
        ExceptionCode::RemittanceUnmatched,
        remittance.id.into(),
        // It may be matched again and wait in vain once more: then somebody is asked once more.
        &format!("money {}", remittance.version),
        &office.rules.owners.receivables,
        now,
        (
            reason,
            "look for the money at the bank or ask the payer; then match the remittance again or void it",
        ),
    );
    let held = Remittance {
        state,
        ..remittance
    };
    Ok(Change::new(told).put(Record::Remittance(held)).raise(item))
}
