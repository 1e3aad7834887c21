//! Raw mails in a bucket that all machines reach: S3 by moto, Azure by Azurite.

use std::path::Path;
use std::time::Duration;

use countinghouse::basics::ids::ContentHash;
use countinghouse::config::Config;
use countinghouse::config::bucket::RawBytes;
use countinghouse::io::vault::{Shelf, Vault, VaultError};
use countinghouse::setup;

use crate::office::buckets::TestBucket;
use crate::office::cable::Cable;
use crate::office::daemon::{memory_of_a_fetch, program};
use crate::office::servers::servers;
use crate::office::{Database, Office, mails};
use crate::replicas::{Machines, machine};

/// Longer than a mailbox waits after its third failure.
const BACK_WITHIN: Duration = Duration::from_secs(180);

/// A mail of 50 MiB passes through the memory in pieces of 5 MiB, of which two or three copies live for a moment.
const STREAMED_KIB: u64 = 28 << 10;

/// An office on PostgreSQL that keeps its mails in this bucket.
async fn office_with(bucket: &TestBucket) -> Office {
    let office = Office::open(Database::Postgres).await;
    let table = bucket.table(office.folder());
    let asked = format!("{table}[storage]\nraw_bytes = \"bucket\"\n");
    office.reopen_with("[storage]\n", &asked).await
}

fn configured(config: &Config) -> countinghouse::io::vault::Bucket {
    let RawBytes::Bucket(bucket) = &config.storage.raw_bytes else {
        panic!("{:?}", config.storage.raw_bytes);
    };
    setup::bucket(bucket).unwrap()
}

/// The vault of another machine with the same configuration.
async fn another(office: &Office, name: &str) -> Vault {
    let vault = Vault::open(&office.folder().join(name)).await.unwrap();
    let url = setup::store_config(&office.config).unwrap().url;
    let shelf = Shelf::in_bucket(configured(&office.config), &url).await;
    vault.with_shelf(shelf.unwrap())
}

async fn is_found_by_another(bucket: &TestBucket) {
    let office = office_with(bucket).await;
    let (here, there) = (&office.desk.vault, another(&office, "there").await);
    let long = (0..12_500_000_u32)
        .map(|n| n.to_le_bytes()[1])
        .collect::<Vec<_>>();
    let contents = [b"a mail".to_vec(), Vec::new(), long.clone()];
    let names = here.put_all(&contents).await.unwrap();
    let mut streamed = here.writer(20 << 20).await.unwrap();
    for piece in long.chunks(1_000_001) {
        streamed.push(piece).await.unwrap();
        streamed.push(b"!").await.unwrap();
    }
    let (streamed, _) = streamed.finish().await.unwrap();

    for (name, bytes) in names.iter().zip(&contents) {
        assert_eq!(
            there.size(*name).await.unwrap(),
            Some(bytes.len() as u64),
            "before it was brought"
        );
        assert_eq!(there.get(*name, 20 << 20).await.unwrap(), *bytes);
        there.verify(*name).await.unwrap();
    }
    assert_eq!(
        there.get(streamed, 20 << 20).await.unwrap().len(),
        long.len() + 13
    );
    let unknown = ContentHash::of(b"nobody put this here");
    let missing = there.get(unknown, 99).await;
    assert!(
        matches!(missing, Err(VaultError::Missing { .. })),
        "{missing:?}"
    );
    assert_eq!(there.size(unknown).await.unwrap(), None);

    // A second machine puts the same, also while the first one does.
    let third = another(&office, "third").await;
    let (one, two) = tokio::join!(third.put_all(&contents), here.put_all(&contents));
    assert_eq!((one.unwrap(), two.unwrap()), (names.clone(), names));
    office.close(&[]).await;
}

#[tokio::test]
async fn what_one_machine_keeps_another_finds_in_s3() {
    is_found_by_another(&TestBucket::s3().await).await;
}

#[tokio::test]
async fn what_one_machine_keeps_another_finds_at_azure() {
    is_found_by_another(&TestBucket::azure()).await;
}

