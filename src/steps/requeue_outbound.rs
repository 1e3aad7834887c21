//! A person wants a mail sent that was given up or came back: what kept it is mended, or the right address is known.

use super::{Office, StepError};
use crate::basics::address::MailAddress;
use crate::basics::ids::OutboundId;
use crate::basics::words::Refused;
use crate::domain::approval::ApprovalState;
use crate::domain::audit::Actor;
use crate::domain::change::{Change, Record};
use crate::domain::exception::{ExceptionCode, ExceptionState};
use crate::domain::job::{NewJob, Step};
use crate::domain::outbound::attempt::{Moved, again, item_of_bounce};
use crate::domain::outbound::{OutboundMessage, Purpose};
use crate::io::store::StoreError;

/// Has it sent, with the same Message-ID. The work items about it are settled with it.
///
/// # Errors
/// Refused when it was neither given up nor came back, is a reminder, or asks what is asked no more; else what the store met.
pub async fn requeue_outbound(
    office: &Office,
    id: OutboundId,
    to: Option<MailAddress>,
    (by, reason): (&str, &str),
) -> Result<OutboundMessage, StepError> {
    let found = office.store.outbound(id).await?;
    let before = found.ok_or_else(|| StepError::Missing(id.into()))?;
    if is_asked_no_more(office, &before).await? {
        return Err(StepError::Refused(Refused {
            machine: "approval request",
            state: "answered or withdrawn",
            event: "asked again",
        }));
    }
    let (now, actor) = (office.clock.now(), Actor::Person(by.to_owned()));
    let (about, bounce) = (before.about.clone(), item_of_bounce(&before));
    let Moved { message, told, .. } = again(before, to, (actor.clone(), reason), now)?;
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

/// A question about a bill that somebody answered, or that changed since.
async fn is_asked_no_more(office: &Office, mail: &OutboundMessage) -> Result<bool, StoreError> {
    if mail.purpose != Purpose::ApprovalRequest {
        return Ok(false);
    }
    let Some(bill) = crate::basics::ids::BillId::parse(&mail.about.id) else {
        return Ok(false);
    };
    let requests = office.store.requests_of_bill(bill).await?;
    let its = requests.iter().find(|request| request.outbound == mail.id);
    Ok(its.is_some_and(|request| request.state != ApprovalState::Open))
}
