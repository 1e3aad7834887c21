//! A person wants a mail sent that was given up: what kept it is mended.

use super::{Office, StepError};
use crate::basics::ids::OutboundId;
use crate::domain::audit::Actor;
use crate::domain::change::{Change, Record};
use crate::domain::exception::{ExceptionCode, ExceptionState};
use crate::domain::job::{NewJob, Step};
use crate::domain::outbound::OutboundMessage;
use crate::domain::outbound::attempt::{Moved, again};

/// Has it sent, with the same Message-ID. The work items about it are settled with it.
///
/// # Errors
/// Refused when it was not given up, or is a reminder; else what the store met.
pub async fn requeue_outbound(
    office: &Office,
    id: OutboundId,
    by: &str,
    reason: &str,
) -> Result<OutboundMessage, StepError> {
    let found = office.store.outbound(id).await?;
    let before = found.ok_or_else(|| StepError::Missing(id.into()))?;
    let (now, actor) = (office.clock.now(), Actor::Person(by.to_owned()));
    let Moved { message, told, .. } = again(before, (actor.clone(), reason), now)?;
    let mut change = Change::new(told)
        .put(Record::Outbound(message.clone()))
        .job(NewJob::now(Step::SendOutbound, id, now));
    for item in office.store.exceptions_about(&id.into()).await? {
        if item.state == ExceptionState::Open && item.code == ExceptionCode::DeliveryFailed {
            let (item, told) = item.resolve((&actor, by), reason, now)?;
            change = change.event(told).put(Record::Exception(item));
        }
    }
    office.store.commit(change).await?;
    Ok(message)
}
