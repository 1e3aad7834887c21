//! Marks on the server what is in the books. Repeatable, and nothing depends on it.

use std::collections::{BTreeMap, BTreeSet};

use super::Office;
use super::mail_source::MailSource;
use super::mailbox_error::{MailboxError, in_store};
use crate::basics::ids::MessageId;
use crate::config::Mailbox;
use crate::domain::audit::{Actor, AuditEvent, Subject};
use crate::domain::change::{Change, Record};
use crate::domain::message::arrival::oversize_item;
use crate::domain::message::state::{MessageEvent, next};
use crate::domain::message::{Arrival, MessageState};
use crate::io::remote::{How, RemoteKey};
use crate::io::store::StoreError;

/// Mails marked in one command: the server is asked once for the lot.
const BATCH: u32 = 200;
/// Batches in one call.
const ROUNDS: u32 = 100;

/// Marks every mail of this mailbox that was read or quarantined and is not yet marked.
///
/// # Errors
/// What the mailbox or the books met. What was marked and not recorded is marked again: the server does not mind.
pub async fn file_mail(
    office: &Office,
    mailbox: &Mailbox,
    source: &mut MailSource,
) -> Result<u32, MailboxError> {
    let mut filed = 0;
    // Bounded, so that a mailbox whose marks do not take never keeps its fetcher; the rest comes with the next look.
    for _ in 0..ROUNDS {
        let waiting = office
            .store
            .arrivals_to_file(&mailbox.name, BATCH)
            .await
            .map_err(in_store(&mailbox.name))?;
        if waiting.is_empty() {
            return Ok(filed);
        }
        let left_there = too_large(office, &waiting)
            .await
            .map_err(in_store(&mailbox.name))?;
        let is_to_mark = |it: &&Arrival| it.has_original() && !left_there.contains(&it.message);
        let (originals, files): (Vec<_>, Vec<_>) = waiting.iter().partition(is_to_mark);
        let keys = originals.into_iter().map(key).collect::<Vec<_>>();
        let mut done = match How::of(&mailbox.after_reading) {
            Some(how) if !keys.is_empty() => source.mark(&mailbox.name, &keys, &how).await?.done,
            Some(_) | None => keys,
        };
        done.extend(files.into_iter().map(key));
        // Crash here: marked on the server, not in the books; the next look marks again and records it then.
        let arrivals = waiting
            .into_iter()
            .filter(|arrival| done.contains(&key(arrival)))
            .collect::<Vec<_>>();
        if arrivals.is_empty() {
            return Ok(filed);
        }
        filed += u32::try_from(arrivals.len()).unwrap_or(u32::MAX);
        record(office, mailbox, arrivals)
            .await
            .map_err(in_store(&mailbox.name))?;
    }
    Ok(filed)
}

/// Mails that were too large to be taken: a person reads them where they stand, and finds them there unmarked.
async fn too_large(
    office: &Office,
    arrivals: &[Arrival],
) -> Result<BTreeSet<MessageId>, StoreError> {
    let ids = arrivals.iter().map(|arrival| arrival.message);
    let ids = ids.collect::<Vec<_>>();
    let mut found = BTreeSet::new();
    for message in office.store.messages_among(&ids).await? {
        let is_quarantined = message.state == MessageState::Quarantined;
        let item = oversize_item(message.id);
        if is_quarantined && office.store.exception(item).await?.is_some() {
            found.insert(message.id);
        }
    }
    Ok(found)
}

/// Files what was taken from files by hand: there is nothing on a server to mark.
///
/// # Errors
/// What the books met.
pub async fn file_taken(office: &Office, mailbox: &Mailbox) -> Result<(), StoreError> {
    let mut waiting = office.store.arrivals_to_file(&mailbox.name, BATCH).await?;
    waiting.retain(|arrival| !arrival.has_original());
    if waiting.is_empty() {
        return Ok(());
    }
    record(office, mailbox, waiting).await
}

fn key(arrival: &Arrival) -> RemoteKey {
    RemoteKey {
        uid_validity: arrival.uid_validity,
        uid: arrival.uid.clone(),
    }
}

async fn record(
    office: &Office,
    mailbox: &Mailbox,
    arrivals: Vec<Arrival>,
) -> Result<(), StoreError> {
    let now = office.clock.now();
    let actor = || Actor::program("file_mail");
    let marked = AuditEvent::new(
        now,
        actor(),
        "mail filed",
        Subject::mailbox(&mailbox.name),
        "it is in the books",
    )
    .fact("messages", arrivals.len());
    let mut change = Change::new(marked);
    let ids = arrivals.iter().map(|arrival| arrival.message);
    let ids = ids.collect::<Vec<_>>();
    let messages = office.store.messages_among(&ids).await?;
    let mut messages = messages
        .into_iter()
        .map(|message| (message.id, message))
        .collect::<BTreeMap<_, _>>();
    for arrival in &arrivals {
        // The same mail may stand twice in one mailbox; it is filed once. A quarantined mail stays quarantined: its mark on the
        // server only says that it is known here.
        if let Some(mut message) = messages.remove(&arrival.message)
            && message.state == MessageState::Read
            && let Ok(state) = next(message.state, MessageEvent::File)
        {
            let event = AuditEvent::new(
                now,
                actor(),
                "message filed",
                message.id,
                if arrival.has_original() {
                    "marked on the server"
                } else {
                    "taken from a file: nothing is left to mark"
                },
            )
            .state(Some(message.state.as_str()), state.as_str());
            message.state = state;
            change = change.event(event).put(Record::Message(message));
        }
    }
    // Behind the messages, so that their rows are written together.
    for arrival in arrivals {
        change = change.put(Record::Arrival(Arrival {
            filed: true,
            ..arrival
        }));
    }
    match office.store.commit(change).await {
        // Somebody else touched one of these messages: the next round sees them as they are then.
        Err(StoreError::Conflict { .. }) | Ok(_) => Ok(()),
        Err(failure) => Err(failure),
    }
}
