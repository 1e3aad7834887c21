//! Reads one document of a mail with many. It waits until the last of them is read: another may show the same bill.

use super::carried::{carried_in_pages, keep_carried};
use super::document_change::{Parties, media_type, parted, put_all};
use super::learn::recall_corrections;
use super::mail_parts::{PartDocument, SetAside};
use super::open_mail::OpenedMail;
use super::part_change::{set_aside, unread};
use super::read_content::{Understood, kind_of, understand};
use super::read_message::opened;
use super::{Office, StepError};
use crate::basics::calendar::Timestamp;
use crate::basics::ids::DocumentId;
use crate::domain::audit::{Actor, AuditEvent};
use crate::domain::change::{Change, Record};
use crate::domain::document::extract::bill::MailFacts;
use crate::domain::document::split::Piece;
use crate::domain::document::{Document, DocumentEvent, DocumentState, state};
use crate::domain::job::JobClaim;
use crate::domain::message::Message;
use crate::formats::sniff::FileType;
use crate::io::limits::{MAX_DOCUMENT_BYTES, MAX_MAIL_BYTES};

const STEP: &str = "read_document";

/// Reads a document, and when it was the last of its mail lets follow what follows from them all. A crash before the first
/// commit changes nothing; one after it finds the document waiting and looks at the others only.
///
/// Of two documents read at the same time the one committed later sees the other, so that one of them is the last. When
/// both are, both write every waiting document: one of them meets a conflict, and finds nothing left to do.
///
/// # Errors
/// What the store, the vault or the reader met.
pub async fn read_document(
    office: &Office,
    claim: &JobClaim,
    id: DocumentId,
) -> Result<(), StepError> {
    let (store, now) = (&office.store, office.clock.now());
    let missing = || StepError::Missing(id.into());
    let document = store.document(id).await?.ok_or_else(missing)?;
    let missing = || StepError::Missing(document.message.into());
    let message = store.message(document.message).await?.ok_or_else(missing)?;
    let parties = Parties::load(office).await?;
    match document.state {
        DocumentState::Unread => {
            if let Some(change) = unpacked(office, &message, &document, (&parties, now)).await? {
                store.commit(change.finishing(claim.clone())).await?;
                return Ok(());
            }
            let reading = reading(office, &message, &document, &parties).await?;
            let carried = carried(&document, &reading);
            let change = waits(document, reading, now)?;
            let told = (now, STEP);
            let change = keep_carried(office, change, &message, &carried, told).await?;
            store.commit(change).await?;
        }
        DocumentState::Waiting => {}
        DocumentState::Read
        | DocumentState::Consumed
        | DocumentState::SetAside
        | DocumentState::Replaced => return left_as_it_is(office, claim, &document).await,
    }
    let documents = store.documents_of_message(message.id).await?;
    let unread = documents
        .iter()
        .filter(|other| other.state == DocumentState::Unread)
        .count();
    let told = |action, why| AuditEvent::new(now, Actor::program(STEP), action, message.id, why);
    let change = if unread > 0 {
        let why = format!("{unread} documents of it are still to be read");
        Change::new(told("message waits for its documents", why))
    } else {
        let why = "each was read by itself".to_owned();
        let change = Change::new(told("documents of the message read", why));
        let waiting = documents.into_iter();
        let waiting = waiting.filter(|one| one.state == DocumentState::Waiting);
        let with = (message.from.as_ref(), &parties);
        put_all(office, change, waiting.collect(), with, (now, STEP))?
    };
    store.commit(change.finishing(claim.clone())).await?;
    Ok(())
}

