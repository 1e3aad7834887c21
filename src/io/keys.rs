//! Secret keys of this installation, made once from the system's random numbers.

use std::io::{ErrorKind, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::failpoint::{self, Act};
use crate::basics::ids::ContentHash;

/// The system's random numbers.
const RANDOM: &str = "/dev/urandom";
/// A shorter secret can be guessed.
const MIN_SECRET_CHARS: usize = 32;

/// Why there is no key.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The file or the system's random numbers.
    #[error("cannot {act} {path}")]
    Io {
        /// What was tried.
        act: &'static str,
        /// On what.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// Somebody cut the file.
    #[error(
        "{0} does not hold 32 bytes; restore it from a backup, or remove it and ask every approver again"
    )]
    Damaged(PathBuf),
}

/// The 32 bytes in the file; a new file with new ones where there is none. Two processes that start at once end with the
/// same key: the first to place the file wins, the other reads it.
///
/// # Errors
/// What could not be read or written.
pub fn read_or_create(path: &Path) -> Result<[u8; 32], KeyError> {
    match read_if_made(path)? {
        Some(key) => Ok(key),
        None => {
            create(path)?;
            read(path)
        }
    }
}

/// The 32 bytes in the file, when there is one: for a command that changes nothing.
///
/// # Errors
/// What could not be read.
pub fn read_if_made(path: &Path) -> Result<Option<[u8; 32]>, KeyError> {
    match read(path) {
        Err(KeyError::Io { source, .. }) if source.kind() == ErrorKind::NotFound => Ok(None),
        other => other.map(Some),
    }
}

/// The key that a secret of the configuration stands for: its bytes when it is 64 hexadecimal digits, else its SHA-256.
///
/// # Errors
/// What is wrong with it; never the secret.
pub fn of_secret(secret: &str) -> Result<[u8; 32], String> {
    if let Some(bytes) = ContentHash::parse(secret) {
        return Ok(*bytes.as_bytes());
    }
    if secret.chars().count() < MIN_SECRET_CHARS {
        return Err(format!(
            "it has fewer than {MIN_SECRET_CHARS} characters; make one with: openssl rand -hex 32"
        ));
    }
    Ok(Sha256::digest(secret.as_bytes()).into())
}

/// By which two machines see that they have the same key, without telling it.
pub fn fingerprint(key: &[u8; 32]) -> String {
    let mut digest = Sha256::new();
    digest.update(b"countinghouse: which key is it?");
    digest.update(key);
    ContentHash::from_digest(digest.finalize().into()).to_string()
}

/// A name nobody else has: 128 random bits.
///
/// # Errors
/// When the system gives no random numbers.
pub fn random_name() -> std::io::Result<String> {
    let random = random::<16>()?;
    Ok(random.iter().map(|byte| format!("{byte:02x}")).collect())
}

fn random<const BYTES: usize>() -> std::io::Result<[u8; BYTES]> {
    let mut random = [0_u8; BYTES];
    std::fs::File::open(RANDOM)?.read_exact(&mut random)?;
    Ok(random)
}

fn read(path: &Path) -> Result<[u8; 32], KeyError> {
    let io = |source| KeyError::Io {
        act: "read the key",
        path: path.to_owned(),
        source,
    };
    let file = std::fs::File::open(path).map_err(io)?;
    let mut bytes = Vec::new();
    file.take(33).read_to_end(&mut bytes).map_err(io)?;
    <[u8; 32]>::try_from(bytes).map_err(|_| KeyError::Damaged(path.to_owned()))
}

fn create(path: &Path) -> Result<(), KeyError> {
    let io = |act| {
        move |source| KeyError::Io {
            act,
            path: path.to_owned(),
            source,
        }
    };
    let random = random::<32>().map_err(io("make the key"))?;
    let unfinished = path.with_extension(format!("new-{}", std::process::id()));
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true).mode(0o600);
    let mut file = options.open(&unfinished).map_err(io("write the key"))?;
    file.write_all(&random)
        .and_then(|()| file.sync_all())
        .map_err(io("write the key"))?;
    // Crash before the link: a leftover that the next start overwrites or nobody reads. The link fails when another process
    // was faster; its key counts then.
    failpoint::before(Act::Key);
    match std::fs::hard_link(&unfinished, path) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => {
            return Err(io("place the key")(error));
        }
        Err(_) | Ok(()) => {}
    }
    failpoint::after(Act::Key);
    std::fs::remove_file(&unfinished).map_err(io("clean up after the key"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_made_once_and_private() {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("token.key");
        let key = read_or_create(&path).expect("made");
        assert_eq!(read_or_create(&path).expect("read"), key);
        assert_ne!(key, [0; 32]);
        let mode = std::os::unix::fs::PermissionsExt::mode(
            &std::fs::metadata(&path).expect("file").permissions(),
        );
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn a_cut_key_is_refused_and_not_replaced() {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("token.key");
        std::fs::write(&path, b"short").expect("written");
        assert!(matches!(read_or_create(&path), Err(KeyError::Damaged(_))));
    }
}
