//! What corrections taught, and what the language model was asked.

use super::super::Store;
use super::super::error::StoreError;
use super::select::{common, selects};
use crate::basics::calendar::Date;
use crate::basics::ids::{CodingMemoryId, MemoryId, SupplierId};
use crate::domain::change::ModelDay;
use crate::domain::document::memory::{MAX_FAILURES, Memory};
use crate::domain::payable::CodingMemory;

common!(Memory, "memory": memory(MemoryId), list_memories, find_memories);
common!(CodingMemory, "memory of codings": coding_memory(CodingMemoryId), list_coding_memories, find_coding_memories);

selects! {
    OF_SUPPLIER: Memory = "WHERE t.supplier = $1 AND t.failures < $2
        ORDER BY t.failures, t.taught_at DESC, t.id LIMIT $3";
    CODINGS_OF_SUPPLIER: CodingMemory = "WHERE t.supplier = $1 AND t.failures < $2
        ORDER BY t.taught_at DESC, t.id LIMIT $3";
}

/// Eleven fields on some layouts; the newest are enough.
const MAX_OF_SUPPLIER: i64 = 100;
/// A supplier of more different things than that is a wholesaler, whose lines are booked alike.
const MAX_CODINGS_OF_SUPPLIER: i64 = 1_000;

impl Store {
    /// What the model was asked that day; nothing before the first question.
    ///
    /// # Errors
    /// What the database said.
    pub async fn model_day(&self, day: Date) -> Result<Option<ModelDay>, StoreError> {
        self.by_key(day).await
    }

    /// The memories about a supplier's bills that are still used: those that were never wrong first, then the newest.
    ///
    /// # Errors
    /// What the database said.
    pub async fn memories_of_supplier(
        &self,
        supplier: SupplierId,
    ) -> Result<Vec<Memory>, StoreError> {
        let cells = [
            supplier.to_string().into(),
            i64::from(MAX_FAILURES).into(),
            MAX_OF_SUPPLIER.into(),
        ];
        self.all(&OF_SUPPLIER, &cells).await
    }

    /// Where the supplier's lines were booked, as far as that is still proposed; the newest first.
    ///
    /// # Errors
    /// What the database said.
    pub async fn coding_memories_of_supplier(
        &self,
        supplier: SupplierId,
    ) -> Result<Vec<CodingMemory>, StoreError> {
        let cells = [
            supplier.to_string().into(),
            i64::from(MAX_FAILURES).into(),
            MAX_CODINGS_OF_SUPPLIER.into(),
        ];
        self.all(&CODINGS_OF_SUPPLIER, &cells).await
    }
}
