use super::*;
use crate::domain::receivable::Customer;
use crate::domain::receivable::samples::invoice;

fn numbers(found: &[&OpenInvoice]) -> Vec<String> {
    found.iter().map(|i| i.invoice.number.clone()).collect()
}

#[test]
fn a_number_is_found_however_it_is_typed() {
    let invoices = [
        invoice("MR-2026-0047", "1", 100),
        invoice("MR-2026-1044", "1", 100),
    ];
    for (written, how) in [
        (" mr-2026-0047 ", How::Exact),
        ("MR 2026/0047", How::Normalised),
        ("MR20260047", How::Normalised),
        ("MR-2026-47", How::Normalised),
        ("2026-0047", How::Normalised),
        ("20260047", How::Normalised),
    ] {
        assert_eq!(
            find(written, &invoices, None),
            Matched::One(&invoices[0], how),
            "{written}"
        );
    }
    for stranger in ["RE-2026-0047", "0047", "47", "", "MR-2026-00470"] {
        assert_eq!(
            find(stranger, &invoices, None),
            Matched::Nothing,
            "{stranger}"
        );
    }
}

#[test]
fn two_open_invoices_that_read_the_same_are_rivals_until_one_is_paid() {
    let mut invoices = [
        invoice("A-2026-10", "1", 100),
        invoice("A-202-610", "2", 100),
    ];
    assert!(matches!(find("A 2026 10", &invoices, None), Matched::Rivals(r) if r.len() == 2));
    let payer = Some(Customer::id_of("2"));
    assert_eq!(
        find("A 2026 10", &invoices, payer),
        Matched::One(&invoices[1], How::Normalised)
    );
    invoices[1].balance = crate::domain::receivable::samples::eur(0);
    assert_eq!(
        find("A 2026 10", &invoices, None),
        Matched::One(&invoices[0], How::Normalised)
    );
}

#[test]
fn an_exactly_written_number_wins_over_one_that_reads_alike() {
    let invoices = [
        invoice("A-2026-10", "1", 100),
        invoice("A-202-610", "1", 100),
    ];
    assert_eq!(
        find("A-2026-10", &invoices, None),
        Matched::One(&invoices[0], How::Exact)
    );
}

#[test]
fn a_reference_is_found_in_any_grouping() {
    let mut invoices = [invoice("1", "1", 100), invoice("2", "1", 100)];
    invoices[1].invoice.payment_reference = Some("RF18MR20261044".into());
    assert_eq!(
        find("RF18 MR20 2610 44", &invoices, None),
        Matched::One(&invoices[1], How::Reference)
    );
    let named = mentions("EREF+RF18 MR20 2610 44 DANKE", &invoices);
    assert_eq!(numbers(&named.by_reference), ["2"]);
    assert!(
        mentions("RF18MR202610445", &invoices)
            .by_reference
            .is_empty()
    );
}

#[test]
fn a_short_reference_is_a_number_like_any_other() {
    let mut invoices = [
        invoice("MR-2026-1003", "2", 100),
        invoice("10046", "1", 100),
    ];
    invoices[0].invoice.payment_reference = Some("10045".into());
    let exactly = mentions("Kd 10045", &invoices);
    assert!(exactly.by_reference.is_empty());
    assert_eq!(numbers(&exactly.exact), ["MR-2026-1003"]);
    let apart = mentions("Kd 10 045", &invoices);
    assert!(apart.exact.is_empty());
    assert_eq!(numbers(&apart.normalised), ["MR-2026-1003"]);
    // Its check digits are right, so the shortest reference of the standard names its invoice.
    invoices[0].invoice.payment_reference = Some("RF33 2348236".into());
    assert_eq!(
        numbers(&mentions("RF33 2348236", &invoices).by_reference),
        ["MR-2026-1003"]
    );
    // What one payer writes is another one's number: nobody knows which is meant.
    invoices[0].invoice.payment_reference = Some("10046".into());
    assert!(matches!(find("10046", &invoices, None), Matched::Rivals(r) if r.len() == 2));
    assert_eq!(
        find("10046", &invoices, Some(Customer::id_of("1"))),
        Matched::One(&invoices[1], How::Exact)
    );
}

#[test]
fn an_amount_in_a_text_is_no_number() {
    let mut invoices = [
        invoice("20077", "1", 100),
        invoice("MR-2026-1047", "1", 100),
    ];
    invoices[1].invoice.payment_reference = Some("1200077".into());
    for text in [
        "Kaution 200.77 EUR",
        "200,77",
        "EUR 200.77-",
        "1.200.077,00",
        "120'000.77",
    ] {
        assert!(mentions(text, &invoices).normalised.is_empty(), "{text}");
    }
    for text in ["200-77", "2 00 77", "20.077"] {
        assert_eq!(
            numbers(&mentions(text, &invoices).normalised),
            ["20077"],
            "{text}"
        );
    }
}

#[test]
fn a_bank_text_names_invoices_exactly_and_loosely() {
    let invoices = [
        invoice("MR-2026-1044", "1", 100),
        invoice("MR-2026-1047", "1", 100),
        invoice("MR-2026-104", "1", 100),
        invoice("11", "1", 100),
    ];
    let named = mentions("MR-2026-1044 MR 2026/1047 ZAHLLAUF 11", &invoices);
    assert_eq!(numbers(&named.exact), ["MR-2026-1044"]);
    assert_eq!(numbers(&named.normalised), ["MR-2026-1044", "MR-2026-1047"]);
}

#[test]
fn a_number_broken_by_the_banks_line_length_is_still_found() {
    let invoices = [invoice("MR-2026-1047", "1", 100)];
    assert_eq!(
        numbers(&mentions("SVWZ+RECHNUNG MR-2026-1 047", &invoices).normalised),
        ["MR-2026-1047"]
    );
}

#[test]
fn paid_invoices_are_not_named_by_a_bank_text() {
    let mut invoices = [invoice("MR-2026-1047", "1", 100)];
    invoices[0].balance = crate::domain::receivable::samples::eur(0);
    assert!(mentions("MR-2026-1047", &invoices).normalised.is_empty());
}
