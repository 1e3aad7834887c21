//! Work items for a person.

use super::super::error::StoreError;
use super::{Cells, Cursor, Row, Table};
use crate::basics::ids::ExceptionId;
use crate::domain::audit::{Subject, SubjectKind};
use crate::domain::exception::{Exception, ExceptionCode, ExceptionState};

impl Row for Exception {
    const TABLE: &'static Table = &Table {
        name: "exceptions",
        columns: &[
            "id",
            "code",
            "subject_kind",
            "subject_id",
            "owner",
            "reason",
            "next_action",
            "raised_at",
            "due_at",
            "state",
            "resolution",
        ],
        versioned: true,
    };

    fn write(&self, to: &mut Cells) {
        to.shown(&self.id);
        to.text(self.code.as_str());
        to.text(self.subject.kind.as_str());
        to.text(&self.subject.id);
        to.text(&self.owner);
        to.text(&self.reason);
        to.text(&self.next_action);
        to.time(self.raised_at);
        to.time(self.due_at);
        to.text(self.state.as_str());
        to.opt_text(self.resolution.as_deref());
    }

    fn read(from: &mut Cursor<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            id: from.parsed(ExceptionId::parse)?,
            code: from.parsed(ExceptionCode::parse)?,
            subject: Subject {
                kind: from.parsed(SubjectKind::parse)?,
                id: from.text()?,
            },
            owner: from.text()?,
            reason: from.text()?,
            next_action: from.text()?,
            raised_at: from.time()?,
            due_at: from.time()?,
            state: from.parsed(ExceptionState::parse)?,
            resolution: from.opt_text()?,
            version: from.version()?,
        })
    }
}
