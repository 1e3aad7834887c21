//! The proof that no mail was passed over: every mail that stands in a mailbox is accounted for, or it is a gap.

use jiff::SignedDuration;
use jiff::tz::TimeZone;

use super::{Message, MessageState};
use crate::basics::calendar::{Timestamp, day_in};
use crate::basics::ids::MessageId;
use crate::domain::audit::Subject;
use crate::domain::exception::{Exception, ExceptionCode, Ownership};
use crate::words;

/// Mailboxes are reconciled from this hour on, in the office's time: when the day's mail is in and nobody waits.
const NIGHT_HOUR: i8 = 2;
/// A mail that its server did not hand over is asked for so often: servers heal, and approvals and remittances wait for nobody.
const AGAIN_AFTER: SignedDuration = SignedDuration::from_hours(1);

words! {
    /// What became of a mail that stands in a mailbox.
    pub enum Account {
        /// Documents were taken out of it.
        Documents = "documents",
        /// It was read, and nothing in it is a document.
        Nothing = "nothing",
        /// It could not be read; a person was asked.
        Quarantined = "quarantined",
        /// It is in the books and not read yet.
        Waiting = "waiting",
        /// It came after the last look.
        Coming = "coming",
        /// It came before the day from which this mailbox is worked, and stood there at the first look: it is left alone.
        BeforeStart = "before_start",
        /// Looking went past it and it was never fetched.
        Missing = "missing",
    }
}

/// One mail in a mailbox and what became of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Accounted {
    /// Its name in the mailbox.
    pub uid: String,
    /// What became of it.
    pub account: Account,
    /// The message in the books.
    pub message: Option<MessageId>,
    /// How many documents were taken out of it.
    pub documents: u64,
    /// Why nothing was, or why it could not be read.
    pub why: String,
}

/// What became of the mail of this name. `next_uid` is where the next look begins, of a server that gives numbers; whatever is
/// not known of a Maildir comes with the next look. `found` is its message in the books and how many documents that brought.
pub fn account_for(uid: &str, next_uid: Option<u32>, found: Option<(&Message, u64)>) -> Accounted {
    let was_passed = || {
        let number = uid.parse::<u32>().ok();
        number.zip(next_uid).is_some_and(|(uid, next)| uid < next)
    };
    let (account, documents, why) = match found {
        None if was_passed() => (Account::Missing, 0, String::new()),
        None => (Account::Coming, 0, String::new()),
        Some((message, documents)) => {
            let account = match message.state {
                MessageState::Fetched => Account::Waiting,
                MessageState::Quarantined => Account::Quarantined,
                MessageState::Read | MessageState::Filed if documents > 0 => Account::Documents,
                MessageState::Read | MessageState::Filed => Account::Nothing,
            };
            let why = match account {
                Account::Nothing | Account::Quarantined => message.notes.join("; "),
                Account::Documents
                | Account::Waiting
                | Account::Coming
                | Account::BeforeStart
                | Account::Missing => String::new(),
            };
            (account, documents, why)
        }
    };
    Accounted {
        uid: uid.to_owned(),
        account,
        message: found.map(|(message, _)| message.id),
        documents,
        why,
    }
}

impl Accounted {
    /// It was never to be taken.
    pub fn left_alone(self) -> Self {
        Self {
            account: Account::BeforeStart,
            why: "it came before start_at".into(),
            ..self
        }
    }
}

/// The work item about a mail that was passed over.
pub fn gap(
    (mailbox, uid_validity, uid): (&str, u32, &str),
    owner: &Ownership,
    now: Timestamp,
) -> Exception {
    let place = format!("{uid_validity}/{uid}");
    let reason =
        format!("UID {place} stands in the mailbox and was passed over; it is fetched now");
    let advice = "find out how it came there: a restored backup, a server that gives numbers out of order, a second program";
    let (code, subject) = (ExceptionCode::MessageMissed, Subject::mailbox(mailbox));
    Exception::raise(code, subject, &place, owner, now, (reason, advice))
}

/// Once a night, once where it never was, and every hour while the last one knows of a mail that is missing. `last` is when that
/// was and whether it does; one of the future is from a clock that was wrong, and says nothing.
pub fn is_due(
    (last, misses_mail): (Option<Timestamp>, bool),
    now: Timestamp,
    zone: &TimeZone,
) -> bool {
    let Some(last) = last.filter(|last| *last <= now) else {
        return true;
    };
    if misses_mail && now.duration_since(last) >= AGAIN_AFTER {
        return true;
    }
    let here = now.to_zoned(zone.clone());
    day_in(zone, last) < here.date() && here.hour() >= NIGHT_HOUR
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::basics::ids::ContentHash;

    fn message(state: MessageState) -> Message {
        let letter = ContentHash::of(b"letter");
        Message {
            id: Message::id_of(letter),
            content: letter,
            size_bytes: 6,
            header_message_id: None,
            from: None,
            subject: String::new(),
            received_at: Timestamp::UNIX_EPOCH,
            mailbox: "ap".into(),
            state,
            route: None,
            notes: vec!["a newsletter".into()],
            version: 1,
        }
    }

    #[test]
    fn every_mail_is_documents_nothing_with_its_reason_quarantined_or_a_gap() {
        let of = |state, documents| account_for("7", Some(9), Some((&message(state), documents)));
        let filed = of(MessageState::Filed, 2);
        assert_eq!((filed.account, filed.documents), (Account::Documents, 2));
        let nothing = of(MessageState::Read, 0);
        assert_eq!(nothing.account, Account::Nothing);
        assert_eq!(nothing.why, "a newsletter");
        let parked = of(MessageState::Quarantined, 0);
        assert_eq!(parked.account, Account::Quarantined);
        assert_eq!(of(MessageState::Fetched, 0).account, Account::Waiting);
        assert_eq!(account_for("7", Some(7), None).account, Account::Coming);
        assert_eq!(account_for("7", Some(8), None).account, Account::Missing);
        let local = "1780000000.M1P1Q1.mail";
        assert_eq!(account_for(local, None, None).account, Account::Coming);
    }

    #[test]
    fn it_is_due_once_a_night_and_at_the_very_first_look() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let due = |last: &str, now: &str| is_due((Some(at(last)), false), at(now), &TimeZone::UTC);
        let never = (None, false);
        assert!(is_due(never, at("2026-11-20T12:00:00Z"), &TimeZone::UTC));
        assert!(!due("2026-11-20T02:00:00Z", "2026-11-20T23:59:00Z"));
        assert!(!due("2026-11-20T23:00:00Z", "2026-11-21T01:59:00Z"));
        assert!(due("2026-11-20T23:00:00Z", "2026-11-21T02:00:00Z"));
        assert!(due("2026-11-11T02:00:00Z", "2026-11-21T09:00:00Z"));
        // The clock said 2036 when this machine began.
        assert!(due("2036-01-01T00:00:00Z", "2026-11-21T09:00:00Z"));
    }

    #[test]
    fn a_mail_that_is_missing_is_asked_for_every_hour() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let missing = (Some(at("2026-11-20T12:00:00Z")), true);
        assert!(!is_due(missing, at("2026-11-20T12:59:59Z"), &TimeZone::UTC));
        assert!(is_due(missing, at("2026-11-20T13:00:00Z"), &TimeZone::UTC));
    }
}
