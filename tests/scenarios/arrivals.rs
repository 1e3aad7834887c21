//! Mail as it comes: twice, in two mailboxes, and with bad intent.

use std::path::Path;
use std::time::Duration;

use countinghouse::domain::exception::ExceptionCode;
use countinghouse::domain::job::Step;
use countinghouse::domain::message::MessageState;
use countinghouse::io::limits::read_bytes;
use countinghouse::steps::requeue_message::requeue_message;
use countinghouse::{steps, watch};

use crate::office::bills::bill;
use crate::office::mails;
use crate::office::servers::{Make, servers};
use crate::office::{Office, everything};

#[tokio::test]
async fn fetching_again_does_nothing() {
    let office = Office::sqlite().await;
    office
        .receive(&office.people.ap, &bill("RE-4001", 119_000).mail(1))
        .await;
    office
        .take(&office.people.ap, &bill("RE-4002", 119_100).mail(1))
        .await;
    let (trail, mails) = (office.trail().await.len(), office.outbound().await.len());
    for _ in 0..3 {
        office.work().await;
    }
    assert_eq!(
        (office.trail().await.len(), office.outbound().await.len()),
        (trail, mails)
    );
    assert_eq!(office.messages().await.len(), 2);
    office.close(&[]).await;
}

#[tokio::test]
async fn the_same_mail_in_two_mailboxes_is_one_message_with_two_arrivals() {
    let office = Office::sqlite().await;
    let mail = bill("RE-4010", 119_000).mail(1);
    servers().append(&office.people.ap, mail.as_bytes()).await;
    servers().append(&office.people.ar, mail.as_bytes()).await;
    office.work().await;
    let messages = office.messages().await;
    assert_eq!(messages.len(), 1);
    let arrivals = office
        .desk
        .store
        .arrivals_of_message(messages[0].id)
        .await
        .unwrap();
    let mut mailboxes = arrivals
        .iter()
        .map(|arrival| arrival.mailbox.as_str())
        .collect::<Vec<_>>();
    mailboxes.sort_unstable();
    assert_eq!(mailboxes, ["ap", "ar"]);
    assert_eq!(office.bills("RE-4010").await.len(), 1);
    assert_eq!(office.inbox_of(&office.people.petra).await.len(), 1);
    office.close(&[]).await;
}

#[tokio::test]
async fn a_mail_sent_to_both_mailboxes_is_one_message_though_the_server_wrote_on_each_copy() {
    let office = Office::sqlite().await;
    let mail = bill("RE-4011", 119_000).mail(1);
    office.receive(&office.people.ap, &mail).await;
    office.receive(&office.people.ar, &mail).await;
    office.work().await;
    let messages = office.messages().await;
    assert_eq!(messages.len(), 1, "{messages:?}");
    let store = &office.desk.store;
    let arrivals = store.arrivals_of_message(messages[0].id).await.unwrap();
    assert_eq!(arrivals.len(), 2, "{arrivals:?}");
    assert_eq!(office.bills("RE-4011").await.len(), 1);
    assert_eq!(office.inbox_of(&office.people.petra).await.len(), 1);
    office.close(&[]).await;
}

#[tokio::test]
async fn mails_are_marked_on_the_server_afterwards() {
    let office = Office::sqlite().await;
    let (ap, ar) = (&office.people.ap, &office.people.ar);
    office.receive(ap, &bill("RE-4020", 119_000).mail(1)).await;
    office
        .receive(
            ar,
            &mails::plain(
                "news@ext.test",
                "Our autumn offers",
                "Coffee cups, now cheaper.",
            ),
        )
        .await;
    assert_eq!(servers().flagged(ap, "$Countinghouse").await, 0);
    office.work().await;
    assert_eq!(
        servers().flagged(ap, "$Countinghouse").await,
        1,
        "the mailbox ap is flagged"
    );
    assert!(
        office.on_the_server(ar, "INBOX").await.is_empty(),
        "the mailbox ar is moved"
    );
    assert_eq!(office.on_the_server(ar, "Processed").await.len(), 1);
    office.close(&[ExceptionCode::DocumentUnclear]).await;
}

