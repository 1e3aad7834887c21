//! Mail as it travels (RFC 5322, MIME RFC 2045 to 2049): raw bytes to headers and parts.
//!
//! The splitting is ours and goes no deeper than its limits, so that no mail, however it nests, can exhaust the stack of
//! an ordinary thread. mail-parser reads the single header fields and the character sets.

mod header;
mod boundary;
mod split;
mod transfer;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

pub use header::{Headers, Mailbox, read_headers};

use super::issue::Issue;
use super::unpacked::Contents;
use crate::basics::text::one_line;

/// The largest mail read. Large servers refuse more than 25 to 50 MiB, so a larger one is an accident or an attack.
pub const MAX_MAIL_BYTES: usize = 50 * 1024 * 1024;
/// The longest header section, of the mail or of a part.
pub const MAX_HEADER_BYTES: usize = 256 * 1024;
/// Parts of one mail, containers and attached mails included. The largest honest ones seen had some dozens.
pub const MAX_PARTS: usize = 200;
/// Containers inside containers, attached mails included.
pub const MAX_DEPTH: usize = 20;
/// Attached mails opened inside attached mails: a forward of a forward of a forward. Deeper ones stay closed files.
pub const MAX_OPENED_MAILS: usize = 5;
/// Issues kept; a broken mail repeats itself.
const MAX_ISSUES: usize = 50;

/// A mail read to the end. Bytes that needed no decoding are borrowed from the raw mail.
#[derive(Clone, PartialEq, Debug)]
pub struct Mail<'a> {
    /// The header section.
    pub headers: Headers,
    /// Every leaf and every opened mail, in the order they stand, attached mails before their contents.
    pub parts: Vec<Part<'a>>,
    /// What was odd.
    pub issues: Vec<Issue>,
}

/// How a part asks to be shown (RFC 2183).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Disposition {
    /// No word about it.
    Unstated,
    /// Shown with the text.
    Inline,
    /// A file.
    Attachment,
}

/// One leaf of the tree, or an attached mail that was opened.
#[derive(Clone, PartialEq, Debug)]
pub struct Part<'a> {
    /// Its place, numbered as IMAP does (RFC 3501 section 6.4.5): `1`, `2.1`.
    pub path: String,
    /// The path of the attached mail it was found in; `None` directly in the mail.
    pub inside: Option<String>,
    /// `type/subtype` as declared, lower case; a claim.
    pub content_type: String,
    /// The declared character set.
    pub charset: Option<String>,
    /// `format=flowed` (RFC 3676).
    pub is_flowed: bool,
    /// Stands in a `multipart/alternative`: the same text in another form stands beside it.
    pub is_alternative: bool,
    /// The file name: decoded, without folders and control characters; a claim.
    pub name: Option<String>,
    /// How it asks to be shown.
    pub disposition: Disposition,
    /// `Content-ID` without angle brackets: how an HTML body names its images.
    pub content_id: Option<String>,
    /// Transfer encoding removed. Empty for an opened mail, whose parts follow.
    pub bytes: Cow<'a, [u8]>,
    /// The headers of an opened mail: claims, nobody authenticated them.
    pub opened: Option<Box<Headers>>,
    /// A container that was unpacked: its files follow.
    pub is_unpacked: bool,
}

/// What containers among the parts of a mail hold, by the place of each.
pub type Unpacked = BTreeMap<String, Contents>;

impl Part<'_> {
    /// The bytes as text; `None` unless the type is `text/…` or a mail report.
    pub fn text(&self) -> Option<String> {
        let textual = self.content_type.starts_with("text/")
            || matches!(
                self.content_type.as_str(),
                "message/delivery-status"
                    | "message/feedback-report"
                    | "message/global-delivery-status"
            );
        textual.then(|| transfer::text(&self.bytes, self.charset.as_deref()))
    }
}

