//! Money that names no invoice: what it might pay is proposed, and a person decides.

use countinghouse::basics::ids::BankEntryId;
use countinghouse::domain::bank::BankEntry;
use countinghouse::domain::exception::ExceptionCode;
use countinghouse::steps::cash_error::CashError;
use countinghouse::steps::decide_cash::{CashOrder, apply_by_hand, take_application_back};

use crate::office::books::KONTOR;
use crate::office::closing::eur;
use crate::office::{Database, Office};

const WHO: (&str, &str) = ("lena@fin.test", "the customer said so on the phone");

/// One more invoice, so that all money is looked at again.
const ONE_MORE: &str = "number,customer,issue_date,due_date,currency,gross_total
MR-2026-1060,20014,2026-11-06,2027-02-20,EUR,12.00
";

fn refused(done: Result<impl Sized, CashError>) -> String {
    done.err()
        .map(|error| error.to_string())
        .unwrap_or_default()
}

async fn what_waits(office: &Office) -> Vec<String> {
    let open = office.desk.store.open_exceptions(10).await.unwrap();
    open.into_iter().map(|item| item.reason).collect()
}

async fn take_back(office: &Office, entry: BankEntryId, number: &str) -> Result<(), CashError> {
    let invoice = office.open_on(number).await.invoice.id;
    let of_entry = office.desk.store.cash_of_entry(entry).await.unwrap();
    let applied = of_entry.iter().find(|one| one.invoice == invoice).unwrap();
    take_application_back(&office.desk, (entry, applied.id), WHO)
        .await
        .map(|_| ())
}

async fn money_without_a_word_is_proposed_accepted_and_taken_back(database: Database) {
    let office = Office::open(database).await;
    office
        .bank_books("2026-224-01", "2996.00", KONTOR, "Danke")
        .await;
    let entry = BankEntry::id_of("2026-224-01");
    let [waits] = what_waits(&office).await.try_into().unwrap();
    for words in ["MR-2026-1044, MR-2026-1047", "--proposed"] {
        assert!(waits.contains(words), "{waits}");
    }
    assert!(
        office.open_on("MR-2026-1044").await.is_open(),
        "nothing is applied by itself"
    );

    let desk = &office.desk;
    apply_by_hand(desk, entry, &CashOrder::AsProposed, WHO)
        .await
        .unwrap();
    for number in ["MR-2026-1044", "MR-2026-1047"] {
        assert!(!office.open_on(number).await.is_open(), "{number}");
    }
    assert!(what_waits(&office).await.is_empty());
    let trail = office.trail().await;
    let words = format!("{}; as proposed: ", WHO.1);
    assert!(trail.iter().any(|event| event.reason.starts_with(&words)));
    let again = apply_by_hand(desk, entry, &CashOrder::AsProposed, WHO).await;
    assert!(refused(again).contains("nothing is proposed"));

    // A mistake: it was for another invoice, and a part of it is a deposit.
    for number in ["MR-2026-1044", "MR-2026-1047"] {
        take_back(&office, entry, number).await.unwrap();
        let twice = take_back(&office, entry, number).await;
        assert!(refused(twice).contains("taken back before"));
    }
    assert_eq!(office.open_on("MR-2026-1044").await.balance, eur(214_000));
    office.work().await;
    assert_eq!(what_waits(&office).await.len(), 2);
    let part = vec![("MR-2026-1047".to_owned(), Some(eur(50_000)))];
    apply_by_hand(desk, entry, &CashOrder::Apply(part), WHO)
        .await
        .unwrap();
    assert_eq!(office.open_on("MR-2026-1047").await.balance, eur(35_600));
    let [rest] = what_waits(&office).await.try_into().unwrap();
    assert!(rest.contains("2,496.00 EUR of it is left"), "{rest}");
    let beyond = vec![("MR-2026-1047".to_owned(), Some(eur(35_601)))];
    let beyond = apply_by_hand(desk, entry, &CashOrder::Apply(beyond), WHO).await;
    assert!(refused(beyond).contains("more than the 356.00 EUR open"));
    office.close(&[ExceptionCode::CashUnidentified]).await;
}

#[tokio::test]
async fn money_without_a_word_is_proposed_accepted_and_taken_back_on_sqlite() {
    money_without_a_word_is_proposed_accepted_and_taken_back(Database::Sqlite).await;
}

#[tokio::test]
async fn money_without_a_word_is_proposed_accepted_and_taken_back_on_postgres() {
    money_without_a_word_is_proposed_accepted_and_taken_back(Database::Postgres).await;
}

#[tokio::test]
async fn what_a_person_took_back_is_never_applied_there_again_by_a_rule() {
    let office = Office::sqlite().await;
    office
        .bank_books("2026-225-01", "2140.00", KONTOR, "MR-2026-1044")
        .await;
    let entry = BankEntry::id_of("2026-225-01");
    assert!(!office.open_on("MR-2026-1044").await.is_open());
    take_back(&office, entry, "MR-2026-1044").await.unwrap();
    // Another statement, and with it another look at the money.
    office
        .bank_books("2026-225-02", "1.00", KONTOR, "Test")
        .await;
    office.import_invoices(ONE_MORE).await;
    office.work().await;
    assert_eq!(office.open_on("MR-2026-1044").await.balance, eur(214_000));
    let waits = what_waits(&office).await;
    let took_back = waits
        .iter()
        .any(|one| one.contains("lena@fin.test took it back from MR-2026-1044"));
    assert!(took_back, "{waits:?}");
    office.close(&[ExceptionCode::CashUnidentified; 2]).await;
}
