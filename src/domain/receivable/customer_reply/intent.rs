//! What a customer's answer says (DOMAIN 6.5), in English, German, French, Spanish, Italian and Dutch. Only an answer that says one thing
//! beyond doubt is understood; the sentence stays as evidence. Whatever leaves a doubt is read by a person, who is told what it seems to say.

pub use super::cues::Intent;

use super::amounts::amounts;
use super::cues::CUES;
use super::promised_day::promised_day;
use super::sentence::{Sentence, is_negation, sentences};
use crate::basics::answer::below::{self, Below, until_farewell};
use crate::basics::calendar::Date;
use crate::basics::printed_day::bare;
use crate::basics::text::fold;

/// More is a letter, and says more than one thing.
const MAX_CHARS: usize = 1_000;
/// Most words of a line that greets.
const MAX_GREETING_WORDS: usize = 8;

/// An answer as understood.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Understood {
    /// It promises payment by this day, and nothing else.
    Promise {
        /// By when, at the latest.
        day: Date,
        /// The digits of the amounts it names.
        amounts: Vec<String>,
        /// As it was written.
        sentence: String,
    },
    /// It says that something is not accepted, and explains that at most.
    Dispute {
        /// As it was written.
        sentence: String,
    },
    /// A person reads it; what it may say, in the order of the text.
    Unsure(Vec<Intent>),
}

/// What the answer says. `readings` gives the days a text can mean.
pub fn understand(
    text: &str,
    written_on: Date,
    readings: impl Fn(&str) -> Vec<Date>,
) -> Understood {
    let said = said(text);
    let lines = text.lines().map(str::trim).collect::<Vec<_>>();
    let own = until_farewell(&lines);
    let rest = lines.get(own.len()..).unwrap_or_default().iter();
    let rest = rest.filter(|line| !line.is_empty()).copied();
    let below = below::read(&rest.collect::<Vec<_>>(), &[]);
    let own = sentences(own.into_iter().filter(|line| !is_greeting(line)));
    let (speaking, others): (Vec<_>, Vec<_>) = own
        .iter()
        .partition(|sentence| !sentence.intents().is_empty());
    let is_short = text.chars().count() <= MAX_CHARS;
    let ([intent], [sentence], true) = (said.as_slice(), speaking.as_slice(), is_short) else {
        return Understood::Unsure(said);
    };
    let says_more = below != Below::Nothing || others.iter().any(|other| !other.is_polite());
    let is_explained = matches!(below, Below::Nothing | Below::Says);
    let written = sentence.written.clone();
    match intent {
        Intent::Promise if !says_more && !sentence.is_doubtful() => {
            match promised_day(&sentence.words, written_on, readings) {
                Some(day) => Understood::Promise {
                    day,
                    amounts: amounts(sentence),
                    sentence: written,
                },
                None => Understood::Unsure(said),
            }
        }
        // What else is said explains it; a question or a condition may be an offer.
        Intent::Dispute
            if is_explained && !sentence.is_conditional() && !denies_dispute(sentence) =>
        {
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

/// Everything the whole text may say, small print included, in its order.
fn said(text: &str) -> Vec<Intent> {
    let mut said: Vec<Intent> = Vec::new();
    for intent in sentences(text.lines()).iter().flat_map(Sentence::intents) {
        if !said.contains(&intent) {
            said.push(intent);
        }
    }
    said
}

/// It says that there is nothing to complain of: `no complaint`, where the cue itself denies nothing.
fn denies_dispute(sentence: &Sentence) -> bool {
    let mut cues = CUES
        .intents()
        .filter(|(intent, _)| *intent == Intent::Dispute);
    let is_in_cue = cues.any(|(_, cues)| {
        let mut held = cues.iter().filter(|cue| sentence.holds(cue));
        held.any(|cue| cue.split(' ').any(is_negation))
    });
    !is_in_cue && sentence.denies()
}

/// It only greets: nothing follows a comma, and nothing in it denies or depends.
fn is_greeting(line: &str) -> bool {
    let folded = fold(line);
    let words: Vec<&str> = folded.split(' ').map(bare).collect();
    let first = words.first().copied().unwrap_or_default();
    let is_doubt = |word: &&str| is_negation(word) || CUES.conditions.contains(word);
    let goes_on = line
        .trim_end_matches(',')
        .contains(['.', ',', ':', ';', '?']);
    words.len() <= MAX_GREETING_WORDS
        && !goes_on
        && CUES.greetings.contains(&first)
        && !words.iter().any(is_doubt)
}

#[cfg(test)]
mod tests;
