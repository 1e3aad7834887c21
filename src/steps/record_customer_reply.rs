//! Puts a customer's answer to a reminder before a person. It is never interpreted and never answered.

use super::{Office, StepError};
use crate::basics::ids::{CustomerId, MessageId};
use crate::domain::audit::{Actor, AuditEvent, SubjectKind};
use crate::domain::change::Change;
use crate::domain::job::JobClaim;
use crate::domain::message::new_text::NewText;
use crate::domain::receivable::customer_reply::{CustomerAnswer, work_item};
use crate::formats::mime;
use crate::io::limits::MAX_MAIL_BYTES;
use crate::steps::answer_words::new_words;

const STEP: &str = "record_customer_reply";

/// Raises the work item. A repeat raises the same one.
///
/// # Errors
/// What the store or the vault met.
pub async fn record_customer_reply(
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
    let mail = mime::read(&bytes);
    let (thread, new_text) = match &mail {
        Ok(mail) => {
            let headers = &mail.headers;
            let thread = [headers.in_reply_to.clone(), headers.references.clone()].concat();
            (thread, new_words(mail))
        }
        Err(_) => (Vec::new(), NewText::default()),
    };
    let mut customer = None;
    for answered in &thread {
        let outbound = office.store.outbound_by_message_id(answered).await?;
        let about = outbound.map(|mail| mail.about);
        let about = about.filter(|about| about.kind == SubjectKind::Customer);
        customer = customer.or_else(|| CustomerId::parse(&about?.id));
    }
    let answer = CustomerAnswer {
        message: id,
        customer,
        from: message.from.clone(),
        subject: message.subject.clone(),
        new_text: new_text.text,
        certain: new_text.certain,
    };
    let told = AuditEvent::new(
        now,
        Actor::program(STEP),
        "customer answered",
        id,
        "a person reads it; nothing is sent back",
    )
    .fact(
        "customer",
        customer.map(|c| c.to_string()).unwrap_or_default(),
    );
    let change = Change::new(told).raise(work_item(&answer, &office.rules.owners.receivables, now));
    office.store.commit(change.finishing(claim.clone())).await?;
    Ok(())
}
