//! What a customer's answer says (DOMAIN 6.5), in English, German, French, Spanish, Italian and Dutch. Only an answer that says one thing
//! and nothing else is understood; the sentence stays as evidence. Whatever leaves a doubt is read by a person, who is told what it seems to say.

use super::cues::CUES;
pub use super::cues::Intent;
use super::promised_day::promised_day;
use crate::basics::calendar::Date;
use crate::basics::printed_day::{bare, ends_sentence};
use crate::basics::text::fold;
use crate::domain::receivable::OpenInvoice;

/// More is a letter, and says more than one thing.
const MAX_CHARS: usize = 1_000;
/// Between the words of a cue: `wir haben den Betrag heute überwiesen`.
const MAX_GAP: usize = 6;

/// An answer as understood.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Understood {
    /// It promises payment by this day, and nothing else.
    Promise {
        /// By when, at the latest.
        day: Date,
        /// As it was written.
        sentence: String,
    },
    /// It says why something is not accepted, and nothing else.
    Dispute {
        /// As it was written.
        sentence: String,
    },
    /// A person reads it; what it may say, in the order of the text.
    Unsure(Vec<Intent>),
}

/// A sentence as it was written and folded.
struct Sentence {
    written: String,
    words: Vec<String>,
}

/// What the answer says of these invoices. `readings` gives the days a text can mean.
pub fn understand(
    text: &str,
    invoices: &[&OpenInvoice],
    written_on: Date,
    readings: impl Fn(&str) -> Vec<Date>,
) -> Understood {
    let all = sentences(text.lines());
    let mut said: Vec<Intent> = Vec::new();
    for intent in all.iter().flat_map(intents) {
        if !said.contains(&intent) {
            said.push(intent);
        }
    }
    let is_short = text.chars().count() <= MAX_CHARS;
    let own = text.lines().take_while(|line| !is_farewell(line));
    let own = sentences(own.filter(|line| !is_greeting(line)));
    let (speaking, others): (Vec<_>, Vec<_>) = own
        .iter()
        .partition(|sentence| !intents(sentence).is_empty());
    let ([intent], [sentence], true) = (said.as_slice(), speaking.as_slice(), is_short) else {
        return Understood::Unsure(said);
    };
    let says_more = others.iter().any(|other| !is_polite(other));
    let written = sentence.written.clone();
    match intent {
        Intent::Promise if !says_more && !is_doubtful(sentence) => {
            match promised_day(&sentence.words, written_on, readings) {
                Some(day) if is_of_whole_amount(sentence, invoices) => Understood::Promise {
                    day,
                    sentence: written,
                },
                Some(_) | None => Understood::Unsure(said),
            }
        }
        // What else is said explains it; a question or a condition may be an offer.
        Intent::Dispute if !is_conditional(sentence) && !denies_dispute(sentence) => {
            Understood::Dispute { sentence: written }
        }
        Intent::Promise
        | Intent::Dispute
        | Intent::Paid
        | Intent::Copy
        | Intent::WrongContact
        | Intent::PaymentPlan
        | Intent::BankDetails
        | Intent::Legal => Understood::Unsure(said),
    }
}

/// The sentences of these lines. A line break ends none: people and programs break lines anywhere; an empty line does.
fn sentences<'l>(lines: impl Iterator<Item = &'l str>) -> Vec<Sentence> {
    let mut found = Vec::new();
    let mut open: Vec<&str> = Vec::new();
    for line in lines {
        let words = line.split_whitespace();
        for word in words {
            open.push(word);
            if ends_sentence(word) {
                found.extend(sentence(&mut open));
            }
        }
        if line.trim().is_empty() {
            found.extend(sentence(&mut open));
        }
    }
    found.extend(sentence(&mut open));
    found
}

fn sentence(open: &mut Vec<&str>) -> Option<Sentence> {
    let written = std::mem::take(open).join(" ");
    let folded = fold(&written).replace(['\u{2019}', '\u{2018}'], "'");
    let words = folded.split(' ').map(str::to_owned);
    let words: Vec<String> = words.filter(|word| !word.is_empty()).collect();
    (!words.is_empty()).then_some(Sentence { written, words })
}

/// Everything the sentence may say.
fn intents(sentence: &Sentence) -> Vec<Intent> {
    let found = CUES.intents().filter(|(_, cues)| {
        let mut cues = cues.iter();
        cues.any(|cue| holds(&sentence.words, cue))
    });
    found.map(|(intent, _)| intent).collect()
}

