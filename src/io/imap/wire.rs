//! Cuts what the server sends into whole answers before anything parses it. An IMAP parser left alone with the network
//! allocates what a literal announces, recurses as deep as the parentheses go (and aborts the process when the stack ends),
//! and parses an endless line again and again. Here the lines are followed byte by byte, and the connection ends at the limit.

use std::io;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

/// We ask for at most 1 MiB at a time; a small message may be somewhat larger than its server estimated.
const MAX_LITERAL_BYTES: u64 = 16 << 20;
/// One answer with all its literals.
const MAX_ANSWER_BYTES: usize = 24 << 20;
/// Outside literals. The longest line we cause is a COPYUID of some hundred messages, a few KiB.
const MAX_LINE_BYTES: usize = 256 << 10;
/// An answer to our questions nests two deep; the parser's stack holds more than a hundred levels.
const MAX_DEPTH: u32 = 32;
/// Enough of a line to tell data from text.
const HEAD_BYTES: usize = 10;
/// Read from the network at once.
const CHUNK_BYTES: usize = 64 << 10;

/// A connection that gives one whole answer at a time.
#[derive(Debug)]
pub(super) struct Wire<S> {
    stream: S,
    chunk: Vec<u8>,
    /// What of the chunk was not looked at yet.
    unread: std::ops::Range<usize>,
    /// The beginning of an answer whose end has not come yet.
    begun: Vec<u8>,
    lines: Lines,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Wire<S> {
    pub(super) fn new(stream: S) -> Self {
        Self {
            stream,
            chunk: vec![0; CHUNK_BYTES],
            unread: 0..0,
            begun: Vec::new(),
            lines: Lines::default(),
        }
    }

    pub(super) async fn send_line(&mut self, line: &str) -> io::Result<()> {
        self.stream.write_all(line.as_bytes()).await?;
        self.stream.write_all(b"\r\n").await?;
        self.stream.flush().await
    }

    /// The next answer up to its last CRLF, literals included; `None` when the server closed the connection between answers.
    /// Who gives up waiting loses nothing: what has come of an answer stands here until the rest comes.
    pub(super) async fn answer(&mut self) -> io::Result<Option<Vec<u8>>> {
        loop {
            if self.unread.is_empty() {
                let read = self.stream.read(&mut self.chunk).await?;
                if read == 0 && self.begun.is_empty() {
                    return Ok(None);
                }
                if read == 0 {
                    return Err(io::ErrorKind::UnexpectedEof.into());
                }
                self.unread = 0..read;
            }
            let fresh = self.chunk.get_mut(self.unread.clone()).unwrap_or_default();
            let end = self.lines.follow(fresh)?;
            let taken = fresh.get(..end.unwrap_or(fresh.len())).unwrap_or_default();
            if self.begun.len().saturating_add(taken.len()) > MAX_ANSWER_BYTES {
                return Err(refused("an answer of more than 24 MiB"));
            }
            self.begun.extend_from_slice(taken);
            self.unread.start = self.unread.start.saturating_add(taken.len());
            if end.is_some() {
                let mut answer = std::mem::take(&mut self.begun);
                mend_missing_dates(&mut answer);
                return Ok(Some(answer));
            }
        }
    }

    /// The connection itself, to raise it to TLS. What came early is dropped: it may be someone else's words, said before the
    /// encryption to be taken for the server's (RFC 3501 section 6.2.1).
    pub(super) fn into_inner(self) -> S {
        self.stream
    }
}

/// Where in the server's lines we are.
#[derive(Debug, Default)]
struct Lines {
    /// Bytes of a literal still to come; nothing in it is looked at.
    literal: u64,
    line: usize,
    head: [u8; HEAD_BYTES],
    depth: u32,
    quoted: bool,
    escaped: bool,
    announcing: Announcing,
}

/// The announcement of a literal, `{123}` at the end of a line, as far as it was read.
#[derive(Clone, Copy, Debug, Default)]
enum Announcing {
    #[default]
    No,
    Digits(u64),
    Closed(u64),
    Return(u64),
}

impl Lines {
    /// Looks at what came up to the end of an answer, and returns where that is. Bytes that are not ASCII outside literals
    /// become question marks: they stand only in texts for people, and the parser would refuse the whole line.
    fn follow(&mut self, bytes: &mut [u8]) -> io::Result<Option<usize>> {
        let mut at = 0_usize;
        while at < bytes.len() {
            let here = bytes.len().saturating_sub(at);
            let skipped = usize::try_from(self.literal)
                .unwrap_or(usize::MAX)
                .min(here);
            self.literal = self.literal.saturating_sub(skipped as u64);
            at = at.saturating_add(skipped);
            let Some(byte) = bytes.get_mut(at) else { break };
            if !byte.is_ascii() {
                *byte = b'?';
            }
            at = at.saturating_add(1);
            if self.step(*byte)? {
                return Ok(Some(at));
            }
        }
        Ok(None)
    }

