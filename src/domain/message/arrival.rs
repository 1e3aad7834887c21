//! What it means that a mail was found in a mailbox: new, too large to be taken, gone again, or found under new numbers.

use super::{Message, MessageState};
use crate::basics::calendar::Timestamp;
use crate::basics::ids::{ContentHash, ExceptionId, MessageId};
use crate::domain::audit::{Actor, AuditEvent, Subject};
use crate::domain::exception::{Exception, ExceptionCode, Ownership};

/// The occasion of the work item about a mail that was left on the server.
const OVERSIZE: &str = "oversize";
/// The occasion of the work item about a mail that is not handed over.
const REFUSED: &str = "refused";

/// A mail whose content was never seen before.
#[derive(Clone, Copy, Debug)]
pub struct Sighting<'a> {
    /// Derived from the letter in it.
    pub id: MessageId,
    /// The mailbox by its name in the configuration.
    pub mailbox: &'a str,
    /// Names its bytes in the vault; of an oversize mail, what stands for them.
    pub content: ContentHash,
    /// Octets.
    pub size_bytes: u64,
    /// The limit it is over, in octets; `None` when it was taken.
    pub over_limit_bytes: Option<u64>,
    /// When the server took it, else when we did.
    pub received_at: Timestamp,
}

/// A message nobody has read yet, or one that is for a person to read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FirstSight {
    /// Fetched, or Quarantined when it is too large.
    pub message: Message,
    /// How it came.
    pub told: AuditEvent,
    /// The work item about a mail that is too large.
    pub ask: Option<Exception>,
}

/// A mail met for the first time. `owner` looks after the mailboxes.
pub fn first_sight(
    seen: Sighting<'_>,
    owner: &Ownership,
    actor: Actor,
    now: Timestamp,
) -> FirstSight {
    let over = seen.over_limit_bytes.map(|limit| {
        let (size, limit_mib) = (seen.size_bytes, limit >> 20);
        format!("{size} bytes are more than max_message_mib = {limit_mib} allows; it stays on the server")
    });
    let (state, action) = match over {
        None => (MessageState::Fetched, "message fetched"),
        Some(_) => (MessageState::Quarantined, "message quarantined"),
    };
    let message = Message {
        id: seen.id,
        content: seen.content,
        size_bytes: seen.size_bytes,
        header_message_id: None,
        from: None,
        subject: String::new(),
        // A server whose clock runs ahead has no mail of tomorrow: what counts from the last mail would wait for that day.
        received_at: seen.received_at.min(now),
        mailbox: seen.mailbox.to_owned(),
        state,
        route: None,
        notes: over.iter().cloned().collect(),
        version: 0,
    };
    let why = "its bytes are in the vault";
    let told = AuditEvent::new(now, actor, action, message.id, why)
        .state(None, state.as_str())
        .fact("content", seen.content)
        .fact("bytes", seen.size_bytes);
    let advice = "read it in the mailbox, where it stands unmarked; to have it taken, raise max_message_mib of this mailbox (50 at most) \
        and deliver it again: move it to another folder of the server and back";
    let ask = over.map(|reason| {
        let (code, subject) = (ExceptionCode::MessageUnreadable, message.id.into());
        Exception::raise(code, subject, OVERSIZE, owner, now, (reason, advice))
    });
    FirstSight { message, told, ask }
}

/// The work item about a mail that was too large, if there is one.
pub fn oversize_item(message: MessageId) -> ExceptionId {
    Exception::id_of(ExceptionCode::MessageUnreadable, &message.into(), OVERSIZE)
}

/// The server announced a mail and did not have it any more.
pub fn gone(
    (mailbox, uid_validity, uid): (&str, u32, &str),
    owner: &Ownership,
    now: Timestamp,
) -> Exception {
    let place = format!("{uid_validity}/{uid}");
    let reason = format!("UID {place} was announced and gone before it was fetched");
    let advice =
        "ask whoever works in this mailbox by hand; if the mail was moved away, move it back";
    let (code, subject) = (ExceptionCode::MessageGone, Subject::mailbox(mailbox));
    Exception::raise(code, subject, &place, owner, now, (reason, advice))
}

/// Whether so much is less than the mail that was announced. Servers estimate within some per cent; one that cannot make the
/// content of an item hands over nothing, or its beginning.
pub fn is_cut_short(bytes: u64, announced_bytes: u64) -> bool {
    bytes < announced_bytes / 2
}

/// A mail counts as refused when it was asked for alone so many times in a row, each time over a new connection.
const TRIES: u32 = 3;
/// So many mails refused and none handed over: that is the server.
const TROUBLED: usize = 3;

/// Whether it is the server that is in trouble, and no mail of it.
pub fn is_server_in_trouble(handed_over: usize, refused: usize) -> bool {
    handed_over == 0 && refused >= TROUBLED
}

/// How often a mail is asked for alone. `was_told`: somebody knows already that it is not handed over.
pub fn tries_alone(was_told: bool, is_in_trouble: bool) -> u32 {
    if was_told || is_in_trouble { 1 } else { TRIES }
}

/// The id of [`refused`].
pub fn refused_id((mailbox, uid_validity, uid): (&str, u32, &str)) -> ExceptionId {
    let occasion = format!("{REFUSED} {uid_validity}/{uid}");
    let subject = Subject::mailbox(mailbox);
    Exception::id_of(ExceptionCode::MessageMissed, &subject, &occasion)
}

/// The mailbox has this mail and does not hand it over; the mails behind it are fetched.
pub fn refused(
    (mailbox, uid_validity, uid): (&str, u32, &str),
    why: &str,
    owner: &Ownership,
    now: Timestamp,
) -> Exception {
    let reason =
        format!("UID {uid_validity}/{uid} stands in the mailbox and cannot be fetched: {why}");
    let advice = "look at it with a mail program: if it opens there, forward it to this mailbox, else ask its sender; \
        it is asked for again every hour, and `mailbox reconcile --mails` says what became of it";
    let occasion = format!("{REFUSED} {uid_validity}/{uid}");
    let (code, subject) = (ExceptionCode::MessageMissed, Subject::mailbox(mailbox));
    Exception::raise(code, subject, &occasion, owner, now, (reason, advice))
}

/// A new UIDVALIDITY: all numbers mean other messages. Everything is looked at again; what is known by its content gets
/// another arrival and nothing else.
pub fn new_epoch(
    mailbox: &str,
    (before, now_valid): (u32, u32),
    owner: &Ownership,
    (actor, now): (Actor, Timestamp),
) -> (AuditEvent, Exception) {
    let subject = || Subject::mailbox(mailbox);
    let reason = format!("UIDVALIDITY changed from {before} to {now_valid}");
    let told = AuditEvent::new(now, actor, "mailbox re-created", subject(), reason.clone());
    let advice = "nothing, if the mailbox was restored or moved; its mails are compared by content";
    let (code, occasion) = (ExceptionCode::MailboxChanged, now_valid.to_string());
    let item = Exception::raise(code, subject(), &occasion, owner, now, (reason, advice));
    (told, item)
}
