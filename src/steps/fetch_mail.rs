//! Fetches what is new in a mailbox: bytes to the vault first, then identity and the job to read it in one commit.
//!
//! The server is never our memory: what was fetched is known by (mailbox, UIDVALIDITY, UID), and marks on the server come
//! afterwards, by `file_mail`.

use std::collections::BTreeSet;

use super::Office;
use super::begin_mailbox::begin;
use super::mail_source::{MailSource, News, Oversize, Refused, Stored, Taken};
use super::mailbox_error::{MailboxError, in_store};
use super::patiently::patiently;
use super::take_patiently::take_patiently;
use crate::basics::calendar::Timestamp;
use crate::basics::ids::MessageId;
use crate::config::Mailbox;
use crate::domain::audit::{Actor, AuditEvent, Subject};
use crate::domain::change::{Change, MailboxProgress, Record};
use crate::domain::job::{NewJob, Step};
use crate::domain::message::arrival::{self, FirstSight, Sighting};
use crate::domain::message::{Arrival, Message, MessageState};
use crate::io::remote::{Announced, RemoteKey, batches};
use crate::io::store::StoreError;

const STEP: &str = "fetch_mail";

/// How much came.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub struct Haul {
    /// Mails whose content was not known.
    pub new: u32,
    /// Mails whose content was in the books already.
    pub known: u32,
    /// Mails that stand there and are not handed over; a person is told of each now.
    pub refused: u32,
}

impl Haul {
    fn add(&mut self, more: Self) {
        self.new = self.new.saturating_add(more.new);
        self.known = self.known.saturating_add(more.known);
        self.refused = self.refused.saturating_add(more.refused);
    }
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
    fetch_announced(office, mailbox, source, &news).await
}

/// Fetches these mails, batch by batch.
pub(super) async fn fetch_announced(
    office: &Office,
    mailbox: &Mailbox,
    source: &mut MailSource,
    news: &News,
) -> Result<Haul, MailboxError> {
    let mut haul = Haul::default();
    let mut taken: Option<(&[Announced], Taken)> = None;
    for batch in batches(&news.announced) {
        // Beside each other: the books write one batch while the server sends the next. Crash from here on: what is not committed
        // is announced again.
        let (recorded, next) = tokio::join!(
            record_taken(office, mailbox, news.uid_validity, taken.take()),
            take_patiently(office, mailbox, source, batch),
        );
        haul.add(recorded?);
        // Crash here: the bytes are in the vault without a row; the repetition meets them under the same names.
        taken = Some((batch, next?));
    }
    haul.add(record_taken(office, mailbox, news.uid_validity, taken).await?);
    Ok(haul)
}

/// Records a batch whose bytes are in the vault, if there is anything in it.
async fn record_taken(
    office: &Office,
    mailbox: &Mailbox,
    uid_validity: u32,
    taken: Option<(&[Announced], Taken)>,
) -> Result<Haul, MailboxError> {
    let Some((batch, taken)) = taken.filter(|(_, taken)| !taken.is_empty()) else {
        return Ok(Haul::default());
    };
    let came = record(office, mailbox, uid_validity, batch, &taken).await?;
    // Crash after the commit: the next look begins behind this batch.
    tracing::info!(
        mailbox = mailbox.name,
        new = came.new,
        known = came.known,
        refused = came.refused,
        "mail fetched"
    );
    Ok(came)
}

