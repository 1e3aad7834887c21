//! Where the books and the raw mails of a run are.

use std::path::Path;

#[cfg(feature = "object-store")]
use crate::office::buckets::TestBucket;
use crate::office::servers::servers;
use crate::office::{People, books, new_database};

/// One of the ways a company may keep them.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Keeping {
    /// All of it in the data folder.
    Folder,
    /// All of it in PostgreSQL.
    Database,
    /// The books in PostgreSQL, the mails in a bucket.
    #[cfg(feature = "object-store")]
    Bucket,
}

impl Keeping {
    /// The configuration of a new office, and the database made for it.
    pub async fn configuration(
        self,
        people: &People,
        password: &Path,
        folder: &Path,
    ) -> (String, Option<String>) {
        let (table, raw_bytes) = match self {
            Self::Folder => return (books::configuration(people, password, None), None),
            Self::Database => (String::new(), "database"),
            #[cfg(feature = "object-store")]
            Self::Bucket => (TestBucket::s3().await.table(folder), "bucket"),
        };
        let name = new_database().await;
        let database = Some((servers().postgres_url.as_str(), name.as_str()));
        let text = books::configuration(people, password, database);
        let key = folder.join("key");
        std::fs::write(&key, "07".repeat(32)).unwrap();
        let storage =
            format!("{table}[storage]\nraw_bytes = {raw_bytes:?}\ntoken_key_file = {key:?}\n");
        assert!(text.contains("[storage]\n"), "{text}");
        (text.replacen("[storage]\n", &storage, 1), Some(name))
    }

    /// So much that no reader finds a bill in; in a bucket a mail that goes there piece by piece.
    pub fn lines_of_news(self) -> usize {
        match self {
            Self::Folder | Self::Database => 1,
            #[cfg(feature = "object-store")]
            Self::Bucket => 600_000,
        }
    }
}
