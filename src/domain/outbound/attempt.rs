//! What an attempt to hand a mail over means: when it begins, when it is repeated, when a person is asked.

use super::envelope::shown_message_id;
use super::state::{OutboundEvent, OutboundState, next};
use super::{LOSSES, OutboundMessage, Purpose};
use crate::basics::address::MailAddress;
use crate::basics::calendar::Timestamp;
use crate::basics::ids::ExceptionId;
use crate::basics::words::Refused;
use crate::domain::approval::ApprovalState;
use crate::domain::audit::{Actor, AuditEvent};
use crate::domain::exception::{Exception, ExceptionCode, Ownership};

/// What became of one attempt, each with what the server or the folder said.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// The server has it.
    Accepted(String),
    /// Not now.
    Deferred(String),
    /// Never, whoever it is for: its content, or we who send it.
    Refused(String),
    /// Never to this recipient.
    NoSuchRecipient(String),
    /// Nobody knows.
    Unsure(String),
}

/// What is to be done with a mail that is due.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Intent {
    /// Nothing: it is settled already.
    Nothing,
    /// Sent, once this is committed.
    Send(Moved),
    /// Not sent a third time: a person decides.
    AskPerson(Moved),
}

/// A mail that moved on and how it did, in order.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Moved {
    /// As it is now.
    pub message: OutboundMessage,
    /// The first thing that happened to it.
    pub told: AuditEvent,
    /// What happened after that.
    pub then: Option<AuditEvent>,
}

/// What comes after an attempt.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Follows {
    /// Another attempt, when the mail is due again.
    Again,
    /// A person is asked.
    Ask(ExceptionCode),
    /// Nothing.
    Nothing,
}

/// Who looks after what became of our mails.
#[derive(Clone, Copy, Debug)]
pub struct Caretakers<'a> {
    /// Of mails about bills.
    pub payables: &'a Ownership,
    /// Of mails to customers.
    pub receivables: &'a Ownership,
}

impl<'a> Caretakers<'a> {
    /// Who looks after a mail of this purpose.
    pub fn of(self, purpose: Purpose) -> &'a Ownership {
        match purpose {
            Purpose::Reminder => self.receivables,
            Purpose::ApprovalRequest
            | Purpose::ApprovalReminder
            | Purpose::Escalation
            | Purpose::ApprovalReceipt
            | Purpose::ReplyRefused
            | Purpose::Feedback
            | Purpose::Delegation
            | Purpose::AccountNotice
            | Purpose::WorkList
            | Purpose::Clarification => self.payables,
        }
    }
}

/// Begins an attempt. A mail found Sending was left by an attempt that did not live to tell: it is then Unsure.
///
/// # Errors
/// Refused where the state machine says no: a bug.
pub fn begin(
    mut message: OutboundMessage,
    actor: Actor,
    now: Timestamp,
) -> Result<Intent, Refused> {
    let is_settled = match message.state {
        OutboundState::Queued | OutboundState::Sending | OutboundState::Unsure => false,
        OutboundState::Sent
        | OutboundState::Bounced
        | OutboundState::Failed
        | OutboundState::Withdrawn => true,
    };
    if is_settled {
        return Ok(Intent::Nothing);
    }
    let lost = lost(&mut message, actor.clone(), now)?;
    let why = match message.state {
        OutboundState::Unsure if message.losses >= LOSSES => {
            let state = message.state.as_str();
            let why = "lost from sight twice; a person decides";
            let told = AuditEvent::new(now, actor, "mail left unsure", message.id, why);
            return Ok(Intent::AskPerson(moved(
                message,
                lost,
                told.state(Some(state), state),
            )));
        }
        OutboundState::Unsure => "repeated once, with the same Message-ID",
        OutboundState::Queued
        | OutboundState::Sending
        | OutboundState::Sent
        | OutboundState::Bounced
        | OutboundState::Failed
        | OutboundState::Withdrawn => "due",
    };
    let started = step(&mut message, OutboundEvent::Start, (actor, why, now))?;
    message.attempts += 1;
    Ok(Intent::Send(moved(message, lost, started)))
}

/// Takes a mail back that is due and says what is no longer so. Nobody knows whether one found Sending or Unsure has gone out once.
///
/// # Errors
/// Refused for a mail that is settled.
pub fn withdraw(
    mut message: OutboundMessage,
    (actor, why): (Actor, &str),
    now: Timestamp,
) -> Result<Moved, Refused> {
    let lost = lost(&mut message, actor.clone(), now)?;
    let event = OutboundEvent::Withdraw;
    let told = step(&mut message, event, (actor, why, now))?;
    message.next_attempt_at = now;
    Ok(moved(message, lost, told))
}

