//! What an approver's answer says. Only a first line that is exactly one of the words decides; anything that leaves room for
//! doubt is a question or unclear, and then the request stays open.

use crate::basics::answer::below::{self, Below, until_farewell};
use crate::basics::answer::{DOUBT_WORDS, asks, has_word, is_ornament};
use crate::basics::text::{fold, one_line};
use crate::words;

words! {
    /// What an answer asks for. The spelling is the contract of the command line.
    pub enum Verb {
        /// Pay it.
        Approve = "approve",
        /// Do not pay it.
        Reject = "reject",
        /// Something has to be answered first.
        Question = "question",
        /// Somebody else shall decide.
        Delegate = "delegate",
        /// None of these for certain.
        Unclear = "unclear",
    }
}

/// An answer as understood.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Reply {
    /// What it asks for.
    pub verb: Verb,
    /// Why, on a rejection; who, on a delegation. One printable line; none when nothing was said.
    pub reason: Option<String>,
    /// The first line, printable; empty when nothing was written.
    pub first_line: String,
    /// Why it was understood this way.
    pub why: &'static str,
}

impl Reply {
    /// Whether it approves or rejects.
    pub fn is_decision(&self) -> bool {
        matches!(self.verb, Verb::Approve | Verb::Reject)
    }
}

/// What an answer lacks before it can count.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum AsksFor {
    /// One of the exact words.
    OneWord,
    /// Why the bill is rejected.
    Reason,
    /// Nothing: a question was asked and handed to a colleague.
    AnswerToQuestion,
}

/// The words that approve, folded: English, German, French, Spanish, Italian, Dutch. The first is proposed in letters.
pub const APPROVE_WORDS: &[&str] = &[
    "approve",
    "approved",
    "genehmigt",
    "freigegeben",
    "approuve",
    "approuvee",
    "aprobado",
    "aprobada",
    "approvato",
    "approvata",
    "akkoord",
    "goedgekeurd",
];
/// The words that reject, folded. A reason has to follow. The first is proposed in letters.
pub const REJECT_WORDS: &[&str] = &[
    "reject",
    "rejected",
    "abgelehnt",
    "refuse",
    "refusee",
    "rechazado",
    "rechazada",
    "respinto",
    "respinta",
    "afgewezen",
];
/// The words that hand the question on; a person arranges it.
const DELEGATE_WORDS: &[&str] = &[
    "delegate",
    "delegated",
    "delegiert",
    "delegiere",
    "delegue",
    "deleguer",
    "delegado",
    "delegar",
    "delegato",
    "delegare",
    "delegeer",
    "gedelegeerd",
    "forward to",
    "weiterleiten an",
];
/// Longer reasons are cut: they go into the audit trail and a letter.
const REASON_CHARS: usize = 500;
/// Longer first lines are cut where they are shown.
const FIRST_LINE_CHARS: usize = 200;

/// Understands what the sender wrote; `new_text` has neither quotes nor signature as far as those were recognised.
pub fn understand(new_text: &str) -> Reply {
    let mut lines = new_text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty());
    let first = lines.next().unwrap_or_default();
    let rest = lines.collect::<Vec<_>>();
    let reply = |verb, reason: Option<String>, why| Reply {
        verb,
        reason,
        first_line: one_line(first, FIRST_LINE_CHARS),
        why,
    };
    if first.is_empty() {
        return reply(Verb::Unclear, None, "nothing was written");
    }
    let plain = fold(first);
    let word = plain.trim_matches(is_ornament);
    if APPROVE_WORDS.contains(&word) {
        let (verb, why) = weigh_approval(&rest);
        return reply(verb, None, why);
    }
    if let Some((_, said)) = leading_word(first, REJECT_WORDS) {
        if !is_set_off(first, said) {
            let why = "it begins with the word that rejects and goes on as a sentence";
            return reply(Verb::Unclear, None, why);
        }
        let (verb, reason, why) = weigh_rejection(said, &rest);
        return reply(verb, reason, why);
    }
    if let Some((_, whom)) = leading_word(first, DELEGATE_WORDS) {
        let whom = one_line(whom.trim_matches(is_ornament), REASON_CHARS);
        return reply(
            Verb::Delegate,
            Some(whom).filter(|whom| !whom.is_empty()),
            "it hands the question on",
        );
    }
    if new_text.lines().any(asks) {
        return reply(Verb::Question, None, "it asks something");
    }
    reply(Verb::Unclear, None, "its first line is none of the words")
}

/// Understands a mail that says the same thing twice, as text and as HTML: where the two begin differently and would decide
/// differently, nothing is decided. What follows an equal first line may differ: mail programs lay out signatures and
/// quotes otherwise in HTML, and the text part is the one whose quotes are marked.
pub fn understand_both(text: &str, html: Option<&str>) -> Reply {
    let reply = understand(text);
    let other = html.map(understand);
    match other {
        Some(other)
            if other.verb != reply.verb && fold(&other.first_line) != fold(&reply.first_line) =>
        {
            Reply {
                verb: Verb::Unclear,
                reason: None,
                why: "its text and its HTML part say different things",
                ..reply
            }
        }
        _ => reply,
    }
}

