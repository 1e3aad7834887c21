//! What tesseract writes with its `tsv` configuration: a row for every page, block, paragraph, line and word. Our own
//! recognition answers so, too.
#![expect(
    clippy::float_arithmetic,
    reason = "places on a page are measured, not counted; no amount is touched"
)]

use super::page::{Rect, Word};

/// Words kept: a page of six-point type has about 3,000.
const MAX_WORDS: usize = 10_000;
/// The level of a row that is a word.
const WORD_LEVEL: &str = "5";
/// Longest word kept in characters: longer ones are rules and pictures taken for letters.
const MAX_WORD_CHARS: usize = 100;

/// The words and how sure each is, in per cent; places in pixels. Rows that make no sense are left out.
pub fn words(tsv: &str) -> (Vec<Word>, Vec<u8>) {
    tsv.lines().filter_map(word).take(MAX_WORDS).unzip()
}

/// The heights of ink as shares of the height of its type: small letters, what reaches above them or is a capital or digit,
/// and what hangs below the line.
const SMALL: f32 = 0.52;
const TALL: f32 = 0.72;
const HANGING: f32 = 0.21;
/// What the words of files have above and below the line they stand on.
const TYPE: (f32, f32) = (0.76, 0.22);
/// What letters of files have left and right of their ink.
const BESIDE: f32 = 0.05;

/// A word with the box of its type. Tesseract's holds the ink alone, so that `uren` is lower than `Stück` and a blank looks
/// wider than it is; the words of files have the height of their type and the width of their letters' boxes.
pub fn in_type(word: Word) -> Word {
    let Word { text, mut place } = word;
    let is_hanging = text.contains(|c| "gjpqyçQ,;()[]{}/|@§".contains(c));
    let is_tall = text.contains(|c: char| {
        c.is_uppercase()
            || c.is_ascii_digit()
            || "bdfhklßtiáàâäéèêëíìîïóòôöúùûüñ()[]{}/|!?§&%€$£".contains(c)
    });
    if is_tall || text.contains(char::is_alphabetic) {
        let tall = if is_tall { TALL } else { SMALL };
        let hanging = if is_hanging { HANGING } else { 0.0 };
        let height = (place.bottom - place.top) / (tall + hanging);
        let line = place.bottom - height * hanging;
        place.top = (line - height * TYPE.0).max(0.0);
        place.bottom = line + height * TYPE.1;
        place.x0 = (place.x0 - height * BESIDE).max(0.0);
        place.x1 += height * BESIDE;
    }
    Word { text, place }
}

/// The rows that say this.
#[cfg(feature = "ppocr")]
pub fn rows(words: &[(Word, u8)]) -> String {
    use std::fmt::Write;
    let mut rows = String::new();
    for (Word { text, place }, sure) in words.iter().take(MAX_WORDS) {
        let [left, top, right, bottom] = [place.x0, place.top, place.x1, place.bottom]
            .map(|side| side.clamp(0.0, 65_535.0) as u16);
        let (width, height) = (right.saturating_sub(left), bottom.saturating_sub(top));
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        // A string takes everything.
        writeln!(
            rows,
            "{WORD_LEVEL}\t1\t1\t1\t1\t1\t{left}\t{top}\t{width}\t{height}\t{sure}\t{text}"
        )
        .ok();
    }
    rows
}

fn word(row: &str) -> Option<(Word, u8)> {
    let cells = row.split('\t').collect::<Vec<_>>();
    let [
        WORD_LEVEL,
        _,
        _,
        _,
        _,
        _,
        left,
        top,
        width,
        height,
        sure,
        text,
    ] = cells.as_slice()
    else {
        return None;
    };
    let text = text.trim();
    if text.is_empty() || text.chars().count() > MAX_WORD_CHARS {
        return None;
    }
    let number = |cell: &str| cell.parse::<u16>().ok();
    let (left, top) = (number(left)?, number(top)?);
    let right = left.checked_add(number(width)?)?;
    let bottom = top.checked_add(number(height)?)?;
    // Written as 96.407715; -1 stands in rows that are no words.
    let sure = sure.split('.').next()?.parse::<u8>().ok()?.min(100);
    let place = Rect {
        x0: f32::from(left),
        top: f32::from(top),
        x1: f32::from(right),
        bottom: f32::from(bottom),
    };
    Some((
        Word {
            text: text.to_owned(),
            place,
        },
        sure,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "\
level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext
1\t1\t0\t0\t0\t0\t0\t0\t2480\t3508\t-1\t
5\t1\t1\t1\t1\t1\t100\t200\t50\t30\t96.407715\tRechnung
5\t1\t1\t1\t1\t2\t160\t200\t50\t30\t12\t4711
5\t1\t1\t1\t1\t3\t160\t200\t50\t30\t95.1\t \n";

    #[test]
    fn words_come_with_places_and_confidence() {
        let (words, sure) = words(PAGE);
        let texts = words.iter().map(|word| word.text.as_str());
        assert_eq!(texts.collect::<Vec<_>>(), ["Rechnung", "4711"]);
        assert_eq!(sure, [96, 12]);
        let place = words.first().map(|word| word.place);
        assert_eq!(
            place.map(|place| (place.x0, place.x1)),
            Some((100.0, 150.0))
        );
    }

    #[cfg(feature = "ppocr")]
    #[test]
    fn what_is_written_is_read_again() {
        let (words, sure) = words(PAGE);
        let both = words.into_iter().zip(sure).collect::<Vec<_>>();
        let (words, sure) = super::words(&rows(&both));
        assert_eq!(words.into_iter().zip(sure).collect::<Vec<_>>(), both);
    }

    #[test]
    fn words_of_one_size_get_boxes_of_one_height_on_one_line() {
        // 100 pixels of type, standing on 272.
        let ink = [
            ("Nr", 200, 72),
            ("um", 220, 52),
            ("Tag", 200, 93),
            ("gr", 220, 73),
        ];
        for (text, top, height) in ink {
            let row = format!("5\t1\t1\t1\t1\t1\t10\t{top}\t50\t{height}\t96\t{text}");
            let word = super::words(&row).0.pop().unwrap();
            let place = in_type(word).place;
            assert!((place.top - 196.0).abs() < 0.1, "{text} {place:?}");
            assert!((place.bottom - 294.0).abs() < 0.1, "{text} {place:?}");
            assert!((place.x0 - 5.0).abs() < 0.1 && (place.x1 - 65.0).abs() < 0.1);
        }
        let dash = super::words("5\t1\t1\t1\t1\t1\t10\t240\t50\t5\t96\t-")
            .0
            .pop()
            .unwrap();
        assert_eq!(in_type(dash.clone()), dash);
    }

    #[test]
    fn rows_that_make_no_sense_are_left_out() {
        for row in [
            "",
            "5\t1",
            "5\t1\t1\t1\t1\t1\t-4\t0\t50\t30\t96\tx",
            "5\t1\t1\t1\t1\t1\t70000\t0\t50\t30\t96\tx",
            "5\t1\t1\t1\t1\t1\t65000\t0\t5000\t30\t96\tx",
            "5\t1\t1\t1\t1\t1\t1\t0\t50\t30\tnan\tx",
        ] {
            assert_eq!(words(row).0, [], "{row:?}");
        }
    }
}
