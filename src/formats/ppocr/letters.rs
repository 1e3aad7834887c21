//! What stands on a line of writing.
#![expect(
    clippy::float_arithmetic,
    reason = "brightness and places in a picture are measured; no amount is touched"
)]

use super::STRIP_HEIGHT;
use super::lines::Line;
use crate::formats::page::{Rect, Word};
use crate::formats::picture::Picture;

/// Shortest and longest strip, in pixels: a longer line is pressed together.
const STRIP_WIDTHS: (f32, f32) = (16.0, 3_200.0);
/// Taller than wide by more than this is writing that runs upwards, or no writing.
const UPRIGHT: f32 = 1.5;
/// The core of a line that the detector marks, without its margin, is lower than its type is high: what is to be added above
/// and below, as a share of the core (measured against tesseract's words on clean and photographed pages).
const TYPE_BEYOND_CORE: (f32, f32) = (0.19, 0.58);
/// And left and right of it, where letters of files have room beside their ink.
const BESIDE_CORE: f32 = 0.09;
/// Marks and letters as wide as an ideograph, which the network writes at times, from this one on.
const WIDE: std::ops::RangeInclusive<char> = '！'..='～';
/// Where they stand in ASCII, so many places before.
const WIDE_BEHIND: u32 = 0xFEE0;

/// A line as the recogniser is shown it.
#[derive(Clone, PartialEq, Debug)]
pub struct Strip {
    /// Pixels of a row; there are `STRIP_HEIGHT` rows.
    pub width: usize,
    /// Three planes from -1 to 1: red, green and blue, which are the same brightness here.
    pub values: Vec<f32>,
}

/// The letters of the recogniser's classes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Dictionary(Vec<String>);

impl Dictionary {
    /// From the list in the model: a letter a row, for the classes from 1 on. The class after the last is a blank between
    /// words.
    pub fn parse(list: &str) -> Self {
        Self(list.lines().map(narrow).collect())
    }

    /// How many classes there are.
    pub fn classes(&self) -> usize {
        self.0.len() + 2
    }

    fn letter(&self, class: usize) -> &str {
        let letter = class.checked_sub(1).and_then(|index| self.0.get(index));
        letter.map_or(" ", String::as_str)
    }
}

fn narrow(letter: &str) -> String {
    let narrow = |c: char| {
        let plain = WIDE.contains(&c).then(|| u32::from(c) - WIDE_BEHIND);
        plain.and_then(char::from_u32).unwrap_or(c)
    };
    letter.chars().map(narrow).collect()
}

/// The line cut out and laid level. `None` when it runs upwards: what is written along the edge of a page is no field.
pub fn strip(picture: &Picture, line: &Line) -> Option<Strip> {
    if line.half_height > UPRIGHT * line.half_width || line.half_height <= 0.0 {
        return None;
    }
    let height = STRIP_HEIGHT as f32;
    let wanted = (height * line.half_width / line.half_height).ceil();
    let width = wanted.clamp(STRIP_WIDTHS.0, STRIP_WIDTHS.1) as usize;
    let mut grey = Vec::with_capacity(STRIP_HEIGHT * width);
    for y in 0..STRIP_HEIGHT {
        let v = ((y as f32 + 0.5) / height * 2.0 - 1.0) * line.half_height;
        for x in 0..width {
            let u = ((x as f32 + 0.5) / width as f32 * 2.0 - 1.0) * line.half_width;
            let (x, y) = line.place(u, v);
            grey.push(f32::from(picture.between(x - 0.5, y - 0.5)) / 127.5 - 1.0);
        }
    }
    Some(Strip {
        width,
        values: grey.repeat(3),
    })
}

impl Line {
    /// So far along it and below its middle, in pixels of the picture.
    fn place(&self, u: f32, v: f32) -> (f32, f32) {
        let ((x, y), (along_x, along_y)) = (self.middle, self.along);
        (x + u * along_x - v * along_y, y + v * along_x + u * along_y)
    }

    /// The box around what stands between two places along it, as high as its type.
    fn rect(&self, from: f32, to: f32) -> Rect {
        let core = (self.half_height - self.margin).max(1.0);
        let (above, below) = TYPE_BEYOND_CORE;
        let (top, bottom) = (-core * (1.0 + 2.0 * above), core * (1.0 + 2.0 * below));
        let beside = core * 2.0 * BESIDE_CORE;
        let (from, to) = (from - beside, to + beside);
        let corners = [(from, top), (from, bottom), (to, top), (to, bottom)];
        let corners = corners.map(|(u, v)| self.place(u, v));
        let xs = corners.map(|corner| corner.0);
        let ys = corners.map(|corner| corner.1);
        Rect {
            x0: xs.into_iter().fold(f32::MAX, f32::min).max(0.0),
            top: ys.into_iter().fold(f32::MAX, f32::min).max(0.0),
            x1: xs.into_iter().fold(0.0, f32::max),
            bottom: ys.into_iter().fold(0.0, f32::max),
        }
    }
}

/// A letter the recogniser saw.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Seen {
    /// What it is.
    pub class: usize,
    /// Where along the strip, from 0 to 1.
    pub at: f32,
    /// How likely it is, from 0 to 1.
    pub likely: f32,
}

