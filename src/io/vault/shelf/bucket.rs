//! Raw bytes in a bucket, an object each, under the names they have in the folder.
//!
//! An object is made once and never changed: its name says what it must hold. Where one is there already it is read and compared;
//! one that holds something else is written anew, for the right bytes are at hand. The daemon deletes nothing.

use std::collections::BTreeSet;
use std::fmt;
use std::future::ready;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use futures_util::{StreamExt, TryStreamExt, stream};
use object_store::path::Path as Name;
use object_store::{
    Error, GetResult, MultipartUpload, ObjectStore, ObjectStoreExt, PutMode, PutPayload, PutResult,
};
use sha2::{Digest, Sha256};
use tokio::fs::File;
use tokio::io::AsyncReadExt;
use tracing::warn;

use super::super::{VaultError, VaultWriter, expect};
use super::in_time;
use crate::basics::ids::ContentHash;
use crate::basics::text::{one_line, shorten};
use crate::io::failpoint::{self, Act};

/// What is longer goes up piece by piece and is never whole in memory. S3 takes no smaller piece but the last.
const PIECE_BYTES: u64 = 5 << 20;
/// Objects of one batch on their way at the same time.
const PUT_TOGETHER: usize = 8;
/// All of one call, whatever the bucket answers in between: 50 MiB at a megabit a second take seven minutes.
const DONE_WITHIN: Duration = Duration::from_secs(10 * 60);
/// A few bytes there and back.
const TRIED_WITHIN: Duration = Duration::from_secs(60);
/// What a bucket says may be a page of HTML.
const MAX_TOLD_CHARS: usize = 300;

/// A bucket, or the part of one below a prefix. Clones share its connections.
#[derive(Clone)]
pub struct Bucket {
    objects: Arc<dyn ObjectStore>,
    /// With a `/` behind it, or empty.
    prefix: String,
}

/// What a bucket can do, tried with an object of a few bytes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Tried {
    /// It refuses a second object of the same name, as it was asked to.
    pub makes_once: bool,
    /// We may delete in it. The daemon never does: where we may not, the object stays.
    pub deletes: bool,
}

/// What a bucket answered, short enough for a line of the log.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Told(String);

impl fmt::Debug for Bucket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Bucket")
    }
}

impl Bucket {
    pub(super) fn new(objects: Arc<dyn ObjectStore>, prefix: &str) -> Self {
        let prefix = match prefix {
            "" => String::new(),
            prefix => format!("{prefix}/"),
        };
        Self { objects, prefix }
    }

    /// As in the folder: whoever copies one to the other with any tool finds all of it.
    fn name(&self, hash: ContentHash) -> Name {
        let name = hash.to_string();
        let shard = name.chars().take(2).collect::<String>();
        Name::from(format!("{}sha256/{shard}/{name}", self.prefix))
    }

    /// Puts files there, all of them durable when it returns.
    pub(super) async fn put(&self, files: &[(ContentHash, &Path)]) -> Result<(), VaultError> {
        let putting = files.iter().map(|(hash, path)| self.put_file(*hash, path));
        let putting = putting.collect::<Vec<_>>();
        let all = stream::iter(putting)
            .buffer_unordered(PUT_TOGETHER)
            .try_collect::<()>();
        in_time("write to", DONE_WITHIN, all).await
    }

    async fn put_file(&self, hash: ContentHash, path: &Path) -> Result<(), VaultError> {
        let opened = File::open(path).await;
        let mut file = opened.map_err(VaultError::io("open", path))?;
        let first = piece(&mut file, path).await?;
        if (first.len() as u64) < PIECE_BYTES {
            expect(hash, ContentHash::of(&first))?;
            return self.put_short(hash, first).await;
        }
        if self.holds(hash).await? {
            return Ok(());
        }
        self.put_long(hash, first, (file, path)).await
    }

