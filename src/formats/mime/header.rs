//! The header section (RFC 5322 section 2.2): every field as written, and the known ones read.

use mail_parser::parsers::MessageStream;
use mail_parser::{ContentType, HeaderValue};

use super::{Disposition, Issue};
use crate::basics::address::MailAddress;
use crate::basics::calendar::Timestamp;
use crate::basics::ids::HeaderMessageId;
use crate::basics::text::one_line;

/// One mailbox of an address field.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Mailbox {
    /// The display name, decoded: the sender's choice, proof of nothing.
    pub name: Option<String>,
    /// The address, when it is one.
    pub address: Option<MailAddress>,
    /// The address as written, for the eye.
    pub written: String,
}

/// The content fields of RFC 2045 and 2183.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Content {
    /// False when there is no Content-Type field and the default stands here.
    pub is_declared: bool,
    /// `type/subtype`, lower case.
    pub media_type: String,
    /// Of a container.
    pub boundary: Option<String>,
    /// Of a text.
    pub charset: Option<String>,
    /// RFC 3676.
    pub is_flowed: bool,
    /// `report-type` of a `multipart/report` (RFC 6522), lower case.
    pub report_type: Option<String>,
    /// The file name, cleaned.
    pub name: Option<String>,
    /// How it asks to be shown.
    pub disposition: Disposition,
    /// As written.
    pub transfer_encoding: String,
    /// Without angle brackets.
    pub id: Option<String>,
}

/// A header section, read. Of repeated fields the first counts; `duplicated` names those where that matters.
#[derive(Clone, PartialEq, Debug)]
pub struct Headers {
    /// Every field, top to bottom: name as written, value unfolded.
    pub fields: Vec<(String, String)>,
    /// `Message-ID`.
    pub message_id: Option<HeaderMessageId>,
    /// `From`.
    pub from: Vec<Mailbox>,
    /// `To`.
    pub to: Vec<Mailbox>,
    /// `Cc`.
    pub cc: Vec<Mailbox>,
    /// `Reply-To`.
    pub reply_to: Vec<Mailbox>,
    /// `Subject`, decoded, one line.
    pub subject: String,
    /// `Date`: the sender's claim.
    pub date: Option<Timestamp>,
    /// `In-Reply-To`.
    pub in_reply_to: Vec<HeaderMessageId>,
    /// `References`.
    pub references: Vec<HeaderMessageId>,
    /// `From`, `Subject`, `To`, `Date` or `Message-ID` when written twice: a signature may cover one and people see the
    /// other, so such a mail proves nothing about its sender.
    pub duplicated: Vec<&'static str>,
    /// The content fields.
    pub content: Content,
    /// What was odd.
    pub issues: Vec<Issue>,
}

/// Longest field that is read further than as text; a References field of an endless thread still fits.
const MAX_FIELD_BYTES: usize = 64 * 1024;
/// Longest content field. The parser of parameters compares each with all others; this keeps that short.
const MAX_CONTENT_FIELD_BYTES: usize = 8 * 1024;
/// Longest file name kept, in characters: what file systems take.
const MAX_NAME_CHARS: usize = 200;
/// Longest subject kept, in characters.
const MAX_SUBJECT_CHARS: usize = 1000;
/// Message-IDs of a thread that are kept.
const MAX_IDS: usize = 200;

/// Reads a header section: the bytes before the first empty line.
pub fn read_headers(section: &[u8]) -> Headers {
    let raw = raw_fields(section);
    let fields = raw
        .iter()
        .map(|field| (field.name.to_owned(), unfold(field.value)))
        .collect();
    let all = Lookup { raw: &raw };
    let mut headers = Headers {
        fields,
        message_id: all.ids("Message-ID").into_iter().next(),
        from: all.mailboxes("From"),
        to: all.mailboxes("To"),
        cc: all.mailboxes("Cc"),
        reply_to: all.mailboxes("Reply-To"),
        subject: all.first("Subject").map(unstructured).unwrap_or_default(),
        date: all.date("Date"),
        in_reply_to: all.ids("In-Reply-To"),
        references: all.ids("References"),
        duplicated: Vec::new(),
        content: content(&all),
        issues: Vec::new(),
    };
    for name in ["From", "Subject", "To", "Date", "Message-ID"] {
        if raw
            .iter()
            .filter(|field| field.name.eq_ignore_ascii_case(name))
            .count()
            > 1
        {
            headers.duplicated.push(name);
            headers.issues.push(Issue::new(
                "header",
                format!("{name} is written more than once"),
            ));
        }
    }
    headers
}

