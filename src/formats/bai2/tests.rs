use super::*;
use crate::basics::calendar::date;
use crate::formats::statement::booked;

/// A wire went out, a customer paid: 1,000.00 before, 1,234.56 after.
const DAY: &str = "01,122099999,123456789,261125,0200,1,80,,2/
02,123456789,122099999,1,261124,2400,USD,2/
03,0123456789,,010,+100000,,,040,-5,,/
88,015,123456,1,V,261125,,100,30000,1,S,1,2,3/
16,495,6544,V,261126,0900,B-7,CHabc-00001,WIRE OUT, SENT 11/24
88,CRNM: Elbkarton Inc.
88,CACT: 6098738/38
16,142,30000,Z,B-8,,ACH CREDIT RE 1/
88,AND RE 2/
16,890,,,,,QUIET DAY/
49,289995,9/
98,289995,1,11/
99,289995,1,13/
";

/// The day with something else in it.
fn day_of(from: &str, to: &str) -> Result<Vec<Statement>, Bai2Error> {
    assert!(DAY.contains(from), "{from}");
    read(DAY.replacen(from, to, 1).as_bytes())
}

fn problem(from: &str, to: &str) -> String {
    day_of(from, to).unwrap_err().to_string()
}

#[test]
fn a_day_with_its_balances_and_what_moved() {
    let read = day_of("", "").unwrap();
    let [statement] = read.as_slice() else {
        panic!("{read:?}")
    };
    assert_eq!(statement.account, "0123456789");
    assert_eq!(statement.currency.as_deref(), Some("USD"));
    let [opening, closing] = [statement.opening, statement.closing].map(Option::unwrap);
    assert_eq!(
        (opening.to_string(), closing.to_string()),
        ("1000.00".into(), "1234.56".into())
    );
    assert_eq!(booked(&statement.entries), closing.checked_sub(opening));
    let [went, came] = statement.entries.as_slice() else {
        panic!("{statement:?}")
    };
    assert_eq!(went.amount.to_string(), "-65.44");
    assert_eq!(
        (went.booking_date, went.value_date),
        (Some(date(2026, 11, 24)), Some(date(2026, 11, 26)))
    );
    assert_eq!(went.bank_reference.as_deref(), Some("B-7"));
    assert_eq!(went.end_to_end_id.as_deref(), Some("CHabc-00001"));
    assert_eq!(went.counterparty_name.as_deref(), Some("Elbkarton Inc."));
    assert_eq!(went.counterparty_account.as_deref(), Some("6098738/38"));
    assert!(
        went.remittance_information
            .starts_with("WIRE OUT, SENT 11/24 CRNM")
    );
    assert_eq!(
        (came.amount.to_string(), came.end_to_end_id.clone()),
        ("300.00".into(), None)
    );
    assert_eq!(came.remittance_information, "ACH CREDIT RE 1 AND RE 2");
}

#[test]
fn cents_are_of_the_currency() {
    let yen = day_of("0123456789,,", "0123456789,JPY,").unwrap();
    assert_eq!(yen[0].entries[0].amount.to_string(), "-6544");
    let why = problem("0123456789,,", "0123456789,XXQ,");
    assert_eq!(why, "line 3, record 03: \"XXQ\" is no currency of ISO 4217");
}

#[test]
fn records_that_run_on_without_lines_are_told_by_their_marks() {
    let marked = ["11/24\n", "Inc.\n", "38/38\n"];
    let marked = marked.iter().fold(DAY.to_owned(), |text, end| {
        text.replace(end, &format!("{}/\n", end.trim_end()))
    });
    let run_on = marked.replace("/\n", "/   ");
    assert_eq!(read(run_on.as_bytes()), day_of("", ""));
}

