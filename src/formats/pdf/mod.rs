//! PDF: the words on its pages with their places, the files carried inside, and its pages painted for recognition.
//!
//! The parser is fed by strangers and has no memory limit of its own, so the daemon calls `read` in a child process
//! with limits (`io::reader`), never in its own.

mod embedded;
mod cover;
mod drawn;
mod paint;
mod show;
mod words;

pub use show::{part, picture};

use std::sync::Arc;

use hayro_interpret::hayro_syntax::object::dict::keys::CONTENTS;
use hayro_interpret::hayro_syntax::page::Page as PdfPage;
use hayro_interpret::hayro_syntax::{DecryptionError, LoadPdfError, Pdf};
use hayro_interpret::kurbo::Rect as Area;
use hayro_interpret::{
    Context, InterpreterCache, InterpreterSettings, TransformExt, interpret_page,
};

use super::issue::Issue;
use super::page::{Page, Paginated, Word, WordOrigin};

/// Largest file read: the largest attachment most mail servers let through.
pub const MAX_BYTES: usize = 25 * 1024 * 1024;
/// Pages read of one file: a month of a supplier's bills in one file has a hundred, a telephone bill with all calls more.
pub const MAX_PAGES: usize = 200;
/// Words kept of one page: a page of six-point type has about 3,000.
const MAX_WORDS: usize = 10_000;
/// Glyphs without a meaning in Unicode above which the text of a page is not trusted: measured on public samples.
const MAX_UNKNOWN_PERCENT: usize = 5;
/// A page that shows a picture has the words of a stamp on it, and no more than these, when the picture is the page.
const MAX_STAMP_WORDS: usize = 15;
/// Letters below which nothing is said about the language of a page.
const MIN_LETTERS: usize = 150;
/// Of a hundred letters of a text in the languages of Europe 30 to 48 are vowels. Far from that, a font's table of
/// letters is wrong and the page shows something else.
const VOWELS_PERCENT: std::ops::RangeInclusive<usize> = 15..=75;

/// Said of a file whose end is missing.
const CUT_OFF: &str = "the file is damaged: it is cut off before its end";

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
    /// It has fewer pages, or the page has no size.
    #[error("the PDF has no such page")]
    NoSuchPage,
}

/// Reads the pages and the embedded files.
///
/// # Errors
/// When it is locked, broken or too large.
pub fn read(bytes: Vec<u8>) -> Result<Paginated, PdfError> {
    read_locked(bytes, &[])
}

/// As [`read`]; `passwords` are tried in their order on a file that is locked.
///
/// # Errors
/// When none of them opens it, or it is broken or too large.
pub fn read_locked(bytes: Vec<u8>, passwords: &[String]) -> Result<Paginated, PdfError> {
    if bytes.len() > MAX_BYTES {
        return Err(PdfError::TooLarge);
    }
    let is_cut = is_cut_off(&bytes);
    let pdf = open(bytes, passwords)?;
    if pdf.pages().is_empty() {
        return Err(PdfError::Damaged(if is_cut {
            CUT_OFF
        } else {
            "it has no pages"
        }));
    }
    let mut read = Paginated {
        left_out: pdf.pages().len().saturating_sub(MAX_PAGES),
        ..Paginated::default()
    };
    let cache = InterpreterCache::new();
    let settings = InterpreterSettings::default();
    for (number, page) in (1..).zip(pdf.pages().iter().take(MAX_PAGES)) {
        let page = read_page(number, page, &cache, &settings, &mut read.issues);
        read.pages.push(page);
    }
    read.embedded = embedded::files(&pdf, &mut read.issues);
    // A damaged file looks like a scan: pages without words. What is still there is read, with what was odd.
    let is_empty = read.pages.iter().all(|page| page.words.is_empty()) && read.embedded.is_empty();
    let mut pages = pdf.pages().iter().take(MAX_PAGES);
    if is_empty && is_cut {
        return Err(PdfError::Damaged(CUT_OFF));
    }
    if is_empty && pages.any(has_broken_content) {
        return Err(PdfError::Damaged(
            "the file is damaged: what stands on its pages cannot be decoded",
        ));
    }
    let broken = (1..).zip(pdf.pages().iter().take(MAX_PAGES));
    for (number, _) in broken.filter(|(_, page)| has_broken_content(page)) {
        let place = format!("page {number}");
        let problem = "what stands on it cannot be decoded";
        read.issues.push(Issue::new(place, problem));
        read.left_out += 1;
    }
    if is_cut {
        let problem = format!("{CUT_OFF}: something may be missing");
        read.issues.push(Issue::new("", problem));
        read.left_out = read.left_out.max(1);
    }
    Ok(read)
}

