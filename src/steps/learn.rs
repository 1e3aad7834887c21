//! What corrections teach and what is made of it: a person's correction leaves a memory of where the value stood, the next
//! bill of that supplier and layout is read with it, and whether it was right is counted.

use std::collections::BTreeSet;

use super::bill_change::BillFile;
use super::document_change::Parties;
use super::read_content::{Understood, kind_of, read_content};
use super::{Office, StepError};
use crate::basics::address::MailAddress;
use crate::basics::calendar::Timestamp;
use crate::basics::text::chain;
use crate::domain::audit::{Actor, AuditEvent};
use crate::domain::change::{Change, Record};
use crate::domain::document::Document;
use crate::domain::document::layout::Layout;
use crate::domain::document::memory::{
    LearnedField, MAX_FAILURES, Memory, lesson, read_value, recall,
};
use crate::domain::document::read::{layout, page_of_bill};
use crate::domain::document::split;
use crate::domain::payable::Bill;
use crate::domain::payable::decide::BillField;
use crate::domain::payable::identify::identify;
use crate::domain::payable::taught::{learned_field, value_of};
use crate::io::disposition::Disposition;
use crate::io::limits::MAX_DOCUMENT_BYTES;

/// Reads every bill of a file once more with what its supplier's earlier corrections taught. Anything but the page of a
/// supplier we know stays as it is.
///
/// # Errors
/// What the store met.
pub async fn recall_corrections(
    office: &Office,
    read: &mut Understood,
    (from, parties): (Option<&MailAddress>, &Parties),
) -> Result<(), StepError> {
    for (reading, content) in read.documents() {
        let Some(layout) = page_of_bill(reading, content) else {
            continue;
        };
        let identified = identify(&reading.fields, from, &parties.suppliers);
        if let Some(supplier) = identified.supplier {
            let memories = office.store.memories_of_supplier(supplier).await?;
            recall(reading, &layout, &memories);
        }
    }
    Ok(())
}

/// What a correction taught, on its way into the commit of the correction.
#[derive(Debug, Default)]
pub struct Lessons {
    /// New and changed memories, each with what the audit trail says of it.
    written: Vec<(AuditEvent, Memory)>,
    /// What was learned of each field, in words.
    told: Vec<String>,
    /// For the audit trail of the bill.
    of_bill: Option<AuditEvent>,
}

impl Lessons {
    /// With the correction itself.
    pub fn put(self, change: Change) -> Change {
        let change = self.of_bill.into_iter().fold(change, Change::event);
        self.written
            .into_iter()
            .fold(change, |change, (event, memory)| {
                change.event(event).put(Record::Memory(memory))
            })
    }

    fn about(mut self, corrected: &Bill, (now, by): (Timestamp, &str)) -> Self {
        if !self.told.is_empty() {
            let (actor, why) = (Actor::Person(by.to_owned()), self.told.join("; "));
            let action = "correction studied";
            self.of_bill = Some(AuditEvent::new(now, actor, action, corrected.id, why));
        }
        self
    }

    fn taught(&mut self, memory: Memory) {
        let place = memory.evidence.in_words();
        self.told.push(format!("{}: {place}", memory.field));
        let who = (memory.taught_at, memory.taught_by.as_str());
        let why = format!("{} stands {place}", memory.field);
        let told = event(&memory, "memory taught", who, &why)
            .fact("supplier", memory.supplier)
            .fact("document", memory.document);
        self.written.push((told, memory));
    }

    fn failed(&mut self, memory: Memory, failures: u32, (now, by): (Timestamp, &str)) {
        let failed = Memory { failures, ..memory };
        let action = if failed.is_dropped() {
            "memory dropped"
        } else {
            "memory was wrong"
        };
        let why = format!("{} was corrected by a person", failed.field);
        let told = event(&failed, action, (now, by), &why);
        self.written.push((told, failed));
    }
}

/// What the correction of these fields of a bill teaches: whichever memory had found a value that is corrected now was
/// wrong, and where the right value stands is remembered. A cosmetic edit and a value that is not on the page teach nothing.
/// That the page cannot be read again hinders no correction.
///
/// # Errors
/// What the store met.
pub async fn lessons(
    office: &Office,
    file: &BillFile,
    corrected: &Bill,
    fields: &[BillField],
    who: (Timestamp, &str),
) -> Result<Lessons, StepError> {
    let mut lessons = Lessons::default();
    let Some(supplier) = corrected.supplier else {
        return Ok(lessons);
    };
    let page = page(office, &file.document).await?;
    let fields = fields.iter().filter_map(|field| learned_field(*field));
    // A field named twice in one correction has one right value: the last.
    for field in fields.collect::<BTreeSet<_>>() {
        let Some(right) = value_of(corrected, field) else {
            continue;
        };
        let id = Memory::id_of(supplier, field, file.document.id);
        let before = office.store.memory(id).await?;
        let read = read_value(&file.document.reading, field);
        if read.is_some_and(|read| read.is_same(&right)) {
            let said = format!("{field}: nothing, it was read so");
            lessons.told.push(said);
            // An earlier correction of this bill was the mistake, not the reading.
            if let Some(wrong) = before.filter(|memory| !memory.is_dropped()) {
                lessons.failed(wrong, MAX_FAILURES, who);
            }
            continue;
        }
        let misled = misled(office, file, field).await?;
        let is_same = misled.as_ref().map(|memory| memory.id) == before.as_ref().map(|it| it.id);
        if let Some(memory) = misled {
            let failures = memory.failures.saturating_add(1);
            lessons.failed(memory, failures, who);
        }
        match page.as_ref().and_then(|page| lesson(page, &right)) {
            Some(evidence) => {
                let version = before.map_or(0, |memory| memory.version);
                let about = (supplier, field, file.document.id);
                lessons.taught(Memory::taught(about, evidence, who, version));
            }
            None => {
                lessons.told.push(format!(
                    "{field}: nothing, the value does not stand on the page by itself"
                ));
                // What an earlier correction of this bill taught is corrected now: it was wrong.
                let wrong = before.filter(|memory| !is_same && !memory.is_dropped());
                if let Some(wrong) = wrong {
                    lessons.failed(wrong, MAX_FAILURES, who);
                }
            }
        }
    }
    Ok(lessons.about(corrected, who))
}

