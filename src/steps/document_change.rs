//! What the read documents of a mail change in the books: their rows, and bills, jobs or questions. Used by `read_message`,
//! which usually reads a mail's documents at once, and by `read_document` once the last of many is read.

use std::sync::Arc;

use super::{Office, StepError};
use crate::basics::address::MailAddress;
use crate::basics::calendar::Timestamp;
use crate::basics::ids::DocumentId;
use crate::domain::audit::{Actor, AuditEvent};
use crate::domain::change::{Change, Record};
use crate::domain::document::identity::KnownParty;
use crate::domain::document::next_step::{NextStep, Question, next_step};
use crate::domain::document::pair::{Told, pair};
use crate::domain::document::proposal::unsure;
use crate::domain::document::split::{Piece, part_of};
use crate::domain::document::{Document, DocumentEvent, DocumentState, Side, state};
use crate::domain::exception::{Exception, Ownership};
use crate::domain::job::{NewJob, Step};
use crate::domain::payable::draft::{Sender, draft};
use crate::domain::payable::{Bill, Supplier};
use crate::domain::receivable::Customer;
use crate::formats::sniff::FileType;

/// The parties of the books, loaded once for all documents of a mail.
#[derive(Debug)]
pub struct Parties {
    /// The suppliers.
    pub suppliers: Arc<[Supplier]>,
    /// Suppliers first, then customers.
    pub known: Vec<KnownParty>,
}

impl Parties {
    /// Everybody in the books.
    ///
    /// # Errors
    /// What the store met.
    pub async fn load(office: &Office) -> Result<Self, StepError> {
        let (suppliers, customers) = office.store.parties().await?;
        let known = suppliers
            .iter()
            .map(of_supplier)
            .chain(customers.iter().map(of_customer))
            .collect();
        Ok(Self { suppliers, known })
    }
}

/// A supplier as a document can show it.
pub fn of_supplier(supplier: &Supplier) -> KnownParty {
    KnownParty {
        name: supplier.name.clone(),
        vat_id: supplier.vat_id.clone(),
        ibans: supplier.ibans.clone(),
        domains: supplier.domains.clone(),
        number: supplier.number.clone(),
    }
}

/// A customer as a document can show it.
pub fn of_customer(customer: &Customer) -> KnownParty {
    KnownParty {
        name: customer.name.clone(),
        vat_id: customer.vat_id.clone(),
        ibans: customer.ibans.clone(),
        domains: customer.domains.clone(),
        number: customer.number.clone(),
    }
}

/// Writes the documents of one mail, all of them read, and what follows: one that only shows again what another one says is
/// replaced, every other one becomes what it is. `from` is the sender of the mail.
///
/// # Errors
/// Refused when a document is past reading.
pub fn put_all(
    office: &Office,
    mut change: Change,
    mut documents: Vec<Document>,
    (from, parties): (Option<&MailAddress>, &Parties),
    (now, step): (Timestamp, &str),
) -> Result<Change, StepError> {
    let pairs = pair(
        &mut documents
            .iter_mut()
            .map(|document| Told {
                is_body: document.is_body(),
                reading: &mut document.reading,
            })
            .collect::<Vec<_>>(),
    );
    let places = documents
        .iter()
        .map(|document| (document.id, document.name.clone()))
        .collect::<Vec<_>>();
    for (index, document) in documents.into_iter().enumerate() {
        let pair = pairs.iter().find(|pair| pair.rendering == index);
        let master = pair.and_then(|pair| Some((pair, places.get(pair.master)?)));
        change = match master {
            Some((pair, (master, name))) => {
                replaced(change, document, (*master, pair.why(name)), (now, step))?
            }
            None => put_read(office, change, document, (from, parties), (now, step))?,
        };
    }
    Ok(change)
}

/// A file that holds several bills is replaced by them: each becomes a document of its own, with its pages in its place.
///
/// # Errors
/// Refused when the file is past reading.
pub fn parted(
    change: Change,
    file: Document,
    pieces: Vec<Piece>,
    (now, step): (Timestamp, &str),
) -> Result<(Change, Vec<Document>), StepError> {
    let before = (file.version > 0).then_some(file.state);
    let bills = pieces.into_iter().map(|piece| {
        let part = part_of(&file.part, &piece.pages);
        Document {
            id: Document::id_of(file.message, &part),
            parent: Some(file.id),
            part,
            state: DocumentState::Unread,
            note: None,
            reading: piece.reading,
            version: 0,
            ..file.clone()
        }
    });
    let bills = bills.collect();
    let why = file.reading.classification.reasons.join("; ");
    let file = Document {
        state: state::next(file.state, DocumentEvent::Replace)?,
        note: Some(why.clone()),
        ..file
    };
    let told = AuditEvent::new(now, Actor::program(step), "document replaced", file.id, why)
        .state(before.map(DocumentState::as_str), file.state.as_str())
        .fact("name", &file.name);
    Ok((change.event(told).put(Record::Document(file)), bills))
}

/// A document that another one of its mail stands for: the PDF of a bill whose XML came with it.
fn replaced(
    change: Change,
    document: Document,
    (master, why): (DocumentId, String),
    (now, step): (Timestamp, &str),
) -> Result<Change, StepError> {
    let before = (document.version > 0).then_some(document.state);
    let document = Document {
        state: state::next(document.state, DocumentEvent::Replace)?,
        note: Some(why.clone()),
        parent: Some(master),
        ..document
    };
    let told = AuditEvent::new(
        now,
        Actor::program(step),
        "document replaced",
        document.id,
        why,
    )
    .state(before.map(DocumentState::as_str), document.state.as_str())
    .fact("name", &document.name);
    Ok(change.event(told).put(Record::Document(document)))
}

