//! Bills that a person has to look at before anybody is asked, or before they are paid.

use countinghouse::basics::calendar::{Date, parse_iso_date};
use countinghouse::domain::exception::ExceptionCode;

use crate::office::bills::{Paper, Seller, bill};
use crate::office::books::SUPPLIERS;
use crate::office::mails::answer;
use crate::office::{Database, Office};

fn day(text: &str) -> Date {
    parse_iso_date(text).unwrap()
}

async fn a_duplicate_is_held(database: Database) {
    let office = Office::open(database).await;
    let people = &office.people;
    office
        .take(&people.ap, &bill("RE-3001", 119_000).mail(1))
        .await;
    // The same bill in a new mail, the same bill again a month later, and its number spelled otherwise.
    office
        .take(&people.ap, &bill("RE-3001", 119_000).mail(2))
        .await;
    office
        .take(
            &people.ap,
            &bill("RE-3001", 118_000).issued(day("2026-11-17")).mail(3),
        )
        .await;
    office
        .take(
            &people.ap,
            &bill("re 3001", 117_000).issued(day("2026-11-16")).mail(4),
        )
        .await;

    let same_number = office.bills("RE-3001").await;
    let states = same_number
        .iter()
        .map(|bill| bill.state.as_str())
        .collect::<Vec<_>>();
    assert_eq!(states, ["held", "held", "awaiting_approval"]);
    // It repeats the first one in any case; of two that are held the later one repeats the earlier, too.
    for (bill, code) in [
        (&same_number[1], "duplicate.same_file"),
        (&same_number[0], "duplicate.exact_number"),
    ] {
        assert!(
            bill.findings
                .first()
                .is_some_and(|found| found.code == code),
            "{:?}",
            bill.findings
        );
    }
    assert_eq!(office.state_of("re 3001").await, "held");
    assert!(
        office
            .findings_of("re 3001")
            .await
            .contains(&"duplicate.alike_number".to_owned())
    );
    assert_eq!(
        office.inbox_of(&people.petra).await.len(),
        1,
        "she is asked about the first one only"
    );

    // The first one goes its way all the same.
    let request = office.request_about("RE-3001", &people.petra).await;
    office
        .take(
            &request.reply_to,
            &answer(&request, &people.petra, "approved").write(),
        )
        .await;
    let planned = office
        .desk
        .store
        .list_payments(&crate::office::everything())
        .await
        .unwrap();
    assert_eq!(planned.len(), 1, "one payment for one delivery");
    office.close(&[ExceptionCode::BillHeld; 3]).await;
}

#[tokio::test]
async fn a_duplicate_is_held_on_sqlite() {
    a_duplicate_is_held(Database::Sqlite).await;
}

#[tokio::test]
async fn a_duplicate_is_held_on_postgres() {
    a_duplicate_is_held(Database::Postgres).await;
}

#[tokio::test]
async fn a_wrong_sum_is_held() {
    let office = Office::sqlite().await;
    office
        .take(
            &office.people.ap,
            &bill("RE-3010", 119_000).payable(120_000).mail(1),
        )
        .await;
    assert_eq!(office.state_of("RE-3010").await, "held");
    assert!(
        office
            .findings_of("RE-3010")
            .await
            .iter()
            .any(|code| code.starts_with("arithmetic."))
    );
    assert!(
        office.outbound().await.is_empty(),
        "nobody is asked about a bill that does not add up"
    );
    office.close(&[ExceptionCode::BillHeld]).await;
}