/// The memory that had found the value of this field that is corrected now. Corrected once more, the same bill does not count
/// against it again.
async fn misled(
    office: &Office,
    file: &BillFile,
    field: LearnedField,
) -> Result<Option<Memory>, StepError> {
    let reading = &file.document.reading;
    let is_first = value_of(&file.bill, field)
        .zip(read_value(reading, field))
        .is_some_and(|(stood, read)| stood.is_same(&read));
    let mut recalled = reading.recalled.iter().filter(|_| is_first);
    match recalled.find(|one| one.field == field) {
        Some(recalled) => {
            let memory = office.store.memory(recalled.memory).await?;
            Ok(memory.filter(|memory| !memory.is_dropped()))
        }
        None => Ok(None),
    }
}

/// A person takes a memory back: it is not used again. Its row stays.
///
/// # Errors
/// What the store met.
pub async fn drop_memory(
    office: &Office,
    memory: Memory,
    by: &str,
    reason: &str,
) -> Result<(), StepError> {
    let dropped = Memory {
        failures: MAX_FAILURES,
        ..memory
    };
    let who = (office.clock.now(), by);
    let told = event(&dropped, "memory dropped", who, reason);
    let change = Change::new(told).put(Record::Memory(dropped));
    office.store.commit(change).await?;
    Ok(())
}

/// The bill was approved as it was read: whatever memory spoke on it and was not corrected was right.
///
/// # Errors
/// What the store met.
pub async fn confirmed(
    office: &Office,
    mut change: Change,
    (bill, document): (&Bill, &Document),
    (now, step): (Timestamp, &str),
) -> Result<Change, StepError> {
    for recalled in &document.reading.recalled {
        let read = read_value(&document.reading, recalled.field);
        let stands = value_of(bill, recalled.field)
            .zip(read)
            .is_some_and(|(stands, read)| stands.is_same(&read));
        let memory = office.store.memory(recalled.memory).await?;
        let why = format!("bill {} was approved with it", bill.id);
        if let Some(memory) = memory.filter(|memory| stands && !memory.is_dropped())
            && !is_told(office, &memory, &why).await?
        {
            let right = Memory {
                successes: memory.successes.saturating_add(1),
                ..memory
            };
            let told = AuditEvent::new(now, Actor::program(step), WAS_RIGHT, right.id, why);
            change = change.event(told).put(Record::Memory(right));
        }
    }
    Ok(change)
}

/// In the trail of a memory that was right.
const WAS_RIGHT: &str = "memory was right";

/// Counted before: the bill was reopened, and approved a second time.
async fn is_told(office: &Office, memory: &Memory, why: &str) -> Result<bool, StepError> {
    let trail = office.store.audit_of(&memory.id.into()).await?;
    let mut told = trail.iter().map(|chained| &chained.event);
    Ok(told.any(|event| event.action == WAS_RIGHT && event.reason == why))
}

fn event(memory: &Memory, action: &str, (now, by): (Timestamp, &str), why: &str) -> AuditEvent {
    AuditEvent::new(now, Actor::Person(by.to_owned()), action, memory.id, why)
        .fact("field", memory.field)
        .fact("successes", memory.successes)
        .fact("failures", memory.failures)
}

/// The words of the document at their places, of one bill in a file of several its own pages alone, read again from the
/// vault; nothing where it cannot be read.
///
/// # Errors
/// What passes: the store, or a reader that did not start. It says nothing of the page.
pub async fn page(office: &Office, document: &Document) -> Result<Option<Layout>, StepError> {
    let passwords = passwords(office, document).await?;
    let read = async {
        let bytes = office
            .vault
            .get(document.content, MAX_DOCUMENT_BYTES)
            .await?;
        let kind = kind_of(&document.media_type, &bytes);
        Ok::<_, StepError>(read_content(office.tools(&passwords), kind, &bytes).await?)
    };
    let content = match read.await {
        Ok(Ok(content)) => content,
        Ok(Err(_)) => return Ok(None),
        Err(error) if error.disposition() == Disposition::Retry => return Err(error),
        Err(error) => {
            let why = chain(&error);
            tracing::warn!(document.id = %document.id.short(), why, "the page cannot be read again");
            return Ok(None);
        }
    };
    Ok(match split::pages_of(&document.part) {
        Some(pages) => layout(&split::pages_only(&content, &pages)),
        None => layout(&content),
    })
}

/// Those of the sender of its mail.
async fn passwords(office: &Office, document: &Document) -> Result<Vec<String>, StepError> {
    let message = office.store.message(document.message).await?;
    let from = message.as_ref().and_then(|message| message.from.as_ref());
    let suppliers = office.store.suppliers().await?;
    Ok(office.file_passwords.of(from, &suppliers))
}
