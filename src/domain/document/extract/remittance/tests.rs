use super::*;

fn lines(text: &str) -> (Vec<(String, String)>, Option<String>) {
    let advice = from_text(&Layout::of_text(text), None, &[]);
    let lines = advice
        .payments
        .iter()
        .map(|line| (line.invoice.clone(), line.amount.to_string()))
        .collect();
    (
        lines,
        advice.fields.total.map(|total| total.value.to_string()),
    )
}

fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected
        .iter()
        .map(|(number, amount)| ((*number).to_owned(), (*amount).to_owned()))
        .collect()
}

#[test]
fn numbers_with_amounts_and_their_total() {
    let (found, total) = lines(
        "Dear all,\n\nwe have paid today by bank transfer:\n\n2026-1001   595,00 EUR\n2026-1002   1.190,00 EUR\n\nTotal: 1.785,00 EUR\n\nTel. +49 40 123456\n",
    );
    assert_eq!(
        found,
        pairs(&[("2026-1001", "595.00 EUR"), ("2026-1002", "1,190.00 EUR")])
    );
    assert_eq!(total.as_deref(), Some("1,785.00 EUR"));
}

#[test]
fn a_sentence_is_enough() {
    let (found, _) = lines("Today we paid invoice 2026-1001 dated 12.10.2026 with 595,00 €.");
    assert_eq!(found, pairs(&[("2026-1001", "595.00 EUR")]));
}

#[test]
fn what_was_paid_is_not_what_was_billed() {
    let (found, _) = lines(
        "Invoice no.   Date         Gross       Discount   Paid\n2026-1001     01.10.2026   1.000,00    20,00      980,00 EUR\n",
    );
    assert_eq!(found, pairs(&[("2026-1001", "980.00 EUR")]));
}

#[test]
fn accounts_and_telephones_are_no_invoices() {
    let (found, total) = lines(
        "IBAN DE89 3704 0044 0532 0130 00 amount 5,00 EUR\nPhone +49 40 1234567 costs 0,14 EUR\n",
    );
    assert_eq!((found, total), (Vec::new(), None));
}

#[test]
fn a_table_is_read_by_its_headings() {
    let table: Table = [
        ["Rechnungsnummer", "Datum", "Betrag", "Skonto", "Zahlbetrag"],
        [
            "2026-1001",
            "01.10.2026",
            "1.000,00 €",
            "20,00 €",
            "980,00 €",
        ],
        ["2026-1002", "02.10.2026", "595,00 €", "0,00 €", "595,00 €"],
        ["Summe", "", "1.595,00 €", "20,00 €", "1.575,00 €"],
    ]
    .iter()
    .map(|row| row.iter().map(|cell| (*cell).to_owned()).collect())
    .collect();
    let advice = from_tables(&[table], &Layout::default(), None, &[]).unwrap_or_default();
    let found = advice
        .payments
        .iter()
        .map(|l| (l.invoice.clone(), l.amount.to_string()))
        .collect::<Vec<_>>();
    assert_eq!(
        found,
        pairs(&[("2026-1001", "980.00 EUR"), ("2026-1002", "595.00 EUR")])
    );
    assert_eq!(
        advice
            .payments
            .first()
            .and_then(|l| l.discount)
            .map(|d| d.minor()),
        Some(2_000)
    );
    assert_eq!(advice.fields.total.map(|t| t.value.minor()), Some(157_500));
    assert!(advice.issues.is_empty());
}

#[test]
fn a_total_that_the_lines_do_not_make_is_said() {
    let advice = from_text(
        &Layout::of_text("paid:\n2026-1001 595,00 EUR\nTotal 600,00 EUR"),
        None,
        &[],
    );
    assert_eq!(advice.issues.len(), 1);
    assert!(
        advice
            .fields
            .total
            .is_some_and(|t| t.confidence.as_per_mille() < 900)
    );
}

#[test]
fn bodies_that_list_payments_are_documents_and_others_are_not() {
    assert!(looks_like_remittance(
        "Hello,\nwe have transferred the following:\nInvoice 2026-1001: EUR 595.00\n"
    ));
    assert!(looks_like_remittance(
        "Guten Tag,\nwir haben heute überwiesen:\n2026-1001  595,00 EUR\n"
    ));
    assert!(!looks_like_remittance(
        "Hello,\nplease find attached our invoice 4711 over 595.00 EUR.\n"
    ));
    assert!(!looks_like_remittance("We have paid. Regards"));
}
