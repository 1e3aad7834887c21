//! With what a document is read.

use crate::io::reader::Reader;
use crate::io::recogniser::Recogniser;

/// With what a document is read.
#[derive(Clone, Copy, Debug)]
pub struct Tools<'a> {
    /// Opens files in child processes.
    pub reader: &'a Reader,
    /// Reads scans and photos.
    pub recogniser: &'a Recogniser,
    /// Tried on what is locked.
    pub passwords: &'a [String],
}
