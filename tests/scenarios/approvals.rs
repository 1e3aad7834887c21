//! Bills on their way to being paid: asked about, answered, planned.

use countinghouse::domain::exception::{ExceptionCode, ExceptionState};
use countinghouse::domain::outbound::Purpose;
use countinghouse::steps::decide_bill::{BillDecision, decide_bill};
use countinghouse::steps::requeue_outbound::requeue_outbound;

use crate::office::bills::bill;
use crate::office::closing::eur;
use crate::office::mails::{self, Letter, answer};
use crate::office::servers::servers;
use crate::office::{Database, Office};

async fn a_bill_is_approved_by_reply(database: Database) {
    let office = Office::open(database).await;
    office
        .take(&office.people.ap, &bill("RE-1001", 119_000).mail(1))
        .await;
    assert_eq!(office.state_of("RE-1001").await, "awaiting_approval");

    let request = office.request_about("RE-1001", &office.people.petra).await;
    assert!(
        request.text.contains("EUR 1,190.00") || request.text.contains("1,190.00"),
        "{}",
        request.text
    );
    assert!(
        request.html.contains("RE-1001") && request.files.iter().any(|name| name == "RE-1001.xml"),
        "{:?}",
        request.files
    );
    assert_eq!(request.field("Auto-Submitted"), "auto-generated");

    office
        .take(
            &request.reply_to,
            &answer(&request, &office.people.petra, "Freigegeben\n\nGruß\nPetra").write(),
        )
        .await;
    assert_eq!(office.state_of("RE-1001").await, "scheduled");
    let payments = office.payments_of("RE-1001").await;
    assert_eq!(payments.len(), 1);
    assert_eq!(
        (payments[0].amount, payments[0].blocked.clone()),
        (eur(119_000), None)
    );
    assert_eq!(payments[0].planned_for.to_string(), "2026-12-02");

    let inbox = office.inbox_of(&office.people.petra).await;
    let receipt = inbox.iter().find(|letter| !letter.is_request()).unwrap();
    assert!(
        receipt.field("In-Reply-To").ends_with("@fin.test>"),
        "the receipt stands in the thread of the answer"
    );
    assert_eq!(receipt.field("Auto-Submitted"), "auto-replied");
    office.close(&[]).await;
}

#[tokio::test]
async fn a_bill_is_approved_by_reply_on_sqlite() {
    a_bill_is_approved_by_reply(Database::Sqlite).await;
}

#[tokio::test]
async fn a_bill_is_approved_by_reply_on_postgres() {
    a_bill_is_approved_by_reply(Database::Postgres).await;
}

#[tokio::test]
async fn ten_thousand_needs_one_approver_and_a_cent_more_needs_two() {
    let office = Office::sqlite().await;
    let people = &office.people;
    office
        .receive(&people.ap, &bill("RE-1010", 1_000_000).mail(1))
        .await;
    office
        .take(&people.ap, &bill("RE-1011", 1_000_001).mail(1))
        .await;
    let asked = |requests: Vec<countinghouse::domain::approval::ApprovalRequest>| {
        requests
            .into_iter()
            .map(|request| request.approver)
            .collect::<Vec<_>>()
    };
    assert_eq!(
        asked(office.requests_about("RE-1010").await),
        std::slice::from_ref(&people.petra)
    );
    let both = asked(office.requests_about("RE-1011").await);
    assert!(
        both.len() == 2 && both.contains(&people.jonas) && both.contains(&people.carla),
        "{both:?}"
    );

    let request = office.request_about("RE-1010", &people.petra).await;
    office
        .take(
            &request.reply_to,
            &answer(&request, &people.petra, "approved").write(),
        )
        .await;
    assert_eq!(office.state_of("RE-1010").await, "scheduled");

    let to_jonas = office.request_about("RE-1011", &people.jonas).await;
    office
        .take(
            &to_jonas.reply_to,
            &answer(&to_jonas, &people.jonas, "approved").write(),
        )
        .await;
    assert_eq!(
        office.state_of("RE-1011").await,
        "awaiting_approval",
        "one of two is not enough"
    );
    // The same person a second time is still one person.
    office
        .take(
            &to_jonas.reply_to,
            &answer(&to_jonas, &people.jonas, "approved").write(),
        )
        .await;
    assert_eq!(
        (
            office.state_of("RE-1011").await.as_str(),
            office.votes_on("RE-1011").await
        ),
        ("awaiting_approval", 1)
    );

    let to_carla = office.request_about("RE-1011", &people.carla).await;
    office
        .take(
            &to_carla.reply_to,
            &answer(&to_carla, &people.carla, "genehmigt").write(),
        )
        .await;
    assert_eq!(office.state_of("RE-1011").await, "scheduled");
    assert_eq!(office.votes_on("RE-1011").await, 2);
    office.close(&[]).await;
}