/// Why a mail could not be read at all. It is kept and put into quarantine.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Unreadable {
    /// Zero bytes.
    #[error("the mail is empty: ask the sender to send it again")]
    Empty,
    /// Above [`MAX_MAIL_BYTES`].
    #[error(
        "the mail has {bytes} bytes, more than the {MAX_MAIL_BYTES} that are read: ask for smaller files"
    )]
    TooLarge {
        /// Its size.
        bytes: usize,
    },
    /// Taking it apart was given up.
    #[error("taking the mail apart took too long and was given up: look at the original")]
    TookTooLong,
    /// Not one header field at the top.
    #[error("this is not a mail: {what}; look at the original, perhaps it was damaged on the way")]
    NotAMail {
        /// What stands there instead.
        what: String,
    },
    /// A header section above [`MAX_HEADER_BYTES`].
    #[error(
        "the header section of part {place} is longer than {MAX_HEADER_BYTES} bytes: no mail program writes that"
    )]
    HeaderTooLong {
        /// The part.
        place: String,
    },
    /// More than [`MAX_PARTS`].
    #[error("the mail has more than {MAX_PARTS} parts: ask for one file or an archive")]
    TooManyParts,
    /// Deeper than [`MAX_DEPTH`].
    #[error(
        "the mail nests deeper than {MAX_DEPTH} levels, at part {place}: no mail program writes that"
    )]
    TooDeep {
        /// The part.
        place: String,
    },
    /// `message/partial` (RFC 2046 section 5.2.2): one piece of a mail that was cut up.
    #[error("the mail is a fragment (message/partial): ask the sender to send it whole")]
    Fragment,
    /// A bug in the reader, caught.
    #[error("the mail reader failed on this mail: a bug; keep the original and report it")]
    ReaderFailed,
}

/// Reads a raw mail. An ordinary thread's stack (2 MiB) is enough for any input: see the module.
///
/// # Errors
/// When it is no mail, or above a limit.
pub fn read(raw: &[u8]) -> Result<Mail<'_>, Unreadable> {
    static NOTHING: Unpacked = Unpacked::new();
    read_unpacked(raw, &NOTHING)
}

/// Reads a raw mail whose containers were unpacked before: what they hold takes part as if it had been sent openly, at places
/// behind that of its container (`2/1` is the first file of part `2`).
///
/// # Errors
/// As [`read`].
pub fn read_unpacked<'a>(raw: &'a [u8], unpacked: &'a Unpacked) -> Result<Mail<'a>, Unreadable> {
    if raw.is_empty() {
        return Err(Unreadable::Empty);
    }
    if raw.len() > MAX_MAIL_BYTES {
        return Err(Unreadable::TooLarge { bytes: raw.len() });
    }
    // mail-parser's own changelog tells of panics on strange header fields; the next one must not stop the daemon.
    catch_unwind(AssertUnwindSafe(|| read_checked(raw, unpacked)))
        .unwrap_or(Err(Unreadable::ReaderFailed))
}

fn read_checked<'a>(raw: &'a [u8], unpacked: &'a Unpacked) -> Result<Mail<'a>, Unreadable> {
    let (head, body) = split::header_and_body(raw);
    if head.is_empty() {
        return Err(Unreadable::NotAMail {
            what: describe(raw),
        });
    }
    if head.len() > MAX_HEADER_BYTES {
        return Err(Unreadable::HeaderTooLong { place: "0".into() });
    }
    let headers = read_headers(head);
    if headers.content.media_type == "message/partial" {
        return Err(Unreadable::Fragment);
    }
    let mut walk = split::Walk::new(unpacked);
    walk.mail_body(&headers, body, "", 0, 0)?;
    let mut issues = headers.issues.clone();
    issues.append(&mut walk.issues);
    issues.truncate(MAX_ISSUES);
    Ok(Mail {
        headers,
        parts: walk.parts,
        issues,
    })
}

fn describe(raw: &[u8]) -> String {
    let start = raw.get(..512.min(raw.len())).unwrap_or_default();
    if start.iter().all(|byte| *byte == 0) {
        return "it begins with nothing but NUL bytes".into();
    }
    if start.iter().all(u8::is_ascii_whitespace) {
        return "it begins with nothing but blanks".into();
    }
    let line = start
        .split(|byte| *byte == b'\n')
        .find(|line| !line.trim_ascii().is_empty())
        .unwrap_or_default();
    format!(
        "no header field at its top but “{}”",
        one_line(&String::from_utf8_lossy(line), 60)
    )
}
