//! A mailbox that is watched: the server tells of new mail, and every mail that stands there is accounted for.

use countinghouse::basics::address::MailAddress;
use countinghouse::domain::audit::{Actor, AuditEvent, Subject};
use countinghouse::domain::change::{Change, MailboxProgress, Record};
use countinghouse::domain::exception::ExceptionCode;
use countinghouse::domain::message::MessageState;
use countinghouse::domain::message::reconcile::Account;
use countinghouse::io::imap::ImapSession;
use countinghouse::io::net::Security;
use countinghouse::steps::Office as Desk;
use countinghouse::watch;
use serde_json::Value;

use crate::office::bills::bill;
use crate::office::daemon::{Daemon, program};
use crate::office::mails;
use crate::office::servers::servers;
use crate::office::{Office, everything};

#[tokio::test]
async fn a_bill_is_taken_when_it_comes_though_the_next_look_is_an_hour_away() {
    let office = Office::sqlite().await;
    let office = office
        .reopen_with("poll_seconds = 1", "poll_seconds = 3600")
        .await;
    let today = countinghouse::io::clock::Clock::system()
        .now()
        .to_zoned(jiff::tz::TimeZone::UTC)
        .date();
    let office = office.left_to_a_daemon().await;
    let daemon = Daemon::start(&office.config_file());
    office
        .until("the first look", async |office| {
            office.store.looks().await.unwrap().len() == 2
        })
        .await;
    for (number, gross, what) in [
        ("RE-7001", 119_000, "the first bill"),
        ("RE-7002", 119_100, "the second bill"),
    ] {
        let paper = bill(number, gross).issued(today);
        let before = office.sent_mails().await;
        office.receive(&office.people.ap, &paper.mail(1)).await;
        office
            .until(what, async |office| office.sent_mails().await > before)
            .await;
    }
    office
        .until("the mails are marked on the server", async |office| {
            let messages = office.store.list_messages(&everything()).await.unwrap();
            let mut states = messages.iter().map(|message| message.state);
            states.all(|state| state == MessageState::Filed)
        })
        .await;
    drop(daemon);
    office.taken_back().await.close(&[]).await;
}

#[tokio::test]
async fn a_mail_that_was_passed_over_is_found_told_and_fetched() {
    let office = Office::sqlite().await;
    let ap = office.people.ap.clone();
    for (number, gross) in [("RE-7010", 119_000), ("RE-7011", 119_100)] {
        office.receive(&ap, &bill(number, gross).mail(1)).await;
    }
    office
        .receive(&ap, &mails::plain("news@ext.test", "Autumn", "Cups."))
        .await;
    pass_over(&office.desk, epoch_of(&ap).await, 3).await;
    office.work().await;
    assert_eq!(office.messages().await.len(), 1, "two are passed over");

    let mailbox = &office.config.mailboxes[0];
    let all = watch::reconcile(&office.desk, mailbox).await.unwrap();
    assert_eq!((all.mails.len(), all.fetched), (3, 2));
    assert_eq!(all.count(Account::Missing), 0);
    office.work().await;
    let all = watch::reconcile(&office.desk, mailbox).await.unwrap();
    assert_eq!(all.count(Account::Documents), 2);
    assert_eq!(all.count(Account::Nothing), 1);
    assert_eq!(all.fetched, 0);
    let nothing = all.mails.iter().find(|one| one.account == Account::Nothing);
    assert!(!nothing.unwrap().why.is_empty());
    assert_eq!(office.bills("RE-7010").await.len(), 1);
    // Each is told once.
    let missed = ExceptionCode::MessageMissed;
    office
        .close(&[missed, missed, ExceptionCode::DocumentUnclear])
        .await;
}

#[tokio::test]
async fn the_command_accounts_for_every_mail_and_a_second_one_finds_nothing_new() {
    let office = Office::sqlite().await;
    let ap = office.people.ap.clone();
    // One that asks nobody: the story ends by this machine's clock, at which an approver would be late.
    let wrong = bill("RE-7020", 119_000).payable(118_000);
    office.take(&ap, &wrong.mail(1)).await;
    let piece = mails::typed(
        "a@ext.test",
        "Invoice [1/2]",
        "message/partial; id=a; number=1; total=2",
        "Half a bill",
    );
    office.receive(&ap, &piece).await;
    office.work().await;
    let quarantined = office.messages().await;
    assert!(
        quarantined
            .iter()
            .any(|one| one.state == MessageState::Quarantined)
    );
    let office = office.left_to_a_daemon().await;
    let config = office.config_file();
    let asked = |more: &[&str]| {
        let arguments = [
            "--config",
            config.to_str().unwrap(),
            "--json",
            "mailbox",
            "reconcile",
        ];
        let output = program(&[&arguments, more].concat())
            .stdout(std::process::Stdio::piped())
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(0));
        let lines = String::from_utf8(output.stdout).unwrap();
        let lines = lines
            .lines()
            .map(|line| serde_json::from_str(line).unwrap());
        lines.collect::<Vec<Value>>()
    };
    for _ in 0..2 {
        let told = asked(&[]);
        assert_eq!(told.len(), 2, "{told:?}");
        assert_eq!(told[0]["mailbox"], "ap");
        assert_eq!(told[0]["documents"], 1);
        assert_eq!(told[0]["quarantined"], 1);
        assert_eq!(told[0]["missing"], 0);
    }
    let mails = asked(&["ap", "--mails"]);
    assert_eq!(mails.len(), 2, "{mails:?}");
    assert!(
        mails.iter().all(|mail| mail["message"].is_string()),
        "{mails:?}"
    );
    office
        .taken_back()
        .await
        .close(&[ExceptionCode::BillHeld, ExceptionCode::MessageUnreadable])
        .await;
}

async fn epoch_of(owner: &MailAddress) -> u32 {
    let account = servers().imap(owner, Security::Tls);
    let mut session = ImapSession::connect(&account).await.unwrap();
    session.select("INBOX").await.unwrap().uid_validity
}

/// Looking goes on behind the first `passed` mails, as after a restored backup.
async fn pass_over(desk: &Desk, uid_validity: u32, next_uid: u32) {
    let event = AuditEvent::new(
        desk.clock.now(),
        Actor::program("test"),
        "mail fetched",
        Subject::mailbox("ap"),
        "from a backup",
    );
    let progress = MailboxProgress {
        mailbox: "ap".into(),
        uid_validity,
        next_uid,
        start: None,
        version: 0,
    };
    let change = Change::new(event).put(Record::Mailbox(progress));
    desk.store.commit(change).await.unwrap();
}