#[tokio::test]
async fn a_rejection_needs_a_reason_and_ends_the_bill() {
    let office = Office::sqlite().await;
    let petra = &office.people.petra;
    office
        .take(&office.people.ap, &bill("RE-1020", 50_000).mail(1))
        .await;
    let request = office.request_about("RE-1020", petra).await;

    office
        .take(
            &request.reply_to,
            &answer(&request, petra, "Abgelehnt").write(),
        )
        .await;
    assert_eq!(
        (
            office.state_of("RE-1020").await.as_str(),
            office.votes_on("RE-1020").await
        ),
        ("awaiting_approval", 0)
    );
    let asked_why = office
        .outbound()
        .await
        .into_iter()
        .filter(|mail| mail.purpose == Purpose::Clarification)
        .count();
    assert_eq!(asked_why, 1, "she is asked for the reason");

    office
        .take(
            &request.reply_to,
            &answer(&request, petra, "Abgelehnt: Ware nie bestellt").write(),
        )
        .await;
    assert_eq!(office.state_of("RE-1020").await, "rejected");
    let votes = office
        .desk
        .store
        .votes_of_bill(office.bill("RE-1020").await.id)
        .await
        .unwrap();
    assert!(
        votes[0].reason.contains("Ware nie bestellt"),
        "{}",
        votes[0].reason
    );
    assert!(office.payments_of("RE-1020").await.is_empty());
    office.close(&[ExceptionCode::BillRejected]).await;
}

#[tokio::test]
async fn a_question_decides_nothing_and_goes_to_a_colleague() {
    let office = Office::sqlite().await;
    let petra = &office.people.petra;
    office
        .take(&office.people.ap, &bill("RE-1030", 50_000).mail(1))
        .await;
    let request = office.request_about("RE-1030", petra).await;
    for says in ["Who ordered this?", "Approved, but only half of it", "ok"] {
        office
            .take(&request.reply_to, &answer(&request, petra, says).write())
            .await;
        assert_eq!(office.votes_on("RE-1030").await, 0, "{says}");
    }
    assert_eq!(office.state_of("RE-1030").await, "awaiting_approval");
    assert_eq!(office.told("approval answer undecided").await.len(), 3);
    let asked = office.desk.store.open_exceptions(10).await.unwrap();
    assert_eq!(asked.len(), 3);
    // The request is still open: the clear word counts, and nobody has to answer the questions any more.
    office
        .take(
            &request.reply_to,
            &answer(&request, petra, "approved").write(),
        )
        .await;
    assert_eq!(office.state_of("RE-1030").await, "scheduled");
    for item in asked {
        let item = office.desk.store.exception(item.id).await.unwrap().unwrap();
        assert_eq!(item.state, ExceptionState::Resolved);
        let words = item.resolution.unwrap();
        assert!(
            words.contains(&petra.to_string()) && words.contains("approve"),
            "{words}"
        );
    }
    office.close(&[]).await;
}

#[tokio::test]
async fn a_vote_answers_the_voters_own_questions_and_the_last_one_all_of_them() {
    let office = Office::sqlite().await;
    let people = &office.people;
    office
        .take(&people.ap, &bill("RE-1031", 1_000_001).mail(1))
        .await;
    let to_jonas = office.request_about("RE-1031", &people.jonas).await;
    let to_carla = office.request_about("RE-1031", &people.carla).await;
    for (request, person) in [(&to_jonas, &people.jonas), (&to_carla, &people.carla)] {
        let asks = answer(request, person, "Who ordered this?").write();
        office.take(&request.reply_to, &asks).await;
    }
    let approves = answer(&to_jonas, &people.jonas, "approved").write();
    office.take(&to_jonas.reply_to, &approves).await;
    let open = office.desk.store.open_exceptions(10).await.unwrap();
    let [of_carla] = open.as_slice() else {
        panic!("{open:?}")
    };
    assert!(of_carla.reason.starts_with(&people.carla.to_string()));
    // By command line this time: the trail says who, and why.
    decide_bill(
        &office.desk,
        office.bill("RE-1031").await.id,
        &BillDecision::Reject,
        &people.carla.to_string(),
        "not ordered by us",
    )
    .await
    .unwrap();
    let item = office.desk.store.exception(of_carla.id).await.unwrap();
    let words = item.unwrap().resolution.unwrap();
    assert!(
        words.contains(&people.carla.to_string()) && words.ends_with("not ordered by us"),
        "{words}"
    );
    office.close(&[ExceptionCode::BillRejected]).await;
}

