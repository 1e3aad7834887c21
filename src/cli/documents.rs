//! `documents`: every file and body that was read, with the evidence for each value.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use clap::Subcommand;
use rust_decimal::Decimal;

use super::Context;
use super::desk::{Decision, Desk, Limit, at_desk, one_of, the_one};
use super::output::{Record, Shown};
use super::{exceptions, trail};
use crate::basics::text::mask;
use crate::domain::document::memory::Recalled;
use crate::domain::document::{
    Confidence, Document, DocumentKind, DocumentState, Field, Fields, Side, Source,
};
use crate::domain::payable::Bill;
use crate::domain::receivable::Remittance;
use crate::io::limits::MAX_DOCUMENT_BYTES;
use crate::io::saved_file::save_new;
use crate::steps::decide_document::decide_document;
use crate::steps::requeue_document::requeue_document;

/// `documents …`
#[derive(Subcommand)]
pub enum Documents {
    /// The newest documents
    List {
        /// Only those in this state
        #[arg(long, value_parser = one_of(DocumentState::ALL, DocumentState::as_str))]
        state: Option<DocumentState>,
        #[command(flatten)]
        limit: Limit,
    },
    /// Says what one is that nobody could tell: it goes on as if it had been read so, and the questions about it are closed
    Decide {
        /// Its id, or at least four digits of it
        id: String,
        /// What it is; left away, as it was read. `other` sets it aside
        #[arg(long, value_parser = one_of(DocumentKind::ALL, DocumentKind::as_str))]
        kind: Option<DocumentKind>,
        /// Whose money it is about: `ap` is owed by us, `ar` to us; left away, as it was read
        #[arg(long, value_parser = one_of(Side::ALL, Side::as_str))]
        side: Option<Side>,
        #[command(flatten)]
        decision: Decision,
    },
    /// Has one read again that could not be opened or understood: its password, or the company it is addressed to, is
    /// configured by now, or the program can read more
    Requeue {
        /// Its id, or at least four digits of it
        id: String,
        #[command(flatten)]
        decision: Decision,
    },
    /// Writes the file as it came, to be looked at. It is a stranger's: open it with care
    Save {
        /// Its id, or at least four digits of it
        id: String,
        /// Where to; a file that is there is not written over
        file: PathBuf,
    },
    /// One document: what it is and why, its fields with their evidence, what it became
    Show {
        /// Its id, or at least four digits of it
        id: String,
    },
}

/// Does it.
///
/// # Errors
/// What the books met.
pub async fn documents(context: &Context, command: Documents) -> anyhow::Result<ExitCode> {
    at_desk(context, async |desk| match command {
        Documents::List { state, limit } => {
            let found = desk
                .office
                .store
                .list_documents(&limit.filter(state.map(DocumentState::as_str)))
                .await?;
            let columns = [
                "id",
                "state",
                "kind",
                "side",
                "confidence",
                "name",
                "message",
            ];
            desk.print
                .list(&found.iter().map(row).collect::<Vec<_>>(), &columns)
        }
        Documents::Requeue { id, decision } => {
            let found = find(desk, &id).await?;
            let (by, reason) = (&decision.by, &decision.reason);
            let again = requeue_document(&desk.office, found.id, by, reason).await?;
            desk.print.list(&[row(&again)], &["id", "state", "name"])
        }
        Documents::Decide {
            id,
            kind,
            side,
            decision,
        } => {
            let found = find(desk, &id).await?;
            let (by, reason) = (&decision.by, &decision.reason);
            let said = (kind, side);
            let decided = decide_document(&desk.office, found.id, said, by, reason).await?;
            desk.print
                .list(&[row(&decided)], &["id", "state", "kind", "side", "name"])
        }
        Documents::Save { id, file } => save(desk, &id, &file).await,
        Documents::Show { id } => show(desk, &id).await,
    })
    .await
}

async fn find(desk: &Desk, id: &str) -> anyhow::Result<Document> {
    let found = desk.office.store.find_documents(id).await?;
    the_one("document", id, found, |one| {
        format!("{} {}, {}", one.id, one.name, one.state)
    })
}

async fn save(desk: &Desk, id: &str, path: &Path) -> anyhow::Result<ExitCode> {
    let document = find(desk, id).await?;
    let vault = &desk.office.vault;
    let bytes = vault.get(document.content, MAX_DOCUMENT_BYTES).await?;
    let failed = || format!("{} cannot be written", path.display());
    save_new(path, &bytes).with_context(failed)?;
    let saved = Record::new()
        .id("id", document.id)
        .with("name", document.name.as_str())
        .with("media_type", document.media_type.as_str())
        .with("bytes", bytes.len())
        .with("file", path.display().to_string());
    let columns = ["id", "name", "media_type", "bytes", "file"];
    desk.print.list(&[saved], &columns)
}

