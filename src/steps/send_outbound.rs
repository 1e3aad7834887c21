//! Hands one mail to the mail server: intent committed, then the effect, then the outcome committed.

use std::time::Duration;

use tokio::sync::Mutex;

use super::{Office, StepError, patience};
use crate::basics::calendar::Timestamp;
use crate::basics::ids::OutboundId;
use crate::domain::audit::{Actor, AuditEvent};
use crate::domain::change::{Change, Record};
use crate::domain::exception::{Exception, ExceptionCode};
use crate::domain::job::{JobClaim, NewJob, Step};
use crate::domain::outbound::state::{OutboundEvent, OutboundState, next};
use crate::domain::outbound::{OutboundMessage, Purpose};
use crate::formats::mime_write::{self, Automatic, FileToWrite, MailToWrite};
use crate::io::maildir::Maildir;
use crate::io::smtp::{Outgoing, SmtpError, SmtpSession};

const STEP: &str = "send_outbound";
/// Attachments were limited when they came in; this only guards the memory.
const MAX_ATTACHMENT_BYTES: u64 = 64 << 20;
/// Connections kept open for the next mail.
const IDLE_SESSIONS: usize = 4;

/// The way out: a mail server with a few open connections, or a local folder.
pub struct MailOut {
    outgoing: Option<Outgoing>,
    idle: Mutex<Vec<SmtpSession>>,
}

/// What became of one attempt.
enum Outcome {
    Accepted(String),
    /// Not now.
    Deferred(String),
    /// Never.
    Refused(String),
    /// Nobody knows.
    Unsure(String),
}

impl MailOut {
    /// Connects with the first mail.
    pub fn new(outgoing: Outgoing) -> Self {
        Self {
            outgoing: Some(outgoing),
            idle: Mutex::default(),
        }
    }

    /// For a process that sends nothing: it needs no password of a mail server.
    pub fn closed() -> Self {
        Self {
            outgoing: None,
            idle: Mutex::default(),
        }
    }

    async fn send(&self, message: &OutboundMessage, bytes: &[u8]) -> Outcome {
        match &self.outgoing {
            None => Outcome::Deferred("this process sends no mail".to_owned()),
            Some(Outgoing::Maildir(path)) => match deliver(path, bytes).await {
                Ok(place) => Outcome::Accepted(place),
                Err(why) => Outcome::Deferred(why),
            },
            Some(Outgoing::Smtp(account)) => {
                let open = self.idle.lock().await.pop();
                let mut session = open.unwrap_or_else(|| SmtpSession::new(account.clone()));
                let sent = session
                    .send_raw(Some(&message.envelope_from), &message.to, bytes)
                    .await;
                let mut idle = self.idle.lock().await;
                if idle.len() < IDLE_SESSIONS {
                    idle.push(session);
                }
                outcome(sent.map(|accepted| accepted.answer))
            }
        }
    }
}

async fn deliver(path: &std::path::Path, bytes: &[u8]) -> Result<String, String> {
    let folder = Maildir::create(path)
        .await
        .map_err(|error| crate::basics::text::chain(&error))?;
    let file = folder
        .deliver(bytes)
        .await
        .map_err(|error| crate::basics::text::chain(&error))?;
    Ok(format!("written to {}", file.display()))
}

fn outcome(sent: Result<String, SmtpError>) -> Outcome {
    match sent {
        Ok(answer) => Outcome::Accepted(answer),
        Err(error) => {
            let told = crate::basics::text::chain(&error);
            match error {
                SmtpError::Unsure { .. } => Outcome::Unsure(told),
                SmtpError::Refused { .. } | SmtpError::Unsendable { .. } => Outcome::Refused(told),
                SmtpError::Net(_)
                | SmtpError::NotSent { .. }
                | SmtpError::LoginRefused { .. }
                | SmtpError::NoStartTls { .. } => Outcome::Deferred(told),
            }
        }
    }
}