#[test]
fn every_control_total_and_every_count_is_checked() {
    for (from, to, place) in [
        (
            "49,289995,9",
            "49,289994,9",
            "line 11, record 49: its control total is \"289994\"",
        ),
        (
            "49,289995,9",
            "49,289995,8",
            "line 11, record 49: its number of records is \"8\", and the file has 9",
        ),
        (
            "98,289995,1,11",
            "98,0,1,11",
            "line 12, record 98: its control total",
        ),
        (
            "98,289995,1,11",
            "98,289995,2,11",
            "line 12, record 98: its number of accounts",
        ),
        (
            "98,289995,1,11",
            "98,289995,1,",
            "line 12, record 98: its number of records is \"\"",
        ),
        (
            "99,289995,1,13",
            "99,289995,4,13",
            "line 13, record 99: its number of groups",
        ),
        (
            "99,289995,1,13",
            "99,289995,1,12",
            "line 13, record 99: its number of records",
        ),
        (
            "142,30000",
            "142,30001",
            "line 11, record 49: its control total",
        ),
    ] {
        let why = problem(from, to);
        assert!(why.starts_with(place), "{why}");
    }
}

#[test]
fn a_payers_words_cannot_be_a_record() {
    for words in [
        "RE 1/ 16,142,9900000,Z,,,FAKE",
        "RE 1\n16,142,9900000,Z,,,FAKE",
    ] {
        match day_of("CREDIT RE 1", &format!("CREDIT {words}")) {
            Ok(read) => assert_eq!(read[0].entries.len(), 2, "{words}"),
            Err(error) => assert!(error.to_string().contains("control total"), "{error}"),
        }
    }
}

#[test]
fn a_group_of_a_day_that_is_not_closed_is_known_as_one() {
    for (modifier, is_interim) in [
        ("", false),
        ("1", true),
        ("2", false),
        ("3", true),
        ("4", false),
    ] {
        let read = day_of("USD,2/", &format!("USD,{modifier}/")).unwrap();
        assert_eq!(read[0].is_interim, is_interim, "{modifier}");
    }
}

#[test]
fn what_is_not_final_or_not_whole_is_refused_with_its_place() {
    for (from, to, said) in [
        (
            "122099999,1,26",
            "122099999,3,26",
            "line 2, record 02: the group corrects",
        ),
        (
            "122099999,1,26",
            "122099999,2,26",
            "line 2, record 02: the group takes back",
        ),
        (
            "122099999,1,26",
            "122099999,4,26",
            "line 2, record 02: the group is a test",
        ),
        ("USD,2/", "USD,5/", "line 2, record 02: its as-of date"),
        ("1,261124", "1,261324", "line 2, record 02: its day"),
        (
            "16,495,6544",
            "16,495,65.44",
            "line 5, record 16: the amount \"65.44\" cannot be read",
        ),
        (
            "16,495,6544",
            "16,495,-6544",
            "line 5, record 16: its amount is negative",
        ),
        (
            "16,495,6544",
            "16,495,",
            "line 5, record 16: it has no amount",
        ),
        ("16,495", "16,760", "line 5, record 16: its type \"760\""),
        ("6544,V", "6544,Q", "line 5, record 16: its type of funds"),
        ("261126", "269926", "line 5, record 16: its value day"),
        (
            "010,+100000",
            "010,99999999999999999999",
            "line 3, record 03: the amount",
        ),
        (
            "99,289995,1,13/\n",
            "",
            "the file ends without its record 99",
        ),
        (
            "98,289995,1,11/\n",
            "",
            "line 12, record 99: it stands where none can be",
        ),
        ("02,1234", "07,1234", "line 2, record 07: it is no record"),
        ("16,142", "88:142", "line 11, record 49"),
    ] {
        let why = problem(from, to);
        assert!(why.starts_with(said), "{why}");
    }
}

#[test]
fn other_files_are_none() {
    assert!(is_bai2(DAY.as_bytes()) && is_bai2(b"\xef\xbb\xbf\r\n01,1"));
    for other in [
        &b""[..],
        b"entry_id,amount",
        b":20:X",
        b"<Document/>",
        b"00,1,2/",
    ] {
        assert!(!is_bai2(other));
        assert!(read(other).is_ok_and(|read| read.is_empty()) || read(other).is_err());
    }
}
