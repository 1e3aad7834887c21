//! Pictures in which every pixel is another: foil, fabric, noise. Nothing is written in them, which one look at neighbours tells
//! before anything is painted or recognised.

use super::Picture;

/// Pixels that differ by no more belong to one ground or one stroke, also after lossy compression.
const ALIKE: u8 = 16;
/// Of a hundred neighbours in the smallest and densest print half are alike, for most of it is ground; of noise 18 are.
const ALIKE_PER_CENT: usize = 30;

/// Whether no ground is there on which anything could be written.
pub fn is_grain(picture: &Picture) -> bool {
    let (mut all, mut alike) = (0_usize, 0_usize);
    for row in picture.rows() {
        for pair in row.windows(2) {
            let [left, right] = pair else { continue };
            all += 1;
            alike += usize::from(left.abs_diff(*right) <= ALIKE);
        }
    }
    alike * 100 < all * ALIKE_PER_CENT
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(pixel: impl Fn(usize, usize) -> u8) -> Picture {
        let mut picture = Picture::white(120, 120).unwrap();
        for (index, grey) in picture.grey.iter_mut().enumerate() {
            *grey = pixel(index % 120, index / 120);
        }
        picture
    }

    #[test]
    fn noise_is_grain_and_neither_print_nor_a_shade_nor_a_photo_with_a_little_noise_is() {
        let noise =
            |x: usize, y: usize| ((x * 7919 + y * 104_729) * (x * 31 + y * 17 + 7) % 251) as u8;
        assert!(is_grain(&picture(noise)));
        // Letters four pixels high with strokes of one, as near to each other as they can be read.
        let print = |x: usize, y: usize| {
            if x.is_multiple_of(3) && y % 6 < 4 {
                30
            } else {
                250
            }
        };
        assert!(!is_grain(&picture(print)));
        assert!(!is_grain(&picture(|x, y| ((x + y) % 256) as u8)));
        assert!(!is_grain(&picture(|x, y| 120 + noise(x, y) / 12)));
        assert!(!is_grain(&picture(|_, _| 255)));
        assert!(!is_grain(&Picture::default()));
    }
}
