//! Printed dates: every day a text can mean. `03/04/2026` has two readings; the page and the country decide later.

use crate::basics::calendar::Date;
use crate::basics::text::fold;

/// Longer texts are sentences: `Donnerstag, den 20 de septiembre de 2026` fits.
const MAX_CHARS: usize = 48;

/// All days a printed date can mean, day before month first; none for what is no date.
///
/// Understands ISO, `22.11.2026`, `22/11/26`, `11-22-2026`, `20261122`, `22 Nov 2026`, `Nov. 22nd, 2026`, `1er août 2026`,
/// `20 de noviembre de 2026` with the months of English, German, French, Spanish, Italian and Dutch. Two-digit years
/// are 2000 to 2059.
pub fn readings(text: &str) -> Vec<Date> {
    if text.chars().count() > MAX_CHARS {
        return Vec::new();
    }
    let folded = fold(text);
    let tokens = tokens(&folded);
    let mut found = Vec::new();
    for (year, month, day) in candidates(&tokens, &folded) {
        if let Some(date) = build(year, month, day)
            && !found.contains(&date)
        {
            found.push(date);
        }
    }
    found
}

/// The only reading, when there is exactly one.
pub fn single_reading(text: &str) -> Option<Date> {
    match readings(text).as_slice() {
        [only] => Some(*only),
        _ => None,
    }
}

/// A part of a printed date.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Token {
    /// Its value and how many digits it is written with.
    Number(u32, usize),
    /// 1 to 12.
    Month(u32),
    /// Anything that no date has.
    Stranger,
}

/// Words that stand in dates and mean nothing: weekdays, articles, ordinals.
const FILLERS: [&str; 17] = [
    "de", "del", "den", "der", "le", "el", "il", "of", "the", "vom", "am", "dem", "st", "nd", "rd",
    "th", "er",
];
/// Weekdays of the six languages, without diacritics; their beginnings are their abbreviations.
const WEEKDAYS: [&str; 40] = [
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
    "montag",
    "dienstag",
    "mittwoch",
    "donnerstag",
    "freitag",
    "samstag",
    "sonnabend",
    "sonntag",
    "lundi",
    "mardi",
    "mercredi",
    "jeudi",
    "vendredi",
    "samedi",
    "dimanche",
    "lunes",
    "martes",
    "miercoles",
    "jueves",
    "viernes",
    "sabado",
    "domingo",
    "lunedi",
    "martedi",
    "mercoledi",
    "giovedi",
    "venerdi",
    "sabato",
    "domenica",
    "maandag",
    "dinsdag",
    "woensdag",
    "vrijdag",
];
/// Months of the six languages, without diacritics; a beginning of three letters or more that only one month has is its abbreviation.
const MONTHS: [&[&str]; 12] = [
    &[
        "january", "januar", "janner", "janvier", "enero", "gennaio", "januari",
    ],
    &[
        "february", "februar", "feber", "fevrier", "febrero", "febbraio", "februari",
    ],
    &[
        "march", "marz", "maerz", "mars", "marzo", "maart", "mrz", "mrt",
    ],
    &["april", "avril", "abril", "aprile"],
    &["may", "mai", "mayo", "maggio", "mei"],
    &["june", "juni", "juin", "junio", "giugno"],
    &["july", "juli", "juillet", "julio", "luglio"],
    &["august", "aout", "agosto", "augustus"],
    &[
        "september",
        "septembre",
        "septiembre",
        "setiembre",
        "settembre",
    ],
    &["october", "oktober", "octobre", "octubre", "ottobre"],
    &["november", "novembre", "noviembre"],
    &["december", "dezember", "decembre", "diciembre", "dicembre"],
];

fn tokens(folded: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut rest = folded;
    while let Some(first) = rest.chars().next() {
        let length = |is: fn(char) -> bool| rest.find(|c| !is(c)).unwrap_or(rest.len());
        let size = if first.is_ascii_digit() {
            length(|c| c.is_ascii_digit())
        } else if first.is_alphabetic() {
            length(char::is_alphabetic)
        } else {
            first.len_utf8()
        };
        let (token, behind) = rest.split_at_checked(size).unwrap_or((rest, ""));
        rest = behind;
        if first.is_ascii_digit() {
            tokens.push(
                token
                    .parse()
                    .map_or(Token::Stranger, |value| Token::Number(value, size)),
            );
        } else if first.is_alphabetic() {
            tokens.extend(word(token));
        } else if !matches!(first, '.' | '/' | '-' | ',' | ' ' | '\'' | 'º' | '°') {
            tokens.push(Token::Stranger);
        }
    }
    tokens
}

fn word(word: &str) -> Option<Token> {
    if FILLERS.contains(&word) {
        return None;
    }
    if let Some(month) = month(word) {
        return Some(Token::Month(month));
    }
    let is_weekday = word.len() >= 2 && WEEKDAYS.iter().any(|day| day.starts_with(word));
    (!is_weekday).then_some(Token::Stranger)
}

/// Whether a folded word names a month in one of the six languages, or begins one.
pub fn is_month(word: &str) -> bool {
    month(word).is_some()
}

fn month(word: &str) -> Option<u32> {
    let begins =
        |names: &[&str]| word.len() >= 3 && names.iter().any(|name| name.starts_with(word));
    let mut fitting = (1..).zip(MONTHS).filter(|(_, names)| begins(names));
    match (fitting.next(), fitting.next()) {
        (Some((number, _)), None) => Some(number),
        _ => None,
    }
}

