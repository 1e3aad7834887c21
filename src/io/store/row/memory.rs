//! Memories of corrections, and the mark a document keeps of those that spoke on it.

use serde::{Deserialize, Serialize};

use super::super::error::StoreError;
use super::evidence::{Text, mirrored, unmirrored};
use super::{Cells, Cursor, Row, Table};
use crate::basics::ids::{DocumentId, MemoryId, SupplierId};
use crate::domain::document::memory::place::{Evidence, Landmark, Shape};
use crate::domain::document::memory::{LearnedField, Memory, Recalled};

impl Row for Memory {
    const TABLE: &'static Table = &Table {
        name: "memories",
        columns: &[
            "id",
            "supplier",
            "field",
            "document",
            "taught_by",
            "taught_at",
            "evidence",
            "successes",
            "failures",
        ],
        versioned: true,
    };

    fn write(&self, to: &mut Cells) {
        to.shown(&self.id);
        to.shown(&self.supplier);
        to.text(self.field.as_str());
        to.shown(&self.document);
        to.text(&self.taught_by);
        to.time(self.taught_at);
        to.json(&EvidenceRow::from(&self.evidence));
        to.int(self.successes.into());
        to.int(self.failures.into());
    }

    fn read(from: &mut Cursor<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            id: from.parsed(MemoryId::parse)?,
            supplier: from.parsed(SupplierId::parse)?,
            field: from.parsed(LearnedField::parse)?,
            document: from.parsed(DocumentId::parse)?,
            taught_by: from.text()?,
            taught_at: from.time()?,
            evidence: from.json::<EvidenceRow>()?.into(),
            successes: from.number()?,
            failures: from.number()?,
            version: from.version()?,
        })
    }
}

/// Mirrors `Evidence`.
#[derive(Serialize, Deserialize)]
struct EvidenceRow {
    landmarks: Vec<LandmarkRow>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    left: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    above: String,
    neighbours: Vec<String>,
    left_points: u16,
    right_points: u16,
    depth_per_mille: u32,
    shape: ShapeRow,
    #[serde(default)]
    is_ambiguous: bool,
}

/// Mirrors `Landmark`.
#[derive(Serialize, Deserialize)]
struct LandmarkRow(String, u16);

/// Mirrors `Shape`.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum ShapeRow {
    Text(String),
    Day(Option<usize>),
    Amount(Option<usize>),
    Account,
    Currency,
}

impl From<&Landmark> for LandmarkRow {
    fn from(landmark: &Landmark) -> Self {
        Self(landmark.words.clone(), landmark.left_points)
    }
}

impl From<LandmarkRow> for Landmark {
    fn from(row: LandmarkRow) -> Self {
        Self {
            words: row.0,
            left_points: row.1,
        }
    }
}

impl From<&Evidence> for EvidenceRow {
    fn from(evidence: &Evidence) -> Self {
        Self {
            landmarks: mirrored(&evidence.landmarks),
            left: evidence.left.clone(),
            above: evidence.above.clone(),
            neighbours: evidence.neighbours.clone(),
            left_points: evidence.left_points,
            right_points: evidence.right_points,
            depth_per_mille: evidence.depth_per_mille,
            shape: match &evidence.shape {
                Shape::Text(shape) => ShapeRow::Text(shape.clone()),
                Shape::Day(meant) => ShapeRow::Day(*meant),
                Shape::Amount(meant) => ShapeRow::Amount(*meant),
                Shape::Account => ShapeRow::Account,
                Shape::Currency => ShapeRow::Currency,
            },
            is_ambiguous: evidence.is_ambiguous,
        }
    }
}

impl From<EvidenceRow> for Evidence {
    fn from(row: EvidenceRow) -> Self {
        Self {
            landmarks: unmirrored(row.landmarks),
            left: row.left,
            above: row.above,
            neighbours: row.neighbours,
            left_points: row.left_points,
            right_points: row.right_points,
            depth_per_mille: row.depth_per_mille,
            shape: match row.shape {
                ShapeRow::Text(shape) => Shape::Text(shape),
                ShapeRow::Day(meant) => Shape::Day(meant),
                ShapeRow::Amount(meant) => Shape::Amount(meant),
                ShapeRow::Account => Shape::Account,
                ShapeRow::Currency => Shape::Currency,
            },
            is_ambiguous: row.is_ambiguous,
        }
    }
}

/// Mirrors `Recalled`.
#[derive(Serialize, Deserialize)]
pub(super) struct RecalledRow {
    memory: Text<MemoryId>,
    field: Text<LearnedField>,
    agreed: bool,
    place: String,
}

impl From<&Recalled> for RecalledRow {
    fn from(recalled: &Recalled) -> Self {
        Self {
            memory: Text(recalled.memory),
            field: Text(recalled.field),
            agreed: recalled.agreed,
            place: recalled.place.clone(),
        }
    }
}

impl From<RecalledRow> for Recalled {
    fn from(row: RecalledRow) -> Self {
        Self {
            memory: row.memory.0,
            field: row.field.0,
            agreed: row.agreed,
            place: row.place,
        }
    }
}
