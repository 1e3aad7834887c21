//! The bills a bill may repeat.

use super::super::Store;
use super::super::error::StoreError;
use super::select::selects;
use crate::basics::ids::ContentHash;
use crate::domain::payable::{Bill, NumberKey};

// One index for each way of being alike, asked by itself: with OR, all bills of the supplier are looked at.
// The state in COALESCE: not looked for by its index, in which all that waits for a person stands.
selects! {
    SAME_FILE: Bill = "WHERE t.document IN (SELECT d.id FROM documents d WHERE d.content = $1) AND t.id <> $2
        ORDER BY t.sequence DESC, t.id LIMIT 20";
    SAME_FACTS: Bill = "WHERE t.id IN (
        SELECT b.id FROM bills b WHERE b.supplier = $1 AND b.number_key = $3
        UNION SELECT b.id FROM bills b WHERE b.supplier = $1 AND b.number_key = $4
        UNION SELECT b.id FROM bills b WHERE b.supplier = $1 AND b.issue_date = $6 AND b.gross = $5)
        AND t.id <> $2 ORDER BY t.sequence DESC, t.id LIMIT 100";
    SAME_FACTS_OF_NOBODY: Bill = "WHERE t.id IN (
        SELECT b.id FROM bills b WHERE b.supplier IS NULL AND b.number_key = $2
        UNION SELECT b.id FROM bills b WHERE b.supplier IS NULL AND b.issue_date = $4 AND b.gross = $3)
        AND t.id <> $1 AND COALESCE(t.state, '') IN ('draft', 'held') ORDER BY t.sequence DESC, t.id LIMIT 100";
}

impl Store {
    /// What a bill may repeat or take back, in whatever state and however old: bills read from the same bytes, and bills
    /// of its supplier with its number, with the number it refers to, or of its day and gross amount. A bill without a
    /// supplier that waits for one is among them: it may be of the same, imported since. The newest first, each once; more
    /// than a hundred of them would mean a number read wrong, and one is enough to hold a bill.
    ///
    /// # Errors
    /// What the database said.
    pub async fn rivals_of(
        &self,
        bill: &Bill,
        content: ContentHash,
    ) -> Result<Vec<Bill>, StoreError> {
        let own = bill.id.to_string();
        let mut found = self
            .all(
                &SAME_FILE,
                &[content.to_string().into(), own.as_str().into()],
            )
            .await?;
        let Some(supplier) = bill.supplier else {
            return Ok(found);
        };
        // A bill without a number repeats no number: nothing has the key of a blank.
        let none = || NumberKey::of(" ");
        let key = bill.number_key().unwrap_or_else(none);
        let preceding = bill
            .preceding_number
            .as_deref()
            .map_or_else(none, NumberKey::of);
        let day = bill
            .issue_date
            .map(|day| day.to_string())
            .unwrap_or_default();
        let gross = bill.gross.map_or(0, |gross| gross.minor());
        let cells = [
            supplier.to_string().into(),
            own.as_str().into(),
            key.as_str().into(),
            preceding.as_str().into(),
            gross.into(),
            day.as_str().into(),
        ];
        let of_nobody = [
            own.as_str().into(),
            key.as_str().into(),
            gross.into(),
            day.as_str().into(),
        ];
        let mut alike = self.all(&SAME_FACTS, &cells).await?;
        alike.extend(self.all(&SAME_FACTS_OF_NOBODY, &of_nobody).await?);
        for like in alike {
            if !found.iter().any(|known| known.id == like.id) {
                found.push(like);
            }
        }
        Ok(found)
    }
}
