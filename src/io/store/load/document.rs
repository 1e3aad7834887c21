//! Documents.

use super::super::Store;
use super::super::error::StoreError;
use super::select::{common, selects};
use crate::basics::ids::{DocumentId, MessageId};
use crate::domain::document::{Document, DocumentKind};

common!(Document, "document": document(DocumentId), list_documents, find_documents);

selects! {
    OF_MESSAGE: Document = "WHERE t.message = $1 ORDER BY t.part, t.id";
    OF_KIND: Document = "WHERE t.kind = $1 ORDER BY t.sequence DESC, t.id LIMIT $2";
}

impl Store {
    /// Every document of a message, by its place in the mail.
    ///
    /// # Errors
    /// What the database said.
    pub async fn documents_of_message(
        &self,
        message: MessageId,
    ) -> Result<Vec<Document>, StoreError> {
        self.all(&OF_MESSAGE, &[message.to_string().into()]).await
    }

    /// The newest documents of a kind.
    ///
    /// # Errors
    /// What the database said.
    pub async fn documents_of_kind(
        &self,
        kind: DocumentKind,
        limit: u32,
    ) -> Result<Vec<Document>, StoreError> {
        self.all(&OF_KIND, &[kind.as_str().into(), i64::from(limit).into()])
            .await
    }
}
