//! `inspect` of a file that holds files: an Outlook message is a message, an archive shows the documents in it.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::{Inspector, json};
use crate::basics::ids::ContentHash;
use crate::domain::document::read::unreadable;
use crate::formats::unpacked::Contents;
use crate::steps::mail_parts::PartDocument;

impl Inspector {
    /// A container given by itself.
    pub(super) async fn container(&self, shown: &str, document: PartDocument) -> Value {
        let passwords = &self.context.passwords;
        match self.reader.unpack(document.bytes.clone(), passwords).await {
            Ok(opened) => match opened.contents {
                Contents::Mail(mail) | Contents::Rest(mail) => self.message(shown, mail).await,
                Contents::Files(_) => self.archive(shown, &document).await,
            },
            Err(error) => {
                let reading = unreadable(&error.to_string());
                let hash = ContentHash::of(&document.bytes);
                let mut value = json::document(&document.name, hash, &reading);
                put(&mut value, "file", shown.into());
                value
            }
        }
    }

    /// An archive is opened as if a mail had brought it, so that the same rules and limits hold.
    async fn archive(&self, shown: &str, archive: &PartDocument) -> Value {
        let head = "Content-Disposition: attachment; filename=archive.zip\r\nContent-Transfer-Encoding: base64\r\n\r\n";
        let raw = [head.to_owned(), STANDARD.encode(&archive.bytes)].concat();
        let raw = Arc::new(raw.into_bytes());
        let opened = match self.taken_apart(shown, &raw).await {
            Ok(opened) => opened,
            Err(why) => return why,
        };
        let (documents, set_aside) = self.documents(&opened).await;
        let mut value = json::archive(&archive.name, ContentHash::of(&archive.bytes));
        put(&mut value, "file", shown.into());
        put(&mut value, "documents", documents.into());
        put(&mut value, "set_aside", set_aside.into());
        put(&mut value, "issues", opened.issues.into());
        value
    }
}

fn put(value: &mut Value, key: &str, content: Value) {
    if let Some(object) = value.as_object_mut() {
        object.insert(key.into(), content);
    }
}
