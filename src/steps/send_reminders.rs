//! Writes to one customer what is due, in one mail, unless something keeps it back. Handed over, it is looked at once more
//! (`reminder_again`).

use std::collections::HashMap;

use super::{Office, StepError, bank_data};
use crate::basics::business_time::is_business_hour;
use crate::basics::calendar::{is_target_closed, start_of_day};
use crate::basics::ids::{CustomerId, OutboundId};
use crate::domain::audit::{Actor, AuditEvent};
use crate::domain::change::{Change, Record};
use crate::domain::document::Side;
use crate::domain::exception::{Exception, ExceptionCode};
use crate::domain::job::JobClaim;
use crate::domain::outbound::compose;
use crate::domain::outbound::reminder_gate::Surroundings;
use crate::domain::outbound::reminder_mail::{facts, mail};
use crate::domain::outbound::{Letter, OutboundState};
use crate::domain::receivable::reminder_ladder::{
    Gate, History, Outlook, ReminderPlan, all_looked_at, plan,
};
use crate::domain::receivable::unapplied_cash::UnappliedCash;
use crate::domain::receivable::{Customer, final_notice, promise, unanswered};
use crate::io::store::{Filter, StoreError};

const STEP: &str = "send_reminders";
/// Of each, the newest: older ones are asked for by customer before anything is written.
const MAX_UNSAID: u32 = 1_000;

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
pub(super) fn is_time(office: &Office) -> bool {
    let is_open = is_business_hour(office.clock.now(), &office.rules.time_zone);
    is_open && !is_target_closed(office.today())
}

/// What is known of all customers together and keeps mails back.
///
/// # Errors
/// What the store met.
pub async fn surroundings(office: &Office) -> Result<Surroundings, StoreError> {
    let store = &office.store;
    let cash = UnappliedCash::of(store.unapplied_bank_entries().await?);
    let senders = store.senders_waiting().await?;
    let remittances = store.unsettled_remittances(None).await?;
    let stale = bank_data::is_stale(office).await?;
    let asked = store.open_exceptions_of(ExceptionCode::Deduction).await?;
    let around = Surroundings::of(cash, senders, &remittances, stale);
    Ok(around.with_deductions_asked(&asked))
}

/// The customers about whom something has to be done today, a mail to write or a release to ask for: each is a job.
#[derive(Debug, Default)]
pub struct Due {
    /// Theirs are the jobs.
    pub customers: Vec<CustomerId>,
    /// Somebody would be reminded, and nobody is before the bank's data is there.
    pub waits_for_bank_data: bool,
}

