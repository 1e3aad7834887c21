//! Mails we send.

use serde::{Deserialize, Serialize};

use super::super::error::StoreError;
use super::evidence::{AttachmentRow, mirrored, unmirrored};
use super::{Cells, Cursor, Row, Table};
use crate::basics::address::MailAddress;
use crate::basics::ids::{HeaderMessageId, OutboundId};
use crate::domain::audit::{Subject, SubjectKind};
use crate::domain::outbound::{Letter, OutboundMessage, OutboundState, Purpose};

/// Mirrors `Letter`.
#[derive(Serialize, Deserialize)]
struct LetterRow {
    subject: String,
    text: String,
    html: String,
}

/// How an envelope sender is compared: some servers change its case on the way back.
pub(in crate::io::store) fn envelope_key(address: &MailAddress) -> String {
    address.to_string().to_lowercase()
}

impl Row for OutboundMessage {
    const TABLE: &'static Table = &Table {
        name: "outbound",
        columns: &[
            "id",
            "purpose",
            "about_kind",
            "about_id",
            "header_message_id",
            "from_address",
            "reply_to",
            "envelope_from",
            "envelope_key",
            "to_address",
            "in_reply_to",
            "thread",
            "letter",
            "attachments",
            "written_at",
            "state",
            "attempts",
            "losses",
            "next_attempt_at",
            "last_answer",
        ],
        versioned: true,
    };

    fn write(&self, to: &mut Cells) {
        let thread: Vec<&str> = self
            .references
            .iter()
            .map(HeaderMessageId::as_str)
            .collect();
        to.shown(&self.id);
        to.text(self.purpose.as_str());
        to.text(self.about.kind.as_str());
        to.text(&self.about.id);
        to.text(self.header_message_id.as_str());
        to.shown(&self.from);
        to.opt_shown(self.reply_to.as_ref());
        to.shown(&self.envelope_from);
        to.text(&envelope_key(&self.envelope_from));
        to.shown(&self.to);
        to.opt_text(self.in_reply_to.as_ref().map(HeaderMessageId::as_str));
        to.list(&thread);
        to.json(&LetterRow {
            subject: self.letter.subject.clone(),
            text: self.letter.text.clone(),
            html: self.letter.html.clone(),
        });
        to.list(&mirrored::<_, AttachmentRow>(&self.attachments));
        to.time(self.written_at);
        to.text(self.state.as_str());
        to.int(self.attempts.into());
        to.int(self.losses.into());
        to.time(self.next_attempt_at);
        to.opt_text(self.last_answer.as_deref());
    }

    fn read(from: &mut Cursor<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            id: from.parsed(OutboundId::parse)?,
            purpose: from.parsed(Purpose::parse)?,
            about: Subject {
                kind: from.parsed(SubjectKind::parse)?,
                id: from.text()?,
            },
            header_message_id: from.parsed(HeaderMessageId::parse)?,
            from: from.parsed(MailAddress::parse)?,
            reply_to: from.opt_parsed(MailAddress::parse)?,
            envelope_from: from.parsed(MailAddress::parse)?,
            to: {
                from.skip(); // envelope_key
                from.parsed(MailAddress::parse)?
            },
            in_reply_to: from.opt_parsed(HeaderMessageId::parse)?,
            references: from.parsed_list(HeaderMessageId::parse)?,
            letter: {
                let row: LetterRow = from.json()?;
                Letter {
                    subject: row.subject,
                    text: row.text,
                    html: row.html,
                }
            },
            attachments: unmirrored::<AttachmentRow, _>(from.list()?),
            written_at: from.time()?,
            state: from.parsed(OutboundState::parse)?,
            attempts: from.number()?,
            losses: from.number()?,
            next_attempt_at: from.time()?,
            last_answer: from.opt_text()?,
            version: from.version()?,
        })
    }
}
