//! Tokens: by them an answer finds the mail it answers. A token finds; it never proves who answered.

use std::fmt;

use super::ids::ContentHash;
use super::text::mask;

/// 128 bits as 26 characters of Crockford's base 32, upper case (<https://www.crockford.com/base32.html>).
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ReplyToken(String);

/// Crockford's alphabet: no I, L, O or U.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// 26 characters of five bits hold the 128; the first one carries only three.
const LENGTH: u32 = 26;

impl ReplyToken {
    /// The token that spells these bits.
    pub fn of_bits(bits: u128) -> Self {
        Self((0..LENGTH).rev().map(|place| digit(bits, place)).collect())
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
impl fmt::Debug for ReplyToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&mask(&self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_survives_servers_that_fold_case() {
        let token = ReplyToken::of_bits(u128::MAX / 3);
        assert_eq!(token.as_str().len(), 26);
        let folded = ReplyToken::parse(&token.as_str().to_lowercase());
        assert_eq!(folded, Some(token));
        assert_eq!(
            ReplyToken::of_bits(u128::MAX).as_str(),
            "7ZZZZZZZZZZZZZZZZZZZZZZZZZ"
        );
    }

    #[test]
    fn what_is_no_token_is_not_read() {
        for bad in [
            "",
            "APPROVE",
            "81ARZ3NDEKTSV4RRFFQ69G5FAV",
            "01ARZ3NDEKTSV4RRFFQ69G5FAU",
            "01ARZ3NDEKTSV4RRFFQ69G5FAV0",
        ] {
            assert_eq!(ReplyToken::parse(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn a_log_shows_the_end_only() {
        let token = ReplyToken::of_bits(7 << 100);
        assert!(!format!("{token:?}").contains(token.as_str()));
    }
}
