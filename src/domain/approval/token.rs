//! The token of an approval request.

use crate::basics::ids::ApprovalRequestId;
use crate::basics::keyed::keyed_bits;
use crate::basics::token::ReplyToken;

/// The first 128 bits of HMAC-SHA-256 (RFC 2104) of the request's id under `key`: a step repeated after a crash writes the
/// same mail, and nobody without the key can make one.
pub fn issue(key: &[u8; 32], request: ApprovalRequestId) -> ReplyToken {
    ReplyToken::of_bits(keyed_bits(key, &request.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bits_are_those_of_the_published_hmac() {
        // RFC 4231 uses longer keys, so the vector was made with Python's hmac module: key 32 x 0x07, the id's text.
        let request = ApprovalRequestId::parse("00000000-0000-8000-8000-000000000001");
        let token = request.map(|id| issue(&[7; 32], id));
        assert_eq!(
            token.as_ref().map(ReplyToken::as_str),
            Some("3JDJ88Q4RJ8K4TQSDTDJBVQD1F")
        );
    }

    #[test]
    fn the_same_request_gives_the_same_token_and_no_other_key_or_request_does() {
        let request = ApprovalRequestId::derive(&["a"]);
        let token = issue(&[7; 32], request);
        assert_eq!(token, issue(&[7; 32], request));
        assert_ne!(token, issue(&[8; 32], request));
        assert_ne!(token, issue(&[7; 32], ApprovalRequestId::derive(&["b"])));
    }
}