fn put_read(
    office: &Office,
    change: Change,
    mut document: Document,
    (from, parties): (Option<&MailAddress>, &Parties),
    (now, step): (Timestamp, &str),
) -> Result<Change, StepError> {
    let before = (document.version > 0).then_some(document.state);
    if matches!(
        document.state,
        DocumentState::Unread | DocumentState::Waiting
    ) {
        document.state = state::next(document.state, DocumentEvent::Read)?;
    }
    let class = &document.reading.classification;
    let mut change = change.event(
        AuditEvent::new(
            now,
            Actor::program(step),
            "document read",
            document.id,
            class.reasons.join("; "),
        )
        .state(before.map(DocumentState::as_str), document.state.as_str())
        .fact("kind", class.kind)
        .fact("side", class.side)
        .fact("name", &document.name)
        .fact("content", document.content)
        .fact("memories", memories(&document)),
    );
    if office.model.is_some() && unsure(&document.reading).is_some() {
        change = change.job(NewJob::now(Step::AskModel, document.id, now));
    }
    match next_step(&document.reading) {
        NextStep::DraftBill => {
            let with = (from, parties);
            let (all, bill) = drafted(office, change, &mut document, with, (now, step))?;
            change = all.put(Record::Bill(bill));
        }
        NextStep::RecordRemittance => {
            change = change.job(NewJob::now(Step::RecordRemittance, document.id, now))
        }
        NextStep::AttachSupport => {
            change = change.job(NewJob::now(Step::AttachSupport, document.id, now))
        }
        NextStep::Ask(question) => change = change.raise(asked(office, &document, question, now)),
    }
    Ok(change.put(Record::Document(document)))
}

/// The bill that a document becomes, with its review. The caller puts both.
///
/// # Errors
/// Refused when the document became something before.
pub fn drafted(
    office: &Office,
    change: Change,
    document: &mut Document,
    (from, parties): (Option<&MailAddress>, &Parties),
    (now, step): (Timestamp, &str),
) -> Result<(Change, Bill), StepError> {
    let sender = Sender {
        from,
        own_domains: &office.rules.identity.domains,
    };
    let (bill, _) = draft(document, &sender, &parties.suppliers);
    let told = AuditEvent::new(
        now,
        Actor::program(step),
        "bill drafted",
        bill.id,
        "a supplier's bill came in",
    )
    .state(None, bill.state.as_str())
    .fact("number", bill.number.as_deref().unwrap_or_default())
    .fact("supplier", &bill.supplier_name);
    let change = consume(
        change.event(told),
        document,
        (now, step),
        "a bill was made of it",
    )?;
    let review = NewJob::now(Step::ReviewBill, bill.id, now);
    Ok((change.job(review), bill))
}

/// What earlier corrections gave, for the audit trail.
fn memories(document: &Document) -> String {
    let recalled = document.reading.recalled.iter();
    let each = recalled.map(|one| format!("{} by memory {}", one.field, one.memory.short()));
    each.collect::<Vec<_>>().join(", ")
}

/// The document has become something else.
///
/// # Errors
/// Refused when it has before.
pub fn consume(
    change: Change,
    document: &mut Document,
    (now, step): (Timestamp, &str),
    why: &str,
) -> Result<Change, StepError> {
    let before = document.state;
    document.state = state::next(before, DocumentEvent::Consume)?;
    let consumed = AuditEvent::new(
        now,
        Actor::program(step),
        "document consumed",
        document.id,
        why,
    )
    .state(Some(before.as_str()), document.state.as_str());
    Ok(change.event(consumed))
}

fn asked(office: &Office, document: &Document, question: Question, now: Timestamp) -> Exception {
    let Question {
        code,
        reason,
        next_action,
    } = question;
    let reason = format!("{}: {reason}", document.name);
    let owner = owner(office, document.reading.classification.side);
    // A document that is read again is asked about again.
    let occurrence = match document.version {
        0 => String::new(),
        version => version.to_string(),
    };
    Exception::raise(
        code,
        document.id.into(),
        &occurrence,
        owner,
        now,
        (reason, next_action),
    )
}

/// Receivables for their own papers; payables for all else, where most papers come from.
fn owner(office: &Office, side: Side) -> &Ownership {
    match side {
        Side::Receivable => &office.rules.owners.receivables,
        Side::Payable | Side::None | Side::Unclear => &office.rules.owners.payables,
    }
}

/// The media type of what the leading bytes show.
pub fn media_type(kind: FileType) -> &'static str {
    match kind {
        FileType::Pdf => "application/pdf",
        FileType::Xml(_) => "application/xml",
        FileType::Html => "text/html",
        FileType::Csv => "text/csv",
        // RFC 1767.
        FileType::X12 => "application/EDI-X12",
        FileType::Edifact => "application/EDIFACT",
        FileType::Text => "text/plain",
        FileType::Png => "image/png",
        FileType::Jpeg => "image/jpeg",
        FileType::Gif => "image/gif",
        FileType::Tiff => "image/tiff",
        FileType::Zip => "application/zip",
        FileType::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        FileType::Ods => "application/vnd.oasis.opendocument.spreadsheet",
        FileType::Xls => "application/vnd.ms-excel",
        FileType::OutlookMessage => "application/vnd.ms-outlook",
        FileType::Ole => "application/x-ole-storage",
        FileType::Tnef => "application/ms-tnef",
        FileType::Pkcs7 => "application/pkcs7-mime",
        FileType::Email => "message/rfc822",
        FileType::OfficeDocument | FileType::OfficeMacros | FileType::Empty | FileType::Unknown => {
            "application/octet-stream"
        }
    }
}
