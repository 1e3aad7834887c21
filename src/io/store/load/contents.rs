//! Which files of the vault the books know, for verifying them.

use super::super::Store;
use super::super::error::StoreError;
use crate::basics::ids::ContentHash;
use crate::domain::audit::{Subject, SubjectKind};

const CONTENTS: &str = "SELECT content, 'message', id FROM messages WHERE content > $1
    UNION ALL SELECT content, 'document', id FROM documents WHERE content > $1
    ORDER BY 1, 2 DESC, 3 LIMIT $2";

/// Every text of this file.
pub(in crate::io::store) fn texts() -> Vec<String> {
    vec![CONTENTS.to_owned()]
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
}

fn content(
    (content, kind, id): (String, String, String),
) -> Result<(ContentHash, Subject), StoreError> {
    let unreadable = || StoreError::Corrupt {
        table: "messages or documents",
        column: "content",
        why: "it is no hash".into(),
    };
    let hash = ContentHash::parse(&content).ok_or_else(unreadable)?;
    let kind = SubjectKind::parse(&kind).ok_or_else(unreadable)?;
    Ok((hash, Subject { kind, id }))
}
