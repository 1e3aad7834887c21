//! What travels between the daemon and a child: lengths in front, little-endian.

mod request;

use crate::formats::issue::Issue;
use crate::formats::page::{EmbeddedFile, Page, Paginated, PlacedPicture, Rect, Word, WordOrigin};
use crate::formats::pdf::PdfError;
use crate::formats::picture::{Picture, Prepared, Turn, Writing};
use crate::formats::spreadsheet::Sheet;
use crate::formats::unpacked::{ContainerError, Contents, Opened};

pub use self::request::View;
pub(super) use self::request::{MAX_REQUEST_BYTES, Request, Task};

/// Largest answer taken: 25 MiB of embedded files, words and room for their places.
pub(super) const MAX_ANSWER_BYTES: usize = 64 * 1024 * 1024;

fn turn_code(turn: Turn) -> u8 {
    match turn {
        Turn::None => 0,
        Turn::Quarter => 1,
        Turn::Half => 2,
        Turn::ThreeQuarters => 3,
    }
}

/// A page ready to be recognised, and the QR codes seen on it.
#[derive(Clone, PartialEq, Debug)]
pub struct PagePicture {
    /// The page.
    pub prepared: Prepared,
    /// Their texts; none when the turn was given, because then it is asked for again.
    pub codes: Vec<String>,
}

/// What the child says about one document.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum Answer {
    Read(Paginated),
    Picture(PagePicture),
    NoSuchPage,
    Unpacked(Opened),
    Sheets(Vec<Sheet>),
    Encrypted,
    Damaged(String),
    TooLarge,
    Panicked,
}

impl From<Result<Paginated, PdfError>> for Answer {
    fn from(read: Result<Paginated, PdfError>) -> Self {
        match read {
            Ok(paginated) => Self::Read(paginated),
            Err(PdfError::Encrypted) => Self::Encrypted,
            Err(PdfError::TooLarge) => Self::TooLarge,
            Err(PdfError::NoSuchPage) => Self::NoSuchPage,
            Err(damaged @ PdfError::Damaged(_)) => Self::Damaged(damaged.to_string()),
        }
    }
}

impl From<Result<Opened, ContainerError>> for Answer {
    fn from(opened: Result<Opened, ContainerError>) -> Self {
        opened.map_or_else(Self::from, Self::Unpacked)
    }
}

impl From<Result<Vec<Sheet>, ContainerError>> for Answer {
    fn from(sheets: Result<Vec<Sheet>, ContainerError>) -> Self {
        sheets.map_or_else(Self::from, Self::Sheets)
    }
}

impl From<ContainerError> for Answer {
    fn from(error: ContainerError) -> Self {
        match error {
            ContainerError::Encrypted => Self::Encrypted,
            ContainerError::Damaged(_) | ContainerError::OverLimit(_) => {
                Self::Damaged(error.to_string())
            }
        }
    }
}

const READ: u8 = 0;
const ENCRYPTED: u8 = 1;
const DAMAGED: u8 = 2;
const TOO_LARGE: u8 = 3;
const PANICKED: u8 = 4;
const SHOWN: u8 = 5;
const NO_SUCH_PAGE: u8 = 6;
const FILES: u8 = 7;
const MAIL: u8 = 8;
const REST: u8 = 9;
const SHEETS: u8 = 10;