    /// `true`: this byte ends an answer.
    fn step(&mut self, byte: u8) -> io::Result<bool> {
        if let Some(place) = self.head.get_mut(self.line) {
            *place = byte;
        }
        self.line = self.line.saturating_add(1);
        if self.line > MAX_LINE_BYTES {
            return Err(refused("a line of more than 256 KiB"));
        }
        if byte == b'\n' {
            return self.end_line();
        }
        self.announcing = match (self.announcing, byte) {
            (_, b'{') if !self.quoted => Announcing::Digits(0),
            (Announcing::Digits(n), b'0'..=b'9') => Announcing::Digits(
                n.saturating_mul(10)
                    .saturating_add(u64::from(byte.saturating_sub(b'0'))),
            ),
            (Announcing::Digits(n), b'}') => Announcing::Closed(n),
            (Announcing::Closed(n), b'\r') => Announcing::Return(n),
            _ => Announcing::No,
        };
        self.nest(byte)?;
        Ok(false)
    }

    fn nest(&mut self, byte: u8) -> io::Result<()> {
        match byte {
            _ if self.escaped => self.escaped = false,
            b'\\' if self.quoted => self.escaped = true,
            b'"' => self.quoted = !self.quoted,
            b'(' if !self.quoted => self.depth = self.depth.saturating_add(1),
            b')' if !self.quoted => self.depth = self.depth.saturating_sub(1),
            _ => {}
        }
        if self.depth > MAX_DEPTH && self.is_data() {
            return Err(refused("more than 32 nested parentheses"));
        }
        Ok(())
    }

    fn end_line(&mut self) -> io::Result<bool> {
        let announced = match self.announcing {
            Announcing::Return(n) if self.is_data() => Some(n),
            Announcing::No
            | Announcing::Digits(_)
            | Announcing::Closed(_)
            | Announcing::Return(_) => None,
        };
        self.announcing = Announcing::No;
        match announced {
            Some(n) if n > MAX_LITERAL_BYTES => {
                return Err(refused("a literal of more than 16 MiB"));
            }
            // The line goes on behind the literal, with its depth and its head.
            Some(n) => self.literal = n,
            None => *self = Self::default(),
        }
        Ok(announced.is_none())
    }

