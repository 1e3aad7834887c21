//! A person wants a mail sent that was given up or came back: what kept it is mended, or the right address is known.

use super::asked_of_mail::round_of_bounce;
use super::{Office, StepError};
use crate::basics::address::MailAddress;
use crate::basics::ids::{ApprovalRequestId, OutboundId};
use crate::domain::approval::ApprovalState;
use crate::domain::audit::Actor;
use crate::domain::change::{Change, Record};
use crate::domain::exception::{ExceptionCode, ExceptionState};
use crate::domain::job::{NewJob, Step};
use crate::domain::outbound::OutboundMessage;
use crate::domain::outbound::attempt::{Moved, again, item_of_bounce};
use crate::io::store::StoreError;

/// Has it sent, with the same Message-ID. The work items about it are settled with it.
///
/// # Errors
/// Refused when it was neither given up nor came back, is a reminder, or carries a request that is not open any more; else what
/// the store met.
pub async fn requeue_outbound(
    office: &Office,
    id: OutboundId,
    to: Option<MailAddress>,
    (by, reason): (&str, &str),
) -> Result<OutboundMessage, StepError> {
    let found = office.store.outbound(id).await?;
    let before = found.ok_or_else(|| StepError::Missing(id.into()))?;
    let (now, actor) = (office.clock.now(), Actor::Person(by.to_owned()));
    let request = request_of(office, &before).await?;
    let round = round_of_bounce(office, &before).await?;
    let (about, bounce) = (before.about.clone(), item_of_bounce(&before, round));
    let Moved { message, told, .. } = again(before, to, request, (actor.clone(), reason), now)?;
    let mut change = Change::new(told)
        .put(Record::Outbound(message.clone()))
        .job(NewJob::now(Step::SendOutbound, id, now));
    let mut items = office.store.exceptions_about(&id.into()).await?;
    let others = office.store.exceptions_about(&about).await?;
    items.extend(others.into_iter().filter(|item| item.id == bounce));
    for item in items {
        if item.state == ExceptionState::Open && item.code == ExceptionCode::DeliveryFailed {
            let (item, told) = item.resolve((&actor, by), reason, now)?;
            change = change.event(told).put(Record::Exception(item));
        }
    }
    office.store.commit(change).await?;
    Ok(message)
}

/// How the approval request stands that a mail carries.
async fn request_of(
    office: &Office,
    mail: &OutboundMessage,
) -> Result<Option<ApprovalState>, StoreError> {
    match ApprovalRequestId::parse(&mail.about.id) {
        Some(id) if mail.carries_request() => {
            let request = office.store.approval_request(id).await?;
            Ok(request.map(|request| request.state))
        }
        Some(_) | None => Ok(None),
    }
}
