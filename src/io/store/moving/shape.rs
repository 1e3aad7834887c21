//! What the tables of a database look like, asked of the database itself: a table that is new tomorrow is copied without anybody
//! having to remember it.

use std::collections::BTreeMap;

use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row as _};

use super::super::database::Dialect;
use super::super::error::StoreError;
use super::super::row::Cell;
use super::super::statements::fetch;

/// Type and place in the primary key of every column of ours, in the order of the tables.
const SQLITE: &str =
    "SELECT CAST(m.name AS TEXT), CAST(c.name AS TEXT), CAST(c.type AS TEXT), CAST(c.pk AS INTEGER)
    FROM sqlite_schema m JOIN pragma_table_info(m.name) c
    WHERE m.type = 'table' AND m.name <> '_sqlx_migrations' AND substr(m.name, 1, 7) <> 'sqlite_'
    ORDER BY m.name, c.cid";
const POSTGRES: &str =
    "SELECT CAST(c.table_name AS TEXT), CAST(c.column_name AS TEXT), CAST(c.data_type AS TEXT),
        CAST(COALESCE((SELECT k.ordinal_position FROM information_schema.key_column_usage k
            JOIN information_schema.table_constraints p ON p.constraint_schema = k.constraint_schema
                AND p.constraint_name = k.constraint_name AND p.constraint_type = 'PRIMARY KEY'
            WHERE k.table_schema = c.table_schema AND k.table_name = c.table_name
                AND k.column_name = c.column_name), 0) AS BIGINT)
    FROM information_schema.columns c
    JOIN information_schema.tables t ON t.table_schema = c.table_schema AND t.table_name = c.table_name
    WHERE c.table_schema = current_schema() AND t.table_type = 'BASE TABLE'
        AND c.table_name <> '_sqlx_migrations'
    ORDER BY c.table_name, c.ordinal_position";

/// What a column holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    /// `{{i64}}`
    Int,
    /// `TEXT`, `{{key}}`
    Text,
    /// `{{bytes}}`
    Bytes,
}

impl Kind {
    fn of(declared: &str) -> Option<Self> {
        match declared {
            "INTEGER" | "bigint" => Some(Self::Int),
            "TEXT" | "text" => Some(Self::Text),
            "BLOB" | "bytea" => Some(Self::Bytes),
            _ => None,
        }
    }
}

/// A table as it lies in one of the databases.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub(super) struct Shape {
    pub(super) name: String,
    /// Name and kind, in the order of their declaration.
    columns: Vec<(String, Kind)>,
    /// The columns of its primary key, in their order.
    key: Vec<String>,
}

impl Shape {
    /// The names of the columns, as a statement names them.
    pub(super) fn columns(&self) -> String {
        let names = self.columns.iter().map(|(name, _)| name.as_str());
        names.collect::<Vec<_>>().join(", ")
    }

    /// How many there are.
    pub(super) fn width(&self) -> usize {
        self.columns.len()
    }

    /// All rows in the order of their keys, which both databases compare byte by byte.
    pub(super) fn select(&self) -> String {
        let (columns, name, key) = (self.columns(), &self.name, self.key.join(", "));
        format!("SELECT {columns} FROM {name} ORDER BY {key}")
    }

    /// One row of `select`.
    pub(super) fn cells(&self, row: &AnyRow) -> Result<Vec<Cell>, StoreError> {
        let cell = |(place, (column, kind)): (usize, &(String, Kind))| {
            let cell = match kind {
                Kind::Int => row.try_get(place).map(Cell::Int),
                Kind::Text => row.try_get(place).map(Cell::Text),
                Kind::Bytes => Err(sqlx::Error::Protocol("raw bytes are not copied so".into())),
            };
            cell.map_err(|error| StoreError::Foreign {
                why: format!("{}.{column} cannot be read: {error}", self.name),
            })
        };
        self.columns.iter().enumerate().map(cell).collect()
    }

    /// Columns may stand in another order where migrations were not run one by one.
    fn is_like(&self, other: &Self) -> bool {
        let sorted = |shape: &Self| {
            let mut columns = shape.columns.clone();
            columns.sort_by(|(one, _), (other, _)| one.cmp(other));
            columns
        };
        self.key == other.key && sorted(self) == sorted(other)
    }
}

/// Every table of ours by its name.
pub(super) async fn shapes(
    connection: &mut AnyConnection,
    dialect: Dialect,
) -> Result<BTreeMap<String, Shape>, StoreError> {
    let text = dialect.pick(SQLITE, POSTGRES);
    let rows: Vec<(String, String, String, i64)> =
        fetch(connection, "looking at the tables", text, &[]).await?;
    let mut shapes = BTreeMap::<String, Shape>::new();
    let mut keys = BTreeMap::<String, BTreeMap<i64, String>>::new();
    for (table, column, declared, place) in rows {
        let kind = Kind::of(&declared).ok_or_else(|| StoreError::Foreign {
            why: format!("{table}.{column} is of the type {declared}"),
        })?;
        if place > 0 {
            let key = keys.entry(table.clone()).or_default();
            key.insert(place, column.clone());
        }
        let shape = shapes.entry(table.clone()).or_default();
        shape.name = table;
        shape.columns.push((column, kind));
    }
    for (table, shape) in &mut shapes {
        shape.key = keys
            .remove(table)
            .unwrap_or_default()
            .into_values()
            .collect();
    }
    Ok(shapes)
}

/// Every table of the one is in the other, with the same columns.
pub(super) fn fits(
    from: &BTreeMap<String, Shape>,
    to: &BTreeMap<String, Shape>,
) -> Result<(), StoreError> {
    let misfit = from.iter().find(|(name, shape)| {
        let other = to.get(*name);
        other.is_none_or(|other| !shape.is_like(other))
    });
    match misfit {
        None => Ok(()),
        Some((name, _)) => Err(StoreError::Foreign {
            why: format!("the table {name} is not alike in both databases"),
        }),
    }
}
