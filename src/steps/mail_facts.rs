//! A mail as it was read, told to the domain in its own words.

use std::borrow::Cow;

use crate::basics::address::MailAddress;
use crate::basics::calendar::{Date, TimeZone, day_in};
use crate::domain::message::Message;
use crate::domain::message::facts::{
    ArcSet, AuthenticationStatement, CheckResult, DeliveryStatusFacts, MailFacts, RecipientFacts,
    StatusSource,
};
use crate::formats::delivery_status::RecipientStatus;
use crate::formats::mime::{Disposition, Headers, Mail, Mailbox, Part, read_headers};
use crate::formats::mime_write::MARK_FIELD;
use crate::formats::ses_notice::{SesEvent, SesNotice};
use crate::formats::sniff::{FileType, file_type};
use crate::formats::xml_root::RootKind;
use crate::formats::{arc, authentication_results, delivery_status, html, ses_notice};

/// Longest text handed to the rules, in bytes: they look at what people write, not at files.
const MAX_TEXT_BYTES: usize = 256 * 1024;

/// `body` is the text people read (HTML already made text); `documents` how many parts are worth reading.
pub fn mail_facts(mail: &Mail<'_>, body: String, documents: usize) -> MailFacts {
    let headers = &mail.headers;
    let feedback = own_part(mail, &["message/feedback-report"])
        .and_then(Part::text)
        .map(|text| delivery_status::read_feedback(&text));
    let notice = ses_notice::read(&body);
    let complaint = notice
        .as_ref()
        .filter(|notice| notice.event == SesEvent::Complaint)
        .map(|_| vec![("feedback-type".to_owned(), "abuse".to_owned())]);
    let returned = returned(mail);
    MailFacts {
        delivery_status: notice.map(of_service).or_else(|| status_facts(mail, &body)),
        text: body,
        documents,
        feedback: feedback.or(complaint),
        returned_message_id: returned.as_ref().and_then(|head| head.message_id.clone()),
        returned_recipients: returned.map_or_else(Vec::new, |head| {
            [addresses(&head.to), addresses(&head.cc)].concat()
        }),
        ..header_facts(headers)
    }
}

/// The day on which its writer wrote it, by the Date field (RFC 5322 section 3.6.1) in the writer's own zone; where there is none that can be
/// read, the day it came.
pub fn written_on(facts: &MailFacts, message: &Message, zone: &TimeZone) -> Date {
    let dated = facts.first("Date");
    let dated = dated.and_then(|text| jiff::fmt::rfc2822::parse(text.trim()).ok());
    let received_on = || day_in(zone, message.received_at);
    dated.map_or_else(received_on, |dated| dated.date())
}

/// What the header alone says, of a mail that cannot be taken apart.
pub fn header_facts(headers: &Headers) -> MailFacts {
    MailFacts {
        fields: headers.fields.clone(),
        message_id: headers.message_id.clone(),
        mark: mark(&headers.fields),
        from: addresses(&headers.from),
        from_count: headers.from.len(),
        recipients: [addresses(&headers.to), addresses(&headers.cc)].concat(),
        subject: headers.subject.clone(),
        thread: [headers.in_reply_to.clone(), headers.references.clone()].concat(),
        duplicated: headers.duplicated.clone(),
        media_type: headers.content.media_type.clone(),
        report_type: headers.content.report_type.clone(),
        authentication: statements(&headers.fields),
        arc: arc::read(&headers.fields).into_iter().map(seal).collect(),
        ..MailFacts::default()
    }
}

/// The text a person reads: the plain one, else the HTML one without its tags. Who routes a mail and who records it later
/// read the same text.
pub fn body_text(mail: &Mail<'_>) -> String {
    let plain = plain_body(mail);
    if !plain.trim().is_empty() {
        return plain;
    }
    let markup = own_bodies(mail)
        .filter(|part| part.content_type == "text/html")
        .find_map(|part| whole_text(mail, part));
    let mut text = markup.map_or(plain, |markup| html::text(&markup, html::Quotes::Keep));
    text.truncate(text.floor_char_boundary(MAX_TEXT_BYTES));
    text
}

