//! The four ways mail puts bytes into ASCII: encoded words (RFC 2047), parameters (RFC 2231), quoted-printable and base64
//! (RFC 2045 section 6). Input to the header encoders is one line already.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// Characters of an encoded line, without its line end (RFC 2045 section 6.7 and 6.8).
const LINE_MAX: usize = 76;
/// Where a header is folded (RFC 5322 section 2.1.1).
const FOLD_AT: usize = 76;
/// Octets in one encoded word: `=?utf-8?B?` + 60 + `?=` stays within 75 characters (RFC 2047 section 2).
const WORD_BYTES: usize = 45;
/// Characters of one piece of a long parameter (RFC 2231 section 3).
const PIECE_MAX: usize = 60;
const HEX: &[u8; 16] = b"0123456789ABCDEF";

/// A header value without structure, folded; `used` characters of its first line are taken.
pub(super) fn unstructured(used: usize, text: &str) -> String {
    if is_plain(text) {
        fold(used, text)
    } else {
        encoded_words(text)
    }
}

/// The name beside an address: a quoted string or encoded words.
pub(super) fn display_name(name: &str) -> String {
    if name.is_empty() {
        String::new()
    } else if is_plain(name) {
        quoted(name)
    } else {
        encoded_words(name)
    }
}

/// `; name="value"` on a line of its own, or the extended form of RFC 2231 where the value is long or not ASCII.
pub(super) fn parameter(name: &str, value: &str) -> String {
    if is_plain(value) && value.len() <= PIECE_MAX {
        return format!("\r\n {name}={}", quoted(value));
    }
    let mut pieces = vec![String::from("UTF-8''")];
    for c in value.chars() {
        let written = percent(c);
        match pieces.last_mut() {
            Some(last) if last.len() + written.len() <= PIECE_MAX => last.push_str(&written),
            _ => pieces.push(written),
        }
    }
    if let [only] = pieces.as_slice() {
        return format!("\r\n {name}*={only}");
    }
    let lines = pieces.iter().enumerate();
    lines
        .map(|(at, piece)| format!("\r\n {name}*{at}*={piece}"))
        .collect::<Vec<_>>()
        .join(";")
}

/// Printable ASCII that no reader takes for an encoded word.
fn is_plain(text: &str) -> bool {
    text.bytes().all(|b| (b' '..=b'~').contains(&b)) && !text.contains("=?")
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

fn fold(used: usize, text: &str) -> String {
    let mut folded = String::with_capacity(text.len() + 8);
    let mut column = used;
    for (at, word) in text.split(' ').enumerate() {
        if at > 0 && column + word.len() >= FOLD_AT {
            folded.push_str("\r\n");
            column = 0;
        }
        if at > 0 {
            folded.push(' ');
            column += 1;
        }
        folded.push_str(word);
        column += word.len();
    }
    folded
}

/// Cut between characters, so that each word can be read alone; the blank between two words is not part of the text.
fn encoded_words(text: &str) -> String {
    let mut words = vec![String::new()];
    for c in text.chars() {
        match words.last_mut() {
            Some(last) if last.len() + c.len_utf8() <= WORD_BYTES => last.push(c),
            _ => words.push(c.to_string()),
        }
    }
    let encoded = words
        .iter()
        .map(|word| format!("=?utf-8?B?{}?=", STANDARD.encode(word)));
    encoded.collect::<Vec<_>>().join("\r\n ")
}

/// The attribute characters of RFC 2231 section 7 stand for themselves.
fn percent(c: char) -> String {
    if c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '~') {
        return c.to_string();
    }
    let mut buffer = [0_u8; 4];
    c.encode_utf8(&mut buffer)
        .bytes()
        .map(|byte| format!("%{byte:02X}"))
        .collect()
}

/// Text in UTF-8, its line ends written as CR LF, ending with one.
pub(super) fn quoted_printable(text: &str, out: &mut Vec<u8>) {
    let text = text.strip_suffix('\n').unwrap_or(text);
    for line in text.split('\n') {
        quoted_printable_line(line.strip_suffix('\r').unwrap_or(line).as_bytes(), out);
        out.extend_from_slice(b"\r\n");
    }
}

fn quoted_printable_line(line: &[u8], out: &mut Vec<u8>) {
    let mut column = 0;
    for (at, &byte) in line.iter().enumerate() {
        let is_last = at + 1 == line.len();
        let stands = match byte {
            // Blanks at the end of a line are lost on the way.
            b' ' | b'\t' => !is_last,
            // Some servers change a line that begins with `From ` or a single point.
            b'F' | b'.' => column > 0,
            b'=' => false,
            b'!'..=b'~' => true,
            _ => false,
        };
        let width = if stands { 1 } else { 3 };
        // The last column belongs to the mark of a soft line break.
        if column + width > LINE_MAX - usize::from(!is_last) {
            out.extend_from_slice(b"=\r\n");
            column = 0;
        }
        if stands {
            out.push(byte);
        } else {
            let digit = |nibble: u8| HEX.get(usize::from(nibble)).copied().unwrap_or(b'0');
            out.extend_from_slice(&[b'=', digit(byte >> 4), digit(byte & 15)]);
        }
        column += width;
    }
}

/// Lines of 76 characters, each ended by CR LF.
pub(super) fn base64_lines(bytes: &[u8], out: &mut Vec<u8>) {
    let encoded = STANDARD.encode(bytes);
    for line in encoded.as_bytes().chunks(LINE_MAX) {
        out.extend_from_slice(line);
        out.extend_from_slice(b"\r\n");
    }
}
