//! Where the ink is: how a page leans, along which side its lines run, how tall its letters are.
#![expect(
    clippy::float_arithmetic,
    reason = "places in a picture are measured, not counted; no amount is touched"
)]

use super::Picture;

/// Darker than this is ink, once the paper is white.
const INK_BELOW: u8 = 140;
/// The leaning is looked for in a picture this small: lines of text are still apart, and it is quick.
const SMALL_SIDE: usize = 1_200;
/// Ink looked at; a denser page is thinned out.
const MAX_POINTS: usize = 150_000;
/// Leaning looked for in either direction, in degrees: phones are held worse than scanners feed.
const MAX_LEAN: f32 = 12.0;
/// First looked for in these steps, in degrees, then in a tenth of them around the best.
const LEAN_STEP: f32 = 0.5;
/// Lines run along the other side only when that fits better by this factor.
const SIDEWAYS_FACTOR: f32 = 1.2;

/// How the lines of a page run.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub(super) struct Lines {
    /// From top to bottom instead of from left to right.
    pub(super) sideways: bool,
    /// By how many degrees they fall towards the right, once they run from left to right.
    pub(super) lean: f32,
}

/// Looks at the sums of ink along parallel lines: they differ most when the lines run as the text does.
pub(super) fn lines(picture: &Picture) -> Lines {
    let factor = (SMALL_SIDE as f32 / picture.width.max(picture.height) as f32).min(1.0);
    let small = if factor < 1.0 {
        picture.scaled(factor)
    } else {
        picture.clone()
    };
    let points = strokes(&small);
    let keep_every = points.len() / MAX_POINTS + 1;
    let points = points.into_iter().step_by(keep_every).collect::<Vec<_>>();
    // Turned a quarter clockwise, a point's new x is the old one's distance from the lower edge.
    let turned = points
        .iter()
        .map(|(x, y)| (small.height as f32 - y, *x))
        .collect::<Vec<_>>();
    let (upright, upright_fit) = best_lean(&points);
    let (sideways, sideways_fit) = best_lean(&turned);
    if sideways_fit > upright_fit * SIDEWAYS_FACTOR {
        Lines {
            sideways: true,
            lean: sideways,
        }
    } else {
        Lines {
            sideways: false,
            lean: upright,
        }
    }
}

/// Longer than this, in pixels of the small picture, is no stroke of a letter: frames, rules, the table under a sheet.
const STROKE_PIXELS: usize = 24;

/// Ink that is part of something letters could be made of.
fn strokes(small: &Picture) -> Vec<(f32, f32)> {
    let mut is_long = vec![false; small.grey.len()];
    for x in 0..small.width {
        let mut start = 0;
        for y in 0..=small.height {
            if y < small.height && small.at(x, y) < INK_BELOW {
                continue;
            }
            if y - start > STROKE_PIXELS {
                for above in start..y {
                    if let Some(long) = is_long.get_mut(above * small.width + x) {
                        *long = true;
                    }
                }
            }
            start = y + 1;
        }
    }
    let mut points = Vec::new();
    for (y, row) in small.rows().enumerate() {
        let short = runs(row, INK_BELOW).into_iter();
        for (x0, x1) in short.filter(|(x0, x1)| x1 - x0 <= STROKE_PIXELS) {
            let kept = (x0..=x1).filter(|x| is_long.get(y * small.width + x) == Some(&false));
            points.extend(kept.map(|x| (x as f32, y as f32)));
        }
    }
    points
}

/// The leaning that fits best, and how well.
fn best_lean(points: &[(f32, f32)]) -> (f32, f32) {
    let steps = (MAX_LEAN / LEAN_STEP) as i16;
    let best = |tries: &mut dyn Iterator<Item = f32>| {
        tries
            .map(|degrees| (degrees, fit(points, degrees)))
            .fold((0.0, f32::MIN), |a, b| if b.1 > a.1 { b } else { a })
    };
    let coarse = best(&mut (-steps..=steps).map(|step| f32::from(step) * LEAN_STEP));
    let fine = LEAN_STEP / 10.0;
    best(&mut (-10..=10i8).map(|step| coarse.0 + f32::from(step) * fine))
}

