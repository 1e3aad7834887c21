//! How people write answers by mail: what asks, what leaves a doubt, and what stands below the words that count.

pub mod below;

use super::text::fold;

/// Words that make an answer conditional or take it back, folded.
pub const DOUBT_WORDS: &[&str] = &[
    "if",
    "but",
    "unless",
    "only",
    "except",
    "provided",
    "once",
    "after",
    "until",
    "not",
    "don't",
    "dont",
    "never",
    "wait",
    "hold",
    "however",
    "when",
    "before",
    "later",
    "pending",
    "stop",
    "cancel",
    "wenn",
    "falls",
    "aber",
    "nur",
    "sofern",
    "ausser",
    "nicht",
    "kein",
    "keine",
    "warten",
    "erst",
    "nach",
    "bevor",
    "sobald",
    "spater",
    "vorbehaltlich",
    "si",
    "mais",
    "quand",
    "avant",
    "apres",
    "sauf",
    "seulement",
    "pas",
    "pero",
    "salvo",
    "solo",
    "no",
    "espera",
    "cuando",
    "antes",
    "despues",
    "se",
    "quando",
    "prima",
    "dopo",
    "ma",
    "tranne",
    "non",
    "als",
    "maar",
    "mits",
    "tenzij",
    "alleen",
    "niet",
    "geen",
    "wacht",
    "zodra",
    "voordat",
    "wanneer",
];

/// A question mark anywhere but inside an address of the web.
pub fn asks(line: &str) -> bool {
    let mut words = line.split_whitespace();
    words.any(|word| {
        let inside = word.contains("://") && !word.ends_with('?');
        word.contains(['?', '¿', '？']) && !inside
    })
}

/// One of these folded words stands in the line.
pub fn has_word(line: &str, words: &[&str]) -> bool {
    let plain = fold(line);
    plain
        .split(|c: char| !c.is_alphanumeric() && c != '\'')
        .any(|word| words.contains(&word))
}

/// What people and mail programs put around a word without changing it. A question mark changes it.
pub fn is_ornament(c: char) -> bool {
    c.is_whitespace()
        || matches!(
            c,
            '.' | '!'
                | ','
                | ';'
                | ':'
                | '*'
                | '_'
                | '"'
                | '\''
                | '“'
                | '”'
                | '„'
                | '«'
                | '»'
                | '-'
                | '–'
                | '—'
                | '('
                | ')'
                | '['
                | ']'
        )
}
