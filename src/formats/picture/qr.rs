//! QR codes in a picture (ISO/IEC 18004).

use super::Picture;

/// Codes taken from one page: a bill has one, a sheet of stickers is no bill.
const MAX_CODES: usize = 8;
/// Longest text kept: the Swiss QR-bill allows 997 characters, the EPC code 331 bytes.
const MAX_CODE_BYTES: usize = 2_000;

/// This many rows are looked at for the marks of a code. Where a code fills the picture its smallest mark is crossed by five
/// of them.
const ROWS: usize = 160;
/// Rows that must cross a mark: a code has three of them.
const MIN_MARKED_ROWS: usize = 4;
/// Least distance between ink and paper.
const MIN_CONTRAST: u8 = 64;

/// Whether a picture that one code would fill may be one: ink and paper with little between them, and rows that cross its
/// marks. Reading a code costs a hundred times more, and most squares on a page are logos.
pub fn may_be_qr(picture: &Picture) -> bool {
    let Some(threshold) = between_two_tones(picture) else {
        return false;
    };
    let rows = picture.rows().step_by((picture.height / ROWS).max(1));
    let marked = rows.filter(|row| crosses_mark(row, threshold));
    marked.take(MIN_MARKED_ROWS).count() == MIN_MARKED_ROWS
}

/// The grey between ink and paper, if two thirds of the pixels are clearly one of them.
fn between_two_tones(picture: &Picture) -> Option<u8> {
    let mut tones = [0_usize; 256];
    for pixel in &picture.grey {
        if let Some(count) = tones.get_mut(usize::from(*pixel)) {
            *count += 1;
        }
    }
    let all = picture.grey.len();
    let darker_than = |share: usize| {
        let mut sum = 0;
        let reaches = |count: &usize| {
            sum += count;
            sum * 100 >= all * share
        };
        tones.iter().position(reaches)
    };
    let (ink, paper) = (darker_than(5)?, darker_than(95)?);
    let contrast = paper - ink;
    if contrast < usize::from(MIN_CONTRAST) {
        return None;
    }
    let unclear = tones.get(ink + contrast / 4..paper - contrast / 4)?;
    let is_clear = unclear.iter().sum::<usize>() * 3 < all;
    is_clear.then(|| u8::try_from(ink + contrast / 2).unwrap_or(u8::MAX))
}

/// A mark crossed: dark, light, dark, light, dark as 1 : 1 : 3 : 1 : 1 (ISO/IEC 18004, 5.3.2), give or take half.
fn crosses_mark(row: &[u8], threshold: u8) -> bool {
    let mut runs = row
        .chunk_by(|a, b| (*a < threshold) == (*b < threshold))
        .map(|run| {
            (
                run.first().is_some_and(|first| *first < threshold),
                run.len(),
            )
        });
    let mut last = [0_usize; 5];
    runs.any(|(is_dark, length)| {
        last.rotate_left(1);
        last[4] = length;
        let all = last.iter().sum::<usize>();
        let fits = |run: usize, dots: usize| (run * 14).abs_diff(all * dots * 2) <= all * dots;
        let [a, b, c, d, e] = last;
        is_dark && a > 0 && fits(a, 1) && fits(b, 1) && fits(c, 3) && fits(d, 1) && fits(e, 1)
    })
}

/// The texts of the codes found. A code that is seen and cannot be read is looked at once more, twice as large.
pub fn qr_texts(picture: &Picture) -> Vec<String> {
    let (mut texts, seen) = decoded(picture);
    if texts.len() < seen {
        let longest = picture.width.max(picture.height);
        if longest <= super::MAX_SIDE_PIXELS {
            texts.extend(decoded(&picture.scaled(2.0)).0);
        }
    }
    texts.sort();
    texts.dedup();
    texts.truncate(MAX_CODES);
    texts
}

