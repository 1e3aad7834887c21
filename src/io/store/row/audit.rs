//! Entries of the audit trail.

use super::super::error::StoreError;
use super::{Cells, Cursor, Row, Table};
use crate::basics::ids::ContentHash;
use crate::domain::audit::{Actor, AuditEvent, ChainedEvent, Subject, SubjectKind};

impl Row for ChainedEvent {
    const TABLE: &'static Table = &Table {
        name: "audit_events",
        columns: &[
            "sequence",
            "at",
            "actor_kind",
            "actor",
            "action",
            "subject_kind",
            "subject_id",
            "from_state",
            "to_state",
            "reason",
            "facts",
            "hash",
        ],
        versioned: false,
    };

    fn write(&self, to: &mut Cells) {
        let event = &self.event;
        let (actor_kind, actor) = event.actor.parts();
        to.int(super::cells::count(self.sequence));
        to.time(event.at);
        to.text(actor_kind);
        to.text(actor);
        to.text(&event.action);
        to.text(event.subject.kind.as_str());
        to.text(&event.subject.id);
        to.opt_text(event.from_state.as_deref());
        to.opt_text(event.to_state.as_deref());
        to.text(&event.reason);
        to.list(&event.facts);
        to.shown(&self.hash);
    }

    fn read(from: &mut Cursor<'_>) -> Result<Self, StoreError> {
        let sequence = from.number()?;
        let at = from.time()?;
        let (kind, name) = (from.text()?, from.text()?);
        let actor = Actor::from_parts(&kind, &name);
        let actor = actor.ok_or_else(|| from.corrupt("unknown kind of actor"))?;
        let event = AuditEvent {
            at,
            actor,
            action: from.text()?,
            subject: Subject {
                kind: from.parsed(SubjectKind::parse)?,
                id: from.text()?,
            },
            from_state: from.opt_text()?,
            to_state: from.opt_text()?,
            reason: from.text()?,
            facts: from.list()?,
        };
        let hash = from.parsed(ContentHash::parse)?;
        Ok(Self {
            sequence,
            event,
            hash,
        })
    }
}
