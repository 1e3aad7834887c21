//! Several daemons on the same books: who watches, who died, what all have alike.

use std::collections::BTreeMap;
use std::time::Duration;

use countinghouse::basics::ids::{BillId, ContentHash, JobId};
use countinghouse::domain::audit::{Actor, AuditEvent};
use countinghouse::domain::change::Change;
use countinghouse::domain::job::{NewJob, Step};
use countinghouse::io::store::{Replica, Unseen};
use countinghouse::io::vault::{Shelf, Vault, VaultError};

use crate::env::Env;
use crate::samples::now;

const LONG: Duration = Duration::from_secs(600);
const MOMENT: Duration = Duration::from_millis(300);

fn replica(name: &str) -> Replica {
    Replica {
        name: name.to_owned(),
        host: "box".to_owned(),
        process: 7,
        program_version: "1".to_owned(),
    }
}

pub async fn a_mailbox_has_one_watcher_until_it_is_silent_or_gives_it_back(env: &Env) {
    let take = async |owner: &str, span| {
        let taken = env.store.take_lease("mailbox/ap", owner, span).await;
        taken.expect("asked")
    };
    assert_eq!(take("one", LONG).await, Some(1));
    assert_eq!(take("two", LONG).await, None);
    assert_eq!(take("one", MOMENT).await, Some(1), "renewed, for a moment");
    tokio::time::sleep(MOMENT * 2).await;
    assert_eq!(take("two", LONG).await, Some(2), "the first was silent");
    assert_eq!(take("one", LONG).await, None, "it comes back too late");
    let given = env.store.yield_lease("mailbox/ap", "one").await;
    given.expect("not its own, and nothing happens");
    assert_eq!(take("one", LONG).await, None);
    let given = env.store.yield_lease("mailbox/ap", "two").await;
    given.expect("given back");
    assert_eq!(take("one", LONG).await, Some(3));
}

pub async fn the_jobs_of_a_dead_daemon_are_done_by_others_and_later_the_mail_it_was_sending(
    env: &Env,
) {
    let bill = |name: &str| BillId::derive(&[name]);
    let told = AuditEvent::new(now(), Actor::program("test"), "done", bill("a"), "a test");
    let jobs = [
        NewJob::now(Step::ReviewBill, bill("a"), now()),
        NewJob::now(Step::SendOutbound, bill("b"), now()),
        NewJob::now(Step::ReviewBill, bill("c"), now()),
    ];
    let change = jobs.into_iter().fold(Change::new(told), Change::job);
    env.store.commit(change).await.expect("enqueued");
    for name in ["dead", "dea"] {
        env.store.appear(replica(name)).await.expect("it lives");
    }
    let held = env
        .store
        .claim("dead", now(), 3, LONG)
        .await
        .expect("claimed");
    assert_eq!(held.len(), 3);
    tokio::time::sleep(MOMENT * 2).await;
    for name in ["dea", "alive"] {
        env.store.appear(replica(name)).await.expect("it lives");
    }
    let seen = env.store.replicas().await.expect("looked");
    let jobs = |name: &str| {
        seen.iter()
            .find(|one| one.replica.name == name)
            .map(|one| one.jobs)
    };
    assert_eq!(
        (jobs("dead"), jobs("dea"), seen.len()),
        (Some(3), Some(0), 3)
    );

    let unseen = |only, span| Unseen {
        span,
        only,
        step: Step::SendOutbound,
    };
    let others = unseen(false, MOMENT);
    let taken = env.store.take_over(&[others, unseen(true, LONG)]).await;
    assert_eq!(taken.expect("taken"), 2, "not what it was sending");
    let taken = env
        .store
        .claim("alive", now(), 9, LONG)
        .await
        .expect("claimed");
    let steps = taken.iter().map(|job| job.step).collect::<Vec<_>>();
    assert_eq!(steps, [Step::ReviewBill, Step::ReviewBill]);
    let late = AuditEvent::new(now(), Actor::program("test"), "done", bill("a"), "late");
    for job in held.into_iter().filter(|job| job.step == Step::ReviewBill) {
        let late = Change::new(late.clone()).finishing(job.claim);
        env.store.commit(late).await.expect_err("another does it");
    }
    let taken = env.store.take_over(&[others, unseen(true, MOMENT)]).await;
    assert_eq!(taken.expect("taken"), 1, "as long as that it sends nothing");
    let mails = env.store.claim("alive", now(), 9, LONG).await;
    let steps = mails.expect("claimed").into_iter().map(|job| job.step);
    assert_eq!(steps.collect::<Vec<_>>(), [Step::SendOutbound]);
    env.store.leave("alive").await.expect("it ends well");
    let lives = async || {
        let seen = env.store.replicas().await.expect("looked");
        let lives = seen.into_iter().map(|one| (one.replica.name, one.lives));
        lives.collect::<BTreeMap<_, _>>()
    };
    let told = |dea, dead| BTreeMap::from([("dea".to_owned(), dea), ("dead".to_owned(), dead)]);
    assert_eq!(lives().await, told(true, true), "half a minute is not over");
    env.tamper("UPDATE replicas SET seen_at = seen_at - 31000 WHERE name = 'dead'")
        .await
        .expect("half a minute");
    assert_eq!(lives().await, told(true, false), "to be seen still");
    env.tamper("UPDATE replicas SET seen_at = seen_at - 86400000 WHERE name = 'dead'")
        .await
        .expect("a day");
    env.store.take_over(&[]).await.expect("looked");
    assert_eq!(lives().await.len(), 1, "forgotten");
}