/// The answer as bytes, without the length in front.
pub(super) fn encode(answer: &Answer) -> Vec<u8> {
    let mut out = Vec::new();
    match answer {
        Answer::Read(read) => {
            out.push(READ);
            put_paginated(&mut out, read);
        }
        Answer::Picture(picture) => {
            out.push(SHOWN);
            put_picture(&mut out, picture);
        }
        Answer::NoSuchPage => out.push(NO_SUCH_PAGE),
        Answer::Unpacked(opened) => {
            match &opened.contents {
                Contents::Files(files) => {
                    out.push(FILES);
                    put_files(&mut out, files);
                }
                Contents::Mail(mail) => {
                    out.push(MAIL);
                    put_bytes(&mut out, mail);
                }
                Contents::Rest(mail) => {
                    out.push(REST);
                    put_bytes(&mut out, mail);
                }
            }
            put_issues(&mut out, &opened.issues);
        }
        Answer::Sheets(sheets) => {
            out.push(SHEETS);
            put_sheets(&mut out, sheets);
        }
        Answer::Encrypted => out.push(ENCRYPTED),
        Answer::Damaged(reason) => {
            out.push(DAMAGED);
            put_bytes(&mut out, reason.as_bytes());
        }
        Answer::TooLarge => out.push(TOO_LARGE),
        Answer::Panicked => out.push(PANICKED),
    }
    out
}

/// `None` for anything `encode` does not write: the child is not trusted.
pub(super) fn decode(bytes: &[u8]) -> Option<Answer> {
    let (kind, rest) = bytes.split_first()?;
    let mut input = Input(rest);
    let answer = match *kind {
        READ => Answer::Read(input.paginated()?),
        SHOWN => Answer::Picture(input.picture()?),
        NO_SUCH_PAGE => Answer::NoSuchPage,
        FILES => input.unpacked(|input| Some(Contents::Files(input.files()?)))?,
        MAIL => input.unpacked(|input| Some(Contents::Mail(input.bytes()?.to_vec())))?,
        REST => input.unpacked(|input| Some(Contents::Rest(input.bytes()?.to_vec())))?,
        SHEETS => Answer::Sheets(input.list(|sheets| sheets.list(|rows| rows.list(Input::text)))?),
        ENCRYPTED => Answer::Encrypted,
        DAMAGED => Answer::Damaged(input.text()?),
        TOO_LARGE => Answer::TooLarge,
        PANICKED => Answer::Panicked,
        _ => return None,
    };
    input.0.is_empty().then_some(answer)
}

fn put_paginated(out: &mut Vec<u8>, read: &Paginated) {
    put_count(out, read.pages.len());
    for page in &read.pages {
        put_numbers(out, [page.width, page.height]);
        put_count(out, page.words.len());
        for Word { text, place } in &page.words {
            put_bytes(out, text.as_bytes());
            put_place(out, place);
        }
        // Recognised words never come from here: the child shows the page, another program reads it.
        out.push(match page.origin {
            WordOrigin::Text => 0,
            WordOrigin::Hidden => 1,
            WordOrigin::Unreadable | WordOrigin::Recognised(_) | WordOrigin::Completed(_) => 2,
        });
        put_texts(out, &page.codes);
        put_count(out, page.pictures.len());
        for picture in &page.pictures {
            put_placed(out, picture);
        }
    }
    put_count(out, read.left_out);
    put_files(out, &read.embedded);
    put_issues(out, &read.issues);
}

fn put_place(out: &mut Vec<u8>, place: &Rect) {
    put_numbers(out, [place.x0, place.top, place.x1, place.bottom]);
}

fn put_placed(out: &mut Vec<u8>, picture: &PlacedPicture) {
    put_place(out, &picture.place);
    put_numbers(out, [picture.dots_per_inch]);
}

fn put_sheets(out: &mut Vec<u8>, sheets: &[Sheet]) {
    put_count(out, sheets.len());
    for rows in sheets {
        put_count(out, rows.len());
        for cells in rows {
            put_count(out, cells.len());
            for cell in cells {
                put_bytes(out, cell.as_bytes());
            }
        }
    }
}

fn put_files(out: &mut Vec<u8>, files: &[EmbeddedFile]) {
    put_count(out, files.len());
    for file in files {
        put_bytes(out, file.name.as_bytes());
        put_bytes(out, &file.bytes);
    }
}

fn put_issues(out: &mut Vec<u8>, issues: &[Issue]) {
    put_count(out, issues.len());
    for issue in issues {
        put_bytes(out, issue.place.as_bytes());
        put_bytes(out, issue.problem.as_bytes());
    }
}

