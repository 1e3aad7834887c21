//! Takes a mail from a file as if it had arrived: bytes to the vault first, then identity and the job to read it.

use super::fetch_mail::first_sight;
use super::patiently::patiently;
use super::{Office, StepError};
use crate::basics::ids::MessageId;
use crate::config::Mailbox;
use crate::domain::audit::{Actor, AuditEvent};
use crate::domain::change::{Change, Record};
use crate::domain::message::arrival::Sighting;
use crate::domain::message::{Arrival, Message};
use crate::formats::letter_hash::LetterHasher;

/// What became of a file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TakenFile {
    /// The message it holds.
    pub message: MessageId,
    /// Its content was not known.
    pub is_new: bool,
}

/// Takes it once: its place is (mailbox, content), and the same file again finds itself there. The caller has held the bytes
/// to the mailbox's limit.
///
/// # Errors
/// What the vault or the books met.
pub async fn take_file(
    office: &Office,
    mailbox: &Mailbox,
    bytes: &[u8],
) -> Result<TakenFile, StepError> {
    // Crash after this: the bytes lie in the vault without a row, and are met there by the next attempt.
    let content = office.vault.put(bytes).await?;
    let size_bytes = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    let id = Message::id_of(LetterHasher::of(bytes));
    let uid = Arrival::uid_of_file(content);
    let attempt = || async {
        let is_new = office.store.message(id).await?.is_none();
        if office
            .store
            .arrival(&mailbox.name, 0, &uid)
            .await?
            .is_some()
        {
            return Ok(TakenFile {
                message: id,
                is_new: false,
            });
        }
        let now = office.clock.now();
        let arrived = AuditEvent::new(
            now,
            Actor::program("take_file"),
            "message arrived",
            id,
            "taken from a file",
        )
        .fact("mailbox", &mailbox.name)
        .fact("uid", &uid)
        .fact("content", content);
        let arrival = Arrival {
            mailbox: mailbox.name.clone(),
            uid_validity: 0,
            uid: uid.clone(),
            message: id,
            filed: false,
        };
        let mut change = Change::new(arrived).put(Record::Arrival(arrival));
        if is_new {
            let seen = Sighting {
                id,
                mailbox: &mailbox.name,
                content,
                size_bytes,
                over_limit_bytes: None,
                received_at: now,
            };
            change = first_sight(office, seen, now).and(change);
        }
        office.store.commit(change).await?;
        Ok::<_, StepError>(TakenFile {
            message: id,
            is_new,
        })
    };
    patiently(attempt, StepError::is_conflict).await
}
