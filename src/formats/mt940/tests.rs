use super::*;
use crate::basics::calendar::date;

const GERMAN: &str = "{1:F01BANKDEFFXXX}{2:O940}{4:\r\n:20:STARTUMS\r\n:25:12030000/202051\r\n:28C:17/1\r\n:60F:C261123EUR1000,00\r\n:61:2611241124DR30,NTRFNONREF//B-1\r\n:86:177?00SEPA-UEBERWEISUNG?109310?20EREF+CHabc-00001?21SVWZ+RE-3001, RE-3002?30BYLADEM1001\r\n?31DE53200994100040215583?32Elbkarton?33 Verpackungen\r\n:61:261125C100,5NTRFE-2\r\n:86:Miete November\r\nzweite Zeile\r\n:62F:C261125EUR1070,50\r\n:86:about the account\r\n-}";

#[test]
fn a_german_statement_with_its_numbered_fields() {
    let read = read(GERMAN.as_bytes()).unwrap();
    let [statement] = read.as_slice() else {
        panic!("{read:?}")
    };
    assert_eq!(statement.account, "12030000/202051");
    assert_eq!(statement.opening, Some(Decimal::from(1000)));
    assert_eq!(
        statement.closing.map(|money| money.to_string()).as_deref(),
        Some("1070.50")
    );
    let [paid, came] = statement.entries.as_slice() else {
        panic!("{statement:?}")
    };
    assert_eq!(
        (paid.amount.to_string().as_str(), paid.booking_date),
        ("-30", Some(date(2026, 11, 24)))
    );
    assert_eq!(paid.bank_reference.as_deref(), Some("B-1"));
    assert_eq!(paid.end_to_end_id.as_deref(), Some("CHabc-00001"));
    assert_eq!(paid.remittance_information, "RE-3001, RE-3002");
    assert_eq!(
        paid.counterparty_name.as_deref(),
        Some("Elbkarton Verpackungen")
    );
    assert_eq!(
        paid.counterparty_account.as_deref(),
        Some("DE53200994100040215583")
    );
    assert_eq!(came.end_to_end_id.as_deref(), Some("E-2"));
    assert_eq!(came.remittance_information, "Miete November zweite Zeile");
}

#[test]
fn a_dutch_statement_with_its_slashed_words() {
    let text = ":20:X\n:25:NL91ABNA0417164300EUR\n:28C:1\n:60F:D261231EUR0,\n:61:2701021231C12,34NTRFEREF//1\n:86:/TRTP/SEPA/IBAN/NL20INGB0001234567/NAME/De Molen/REMI/Factuur 2026/17/EREF/E-9\n:62F:C270102EUR12,34\n";
    let read = read(text.as_bytes()).unwrap();
    assert_eq!(read[0].account, "NL91ABNA0417164300");
    let entry = &read[0].entries[0];
    assert_eq!(
        entry.booking_date,
        Some(date(2026, 12, 31)),
        "the year before"
    );
    assert_eq!(entry.end_to_end_id.as_deref(), Some("E-9"));
    assert_eq!(entry.counterparty_name.as_deref(), Some("De Molen"));
    assert_eq!(entry.remittance_information, "Factuur 2026/17");
}

#[test]
fn pages_of_one_statement_are_one_and_a_credit_taken_back_is_a_debit() {
    let page = |number, opening, mark, closing| {
        format!(
            ":20:X\n:25:DE02120300000000202051\n:28C:5/{number}\n:60M:C261124EUR{opening}\n:61:2611241124{mark}10,NTRFA//B{number}\n:62M:C261124EUR{closing}\n"
        )
    };
    let text = page(1, "100,", "C", "110,") + &page(2, "110,", "RC", "100,");
    let read = read(text.as_bytes()).unwrap();
    let [statement] = read.as_slice() else {
        panic!("{read:?}")
    };
    let amounts = statement
        .entries
        .iter()
        .map(|entry| entry.amount.to_string());
    assert_eq!(amounts.collect::<Vec<_>>(), ["10", "-10"]);
    assert_eq!(
        (statement.opening, statement.closing),
        (Some(Decimal::from(100)), Some(Decimal::from(100)))
    );
}

#[test]
fn a_report_of_the_day_is_known_as_one() {
    let report = ":20:X\n:25:DE02120300000000202051\n:28C:1/1\n:34F:EUR0,\n:13D:2611241815+0100\n:61:2611241124CR30,NTRFE-1//B-1\n:86:RE 1\n:90C:1EUR30,\n";
    let read = read(report.as_bytes()).unwrap();
    assert!(read[0].is_interim);
    assert_eq!(read[0].currency.as_deref(), Some("EUR"));
    assert_eq!(read[0].entries[0].amount, Decimal::from(30));
    assert!(!super::read(GERMAN.as_bytes()).unwrap()[0].is_interim);
}

#[test]
fn what_cannot_be_read_is_refused_with_its_line() {
    let broken = GERMAN.replace("DR30,", "X30,");
    assert!(matches!(
        read(broken.as_bytes()),
        Err(Mt940Error::Field { line: 6, .. })
    ));
    assert_eq!(read(b":20:X\n"), Err(Mt940Error::OtherFile));
    assert!(is_mt940(GERMAN.as_bytes()) && !is_mt940(b"entry_id,amount"));
}
