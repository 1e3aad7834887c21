//! Where fetching stands.

use super::super::Store;
use super::super::error::StoreError;
use super::select::selects;
use crate::domain::change::MailboxProgress;
use crate::domain::message::Arrival;

selects! {
    PLACE: Arrival = "WHERE t.mailbox = $1 AND t.uid_validity = $2 AND t.uid = $3";
    PLACES: Arrival = "WHERE t.mailbox = $1 AND t.uid_validity = $2 ORDER BY t.uid";
    PROGRESS: MailboxProgress = "ORDER BY t.mailbox";
}

impl Store {
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