/// Below the word only a farewell and a signature may stand. Whatever else is written there is for a person to read.
fn weigh_approval(rest: &[&str]) -> (Verb, &'static str) {
    if rest.iter().any(|line| is_exactly(line, REJECT_WORDS)) {
        return (Verb::Unclear, "it says both words");
    }
    match below::read(rest, REJECT_WORDS) {
        Below::Asks => (Verb::Question, "it approves and asks something"),
        Below::Doubts => (Verb::Unclear, "it approves under a condition"),
        Below::Says => (Verb::Unclear, "it says more than the word that approves"),
        Below::Nothing => (Verb::Approve, "its first line is the word that approves"),
    }
}

fn weigh_rejection(said: &str, rest: &[&str]) -> (Verb, Option<String>, &'static str) {
    let both =
        has_word(said, APPROVE_WORDS) || rest.iter().any(|line| is_exactly(line, APPROVE_WORDS));
    if both {
        return (Verb::Unclear, None, "it says both words");
    }
    let same_line = said.trim().trim_matches(is_ornament);
    if asks(same_line) {
        return (Verb::Question, None, "it asks whether to reject");
    }
    let conditional = fold(same_line);
    let starts = conditional.split_whitespace().next().unwrap_or_default();
    if CONDITIONS.contains(&starts) {
        return (Verb::Unclear, None, "it rejects under a condition");
    }
    if has_word(same_line, CONSENT_WORDS) && !has_word(same_line, NEGATIONS) {
        return (Verb::Unclear, None, "it rejects and says that it agrees");
    }
    let mut reason = vec![same_line];
    reason.extend(until_farewell(rest));
    let reason = one_line(reason.join(" ").trim(), REASON_CHARS);
    let reason = Some(reason).filter(|reason| reason.chars().any(char::is_alphanumeric));
    (
        Verb::Reject,
        reason,
        "its first line begins with the word that rejects",
    )
}

/// Does what follows the word on its line begin as a reason does, behind a mark? Without one the line may be a sentence that
/// only begins so: “Rejected items are credited, pay this.” In capitals, as our letters propose it, the word stands by itself,
/// as long as nothing behind it takes it back.
fn is_set_off(line: &str, said: &str) -> bool {
    let word = line.strip_suffix(said).unwrap_or(line);
    let rest = said.trim_start_matches(['*', '_', '"', '\'', '“', '”', '»']);
    let behind_a_mark = match rest.strip_prefix('-') {
        // A compound: “reject-items”.
        Some(more) => !more.starts_with(char::is_alphanumeric),
        None => {
            let rest = rest.trim_start();
            rest.is_empty()
                || rest.starts_with([':', ',', ';', '.', '!', '?', '-', '–', '—', '(', '['])
        }
    };
    let is_capital = word.chars().any(char::is_uppercase) && !word.chars().any(char::is_lowercase);
    let gives_a_reason = fold(rest)
        .split_whitespace()
        .next()
        .is_some_and(|word| BECAUSE_WORDS.contains(&word));
    let stands_alone = is_capital && !has_word(rest, DOUBT_WORDS);
    behind_a_mark || rest.starts_with(char::is_whitespace) && (gives_a_reason || stands_alone)
}

/// What a reason begins with, folded.
const BECAUSE_WORDS: &[&str] = &[
    "because", "due", "weil", "wegen", "parce", "porque", "perche", "omdat", "wegens",
];

/// What says that a bill may be paid, folded; in a reason it leaves room for doubt.
const CONSENT_WORDS: &[&str] = &[
    "fine",
    "ok",
    "okay",
    "passt",
    "einverstanden",
    "d'accord",
    "conforme",
];
/// What takes that back, folded: “not ok”, “passt nicht”.
const NEGATIONS: &[&str] = &[
    "not", "isn't", "nicht", "kein", "keine", "pas", "no", "non", "niet", "geen",
];

/// A rejection that begins so is none yet.
const CONDITIONS: &[&str] = &[
    "if", "unless", "only", "when", "wenn", "falls", "sofern", "nur", "si", "sauf", "salvo", "se",
    "als", "mits", "tenzij",
];

/// The word a line begins with, folded, and what follows it.
fn leading_word<'l>(line: &'l str, words: &[&'static str]) -> Option<(&'static str, &'l str)> {
    let line = line.trim_start_matches(is_ornament);
    words.iter().copied().find_map(|word| {
        // Folding may change the number of characters, so the cut is looked for where the folded head is the word.
        let ends = line.char_indices().map(|(at, c)| at + c.len_utf8());
        let end = ends.take(MAX_WORD_CHARS).find(|end| {
            let after = line.get(*end..).and_then(|rest| rest.chars().next());
            let whole = after.is_none_or(|c| !c.is_alphanumeric() && c != '\'' && !is_mark(c));
            whole && line.get(..*end).is_some_and(|head| fold(head) == word)
        })?;
        line.get(end..).map(|rest| (word, rest))
    })
}

/// Longer than any of the words, even spelled with combining marks.
const MAX_WORD_CHARS: usize = 40;

fn is_mark(c: char) -> bool {
    unicode_normalization::char::is_combining_mark(c)
}

fn is_exactly(line: &str, words: &[&str]) -> bool {
    let plain = fold(line);
    words.contains(&plain.trim_matches(is_ornament))
}

#[cfg(test)]
mod tests;
