//! A bill prints a new account: somebody calls the supplier, another confirms, days pass, it is paid.

use super::super::import::{Import, ImportReport, import_suppliers};
use super::super::perform;
use super::super::propose_account::{AccountError, propose_account};
use super::super::supplier_account::{AccountDecision, Said, decide_account};
use super::world::Story;
use crate::basics::bank_account::Iban;
use crate::basics::ids::BillId;
use crate::domain::document::{Document, DocumentKind};
use crate::domain::payable::test_world::{OTHER_IBAN, alpha, document, text};
use crate::domain::payable::{AccountState, BillState, SupplierAccount};
use crate::io::store::Filter;

const PASSED: &str = "Authentication-Results: mx.fin.test; dmarc=pass header.from=fin.test\r\nReceived: from a by mx.fin.test; Tue, 24 Nov 2026 10:00:00 +0000\r\n";

fn new_account() -> Document {
    document(DocumentKind::Bill, |fields| {
        fields.iban = Some(text(OTHER_IBAN.into()));
    })
}

fn called(read: &str) -> AccountDecision {
    AccountDecision::Called(Said {
        number: "+49 30 901820".into(),
        number_from: "frame contract of 2024".into(),
        spoke_with: "Ms Ott".into(),
        read: read.into(),
    })
}

fn refusal(decided: Result<SupplierAccount, AccountError>) -> String {
    decided.unwrap_err().to_string()
}

impl Story {
    async fn proposed(&self) -> SupplierAccount {
        let all = Filter::all();
        let accounts = self.office.store.list_supplier_accounts(&all).await;
        let [account] = accounts.unwrap().try_into().unwrap();
        account
    }

    async fn says(
        &self,
        by: &str,
        decision: AccountDecision,
    ) -> Result<SupplierAccount, AccountError> {
        decide_account(&self.office, self.proposed().await.id, &decision, by).await
    }

    /// It is this time, and all that is due is done.
    async fn works_at(&self, time: &str) {
        self.office.clock.move_to(time.parse().unwrap());
        let (store, now) = (&self.office.store, self.office.clock.now());
        let lease = std::time::Duration::from_secs(600);
        loop {
            let claimed = store.claim("story", now, 1, lease).await.unwrap();
            let Some(one) = claimed.into_iter().next() else {
                return;
            };
            perform(&self.office, &one).await.unwrap();
        }
    }

    async fn is_blocked(&self, bill: BillId) -> bool {
        let payments = self.office.store.payments_of_bill(bill).await.unwrap();
        payments.iter().any(|payment| payment.blocked.is_some())
    }

    async fn approved_with_a_new_account(&self) -> BillId {
        let bill = self.arrives(new_account()).await;
        let answer = self.answer("anna", "anna@fin.test", PASSED, "Genehmigt");
        answer.await.unwrap();
        self.scheduled(bill).await;
        assert!(self.is_blocked(bill).await);
        bill
    }

    async fn imports_suppliers(&self, rows: &str) -> ImportReport {
        let file = Import {
            bytes: rows.as_bytes(),
            source: "suppliers.csv",
            by: "lena",
            partial: false,
        };
        import_suppliers(&self.office, file).await.unwrap()
    }
}

#[tokio::test]
async fn one_calls_another_confirms_and_after_three_days_the_account_is_paid() {
    let story = Story::begin().await;
    let bill = story.approved_with_a_new_account().await;
    let account = story.proposed().await;
    assert_eq!(
        (account.state, account.bill, account.proposed_by.as_str()),
        (AccountState::Proposed, Some(bill), "review_bill")
    );
    let early = refusal(story.says("max", AccountDecision::Confirm).await);
    assert!(early.contains("proposed"), "{early}");
    story.says("lena", called(OTHER_IBAN)).await.unwrap();
    let confirmed = story.says("max", AccountDecision::Confirm).await.unwrap();
    // A Saturday; Monday, Tuesday and Wednesday are the three.
    assert_eq!(
        (confirmed.state, confirmed.pays_from.unwrap().to_string()),
        (AccountState::CoolingOff, "2026-11-25".to_owned())
    );
    story.works_at("2026-11-24T22:00:00Z").await;
    assert!(story.is_blocked(bill).await, "its day has not come");
    story.works_at("2026-11-25T06:00:00Z").await;
    assert_eq!(story.proposed().await.state, AccountState::Active);
    assert!(!story.is_blocked(bill).await);
    assert_eq!(story.exceptions(bill).await, ["payment_blocked resolved"]);
    let votes = story.office.store.votes_of_bill(bill).await.unwrap();
    assert_eq!(votes.len(), 1, "nobody approves twice");
}

