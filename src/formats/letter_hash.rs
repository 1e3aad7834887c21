//! What a mail says, whichever way it came: a copy delivered to a second mailbox differs in the fields the way wrote on it
//! (RFC 5321 section 4.4, RFC 9228), and is the same letter.

use sha2::{Digest, Sha256};

use crate::basics::ids::ContentHash;

/// Header fields that servers write on delivery. What they say of the sender's identity (Authentication-Results,
/// DKIM-Signature) is part of the letter: a copy that proves less than another is another one.
const TRACE: [&[u8]; 11] = [
    b"return-path",
    b"received",
    b"delivered-to",
    b"x-original-to",
    b"envelope-to",
    b"x-envelope-to",
    b"x-delivered-to",
    b"delivery-date",
    // Google's name for its own Received, and what Cyrus writes on every delivery.
    b"x-received",
    b"x-sieve",
    b"x-cyrus-session-id",
];
/// A longer line is no field of a server; it is kept as it comes.
const MAX_LINE_BYTES: usize = 8 * 1024;

/// Hashes a mail piece by piece, without its trace fields. Of one that has none it is the hash of the bytes.
#[derive(Debug, Default)]
pub struct LetterHasher {
    digest: Sha256,
    /// The line of the header section that has begun.
    line: Vec<u8>,
    /// The field it belongs to is left out.
    is_trace: bool,
    /// The header section is over.
    is_body: bool,
}

impl LetterHasher {
    /// The letter in these bytes.
    pub fn of(mail: &[u8]) -> ContentHash {
        let mut hasher = Self::default();
        hasher.push(mail);
        hasher.finish()
    }

    /// The next piece, of any length.
    pub fn push(&mut self, mut piece: &[u8]) {
        while !piece.is_empty() {
            if self.is_body {
                self.digest.update(piece);
                return;
            }
            let end = memchr::memchr(b'\n', piece).map_or(piece.len(), |at| at + 1);
            let (begun, rest) = piece.split_at_checked(end).unwrap_or((piece, &[]));
            self.line.extend_from_slice(begun);
            piece = rest;
            if self.line.ends_with(b"\n") || self.line.len() > MAX_LINE_BYTES {
                self.end_line();
            }
        }
    }

    /// The hash of everything that came.
    pub fn finish(mut self) -> ContentHash {
        self.end_line();
        ContentHash::from_digest(self.digest.finalize().into())
    }

    fn end_line(&mut self) {
        let line = std::mem::take(&mut self.line);
        self.is_body = matches!(line.as_slice(), b"\n" | b"\r\n");
        if !line.starts_with(b" ") && !line.starts_with(b"\t") {
            let name = line.split(|byte| *byte == b':').next().unwrap_or_default();
            let name = name.trim_ascii_end();
            self.is_trace = TRACE.iter().any(|trace| trace.eq_ignore_ascii_case(name));
        }
        if !self.is_trace {
            self.digest.update(&line);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LETTER: &str =
        "From: a@b.test\r\nSubject: Received with\r\n thanks\r\n\r\nReceived: is no field here\r\n";

    #[test]
    fn two_deliveries_of_one_mail_are_one_letter() {
        let to_ap = format!(
            "Return-Path: <a@b.test>\r\nX-Original-To: ap@fin.test\r\nDelivered-To: ap@fin.test\r\n\
             Received: from b.test by fin.test\r\n\tfor <ap@fin.test>; Fri, 20 Nov 2026 09:00:00 +0100\r\n{LETTER}"
        );
        let to_ar = format!(
            "Delivered-To: ar@fin.test\r\nX-Cyrus-Session-Id: imap-1-2\r\nX-Sieve: CMU Sieve 3.0\r\n\
             RECEIVED : from b.test\r\n by fin.test\r\n{LETTER}"
        );
        let letter = ContentHash::of(LETTER.as_bytes());
        for copy in [LETTER, &to_ap, &to_ar] {
            assert_eq!(LetterHasher::of(copy.as_bytes()), letter, "{copy}");
        }
    }

    #[test]
    fn what_proves_the_sender_belongs_to_the_letter() {
        let plain = LetterHasher::of(LETTER.as_bytes());
        for field in [
            "Authentication-Results: fin.test; dkim=pass",
            "DKIM-Signature: v=1",
        ] {
            let proven = format!("{field}\r\n{LETTER}");
            assert_ne!(LetterHasher::of(proven.as_bytes()), plain, "{field}");
        }
    }

    #[test]
    fn pieces_of_any_length_make_the_same_hash() {
        let mail = format!("Received: one\r\n two\r\n{LETTER}");
        let whole = LetterHasher::of(mail.as_bytes());
        for length in [1, 2, 7, 64] {
            let mut hasher = LetterHasher::default();
            mail.as_bytes()
                .chunks(length)
                .for_each(|piece| hasher.push(piece));
            assert_eq!(hasher.finish(), whole, "{length}");
        }
        assert_eq!(LetterHasher::of(b""), ContentHash::of(b""));
        let endless = [b"a".repeat(3 * MAX_LINE_BYTES), b"\r\n\r\nbody".to_vec()].concat();
        assert_eq!(LetterHasher::of(&endless), ContentHash::of(&endless));
    }
}
