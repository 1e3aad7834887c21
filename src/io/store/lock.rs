//! One daemon a data folder. The lock is the kernel's: it ends with the process, however that ends.

use std::fs::{File, OpenOptions};
use std::os::fd::AsFd;
use std::path::Path;

use rustix::fs::{FlockOperation, flock, fstatfs};

use super::error::StoreError;

/// Held for the life of a daemon.
#[derive(Debug)]
pub(super) struct FolderLock {
    _file: File,
}

/// `statfs` of an NFS mount (Linux, `include/uapi/linux/magic.h`): neither the lock nor SQLite's shared memory can be
/// trusted there.
const NFS_MAGIC: u32 = 0x6969;

/// Takes the lock of that name, or says who cannot: another process has it.
pub(super) fn take(folder: &Path, name: &str) -> Result<FolderLock, StoreError> {
    locked(folder, name, FlockOperation::NonBlockingLockExclusive)
}

/// Takes the lock of that name when nobody else has it any more.
pub(super) async fn wait_for(folder: &Path, name: &'static str) -> Result<FolderLock, StoreError> {
    let place = folder.to_owned();
    // Waiting in the kernel stops a whole thread, and the one we wait for may need it.
    let waiting =
        tokio::task::spawn_blocking(move || locked(&place, name, FlockOperation::LockExclusive));
    waiting.await.map_err(|_| StoreError::Closed)?
}

fn locked(folder: &Path, name: &str, operation: FlockOperation) -> Result<FolderLock, StoreError> {
    let unusable = |why: String| StoreError::Folder {
        folder: folder.to_owned(),
        why,
    };
    std::fs::create_dir_all(folder).map_err(|error| unusable(error.to_string()))?;
    let path = folder.join(name);
    let opened = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&path);
    let file = opened.map_err(|error| unusable(error.to_string()))?;
    let system = fstatfs(file.as_fd()).map_err(|error| unusable(error.to_string()))?;
    if u32::try_from(system.f_type).is_ok_and(|kind| kind == NFS_MAGIC) {
        return Err(unusable("it is on a network file system".into()));
    }
    match flock(file.as_fd(), operation) {
        Ok(()) => Ok(FolderLock { _file: file }),
        Err(rustix::io::Errno::WOULDBLOCK) => Err(StoreError::Locked { path }),
        Err(error) => Err(unusable(error.to_string())),
    }
}
