//! Who owns what waits hears of it by mail.

use countinghouse::domain::exception::ExceptionCode;
use countinghouse::steps::tell_owners::tell_owners;

use crate::office::bills::bill;
use crate::office::servers::unique;
use crate::office::{Database, Office};

async fn a_held_bill_is_told_to_its_owner_once_and_again_the_next_morning(database: Database) {
    let lena = unique("lena");
    let office = Office::open(database).await;
    let mut office = office
        .reopen_with(
            "payables = \"lena@fin.test\"",
            &format!("payables = \"{lena}\""),
        )
        .await
        .reopen_with("tell = \"off\"", "tell = \"hourly\"")
        .await;
    let wrong = bill("RE-3051", 119_000).payable(120_000);
    office.take(&office.people.ap, &wrong.mail(1)).await;
    for _ in 0..2 {
        tell_owners(&office.desk).await.unwrap();
        office.work().await;
    }
    let [told] = office.inbox_of(&lena).await.try_into().unwrap();
    assert_eq!(told.subject, "1 new, 1 waiting for you");
    for text in [&told.text, &told.html] {
        assert!(
            text.contains("RE-3051") && text.contains("Bill held"),
            "{text}"
        );
    }
    office.next_day().await;
    tell_owners(&office.desk).await.unwrap();
    office.work().await;
    let inbox = office.inbox_of(&lena).await;
    let subjects = inbox.iter().map(|mail| mail.subject.as_str());
    assert!(
        subjects
            .into_iter()
            .any(|one| one.starts_with("1 waiting for you"))
    );
    office.close(&[ExceptionCode::BillHeld]).await;
}

#[tokio::test]
async fn a_held_bill_is_told_to_its_owner_once_and_again_the_next_morning_on_sqlite() {
    a_held_bill_is_told_to_its_owner_once_and_again_the_next_morning(Database::Sqlite).await;
}

#[tokio::test]
async fn a_held_bill_is_told_to_its_owner_once_and_again_the_next_morning_on_postgres() {
    a_held_bill_is_told_to_its_owner_once_and_again_the_next_morning(Database::Postgres).await;
}
