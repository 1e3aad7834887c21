//! Until when an approver is away, as an absence notice tells it: kept so that somebody else can be asked. A notice that leaves any
//! doubt about the day is not kept.

use crate::basics::address::MailAddress;
use crate::basics::calendar::{Date, Timestamp};
use crate::basics::ids::MessageId;
use crate::basics::printed_day::{bare, day_at, ends_sentence};
use crate::basics::text::fold;

/// Absences that last longer are told otherwise than by a notice; a day further away is another one.
const LONGEST_DAYS: i32 = 183;
/// Words of a notice that are looked at: it says it first.
const MAX_WORDS: usize = 400;
/// Words between what announces a day and the day: `back in the office on`, `wieder im Büro ab`.
const MAX_BETWEEN: usize = 6;

/// An approver who is away.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Absence {
    /// Who.
    pub approver: MailAddress,
    /// The day from which on the approver is back at the earliest.
    pub back_on: Date,
    /// The notice.
    pub message: MessageId,
    /// When we learned it.
    pub noted_at: Timestamp,
}

/// What comes before the day somebody is back, folded.
const BACK: &[&str] = &[
    "back",
    "return",
    "returning",
    "returns",
    "wieder",
    "zuruck",
    "retour",
    "reviens",
    "reviendrai",
    "regreso",
    "regresare",
    "vuelvo",
    "volvere",
    "vuelta",
    "reincorporare",
    "rientro",
    "rientrero",
    "ritorno",
    "tornero",
    "terug",
    "weer",
];
/// Before the day somebody is back, when the sentence goes on with one of [`BACK`]: `ab dem 7. Dezember wieder`.
const FROM: &[&str] = &[
    "from", "on", "ab", "am", "du", "le", "desde", "el", "dal", "il", "vanaf", "op",
];
/// What comes before the last day of an absence.
const UNTIL: &[&str] = &[
    "until",
    "till",
    "through",
    "bis",
    "jusqu'au",
    "jusqu\u{2019}au",
    "hasta",
    "fino",
    "tot",
    "t/m",
];
/// Between the first and the last day of an absence.
const RANGE: &[&str] = &[
    "to", "-", "\u{2013}", "bis", "zum", "au", "al", "tot", "t/m", "until",
];

/// The one day on which the writer of a notice says to be back, at the earliest. `readings` gives the days a text can mean;
/// a day without a year is the next one after the notice was `written_on`.
pub fn back_on(text: &str, written_on: Date, readings: impl Fn(&str) -> Vec<Date>) -> Option<Date> {
    let folded = fold(text);
    let words = folded.split(' ').take(MAX_WORDS).collect::<Vec<_>>();
    let window = (written_on, LONGEST_DAYS);
    let day = |at: usize| day_at(words.get(at..).unwrap_or_default(), window, &readings);
    let (mut back, mut until) = (Vec::new(), Vec::new());
    for (at, word) in words.iter().enumerate() {
        let word = bare(word);
        let behind = at.saturating_add(1);
        if BACK.contains(&word) {
            back.extend(day_after(&words, behind, day));
        } else if UNTIL.contains(&word) {
            until.extend(day_after(&words, behind, day));
        } else if RANGE.contains(&word) && ends_in_day(words.get(..at).unwrap_or_default()) {
            until.extend(day(behind).map(|(days, _)| days));
        }
        if FROM.contains(&word)
            && let Some((days, length)) = skip_article(&words, behind, day)
            && goes_on_with_back(&words, behind.saturating_add(length))
        {
            back.push(days);
        }
    }
    sure(&back).or_else(|| back.is_empty().then(|| sure(&until)).flatten())
}

/// The day all mentions agree on; each may mean several.
fn sure(mentions: &[Vec<Date>]) -> Option<Date> {
    let mut mentions = mentions.iter();
    let first = mentions.next()?;
    let [only] = first.as_slice() else {
        return None;
    };
    mentions.all(|other| other == first).then_some(*only)
}

/// The day behind what announces it, in the same sentence.
fn day_after(
    words: &[&str],
    from: usize,
    day: impl Fn(usize) -> Option<(Vec<Date>, usize)>,
) -> Option<Vec<Date>> {
    for at in (from..words.len()).take(MAX_BETWEEN.saturating_add(1)) {
        if let Some((days, _)) = day(at) {
            return Some(days);
        }
        if words.get(at).is_none_or(|word| ends_sentence(word)) {
            return None;
        }
    }
    None
}

/// A day, with or without an article before it.
fn skip_article(
    words: &[&str],
    from: usize,
    day: impl Fn(usize) -> Option<(Vec<Date>, usize)>,
) -> Option<(Vec<Date>, usize)> {
    let second = || {
        let is_article = words
            .get(from)
            .is_some_and(|word| matches!(*word, "the" | "dem" | "den"));
        let (days, length) = day(from.saturating_add(1)).filter(|_| is_article)?;
        Some((days, length.saturating_add(1)))
    };
    day(from).or_else(second)
}

/// The sentence says behind the day that the writer is back.
fn goes_on_with_back(words: &[&str], from: usize) -> bool {
    let before = words.get(from.saturating_sub(1));
    let ended = before.is_some_and(|word| word.ends_with(['!', '?', ';']));
    let rest = words.get(from..).unwrap_or_default();
    let rest = rest.iter().take(MAX_BETWEEN);
    !ended && rest.clone().any(|word| BACK.contains(&bare(word)))
}

/// A number or the name of a month stands there, as at the end of a printed day.
fn ends_in_day(words: &[&str]) -> bool {
    let last = words.iter().rev().take(2);
    last.into_iter()
        .any(|word| word.contains(|c: char| c.is_ascii_digit()))
}
