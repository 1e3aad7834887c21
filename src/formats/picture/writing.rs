//! Whether a picture shows writing at all, and whether that stands on its head: told by its shapes, before anything is read.
//!
//! Letters of a line share its base line, and more of them reach above the small letters (capitals, digits, b, d, l) than
//! hang below the line (g, p, q). So neighbours with the same foot and another top tell that a page stands upright, the
//! same top and another foot that it stands on its head. Neighbouring shapes of leaves, fur or bricks share neither.

use super::Picture;
use super::ink::Shape;

/// What the shapes of a picture look like.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Look {
    /// Lines of writing.
    Upright,
    /// Lines of writing, turned by half a turn.
    OnItsHead,
    /// Too few shapes to tell.
    Unclear,
    /// Many shapes, which stand in no lines or on no paper.
    NoWriting,
}

/// Shapes looked at, from the top: a dense page has 6,000 letters, a picture of gravel hundreds of thousands of shapes.
const MAX_SHAPES: usize = 20_000;
/// The page is parted into rows this high, in pixels, so that neighbours are found quickly.
const ROW_PIXELS: usize = 64;
/// Neighbours from which it can be told.
const MIN_PAIRS: usize = 100;
/// Of a hundred neighbours on a page of writing 93 and more share top or foot, of those in a picture of something else at
/// most 57 (measured on 40 pages, digital, scanned and photographed, and six pictures).
const IN_LINE_PER_CENT: usize = 65;
/// By how many standard deviations one way must be more common than the other: on a page of writing it is by 5 and more, in
/// pictures of something else by 1 at most.
const DEVIATIONS: usize = 3;
/// Neighbours that tell which way up it is.
const MIN_VOTES: usize = 30;
/// Of a hundred pixels so many are paper on a sheet that fills half of the picture; of leaves and fur 23 are light.
const PAPER_PER_CENT: usize = 40;
/// Lighter than this is paper, once it is white.
const PAPER_ABOVE: u8 = 200;
/// One pixel of so many is looked at for that.
const PIXEL_STEP: usize = 7;

/// Pairs of neighbouring shapes.
#[derive(Default)]
struct Pairs {
    all: usize,
    /// Share top or foot.
    in_line: usize,
    /// Share the foot and not the top.
    same_foot: usize,
    /// Share the top and not the foot.
    same_top: usize,
}

/// `letters` are the shapes in the picture that could be letters by their size, in the order of their upper edge.
pub(super) fn look(picture: &Picture, letters: &[Shape]) -> Look {
    let pairs = pairs(letters);
    let votes = pairs.same_foot + pairs.same_top;
    let lead = pairs.same_foot.abs_diff(pairs.same_top);
    let is_clear = votes >= MIN_VOTES && lead * lead > DEVIATIONS * DEVIATIONS * votes;
    let is_scattered = pairs.in_line * 100 < pairs.all * IN_LINE_PER_CENT;
    if is_clear && pairs.same_top > pairs.same_foot {
        Look::OnItsHead
    } else if is_clear {
        Look::Upright
    } else if pairs.all >= MIN_PAIRS && (is_scattered || !is_mostly_paper(picture)) {
        Look::NoWriting
    } else {
        Look::Unclear
    }
}

fn is_mostly_paper(picture: &Picture) -> bool {
    let seen = picture.grey.len() / PIXEL_STEP;
    let light = picture.grey.iter().step_by(PIXEL_STEP);
    let light = light.filter(|grey| **grey > PAPER_ABOVE).count();
    light * 100 >= seen * PAPER_PER_CENT
}

fn pairs(letters: &[Shape]) -> Pairs {
    let mut by_row: Vec<Vec<&Shape>> = Vec::new();
    let mut letters = letters.iter().take(MAX_SHAPES).collect::<Vec<_>>();
    letters.sort_by_key(|shape| shape.x0);
    for shape in &letters {
        let last = shape.y1 / ROW_PIXELS;
        if by_row.len() <= last {
            by_row.resize(last + 1, Vec::new());
        }
        let touched = by_row.get_mut(shape.y0 / ROW_PIXELS..=last);
        for row in touched.into_iter().flatten() {
            row.push(shape);
        }
    }
    let mut pairs = Pairs::default();
    for shape in letters {
        let row = by_row.get((shape.y0 + shape.y1) / 2 / ROW_PIXELS);
        if let Some(next) = row.and_then(|row| right_neighbour(shape, row)) {
            compare(&mut pairs, shape, next);
        }
    }
    pairs
}

