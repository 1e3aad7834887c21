//! Why a picture was not read.

/// Why a picture was not read.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum PictureError {
    /// Not a PNG, JPEG or TIFF.
    #[error("pictures of this kind are not read: ask for PNG, JPEG, TIFF or PDF")]
    Kind,
    /// Broken, or written in a way that is not known.
    #[error("the picture cannot be decoded: {0}")]
    Damaged(String),
    /// Above `MAX_FILE_SIDE` or `MAX_PIXELS`.
    #[error("the picture has too many pixels")]
    TooLarge,
    /// A TIFF has fewer pages.
    #[error("the picture has no such page")]
    NoSuchPage,
}

pub(super) fn damaged(error: impl ToString) -> PictureError {
    PictureError::Damaged(error.to_string())
}
