//! Pictures of pages: scans, photos, rendered pages. Decoded to grey, set upright, made ready to be recognised.
//!
//! Pictures come from strangers: the daemon decodes them in a child process with limits (`io::reader`), never in its own.

mod error;
mod decode;
mod fax;
mod turn;
mod ink;
mod writing;
mod clean;
mod grain;
mod qr;

pub use clean::{MARGIN_POINTS, Prepared, Writing, prepare, prepare_part};
pub use decode::decode;
pub(crate) use decode::luma;
pub use error::PictureError;
pub use grain::is_grain;
pub use qr::{may_be_qr, qr_texts};
pub use turn::Turn;

/// Longest side of a picture that is worked on, in pixels: A4 at 400 dpi. A larger one is made smaller first.
pub const MAX_SIDE_PIXELS: usize = 5_000;
/// Dots per inch at which recognition was measured to be best; pages are painted at it and photos brought near it.
pub const DOTS_PER_INCH: f32 = 300.0;

/// Rows of grey, 0 black to 255 white.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Picture {
    /// Pixels of a row.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// `width` times `height` of them, row by row from the top.
    pub grey: Vec<u8>,
}

impl Picture {
    /// All white. `None` for a size without a pixel or a side above twice `MAX_SIDE_PIXELS`.
    pub fn white(width: usize, height: usize) -> Option<Self> {
        let sides = 1..=MAX_SIDE_PIXELS * 2;
        (sides.contains(&width) && sides.contains(&height)).then(|| Self {
            width,
            height,
            grey: vec![255; width * height],
        })
    }

    /// White outside.
    pub fn at(&self, x: usize, y: usize) -> u8 {
        if x >= self.width {
            return 255;
        }
        self.grey.get(y * self.width + x).copied().unwrap_or(255)
    }

    /// The rows from the top.
    pub fn rows(&self) -> impl Iterator<Item = &[u8]> {
        self.grey.chunks_exact(self.width.max(1))
    }

    /// Its upper rows, as many.
    pub fn upper(&self, rows: usize) -> Self {
        let height = rows.min(self.height);
        let grey = self.grey.get(..height * self.width).unwrap_or_default();
        Self {
            width: self.width,
            height,
            grey: grey.to_vec(),
        }
    }

    /// With so much white at its sides, and above and below. `None` when that is more than a picture may have.
    pub fn framed(&self, sides: usize, above: usize) -> Option<Self> {
        let mut framed = Self::white(self.width + 2 * sides, self.height + 2 * above)?;
        let rows = framed.grey.chunks_exact_mut(framed.width).skip(above);
        for (row, own) in rows.zip(self.rows()) {
            if let Some(inner) = row.get_mut(sides..sides + self.width) {
                inner.copy_from_slice(own);
            }
        }
        Some(framed)
    }

    /// As a binary portable grey map, which recognition programs read from their standard input.
    pub fn to_pgm(&self) -> Vec<u8> {
        let mut out = format!("P5\n{} {}\n255\n", self.width, self.height).into_bytes();
        out.extend_from_slice(&self.grey);
        out
    }

    /// What `to_pgm` wrote. `None` for anything else.
    #[cfg(feature = "ppocr")]
    pub fn from_pgm(bytes: &[u8]) -> Option<Self> {
        let mut parts = bytes.splitn(4, |byte| *byte == b'\n');
        let [kind, size, depth, grey] =
            [parts.next()?, parts.next()?, parts.next()?, parts.next()?];
        let (width, height) = std::str::from_utf8(size).ok()?.split_once(' ')?;
        let white = Self::white(width.parse().ok()?, height.parse().ok()?)?;
        let is_whole = kind == b"P5" && depth == b"255" && grey.len() == white.grey.len();
        is_whole.then(|| Self {
            grey: grey.to_vec(),
            ..white
        })
    }
}

#[cfg(test)]
mod tests;
