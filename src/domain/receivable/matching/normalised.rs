//! By the number as people type it: other separators or none, zeros dropped, our letters in front left away.

use std::collections::BTreeSet;

use crate::basics::number_key::NumberKey;
use crate::basics::text::{fold, squash};
use crate::domain::receivable::CustomerInvoice;

/// Shorter than this a looser spelling means nothing: `26` is in every text.
const SHORTEST: usize = 4;
/// A number has at most this many groups; more words in a row are prose.
const MOST_GROUPS: usize = 6;
/// Remittance information is 140 characters in SEPA; what several free-text fields of other banks hold fits as well.
const MOST_WORDS: usize = 400;

/// Same number in another spelling. Other letters in front are another number: `RE-100` is not `MR-100`.
pub(super) fn is_meant(written: &str, invoice: &CustomerInvoice) -> bool {
    let typed = spellings(written);
    let without_our_prefix = without_prefix(&invoice.number).is_some_and(|tail| {
        starts_with_digit(written) && spellings(&tail).iter().any(|s| typed.contains(s))
    });
    without_our_prefix || spellings(&invoice.number).iter().any(|s| typed.contains(s))
}

/// Every run of words of a text, joined: what a number split by blanks, slashes or a bank's line breaks can be.
pub(super) struct Runs {
    all: BTreeSet<String>,
    /// Their last characters.
    ends: BTreeSet<char>,
}

impl Runs {
    pub(super) fn of(text: &str) -> Self {
        let folded = without_amounts(&fold(text));
        let mut runs = BTreeSet::new();
        // A bar cuts a text in two: no number runs across it.
        for piece in folded.split('|') {
            let words: Vec<&str> = piece
                .split(|c: char| !c.is_alphanumeric())
                .filter(|word| !word.is_empty())
                .take(MOST_WORDS)
                .collect();
            for start in 0..words.len() {
                let rest = words.get(start..).unwrap_or_default();
                for length in 1..=rest.len().min(MOST_GROUPS) {
                    let run = rest.get(..length).unwrap_or_default().join("-");
                    runs.extend(spellings(&run));
                }
            }
        }
        let ends = runs.iter().filter_map(|run| run.chars().next_back());
        Self {
            ends: ends.collect(),
            all: runs,
        }
    }

    pub(super) fn contain(&self, squashed: &str) -> bool {
        self.all.contains(squashed)
    }

    /// The text names this invoice in some spelling.
    pub(super) fn name(&self, invoice: &CustomerInvoice) -> bool {
        if !self.may_end_as(&invoice.number) {
            return false;
        }
        let tail = without_prefix(&invoice.number);
        let known = [Some(invoice.number.as_str()), tail.as_deref()];
        let mut all = known.into_iter().flatten().flat_map(spellings);
        all.any(|spelling| self.all.contains(&spelling))
    }

    /// Whatever is left away of a number, its last letter or digit stays in every spelling: most of many invoices are ruled out by it.
    fn may_end_as(&self, number: &str) -> bool {
        let last = number.chars().rfind(char::is_ascii_alphanumeric);
        let is_there = |last: char| self.ends.contains(&last.to_ascii_lowercase());
        !number.is_ascii() || last.is_some_and(is_there)
    }
}

/// The folded text with a bar for every amount with cents: `200.77` is money, and neither it nor what it would be with the
/// words beside it is a number of ours.
fn without_amounts(folded: &str) -> String {
    let mut kept = String::with_capacity(folded.len());
    let mut rest = folded;
    while let Some(start) = rest.find(|c: char| c.is_ascii_digit()) {
        let (before, from) = rest.split_at(start);
        let end = from.find(|c: char| !is_of_amount(c)).unwrap_or(from.len());
        let (figures, after) = from.split_at(end);
        let touched = before.ends_with(|c: char| c.is_alphanumeric() || matches!(c, '-' | '/'))
            || after
                .strip_prefix(['-', '/'])
                .is_some_and(|more| more.starts_with(char::is_alphanumeric));
        kept.push_str(before);
        kept.push_str(if !touched && has_cents(figures) {
            " | "
        } else {
            figures
        });
        rest = after;
    }
    kept.push_str(rest);
    kept
}

fn is_of_amount(c: char) -> bool {
    c.is_ascii_digit() || matches!(c, '.' | ',' | '\'')
}

/// Two digits behind the last mark, and nothing but groups of three between that and the first one.
fn has_cents(figures: &str) -> bool {
    let trimmed = figures.trim_end_matches(['.', ',']);
    let mut groups = trimmed.rsplit(['.', ',', '\'']);
    let cents = groups.next().is_some_and(|cents| cents.len() == 2);
    let groups: Vec<&str> = groups.collect();
    let grouped = groups.iter().rev().skip(1).all(|group| group.len() == 3);
    cents && !groups.is_empty() && grouped
}

/// With zeros, for who types the separators away, and without them; lower case.
fn spellings(number: &str) -> Vec<String> {
    let forms = [
        squash(number),
        NumberKey::of(number).as_str().to_lowercase(),
    ];
    let long_enough = forms.into_iter().filter(|s| s.chars().count() >= SHORTEST);
    long_enough
        .filter(|s| s.contains(|c: char| c.is_ascii_digit()))
        .collect()
}

/// `2026-1047` of `MR-2026-1047`; `None` when the number has no letters in front.
fn without_prefix(number: &str) -> Option<String> {
    let tail = number.trim_start_matches(|c: char| !c.is_ascii_digit());
    (tail.len() < number.len()).then(|| tail.to_owned())
}

fn starts_with_digit(written: &str) -> bool {
    written.trim().starts_with(|c: char| c.is_ascii_digit())
}