/// Sends one mail. A crash between intent and outcome leaves it Sending: it is then Unsure, and repeated once with the same
/// Message-ID and the same bytes.
///
/// # Errors
/// Only what the store or the vault met, or that the server cannot take it now.
pub async fn send_outbound(
    office: &Office,
    claim: &JobClaim,
    id: OutboundId,
) -> Result<(), StepError> {
    let missing = || StepError::Missing(id.into());
    let message = office.store.outbound(id).await?.ok_or_else(missing)?;
    let now = office.clock.now();
    let Some((message, intent)) = intend(office, message, now)? else {
        let event = AuditEvent::new(
            now,
            Actor::program(STEP),
            "nothing to send",
            id,
            "it is settled already",
        );
        office
            .store
            .commit(Change::new(event).finishing(claim.clone()))
            .await?;
        return Ok(());
    };
    if message.state != OutboundState::Sending {
        // Unsure twice: a person decides, nothing is sent a third time.
        office.store.commit(intent.finishing(claim.clone())).await?;
        return Ok(());
    }
    let bytes = write(office, &message).await?;
    office.store.commit(intent).await?;
    // Crash here or while sending: found Sending at the next attempt.
    let outcome = office.mail_out.send(&message, &bytes).await;
    // Crash here: the server may have it; the same.
    let sending = office.store.outbound(id).await?.ok_or_else(missing)?;
    let settled = settle(office, sending, claim, outcome)?;
    office
        .store
        .commit(settled.finishing(claim.clone()))
        .await?;
    Ok(())
}

/// The intent to send, or `None` when there is nothing to send any more.
fn intend(
    office: &Office,
    mut message: OutboundMessage,
    now: Timestamp,
) -> Result<Option<(OutboundMessage, Change)>, StepError> {
    let actor = || Actor::program(STEP);
    let mut events = Vec::new();
    let mut step = |message: &mut OutboundMessage, event, why: &str| -> Result<(), StepError> {
        let state = next(message.state, event)?;
        let told = AuditEvent::new(now, actor(), &format!("mail {event}"), message.id, why);
        events.push(told.state(Some(message.state.as_str()), state.as_str()));
        message.state = state;
        Ok(())
    };
    if message.state == OutboundState::Sending {
        step(
            &mut message,
            OutboundEvent::Lose,
            "the attempt before did not live to tell",
        )?;
    }
    match message.state {
        OutboundState::Queued => step(&mut message, OutboundEvent::Start, "due")?,
        OutboundState::Unsure if message.attempts < 2 => {
            step(
                &mut message,
                OutboundEvent::Start,
                "repeated once, with the same Message-ID",
            )?;
        }
        OutboundState::Unsure => {}
        OutboundState::Sending
        | OutboundState::Sent
        | OutboundState::Bounced
        | OutboundState::Failed => {
            return Ok(None);
        }
    }
    let unsure = message.state == OutboundState::Unsure;
    if !unsure {
        message.attempts += 1;
    }
    let mut events = events.into_iter();
    let first = events.next().unwrap_or_else(|| {
        AuditEvent::new(now, actor(), "mail left unsure", message.id, "tried twice")
            .state(Some(message.state.as_str()), message.state.as_str())
    });
    let change = events
        .fold(Change::new(first), Change::event)
        .put(Record::Outbound(message.clone()));
    let change = if unsure {
        change.raise(delivery(
            office,
            &message,
            ExceptionCode::DeliveryUnsure,
            now,
        ))
    } else {
        change
    };
    Ok(Some((message, change)))
}