async fn show(desk: &Desk, id: &str) -> anyhow::Result<ExitCode> {
    let store = &desk.office.store;
    let document = find(desk, id).await?;
    let bill = store.bill(Bill::id_of(document.id)).await?;
    let remittance = store.remittance(Remittance::id_of(document.id)).await?;
    let page = row(&document)
        .maybe_id("bill", bill.map(|bill| bill.id))
        .maybe_id("remittance", remittance.map(|remittance| remittance.id))
        .with("fields", fields(&document.reading.fields))
        .with("lines", lines(&document))
        .with("payments", payments(&document))
        .with("memories", memories(&document))
        .with(
            "issues",
            document
                .reading
                .issues
                .iter()
                .map(ToString::to_string)
                .collect::<Vec<_>>(),
        )
        .with("exceptions", exceptions::about(desk, document.id).await?)
        .with("audit", trail::of(desk, document.id).await?);
    desk.print.page(&page)
}

/// One document.
pub fn row(document: &Document) -> Record {
    let read = &document.reading.classification;
    Record::new()
        .id("id", document.id)
        .with("state", document.state.as_str())
        .with("kind", read.kind.as_str())
        .with("side", read.side.as_str())
        .with("confidence", confidence(read.confidence))
        .with("name", document.name.as_str())
        .with("part", document.part.as_str())
        .with("media_type", document.media_type.as_str())
        .with("pages", document.reading.pages)
        .with("reasons", read.reasons.clone())
        .with("conflict", read.conflict.clone())
        .with("note", document.note.clone())
        .maybe_id("parent", document.parent)
        .id("message", document.message)
        .with("sha256", document.content.to_string())
}

fn confidence(confidence: Confidence) -> Decimal {
    Decimal::new(i64::from(confidence.as_per_mille()), 3)
}

fn field<T: Clone>(
    name: &'static str,
    field: Option<&Field<T>>,
    shown: impl Fn(T) -> Shown,
) -> Option<Record> {
    let field = field?;
    let source = match &field.source {
        Source::Computed => None,
        Source::Path(path) => Some(path.clone()),
        Source::Page(page, _) => Some(format!("page {page}")),
        Source::Line(line) => Some(format!("line {line}")),
    };
    let record = Record::new()
        .with("field", name)
        .with("value", shown(field.value.clone()))
        .with("confidence", confidence(field.confidence))
        .with("method", field.method.as_str())
        .with("source", source)
        .with("confirmed_by", field.confirmed_by.clone());
    Some(record)
}

fn fields(fields: &Fields) -> Vec<Record> {
    let all = [
        field("supplier_name", fields.supplier_name.as_ref(), Shown::Text),
        field("supplier_vat", fields.supplier_vat.as_ref(), Shown::Text),
        field("customer_name", fields.customer_name.as_ref(), Shown::Text),
        field("customer_vat", fields.customer_vat.as_ref(), Shown::Text),
        field(
            "invoice_number",
            fields.invoice_number.as_ref(),
            Shown::Text,
        ),
        field("issue_date", fields.issue_date.as_ref(), Shown::Day),
        field("due_date", fields.due_date.as_ref(), Shown::Day),
        field("currency", fields.currency.as_ref(), |currency| {
            Shown::Text(currency.to_string())
        }),
        field("net_total", fields.net_total.as_ref(), Shown::Amount),
        field("tax_total", fields.tax_total.as_ref(), Shown::Amount),
        field("gross_total", fields.gross_total.as_ref(), Shown::Amount),
        field(
            "payable_total",
            fields.payable_total.as_ref(),
            Shown::Amount,
        ),
        field("iban", fields.iban.as_ref(), |iban| {
            Shown::Text(mask(&iban))
        }),
        field("bic", fields.bic.as_ref(), Shown::Text),
        field("po_number", fields.po_number.as_ref(), Shown::Text),
        field(
            "payment_reference",
            fields.payment_reference.as_ref(),
            Shown::Text,
        ),
        field("payment_terms", fields.payment_terms.as_ref(), Shown::Text),
        field(
            "preceding_number",
            fields.preceding_number.as_ref(),
            Shown::Text,
        ),
        field("payer", fields.payer.as_ref(), Shown::Text),
        field("total", fields.total.as_ref(), Shown::Amount),
        field("payment_date", fields.payment_date.as_ref(), Shown::Day),
        field("reference", fields.reference.as_ref(), Shown::Text),
    ];
    all.into_iter().flatten().collect()
}

fn lines(document: &Document) -> Vec<Record> {
    let line = |line: &crate::domain::document::DocumentLine| {
        Record::new()
            .with("description", line.description.as_str())
            .with("quantity", line.quantity)
            .with("unit_price", line.unit_price)
            .with("net", line.net)
            .with("gross", line.gross)
            .with("tax_rate", line.tax_rate)
            .with("confidence", confidence(line.confidence))
    };
    document.reading.lines.iter().map(line).collect()
}

/// Which earlier corrections helped to read it.
fn memories(document: &Document) -> Vec<Record> {
    let one = |recalled: &Recalled| {
        Record::new()
            .id("memory", recalled.memory)
            .with("field", recalled.field.as_str())
            .with("place", recalled.place.as_str())
            .with("read_so_without_it", recalled.agreed)
    };
    document.reading.recalled.iter().map(one).collect()
}

fn payments(document: &Document) -> Vec<Record> {
    let line = |line: &crate::domain::document::RemittanceLine| {
        Record::new()
            .with("invoice", line.invoice.as_str())
            .with("amount", line.amount)
            .with(
                "currency",
                line.amount.map(|money| money.currency().to_string()),
            )
            .with("discount", line.discount)
    };
    document.reading.payments.iter().map(line).collect()
}
