//! Transfer encodings (RFC 2045 section 6) and character sets, read as leniently as mail programs do.

use std::borrow::Cow;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use mail_parser::decoders::charsets::map::charset_decoder;

/// What undoing the transfer encoding gave.
pub struct Decoded<'a> {
    pub bytes: Cow<'a, [u8]>,
    /// What was odd, in words.
    pub problem: Option<String>,
}

/// Undoes a Content-Transfer-Encoding. An unknown one leaves the bytes as they are.
pub fn decode<'a>(bytes: &'a [u8], encoding: &str) -> Decoded<'a> {
    match encoding.trim().to_ascii_lowercase().as_str() {
        "" | "7bit" | "8bit" | "binary" | "7-bit" | "8-bit" => Decoded {
            bytes: Cow::Borrowed(bytes),
            problem: None,
        },
        "base64" => base64(bytes),
        "quoted-printable" => Decoded {
            bytes: Cow::Owned(quoted_printable(bytes)),
            problem: None,
        },
        other => Decoded {
            bytes: Cow::Borrowed(bytes),
            problem: Some(format!(
                "unknown transfer encoding {}",
                crate::basics::text::one_line(other, 40)
            )),
        },
    }
}

/// RFC 2045 section 6.8: everything outside the alphabet is skipped; a pad ends a quantum, not the text, because
/// programs that encode line by line pad each line.
fn base64(text: &[u8]) -> Decoded<'_> {
    let mut base64 = Base64 {
        bytes: Vec::with_capacity(text.len() / 4 * 3 + 3),
        ..Base64::default()
    };
    for line in memchr::memchr_iter(b'\n', text)
        .map(|end| end + 1)
        .chain([text.len()])
        .scan(0, |start, end| text.get(std::mem::replace(start, end)..end))
    {
        base64.line(line.trim_ascii_end());
    }
    base64.finish()
}

/// What of a base64 text was undone so far.
#[derive(Default)]
struct Base64 {
    bytes: Vec<u8>,
    /// The letters of a group that is not complete.
    bits: u32,
    count: u8,
    /// Bytes outside the alphabet.
    strange: usize,
}

impl Base64 {
    /// Almost every line is whole groups and nothing else: those go through the library at once.
    fn line(&mut self, line: &[u8]) {
        let before = self.bytes.len();
        if self.count == 0 && STANDARD.decode_vec(line, &mut self.bytes).is_ok() {
            return;
        }
        self.bytes.truncate(before);
        line.iter().for_each(|letter| self.letter(*letter));
    }

    fn letter(&mut self, letter: u8) {
        let six = match letter {
            b'A'..=b'Z' => letter - b'A',
            b'a'..=b'z' => letter - b'a' + 26,
            b'0'..=b'9' => letter - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            b'=' => return self.flush(),
            b' ' | b'\t' | b'\r' => return,
            _ => {
                self.strange += 1;
                return;
            }
        };
        self.bits = (self.bits << 6) | u32::from(six);
        self.count += 1;
        if self.count == 4 {
            let [_, a, b, c] = self.bits.to_be_bytes();
            self.bytes.extend([a, b, c]);
            (self.bits, self.count) = (0, 0);
        }
    }

    /// The one or two bytes that two or three letters before a pad hold.
    fn flush(&mut self) {
        match (self.count, self.bits) {
            (2, bits) => {
                let [_, a, _, _] = (bits << 12).to_be_bytes();
                self.bytes.push(a);
            }
            (3, bits) => {
                let [_, a, b, _] = (bits << 6).to_be_bytes();
                self.bytes.extend([a, b]);
            }
            _ => {}
        }
        (self.bits, self.count) = (0, 0);
    }

    fn finish(mut self) -> Decoded<'static> {
        let cut_short = self.count != 0;
        self.flush();
        let problem = if self.strange > 0 {
            Some(format!("{} bytes that are not base64", self.strange))
        } else {
            cut_short.then(|| "the base64 text ends in the middle of a group".to_owned())
        };
        Decoded {
            bytes: Cow::Owned(self.bytes),
            problem,
        }
    }
}

/// RFC 2045 section 6.7; a broken escape stays as written.
fn quoted_printable(text: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    for line in text.split_inclusive(|byte| *byte == b'\n') {
        let content = line.trim_ascii_end();
        let ending = if line.ends_with(b"\r\n") {
            2
        } else {
            usize::from(line.ends_with(b"\n"))
        };
        let is_soft = content.ends_with(b"=");
        let mut rest = content
            .strip_suffix(b"=")
            .unwrap_or(content)
            .iter()
            .copied();
        while let Some(byte) = rest.next() {
            let mut ahead = rest.clone();
            let pair = (ahead.next().and_then(hex), ahead.next().and_then(hex));
            match (byte, pair) {
                (b'=', (Some(high), Some(low))) => {
                    bytes.push(high << 4 | low);
                    rest = ahead;
                }
                _ => bytes.push(byte),
            }
        }
        if !is_soft {
            bytes.extend_from_slice(line.get(line.len() - ending..).unwrap_or_default());
        }
    }
    bytes
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit)
        .to_digit(16)
        .and_then(|value| u8::try_from(value).ok())
}

/// Bytes to text. Programs that say nothing or "us-ascii" and send 8-bit mean UTF-8 where it fits, else Windows-1252.
pub fn text(bytes: &[u8], charset: Option<&str>) -> String {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let name = charset.unwrap_or_default().trim().to_ascii_lowercase();
    let says_little = matches!(
        name.as_str(),
        "" | "us-ascii" | "ascii" | "utf-8" | "utf8" | "unknown-8bit" | "default"
    );
    let decoder = if says_little {
        None
    } else {
        charset_decoder(name.as_bytes())
    };
    match (decoder, std::str::from_utf8(bytes)) {
        (Some(decode), _) => decode(bytes),
        (None, Ok(text)) => text.to_owned(),
        (None, Err(_)) => encoding_rs::WINDOWS_1252
            .decode_without_bom_handling(bytes)
            .0
            .into_owned(),
    }
}
