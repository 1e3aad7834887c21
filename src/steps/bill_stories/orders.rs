//! Bills that name an order, matched with it and with what came in.

use super::super::import::{Import, ImportReport, import_goods_receipts, import_purchase_orders};
use super::super::perform;
use super::world::Story;
use crate::basics::ids::BillId;
use crate::domain::document::{Document, DocumentKind, DocumentLine};
use crate::domain::job::Step;
use crate::domain::outbound::Purpose;
use crate::domain::payable::BillState;
use crate::domain::payable::test_world::{document, text};

const PASSED: &str = "Authentication-Results: mx.fin.test; dmarc=pass header.from=fin.test\r\nReceived: from a by mx.fin.test; Sat, 21 Nov 2026 10:00:00 +0000\r\n";
const ORDER: &str = "order,line,supplier,description,quantity,price,currency\nPO-4711,1,70001,Pallet truck,10,100.00,EUR\nPO-4711,2,70001,Rain cover,10,10.00,EUR\n";
const RECEIPT: &str = "number,order,line,quantity,received_on\nWE-1,PO-4711,1,10,2026-11-20\n";

/// Ten trucks at this net price, named as the supplier names them; `number` tells two bills apart.
fn trucks(number: &str, each: &str) -> Document {
    let each: rust_decimal::Decimal = each.parse().unwrap();
    let mut paper = document(DocumentKind::Bill, |fields| {
        fields.invoice_number = Some(text(number.into()));
        fields.po_number = Some(text("PO 4711".into()));
    });
    paper.reading.lines = vec![DocumentLine {
        description: "PALLET TRUCK 2.5 t".into(),
        quantity: Some(rust_decimal::Decimal::TEN),
        unit_price: Some(each),
        net: each.checked_mul(rust_decimal::Decimal::TEN),
        ..DocumentLine::default()
    }];
    paper
}

impl Story {
    async fn with_order(&mut self, orders: &str) {
        self.reconfigured(&[("[approval]\n", &format!("[orders]\n{orders}\n[approval]\n"))]);
        self.supplier_is_imported().await;
        let report = import_purchase_orders(&self.office, file(ORDER))
            .await
            .unwrap();
        assert_eq!((report.new, report.mistakes), (2, Vec::new()));
    }

    async fn goods_come(&self) -> ImportReport {
        import_goods_receipts(&self.office, file(RECEIPT))
            .await
            .unwrap()
    }

    async fn found(&self, id: BillId) -> Vec<String> {
        let findings = self.bill(id).await.findings.into_iter();
        findings.map(|finding| finding.code).collect()
    }

    /// The plan of the payment, when something called for it.
    async fn payment_is_planned_again(&self) -> bool {
        let (store, now) = (&self.office.store, self.office.clock.now());
        let lease = std::time::Duration::from_secs(600);
        let claimed = store.claim("story", now, 10, lease).await.unwrap();
        let plan = claimed.iter().find(|one| one.step == Step::SchedulePayment);
        if let Some(plan) = plan {
            perform(&self.office, plan).await.unwrap();
        }
        plan.is_some()
    }
}

fn file(text: &str) -> Import<'_> {
    Import {
        bytes: text.as_bytes(),
        source: "orders.csv",
        by: "lena@fin.test",
        partial: false,
    }
}

#[tokio::test]
async fn a_bill_that_is_dearer_than_its_order_is_held_and_the_buyer_told_by_how_much() {
    let mut story = Story::begin().await;
    story.with_order("price_above_percent = \"2\"").await;
    let fair = story.arrives(trucks("RE-1", "100.00")).await;
    assert_eq!(story.bill(fair).await.state, BillState::AwaitingApproval);
    assert_eq!(story.found(fair).await, [""; 0]);
    let mut story = Story::begin().await;
    story.with_order("price_above_percent = \"1\"").await;
    let mut dear = trucks("RE-2", "100.00");
    dear.reading.lines[0].quantity = Some("9.7".parse().unwrap());
    let dear = story.arrives(dear).await;
    assert_eq!(story.bill(dear).await.state, BillState::Held);
    assert_eq!(story.found(dear).await, ["order.price_variance"]);
    assert_eq!(story.mails(Purpose::ApprovalRequest).await, []);
}

