//! Reminds one customer of what is due, in one mail. What is open is looked at once more, in the commit itself.

use std::collections::HashMap;

use super::{Office, StepError};
use crate::basics::business_time::is_business_hour;
use crate::basics::calendar::{is_target_closed, start_of_day};
use crate::basics::ids::CustomerId;
use crate::domain::audit::{Actor, AuditEvent};
use crate::domain::change::{Change, Record};
use crate::domain::document::Side;
use crate::domain::job::JobClaim;
use crate::domain::outbound::OutboundState;
use crate::domain::outbound::compose;
use crate::domain::outbound::reminder_mail::{facts, mail, reachability};
use crate::domain::receivable::Customer;
use crate::domain::receivable::reminder_ladder::{
    History, Outlook, Reachability, ReminderPlan, all_looked_at, plan,
};
use crate::io::store::{Filter, StoreError};

const STEP: &str = "send_reminders";
/// Of each, the newest: older ones are asked for by customer before anything is written.
const MAX_UNSAID: u32 = 1_000;
/// Of a customer whose mails arrive and who asked nothing.
const NOTHING_STOPS_US: Reachability = Reachability {
    bounced: false,
    answer_waiting: false,
};

/// Whether what customers wrote was looked at today, read and taken down, and what they paid applied: a remittance of Saturday lies
/// in the mailbox on Monday morning, and may be the last of ten files in its mail.
///
/// # Errors
/// What the store met.
pub async fn mail_is_in(office: &Office) -> Result<bool, StoreError> {
    let looks = office.store.looks().await?;
    let looks = looks.iter().filter(|look| {
        office.rules.side_of(&look.mailbox) == Side::Receivable && look.problem.is_none()
    });
    let looks = looks.map(|look| (look.mailbox.as_str(), look.looked_at));
    let looks = looks.collect::<Vec<_>>();
    let mailboxes = office.rules.mailbox_sides.iter();
    let mailboxes = mailboxes.filter(|(_, side)| *side == Side::Receivable);
    let mailboxes = mailboxes.map(|(name, _)| name.as_str());
    let midnight = start_of_day(&office.rules.time_zone, office.today());
    if !all_looked_at(mailboxes, &looks, midnight) {
        return Ok(false);
    }
    let now = office.clock.now();
    let behind = office.store.mailboxes_not_taken_down(now).await?;
    let is_customers = |name: &String| office.rules.side_of(name) == Side::Receivable;
    Ok(!behind.iter().any(is_customers) && !office.store.cash_is_waiting(now).await?)
}

/// A day and an hour at which customers are written to.
fn is_time(office: &Office) -> bool {
    let is_open = is_business_hour(office.clock.now(), &office.rules.time_zone);
    is_open && !is_target_closed(office.today())
}

/// The customers to whom something has to be written today: the jobs a sweep enqueues.
///
/// # Errors
/// What the store met.
pub async fn customers_due(office: &Office) -> Result<Vec<CustomerId>, StoreError> {
    let mut due = Vec::new();
    if !is_time(office) || office.rules.reminders.levels.is_empty() {
        return Ok(due);
    }
    let today = office.today();
    let owing = by_customer(office.store.open_invoices().await?, |open| {
        open.invoice.customer
    });
    let reminded = by_customer(office.store.reminders_to_owing().await?, |one| one.customer);
    let mut unsaid = Vec::new();
    for state in OutboundState::UNSAID {
        let mails = Filter::state(state.as_str()).limit(MAX_UNSAID);
        let mails = office.store.list_outbound(&mails).await?.into_iter();
        unsaid.extend(mails.map(|mail| mail.id));
    }
    for customer in office.store.customers().await?.iter() {
        let Some(invoices) = owing.get(&customer.id) else {
            continue;
        };
        let history = History {
            reminders: reminded.get(&customer.id).map_or(&[][..], Vec::as_slice),
            unsaid: &unsaid,
        };
        let policy = &office.rules.reminders;
        // Whether a mail can reach them is asked only for those to whom something would be said.
        let reachable = plan(customer, NOTHING_STOPS_US, invoices, history, policy, today);
        if reachable.plan.is_some() && outlook(office, customer).await?.plan.is_some() {
            due.push(customer.id);
        }
    }
    Ok(due)
}

fn by_customer<T>(all: Vec<T>, whose: impl Fn(&T) -> CustomerId) -> HashMap<CustomerId, Vec<T>> {
    let mut grouped: HashMap<CustomerId, Vec<T>> = HashMap::new();
    for one in all {
        grouped.entry(whose(&one)).or_default().push(one);
    }
    grouped
}

