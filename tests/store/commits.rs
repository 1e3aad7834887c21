//! What one commit writes, and what it refuses.

use std::time::Duration;

use countinghouse::basics::calendar::Timestamp;
use countinghouse::basics::ids::ContentHash;
use countinghouse::domain::audit::{Actor, AuditEvent, GENESIS, Subject, verify};
use countinghouse::domain::change::{Change, IdempotencyKey, MailboxProgress, Record};
use countinghouse::domain::job::{NewJob, Step};
use countinghouse::domain::message::{Message, MessageState};
use countinghouse::domain::payable::BillState;
use countinghouse::io::store::StoreError;

use crate::env::Env;
use crate::samples::*;

pub async fn a_stale_version_loses_and_writes_nothing(env: &Env) {
    let parts = bill_with_parents("m", "RE-1");
    env.store
        .commit(change(records_of(&parts)))
        .await
        .expect("new");
    let bill = env
        .store
        .bill(parts.2.id)
        .await
        .expect("loads")
        .expect("is there");
    assert_eq!(bill.version, 1);
    let mut held = bill.clone();
    held.state = BillState::Held;
    env.store
        .commit(change(vec![Record::Bill(held)]))
        .await
        .expect("nobody else");

    let mut late = bill;
    late.state = BillState::Void;
    let with_more = change(vec![Record::Message(message("other")), Record::Bill(late)])
        .job(NewJob::now(Step::ReviewBill, parts.2.id, now()));
    let refused = env
        .store
        .commit(with_more)
        .await
        .expect_err("it was held meanwhile");

    assert!(matches!(refused, StoreError::Conflict { .. }), "{refused}");
    let bill = env
        .store
        .bill(parts.2.id)
        .await
        .expect("loads")
        .expect("is there");
    assert_eq!((bill.state, bill.version), (BillState::Held, 2));
    assert_eq!(
        env.store.message(message("other").id).await.expect("loads"),
        None
    );
    assert_eq!(env.store.idle(now()).await.expect("loads").ready, 0);
}

pub async fn inserting_what_exists_is_a_conflict(env: &Env) {
    let commit = |records| env.store.commit(change(records));
    commit(vec![Record::Message(message("m"))])
        .await
        .expect("new");
    let again = commit(vec![Record::Message(message("m"))])
        .await
        .expect_err("it is there");
    assert!(matches!(again, StoreError::Conflict { .. }), "{again}");

    let customer = customer("C-1");
    let invoice = invoice(&customer, "A-1", 1000);
    let entry = bank_entry("B-1", 1000);
    let cash = Record::CashApplication(cash(&invoice, &entry, 1000));
    let parents = vec![
        Record::Customer(customer),
        Record::CustomerInvoice(invoice),
        Record::BankEntry(entry),
        cash.clone(),
    ];
    commit(parents).await.expect("new");
    let again = commit(vec![cash]).await.expect_err("it is applied already");
    assert!(matches!(again, StoreError::Conflict { .. }), "{again}");
}

fn once(input: &[u8]) -> IdempotencyKey {
    IdempotencyKey {
        key: "import bank.csv".into(),
        input: ContentHash::of(input),
    }
}

pub async fn the_same_key_gives_the_first_result_again(env: &Env) {
    let entry = Record::BankEntry(bank_entry("B-1", 1000));
    let import = change(vec![entry]).once(once(b"file"));
    let first = env.store.commit(import.clone()).await.expect("new");
    let head = env.store.audit_head().await.expect("loads");
    let again = env.store.commit(import).await.expect("the same");
    assert!(!first.repeated && again.repeated);
    assert_eq!(first.first_sequence, again.first_sequence);
    assert_eq!(env.store.audit_head().await.expect("loads"), head);
}

pub async fn the_same_key_with_other_input_is_refused(env: &Env) {
    env.store
        .commit(change(vec![]).once(once(b"file")))
        .await
        .expect("new");
    let other = change(vec![Record::Message(message("m"))]).once(once(b"another file"));
    let refused = env.store.commit(other).await.expect_err("a bug");
    assert!(matches!(refused, StoreError::KeyReused { .. }), "{refused}");
    assert_eq!(
        env.store.message(message("m").id).await.expect("loads"),
        None
    );
}

fn begun() -> Change {
    let mailbox = Subject::mailbox("ap");
    Change::new(AuditEvent::new(
        now(),
        Actor::program("test"),
        "seen",
        mailbox,
        "a test",
    ))
}

