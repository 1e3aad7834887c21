//! Marking what was taken, so that people who look into the mailbox see it. Nothing depends on the mark.

use std::collections::BTreeSet;

use imap_proto::rfc4315::UidSetMember;
use imap_proto::{Response, ResponseCode};

use super::error::ImapError;
use super::item::Item;
use super::runner::{Command, Done};
use super::session::{ImapSession, folder_argument};
use super::uid_set::{chunks, uid_set};
use crate::io::failpoint::{self, Act};
use crate::io::remote::{How, Marked, RemoteKey};

impl ImapSession {
    /// Marks messages; may be repeated. A message counts as done when the server names it in COPYUID, accepts its flag, or no
    /// longer has it: an OK alone proves nothing, for it is also the answer when the message is not there. A server that
    /// cannot move gets `\Seen` instead, since copying and deleting is two steps between which we may die.
    pub async fn mark(&mut self, keys: &[RemoteKey], how: &How) -> Result<Marked, ImapError> {
        let mut marked = Marked::default();
        let (ours, others) = keys
            .iter()
            .cloned()
            .partition::<Vec<_>, _>(|key| self.uid(key).is_some());
        // Messages of another epoch are not here any more, under these names.
        marked.done.extend(others);
        for some in chunks(&self.uids(&ours)) {
            failpoint::before(Act::ImapMark);
            let left = match how {
                How::Flag(flag) => self.flag(some, flag).await?,
                How::Move(folder) if self.abilities.has("MOVE") => {
                    self.move_to(some, folder).await?
                }
                How::Move(_) => self.flag(some, "\\Seen").await?,
            };
            failpoint::after(Act::ImapMark);
            for uid in some {
                let list = if left.contains(uid) {
                    &mut marked.left
                } else {
                    &mut marked.done
                };
                list.push(self.key(*uid));
            }
        }
        Ok(marked)
    }

    /// The UIDs that still lack the flag.
    async fn flag(&mut self, uids: &[u32], flag: &str) -> Result<BTreeSet<u32>, ImapError> {
        let text = format!(
            "UID STORE {} +FLAGS.SILENT ({})",
            uid_set(uids),
            flag_argument(flag)?
        );
        self.runner
            .run(Command::new("UID STORE", &text), |_| {})
            .await?;
        Ok(BTreeSet::new())
    }

    /// The UIDs that are still here.
    async fn move_to(&mut self, uids: &[u32], folder: &str) -> Result<BTreeSet<u32>, ImapError> {
        let target = folder_argument(folder)?;
        let text = format!("UID MOVE {} {target}", uid_set(uids));
        let mut left = uids.iter().copied().collect::<BTreeSet<_>>();
        let mut done = self
            .runner
            .ask(Command::new("UID MOVE", &text), |answer| {
                forget_moved(&mut left, answer)
            })
            .await?;
        if matches!(
            done,
            Done::No {
                try_create: true,
                ..
            }
        ) {
            let create = format!("CREATE {target}");
            // Someone else may have made it meanwhile: whether it is there shows when the move is tried again.
            self.runner
                .ask(Command::new("CREATE", &create), |_| {})
                .await?;
            done = self
                .runner
                .ask(Command::new("UID MOVE", &text), |answer| {
                    forget_moved(&mut left, answer)
                })
                .await?;
        }
        if let Done::No { answer, .. } = done {
            return Err(ImapError::No {
                command: "UID MOVE",
                answer,
            });
        }
        if left.is_empty() {
            return Ok(left);
        }
        // Moved by a server without UIDPLUS, gone before, or not moved: ask which are still here.
        let asked = left.iter().copied().collect::<Vec<_>>();
        let text = format!("UID FETCH {} (UID)", uid_set(&asked));
        let mut here = BTreeSet::new();
        let each = |response: &Response<'_>| here.extend(Item::of(response).map(|item| item.uid));
        self.runner
            .run(Command::new("UID FETCH", &text), each)
            .await?;
        left.retain(|uid| here.contains(uid));
        Ok(left)
    }
}

/// COPYUID (RFC 4315) names the messages that were moved, in the order of their UIDs.
fn forget_moved(left: &mut BTreeSet<u32>, response: &Response<'_>) {
    if let Response::Data { outcome, .. } | Response::Done { outcome, .. } = response
        && let Some(ResponseCode::CopyUid(_, from, _)) = &outcome.code
    {
        for member in from {
            let (low, high) = member_range(member);
            left.retain(|uid| *uid < low || *uid > high);
        }
    }
}

fn member_range(member: &UidSetMember) -> (u32, u32) {
    match member {
        UidSetMember::Uid(uid) => (*uid, *uid),
        UidSetMember::UidRange(range) => (*range.start(), *range.end()),
    }
}

/// A flag is an atom, with a backslash in front for the system's own (RFC 3501, flag).
fn flag_argument(flag: &str) -> Result<&str, ImapError> {
    let atom = flag.strip_prefix('\\').unwrap_or(flag);
    let plain = |c: char| {
        c.is_ascii_graphic() && !matches!(c, '(' | ')' | '{' | '%' | '*' | '"' | '\\' | ']')
    };
    let usable = !atom.is_empty() && atom.len() <= 100 && atom.chars().all(plain);
    usable
        .then_some(flag)
        .ok_or_else(|| ImapError::Unspeakable {
            purpose: "a flag",
            text: flag.to_owned(),
        })
}