#[tokio::test]
async fn the_caller_the_approver_and_who_named_it_are_no_second_person() {
    let story = Story::begin().await;
    story.approved_with_a_new_account().await;
    story.says("Lena Holt", called(OTHER_IBAN)).await.unwrap();
    for (by, because) in [
        ("lena", "made the call"),
        ("anna@fin.test", "approved bill"),
        ("Anna Berg", "approved bill"),
        (" ", "--by"),
    ] {
        let why = refusal(story.says(by, AccountDecision::Confirm).await);
        assert!(why.contains(because), "{by}: {why}");
    }
    assert_eq!(story.proposed().await.state, AccountState::Verified);
}

#[tokio::test]
async fn another_account_read_out_on_the_phone_verifies_nothing_and_is_told() {
    let story = Story::begin().await;
    let bill = story.approved_with_a_new_account().await;
    let why = refusal(story.says("lena", called("DE89370400440532013000")).await);
    assert!(
        why.contains("--fraud") && !why.contains(OTHER_IBAN),
        "{why}"
    );
    let account = story.proposed().await;
    assert_eq!(account.state, AccountState::Proposed);
    let trail = story
        .office
        .store
        .audit_of(&account.id.into())
        .await
        .unwrap();
    let last = &trail.last().unwrap().event;
    assert_eq!(last.action, "supplier account not verified");
    // From now on whoever sends that account is held, and no file brings it.
    let refuse = AccountDecision::Refuse {
        reason: "the supplier knows nothing of it".into(),
        is_fraud: true,
    };
    story.says("lena", refuse).await.unwrap();
    story.works_at("2026-11-23T09:00:00Z").await;
    assert!(story.is_blocked(bill).await);
    let another = document(DocumentKind::Bill, |fields| {
        fields.iban = Some(text(OTHER_IBAN.into()));
        fields.invoice_number = Some(text("RE-77".into()));
        fields.issue_date = Some(text(jiff::civil::date(2026, 11, 3)));
    });
    let another = story.arrives(another).await;
    let held = story.bill(another).await;
    assert_eq!(held.state, BillState::Held);
    let codes = held.findings.iter().map(|one| one.code.as_str());
    assert!(
        codes
            .into_iter()
            .any(|code| code == "bank_account.suspected")
    );
    let rows = format!(
        "number,name,iban\n{},{},{OTHER_IBAN}\n",
        alpha().number,
        alpha().name
    );
    let report = story.imports_suppliers(&rows).await;
    assert!(report.refused);
    assert!(report.mistakes[0].problem.contains("suspected of fraud"));
}

#[tokio::test]
async fn an_import_that_brings_the_account_ends_its_way_and_one_that_drops_it_retires_it() {
    let story = Story::begin().await;
    let bill = story.approved_with_a_new_account().await;
    let rows = |iban: &str| {
        format!(
            "number,name,iban\n{},{},{iban}\n",
            alpha().number,
            alpha().name
        )
    };
    story.imports_suppliers(&rows(OTHER_IBAN)).await;
    story.works_at("2026-11-23T09:00:00Z").await;
    assert_eq!(story.proposed().await.state, AccountState::Active);
    assert!(!story.is_blocked(bill).await);
    story
        .imports_suppliers(&rows("DE89370400440532013000"))
        .await;
    story.works_at("2026-11-23T10:00:00Z").await;
    assert_eq!(story.proposed().await.state, AccountState::Retired);
    assert!(story.is_blocked(bill).await);
}

#[tokio::test]
async fn a_retired_account_is_paid_no_more_until_it_is_named_and_verified_anew() {
    let story = Story::begin().await;
    let bill = story.approved_with_a_new_account().await;
    story.says("lena", called(OTHER_IBAN)).await.unwrap();
    story.says("max", AccountDecision::Confirm).await.unwrap();
    story.works_at("2026-11-25T06:00:00Z").await;
    let retired = AccountDecision::Retire("the bank is gone".into());
    story.says("max", retired).await.unwrap();
    story.works_at("2026-11-25T07:00:00Z").await;
    assert!(story.is_blocked(bill).await);
    let iban = Iban::parse(OTHER_IBAN).unwrap();
    let suppliers = story.office.store.suppliers().await.unwrap();
    let supplier = suppliers.iter().find(|one| one.id == alpha().id).unwrap();
    assert!(!supplier.ibans.contains(&iban));
    let again = propose_account(&story.office, supplier, &iban, ("dora", "it is back"));
    let again = again.await.unwrap();
    assert_eq!((again.state, again.call), (AccountState::Proposed, None));
}