pub async fn raising_an_exception_twice_is_raising_it_once(env: &Env) {
    let item = exception("1");
    env.store
        .commit(begun().raise(item.clone()))
        .await
        .expect("new");
    let (resolved, _) = item
        .clone()
        .at(1)
        .resolve((&Actor::Person("anna".into()), "anna"), "voided", now())
        .expect("it is open");
    env.store
        .commit(change(vec![Record::Exception(resolved)]))
        .await
        .expect("nobody else");

    let again = begun()
        .raise(item.clone())
        .put(Record::Message(message("m")));
    let told = AuditEvent::new(
        now(),
        Actor::program("test"),
        "read",
        message("m").id,
        "a test",
    );
    let again = again.event(told.state(None, "fetched"));
    env.store
        .commit(again)
        .await
        .expect("raised again, and the rest is written");

    let stored = env
        .store
        .exception(item.id)
        .await
        .expect("loads")
        .expect("is there");
    assert_eq!(
        stored.resolution.as_deref(),
        Some("anna: voided"),
        "it stays resolved"
    );
    let told = env.store.audit_of(&item.id.into()).await.expect("loads");
    let states: Vec<_> = told
        .iter()
        .filter_map(|e| e.event.to_state.as_deref())
        .collect();
    assert_eq!(
        states,
        ["open", "resolved"],
        "the second raising left no entry"
    );
    assert!(
        env.store
            .message(message("m").id)
            .await
            .expect("loads")
            .is_some()
    );

    let twice = begun().raise(exception("2")).raise(exception("2"));
    env.store.commit(twice).await.expect("twice in one change");
    let told = env
        .store
        .audit_of(&exception("2").id.into())
        .await
        .expect("loads");
    assert_eq!(told.len(), 1);
}

pub async fn an_arrival_keeps_its_message_and_its_mark(env: &Env) {
    let message = message("m");
    let mut place = arrival(&message, 1);
    let both = vec![
        Record::Message(message.clone()),
        Record::Arrival(place.clone()),
    ];
    env.store.commit(change(both)).await.expect("new");
    place.filed = true;
    env.store
        .commit(change(vec![Record::Arrival(place.clone())]))
        .await
        .expect("marked");
    place.filed = false;
    env.store
        .commit(change(vec![Record::Arrival(place.clone())]))
        .await
        .expect("fetched again");
    let stored = env
        .store
        .arrival("ap", 17, "1")
        .await
        .expect("loads")
        .expect("is there");
    assert!(stored.filed, "a mark once set stays");

    let other = crate::samples::message("other");
    let mut moved = place;
    moved.message = other.id;
    let both = vec![Record::Message(other), Record::Arrival(moved)];
    let refused = env
        .store
        .commit(change(both))
        .await
        .expect_err("a place holds one message");
    assert!(matches!(refused, StoreError::Conflict { .. }), "{refused}");
}

pub async fn a_dry_run_leaves_nothing(env: &Env) {
    let before = env.store.audit_head().await.expect("loads");
    let dry = change(vec![Record::Message(message("m"))]).job(NewJob::now(
        Step::ReadMessage,
        message("m").id,
        now(),
    ));
    let would = env
        .store
        .commit_dry_run(dry.clone())
        .await
        .expect("it would work");
    assert_eq!(would.first_sequence, before.0 + 1);
    assert_eq!(
        env.store.message(message("m").id).await.expect("loads"),
        None
    );
    assert_eq!(env.store.audit_head().await.expect("loads"), before);
    assert_eq!(env.store.idle(now()).await.expect("loads").ready, 0);
    env.store.commit(dry.clone()).await.expect("now it does");
    let refused = env
        .store
        .commit_dry_run(dry)
        .await
        .expect_err("it would conflict");
    assert!(matches!(refused, StoreError::Conflict { .. }), "{refused}");
}

pub async fn a_child_without_its_parent_is_refused(env: &Env) {
    let orphan = document(&message("nobody"), "1");
    let refused = env
        .store
        .commit(change(vec![Record::Document(orphan.clone())]))
        .await;
    assert!(refused.is_err(), "a document of no message");
    assert_eq!(env.store.document(orphan.id).await.expect("loads"), None);
    // Parents may come after their children in one change.
    let message = message("m");
    let document = document(&message, "1");
    let upside_down = vec![Record::Document(document), Record::Message(message)];
    env.store
        .commit(change(upside_down))
        .await
        .expect("together");
}

pub async fn a_second_vote_on_a_request_is_refused(env: &Env) {
    let parts = bill_with_parents("m", "RE-1");
    let asked = request(&parts.2, "anna@fin.test");
    let mut records = records_of(&parts);
    records.push(Record::ApprovalRequest(asked.clone()));
    records.push(Record::Vote(vote(&asked)));
    env.store.commit(change(records)).await.expect("new");
    let mut second = vote(&asked);
    second.reason = "thought again".into();
    let refused = env
        .store
        .commit(change(vec![Record::Vote(second)]))
        .await
        .expect_err("one vote");
    assert!(matches!(refused, StoreError::Conflict { .. }), "{refused}");

    let mut same_token = request(&parts.2, "bob@fin.test");
    same_token.token_hash = asked.token_hash;
    let refused = change(vec![Record::ApprovalRequest(same_token)]);
    let refused = env
        .store
        .commit(refused)
        .await
        .expect_err("a token names one request");
    let named =
        matches!(&refused, StoreError::Unique(name) if name == "approval_requests_token_hash");
    assert!(named, "{refused}");
}

