//! What the rows of an imported file mean, and what they change. Importing the same file twice changes nothing: a row is
//! taken only where it differs from what is known.

mod columns;
pub mod suppliers;
pub mod purchase_orders;
pub mod goods_receipts;
pub mod customers;
pub mod invoices;
pub mod bank_statement;
mod statement;
pub mod payment_status;

use std::collections::{BTreeMap, HashMap};

use crate::basics::calendar::Timestamp;
use crate::domain::audit::{Actor, AuditEvent, Subject};
use crate::domain::bank::BankData;
use crate::formats::csv_import::{Mistake, Row, Table};

/// A thing that comes from a file, row by row.
pub trait Imported: PartialEq + Sized {
    /// What it is called in the audit trail.
    const NOUN: &'static str;
    /// The column that names it.
    const KEY: &'static str;

    /// The value of that column.
    fn key(&self) -> String;
    /// What an audit event about it is about.
    fn subject(&self) -> Subject;
    /// Its version; 0 for one that was just read.
    fn version(&self) -> u64;
    /// Itself with the version of what it replaces.
    fn at_version(self, version: u64) -> Self;
    /// Itself with what is known where the file has no column for it: a file of new terms says nothing of accounts.
    fn keeping(self, known: &Self, unsaid: &Unsaid) -> Self;
    /// Its columns for the audit trail, bank numbers masked.
    fn facts(&self) -> Vec<(&'static str, String)>;
}

/// A column of a file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Column {
    /// Its name in the header, in any case, with blanks or `_`.
    pub name: &'static str,
    /// A file without it is refused.
    pub needed: bool,
    /// What stands in it.
    pub about: &'static str,
}

const fn needed(name: &'static str, about: &'static str) -> Column {
    Column {
        name,
        needed: true,
        about,
    }
}

const fn optional(name: &'static str, about: &'static str) -> Column {
    Column {
        name,
        needed: false,
        about,
    }
}

/// A sort of file and its columns, as the manual and `import --help` tell them.
#[derive(Clone, Copy, Debug)]
pub struct FileDoc {
    /// The word after `import`.
    pub name: &'static str,
    /// What is in it.
    pub about: &'static str,
    /// Its columns.
    pub columns: &'static [Column],
}

/// Every sort of file.
pub const FILES: &[FileDoc] = &[
    FileDoc {
        name: "suppliers",
        about: "Who bills us.",
        columns: suppliers::COLUMNS,
    },
    FileDoc {
        name: "purchase-orders",
        about: "What we ordered, one line of an order a row.",
        columns: purchase_orders::COLUMNS,
    },
    FileDoc {
        name: "goods-receipts",
        about: "What came in, one line of an order a row.",
        columns: goods_receipts::COLUMNS,
    },
    FileDoc {
        name: "customers",
        about: "Who owes us.",
        columns: customers::COLUMNS,
    },
    FileDoc {
        name: "invoices",
        about: "What customers owe us.",
        columns: invoices::COLUMNS,
    },
    FileDoc {
        name: "bank-statement",
        about: "What moved on our accounts. Instead of a table also a bank's own statement: camt.053, camt.054, MT940 or BAI2.",
        columns: bank_statement::COLUMNS,
    },
];

/// What a file holds: the rows that can be taken with their lines, and everything wrong with the others.
#[derive(Debug)]
pub struct Sheet<T> {
    /// Line and row.
    pub rows: Vec<(u64, T)>,
    /// How many rows stand in the file, wrong ones included.
    pub in_file: usize,
    /// All mistakes of the file.
    pub mistakes: Vec<Mistake>,
    /// What a bank tells before it is sure: for a person, never for the books.
    pub advice: Vec<String>,
    /// Columns that may be there and are not.
    pub unsaid: Unsaid,
    /// Up to which day a bank tells of which account; empty for other files.
    pub told: Vec<BankData>,
}

/// The columns a file may have and does not have.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Unsaid(Vec<&'static str>);

impl Unsaid {
    /// What the file says in this column; what is `known`, where it has no such column.
    fn or_known<T: Clone>(&self, column: &str, said: T, known: &T) -> T {
        if self.0.contains(&column) {
            known.clone()
        } else {
            said
        }
    }
}

impl<T: Imported> Sheet<T> {
    /// The rows as they are taken over what is known, by the column that names it.
    pub fn over_known(mut self, known: &HashMap<String, T>) -> Self {
        let unsaid = &self.unsaid;
        let rows = self.rows.into_iter().map(|(line, row)| {
            let row = match known.get(&row.key()) {
                Some(before) => row.keeping(before, unsaid),
                None => row,
            };
            (line, row)
        });
        self.rows = rows.collect();
        self
    }
}

/// One row that changes something.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Taken<T> {
    /// What to write.
    pub row: T,
    /// What is said of it.
    pub event: AuditEvent,
}

/// Reads a file with these columns. A number that stands in it twice is a mistake: which row would count?
fn sheet<T: Imported>(
    bytes: &[u8],
    columns: &[Column],
    read: impl FnMut(&mut Row<'_>) -> Option<T>,
) -> Result<Sheet<T>, Mistake> {
    let mut table = Table::read(bytes)?;
    let names = |wanted: &dyn Fn(&&Column) -> bool| {
        let wanted = columns.iter().filter(wanted);
        wanted.map(|column| column.name).collect::<Vec<_>>()
    };
    table.expect_columns(&names(&|column| column.needed));
    table.expect_only(&names(&|_| true));
    let in_file = table.len();
    let optional = columns.iter().filter(|column| !column.needed);
    let unsaid = optional
        .map(|column| column.name)
        .filter(|name| !table.has_column(name))
        .collect::<Vec<_>>();
    let (read_rows, mut mistakes) = table.read_rows(read);
    let mut first_lines: BTreeMap<String, u64> = BTreeMap::new();
    let mut rows = Vec::with_capacity(read_rows.len());
    for (line, row) in read_rows {
        match first_lines.get(&row.key()) {
            Some(first) => mistakes.push(Mistake {
                line,
                column: Some(T::KEY.to_owned()),
                problem: format!("{:?} stands in line {first} already", row.key()),
            }),
            None => {
                first_lines.insert(row.key(), line);
                rows.push((line, row));
            }
        }
    }
    Ok(Sheet {
        rows,
        in_file,
        mistakes,
        unsaid: Unsaid(unsaid),
        advice: Vec::new(),
        told: Vec::new(),
    })
}

/// What to write for a row, given what is known under its number; nothing when they are the same.
pub fn compare<T: Imported>(
    known: Option<&T>,
    row: T,
    source: &str,
    by: &Actor,
    now: Timestamp,
) -> Option<Taken<T>> {
    let Some(known) = known else {
        let action = format!("{} imported", T::NOUN);
        let event = AuditEvent::new(now, by.clone(), &action, row.subject(), source);
        let facts = row
            .facts()
            .into_iter()
            .filter(|(_, value)| !value.is_empty());
        let event = facts.fold(event, |event, (name, value)| event.fact(name, value));
        return Some(Taken { row, event });
    };
    let row = row.at_version(known.version());
    if row == *known {
        return None;
    }
    let action = format!("{} changed by import", T::NOUN);
    let event = AuditEvent::new(now, by.clone(), &action, row.subject(), source);
    let pairs = known.facts().into_iter().zip(row.facts());
    let event = pairs
        .filter(|((_, old), (_, new))| old != new)
        .fold(event, |event, ((name, old), (_, new))| {
            event.fact(name, format!("{old} -> {new}"))
        });
    Some(Taken { row, event })
}

#[cfg(test)]
mod tests;
