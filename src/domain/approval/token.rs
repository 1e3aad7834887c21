//! Tokens: by them an answer finds its request. A token finds; it never proves who answered.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::basics::ids::{ApprovalRequestId, ContentHash};
use crate::basics::text::mask;

/// 128 bits as 26 characters of Crockford's base 32, upper case. Made from the request's id under a key only we have, so
/// that a step repeated after a crash writes the same mail and nobody else can make one.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Token(String);

/// Crockford's alphabet: no I, L, O or U.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// 26 characters of five bits hold the 128.
const LENGTH: u32 = 26;

impl Token {
    /// The token of this request: the first 128 bits of HMAC-SHA-256 (RFC 2104) of its id under `key`.
    pub fn issue(key: &[u8; 32], request: ApprovalRequestId) -> Self {
        // RFC 2104 section 2: a key shorter than the hash's block is filled up with zeros.
        let mut block = [0_u8; 64];
        block
            .iter_mut()
            .zip(key)
            .for_each(|(place, byte)| *place = *byte);
        let mut mac = Hmac::<Sha256>::new(&block.into());
        mac.update(request.to_string().as_bytes());
        let digest: [u8; 32] = mac.finalize().into_bytes().into();
        let bits = u128::from_be_bytes(*digest.first_chunk::<16>().unwrap_or(&[0; 16]));
        let places = (0..LENGTH).rev();
        Self(places.map(|place| digit(bits, place)).collect())
    }

    /// Reads one in any case, because servers on the way may fold the local part of an address. Crockford reads I and L
    /// as 1 and O as 0. `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let upper = text.trim().to_ascii_uppercase();
        let read = upper.replace(['I', 'L'], "1").replace('O', "0");
        let in_alphabet = read.bytes().all(|byte| ALPHABET.contains(&byte));
        let fits = read.len() == 26 && in_alphabet && read.starts_with(|c| matches!(c, '0'..='7'));
        fits.then_some(Self(read))
    }

    /// Upper case.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What is stored in its place.
    pub fn hash(&self) -> ContentHash {
        ContentHash::of(self.0.as_bytes())
    }

    /// Six characters for a subject line, so that two requests look different: far too few to guess the rest from.
    pub fn tag(&self) -> String {
        self.0.chars().take(6).collect()
    }
}

fn digit(bits: u128, place: u32) -> char {
    let five = (bits >> (5 * place)) & 31;
    let index = usize::try_from(five).unwrap_or_default();
    char::from(ALPHABET.get(index).copied().unwrap_or(b'0'))
}

/// A log shows the end only.
impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&mask(&self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bits_are_those_of_the_published_hmac() {
        // RFC 4231 uses longer keys, so the vector was made with Python's hmac module: key 32 x 0x07, the id's text.
        let request = ApprovalRequestId::parse("00000000-0000-8000-8000-000000000001");
        let token = request.map(|id| Token::issue(&[7; 32], id));
        assert_eq!(
            token.as_ref().map(Token::as_str),
            Some("3JDJ88Q4RJ8K4TQSDTDJBVQD1F")
        );
    }

    #[test]
    fn a_token_survives_servers_that_fold_case() {
        let token = Token::issue(&[7; 32], ApprovalRequestId::derive(&["a"]));
        assert_eq!(token.as_str().len(), 26);
        assert_eq!(
            Token::parse(&token.as_str().to_lowercase()),
            Some(token.clone())
        );
        assert_eq!(Token::parse("APPROVE"), None);
        assert_eq!(Token::parse(&format!("{}0", token.as_str())), None);
    }

    #[test]
    fn the_same_request_gives_the_same_token_and_no_other_key_or_request_does() {
        let request = ApprovalRequestId::derive(&["a"]);
        let token = Token::issue(&[7; 32], request);
        assert_eq!(token, Token::issue(&[7; 32], request));
        assert_ne!(token, Token::issue(&[8; 32], request));
        assert_ne!(
            token,
            Token::issue(&[7; 32], ApprovalRequestId::derive(&["b"]))
        );
        assert!(!format!("{token:?}").contains(token.as_str()));
    }
}
