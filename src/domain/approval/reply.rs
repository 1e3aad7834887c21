//! What an approver's answer says. Only a first line that is exactly one of the words decides; anything that leaves room for
//! doubt is a question or unclear, and then the request stays open.

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
/// Words that make an approval conditional or take it back, folded.
const DOUBT_WORDS: &[&str] = &[
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
    "si",
    "mais",
    "sauf",
    "seulement",
    "pas",
    "pero",
    "salvo",
    "solo",
    "no",
    "espera",
    "se",
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
];
/// Lines that begin a farewell: what stands below is no part of the answer. Folded; a line counts when it is one of them
/// or begins with one and no letter follows.
const FAREWELLS: &[&str] = &[
    "best",
    "best regards",
    "kind regards",
    "regards",
    "warm regards",
    "many thanks",
    "thanks",
    "thank you",
    "cheers",
    "yours",
    "sincerely",
    "sent from",
    "get outlook",
    "mit freundlichen",
    "mit freundlichem",
    "mit besten",
    "freundliche",
    "viele",
    "beste",
    "liebe",
    "schone",
    "gruß",
    "gruss",
    "gruße",
    "grusse",
    "danke",
    "vielen dank",
    "von meinem",
    "gesendet",
    "mfg",
    "vg",
    "lg",
    "cordialement",
    "bien a vous",
    "bien cordialement",
    "merci",
    "salutations",
    "envoye de",
    "envoye depuis",
    "saludos",
    "un saludo",
    "atentamente",
    "gracias",
    "enviado desde",
    "cordiali saluti",
    "distinti saluti",
    "saluti",
    "grazie",
    "inviato da",
    "met vriendelijke",
    "vriendelijke",
    "groet",
    "groeten",
    "bedankt",
    "verzonden",
    "verstuurd",
    "mvg",
    "--",
    "__",
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
    if new_text.contains(['?', '¿', '？']) {
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

fn weigh_approval(rest: &[&str]) -> (Verb, &'static str) {
    if rest.iter().any(|line| is_exactly(line, REJECT_WORDS)) {
        return (Verb::Unclear, "it says both words");
    }
    // The farewell itself is looked at: "thanks, but only after delivery" is a condition.
    let looked_at = until_farewell(rest).len() + 1;
    let body = rest.get(..looked_at).unwrap_or(rest);
    if body.iter().any(|line| line.contains(['?', '¿', '？'])) {
        return (Verb::Question, "it approves and asks something");
    }
    if body
        .iter()
        .any(|line| has_word(line, DOUBT_WORDS) || has_word(line, REJECT_WORDS))
    {
        return (Verb::Unclear, "it approves under a condition");
    }
    (Verb::Approve, "its first line is the word that approves")
}

fn weigh_rejection(said: &str, rest: &[&str]) -> (Verb, Option<String>, &'static str) {
    let both =
        has_word(said, APPROVE_WORDS) || rest.iter().any(|line| is_exactly(line, APPROVE_WORDS));
    if both {
        return (Verb::Unclear, None, "it says both words");
    }
    let same_line = said.trim().trim_matches(is_ornament);
    if same_line.contains(['?', '¿', '？']) {
        return (Verb::Question, None, "it asks whether to reject");
    }
    let conditional = fold(same_line);
    let starts = conditional.split_whitespace().next().unwrap_or_default();
    if CONDITIONS.contains(&starts) {
        return (Verb::Unclear, None, "it rejects under a condition");
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

fn has_word(line: &str, words: &[&str]) -> bool {
    let plain = fold(line);
    plain
        .split(|c: char| !c.is_alphanumeric() && c != '\'')
        .any(|word| words.contains(&word))
}

fn until_farewell<'l>(lines: &[&'l str]) -> Vec<&'l str> {
    let body = lines.iter().take_while(|line| !is_farewell(line));
    body.copied().collect()
}

fn is_farewell(line: &str) -> bool {
    let plain = fold(line);
    let begins = |farewell: &&str| {
        let rest = plain.strip_prefix(*farewell);
        rest.is_some_and(|rest| !rest.starts_with(char::is_alphanumeric))
    };
    FAREWELLS.iter().any(begins)
}

/// What people and mail programs put around a word without changing it. A question mark changes it.
fn is_ornament(c: char) -> bool {
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

#[cfg(test)]
mod tests;