/// A container that was locked, and opens now: what it holds stands for it, and each is read by itself. Nothing for what
/// holds no files or stays closed; reading it says why.
async fn unpacked(
    office: &Office,
    message: &Message,
    container: &Document,
    (parties, now): (&Parties, Timestamp),
) -> Result<Option<Change>, StepError> {
    if !is_container_type(&container.media_type) {
        return Ok(None);
    }
    let raw = office.vault.get(message.content, MAX_MAIL_BYTES).await?;
    let Ok(OpenedMail {
        mut documents,
        set_aside: mut others,
        ..
    }) = opened(office, raw, parties).await?
    else {
        return Ok(None);
    };
    let inside = format!("{}/", container.part);
    documents.retain(|part| part.part.starts_with(&inside));
    others.retain(|part| part.part.starts_with(&inside));
    if documents.is_empty() && others.is_empty() {
        return Ok(None);
    }
    let why = "unpacked: what it holds is read one by one";
    let file = Document {
        state: state::next(container.state, DocumentEvent::Replace)?,
        note: Some(why.into()),
        ..container.clone()
    };
    let told = AuditEvent::new(now, Actor::program(STEP), "document replaced", file.id, why)
        .state(Some(container.state.as_str()), file.state.as_str())
        .fact("name", &file.name);
    let mut change = Change::new(told).put(Record::Document(file));
    let bytes = documents.iter().map(|part| part.bytes.as_slice());
    let bytes = bytes.chain(others.iter().map(|part| part.bytes.as_slice()));
    let mut hashes = office
        .vault
        .put_all(&bytes.collect::<Vec<_>>())
        .await?
        .into_iter();
    for (part, hash) in documents.iter().zip(&mut hashes) {
        change = unread(change, message, (part, hash), (now, STEP, why));
    }
    for (part, hash) in others.iter().zip(&mut hashes) {
        change = set_aside(change, message, (part, hash), (now, STEP));
    }
    Ok(Some(change))
}

fn is_container_type(media_type: &str) -> bool {
    let containers = [
        FileType::Zip,
        FileType::OutlookMessage,
        FileType::Tnef,
        FileType::Pkcs7,
    ];
    containers
        .into_iter()
        .any(|kind| self::media_type(kind) == media_type)
}

async fn reading(
    office: &Office,
    message: &Message,
    document: &Document,
    parties: &Parties,
) -> Result<Understood, StepError> {
    let bytes = office
        .vault
        .get(document.content, MAX_DOCUMENT_BYTES)
        .await?;
    let mail = MailFacts {
        subject: &message.subject,
        from_domain: message.from.as_ref().map(|from| from.domain()),
        mailbox_side: Some(office.rules.side_of(&message.mailbox)),
        file_name: &document.name,
    };
    let kind = kind_of(&document.media_type, &bytes);
    let us = (&office.rules.identity, parties.known.as_slice());
    let from = message.from.as_ref();
    let passwords = office.file_passwords.of(from, &parties.suppliers);
    let mut read = understand(office.tools(&passwords), (kind, &bytes), (mail, true), us).await?;
    recall_corrections(office, &mut read, (from, parties)).await?;
    Ok(read)
}

/// The files inside it.
fn carried(document: &Document, understood: &Understood) -> Vec<SetAside> {
    let file = PartDocument {
        part: document.part.clone(),
        name: document.name.clone(),
        kind: FileType::Pdf,
        bytes: Vec::new(),
    };
    carried_in_pages(&file, &understood.content)
}

/// What it says is kept; nothing follows from it yet.
fn waits(document: Document, understood: Understood, now: Timestamp) -> Result<Change, StepError> {
    let Understood {
        reading, pieces, ..
    } = understood;
    if !pieces.is_empty() {
        return parts_wait(
            Document {
                reading,
                ..document
            },
            pieces,
            now,
        );
    }
    let before = document.state;
    let document = Document {
        state: state::next(before, DocumentEvent::Wait)?,
        reading,
        ..document
    };
    let told = AuditEvent::new(
        now,
        Actor::program(STEP),
        "document opened",
        document.id,
        "another of its mail may show the same bill",
    )
    .state(Some(before.as_str()), document.state.as_str());
    Ok(Change::new(told).put(Record::Document(document)))
}

/// The bills of a file that holds several wait in its stead.
fn parts_wait(file: Document, pieces: Vec<Piece>, now: Timestamp) -> Result<Change, StepError> {
    let id = file.id;
    let opened = AuditEvent::new(
        now,
        Actor::program(STEP),
        "document opened",
        id,
        "it holds several bills",
    );
    let (mut change, bills) = parted(Change::new(opened), file, pieces, (now, STEP))?;
    for bill in bills {
        let bill = Document {
            state: state::next(bill.state, DocumentEvent::Wait)?,
            ..bill
        };
        let why = "another of its mail may show the same bill";
        let told = AuditEvent::new(now, Actor::program(STEP), "document opened", bill.id, why)
            .state(None, bill.state.as_str());
        change = change.event(told).put(Record::Document(bill));
    }
    Ok(change)
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
