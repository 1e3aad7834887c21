//! All files of the vault at once: for backups, and to remove what belongs to nobody.

use std::path::PathBuf;

use tokio::fs;

use super::{Vault, VaultError};
use crate::basics::calendar::Timestamp;

type Paths = Box<dyn Iterator<Item = std::io::Result<PathBuf>>>;

fn read_folder(folder: PathBuf) -> Paths {
    match std::fs::read_dir(folder) {
        Ok(entries) => Box::new(entries.map(|entry| entry.map(|entry| entry.path()))),
        Err(error) => Box::new(std::iter::once(Err(error))),
    }
}

impl Vault {
    /// Every file in it, in no order; what comes meanwhile may be among them or not. Reads folders as it goes: not for the
    /// threads of the runtime.
    pub fn all_files(&self) -> impl Iterator<Item = std::io::Result<PathBuf>> + use<> {
        let shards = read_folder(self.files());
        shards.flat_map(|shard| match shard {
            Ok(shard) => read_folder(shard),
            Err(error) => Box::new(std::iter::once(Err(error))) as Paths,
        })
    }

    /// Removes what interrupted writers left behind before `before`; returns how many. Later ones may still be at work.
    pub async fn remove_leftovers(&self, before: Timestamp) -> Result<u64, VaultError> {
        let folder = self.unfinished();
        let mut entries = fs::read_dir(&folder)
            .await
            .map_err(VaultError::io("list", &folder))?;
        let mut removed = 0;
        while let Some(entry) = entries
            .next_entry()
            .await
            .map_err(VaultError::io("list", &folder))?
        {
            let modified = entry.metadata().await.and_then(|data| data.modified()).ok();
            let old = modified
                .and_then(|time| Timestamp::try_from(time).ok())
                .is_some_and(|time| time < before);
            // One that vanishes meanwhile was removed by its own writer.
            removed += u64::from(old && fs::remove_file(entry.path()).await.is_ok());
        }
        Ok(removed)
    }
}