/// The first plain text of the mail itself, attached mails left out. Empty for a mail in HTML only: see [`body_text`].
pub fn plain_body(mail: &Mail<'_>) -> String {
    let mut text = own_bodies(mail)
        .filter(|part| part.content_type == "text/plain")
        .find_map(|part| whole_text(mail, part))
        .unwrap_or_default();
    text.truncate(text.floor_char_boundary(MAX_TEXT_BYTES));
    text
}

fn own_bodies<'m>(mail: &'m Mail<'_>) -> impl Iterator<Item = &'m Part<'m>> {
    mail.parts
        .iter()
        .filter(|part| part.inside.is_none() && is_text(part))
}

/// The text of a part with the texts that go on behind the pictures and files shown in it: Apple Mail divides what somebody
/// wrote wherever a file was put into it.
pub fn whole_text(mail: &Mail<'_>, first: &Part<'_>) -> Option<String> {
    let mut text = first.text()?;
    for next in mail.parts.iter().filter(|part| goes_on(first, part)) {
        text.push('\n');
        text.push_str(&next.text().unwrap_or_default());
    }
    Some(text)
}

/// It is the rest of a text that began in another part.
pub fn continues(mail: &Mail<'_>, part: &Part<'_>) -> bool {
    let mut before = mail
        .parts
        .iter()
        .take_while(|other| other.path != part.path);
    before.any(|first| is_text(first) && goes_on(first, part))
}

/// Texts of one sort that stand in the same container, neither a file.
fn goes_on(first: &Part<'_>, part: &Part<'_>) -> bool {
    let container = |part: &Part<'_>| {
        let (container, number) = part.path.rsplit_once('.').unwrap_or(("", &part.path));
        Some((container.to_owned(), number.parse::<u32>().ok()?))
    };
    let follows = match (container(first), container(part)) {
        (Some((a, first)), Some((b, next))) => a == b && first < next,
        _ => false,
    };
    let is_shown = |part: &Part<'_>| part.disposition != Disposition::Attachment;
    follows
        && first.inside == part.inside
        && first.content_type == part.content_type
        && is_text(part)
        && is_shown(first)
        && is_shown(part)
}

/// A text to be read in the mail, and no file: without a name, declared so, and not something else by its bytes. What it is
/// declared as is a claim: scanners and scripts send PDFs as nameless text.
pub fn is_text(part: &Part<'_>) -> bool {
    let declared = matches!(part.content_type.as_str(), "text/plain" | "text/html");
    declared && part.name.is_none() && !is_told_by_bytes(&part.bytes)
}

/// The bytes tell a format that no text has by chance.
fn is_told_by_bytes(bytes: &[u8]) -> bool {
    match file_type(bytes) {
        // A text may speak of the mark of a PDF.
        FileType::Pdf => bytes.starts_with(b"%PDF-"),
        FileType::Xml(root) => root != RootKind::Other,
        FileType::Png
        | FileType::Jpeg
        | FileType::Gif
        | FileType::Tiff
        | FileType::Zip
        | FileType::Xlsx
        | FileType::Ods
        | FileType::Xls
        | FileType::OfficeDocument
        | FileType::OfficeMacros
        | FileType::OutlookMessage
        | FileType::Ole
        | FileType::Tnef => true,
        FileType::Empty
        | FileType::Html
        | FileType::Csv
        | FileType::X12
        | FileType::Edifact
        | FileType::Text
        | FileType::Pkcs7
        | FileType::Email
        | FileType::Unknown => false,
    }
}

fn mark(fields: &[(String, String)]) -> Option<String> {
    let mut named = fields.iter();
    let found = named.find(|(name, _)| name.eq_ignore_ascii_case(MARK_FIELD));
    found.map(|(_, value)| value.clone())
}

fn own_part<'m>(mail: &'m Mail<'_>, types: &[&str]) -> Option<&'m Part<'m>> {
    mail.parts
        .iter()
        .find(|part| part.inside.is_none() && types.contains(&part.content_type.as_str()))
}

fn addresses(mailboxes: &[Mailbox]) -> Vec<MailAddress> {
    mailboxes
        .iter()
        .filter_map(|mailbox| mailbox.address.clone())
        .collect()
}

