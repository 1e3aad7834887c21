//! AES (FIPS 197), the one direction that counter mode needs. A crate for it and what it brings took eight seconds of the
//! build; this opens archives with a password their sender told, and keeps no secret of ours.

/// The substitution of section 5.1.1.
const SUBSTITUTES: [u8; 256] = substitutes();
/// Bytes of a block.
pub(super) const BLOCK_BYTES: usize = 16;

/// A key made ready.
pub(super) struct Aes {
    /// One for each round, and one before the first.
    round_keys: Vec<[u8; BLOCK_BYTES]>,
}

impl Aes {
    /// `key` has 16, 24 or 32 bytes (section 5.2).
    pub fn new(key: &[u8]) -> Self {
        let key_words = key.len() / 4;
        let words_needed = 4 * (key_words + 7);
        let mut words = key.as_chunks::<4>().0.to_vec();
        let mut constant = 1;
        for at in key_words..words_needed {
            let (Some(before), Some(first)) = (words.last(), words.get(at - key_words)) else {
                break;
            };
            let (mut word, first) = (*before, *first);
            if at % key_words == 0 {
                word.rotate_left(1);
                word = word.map(substituted);
                word[0] ^= constant;
                constant = doubled(constant);
            } else if key_words > 6 && at % key_words == 4 {
                word = word.map(substituted);
            }
            words.push(std::array::from_fn(|byte| word[byte] ^ first[byte]));
        }
        let round_keys = words.as_chunks::<4>().0.iter();
        Self {
            round_keys: round_keys
                .map(|key| std::array::from_fn(|byte| key[byte / 4][byte % 4]))
                .collect(),
        }
    }

    /// The block encrypted (section 5.1).
    pub fn encrypted(&self, mut block: [u8; BLOCK_BYTES]) -> [u8; BLOCK_BYTES] {
        let last = self.round_keys.len().saturating_sub(1);
        for (round, key) in self.round_keys.iter().enumerate() {
            if round > 0 {
                // Every byte substituted, and row n turned by n columns: 5.1.2, columns standing one behind the other.
                block = std::array::from_fn(|at| substituted(block[at * 5 % BLOCK_BYTES]));
            }
            if round > 0 && round < last {
                block.as_chunks_mut::<4>().0.iter_mut().for_each(mix);
            }
            block
                .iter_mut()
                .zip(key)
                .for_each(|(byte, key)| *byte ^= key);
        }
        block
    }
}

/// Section 5.1.3.
fn mix(column: &mut [u8; 4]) {
    let [a, b, c, d] = *column;
    let all = a ^ b ^ c ^ d;
    *column = [
        a ^ all ^ doubled(a ^ b),
        b ^ all ^ doubled(b ^ c),
        c ^ all ^ doubled(c ^ d),
        d ^ all ^ doubled(d ^ a),
    ];
}

fn substituted(byte: u8) -> u8 {
    SUBSTITUTES[usize::from(byte)]
}

/// Times x in the field of section 4.2.
const fn doubled(byte: u8) -> u8 {
    let reduced = if byte & 0x80 == 0 { 0 } else { 0x1b };
    byte << 1 ^ reduced
}

/// Every byte but zero is a power of three in that field, and its inverse the same power of a third.
const fn substitutes() -> [u8; 256] {
    let mut table = [0x63; 256];
    let (mut power, mut inverse) = (1_u8, 1_u8);
    loop {
        power ^= doubled(power);
        inverse ^= inverse << 1;
        inverse ^= inverse << 2;
        inverse ^= inverse << 4;
        if inverse & 0x80 != 0 {
            inverse ^= 0x09;
        }
        let turned = inverse.rotate_left(1)
            ^ inverse.rotate_left(2)
            ^ inverse.rotate_left(3)
            ^ inverse.rotate_left(4);
        table[power as usize] = inverse ^ turned ^ 0x63;
        if power == 1 {
            return table;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_examples_of_the_standard_come_out() {
        // FIPS 197, appendix C: AES-128, AES-192, AES-256.
        let plain = std::array::from_fn(|at| 0x11 * at as u8);
        let expected: [(u8, u128); 3] = [
            (16, 0x69c4_e0d8_6a7b_0430_d8cd_b780_70b4_c55a),
            (24, 0xdda9_7ca4_864c_dfe0_6eaf_70a0_ec0d_7191),
            (32, 0x8ea2_b7ca_5167_45bf_eafc_4990_4b49_6089),
        ];
        for (bytes, cipher) in expected {
            let key = (0..bytes).collect::<Vec<_>>();
            assert_eq!(Aes::new(&key).encrypted(plain), cipher.to_be_bytes());
        }
    }
}
