//! Joins a delivery report (RFC 3464) to the mail of ours it is about. Reports are never answered.

use super::ask_delegate::job_for;
use super::asked_of_mail::asked_of_mail;
use super::mail_facts::{body_text, mail_facts};
use super::{Office, StepError};
use crate::basics::calendar::Timestamp;
use crate::basics::ids::{HeaderMessageId, MessageId};
use crate::domain::audit::{Actor, AuditEvent};
use crate::domain::change::{Change, Record};
use crate::domain::exception::{Exception, ExceptionCode};
use crate::domain::job::JobClaim;
use crate::domain::message::delivery_report::{
    Delivery, DeliveryAction, DeliveryReport, delivery_report, is_feedback_report,
    original_message_id,
};
use crate::domain::message::facts::MailFacts;
use crate::domain::outbound::OutboundMessage;
use crate::domain::outbound::attempt::{self, Follows};
use crate::domain::outbound::state::{OutboundEvent, next};
use crate::formats::mime;
use crate::io::limits::MAX_MAIL_BYTES;
use crate::io::store::StoreError;

const STEP: &str = "record_delivery";

/// Records what the report says on the mail it is about. A repeat finds it recorded.
///
/// # Errors
/// What the store or the vault met.
pub async fn record_delivery(
    office: &Office,
    claim: &JobClaim,
    id: MessageId,
) -> Result<(), StepError> {
    let now = office.clock.now();
    let message = office
        .store
        .message(id)
        .await?
        .ok_or_else(|| StepError::Missing(id.into()))?;
    let bytes = office.vault.get(message.content, MAX_MAIL_BYTES).await?;
    let facts = mime::read(&bytes)
        .ok()
        .map(|mail| mail_facts(&mail, body_text(&mail), 0));
    let report = facts.as_ref().and_then(delivery_report);
    let change = match (&facts, &report) {
        (Some(facts), Some(report)) => {
            match about(office, facts, report.original_message_id.as_ref()).await? {
                Some(outbound) => returned(office, outbound, report, id, now).await?,
                None => noted(id, now, "a report about no mail of ours that is known"),
            }
        }
        (Some(facts), None) if is_feedback_report(facts) => {
            match about(office, facts, original_message_id(facts).as_ref()).await? {
                Some(outbound) => unwanted(office, &outbound, id, now),
                None => noted(id, now, "a complaint about no mail of ours that is known"),
            }
        }
        _ => noted(id, now, "not a report that can be read"),
    };
    office.store.commit(change.finishing(claim.clone())).await?;
    Ok(())
}

/// By the envelope it came back to, unique to each mail; else by the Message-ID it quotes.
async fn about(
    office: &Office,
    facts: &MailFacts,
    original: Option<&HeaderMessageId>,
) -> Result<Option<OutboundMessage>, StoreError> {
    for recipient in &facts.recipients {
        if let Some(outbound) = office.store.outbound_by_envelope(recipient).await? {
            return Ok(Some(outbound));
        }
    }
    match original {
        Some(original) => office.store.outbound_by_message_id(original).await,
        None => Ok(None),
    }
}

fn noted(id: MessageId, now: Timestamp, why: &str) -> Change {
    Change::new(AuditEvent::new(
        now,
        Actor::program(STEP),
        "delivery report noted",
        id,
        why,
    ))
}

async fn returned(
    office: &Office,
    mut outbound: OutboundMessage,
    report: &DeliveryReport,
    id: MessageId,
    now: Timestamp,
) -> Result<Change, StepError> {
    let failed = report
        .recipients
        .iter()
        .find(|delivery| delivery.action == DeliveryAction::Failed);
    let Some(failed) = failed else {
        return Ok(
            noted(id, now, "it reports a delay or a delivery, not a failure")
                .event(told(&outbound, report, now)),
        );
    };
    let Ok(state) = next(outbound.state, OutboundEvent::Bounce) else {
        return Ok(noted(id, now, "the mail it is about is settled already")
            .event(told(&outbound, report, now)));
    };
    let said = said(failed);
    let event = AuditEvent::new(
        now,
        Actor::program(STEP),
        "mail bounced",
        outbound.id,
        said.clone(),
    )
    .state(Some(outbound.state.as_str()), state.as_str())
    .fact("report", id);
    outbound.state = state;
    outbound.last_answer = Some(said);
    let joined = noted(id, now, "joined to the mail it is about").event(event);
    // As where the server refuses it at once: what it was an answer to is a work item already.
    let delegate = job_for(office, &outbound);
    let joined = match (attempt::follows(&outbound), delegate) {
        (Follows::Ask(_), Some(job)) => joined.job(job),
        (Follows::Ask(code), None) => {
            joined.raise(asked_of_mail(office, code, &outbound, now).await?)
        }
        (Follows::Again | Follows::Nothing, _) => joined,
    };
    Ok(joined.put(Record::Outbound(outbound)))
}

fn told(outbound: &OutboundMessage, report: &DeliveryReport, now: Timestamp) -> AuditEvent {
    let said = report
        .recipients
        .iter()
        .map(said)
        .collect::<Vec<_>>()
        .join("; ");
    AuditEvent::new(
        now,
        Actor::program(STEP),
        "delivery report received",
        outbound.id,
        said,
    )
}

fn said(delivery: &Delivery) -> String {
    let status = delivery.status.as_deref().unwrap_or("no status");
    let diagnostic = delivery.diagnostic.as_deref().unwrap_or("no explanation");
    format!(
        "{} {}: {status}, {diagnostic}",
        delivery.recipient,
        delivery.action.as_str()
    )
}

/// A complaint (RFC 5965) says nothing of why; what follows, a person decides.
fn unwanted(office: &Office, outbound: &OutboundMessage, id: MessageId, now: Timestamp) -> Change {
    let reason = format!(
        "the {} to {} was reported as unwanted mail",
        outbound.purpose, outbound.to
    );
    let event = AuditEvent::new(
        now,
        Actor::program(STEP),
        "complaint received",
        outbound.id,
        reason.clone(),
    )
    .fact("report", id);
    let exception = Exception::raise(
        ExceptionCode::MailUnwanted,
        outbound.about.clone(),
        &outbound.id.to_string(),
        office.rules.owners.caretakers().of(outbound.purpose),
        now,
        (
            reason,
            "ask them before another mail goes there: many complaints and nobody's mail of ours arrives",
        ),
    );
    noted(id, now, "a complaint, joined to the mail it is about")
        .event(event)
        .raise(exception)
}
