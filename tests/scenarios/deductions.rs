//! Customers who pay less than they owe: a discount taken in time, one taken too late, cents, and what persons let go.

use countinghouse::basics::ids::{BankEntryId, CustomerInvoiceId};
use countinghouse::basics::money::Money;
use countinghouse::domain::bank::BankEntry;
use countinghouse::domain::exception::ExceptionCode;
use countinghouse::domain::ledger::roll_forward::{Movement, OpenAccount};
use countinghouse::domain::receivable::Deduction;
use countinghouse::domain::receivable::deduction::{DeductionCode, standing};
use countinghouse::domain::receivable::reminder_ladder::Suppression;
use countinghouse::steps::cash_error::CashError;
use countinghouse::steps::decide_cash::{CashOrder, apply_by_hand, take_application_back};
use countinghouse::steps::deduct::{Deducted, deduct, take_deductions_back};
use countinghouse::steps::resolve_exception::resolve_exception;
use countinghouse::steps::roll_forward::rolled;
use countinghouse::steps::send_reminders::outlook;

use crate::office::books::KONTOR;
use crate::office::closing::eur;
use crate::office::{Database, Office, mails};

const WHO: (&str, &str) = ("lena@fin.test", "agreed with the customer");
const OTHER: (&str, &str) = ("jonas@fin.test", "agreed with the customer");

/// Today is 19 November; 2 % are 23.80.
const INVOICES: &str =
    "number,customer,issue_date,due_date,currency,gross_total,discount_percent,discount_until
MR-2026-1061,20014,2026-11-09,2026-12-09,EUR,1190.00,2,2026-11-19
MR-2026-1062,20014,2026-11-02,2026-12-02,EUR,1190.00,2,2026-11-12
MR-2026-1063,20014,2026-11-02,2026-12-02,EUR,595.00,,
";

async fn open() -> Office {
    opened(Database::Sqlite).await
}

async fn opened(database: Database) -> Office {
    let office = Office::open(database).await;
    office.import_invoices(INVOICES).await;
    office
}

async fn id(office: &Office, number: &str) -> CustomerInvoiceId {
    office.open_on(number).await.invoice.id
}

async fn taken_off(office: &Office, number: &str) -> Vec<(DeductionCode, Money)> {
    let all = office
        .desk
        .store
        .deductions_off(id(office, number).await)
        .await;
    let all = all.unwrap();
    let shown = |one: &Deduction| (one.code, one.amount);
    standing(&all).map(shown).collect()
}

async fn waits(office: &Office) -> Vec<String> {
    let open = office.desk.store.open_exceptions(10).await.unwrap();
    open.into_iter().map(|item| item.reason).collect()
}

/// What the entries say is owed is what is open, whatever was taken off and put back.
async fn the_books_tie(office: &Office, discounts: i64, deductions: i64) {
    let days = (office.desk.today().first_of_month(), office.desk.today());
    let rolled = rolled(&office.desk, OpenAccount::Receivables, days)
        .await
        .unwrap();
    assert_eq!(rolled.left_out, Vec::<String>::new());
    let row = &rolled.rows[0];
    assert_eq!(row.difference, eur(0));
    let moved = |wanted| {
        row.moved
            .iter()
            .find(|(what, _)| *what == wanted)
            .unwrap()
            .1
    };
    assert_eq!(moved(Movement::Discounts), eur(-discounts));
    assert_eq!(moved(Movement::Deductions), eur(-deductions));
}

async fn take_back(office: &Office, entry: BankEntryId, number: &str) {
    let invoice = id(office, number).await;
    let of_entry = office.desk.store.cash_of_entry(entry).await.unwrap();
    let applied = of_entry.iter().find(|one| one.invoice == invoice).unwrap();
    let back = take_application_back(&office.desk, (entry, applied.id), WHO);
    back.await.unwrap();
}

