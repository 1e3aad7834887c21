//! Where fetching stands.

use super::super::Store;
use super::super::error::StoreError;
use super::super::order::Look;
use super::super::row::Cell;
use super::select::selects;
use crate::basics::calendar::Timestamp;
use crate::domain::change::MailboxProgress;
use crate::domain::message::Arrival;

selects! {
    PLACE: Arrival = "WHERE t.mailbox = $1 AND t.uid_validity = $2 AND t.uid = $3";
    AMONG: Arrival = "WHERE t.mailbox = $1 AND t.uid_validity = $2 AND t.uid IN (
        $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21,
        $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35, $36, $37, $38, $39,
        $40, $41, $42, $43, $44, $45, $46, $47, $48, $49, $50, $51, $52)";
    PROGRESS: MailboxProgress = "ORDER BY t.mailbox";
}

/// Places asked for in one question: as many as the statement above has room for.
const PLACES_AT_ONCE: usize = 50;

pub(super) const LOOKS: &str =
    "SELECT mailbox, looked_at, problem FROM mailbox_looks ORDER BY mailbox";

impl Store {
    /// The last look at every mailbox.
    ///
    /// # Errors
    /// What the database said.
    pub async fn looks(&self) -> Result<Vec<Look>, StoreError> {
        let rows: Vec<(String, i64, Option<String>)> =
            self.tuples("looking at the mailboxes", LOOKS, &[]).await?;
        let look = |(mailbox, at, problem)| Look {
            mailbox,
            looked_at: Timestamp::from_millisecond(at).unwrap_or_default(),
            problem,
        };
        Ok(rows.into_iter().map(look).collect())
    }

    /// Where fetching this mailbox stands; nothing before its first message.
    ///
    /// # Errors
    /// What the database said.
    pub async fn mailbox_progress(
        &self,
        mailbox: &str,
    ) -> Result<Option<MailboxProgress>, StoreError> {
        self.by_key(mailbox).await
    }

    /// Where fetching stands, of every mailbox ever fetched from.
    ///
    /// # Errors
    /// What the database said.
    pub async fn mailboxes(&self) -> Result<Vec<MailboxProgress>, StoreError> {
        self.all(&PROGRESS, &[]).await
    }

    /// What was found at this place of a mailbox.
    ///
    /// # Errors
    /// What the database said.
    pub async fn arrival(
        &self,
        mailbox: &str,
        uid_validity: u32,
        uid: &str,
    ) -> Result<Option<Arrival>, StoreError> {
        let cells = [mailbox.into(), i64::from(uid_validity).into(), uid.into()];
        self.first(&PLACE, &cells).await
    }

    /// Which of these places of a mailbox are in the books: one question for every fifty, however much the books hold.
    ///
    /// # Errors
    /// What the database said.
    pub async fn arrivals_among(
        &self,
        mailbox: &str,
        uid_validity: u32,
        uids: &[&str],
    ) -> Result<Vec<Arrival>, StoreError> {
        let mut found = Vec::new();
        for some in uids.chunks(PLACES_AT_ONCE) {
            let mut cells = vec![mailbox.into(), i64::from(uid_validity).into()];
            cells.extend(some.iter().map(|uid| Cell::from(*uid)));
            // No place has the empty name.
            cells.resize_with(PLACES_AT_ONCE + 2, || "".into());
            found.extend(self.all(&AMONG, &cells).await?);
        }
        Ok(found)
    }
}
