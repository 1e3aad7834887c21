//! The audit trail, for reading and verifying.

use super::super::Store;
use super::super::error::StoreError;
use super::super::row::count;
use super::select::selects;
use crate::basics::ids::ContentHash;
use crate::domain::audit::{ChainedEvent, Subject};

selects! {
    AFTER: ChainedEvent = "WHERE t.sequence > $1 ORDER BY t.sequence LIMIT $2";
    OF: ChainedEvent = "WHERE t.subject_id = $1 AND t.subject_kind = $2 ORDER BY t.sequence";
    NEWEST: ChainedEvent = "ORDER BY t.sequence DESC LIMIT $1";
}

pub(in crate::io::store) const HEAD: &str = "SELECT sequence, hash FROM audit_head WHERE id = 1";

impl Store {
    /// The entries behind this one, in order; 0 begins at the first.
    ///
    /// # Errors
    /// What the database said.
    pub async fn audit_after(
        &self,
        sequence: u64,
        limit: u32,
    ) -> Result<Vec<ChainedEvent>, StoreError> {
        let cells = [count(sequence).into(), i64::from(limit).into()];
        self.all(&AFTER, &cells).await
    }

    /// Everything that happened to a thing, in order.
    ///
    /// # Errors
    /// What the database said.
    pub async fn audit_of(&self, subject: &Subject) -> Result<Vec<ChainedEvent>, StoreError> {
        let cells = [subject.id.as_str().into(), subject.kind.as_str().into()];
        self.all(&OF, &cells).await
    }

    /// The newest entries, the last one first.
    ///
    /// # Errors
    /// What the database said.
    pub async fn audit_newest(&self, limit: u32) -> Result<Vec<ChainedEvent>, StoreError> {
        self.all(&NEWEST, &[i64::from(limit).into()]).await
    }

    /// Number and hash of the last entry, as the store keeps them for the next one: what a verified chain must end in.
    ///
    /// # Errors
    /// What the database said; `Corrupt` when there is no head.
    pub async fn audit_head(&self) -> Result<(u64, ContentHash), StoreError> {
        let rows: Vec<(i64, String)> = self
            .tuples("reading the head of the trail", HEAD, &[])
            .await?;
        let head = rows.first().and_then(|(sequence, hash)| {
            Some((u64::try_from(*sequence).ok()?, ContentHash::parse(hash)?))
        });
        head.ok_or_else(|| StoreError::Corrupt {
            table: "audit_head",
            column: "hash",
            why: "there is no head".into(),
        })
    }
}