    async fn put_short(&self, hash: ContentHash, bytes: Vec<u8>) -> Result<(), VaultError> {
        let (name, payload) = (self.name(hash), PutPayload::from(bytes));
        failpoint::before(Act::BucketObject);
        let made = self.make(&name, payload.clone()).await;
        // Crash after it: an object nobody named yet, which the repeated fetch meets.
        failpoint::after(Act::BucketObject);
        match made {
            Ok(_) => Ok(()),
            // Also said of one that another daemon is making at this moment.
            Err(Error::AlreadyExists { .. }) if self.holds(hash).await? => Ok(()),
            Err(Error::AlreadyExists { .. }) => {
                let written = self.objects.put(&name, payload).await;
                written.map(drop).map_err(failed("write to"))
            }
            Err(error) => Err(failed("write to")(error)),
        }
    }

    async fn make(&self, name: &Name, payload: PutPayload) -> Result<PutResult, Error> {
        let once = PutMode::Create.into();
        self.objects.put_opts(name, payload, once).await
    }

    /// No interface makes an object of several pieces only where there is none; two daemons that put the same bytes at the same
    /// time both succeed. Until the last word nothing of it is to be seen.
    async fn put_long(
        &self,
        hash: ContentHash,
        first: Vec<u8>,
        rest: (File, &Path),
    ) -> Result<(), VaultError> {
        let begun = self.objects.put_multipart(&self.name(hash)).await;
        let mut upload = begun.map_err(failed("begin to write to"))?;
        let written = write_pieces(upload.as_mut(), hash, first, rest).await;
        if let Err(failure) = written {
            // Best effort: the bucket's own rule for unfinished uploads removes what stays behind.
            upload.abort().await.ok();
            return Err(failure);
        }
        // Crash before this line: nothing is there, and nobody has committed the name.
        failpoint::before(Act::BucketUpload);
        let completed = upload.complete().await;
        failpoint::after(Act::BucketUpload);
        completed.map_err(failed("write to"))?;
        Ok(())
    }

    /// Whether the right bytes are there. Wrong ones are told.
    async fn holds(&self, hash: ContentHash) -> Result<bool, VaultError> {
        let found = self.digest(hash).await?;
        if let Some(found) = found.filter(|found| *found != hash) {
            warn!(%hash, holds = %found, "an object of the bucket did not hold what its name says; it is written anew");
        }
        Ok(found == Some(hash))
    }

    /// The hash of what lies under that name.
    pub(super) async fn digest(
        &self,
        hash: ContentHash,
    ) -> Result<Option<ContentHash>, VaultError> {
        let reading = async {
            let Some(found) = self.ask(hash).await? else {
                return Ok(None);
            };
            let mut pieces = found.into_stream();
            let mut digest = Sha256::new();
            while let Some(bytes) = pieces.try_next().await.map_err(failed("read from"))? {
                digest.update(&bytes);
            }
            Ok(Some(ContentHash::from_digest(digest.finalize().into())))
        };
        in_time("read from", DONE_WITHIN, reading).await
    }

    /// Brings an object into the vault.
    pub(super) async fn bring(
        &self,
        hash: ContentHash,
        mut into: VaultWriter,
    ) -> Result<Option<ContentHash>, VaultError> {
        let reading = async {
            let Some(found) = self.ask(hash).await? else {
                return Ok(None);
            };
            let mut pieces = found.into_stream();
            while let Some(bytes) = pieces.try_next().await.map_err(failed("read from"))? {
                into.push(&bytes).await?;
            }
            into.place().await.map(Some)
        };
        in_time("read from", DONE_WITHIN, reading).await
    }

    async fn ask(&self, hash: ContentHash) -> Result<Option<GetResult>, VaultError> {
        match self.objects.get(&self.name(hash)).await {
            Ok(found) => Ok(Some(found)),
            Err(Error::NotFound { .. }) => self.is_there().await.map(|()| None),
            Err(error) => Err(failed("read from")(error)),
        }
    }

    /// How many bytes are there under that name.
    pub(super) async fn size(&self, hash: ContentHash) -> Result<Option<u64>, VaultError> {
        let asking = async {
            match self.objects.head(&self.name(hash)).await {
                Ok(found) => Ok(Some(found.size)),
                Err(Error::NotFound { .. }) => self.is_there().await.map(|()| None),
                Err(error) => Err(failed("look on")(error)),
            }
        };
        in_time("look on", DONE_WITHIN, asking).await
    }

