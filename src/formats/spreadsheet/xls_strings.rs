//! Texts of Excel 97 ([MS-XLS] 2.5.293 and 2.5.294): letters of one or two bytes, and the shared table of them, which is cut
//! into records wherever one is full, in the middle of a word too.

use crate::formats::little_endian::Input;
use crate::formats::mapi::decode;

/// Texts of one file that are kept.
const MAX_STRINGS: usize = 200_000;
/// Two bytes a letter.
const WIDE: u8 = 1;
/// Asian reading aids follow.
const HAS_AIDS: u8 = 4;
/// Runs of formatting follow.
const HAS_RUNS: u8 = 8;

/// A text with its length in two bytes. Before Excel 97 letters have one byte, in the code page of the file.
pub(super) fn text(data: &[u8], is_old: bool, codepage: Option<u16>) -> Option<String> {
    let mut input = Input(data);
    let count = usize::from(input.u16()?);
    if is_old {
        return Some(decode(input.take(count)?, codepage));
    }
    let wide = input.u8()? & WIDE != 0;
    letters(input.take(if wide { count * 2 } else { count })?, wide)
}

/// The shared table of texts: its records one after the other. What is there of a cut one.
pub(super) fn shared(records: &[&[u8]]) -> Vec<String> {
    let mut pieces = Pieces {
        records,
        current: Input(records.first().copied().unwrap_or_default()),
        next: 1,
    };
    let mut texts = Vec::new();
    if pieces.skip(4).is_none() {
        return texts;
    }
    let count = pieces.number(4).unwrap_or_default();
    while texts.len() < count.min(MAX_STRINGS) {
        let Some(text) = pieces.text() else { break };
        texts.push(text);
    }
    texts
}

struct Pieces<'r, 'b> {
    records: &'r [&'b [u8]],
    current: Input<'b>,
    next: usize,
}

impl Pieces<'_, '_> {
    fn text(&mut self) -> Option<String> {
        let count = self.number(2)?;
        let flags = u8::try_from(self.number(1)?).ok()?;
        let runs = if flags & HAS_RUNS != 0 {
            self.number(2)?
        } else {
            0
        };
        let aids = if flags & HAS_AIDS != 0 {
            self.number(4)?
        } else {
            0
        };
        let text = self.letters(count, flags & WIDE != 0)?;
        self.skip(runs.checked_mul(4)?)?;
        self.skip(aids)?;
        Some(text)
    }

    /// A record that goes on within a text begins with the width of the letters that follow.
    fn letters(&mut self, count: usize, wide: bool) -> Option<String> {
        let (mut left, mut wide, mut text) = (count, wide, String::new());
        while left > 0 {
            let width = if wide { 2 } else { 1 };
            let here = (self.current.0.len() / width).min(left);
            text.push_str(&letters(self.current.take(here * width)?, wide)?);
            left -= here;
            if left > 0 {
                self.advance()?;
                wide = self.current.u8()? & WIDE != 0;
            }
        }
        Some(text)
    }

    fn number(&mut self, bytes: usize) -> Option<usize> {
        if self.current.0.is_empty() {
            self.advance()?;
        }
        match bytes {
            1 => self.current.u8().map(usize::from),
            2 => self.current.u16().map(usize::from),
            _ => self.current.length(),
        }
    }

    fn skip(&mut self, count: usize) -> Option<()> {
        let mut left = count;
        while left > 0 {
            if self.current.0.is_empty() {
                self.advance()?;
            }
            let here = left.min(self.current.0.len());
            self.current.take(here)?;
            left -= here;
        }
        Some(())
    }

    fn advance(&mut self) -> Option<()> {
        self.current = Input(self.records.get(self.next)?);
        self.next += 1;
        Some(())
    }
}

fn letters(bytes: &[u8], wide: bool) -> Option<String> {
    let encoding = if wide {
        encoding_rs::UTF_16LE
    } else {
        // The lower halves of UTF-16 units: Latin 1.
        return Some(bytes.iter().copied().map(char::from).collect());
    };
    Some(encoding.decode_without_bom_handling(bytes).0.into_owned())
}
