//! Text from strangers, made comparable and safe to show.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// The first line of every question we send. What stands below it is ours: a reply ends where this line begins, and a
/// reply that still holds it is never taken for a decision.
pub const ANSWER_ABOVE: &str = "--- Write your answer above this line ---";

/// Folds text for comparison: NFKC, lower case, diacritics stripped, white space collapsed to single blanks.
pub fn fold(text: &str) -> String {
    if text.is_ascii() {
        return fold_ascii(text);
    }
    let plain = text
        .nfkd()
        .filter(|c| !is_combining_mark(*c))
        .flat_map(char::to_lowercase);
    let mut folded = String::with_capacity(text.len());
    for c in plain {
        let c = if c.is_whitespace() || c.is_control() {
            ' '
        } else {
            c
        };
        if c != ' ' || !folded.ends_with(' ') {
            folded.push(c);
        }
    }
    folded.trim().to_owned()
}

/// Most texts are ASCII, where folding is lower case and blanks.
fn fold_ascii(text: &str) -> String {
    let is_blank = |c: char| c.is_whitespace() || c.is_control();
    let words = text.split(is_blank).filter(|word| !word.is_empty());
    let mut folded = words.fold(String::with_capacity(text.len()), |mut folded, word| {
        if !folded.is_empty() {
            folded.push(' ');
        }
        folded.push_str(word);
        folded
    });
    folded.make_ascii_lowercase();
    folded
}

/// Keeps only letters and digits of the folded text: what is left of a name or number when the typing differs.
pub fn squash(text: &str) -> String {
    if text.is_ascii() {
        let kept = text.chars().filter(char::is_ascii_alphanumeric);
        return kept.map(|c| c.to_ascii_lowercase()).collect();
    }
    fold(text).chars().filter(|c| c.is_alphanumeric()).collect()
}

/// One printable line: no NUL (PostgreSQL refuses it), no line break (mail headers end at one), at most `max_chars`.
pub fn one_line(text: &str, max_chars: usize) -> String {
    let clean = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    let joined = clean.collect::<String>();
    let words = joined.split_whitespace().collect::<Vec<_>>().join(" ");
    shorten(&words, max_chars)
}

/// Several lines without control characters except line feed and tab, at most `max_chars`.
pub fn clean_lines(text: &str, max_chars: usize) -> String {
    let mut clean = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        match c {
            '\r' => {
                characters.next_if_eq(&'\n');
                clean.push('\n');
            }
            '\n' | '\t' => clean.push(c),
            c if c.is_control() => {}
            c => clean.push(c),
        }
    }
    if clean.len() <= max_chars {
        return clean;
    }
    shorten(&clean, max_chars)
}

/// The first `max_chars` characters, with an ellipsis where something was cut.
pub fn shorten(text: &str, max_chars: usize) -> String {
    // No character is shorter than a byte.
    if text.len() <= max_chars {
        return text.to_owned();
    }
    match text.char_indices().nth(max_chars) {
        None => text.to_owned(),
        Some(_) => text
            .chars()
            .take(max_chars.saturating_sub(1))
            .chain(['…'])
            .collect(),
    }
}

/// All but the last four characters replaced: how bank numbers and tokens may appear in a log or on a screen.
pub fn mask(secret: &str) -> String {
    let count = secret.chars().count();
    let shown = secret
        .chars()
        .skip(count.saturating_sub(4))
        .collect::<String>();
    if count <= 4 {
        "****".to_owned()
    } else {
        format!("****{shown}")
    }
}

/// An error with everything that caused it, on one line.
pub fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let mut told = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        told.push_str(": ");
        told.push_str(&inner.to_string());
        cause = inner.source();
    }
    told
}

/// A text for a cell of a table. Spreadsheets take one that begins so for a formula, and names come from strangers: it gets an
/// apostrophe, which they do not show.
pub fn no_formula(text: &str) -> String {
    match text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        true => format!("'{text}"),
        false => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folding_ignores_case_marks_and_width() {
        assert_eq!(fold("  Gemüse\u{a0}MÜLLER "), "gemuse muller");
        assert_eq!(squash("RE-2026/0815"), squash("re 2026 0815"));
        assert_eq!(fold("\t Bill\u{0} TO:\r\n x "), "bill to: x");
    }

    #[test]
    fn one_line_cannot_carry_a_header() {
        assert_eq!(
            one_line("RE-1\r\nBcc: x@evil.test\0", 80),
            "RE-1 Bcc: x@evil.test"
        );
    }

    #[test]
    fn shortening_counts_characters_not_bytes() {
        assert_eq!(shorten("äöüß", 4), "äöüß");
        assert_eq!(shorten("äöüß!", 4), "äöü…");
        assert_eq!(mask("DE89370400440532013000"), "****3000");
    }
}
