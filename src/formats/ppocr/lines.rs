//! Where the lines of writing are.
#![expect(
    clippy::float_arithmetic,
    reason = "brightness and places in a picture are measured; no amount is touched"
)]

use crate::formats::picture::Picture;

/// Longest side of the picture the detector is shown, in pixels. Measured on invoices at 300 dpi: 960 loses a twentieth of
/// the words, 2,000 finds no more and costs half as much again.
const LONGEST_SIDE: f32 = 1_280.0;
/// The network halves a picture five times, so its sides are multiples of this.
const SIDE_STEP: f32 = 32.0;
/// Mean and deviation of the pictures the network was trained with, for red, green and blue.
const TRAINED_WITH: [(f32, f32); 3] = [(0.485, 0.229), (0.456, 0.224), (0.406, 0.225)];
/// A pixel is writing from here on.
const WRITING: f32 = 0.3;
/// A patch of writing is a line from this mean on.
const LINE: f32 = 0.5;
/// Smaller patches are specks, in pixels.
const MIN_PATCH_PIXELS: usize = 12;
/// Thinner ones, too.
const MIN_THICKNESS: f32 = 3.0;
/// The network marks the core of a line; the line is wider on each side by this share of area over circumference.
const WIDENED: f32 = 1.6;
/// What leans more than this, in radians, and is not upright either is taken for level: its patch is not that of a line.
const ODD_LEAN: std::ops::Range<f32> = 0.35..1.2;
/// Lines kept: a dense page has some 400 pieces of lines.
const MAX_LINES: usize = 3_000;

/// The picture as the detector is shown it.
#[derive(Clone, PartialEq, Debug)]
pub struct Overview {
    /// Pixels of a row.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// Three planes of `width` times `height`: red, green and blue, which are the same brightness here.
    pub values: Vec<f32>,
    /// Pixels of the picture to one of these, along and down.
    step: (f32, f32),
}

/// A piece of a line of writing, in pixels of the picture. It may lean.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Line {
    /// Its middle.
    pub(super) middle: (f32, f32),
    /// Along it, as a vector of length one.
    pub(super) along: (f32, f32),
    /// Half its length.
    pub(super) half_width: f32,
    /// Half its height.
    pub(super) half_height: f32,
    /// By how much it was widened on every side.
    pub(super) margin: f32,
}

/// What the detector is to be shown.
pub fn overview(picture: &Picture) -> Overview {
    let (from_width, from_height) = (picture.width as f32, picture.height as f32);
    let scale = (LONGEST_SIDE / from_width.max(from_height)).min(1.0);
    let side = |pixels: f32| ((pixels * scale / SIDE_STEP).round().max(1.0) * SIDE_STEP) as usize;
    let (width, height) = (side(from_width), side(from_height));
    let step = (from_width / width as f32, from_height / height as f32);
    let mut grey = Vec::with_capacity(width * height);
    for y in 0..height {
        for x in 0..width {
            // The mean of four places, so that thin strokes do not fall between them.
            let at = |dx: f32, dy: f32| {
                let (x, y) = ((x as f32 + dx) * step.0, (y as f32 + dy) * step.1);
                f32::from(picture.between(x - 0.5, y - 0.5))
            };
            grey.push(
                (at(0.25, 0.25) + at(0.75, 0.25) + at(0.25, 0.75) + at(0.75, 0.75)) / 1_020.0,
            );
        }
    }
    let planes = TRAINED_WITH.iter();
    let values =
        planes.flat_map(|(mean, deviation)| grey.iter().map(move |v| (v - mean) / deviation));
    Overview {
        width,
        height,
        values: values.collect(),
        step,
    }
}

/// The lines in what the detector answered: how likely each pixel of the overview is writing, from 0 to 1. From the top.
pub fn lines(overview: &Overview, map: &[f32]) -> Vec<Line> {
    let width = overview.width.max(1);
    let mut is_seen = vec![false; map.len()];
    let mut lines = Vec::new();
    for start in 0..map.len() {
        if lines.len() >= MAX_LINES {
            break;
        }
        let patch = patch(map, &mut is_seen, width, start);
        let sum = patch.iter().filter_map(|at| map.get(*at)).sum::<f32>();
        if patch.len() >= MIN_PATCH_PIXELS && sum >= LINE * patch.len() as f32 {
            lines.extend(line(&patch, width, overview.step));
        }
    }
    lines.sort_by(|a, b| a.middle.1.total_cmp(&b.middle.1));
    lines
}

