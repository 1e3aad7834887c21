//! A picture made ready to be recognised: paper white, lines level, letters of the size recognition is best at.
#![expect(
    clippy::float_arithmetic,
    reason = "brightness and places in a picture are measured; no amount is touched"
)]

use super::grain::is_grain;
use super::writing::{self, Look};
use super::{DOTS_PER_INCH, MAX_SIDE_PIXELS, Picture, Turn, ink};

/// Leaning below this does recognition no harm, in degrees.
const LEVEL_DEGREES: f32 = 0.15;
/// The height at which letters are recognised best, in pixels: 10-point type at 300 dpi.
const LETTER_PIXELS: f32 = 26.0;
/// A picture within these bounds keeps its size: every change of size costs sharpness.
const SIZE_KEPT: std::ops::RangeInclusive<f32> = 0.7..=1.35;
/// Never made larger or smaller than this: what is not there cannot be made.
const SIZE_CHANGES: (f32, f32) = (0.35, 3.0);
/// The paper's brightness is measured in squares of this side, in pixels.
const SQUARE: usize = 32;
/// Paper above this needs no whitening.
const WHITE_PAPER: u8 = 240;
/// Paper scattered by no more than this is clean.
const FINE_GRAIN: u8 = 4;
/// Down to so many times its scatter below it is paper.
const GRAINS: f32 = 2.5;
/// White around a part of a page, in points: letters at the very edge of a picture are not recognised.
pub const MARGIN_POINTS: f32 = 8.0;
const POINTS_PER_INCH: f32 = 72.0;
/// Letters differ by more than this from what they stand on.
const CONTRAST: u8 = 40;
/// Darker than this it is no paper but a table, or a box printed in full.
const DARKEST_PAPER: u8 = 70;

/// A picture ready to be recognised, and how it came about.
#[derive(Clone, PartialEq, Debug)]
pub struct Prepared {
    /// The picture, upright as far as could be told.
    pub picture: Picture,
    /// By what it was turned.
    pub turn: Turn,
    /// Its dots per inch of paper, or what 10-point type would make them in a photo.
    pub dots_per_inch: f32,
    /// Whether it shows writing, as far as its shapes tell. When it does not, it is not made ready.
    pub writing: Writing,
}

/// Whether a picture shows writing.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Writing {
    /// Lines of it.
    Plain,
    /// Too little to tell, or something that looks like it.
    Perhaps,
    /// None.
    No,
}

/// `turn` is how it is wanted, `None` to look for how its lines run and which way up they are. `dots_per_inch` is known of
/// painted pages only.
pub fn prepare(picture: Picture, turn: Option<Turn>, dots_per_inch: Option<f32>) -> Prepared {
    let picture = whitened(not_too_large(picture));
    let (picture, turn, lean, is_wanted) = match turn {
        Some(turn) => {
            let picture = picture.turned(turn);
            let lines = ink::lines(&picture);
            let lean = if lines.sideways { 0.0 } else { lines.lean };
            (picture, turn, lean, true)
        }
        None => {
            let lines = ink::lines(&picture);
            let turn = if lines.sideways {
                Turn::Quarter
            } else {
                Turn::None
            };
            (picture.turned(turn), turn, lines.lean, false)
        }
    };
    let picture = if lean.abs() > LEVEL_DEGREES {
        picture.leaned(-lean)
    } else {
        picture
    };
    made_ready(picture, (turn, is_wanted), dots_per_inch)
}

/// A part of a page that stands upright and level, as what a program set on it does; it gets `MARGIN_POINTS` of white around it.
pub fn prepare_part(picture: Picture, dots_per_inch: f32) -> Prepared {
    if is_grain(&picture) {
        return Prepared {
            picture,
            turn: Turn::None,
            dots_per_inch,
            writing: Writing::No,
        };
    }
    let picture = letters_dark(picture);
    let margin = (MARGIN_POINTS / POINTS_PER_INCH * dots_per_inch).round() as usize;
    let picture = picture.framed(margin, margin).unwrap_or(picture);
    made_ready(whitened(picture), (Turn::None, true), Some(dots_per_inch))
}

