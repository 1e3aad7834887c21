//! A person wants a document read again that could not be opened or understood: its password, or the company it is addressed
//! to, is configured by now, or the program can read more.

use super::{Office, StepError};
use crate::basics::ids::DocumentId;
use crate::basics::words::Refused;
use crate::domain::audit::{Actor, AuditEvent};
use crate::domain::change::{Change, Record};
use crate::domain::document::decide::answers;
use crate::domain::document::{Document, DocumentEvent, state};
use crate::domain::exception::ExceptionState;
use crate::domain::job::{NewJob, Step};

/// Has it read again; the questions about it are closed, and asked again when they are not answered by that.
///
/// # Errors
/// Refused when it became something else, or nobody is asked about it; else what the store met.
pub async fn requeue_document(
    office: &Office,
    id: DocumentId,
    by: &str,
    reason: &str,
) -> Result<Document, StepError> {
    let found = office.store.document(id).await?;
    let before = found.ok_or_else(|| StepError::Missing(id.into()))?;
    let state = state::next(before.state, DocumentEvent::Requeue)?;
    let about = office.store.exceptions_about(&id.into()).await?;
    let asked = about
        .into_iter()
        .filter(|item| item.state == ExceptionState::Open && answers(item.code));
    let asked = asked.collect::<Vec<_>>();
    if asked.is_empty() {
        return Err(Refused {
            machine: "document that nobody is asked about",
            state: before.state.as_str(),
            event: DocumentEvent::Requeue.as_str(),
        }
        .into());
    }
    let (now, actor) = (office.clock.now(), Actor::Person(by.to_owned()));
    let told = AuditEvent::new(now, actor.clone(), "document requeued", id, reason)
        .state(Some(before.state.as_str()), state.as_str());
    let after = Document { state, ..before };
    let mut change = Change::new(told)
        .put(Record::Document(after.clone()))
        .job(NewJob::now(Step::ReadDocument, id, now));
    for item in asked {
        let (item, told) = item.resolve((&actor, by), reason, now)?;
        change = change.event(told).put(Record::Exception(item));
    }
    office.store.commit(change).await?;
    Ok(after)
}