fn put_picture(out: &mut Vec<u8>, shown: &PagePicture) {
    let Prepared {
        picture,
        turn,
        dots_per_inch,
        writing,
    } = &shown.prepared;
    put_count(out, picture.width);
    put_count(out, picture.height);
    put_bytes(out, &picture.grey);
    out.push(turn_code(*turn));
    put_numbers(out, [*dots_per_inch]);
    out.push(match writing {
        Writing::No => 0,
        Writing::Perhaps => 1,
        Writing::Plain => 2,
    });
    put_texts(out, &shown.codes);
}

fn put_texts(out: &mut Vec<u8>, texts: &[String]) {
    put_count(out, texts.len());
    for text in texts {
        put_bytes(out, text.as_bytes());
    }
}

/// Counts are bounded far below 32 bits by the limits of the formats; the daemon checks the total anyway.
fn put_count(out: &mut Vec<u8>, count: usize) {
    out.extend(u32::try_from(count).unwrap_or(u32::MAX).to_le_bytes());
}

fn put_numbers<const N: usize>(out: &mut Vec<u8>, numbers: [f32; N]) {
    out.extend(numbers.into_iter().flat_map(f32::to_le_bytes));
}

fn put_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    put_count(out, bytes.len());
    out.extend_from_slice(bytes);
}

struct Input<'b>(&'b [u8]);

impl<'b> Input<'b> {
    fn paginated(&mut self) -> Option<Paginated> {
        let pages = self.list(Self::page)?;
        let left_out = self.count()? as usize;
        let embedded = self.files()?;
        let issues = self.issues()?;
        Some(Paginated {
            pages,
            left_out,
            embedded,
            issues,
        })
    }

    fn unpacked(&mut self, contents: impl FnOnce(&mut Self) -> Option<Contents>) -> Option<Answer> {
        Some(Answer::Unpacked(Opened {
            contents: contents(self)?,
            issues: self.issues()?,
        }))
    }

    fn files(&mut self) -> Option<Vec<EmbeddedFile>> {
        self.list(|input| {
            Some(EmbeddedFile {
                name: input.text()?,
                bytes: input.bytes()?.to_vec(),
            })
        })
    }

    fn issues(&mut self) -> Option<Vec<Issue>> {
        self.list(|input| Some(Issue::new(input.text()?, input.text()?)))
    }

    fn page(&mut self) -> Option<Page> {
        let [width, height] = self.numbers()?;
        let words = self.list(|input| {
            let text = input.text()?;
            let place = input.place()?;
            Some(Word { text, place })
        })?;
        let [origin] = self.take()?;
        let origin = match origin {
            0 => WordOrigin::Text,
            1 => WordOrigin::Hidden,
            2 => WordOrigin::Unreadable,
            _ => return None,
        };
        let codes = self.list(Self::text)?;
        let pictures = self.list(Self::placed)?;
        Some(Page {
            width,
            height,
            words,
            origin,
            codes,
            pictures,
        })
    }

    fn place(&mut self) -> Option<Rect> {
        let [x0, top, x1, bottom] = self.numbers()?;
        Some(Rect {
            x0,
            top,
            x1,
            bottom,
        })
    }

    fn placed(&mut self) -> Option<PlacedPicture> {
        let place = self.place()?;
        let [dots_per_inch] = self.numbers()?;
        Some(PlacedPicture {
            place,
            dots_per_inch,
        })
    }

    fn picture(&mut self) -> Option<PagePicture> {
        let (width, height) = (self.count()? as usize, self.count()? as usize);
        let grey = self.bytes()?.to_vec();
        let [turn] = self.take()?;
        let [dots_per_inch] = self.numbers()?;
        let writing = match self.take()? {
            [0] => Writing::No,
            [1] => Writing::Perhaps,
            [2] => Writing::Plain,
            _ => return None,
        };
        let codes = self.list(Self::text)?;
        let is_whole = width.checked_mul(height) == Some(grey.len()) && dots_per_inch > 1.0;
        is_whole.then_some(PagePicture {
            prepared: Prepared {
                picture: Picture {
                    width,
                    height,
                    grey,
                },
                turn: Turn::ALL.get(usize::from(turn)).copied()?,
                dots_per_inch,
                writing,
            },
            codes,
        })
    }