async fn look(
    office: &Office,
    mailbox: &Mailbox,
    source: &mut MailSource,
    uid_validity: u32,
) -> Result<News, MailboxError> {
    let name = mailbox.name.as_str();
    let mut progress = begin(office, mailbox, source, uid_validity).await?;
    loop {
        let next_uid = progress.as_ref().map_or(1, |p| p.next_uid);
        let announced = announced(office, mailbox, source, (uid_validity, next_uid)).await?;
        let Some((known, start)) = progress.and_then(|p| Some((p.clone(), p.start?))) else {
            return Ok(News {
                uid_validity,
                announced,
            });
        };
        let is_old = |one: &Announced| {
            let uid = one.key.imap_uid();
            uid.is_some_and(|uid| start.leaves(uid, one.received_at))
        };
        let (old, announced) = announced.into_iter().partition::<Vec<_>, _>(is_old);
        let last = old.iter().filter_map(|one| one.key.imap_uid()).max();
        let Some(last) = last.filter(|_| announced.is_empty()) else {
            return Ok(News {
                uid_validity,
                announced,
            });
        };
        // A server announces so many at a time: behind the old ones there may be others.
        pass_old(office, &known, old.len(), last).await?;
        let stored = office.store.mailbox_progress(name).await;
        progress = stored.map_err(in_store(name))?;
    }
}

/// What the mailbox has and the books do not.
async fn announced(
    office: &Office,
    mailbox: &Mailbox,
    source: &mut MailSource,
    (uid_validity, next_uid): (u32, u32),
) -> Result<Vec<Announced>, MailboxError> {
    let name = mailbox.name.as_str();
    // IMAP tells what is new by number; a Maildir does not, so the books are asked about what stands there.
    let there = source.listed(name).await?;
    let there = there.iter().map(|key| key.uid.as_str()).collect::<Vec<_>>();
    let known = office
        .store
        .arrivals_among(name, uid_validity, &there)
        .await
        .map_err(in_store(name))?;
    let known = known.into_iter().map(|arrival| arrival.uid);
    let known = known.collect::<BTreeSet<_>>();
    let is_known = |key: &RemoteKey| known.contains(&key.uid);
    source.announced(name, next_uid, is_known).await
}

/// Goes on behind mails that are left alone.
async fn pass_old(
    office: &Office,
    known: &MailboxProgress,
    count: usize,
    last: u32,
) -> Result<(), MailboxError> {
    let next_uid = last.saturating_add(1);
    let event = AuditEvent::new(
        office.clock.now(),
        Actor::program(STEP),
        "old mail left alone",
        Subject::mailbox(&known.mailbox),
        "it came before start_at",
    )
    .fact("messages", count)
    .fact("next uid", next_uid);
    tracing::info!(
        mailbox = known.mailbox,
        count,
        "mails from before start_at are left alone"
    );
    let progress = MailboxProgress {
        next_uid,
        ..known.clone()
    };
    let change = Change::new(event).put(Record::Mailbox(progress));
    let committed = office.store.commit(change).await;
    committed.map_err(in_store(&known.mailbox))?;
    Ok(())
}

/// One commit for the whole batch.
async fn record(
    office: &Office,
    mailbox: &Mailbox,
    uid_validity: u32,
    batch: &[Announced],
    taken: &Taken,
) -> Result<Haul, MailboxError> {
    let attempt = || async {
        let (change, haul) = decide(office, mailbox, uid_validity, batch, taken).await?;
        office.store.commit(change).await?;
        Ok::<_, StoreError>(haul)
    };
    // Another mailbox may bring the same mail at the same moment.
    let is_conflict = |error: &StoreError| matches!(error, StoreError::Conflict { .. });
    let recorded = patiently(attempt, is_conflict).await;
    recorded.map_err(in_store(&mailbox.name))
}

