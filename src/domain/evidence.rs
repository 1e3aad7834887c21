//! Whether an evidence pack is what it says: entries of the trail that follow each other by their hashes, and files that these entries name.
//! Whoever checks needs neither the books nor us.

use std::collections::{BTreeMap, BTreeSet};

use super::audit::{Actor, AuditEvent, ChainedEvent, GENESIS, Subject, SubjectKind, chain_hash};
use crate::basics::calendar::Timestamp;
use crate::basics::ids::ContentHash;
use crate::formats::evidence_pack::{FORMAT, Pack, PackedEntry};

/// An entry with the hash of the one before it.
pub fn packed(entry: &ChainedEvent, previous: ContentHash) -> PackedEntry {
    let event = &entry.event;
    let (actor_kind, actor) = event.actor.parts();
    PackedEntry {
        sequence: entry.sequence,
        previous: previous.to_string(),
        hash: entry.hash.to_string(),
        at_ms: event.at.as_millisecond(),
        actor_kind: actor_kind.to_owned(),
        actor: actor.to_owned(),
        action: event.action.clone(),
        about: event.subject.kind.as_str().to_owned(),
        about_id: event.subject.id.clone(),
        from_state: event.from_state.clone(),
        to_state: event.to_state.clone(),
        reason: event.reason.clone(),
        facts: event.facts.clone(),
    }
}

/// What a check found.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Checked {
    /// Entries whose hash is theirs.
    pub entries: u64,
    /// Places where entries about other things lie between two of these.
    pub gaps: u64,
    /// Files that are unchanged and named by an entry.
    pub files: u64,
    /// Files that are as the pack lists them, and that no entry names: readable, and no proof.
    pub unproved: Vec<String>,
    /// What does not fit, each in a sentence. Without any the pack is sound.
    pub wrong: Vec<String>,
}

/// Checks the list against the files that are there, by name and hash, and the entries against each other.
pub fn check(pack: &Pack, trail: &[PackedEntry], there: &BTreeMap<String, ContentHash>) -> Checked {
    let mut checked = Checked::default();
    if pack.format != FORMAT {
        let why = format!(
            "the pack has format {}, this program reads {FORMAT}",
            pack.format
        );
        checked.wrong.push(why);
        return checked;
    }
    walk(trail, &mut checked);
    head(pack, trail, &mut checked);
    let is_about = |entry: &PackedEntry| {
        entry.about == SubjectKind::Bill.as_str() && entry.about_id == pack.bill
    };
    if !trail.iter().any(is_about) {
        let why = format!("no entry is about the bill {}", pack.bill);
        checked.wrong.push(why);
    }
    let is_named = |name: &str, sha256: &str| trail.iter().any(|entry| names(entry, name, sha256));
    let mut listed = BTreeSet::new();
    for file in &pack.files {
        listed.insert(file.name.as_str());
        match there.get(&file.name) {
            None => checked.wrong.push(format!("{} is missing", file.name)),
            Some(hash) if hash.to_string() != file.sha256 => {
                checked.wrong.push(format!("{} was changed", file.name));
            }
            Some(_) if is_named(&file.name, &file.sha256) => checked.files += 1,
            // The trail has named those since there is one.
            Some(_)
                if ALWAYS_NAMED
                    .iter()
                    .any(|folder| file.name.starts_with(folder)) =>
            {
                checked.wrong.push(format!("no entry names {}", file.name));
            }
            Some(_) => checked.unproved.push(file.name.clone()),
        }
    }
    let more = there.keys().filter(|name| !listed.contains(name.as_str()));
    checked
        .wrong
        .extend(more.map(|name| format!("{name} is not on the list")));
    checked
}

/// The entry says that the thing it is about has these bytes, and it is the thing the file is named by. A hash that stands anywhere else
/// (in what somebody typed, or of another mail) proves nothing.
fn names(entry: &PackedEntry, name: &str, sha256: &str) -> bool {
    let says = |fact: &str| {
        entry
            .facts
            .iter()
            .any(|(own, value)| own == fact && value == sha256)
    };
    let is_of = |folder: &str| {
        let id = name
            .strip_prefix(folder)
            .and_then(|rest| rest.get(..ID_DIGITS));
        id.is_some_and(|id| entry.about_id.starts_with(id))
    };
    let of = |kind: SubjectKind| entry.about == kind.as_str();
    (of(SubjectKind::Message) && is_of("mails/") && says("content"))
        || (of(SubjectKind::Document) && is_of("files/") && says("content"))
        || (of(SubjectKind::Outbound) && is_of("letters/") && says("letter"))
        || (of(SubjectKind::PaymentRun) && name.starts_with("payments/") && says("file"))
}

/// So many digits of a thing's id stand in the name of its file.
const ID_DIGITS: usize = 8;

/// Where files stand that are evidence or wrong.
const ALWAYS_NAMED: [&str; 2] = ["mails/", "payments/"];

/// The head is behind all entries, and in a whole chain the last of them.
fn head(pack: &Pack, trail: &[PackedEntry], checked: &mut Checked) {
    let last = trail.last();
    let is_whole = last.is_some_and(|entry| {
        checked.gaps == 0 && entry.sequence == pack.head_sequence && entry.hash == pack.head_hash
    });
    if pack.whole_chain && !is_whole {
        let why = "the chain is not whole: an entry is missing, or the last one is not the head";
        checked.wrong.push(why.to_owned());
    }
    if let Some(last) = last.filter(|last| last.sequence > pack.head_sequence) {
        let (last, head) = (last.sequence, pack.head_sequence);
        let why =
            format!("entry {last} is behind entry {head}, which is said to be the last of all");
        checked.wrong.push(why);
    }
}

fn walk(trail: &[PackedEntry], checked: &mut Checked) {
    let mut before: Option<&PackedEntry> = None;
    for entry in trail {
        let follows = before.is_none_or(|before| entry.sequence > before.sequence);
        let is_next =
            before.is_some_and(|before| before.sequence.checked_add(1) == Some(entry.sequence));
        let fits = !is_next || before.is_some_and(|before| before.hash == entry.previous);
        let begins = entry.sequence != 1 || entry.previous == GENESIS.to_string();
        if follows && fits && begins && is_its_own(entry) {
            checked.entries += 1;
        } else {
            let why = format!(
                "entry {} is not what was written, or not in its place",
                entry.sequence
            );
            checked.wrong.push(why);
        }
        checked.gaps += u64::from(before.is_some() && !is_next);
        before = Some(entry);
    }
}

/// Its hash is the one of what it says behind the entry before.
fn is_its_own(entry: &PackedEntry) -> bool {
    let hash = || {
        let previous = ContentHash::parse(&entry.previous)?;
        Some(chain_hash(previous, entry.sequence, &event_of(entry)?))
    };
    hash().is_some_and(|hash| hash.to_string() == entry.hash)
}

fn event_of(entry: &PackedEntry) -> Option<AuditEvent> {
    Some(AuditEvent {
        at: Timestamp::from_millisecond(entry.at_ms).ok()?,
        actor: Actor::from_parts(&entry.actor_kind, &entry.actor)?,
        action: entry.action.clone(),
        subject: Subject {
            kind: SubjectKind::parse(&entry.about)?,
            id: entry.about_id.clone(),
        },
        from_state: entry.from_state.clone(),
        to_state: entry.to_state.clone(),
        reason: entry.reason.clone(),
        facts: entry.facts.clone(),
    })
}

#[cfg(test)]
mod tests;