/// A letter alone is this wide, as a share of the core of its line.
const LETTER: f32 = 0.9;
/// Of the way from the middle of a word's last letter to that of the next word's first, letters take at most so much each.
const NEAR_BLANK: f32 = 0.35;

/// The words of a line, and how sure each is in per cent.
pub fn words(line: &Line, seen: &[Seen], dictionary: &Dictionary) -> Vec<(Word, u8)> {
    let core = (line.half_width - line.margin).max(1.0);
    let along = |at: f32| ((at * 2.0 - 1.0) * line.half_width).clamp(-core, core);
    let alone = (line.half_height - line.margin).max(1.0) * LETTER / (line.half_width * 2.0);
    let letter = |seen: &Seen| dictionary.letter(seen.class);
    let parts = seen.split(|seen| letter(seen).trim().is_empty());
    let parts = parts.filter(|part| !part.is_empty()).collect::<Vec<_>>();
    let mut words = Vec::with_capacity(parts.len());
    for (index, part) in parts.iter().enumerate() {
        let (Some(first), Some(last)) = (part.first(), part.last()) else {
            continue;
        };
        let before = index.checked_sub(1).and_then(|index| parts.get(index));
        let after = parts.get(index + 1);
        // Half a letter.
        let half = match part.len() {
            1 => alone,
            letters => (last.at - first.at) / (letters - 1) as f32 / 2.0,
        };
        let half_to = |at: f32, other: f32| half.min((at - other).abs() * NEAR_BLANK);
        // A line begins and ends where the detector says.
        let from = before
            .and_then(|part| part.last())
            .map_or(-core, |other| along(first.at - half_to(first.at, other.at)));
        let to = after
            .and_then(|part| part.first())
            .map_or(core, |other| along(last.at + half_to(last.at, other.at)));
        let least = part.iter().map(|seen| seen.likely).fold(1.0, f32::min);
        let text = part.iter().map(letter).collect::<String>();
        let place = line.rect(from, to.max(from + 1.0));
        words.push((
            Word { text, place },
            (least * 100.0).clamp(0.0, 100.0) as u8,
        ));
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINE: Line = Line {
        middle: (300.0, 100.0),
        along: (1.0, 0.0),
        half_width: 210.0,
        half_height: 24.0,
        margin: 10.0,
    };

    fn dictionary() -> Dictionary {
        Dictionary::parse("a\nb\n1\n")
    }

    fn seen(letters: &[(usize, f32, f32)]) -> Vec<Seen> {
        let seen = |(class, at, likely): &(usize, f32, f32)| Seen {
            class: *class,
            at: *at,
            likely: *likely,
        };
        letters.iter().map(seen).collect()
    }

    #[test]
    fn the_class_after_the_last_letter_parts_words_and_a_word_is_as_sure_as_its_least_letter() {
        assert_eq!(dictionary().classes(), 5);
        let seen = seen(&[
            (1, 0.15, 0.95),
            (2, 0.45, 0.8),
            (4, 0.55, 0.9),
            (3, 0.7, 0.6),
            (3, 0.9, 0.99),
        ]);
        let words = words(&LINE, &seen, &dictionary());
        let texts = words.iter().map(|(word, sure)| (word.text.as_str(), *sure));
        assert_eq!(texts.collect::<Vec<_>>(), [("ab", 80), ("11", 60)]);
        let (first, second) = (words[0].0.place, words[1].0.place);
        assert!((first.x0 - 97.48).abs() < 0.01 && (second.x1 - 502.52).abs() < 0.01);
        assert!(first.x1 < second.x0, "{first:?} {second:?}");
        assert!((first.top - 80.68).abs() < 0.01 && (first.bottom - 130.24).abs() < 0.01);
    }

    #[test]
    fn nothing_and_classes_nobody_knows_break_nothing() {
        assert_eq!(words(&LINE, &[], &dictionary()), []);
        assert_eq!(
            words(&LINE, &seen(&[(99, f32::NAN, f32::NAN)]), &dictionary()),
            []
        );
        let strange = words(&LINE, &seen(&[(1, f32::NAN, f32::INFINITY)]), &dictionary());
        assert_eq!(strange.len(), 1);
    }

    #[test]
    fn marks_as_wide_as_ideographs_are_plain_ones() {
        let dictionary = Dictionary::parse("：\nＡ\né\n");
        let letters = (1..=4).map(|class| dictionary.letter(class));
        assert_eq!(letters.collect::<Vec<_>>(), [":", "A", "é", " "]);
    }

    #[test]
    fn a_line_is_shown_level_and_writing_along_the_edge_is_not_read() {
        let mut picture = Picture::white(600, 200).unwrap();
        picture.grey.fill(0);
        let shown = strip(&picture, &LINE).unwrap();
        assert_eq!((shown.width, shown.values.len()), (420, 420 * 48 * 3));
        assert!(shown.values.iter().all(|value| *value == -1.0));
        let upright = Line {
            half_width: 20.0,
            half_height: 200.0,
            ..LINE
        };
        assert_eq!(strip(&picture, &upright), None);
    }
}
