use super::*;

fn shown(bytes: &[u8]) -> Vec<Vec<String>> {
    let mut sheets = read(bytes).unwrap();
    assert_eq!(
        sheets.len(),
        1,
        "the hidden sheet and the empty one are left out"
    );
    sheets.remove(0)
}

/// The same remittance as three programs write it: numbers as numbers, days as days, a formula for the total.
#[test]
fn the_same_table_is_read_from_every_kind_of_spreadsheet() {
    let expected = [
        vec!["Zahlungsavis", "", "", ""],
        vec!["Rechnungsnummer", "Rechnungsdatum", "Zahlbetrag", "Währung"],
        vec!["MR-2026-1044", "2026-11-02", "2140", "EUR"],
        vec!["MR-2026-1047", "2026-11-06", "856.50", "EUR"],
        vec!["Summe", "", "2996.50", "EUR"],
    ];
    for (name, bytes) in [
        (
            "xlsx",
            &include_bytes!("../../../tests/golden/files/remittance.xlsx")[..],
        ),
        (
            "ods",
            include_bytes!("../../../tests/golden/files/remittance.ods"),
        ),
        (
            "xls",
            include_bytes!("../../../tests/golden/files/remittance.xls"),
        ),
    ] {
        let rows = shown(bytes);
        for (row, expected) in rows.iter().zip(&expected) {
            let mut row = row.clone();
            row.resize(4, String::new());
            assert_eq!(&row, expected, "{name}");
        }
        assert_eq!(rows.len(), expected.len(), "{name}");
    }
}

#[test]
fn broken_spreadsheets_are_refused_or_read_and_never_panic() {
    for bytes in [
        &include_bytes!("../../../tests/golden/files/remittance.xlsx")[..],
        include_bytes!("../../../tests/golden/files/remittance.ods"),
        include_bytes!("../../../tests/golden/files/remittance.xls"),
    ] {
        for end in (0..bytes.len()).step_by(97) {
            drop(read(&bytes[..end]));
        }
        for at in (0..bytes.len()).step_by(53) {
            let mut mangled = bytes.to_vec();
            mangled[at] ^= 0xff;
            drop(read(&mangled));
        }
    }
    assert!(read(b"a;b\n1;2\n").is_err());
}

#[test]
fn a_cell_is_written_so_that_it_reads_one_way() {
    use super::cell::{built_in, number, of_code};
    let plain = built_in(0);
    let eur = of_code("#,##0.00\\ [$EUR]");
    let day = of_code("dd\\.mm\\.yyyy;@");
    for (written, style, expected) in [
        ("1190.0500000000002", &plain, "1190.05"),
        ("1.19E3", &plain, "1190"),
        ("1190.5", &plain, "1190.50"),
        ("1.234", &plain, "1.2340"),
        ("856.5", &eur, "856.50 EUR"),
        ("12", &of_code("0.00 \"€\""), "12 EUR"),
        ("46328", &day, "2026-11-02"),
        ("46328.75", &built_in(22), "2026-11-02"),
        ("0.5", &day, "0.50"),
        ("no number", &plain, "no number"),
    ] {
        assert_eq!(number(written, style, false), expected, "{written}");
    }
    assert_eq!(number("44866", &day, true), "2026-11-02");
}