/// A mail found Sending was left by an attempt that did not live to tell.
fn lost(
    message: &mut OutboundMessage,
    actor: Actor,
    now: Timestamp,
) -> Result<Option<AuditEvent>, Refused> {
    let why = "the attempt before did not live to tell";
    (message.state == OutboundState::Sending)
        .then(|| step(message, OutboundEvent::Lose, (actor, why, now)))
        .transpose()
}

/// Settles an attempt. `again_at` is when it would be tried again; `None` when it was tried often enough.
///
/// # Errors
/// As `begin`.
pub fn settle(
    mut message: OutboundMessage,
    outcome: Outcome,
    again_at: Option<Timestamp>,
    (actor, now): (Actor, Timestamp),
) -> Result<Moved, Refused> {
    let (event, answer) = match outcome {
        Outcome::Accepted(answer) => (OutboundEvent::Accept, answer),
        Outcome::Deferred(answer) if again_at.is_some() => (OutboundEvent::Defer, answer),
        Outcome::Deferred(answer) | Outcome::Refused(answer) => (OutboundEvent::Refuse, answer),
        Outcome::NoSuchRecipient(answer) => (OutboundEvent::Bounce, answer),
        Outcome::Unsure(answer) => (OutboundEvent::Lose, answer),
    };
    let told = step(&mut message, event, (actor, &answer, now))?
        .fact("message id", shown_message_id(&message.header_message_id))
        .fact("attempt", message.attempts);
    message.last_answer = Some(answer);
    // Of a mail that is not tried again it says when it was: what was sent lately is counted by it.
    message.next_attempt_at = match message.state {
        OutboundState::Queued | OutboundState::Unsure => again_at.unwrap_or(now),
        OutboundState::Sending
        | OutboundState::Sent
        | OutboundState::Bounced
        | OutboundState::Failed
        | OutboundState::Withdrawn => now,
    };
    Ok(moved(message, None, told))
}

/// Sends a mail again that was given up or came back, as if it had never been tried, `to` another address when the first was wrong.
/// What customers are reminded of changes every day: a reminder that failed is not sent later, the ladder goes on without it. An
/// approver is who stands in the configuration: a question to one goes nowhere else, and nowhere once it is settled. `request` is the
/// state of the approval request that the mail carries; `None` for other mails.
///
/// # Errors
/// Refused for a reminder, for a mail that was neither given up nor came back, for a request to another address, and for one that is
/// not open any more.
pub fn again(
    mut message: OutboundMessage,
    to: Option<MailAddress>,
    request: Option<ApprovalState>,
    (actor, why): (Actor, &str),
    now: Timestamp,
) -> Result<Moved, Refused> {
    let elsewhere = to.filter(|to| *to != message.to);
    let refused = |machine, state, event| {
        Err(Refused {
            machine,
            state,
            event,
        })
    };
    let state = message.state.as_str();
    if message.purpose == Purpose::Reminder {
        return refused("reminder", state, OutboundEvent::Requeue.as_str());
    }
    if message.carries_request() {
        if elsewhere.is_some() {
            return refused("approval request", state, "sent to another address");
        }
        if request != Some(ApprovalState::Open) {
            let state = request.map_or("not in the books", ApprovalState::as_str);
            return refused("approval request", state, "asked again");
        }
    }
    let told = step(&mut message, OutboundEvent::Requeue, (actor, why, now))?;
    let told = match elsewhere {
        Some(to) => {
            let told = told.fact("to", &to).fact("instead of", &message.to);
            message.to = to;
            told
        }
        None => told,
    };
    message.attempts = 0;
    message.next_attempt_at = now;
    Ok(moved(message, None, told))
}

/// The item that asks about a mail which came back, for the first time (0) or after so many that a person has settled.
pub fn item_of_bounce(message: &OutboundMessage, round: u32) -> ExceptionId {
    let occasion = of_bounce(message, round);
    Exception::id_of(ExceptionCode::DeliveryFailed, &message.about, &occasion)
}

fn of_bounce(message: &OutboundMessage, round: u32) -> String {
    match round {
        0 => message.id.to_string(),
        round => format!("{} again {round}", message.id),
    }
}

