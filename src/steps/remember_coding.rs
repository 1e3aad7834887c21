//! What a person's coding of a bill's lines teaches, and what earlier ones propose for a new bill.

use super::bill_change::BillFile;
use super::{Office, StepError};
use crate::basics::calendar::Timestamp;
use crate::domain::audit::{Actor, AuditEvent};
use crate::domain::change::{Change, Record};
use crate::domain::document::memory::MAX_FAILURES;
use crate::domain::payable::coding_memory::{Lesson, lessons, proposed, subjects, takes_proposals};
use crate::domain::payable::{Bill, CodingMemory};

/// With the proposals for a fresh draft.
///
/// # Errors
/// What the store met.
pub async fn propose_codings(office: &Office, file: &mut BillFile) -> Result<(), StepError> {
    let takes = takes_proposals(&file.bill, !file.requests.is_empty());
    if let Some(supplier) = file.bill.supplier.filter(|_| takes) {
        let memories = office.store.coding_memories_of_supplier(supplier).await?;
        let subjects = subjects(&file.document.reading.lines);
        file.bill.codings = proposed(&file.bill.codings, &subjects, &memories);
    }
    Ok(())
}

/// What the coding teaches, into the commit of the coding.
///
/// # Errors
/// What the store met.
pub async fn remember_coding(
    office: &Office,
    (file, coded): (&BillFile, &Bill),
    change: Change,
    (now, by): (Timestamp, &str),
) -> Result<Change, StepError> {
    let Some(supplier) = coded.supplier else {
        return Ok(change);
    };
    let subjects = subjects(&file.document.reading.lines);
    let mut known = Vec::new();
    for subject in subjects.iter().flatten() {
        let id = CodingMemory::id_of(supplier, subject);
        known.extend(office.store.coding_memory(id).await?);
    }
    let learned = lessons((&file.bill, coded), &subjects, &known, (now, by));
    Ok(learned
        .into_iter()
        .fold(change, |change, (memory, lesson)| {
            let action = match lesson {
                Lesson::Taught => "coding remembered",
                Lesson::Wrong => "coding memory was wrong",
                Lesson::Dropped => "coding memory dropped",
            };
            let told = event(&memory, action, (now, by), &memory.in_words());
            change.event(told).put(Record::CodingMemory(memory))
        }))
}

/// A person takes back what is remembered: it is not proposed again. Its row stays.
///
/// # Errors
/// What the store met.
pub async fn drop_coding_memory(
    office: &Office,
    memory: CodingMemory,
    (by, reason): (&str, &str),
) -> Result<(), StepError> {
    let dropped = CodingMemory {
        failures: MAX_FAILURES,
        ..memory
    };
    let who = (office.clock.now(), by);
    let told = event(&dropped, "coding memory dropped", who, reason);
    let change = Change::new(told).put(Record::CodingMemory(dropped));
    office.store.commit(change).await?;
    Ok(())
}

fn event(
    memory: &CodingMemory,
    action: &str,
    (now, by): (Timestamp, &str),
    why: &str,
) -> AuditEvent {
    AuditEvent::new(now, Actor::Person(by.to_owned()), action, memory.id, why)
        .fact("supplier", memory.supplier)
        .fact("coding", &memory.coding)
        .fact("failures", memory.failures)
}
