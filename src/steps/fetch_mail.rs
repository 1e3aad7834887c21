//! Fetches what is new in a mailbox: bytes to the vault first, then identity and the job to read it in one commit.
//!
//! The server is never our memory: what was fetched is known by (mailbox, UIDVALIDITY, UID), and marks on the server come
//! afterwards, by `file_mail`.

use std::collections::BTreeSet;

use super::Office;
use super::mail_source::{MailSource, MailboxError, News, Oversize, Taken};
use crate::basics::calendar::Timestamp;
use crate::config::Mailbox;
use crate::domain::audit::{Actor, AuditEvent, Subject};
use crate::domain::change::{Change, MailboxProgress, Record};
use crate::domain::exception::{Exception, ExceptionCode};
use crate::domain::job::{NewJob, Step};
use crate::domain::message::{Arrival, Message, MessageState};
use crate::io::remote::{Announced, RemoteKey, batches};
use crate::io::store::StoreError;

const STEP: &str = "fetch_mail";
/// The occasion of the work item about a mail that was left on the server.
pub(super) const OVERSIZE: &str = "oversize";
/// How often a batch decides again because another mailbox brought the same mail at the same moment.
const CONFLICTS: u32 = 5;

/// How much came.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub struct Haul {
    /// Mails whose content was not known.
    pub new: u32,
    /// Mails whose content was in the books already.
    pub known: u32,
}

/// Fetches everything new. Doing it again fetches nothing.
///
/// # Errors
/// What the mailbox, the vault or the books met; whatever was committed before stays, the rest comes with the next look.
pub async fn fetch_mail(
    office: &Office,
    mailbox: &Mailbox,
    source: &mut MailSource,
    uid_validity: u32,
) -> Result<Haul, MailboxError> {
    let news = look(office, mailbox, source, uid_validity).await?;
    let mut haul = Haul::default();
    for batch in batches(&news.announced) {
        // Crash from here on: nothing is committed, the batch is announced again.
        let taken = source.take(mailbox, batch, &office.vault).await?;
        // Crash here: the bytes are in the vault without a row; the repetition meets them under the same names.
        let came = record(office, mailbox, news.uid_validity, batch, &taken).await?;
        // Crash after the commit: the next look begins behind this batch.
        haul.new += came.new;
        haul.known += came.known;
        tracing::info!(
            mailbox = mailbox.name,
            new = came.new,
            known = came.known,
            "mail fetched"
        );
    }
    Ok(haul)
}

async fn look(
    office: &Office,
    mailbox: &Mailbox,
    source: &mut MailSource,
    uid_validity: u32,
) -> Result<News, MailboxError> {
    let name = mailbox.name.as_str();
    let progress = office
        .store
        .mailbox_progress(name)
        .await
        .map_err(in_store(name))?;
    let next_uid = progress
        .as_ref()
        .filter(|p| p.uid_validity == uid_validity)
        .map_or(1, |p| p.next_uid);
    if let Some(progress) = progress.filter(|p| p.uid_validity != uid_validity) {
        note_new_epoch(office, mailbox, &progress, uid_validity).await?;
    }
    // IMAP tells what is new by number; a Maildir does not, so the books say what they know.
    let known = match source {
        MailSource::Imap(_) => BTreeSet::new(),
        MailSource::Maildir(_) => {
            let arrivals = office
                .store
                .arrivals_in(name, uid_validity)
                .await
                .map_err(in_store(name))?;
            arrivals.into_iter().map(|arrival| arrival.uid).collect()
        }
    };
    let is_known = |key: &RemoteKey| known.contains(&key.uid);
    let announced = source.announced(name, next_uid, is_known).await?;
    Ok(News {
        uid_validity,
        announced,
    })
}

/// One commit for the whole batch.
async fn record(
    office: &Office,
    mailbox: &Mailbox,
    uid_validity: u32,
    batch: &[Announced],
    taken: &Taken,
) -> Result<Haul, MailboxError> {
    let name = mailbox.name.as_str();
    for _ in 0..CONFLICTS {
        let (change, haul) = decide(office, mailbox, uid_validity, batch, taken)
            .await
            .map_err(in_store(name))?;
        match office.store.commit(change).await {
            Err(StoreError::Conflict { .. }) => {}
            Err(failure) => return Err(in_store(name)(failure)),
            Ok(_) => return Ok(haul),
        }
    }
    let (change, haul) = decide(office, mailbox, uid_validity, batch, taken)
        .await
        .map_err(in_store(name))?;
    office.store.commit(change).await.map_err(in_store(name))?;
    Ok(haul)
}

async fn decide(
    office: &Office,
    mailbox: &Mailbox,
    uid_validity: u32,
    batch: &[Announced],
    taken: &Taken,
) -> Result<(Change, Haul), StoreError> {
    let now = office.clock.now();
    let mut haul = Haul::default();
    let mut met = BTreeSet::new();
    let mut change = progress(office, mailbox, uid_validity, batch, now).await?;
    for (key, content, size_bytes, oversize) in &taken.stored {
        let id = Message::id_of(*content);
        let is_new = met.insert(id) && office.store.message(id).await?.is_none();
        if is_new {
            let received_at = batch
                .iter()
                .find(|a| a.key == *key)
                .and_then(|a| a.received_at)
                .unwrap_or(now);
            let message = new_message(mailbox, (*content, *size_bytes), *oversize, received_at);
            change = change.and(first_sight(office, message, *oversize, now));
            haul.new += 1;
        } else {
            haul.known += 1;
        }
        let arrived = AuditEvent::new(
            now,
            Actor::program(STEP),
            "message arrived",
            id,
            "found in a mailbox",
        )
        .fact("mailbox", &mailbox.name)
        .fact("uid", format!("{}/{}", key.uid_validity, key.uid));
        let arrival = Arrival {
            mailbox: mailbox.name.clone(),
            uid_validity: key.uid_validity,
            uid: key.uid.clone(),
            message: id,
            filed: false,
        };
        change = change.event(arrived).put(Record::Arrival(arrival));
    }
    Ok((
        taken.gone.iter().fold(change, |change, key| {
            change.raise(gone(office, mailbox, key, now))
        }),
        haul,
    ))
}

