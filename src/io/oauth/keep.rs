//! The refresh token between two runs: a file of its own in the data folder, for nobody but its owner to read, as a password
//! file is. It is not in the books, of which backups and replicas hold copies.

use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind, Read, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, chown};
use std::path::{Path, PathBuf};

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

use crate::basics::calendar::Timestamp;
use crate::io::failpoint::{self, Act};
use crate::io::folder::flush_names;

/// Longer is no such file.
const MAX_BYTES: u64 = 256 * 1024;

/// What is known of a refresh token.
#[derive(Clone)]
pub(super) struct Kept {
    pub(super) refresh_token: SecretString,
    /// For whom it was given.
    pub(super) client_id: String,
    /// When.
    pub(super) since: Timestamp,
    /// How long it is good for, when the provider said so.
    pub(super) ends: Option<Timestamp>,
    /// The hash of the refresh token the configuration named when this one was kept: when that changes, the configured one is
    /// the newer.
    pub(super) seed: Option<String>,
    /// It was sent to be exchanged, and no answer was kept: the provider may have put another in its place.
    pub(super) is_being_exchanged: bool,
}

#[derive(Serialize, Deserialize)]
struct Written {
    refresh_token: String,
    client_id: String,
    since: String,
    ends: Option<String>,
    seed: Option<String>,
    #[serde(default)]
    is_being_exchanged: bool,
}

/// The place of one refresh token.
#[derive(Clone, Debug)]
pub(super) struct Place {
    folder: PathBuf,
    name: String,
}

impl Place {
    pub(super) fn new(folder: &Path, name: &str) -> Self {
        Self {
            folder: folder.to_owned(),
            name: name.to_owned(),
        }
    }

    pub(super) fn path(&self) -> PathBuf {
        self.folder.join(format!("{}.token", self.name))
    }

    /// Held by whoever exchanges the token, until it is dropped: the daemon and a command beside it must not send the same one
    /// twice, which some providers take for theft. `None`: somebody else holds it.
    pub(super) fn try_lock(&self) -> io::Result<Option<File>> {
        self.make_folder()?;
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(false).mode(0o600);
        let path = self.folder.join(format!("{}.lock", self.name));
        let file = options.open(&path)?;
        self.give_to_owner(&path)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(file)),
            Err(std::fs::TryLockError::WouldBlock) => Ok(None),
            Err(std::fs::TryLockError::Error(error)) => Err(error),
        }
    }

    pub(super) fn read(&self) -> io::Result<Option<Kept>> {
        let file = match File::open(self.path()) {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        let mut text = String::new();
        file.take(MAX_BYTES).read_to_string(&mut text)?;
        // serde's own words would repeat what stands there.
        let damaged = || io::Error::new(ErrorKind::InvalidData, "the file is damaged: remove it");
        let written = serde_json::from_str::<Written>(&text).map_err(|_| damaged())?;
        let ends = written.ends.map(|text| text.parse()).transpose();
        Ok(Some(Kept {
            refresh_token: SecretString::from(written.refresh_token),
            client_id: written.client_id,
            since: written.since.parse().map_err(|_| damaged())?,
            ends: ends.map_err(|_| damaged())?,
            seed: written.seed,
            is_being_exchanged: written.is_being_exchanged,
        }))
    }

    /// On the disk when this returns. Crash before the rename: the old one stands, and a leftover that the next write replaces.
    pub(super) fn write(&self, kept: &Kept) -> io::Result<()> {
        self.make_folder()?;
        let text = serde_json::to_string(&Written {
            refresh_token: kept.refresh_token.expose_secret().to_owned(),
            client_id: kept.client_id.clone(),
            since: kept.since.to_string(),
            ends: kept.ends.map(|at| at.to_string()),
            seed: kept.seed.clone(),
            is_being_exchanged: kept.is_being_exchanged,
        });
        let unfinished = self.folder.join(format!("{}.new", self.name));
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true).mode(0o600);
        let mut file = options.open(&unfinished)?;
        file.write_all(text.map_err(io::Error::other)?.as_bytes())?;
        file.sync_all()?;
        self.give_to_owner(&unfinished)?;
        failpoint::before(Act::TokenFile);
        std::fs::rename(&unfinished, self.path())?;
        let flushed = flush_names(&self.folder);
        failpoint::after(Act::TokenFile);
        flushed
    }

    fn make_folder(&self) -> io::Result<()> {
        let mut builder = std::fs::DirBuilder::new();
        builder.recursive(true).mode(0o700).create(&self.folder)?;
        self.give_to_owner(&self.folder)
    }

    /// Who signs in or looks as root leaves nothing that the daemon, to whom the data folder belongs, could not open.
    fn give_to_owner(&self, path: &Path) -> io::Result<()> {
        let Some(data_folder) = self.folder.parent() else {
            return Ok(());
        };
        let (owner, own) = (std::fs::metadata(data_folder)?, std::fs::metadata(path)?);
        if owner.uid() == own.uid() {
            return Ok(());
        }
        chown(path, Some(owner.uid()), Some(owner.gid()))
    }
}
