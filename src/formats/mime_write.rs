//! Writes a mail we send (RFC 5322, MIME RFC 2045 to 2049). Nothing here asks the clock or draws a number: the same letter
//! gives the same bytes, so that a second try after a lost answer sends the very same mail.
//!
//! No text can start a header of its own: every header value passes `one_line` or a type that holds no line break.

mod encode;

use crate::basics::address::MailAddress;
use crate::basics::calendar::Timestamp;
use crate::basics::ids::{ContentHash, HeaderMessageId};
use crate::basics::text::one_line;

/// The field by which our own mail is known when it comes back.
pub const MARK_FIELD: &str = "X-Countinghouse-Mark";
/// Characters of a subject: more than any mail program shows.
const SUBJECT_MAX_CHARS: usize = 250;
/// Characters of a name beside an address.
const NAME_MAX_CHARS: usize = 120;
/// Characters of a file name: file systems take 255 bytes, and a character can take four.
const FILE_NAME_MAX_CHARS: usize = 60;
/// Octets of a Message-ID we repeat: with its brackets and blank it stays within a line (RFC 5322 section 2.1.1: 998).
const MESSAGE_ID_MAX_BYTES: usize = 900;
/// The newest Message-IDs kept in References besides the first: a thread of hundreds must not make a header of 100 KiB.
const REFERENCES_KEPT: usize = 20;

/// Whether a mail answers one or was written on our own account (RFC 3834 section 5).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Automatic {
    /// `auto-generated`.
    Generated,
    /// `auto-replied`: it answers one mail.
    Replied,
}

/// One mail, ready to be put into bytes.
#[derive(Clone, Copy, Debug)]
pub struct MailToWrite<'a> {
    /// The header Message-ID; the boundaries are derived from it.
    pub message_id: &'a HeaderMessageId,
    /// The header From.
    pub from: &'a MailAddress,
    /// The name shown beside it; may be empty.
    pub from_name: &'a str,
    /// The one recipient.
    pub to: &'a MailAddress,
    /// The header Reply-To, when it differs from From.
    pub reply_to: Option<&'a MailAddress>,
    /// One line, without limit of alphabet.
    pub subject: &'a str,
    /// The header Date, written in UTC.
    pub date: Timestamp,
    /// The mail it answers.
    pub in_reply_to: Option<&'a HeaderMessageId>,
    /// The thread it belongs to, oldest first.
    pub references: &'a [HeaderMessageId],
    /// The header Auto-Submitted.
    pub automatic: Automatic,
    /// Why we write, the header X-Countinghouse: `approval_request`, ….
    pub purpose: &'a str,
    /// What only we can make of the Message-ID: the header X-Countinghouse-Mark.
    pub mark: &'a str,
    /// The plain text part; lines end with a line feed.
    pub text: &'a str,
    /// The HTML part.
    pub html: &'a str,
    /// The files that go along, in this order.
    pub files: &'a [FileToWrite<'a>],
}

/// A file that goes along.
#[derive(Clone, Copy, Debug)]
pub struct FileToWrite<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its media type; what is none becomes `application/octet-stream`.
    pub media_type: &'a str,
    /// Its bytes.
    pub bytes: &'a [u8],
}

/// The bytes of the mail, every line ended by CR LF, every character of the headers ASCII unless an address itself is not.
pub fn write_mail(mail: &MailToWrite<'_>) -> Vec<u8> {
    let mut out = Vec::with_capacity(size_hint(mail));
    write_headers(mail, &mut out);
    let digest = ContentHash::of(mail.message_id.as_str().as_bytes()).to_string();
    let seed = digest.get(..24).unwrap_or_default();
    // An underscore after an equals sign stands in no quoted-printable and no base64 text: a boundary cannot occur in a part.
    let (mixed, alternative) = (format!("=_m_{seed}"), format!("=_a_{seed}"));
    if mail.files.is_empty() {
        write_alternative(mail, &alternative, &mut out);
        return out;
    }
    push(
        &mut out,
        &[
            "Content-Type: multipart/mixed;\r\n boundary=\"",
            &mixed,
            "\"\r\n\r\n",
        ],
    );
    push(&mut out, &["--", &mixed, "\r\n"]);
    write_alternative(mail, &alternative, &mut out);
    for file in mail.files {
        push(&mut out, &["--", &mixed, "\r\n"]);
        write_file(file, &mut out);
    }
    push(&mut out, &["--", &mixed, "--\r\n"]);
    out
}

fn size_hint(mail: &MailToWrite<'_>) -> usize {
    let files = mail.files.iter().map(|file| file.bytes.len() / 2 * 3);
    let texts = (mail.text.len() + mail.html.len()) / 2 * 3;
    files.fold(texts + 4096, usize::saturating_add)
}