async fn a_discount_in_time_pays_the_invoice_and_one_too_late_is_asked_about(database: Database) {
    let office = opened(database).await;
    let discount = eur(2_380);
    office
        .bank_books(
            "2026-226-01",
            "1166.20",
            KONTOR,
            "MR-2026-1061 abzgl. 2 % Skonto",
        )
        .await;
    assert!(!office.open_on("MR-2026-1061").await.is_open());
    let earned = (DeductionCode::Discount, discount);
    assert_eq!(taken_off(&office, "MR-2026-1061").await, [earned]);
    assert_eq!(waits(&office).await, Vec::<String>::new());
    the_books_tie(&office, 2_380, 0).await;

    // A week too late: the money is applied, the rest is open, and somebody is asked.
    office
        .bank_books(
            "2026-226-02",
            "1166.20",
            KONTOR,
            "MR-2026-1062 abzgl. 2 % Skonto",
        )
        .await;
    assert_eq!(office.open_on("MR-2026-1062").await.balance, discount);
    let [asked] = waits(&office).await.try_into().unwrap();
    for words in ["23.80 EUR of MR-2026-1062", "UDISC", "until 2026-11-12"] {
        assert!(asked.contains(words), "{asked}");
    }
    let allow = (DeductionCode::UnearnedDiscount, None);
    let invoice = id(&office, "MR-2026-1062").await;
    let done = deduct(&office.desk, invoice, allow, WHO).await.unwrap();
    assert!(matches!(done, Deducted::Off(_)), "{done:?}");
    assert!(!office.open_on("MR-2026-1062").await.is_open());
    assert_eq!(waits(&office).await, Vec::<String>::new());
    the_books_tie(&office, 4_760, 0).await;

    // The same statement once more takes nothing off again.
    office
        .bank_books(
            "2026-226-01",
            "1166.20",
            KONTOR,
            "MR-2026-1061 abzgl. 2 % Skonto",
        )
        .await;
    assert_eq!(taken_off(&office, "MR-2026-1061").await, [earned]);

    // The payment was another's: what came off with it is owed again, too.
    take_back(&office, BankEntry::id_of("2026-226-01"), "MR-2026-1061").await;
    assert_eq!(office.open_on("MR-2026-1061").await.balance, eur(119_000));
    assert_eq!(taken_off(&office, "MR-2026-1061").await, []);
    the_books_tie(&office, 2_380, 0).await;
    office.work().await;
    office.close(&[ExceptionCode::CashUnidentified]).await;
}

#[tokio::test]
async fn a_discount_in_time_pays_the_invoice_and_one_too_late_is_asked_about_on_sqlite() {
    a_discount_in_time_pays_the_invoice_and_one_too_late_is_asked_about(Database::Sqlite).await;
}

#[tokio::test]
async fn a_discount_in_time_pays_the_invoice_and_one_too_late_is_asked_about_on_postgres() {
    a_discount_in_time_pays_the_invoice_and_one_too_late_is_asked_about(Database::Postgres).await;
}

#[tokio::test]
async fn while_a_person_is_asked_nobody_is_reminded_and_the_rest_answers_the_question() {
    let office = open().await;
    let text = "MR-2026-1062";
    office
        .bank_books("2026-229-01", "1166.20", KONTOR, text)
        .await;
    let invoice = office.open_on(text).await.invoice;
    let customer = office.desk.store.customer(invoice.customer).await;
    let customer = customer.unwrap().unwrap();
    let kept_back = async || {
        let outlook = outlook(&office.desk, &customer).await.unwrap();
        let mut own = outlook.suppressed.into_iter();
        let own = own.find(|one| one.invoice == Some(invoice.id));
        own.map(|one| one.why)
    };
    assert_eq!(kept_back().await, Some(Suppression::DeductionAsked));
    office
        .bank_books("2026-229-02", "23.80", KONTOR, text)
        .await;
    assert!(!office.open_on(text).await.is_open());
    assert_eq!(waits(&office).await, Vec::<String>::new());
    assert_eq!(kept_back().await, None, "nothing is open on it");

    // Both payments were another's: nothing of it is asked about any more.
    for entry in ["2026-229-02", "2026-229-01"] {
        take_back(&office, BankEntry::id_of(entry), text).await;
    }
    assert_ne!(kept_back().await, Some(Suppression::DeductionAsked));
    the_books_tie(&office, 0, 0).await;
    office.work().await;
    office.close(&[ExceptionCode::CashUnidentified; 2]).await;
}

#[tokio::test]
async fn cents_are_let_go_and_what_the_bank_kept_is_no_debt() {
    let office = open().await;
    office
        .bank_books("2026-227-01", "594.97", KONTOR, "MR-2026-1063")
        .await;
    assert!(!office.open_on("MR-2026-1063").await.is_open());
    let header = "entry_id,booking_date,amount,charges,currency,counterparty_name,counterparty_iban,remittance_information";
    let day = office.desk.today();
    let row = format!(
        "2026-227-02,{day},1182.50,7.50,EUR,{},{},MR-2026-1062",
        KONTOR.0, KONTOR.1
    );
    office.bank_sends(&format!("{header}\n{row}\n")).await;
    let kept = (DeductionCode::BankCharges, eur(750));
    assert_eq!(taken_off(&office, "MR-2026-1062").await, [kept]);
    assert!(!office.open_on("MR-2026-1062").await.is_open());
    the_books_tie(&office, 0, 753).await;
    office.close(&[]).await;
}

#[tokio::test]
async fn one_payment_with_the_discounts_of_two_invoices_is_proposed_and_accepted() {
    let office = open().await;
    office
        .bank_books(
            "2026-231-01",
            "1761.20",
            KONTOR,
            "MR-2026-1061 MR-2026-1063",
        )
        .await;
    let [asked] = waits(&office).await.try_into().unwrap();
    assert!(
        asked.contains("less the discounts of their terms"),
        "{asked}"
    );
    let entry = BankEntry::id_of("2026-231-01");
    let accepted = apply_by_hand(&office.desk, entry, &CashOrder::AsProposed, WHO);
    accepted.await.unwrap();
    for number in ["MR-2026-1061", "MR-2026-1063"] {
        assert!(!office.open_on(number).await.is_open(), "{number}");
    }
    let earned = (DeductionCode::Discount, eur(2_380));
    assert_eq!(taken_off(&office, "MR-2026-1061").await, [earned]);
    the_books_tie(&office, 2_380, 0).await;
    office.close(&[]).await;
}