/// The words of the cue follow each other; behind `..` others may come between. `contest*` begins a word.
fn holds(words: &[String], cue: &str) -> bool {
    let starts = 0..words.len();
    starts.into_iter().any(|start| {
        let mut rest = words.get(start..).unwrap_or_default();
        let mut gap = 0;
        for wanted in cue.split(' ') {
            if wanted == ".." {
                gap = MAX_GAP;
                continue;
            }
            let mut near = rest.iter().take(gap + 1);
            let Some(place) = near.position(|word| is_word(bare(word), wanted)) else {
                return false;
            };
            rest = rest.get(place + 1..).unwrap_or_default();
            gap = 0;
        }
        true
    })
}

fn is_word(word: &str, wanted: &str) -> bool {
    match wanted.strip_suffix('*') {
        Some(beginning) => word.starts_with(beginning),
        None => word == wanted,
    }
}

fn has(sentence: &Sentence, words: &[&str]) -> bool {
    let mut own = sentence.words.iter();
    own.any(|word| words.contains(&bare(word)))
}

/// It asks, denies, or depends on something: no promise.
fn is_doubtful(sentence: &Sentence) -> bool {
    let denies = |word: &String| word.ends_with("n't") || CUES.negations.contains(&bare(word));
    is_conditional(sentence) || sentence.words.iter().any(denies)
}

fn is_conditional(sentence: &Sentence) -> bool {
    sentence.written.contains('?') || has(sentence, &CUES.conditions)
}

/// An amount in it is that of all these invoices: half of it is another promise.
fn is_of_whole_amount(sentence: &Sentence, invoices: &[&OpenInvoice]) -> bool {
    let open = invoices.iter().map(|open| open.balance.minor());
    let total = open.sum::<i64>().to_string();
    let mut amounts = sentence.words.iter().filter_map(|word| amount(bare(word)));
    amounts.all(|digits| digits == total || format!("{digits}00") == total)
}

/// The digits of `1.284,00`, `€535.00`, `1'284` or `1284`; none of a day, a year, or a number with letters in it.
fn amount(word: &str) -> Option<String> {
    let number = word.trim_matches(|c: char| "€$£-".contains(c));
    let parts: Vec<&str> = number.split(['.', ',', '\'']).collect();
    let are_digits = parts
        .iter()
        .all(|part| part.chars().all(|c| c.is_ascii_digit()));
    let digits = parts.concat();
    let is_year = parts.len() == 1 && digits.len() == 4 && digits.starts_with("20");
    let value = |part: &&str| part.parse::<u32>().unwrap_or(u32::MAX);
    // `27.11.` and `27.11.26`; an amount with a day's digits is only looked at less closely.
    let is_day = match parts.as_slice() {
        [day, month] => value(day) <= 31 && month.len() <= 2 && value(month) <= 12,
        [day, month, year] => value(day) <= 31 && value(month) <= 12 && year.len() != 3,
        _ => false,
    };
    let is_amount = are_digits && digits.len() >= 3 && !is_year && !is_day;
    is_amount.then_some(digits)
}

/// It says that there is nothing to complain of: `no complaint`, where the cue itself denies nothing.
fn denies_dispute(sentence: &Sentence) -> bool {
    let denies = |word: &str| word.ends_with("n't") || CUES.negations.contains(&word);
    let mut cues = CUES
        .intents()
        .filter(|(intent, _)| *intent == Intent::Dispute);
    let is_in_cue = cues.any(|(_, cues)| {
        let mut held = cues.iter().filter(|cue| holds(&sentence.words, cue));
        held.any(|cue| cue.split(' ').any(denies))
    });
    !is_in_cue && sentence.words.iter().any(|word| denies(bare(word)))
}

fn is_greeting(line: &str) -> bool {
    let folded = fold(line);
    let words: Vec<&str> = folded.split(' ').collect();
    let first = words.first().copied().unwrap_or_default();
    words.len() <= 8 && !line.contains('.') && CUES.greetings.contains(&bare(first))
}

/// What stands below is a name, a title and small print.
fn is_farewell(line: &str) -> bool {
    let folded = fold(line);
    let words = folded.split(' ').count();
    words <= 5
        && CUES
            .farewells
            .iter()
            .any(|farewell| folded.starts_with(farewell))
}

fn is_polite(sentence: &Sentence) -> bool {
    let said: Vec<&str> = sentence.words.iter().map(|word| bare(word)).collect();
    let said = said.join(" ");
    CUES.polite.contains(&said.as_str())
}

#[cfg(test)]
mod tests;
