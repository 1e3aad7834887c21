//! What comes out of a file that holds files, how much of it is taken, and why nothing is.

use super::issue::Issue;
use super::page::EmbeddedFile;

/// Largest container opened: as much as a document may have.
pub const MAX_BYTES: usize = 25 * 1024 * 1024;
/// Bytes of all files taken out of one container. A mail has at most 50 MiB and compressed paper gains little; what unpacks
/// to more is a dump or a bomb, and somebody looks at it.
pub const MAX_UNPACKED_BYTES: usize = 50 * 1024 * 1024;
/// Files taken out of one container: an archive of a year's bills of one supplier has some hundreds.
pub const MAX_FILES: usize = 1_000;

/// What a container holds.
#[derive(Clone, PartialEq, Debug)]
pub enum Contents {
    /// Files, each to be looked at by itself.
    Files(Vec<EmbeddedFile>),
    /// A mail of its own, written as RFC 5322 says.
    Mail(Vec<u8>),
    /// The text and the files of the mail it came with, written as a mail.
    Rest(Vec<u8>),
}

/// What was opened, and what was odd.
#[derive(Clone, PartialEq, Debug)]
pub struct Opened {
    /// What it holds.
    pub contents: Contents,
    /// What was odd.
    pub issues: Vec<Issue>,
}

/// Why a container stays closed. The sentence is for the clerk.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum ContainerError {
    /// Opens only with a password.
    #[error("the file is protected by a password")]
    Encrypted,
    /// Broken, or not what its first bytes promise.
    #[error("the file cannot be opened: {0}")]
    Damaged(String),
    /// Above a limit.
    #[error("the file is not opened: {0}")]
    OverLimit(String),
}

impl ContainerError {
    /// Broken, with the reason in words.
    pub(super) fn damaged(why: &str) -> Self {
        Self::Damaged(why.to_owned())
    }
}
