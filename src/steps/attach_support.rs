//! Files a document that is neither a bill nor a remittance but supports one: an order, a receipt of goods, a statement, our
//! own invoice come back. It is kept with the numbers it names; checks that read it are planned.

use super::document_change::consume;
use super::{Office, StepError};
use crate::basics::ids::DocumentId;
use crate::domain::audit::{Actor, AuditEvent};
use crate::domain::change::{Change, Record};
use crate::domain::document::DocumentState;
use crate::domain::job::JobClaim;

const STEP: &str = "attach_support";

/// Files it. A crash before the commit changes nothing.
///
/// # Errors
/// What the store met.
pub async fn attach_support(
    office: &Office,
    claim: &JobClaim,
    id: DocumentId,
) -> Result<(), StepError> {
    let now = office.clock.now();
    let mut document = office
        .store
        .document(id)
        .await?
        .ok_or_else(|| StepError::Missing(id.into()))?;
    let class = &document.reading.classification;
    let fields = &document.reading.fields;
    let numbers = [&fields.po_number, &fields.invoice_number]
        .into_iter()
        .flatten()
        .map(|field| field.value.as_str());
    let told = AuditEvent::new(
        now,
        Actor::program(STEP),
        "support filed",
        id,
        format!("a {} for {}", class.kind, class.side),
    )
    .fact("numbers", numbers.collect::<Vec<_>>().join(", "));
    let mut change = Change::new(told);
    if document.state == DocumentState::Read {
        change = consume(change, &mut document, (now, STEP), "it is filed as support")?
            .put(Record::Document(document));
    }
    office.store.commit(change.finishing(claim.clone())).await?;
    Ok(())
}
