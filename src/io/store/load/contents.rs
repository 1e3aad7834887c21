//! Which files of the vault the books know, for verifying them.

use super::super::Store;
use super::super::error::StoreError;
use crate::basics::ids::{ContentHash, MessageId};
use crate::domain::audit::{Subject, SubjectKind};

const CONTENTS: &str = "SELECT content, 'message', id FROM messages WHERE content > $1
    UNION ALL SELECT content, 'document', id FROM documents WHERE content > $1
    UNION ALL SELECT file, 'payment_run', id FROM payment_runs WHERE file > $1
    ORDER BY 1, 2 DESC, 3 LIMIT $2";

const MAILS_WITH: &str =
    "SELECT COUNT(DISTINCT d.message) FROM documents d JOIN messages m ON m.id = d.message
    WHERE d.content = $1 AND d.message <> $2 AND LOWER(m.from_address) LIKE $3";

/// Every text of this file.
pub(in crate::io::store) fn texts() -> Vec<String> {
    vec![CONTENTS.to_owned(), MAILS_WITH.to_owned()]
}

impl Store {
    /// Contents behind this one in the order of their hashes, each with what it is the content of; `None` begins.
    ///
    /// # Errors
    /// What the database said.
    pub async fn contents_after(
        &self,
        last: Option<ContentHash>,
        limit: u32,
    ) -> Result<Vec<(ContentHash, Subject)>, StoreError> {
        let last = last.map(|hash| hash.to_string()).unwrap_or_default();
        let cells = [last.into(), i64::from(limit).into()];
        let rows: Vec<(String, String, String)> = self
            .tuples("listing stored files", CONTENTS, &cells)
            .await?;
        rows.into_iter().map(content).collect()
    }

    /// How many other mails of this domain brought the same bytes.
    ///
    /// # Errors
    /// What the database said.
    pub async fn other_mails_with(
        &self,
        content: ContentHash,
        but: MessageId,
        domain: &str,
    ) -> Result<u64, StoreError> {
        let from = format!("%@{}", domain.to_lowercase());
        let cells = [
            content.to_string().into(),
            but.to_string().into(),
            from.into(),
        ];
        let rows: Vec<(i64,)> = self
            .tuples("counting mails with a file", MAILS_WITH, &cells)
            .await?;
        let count = rows.first().map_or(0, |(count,)| *count);
        Ok(u64::try_from(count).unwrap_or(0))
    }
}

fn content(
    (content, kind, id): (String, String, String),
) -> Result<(ContentHash, Subject), StoreError> {
    let unreadable = || StoreError::Corrupt {
        table: "messages, documents or payment_runs",
        column: "content",
        why: "it is no hash".into(),
    };
    let hash = ContentHash::parse(&content).ok_or_else(unreadable)?;
    let kind = SubjectKind::parse(&kind).ok_or_else(unreadable)?;
    Ok((hash, Subject { kind, id }))
}