#[tokio::test]
async fn hostile_mails_are_kept_and_the_next_mail_goes_on() {
    let office = Office::sqlite().await;
    let shelf = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/mail/hostile");
    let mut count = 0;
    for file in std::fs::read_dir(shelf).unwrap() {
        let path = file.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "eml") {
            office
                .receive_bytes(&office.people.ap, &read_bytes(&path, 50 << 20).unwrap())
                .await;
            count += 1;
        }
    }
    let mut broken = vec![
        ten_thousand_parts(),
        "\n".to_owned(),
        "From: \n\n".to_owned(),
    ];
    // Cyrus refuses a mail with NUL at its door.
    if servers().make == Make::Dovecot {
        broken.push("\0\u{1}no mail at all\n".to_owned());
    }
    for mail in broken {
        office.receive(&office.people.ap, &mail).await;
        count += 1;
    }
    office
        .take(&office.people.ap, &bill("RE-4030", 119_000).mail(1))
        .await;
    assert_eq!(
        office.state_of("RE-4030").await,
        "awaiting_approval",
        "the next mail goes on"
    );
    let messages = office.messages().await;
    assert_eq!(messages.len(), count + 1);
    for message in &messages {
        let size = office
            .desk
            .vault
            .get(message.content, 100 << 20)
            .await
            .unwrap()
            .len() as u64;
        assert_eq!(size, message.size_bytes, "its bytes are kept");
    }
    let quarantined = messages
        .iter()
        .filter(|message| message.state == MessageState::Quarantined)
        .count();
    assert_eq!(
        quarantined, 2,
        "the one with 10,000 parts and the one nested 200 deep"
    );
    let documents = office
        .desk
        .store
        .list_documents(&everything())
        .await
        .unwrap();
    assert!(
        documents
            .iter()
            .all(|document| !format!("{document:?}").contains("hahahaha")),
        "no entity was expanded"
    );
    let sent = office.outbound().await;
    assert!(sent.iter().all(|mail| !mail.letter.subject.contains('\n') && !mail.letter.text.contains("\nBcc:")));
    let waiting = office.waiting_for_a_person().await;
    assert!(waiting.len() >= 3, "{waiting:?}");
    office.close(&waiting).await;
}

#[tokio::test]
async fn a_mail_at_which_the_program_dies_is_quarantined_and_read_again_when_somebody_asks() {
    let office = Office::sqlite().await;
    let ap = office.people.ap.clone();
    office.receive(&ap, &bill("RE-4040", 119_000).mail(1)).await;
    let mailbox = &office.config.mailboxes[0];
    watch::visit(&office.desk, mailbox).await.unwrap();
    // Each time it was begun the process died: nobody ever told how it ended.
    let store = &office.desk.store;
    for _ in 0..steps::patience(Step::ReadMessage).attempts {
        let (clock, lease) = (&office.desk.clock, Duration::from_millis(1));
        let claimed = store.claim("dead", clock.now(), 1, lease).await.unwrap();
        assert_eq!(claimed.len(), 1);
        // A lease ends by the database's clock; ours says when ended ones are looked for again.
        let ended = async {
            while store.idle(clock.now()).await.unwrap().leased > 0 {
                tokio::time::sleep(Duration::from_millis(20)).await;
                clock.move_by(jiff::SignedDuration::from_secs(1));
                store.claim("alive", clock.now(), 0, lease).await.unwrap();
            }
        };
        let ended = tokio::time::timeout(Duration::from_secs(10), ended).await;
        assert!(ended.is_ok(), "its lease never ended");
    }
    office.take(&ap, &bill("RE-4041", 119_100).mail(1)).await;
    assert_eq!(office.state_of("RE-4041").await, "awaiting_approval");
    let messages = office.messages().await;
    let mut quarantined = messages.iter();
    let quarantined = quarantined.find(|message| message.state == MessageState::Quarantined);
    let quarantined = quarantined.unwrap();
    assert!(
        quarantined.notes[0].contains("never ended"),
        "{quarantined:?}"
    );
    assert!(office.bills("RE-4040").await.is_empty());

    requeue_message(
        &office.desk,
        quarantined.id,
        "lena",
        "the program was mended",
    )
    .await
    .unwrap();
    office.work().await;
    assert_eq!(office.state_of("RE-4040").await, "awaiting_approval");
    // Its mail was marked on the server when it went into quarantine, and is not marked again.
    let waiting = office.waiting_for_a_person().await;
    assert!(waiting.is_empty(), "{waiting:?}");
}

fn ten_thousand_parts() -> String {
    let part = "--b\nContent-Type: text/plain\n\nx\n".repeat(10_000);
    mails::typed(
        "rechnung@elbkarton.example",
        "Rechnungen",
        "multipart/mixed; boundary=\"b\"",
        &format!("{part}--b--"),
    )
}