/// The pixels of writing that hang together with this one, as places in the map. Empty when it is none, or was seen.
fn patch(map: &[f32], is_seen: &mut [bool], width: usize, start: usize) -> Vec<usize> {
    let mut patch = Vec::new();
    let mut waiting = vec![start];
    while let Some(at) = waiting.pop() {
        let is_writing = map.get(at).is_some_and(|likely| *likely >= WRITING);
        let Some(seen) = is_seen.get_mut(at).filter(|seen| is_writing && !**seen) else {
            continue;
        };
        *seen = true;
        patch.push(at);
        let x = at % width;
        let columns = x.saturating_sub(1)..=(x + 1).min(width - 1);
        let row = at - x;
        let rows = [row.checked_sub(width), Some(row), row.checked_add(width)];
        for row in rows.into_iter().flatten() {
            waiting.extend(columns.clone().map(|column| row + column));
        }
    }
    patch
}

/// The line a patch stands for: its main direction, and the box around it that runs so.
fn line(patch: &[usize], width: usize, step: (f32, f32)) -> Option<Line> {
    let points = || {
        patch
            .iter()
            .map(|at| ((at % width) as f32, (at / width) as f32))
    };
    let count = patch.len() as f32;
    let (sum_x, sum_y) = points().fold((0.0, 0.0), |sum, (x, y)| (sum.0 + x, sum.1 + y));
    let (mean_x, mean_y) = (sum_x / count, sum_y / count);
    let (mut xx, mut xy, mut yy) = (0.0, 0.0, 0.0);
    for (x, y) in points() {
        let (dx, dy) = (x - mean_x, y - mean_y);
        xx += dx * dx;
        xy += dx * dy;
        yy += dy * dy;
    }
    let lean = 0.5 * (2.0 * xy).atan2(xx - yy);
    let is_squarish = xx < 3.0 * yy && yy < 3.0 * xx;
    let is_level = is_squarish || ODD_LEAN.contains(&lean.abs());
    let (along_x, along_y) = if is_level {
        (1.0, 0.0)
    } else {
        (lean.cos(), lean.sin())
    };
    let (mut left, mut right, mut top, mut bottom) = (f32::MAX, f32::MIN, f32::MAX, f32::MIN);
    for (x, y) in points() {
        let (dx, dy) = (x - mean_x, y - mean_y);
        let (u, v) = (dx * along_x + dy * along_y, dy * along_x - dx * along_y);
        (left, right) = (left.min(u), right.max(u));
        (top, bottom) = (top.min(v), bottom.max(v));
    }
    let (length, thickness) = (right - left + 1.0, bottom - top + 1.0);
    if length.min(thickness) < MIN_THICKNESS {
        return None;
    }
    let margin = length * thickness * WIDENED / (2.0 * (length + thickness));
    let (u, v) = (f32::midpoint(left, right), f32::midpoint(top, bottom));
    Some(Line {
        middle: (
            (mean_x + u * along_x - v * along_y + 0.5) * step.0,
            (mean_y + v * along_x + u * along_y + 0.5) * step.1,
        ),
        along: (along_x, along_y),
        half_width: (length / 2.0 + margin) * step.0,
        half_height: (thickness / 2.0 + margin) * step.1,
        margin: margin * step.0,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_shown_small_and_a_small_picture_as_it_is() {
        let page = overview(&Picture::white(2_480, 3_508).unwrap());
        assert_eq!((page.width, page.height), (896, 1_280));
        assert_eq!(page.values.len(), 896 * 1_280 * 3);
        let strip = overview(&Picture::white(640, 20).unwrap());
        assert_eq!((strip.width, strip.height), (640, 32));
    }

    #[test]
    fn a_patch_of_writing_is_a_line_with_a_margin_and_a_speck_is_none() {
        let overview = overview(&Picture::white(1_280, 640).unwrap());
        let mut map = vec![0.0; 1_280 * 640];
        for y in 100..110 {
            map[y * 1_280 + 200..y * 1_280 + 400].fill(0.9);
        }
        map[300 * 1_280 + 5..300 * 1_280 + 9].fill(0.9);
        let lines = lines(&overview, &map);
        assert_eq!(lines.len(), 1);
        let line = lines[0];
        assert!((line.middle.0 - 300.0).abs() < 1.0 && (line.middle.1 - 105.0).abs() < 1.0);
        assert_eq!(line.along, (1.0, 0.0));
        assert!((line.half_width - 100.0 - line.margin).abs() < 0.1);
        assert!((7.0..8.0).contains(&line.margin), "{}", line.margin);
    }

    #[test]
    fn a_line_that_leans_is_followed_and_an_answer_of_another_size_breaks_nothing() {
        let overview = overview(&Picture::white(640, 640).unwrap());
        let mut map = vec![0.0; 640 * 640];
        for x in 100..500 {
            for y in 0..10 {
                map[(200 + x / 10 + y) * 640 + x] = 0.9;
            }
        }
        let found = lines(&overview, &map);
        assert_eq!(found.len(), 1);
        assert!(
            (found[0].along.1 - 0.0995).abs() < 0.01,
            "{:?}",
            found[0].along
        );
        assert_eq!(lines(&overview, &[]), []);
        lines(&overview, &[1.0; 100]);
        lines(&overview, &[f32::NAN; 10_000]);
    }
}