/// Where the next look begins, in the same commit as the batch.
async fn progress(
    office: &Office,
    mailbox: &Mailbox,
    uid_validity: u32,
    batch: &[Announced],
    now: Timestamp,
) -> Result<Change, StoreError> {
    let stored = office.store.mailbox_progress(&mailbox.name).await?;
    let highest = batch.iter().filter_map(|a| a.key.imap_uid()).max();
    let next_uid = highest
        .filter(|_| uid_validity > 0)
        .map_or(0, |uid| uid.saturating_add(1));
    let event = AuditEvent::new(
        now,
        Actor::program(STEP),
        "mail fetched",
        Subject::mailbox(&mailbox.name),
        "new mail in the mailbox",
    )
    .fact("messages", batch.len())
    .fact("uid validity", uid_validity)
    .fact("next uid", next_uid);
    let version = stored.map_or(0, |p| p.version);
    let progress = MailboxProgress {
        mailbox: mailbox.name.clone(),
        uid_validity,
        next_uid,
        version,
    };
    Ok(Change::new(event).put(Record::Mailbox(progress)))
}

/// A message nobody has read yet.
pub(super) fn new_message(
    mailbox: &Mailbox,
    (content, size_bytes): (crate::basics::ids::ContentHash, u64),
    oversize: Oversize,
    received_at: Timestamp,
) -> Message {
    let (state, notes) = match oversize {
        Oversize::No => (MessageState::Fetched, Vec::new()),
        Oversize::Yes => {
            let limit_mib = mailbox.max_message_bytes >> 20;
            let note = format!(
                "{size_bytes} bytes are more than max_message_mib = {limit_mib} allows; it stays on the server"
            );
            (MessageState::Quarantined, vec![note])
        }
    };
    Message {
        id: Message::id_of(content),
        content,
        size_bytes,
        header_message_id: None,
        from: None,
        subject: String::new(),
        received_at,
        mailbox: mailbox.name.clone(),
        state,
        route: None,
        notes,
        version: 0,
    }
}

/// Its row and what happens to it next.
pub(super) fn first_sight(
    office: &Office,
    message: Message,
    oversize: Oversize,
    now: Timestamp,
) -> Change {
    let id = message.id;
    let event = |action| {
        AuditEvent::new(
            now,
            Actor::program(STEP),
            action,
            id,
            "its bytes are in the vault",
        )
        .state(None, message.state.as_str())
        .fact("content", message.content)
        .fact("bytes", message.size_bytes)
    };
    match oversize {
        Oversize::No => {
            let job = NewJob::now(Step::ReadMessage, id, now);
            Change::new(event("message fetched"))
                .put(Record::Message(message))
                .job(job)
        }
        Oversize::Yes => {
            let advice =
                "read it in the mailbox; to take such mails raise max_message_mib of this mailbox";
            let told = (message.notes.join("; "), advice.to_owned());
            let exception = Exception::raise(
                ExceptionCode::MessageUnreadable,
                id.into(),
                OVERSIZE,
                &office.rules.owners.mail,
                now,
                told,
            );
            Change::new(event("message quarantined"))
                .put(Record::Message(message))
                .raise(exception)
        }
    }
}

fn gone(office: &Office, mailbox: &Mailbox, key: &RemoteKey, now: Timestamp) -> Exception {
    let reason = format!(
        "UID {}/{} was announced and gone before it was fetched",
        key.uid_validity, key.uid
    );
    let advice =
        "ask whoever works in this mailbox by hand; if the mail was moved away, move it back";
    Exception::raise(
        ExceptionCode::MessageGone,
        Subject::mailbox(&mailbox.name),
        &format!("{}/{}", key.uid_validity, key.uid),
        &office.rules.owners.mail,
        now,
        (reason, advice.to_owned()),
    )
}

/// A new UIDVALIDITY: all numbers mean other messages. Everything is looked at again; what is known by its content gets
/// another arrival and nothing else.
async fn note_new_epoch(
    office: &Office,
    mailbox: &Mailbox,
    known: &MailboxProgress,
    uid_validity: u32,
) -> Result<(), MailboxError> {
    let now = office.clock.now();
    let subject = Subject::mailbox(&mailbox.name);
    let reason = format!(
        "UIDVALIDITY changed from {} to {uid_validity}",
        known.uid_validity
    );
    let event = AuditEvent::new(
        now,
        Actor::program(STEP),
        "mailbox re-created",
        subject.clone(),
        reason.clone(),
    );
    let exception = Exception::raise(
        ExceptionCode::MailboxChanged,
        subject,
        &uid_validity.to_string(),
        &office.rules.owners.mail,
        now,
        (
            reason,
            "nothing, if the mailbox was restored or moved; its mails are compared by content"
                .to_owned(),
        ),
    );
    let progress = MailboxProgress {
        uid_validity,
        next_uid: 1,
        ..known.clone()
    };
    let change = Change::new(event)
        .raise(exception)
        .put(Record::Mailbox(progress));
    office
        .store
        .commit(change)
        .await
        .map_err(in_store(&mailbox.name))?;
    Ok(())
}

fn in_store(mailbox: &str) -> impl Fn(StoreError) -> MailboxError + use<'_> {
    move |source| MailboxError::Store {
        mailbox: mailbox.to_owned(),
        source,
    }
}