/// A band printed in full with light letters on it, turned into dark letters on a light band.
fn letters_dark(mut picture: Picture) -> Picture {
    let mut counts = [0_u32; 256];
    for grey in &picture.grey {
        if let Some(count) = counts.get_mut(usize::from(*grey)) {
            *count += 1;
        }
    }
    let all = counts.iter().sum::<u32>();
    let ground = percentile(&counts, all / 2);
    let differ = |is: fn(u8, u8) -> bool| {
        let greys = (0..=u8::MAX)
            .zip(&counts)
            .filter(|(grey, _)| is(*grey, ground));
        greys.map(|(_, count)| count).sum::<u32>()
    };
    let lighter = differ(|grey, ground| grey > ground.saturating_add(CONTRAST));
    let darker = differ(|grey, ground| grey < ground.saturating_sub(CONTRAST));
    if lighter > darker * 2 {
        for grey in &mut picture.grey {
            *grey = 255 - *grey;
        }
    }
    picture
}

/// From a level picture; `is_wanted` when its turn is not to be doubted.
fn made_ready(
    picture: Picture,
    (turn, is_wanted): (Turn, bool),
    dots_per_inch: Option<f32>,
) -> Prepared {
    let letters = ink::letters(&picture);
    let look = writing::look(&picture, &letters);
    if look == Look::NoWriting {
        return Prepared {
            picture,
            turn,
            dots_per_inch: dots_per_inch.unwrap_or(DOTS_PER_INCH),
            writing: Writing::No,
        };
    }
    let (picture, turn) = if look == Look::OnItsHead && !is_wanted {
        (picture.turned(Turn::Half), turn.opposite())
    } else {
        (picture, turn)
    };
    let factor = scale(&picture, ink::letter_height(&letters), dots_per_inch);
    let is_same = (factor - 1.0).abs() < 0.01;
    let picture = if is_same {
        picture
    } else {
        picture.scaled(factor)
    };
    Prepared {
        picture: without_rules(with_dark_letters(picture)),
        turn,
        dots_per_inch: dots_per_inch.map_or(DOTS_PER_INCH, |dots| dots * factor),
        writing: if look == Look::Unclear {
            Writing::Perhaps
        } else {
            Writing::Plain
        },
    }
}

/// By what it is made larger so that its letters have the height that is recognised best. With too few letters to tell, type is
/// taken to be of the usual size.
fn scale(picture: &Picture, letter_height: Option<usize>, dots_per_inch: Option<f32>) -> f32 {
    let longest = picture.width.max(picture.height) as f32;
    let usual = dots_per_inch.map_or(1.0, |dots| DOTS_PER_INCH / dots.max(1.0));
    let wanted = letter_height.map_or(usual, |pixels| LETTER_PIXELS / pixels as f32);
    let factor = if SIZE_KEPT.contains(&wanted) {
        1.0
    } else {
        wanted.clamp(SIZE_CHANGES.0, SIZE_CHANGES.1)
    };
    factor.min(MAX_SIDE_PIXELS as f32 / longest)
}

fn not_too_large(picture: Picture) -> Picture {
    let longest = picture.width.max(picture.height);
    if longest <= MAX_SIDE_PIXELS {
        return picture;
    }
    picture.scaled(MAX_SIDE_PIXELS as f32 / longest as f32)
}

/// White letters in a box printed in full become dark ones.
fn with_dark_letters(mut picture: Picture) -> Picture {
    for shape in ink::full_boxes(&picture) {
        for y in shape.y0..=shape.y1 {
            let row = y * picture.width;
            let pixels = picture.grey.get_mut(row + shape.x0..=row + shape.x1);
            for grey in pixels.into_iter().flatten() {
                *grey = 255 - *grey;
            }
        }
    }
    picture
}

/// Frames and lines of tables vanish.
fn without_rules(mut picture: Picture) -> Picture {
    for (y, x) in ink::rules(&picture) {
        if let Some(grey) = picture.grey.get_mut(y * picture.width + x) {
            *grey = 255;
        }
    }
    picture
}

