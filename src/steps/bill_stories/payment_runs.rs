//! Bills are paid: one person plans, another releases, the bank reports.

use super::world::Story;
use crate::basics::calendar::date;
use crate::basics::ids::{BankEntryId, BillId};
use crate::basics::money::Money;
use crate::domain::audit::{Actor, AuditEvent};
use crate::domain::bank::BankEntry;
use crate::domain::change::{Change, Record};
use crate::domain::document::{Document, DocumentKind, Fields};
use crate::domain::job::Step;
use crate::domain::payable::payment_run::candidate::SkipReason;
use crate::domain::payable::test_world::{OTHER_IBAN, alpha, document, eur, text};
use crate::domain::payable::{BillState, PaymentRun, PaymentRunState, PaymentState, Supplier};
use crate::steps::export_payments::export_payments;
use crate::steps::plan_payments::{PayError, Plan, PlanOrder, plan_payments};
use crate::steps::reconcile_bank::reconcile_bank;
use crate::steps::release_payments::{release_payments, withdraw_payments};

const PASSED: &str = "Authentication-Results: mx.fin.test; dmarc=pass header.from=fin.test\r\nReceived: from a by mx.fin.test; Sat, 21 Nov 2026 10:00:00 +0000\r\n";

pub(super) fn due_soon(edit: impl FnOnce(&mut Fields)) -> Document {
    document(DocumentKind::Bill, |fields| {
        fields.due_date = Some(text(date(2026, 11, 24)));
        edit(fields);
    })
}

impl Story {
    /// Anna approves it, and its payment is planned.
    pub(super) async fn approved(&self, document: Document) -> BillId {
        let id = self.arrives(document).await;
        self.answer("anna", "anna@fin.test", PASSED, "Approve")
            .await
            .unwrap();
        self.scheduled(id).await;
        id
    }

    pub(super) async fn plans(&self, by: &str) -> Plan {
        let order = PlanOrder {
            account: None,
            by,
            balance: None,
            flows: Vec::new(),
            next_run: None,
            dry_run: false,
        };
        plan_payments(&self.office, &order).await.unwrap()
    }

    pub(super) async fn releases(&self, run: &PaymentRun, by: &str) -> Result<PaymentRun, String> {
        let hash = run.file.to_string();
        let released = release_payments(&self.office, run.id, &hash, by).await;
        released.map_err(|error| match error {
            PayError::Refused(words) => words,
            PayError::Step(failure) => panic!("{failure}"),
        })
    }

    /// The bank's statement has a line, which is looked at.
    pub(super) async fn bank_reports(&self, number: u32, amount: Money, named: &str) {
        let id = self.bank_books(number, amount, named).await;
        self.looked_at(id).await;
    }

    pub(super) async fn looked_at(&self, id: BankEntryId) {
        let claim = self.claim(Step::ReconcileBank, id.into()).await;
        reconcile_bank(&self.office, &claim, id).await.unwrap();
    }

    /// What a person is asked about this line.
    async fn exceptions_of_entry(&self, number: u32) -> String {
        let id = BankEntry::id_of(&number.to_string());
        let about = self.office.store.exceptions_about(&id.into()).await;
        let reasons = about.unwrap().into_iter().map(|item| item.reason);
        reasons.collect::<Vec<_>>().join("; ")
    }

    async fn bank_books(&self, number: u32, amount: Money, named: &str) -> BankEntryId {
        let entry = BankEntry {
            id: BankEntry::id_of(&number.to_string()),
            entry_reference: number.to_string(),
            booking_date: date(2026, 11, 24),
            value_date: None,
            amount,
            counterparty_name: "Alpha GmbH".into(),
            counterparty_iban: None,
            remittance_information: "AC04 closed account".into(),
            end_to_end_id: Some(named.into()),
            charges: None,
            version: 0,
        };
        let id: BankEntryId = entry.id;
        let told = AuditEvent::new(
            self.office.clock.now(),
            Actor::program("story"),
            "told",
            id,
            "",
        );
        let change = Change::new(told).put(Record::BankEntry(entry));
        self.office.store.commit(change).await.unwrap();
        id
    }

    pub(super) async fn payment_states(&self, bill: BillId) -> Vec<PaymentState> {
        let payments = self.office.store.payments_of_bill(bill).await.unwrap();
        payments.into_iter().map(|payment| payment.state).collect()
    }

    pub(super) async fn run(&self, run: &PaymentRun) -> PaymentRun {
        self.office
            .store
            .payment_run(run.id)
            .await
            .unwrap()
            .unwrap()
    }
}