    /// A bucket that is gone says of every object that it is missing, and means something else: that it must be waited for.
    async fn is_there(&self) -> Result<(), VaultError> {
        let below = Name::from(self.prefix.as_str());
        let first = self.objects.list(Some(&below)).try_next().await;
        first.map(drop).map_err(failed("look on"))
    }

    /// Which names from the first to the last are there.
    pub(super) async fn between(
        &self,
        first: ContentHash,
        last: ContentHash,
    ) -> Result<BTreeSet<ContentHash>, VaultError> {
        let below = Name::from(format!("{}sha256", self.prefix));
        // The names behind it are asked for, without itself.
        let whole = self.name(first).to_string();
        let before = shorten_by_one(&whole);
        let listed = self.objects.list_with_offset(Some(&below), &before);
        // A server that knows no beginning lists all of them.
        let names = listed
            .map_err(failed("look on"))
            .try_filter_map(|object| {
                let name = object.location.filename().and_then(ContentHash::parse);
                ready(Ok(name.filter(|name| *name >= first)))
            })
            .try_take_while(|name| ready(Ok(*name <= last)))
            .try_collect();
        in_time("look on", DONE_WITHIN, names).await
    }

    /// Makes, reads and deletes an object of this name, which nobody else uses.
    ///
    /// # Errors
    /// What the bucket refused that the daemon needs.
    pub async fn try_out(&self, name: &str) -> Result<Tried, VaultError> {
        in_time("try", TRIED_WITHIN, self.try_with(name)).await
    }

    async fn try_with(&self, name: &str) -> Result<Tried, VaultError> {
        let bytes = name.as_bytes().to_vec();
        let probe = Name::from(format!("{}probe/{name}", self.prefix));
        let payload = PutPayload::from(bytes.clone());
        let made = self.make(&probe, payload.clone()).await;
        made.map_err(failed("write to"))?;
        let again = self.make(&probe, payload).await;
        let makes_once = match again {
            Ok(_) => false,
            Err(Error::AlreadyExists { .. }) => true,
            Err(error) => return Err(failed("write to")(error)),
        };
        let found = self.objects.get(&probe).await;
        let found = found.map_err(failed("read from"))?.bytes().await;
        let found = found.map_err(failed("read from"))?;
        expect(ContentHash::of(&bytes), ContentHash::of(&found))?;
        self.is_there().await?;
        let deletes = self.objects.delete(&probe).await.is_ok();
        Ok(Tried {
            makes_once,
            deletes,
        })
    }
}

/// The next piece of a file, shorter only at its end.
async fn piece(file: &mut File, path: &Path) -> Result<Vec<u8>, VaultError> {
    let mut bytes = Vec::new();
    let read = file.take(PIECE_BYTES).read_to_end(&mut bytes).await;
    read.map_err(VaultError::io("read", path))?;
    Ok(bytes)
}

async fn write_pieces(
    upload: &mut dyn MultipartUpload,
    hash: ContentHash,
    first: Vec<u8>,
    (mut file, path): (File, &Path),
) -> Result<(), VaultError> {
    let (mut digest, mut next) = (Sha256::new(), first);
    while !next.is_empty() {
        digest.update(&next);
        let written = upload.put_part(PutPayload::from(next)).await;
        written.map_err(failed("write to"))?;
        next = piece(&mut file, path).await?;
    }
    expect(hash, ContentHash::from_digest(digest.finalize().into()))
}

/// A name just before the one given.
fn shorten_by_one(name: &str) -> Name {
    let mut characters = name.chars();
    characters.next_back();
    Name::from(characters.as_str())
}

/// The words of the outermost error and of the innermost: those between say the same again.
fn failed(doing: &'static str) -> impl Fn(Error) -> VaultError {
    move |error| {
        let mut told = one_line(&error.to_string(), MAX_TOLD_CHARS);
        let mut innermost: &dyn std::error::Error = &error;
        while let Some(inner) = innermost.source() {
            innermost = inner;
        }
        let innermost = shorten(&innermost.to_string(), MAX_TOLD_CHARS);
        if !told.contains(&innermost) {
            told = format!("{told}: {innermost}");
        }
        VaultError::Shared {
            doing,
            source: Box::new(Told(told)),
        }
    }
}