/// Every pixel against the paper around it: shadows, yellowed paper and weak print become black on white. What a scanner or
/// a camera sprinkles over the paper goes with it.
fn whitened(picture: Picture) -> Picture {
    let columns = picture.width.div_ceil(SQUARE);
    let rows = picture.height.div_ceil(SQUARE);
    let (papers, mut grains): (Vec<u8>, Vec<u8>) = (0..rows)
        .flat_map(|row| (0..columns).map(move |column| (column, row)))
        .map(|(column, row)| paper(&picture, column, row))
        .unzip();
    let white = papers.iter().filter(|paper| **paper >= WHITE_PAPER).count();
    let black = blackest(&picture);
    grains.sort_unstable();
    let grain = grains.get(grains.len() / 2).copied().unwrap_or(0);
    if white * 10 >= papers.len() * 9 && black <= 60 && grain <= FINE_GRAIN {
        return picture;
    }
    let papers = brightest_around(&papers, columns);
    let sprinkled = f32::from(grain.saturating_sub(FINE_GRAIN)) * GRAINS;
    let mut grey = Vec::with_capacity(picture.grey.len());
    for (y, row) in picture.rows().enumerate() {
        for (x, value) in row.iter().enumerate() {
            let paper = paper_at(&papers, columns, x, y);
            let paper = (paper - sprinkled.min(paper * 0.2)).max(f32::from(DARKEST_PAPER));
            let black = f32::from(black).min(paper * 0.6);
            let share = (f32::from(*value) - black) / (paper - black) * 1.05;
            grey.push((share * 255.0).clamp(0.0, 255.0) as u8);
        }
    }
    Picture { grey, ..picture }
}

/// How bright the paper of a square is (nine tenths of its pixels are darker), and how far above the middle one that is: on
/// empty paper by how much its brightness is scattered.
fn paper(picture: &Picture, column: usize, row: usize) -> (u8, u8) {
    let mut counts = [0_u32; 256];
    let mut all = 0;
    let (from_x, from_y) = (column * SQUARE, row * SQUARE);
    for y in (from_y..picture.height.min(from_y + SQUARE)).step_by(2) {
        for x in (from_x..picture.width.min(from_x + SQUARE)).step_by(2) {
            if let Some(count) = counts.get_mut(usize::from(picture.at(x, y))) {
                *count += 1;
                all += 1;
            }
        }
    }
    let paper = percentile(&counts, all * 9 / 10);
    (paper, paper.saturating_sub(percentile(&counts, all / 2)))
}

/// How black the print is: one pixel in a hundred is darker.
fn blackest(picture: &Picture) -> u8 {
    let mut counts = [0_u32; 256];
    let mut all = 0;
    for grey in picture.grey.iter().step_by(7) {
        if let Some(count) = counts.get_mut(usize::from(*grey)) {
            *count += 1;
            all += 1;
        }
    }
    percentile(&counts, all / 100)
}

fn percentile(counts: &[u32; 256], darker: u32) -> u8 {
    let mut sum = 0;
    for (value, count) in (0..=u8::MAX).zip(counts) {
        sum += count;
        if sum > darker {
            return value;
        }
    }
    u8::MAX
}

/// A square full of print borrows the paper of its neighbours.
fn brightest_around(papers: &[u8], columns: usize) -> Vec<u8> {
    let rows = papers.len() / columns.max(1);
    let mut out = Vec::with_capacity(papers.len());
    for row in 0..rows {
        for column in 0..columns {
            let near = (row.saturating_sub(1)..=(row + 1).min(rows - 1)).flat_map(|y| {
                let from = y * columns + column.saturating_sub(1);
                let to = y * columns + (column + 1).min(columns - 1);
                papers.get(from..=to).unwrap_or_default()
            });
            out.push(near.copied().max().unwrap_or(u8::MAX));
        }
    }
    out
}

/// The paper under a pixel, between the middles of four squares.
fn paper_at(papers: &[u8], columns: usize, x: usize, y: usize) -> f32 {
    let rows = papers.len() / columns.max(1);
    let half = SQUARE as f32 / 2.0;
    let column = ((x as f32 - half) / SQUARE as f32).max(0.0);
    let row = ((y as f32 - half) / SQUARE as f32).max(0.0);
    let (c, r) = (column as usize, row as usize);
    let (fx, fy) = (column - c as f32, row - r as f32);
    let value = |dc: usize, dr: usize| {
        let (c, r) = ((c + dc).min(columns - 1), (r + dr).min(rows - 1));
        f32::from(papers.get(r * columns + c).copied().unwrap_or(u8::MAX))
    };
    let top = value(0, 0) * (1.0 - fx) + value(1, 0) * fx;
    let bottom = value(0, 1) * (1.0 - fx) + value(1, 1) * fx;
    top * (1.0 - fy) + bottom * fy
}