#[tokio::test]
async fn an_approved_bill_is_planned_released_by_another_handed_out_and_paid_once() {
    let story = Story::begin().await;
    let bill = story.approved(due_soon(|_| {})).await;
    let run = story.plans("lena").await.run.unwrap();
    assert_eq!((run.transfers.len(), run.total), (1, eur(119_000)));
    let early = export_payments(&story.office, run.id, None, "lena").await;
    assert!(
        matches!(early, Err(PayError::Refused(_))),
        "nobody released it"
    );

    let run = story.releases(&run, "Tom Ode").await.unwrap();
    assert_eq!(story.payment_states(bill).await, [PaymentState::Released]);
    let (_, file) = export_payments(&story.office, run.id, None, "Tom Ode")
        .await
        .unwrap();
    let (_, again) = export_payments(&story.office, run.id, None, "Tom Ode")
        .await
        .unwrap();
    assert_eq!(file, again);
    assert_eq!(story.run(&run).await.state, PaymentRunState::Exported);
    assert!(
        story.releases(&run, "Tom Ode").await.is_err(),
        "it is released once"
    );
    assert!(
        story.plans("lena").await.run.is_none(),
        "nothing is left to pay"
    );

    let named = run.transfers[0].end_to_end_id.clone();
    story.bank_reports(1, eur(-119_000), &named).await;
    assert_eq!(story.bill(bill).await.state, BillState::Paid);
    assert_eq!(story.payment_states(bill).await, [PaymentState::Settled]);
    story.bank_reports(2, eur(-119_000), &named).await;
    assert_eq!(
        story.bill(bill).await.state,
        BillState::Paid,
        "told twice, paid once"
    );
    assert!(
        story
            .exceptions_of_entry(2)
            .await
            .contains("booked it twice"),
        "the bank may have paid twice"
    );
    story.looked_at(BankEntry::id_of("1")).await;
    assert_eq!(
        story.exceptions_of_entry(1).await,
        "",
        "the same entry says nothing new"
    );
}

#[tokio::test]
async fn a_run_whose_day_has_passed_is_planned_again_and_not_released() {
    let story = Story::begin().await;
    story.approved(due_soon(|_| {})).await;
    let run = story.plans("lena").await.run.unwrap();
    let day = run.transfers[0].execution_date;
    let later = format!("{}T10:00:00Z", crate::basics::calendar::add_days(day, 1));
    story.office.clock.move_to(later.parse().unwrap());
    let refused = story.releases(&run, "Tom Ode").await.unwrap_err();
    assert!(refused.contains("has passed"), "{refused}");
}

#[tokio::test]
async fn whoever_had_a_hand_in_it_does_not_release_it_nor_does_who_looked_at_another_file() {
    let story = Story::begin().await;
    story.approved(due_soon(|_| {})).await;
    let run = story.plans("lena").await.run.unwrap();
    for by in ["Lena", "anna@fin.test", "Anna Berg", ""] {
        assert!(story.releases(&run, by).await.is_err(), "{by}");
    }
    for hash in ["", "0000000", "deadbeefdeadbeef", &run.message_id()] {
        let released = release_payments(&story.office, run.id, hash, "Tom Ode").await;
        assert!(matches!(released, Err(PayError::Refused(_))), "{hash}");
    }
    assert_eq!(story.run(&run).await.state, PaymentRunState::Proposed);
}

#[tokio::test]
async fn what_changed_since_it_was_planned_is_not_released() {
    let story = Story::begin().await;
    let bill = story.approved(due_soon(|_| {})).await;
    let run = story.plans("lena").await.run.unwrap();
    let known = story.office.store.suppliers().await.unwrap();
    let moved = Supplier {
        ibans: crate::basics::bank_account::Iban::parse(OTHER_IBAN)
            .into_iter()
            .collect(),
        version: known[0].version,
        ..alpha()
    };
    let by = Actor::Person("max".into());
    let told = AuditEvent::new(
        story.office.clock.now(),
        by,
        "supplier changed by import",
        moved.id,
        "",
    );
    let change = Change::new(told.fact("iban", "…000 -> …432")).put(Record::Supplier(moved));
    story.office.store.commit(change).await.unwrap();
    let why = story.releases(&run, "Tom Ode").await.unwrap_err();
    assert!(why.contains("RE-2026-0815"), "{why}");
    assert_eq!(story.payment_states(bill).await, [PaymentState::Planned]);
    withdraw_payments(&story.office, run.id, "lena", "the account changed")
        .await
        .unwrap();
    let plan = story.plans("lena").await;
    let reasons = plan.skipped.iter().map(|one| one.why).collect::<Vec<_>>();
    assert_eq!(reasons, [SkipReason::BankUnverified]);
}

