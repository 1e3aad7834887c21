//! Reads one document by itself: of a mail with many, or once more after the rules or the books changed.

use super::document_change::{Parties, put_read};
use super::read_content::read_content;
use super::{Office, StepError};
use crate::basics::ids::DocumentId;
use crate::domain::audit::{Actor, AuditEvent};
use crate::domain::change::Change;
use crate::domain::document::extract::bill::MailFacts;
use crate::domain::document::read::{DocumentInput, read, unreadable};
use crate::domain::document::{Document, DocumentState};
use crate::domain::job::JobClaim;
use crate::formats::sniff::{FileType, file_type};
use crate::io::limits::MAX_DOCUMENT_BYTES;

const STEP: &str = "read_document";

/// Reads a document that nothing was made of yet. A crash before the commit changes nothing.
///
/// # Errors
/// What the store, the vault or the reader met.
pub async fn read_document(
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
    let is_open = matches!(document.state, DocumentState::Unread | DocumentState::Read);
    if !is_open {
        return left_as_it_is(office, claim, &document).await;
    }
    let missing = || StepError::Missing(document.message.into());
    let message = office
        .store
        .message(document.message)
        .await?
        .ok_or_else(missing)?;
    let bytes = office
        .vault
        .get(document.content, MAX_DOCUMENT_BYTES)
        .await?;
    let parties = Parties::load(office).await?;
    let mail = MailFacts {
        subject: &message.subject,
        from_domain: message.from.as_ref().map(|from| from.domain()),
        mailbox_side: Some(office.rules.side_of(&message.mailbox)),
        file_name: &document.name,
    };
    document.reading = match read_content(
        &office.reader,
        kind_of(&document.media_type, &bytes),
        &bytes,
    )
    .await?
    {
        Ok(content) => read(
            &DocumentInput {
                content,
                mail,
                with_embedded: true,
            },
            &office.rules.identity,
            &parties.known,
        ),
        Err(error) => unreadable(&error.why),
    };
    let read = AuditEvent::new(
        now,
        Actor::program(STEP),
        "document opened",
        id,
        "it was waiting to be read",
    );
    let change = put_read(
        office,
        Change::new(read),
        document,
        (message.from.as_ref(), &parties),
        (now, STEP),
    )?;
    office.store.commit(change.finishing(claim.clone())).await?;
    Ok(())
}

async fn left_as_it_is(
    office: &Office,
    claim: &JobClaim,
    document: &Document,
) -> Result<(), StepError> {
    let why = format!("it is {} already", document.state);
    let (now, actor) = (office.clock.now(), Actor::program(STEP));
    let told = AuditEvent::new(now, actor, "document left as it is", document.id, why);
    office
        .store
        .commit(Change::new(told).finishing(claim.clone()))
        .await?;
    Ok(())
}

/// A mail's own text stays text, whatever its first bytes look like.
fn kind_of(media_type: &str, bytes: &[u8]) -> FileType {
    match media_type {
        "text/plain" => FileType::Text,
        "text/html" => FileType::Html,
        _ => file_type(bytes),
    }
}
