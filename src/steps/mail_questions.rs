//! What a person is asked about a mail that was taken apart: what cannot be opened, what nobody else reads, an answer that does
//! not count.

use super::Office;
use super::open_mail::OpenedMail;
use crate::basics::calendar::Timestamp;
use crate::domain::approval::understand;
use crate::domain::document::Side;
use crate::domain::exception::{Exception, ExceptionCode, Ownership};
use crate::domain::message::Message;
use crate::domain::message::link::linked_bill;

/// Files named in one reason; the rest is counted.
const MAX_NAMED: usize = 10;

/// It bears the mark of a program, and decides in so many words.
pub(super) fn decides(opened: &OpenedMail) -> bool {
    opened.routed.is_marked_answer() && understand(&opened.new_text.text).is_decision()
}

/// It is not counted, but a person is told.
pub(super) fn not_counted(
    office: &Office,
    message: &Message,
    opened: &OpenedMail,
    now: Timestamp,
) -> Exception {
    let from = opened.facts.sender().map(ToString::to_string);
    let from = from.unwrap_or_else(|| "nobody".to_owned());
    let marks = opened.routed.reasons.join("; ");
    Exception::raise(
        ExceptionCode::ReplyRefused,
        message.id.into(),
        "marked as a program's",
        &office.rules.owners.payables,
        now,
        (
            format!(
                "an answer from {from} decides a bill and is marked as written by a program, so it was not counted: {marks}"
            ),
            "Ask the approver whether it was theirs, and have them answer without that mark or decide with bills approve or reject.",
        ),
    )
}

fn owner<'a>(office: &'a Office, message: &Message) -> &'a Ownership {
    let owners = &office.rules.owners;
    match office.rules.side_of(&message.mailbox) {
        Side::Receivable => &owners.receivables,
        Side::Payable | Side::None | Side::Unclear => &owners.payables,
    }
}

/// Beside its documents the mail brings files that cannot be opened; a bill may be in one of them.
pub(super) fn to_be_opened(
    office: &Office,
    message: &Message,
    opened: &OpenedMail,
    now: Timestamp,
) -> Exception {
    let subject = &opened.facts.subject;
    let names = left_closed(opened);
    Exception::raise(
        ExceptionCode::DocumentUnclear,
        message.id.into(),
        "left closed",
        owner(office, message),
        now,
        (
            format!("the mail \"{subject}\" brings what cannot be opened: {names}"),
            "Ask the sender for it as a PDF, or resolve this when nothing is missing.",
        ),
    )
}

/// The names of the files that cannot be opened.
fn left_closed(opened: &OpenedMail) -> String {
    let names = opened.left_closed.iter().take(MAX_NAMED);
    let names = names.map(String::as_str).collect::<Vec<_>>().join(", ");
    let more = opened.left_closed.len().saturating_sub(MAX_NAMED);
    match more {
        0 => names,
        more => format!("{names} and {more} more"),
    }
}

pub(super) fn to_be_read(
    office: &Office,
    message: &Message,
    opened: &OpenedMail,
    now: Timestamp,
) -> Exception {
    let subject = &opened.facts.subject;
    let link = linked_bill(&opened.facts.text);
    let (reason, action) = match link {
        Some(host) => (
            format!(
                "the mail \"{subject}\" brings no bill but a link to one at {host}; nothing is fetched"
            ),
            "Look whether you know the sender and the host; fetch the bill by hand and send it to this mailbox, or ask for a PDF.",
        ),
        None if !opened.left_closed.is_empty() => (
            format!(
                "no document in the mail \"{subject}\", only what cannot be opened: {}",
                left_closed(opened)
            ),
            "Ask the sender for it as a PDF, or resolve this when nothing is to be done.",
        ),
        None => (
            format!("no document in the mail \"{subject}\", and it answers nothing of ours"),
            "Read the mail and answer it, or resolve this when nothing is to be done.",
        ),
    };
    Exception::raise(
        ExceptionCode::DocumentUnclear,
        message.id.into(),
        "",
        owner(office, message),
        now,
        (reason, action),
    )
}
