//! The texts of the statements that write, made once from the tables. Every text is fixed for the life of the program:
//! the driver keeps it prepared.

use std::collections::HashMap;
use std::sync::LazyLock;

use sqlx::any::{AnyArguments, AnyRow};
use sqlx::{AnyConnection, Arguments, FromRow};

use super::error::StoreError;
use super::row::{Cell, Row, Table};
use crate::domain::approval::{Absence, ApprovalRequest, Vote};
use crate::domain::audit::ChainedEvent;
use crate::domain::bank::{BankData, BankEntry};
use crate::domain::change::{MailboxProgress, ModelDay};
use crate::domain::document::Document;
use crate::domain::document::memory::Memory;
use crate::domain::exception::Exception;
use crate::domain::message::{Arrival, Message};
use crate::domain::outbound::OutboundMessage;
use crate::domain::payable::{
    Bill, CodingMemory, GoodsReceipt, OrderLine, Payment, PaymentRun, Supplier, SupplierAccount,
};
use crate::domain::receivable::{
    CashApplication, Customer, CustomerInvoice, Deduction, Reminder, Remittance,
};

/// Every table that holds records.
pub(super) const TABLES: [&Table; 28] = [
    ChainedEvent::TABLE,
    MailboxProgress::TABLE,
    Message::TABLE,
    Arrival::TABLE,
    Document::TABLE,
    Memory::TABLE,
    CodingMemory::TABLE,
    ModelDay::TABLE,
    Supplier::TABLE,
    SupplierAccount::TABLE,
    Bill::TABLE,
    ApprovalRequest::TABLE,
    Vote::TABLE,
    Absence::TABLE,
    Payment::TABLE,
    PaymentRun::TABLE,
    OrderLine::TABLE,
    GoodsReceipt::TABLE,
    Customer::TABLE,
    CustomerInvoice::TABLE,
    Remittance::TABLE,
    BankData::TABLE,
    BankEntry::TABLE,
    CashApplication::TABLE,
    Deduction::TABLE,
    Reminder::TABLE,
    OutboundMessage::TABLE,
    Exception::TABLE,
];

/// Rows per INSERT, largest first: few texts to keep prepared, and any number of rows costs few statements.
const SIZES: [usize; 5] = [16, 8, 4, 2, 1];

/// The texts for one table.
#[derive(Debug)]
pub(super) struct Statements {
    inserts: Vec<(usize, String)>,
    /// Replaces the row of that key and version.
    pub(super) update: String,
}

static STATEMENTS: LazyLock<HashMap<&'static str, Statements>> = LazyLock::new(|| {
    let made = TABLES
        .iter()
        .map(|table| (table.name, Statements::of(table)));
    made.chain([("jobs", Statements::jobs())]).collect()
});

/// What jobs need beside the record tables.
const JOB_COLUMNS: [&str; 8] = [
    "id",
    "step",
    "subject_kind",
    "subject_id",
    "state",
    "due_at",
    "attempts",
    "again",
];

/// A job that waits is moved forward, never back; one that is being done is done again, since its worker may have loaded
/// before this commit; a parked one has new facts to work on.
const JOB_CONFLICT: &str = " ON CONFLICT (id) DO UPDATE SET
    again = CASE WHEN jobs.state = 'leased' THEN 1 ELSE 0 END,
    attempts = CASE WHEN jobs.state = 'parked' THEN 0 ELSE jobs.attempts END,
    due_at = CASE WHEN jobs.state <> 'ready' OR excluded.due_at < jobs.due_at
        THEN excluded.due_at ELSE jobs.due_at END,
    state = CASE WHEN jobs.state = 'parked' THEN 'ready' ELSE jobs.state END";

/// The same place always holds the same message; the mark, once set, stays.
const ARRIVAL_CONFLICT: &str = " ON CONFLICT (mailbox, uid_validity, uid) DO UPDATE SET
    filed = CASE WHEN excluded.filed = 1 THEN 1 ELSE arrivals.filed END
    WHERE arrivals.message = excluded.message";