/// What comes after an attempt that left the mail like this.
pub fn follows(message: &OutboundMessage) -> Follows {
    match message.state {
        OutboundState::Unsure if message.losses >= LOSSES => {
            Follows::Ask(ExceptionCode::DeliveryUnsure)
        }
        OutboundState::Queued | OutboundState::Unsure => Follows::Again,
        // What it refused is a work item already, and nobody owes the sender of a forgery an answer; nor one who cannot be told what
        // became of a mail; that a delegate is asked matters to nobody else.
        OutboundState::Failed | OutboundState::Bounced
            if matches!(
                message.purpose,
                Purpose::ReplyRefused | Purpose::Feedback | Purpose::Delegation
            ) =>
        {
            Follows::Nothing
        }
        OutboundState::Failed | OutboundState::Bounced => {
            Follows::Ask(ExceptionCode::DeliveryFailed)
        }
        OutboundState::Sending | OutboundState::Sent | OutboundState::Withdrawn => Follows::Nothing,
    }
}

/// Asks the people who look after such mails. The occasion is the version of the mail: the next attempt that ends badly is another
/// item, also after `outbound retry`, which counts the attempts anew. A recipient whom the server refuses at once is asked about as one
/// whose mail came back: those have the `round` of their item.
pub fn ask(
    code: ExceptionCode,
    message: &OutboundMessage,
    caretakers: Caretakers<'_>,
    (now, round): (Timestamp, u32),
) -> Exception {
    let answer = message.last_answer.as_deref().unwrap_or("no answer");
    let became = match message.state {
        OutboundState::Bounced => "came back".to_owned(),
        OutboundState::Queued
        | OutboundState::Sending
        | OutboundState::Sent
        | OutboundState::Failed
        | OutboundState::Unsure
        | OutboundState::Withdrawn => format!("is {}", message.state),
    };
    let reason = format!(
        "the {} to {} {became}: {answer}",
        message.purpose, message.to
    );
    let advice = match (message.state, message.purpose) {
        (OutboundState::Failed, Purpose::Reminder) => {
            "mend what the answer names; the customer is reminded with the next level, as if this one had not been"
        }
        (OutboundState::Failed, _) => {
            "mend what the answer names, then: countinghouse outbound retry ID --by NAME --reason TEXT; or reach the recipient another way"
        }
        (OutboundState::Bounced, purpose) => came_back(purpose),
        _ => "reach the recipient another way",
    };
    let (subject, occasion) = match message.state {
        OutboundState::Bounced => (message.about.clone(), of_bounce(message, round)),
        OutboundState::Queued
        | OutboundState::Sending
        | OutboundState::Sent
        | OutboundState::Failed
        | OutboundState::Unsure
        | OutboundState::Withdrawn => (message.id.into(), message.version.to_string()),
    };
    Exception::raise(
        code,
        subject,
        &occasion,
        caretakers.of(message.purpose),
        now,
        (reason, advice.to_owned()),
    )
}

/// What a person can do about a mail that came back.
fn came_back(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Reminder => "find the customer's right address and mend it in the import",
        Purpose::ApprovalRequest | Purpose::ApprovalReminder => {
            "reach the approver another way and have the mail sent again when the mailbox is there (countinghouse outbound retry ID --by NAME --reason TEXT), or mend the address in the configuration and have the bill checked again"
        }
        Purpose::AccountNotice => {
            "reach the supplier another way before the account is paid, and mend its address in the import"
        }
        Purpose::WorkList => "mend the owner's address in [owners] of the configuration",
        Purpose::ApprovalReceipt
        | Purpose::Escalation
        | Purpose::ReplyRefused
        | Purpose::Feedback
        | Purpose::Delegation
        | Purpose::Clarification => {
            "find the right address, then: countinghouse outbound retry ID --to ADDRESS --by NAME --reason TEXT; or reach the recipient another way"
        }
    }
}

/// One event of the state machine and the audit entry that tells it.
fn step(
    message: &mut OutboundMessage,
    event: OutboundEvent,
    (actor, why, now): (Actor, &str, Timestamp),
) -> Result<AuditEvent, Refused> {
    let state = next(message.state, event)?;
    let told = AuditEvent::new(
        now,
        actor,
        &format!("mail {event}"),
        message.id,
        why.to_owned(),
    );
    let told = told.state(Some(message.state.as_str()), state.as_str());
    message.state = state;
    if event == OutboundEvent::Lose {
        message.losses += 1;
    }
    Ok(told)
}

fn moved(message: OutboundMessage, lost: Option<AuditEvent>, last: AuditEvent) -> Moved {
    match lost {
        Some(lost) => Moved {
            message,
            told: lost,
            then: Some(last),
        },
        None => Moved {
            message,
            told: last,
            then: None,
        },
    }
}

#[cfg(test)]
mod tests;
