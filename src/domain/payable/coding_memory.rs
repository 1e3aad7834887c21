//! People code the lines of bills, and what a person said of a line is proposed for the supplier's next line of the same
//! description. Nothing is guessed: a line nobody coded before stays without a coding, and a memory whose proposals people
//! change twice is dropped.

use std::collections::{BTreeMap, BTreeSet};

use super::decide::{Decided, NotDecided, Then};
use super::{Bill, BillEvent, BillState, Coding, CodingSource, LineCoding, state};
use crate::basics::calendar::Timestamp;
use crate::basics::ids::{BillId, CodingMemoryId, SupplierId};
use crate::domain::document::DocumentLine;
use crate::domain::document::line_subject::line_subject;
use crate::domain::document::memory::MAX_FAILURES;

/// What a person said of a supplier's lines of one description.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CodingMemory {
    /// Derived from supplier and description.
    pub id: CodingMemoryId,
    /// Whose bills.
    pub supplier: SupplierId,
    /// The description without figures and months; empty for a bill without lines.
    pub description: String,
    /// Where such a line is booked.
    pub coding: Coding,
    /// The bill it was taught on.
    pub bill: BillId,
    /// Who said so.
    pub taught_by: String,
    /// When.
    pub taught_at: Timestamp,
    /// Bills on which a person said otherwise.
    pub failures: u32,
    /// 0 before it is stored.
    pub version: u64,
}

impl CodingMemory {
    /// The id of what is remembered of lines of this description.
    pub fn id_of(supplier: SupplierId, description: &str) -> CodingMemoryId {
        CodingMemoryId::derive(&[&supplier.to_string(), description])
    }

    /// Wrong too often to be proposed again.
    pub fn is_dropped(&self) -> bool {
        self.failures >= MAX_FAILURES
    }

    /// What it says, in words.
    pub fn in_words(&self) -> String {
        match self.description.as_str() {
            "" => format!("bills without lines are {}", self.coding),
            description => format!("lines “{description}” are {}", self.coding),
        }
    }
}

/// What the lines of a bill are about, first line first. A bill without lines is one line about nothing in particular.
pub fn subjects(lines: &[DocumentLine]) -> Vec<Option<String>> {
    if lines.is_empty() {
        return vec![Some(String::new())];
    }
    let about = lines.iter().map(|line| line_subject(&line.description));
    about.collect()
}

/// Whoever was asked about a bill was asked about it as it is: only a draft nobody was asked about gets proposals.
pub fn takes_proposals(bill: &Bill, was_asked_about: bool) -> bool {
    bill.state == BillState::Draft && !was_asked_about
}

/// With a proposal for each line that has no coding yet and was coded on an earlier bill of the supplier.
pub fn proposed(
    codings: &[LineCoding],
    subjects: &[Option<String>],
    memories: &[CodingMemory],
) -> Vec<LineCoding> {
    let mut all = codings.to_vec();
    for (line, subject) in (1..).zip(subjects) {
        let usable = memories.iter().filter(|memory| !memory.is_dropped());
        let mut fitting = usable.filter(|memory| Some(&memory.description) == subject.as_ref());
        if let Some(memory) = fitting.next()
            && !codings.iter().any(|known| known.line == line)
        {
            all.push(LineCoding {
                line,
                coding: memory.coding.clone(),
                source: CodingSource::Memory,
            });
        }
    }
    all.sort_by_key(|coding| coding.line);
    all
}

/// One line, or every one, and where it is booked.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Wanted {
    /// From 1; `None` for every line.
    pub line: Option<u32>,
    /// Where it is booked.
    pub coding: Coding,
}

