//! QR codes in a picture (ISO/IEC 18004).

use super::Picture;

/// Codes taken from one page: a bill has one, a sheet of stickers is no bill.
const MAX_CODES: usize = 8;
/// Longest text kept: the Swiss QR-bill allows 997 characters, the EPC code 331 bytes.
const MAX_CODE_BYTES: usize = 2_000;

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
