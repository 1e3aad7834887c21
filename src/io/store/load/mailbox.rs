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
    "SELECT mailbox, looked_at, problem, reconciled_at FROM mailbox_looks ORDER BY mailbox";

pub(super) const RECEIVED: &str = "SELECT received_at FROM messages
    WHERE mailbox = $1 AND received_at >= $2 ORDER BY received_at DESC LIMIT $3";

/// Mails looked at for the pattern of a mailbox: of a busy one the last days tell as much.
const PATTERN_MAILS: i64 = 5_000;

impl Store {
    /// The last look at every mailbox.
    ///
    /// # Errors
    /// What the database said.
    pub async fn looks(&self) -> Result<Vec<Look>, StoreError> {
        let rows: Vec<(String, i64, Option<String>, Option<i64>)> =
            self.tuples("looking at the mailboxes", LOOKS, &[]).await?;
        let instant = |at| Timestamp::from_millisecond(at).unwrap_or_default();
        let look = |(mailbox, at, problem, reconciled): (_, _, _, Option<i64>)| Look {
            mailbox,
            looked_at: instant(at),
            problem,
            reconciled_at: reconciled.map(instant),
        };
        Ok(rows.into_iter().map(look).collect())
    }

    /// When the mails of this mailbox came since then, oldest first; of very many the last.
    ///
    /// # Errors
    /// What the database said.
    pub async fn received_since(
        &self,
        mailbox: &str,
        since: Timestamp,
    ) -> Result<Vec<Timestamp>, StoreError> {
        let cells = [
            mailbox.into(),
            since.as_millisecond().into(),
            PATTERN_MAILS.into(),
        ];
        let rows: Vec<(i64,)> = self
            .tuples("looking at when mail came", RECEIVED, &cells)
            .await?;
        let instants = rows.into_iter().rev();
        let instants = instants.map(|(at,)| Timestamp::from_millisecond(at).unwrap_or_default());
        Ok(instants.collect())
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
