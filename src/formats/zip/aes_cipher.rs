//! WinZip's AES encryption of ZIP archives (AE-1, AE-2: <https://www.winzip.com/en/support/aes-encryption/>): what 7-Zip and
//! WinZip write today. Salt, two bytes that tell a wrong password, the content, and a code over it.

use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;

use super::aes::{Aes, BLOCK_BYTES};
use super::directory::KeyBytes;

/// Rounds of PBKDF2: fixed by the format.
const ROUNDS: usize = 1_000;
/// Bytes of SHA-1.
const HASH_BYTES: usize = 20;
/// The two bytes that tell a wrong password before anything is decrypted.
const VERIFIER_BYTES: usize = 2;
/// What is kept of the code over the content.
const CODE_BYTES: usize = 10;

/// The content without its encryption, still packed; `None` when the password does not fit or the content was changed.
pub(super) fn decrypt(packed: &[u8], password: &[u8], key: KeyBytes) -> Option<Vec<u8>> {
    let length = match key {
        KeyBytes::Sixteen => 16,
        KeyBytes::TwentyFour => 24,
        KeyBytes::ThirtyTwo => 32,
    };
    let (salt, rest) = packed.split_at_checked(length / 2)?;
    let (verifier, rest) = rest.split_at_checked(VERIFIER_BYTES)?;
    let (content, code) = rest.split_at_checked(rest.len().checked_sub(CODE_BYTES)?)?;
    let derived = derived(password, salt, 2 * length + VERIFIER_BYTES)?;
    if derived.get(2 * length..)? != verifier {
        return None;
    }
    let mut over_content = Hmac::<Sha1>::new_from_slice(derived.get(length..2 * length)?).ok()?;
    over_content.update(content);
    over_content.verify_truncated_left(code).ok()?;
    let secret = derived.get(..length)?;
    Some(unscrambled(content, &Aes::new(secret)))
}

/// PBKDF2 (RFC 8018, section 5.2) with HMAC-SHA-1.
fn derived(password: &[u8], salt: &[u8], length: usize) -> Option<Vec<u8>> {
    let keyed = Hmac::<Sha1>::new_from_slice(password).ok()?;
    let hashed = |parts: [&[u8]; 2]| {
        let mut hash = keyed.clone();
        parts.iter().for_each(|part| hash.update(part));
        hash.finalize().into_bytes()
    };
    let mut out = Vec::new();
    for number in (1_u32..).take(length.div_ceil(HASH_BYTES)) {
        let mut round = hashed([salt, &number.to_be_bytes()]);
        let mut block = round;
        for _ in 1..ROUNDS {
            round = hashed([&round, &[]]);
            block
                .iter_mut()
                .zip(round)
                .for_each(|(sum, byte)| *sum ^= byte);
        }
        out.extend_from_slice(&block);
    }
    out.truncate(length);
    Some(out)
}

/// Counter mode; the counter begins at one, its lowest byte first, unlike everywhere else.
fn unscrambled(content: &[u8], cipher: &Aes) -> Vec<u8> {
    let mut plain = content.to_vec();
    for (piece, counter) in plain.chunks_mut(BLOCK_BYTES).zip(1_u128..) {
        let mask = cipher.encrypted(counter.to_le_bytes());
        piece
            .iter_mut()
            .zip(mask)
            .for_each(|(byte, mask)| *byte ^= mask);
    }
    plain
}