pub async fn whoever_follows_a_dead_daemon_goes_on_at_once_with_all_it_was_doing(env: &Env) {
    let mail = BillId::derive(&["a"]);
    let told = AuditEvent::new(now(), Actor::program("test"), "done", mail, "a test");
    let change = Change::new(told).job(NewJob::now(Step::SendOutbound, mail, now()));
    env.store.commit(change).await.expect("enqueued");
    for name in ["dead", "dea"] {
        env.store.appear(replica(name)).await.expect("it lives");
        let lease = env.store.take_lease(name, name, LONG).await;
        assert_eq!(lease.expect("taken"), Some(1));
    }
    let held = env.store.claim("dead", now(), 3, LONG).await;
    assert_eq!(held.expect("claimed").len(), 1);
    assert_eq!(env.store.succeed("dea").await.expect("asked"), 0);
    assert_eq!(env.store.succeed("dead").await.expect("asked"), 1);
    let again = env.store.claim("next", now(), 3, LONG).await;
    assert_eq!(again.expect("claimed").len(), 1);
    let lease = env.store.take_lease("dead", "next", LONG).await;
    assert_eq!(lease.expect("asked"), Some(2), "free at once");
}

pub async fn whoever_was_handed_what_it_does_not_do_gives_it_back(env: &Env) {
    let bill = |name: &str| BillId::derive(&[name]);
    let told = AuditEvent::new(now(), Actor::program("test"), "done", bill("a"), "a test");
    let mut change = Change::new(told);
    for name in ["a", "b", "c"] {
        change = change.job(NewJob::now(Step::ReviewBill, bill(name), now()));
    }
    env.store.commit(change).await.expect("enqueued");
    let held = env.store.claim("alive", now(), 2, LONG).await;
    let held = held.expect("claimed");
    let others = env.store.claim("aliv", now(), 1, LONG).await;
    assert_eq!((held.len(), others.expect("claimed").len()), (2, 1));
    let doing = held.iter().map(|job| job.claim.job).collect::<Vec<_>>();
    let let_go = async |doing: &[JobId]| {
        let given_back = env.store.let_go("alive", doing.to_vec()).await;
        given_back.expect("asked")
    };
    assert_eq!(
        let_go(&doing).await,
        0,
        "it does both, and the third is another's"
    );
    assert_eq!(let_go(&doing[..1]).await, 1);
    let again = env.store.claim("alive", now(), 9, LONG).await;
    let again = again.expect("claimed");
    let claims = again.iter().map(|job| (job.claim.job, job.claim.attempt));
    assert_eq!(claims.collect::<Vec<_>>(), [(doing[1], 2)]);
    assert_eq!(let_go(&[]).await, 2);
}