/// A person codes lines of a bill of so many lines, all or none. What its approvers decide on changes with it (the coding is
/// part of what they see), so the bill is looked at again and they are asked anew. Saying again what was said or proposed
/// makes it the person's word and changes nothing else.
///
/// # Errors
/// When a line is not there, nothing changes, or the bill is decided.
pub fn code(bill: &Bill, lines: usize, wanted: &[Wanted]) -> Result<Decided, NotDecided> {
    let reopened = state::next(bill.state, BillEvent::Reopen)?;
    let mut said = BTreeMap::new();
    let count = u32::try_from(lines).unwrap_or(u32::MAX);
    for one in wanted {
        let among = match one.line {
            Some(line) if (1..=count).contains(&line) => line..=line,
            Some(line) => {
                return Err(NotDecided::NoLine { line, count });
            }
            None => 1..=count,
        };
        said.extend(among.map(|line| (line, &one.coding)));
    }
    let mut codings = bill.codings.clone();
    codings.retain(|known| !said.contains_key(&known.line));
    codings.extend(said.iter().map(|(line, coding)| LineCoding {
        line: *line,
        coding: (*coding).clone(),
        source: CodingSource::Person,
    }));
    codings.sort_by_key(|coding| coding.line);
    if codings == bill.codings {
        let all = said
            .iter()
            .map(|(line, coding)| format!("line {line} is {coding}"));
        return Err(NotDecided::Unchanged(all.collect::<Vec<_>>().join(", ")));
    }
    let facts = said.iter().flat_map(|(line, coding)| {
        let before = coding_of(bill, *line)
            .map_or_else(|| "nothing".to_owned(), |known| known.coding.to_string());
        [
            ("field".to_owned(), format!("coding of line {line}")),
            ("before".to_owned(), before),
            ("after".to_owned(), coding.to_string()),
        ]
    });
    let facts = facts.collect();
    let coded = Bill {
        codings,
        ..bill.clone()
    };
    let is_same = coded.content_version() == bill.content_version();
    Ok(Decided {
        from: bill.state,
        facts,
        withdraws_requests: !is_same,
        then: if is_same { Then::Nothing } else { Then::Review },
        bill: Bill {
            state: if is_same { bill.state } else { reopened },
            ..coded
        },
    })
}

fn coding_of(bill: &Bill, line: u32) -> Option<&LineCoding> {
    bill.codings.iter().find(|coding| coding.line == line)
}

/// What became of a memory.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Lesson {
    /// It is new, or says something new.
    Taught,
    /// Its proposal was changed by a person.
    Wrong,
    /// And that once too often.
    Dropped,
}

/// What a person's coding teaches about the supplier: each description that has one coding on the bill is remembered, and a
/// memory whose proposal the person changed was wrong. Saying what is remembered already teaches nothing.
pub fn lessons(
    (before, after): (&Bill, &Bill),
    subjects: &[Option<String>],
    known: &[CodingMemory],
    (now, by): (Timestamp, &str),
) -> Vec<(CodingMemory, Lesson)> {
    let Some(supplier) = after.supplier else {
        return Vec::new();
    };
    let mut said = BTreeMap::<&str, BTreeSet<&Coding>>::new();
    let mut misled = BTreeSet::new();
    for (line, subject) in (1..).zip(subjects) {
        let now = coding_of(after, line).filter(|now| now.source == CodingSource::Person);
        let Some((subject, now)) = subject.as_deref().zip(now) else {
            continue;
        };
        said.entry(subject).or_default().insert(&now.coding);
        let was = coding_of(before, line).filter(|was| was.source == CodingSource::Memory);
        if was.is_some_and(|was| was.coding != now.coding) {
            misled.insert(subject);
        }
    }
    let mut learned = Vec::new();
    for (subject, codings) in said {
        let id = CodingMemory::id_of(supplier, subject);
        let old = known.iter().find(|memory| memory.id == id);
        let only = codings.first().filter(|_| codings.len() == 1);
        let failures = old.map_or(0, |old| {
            let fresh = if old.is_dropped() { 0 } else { old.failures };
            fresh + u32::from(misled.contains(subject))
        });
        let memory = match (old, only) {
            (Some(old), Some(coding)) if old.coding == **coding && !old.is_dropped() => continue,
            (_, Some(coding)) => CodingMemory {
                id,
                supplier,
                description: subject.to_owned(),
                coding: (*coding).clone(),
                bill: after.id,
                taught_by: by.to_owned(),
                taught_at: now,
                failures,
                version: old.map_or(0, |old| old.version),
            },
            // Lines of one description booked on several accounts: no rule that a next line could follow.
            (Some(old), None) if misled.contains(subject) => CodingMemory {
                failures,
                ..old.clone()
            },
            (_, None) => continue,
        };
        let lesson = match (memory.is_dropped(), only) {
            (true, _) => Lesson::Dropped,
            (false, Some(_)) => Lesson::Taught,
            (false, None) => Lesson::Wrong,
        };
        learned.push((memory, lesson));
    }
    learned
}

#[cfg(test)]
mod tests;