/// The next shape beside this one and not farther than it is tall. `row` goes from left to right.
fn right_neighbour<'a>(shape: &Shape, row: &[&'a Shape]) -> Option<&'a Shape> {
    let from = row.partition_point(|other| other.x0 <= shape.x1);
    row.get(from..)?
        .iter()
        .take_while(|other| other.x0 - shape.x1 <= shape.height().max(other.height()))
        .find(|other| other.y0 <= shape.y1 && other.y1 >= shape.y0)
        .copied()
}

fn compare(pairs: &mut Pairs, a: &Shape, b: &Shape) {
    let (lower, taller) = (a.height().min(b.height()), a.height().max(b.height()));
    // A letter and a speck, or a heading and a word beside it.
    if lower * 11 < taller * 5 {
        return;
    }
    let (top, foot) = (a.y0.abs_diff(b.y0), a.y1.abs_diff(b.y1));
    let same = |difference: usize| difference <= (taller / 10).max(1);
    let other = |difference: usize| difference * 11 > taller * 2;
    pairs.all += 1;
    pairs.in_line += usize::from(same(top) || same(foot));
    pairs.same_foot += usize::from(same(foot) && other(top));
    pairs.same_top += usize::from(same(top) && other(foot));
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Boxes of 10 pixels' width with this top and foot, one after the other in a line.
    fn line(at: usize, letters: &[(usize, usize)]) -> Vec<Shape> {
        let placed = letters.iter().enumerate();
        let shape = |(index, (top, foot)): (usize, &(usize, usize))| Shape {
            x0: 20 + index * 15,
            y0: at + top,
            x1: 30 + index * 15,
            y1: at + foot,
            ink: 100,
        };
        placed.map(shape).collect()
    }

    /// As in "Rechnung": a capital, small letters, one that reaches above and one that hangs below.
    const WORD: [(usize, usize); 8] = [
        (0, 20),
        (6, 20),
        (6, 20),
        (0, 20),
        (6, 20),
        (6, 20),
        (6, 20),
        (6, 26),
    ];

    #[test]
    fn words_stand_upright_and_turned_by_half_on_their_head() {
        let upright = (0..10).flat_map(|row| line(row * 40, &WORD));
        let upright = upright.collect::<Vec<_>>();
        let paper = Picture::white(600, 600).unwrap();
        assert_eq!(look(&paper, &upright), Look::Upright);
        let turned = upright.iter().map(|shape| Shape {
            x0: 500 - shape.x1,
            y0: 500 - shape.y1,
            x1: 500 - shape.x0,
            y1: 500 - shape.y0,
            ink: shape.ink,
        });
        let turned = turned.collect::<Vec<_>>();
        assert_eq!(look(&paper, &turned), Look::OnItsHead);
    }

    #[test]
    fn shapes_in_no_lines_or_on_no_paper_are_no_writing_and_a_few_letters_are_not_judged() {
        let scattered = |row: usize| {
            let places = (row * 20..row * 20 + 20).map(|n| {
                let top = n * n * 37 % 997 % 41;
                (top, top + 24 + (n * n * 101 + n * 31) % 991 % 9)
            });
            line(row * 90, &places.collect::<Vec<_>>())
        };
        let leaves = (0..30).flat_map(scattered).collect::<Vec<_>>();
        let paper = Picture::white(600, 1300).unwrap();
        assert_eq!(look(&paper, &leaves), Look::NoWriting);
        assert_eq!(look(&paper, &line(0, &WORD)), Look::Unclear);
        assert_eq!(look(&paper, &[]), Look::Unclear);
        let capitals = (0..30).flat_map(|row| line(row * 40, &[(0, 20); 20]));
        let capitals = capitals.collect::<Vec<_>>();
        assert_eq!(look(&paper, &capitals), Look::Unclear);
        let wall = Picture {
            grey: vec![120; paper.grey.len()],
            ..paper
        };
        assert_eq!(look(&wall, &capitals), Look::NoWriting);
    }
}
