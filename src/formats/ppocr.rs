//! PP-OCRv6: what its two networks are shown of a picture, and what their answers mean. The networks are run elsewhere.
//!
//! The detector says of every pixel of a small picture how likely it is writing (`lines`); the recogniser reads one line at a
//! time, cut out and laid level, and says for every few pixels along it which letter stands there (`letters`).

mod letters;
mod lines;

pub use letters::{Dictionary, Seen, Strip, strip, words};
pub use lines::{Line, Overview, lines, overview};

/// Height of a line as the recogniser is shown it, in pixels; the network was trained so.
pub const STRIP_HEIGHT: usize = 48;
