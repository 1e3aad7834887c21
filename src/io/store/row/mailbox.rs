//! Where fetching stands, and where messages were found.

use super::super::error::StoreError;
use super::{Cells, Cursor, Row, Table};
use crate::basics::ids::MessageId;
use crate::domain::change::MailboxProgress;
use crate::domain::message::Arrival;

impl Row for MailboxProgress {
    const TABLE: &'static Table = &Table {
        name: "mailboxes",
        columns: &["mailbox", "uid_validity", "next_uid"],
        versioned: true,
    };

    fn write(&self, to: &mut Cells) {
        to.text(&self.mailbox);
        to.int(self.uid_validity.into());
        to.int(self.next_uid.into());
    }

    fn read(from: &mut Cursor<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            mailbox: from.text()?,
            uid_validity: from.number()?,
            next_uid: from.number()?,
            version: from.version()?,
        })
    }
}

impl Row for Arrival {
    const TABLE: &'static Table = &Table {
        name: "arrivals",
        columns: &["mailbox", "uid_validity", "uid", "message", "filed"],
        versioned: false,
    };

    fn write(&self, to: &mut Cells) {
        to.text(&self.mailbox);
        to.int(self.uid_validity.into());
        to.text(&self.uid);
        to.shown(&self.message);
        to.int(self.filed.into());
    }

    fn read(from: &mut Cursor<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            mailbox: from.text()?,
            uid_validity: from.number()?,
            uid: from.text()?,
            message: from.parsed(MessageId::parse)?,
            filed: from.int()? == 1,
        })
    }
}