fn write_headers(mail: &MailToWrite<'_>, out: &mut Vec<u8>) {
    let name = encode::display_name(&one_line(mail.from_name, NAME_MAX_CHARS));
    let subject = encode::unstructured(
        "Subject: ".len(),
        &one_line(mail.subject, SUBJECT_MAX_CHARS),
    );
    let from = mail.from.to_string();
    let gap = if name.len() + from.len() > 60 {
        "\r\n "
    } else {
        " "
    };
    let from = if name.is_empty() {
        from
    } else {
        format!("{name}{gap}<{from}>")
    };
    header(out, "From", &from);
    header(out, "To", &mail.to.to_string());
    if let Some(reply_to) = mail.reply_to {
        header(out, "Reply-To", &reply_to.to_string());
    }
    header(out, "Subject", &subject);
    header(
        out,
        "Date",
        &mail
            .date
            .strftime("%a, %d %b %Y %H:%M:%S +0000")
            .to_string(),
    );
    header(out, "Message-ID", &mail.message_id.to_string());
    if let Some(id) = mail.in_reply_to.filter(|id| is_repeatable(id)) {
        header(out, "In-Reply-To", &id.to_string());
    }
    let references = references(mail.references);
    if !references.is_empty() {
        header(out, "References", &references);
    }
    let automatic = match mail.automatic {
        Automatic::Generated => "auto-generated",
        Automatic::Replied => "auto-replied",
    };
    header(out, "Auto-Submitted", automatic);
    // Out-of-office answers stay welcome: an absent approver is worth knowing.
    header(out, "X-Auto-Response-Suppress", "DR, RN, NRN, AutoReply");
    header(out, "X-Countinghouse", &token_or(mail.purpose, "unknown"));
    header(out, MARK_FIELD, &token_or(mail.mark, "none"));
    header(out, "MIME-Version", "1.0");
}

/// The first of the thread and its newest: the order of RFC 5322 section 3.6.4, one a line.
fn references(ids: &[HeaderMessageId]) -> String {
    let ids = ids
        .iter()
        .filter(|id| is_repeatable(id))
        .collect::<Vec<_>>();
    let newest = ids.len().saturating_sub(REFERENCES_KEPT).max(1);
    let kept = ids.iter().take(1).chain(ids.iter().skip(newest));
    kept.map(ToString::to_string)
        .collect::<Vec<_>>()
        .join("\r\n ")
}

/// A stranger chose it: only what fits a line, in ASCII and without brackets inside, is said again.
fn is_repeatable(id: &HeaderMessageId) -> bool {
    let id = id.as_str();
    id.len() <= MESSAGE_ID_MAX_BYTES && id.is_ascii() && !id.contains(['<', '>', '(', ')'])
}

/// A word of RFC 2045 section 5.1 (token), or `otherwise`.
fn token_or(text: &str, otherwise: &str) -> String {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '+');
    let is_token = (1..=80).contains(&text.len()) && text.chars().all(fits);
    if is_token { text } else { otherwise }.to_owned()
}

fn write_alternative(mail: &MailToWrite<'_>, boundary: &str, out: &mut Vec<u8>) {
    push(
        out,
        &[
            "Content-Type: multipart/alternative;\r\n boundary=\"",
            boundary,
            "\"\r\n\r\n",
        ],
    );
    for (subtype, text) in [("plain", mail.text), ("html", mail.html)] {
        push(
            out,
            &[
                "--",
                boundary,
                "\r\nContent-Type: text/",
                subtype,
                "; charset=utf-8\r\n",
            ],
        );
        push(
            out,
            &["Content-Transfer-Encoding: quoted-printable\r\n\r\n"],
        );
        encode::quoted_printable(text, out);
    }
    push(out, &["--", boundary, "--\r\n"]);
}

fn write_file(file: &FileToWrite<'_>, out: &mut Vec<u8>) {
    header(out, "Content-Type", &media_type(file.media_type));
    let name = one_line(file.name, FILE_NAME_MAX_CHARS).replace(['/', '\\'], "_");
    let name = if name.is_empty() { "attachment" } else { &name };
    header(
        out,
        "Content-Disposition",
        &format!("attachment;{}", encode::parameter("filename", name)),
    );
    header(out, "Content-Transfer-Encoding", "base64\r\n");
    encode::base64_lines(file.bytes, out);
}

/// `message/…` and `multipart/…` must not be in base64 (RFC 2046 section 5), so they travel as plain bytes.
fn media_type(text: &str) -> String {
    let known = text.split_once('/').filter(|(top, sub)| {
        let top = top.to_ascii_lowercase();
        matches!(
            top.as_str(),
            "application" | "audio" | "font" | "image" | "text" | "video"
        ) && token_or(sub, "") == **sub
            && !sub.is_empty()
    });
    known
        .map_or("application/octet-stream", |_| text)
        .to_owned()
}

fn header(out: &mut Vec<u8>, name: &str, value: &str) {
    push(out, &[name, ": ", value, "\r\n"]);
}

fn push(out: &mut Vec<u8>, texts: &[&str]) {
    for text in texts {
        out.extend_from_slice(text.as_bytes());
    }
}

#[cfg(test)]
mod tests;