/// The texts read, and how many codes were seen.
fn decoded(picture: &Picture) -> (Vec<String>, usize) {
    let mut image =
        rqrr::PreparedImage::prepare_from_greyscale(picture.width, picture.height, |x, y| {
            picture.at(x, y)
        });
    let grids = image.detect_grids();
    let seen = grids.len();
    let texts = grids.into_iter().take(MAX_CODES).filter_map(|grid| {
        let mut bytes = Vec::new();
        grid.decode_to(&mut bytes).ok()?;
        bytes.truncate(MAX_CODE_BYTES);
        Some(text(&bytes))
    });
    (texts.collect(), seen)
}

/// UTF-8, or Latin-1 where it is none: both payment codes allow both.
fn text(bytes: &[u8]) -> String {
    std::str::from_utf8(bytes).map_or_else(
        |_| bytes.iter().copied().map(char::from).collect(),
        str::to_owned,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// "INVOICE 4711" as a code of version 1.
    const CODE: [&str; 21] = [
        "#######..###..#######",
        "#.....#...#.#.#.....#",
        "#.###.#.#.#.#.#.###.#",
        "#.###.#.####..#.###.#",
        "#.###.#.###.#.#.###.#",
        "#.....#.##.#..#.....#",
        "#######.#.#.#.#######",
        "........#.#..........",
        "#.#####...##..#####..",
        "#...#..#######.#...#.",
        ".##.#.#.#...##.#.#...",
        ".#.#.#..#######.#.#..",
        "....#.###...#..#####.",
        "........#.#.#...#####",
        "#######....#...##....",
        "#.....#.###....#.#..#",
        "#.###.#.#.##...#..##.",
        "#.###.#.#.#####..#...",
        "#.###.#.#.#.#.#.###..",
        "#.....#..#.#####....#",
        "#######.#...#....##..",
    ];

    /// Painted with `dot` pixels a dot in the middle of its quiet zone.
    fn painted(dot: usize, ink: u8, paper: u8) -> Picture {
        let side = (CODE.len() + 8) * dot;
        let mut picture = Picture::white(side, side).unwrap();
        picture.grey.fill(paper);
        for (y, row) in CODE.iter().enumerate() {
            for (x, _) in row.bytes().enumerate().filter(|(_, dot)| *dot == b'#') {
                for line in 0..dot {
                    let at = ((y + 4) * dot + line) * side + (x + 4) * dot;
                    picture.grey[at..at + dot].fill(ink);
                }
            }
        }
        picture
    }

    #[test]
    fn a_code_is_seen_and_read_in_every_size_and_ink() {
        for (dot, ink, paper) in [(4, 0, 255), (8, 30, 240), (22, 90, 200)] {
            let picture = painted(dot, ink, paper);
            assert!(may_be_qr(&picture), "{dot}");
            assert_eq!(qr_texts(&picture), ["INVOICE 4711"], "{dot}");
        }
    }

    #[test]
    fn a_code_that_leans_is_seen() {
        for degrees in [-12.0, 3.0, 8.0] {
            assert!(may_be_qr(&painted(12, 0, 255).leaned(degrees)), "{degrees}");
        }
    }

    #[test]
    fn logos_and_photos_are_none() {
        let stripes = |x: usize, _: usize| if (x / 9).is_multiple_of(2) { 20 } else { 250 };
        let noise = |x: usize, y: usize| ((x * 7919 + y * 104_729) * 31 % 251) as u8;
        let shade = |x: usize, y: usize| ((x + y) % 256) as u8;
        let disc = |x: usize, y: usize| {
            let inside = x.abs_diff(200).pow(2) + y.abs_diff(200).pow(2) < 15_000;
            if inside { 60 } else { 255 }
        };
        let pictures: [&dyn Fn(usize, usize) -> u8; 4] = [&stripes, &noise, &shade, &disc];
        for (number, pixel) in pictures.into_iter().enumerate() {
            let mut picture = Picture::white(400, 400).unwrap();
            for (index, grey) in picture.grey.iter_mut().enumerate() {
                *grey = pixel(index % 400, index / 400);
            }
            assert!(!may_be_qr(&picture), "{number}");
        }
    }
}
