//! Mailboxes as they are in real life: in use for years, re-created, with gaps, in several folders, with one mail in two of them.

use countinghouse::domain::exception::ExceptionCode;
use countinghouse::domain::message::reconcile::Account;
use countinghouse::watch;

use crate::office::Office;
use crate::office::bills::{Paper, bill};
use crate::office::daemon::memory_of_a_fetch;
use crate::office::mails;
use crate::office::servers::servers;

const POLL: &str = "poll_seconds = 1\n";
/// What fetching a mail of 50 MiB may cost in memory: two windows of 1 MiB, their copies, and what else there is.
const STREAMED_KIB: u64 = 16 << 10;

/// A bill whose amount no other one has.
fn paper(number: &str) -> Paper {
    let digits = number.trim_start_matches(|c: char| !c.is_ascii_digit());
    bill(number, 100 * digits.parse::<i64>().unwrap())
}

/// Every mailbox of the office is a folder besides the inbox.
async fn in_folder(folder: &str) -> Office {
    let office = Office::sqlite().await;
    for owner in [&office.people.ap, &office.people.ar] {
        let create = format!("CREATE {folder}");
        servers().at_the_server(owner, &[&create]).await;
    }
    let with_folder = format!("{POLL}folder = \"{folder}\"\n");
    office.reopen_with(POLL, &with_folder).await
}

#[tokio::test]
async fn a_mailbox_in_use_for_years_is_worked_from_its_start_on_and_the_rest_is_no_gap() {
    let office = Office::sqlite().await;
    let with_start = format!("{POLL}start_at = \"2026-11-10\"\n");
    let office = office.reopen_with(POLL, &with_start).await;
    let ap = office.people.ap.clone();
    let arrived = |day: &str| format!(" \"{day}-2026 09:00:00 +0100\"");
    let put = async |number: &str, day: &str| {
        let mail = paper(number).mail(1);
        let place = ("INBOX", arrived(day));
        servers()
            .append_to(&ap, (place.0, &place.1), mail.as_bytes())
            .await;
    };
    put("RE-8001", "02-Jan").await;
    put("RE-8002", "09-Nov").await;
    put("RE-8003", "10-Nov").await;
    // Old, though it stands behind a new one.
    put("RE-8004", "01-Oct").await;
    office.work().await;
    assert_eq!(office.messages().await.len(), 1);
    assert_eq!(office.bills("RE-8003").await.len(), 1);

    let mailbox = &office.config.mailboxes[0];
    let all = watch::reconcile(&office.desk, mailbox).await.unwrap();
    assert_eq!(all.count(Account::BeforeStart), 3, "{:?}", all.mails);
    assert_eq!((all.count(Account::Missing), all.fetched), (0, 0));

    // Somebody puts an old bill into the folder: that is work.
    put("RE-8005", "03-Jan").await;
    office.work().await;
    assert_eq!(office.bills("RE-8005").await.len(), 1);
    let all = watch::reconcile(&office.desk, mailbox).await.unwrap();
    assert_eq!(all.count(Account::BeforeStart), 3);
    assert_eq!(all.count(Account::Documents), 2);
    office.close(&[]).await;
}

#[tokio::test]
async fn a_folder_made_anew_brings_what_is_new_and_nothing_twice() {
    let office = in_folder("Rechnungen").await;
    let ap = office.people.ap.clone();
    let put = async |number: &str| {
        let mail = paper(number).mail(1);
        servers()
            .append_to(&ap, ("Rechnungen", ""), mail.as_bytes())
            .await;
    };
    put("RE-8010").await;
    office.work().await;
    assert_eq!(office.bills("RE-8010").await.len(), 1);

    let anew = ["DELETE Rechnungen", "CREATE Rechnungen"];
    servers().at_the_server(&ap, &anew).await;
    for number in ["RE-8011", "RE-8010"] {
        put(number).await;
    }
    office.work().await;
    assert_eq!(office.messages().await.len(), 2);
    assert_eq!(
        office.bills("RE-8010").await.len(),
        1,
        "known by its letter"
    );
    assert_eq!(office.bills("RE-8011").await.len(), 1);
    office.close(&[ExceptionCode::MailboxChanged]).await;
}