#[tokio::test]
async fn a_remittance_that_lists_discounts_pays_what_it_lists() {
    let office = open().await;
    let text = "Guten Tag,

wir überweisen Ihnen am 19.11.2026 für folgende Rechnungen:

Rechnung          Betrag EUR   Skonto EUR   Zahlung EUR
MR-2026-1061        1.190,00        23,80      1.166,20
MR-2026-1063          595,00         0,00        595,00
-------------------------------------------------------
Gesamtbetrag                                   1.761,20

Kontorküche Altona GmbH";
    let from = "kreditoren@kontorkueche.example";
    let mail = mails::plain(from, "Zahlungsavis 1.761,20 EUR", text);
    office.take(&office.people.ar, &mail).await;
    assert!(office.open_on("MR-2026-1061").await.claimed);
    office
        .bank_books(
            "2026-228-01",
            "1761.20",
            KONTOR,
            "ZAHLUNGSAVIS VOM 19.11.2026",
        )
        .await;
    for number in ["MR-2026-1061", "MR-2026-1063"] {
        assert!(!office.open_on(number).await.is_open(), "{number}");
    }
    let earned = (DeductionCode::Discount, eur(2_380));
    assert_eq!(taken_off(&office, "MR-2026-1061").await, [earned]);
    the_books_tie(&office, 2_380, 0).await;
    office.close(&[]).await;
}

#[tokio::test]
async fn what_one_person_may_not_let_go_alone_a_second_one_has_to_say_too() {
    let office = open().await;
    let (desk, invoice) = (&office.desk, id(&office, "MR-2026-1063").await);
    let wish = (DeductionCode::Damage, Some(eur(30_000)));
    let refused = |done: Result<Deducted, CashError>| done.unwrap_err().to_string();
    let first = deduct(desk, invoice, wish, WHO).await.unwrap();
    assert!(matches!(first, Deducted::Waits(_)), "{first:?}");
    assert_eq!(office.open_on("MR-2026-1063").await.balance, eur(59_500));
    let [asked] = waits(&office).await.try_into().unwrap();
    assert!(
        asked.contains("lena@fin.test wants to take 300.00 EUR off"),
        "{asked}"
    );
    for same in ["lena@fin.test", "LENA@fin.test ", "Lena Hoffmann"] {
        let again = deduct(desk, invoice, wish, (same, "once more")).await;
        assert!(refused(again).contains("somebody else has to say the same"));
    }
    let second = deduct(desk, invoice, wish, OTHER).await.unwrap();
    assert!(matches!(second, Deducted::Off(_)), "{second:?}");
    assert_eq!(office.open_on("MR-2026-1063").await.balance, eur(29_500));
    assert_eq!(waits(&office).await, Vec::<String>::new());
    the_books_tie(&office, 0, 30_000).await;

    // Lena asks for the rest; a smaller one that somebody takes off meanwhile leaves her wish as it is. Refused, she may ask again.
    let rest = (DeductionCode::Claim, Some(eur(28_000)));
    for round in 1..=2 {
        let asked = deduct(desk, invoice, rest, WHO).await.unwrap();
        assert!(
            matches!(asked, Deducted::Waits(_)),
            "round {round}: {asked:?}"
        );
        if round == 1 {
            let little = (DeductionCode::Price, Some(eur(500)));
            deduct(desk, invoice, little, OTHER).await.unwrap();
        }
        assert_eq!(waits(&office).await.len(), 1, "round {round}");
        let open = desk.store.open_exceptions(10).await.unwrap();
        let no = resolve_exception(desk, open[0].id, &[], OTHER.0, "no").await;
        no.unwrap();
    }
    take_deductions_back(desk, invoice, OTHER).await.unwrap();
    let again = (DeductionCode::Damage, Some(eur(30_000)));
    deduct(desk, invoice, again, WHO).await.unwrap();
    deduct(desk, invoice, again, OTHER).await.unwrap();

    // Another 200.00 one person lets go; more than is open nobody does; and all of it is put back.
    let alone = (DeductionCode::Price, Some(eur(20_000)));
    deduct(desk, invoice, alone, WHO).await.unwrap();
    let beyond = deduct(desk, invoice, (DeductionCode::Price, Some(eur(9_501))), WHO).await;
    assert!(refused(beyond).contains("more than the 95.00 EUR open"));
    let back = take_deductions_back(desk, invoice, OTHER).await.unwrap();
    assert_eq!(back.len(), 2);
    assert_eq!(office.open_on("MR-2026-1063").await.balance, eur(59_500));
    let nothing = take_deductions_back(desk, invoice, OTHER)
        .await
        .unwrap_err();
    assert_eq!(nothing.to_string(), "nothing was taken off MR-2026-1063");
    the_books_tie(&office, 0, 0).await;
    office.close(&[]).await;
}
