//! Seeded changes of bytes, of the sorts that break parsers: cut, flipped, repeated, numbers out of range, two files grown together.

pub use crate::dice::Dice;

/// Numbers and words that parsers stumble over.
const ODD: [&[u8]; 16] = [
    b"0",
    b"-1",
    b"2147483647",
    b"4294967296",
    b"1e20",
    b"99999999999999999999999999",
    b"\0",
    b"\xff\xff\xff\xff",
    b"\xe2\x80",
    b"\r\n\r\n",
    b"<!DOCTYPE a [<!ENTITY b \"c\">]>",
    b"</",
    b"\"",
    b"%PDF-",
    b"=?utf-8?b?",
    b"--",
];

/// One to six changes of a sample; `other` is another sample of the same sort.
pub fn change(dice: &mut Dice, sample: &[u8], other: &[u8]) -> Vec<u8> {
    let mut bytes = sample.to_vec();
    for _ in 0..=dice.below(6) {
        once(dice, &mut bytes, other);
    }
    bytes
}

fn once(dice: &mut Dice, bytes: &mut Vec<u8>, other: &[u8]) {
    let length = bytes.len();
    let start = dice.below(length + 1);
    let end = (start + 1 + dice.below(length / 4 + 8)).min(length);
    match dice.below(8) {
        0 => bytes.truncate(start),
        1 => flip(dice, bytes),
        2 => drop(bytes.drain(start..end)),
        3 => {
            let again = bytes[start..end].to_vec();
            bytes.splice(start..start, again);
        }
        4 => {
            let from = dice.below(other.len() + 1);
            bytes.splice(start..end, other[from..].iter().copied().take(4_096));
        }
        5 => number(dice, bytes),
        _ => {
            let odd = *dice.one_of(&ODD);
            bytes.splice(start..start, odd.iter().copied());
        }
    }
}

fn flip(dice: &mut Dice, bytes: &mut [u8]) {
    for _ in 0..=dice.below(16) {
        let at = dice.below(bytes.len());
        let bit = 1u8 << dice.below(8);
        if let Some(byte) = bytes.get_mut(at) {
            *byte ^= bit;
        }
    }
}

/// A number somewhere becomes another one.
fn number(dice: &mut Dice, bytes: &mut Vec<u8>) {
    let from = dice.below(bytes.len() + 1);
    let Some(first) = bytes[from..].iter().position(u8::is_ascii_digit) else {
        return;
    };
    let start = from + first;
    let length = bytes[start..]
        .iter()
        .take_while(|byte| byte.is_ascii_digit())
        .count();
    let odd = *dice.one_of(&ODD[..6]);
    bytes.splice(start..start + length, odd.iter().copied());
}