pub async fn all_daemons_agree_on_what_the_first_one_brought(env: &Env) {
    assert_eq!(
        env.store.agree("token key", "first").await.expect("agreed"),
        "first"
    );
    let second = env.another().await;
    assert_eq!(
        second.agree("token key", "other").await.expect("agreed"),
        "first"
    );
    second.close().await;
}

pub async fn what_one_machine_keeps_another_finds_on_the_shelf(env: &Env) {
    let folder = tempfile::tempdir().expect("a folder");
    let shelf = Shelf::connect(&env.config.url).await.expect("connected");
    let open = async |name: &str| {
        let vault = Vault::open(&folder.path().join(name))
            .await
            .expect("opened");
        vault.with_shelf(shelf.clone())
    };
    let (here, there) = (open("here").await, open("there").await);
    let long = (0..3_500_000_u32)
        .map(|n| n.to_le_bytes()[0])
        .collect::<Vec<_>>();
    let contents = [b"a mail".to_vec(), Vec::new(), long.clone()];
    let names = here.put_all(&contents).await.expect("kept");
    let mut streamed = here.writer(1 << 20).await.expect("begun");
    streamed.push(b"in pieces").await.expect("written");
    let (streamed, _) = streamed.finish().await.expect("kept");

    for (name, bytes) in names.iter().zip(&contents) {
        let size = there.size(*name).await.expect("asked");
        assert_eq!(size, Some(bytes.len() as u64));
        assert_eq!(there.get(*name, 4 << 20).await.expect("brought"), *bytes);
        there.verify(*name).await.expect("whole");
    }
    assert_eq!(
        there.get(streamed, 99).await.expect("brought"),
        b"in pieces"
    );
    let unknown = ContentHash::of(b"nobody put this here");
    let missing = there.get(unknown, 99).await;
    assert!(
        matches!(missing, Err(VaultError::Missing { .. })),
        "{missing:?}"
    );
    assert_eq!(there.size(unknown).await.expect("asked"), None);
}

pub async fn what_only_one_machine_has_is_put_on_the_shelf_later(env: &Env) {
    let folder = tempfile::tempdir().expect("a folder");
    let vault = Vault::open(&folder.path().join("alone"))
        .await
        .expect("opened");
    let mut names = vault.put_all(&[b"one", b"two"]).await.expect("kept");
    names.push(ContentHash::of(b"of another machine"));
    names.sort_unstable();
    let shelf = Shelf::connect(&env.config.url).await.expect("connected");
    let vault = vault.with_shelf(shelf);
    let of_one = ContentHash::of(b"one");
    let missing = vault.verify(of_one).await;
    assert!(
        matches!(missing, Err(VaultError::OnShelf { .. })),
        "not on the shelf: {missing:?}"
    );
    assert_eq!(vault.share_missing(&names).await.expect("shared"), 2);
    assert_eq!(vault.share_missing(&names).await.expect("shared"), 0);
    vault.verify(of_one).await.expect("on both");
}

pub async fn a_shelf_that_was_changed_is_noticed(env: &Env) {
    let folder = tempfile::tempdir().expect("a folder");
    let shelf = Shelf::connect(&env.config.url).await.expect("connected");
    let here = Vault::open(&folder.path().join("here"))
        .await
        .expect("opened");
    let here = here.with_shelf(shelf.clone());
    let name = here.put(b"pay 100").await.expect("kept");
    let bytes = if env.is_sqlite() {
        "x'70617920393939'"
    } else {
        "'\\x70617920393939'"
    };
    env.tamper(&format!("UPDATE contents SET bytes = {bytes}"))
        .await
        .expect("tampered");
    let there = Vault::open(&folder.path().join("there"))
        .await
        .expect("opened");
    let read = there.with_shelf(shelf).get(name, 99).await;
    assert!(matches!(read, Err(VaultError::Damaged { .. })), "{read:?}");
}