/// Looks who is due.
///
/// # Errors
/// What the store met.
pub async fn customers_due(office: &Office) -> Result<Due, StoreError> {
    let mut due = Due::default();
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
        let mails = mails.filter(|mail| !mail.may_have_arrived());
        unsaid.extend(mails.map(|mail| mail.id));
    }
    // What keeps mails back is asked only when there is one to write, and of those to whom something would be said.
    let mut around = None;
    for customer in office.store.customers().await?.iter() {
        let Some(invoices) = owing.get(&customer.id) else {
            continue;
        };
        let history = History {
            reminders: reminded.get(&customer.id).map_or(&[][..], Vec::as_slice),
            unsaid: &unsaid,
        };
        let policy = &office.rules.reminders;
        let open = plan(customer, Gate::default(), invoices, history, policy, today);
        if !open.calls_for_work() {
            continue;
        }
        let around = match &around {
            Some(around) => around,
            None => around.insert(surroundings(office).await?),
        };
        if around.is_bank_data_stale() {
            due.waits_for_bank_data = true;
            return Ok(due);
        }
        let outlook = outlook_amid(office, customer, around, None).await?;
        if outlook.plan.is_some() || !unasked(office, customer, &outlook).await?.is_empty() {
            due.customers.push(customer.id);
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
    outlook_amid(office, customer, &surroundings(office).await?, None).await
}

/// The same where all customers' surroundings are known; `beside` a mail, as if that had not been written.
///
/// # Errors
/// What the store met.
pub async fn outlook_amid(
    office: &Office,
    customer: &Customer,
    around: &Surroundings,
    beside: Option<OutboundId>,
) -> Result<Outlook, StoreError> {
    let store = &office.store;
    let about = customer.id.into();
    let invoices = store.open_invoices_of(customer.id).await?;
    let mut reminders = store.reminders_to(customer.id).await?;
    reminders.retain(|reminder| Some(reminder.outbound) != beside);
    let mut sent = store.outbound_about(&about).await?;
    sent.retain(|mail| Some(mail.id) != beside);
    let unsaid = sent.iter().filter(|mail| !mail.may_have_arrived());
    let unsaid = unsaid.map(|mail| mail.id).collect::<Vec<_>>();
    let history = History {
        reminders: &reminders,
        unsaid: &unsaid,
    };
    let items = store.exceptions_about(&about).await?;
    let gate = around.gate(customer, &invoices, &sent, &items);
    let (invoices, undecided) = around.without_undecided(invoices);
    let (policy, today) = (&office.rules.reminders, office.today());
    let mut outlook = plan(customer, gate, &invoices, history, policy, today);
    outlook.suppressed.extend(undecided);
    Ok(outlook)
}

/// The letter about a plan, as of today.
///
/// # Errors
/// A template that cannot be filled.
pub(super) fn letter(
    office: &Office,
    plan: &ReminderPlan,
    customer: &Customer,
) -> Result<Letter, StepError> {
    let facts = facts(
        plan,
        customer,
        &office.rules.reminder_sender,
        office.today(),
    );
    compose::reminder(&office.rules.templates, &facts)
        .map_err(|error| StepError::Compose(format!("{error}: {}", error.template)))
}

/// Writes the mail, if one is still due, asks for the release of final notices, tells of broken promises and of reminders that move
/// nobody. The time is asked again: the job may have waited over a night, or over a weekend whose remittances nobody has seen. Nothing is
/// said yet: what the mail says is looked at once more, and its levels are reached, when it is handed over. A crash before the commit
/// leaves nothing; after it the mail is in the outbox.
///
/// # Errors
/// What the store met, or a template that cannot be filled.
pub async fn send_reminders(
    office: &Office,
    claim: &JobClaim,
    id: CustomerId,
) -> Result<(), StepError> {
    let now = office.clock.now();
    let customer = office.store.customer(id).await?;
    let customer = customer.ok_or_else(|| StepError::Missing(id.into()))?;
    let outlook = if is_time(office) && mail_is_in(office).await? {
        outlook(office, &customer).await?
    } else {
        Outlook::default()
    };
    let asked = unasked(office, &customer, &outlook).await?;
    let change = match outlook.plan {
        Some(plan) => written(office, customer, &plan).await?,
        None => {
            let nothing = "nothing new to say now";
            let actor = Actor::program(STEP);
            Change::new(AuditEvent::new(now, actor, "no reminder due", id, nothing))
        }
    };
    let change = asked.into_iter().fold(change, Change::raise);
    office.store.commit(change.finishing(claim.clone())).await?;
    Ok(())
}

/// What a person is asked before final notices go out, and told of promises that were broken and of mails that move nobody, as far as
/// that was not done.
async fn unasked(
    office: &Office,
    customer: &Customer,
    outlook: &Outlook,
) -> Result<Vec<Exception>, StoreError> {
    let (owner, now) = (&office.rules.owners.receivables, office.clock.now());
    let broken = outlook.broken.iter();
    let broken = broken.map(|open| promise::tell_broken(open, owner, now));
    let release = outlook.to_release.iter();
    let release = release.map(|planned| final_notice::ask(planned, customer, owner, now));
    let silent = outlook.unanswered.iter();
    let silent = silent.map(|one| unanswered::tell(one, customer, owner, now));
    let mut unasked = Vec::new();
    for item in broken.chain(release).chain(silent) {
        if office.store.exception(item.id).await?.is_none() {
            unasked.push(item);
        }
    }
    Ok(unasked)
}

/// The mail in the outbox. The customer is written too: an address corrected in between is the one to write to.
async fn written(
    office: &Office,
    customer: Customer,
    plan: &ReminderPlan,
) -> Result<Change, StepError> {
    let now = office.clock.now();
    let before = office.store.outbound_about(&customer.id.into()).await?;
    let unwritten = || {
        StepError::Compose(format!(
            "no address to write to for customer {}",
            customer.number
        ))
    };
    let (letter, sender) = (
        letter(office, plan, &customer)?,
        &office.rules.reminder_sender,
    );
    let days = (office.today(), now);
    let outbound = mail(&customer, letter, sender, &before, days).ok_or_else(unwritten)?;
    let told = AuditEvent::new(
        now,
        Actor::program(STEP),
        "reminder written",
        outbound.id,
        format!("customer {} {}", customer.number, customer.name),
    )
    .state(None, outbound.state.as_str())
    .fact("tone", plan.tone)
    .fact("invoices", plan.invoices.len());
    tracing::info!(customer = customer.number, tone = %plan.tone, invoices = plan.invoices.len(), "reminder written");
    let change = Change::new(told).put(Record::Customer(customer));
    Ok(change.mail(outbound))
}