/// (year, month, day) in every order the tokens allow.
fn candidates(tokens: &[Token], folded: &str) -> Vec<(u32, u32, u32)> {
    use Token::{Month, Number};
    match *tokens {
        [Number(year, 4), Number(month, 1 | 2), Number(day, 1 | 2)] => vec![(year, month, day)],
        // Digits in one piece are a date only when nothing else is there, and not as an amount would be written.
        [Number(whole, 8)] if folded.len() == 8 && whole / 10_000 <= LAST_SHORT_YEAR => {
            vec![(whole / 10_000, whole / 100 % 100, whole % 100)]
        }
        [
            Number(a, 1 | 2),
            Number(b, 1 | 2),
            Number(year, size @ (2 | 4)),
        ] if !folded.contains([' ', ','])
            || folded.contains('.')
            || size == 4 && has_two_signs(folded) =>
        {
            let year = full_year(year, size);
            if folded.contains('.') {
                vec![(year, b, a)]
            } else {
                vec![(year, b, a), (year, a, b)]
            }
        }
        [
            Number(day, 1 | 2),
            Month(month),
            Number(year, size @ (2 | 4)),
        ]
        | [
            Month(month),
            Number(day, 1 | 2),
            Number(year, size @ (2 | 4)),
        ] => {
            vec![(full_year(year, size), month, day)]
        }
        [Number(year, 4), Month(month), Number(day, 1 | 2)] => vec![(year, month, day)],
        _ => Vec::new(),
    }
}

/// A year written with two digits, or in one piece with its month and day, lies before this one: `20981003` and `98-10-03`
/// are rather numbers of something.
const LAST_SHORT_YEAR: u32 = 2059;

/// `22 / 11 / 2026`: the same stroke or dash twice, whatever stands around it.
fn has_two_signs(folded: &str) -> bool {
    let signs = folded.chars().filter(|c| !c.is_ascii_digit() && *c != ' ');
    matches!(signs.collect::<String>().as_str(), "//" | "--")
}

/// Two digits are of this century; `0012` is no year.
fn full_year(year: u32, size: usize) -> u32 {
    match (size, 2000 + year) {
        (2, year @ ..=LAST_SHORT_YEAR) => year,
        (2, _) => 0,
        _ => year,
    }
}

/// Business dates lie between 1990 and 2099; other years are numbers that look like a date.
fn build(year: u32, month: u32, day: u32) -> Option<Date> {
    let year = i16::try_from(year)
        .ok()
        .filter(|year| (1990..2100).contains(year))?;
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::basics::calendar::date;

    #[test]
    fn one_day_in_many_spellings() {
        let texts = [
            "2026-11-22",
            "22.11.2026",
            "22. 11. 2026",
            "22.11.26",
            "22/11/2026",
            "22-11-26",
            "11/22/2026",
            "20261122",
            "22 Nov 2026",
            "Nov. 22nd, 2026",
            "22. November 2026",
            "22 novembre 2026",
            "22 de noviembre de 2026",
            "22 november 2026",
            "Sonntag, den 22.11.2026",
            "Sunday, 22 November 2026",
            "domenica 22 novembre 2026",
            "22-Nov-26",
            "2026/11/22",
            "22. Nov '26",
            "22 / 11 / 2026",
            "22 - 11 - 2026",
        ];
        for text in texts {
            assert_eq!(readings(text), [date(2026, 11, 22)], "{text}");
        }
    }

    #[test]
    fn months_of_six_languages() {
        let cases = [
            ("1er août 2026", 8),
            ("1 März 2026", 3),
            ("1. Jänner 2026", 1),
            ("1 enero 2026", 1),
            ("1 gennaio 2026", 1),
            ("1 mei 2026", 5),
            ("1 maggio 2026", 5),
            ("1 mai 2026", 5),
            ("1 juin 2026", 6),
            ("1 juillet 2026", 7),
            ("1 giugno 2026", 6),
            ("1 luglio 2026", 7),
            ("1 maart 2026", 3),
            ("1 mrt 2026", 3),
            ("1 dicembre 2026", 12),
            ("1 Dez. 2026", 12),
            ("1 décembre 2026", 12),
            ("1 agosto 2026", 8),
            ("mardi 1 septembre 2026", 9),
            ("1 ottobre 2026", 10),
            ("1 février 2026", 2),
        ];
        for (text, month) in cases {
            assert_eq!(readings(text), [date(2026, month, 1)], "{text}");
        }
    }

    #[test]
    fn day_and_month_that_could_be_exchanged_give_two_readings() {
        assert_eq!(readings("03/04/2026"), [date(2026, 4, 3), date(2026, 3, 4)]);
        assert_eq!(readings("04/04/2026"), [date(2026, 4, 4)]);
        assert_eq!(readings("03.04.2026"), [date(2026, 4, 3)]);
        assert_eq!(single_reading("03/04/2026"), None);
    }

    #[test]
    fn what_is_no_date_has_no_reading() {
        for text in [
            "",
            "31.02.2026",
            "KW 48",
            "30 days",
            "12345678",
            "1.234,56",
            "22.11.",
            "RE-22-11-2026",
            "November 2026",
            "99/99/9999",
            "22.11.1826",
            "approved 22 2026",
            "1 jui 2026",
            "10 12 26",
            "10 / 12 / 26",
            "10 12 / 2026",
            "20981003",
            "98-10-03",
        ] {
            assert!(readings(text).is_empty(), "{text}: {:?}", readings(text));
        }
    }
}