#[tokio::test]
async fn with_a_changed_account_the_approval_goes_on_and_the_payment_is_blocked() {
    let office = Office::sqlite().await;
    let petra = &office.people.petra;
    office
        .take(
            &office.people.ap,
            &bill("RE-3020", 119_000)
                .iban("DE02200994700061823900")
                .mail(1),
        )
        .await;
    office
        .take(
            &office.people.ap,
            &bill("RE-3021", 119_100)
                .iban("DE79200994100029945531")
                .mail(1),
        )
        .await;
    assert_eq!(
        office.findings_of("RE-3021").await,
        ["bank_account.changed"]
    );
    let request = office.request_about("RE-3021", petra).await;
    assert!(
        request.text.contains("ACCOUNT CHANGED") && request.html.contains("5531"),
        "{}",
        request.text
    );
    office
        .take(
            &request.reply_to,
            &answer(&request, petra, "approved").write(),
        )
        .await;
    assert_ne!(office.state_of("RE-3021").await, "awaiting_approval");
    let payments = office.payments_of("RE-3021").await;
    assert!(
        payments.iter().all(|payment| payment.blocked.is_some()),
        "{payments:?}"
    );
    assert!(
        office
            .waiting_for_a_person()
            .await
            .contains(&ExceptionCode::PaymentBlocked)
    );
    let waiting = office.waiting_for_a_person().await;
    office.close(&waiting).await;
}

#[tokio::test]
async fn a_supplier_nobody_knows_is_held() {
    const STRANGER: Seller = Seller {
        name: "Dachdeckerei Petersen",
        vat_id: "DE811907980",
        domain: "dach-petersen.example",
        iban: "DE12500105170648489890",
    };
    let office = Office::sqlite().await;
    let paper = Paper {
        seller: &STRANGER,
        iban: STRANGER.iban,
        ..bill("26-0367", 83_110)
    };
    office.take(&office.people.ap, &paper.mail(1)).await;
    assert_eq!(office.state_of("26-0367").await, "held");
    assert!(
        office
            .findings_of("26-0367")
            .await
            .contains(&"supplier.unknown".to_owned())
    );
    assert!(office.outbound().await.is_empty());
    office.close(&[ExceptionCode::BillHeld]).await;
}

/// The supplier's row with these accounts.
fn elbkarton(accounts: &str) -> String {
    let rows = SUPPLIERS.lines().take(2).collect::<Vec<_>>().join("\n");
    rows.replace("DE53200994100040215583", accounts)
}

#[tokio::test]
async fn an_imported_account_lifts_the_block_and_one_taken_away_sets_it() {
    const OLD: &str = "DE53200994100040215583";
    const NEW: &str = "DE79200994100029945531";
    let office = Office::sqlite().await;
    let petra = &office.people.petra;
    let asked = |number: &'static str| office.request_about(number, petra);
    for (nth, number) in (1..).zip(["RE-3025", "RE-3026"]) {
        let mail = bill(number, 119_000 + i64::from(nth)).iban(NEW).mail(nth);
        office.take(&office.people.ap, &mail).await;
    }
    let request = asked("RE-3025").await;
    let approved = answer(&request, petra, "approved").write();
    office.take(&request.reply_to, &approved).await;
    assert!(office.payments_of("RE-3025").await[0].blocked.is_some());

    office
        .import_suppliers(&elbkarton(&format!("{OLD} {NEW}")))
        .await;
    office.work().await;
    for number in ["RE-3025", "RE-3026"] {
        assert!(office.findings_of(number).await.is_empty(), "{number}");
    }
    assert_eq!(office.payments_of("RE-3025").await[0].blocked, None);
    assert_eq!(office.state_of("RE-3025").await, "scheduled");
    assert_eq!(office.votes_on("RE-3025").await, 1, "the approval stays");
    assert!(office.waiting_for_a_person().await.is_empty());
    // Nobody is asked twice about the bill that still waits, and the answer to the one request counts.
    assert_eq!(office.requests_about("RE-3026").await.len(), 1);
    let request = asked("RE-3026").await;
    let approved = answer(&request, petra, "approved").write();
    office.take(&request.reply_to, &approved).await;
    assert_eq!(office.payments_of("RE-3026").await[0].blocked, None);

    office.import_suppliers(&elbkarton(OLD)).await;
    office.work().await;
    assert_eq!(
        office.findings_of("RE-3025").await,
        ["bank_account.changed"]
    );
    assert!(office.payments_of("RE-3025").await[0].blocked.is_some());
    office.close(&[ExceptionCode::PaymentBlocked; 2]).await;
}
