//! The queue: leases, fences, retries, parking, sweeps.

use std::collections::HashSet;
use std::time::Duration;

use countinghouse::basics::calendar::Timestamp;
use countinghouse::basics::ids::{BillId, MessageId};
use countinghouse::domain::audit::{Actor, AuditEvent, Subject, SubjectKind};
use countinghouse::domain::change::{Change, Record};
use countinghouse::domain::job::{NewJob, Step};
use countinghouse::domain::payable::schedule::to_pay;
use countinghouse::domain::payable::{BillKind, BillState};
use countinghouse::io::store::{Claimed, Store, StoreError};

use crate::env::Env;
use crate::samples::*;

const LEASE: Duration = Duration::from_secs(60);
/// A lease that ends soon, by the clock of the database.
const SHORT: Duration = Duration::from_millis(1_500);

fn said(subject: impl Into<Subject>) -> Change {
    Change::new(AuditEvent::new(
        now(),
        Actor::program("test"),
        "done",
        subject,
        "a test",
    ))
}

async fn enqueue(store: &Store, step: Step, subject: impl Into<Subject> + Clone, due: Timestamp) {
    let job = NewJob::now(step, subject.clone(), due);
    store
        .commit(said(subject).job(job))
        .await
        .expect("enqueued");
}

async fn claim(store: &Store, at: Timestamp) -> Vec<Claimed> {
    store.claim("worker", at, 10, LEASE).await.expect("claimed")
}

/// Claims a job for a moment, as a worker that dies at it.
async fn claim_shortly(store: &Store) -> Claimed {
    let claimed = store
        .claim("dying", now(), 10, SHORT)
        .await
        .expect("claimed");
    claimed.into_iter().next().expect("one")
}

