//! Words with their places on a page: what a PDF, a scan or a mail body gives to whoever reads it.

use serde::{Deserialize, Serialize};

use super::issue::Issue;

/// A rectangle on a page in points (1/72 inch), origin at the top left corner.
#[derive(Clone, Copy, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Rect {
    /// Left edge.
    pub x0: f32,
    /// Upper edge.
    pub top: f32,
    /// Right edge.
    pub x1: f32,
    /// Lower edge.
    pub bottom: f32,
}

/// One word as printed.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Word {
    /// Its text, never empty.
    pub text: String,
    /// Its place.
    pub place: Rect,
}

/// Where the words of a page come from.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub enum WordOrigin {
    /// Written in the file, and shown.
    #[default]
    Text,
    /// Written in the file and not shown, as programs put it under a scan: the page itself shows a picture.
    Hidden,
    /// None, or not to be trusted: they must be recognised in a picture of the page.
    Unreadable,
    /// Recognised in a picture of the page; for each word how sure that is, in per cent.
    Recognised(Vec<u8>),
    /// Written in the file and shown, with words recognised in pictures on the page; for each of those how sure that is, in
    /// per cent.
    Completed(Vec<Option<u8>>),
}

/// A picture on a page, or pieces of one side by side.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
pub struct PlacedPicture {
    /// Its place.
    pub place: Rect,
    /// How fine it is, in dots per inch of paper.
    pub dots_per_inch: f32,
}

/// One page in reading order: line by line from the top, words from the left.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Page {
    /// Width in points.
    pub width: f32,
    /// Height in points.
    pub height: f32,
    /// The words a reader of the page sees.
    pub words: Vec<Word>,
    /// Where they come from.
    pub origin: WordOrigin,
    /// The texts of the QR codes on it.
    pub codes: Vec<String>,
    /// Pictures beside its text that may hold words: letterheads, mostly.
    pub pictures: Vec<PlacedPicture>,
}

/// A file carried inside a PDF or an e-invoice.
#[derive(Clone, PartialEq, Debug)]
pub struct EmbeddedFile {
    /// Its name, a claim of whoever made the file.
    pub name: String,
    /// Its bytes, decoded.
    pub bytes: Vec<u8>,
}

/// What reading a paginated document gave.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Paginated {
    /// The pages, perhaps cut at a limit.
    pub pages: Vec<Page>,
    /// How many pages of the file nobody has read: there are too many, they are damaged, or cut off with the end of the file
    /// (then at least one).
    pub left_out: usize,
    /// Files carried inside.
    pub embedded: Vec<EmbeddedFile>,
    /// What was odd.
    pub issues: Vec<Issue>,
}
