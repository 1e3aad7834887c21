//! Mailbox names as IMAP writes them: modified UTF-7 (RFC 3501 section 5.1.3).

use base64::Engine;
use base64::alphabet::IMAP_MUTF7;
use base64::engine::general_purpose::{GeneralPurpose, NO_PAD};

/// Longer names are refused by servers, whose file systems end at 255 bytes a part.
const MAX_CHARS: usize = 255;

/// `Entwürfe` becomes `Entw&APw-rfe`: printable ASCII stands for itself except `&`, which is `&-`; all else is UTF-16 in
/// base 64 between `&` and `-`. `None` for an empty name, one with control characters, or one beyond 255 characters.
pub fn encode(name: &str) -> Option<String> {
    if name.is_empty() || name.chars().count() > MAX_CHARS || name.chars().any(char::is_control) {
        return None;
    }
    let (mut encoded, mut foreign) = (String::with_capacity(name.len()), String::new());
    for c in name.chars() {
        if !matches!(c, ' '..='~') {
            foreign.push(c);
            continue;
        }
        shift_out(&mut encoded, &mut foreign);
        encoded.push(c);
        if c == '&' {
            encoded.push('-');
        }
    }
    shift_out(&mut encoded, &mut foreign);
    Some(encoded)
}

/// An IMAP quoted string (RFC 3501 section 4.3); `None` when the text holds what cannot be quoted: other than printable ASCII.
pub fn quote(text: &str) -> Option<String> {
    if !text.chars().all(|c| matches!(c, ' '..='~')) {
        return None;
    }
    Some(format!(
        "\"{}\"",
        text.replace('\\', "\\\\").replace('"', "\\\"")
    ))
}

fn shift_out(encoded: &mut String, foreign: &mut String) {
    if foreign.is_empty() {
        return;
    }
    let utf16 = foreign
        .encode_utf16()
        .flat_map(u16::to_be_bytes)
        .collect::<Vec<u8>>();
    encoded.push('&');
    GeneralPurpose::new(&IMAP_MUTF7, NO_PAD).encode_string(utf16, encoded);
    encoded.push('-');
    foreign.clear();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_written_as_the_rfc_writes_them() {
        // The example of RFC 3501 section 5.1.3, and what mail programs make of common German names.
        let cases = [
            ("INBOX/Processed", "INBOX/Processed"),
            ("~peter/mail/台北/日本語", "~peter/mail/&U,BTFw-/&ZeVnLIqe-"),
            ("Entwürfe", "Entw&APw-rfe"),
            ("Rechnungen & Belege", "Rechnungen &- Belege"),
            ("ü&ü", "&APw-&-&APw-"),
            ("😀", "&2D3eAA-"),
        ];
        for (name, encoded) in cases {
            assert_eq!(encode(name).as_deref(), Some(encoded));
        }
    }

    #[test]
    fn names_that_could_end_the_command_are_refused_and_quotes_are_escaped() {
        assert_eq!(encode("a\r\nb"), None);
        assert_eq!(encode(""), None);
        assert_eq!(quote("a\r\nA1 LOGOUT"), None);
        assert_eq!(quote(r#"a"b\c"#).as_deref(), Some(r#""a\"b\\c""#));
    }
}
