//! What only the holder of a key can make of a text: HMAC-SHA-256 (RFC 2104).

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// The first 128 bits of the HMAC of `text` under `key`. Every use begins its text in a way of its own, so that what is
/// made for one purpose never fits another.
pub fn keyed_bits(key: &[u8; 32], text: &str) -> u128 {
    // RFC 2104 section 2: a key shorter than the hash's block is filled up with zeros.
    let mut block = [0_u8; 64];
    block
        .iter_mut()
        .zip(key)
        .for_each(|(place, byte)| *place = *byte);
    let mut mac = Hmac::<Sha256>::new(&block.into());
    mac.update(text.as_bytes());
    let digest: [u8; 32] = mac.finalize().into_bytes().into();
    u128::from_be_bytes(*digest.first_chunk::<16>().unwrap_or(&[0; 16]))
}