/// Waits until somebody dead has lost its job, which is then held by us. Every look is a second later for the office: leases
/// are looked at once a second.
async fn claim_lost(store: &Store) -> Claimed {
    for seconds in 100.. {
        if let Some(claimed) = claim(store, later(seconds)).await.into_iter().next() {
            return claimed;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    unreachable!("the test runner ends what waits for ever")
}

async fn claim_one(store: &Store, at: Timestamp) -> Claimed {
    let claimed = claim(store, at).await;
    assert_eq!(claimed.len(), 1, "{claimed:?}");
    claimed.into_iter().next().expect("one")
}

fn bill(name: &str) -> BillId {
    BillId::derive(&[name])
}

pub async fn a_job_is_claimed_done_and_gone(env: &Env) {
    enqueue(&env.store, Step::ReviewBill, bill("a"), now()).await;
    let held = claim_one(&env.store, now()).await;
    assert_eq!((held.step, held.claim.attempt), (Step::ReviewBill, 1));
    assert_eq!(held.subject, bill("a").into());
    assert!(claim(&env.store, now()).await.is_empty(), "it is leased");
    let idle = env.store.idle(now()).await.expect("loads");
    assert_eq!((idle.ready, idle.leased, idle.is_idle()), (0, 1, false));

    let next = NewJob::now(Step::SchedulePayment, bill("a"), now());
    let done = said(bill("a")).job(next).finishing(held.claim);
    env.store
        .commit(done)
        .await
        .expect("done, with the next job");
    assert_eq!(
        claim_one(&env.store, now()).await.step,
        Step::SchedulePayment
    );
}

pub async fn a_job_still_being_done_is_kept_until_it_was_lost(env: &Env) {
    enqueue(&env.store, Step::ReadMessage, bill("a"), now()).await;
    let held = claim_shortly(&env.store).await;
    let renewed = env.store.renew(held.claim.clone(), SHORT * 2).await;
    renewed.expect("renewed");
    tokio::time::sleep(SHORT).await;
    assert!(claim(&env.store, later(90)).await.is_empty(), "kept");
    claim_lost(&env.store).await;
    let late = env.store.renew(held.claim, LEASE).await;
    assert!(
        matches!(late, Err(StoreError::StaleClaim { .. })),
        "{late:?}"
    );
}

pub async fn an_intent_renews_the_lease_and_is_refused_once_it_is_lost(env: &Env) {
    enqueue(&env.store, Step::SendOutbound, bill("a"), now()).await;
    let held = claim_shortly(&env.store).await;
    let intent = said(bill("a")).holding(held.claim.clone(), SHORT * 2);
    env.store.commit(intent).await.expect("held");
    tokio::time::sleep(SHORT).await;
    assert!(claim(&env.store, later(90)).await.is_empty(), "renewed");
    let other = claim_lost(&env.store).await;
    let late = said(bill("a")).holding(held.claim, LEASE);
    let refused = env.store.commit(late).await.expect_err("another holds it");
    assert!(
        matches!(refused, StoreError::StaleClaim { .. }),
        "{refused}"
    );
    let done = said(bill("a")).finishing(other.claim);
    env.store.commit(done).await.expect("done by the other");
}

pub async fn two_jobs_of_a_subject_are_never_done_at_once(env: &Env) {
    enqueue(&env.store, Step::ReviewBill, bill("a"), now()).await;
    enqueue(&env.store, Step::SchedulePayment, bill("a"), later(1)).await;
    let first = claim_one(&env.store, later(5)).await;
    assert_eq!(first.step, Step::ReviewBill);
    assert!(claim(&env.store, later(5)).await.is_empty());
    env.store
        .commit(said(bill("a")).finishing(first.claim))
        .await
        .expect("done");
    assert_eq!(
        claim_one(&env.store, later(5)).await.step,
        Step::SchedulePayment
    );
}

pub async fn jobs_are_claimed_oldest_first_and_not_before_their_time(env: &Env) {
    enqueue(&env.store, Step::ReviewBill, bill("late"), later(30)).await;
    enqueue(&env.store, Step::ReviewBill, bill("old"), now()).await;
    enqueue(&env.store, Step::ReviewBill, bill("young"), later(10)).await;
    let order: Vec<Subject> = claim(&env.store, later(20))
        .await
        .into_iter()
        .map(|held| held.subject)
        .collect();
    assert_eq!(order, [bill("old").into(), bill("young").into()]);
    let idle = env.store.idle(later(20)).await.expect("loads");
    assert_eq!((idle.later, idle.next_due), (1, Some(later(30))));
}

pub async fn a_failed_job_waits_for_its_time(env: &Env) {
    enqueue(&env.store, Step::SendOutbound, bill("a"), now()).await;
    let held = claim_one(&env.store, now()).await;
    env.store
        .retry(held.claim.clone(), later(60), "no route to host")
        .await
        .expect("put back");
    assert!(claim(&env.store, later(59)).await.is_empty());
    let again = claim_one(&env.store, later(60)).await;
    assert_eq!(again.claim.attempt, 2);
    let stale = env
        .store
        .retry(held.claim, later(61), "again")
        .await
        .expect_err("not held");
    assert!(matches!(stale, StoreError::StaleClaim { .. }), "{stale}");
}

pub async fn a_lease_that_ends_gives_the_job_to_the_next(env: &Env) {
    enqueue(&env.store, Step::ReviewBill, bill("a"), now()).await;
    let dead = claim_shortly(&env.store).await;
    assert!(
        claim(&env.store, later(3600)).await.is_empty(),
        "no clock but the database's ends a lease"
    );
    let alive = claim_lost(&env.store).await;
    assert_eq!(alive.claim.attempt, 2, "the crash is known by the attempts");
    let late = env
        .store
        .commit(said(bill("a")).finishing(dead.claim))
        .await;
    assert!(
        matches!(late, Err(StoreError::StaleClaim { .. })),
        "{late:?}"
    );
    env.store
        .commit(said(bill("a")).finishing(alive.claim))
        .await
        .expect("the holder's counts");
}

pub async fn a_stale_claim_rolls_everything_back(env: &Env) {
    enqueue(&env.store, Step::ReadMessage, message("m").id, now()).await;
    let dead = claim_shortly(&env.store).await;
    claim_lost(&env.store).await;
    let head = env.store.audit_head().await.expect("loads");
    let late = change(vec![Record::Message(message("m"))])
        .job(NewJob::now(Step::ReviewBill, bill("b"), now()))
        .finishing(dead.claim);
    let refused = env.store.commit(late).await.expect_err("the lease ended");
    assert!(
        matches!(refused, StoreError::StaleClaim { .. }),
        "{refused}"
    );
    assert_eq!(
        env.store.message(message("m").id).await.expect("loads"),
        None
    );
    assert_eq!(env.store.audit_head().await.expect("loads"), head);
    assert!(
        claim(&env.store, now()).await.is_empty(),
        "no job was enqueued"
    );
}

pub async fn a_claim_from_an_earlier_life_of_the_job_is_stale(env: &Env) {
    enqueue(&env.store, Step::ReviewBill, bill("a"), now()).await;
    let dead = claim_shortly(&env.store).await;
    let second = claim_lost(&env.store).await;
    env.store
        .commit(said(bill("a")).finishing(second.claim))
        .await
        .expect("done");
    enqueue(&env.store, Step::ReviewBill, bill("a"), now()).await;
    let third = claim_one(&env.store, now()).await;
    assert_eq!(
        third.claim.attempt, dead.claim.attempt,
        "attempts count anew"
    );
    let late = env
        .store
        .commit(said(bill("a")).finishing(dead.claim))
        .await;
    assert!(
        matches!(late, Err(StoreError::StaleClaim { .. })),
        "{late:?}"
    );
}

pub async fn a_job_enqueued_while_it_is_done_is_done_again(env: &Env) {
    enqueue(&env.store, Step::ApplyCash, bill("a"), now()).await;
    let held = claim_one(&env.store, now()).await;
    // Something new was booked after the worker loaded.
    enqueue(&env.store, Step::ApplyCash, bill("a"), later(1)).await;
    env.store
        .commit(said(bill("a")).finishing(held.claim))
        .await
        .expect("done");
    let again = claim_one(&env.store, later(1)).await;
    assert_eq!(again.claim.attempt, 1);
    env.store
        .commit(said(bill("a")).finishing(again.claim))
        .await
        .expect("done");
    assert!(env.store.idle(later(9)).await.expect("loads").is_idle());
}

pub async fn a_parked_job_asks_a_person_and_can_be_requeued(env: &Env) {
    enqueue(&env.store, Step::ReviewBill, bill("a"), now()).await;
    let held = claim_one(&env.store, now()).await;
    let item = exception("parked");
    env.store
        .park(held.claim.clone(), "it panicked", item.clone())
        .await
        .expect("parked");
    let open = env.store.open_exceptions(10).await.expect("loads");
    assert_eq!(open.iter().map(|e| e.id).collect::<Vec<_>>(), [item.id]);
    let told = env
        .store
        .audit_of(&held.claim.job.into())
        .await
        .expect("loads");
    assert_eq!(
        told.first().and_then(|e| e.event.to_state.clone()),
        Some("parked".into())
    );
    let parked = env.store.parked_jobs(10).await.expect("loads");
    assert_eq!(
        parked.first().map(|j| (j.step, j.error.as_str())),
        Some((Step::ReviewBill, "it panicked"))
    );
    assert!(
        claim(&env.store, later(1000)).await.is_empty(),
        "parked jobs wait for a person"
    );

    let twice = env
        .store
        .park(held.claim.clone(), "again", exception("x"))
        .await;
    assert!(
        matches!(twice, Err(StoreError::StaleClaim { .. })),
        "{twice:?}"
    );
    assert!(
        env.store
            .requeue(held.claim.job, later(5))
            .await
            .expect("requeued")
    );
    assert!(
        !env.store
            .requeue(held.claim.job, later(5))
            .await
            .expect("not parked any more")
    );
    assert_eq!(claim_one(&env.store, later(5)).await.claim.attempt, 1);
}

pub async fn a_sweep_leaves_parked_and_waiting_jobs_alone(env: &Env) {
    let job = |name: &str, due| NewJob::now(Step::ReviewBill, bill(name), due);
    let jobs = vec![job("a", now()), job("b", later(50))];
    assert_eq!(env.store.enqueue(jobs.clone()).await.expect("enqueued"), 2);
    let held = claim_one(&env.store, now()).await;
    env.store
        .park(held.claim, "no", exception("p"))
        .await
        .expect("parked");
    let sooner = vec![job("a", now()), job("b", now()), job("c", now())];
    assert_eq!(
        env.store.enqueue(sooner).await.expect("enqueued"),
        1,
        "only c is new"
    );
    assert_eq!(claim_one(&env.store, now()).await.subject, bill("c").into());

    // A commit has new facts: it moves what waits forward and wakes what is parked.
    enqueue(&env.store, Step::ReviewBill, bill("b"), now()).await;
    enqueue(&env.store, Step::ReviewBill, bill("a"), now()).await;
    assert_eq!(claim(&env.store, now()).await.len(), 2);
}

pub async fn what_has_no_job_is_found(env: &Env) {
    let (waiting, forgotten) = (message("waiting"), message("forgotten"));
    let records = vec![
        Record::Message(waiting.clone()),
        Record::Message(forgotten.clone()),
    ];
    let job = NewJob::now(Step::ReadMessage, waiting.id, now());
    env.store
        .commit(change(records).job(job))
        .await
        .expect("new");
    let find =
        env.store
            .subjects_without_job(SubjectKind::Message, "fetched", Step::ReadMessage, 10);
    assert_eq!(find.await.expect("loads"), [forgotten.id.into()]);
}

pub async fn an_approved_bill_without_a_job_is_found_when_it_has_something_to_pay(env: &Env) {
    let cases = [
        ("invoice", BillState::Approved, BillKind::Invoice, Some(1)),
        ("waiting", BillState::Approved, BillKind::Invoice, Some(1)),
        (
            "credit",
            BillState::Approved,
            BillKind::CreditNote,
            Some(-1),
        ),
        ("odd", BillState::Approved, BillKind::CreditNote, Some(1)),
        ("nothing", BillState::Approved, BillKind::Invoice, Some(0)),
        ("unknown", BillState::Approved, BillKind::Invoice, None),
        ("draft", BillState::Draft, BillKind::Invoice, Some(1)),
    ];
    let mut bills = Vec::new();
    for (name, state, kind, payable) in cases {
        let (message, document, mut bill) = bill_with_parents(name, name);
        (bill.state, bill.kind, bill.payable) = (state, kind, payable.map(eur));
        let mut new = change(records_of(&(message, document, bill.clone())));
        if name == "waiting" {
            new = new.job(NewJob::now(Step::SchedulePayment, bill.id, now()));
        }
        env.store.commit(new).await.expect("new");
        bills.push((name, bill));
    }
    let found = env.store.bills_unscheduled(10).await.expect("loads");
    let found = found.iter().map(|bill| bill.id).collect::<Vec<_>>();
    let called_for = bills.iter().filter(|(name, bill)| {
        bill.state == BillState::Approved && to_pay(bill).is_some() && *name != "waiting"
    });
    assert_eq!(
        found,
        called_for.map(|(_, bill)| bill.id).collect::<Vec<_>>(),
        "as the domain decides"
    );
    assert_eq!(found.len(), 2, "a bill to pay and a credit note to set off");
}

pub async fn a_step_of_a_newer_version_is_left_to_a_daemon_that_knows_it(env: &Env) {
    let jobs = ["a", "b"].map(|name| NewJob::now(Step::ReviewBill, bill(name), now()));
    env.store.enqueue(jobs.to_vec()).await.expect("enqueued");
    let newer = format!(
        "UPDATE jobs SET step = 'weigh_bill' WHERE subject_id = '{}'",
        bill("a")
    );
    env.tamper(&newer)
        .await
        .expect("a newer daemon enqueued it");
    let held = claim(&env.store, now()).await;
    let subjects = held.iter().map(|job| job.subject.id.clone());
    assert_eq!(subjects.collect::<Vec<_>>(), [bill("b").to_string()]);
}

pub async fn what_is_put_off_was_not_tried(env: &Env) {
    enqueue(&env.store, Step::SendOutbound, bill("a"), now()).await;
    for minutes in 0..3 {
        let at = later(minutes * 60);
        let held = claim(&env.store, at).await;
        assert_eq!(held.len(), 1, "{minutes}");
        assert_eq!(held[0].claim.attempt, 1);
        assert_eq!(claim(&env.store, at).await, []);
        let off = later((minutes + 1) * 60);
        let held = held[0].claim.clone();
        env.store
            .postpone(held.clone(), off)
            .await
            .expect("put off");
        assert_eq!(claim(&env.store, at).await, [], "its time has not come");
        let twice = env.store.postpone(held, off).await;
        assert!(
            matches!(twice, Err(StoreError::StaleClaim { .. })),
            "{twice:?}"
        );
    }
}

pub async fn many_workers_do_every_job_once(env: &Env) {
    let second = env.another().await;
    let subject = |n: u32| MessageId::derive(&[&(n % 20).to_string()]);
    let steps = [
        Step::ReadMessage,
        Step::RecordApproval,
        Step::RecordDelivery,
    ];
    let jobs = (0..20).flat_map(|n| steps.map(|step| NewJob::now(step, subject(n), now())));
    assert_eq!(
        env.store.enqueue(jobs.collect()).await.expect("enqueued"),
        60
    );
    let workers = (0..8).map(|n| {
        let store = if n % 2 == 0 {
            env.store.clone()
        } else {
            second.clone()
        };
        tokio::spawn(async move { work(&store, &format!("worker {n}")).await })
    });
    let mut done = Vec::new();
    for worker in workers.collect::<Vec<_>>() {
        done.extend(worker.await.expect("no panic"));
    }
    let different: HashSet<String> = done.iter().map(|job| format!("{job:?}")).collect();
    assert_eq!((done.len(), different.len()), (60, 60), "every job once");
    assert!(env.store.idle(now()).await.expect("loads").is_idle());
    second.close().await;
}

async fn work(store: &Store, name: &str) -> Vec<(Step, Subject)> {
    let mut done = Vec::new();
    loop {
        let held = match store.claim(name, now(), 3, LEASE).await {
            Ok(held) => held,
            Err(StoreError::Conflict { .. }) => continue,
            Err(error) => panic!("{error}"),
        };
        let subjects: HashSet<&Subject> = held.iter().map(|held| &held.subject).collect();
        assert_eq!(
            subjects.len(),
            held.len(),
            "two jobs of one subject in one claim"
        );
        if held.is_empty() && store.idle(now()).await.expect("loads").is_idle() {
            return done;
        }
        for held in held {
            let told = said(held.subject.clone()).finishing(held.claim);
            store.commit(told).await.expect("done");
            done.push((held.step, held.subject));
        }
    }
}