impl Headers {
    /// The values of the fields of this name, top to bottom.
    pub fn all<'h>(&'h self, name: &'h str) -> impl Iterator<Item = &'h str> {
        self.fields
            .iter()
            .filter(move |(own, _)| own.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// The same part taken for plain text: for a container that is none.
    pub(super) fn as_plain_text(&self) -> Self {
        let content = Content {
            media_type: "text/plain".into(),
            name: None,
            ..self.content.clone()
        };
        Self {
            content,
            ..self.clone()
        }
    }
}

struct RawField<'a> {
    name: &'a str,
    /// With its folds and the line ending.
    value: &'a [u8],
}

fn raw_fields(section: &[u8]) -> Vec<RawField<'_>> {
    let mut fields = Vec::new();
    let mut start = 0;
    let mut end = 0;
    for line in section.split_inclusive(|byte| *byte == b'\n') {
        if end > start && !line.starts_with(b" ") && !line.starts_with(b"\t") {
            fields.extend(raw_field(section.get(start..end).unwrap_or_default()));
            start = end;
        }
        end += line.len();
    }
    fields.extend(raw_field(section.get(start..end).unwrap_or_default()));
    fields
}

fn raw_field(bytes: &[u8]) -> Option<RawField<'_>> {
    let colon = bytes.iter().position(|byte| *byte == b':')?;
    let name = std::str::from_utf8(bytes.get(..colon)?).ok()?.trim();
    (!name.is_empty()).then_some(RawField {
        name,
        value: bytes.get(colon + 1..)?,
    })
}

fn unfold(value: &[u8]) -> String {
    let text = super::transfer::text(value, None);
    let joined = text
        .chars()
        .filter(|c| !matches!(c, '\r' | '\n' | '\0'))
        .collect::<String>();
    joined.trim().to_owned()
}

struct Lookup<'a> {
    raw: &'a [RawField<'a>],
}

impl<'a> Lookup<'a> {
    fn first(&self, name: &str) -> Option<&'a [u8]> {
        let field = self
            .raw
            .iter()
            .find(|field| field.name.eq_ignore_ascii_case(name))?;
        (field.value.len() <= MAX_FIELD_BYTES).then_some(field.value)
    }

    fn mailboxes(&self, name: &str) -> Vec<Mailbox> {
        let Some(value) = self.first(name) else {
            return Vec::new();
        };
        let parsed = MessageStream::new(value).parse_address();
        let Some(addresses) = parsed.as_address() else {
            return Vec::new();
        };
        addresses
            .iter()
            .filter(|entry| entry.address.is_some() || entry.name.is_some())
            .map(mailbox)
            .collect()
    }

    fn ids(&self, name: &str) -> Vec<HeaderMessageId> {
        let Some(value) = self.first(name) else {
            return Vec::new();
        };
        let parsed = MessageStream::new(value).parse_id();
        let texts: Vec<&str> = match &parsed {
            HeaderValue::Text(text) => vec![text.as_ref()],
            HeaderValue::TextList(list) => list.iter().map(AsRef::as_ref).collect(),
            HeaderValue::Address(_)
            | HeaderValue::DateTime(_)
            | HeaderValue::ContentType(_)
            | HeaderValue::Received(_)
            | HeaderValue::Empty => Vec::new(),
        };
        texts
            .into_iter()
            .filter_map(HeaderMessageId::parse)
            .take(MAX_IDS)
            .collect()
    }

    fn date(&self, name: &str) -> Option<Timestamp> {
        let parsed = MessageStream::new(self.first(name)?).parse_date();
        let date = parsed.as_datetime().filter(|date| date.is_valid())?;
        Timestamp::from_second(date.to_timestamp()).ok()
    }

    fn content_field(&self, name: &str) -> Option<ContentType<'a>> {
        let value = self
            .first(name)
            .filter(|value| value.len() <= MAX_CONTENT_FIELD_BYTES)?;
        MessageStream::new(value)
            .parse_content_type()
            .into_content_type()
    }
}

