//! The rows that the parts of a mail become: documents to be read, and what is kept and not read.

use super::document_change::media_type;
use super::mail_parts::{PartDocument, SetAside};
use crate::basics::calendar::Timestamp;
use crate::basics::ids::ContentHash;
use crate::domain::audit::{Actor, AuditEvent};
use crate::domain::change::{Change, Record};
use crate::domain::document::{Document, DocumentState, Reading};
use crate::domain::job::{NewJob, Step};
use crate::domain::message::Message;

/// A part as a document with what it says, not stored yet.
pub fn document(
    message: &Message,
    part: &PartDocument,
    content: ContentHash,
    reading: Reading,
) -> Document {
    Document {
        id: Document::id_of(message.id, &part.part),
        message: message.id,
        parent: container_of(&part.part).map(|container| Document::id_of(message.id, container)),
        part: part.part.clone(),
        name: part.name.clone(),
        media_type: media_type(part.kind).to_owned(),
        content,
        state: DocumentState::Unread,
        note: None,
        reading,
        version: 0,
    }
}

/// The place of the container something was unpacked from.
fn container_of(part: &str) -> Option<&str> {
    part.rsplit_once('/').map(|(container, _)| container)
}

/// Left for a job of its own.
pub fn unread(
    change: Change,
    message: &Message,
    (part, hash): (&PartDocument, ContentHash),
    (now, step, why): (Timestamp, &str, &str),
) -> Change {
    let document = document(message, part, hash, Reading::default());
    let actor = Actor::program(step);
    let told = AuditEvent::new(now, actor, "document found", document.id, why)
        .state(None, document.state.as_str())
        .fact("name", &document.name)
        .fact("content", document.content);
    let job = NewJob::now(Step::ReadDocument, document.id, now);
    change.event(told).put(Record::Document(document)).job(job)
}

/// Kept and not read.
pub fn set_aside(
    change: Change,
    message: &Message,
    (part, hash): (&SetAside, ContentHash),
    (now, step): (Timestamp, &str),
) -> Change {
    let as_document = PartDocument {
        part: part.part.clone(),
        name: part.name.clone(),
        kind: part.kind,
        bytes: Vec::new(),
    };
    let document = Document {
        state: if part.is_replaced {
            DocumentState::Replaced
        } else {
            DocumentState::SetAside
        },
        note: Some(part.why.clone()),
        ..document(message, &as_document, hash, Reading::default())
    };
    let told = AuditEvent::new(
        now,
        Actor::program(step),
        if part.is_replaced {
            "part unpacked"
        } else {
            "part set aside"
        },
        document.id,
        part.why.clone(),
    )
    .state(None, document.state.as_str())
    .fact("name", &document.name)
    .fact("content", document.content);
    change.event(told).put(Record::Document(document))
}
