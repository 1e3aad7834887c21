//! An Outlook message written as a mail. Everything is in base64, so no text of a stranger can look like a boundary.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::{Attached, Message, Properties, bodies, id};
use crate::basics::text::one_line;

/// Longest header section taken over.
const MAX_HEADER_BYTES: usize = 200 * 1024;
/// Recipients written: more are a mailing list.
const MAX_RECIPIENTS: usize = 200;
/// Boundaries; `_` is no letter of base64.
const MIXED: &str = "=_message";
const TEXTS: &str = "=_text";
/// RFC 2045 section 6.8.
const LINE_CHARS: usize = 76;

impl Message {
    /// The message in the form of RFC 5322 and MIME. Header fields of the transport are taken over where it kept them; else
    /// they are made from what it says about sender and recipients.
    pub fn to_mail(&self) -> Vec<u8> {
        let mut mail = String::new();
        match self.properties.text(id::HEADERS) {
            Some(headers) if headers.contains(':') => take_over(&mut mail, &headers),
            Some(_) | None => self.make_headers(&mut mail),
        }
        mail.push_str("MIME-Version: 1.0\r\n");
        self.body(&mut mail);
        mail.into_bytes()
    }

    fn make_headers(&self, mail: &mut String) {
        let properties = &self.properties;
        let sender =
            from(properties, [id::FOR_NAME, id::FOR_SMTP, id::FOR_ADDRESS]).or_else(|| {
                from(
                    properties,
                    [id::SENDER_NAME, id::SENDER_SMTP, id::SENDER_ADDRESS],
                )
            });
        if let Some(sender) = sender {
            field(mail, "From", &sender);
        }
        for (number, name) in [(1, "To"), (2, "Cc")] {
            let named = self.recipients.iter().take(MAX_RECIPIENTS);
            let named = named.filter(|it| it.number(id::RECIPIENT_TYPE).unwrap_or(1) == number);
            let all = named
                .filter_map(|it| from(it, [id::NAME, id::SMTP_ADDRESS, id::ADDRESS]))
                .collect::<Vec<_>>();
            if !all.is_empty() {
                field(mail, name, &all.join(",\r\n "));
            }
        }
        let subject = properties.text(id::SUBJECT).unwrap_or_default();
        field(mail, "Subject", &word(&one_line(&subject, 1_000)));
        for (name, id) in [
            ("Message-ID", id::MESSAGE_ID),
            ("In-Reply-To", id::IN_REPLY_TO),
            ("References", id::REFERENCES),
        ] {
            let value = properties.text(id).map(|value| one_line(&value, 2_000));
            if let Some(value) = value.filter(|value| value.is_ascii()) {
                field(mail, name, &value);
            }
        }
        let submitted = properties.unix_seconds(id::SUBMITTED);
        let time = submitted.and_then(|seconds| jiff::Timestamp::from_second(seconds).ok());
        if let Some(date) = time.and_then(|time| {
            jiff::fmt::rfc2822::to_string(&time.to_zoned(jiff::tz::TimeZone::UTC)).ok()
        }) {
            field(mail, "Date", &date);
        }
    }

    /// The content fields and what they announce.
    fn body(&self, mail: &mut String) {
        let (plain, html) = bodies(&self.properties);
        if plain.is_none() && html.is_none() && self.attached.is_empty() {
            mail.push_str("Content-Type: text/plain\r\n\r\n");
            return;
        }
        mail.push_str(&format!(
            "Content-Type: multipart/mixed; boundary=\"{MIXED}\"\r\n\r\n"
        ));
        if plain.is_some() || html.is_some() {
            mail.push_str(&format!(
                "--{MIXED}\r\nContent-Type: multipart/alternative; boundary=\"{TEXTS}\"\r\n\r\n"
            ));
            for (kind, text) in [("plain", plain), ("html", html)] {
                if let Some(text) = text {
                    mail.push_str(&format!(
                        "--{TEXTS}\r\nContent-Type: text/{kind}; charset=utf-8\r\n"
                    ));
                    encoded(mail, text.as_bytes());
                }
            }
            mail.push_str(&format!("--{TEXTS}--\r\n"));
        }
        for attached in &self.attached {
            mail.push_str(&format!("--{MIXED}\r\n"));
            match attached {
                Attached::File(properties, bytes) => file(mail, properties, bytes),
                Attached::Message(properties, message) => {
                    named(mail, properties, "message/rfc822");
                    encoded(mail, &message.to_mail());
                }
            }
        }
        mail.push_str(&format!("--{MIXED}--\r\n"));
    }
}

