//! The audit trail: never changed, verifiable, and enough to rebuild every state.

use std::collections::BTreeMap;

use countinghouse::domain::audit::{GENESIS, Subject, verify};
use countinghouse::domain::change::Record;
use countinghouse::domain::payable::BillState;
use countinghouse::io::store::Filter;

use crate::env::Env;
use crate::samples::*;

async fn some_history(env: &Env) {
    for name in ["a", "b", "c"] {
        let parts = bill_with_parents(name, &format!("RE-{name}"));
        env.store
            .commit(change(records_of(&parts)))
            .await
            .expect("new");
    }
}

pub async fn entries_cannot_be_changed_or_deleted(env: &Env) {
    some_history(env).await;
    let mut attempts = vec![
        "UPDATE audit_events SET reason = 'nothing happened' WHERE sequence = 1",
        "DELETE FROM audit_events WHERE sequence = 1",
    ];
    if env.is_sqlite() {
        attempts.push(
            "PRAGMA recursive_triggers = ON; INSERT OR REPLACE INTO audit_events SELECT sequence,
             at, actor_kind, actor, 'x', subject_kind, subject_id, from_state, to_state, reason,
             facts, hash FROM audit_events WHERE sequence = 1",
        );
    } else {
        attempts.push("TRUNCATE audit_events");
    }
    for attempt in attempts {
        let refused = env.tamper(attempt).await.expect_err(attempt);
        assert!(
            refused.to_string().contains("never changed"),
            "{attempt}: {refused}"
        );
    }
}

pub async fn votes_and_cash_cannot_be_changed(env: &Env) {
    let parts = bill_with_parents("m", "RE-1");
    let asked = request(&parts.2, "anna@fin.test");
    let customer = customer("C-1");
    let invoice = invoice(&customer, "A-1", 1000);
    let entry = bank_entry("B-1", 1000);
    let mut records = records_of(&parts);
    records.extend([
        Record::ApprovalRequest(asked.clone()),
        Record::Vote(vote(&asked)),
        Record::Customer(customer),
        Record::CashApplication(cash(&invoice, &entry, 1000)),
        Record::Deduction(deduction(&invoice, None, 20)),
        Record::Reminder(reminder(&invoice, 7)),
        Record::CustomerInvoice(invoice),
        Record::BankEntry(entry),
    ]);
    env.store.commit(change(records)).await.expect("new");
    for table in ["votes", "cash_applications", "deductions", "reminders"] {
        let update = format!("UPDATE {table} SET sequence = 1");
        assert!(env.tamper(&update).await.is_err(), "{update}");
        let delete = format!("DELETE FROM {table}");
        assert!(env.tamper(&delete).await.is_err(), "{delete}");
    }
}

pub async fn an_untouched_trail_verifies(env: &Env) {
    some_history(env).await;
    let mut head = (0, GENESIS);
    loop {
        let piece = env.store.audit_after(head.0, 5).await.expect("loads");
        if piece.is_empty() {
            break;
        }
        head = verify(head, &piece).expect("the chain holds");
    }
    assert_eq!(head, env.store.audit_head().await.expect("loads"));
    assert_eq!(head.0, 12);
}

/// Removes the triggers, as somebody who owns the database can.
async fn unlock(env: &Env) {
    let unlock = if env.is_sqlite() {
        "DROP TRIGGER audit_events_no_UPDATE; DROP TRIGGER audit_events_no_DELETE"
    } else {
        "DROP TRIGGER audit_events_no_change ON audit_events"
    };
    env.tamper(unlock).await.expect("the owner may");
}

pub async fn a_tampered_entry_is_named(env: &Env) {
    some_history(env).await;
    unlock(env).await;
    env.tamper("UPDATE audit_events SET reason = 'nothing happened' WHERE sequence = 7")
        .await
        .expect("nothing stops the owner");
    let entries = env.store.audit_after(0, 100).await.expect("loads");
    let broken = verify((0, GENESIS), &entries).expect_err("it shows");
    assert_eq!(broken.sequence, 7);
}

pub async fn a_missing_entry_is_named(env: &Env) {
    some_history(env).await;
    unlock(env).await;
    env.tamper("DELETE FROM audit_events WHERE sequence = 12")
        .await
        .expect("the owner may");
    let entries = env.store.audit_after(0, 100).await.expect("loads");
    let end = verify((0, GENESIS), &entries).expect("the rest fits");
    assert_ne!(
        end,
        env.store.audit_head().await.expect("loads"),
        "the head tells of one more"
    );
}

pub async fn replaying_the_trail_gives_the_stored_states(env: &Env) {
    some_history(env).await;
    let bills = env
        .store
        .list_bills(&Filter::default())
        .await
        .expect("loads");
    let states = [
        BillState::Held,
        BillState::AwaitingApproval,
        BillState::Void,
    ];
    for (mut bill, state) in bills.into_iter().zip(states) {
        bill.state = state;
        env.store
            .commit(change(vec![Record::Bill(bill)]))
            .await
            .expect("moved");
    }
    env.store
        .commit(change(vec![Record::Exception(exception("1"))]))
        .await
        .expect("raised");

    let mut replayed: BTreeMap<Subject, String> = BTreeMap::new();
    for entry in env.store.audit_after(0, 1000).await.expect("loads") {
        if let Some(state) = entry.event.to_state {
            replayed.insert(entry.event.subject, state);
        }
    }
    let filter = Filter::default();
    let mut stored: BTreeMap<Subject, String> = BTreeMap::new();
    for m in env.store.list_messages(&filter).await.expect("loads") {
        stored.insert(m.id.into(), m.state.to_string());
    }
    for d in env.store.list_documents(&filter).await.expect("loads") {
        stored.insert(d.id.into(), d.state.to_string());
    }
    for b in env.store.list_bills(&filter).await.expect("loads") {
        stored.insert(b.id.into(), b.state.to_string());
    }
    for e in env.store.list_exceptions(&filter).await.expect("loads") {
        stored.insert(e.id.into(), e.state.to_string());
    }
    assert_eq!(stored.len(), 10);
    assert_eq!(replayed, stored);
}