/// What lies in one folder or in the database is copied when the bucket is configured, once.
async fn is_put_there_later(bucket: &TestBucket) {
    let office = office_with(bucket).await;
    let url = setup::store_config(&office.config).unwrap().url;
    let alone = Vault::open(&office.folder().join("alone")).await.unwrap();
    let in_database = Vault::open(&office.folder().join("other")).await.unwrap();
    let in_database = in_database.with_shelf(Shelf::connect(&url).await.unwrap());
    let mut names = alone.put_all(&[b"one", b"two"]).await.unwrap();
    names.push(in_database.put(b"of the database").await.unwrap());
    let of_none = ContentHash::of(b"of nobody");
    names.push(of_none);
    let damaged = alone.put(b"damaged since").await.unwrap();
    std::fs::write(alone.path(damaged), b"Damaged since").unwrap();
    names.push(damaged);
    names.sort_unstable();

    let shelf = Shelf::in_bucket(configured(&office.config), &url).await;
    let alone = alone.with_shelf(shelf.unwrap());
    let missing = alone.verify(names[0]).await;
    assert!(
        matches!(missing, Err(VaultError::OnShelf { .. })),
        "{missing:?}"
    );
    assert_eq!(alone.share_missing(&names).await.unwrap(), 3);
    assert_eq!(alone.share_missing(&names).await.unwrap(), 0);
    let there = another(&office, "there").await;
    for name in names
        .iter()
        .filter(|name| ![of_none, damaged].contains(name))
    {
        there.verify(*name).await.unwrap();
    }
    assert_eq!(there.size(damaged).await.unwrap(), None);
    office.close(&[]).await;
}

#[tokio::test]
async fn what_lay_elsewhere_before_is_put_into_s3_later() {
    is_put_there_later(&TestBucket::s3().await).await;
}

#[tokio::test]
async fn what_lay_elsewhere_before_is_put_to_azure_later() {
    is_put_there_later(&TestBucket::azure()).await;
}

#[tokio::test]
async fn an_object_that_was_changed_or_removed_is_told_and_made_whole_by_putting_it_again() {
    let bucket = TestBucket::s3().await;
    let office = office_with(&bucket).await;
    let here = &office.desk.vault;
    let name = here.put(b"pay 100").await.unwrap();
    bucket.change(name, b"pay 999").await;
    let damaged = another(&office, "there").await.get(name, 99).await;
    assert!(
        matches!(damaged, Err(VaultError::Damaged { .. })),
        "{damaged:?}"
    );
    let damaged = here.verify(name).await;
    assert!(
        matches!(damaged, Err(VaultError::OnShelf { .. })),
        "though it is whole here: {damaged:?}"
    );
    here.put(b"pay 100").await.unwrap();
    here.verify(name).await.unwrap();
    bucket.remove(name).await;
    let missing = another(&office, "third").await.get(name, 99).await;
    assert!(
        matches!(missing, Err(VaultError::Missing { .. })),
        "{missing:?}"
    );
    office.close(&[]).await;
}

#[tokio::test]
async fn a_bucket_that_is_not_there_is_waited_for_and_is_not_a_lost_mail() {
    let bucket = TestBucket::s3_to_come();
    let office = office_with(&bucket).await;
    let unknown = ContentHash::of(b"who knows");
    let vault = &office.desk.vault;
    for failed in [
        vault.put(b"a mail").await.map(drop),
        vault.get(unknown, 99).await.map(drop),
        vault.size(unknown).await.map(drop),
        vault.verify(unknown).await,
    ] {
        let failure = failed.unwrap_err();
        let waits = matches!(failure, VaultError::Shared { .. });
        assert!(waits, "{failure:?}");
    }
    office.close(&[]).await;
}

/// What `check --connect` says of the bucket.
fn checked(config: &Path) -> String {
    let arguments = ["--config", config.to_str().unwrap(), "check", "--connect"];
    let told = program(&arguments)
        .stdout(std::process::Stdio::piped())
        .output();
    let told = String::from_utf8(told.unwrap().stdout).unwrap();
    let line = told.lines().find(|line| line.contains(" bucket "));
    line.unwrap_or_else(|| panic!("{told}")).to_owned()
}

