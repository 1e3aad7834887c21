//! A mail taken apart with all that is packed inside it: archives, Outlook messages, winmail.dat. The child of the reader opens
//! one level of one container at a time; what comes out takes its place among the parts, and is looked at in the same way.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::StepError;
use super::in_time::in_time;
use super::mail_parts::PartDocument;
use super::open_mail::{OpenedMail, open_unpacked};
use crate::basics::address::MailAddress;
use crate::domain::message::own::OwnMail;
use crate::formats::container;
use crate::formats::mime::{Unpacked, Unreadable};
use crate::formats::unpacked::{Contents, MAX_FILES, MAX_UNPACKED_BYTES};
use crate::io::disposition::Disposition;
use crate::io::reader::Reader;

/// Containers inside containers that are opened: an archive in a forwarded Outlook message in an archive. Deeper ones stay
/// closed, and a person looks.
const MAX_LEVELS: usize = 3;
/// Containers of one mail that are opened: each costs a round to the child.
const MAX_CONTAINERS: usize = 50;

/// Takes a mail apart; the passwords for its sender are tried on what is locked. A container that cannot be opened stays
/// among its documents; reading it says why.
///
/// # Errors
/// Only when our own reader cannot be started, or taking apart panicked.
pub async fn take_apart(
    reader: &Reader,
    raw: &Arc<Vec<u8>>,
    ours: &OwnMail,
    passwords: impl Fn(Option<&MailAddress>) -> Vec<String> + Send,
) -> Result<Result<OpenedMail, Unreadable>, StepError> {
    let mut unpacked = Arc::new(Unpacked::new());
    let mut tried = BTreeSet::new();
    let mut room = Room::default();
    for _ in 0..MAX_LEVELS {
        let Ok(mut opened) = opened(raw, &unpacked, ours).await? else {
            break;
        };
        let is_closed = |document: &PartDocument| {
            container::holds_files(document.kind, &document.bytes)
                && !tried.contains(&document.part)
        };
        let left = MAX_CONTAINERS.saturating_sub(tried.len());
        if left == 0 || !opened.documents.iter().any(is_closed) {
            opened.issues.extend(room.issues);
            return Ok(Ok(opened));
        }
        // The mail is taken apart once more with what they hold: nothing else of it is held meanwhile.
        let OpenedMail {
            documents, facts, ..
        } = opened;
        let closed = documents.into_iter().filter(is_closed).take(left);
        let closed = closed
            .map(|document| (document.part, document.bytes))
            .collect::<Vec<_>>();
        let passwords = passwords(facts.sender());
        let known = Arc::make_mut(&mut unpacked);
        for (part, bytes) in closed {
            match reader.unpack(bytes, &passwords).await {
                Ok(out) if room.take(&out.contents) => {
                    let issues = out.issues.iter();
                    room.issues
                        .extend(issues.map(|issue| format!("part {part}: {issue}")));
                    known.insert(part.clone(), out.contents);
                }
                Ok(_) => {}
                Err(error) if error.disposition() == Disposition::Retry => return Err(error.into()),
                Err(_) => {}
            }
            tried.insert(part);
        }
    }
    let opened = opened(raw, &unpacked, ours).await?;
    Ok(opened.map(|mut opened| {
        opened.issues.extend(room.issues);
        opened
    }))
}

/// What one mail may hold in all, its containers together.
struct Room {
    bytes: usize,
    files: usize,
    issues: Vec<String>,
}

impl Default for Room {
    fn default() -> Self {
        Self {
            bytes: MAX_UNPACKED_BYTES,
            files: MAX_FILES,
            issues: Vec::new(),
        }
    }
}

impl Room {
    /// Whether there is room; then it is taken.
    fn take(&mut self, contents: &Contents) -> bool {
        let (bytes, files) = match contents {
            Contents::Mail(mail) | Contents::Rest(mail) => (mail.len(), 1),
            Contents::Files(files) => {
                (files.iter().map(|file| file.bytes.len()).sum(), files.len())
            }
        };
        let left = (self.bytes.checked_sub(bytes), self.files.checked_sub(files));
        if let (Some(bytes), Some(files)) = left {
            (self.bytes, self.files) = (bytes, files);
        }
        matches!(left, (Some(_), Some(_)))
    }
}

/// Decoding a large mail takes a second; the other workers and the timers go on meanwhile.
async fn opened(
    raw: &Arc<Vec<u8>>,
    unpacked: &Arc<Unpacked>,
    ours: &OwnMail,
) -> Result<Result<OpenedMail, Unreadable>, StepError> {
    let (raw, unpacked, ours) = (Arc::clone(raw), Arc::clone(unpacked), ours.clone());
    let opened = in_time(move || open_unpacked(&raw, &unpacked, &ours)).await;
    Ok(opened.unwrap_or(Err(Unreadable::TookTooLong)))
}
