//! What tesseract writes with its `tsv` configuration: a row for every page, block, paragraph, line and word.

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
