//! Remittances and the money they announce.

use countinghouse::domain::exception::ExceptionCode;
use countinghouse::domain::receivable::RemittanceState;
use countinghouse::steps::ageing::open_invoices;

use crate::office::books::KONTOR;
use crate::office::closing::eur;
use crate::office::mails;
use crate::office::{Database, Office, everything};

const SENDER: &str = "kreditoren@kontorkueche.example";

const TEXT: &str = "Guten Tag,

mit Wertstellung 19.11.2026 überweisen wir Ihnen für folgende Rechnungen:

Rechnung          vom           Betrag EUR
MR-2026-1044      02.11.2026      2.140,00
MR 2026/1047      06.11.2026        856,00
------------------------------------------
Gesamtbetrag                      2.996,00

Kontorküche Altona GmbH";

const TABLE: &str = "<html><body><p>Wir haben am 19.11.2026 folgende Rechnungen bezahlt:</p>
<table border=1><tr><th>Rechnungsnummer</th><th>Rechnungsdatum</th><th>Zahlbetrag EUR</th></tr>
<tr><td>MR-2026-1044</td><td>02.11.2026</td><td align=right>2.140,00</td></tr>
<tr><td>MR-2026-1047</td><td>06.11.2026</td><td align=right>856,00</td></tr>
<tr><td colspan=2><b>Summe</b></td><td align=right><b>2.996,00</b></td></tr></table>
<p>Kontorküche Altona GmbH</p></body></html>";

const CSV: &str = "--b
Content-Type: text/plain

Please find attached our remittance advice 4711.

--b
Content-Type: text/csv; name=\"remittance.csv\"
Content-Disposition: attachment; filename=\"remittance.csv\"

Remittance advice;4711
Payer;Kontorküche Altona GmbH
Payment date;2026-11-19
Currency;EUR

Invoice;Invoice date;Gross;Discount;Paid
MR-2026-1044;2026-11-02;2140.00;0.00;2140.00
MR-2026-1047;2026-11-06;856.00;0.00;856.00
Total;;2996.00;0.00;2996.00

--b--";

/// Parked as claimed while the money is not there; both invoices are paid once the bank has booked it.
async fn clears_two_invoices(database: Database, mail: &str) {
    let office = Office::open(database).await;
    office.take(&office.people.ar, mail).await;
    let remittances = office
        .desk
        .store
        .list_remittances(&everything())
        .await
        .unwrap();
    assert_eq!(remittances.len(), 1);
    assert_eq!(
        (remittances[0].state, remittances[0].total),
        (RemittanceState::Claimed, Some(eur(299_600)))
    );
    for (number, owed) in [("MR-2026-1044", 214_000), ("MR-2026-1047", 85_600)] {
        let open = office.open_on(number).await;
        assert_eq!(
            (open.balance, open.claimed),
            (eur(owed), true),
            "{number} is claimed, not paid"
        );
    }

    office
        .bank_books(
            "2026-223-01",
            "2996.00",
            KONTOR,
            "MR-2026-1044 MR 2026/1047 ZAHLLAUF 47",
        )
        .await;
    for number in ["MR-2026-1044", "MR-2026-1047"] {
        let open = office.open_on(number).await;
        assert!(!open.is_open() && !open.claimed, "{number}: {open:?}");
    }
    assert!(
        office.open_on("MR-2026-1052").await.is_open(),
        "the other customer's invoice is untouched"
    );
    let remittances = office
        .desk
        .store
        .list_remittances(&everything())
        .await
        .unwrap();
    assert_eq!(remittances[0].state, RemittanceState::Applied);

    // The same statement once more, and the same remittance once more: no money is applied twice.
    office
        .bank_books(
            "2026-223-01",
            "2996.00",
            KONTOR,
            "MR-2026-1044 MR 2026/1047 ZAHLLAUF 47",
        )
        .await;
    assert_eq!(office.told("cash applied").await.len(), 2);
    assert!(office.outbound().await.is_empty());
    office.close(&[]).await;
}

#[tokio::test]
async fn a_remittance_in_words_clears_two_invoices_on_sqlite() {
    clears_two_invoices(
        Database::Sqlite,
        &mails::plain(SENDER, "Zahlungsavis 2.996,00 EUR", TEXT),
    )
    .await;
}

#[tokio::test]
async fn a_remittance_in_words_clears_two_invoices_on_postgres() {
    clears_two_invoices(
        Database::Postgres,
        &mails::plain(SENDER, "Zahlungsavis 2.996,00 EUR", TEXT),
    )
    .await;
}

#[tokio::test]
async fn a_remittance_in_an_html_table_clears_two_invoices() {
    let mail = mails::typed(SENDER, "Zahlungsavis", "text/html; charset=utf-8", TABLE);
    clears_two_invoices(Database::Sqlite, &mail).await;
}

#[tokio::test]
async fn a_remittance_in_an_attached_csv_clears_two_invoices() {
    let mail = mails::typed(
        SENDER,
        "Remittance advice 4711",
        "multipart/mixed; boundary=\"b\"",
        CSV,
    );
    clears_two_invoices(Database::Sqlite, &mail).await;
}