/// A mail sent back whole, or only its header section.
fn returned<'m>(mail: &'m Mail<'_>) -> Option<Cow<'m, Headers>> {
    let mut own = mail.parts.iter().filter(|part| part.inside.is_none());
    own.find_map(|part| match (&part.opened, part.content_type.as_str()) {
        (Some(opened), _) => Some(Cow::Borrowed(opened.as_ref())),
        (None, "text/rfc822-headers" | "message/rfc822-headers") => {
            Some(Cow::Owned(read_headers(&part.bytes)))
        }
        _ => None,
    })
}

/// The report's own part, else its fields in the text.
fn status_facts(mail: &Mail<'_>, body: &str) -> Option<DeliveryStatusFacts> {
    let types = ["message/delivery-status", "message/global-delivery-status"];
    let part = own_part(mail, &types).and_then(Part::text);
    let (status, source) = match part {
        Some(text) => (delivery_status::read(&text), StatusSource::Part),
        None => (delivery_status::find(body)?, StatusSource::Text),
    };
    Some(DeliveryStatusFacts {
        source,
        envelope_id: status.envelope_id,
        original_message_id: status.original_message_id,
        recipients: status.recipients.into_iter().map(recipient).collect(),
    })
}

fn of_service(notice: SesNotice) -> DeliveryStatusFacts {
    DeliveryStatusFacts {
        source: StatusSource::Service,
        envelope_id: None,
        original_message_id: notice.original_message_id,
        recipients: notice.recipients.into_iter().map(recipient).collect(),
    }
}

fn recipient(status: RecipientStatus) -> RecipientFacts {
    RecipientFacts {
        final_recipient: status.final_recipient,
        original_recipient: status.original_recipient,
        action: status.action,
        status: status.status,
        diagnostic: status.diagnostic,
    }
}

fn statements(fields: &[(String, String)]) -> Vec<AuthenticationStatement> {
    let named = fields
        .iter()
        .enumerate()
        .filter(|(_, (name, _))| name.eq_ignore_ascii_case("Authentication-Results"));
    let read =
        named.filter_map(|(at, (_, value))| Some((at, authentication_results::read(value)?)));
    read.map(|(field, read)| AuthenticationStatement {
        field,
        authserv_id: read.authserv_id,
        results: read.results.into_iter().map(check).collect(),
    })
    .collect()
}

fn seal(set: arc::ArcSet) -> ArcSet {
    ArcSet {
        sealer: set.sealer,
        covers_from: set.covers_from,
        results: set.results.into_iter().map(check).collect(),
    }
}

fn check(result: authentication_results::MethodResult) -> CheckResult {
    CheckResult {
        method: result.method,
        result: result.result,
        properties: result.properties,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_around_a_file_is_one_text() {
        let part = |head: &str, text: &str| format!("--x\r\n{head}\r\n\r\n{text}\r\n");
        let plain = "Content-Type: text/plain";
        let mails = [
            (
                part(
                    "Content-Type: image/png\r\nContent-Disposition: inline; filename=a.png",
                    "abc",
                ),
                "Rejected: wrong\nprice\nregards",
            ),
            (
                part("Content-Type: text/plain; name=a.txt", "a file"),
                "Rejected: wrong\nprice\nregards",
            ),
        ];
        for (between, expected) in mails {
            let raw = [
                "From: a@b.example\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n",
                &part(plain, "Rejected: wrong"),
                &between,
                &part(plain, "price"),
                &part("Content-Type: text/plain\r\nContent-Disposition: attachment", "a letter"),
                &part(plain, "regards"),
                "--x--\r\n",
            ]
            .concat();
            let mail = crate::formats::mime::read(raw.as_bytes()).expect("a mail");
            assert_eq!(plain_body(&mail), expected);
            let continuing = mail.parts.iter().filter(|part| continues(&mail, part));
            let paths = continuing.map(|part| part.path.as_str());
            assert_eq!(paths.collect::<Vec<_>>(), ["3", "5"]);
        }
    }

    #[test]
    fn a_long_text_is_cut_between_two_letters() {
        for before in ["", "a", "ab", "abc"] {
            let letters = "😀".repeat(MAX_TEXT_BYTES / 4 + 10);
            let raw = format!(
                "From: a@b.example\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{before}{letters}"
            );
            let mail = crate::formats::mime::read(raw.as_bytes()).expect("a mail");
            let text = plain_body(&mail);
            assert!(text.len() <= MAX_TEXT_BYTES && text.len() > MAX_TEXT_BYTES - 4);
            assert!(text.ends_with('😀'));
        }
    }
}
