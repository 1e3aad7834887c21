//! Where fetching stands, and where messages were found.

use super::super::error::StoreError;
use super::{Cells, Cursor, Row, Table};
use crate::basics::calendar::Timestamp;
use crate::basics::ids::MessageId;
use crate::domain::change::MailboxProgress;
use crate::domain::message::Arrival;
use crate::domain::message::start::Start;

impl Row for MailboxProgress {
    const TABLE: &'static Table = &Table {
        name: "mailboxes",
        columns: &[
            "mailbox",
            "uid_validity",
            "next_uid",
            "start_at",
            "start_uid",
        ],
        versioned: true,
    };

    fn write(&self, to: &mut Cells) {
        to.text(&self.mailbox);
        to.int(self.uid_validity.into());
        to.int(self.next_uid.into());
        to.opt_int(self.start.map(|start| start.at.as_millisecond()));
        to.opt_int(self.start.map(|start| start.below_uid.into()));
    }

    fn read(from: &mut Cursor<'_>) -> Result<Self, StoreError> {
        let (mailbox, uid_validity) = (from.text()?, from.number()?);
        let (next_uid, at) = (from.number()?, from.opt_int()?);
        let start = at.zip(from.opt_number()?).map(|(at, below_uid)| {
            let at = Timestamp::from_millisecond(at);
            at.map(|at| Start { at, below_uid })
        });
        let start = start.transpose();
        Ok(Self {
            mailbox,
            uid_validity,
            next_uid,
            start: start.map_err(|error| from.corrupt(error.to_string()))?,
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
