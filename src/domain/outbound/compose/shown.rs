//! How names, days and amounts look to the reader of a mail.

use crate::basics::bank_account::Iban;
use crate::basics::calendar::{Date, Zoned};
use crate::basics::money::Money;
use crate::basics::text::one_line;

/// Characters of a text from a stranger in a mail: enough for a name or a sentence, too few to hide ours.
const TEXT_MAX_CHARS: usize = 300;

/// The languages we write.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Language {
    /// British English.
    En,
    /// German.
    De,
}

impl Language {
    /// German for `de` and its regions, English for everything else.
    pub(super) fn of(code: &str) -> Self {
        match code.split(['-', '_']).next() {
            Some("de" | "DE") => Self::De,
            _ => Self::En,
        }
    }

    /// ISO 639-1, for the HTML.
    pub(super) fn code(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::De => "de",
        }
    }
}

/// One line without the marks that turn the direction of writing round: with them `gnp.exe` reads as `exe.png`.
pub(super) fn text(text: &str) -> String {
    let turns = |c: char| matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let straight = text.chars().filter(|c| !turns(*c)).collect::<String>();
    one_line(&straight, TEXT_MAX_CHARS)
}

/// Each as one line.
pub(super) fn texts(list: &[String]) -> Vec<String> {
    list.iter().map(|each| text(each)).collect()
}

/// `26 November 2026`, `26.11.2026`.
pub(super) fn day(date: Date, language: Language) -> String {
    let format = match language {
        Language::En => "%-d %B %Y",
        Language::De => "%d.%m.%Y",
    };
    date.strftime(format).to_string()
}

/// `Sunday 29 November 2026, 10:00 CET`, by the clock on the office's wall.
pub(super) fn moment(at: &Zoned) -> String {
    at.strftime("%A %-d %B %Y, %H:%M %Z").to_string()
}

/// `1,190.00 EUR`, `1.190,00 EUR`.
pub(super) fn amount(money: Money, language: Language) -> String {
    let english = money.to_string();
    match language {
        Language::En => english,
        Language::De => english.chars().map(swap_marks).collect(),
    }
}

fn swap_marks(c: char) -> char {
    match c {
        ',' => '.',
        '.' => ',',
        other => other,
    }
}

/// In groups of four, as printed on a bank form.
pub(super) fn iban(iban: &Iban) -> String {
    let grouped = iban.as_str().as_bytes().chunks(4);
    let groups = grouped.map(|group| String::from_utf8_lossy(group).into_owned());
    groups.collect::<Vec<_>>().join(" ")
}
