//! The characters banks pass on: those of the SEPA schemes (EPC217-08, "SEPA Requirements for an Extended Character Set",
//! section 1.2). Everything else is written in them, or a bank writes it as it likes, or refuses the file.

use unicode_normalization::UnicodeNormalization;

/// `text` in those characters, blanks single, at most `max_chars` of them.
pub fn sepa_text(text: &str, max_chars: usize) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match spelled(c) {
            Some(letters) => out.push_str(letters),
            None if is_plain(c) => out.push(c),
            None => unmarked(c, &mut out),
        }
    }
    let words = out.split_whitespace().collect::<Vec<_>>().join(" ");
    let cut: String = words.chars().take(max_chars).collect();
    cut.trim_end().to_owned()
}

/// The same for what must name a thing: no `/` at its ends and no `//` in it (EPC132-08, section 1.5.2).
pub fn sepa_reference(text: &str, max_chars: usize) -> String {
    let mut plain = sepa_text(text, usize::MAX);
    while plain.contains("//") {
        plain = plain.replace("//", "/");
    }
    let cut: String = plain.trim_matches('/').chars().take(max_chars).collect();
    cut.trim_end_matches(['/', ' ']).to_owned()
}

/// `a-z A-Z 0-9 / - ? : ( ) . , ' +` and the blank.
fn is_plain(c: char) -> bool {
    c.is_ascii_alphanumeric() || "/-?:().,'+ ".contains(c)
}

/// As people of that language write it without their own letters.
fn spelled(c: char) -> Option<&'static str> {
    Some(match c {
        'ä' | 'æ' => "ae",
        'Ä' | 'Æ' => "Ae",
        'ö' | 'œ' | 'ø' => "oe",
        'Ö' | 'Œ' | 'Ø' => "Oe",
        'ü' => "ue",
        'Ü' => "Ue",
        'ß' => "ss",
        'å' => "aa",
        'Å' => "Aa",
        'ł' => "l",
        'Ł' => "L",
        'đ' | 'ð' => "d",
        'Đ' | 'Ð' => "D",
        'þ' => "th",
        'Þ' => "Th",
        'ı' => "i",
        '&' => "+",
        '\u{2010}'..='\u{2015}' | '_' | '~' => "-",
        '\u{2018}' | '\u{2019}' | '`' | '\u{b4}' => "'",
        '"' | '\u{201c}'..='\u{201e}' | '«' | '»' => "'",
        '[' | '{' | '<' => "(",
        ']' | '}' | '>' => ")",
        ';' => ",",
        '!' => ".",
        '@' => "(at)",
        '€' => "EUR",
        _ => return None,
    })
}

/// A letter without its marks; a point for what has no letter in it, a blank for a blank of another width.
fn unmarked(c: char, out: &mut String) {
    if c.is_whitespace() || c.is_control() {
        out.push(' ');
        return;
    }
    let before = out.len();
    out.extend(std::iter::once(c).nfkd().filter(|part| is_plain(*part)));
    if out.len() == before && !unicode_normalization::char::is_combining_mark(c) {
        out.push('.');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_of_many_languages_are_spelled_in_those_of_banks() {
        for (text, plain) in [
            ("Müller & Söhne GmbH", "Mueller + Soehne GmbH"),
            ("Façade « Élan » S.à r.l.", "Facade ' Elan ' S.a r.l."),
            ("Łódź Żuraw", "Lodz Zuraw"),
            ("a\u{301}b", "ab"),
            ("株式会社", "...."),
            ("A\tB\r\nC", "A B C"),
            ("R&D – 5 € #7", "R+D - 5 EUR .7"),
        ] {
            assert_eq!(sepa_text(text, 70), plain, "{text}");
        }
    }

    #[test]
    fn what_is_too_long_is_cut_after_it_was_spelled() {
        assert_eq!(sepa_text("ÄÄÄ", 3), "AeA");
        assert_eq!(sepa_text("ab cd", 3), "ab");
    }

    #[test]
    fn references_neither_begin_nor_end_with_a_slash_nor_have_two_in_a_row() {
        assert_eq!(sepa_reference("//2026///17/", 35), "2026/17");
        assert_eq!(sepa_reference("12345/7", 6), "12345");
    }
}
