//! A person says what a document is that nobody could tell: it goes on as if it had been read so.

use super::document_change::{Parties, drafted};
use super::{Office, StepError};
use crate::basics::ids::DocumentId;
use crate::basics::words::Refused;
use crate::domain::audit::{Actor, AuditEvent};
use crate::domain::change::{Change, Record};
use crate::domain::document::decide::{Followed, Unsaid, answers, decide};
use crate::domain::document::{Document, DocumentEvent, DocumentKind, DocumentState, Side, state};
use crate::domain::exception::ExceptionState;
use crate::domain::job::{NewJob, Step};

const STEP: &str = "decide_document";

/// Why it was not decided. Nothing was changed then.
#[derive(Debug, thiserror::Error)]
pub enum DecideDocumentError {
    /// The person has to say more.
    #[error(transparent)]
    Unsaid(#[from] Unsaid),
    /// A door failed, or the document became something before.
    #[error(transparent)]
    Step(#[from] StepError),
}

impl From<crate::io::store::StoreError> for DecideDocumentError {
    fn from(error: crate::io::store::StoreError) -> Self {
        Self::Step(error.into())
    }
}

/// Decides, and closes the questions about it. Everything is one commit: a crash leaves the question open or answers it.
///
/// # Errors
/// What the person has to say besides; refused when the document became something else; else what the store met.
pub async fn decide_document(
    office: &Office,
    id: DocumentId,
    (kind, side): (Option<DocumentKind>, Option<Side>),
    by: &str,
    reason: &str,
) -> Result<Document, DecideDocumentError> {
    let (store, now) = (&office.store, office.clock.now());
    let missing = || StepError::Missing(id.into());
    let mut document = store.document(id).await?.ok_or_else(missing)?;
    if document.state != DocumentState::Read {
        return Err(StepError::Refused(Refused {
            machine: "document",
            state: document.state.as_str(),
            event: "decided",
        })
        .into());
    }
    let followed = decide(&mut document.reading, kind, side, by)?;
    let actor = Actor::Person(by.to_owned());
    let told = AuditEvent::new(now, actor.clone(), "document decided", id, reason)
        .fact("kind", document.reading.classification.kind)
        .fact("side", document.reading.classification.side);
    let mut change = Change::new(told);
    match followed {
        Followed::DraftBill => {
            let missing = || StepError::Missing(document.message.into());
            let message = store.message(document.message).await?.ok_or_else(missing)?;
            let parties = Parties::load(office).await?;
            let with = (message.from.as_ref(), &parties);
            let (all, mut bill) = drafted(office, change, &mut document, with, (now, STEP))?;
            // Who says that it is a bill has a hand in it, and cannot approve it.
            bill.corrected_by.push(by.to_owned());
            change = all.put(Record::Bill(bill));
        }
        Followed::RecordRemittance => {
            change = change.job(NewJob::now(Step::RecordRemittance, id, now));
        }
        Followed::AttachSupport => {
            change = change.job(NewJob::now(Step::AttachSupport, id, now));
        }
        Followed::SetAside => {
            let before = document.state;
            document.state =
                state::next(before, DocumentEvent::SetAside).map_err(StepError::from)?;
            document.note = Some(format!("{by}: {reason}"));
            let why = "there is nothing to book in it";
            let told = AuditEvent::new(now, actor.clone(), "document set aside", id, why)
                .state(Some(before.as_str()), document.state.as_str());
            change = change.event(told);
        }
    }
    for item in store.exceptions_about(&id.into()).await? {
        if item.state == ExceptionState::Open && answers(item.code) {
            let (item, told) = item
                .resolve((&actor, by), reason, now)
                .map_err(StepError::from)?;
            change = change.event(told).put(Record::Exception(item));
        }
    }
    store
        .commit(change.put(Record::Document(document.clone())))
        .await?;
    Ok(document)
}