fn open(bytes: Vec<u8>, passwords: &[String]) -> Result<Pdf, PdfError> {
    let bytes = Arc::new(bytes);
    let mut outcome = Pdf::new(Arc::clone(&bytes));
    for password in passwords {
        if !matches!(
            outcome,
            Err(LoadPdfError::Decryption(DecryptionError::PasswordProtected))
        ) {
            break;
        }
        outcome = Pdf::new_with_password(Arc::clone(&bytes), password);
    }
    outcome.map_err(refusal)
}

/// The end of a PDF is missing: objects stand behind its last end mark, or there is none (ISO 32000-2, 7.5.5 and 7.5.6: every
/// update of a file ends with one). What mail gateways put behind the end is no object.
fn is_cut_off(bytes: &[u8]) -> bool {
    const END: &[u8] = b"%%EOF";
    const OBJECT: &[u8] = b" obj";
    let end = bytes.windows(END.len()).rposition(|word| word == END);
    let behind = end.and_then(|end| bytes.get(end..));
    behind.is_none_or(|rest| rest.windows(OBJECT.len()).any(|word| word == OBJECT))
}

/// The page names a content that is not there or cannot be decoded.
fn has_broken_content(page: &PdfPage<'_>) -> bool {
    page.raw().contains_key(CONTENTS) && page.page_stream().is_none()
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
    device.settle();

    let place = format!("page {number}");
    let mut issue = |problem: String| issues.push(Issue::new(place.clone(), problem));
    if device.truncated {
        issue("has more text than a page can show; the rest was left out".to_owned());
    }
    let (words, origin) = words_of(&device, area, &mut issue);
    let codes = show::codes(page, &device.drawn, area, cache);
    // Any other page is recognised as a whole.
    let pictures = if origin == WordOrigin::Text {
        device.drawn.pictures(area, &words)
    } else {
        Vec::new()
    };
    Page {
        width,
        height,
        words,
        origin,
        codes,
        pictures,
    }
}

/// The words, and whether they can be believed. Doubtful ones stay, for where nothing can recognise the page.
fn words_of(
    device: &words::GlyphCollector,
    area: Area,
    issue: &mut impl FnMut(String),
) -> (Vec<Word>, WordOrigin) {
    let shown = device.shown.len();
    let mut words = words::group(&device.shown);
    words.truncate(MAX_WORDS);
    if device.unknown * 100 > shown * MAX_UNKNOWN_PERCENT {
        let unknown = device.unknown;
        issue(format!("{unknown} of {shown} glyphs have no meaning"));
        return (words, WordOrigin::Unreadable);
    }
    if !is_language(&words) {
        issue(
            "the text in the file is no language: its letters are not what the page shows".into(),
        );
        return (words, WordOrigin::Unreadable);
    }
    let is_picture = device.drawn.is_picture(area);
    if is_picture && words.len() <= MAX_STAMP_WORDS || words.is_empty() {
        let mut hidden = words::group(&device.hidden);
        hidden.truncate(MAX_WORDS);
        if hidden.is_empty() {
            let is_blank = words.is_empty() && device.drawn.is_nothing();
            let origin = if is_blank {
                WordOrigin::Text
            } else {
                WordOrigin::Unreadable
            };
            return (words, origin);
        }
        words.extend(hidden);
        words.truncate(MAX_WORDS);
        return (words, WordOrigin::Hidden);
    }
    let (hidden, covered) = (device.hidden.len() - device.covered, device.covered);
    if hidden > 0 {
        issue(format!("{hidden} invisible characters were left out"));
    }
    if covered > 0 {
        issue(format!(
            "{covered} characters nobody can see were left out: they have the colour of their ground or lie under a box"
        ));
    }
    (words, WordOrigin::Text)
}

/// Texts in other alphabets are none that are read here, and left as they are.
fn is_language(words: &[Word]) -> bool {
    let letters = words.iter().flat_map(|word| word.text.chars());
    let letters = letters
        .filter(char::is_ascii_alphabetic)
        .collect::<Vec<_>>();
    let vowels = letters
        .iter()
        .filter(|letter| "aeiouyAEIOUY".contains(**letter))
        .count();
    letters.len() < MIN_LETTERS || VOWELS_PERCENT.contains(&(vowels * 100 / letters.len()))
}

#[cfg(test)]
mod tests;
