//! Messages and where they were found.

use super::super::Store;
use super::super::error::StoreError;
use super::select::{common, selects};
use crate::basics::ids::{HeaderMessageId, MessageId};
use crate::domain::message::{Arrival, Message};

common!(Message, "message": message(MessageId), list_messages, find_messages);

selects! {
    BY_HEADER: Message = "WHERE t.header_message_id = $1 ORDER BY t.sequence LIMIT 10";
    ARRIVALS: Arrival = "WHERE t.message = $1 ORDER BY t.sequence";
    TO_FILE: Arrival = "JOIN messages m ON m.id = t.message
        WHERE t.mailbox = $1 AND t.filed = 0 AND m.state IN ('read', 'filed', 'quarantined')
        ORDER BY t.sequence LIMIT $2";
}

impl Store {
    /// Messages whose sender gave them this Message-ID, oldest first. More than one is possible: it is the sender's word.
    ///
    /// # Errors
    /// What the database said.
    pub async fn messages_by_header(
        &self,
        header: &HeaderMessageId,
    ) -> Result<Vec<Message>, StoreError> {
        self.all(&BY_HEADER, &[header.as_str().into()]).await
    }

    /// Every place where this message was found.
    ///
    /// # Errors
    /// What the database said.
    pub async fn arrivals_of_message(
        &self,
        message: MessageId,
    ) -> Result<Vec<Arrival>, StoreError> {
        self.all(&ARRIVALS, &[message.to_string().into()]).await
    }

    /// Places in this mailbox whose message was dealt with and whose original is not marked yet, oldest first.
    ///
    /// # Errors
    /// What the database said.
    pub async fn arrivals_to_file(
        &self,
        mailbox: &str,
        limit: u32,
    ) -> Result<Vec<Arrival>, StoreError> {
        self.all(&TO_FILE, &[mailbox.into(), i64::from(limit).into()])
            .await
    }
}