fn file(mail: &mut String, properties: &Properties, bytes: &[u8]) {
    let media_type = properties.text(id::MEDIA_TYPE).unwrap_or_default();
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "/.+-".contains(c);
    // What is declared a mail or a container of parts would be opened as one; whether it is its bytes say.
    let is_usual = media_type.contains('/')
        && media_type.chars().all(is_plain)
        && !media_type.starts_with("multipart/")
        && !media_type.starts_with("message/");
    let media_type = if is_usual {
        media_type.as_str()
    } else {
        "application/octet-stream"
    };
    named(mail, properties, media_type);
    encoded(mail, bytes);
}

/// The content fields of a file: what the text shows by its Content-ID is inline, all else attached.
fn named(mail: &mut String, properties: &Properties, media_type: &str) {
    let name = [id::LONG_NAME, id::SHORT_NAME, id::NAME]
        .into_iter()
        .find_map(|id| properties.text(id));
    let content_id = properties.text(id::CONTENT_ID).map(|it| one_line(&it, 200));
    let content_id = content_id.filter(|it| it.is_ascii());
    field(mail, "Content-Type", media_type);
    let shown = if content_id.is_some() {
        "inline"
    } else {
        "attachment"
    };
    let name = name.map(|name| {
        let coded = one_line(&name, 200)
            .bytes()
            .fold(String::new(), |mut coded, byte| {
                if byte.is_ascii_alphanumeric() || b".-_".contains(&byte) {
                    coded.push(char::from(byte));
                } else {
                    coded.push_str(&format!("%{byte:02X}"));
                }
                coded
            });
        format!("; filename*=UTF-8''{coded}")
    });
    field(
        mail,
        "Content-Disposition",
        &format!("{shown}{}", name.unwrap_or_default()),
    );
    if let Some(content_id) = content_id {
        field(
            mail,
            "Content-ID",
            &format!("<{}>", content_id.trim_matches(['<', '>'])),
        );
    }
}

fn encoded(mail: &mut String, bytes: &[u8]) {
    mail.push_str("Content-Transfer-Encoding: base64\r\n\r\n");
    for line in bytes.chunks(LINE_CHARS / 4 * 3) {
        STANDARD.encode_string(line, mail);
        mail.push_str("\r\n");
    }
}

/// A name and an address; an Exchange address without `@` is no mail address and is left out.
fn from(properties: &Properties, [name, smtp, address]: [u16; 3]) -> Option<String> {
    let name = properties.text(name).map(|name| one_line(&name, 200));
    let address = [smtp, address]
        .into_iter()
        .filter_map(|id| properties.text(id))
        .map(|address| one_line(&address, 320))
        .find(|address| is_address(address))
        .or_else(|| name.clone().filter(|name| is_address(name)));
    match (name, address) {
        (Some(name), Some(address)) if name != address => {
            Some(format!("{} <{address}>", word(&name)))
        }
        (_, Some(address)) => Some(format!("<{address}>")),
        (Some(name), None) => Some(format!("{} <>", word(&name))),
        (None, None) => None,
    }
}

fn is_address(text: &str) -> bool {
    let is_usual = |c: char| c.is_ascii_graphic() && !"<>\"(),:;".contains(c);
    text.split_once('@')
        .is_some_and(|(local, domain)| !local.is_empty() && !domain.is_empty())
        && text.chars().all(is_usual)
}

/// RFC 2047, as base64: whatever the text holds, it can end no field and begin none.
fn word(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || " .-_/#".contains(c);
    if text.len() <= LINE_CHARS && text.chars().all(is_plain) {
        return text.to_owned();
    }
    let mut words: Vec<String> = Vec::new();
    let mut piece = String::new();
    for c in text.chars() {
        if piece.len() + c.len_utf8() > 42 {
            words.push(std::mem::take(&mut piece));
        }
        piece.push(c);
    }
    words.push(piece);
    let words = words
        .iter()
        .map(|it| format!("=?utf-8?B?{}?=", STANDARD.encode(it)));
    words.collect::<Vec<_>>().join("\r\n ")
}

fn field(mail: &mut String, name: &str, value: &str) {
    mail.push_str(name);
    mail.push_str(": ");
    mail.push_str(value);
    mail.push_str("\r\n");
}

/// The fields the transport wrote, without those about the content: that is written anew.
fn take_over(mail: &mut String, headers: &str) {
    let headers = headers
        .get(..headers.floor_char_boundary(MAX_HEADER_BYTES))
        .unwrap_or_default();
    let mut is_kept = false;
    for line in headers
        .lines()
        .map(str::trim_end)
        .filter(|line| !line.is_empty())
    {
        if !line.starts_with([' ', '\t']) {
            let name = line
                .split_once(':')
                .map(|(name, _)| name.trim().to_ascii_lowercase());
            is_kept = name.is_some_and(|name| {
                !name.is_empty()
                    && name.bytes().all(|byte| byte.is_ascii_graphic())
                    && name != "mime-version"
                    && !name.starts_with("content-")
            });
        }
        if is_kept {
            mail.push_str(line);
            mail.push_str("\r\n");
        }
    }
}