async fn decide(
    office: &Office,
    mailbox: &Mailbox,
    uid_validity: u32,
    batch: &[Announced],
    taken: &Taken,
) -> Result<(Change, Haul), StoreError> {
    let (now, name) = (office.clock.now(), mailbox.name.as_str());
    let owner = &office.rules.owners.mail;
    let mut haul = Haul::default();
    let ids = taken
        .stored
        .iter()
        .map(|stored| Message::id_of(stored.letter));
    let ids = ids.collect::<Vec<_>>();
    let known = office.store.messages_among(&ids).await?.into_iter();
    let mut met = known.map(|message| message.id).collect::<BTreeSet<_>>();
    // Behind the messages, so that the rows of each table are written together.
    let mut arrivals = Vec::new();
    let mut change = progress(office, mailbox, uid_validity, batch, now).await?;
    for stored in &taken.stored {
        let (key, content) = (&stored.key, stored.content);
        let id = Message::id_of(stored.letter);
        let is_new = met.insert(id);
        if is_new {
            let received_at = received_at(batch, key).unwrap_or(now);
            let seen = Sighting {
                id,
                mailbox: name,
                content,
                size_bytes: stored.size_bytes,
                over_limit_bytes: (stored.oversize == Oversize::Yes)
                    .then_some(mailbox.max_message_bytes),
                received_at,
            };
            change = change.and(first_sight(office, seen, now));
            haul.new += 1;
        } else {
            haul.known += 1;
        }
        arrivals.push(Arrival {
            mailbox: name.to_owned(),
            uid_validity: key.uid_validity,
            uid: key.uid.clone(),
            message: id,
            filed: false,
        });
        change = change.event(arrived(name, stored, id, now));
    }
    for arrival in arrivals {
        change = change.put(Record::Arrival(arrival));
    }
    haul.refused = u32::try_from(taken.refused.len()).unwrap_or(u32::MAX);
    change = taken.gone.iter().fold(change, |change, key| {
        change.raise(arrival::gone(place(name, key), owner, now))
    });
    change = taken.refused.iter().fold(change, |change, one| {
        let Refused { key, why } = one;
        change.raise(arrival::refused(place(name, key), why, owner, now))
    });
    Ok((change, haul))
}

fn arrived(mailbox: &str, stored: &Stored, id: MessageId, now: Timestamp) -> AuditEvent {
    let key = &stored.key;
    let actor = Actor::program(STEP);
    AuditEvent::new(now, actor, "message arrived", id, "found in a mailbox")
        .fact("mailbox", mailbox)
        .fact("uid", format!("{}/{}", key.uid_validity, key.uid))
        .fact("content", stored.content)
}

/// When the mailbox got this mail, as it says itself.
fn received_at(batch: &[Announced], key: &RemoteKey) -> Option<Timestamp> {
    let announced = batch.iter().find(|announced| announced.key == *key);
    announced.and_then(|announced| announced.received_at)
}

/// A mail by mailbox, epoch and number.
fn place<'a>(mailbox: &'a str, key: &'a RemoteKey) -> (&'a str, u32, &'a str) {
    (mailbox, key.uid_validity, &key.uid)
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
    // A mail that was passed over is fetched after others: the next look does not begin at it again.
    let same_epoch = stored.as_ref().filter(|p| p.uid_validity == uid_validity);
    let next_uid = same_epoch.map_or(next_uid, |p| p.next_uid.max(next_uid));
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
    let progress = MailboxProgress {
        mailbox: mailbox.name.clone(),
        uid_validity,
        next_uid,
        start: stored.as_ref().and_then(|p| p.start),
        version: stored.map_or(0, |p| p.version),
    };
    Ok(Change::new(event).put(Record::Mailbox(progress)))
}

/// A mail met for the first time: its row and what happens to it next.
pub(super) fn first_sight(office: &Office, seen: Sighting<'_>, now: Timestamp) -> Change {
    let owner = &office.rules.owners.mail;
    let FirstSight { message, told, ask } =
        arrival::first_sight(seen, owner, Actor::program(STEP), now);
    let (id, state) = (message.id, message.state);
    let change = ask
        .into_iter()
        .fold(Change::new(told), Change::raise)
        .put(Record::Message(message));
    match state {
        MessageState::Fetched => change.job(NewJob::now(Step::ReadMessage, id, now)),
        MessageState::Read | MessageState::Filed | MessageState::Quarantined => change,
    }
}
