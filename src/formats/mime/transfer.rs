//! Transfer encodings (RFC 2045 section 6) and character sets, read as leniently as mail programs do.

use std::borrow::Cow;

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
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3 + 3);
    let (mut bits, mut count, mut strange) = (0_u32, 0_u8, 0_usize);
    for &c in text {
        let six = match c {
            b'A'..=b'Z' => c - b'A',
            b'a'..=b'z' => c - b'a' + 26,
            b'0'..=b'9' => c - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            b'=' => {
                flush(&mut bytes, bits, count);
                (bits, count) = (0, 0);
                continue;
            }
            b' ' | b'\t' | b'\r' | b'\n' => continue,
            _ => {
                strange += 1;
                continue;
            }
        };
        bits = (bits << 6) | u32::from(six);
        count += 1;
        if count == 4 {
            let [_, a, b, c] = bits.to_be_bytes();
            bytes.extend([a, b, c]);
            (bits, count) = (0, 0);
        }
    }
    flush(&mut bytes, bits, count);
    let cut_short =
        (count != 0).then(|| "the base64 text ends in the middle of a group".to_owned());
    let problem = if strange > 0 {
        Some(format!("{strange} bytes that are not base64"))
    } else {
        cut_short
    };
    Decoded {
        bytes: Cow::Owned(bytes),
        problem,
    }
}

/// The one or two bytes that two or three letters before a pad hold.
fn flush(bytes: &mut Vec<u8>, bits: u32, count: u8) {
    let [_, a, b, _] = match count {
        2 => (bits << 12).to_be_bytes(),
        3 => (bits << 6).to_be_bytes(),
        _ => return,
    };
    bytes.push(a);
    if count == 3 {
        bytes.push(b);
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
