use super::*;
use crate::basics::currency::Currency;
use crate::basics::money::Money;
use crate::domain::document::{Classification, Confidence, Field, Fields, RemittanceLine, Source};

fn eur(cents: i64) -> Money {
    Money::from_minor(cents, Currency::EUR)
}

fn sure<T>(value: T) -> Option<Field<T>> {
    Some(Field::text(
        value,
        Confidence::per_mille(950),
        Source::Computed,
    ))
}

fn of_kind(kind: DocumentKind, fields: Fields, pages: u32) -> Reading {
    Reading {
        classification: Classification {
            kind,
            ..Classification::default()
        },
        fields,
        pages,
        ..Reading::default()
    }
}

fn xml(number: &str, cents: i64) -> Reading {
    let fields = Fields {
        invoice_number: Some(Field::xml(number.to_owned(), "")),
        gross_total: Some(Field::xml(eur(cents), "")),
        ..Fields::default()
    };
    of_kind(DocumentKind::Bill, fields, 0)
}

fn pdf(number: &str, cents: i64) -> Reading {
    let fields = Fields {
        invoice_number: sure(number.to_owned()),
        gross_total: sure(eur(cents)),
        ..Fields::default()
    };
    of_kind(DocumentKind::Bill, fields, 1)
}

fn payment(lines: &[(&str, i64)], total: Option<i64>, pages: u32) -> Reading {
    let fields = Fields {
        total: total.and_then(|cents| sure(eur(cents))),
        ..Fields::default()
    };
    let lines = lines.iter().map(|(invoice, cents)| RemittanceLine {
        invoice: (*invoice).to_owned(),
        amount: Some(eur(*cents)),
        discount: None,
    });
    Reading {
        payments: lines.collect(),
        ..of_kind(DocumentKind::Remittance, fields, pages)
    }
}

/// As the documents of one mail, the last one its text where the mail has one.
fn paired<const N: usize>(readings: [&mut Reading; N], has_body: bool) -> Vec<Pair> {
    let told = readings
        .into_iter()
        .enumerate()
        .map(|(place, reading)| Told {
            is_body: has_body && place + 1 == N,
            reading,
        });
    pair(&mut told.collect::<Vec<_>>())
}

fn told_by(pairs: &[Pair]) -> Vec<(usize, usize)> {
    pairs
        .iter()
        .map(|pair| (pair.rendering, pair.master))
        .collect()
}

#[test]
fn the_pdf_of_an_xml_bill_is_its_rendering() {
    let (mut first, mut second, mut other) = (pdf("RE 1", 500), xml("RE-1", 500), pdf("RE-2", 700));
    let pairs = paired([&mut first, &mut second, &mut other], false);
    assert_eq!(told_by(&pairs), [(0, 1)]);
    assert_eq!(pairs[0].why("a.xml"), "shows the same bill as a.xml");
    assert_eq!(second.classification.conflict, None);
}

#[test]
fn a_spreadsheet_of_a_bill_and_its_pdf_both_show_what_the_xml_says() {
    let mut sheet = Reading {
        pages: 0,
        ..pdf("RE-1", 500)
    };
    let (mut paper, mut written) = (pdf("RE-1", 500), xml("RE-1", 500));
    let pairs = paired([&mut sheet, &mut paper, &mut written], false);
    assert_eq!(told_by(&pairs), [(0, 2), (1, 2)]);
}

#[test]
fn two_pdfs_of_one_number_are_two_documents() {
    let (mut first, mut second) = (pdf("RE-1", 500), pdf("RE-1", 500));
    assert_eq!(paired([&mut first, &mut second], false), []);
}

#[test]
fn a_pdf_that_shows_another_amount_makes_the_xml_doubtful() {
    let (mut written, mut shown) = (xml("RE-1", 500), pdf("RE-1", 5_000));
    let pairs = paired([&mut written, &mut shown], false);
    assert_eq!(told_by(&pairs), [(1, 0)]);
    let doubt = written.classification.conflict.unwrap();
    assert!(doubt.starts_with("hybrid_mismatch: "), "{doubt}");
    assert!(
        doubt.contains("5.00 EUR") && doubt.contains("50.00 EUR"),
        "{doubt}"
    );
    assert_eq!(shown.classification.conflict, None);
}

#[test]
fn a_payment_in_the_text_and_in_the_attached_advice_is_one() {
    let lines = [("MR-1044", 214_000), ("MR-1047", 85_600)];
    for mut body in [
        payment(&[("MR 1047", 85_600), ("MR 1044", 214_000)], None, 0),
        payment(&lines[..1], Some(299_600), 0),
        payment(&lines[..1], None, 0),
        payment(&[], Some(299_600), 0),
        payment(&[], None, 0),
    ] {
        let mut advice = payment(&lines, Some(299_600), 1);
        let pairs = paired([&mut advice, &mut body], true);
        assert_eq!(told_by(&pairs), [(1, 0)], "{body:?}");
        assert_eq!(advice.classification.conflict, None, "{body:?}");
    }
}