/// The sum of squared differences between neighbouring lines of this leaning.
fn fit(points: &[(f32, f32)], degrees: f32) -> f32 {
    let slope = degrees.to_radians().tan();
    let mut sums = vec![0.0_f32; SMALL_SIDE * 2];
    let shift = SMALL_SIDE as f32 / 2.0;
    for (x, y) in points {
        let line = y - x * slope + shift;
        if let Some(sum) = sums.get_mut(line.max(0.0) as usize) {
            *sum += 1.0;
        }
    }
    sums.windows(2)
        .map(|pair| match pair {
            [a, b] => (a - b) * (a - b),
            _ => 0.0,
        })
        .sum()
}

/// Shapes lower than this are specks, taller ones pictures, in pixels.
const LETTER_PIXELS: std::ops::RangeInclusive<usize> = 6..=200;
/// Fewer shapes than this are no text.
const MIN_LETTERS: usize = 30;

/// What could be letters by its size, in the order of the upper edges.
pub(super) fn letters(picture: &Picture) -> Vec<Shape> {
    let mut letters = shapes(picture);
    letters.retain(|shape| {
        let (width, height) = (shape.width(), shape.height());
        LETTER_PIXELS.contains(&height) && width <= height * 3 && width * 8 >= height
    });
    letters
}

/// The median height of letters, in pixels: capitals, digits and small letters mixed.
pub(super) fn letter_height(letters: &[Shape]) -> Option<usize> {
    let mut heights = letters.iter().map(Shape::height).collect::<Vec<_>>();
    if heights.len() < MIN_LETTERS {
        return None;
    }
    heights.sort_unstable();
    heights.get(heights.len() / 2).copied()
}

/// A box printed in full is at least this wide and this high, in pixels: a row of a table with its heading.
const BOX_PIXELS: (usize, usize) = (90, 30);

/// Boxes printed in full, in which the letters are white: headings of tables, mostly. The table a photo was taken on is
/// larger than half of the picture and left as it is.
pub(super) fn full_boxes(picture: &Picture) -> Vec<Shape> {
    let half = picture.width * picture.height / 2;
    let mut boxes = shapes(picture);
    boxes.retain(|shape| {
        let (width, height) = (shape.width(), shape.height());
        let area = width * height;
        width >= BOX_PIXELS.0
            && height >= BOX_PIXELS.1
            && area < half
            && shape.ink * 100 > area * 55
    });
    boxes
}

/// Thicker than this it is no rule, in pixels.
const RULE_THICKNESS: usize = 8;
/// A rule is longer than any letter is tall or wide, in pixels; letters are brought to 26.
const RULE_PIXELS: usize = 100;
/// Rules are often grey.
const RULE_BELOW: u8 = 215;

/// The pixels of thin straight lines, as row and column: recognition takes them for letters.
pub(super) fn rules(picture: &Picture) -> Vec<(usize, usize)> {
    let is_dark = |x: usize, y: usize| y < picture.height && picture.at(x, y) < RULE_BELOW;
    let mut found = Vec::new();
    for (y, row) in picture.rows().enumerate() {
        for (x0, x1) in runs(row, RULE_BELOW) {
            if x1 - x0 < RULE_PIXELS {
                continue;
            }
            for x in x0..=x1 {
                let up = (1..=RULE_THICKNESS).take_while(|d| y >= *d && is_dark(x, y - d));
                let down = (1..=RULE_THICKNESS).take_while(|d| is_dark(x, y + d));
                let (up, down) = (up.count(), down.count());
                // Where a rule crosses letters or another rule it is thick, and stays. Its edges are not as straight as it is.
                if up + down < RULE_THICKNESS {
                    found.extend((y - up..=y + down).map(|y| (y, x)));
                }
            }
        }
    }
    for x in 0..picture.width {
        let mut start = None;
        for y in 0..=picture.height {
            match (is_dark(x, y), start) {
                (true, None) => start = Some(y),
                (false, Some(from)) => {
                    start = None;
                    if y - from < RULE_PIXELS {
                        continue;
                    }
                    for y in from..y {
                        let left =
                            (1..=RULE_THICKNESS).take_while(|d| x >= *d && is_dark(x - d, y));
                        let right = (1..=RULE_THICKNESS).take_while(|d| is_dark(x + d, y));
                        let (left, right) = (left.count(), right.count());
                        if left + right < RULE_THICKNESS {
                            found.extend((x - left..=x + right).map(|x| (y, x)));
                        }
                    }
                }
                (true, Some(_)) | (false, None) => {}
            }
        }
    }
    found
}

