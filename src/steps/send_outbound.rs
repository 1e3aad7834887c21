//! Hands one mail to the mail server: intent committed, then the effect, then the outcome committed.

use std::time::Duration;

use tokio::time::Instant;

use super::ask_delegate::job_for;
use super::asked_of_mail::asked_of_mail;
use super::mail_out::Attempt;
use super::patiently::doggedly;
use super::reminder_again::{Again, Said, look_again};
use super::{LEASE, Office, StepError, patience};
use crate::basics::calendar::Timestamp;
use crate::basics::ids::OutboundId;
use crate::domain::audit::{Actor, AuditEvent};
use crate::domain::change::{Change, Record};
use crate::domain::exception::Exception;
use crate::domain::job::{JobClaim, NewJob, Step};
use crate::domain::message::own::mark;
use crate::domain::outbound::attempt::{self, Follows, Intent, Moved};
use crate::domain::outbound::pace::waits;
use crate::domain::outbound::{OutboundMessage, OutboundState, Purpose};
use crate::formats::mime_write::{self, Automatic, FileToWrite, MailToWrite};
use crate::io::disposition::Disposition;
use crate::io::store::StoreError;

const STEP: &str = "send_outbound";
/// Attachments were limited when they came in; this only guards the memory.
const MAX_ATTACHMENT_BYTES: u64 = 64 << 20;
/// So long before the lease ends nothing is written under it any more.
const MARGIN: Duration = Duration::from_secs(60);

/// Sends one mail. A crash between intent and outcome leaves it Sending: it is then Unsure, and repeated once with the same
/// Message-ID and the same bytes, but for the time that a signature of ours names.
///
/// # Errors
/// Only what the store or the vault met.
pub async fn send_outbound(
    office: &Office,
    claim: &JobClaim,
    id: OutboundId,
) -> Result<(), StepError> {
    let missing = || StepError::Missing(id.into());
    let (now, actor) = (office.clock.now(), || Actor::program(STEP));
    let found = office.store.outbound(id).await?.ok_or_else(missing)?;
    if waits_for_its_turn(office, &found, (claim, now)).await? {
        return Ok(());
    }
    let Some((found, said)) = still_true(office, found, (claim, now)).await? else {
        return Ok(());
    };
    let sending = match attempt::begin(found, actor(), now)? {
        Intent::Send(moved) => moved,
        Intent::Nothing => {
            let why = "it is settled already";
            let told = AuditEvent::new(now, actor(), "nothing to send", id, why);
            let change = Change::new(told).finishing(claim.clone());
            office.store.commit(change).await?;
            return Ok(());
        }
        Intent::AskPerson(moved) => {
            let change = put(office, moved).await?.finishing(claim.clone());
            office.store.commit(change).await?;
            return Ok(());
        }
    };
    let message = sending.message.clone();
    let bytes = write(office, &message).await?;
    // The wait for a connection comes first: from the intent on nothing may outlast the lease, or another worker would find
    // the mail Sending and send it again.
    let way = office.mail_out.way().await;
    let intent = said.into(put(office, sending).await?.saying(&message));
    let intent = intent.holding(claim.clone(), LEASE);
    office.store.commit(intent).await?;
    let held_until = Instant::now() + (LEASE - MARGIN);
    // Crash here or while sending: found Sending at the next attempt.
    let Attempt { outcome, closed } = way.send(&message, &bytes).await;
    // Crash here: the server may have it; the same.
    let now = office.clock.now();
    // The row as the intent left it. A report of its failure that was faster has raised the version: the commit is refused,
    // the step begins again, and finds nothing left to send.
    let sending = OutboundMessage {
        version: message.version + 1,
        ..message
    };
    let limits = patience(Step::SendOutbound);
    let later = now.checked_add(limits.wait(sending.attempts));
    let again_at = (sending.attempts < limits.attempts).then(|| later.unwrap_or(now));
    let mut settled = attempt::settle(sending, outcome, again_at, (actor(), now))?;
    settled.told = settled.told.fact("job attempt", claim.attempt);
    log(&settled.message);
    let ended = doggedly(
        || put(office, settled.clone()),
        cannot_be_written_now,
        held_until,
    );
    let change = ended.await?.finishing(claim.clone());
    let change = match closed {
        Some(why) => change.raise(server_refuses(office, &why, now)),
        None => change,
    };
    // What the server said is known here and nowhere else: forgotten, a mail it has taken would be sent again.
    let write = || office.store.commit(change.clone());
    doggedly(write, cannot_be_written_now, held_until).await?;
    Ok(())
}

/// A reminder as it is true now, with what it says; `None` where it waits or was taken back. Other mails are as they were written.
/// Waiting and taking back are one commit each, that ends the job: a crash before it leaves the job to be claimed again, and the books
/// are asked anew.
async fn still_true(
    office: &Office,
    mail: OutboundMessage,
    (claim, now): (&JobClaim, Timestamp),
) -> Result<Option<(OutboundMessage, Said)>, StepError> {
    if mail.purpose != Purpose::Reminder || !mail.is_on_its_way() {
        return Ok(Some((mail, Said::default())));
    }
    let (id, actor) = (mail.id, Actor::program(STEP));
    match look_again(office, mail.clone(), &actor).await? {
        Again::Goes(mail, said) => Ok(Some((*mail, said))),
        Again::Waits(until, why) => {
            let trail = office.store.audit_of(&id.into()).await?;
            if trail.iter().any(|entry| entry.event.action == WAITS) {
                office.store.postpone(claim.clone(), until).await?;
                return Ok(None);
            }
            let told = AuditEvent::new(now, actor, WAITS, id, why);
            let change = Change::new(told).job(NewJob::now(Step::SendOutbound, id, until));
            office.store.commit(change.finishing(claim.clone())).await?;
            Ok(None)
        }
        Again::Ends(why) => {
            tracing::info!(outbound.id = %id, why, "a reminder is taken back");
            let change = put(office, attempt::withdraw(mail, (actor, &why), now)?).await?;
            office.store.commit(change.finishing(claim.clone())).await?;
            Ok(None)
        }
    }
}

