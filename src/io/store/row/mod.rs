//! Rows: how each record of the domain lies in its table. `write` and `read` name the columns in the same order.

mod cells;
mod evidence;
mod mailbox;
mod message;
mod document;
mod memory;
mod model;
mod coding;
mod payable;
mod supplier_account;
mod payment_run;
mod order;
mod approval;
mod receivable;
mod bank;
mod outbound;
mod exception;
mod audit;

pub(super) use cells::{Cell, Cells, Cursor, count};
pub(super) use outbound::envelope_key;

use super::error::StoreError;

/// A table and the columns a record fills, its key first. `version` (for what is versioned) and `sequence` stand behind
/// them in every table.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) name: &'static str,
    pub(super) columns: &'static [&'static str],
    pub(super) versioned: bool,
}

impl Table {
    /// The name of the column all rows are found by.
    pub(super) fn key(&self) -> &'static str {
        self.columns.first().copied().unwrap_or_default()
    }

    /// The name of the primary key, as the migrations name it.
    pub(super) fn primary_key(&self) -> String {
        format!("{}_{}", self.name, self.key())
    }
}

/// A record that lies in a table.
pub(super) trait Row: Sized {
    /// Its table.
    const TABLE: &'static Table;

    /// Its cells, in the order of the columns.
    fn write(&self, to: &mut Cells);

    /// Reads what `write` wrote, then the version where there is one.
    fn read(from: &mut Cursor<'_>) -> Result<Self, StoreError>;
}

/// Something a SELECT gives: a row, or a row with what is computed beside it.
pub(super) trait Loaded: Sized {
    /// The SELECT up to its FROM; the table is called `t`.
    fn select() -> String;

    /// The columns, for naming one that cannot be read.
    const OF: &'static Table;

    /// Reads the columns in their order.
    fn load(from: &mut Cursor<'_>) -> Result<Self, StoreError>;
}

impl<R: Row> Loaded for R {
    const OF: &'static Table = R::TABLE;

    fn select() -> String {
        format!("SELECT {} FROM {} t", selected(R::TABLE), R::TABLE.name)
    }

    fn load(from: &mut Cursor<'_>) -> Result<Self, StoreError> {
        R::read(from)
    }
}

/// `t.id, t.state, …, t.version`.
pub(super) fn selected(table: &Table) -> String {
    let version = table.versioned.then_some("version");
    let columns = table.columns.iter().copied().chain(version);
    let named: Vec<String> = columns.map(|column| format!("t.{column}")).collect();
    named.join(", ")
}