fn mailbox(entry: &mail_parser::Addr<'_>) -> Mailbox {
    let written = entry.address.as_deref().unwrap_or_default();
    Mailbox {
        name: entry
            .name
            .as_deref()
            .map(|name| one_line(name, MAX_NAME_CHARS))
            .filter(|name| !name.is_empty()),
        address: MailAddress::parse(written),
        written: one_line(written, MAX_NAME_CHARS),
    }
}

fn unstructured(value: &[u8]) -> String {
    // Raw 8-bit subjects are no standard but common; the parser would show them as replacement characters. Inside an
    // encoded word the bytes belong to its character set and stay.
    let is_encoded = value.windows(2).any(|pair| pair == b"=?");
    let utf8 = if is_encoded {
        std::borrow::Cow::Borrowed(value)
    } else {
        super::transfer::text(value, None).into_bytes().into()
    };
    let parsed = MessageStream::new(&utf8).parse_unstructured();
    one_line(parsed.as_text().unwrap_or_default(), MAX_SUBJECT_CHARS)
}

fn content(all: &Lookup<'_>) -> Content {
    let declared = all.content_field("Content-Type");
    let shown = all.content_field("Content-Disposition");
    let attribute = |field: &Option<ContentType<'_>>, name: &str| {
        field
            .as_ref()
            .and_then(|field| field.attribute(name))
            .map(str::to_owned)
    };
    let media_type = declared.as_ref().map(|field| {
        let subtype = field.subtype().unwrap_or_default();
        one_line(&format!("{}/{subtype}", field.ctype()), MAX_NAME_CHARS).to_ascii_lowercase()
    });
    let name = attribute(&shown, "filename").or_else(|| attribute(&declared, "name"));
    Content {
        is_declared: declared.is_some(),
        // RFC 2045 section 5.2: the default.
        media_type: media_type
            .filter(|kind| !kind.starts_with('/'))
            .unwrap_or_else(|| "text/plain".into()),
        boundary: attribute(&declared, "boundary"),
        charset: attribute(&declared, "charset"),
        is_flowed: attribute(&declared, "format")
            .is_some_and(|format| format.eq_ignore_ascii_case("flowed")),
        report_type: attribute(&declared, "report-type").map(|kind| kind.to_ascii_lowercase()),
        name: name.as_deref().and_then(clean_name),
        disposition: match shown
            .as_ref()
            .map(|field| field.ctype().to_ascii_lowercase())
            .as_deref()
        {
            Some("inline") => Disposition::Inline,
            Some("") | None => Disposition::Unstated,
            // RFC 2183 section 2.8: an unknown one is an attachment.
            Some(_) => Disposition::Attachment,
        },
        transfer_encoding: all
            .first("Content-Transfer-Encoding")
            .map(encoding_word)
            .unwrap_or_default(),
        id: all
            .ids("Content-ID")
            .first()
            .map(|id| id.as_str().to_owned()),
    }
}

fn encoding_word(value: &[u8]) -> String {
    let text = unfold(value);
    let word = text
        .split(|c: char| c.is_whitespace() || matches!(c, ';' | '('))
        .next()
        .unwrap_or_default();
    word.trim_matches('"').to_owned()
}

/// A bare file name: decoded where a program wrote an encoded word, no folders, no control characters.
fn clean_name(written: &str) -> Option<String> {
    let decoded = if written.contains("=?") {
        unstructured(written.as_bytes())
    } else {
        written.to_owned()
    };
    let last = decoded.rsplit(['/', '\\']).next().unwrap_or_default();
    let visible = last.chars().filter(|c| !is_hidden(*c)).collect::<String>();
    let name = one_line(&visible, MAX_NAME_CHARS);
    let name = name.trim_start_matches('.').trim();
    (!name.is_empty()).then(|| name.to_owned())
}

/// Marks that turn the reading direction make `exe.pdf` of `fdp.exe`; others are invisible.
fn is_hidden(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}
