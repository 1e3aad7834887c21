//! A supplier's bill names a new account: one person calls, another confirms, the supplier is told, and days later it is paid.

use countinghouse::basics::calendar::add_days;
use countinghouse::basics::text::mask;
use countinghouse::domain::payable::{AccountState, SupplierAccount};
use countinghouse::io::store::Filter;
use countinghouse::steps::supplier_account::{AccountDecision, Said, decide_account};

use crate::office::bills::bill;
use crate::office::mails::answer;
use crate::office::servers::unique_at;
use crate::office::{Database, Office};

const OLD: &str = "DE53200994100040215583";
const NEW: &str = "DE79200994100029945531";

async fn account(office: &Office) -> SupplierAccount {
    let all = Filter::all();
    let accounts = office.desk.store.list_supplier_accounts(&all).await;
    let [account] = accounts.unwrap().try_into().unwrap();
    account
}

async fn is_blocked(office: &Office) -> bool {
    let payments = office.payments_of("RE-3041").await;
    payments.iter().any(|payment| payment.blocked.is_some())
}

async fn a_new_account_is_called_confirmed_told_and_paid_days_later(database: Database) {
    let mut office = Office::open(database).await;
    let supplier = unique_at("elbkarton", "ext.test");
    let petra = office.people.petra.clone();
    let row = format!(
        "70001,Elbkarton Verpackungen GmbH,DE267188348,{OLD},elbkarton.example,{supplier},14,,+49 40 5550 100"
    );
    let header = "number,name,vat_id,iban,domains,mail,terms_days,approver,phone";
    office.import_suppliers(&format!("{header}\n{row}\n")).await;
    let paper = bill("RE-3041", 119_000).iban(NEW);
    office.take(&office.people.ap, &paper.mail(1)).await;
    let request = office.request_about("RE-3041", &petra).await;
    let approves = answer(&request, &petra, "approved").write();
    office.take(&request.reply_to, &approves).await;
    assert!(is_blocked(&office).await);
    let proposed = account(&office).await;
    assert_eq!(proposed.state, AccountState::Proposed);

    let called = AccountDecision::Called(Said {
        number: "+49 40 5550100".into(),
        number_from: "our contract of 2023".into(),
        spoke_with: "Frau Behn".into(),
        read: "DE79 2009 9410 0029 9455 31".into(),
    });
    let desk = &office.desk;
    decide_account(desk, proposed.id, &called, "Lena Holt")
        .await
        .unwrap();
    let confirm = AccountDecision::Confirm;
    let alone = decide_account(desk, proposed.id, &confirm, "lena").await;
    assert!(alone.unwrap_err().to_string().contains("made the call"));
    let confirmed = decide_account(desk, proposed.id, &confirm, "Max Rohde").await;
    let pays_from = confirmed.unwrap().pays_from.unwrap();
    office.work().await;
    let [told] = office.inbox_of(&supplier).await.try_into().unwrap();
    for text in [&told.text, &told.html] {
        assert!(text.contains("5531") && !text.contains(NEW), "{text}");
        assert!(!text.contains(&mask(OLD)), "{text}");
    }
    office.move_to(add_days(pays_from, -1)).await;
    assert!(is_blocked(&office).await);
    office.move_to(pays_from).await;
    assert_eq!(account(&office).await.state, AccountState::Active);
    assert!(!is_blocked(&office).await);
    assert_eq!(office.state_of("RE-3041").await, "scheduled");
    office.close(&[]).await;
}

#[tokio::test]
async fn a_new_account_is_called_confirmed_told_and_paid_days_later_on_sqlite() {
    a_new_account_is_called_confirmed_told_and_paid_days_later(Database::Sqlite).await;
}

#[tokio::test]
async fn a_new_account_is_called_confirmed_told_and_paid_days_later_on_postgres() {
    a_new_account_is_called_confirmed_told_and_paid_days_later(Database::Postgres).await;
}
