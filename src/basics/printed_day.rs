//! Days among the words that people write: what a date is read from, and where a sentence ends.

use super::calendar::{Date, add_days};

/// The longest printed day, in words: `Montag, den 7. Dezember 2026`.
const MAX_DAY_WORDS: usize = 6;

/// The plausible days the words begin with, and how many words they take: the longest text that reads counts. `readings` gives the days
/// a text can mean; a day without a year is the next one after it was `written_on`, and none is further away than so many days.
pub fn day_at(
    words: &[&str],
    (written_on, longest_days): (Date, i32),
    readings: impl Fn(&str) -> Vec<Date>,
) -> Option<(Vec<Date>, usize)> {
    if !words.first()?.contains(|c: char| c.is_ascii_alphanumeric()) {
        return None;
    }
    let lengths = (1..=MAX_DAY_WORDS.min(words.len())).rev();
    let (mut days, length) = lengths.into_iter().find_map(|length| {
        let printed = words.get(..length)?.join(" ");
        let printed = printed.trim_end_matches([',', ';', '!', '?', ')']);
        // A time of the day is no day.
        if printed.contains(':') || !printed.contains(|c: char| c.is_ascii_digit()) {
            return None;
        }
        let mut days = readings(printed.trim_end_matches('.'));
        if days.is_empty() && names_day_and_month(printed) {
            let years = [written_on.year(), written_on.year().saturating_add(1)];
            let with = |year: &i16| readings(&format!("{printed} {year}"));
            days = years.iter().flat_map(with).collect();
        }
        (!days.is_empty()).then_some((days, length))
    })?;
    let latest = add_days(written_on, longest_days);
    days.retain(|day| *day >= written_on && *day <= latest);
    days.sort_unstable();
    days.dedup();
    (!days.is_empty()).then_some((days, length))
}

/// `5.12.`, `5/12`, or a number beside a word: not `12.30`, which is a time.
fn names_day_and_month(printed: &str) -> bool {
    let has_word = printed
        .split(' ')
        .any(|word| word.chars().filter(|c| c.is_alphabetic()).count() > 2);
    let dots = printed.chars().filter(|c| *c == '.').count();
    has_word || dots >= 2 || printed.contains('/')
}

/// A word without the marks around it.
pub fn bare(word: &str) -> &str {
    word.trim_matches(|c: char| matches!(c, ',' | '.' | ';' | ':' | '!' | '?' | '(' | ')'))
}

/// A sentence ends with this word. `7.` is a day and no end.
pub fn ends_sentence(word: &str) -> bool {
    let is_number = word.contains(|c: char| c.is_ascii_digit());
    word.ends_with(['!', '?', ';']) || word.ends_with('.') && !is_number
}