    /// Grows with what is really there, not with the announced count.
    fn list<T>(&mut self, mut one: impl FnMut(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        let count = self.count()?;
        (0..count).map(|_| one(self)).collect()
    }

    fn count(&mut self) -> Option<u32> {
        self.take().map(u32::from_le_bytes)
    }

    /// Finite numbers only: what sorts words relies on it.
    fn numbers<const N: usize>(&mut self) -> Option<[f32; N]> {
        let mut numbers = [0.0; N];
        for number in &mut numbers {
            *number = Some(f32::from_le_bytes(self.take()?)).filter(|n| n.is_finite())?;
        }
        Some(numbers)
    }

    fn text(&mut self) -> Option<String> {
        String::from_utf8(self.bytes()?.to_vec()).ok()
    }

    fn bytes(&mut self) -> Option<&'b [u8]> {
        let length = self.count()? as usize;
        let (bytes, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(bytes)
    }

    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (bytes, rest) = self.0.split_first_chunk::<N>()?;
        self.0 = rest;
        Some(*bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Answer {
        let word = Word {
            text: "Zahlbetrag".into(),
            place: Rect {
                x0: 1.0,
                top: 2.5,
                x1: 3.0,
                bottom: 4.0,
            },
        };
        Answer::Read(Paginated {
            pages: vec![
                Page {
                    width: 595.0,
                    height: 842.0,
                    words: vec![word.clone(), word],
                    origin: WordOrigin::Hidden,
                    codes: vec!["BCD".into()],
                    pictures: vec![PlacedPicture {
                        place: Rect::default(),
                        dots_per_inch: 150.0,
                    }],
                },
                Page::default(),
            ],
            left_out: 3,
            embedded: vec![EmbeddedFile {
                name: "factur-x.xml".into(),
                bytes: vec![0, 255, 7],
            }],
            issues: vec![Issue::new("page 2", "no text")],
        })
    }

    #[test]
    fn every_answer_comes_back_as_it_was_sent() {
        let damaged = Answer::Damaged("the PDF cannot be read: broken".into());
        let picture = Answer::Picture(PagePicture {
            prepared: Prepared {
                picture: Picture {
                    width: 2,
                    height: 1,
                    grey: vec![0, 255],
                },
                turn: Turn::Half,
                dots_per_inch: 300.0,
                writing: Writing::Plain,
            },
            codes: vec!["SPC".into()],
        });
        let file = EmbeddedFile {
            name: "bill.pdf".into(),
            bytes: vec![0, 255],
        };
        let unpacked = |contents| {
            Answer::Unpacked(Opened {
                contents,
                issues: vec![Issue::new("bill.pdf", "a link")],
            })
        };
        for answer in [
            sample(),
            picture,
            Answer::NoSuchPage,
            unpacked(Contents::Files(vec![file])),
            unpacked(Contents::Mail(b"Subject: x".to_vec())),
            unpacked(Contents::Rest(Vec::new())),
            Answer::Sheets(vec![vec![vec!["a".into(), String::new()], vec![]], vec![]]),
            Answer::Encrypted,
            damaged,
            Answer::TooLarge,
            Answer::Panicked,
        ] {
            assert_eq!(decode(&encode(&answer)), Some(answer));
        }
    }

    #[test]
    fn an_answer_cut_or_prolonged_anywhere_is_refused() {
        let whole = encode(&sample());
        assert!((0..whole.len()).all(|end| decode(&whole[..end]).is_none()));
        assert_eq!(decode(&[whole, vec![0]].concat()), None);
        assert_eq!(decode(&[11]), None);
        assert_eq!(decode(&[READ, 255, 255, 255, 255]), None);
    }
}