/// As a payer's program attaches it.
fn attached(name: &str, media_type: &str, file: &str) -> String {
    let body = format!(
        "--b\nContent-Type: text/plain\n\nRemittance advice attached.\n\n--b\nContent-Type: {media_type}; name=\"{name}\"\n\
         Content-Disposition: attachment; filename=\"{name}\"\nContent-Transfer-Encoding: 8bit\n\n{file}\n--b--"
    );
    mails::typed(
        SENDER,
        "Remittance advice",
        "multipart/mixed; boundary=\"b\"",
        &body,
    )
}

#[tokio::test]
async fn an_x12_820_clears_two_invoices() {
    let file = include_str!("../golden/files/remittance_820.edi");
    let mail = attached("820.edi", "application/EDI-X12", file);
    clears_two_invoices(Database::Sqlite, &mail).await;
}

#[tokio::test]
async fn an_edifact_remadv_clears_two_invoices() {
    let file = include_str!("../golden/files/remittance_remadv.edi");
    let mail = attached("remadv.txt", "text/plain", file);
    clears_two_invoices(Database::Sqlite, &mail).await;
}

#[tokio::test]
async fn a_remt_001_clears_two_invoices() {
    let file = include_str!("../golden/files/remittance_remt001.xml");
    let mail = attached("remt.xml", "application/xml", file);
    clears_two_invoices(Database::Sqlite, &mail).await;
}

#[tokio::test]
async fn money_nobody_announced_and_nobody_can_name_waits_for_a_person() {
    let office = Office::sqlite().await;
    office
        .bank_books("2026-223-09", "17.35", ("Somebody", ""), "thank you")
        .await;
    assert_eq!(office.open_on("MR-2026-1044").await.balance, eur(214_000));
    office.close(&[ExceptionCode::CashUnidentified]).await;
}

/// A direct debit that the customer's bank takes back a day later, with its fee.
async fn a_payment_that_is_taken_back_is_asked_about(database: Database) {
    let mut office = Office::open(database).await;
    let text = "MR-2026-1044";
    office
        .bank_books("2026-230-01", "2140.00", KONTOR, text)
        .await;
    assert!(!office.open_on(text).await.is_open());
    office.next_day().await;
    let returned = "RUECKLASTSCHRIFT MR-2026-1044 ENTGELT 3.50";
    office
        .bank_books("2026-230-02", "-2143.50", KONTOR, returned)
        .await;
    office
        .bank_books(
            "2026-230-03",
            "-89.25",
            ("Fernsprech Nord AG", ""),
            "Telefon",
        )
        .await;
    let open = office.desk.store.open_exceptions(10).await.unwrap();
    let [asked] = open.try_into().unwrap();
    assert_eq!(asked.code, ExceptionCode::CashReturned);
    for words in [
        "-2,143.50 EUR",
        "that paid MR-2026-1044",
        "it names MR-2026-1044",
    ] {
        assert!(asked.reason.contains(words), "{}", asked.reason);
    }
    assert!(!office.open_on(text).await.is_open(), "a person decides");
    // The same statement once more asks nothing again.
    office
        .bank_books("2026-230-02", "-2143.50", KONTOR, returned)
        .await;
    office.close(&[ExceptionCode::CashReturned]).await;
}

#[tokio::test]
async fn a_payment_that_is_taken_back_is_asked_about_on_sqlite() {
    a_payment_that_is_taken_back_is_asked_about(Database::Sqlite).await;
}

#[tokio::test]
async fn a_payment_that_is_taken_back_is_asked_about_on_postgres() {
    a_payment_that_is_taken_back_is_asked_about(Database::Postgres).await;
}

#[tokio::test]
async fn an_advice_whose_sender_is_forged_directs_no_money() {
    let office = Office::sqlite().await;
    let forged = mails::plain("pay@stranger.example", "Zahlungsavis", TEXT);
    let forged = forged.replace("dmarc=pass", "dmarc=fail");
    office.take(&office.people.ar, &forged).await;
    let all = office.desk.store.list_remittances(&everything()).await;
    let [held] = all.unwrap().try_into().unwrap();
    assert_eq!(held.state, RemittanceState::Held);
    let name = ("Kontorküche Altona GmbH", "");
    office
        .bank_books("2026-223-01", "2996.00", name, "Zahlung")
        .await;
    for number in ["MR-2026-1044", "MR-2026-1047"] {
        assert!(office.open_on(number).await.is_open(), "{number}");
    }
    let open = office.desk.store.open_exceptions(10).await.unwrap();
    assert!(
        open.iter()
            .any(|item| item.reason.contains("its sender may be forged"))
    );
    let waiting = office.waiting_for_a_person().await;
    office.close(&waiting).await;
}

#[tokio::test]
async fn what_customers_owed_on_a_day_that_is_over_is_told_as_it_was() {
    let mut office = Office::sqlite().await;
    let first = office.desk.today();
    office.next_day().await;
    let text = "MR-2026-1044 MR 2026/1047";
    office
        .bank_books("2026-223-01", "2996.00", KONTOR, text)
        .await;
    let owed = async |day| {
        let items = open_invoices(&office.desk, day).await.unwrap();
        let open = items.iter().map(|item| item.open.unwrap().minor());
        (items.len(), open.sum::<i64>())
    };
    assert_eq!(owed(first).await, (3, 374_500));
    assert_eq!(owed(office.desk.today()).await, (1, 74_900));
    let before_all = "2026-11-01".parse().unwrap();
    assert_eq!(owed(before_all).await, (0, 0), "nothing was issued yet");
    office.close(&[]).await;
}
