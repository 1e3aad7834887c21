//! Takes a stored mail apart: every part becomes a document or is set aside with the reason; the route says what follows.
//! The documents of a small mail are read at once, so that mail, documents, bills and the next jobs are one commit.

use std::sync::Arc;

use super::carried::{carried_in_pages, keep_carried};
use super::document_change::{Parties, parted, put_all};
use super::learn::recall_corrections;
use super::mail_parts::{PartDocument, SetAside};
use super::mail_questions::{decides, not_counted, to_be_opened, to_be_read};
use super::note_absence::{ask_delegates, note_absence};
use super::open_mail::OpenedMail;
use super::part_change::{document, set_aside, unread};
use super::read_content::{Understood, understand};
use super::tell_sender::{tell_of_quarantine, tell_of_reading};
use super::unpack_mail::take_apart;
use super::{Office, StepError};
use crate::basics::address::MailAddress;
use crate::basics::calendar::Timestamp;
use crate::basics::ids::{ContentHash, MessageId};
use crate::basics::text::chain;
use crate::domain::audit::{Actor, AuditEvent};
use crate::domain::change::{Change, Record};
use crate::domain::document::extract::bill::MailFacts;
use crate::domain::document::{DocumentKind, Reading};
use crate::domain::exception::{Exception, ExceptionCode};
use crate::domain::job::{JobClaim, NewJob, Step};
use crate::domain::message::link::linked_bill;
use crate::domain::message::parts::{PartUse, repeated_picture};
use crate::domain::message::state::next;
use crate::domain::message::{Message, MessageEvent, MessageState, Route};
use crate::formats::mime::Unreadable;
use crate::formats::sniff::FileType;
use crate::io::limits::MAX_MAIL_BYTES;

const STEP: &str = "read_message";
/// A mail with more documents has them read one job each, so that no job holds its lease for minutes.
const AT_ONCE_DOCUMENTS: usize = 10;
/// The same for their bytes together.
const AT_ONCE_BYTES: usize = 20 << 20;
/// Notes kept on a message; a broken mail repeats itself.
const MAX_NOTES: usize = 30;

/// Reads a message. A crash before the commit leaves its bytes in the vault and nothing else; they are met again.
///
/// # Errors
/// What the store, the vault or the reader met. A mail that cannot be read is no error: it goes into quarantine.
pub async fn read_message(
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
    if message.state != MessageState::Fetched {
        let told = AuditEvent::new(
            now,
            Actor::program(STEP),
            "message read already",
            id,
            "nothing left to read",
        );
        office
            .store
            .commit(Change::new(told).finishing(claim.clone()))
            .await?;
        return Ok(());
    }
    let raw = office.vault.get(message.content, MAX_MAIL_BYTES).await?;
    let parties = Parties::load(office).await?;
    let change = match opened(office, raw, &parties).await? {
        Ok(opened) => taken_apart(office, message, opened, (&parties, now)).await?,
        Err(error) => {
            let change = quarantined(office, message.clone(), &error.to_string(), now)?;
            let raw = office.vault.get(message.content, MAX_MAIL_BYTES).await?;
            tell_of_quarantine(office, change, &message, &raw, now).await?
        }
    };
    office.store.commit(change.finishing(claim.clone())).await?;
    Ok(())
}

/// The mail taken apart, its containers with what they hold. Where documents would be passed over for a token that names nothing we asked, the mail answers
/// nothing of ours: it is taken apart once more, and they are read.
pub(super) async fn opened(
    office: &Office,
    raw: Vec<u8>,
    parties: &Parties,
) -> Result<Result<OpenedMail, Unreadable>, StepError> {
    let raw = Arc::new(raw);
    let suppliers = &parties.suppliers;
    let passwords = |from: Option<&MailAddress>| office.file_passwords.of(from, suppliers);
    let first = take_apart(&office.reader, &raw, &office.own_mail(), passwords).await?;
    match &first {
        Ok(mail) if mail.passed_over > 0 && !is_known(office, mail).await? => {
            let ours = office.own_mail().nothing_asked();
            take_apart(&office.reader, &raw, &ours, passwords).await
        }
        _ => Ok(first),
    }
}