impl Statements {
    /// The texts for this table.
    pub(super) fn for_table(name: &'static str) -> Result<&'static Self, StoreError> {
        STATEMENTS.get(name).ok_or(StoreError::Corrupt {
            table: name,
            column: "",
            why: "no statements are made for this table".into(),
        })
    }

    fn of(table: &Table) -> Self {
        let behind = match table.name {
            "audit_events" => None,
            _ => Some("sequence"),
        };
        let version = table.versioned.then_some("version");
        let columns = table.columns.iter().copied().chain(version).chain(behind);
        let columns: Vec<&str> = columns.collect();
        let conflict = match table.name {
            // Raising twice is raising once.
            "exceptions" => " ON CONFLICT (id) DO NOTHING",
            "arrivals" => ARRIVAL_CONFLICT,
            _ => "",
        };
        Self {
            inserts: inserts(table.name, &columns, conflict),
            update: update(table),
        }
    }

    fn jobs() -> Self {
        Self {
            inserts: inserts("jobs", &JOB_COLUMNS, JOB_CONFLICT),
            update: String::new(),
        }
    }

    /// Inserts the rows, in as few statements as the sizes allow, and says how many were written.
    pub(super) async fn insert(
        &'static self,
        connection: &mut AnyConnection,
        attempted: &'static str,
        mut rows: &[&[Cell]],
    ) -> Result<u64, StoreError> {
        let mut written = 0;
        for (size, text) in &self.inserts {
            while let Some((now, later)) = rows.split_at_checked(*size) {
                written += execute_rows(connection, attempted, text, now).await?;
                rows = later;
            }
        }
        Ok(written)
    }

    fn texts(&'static self) -> impl Iterator<Item = &'static str> {
        let update = Some(self.update.as_str()).filter(|text| !text.is_empty());
        self.inserts
            .iter()
            .map(|(_, text)| text.as_str())
            .chain(update)
    }
}

/// Every text made here.
pub(super) fn texts() -> impl Iterator<Item = &'static str> {
    STATEMENTS.values().flat_map(Statements::texts)
}

fn inserts(table: &str, columns: &[&str], conflict: &str) -> Vec<(usize, String)> {
    let row = |index: usize| {
        let first = index * columns.len() + 1;
        let places: Vec<String> = (first..first + columns.len())
            .map(|n| format!("${n}"))
            .collect();
        format!("({})", places.join(", "))
    };
    let sized = SIZES.iter().map(|&size| {
        let rows: Vec<String> = (0..size).map(row).collect();
        let (columns, rows) = (columns.join(", "), rows.join(", "));
        (
            size,
            format!("INSERT INTO {table} ({columns}) VALUES {rows}{conflict}"),
        )
    });
    sized.collect()
}

/// The cells of the row in their order, then the new version, then the old one. Empty for what is never changed.
fn update(table: &Table) -> String {
    if !table.versioned {
        return String::new();
    }
    let numbered = table.columns.iter().zip(1..).skip(1);
    let set: Vec<String> = numbered
        .map(|(column, n)| format!("{column} = ${n}"))
        .collect();
    let (new, old) = (table.columns.len() + 1, table.columns.len() + 2);
    format!(
        "UPDATE {} SET {}, version = ${new} WHERE {} = $1 AND version = ${old}",
        table.name,
        set.join(", "),
        table.key(),
    )
}

/// Runs one statement and says how many rows it wrote.
pub(super) async fn execute(
    connection: &mut AnyConnection,
    attempted: &'static str,
    text: &'static str,
    cells: &[Cell],
) -> Result<u64, StoreError> {
    execute_rows(connection, attempted, text, &[cells]).await
}

/// The same, with the cells of several rows.
async fn execute_rows(
    connection: &mut AnyConnection,
    attempted: &'static str,
    text: &'static str,
    rows: &[&[Cell]],
) -> Result<u64, StoreError> {
    let query = sqlx::query_with(text, arguments(attempted, rows)?);
    let done = query.execute(connection).await;
    done.map(|done| done.rows_affected())
        .map_err(|error| StoreError::of(attempted, error))
}

/// Runs one statement and gives its rows as tuples.
pub(super) async fn fetch<T>(
    connection: &mut AnyConnection,
    attempted: &'static str,
    text: &'static str,
    cells: &[Cell],
) -> Result<Vec<T>, StoreError>
where
    T: for<'r> FromRow<'r, AnyRow> + Send + Unpin,
{
    let query = sqlx::query_as_with(text, arguments(attempted, &[cells])?);
    let rows = query.fetch_all(connection).await;
    rows.map_err(|error| StoreError::of(attempted, error))
}

/// Binds the cells in their order.
pub(super) fn arguments(
    attempted: &'static str,
    rows: &[&[Cell]],
) -> Result<AnyArguments, StoreError> {
    let mut arguments = AnyArguments::default();
    for cell in rows.iter().copied().flatten() {
        let added = match cell {
            Cell::Int(number) => arguments.add(*number),
            Cell::Text(Some(text)) => arguments.add(text.as_str()),
            Cell::Text(None) => arguments.add(None::<String>),
        };
        added.map_err(|error| StoreError::of(attempted, sqlx::Error::Encode(error)))?;
    }
    Ok(arguments)
}
