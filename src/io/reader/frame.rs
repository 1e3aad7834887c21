//! What travels between the daemon and a child: lengths in front, little-endian. A request is the bytes of a document.

use crate::formats::issue::Issue;
use crate::formats::page::{EmbeddedFile, Page, Paginated, Rect, Word};
use crate::formats::pdf::PdfError;

/// Largest answer taken: 25 MiB of embedded files, words and room for their places.
pub(super) const MAX_ANSWER_BYTES: usize = 64 * 1024 * 1024;

/// What the child says about one document.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum Answer {
    Read(Paginated),
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
            Err(damaged @ PdfError::Damaged(_)) => Self::Damaged(damaged.to_string()),
        }
    }
}

const READ: u8 = 0;
const ENCRYPTED: u8 = 1;
const DAMAGED: u8 = 2;
const TOO_LARGE: u8 = 3;
const PANICKED: u8 = 4;

/// The answer as bytes, without the length in front.
pub(super) fn encode(answer: &Answer) -> Vec<u8> {
    let mut out = Vec::new();
    match answer {
        Answer::Read(read) => {
            out.push(READ);
            put_paginated(&mut out, read);
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
            put_numbers(out, [place.x0, place.top, place.x1, place.bottom]);
        }
    }
    put_count(out, read.embedded.len());
    for file in &read.embedded {
        put_bytes(out, file.name.as_bytes());
        put_bytes(out, &file.bytes);
    }
    put_count(out, read.issues.len());
    for issue in &read.issues {
        put_bytes(out, issue.place.as_bytes());
        put_bytes(out, issue.problem.as_bytes());
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
        let embedded = self.list(|input| {
            Some(EmbeddedFile {
                name: input.text()?,
                bytes: input.bytes()?.to_vec(),
            })
        })?;
        let issues = self.list(|input| Some(Issue::new(input.text()?, input.text()?)))?;
        Some(Paginated {
            pages,
            embedded,
            issues,
        })
    }

    fn page(&mut self) -> Option<Page> {
        let [width, height] = self.numbers()?;
        let words = self.list(|input| {
            let text = input.text()?;
            let [x0, top, x1, bottom] = input.numbers()?;
            Some(Word {
                text,
                place: Rect {
                    x0,
                    top,
                    x1,
                    bottom,
                },
            })
        })?;
        Some(Page {
            width,
            height,
            words,
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
                },
                Page::default(),
            ],
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
        for answer in [
            sample(),
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
        assert_eq!(decode(&[9]), None);
        assert_eq!(decode(&[READ, 255, 255, 255, 255]), None);
    }
}
