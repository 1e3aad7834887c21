//! Messages and where they were found.

use std::collections::BTreeMap;

use super::super::Store;
use super::super::error::StoreError;
use super::super::row::Cell;
use super::select::{common, selects};
use crate::basics::ids::{HeaderMessageId, MessageId};
use crate::domain::message::{Arrival, Message};

common!(Message, "message": message(MessageId), list_messages, find_messages);

selects! {
    BY_HEADER: Message = "WHERE t.header_message_id = $1 ORDER BY t.sequence LIMIT 10";
    ARRIVALS: Arrival = "WHERE t.message = $1 ORDER BY t.sequence";
    AMONG: Message = "WHERE t.id IN (
        $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21,
        $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35, $36, $37, $38, $39,
        $40, $41, $42, $43, $44, $45, $46, $47, $48, $49, $50)";
    TO_FILE: Arrival = "JOIN messages m ON m.id = t.message
        WHERE t.mailbox = $1 AND t.filed = 0 AND m.state IN ('read', 'filed', 'quarantined')
        ORDER BY t.sequence LIMIT $2";
}

pub(super) const DOCUMENTS_COUNTED: &str = "SELECT message, COUNT(*) FROM documents
    WHERE state <> 'set_aside' AND message IN (
        $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21,
        $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35, $36, $37, $38, $39,
        $40, $41, $42, $43, $44, $45, $46, $47, $48, $49, $50) GROUP BY message";

/// Messages asked for in one question: as many as the statement above has room for.
const AT_ONCE: usize = 50;

impl Store {
    /// Which of these messages are in the books.
    ///
    /// # Errors
    /// What the database said.
    pub async fn messages_among(&self, ids: &[MessageId]) -> Result<Vec<Message>, StoreError> {
        let mut found = Vec::new();
        for some in ids.chunks(AT_ONCE) {
            found.extend(self.all(&AMONG, &names(some)).await?);
        }
        Ok(found)
    }

    /// How many documents each of these messages brought; one that brought none is not there.
    ///
    /// # Errors
    /// What the database said.
    pub async fn documents_counted(
        &self,
        ids: &[MessageId],
    ) -> Result<BTreeMap<MessageId, u64>, StoreError> {
        let mut counted = BTreeMap::new();
        for some in ids.chunks(AT_ONCE) {
            let rows: Vec<(String, i64)> = self
                .tuples("counting documents", DOCUMENTS_COUNTED, &names(some))
                .await?;
            let rows = rows.into_iter();
            counted.extend(rows.filter_map(|(id, count)| {
                Some((MessageId::parse(&id)?, u64::try_from(count).ok()?))
            }));
        }
        Ok(counted)
    }

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

/// As many names as the statements have room for.
fn names(ids: &[MessageId]) -> Vec<Cell> {
    let cells = ids.iter().map(|id| Cell::from(id.to_string()));
    let mut cells = cells.collect::<Vec<_>>();
    // No message has the empty name.
    cells.resize_with(AT_ONCE, || "".into());
    cells
}
