//! The sentences of an answer, and what each may say by its words.

use super::cues::{CUES, Intent};
use crate::basics::printed_day::{bare, ends_sentence};
use crate::basics::text::fold;

/// Between the words of a cue: `wir haben den Betrag heute überwiesen`.
const MAX_GAP: usize = 6;

/// A sentence as it was written, and its words folded.
pub(super) struct Sentence {
    pub(super) written: String,
    pub(super) words: Vec<String>,
}

/// The sentences of these lines. A line break ends none: people and programs break lines anywhere; an empty line does.
pub(super) fn sentences<'l>(lines: impl Iterator<Item = &'l str>) -> Vec<Sentence> {
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

impl Sentence {
    /// Everything it may say.
    pub(super) fn intents(&self) -> Vec<Intent> {
        let found = CUES.intents().filter(|(_, cues)| {
            let mut cues = cues.iter();
            cues.any(|cue| self.holds(cue))
        });
        found.map(|(intent, _)| intent).collect()
    }

    /// The words of the cue follow each other; behind `..` others may come between. `contest*` begins a word.
    pub(super) fn holds(&self, cue: &str) -> bool {
        let mut starts = 0..self.words.len();
        starts.any(|start| begins_with(self.words.get(start..).unwrap_or_default(), cue))
    }

    /// It asks, denies, or depends on something: no promise.
    pub(super) fn is_doubtful(&self) -> bool {
        self.is_conditional() || self.denies()
    }

    /// It says the contrary of something, or that only a part is so.
    pub(super) fn denies(&self) -> bool {
        self.words.iter().any(|word| is_negation(bare(word)))
    }

    /// It asks or depends on something.
    pub(super) fn is_conditional(&self) -> bool {
        let depends = |word: &String| CUES.conditions.contains(&bare(word));
        self.written.contains('?') || self.words.iter().any(depends)
    }

    /// It says nothing.
    pub(super) fn is_polite(&self) -> bool {
        let said: Vec<&str> = self.words.iter().map(|word| bare(word)).collect();
        CUES.polite.contains(&said.join(" ").as_str())
    }
}

/// `not`, `isn't`.
pub(super) fn is_negation(word: &str) -> bool {
    word.ends_with("n't") || CUES.negations.contains(&word)
}

fn begins_with(words: &[String], cue: &str) -> bool {
    let mut rest = words;
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
}

fn is_word(word: &str, wanted: &str) -> bool {
    match wanted.strip_suffix('*') {
        Some(beginning) => word.starts_with(beginning),
        None => word == wanted,
    }
}
