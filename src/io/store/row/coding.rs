//! Codings: those of a bill's lines, and what people said of a supplier's lines.

use serde::{Deserialize, Serialize};

use super::super::error::StoreError;
use super::evidence::{Spelled, Text};
use super::{Cells, Cursor, Row, Table};
use crate::basics::ids::{BillId, CodingMemoryId, SupplierId};
use crate::domain::payable::{Coding, CodingMemory, CodingSource, LineCoding};

impl Row for CodingMemory {
    const TABLE: &'static Table = &Table {
        name: "coding_memories",
        columns: &[
            "id",
            "supplier",
            "description",
            "coding",
            "bill",
            "taught_by",
            "taught_at",
            "failures",
        ],
        versioned: true,
    };

    fn write(&self, to: &mut Cells) {
        to.shown(&self.id);
        to.shown(&self.supplier);
        to.text(&self.description);
        to.shown(&self.coding);
        to.shown(&self.bill);
        to.text(&self.taught_by);
        to.time(self.taught_at);
        to.int(self.failures.into());
    }

    fn read(from: &mut Cursor<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            id: from.parsed(CodingMemoryId::parse)?,
            supplier: from.parsed(SupplierId::parse)?,
            description: from.text()?,
            coding: from.parsed(Coding::parse)?,
            bill: from.parsed(BillId::parse)?,
            taught_by: from.text()?,
            taught_at: from.time()?,
            failures: from.number()?,
            version: from.version()?,
        })
    }
}

impl Spelled for Coding {
    fn spell(&self) -> String {
        self.to_string()
    }

    fn read(text: &str) -> Option<Self> {
        Self::parse(text)
    }
}

/// Mirrors `LineCoding`.
#[derive(Serialize, Deserialize)]
pub(super) struct LineCodingRow {
    line: u32,
    coding: Text<Coding>,
    source: Text<CodingSource>,
}

impl From<&LineCoding> for LineCodingRow {
    fn from(one: &LineCoding) -> Self {
        Self {
            line: one.line,
            coding: Text(one.coding.clone()),
            source: Text(one.source),
        }
    }
}

impl From<LineCodingRow> for LineCoding {
    fn from(row: LineCodingRow) -> Self {
        Self {
            line: row.line,
            coding: row.coding.0,
            source: row.source.0,
        }
    }
}
