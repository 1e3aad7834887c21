//! A reminder that is about to be handed over is looked at once more: by what the books say at that moment it goes out in words that are
//! true, waits for the hour at which people are written to, or is taken back.

use super::send_reminders::{is_time, letter, mail_is_in, outlook_amid, surroundings};
use super::{Office, StepError};
use crate::basics::business_time::business_hour_from;
use crate::basics::calendar::Timestamp;
use crate::basics::ids::CustomerId;
use crate::domain::audit::{Actor, AuditEvent};
use crate::domain::change::{Change, Record};
use crate::domain::outbound::{OutboundMessage, OutboundState};
use crate::domain::receivable::reminder_ladder::{Outlook, ReminderPlan};

/// The mails that customers write are looked at all the while.
const LATER: jiff::SignedDuration = jiff::SignedDuration::from_mins(2);

/// What becomes of a reminder that is due to be handed over.
pub(super) enum Again {
    /// It goes out like this, with what it says written down in the commit of the intent.
    Goes(Box<OutboundMessage>, Said),
    /// Not at this hour, or not before today's mail and money are looked at.
    Waits(Timestamp, &'static str),
    /// What it says is not so any more, for this reason.
    Ends(String),
}

/// What a mail says of invoices, as rows and entries of the trail.
#[derive(Default)]
pub(super) struct Said {
    records: Vec<Record>,
    told: Vec<AuditEvent>,
}

impl Said {
    /// All of it in this change too.
    pub(super) fn into(self, change: Change) -> Change {
        let told = self.told.into_iter().fold(change, Change::event);
        self.records.into_iter().fold(told, Change::put)
    }
}

/// Looks again. Every invoice in the mail is written with the version it was read at, in the commit of the intent to send: money applied,
/// a dispute or a claim recorded since makes that commit conflict, and it is looked at once more. A crash before that commit leaves the
/// mail in the outbox; after it the mail is on its way and its levels are reached.
///
/// # Errors
/// What the store met, or a template that cannot be filled.
pub(super) async fn look_again(
    office: &Office,
    found: OutboundMessage,
    actor: &Actor,
) -> Result<Again, StepError> {
    let now = office.clock.now();
    if !is_time(office) {
        let opening = business_hour_from(now, &office.rules.time_zone);
        let until = opening.max(now.checked_add(LATER).unwrap_or(now));
        return Ok(Again::Waits(
            until,
            "customers are not written to at this hour",
        ));
    }
    if !mail_is_in(office).await? {
        let until = now.checked_add(LATER).unwrap_or(now);
        let why = "what customers wrote and paid today is not all looked at";
        return Ok(Again::Waits(until, why));
    }
    let about = CustomerId::parse(&found.about.id);
    let missing = || StepError::Missing(found.about.clone());
    let id = about.ok_or_else(missing)?;
    let customer = office.store.customer(id).await?.ok_or_else(missing)?;
    let around = surroundings(office).await?;
    let outlook = outlook_amid(office, &customer, &around, Some(found.id)).await?;
    let (Some(plan), Some(to)) = (&outlook.plan, &customer.mail) else {
        return Ok(Again::Ends(why_not(&outlook)));
    };
    let letter = letter(office, plan, &customer)?;
    let is_same = letter == found.letter && *to == found.to;
    match found.state {
        // Nobody has seen it yet.
        OutboundState::Queued => {}
        // A server may have it: only the very same mail goes there twice.
        OutboundState::Sending | OutboundState::Unsure if is_same => {}
        OutboundState::Sending | OutboundState::Unsure => {
            let why = "it may have gone out, and what it says is not so any more";
            return Ok(Again::Ends(why.into()));
        }
        OutboundState::Sent
        | OutboundState::Bounced
        | OutboundState::Failed
        | OutboundState::Withdrawn => {
            return Ok(Again::Goes(Box::new(found), Said::default()));
        }
    }
    let mail = OutboundMessage {
        letter,
        to: to.clone(),
        ..found
    };
    let mut said = said(office, plan, &mail, actor).await?;
    said.records.push(Record::Customer(customer));
    Ok(Again::Goes(Box::new(mail), said))
}

/// The levels it reaches that an attempt before has not reached, and the invoices as they were read.
async fn said(
    office: &Office,
    plan: &ReminderPlan,
    mail: &OutboundMessage,
    actor: &Actor,
) -> Result<Said, StepError> {
    let (now, today) = (office.clock.now(), office.today());
    let known = office.store.reminders_to(plan.customer).await?;
    let mut said = Said::default();
    for (planned, reminder) in plan.invoices.iter().zip(plan.reminders(mail.id, today)) {
        let invoice = &planned.open.invoice;
        said.records.push(Record::CustomerInvoice(invoice.clone()));
        if known.iter().any(|before| before.id == reminder.id) {
            continue;
        }
        let days = since_due(planned.days_overdue);
        let told = AuditEvent::new(now, actor.clone(), "invoice reminded of", invoice.id, days)
            .fact("level", reminder.level_days)
            .fact("open", planned.open.balance)
            .fact("mail", mail.id);
        said.told.push(told);
        said.records.push(Record::Reminder(reminder));
    }
    Ok(said)
}

/// What keeps the whole customer from being written to, else what keeps its invoices.
fn why_not(outlook: &Outlook) -> String {
    let whole = outlook.suppressed.iter().find(|one| one.invoice.is_none());
    let first = whole.or(outlook.suppressed.first());
    first.map_or("nothing is open any more".into(), |one| one.why.to_string())
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