#[test]
fn a_text_that_names_another_amount_than_its_advice_is_held_with_both() {
    let mut advice = payment(&[("MR-1044", 214_000)], Some(214_000), 1);
    for mut body in [
        payment(&[("MR-1044", 204_000)], None, 0),
        payment(&[], Some(204_000), 0),
    ] {
        let pairs = paired([&mut advice, &mut body], true);
        assert_eq!(told_by(&pairs), [(1, 0)]);
        let doubt = advice.classification.conflict.take().unwrap();
        assert!(doubt.contains("2,140.00 EUR and 2,040.00 EUR"), "{doubt}");
    }
}

#[test]
fn a_text_that_names_more_invoices_than_its_advice_is_held() {
    let mut advice = payment(&[("MR-1044", 214_000)], Some(214_000), 1);
    let mut body = payment(&[("MR-1044", 214_000), ("MR-1047", 85_600)], None, 0);
    paired([&mut advice, &mut body], true);
    let doubt = advice.classification.conflict.unwrap();
    assert!(doubt.contains("2,140.00 EUR and 2,996.00 EUR"), "{doubt}");
}

#[test]
fn a_payment_of_other_invoices_is_another_one() {
    let mut advice = payment(&[("MR-1044", 214_000)], Some(214_000), 1);
    let mut body = payment(&[("MR-1050", 32_100)], Some(32_100), 0);
    assert_eq!(paired([&mut advice, &mut body], true), []);
    // The same sum for other numbers: whose numbers are they?
    let mut body = payment(&[("100044", 214_000)], None, 0);
    let pairs = paired([&mut advice, &mut body], true);
    assert_eq!(told_by(&pairs), [(1, 0)]);
    assert!(advice.classification.conflict.is_some());
}

#[test]
fn one_text_about_several_advices_tells_nothing_of_its_own() {
    let mut first = payment(&[("MR-1044", 214_000)], None, 1);
    let mut second = payment(&[("MR-1047", 85_600)], None, 1);
    let mut body = payment(
        &[("MR-1044", 214_000), ("MR-1047", 85_600)],
        Some(299_600),
        0,
    );
    let pairs = paired([&mut first, &mut second, &mut body], true);
    assert_eq!(told_by(&pairs), [(2, 0)]);
    assert_eq!(first.classification.conflict, None);
}

#[test]
fn a_text_that_is_clear_counts_before_an_advice_that_is_not() {
    let mut advice = payment(&[], None, 1);
    advice.classification.conflict = Some("document_unclear: no line of it can be read".into());
    let mut body = payment(&[("MR-1044", 214_000)], None, 0);
    let pairs = paired([&mut advice, &mut body], true);
    assert_eq!(told_by(&pairs), [(0, 1)]);
}

fn named(bill: Reading, supplier: &str) -> Reading {
    let supplier_name = sure(supplier.to_owned());
    Reading {
        fields: Fields {
            supplier_name,
            ..bill.fields
        },
        ..bill
    }
}

#[test]
fn another_suppliers_bill_of_the_same_number_is_a_bill_of_its_own() {
    let mut written = named(xml("4711", 500), "Muster Technik GmbH");
    let mut other = named(pdf("4711", 500), "Ganz Andere GmbH");
    assert_eq!(paired([&mut written, &mut other], false), []);
    let mut own = named(pdf("4711", 500), "MUSTER Technik");
    assert_eq!(told_by(&paired([&mut written, &mut own], false)), [(1, 0)]);
}

#[test]
fn a_reminder_that_names_the_number_does_not_show_the_bill() {
    let (mut written, mut page) = (xml("4711", 500), pdf("4711", 500));
    page.classification.kind = DocumentKind::SupplierReminder;
    assert_eq!(paired([&mut written, &mut page], false), []);
}

#[test]
fn an_amount_that_differs_from_the_xml_asks_however_unsurely_it_was_read() {
    let (mut written, mut page) = (xml("4711", 119_000), pdf("4711", 11_900));
    if let Some(gross) = &mut page.fields.gross_total {
        gross.confidence = Confidence::per_mille(600);
    }
    paired([&mut written, &mut page], false);
    let why = written.classification.conflict.expect("a conflict");
    assert!(
        why.contains("1,190.00 EUR") && why.contains("119.00 EUR"),
        "{why}"
    );
}

#[test]
fn numbers_are_the_same_in_any_typing_but_not_with_other_parts() {
    assert!(is_same_number("RE-2026/1", "re 2026 1"));
    assert!(is_same_number("RE-2026-0001", "RE20260001"));
    assert!(!is_same_number("1-11", "11-1"));
}

#[test]
fn a_file_inside_that_cannot_be_read_may_be_another_bill_and_asks() {
    let bill = pdf("RE-1", 11_900);
    let broken = crate::domain::document::read::unreadable("the file is damaged");
    let asked = another_inside(&bill, &broken, "RE-2.pdf").unwrap();
    assert!(asked.starts_with("document_unclear: "), "{asked}");
    assert!(
        asked.contains("RE-2.pdf") && asked.contains("damaged"),
        "{asked}"
    );
    let support = of_kind(DocumentKind::GoodsReceipt, Fields::default(), 1);
    assert_eq!(another_inside(&bill, &support, "LS-2.pdf"), None);
}
