//! Received mails.

use super::super::error::StoreError;
use super::cells::count;
use super::{Cells, Cursor, Row, Table};
use crate::basics::address::MailAddress;
use crate::basics::ids::{ContentHash, HeaderMessageId, MessageId};
use crate::domain::message::{Message, MessageState, Route};

impl Row for Message {
    const TABLE: &'static Table = &Table {
        name: "messages",
        columns: &[
            "id",
            "content",
            "size_bytes",
            "header_message_id",
            "from_address",
            "subject",
            "received_at",
            "mailbox",
            "state",
            "route",
            "notes",
        ],
        versioned: true,
    };

    fn write(&self, to: &mut Cells) {
        to.shown(&self.id);
        to.shown(&self.content);
        to.int(count(self.size_bytes));
        to.opt_text(self.header_message_id.as_ref().map(HeaderMessageId::as_str));
        to.opt_shown(self.from.as_ref());
        to.text(&self.subject);
        to.time(self.received_at);
        to.text(&self.mailbox);
        to.text(self.state.as_str());
        to.opt_text(self.route.map(Route::as_str));
        to.list(&self.notes);
    }

    fn read(from: &mut Cursor<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            id: from.parsed(MessageId::parse)?,
            content: from.parsed(ContentHash::parse)?,
            size_bytes: from.number()?,
            header_message_id: from.opt_parsed(HeaderMessageId::parse)?,
            from: from.opt_parsed(MailAddress::parse)?,
            subject: from.text()?,
            received_at: from.time()?,
            mailbox: from.text()?,
            state: from.parsed(MessageState::parse)?,
            route: from.opt_parsed(Route::parse)?,
            notes: from.list()?,
            version: from.version()?,
        })
    }
}