/// What is committed after the attempt.
fn settle(
    office: &Office,
    mut message: OutboundMessage,
    claim: &JobClaim,
    outcome: Outcome,
) -> Result<Change, StepError> {
    let now = office.clock.now();
    let limits = patience(Step::SendOutbound);
    let (event, answer) = match outcome {
        Outcome::Accepted(answer) => (OutboundEvent::Accept, answer),
        Outcome::Deferred(answer) if message.attempts < limits.attempts => {
            (OutboundEvent::Defer, answer)
        }
        Outcome::Deferred(answer) | Outcome::Refused(answer) => (OutboundEvent::Refuse, answer),
        Outcome::Unsure(answer) => (OutboundEvent::Lose, answer),
    };
    let state = next(message.state, event)?;
    let told = AuditEvent::new(
        now,
        Actor::program(STEP),
        &format!("mail {event}"),
        message.id,
        answer.clone(),
    )
    .state(Some(message.state.as_str()), state.as_str())
    .fact("message id", &message.header_message_id)
    .fact("attempt", message.attempts)
    .fact("job attempt", claim.attempt);
    message.state = state;
    message.last_answer = Some(answer);
    message.next_attempt_at = now.checked_add(wait(message.attempts)).unwrap_or(now);
    let again = matches!(state, OutboundState::Queued | OutboundState::Unsure);
    let job = NewJob::now(Step::SendOutbound, message.id, message.next_attempt_at);
    let failed = (state == OutboundState::Failed)
        .then(|| delivery(office, &message, ExceptionCode::DeliveryFailed, now));
    tracing::info!(outbound.id = %message.id, to = message.to.masked(), state = %state, "{}", message.purpose);
    let mut change = Change::new(told).put(Record::Outbound(message));
    if again {
        change = change.job(job);
    }
    Ok(failed.into_iter().fold(change, Change::raise))
}

fn wait(attempts: u32) -> Duration {
    let limits = patience(Step::SendOutbound);
    let doubled = 2_u32.saturating_pow(attempts.saturating_sub(1).min(20));
    limits
        .first_wait
        .saturating_mul(doubled)
        .min(limits.longest_wait)
}

fn delivery(
    office: &Office,
    message: &OutboundMessage,
    code: ExceptionCode,
    now: Timestamp,
) -> Exception {
    let owners = &office.rules.owners;
    let owner = match message.purpose {
        Purpose::Reminder => &owners.receivables,
        Purpose::ApprovalRequest
        | Purpose::ApprovalReceipt
        | Purpose::ReplyRefused
        | Purpose::Clarification => &owners.payables,
    };
    let answer = message.last_answer.as_deref().unwrap_or("no answer");
    let reason = format!(
        "the {} to {} is {}: {answer}",
        message.purpose, message.to, message.state
    );
    let advice =
        "reach the recipient another way, and mend the address in the configuration or the import";
    Exception::raise(
        code,
        message.id.into(),
        &message.attempts.to_string(),
        owner,
        now,
        (reason, advice.to_owned()),
    )
}

/// The bytes, the same at every attempt.
async fn write(office: &Office, message: &OutboundMessage) -> Result<Vec<u8>, StepError> {
    let mut files = Vec::new();
    for attachment in &message.attachments {
        let bytes = office
            .vault
            .get(attachment.content, MAX_ATTACHMENT_BYTES)
            .await?;
        files.push((attachment, bytes));
    }
    let files = files.iter().map(|(attachment, bytes)| FileToWrite {
        name: &attachment.name,
        media_type: &attachment.media_type,
        bytes,
    });
    let answers = matches!(
        message.purpose,
        Purpose::ReplyRefused | Purpose::Clarification | Purpose::ApprovalReceipt
    );
    Ok(mime_write::write_mail(&MailToWrite {
        message_id: &message.header_message_id,
        from: &message.from,
        from_name: &office.rules.company_name,
        to: &message.to,
        reply_to: message.reply_to.as_ref(),
        subject: &message.letter.subject,
        date: message.written_at,
        in_reply_to: message.in_reply_to.as_ref(),
        references: &message.references,
        automatic: if answers {
            Automatic::Replied
        } else {
            Automatic::Generated
        },
        purpose: message.purpose.as_str(),
        text: &message.letter.text,
        html: &message.letter.html,
        files: &files.collect::<Vec<_>>(),
    }))
}