#[tokio::test]
async fn a_request_that_came_back_is_sent_again_when_a_person_says_that_the_mailbox_is_there() {
    let office = Office::sqlite().await;
    let (ap, petra) = (office.people.ap.clone(), office.people.petra.clone());
    office.take(&ap, &bill("RE-4801", 119_000).mail(1)).await;
    let sent = office.outbound().await.remove(0);
    let report = mails::bounce_of(&sent);
    office.take(&sent.envelope_from, &report).await;
    let asked = [ExceptionCode::DeliveryFailed];
    assert_eq!(office.waiting_for_a_person().await, asked);

    let who = ("lena@fin.test", "their server is back");
    let elsewhere = requeue_outbound(&office.desk, sent.id, Some(ap), who).await;
    assert!(elsewhere.is_err(), "nobody else is asked in her place");
    requeue_outbound(&office.desk, sent.id, None, who)
        .await
        .unwrap();
    assert_eq!(office.waiting_for_a_person().await, [], "it is settled");
    office.work().await;
    // It comes back once more: that is another item, though the first one is settled.
    let again = format!("X-Attempt: 2\r\n{report}");
    office.take(&sent.envelope_from, &again).await;
    assert_eq!(office.waiting_for_a_person().await, asked);
    requeue_outbound(&office.desk, sent.id, None, who)
        .await
        .unwrap();
    assert_eq!(office.waiting_for_a_person().await, []);
    office.work().await;
    let mails = servers().inbox_with(&petra, 3).await;
    let letters = mails.iter().map(|mail| Letter::read(&mail.bytes));
    let letters = letters.collect::<Vec<_>>();
    let ids = letters.iter().map(|letter| letter.message_id.clone());
    let id = sent.header_message_id.to_string();
    assert_eq!(ids.collect::<Vec<_>>(), [id.clone(), id.clone(), id]);
    let reply = answer(&letters[1], &petra, "Freigegeben\n\nPetra");
    office.take(&letters[1].reply_to, &reply.write()).await;
    assert_eq!(office.state_of("RE-4801").await, "scheduled");
    let late = requeue_outbound(&office.desk, sent.id, None, who).await;
    assert!(late.is_err(), "she has answered");
    office.close(&[]).await;
}

#[tokio::test]
async fn a_request_that_came_back_is_not_sent_again_once_somebody_decided_without_it() {
    let office = Office::sqlite().await;
    let people = &office.people;
    office
        .take(&people.ap, &bill("RE-4802", 1_000_001).mail(1))
        .await;
    let asked = office.outbound().await;
    let to_jonas = asked.iter().find(|mail| mail.to == people.jonas).unwrap();
    let report = mails::bounce_of(to_jonas);
    office.take(&to_jonas.envelope_from, &report).await;
    let bill = office.bill("RE-4802").await.id;
    let no = &BillDecision::Reject;
    decide_bill(&office.desk, bill, no, &people.carla.to_string(), "ours?")
        .await
        .unwrap();
    let who = ("lena@fin.test", "their server is back");
    let late = requeue_outbound(&office.desk, to_jonas.id, None, who).await;
    let words = format!("{:#}", anyhow::Error::from(late.unwrap_err()));
    assert!(
        words.contains("approval request that is withdrawn cannot be asked again"),
        "{words}"
    );
    office.work().await;
    assert_eq!(servers().folder(&people.jonas, "INBOX").await.len(), 1);
    office
        .close(&[ExceptionCode::DeliveryFailed, ExceptionCode::BillRejected])
        .await;
}

#[tokio::test]
async fn a_silent_approver_is_reminded_and_answers_the_reminder_and_of_a_second_one_the_office_is_told()
 {
    let mut office = Office::sqlite().await;
    let people = office.people.clone();
    office
        .take(&people.ap, &bill("RE-4803", 1_000_001).mail(1))
        .await;
    // The first morning is a Thursday: on Friday both are reminded.
    office.next_day().await;
    let jonas = office.inbox_of(&people.jonas).await;
    let [asked, reminder] = jonas.as_slice() else {
        panic!("{jonas:?}")
    };
    assert!(reminder.subject.starts_with("Reminder, please decide: "));
    assert_eq!(reminder.reply_to, asked.reply_to);
    let approves = answer(reminder, &people.jonas, "approved").write();
    office.take(&reminder.reply_to, &approves).await;
    // A weekend later Carla is asked once more, and then somebody is told of her.
    for day in ["2026-11-23", "2026-11-24"] {
        office.move_to(day.parse().unwrap()).await;
    }
    let late = [ExceptionCode::ApprovalLate];
    assert_eq!(office.waiting_for_a_person().await, late);
    let told = office.outbound().await.into_iter();
    let mut told = told.filter(|mail| mail.purpose == Purpose::Escalation);
    let told = told.next().unwrap();
    assert!(
        told.letter.subject.starts_with("No answer from Carla"),
        "{}",
        told.letter.subject
    );
    let carla = office.inbox_of(&people.carla).await;
    assert_eq!(carla.len(), 3, "the request and two reminders");
    let approves = answer(&carla[2], &people.carla, "Genehmigt").write();
    office.take(&carla[2].reply_to, &approves).await;
    assert_eq!(office.state_of("RE-4803").await, "scheduled");
    office.close(&[]).await;
}