#[tokio::test]
async fn gaps_in_the_numbers_are_no_lost_mails() {
    let office = Office::sqlite().await;
    let ap = office.people.ap.clone();
    for number in ["RE-8020", "RE-8021", "RE-8022"] {
        let mail = paper(number).mail(1);
        servers().append(&ap, mail.as_bytes()).await;
    }
    let somebody = ["SELECT INBOX", "STORE 2 +FLAGS (\\Deleted)", "EXPUNGE"];
    servers().at_the_server(&ap, &somebody).await;
    office.work().await;
    assert_eq!(office.messages().await.len(), 2);
    let all = watch::reconcile(&office.desk, &office.config.mailboxes[0]).await;
    let all = all.unwrap();
    assert_eq!((all.mails.len(), all.count(Account::Documents)), (2, 2));
    office.close(&[]).await;
}

#[tokio::test]
async fn one_mail_in_two_folders_of_an_account_is_one_message_whatever_labels_it_bears() {
    let office = Office::sqlite().await;
    let ap = office.people.ap.clone();
    servers().at_the_server(&ap, &["CREATE Scans"]).await;
    let mailbox = office.mailbox_section("ap");
    let scans = mailbox
        .replace("name = \"ap\"", "name = \"scans\"")
        .replace(POLL, &format!("{POLL}folder = \"Scans\"\n"));
    let office = office
        .reopen_with(&mailbox, &format!("{mailbox}{scans}"))
        .await;
    assert_eq!(office.config.mailboxes.len(), 3);

    // Gmail shows a mail with two labels in two folders.
    let mail = bill("RE-8030", 119_000).mail(1);
    for folder in ["INBOX", "Scans"] {
        servers()
            .append_to(&ap, (folder, ""), mail.as_bytes())
            .await;
    }
    let mail = bill("RE-8031", 119_100).mail(1);
    servers()
        .append_to(&ap, ("Scans", ""), mail.as_bytes())
        .await;
    office.work().await;
    let messages = office.messages().await;
    assert_eq!(messages.len(), 2);
    let mut places = Vec::new();
    for message in &messages {
        let store = &office.desk.store;
        let arrivals = store.arrivals_of_message(message.id).await.unwrap();
        places.extend(arrivals.into_iter().map(|arrival| arrival.mailbox));
    }
    places.sort_unstable();
    assert_eq!(places, ["ap", "scans", "scans"]);
    assert_eq!(office.inbox_of(&office.people.petra).await.len(), 2);
    office.close(&[]).await;
}

#[tokio::test]
async fn a_mail_whose_message_id_a_server_rewrote_is_never_paid_twice() {
    let office = Office::sqlite().await;
    let ap = office.people.ap.clone();
    let mail = bill("RE-8040", 119_000).mail(1);
    let (before, rest) = mail.split_once("Message-ID: ").unwrap();
    let (_, after) = rest.split_once('\n').unwrap();
    let rewritten = format!("{before}Message-ID: <x1.0815@gateway.ext.test>\n{after}");
    office.take(&ap, &mail).await;
    office.take(&ap, &rewritten).await;
    assert_eq!(office.messages().await.len(), 2, "both are kept");
    let bills = office.bills("RE-8040").await;
    let mut states = bills.iter().map(|bill| bill.state.as_str());
    assert!(states.any(|state| state == "held"), "{bills:?}");
    assert_eq!(office.inbox_of(&office.people.petra).await.len(), 1);
    let waiting = office.waiting_for_a_person().await;
    office.close(&waiting).await;
}

#[tokio::test]
async fn a_mail_of_50_mib_goes_to_the_disk_and_not_through_memory() {
    let office = Office::sqlite().await;
    let ap = office.people.ap.clone();
    let line = format!("{}\n", "0123456789abcdef".repeat(4));
    let scan = line.repeat((49 << 20) / line.len());
    let large = mails::plain("a@ext.test", "Scans", &scan);
    let office = office.left_to_a_daemon().await;
    let config = office.config_file();
    let before = memory_of_a_fetch(&config, "ap").await;
    servers().deliver("a@ext.test", &ap, large.as_bytes()).await;
    let after = memory_of_a_fetch(&config, "ap").await;
    println!("fetching nothing {before} KiB, fetching 49 MiB {after} KiB");
    assert!(
        before > 0 && after < before + STREAMED_KIB,
        "{before} {after}"
    );
    let office = office.taken_back().await;
    let messages = office.messages().await;
    assert!(messages[0].size_bytes > 49 << 20);
    office.work().await;
    let waiting = office.waiting_for_a_person().await;
    office.close(&waiting).await;
}