    /// Status responses end in text for people, in which braces and brackets mean nothing.
    fn is_data(&self) -> bool {
        let Some(word) = self.head.strip_prefix(b"* ") else {
            return false;
        };
        let texts: [&[u8]; 5] = [b"OK", b"NO", b"BAD", b"BYE", b"PREAUTH"];
        let is = |text: &[u8]| {
            let (start, after) = (word.get(..text.len()), word.get(text.len()));
            start.is_some_and(|start| start.eq_ignore_ascii_case(text))
                && after.is_none_or(|after| *after <= b' ')
        };
        !texts.into_iter().any(is)
    }
}

/// A server that does not know when it got a message says `INTERNALDATE NIL`. The grammar has no such date (RFC 3501, date-time),
/// and the parser takes it for impossible: here it becomes a date that cannot be read. Only outside literals and quoted strings.
fn mend_missing_dates(answer: &mut [u8]) {
    const MISSING: &[u8] = b"INTERNALDATE NIL";
    const UNREADABLE: &[u8] = b"INTERNALDATE \"?\"";
    let end = answer.iter().position(|byte| *byte == b'\n');
    let line = answer
        .get_mut(..end.unwrap_or_default())
        .unwrap_or_default();
    let (mut quoted, mut escaped) = (false, false);
    for at in 0..line.len() {
        let here = line.get_mut(at..).unwrap_or_default();
        match here.first() {
            _ if escaped => escaped = false,
            Some(b'\\') if quoted => escaped = true,
            Some(b'"') => quoted = !quoted,
            _ => {}
        }
        let place = here.get_mut(..MISSING.len()).filter(|_| !quoted);
        if let Some(place) = place.filter(|place| place.eq_ignore_ascii_case(MISSING)) {
            place.copy_from_slice(UNREADABLE);
        }
    }
}

fn refused(what: &str) -> io::Error {
    io::Error::new(
        io::ErrorKind::InvalidData,
        format!("the server sent {what}"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The answers in `text`, cut everywhere: what is understood must not depend on how the network cuts it.
    fn follow(text: &str) -> io::Result<Vec<String>> {
        let singly = answers(text, 1);
        let whole = answers(text, usize::MAX);
        assert_eq!(whole.as_ref().ok(), singly.as_ref().ok());
        whole
    }

    fn answers(text: &str, piece: usize) -> io::Result<Vec<String>> {
        let (mut lines, mut answers, mut answer) = (Lines::default(), Vec::new(), Vec::new());
        for piece in text.as_bytes().chunks(piece.min(text.len())) {
            let mut piece = piece.to_vec();
            while !piece.is_empty() {
                let end = lines.follow(&mut piece)?;
                let rest = piece.split_off(end.unwrap_or(piece.len()));
                answer.append(&mut piece);
                if end.is_some() {
                    answers
                        .push(String::from_utf8_lossy(&std::mem::take(&mut answer)).into_owned());
                }
                piece = rest;
            }
        }
        Ok(answers)
    }

    #[test]
    fn an_answer_ends_at_the_line_end_outside_its_literals() {
        let fetch = "* 1 FETCH (UID 5 BODY[] {12}\r\n((((\r\n{9}\r\n)\r\n";
        let rest = [
            "A0001 OK done {5}\r\n",
            "* 2 EXISTS\r\n",
            "* OK {99999999999}\r\n",
            "* OK \"((((((((((((((((((((((((((((((((((\r\n",
        ];
        let text = [&[fetch][..], &rest].concat().concat();
        assert_eq!(follow(&text).unwrap(), [&[fetch][..], &rest].concat());
        assert!(follow("* 1 FETCH (BODY[] {5}\r\na\r\n").unwrap().is_empty());
    }

    #[test]
    fn what_would_exhaust_memory_or_stack_is_refused() {
        assert!(follow("* 1 FETCH (BODY[] {400000000}\r\n").is_err());
        assert!(follow("* 1 FETCH (BODY[] {99999999999999999999999}\r\n").is_err());
        assert!(follow(&format!("* 1 FETCH (BODYSTRUCTURE {}", "(".repeat(1000))).is_err());
        assert!(follow(&format!("* OK {}", "x".repeat(300_000))).is_err());
        // A text that only looks like a literal does not blind the guard for what follows.
        assert!(follow(&format!("* OK {{5000}}\r\n* 1 FETCH {}", "(".repeat(1000))).is_err());
        assert!(
            follow(&format!(
                "* 1 FETCH (X \"{}\" {}",
                "(".repeat(100),
                "(".repeat(100)
            ))
            .is_err()
        );
    }

    #[test]
    fn a_date_the_server_does_not_know_is_one_that_cannot_be_read() {
        let mended = |text: &str| {
            let mut bytes = text.as_bytes().to_vec();
            mend_missing_dates(&mut bytes);
            String::from_utf8(bytes).unwrap()
        };
        assert_eq!(
            mended("* 2 FETCH (UID 2 InternalDate NIL RFC822.SIZE 90)\r\n"),
            "* 2 FETCH (UID 2 INTERNALDATE \"?\" RFC822.SIZE 90)\r\n"
        );
        // What a person wrote stays as it is, in a literal and in quotes.
        for text in [
            "* 2 FETCH (UID 2 BODY[] {18}\r\nINTERNALDATE NIL\r\n)\r\n",
            "* 2 FETCH (UID 2 BODY[] \"say \\\" INTERNALDATE NIL\")\r\n",
        ] {
            assert_eq!(mended(text), text);
        }
    }

    #[test]
    fn letters_that_are_not_ascii_are_replaced_outside_literals_only() {
        let answers = follow("* OK Anmeldung ü\r\n* 1 FETCH (BODY[] {2}\r\nü)\r\n").unwrap();
        assert_eq!(
            answers,
            ["* OK Anmeldung ??\r\n", "* 1 FETCH (BODY[] {2}\r\nü)\r\n"]
        );
    }
}
