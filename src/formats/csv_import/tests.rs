use super::*;
use crate::basics::calendar::date;

type Invoice = (String, Option<Date>, Money);

fn rows(file: &[u8]) -> (Vec<Invoice>, Vec<String>) {
    let mut table = Table::read(file).unwrap();
    table.expect_columns(&["number", "due_date", "amount"]);
    let (values, mistakes) = table.read_rows(|row| {
        let (number, due) = (row.required("number"), row.optional_date("due_date"));
        Some((number?, due, row.amount("amount", Currency::EUR)?))
    });
    (
        values.into_iter().map(|(_, value)| value).collect(),
        mistakes.iter().map(Mistake::to_string).collect(),
    )
}

fn expected() -> Vec<Invoice> {
    vec![
        (
            "RÉ-1".into(),
            Some(date(2026, 11, 22)),
            Money::from_minor(119_000, Currency::EUR),
        ),
        ("RE-2".into(), None, Money::from_minor(-500, Currency::EUR)),
    ]
}

#[test]
fn every_spreadsheets_dialect_gives_the_same_rows() {
    let comma = "number,due_date,amount\nRÉ-1,2026-11-22,1190.00\nRE-2,,-5.00\n";
    let marked = format!("\u{feff}{comma}");
    let semicolon = "Number;Due Date;AMOUNT\r\n\r\n\"RÉ-1\";2026-11-22;1.190,00\r\nRE-2;;-5,00\r\n";
    let tab = "number\tdue-date\tamount\nRÉ-1\t2026-11-22\t1,190.00\nRE-2\t\t(5.00)";
    let windows = encoding_rs::WINDOWS_1252.encode(semicolon).0.into_owned();
    for file in [
        comma.as_bytes(),
        marked.as_bytes(),
        semicolon.as_bytes(),
        tab.as_bytes(),
        &windows,
    ] {
        assert_eq!(
            rows(file),
            (expected(), vec![]),
            "{}",
            String::from_utf8_lossy(file)
        );
    }
}

#[test]
fn all_mistakes_are_named_by_line_and_column_at_once() {
    let file = b"number,due_date,amount\nRE-1,31.02.2026,1.234\n,2026-11-22,x\nRE-3,2026-11-22,1.00,surplus\nRE-4,2026-11-22,7.00\n";
    let (values, mistakes) = rows(file);
    let expected = [
        "line 4: has 4 fields, the header has 3",
        "line 2, column \"due_date\": \"31.02.2026\" is not a date (YYYY-MM-DD)",
        "line 2, column \"amount\": \"1.234\" is not an amount in EUR (such as 1190.00)",
        "line 3, column \"number\": must not be empty",
        "line 3, column \"amount\": \"x\" is not an amount in EUR (such as 1190.00)",
    ];
    assert_eq!(mistakes[..2], expected[..2]);
    assert_eq!(
        mistakes.len(),
        4,
        "a row given up at its first required field reports no further one"
    );
    assert_eq!(
        values
            .iter()
            .map(|(number, ..)| number.as_str())
            .collect::<Vec<_>>(),
        ["RE-3", "RE-4"]
    );
}

#[test]
fn a_missing_or_doubled_column_is_named() {
    let (_, mistakes) = rows(b"number,amount,amount\nRE-1,5.00,6.00\n");
    assert_eq!(
        mistakes[0],
        "line 1, column \"amount\": stands twice in the header"
    );
    assert_eq!(
        mistakes[1],
        "column \"due_date\": is missing; the file has number, amount, amount"
    );
}

#[test]
fn three_decimals_are_plain_where_the_currency_has_three() {
    let dinar = Currency::parse("KWD").unwrap();
    let (values, mistakes) = Table::read(b"amount\n1.234\n")
        .unwrap()
        .read_rows(|row| row.amount("amount", dinar));
    assert_eq!(
        (values, mistakes),
        (vec![(2, Money::from_minor(1234, dinar))], vec![])
    );
}

#[test]
fn an_empty_file_and_a_quoted_line_break_are_understood() {
    assert!(Table::read(b"\n \n").is_err());
    let (values, mistakes) = Table::read(b"name\n\"two\nlines\"\nlast\n")
        .unwrap()
        .read_rows(|row| row.required("name"));
    assert_eq!(
        values,
        [(2, "two\nlines".to_owned()), (4, "last".to_owned())]
    );
    assert!(mistakes.is_empty());
}