#[tokio::test]
async fn a_credit_note_is_set_off_and_both_are_settled_by_one_transfer() {
    let story = Story::begin().await;
    let bill = story.approved(due_soon(|_| {})).await;
    let credit = document(DocumentKind::CreditNote, |fields| {
        fields.invoice_number = Some(text("G-17".into()));
        fields.preceding_number = Some(text("RE-2026-0815".into()));
        fields.net_total = Some(text(eur(-10_000)));
        fields.tax_total = Some(text(eur(-1_900)));
        fields.gross_total = Some(text(eur(-11_900)));
        fields.payable_total = Some(text(eur(-11_900)));
    });
    let credit = story.approved(credit).await;
    let run = story.plans("lena").await.run.unwrap();
    assert_eq!(run.total, eur(107_100));
    let run = story.releases(&run, "Tom Ode").await.unwrap();
    story
        .bank_reports(1, eur(-107_100), &run.message_id())
        .await;
    for id in [bill, credit] {
        assert_eq!(story.bill(id).await.state, BillState::Paid);
    }
}

#[tokio::test]
async fn money_that_comes_back_opens_the_bill_and_asks_a_person() {
    let story = Story::begin().await;
    let bill = story.approved(due_soon(|_| {})).await;
    let run = story.plans("lena").await.run.unwrap();
    let run = story.releases(&run, "Tom Ode").await.unwrap();
    let named = run.transfers[0].end_to_end_id.clone();
    story.bank_reports(1, eur(-119_000), &named).await;
    story.bank_reports(2, eur(119_000), &named).await;
    assert_eq!(story.bill(bill).await.state, BillState::Held);
    assert_eq!(story.payment_states(bill).await, [PaymentState::Returned]);
    let asked = story.exceptions(bill).await;
    assert!(asked.contains(&"payment_returned open".into()), "{asked:?}");
    let unapplied = story.office.store.unapplied_bank_entries().await.unwrap();
    assert!(unapplied.is_empty(), "it is no customer's money");
}

#[tokio::test]
async fn money_that_went_and_came_back_in_one_statement_went_first() {
    let story = Story::begin().await;
    let bill = story.approved(due_soon(|_| {})).await;
    let run = story.plans("lena").await.run.unwrap();
    let run = story.releases(&run, "Tom Ode").await.unwrap();
    let named = run.transfers[0].end_to_end_id.clone();
    let went = story.bank_books(1, eur(-119_000), &named).await;
    let came_back = story.bank_books(2, eur(119_000), &named).await;
    story.looked_at(came_back).await;
    assert_eq!(story.payment_states(bill).await, [PaymentState::Released]);
    story.looked_at(went).await;
    assert_eq!(story.payment_states(bill).await, [PaymentState::Settled]);
    story
        .office
        .clock
        .move_by(jiff::SignedDuration::from_secs(3));
    story.looked_at(came_back).await;
    assert_eq!(story.payment_states(bill).await, [PaymentState::Returned]);
    let asked = story.exceptions(bill).await;
    assert!(
        !asked
            .iter()
            .any(|item| item.starts_with("payment_mismatch")),
        "{asked:?}"
    );
}

#[tokio::test]
async fn a_report_that_does_not_fit_changes_nothing_and_asks_a_person() {
    let story = Story::begin().await;
    let bill = story.approved(due_soon(|_| {})).await;
    let run = story.plans("lena").await.run.unwrap();
    let named = run.transfers[0].end_to_end_id.clone();
    story.bank_reports(1, eur(-119_000), &named).await;
    let unreleased = story
        .office
        .store
        .exceptions_about(&BankEntry::id_of("1").into())
        .await
        .unwrap();
    assert!(
        unreleased[0].reason.contains("nobody released it"),
        "{unreleased:?}"
    );
    story.releases(&run, "Tom Ode").await.unwrap();
    story.bank_reports(2, eur(-118_999), &named).await;
    let wrong = story
        .office
        .store
        .exceptions_about(&BankEntry::id_of("2").into())
        .await
        .unwrap();
    assert!(wrong[0].reason.contains("-1,189.99 EUR"), "{wrong:?}");
    assert_eq!(story.bill(bill).await.state, BillState::Scheduled);
}

#[tokio::test]
async fn a_discount_still_in_time_is_taken_off() {
    let story = Story::begin().await;
    let early = document(DocumentKind::Bill, |fields| {
        fields.due_date = Some(text(date(2026, 12, 20)));
        fields.payment_terms = Some(text("2/4 net 30".into()));
    });
    story.approved(early).await;
    let run = story.plans("lena").await.run.unwrap();
    assert_eq!(run.total, eur(116_620));
    assert_eq!(run.transfers[0].lines[0].discount, Some(eur(2_380)));
    let run = story.releases(&run, "Tom Ode").await.unwrap();
    story
        .bank_reports(1, eur(-116_620), &run.transfers[0].end_to_end_id)
        .await;
    let bill = run.transfers[0].lines[0].bill;
    assert_eq!(story.bill(bill).await.state, BillState::Paid);
}