fn log(told: &OutboundMessage) {
    let answer = told.last_answer.as_deref().unwrap_or_default();
    match told.state {
        OutboundState::Sent => {
            tracing::info!(outbound.id = %told.id, to = told.to.masked(), state = %told.state, "{}", told.purpose);
        }
        OutboundState::Queued
        | OutboundState::Sending
        | OutboundState::Bounced
        | OutboundState::Failed
        | OutboundState::Unsure
        | OutboundState::Withdrawn => {
            tracing::warn!(outbound.id = %told.id, to = told.to.masked(), state = %told.state, answer, "the {} was not sent", told.purpose);
        }
    }
}

/// Another process holds the books, their disk is full, their server is away. A change somebody else made is none of these.
fn cannot_be_written_now(failure: &StoreError) -> bool {
    let is_for_good = matches!(failure, StoreError::Conflict { .. } | StoreError::Closed);
    failure.disposition() == Disposition::Retry && !is_for_good
}

/// A mail not tried yet waits where too much went out already. Several that look at the same moment may all go: a few more than
/// the limit are no accident. It is told once of each mail, and each day to a person where that is strange; between these it
/// is looked again without a word, since thousands may wait.
async fn waits_for_its_turn(
    office: &Office,
    mail: &OutboundMessage,
    (claim, now): (&JobClaim, Timestamp),
) -> Result<bool, StepError> {
    if mail.state != OutboundState::Queued || mail.attempts > 0 {
        return Ok(false);
    }
    let store = &office.store;
    let sent = store.sent_lately(mail.to.domain(), now).await?;
    let Some(waits) = waits(&office.rules.pace, sent, now) else {
        return Ok(false);
    };
    let owner = &office.rules.owners.mail;
    let item = Exception::too_much_mail(&waits.why, owner, (office.today(), now));
    let asks = waits.is_alarming && store.exception(item.id).await?.is_none();
    let trail = store.audit_of(&mail.id.into()).await?;
    if !asks && trail.iter().any(|entry| entry.event.action == WAITS) {
        store.postpone(claim.clone(), waits.until).await?;
        return Ok(true);
    }
    let told = AuditEvent::new(now, Actor::program(STEP), WAITS, mail.id, &waits.why);
    let change = Change::new(told).job(NewJob::now(Step::SendOutbound, mail.id, waits.until));
    let change = if asks {
        let why = waits.why;
        tracing::error!(why, "mail waits; somebody has to look why there is so much");
        change.raise(item)
    } else {
        change
    };
    store.commit(change.finishing(claim.clone())).await?;
    Ok(true)
}

/// What is done to a mail that is not tried yet.
const WAITS: &str = "mail waits";

/// No mail goes out before a person has mended something.
fn server_refuses(office: &Office, why: &str, now: Timestamp) -> Exception {
    tracing::error!(
        why,
        "the mail server takes no mail of ours; somebody has to mend this"
    );
    let owner = &office.rules.owners.mail;
    Exception::server_refuses("outgoing", why, owner, (office.today(), now))
}

/// The mail as it is now, with what follows from it.
async fn put(office: &Office, moved: Moved) -> Result<Change, StoreError> {
    let Moved {
        message,
        told,
        then,
    } = moved;
    let at = told.at;
    let change = then.into_iter().fold(Change::new(told), Change::event);
    let change = match attempt::follows(&message) {
        Follows::Nothing => change,
        Follows::Again => {
            let due_at = message.next_attempt_at;
            change.job(NewJob::now(Step::SendOutbound, message.id, due_at))
        }
        Follows::Ask(code) => match job_for(office, &message) {
            // Where nobody stands in after all, that step asks the person.
            Some(job) => change.job(job),
            None => change.raise(asked_of_mail(office, code, &message, at).await?),
        },
    };
    Ok(change.put(Record::Outbound(message)))
}

/// The bytes, the same at every attempt but for the time in a signature of ours.
pub(super) async fn write(
    office: &Office,
    message: &OutboundMessage,
) -> Result<Vec<u8>, StepError> {
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
        Purpose::ReplyRefused
            | Purpose::Clarification
            | Purpose::ApprovalReceipt
            | Purpose::Feedback
    );
    let mail = mime_write::write_mail(&MailToWrite {
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
        mark: &mark(&office.token_key, &message.header_message_id),
        text: &message.letter.text,
        html: &message.letter.html,
        files: &files.collect::<Vec<_>>(),
    });
    match &office.dkim_signing {
        Some(signing) => Ok(signing.sign(&mail)?),
        None => Ok(mail),
    }
}
