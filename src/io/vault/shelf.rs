//! The shelf all replicas share: raw bytes in the database or in a bucket. The folder of each machine is then a copy of what
//! passed through it, and can be lost.

#[cfg(feature = "object-store")]
mod bucket;
#[cfg(feature = "object-store")]
mod bucket_client;
mod database;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::fs;
use tokio::time::timeout;
use tracing::warn;

use super::{Vault, VaultError, expect};
use crate::basics::ids::ContentHash;
use crate::basics::text::chain;
use database::DatabaseShelf;

#[cfg(feature = "object-store")]
pub use bucket::{Bucket, Tried};
#[cfg(feature = "object-store")]
pub use bucket_client::BucketError;

/// The shared place. Clones share its connections.
#[derive(Clone, Debug)]
pub struct Shelf(Place);

#[derive(Clone, Debug)]
enum Place {
    Database(DatabaseShelf),
    /// With what lay in the database before: it is still found there, and copied into the bucket by and by.
    #[cfg(feature = "object-store")]
    Bucket(Bucket, DatabaseShelf),
}

impl Vault {
    /// The same vault over the shelf that all replicas share.
    pub fn with_shelf(self, shelf: Shelf) -> Self {
        Self {
            shelf: Some(shelf),
            ..self
        }
    }

    /// Whether other machines find here what is put here.
    pub fn is_shared(&self) -> bool {
        self.shelf.is_some()
    }

    /// Puts what is here on the shelf, where there is one.
    pub(super) async fn share(&self, hashes: &[ContentHash]) -> Result<(), VaultError> {
        let Some(shelf) = &self.shelf else {
            return Ok(());
        };
        let paths = hashes
            .iter()
            .map(|hash| self.path(*hash))
            .collect::<Vec<_>>();
        let named = hashes
            .iter()
            .copied()
            .zip(paths.iter().map(PathBuf::as_path));
        shelf.put(named).await
    }

    /// Puts on the shelf what it lacks of these names, which come in order, and what lies here or where a shelf was before; says
    /// how many those were. What is damaged here stays here: another machine may have it whole.
    pub async fn share_missing(&self, hashes: &[ContentHash]) -> Result<u64, VaultError> {
        let (Some(shelf), Some(first), Some(last)) = (&self.shelf, hashes.first(), hashes.last())
        else {
            return Ok(0);
        };
        let there = shelf.between(*first, *last).await?;
        let mut shared = 0;
        for hash in hashes.iter().filter(|hash| !there.contains(hash)) {
            match self.share_one(*hash).await {
                Ok(is_shared) => shared += u64::from(is_shared),
                Err(failure @ VaultError::Damaged { .. }) => {
                    warn!(error = %chain(&failure), "it is not shared with the other machines");
                }
                Err(failure) => return Err(failure),
            }
        }
        Ok(shared)
    }

    async fn share_one(&self, hash: ContentHash) -> Result<bool, VaultError> {
        let is_here = is_there(&self.brought(hash).await?).await?;
        if is_here {
            self.share(&[hash]).await?;
        }
        Ok(is_here)
    }

    /// Where the bytes of that name lie on this machine, brought from the shelf when they do not yet.
    pub(super) async fn brought(&self, hash: ContentHash) -> Result<PathBuf, VaultError> {
        let path = self.path(hash);
        let Some(shelf) = &self.shelf else {
            return Ok(path);
        };
        if !is_there(&path).await?
            && let Some(found) = shelf.bring(hash, self).await?
        {
            expect(hash, found)?;
        }
        Ok(path)
    }
}

async fn is_there(path: &Path) -> Result<bool, VaultError> {
    let there = fs::try_exists(path).await;
    there.map_err(VaultError::io("look for", path))
}

impl Shelf {
    /// The database of that address, whose tables are up to date.
    ///
    /// # Errors
    /// When it does not answer.
    pub async fn connect(url: &str) -> Result<Self, VaultError> {
        let database = DatabaseShelf::connect(url).await?;
        Ok(Self(Place::Database(database)))
    }

    /// A bucket, and the database of that address for what lay there before.
    ///
    /// # Errors
    /// When the database does not answer. Nobody asks the bucket yet: a daemon begins without it, and mails wait.
    #[cfg(feature = "object-store")]
    pub async fn in_bucket(bucket: Bucket, url: &str) -> Result<Self, VaultError> {
        let before = DatabaseShelf::connect(url).await?;
        Ok(Self(Place::Bucket(bucket, before)))
    }

    /// Puts files there, all of them durable when it returns.
    async fn put(
        &self,
        files: impl IntoIterator<Item = (ContentHash, &Path)>,
    ) -> Result<(), VaultError> {
        let mut files = files.into_iter().collect::<Vec<_>>();
        files.sort_unstable();
        files.dedup();
        match &self.0 {
            Place::Database(database) => database.put(&files).await,
            #[cfg(feature = "object-store")]
            Place::Bucket(bucket, _) => bucket.put(&files).await,
        }
    }

    /// Brings a file into the vault; nothing when it is not there either.
    async fn bring(
        &self,
        hash: ContentHash,
        vault: &Vault,
    ) -> Result<Option<ContentHash>, VaultError> {
        let into = vault.writer(u64::MAX).await?;
        match &self.0 {
            Place::Database(database) => database.bring(hash, into).await,
            #[cfg(feature = "object-store")]
            Place::Bucket(bucket, before) => match bucket.bring(hash, into).await? {
                Some(found) => Ok(Some(found)),
                None => before.bring(hash, vault.writer(u64::MAX).await?).await,
            },
        }
    }

    /// How many bytes are there under that name.
    pub(super) async fn size(&self, hash: ContentHash) -> Result<Option<u64>, VaultError> {
        match &self.0 {
            Place::Database(database) => database.size(hash).await,
            #[cfg(feature = "object-store")]
            Place::Bucket(bucket, before) => match bucket.size(hash).await? {
                Some(size) => Ok(Some(size)),
                None => before.size(hash).await,
            },
        }
    }

    /// Checks that the bytes of that name are there for the other machines, too; in a bucket, where others may write, also that
    /// they are unchanged.
    pub(super) async fn verify(&self, hash: ContentHash) -> Result<(), VaultError> {
        let found = match &self.0 {
            Place::Database(database) => database.size(hash).await?.map(|_| hash),
            #[cfg(feature = "object-store")]
            Place::Bucket(bucket, _) => bucket.digest(hash).await?,
        };
        let told = match found {
            Some(found) => expect(hash, found),
            None => Err(VaultError::Missing { hash }),
        };
        told.map_err(|failure| VaultError::OnShelf {
            source: Box::new(failure),
        })
    }

    /// Which names from the first to the last are there.
    async fn between(
        &self,
        first: ContentHash,
        last: ContentHash,
    ) -> Result<BTreeSet<ContentHash>, VaultError> {
        match &self.0 {
            Place::Database(database) => database.between(first, last).await,
            #[cfg(feature = "object-store")]
            Place::Bucket(bucket, _) => bucket.between(first, last).await,
        }
    }
}

async fn in_time<T>(
    doing: &'static str,
    longest: Duration,
    work: impl Future<Output = Result<T, VaultError>>,
) -> Result<T, VaultError> {
    let waited = timeout(longest, work).await;
    waited.unwrap_or_else(|late| {
        Err(VaultError::Shared {
            doing,
            source: Box::new(late),
        })
    })
}