/// What one customer is told today, and what not and why.
///
/// # Errors
/// What the store met.
pub async fn outlook(office: &Office, customer: &Customer) -> Result<Outlook, StoreError> {
    let store = &office.store;
    let about = customer.id.into();
    let invoices = store.open_invoices_of(customer.id).await?;
    let reminders = store.reminders_to(customer.id).await?;
    let sent = store.outbound_about(&about).await?;
    let unsaid = sent
        .iter()
        .filter(|mail| OutboundState::UNSAID.contains(&mail.state));
    let unsaid = unsaid.map(|mail| mail.id).collect::<Vec<_>>();
    let history = History {
        reminders: &reminders,
        unsaid: &unsaid,
    };
    let reach = reachability(customer, &sent, &store.exceptions_about(&about).await?);
    let policy = &office.rules.reminders;
    Ok(plan(
        customer,
        reach,
        &invoices,
        history,
        policy,
        office.today(),
    ))
}

/// What is due. The time is asked again: the job may have waited over a night, or over a weekend whose remittances nobody has seen.
async fn due_now(office: &Office, customer: &Customer) -> Result<Option<ReminderPlan>, StoreError> {
    if !is_time(office) || !mail_is_in(office).await? {
        return Ok(None);
    }
    Ok(outlook(office, customer).await?.plan)
}

/// Writes the mail, if one is still due. Every invoice in it is written again with the version it was read at: money
/// applied, a dispute or a claim recorded since makes the commit conflict, and the step decides again. A crash before the
/// commit leaves nothing; after it the mail is in the outbox and its levels are reached.
///
/// # Errors
/// What the store met, or a template that cannot be filled.
pub async fn send_reminders(
    office: &Office,
    claim: &JobClaim,
    id: CustomerId,
) -> Result<(), StepError> {
    let (now, today) = (office.clock.now(), office.today());
    let customer = office
        .store
        .customer(id)
        .await?
        .ok_or_else(|| StepError::Missing(id.into()))?;
    let actor = || Actor::program(STEP);
    let Some(plan) = due_now(office, &customer).await? else {
        let nothing = "nothing new to say now";
        let event = AuditEvent::new(now, actor(), "no reminder due", id, nothing);
        office
            .store
            .commit(Change::new(event).finishing(claim.clone()))
            .await?;
        return Ok(());
    };
    let sender = &office.rules.reminder_sender;
    let letter = compose::reminder(
        &office.rules.templates,
        &facts(&plan, &customer, sender, today),
    )
    .map_err(|error| StepError::Compose(format!("{error}: {}", error.template)))?;
    let unwritten = || {
        StepError::Compose(format!(
            "no address to write to for customer {}",
            customer.number
        ))
    };
    let outbound = mail(&customer, letter, sender, today, now).ok_or_else(unwritten)?;
    let told = AuditEvent::new(
        now,
        actor(),
        "reminder written",
        outbound.id,
        format!("customer {} {}", customer.number, customer.name),
    )
    .state(None, outbound.state.as_str())
    .fact("tone", plan.tone)
    .fact("invoices", plan.invoices.len());
    let mut change = Change::new(told);
    for (planned, reminder) in plan.invoices.iter().zip(plan.reminders(outbound.id, today)) {
        let told = AuditEvent::new(
            now,
            actor(),
            "invoice reminded of",
            planned.open.invoice.id,
            since_due(planned.days_overdue),
        )
        .fact("level", reminder.level_days)
        .fact("open", planned.open.balance)
        .fact("mail", outbound.id);
        change = change
            .event(told)
            .put(Record::CustomerInvoice(planned.open.invoice.clone()))
            .put(Record::Reminder(reminder));
    }
    tracing::info!(customer = customer.number, tone = %plan.tone, invoices = plan.invoices.len(), "reminder written");
    // The customer too: an address corrected in between is the one to write to.
    let change = change.put(Record::Customer(customer)).mail(outbound);
    office.store.commit(change.finishing(claim.clone())).await?;
    Ok(())
}

/// How far the due date is away, in words.
fn since_due(days_overdue: i32) -> String {
    let days = days_overdue.unsigned_abs();
    let unit = if days == 1 { "day" } else { "days" };
    match days_overdue {
        0 => "due today".to_owned(),
        1.. => format!("{days} {unit} past the due date"),
        i32::MIN..0 => format!("{days} {unit} before the due date"),
    }
}
