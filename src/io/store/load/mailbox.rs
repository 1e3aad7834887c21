//! Where fetching stands.

use super::super::Store;
use super::super::error::StoreError;
use super::super::order::Look;
use super::select::selects;
use crate::basics::calendar::Timestamp;
use crate::domain::change::MailboxProgress;
use crate::domain::message::Arrival;

selects! {
    PLACE: Arrival = "WHERE t.mailbox = $1 AND t.uid_validity = $2 AND t.uid = $3";
    PLACES: Arrival = "WHERE t.mailbox = $1 AND t.uid_validity = $2 ORDER BY t.uid";
    PROGRESS: MailboxProgress = "ORDER BY t.mailbox";
}

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

    /// Everything ever found in a mailbox under this UIDVALIDITY.
    ///
    /// # Errors
    /// What the database said.
    pub async fn arrivals_in(
        &self,
        mailbox: &str,
        uid_validity: u32,
    ) -> Result<Vec<Arrival>, StoreError> {
        self.all(&PLACES, &[mailbox.into(), i64::from(uid_validity).into()])
            .await
    }
}
