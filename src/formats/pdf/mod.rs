//! PDF: the words on its pages with their places, and the files carried inside. No rendering.
//!
//! The parser is fed by strangers and has no memory limit of its own, so the daemon calls `read` in a child process
//! with limits (`io::reader`), never in its own.

mod embedded;
mod words;

use hayro_interpret::hayro_syntax::page::Page as PdfPage;
use hayro_interpret::hayro_syntax::{DecryptionError, LoadPdfError, Pdf};
use hayro_interpret::kurbo::Rect as Area;
use hayro_interpret::{
    Context, InterpreterCache, InterpreterSettings, TransformExt, interpret_page,
};

use super::issue::Issue;
use super::page::{Page, Paginated};

/// Largest file read: the largest attachment most mail servers let through.
pub const MAX_BYTES: usize = 25 * 1024 * 1024;
/// Pages read of one file: longer ones are reports and contracts; what pays a bill stands on the first pages.
pub const MAX_PAGES: usize = 30;
/// Words kept of one page: a page of six-point type has about 3,000.
const MAX_WORDS: usize = 10_000;
/// Glyphs without a meaning in Unicode above which the text of a page is not trusted: measured on public samples.
const MAX_UNKNOWN_PERCENT: usize = 5;
/// Stands in every issue that says a page must be read from its picture.
pub const NEEDS_OCR: &str = "needs OCR";

/// Why a PDF was not read at all.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum PdfError {
    /// Opens only with a password of a person.
    #[error("the PDF is protected by a password")]
    Encrypted,
    /// Not a PDF, or broken beyond repair.
    #[error("the PDF cannot be read: {0}")]
    Damaged(&'static str),
    /// Above `MAX_BYTES`.
    #[error("the PDF is larger than 25 MiB")]
    TooLarge,
}

/// Reads the pages and the embedded files.
pub fn read(bytes: Vec<u8>) -> Result<Paginated, PdfError> {
    if bytes.len() > MAX_BYTES {
        return Err(PdfError::TooLarge);
    }
    let pdf = Pdf::new(bytes).map_err(refusal)?;
    if pdf.pages().is_empty() {
        return Err(PdfError::Damaged("it has no pages"));
    }
    let mut read = Paginated::default();
    if pdf.pages().len() > MAX_PAGES {
        let problem = format!(
            "{} pages, only the first {MAX_PAGES} were read",
            pdf.pages().len()
        );
        read.issues.push(Issue::new("", problem));
    }
    let cache = InterpreterCache::new();
    let settings = InterpreterSettings::default();
    for (number, page) in (1..).zip(pdf.pages().iter().take(MAX_PAGES)) {
        let page = read_page(number, page, &cache, &settings, &mut read.issues);
        read.pages.push(page);
    }
    read.embedded = embedded::files(&pdf, &mut read.issues);
    Ok(read)
}

fn refusal(error: LoadPdfError) -> PdfError {
    match error {
        LoadPdfError::Decryption(DecryptionError::PasswordProtected) => PdfError::Encrypted,
        LoadPdfError::Decryption(DecryptionError::UnsupportedAlgorithm) => {
            PdfError::Damaged("it is encrypted in a way that is not known")
        }
        LoadPdfError::Decryption(
            DecryptionError::MissingIDEntry | DecryptionError::InvalidEncryption,
        ) => PdfError::Damaged("its encryption is broken"),
        LoadPdfError::Invalid => PdfError::Damaged("it is not a PDF, or broken"),
    }
}

fn read_page<'p>(
    number: usize,
    page: &'p PdfPage<'p>,
    cache: &InterpreterCache<'p>,
    settings: &InterpreterSettings,
    issues: &mut Vec<Issue>,
) -> Page {
    let (width, height) = page.render_dimensions();
    let area = Area::new(0.0, 0.0, f64::from(width), f64::from(height));
    let transform = page.initial_transform(true).to_kurbo();
    let mut context = Context::new(transform, area, cache, page.xref(), settings.clone());
    let mut device = words::GlyphCollector::new(area);
    interpret_page(page, &mut context, &mut device);

    let place = format!("page {number}");
    let mut issue = |problem: String| issues.push(Issue::new(place.clone(), problem));
    if device.truncated {
        issue("has more text than a page can show; the rest was left out".to_owned());
    }
    let shown = device.shown.len();
    if device.unknown * 100 > shown * MAX_UNKNOWN_PERCENT {
        issue(format!(
            "{} of {shown} glyphs have no meaning: {NEEDS_OCR}",
            device.unknown
        ));
    }
    let mut words = words::group(&device.shown);
    if words.is_empty() && !device.hidden.is_empty() {
        issue("only invisible text, as under a scan: read, but not what a reader sees".to_owned());
        words = words::group(&device.hidden);
    } else if !device.hidden.is_empty() {
        issue(format!(
            "{} invisible characters were left out",
            device.hidden.len()
        ));
    }
    if words.is_empty() {
        issue(format!("no text on the page: {NEEDS_OCR}"));
    }
    words.truncate(MAX_WORDS);
    Page {
        width,
        height,
        words,
    }
}

#[cfg(test)]
mod tests;