pub async fn one_bad_change_does_not_spoil_its_neighbours(env: &Env) {
    env.store
        .commit(change(vec![Record::Message(message("0"))]))
        .await
        .expect("new");
    let tasks = (0..20).map(|n| {
        let store = env.store.clone();
        let record = Record::Message(message(&n.to_string()));
        tokio::spawn(async move { store.commit(change(vec![record])).await })
    });
    let mut refused = 0;
    for task in tasks.collect::<Vec<_>>() {
        refused += u32::from(task.await.expect("no panic").is_err());
    }
    assert_eq!(refused, 1, "only the message that is there already");
    let filter = countinghouse::io::store::Filter::default();
    assert_eq!(
        env.store.list_messages(&filter).await.expect("loads").len(),
        20
    );
}

pub async fn changes_of_many_callers_keep_the_chain_without_a_gap(env: &Env) {
    let other = env.another().await;
    let tasks = (0..200).map(|n| {
        let store = if n % 2 == 0 {
            env.store.clone()
        } else {
            other.clone()
        };
        tokio::spawn(async move {
            let record = Record::Message(message(&n.to_string()));
            store.commit(change(vec![record])).await
        })
    });
    let mut first = Vec::new();
    for task in tasks.collect::<Vec<_>>() {
        let committed = task.await.expect("no panic").expect("nothing conflicts");
        first.push(committed.first_sequence);
    }
    first.sort_unstable();
    let expected: Vec<u64> = (0..200).map(|n| n * 2 + 1).collect();
    assert_eq!(first, expected, "two entries each, each its own");
    let entries = env.store.audit_after(0, 1000).await.expect("loads");
    let head = verify((0, GENESIS), &entries).expect("the chain holds");
    assert_eq!(head, env.store.audit_head().await.expect("loads"));
    other.close().await;
}

pub async fn callers_that_give_up_leave_whole_commits(env: &Env) {
    let mut tasks = Vec::new();
    for n in 0..100_u64 {
        let store = env.store.clone();
        let message = message(&n.to_string());
        let job = NewJob::now(Step::ReadMessage, message.id, now());
        let change = change(vec![Record::Message(message)]).job(job);
        let impatient = Duration::from_micros(n * 40);
        tasks.push(tokio::spawn(async move {
            tokio::time::timeout(impatient, store.commit(change))
                .await
                .is_ok()
        }));
    }
    let mut answered = 0;
    for task in tasks {
        answered += usize::from(task.await.expect("no panic"));
    }
    // A last one: whatever is under way is finished before it.
    env.store
        .commit(change(vec![]))
        .await
        .expect("the store goes on");
    let filter = countinghouse::io::store::Filter::default();
    let messages = env.store.list_messages(&filter).await.expect("loads").len();
    let entries = env.store.audit_after(0, 1000).await.expect("loads");
    let jobs = env.store.idle(now()).await.expect("loads").ready;
    assert!(messages >= answered);
    assert_eq!((entries.len(), jobs), (2 * messages + 1, messages as u64));
    verify((0, GENESIS), &entries).expect("the chain holds");
}

pub async fn letters_with_nul_characters_are_stored(env: &Env) {
    let mut odd = message("m");
    odd.subject = "Rech\0nung".into();
    odd.notes = vec!["a\0b".into()];
    let change = change(vec![Record::Message(odd.clone())]);
    let told = AuditEvent::new(now(), Actor::program("test"), "seen", odd.id, "be\0cause");
    env.store
        .commit(change.event(told.fact("na\0me", "va\0lue")))
        .await
        .expect("stored");
    let stored = env
        .store
        .message(odd.id)
        .await
        .expect("loads")
        .expect("is there");
    assert_eq!(stored.subject, "Rech\u{fffd}nung");
    let entries = env.store.audit_after(0, 100).await.expect("loads");
    verify((0, GENESIS), &entries).expect("the chain is made over what is stored");
}

#[tokio::test]
#[should_panic(expected = "no audit event says that message")]
async fn a_state_without_an_event_is_a_bug() {
    let env = Env::sqlite().await;
    let silent = begun().put(Record::Message(message("m")));
    drop(env.store.commit(silent).await);
}

#[tokio::test]
async fn a_batch_of_five_hundred_messages_is_one_commit() {
    let env = Env::sqlite().await;
    let messages: Vec<Message> = (0..500).map(|n| message(&n.to_string())).collect();
    let mut records: Vec<Record> = messages.iter().cloned().map(Record::Message).collect();
    let places = messages
        .iter()
        .zip(1..)
        .map(|(m, uid)| Record::Arrival(arrival(m, uid)));
    records.extend(places);
    let progress = MailboxProgress {
        mailbox: "ap".into(),
        uid_validity: 17,
        next_uid: 501,
        start: None,
        version: 0,
    };
    records.push(Record::Mailbox(progress));
    let jobs = messages
        .iter()
        .map(|m| NewJob::now(Step::ReadMessage, m.id, now()));
    let change = jobs.fold(change(records), Change::job);
    env.store.commit(change).await.expect("all of them");
    let counts = env.store.counts().await.expect("loads");
    let fetched = counts
        .iter()
        .find(|c| c.state == MessageState::Fetched.as_str());
    assert_eq!(fetched.map(|c| c.count), Some(500));
    assert_eq!(
        env.store.idle(Timestamp::MAX).await.expect("loads").ready,
        500
    );
    env.end().await;
}
