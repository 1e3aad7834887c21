//! One received mail: who sent it, what is in it, where it goes.

pub mod facts;
pub mod own;
pub mod token;
pub mod automatic;
pub mod delivery_report;
pub mod new_text;
pub mod authenticity;
pub mod route;
pub mod parts;
pub mod link;
pub mod state;
pub mod start;
pub mod arrival;
pub mod reconcile;
pub mod restored;
pub mod silence;

pub use state::{MessageEvent, MessageState};

use crate::basics::address::MailAddress;
use crate::basics::calendar::Timestamp;
use crate::basics::ids::{ContentHash, HeaderMessageId, MessageId};
use crate::words;

words! {
    /// What kind of mail it is, decided before any document in it is looked at.
    pub enum Route {
        /// Its parts are read as documents.
        Documents = "documents",
        /// An answer to an approval request.
        ApprovalReply = "approval_reply",
        /// An answer to a reminder.
        CustomerReply = "customer_reply",
        /// A report on a mail of ours (RFC 3464).
        DeliveryReport = "delivery_report",
        /// A complaint about a mail of ours (RFC 5965).
        FeedbackReport = "feedback_report",
        /// An automatic answer (RFC 3834): noted, never answered.
        AutomaticReply = "automatic_reply",
        /// Nothing in it concerns the books.
        Nothing = "nothing",
    }
}

impl Route {
    /// Why files of such a mail are quotations and not business; `None` where they are read.
    pub fn documents_do_not_count(self) -> Option<&'static str> {
        match self {
            Self::Documents | Self::CustomerReply => None,
            Self::ApprovalReply => {
                Some("it came with an answer to an approval request, which may quote the bill")
            }
            Self::DeliveryReport | Self::FeedbackReport => {
                Some("it is part of a report about a mail of ours")
            }
            Self::AutomaticReply => Some("it came with an automatic answer"),
            Self::Nothing => Some("nothing in the mail concerns the books"),
        }
    }
}

/// One received mail, by the letter in it: the same mail delivered to two mailboxes is one message with two arrivals, though
/// servers wrote other trace fields on each copy. The bytes are those of the first.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Message {
    /// Derived from the hash of the letter: the bytes without the fields that servers write on delivery.
    pub id: MessageId,
    /// Names its bytes in the vault.
    pub content: ContentHash,
    /// Octets.
    pub size_bytes: u64,
    /// The sender's Message-ID, when it has a readable one.
    pub header_message_id: Option<HeaderMessageId>,
    /// The single From address; a claim until authenticated.
    pub from: Option<MailAddress>,
    /// One printable line.
    pub subject: String,
    /// When the server took it (INTERNALDATE), else when we did.
    pub received_at: Timestamp,
    /// The mailbox of its first arrival, by its name in the configuration.
    pub mailbox: String,
    /// Where it stands.
    pub state: MessageState,
    /// What kind of mail it is, once read.
    pub route: Option<Route>,
    /// Why it took this route, why it was quarantined, what was odd: lines for people.
    pub notes: Vec<String>,
    /// 0 before it is stored.
    pub version: u64,
}

impl Message {
    /// The id of the message with this letter in it.
    pub fn id_of(letter: ContentHash) -> MessageId {
        MessageId::derive(&[&letter.to_string()])
    }
}

/// One place where a message was found: (mailbox, UIDVALIDITY, UID) names it for ever (RFC 3501 section 2.3.1.1).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Arrival {
    /// The mailbox by its name in the configuration.
    pub mailbox: String,
    /// UIDVALIDITY; 0 for a Maildir.
    pub uid_validity: u32,
    /// UID as text; the unique part of the file name for a Maildir.
    pub uid: String,
    /// The message found there.
    pub message: MessageId,
    /// The mark on the server is known to be set; nothing depends on it.
    pub filed: bool,
}

/// What the uid of a mail begins with that was taken from a file by hand.
const FROM_FILE: &str = "file-";

impl Arrival {
    /// The uid of a mail taken from a file with these bytes: no mailbox gives such numbers.
    pub fn uid_of_file(content: ContentHash) -> String {
        format!("{FROM_FILE}{content}")
    }

    /// There is an original in the mailbox that can be marked.
    pub fn has_original(&self) -> bool {
        self.uid_validity > 0 || !self.uid.starts_with(FROM_FILE)
    }
}
