//! Bills of what was ordered: matched with the order and with what came in.

use countinghouse::domain::exception::ExceptionCode;
use countinghouse::steps::decide_bill::{BillDecision, decide_bill};

use crate::office::bills::bill;
use crate::office::mails::answer;
use crate::office::{Database, Office};

const ORDERS: &str = "order,line,supplier,description,quantity,price,currency
PO-26-0500,1,70001,Kartons,1,1000.00,EUR
PO-26-0501,1,70001,Kartons,1,1000.00,EUR
";
const RECEIPT: &str = "number,order,line,quantity,received_on
WE-1,PO-26-0500,1,0.5,2026-11-17
";
const REST: &str = "number,order,line,quantity,received_on
WE-2,PO-26-0500,1,0.5,2026-11-18
";

async fn a_bill_passes_that_keeps_to_its_order_and_a_dearer_one_is_held(database: Database) {
    let office = Office::open(database).await;
    let ap = office.people.ap.clone();
    office.import_orders(ORDERS).await;
    // 1.5 % above the order, and written as the supplier writes it.
    let fair = bill("RE-5001", 120_785).of_order("PO 26/500");
    office.take(&ap, &fair.mail(1)).await;
    assert_eq!(office.state_of("RE-5001").await, "awaiting_approval");
    let dear = bill("RE-5002", 121_975).of_order("PO-26-0501");
    office.take(&ap, &dear.mail(1)).await;
    assert_eq!(office.state_of("RE-5002").await, "held");
    let held = office.desk.store.open_exceptions(10).await.unwrap();
    let [held] = held.as_slice() else {
        panic!("{held:?}")
    };
    let said = "order.price_variance: Kartons: 1025 each, ordered at 1000 (+2.5 %)";
    assert!(held.reason.contains(said), "{}", held.reason);
    let again = bill("RE-5003", 119_000).of_order("PO-26-0500");
    office.take(&ap, &again.mail(1)).await;
    assert_eq!(
        office.state_of("RE-5003").await,
        "held",
        "it is billed already"
    );
    office
        .close(&[ExceptionCode::BillHeld, ExceptionCode::BillHeld])
        .await;
}

#[tokio::test]
async fn a_bill_passes_that_keeps_to_its_order_and_a_dearer_one_is_held_on_sqlite() {
    a_bill_passes_that_keeps_to_its_order_and_a_dearer_one_is_held(Database::Sqlite).await;
}

#[tokio::test]
async fn a_bill_passes_that_keeps_to_its_order_and_a_dearer_one_is_held_on_postgres() {
    a_bill_passes_that_keeps_to_its_order_and_a_dearer_one_is_held(Database::Postgres).await;
}

#[tokio::test]
async fn more_than_came_in_is_held_until_the_rest_is_here() {
    let office = Office::sqlite().await;
    let (ap, petra) = (office.people.ap.clone(), office.people.petra.clone());
    office.import_orders(ORDERS).await;
    office.import_receipts(RECEIPT).await;
    let early = bill("RE-5004", 119_000).of_order("PO-26-0500");
    office.take(&ap, &early.mail(1)).await;
    assert_eq!(office.state_of("RE-5004").await, "held");
    office.import_receipts(REST).await;
    let (again, id) = (&BillDecision::CheckAgain, office.bill("RE-5004").await.id);
    decide_bill(&office.desk, id, again, "lena@fin.test", "the rest is here")
        .await
        .unwrap();
    office.work().await;
    assert_eq!(office.state_of("RE-5004").await, "awaiting_approval");
    let request = office.request_about("RE-5004", &petra).await;
    let approves = answer(&request, &petra, "Freigegeben").write();
    office.take(&request.reply_to, &approves).await;
    assert_eq!(office.state_of("RE-5004").await, "scheduled");
    office.close(&[]).await;
}
