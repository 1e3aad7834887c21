//! A person wants a quarantined message read again: the program can read more by now.

use super::{Office, StepError};
use crate::basics::ids::MessageId;
use crate::basics::words::Refused;
use crate::domain::audit::{Actor, AuditEvent};
use crate::domain::change::{Change, Record};
use crate::domain::exception::{ExceptionCode, ExceptionState};
use crate::domain::job::{NewJob, Step};
use crate::domain::message::Message;
use crate::domain::message::arrival::oversize_item;
use crate::domain::message::state::{MessageEvent, next};

/// Has it read again.
///
/// # Errors
/// Refused when it is not quarantined, or was too large to fetch; else what the store met.
pub async fn requeue_message(
    office: &Office,
    id: MessageId,
    by: &str,
    reason: &str,
) -> Result<Message, StepError> {
    let found = office.store.message(id).await?;
    let before = found.ok_or_else(|| StepError::Missing(id.into()))?;
    if office.store.exception(oversize_item(id)).await?.is_some() {
        let (machine, state) = ("message too large to be fetched", before.state.as_str());
        return Err(Refused {
            machine,
            state,
            event: MessageEvent::Requeue.as_str(),
        }
        .into());
    }
    let state = next(before.state, MessageEvent::Requeue)?;
    let (now, actor) = (office.clock.now(), Actor::Person(by.to_owned()));
    let told = AuditEvent::new(now, actor.clone(), "message requeued", id, reason)
        .state(Some(before.state.as_str()), state.as_str());
    let after = Message { state, ..before };
    let mut change = Change::new(told)
        .put(Record::Message(after.clone()))
        .job(NewJob::now(Step::ReadMessage, id, now));
    for item in office.store.exceptions_about(&id.into()).await? {
        if item.state == ExceptionState::Open && item.code == ExceptionCode::MessageUnreadable {
            let (item, told) = item.resolve((&actor, by), reason, now)?;
            change = change.event(told).put(Record::Exception(item));
        }
    }
    office.store.commit(change).await?;
    Ok(after)
}