#[tokio::test]
async fn the_check_tries_the_bucket_and_never_shows_its_secret() {
    for bucket in [TestBucket::s3().await, TestBucket::azure()] {
        let office = office_with(&bucket).await;
        let told = checked(&office.folder().join("countinghouse.toml"));
        assert!(told.starts_with("ok "), "{told}");
        office.close(&[]).await;
    }
    for bucket in [
        TestBucket::s3_to_come(),
        TestBucket::azure().with_a_wrong_key(),
    ] {
        let office = office_with(&bucket).await;
        let told = checked(&office.folder().join("countinghouse.toml"));
        assert!(
            told.starts_with("FAILED ") && !told.contains("d3Jvbmc"),
            "{told}"
        );
        office.close(&[]).await;
    }
}

#[tokio::test]
async fn a_mail_of_50_mib_goes_into_the_bucket_and_not_through_memory() {
    let bucket = TestBucket::s3().await;
    let office = office_with(&bucket).await;
    let ap = office.people.ap.clone();
    let line = format!("{}\n", "0123456789abcdef".repeat(4));
    let scan = line.repeat((49 << 20) / line.len());
    let large = mails::plain("a@ext.test", "Scans", &scan);
    let office = office.left_to_a_daemon().await;
    let config = office.config_file();
    let before = memory_of_a_fetch(&config, "ap").await;
    servers().deliver("a@ext.test", &ap, large.as_bytes()).await;
    let after = memory_of_a_fetch(&config, "ap").await;
    println!("fetching nothing {before} KiB, fetching 49 MiB into the bucket {after} KiB");
    assert!(
        before > 0 && after < before + STREAMED_KIB,
        "{before} {after}"
    );
    let office = office.taken_back().await;
    let messages = office.messages().await;
    let there = another(&office, "there").await;
    there.verify(messages[0].content).await.unwrap();
    office.work().await;
    let waiting = office.waiting_for_a_person().await;
    office.close(&waiting).await;
}

#[tokio::test]
async fn three_daemons_with_a_bucket_do_the_whole_job_once() {
    let bucket = TestBucket::s3().await;
    let mut machines = Machines::open_keeping(&bucket).await;
    let mut daemons = Vec::new();
    for name in ["a", "b", "c"] {
        daemons.push(machine(&machines.office, name, None));
    }
    machines.receive(6).await;
    machines.all_is_done("three daemons").await;
    let watcher = machines.watcher().await;
    let killed = daemons.iter().position(|one| one.is(&watcher)).unwrap();
    drop(daemons.remove(killed));
    machines.receive(4).await;
    machines.all_is_done("one was killed").await;
    drop(daemons);
    machines.everything_was_done_once().await;
}

#[tokio::test]
async fn while_the_bucket_is_gone_mails_wait_and_nothing_is_lost() {
    let bucket = TestBucket::s3().await;
    let cable = Cable::to(bucket.host()).await;
    let bucket = bucket.at(&cable.address());
    let mut machines = Machines::open_keeping(&bucket).await;
    let daemons = ["a", "b"].map(|name| machine(&machines.office, name, None));
    machines.receive(2).await;
    machines.all_is_done("the bucket answers").await;
    cable.cut();
    machines.receive(3).await;
    tokio::time::sleep(Duration::from_secs(5)).await;
    let messages = machines.known_mails().await;
    assert_eq!(
        messages, 2,
        "no mail is in the books whose bytes are not safe"
    );
    cable.mend();
    machines
        .all_is_done_within(BACK_WITHIN, "the bucket is back")
        .await;
    drop(daemons);
    machines.everything_was_done_once().await;
}

#[tokio::test]
async fn a_daemon_begins_before_its_bucket_is_there_and_takes_the_mails_then() {
    let bucket = TestBucket::s3_to_come();
    let mut machines = Machines::open_keeping(&bucket).await;
    let daemon = machine(&machines.office, "a", None);
    machines.receive(2).await;
    tokio::time::sleep(Duration::from_secs(5)).await;
    assert_eq!(machines.known_mails().await, 0);
    bucket.come().await;
    machines
        .all_is_done_within(BACK_WITHIN, "the bucket is made")
        .await;
    drop(daemon);
    machines.everything_was_done_once().await;
}