/// The box around connected ink, and how many pixels of ink are in it.
#[derive(Clone, Copy)]
pub(super) struct Shape {
    pub(super) x0: usize,
    pub(super) y0: usize,
    pub(super) x1: usize,
    pub(super) y1: usize,
    pub(super) ink: usize,
}

impl Shape {
    fn width(&self) -> usize {
        self.x1 - self.x0 + 1
    }

    pub(super) fn height(&self) -> usize {
        self.y1 - self.y0 + 1
    }
}

/// Connected runs of ink, followed from row to row.
fn shapes(picture: &Picture) -> Vec<Shape> {
    let mut shapes: Vec<Shape> = Vec::new();
    // A shape that met another points to it.
    let mut same_as: Vec<usize> = Vec::new();
    let mut above: Vec<(usize, usize, usize)> = Vec::new();
    for (y, row) in picture.rows().enumerate() {
        let mut here: Vec<(usize, usize, usize)> = Vec::new();
        let mut from = 0;
        for (x0, x1) in runs(row, INK_BELOW) {
            while above.get(from).is_some_and(|(_, end, _)| *end + 1 < x0) {
                from += 1;
            }
            let mut own: Option<usize> = None;
            for (start, _, shape) in above.iter().skip(from) {
                if *start > x1 + 1 {
                    break;
                }
                let root = root_of(&mut same_as, *shape);
                match own {
                    None => own = Some(root),
                    Some(mine) if mine != root => join(&mut shapes, &mut same_as, mine, root),
                    Some(_) => {}
                }
            }
            let shape = own.unwrap_or_else(|| {
                shapes.push(Shape {
                    x0,
                    y0: y,
                    x1,
                    y1: y,
                    ink: 0,
                });
                same_as.push(shapes.len() - 1);
                shapes.len() - 1
            });
            if let Some(grown) = shapes.get_mut(shape) {
                grown.x0 = grown.x0.min(x0);
                grown.x1 = grown.x1.max(x1);
                grown.y1 = y;
                grown.ink += x1 - x0 + 1;
            }
            here.push((x0, x1, shape));
        }
        above = here;
    }
    let kept = same_as.iter().enumerate().zip(&shapes);
    kept.filter(|((index, root), _)| index == *root)
        .map(|(_, shape)| *shape)
        .collect()
}

fn root_of(same_as: &mut [usize], shape: usize) -> usize {
    let mut root = shape;
    while let Some(next) = same_as.get(root).copied().filter(|next| *next != root) {
        root = next;
    }
    if let Some(short_cut) = same_as.get_mut(shape) {
        *short_cut = root;
    }
    root
}

fn join(shapes: &mut [Shape], same_as: &mut [usize], kept: usize, gone: usize) {
    let (Some(a), Some(b)) = (shapes.get(kept).copied(), shapes.get(gone).copied()) else {
        return;
    };
    if let (Some(shape), Some(root)) = (shapes.get_mut(kept), same_as.get_mut(gone)) {
        *shape = Shape {
            x0: a.x0.min(b.x0),
            y0: a.y0.min(b.y0),
            x1: a.x1.max(b.x1),
            y1: a.y1.max(b.y1),
            ink: a.ink + b.ink,
        };
        *root = kept;
    }
}

/// Where what is darker than this starts and ends in a row, both ends included.
fn runs(row: &[u8], below: u8) -> Vec<(usize, usize)> {
    let mut runs = Vec::new();
    let mut start = None;
    for (x, grey) in row.iter().enumerate() {
        match (*grey < below, start) {
            (true, None) => start = Some(x),
            (false, Some(from)) => {
                runs.push((from, x - 1));
                start = None;
            }
            (true, Some(_)) | (false, None) => {}
        }
    }
    runs.extend(start.map(|from| (from, row.len().saturating_sub(1))));
    runs
}