/// Does a token of it name a request of ours, or its recipient a mail of ours?
async fn is_known(office: &Office, mail: &OpenedMail) -> Result<bool, StepError> {
    for seen in &mail.routed.tokens {
        let request = office.store.request_by_token_hash(seen.token.hash());
        if request.await?.is_some() {
            return Ok(true);
        }
    }
    for recipient in &mail.facts.recipients {
        if office
            .store
            .outbound_by_envelope(recipient)
            .await?
            .is_some()
        {
            return Ok(true);
        }
    }
    Ok(false)
}

/// A mail that brought the program down as often as it was read: it goes into quarantine, its bytes stay, the rest goes on.
///
/// # Errors
/// What the store met.
pub async fn give_up_reading(
    office: &Office,
    claim: &JobClaim,
    id: MessageId,
    failure: &StepError,
) -> Result<(), StepError> {
    let now = office.clock.now();
    let message = office.store.message(id).await?;
    let message = message.ok_or_else(|| StepError::Missing(id.into()))?;
    let change = quarantined(office, message, &chain(failure), now)?;
    office.store.commit(change.finishing(claim.clone())).await?;
    Ok(())
}

fn quarantined(
    office: &Office,
    mut message: Message,
    why: &str,
    now: Timestamp,
) -> Result<Change, StepError> {
    let before = message.state;
    message.state = next(before, MessageEvent::Quarantine)?;
    message.notes.push(why.to_owned());
    let told = AuditEvent::new(
        now,
        Actor::program(STEP),
        "message quarantined",
        message.id,
        why,
    )
    .state(Some(before.as_str()), message.state.as_str());
    tracing::warn!(message.id = %message.id, why, "message quarantined");
    let action = "Look at the original; ask the sender to send it again, or requeue it once the cause is gone.";
    let item = Exception::raise(
        ExceptionCode::MessageUnreadable,
        message.id.into(),
        &message.version.to_string(),
        &office.rules.owners.mail,
        now,
        (why, action),
    );
    Ok(Change::new(told).raise(item).put(Record::Message(message)))
}

/// Everything the mail changes.
async fn taken_apart(
    office: &Office,
    message: Message,
    opened: OpenedMail,
    (parties, now): (&Parties, Timestamp),
) -> Result<Change, StepError> {
    let bytes = opened
        .documents
        .iter()
        .map(|part| part.bytes.as_slice())
        .chain(opened.set_aside.iter().map(|part| part.bytes.as_slice()));
    let hashes = office.vault.put_all(&bytes.collect::<Vec<_>>()).await?;
    let (of_documents, of_others) = hashes.split_at(opened.documents.len().min(hashes.len()));
    let change = message_read(office, &message, &opened, now)?;
    let mut change = ask_delegates(office, change, &message, &opened, now).await?;
    change = tell_of_reading(office, change, &message, &opened, now).await?;
    for (part, hash) in opened.set_aside.iter().zip(of_others) {
        change = set_aside(change, &message, (part, *hash), (now, STEP));
    }
    let total = opened
        .documents
        .iter()
        .map(|part| part.bytes.len())
        .sum::<usize>();
    if opened.documents.len() > AT_ONCE_DOCUMENTS || total > AT_ONCE_BYTES {
        let why = "the mail has many; each is read by itself";
        for (part, hash) in opened.documents.iter().zip(of_documents) {
            change = unread(change, &message, (part, *hash), (now, STEP, why));
        }
        return Ok(change);
    }
    if opened.documents.is_empty() {
        return Ok(change);
    }
    let from = opened.facts.sender();
    let readings = read_all(office, &message, &opened, (from, parties)).await?;
    let read = opened.documents.iter().zip(&readings);
    let carried = read.flat_map(|(part, read)| carried_in_pages(part, &read.content));
    let carried = carried.collect::<Vec<_>>();
    change = keep_carried(office, change, &message, &carried, (now, STEP)).await?;
    let mut documents = Vec::new();
    for (
        (part, hash),
        Understood {
            reading, pieces, ..
        },
    ) in opened.documents.iter().zip(of_documents).zip(readings)
    {
        if let Some(aside) =
            seen_in_other_mails(office, &message, (part, *hash), &reading, from).await?
        {
            change = set_aside(change, &message, (&aside, *hash), (now, STEP));
            continue;
        }
        let document = document(&message, part, *hash, reading);
        if pieces.is_empty() {
            documents.push(document);
        } else {
            let (with, bills) = parted(change, document, pieces, (now, STEP))?;
            change = with;
            documents.extend(bills);
        }
    }
    put_all(office, change, documents, (from, parties), (now, STEP))
}