#[tokio::test]
async fn a_second_bill_for_what_was_billed_is_held() {
    let mut story = Story::begin().await;
    story.with_order("").await;
    story.arrives(trucks("RE-1", "100.00")).await;
    let again = story.arrives(trucks("RE-2", "100.00")).await;
    let found = story.found(again).await;
    for code in ["order.exceeded", "order.over_ordered"] {
        assert!(found.iter().any(|one| one == code), "{found:?}");
    }
    assert_eq!(story.bill(again).await.state, BillState::Held);
}

#[tokio::test]
async fn the_payment_waits_for_the_goods_and_goes_when_they_are_in() {
    let mut story = Story::begin().await;
    story.with_order("receipts_from = [\"70001\"]").await;
    let id = story.arrives(trucks("RE-1", "100.00")).await;
    story
        .answer("anna", "anna@fin.test", PASSED, "Approve")
        .await
        .unwrap();
    story.scheduled(id).await;
    let payment = || async {
        let payments = story.office.store.payments_of_bill(id).await.unwrap();
        payments.into_iter().next().unwrap()
    };
    let blocked = payment().await.blocked.unwrap();
    assert!(blocked.contains("PALLET TRUCK"), "{blocked}");
    assert_eq!(story.exceptions(id).await, ["payment_blocked open"]);
    assert_eq!(story.goods_come().await.new, 1);
    assert!(story.payment_is_planned_again().await);
    assert_eq!(payment().await.blocked, None);
    assert_eq!(story.exceptions(id).await, ["payment_blocked resolved"]);
    assert_eq!(story.goods_come().await.unchanged, 1, "the same file again");
}

#[tokio::test]
async fn files_with_mistakes_name_them_and_nothing_is_taken() {
    let mut story = Story::begin().await;
    story.with_order("").await;
    let office = &story.office;
    let orders =
        "order,line,supplier,description,quantity,price,currency\nPO-1,1,99999,Truck,0,1.234,EUR\n";
    let report = import_purchase_orders(office, file(orders)).await.unwrap();
    let columns = report
        .mistakes
        .iter()
        .map(|one| one.column.clone().unwrap());
    assert_eq!(
        columns.collect::<Vec<_>>(),
        ["supplier", "quantity", "price"]
    );
    let receipts = "number,order,line,quantity,received_on\nWE-1,PO-4711,7,3,2026-11-20\n";
    let report = import_goods_receipts(office, file(receipts)).await.unwrap();
    assert!(report.refused);
    let problem = &report.mistakes[0].problem;
    assert!(
        problem.contains("order \"PO-4711\" has no line \"7\""),
        "{problem}"
    );
    assert_eq!(office.store.receipts_of_order("PO-4711").await.unwrap(), []);
    assert_eq!((report.rows, report.left_out), (1, 1));
}

#[tokio::test]
async fn a_receipt_of_tomorrow_or_of_more_than_there_was_and_a_number_of_two_readings_are_refused()
{
    let mut story = Story::begin().await;
    story.with_order("").await;
    let refused = async |row: &str| {
        let text =
            format!("number,order,line,quantity,received_on\nWE-0,PO-4711,2,1,2026-11-20\n{row}\n");
        let report = import_goods_receipts(&story.office, file(&text))
            .await
            .unwrap();
        assert_eq!(
            (report.refused, report.left_out),
            (true, 2),
            "nothing of the file is taken"
        );
        report.mistakes[0].problem.clone()
    };
    let tomorrow = refused("WE-9,PO-4711,1,3,2026-11-22").await;
    assert!(
        tomorrow.contains("2026-11-22 is still to come"),
        "{tomorrow}"
    );
    let twice = refused("WE-9,PO-4711,1,1.005,2026-11-20").await;
    assert!(
        twice.contains("could be") && twice.contains("1005") && twice.contains("1.005"),
        "{twice}"
    );
    let back = refused("WE-9,PO-4711,1,-1,2026-11-20").await;
    assert!(back.contains("-1 in all"), "{back}");
    assert_eq!(story.goods_come().await.new, 1);
    let beyond = refused("WE-9,PO-4711,1,-11,2026-11-20").await;
    assert!(
        beyond.contains("more would have gone back than came in"),
        "{beyond}"
    );
    let row = "number,order,line,quantity,received_on\nWE-9,PO-4711,1,-10,2026-11-20\n";
    let all = import_goods_receipts(&story.office, file(row))
        .await
        .unwrap();
    assert_eq!(all.new, 1, "all of it may go back");
}
