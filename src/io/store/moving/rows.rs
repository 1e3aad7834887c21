//! Rows on their way from one database to the other, and the hash by which a table is the same on both sides.

use futures_util::TryStreamExt;
use sha2::{Digest, Sha256};
use sqlx::{AnyConnection, AssertSqlSafe};

use super::super::database::Dialect;
use super::super::error::StoreError;
use super::super::in_time::{in_time, within};
use super::super::row::Cell;
use super::super::statements::arguments;
use super::PATIENCE;
use super::shape::Shape;
use crate::basics::ids::ContentHash;

/// Rows of an INSERT, largest first: any number of rows costs few statements, and no more than four texts are kept prepared. The
/// widest table has 35 columns, and PostgreSQL takes 65,535 values.
const SIZES: [usize; 4] = [64, 16, 4, 1];
/// Rows are written at the latest when so much text has come together: what was read in a long document is a megabyte.
const PAGE_BYTES: usize = 4 << 20;

/// What was found in a table: equal on both sides, or the copy is none.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Contents {
    /// How many rows.
    pub rows: u64,
    /// Of every value of every row, in the order of the keys.
    pub hash: ContentHash,
}

#[derive(Default)]
struct Counted {
    rows: u64,
    digest: Sha256,
}

impl Counted {
    /// Kind, length and value of each cell: two different rows never give the same bytes.
    fn add(&mut self, cells: &[Cell]) {
        self.rows += 1;
        for cell in cells {
            match cell {
                Cell::Int(None) | Cell::Text(None) => self.digest.update([0]),
                Cell::Int(Some(number)) => {
                    self.digest.update([1]);
                    self.digest.update(number.to_be_bytes());
                }
                Cell::Text(Some(text)) => {
                    self.digest.update([2]);
                    self.digest.update((text.len() as u64).to_be_bytes());
                    self.digest.update(text.as_bytes());
                }
            }
        }
    }

    fn end(self) -> Contents {
        Contents {
            rows: self.rows,
            hash: ContentHash::from_digest(self.digest.finalize().into()),
        }
    }
}

/// Reads a table row by row: never more than one is held here.
pub(super) async fn look(
    connection: &mut AnyConnection,
    dialect: Dialect,
    table: &Shape,
) -> Result<Contents, StoreError> {
    let attempted = "reading a table";
    let mut rows = sqlx::query(AssertSqlSafe(table.select())).fetch(connection);
    let mut counted = Counted::default();
    loop {
        let next = async {
            let next = rows.try_next().await;
            next.map_err(|error| StoreError::of(attempted, error))
        };
        match within(dialect, PATIENCE, attempted, next).await? {
            Some(row) => counted.add(&table.cells(&row)?),
            None => return Ok(counted.end()),
        }
    }
}

/// Reads a table and writes its rows into the same one elsewhere, a page at a time. `on_the_way` hears of every page.
pub(super) async fn copy(
    from: &mut AnyConnection,
    to: &mut AnyConnection,
    table: &Shape,
    on_the_way: &mut (dyn FnMut(&str, u64) + Send),
) -> Result<Contents, StoreError> {
    let mut rows = sqlx::query(AssertSqlSafe(table.select())).fetch(from);
    let mut counted = Counted::default();
    let (mut page, mut bytes) = (Vec::new(), 0);
    loop {
        let next = rows.try_next().await;
        let next = next.map_err(|error| StoreError::of("reading a table", error))?;
        let is_last = next.is_none();
        if let Some(row) = next {
            let cells = table.cells(&row)?;
            counted.add(&cells);
            bytes += cells.iter().map(size).sum::<usize>();
            page.push(cells);
        }
        if is_last || page.len() >= SIZES[0] || bytes >= PAGE_BYTES {
            insert(to, table, &page).await?;
            on_the_way(&table.name, counted.rows);
            page.clear();
            bytes = 0;
        }
        if is_last {
            return Ok(counted.end());
        }
    }
}

fn size(cell: &Cell) -> usize {
    match cell {
        Cell::Int(_) => size_of::<i64>(),
        Cell::Text(text) => text.as_ref().map_or(0, String::len),
    }
}

async fn insert(
    connection: &mut AnyConnection,
    table: &Shape,
    rows: &[Vec<Cell>],
) -> Result<(), StoreError> {
    let attempted = "writing a copied table";
    let mut left = rows;
    for size in SIZES {
        while let Some((now, later)) = left.split_at_checked(size) {
            let cells = now.iter().map(Vec::as_slice).collect::<Vec<_>>();
            let query = sqlx::query_with(
                AssertSqlSafe(insertion(table, size)),
                arguments(attempted, &cells)?,
            );
            let written = async {
                let written = query.execute(&mut *connection).await;
                written.map_err(|error| StoreError::of(attempted, error))
            };
            in_time(Dialect::Postgres, attempted, written).await?;
            left = later;
        }
    }
    Ok(())
}

fn insertion(table: &Shape, rows: usize) -> String {
    let width = table.width();
    let row = |row: usize| {
        let places = (1..=width).map(|place| format!("${}", row * width + place));
        format!("({})", places.collect::<Vec<_>>().join(", "))
    };
    let rows = (0..rows).map(row).collect::<Vec<_>>().join(", ");
    let (name, columns) = (&table.name, table.columns());
    format!("INSERT INTO {name} ({columns}) VALUES {rows}")
}
