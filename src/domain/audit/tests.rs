use super::*;
use crate::basics::ids::BillId;

fn event(action: &str) -> AuditEvent {
    let bill = BillId::derive(&["b"]);
    AuditEvent::new(
        Timestamp::UNIX_EPOCH,
        Actor::program("test"),
        action,
        bill,
        "because",
    )
    .state(None, "draft")
    .fact("number", "RE-1")
}

fn chain(actions: &[&str]) -> Vec<ChainedEvent> {
    let mut hash = GENESIS;
    let numbered = actions.iter().zip(1_u64..);
    numbered
        .map(|(action, sequence)| {
            let event = event(action);
            hash = chain_hash(hash, sequence, &event);
            ChainedEvent {
                sequence,
                event,
                hash,
            }
        })
        .collect()
}

#[test]
fn an_untouched_chain_verifies_in_pieces() {
    let entries = chain(&["a", "b", "c"]);
    let (first, rest) = entries.split_at(1);
    let head = verify((0, GENESIS), first).expect("first piece");
    assert_eq!(verify(head, rest).expect("second piece").0, 3);
}

#[test]
fn an_altered_entry_is_named() {
    let mut entries = chain(&["a", "b", "c"]);
    entries[1].event.facts[0].1 = "RE-2".into();
    assert_eq!(
        verify((0, GENESIS), &entries)
            .expect_err("altered")
            .sequence,
        2
    );
}

#[test]
fn a_removed_entry_is_named() {
    let mut entries = chain(&["a", "b", "c"]);
    entries.remove(1);
    assert_eq!(verify((0, GENESIS), &entries).expect_err("gap").sequence, 2);
}

#[test]
fn moving_a_letter_between_fields_changes_the_bytes() {
    let (mut one, mut other) = (event("a"), event("a"));
    one.facts = vec![("ab".into(), "c".into())];
    other.facts = vec![("a".into(), "bc".into())];
    assert_ne!(one.canonical_bytes(1), other.canonical_bytes(1));
}