/// A picture without meaning that every mail of this sender brings.
async fn seen_in_other_mails(
    office: &Office,
    message: &Message,
    (part, hash): (&PartDocument, ContentHash),
    reading: &Reading,
    from: Option<&MailAddress>,
) -> Result<Option<SetAside>, StepError> {
    let is_picture = matches!(part.kind, FileType::Png | FileType::Jpeg | FileType::Gif);
    let is_paper = reading.classification.kind != DocumentKind::Other;
    let Some(from) = from.filter(|_| is_picture && !is_paper) else {
        return Ok(None);
    };
    let seen = office
        .store
        .other_mails_with(hash, message.id, from.domain());
    Ok(match repeated_picture(is_paper, seen.await?) {
        Some(PartUse::SetAside(why)) => Some(SetAside {
            part: part.part.clone(),
            name: part.name.clone(),
            kind: part.kind,
            bytes: Vec::new(),
            why,
            is_replaced: false,
        }),
        Some(PartUse::Document | PartUse::Body) | None => None,
    })
}

/// The message's own row and what its route asks for.
fn message_read(
    office: &Office,
    before: &Message,
    opened: &OpenedMail,
    now: Timestamp,
) -> Result<Change, StepError> {
    let mut message = before.clone();
    message.state = next(before.state, MessageEvent::Read)?;
    message.route = Some(opened.routed.route);
    message.from = opened.facts.sender().cloned();
    message.subject = opened.facts.subject.clone();
    message.header_message_id = opened.facts.message_id.clone();
    message.notes.extend(
        opened
            .routed
            .reasons
            .iter()
            .chain(&opened.issues)
            .take(MAX_NOTES)
            .cloned(),
    );
    let told = AuditEvent::new(
        now,
        Actor::program(STEP),
        "message read",
        message.id,
        opened.routed.reasons.join("; "),
    )
    .state(Some(before.state.as_str()), message.state.as_str())
    .fact("route", opened.routed.route)
    .fact("documents", opened.documents.len())
    .fact("set_aside", opened.set_aside.len());
    tracing::info!(message.id = %message.id, route = %opened.routed.route, documents = opened.documents.len(), "message read");
    let id = message.id;
    let change = Change::new(told).put(Record::Message(message));
    Ok(match opened.routed.route {
        Route::Documents if !opened.left_closed.is_empty() => {
            change.raise(to_be_opened(office, before, opened, now))
        }
        Route::AutomaticReply if decides(opened) => {
            change.raise(not_counted(office, before, opened, now))
        }
        Route::AutomaticReply => note_absence(office, change, before, opened, now),
        Route::Documents => change,
        Route::ApprovalReply => change.job(NewJob::now(Step::RecordApproval, id, now)),
        Route::CustomerReply => change.job(NewJob::now(Step::RecordCustomerReply, id, now)),
        Route::DeliveryReport | Route::FeedbackReport => {
            change.job(NewJob::now(Step::RecordDelivery, id, now))
        }
        // What a program or a list sent is noted, unless a bill lies behind its link; what a person wrote, somebody reads.
        Route::Nothing
            if opened.routed.automatic.is_some() && linked_bill(&opened.facts.text).is_none() =>
        {
            change
        }
        Route::Nothing => change.raise(to_be_read(office, before, opened, now)),
    })
}

/// The documents of a small mail, read here and now.
async fn read_all(
    office: &Office,
    message: &Message,
    opened: &OpenedMail,
    (from, parties): (Option<&MailAddress>, &Parties),
) -> Result<Vec<Understood>, StepError> {
    let from_domain = opened.facts.from.first().map(|from| from.domain());
    let mailbox_side = Some(office.rules.side_of(&message.mailbox));
    let passwords = office.file_passwords.of(from, &parties.suppliers);
    let mut readings = Vec::with_capacity(opened.documents.len());
    for part in &opened.documents {
        let mail = MailFacts {
            subject: &opened.facts.subject,
            from_domain,
            mailbox_side,
            file_name: &part.name,
        };
        let file = (part.kind, part.bytes.as_slice());
        let us = (&office.rules.identity, parties.known.as_slice());
        let mut read = understand(office.tools(&passwords), file, (mail, true), us).await?;
        recall_corrections(office, &mut read, (from, parties)).await?;
        readings.push(read);
    }
    Ok(readings)
}
