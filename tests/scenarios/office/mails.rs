//! Mails as other people's programs write them, and our own as they arrive.

use std::sync::atomic::{AtomicU32, Ordering};

use countinghouse::basics::address::MailAddress;
use countinghouse::domain::outbound::OutboundMessage;
use countinghouse::formats::mime;

/// The fields every mail begins with, the company's own mail server's word above them.
pub struct Head<'a> {
    pub from: &'a str,
    pub to: &'a str,
    pub subject: &'a str,
    pub message_id: &'a str,
    /// What the company's server says of it: `dmarc=pass`.
    pub verdict: &'a str,
    pub domain: &'a str,
}

/// As the company's server hands it on: its verdict, its Received line, then what the sender wrote.
pub fn head(head: &Head<'_>) -> String {
    let Head {
        from,
        to,
        subject,
        message_id,
        verdict,
        domain,
    } = head;
    format!(
        "Authentication-Results: mx.fin.test; spf=pass smtp.mailfrom={domain}; {verdict} header.from={domain}\n\
         Received: from mail.{domain} (mail.{domain} [192.0.2.7]) by mx.fin.test (Postfix) with ESMTPS id 4BCD\n\
         \tfor <{to}>; Thu, 19 Nov 2026 09:00:00 +0100\n\
         From: {from}\nTo: {to}\nSubject: {subject}\nDate: Thu, 19 Nov 2026 09:00:00 +0100\nMessage-ID: {message_id}\n"
    )
}

/// The report of a server (RFC 3464) that it has no such mailbox, about a mail of ours.
pub fn bounce_of(sent: &OutboundMessage) -> String {
    include_str!("../../../config/demo/mail/16-bounce.eml")
        .replace("{{recipient}}", &sent.to.to_string())
        .replace("{{subject}}", &sent.letter.subject)
        .replace(
            "{{outbound_message_id}}",
            &sent.header_message_id.to_string(),
        )
}

/// A plain mail of an outsider.
pub fn plain(from: &str, subject: &str, text: &str) -> String {
    let domain = from.rsplit('@').next().unwrap();
    let head = head(&Head {
        from,
        to: "ar@fin.test",
        subject,
        message_id: &fresh_id(domain),
        verdict: "dmarc=pass",
        domain,
    });
    format!(
        "{head}MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n{text}\n"
    )
}

/// A mail of another type than text: an HTML body, or anything in parts.
pub fn typed(from: &str, subject: &str, media_type: &str, body: &str) -> String {
    plain(from, subject, body).replace("text/plain; charset=utf-8", media_type)
}

fn fresh_id(domain: &str) -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    format!(
        "<{}.{}@{domain}>",
        std::process::id(),
        COUNT.fetch_add(1, Ordering::Relaxed)
    )
}

/// One of our mails, as its recipient's program shows it.
#[derive(Clone, Debug)]
pub struct Letter {
    pub message_id: String,
    /// Where an answer goes: `ap+TOKEN@fin.test`.
    pub reply_to: MailAddress,
    pub subject: String,
    pub date: String,
    pub text: String,
    pub html: String,
    /// Names of its files.
    pub files: Vec<String>,
    pub raw: String,
}

impl Letter {
    pub fn read(bytes: &[u8]) -> Self {
        let mail = mime::read(bytes).unwrap();
        let body = |media_type: &str| {
            let part = mail
                .parts
                .iter()
                .find(|part| part.name.is_none() && part.content_type == media_type);
            part.and_then(mime::Part::text).unwrap_or_default()
        };
        let raw = String::from_utf8_lossy(bytes).replace("\r\n", "\n");
        let headers = &mail.headers;
        let answers_go_to = headers
            .reply_to
            .first()
            .or(headers.from.first())
            .and_then(|found| found.address.clone());
        Self {
            message_id: headers
                .message_id
                .as_ref()
                .map(ToString::to_string)
                .unwrap_or_default(),
            reply_to: answers_go_to.unwrap_or_else(|| panic!("a mail of ours nobody can answer")),
            subject: headers.subject.clone(),
            date: field(&raw, "Date"),
            text: body("text/plain"),
            html: body("text/html"),
            files: mail
                .parts
                .iter()
                .filter_map(|part| part.name.clone())
                .collect(),
            raw,
        }
    }

    /// A field of the header, unfolded; empty without one.
    pub fn field(&self, name: &str) -> String {
        field(&self.raw, name)
    }

    /// Asks for an approval.
    pub fn is_request(&self) -> bool {
        self.message_id.starts_with("<approval.")
    }
}

fn field(raw: &str, name: &str) -> String {
    let header = raw
        .split("\n\n")
        .next()
        .unwrap_or_default()
        .replace("\n ", " ")
        .replace("\n\t", " ");
    let start = format!("{}:", name.to_lowercase());
    let line = header
        .lines()
        .find(|line| line.to_lowercase().starts_with(&start));
    line.and_then(|line| line.split_once(':'))
        .map(|(_, value)| value.trim().to_owned())
        .unwrap_or_default()
}

/// Somebody's answer to one of our mails.
pub struct Answer<'a> {
    pub to: &'a Letter,
    pub from: String,
    pub says: String,
    /// What the company's server says of the sender.
    pub verdict: &'static str,
    pub message_id: String,
    /// Fields the mail carries besides.
    pub fields: String,
}

/// Answers as a mail program does: above the quoted mail, to its Reply-To, in its thread.
pub fn answer<'a>(to: &'a Letter, from: &MailAddress, says: &str) -> Answer<'a> {
    Answer {
        to,
        from: from.to_string(),
        says: says.to_owned(),
        verdict: "dmarc=pass",
        message_id: fresh_id(from.domain()),
        fields: String::new(),
    }
}

impl Answer<'_> {
    pub fn verdict(self, verdict: &'static str) -> Self {
        Self { verdict, ..self }
    }

    pub fn message_id(self, message_id: &str) -> Self {
        Self {
            message_id: message_id.to_owned(),
            ..self
        }
    }

    pub fn field(self, line: &str) -> Self {
        Self {
            fields: format!("{}{line}\n", self.fields),
            ..self
        }
    }

    /// The bytes the sender's program hands over, with what the company's server wrote above them.
    pub fn write(&self) -> String {
        let Letter {
            message_id,
            subject,
            text,
            date,
            ..
        } = self.to;
        let domain = self.from.rsplit('@').next().unwrap();
        let head = head(&Head {
            from: &self.from,
            to: &self.to.reply_to.to_string(),
            subject: &format!("AW: {subject}"),
            message_id: &self.message_id,
            verdict: self.verdict,
            domain,
        });
        let quoted = text
            .lines()
            .map(|line| format!("> {line}\n"))
            .collect::<String>();
        format!(
            "{head}In-Reply-To: {message_id}\nReferences: {message_id}\n{}MIME-Version: 1.0\n\
             Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n{}\n\nOn {date}, Morgenrot wrote:\n{quoted}",
            self.fields, self.says
        )
    }
}
