//! What a read document changes in the books: its row, and a bill, a job or a question. Used by `read_message`, which
//! usually reads a mail's documents at once, and by `read_document`.

use std::sync::Arc;

use super::{Office, StepError};
use crate::basics::address::MailAddress;
use crate::basics::calendar::Timestamp;
use crate::domain::audit::{Actor, AuditEvent};
use crate::domain::change::{Change, Record};
use crate::domain::document::identity::KnownParty;
use crate::domain::document::next_step::{NextStep, Question, next_step};
use crate::domain::document::{Document, DocumentEvent, DocumentState, Side, state};
use crate::domain::exception::{Exception, Ownership};
use crate::domain::job::{NewJob, Step};
use crate::domain::payable::Supplier;
use crate::domain::payable::draft::{Sender, draft};
use crate::domain::receivable::Customer;
use crate::formats::sniff::FileType;

/// The parties of the books, loaded once for all documents of a mail.
#[derive(Debug)]
pub struct Parties {
    suppliers: Arc<[Supplier]>,
    /// Suppliers first, then customers.
    pub known: Vec<KnownParty>,
}

impl Parties {
    /// Everybody in the books.
    ///
    /// # Errors
    /// What the store met.
    pub async fn load(office: &Office) -> Result<Self, StepError> {
        let suppliers = office.store.suppliers().await?;
        let customers = office.store.customers().await?;
        let known = suppliers
            .iter()
            .map(of_supplier)
            .chain(customers.iter().map(of_customer))
            .collect();
        Ok(Self { suppliers, known })
    }
}

fn of_supplier(supplier: &Supplier) -> KnownParty {
    KnownParty {
        name: supplier.name.clone(),
        vat_id: supplier.vat_id.clone(),
        ibans: supplier.ibans.clone(),
        domains: supplier.domains.clone(),
        number: supplier.number.clone(),
    }
}

fn of_customer(customer: &Customer) -> KnownParty {
    KnownParty {
        name: customer.name.clone(),
        vat_id: customer.vat_id.clone(),
        ibans: customer.ibans.clone(),
        domains: customer.domains.clone(),
        number: customer.number.clone(),
    }
}

/// Writes a document that was just read, and what follows from it. `from` is the sender of its mail.
///
/// # Errors
/// Refused when the document is past reading.
pub fn put_read(
    office: &Office,
    change: Change,
    mut document: Document,
    (from, parties): (Option<&MailAddress>, &Parties),
    (now, step): (Timestamp, &str),
) -> Result<Change, StepError> {
    let before = (document.version > 0).then_some(document.state);
    if document.state == DocumentState::Unread {
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
        .fact("name", &document.name),
    );
    match next_step(&document.reading) {
        NextStep::DraftBill => {
            let sender = Sender {
                from,
                own_domains: &office.rules.identity.domains,
            };
            let (bill, _) = draft(&document, &sender, &parties.suppliers);
            let drafted = AuditEvent::new(
                now,
                Actor::program(step),
                "bill drafted",
                bill.id,
                "a supplier's bill came in",
            )
            .state(None, bill.state.as_str())
            .fact("number", bill.number.as_deref().unwrap_or_default())
            .fact("supplier", &bill.supplier_name);
            change = consume(
                change.event(drafted),
                &mut document,
                (now, step),
                "a bill was made of it",
            )?;
            change = change
                .job(NewJob::now(Step::ReviewBill, bill.id, now))
                .put(Record::Bill(bill));
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
    Exception::raise(
        code,
        document.id.into(),
        "",
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
        FileType::Text => "text/plain",
        FileType::Png => "image/png",
        FileType::Jpeg => "image/jpeg",
        FileType::Gif => "image/gif",
        FileType::Tiff => "image/tiff",
        FileType::Zip => "application/zip",
        FileType::Ole => "application/x-ole-storage",
        FileType::Tnef => "application/ms-tnef",
        FileType::Pkcs7 => "application/pkcs7-mime",
        FileType::Email => "message/rfc822",
        FileType::Empty | FileType::Unknown => "application/octet-stream",
    }
}
