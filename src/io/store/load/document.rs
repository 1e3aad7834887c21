//! Documents.

use super::super::Store;
use super::super::error::StoreError;
use super::select::{common, selects};
use crate::basics::ids::{DocumentId, MessageId};
use crate::domain::document::Document;

common!(Document, "document": document(DocumentId), list_documents, find_documents);

selects! {
    OF_MESSAGE: Document = "WHERE t.message = $1 ORDER BY t.part, t.id";
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
}
