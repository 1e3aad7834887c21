//! A bill, its correction, and the next bill of the same layout.

use super::*;
use crate::basics::calendar::date;
use crate::domain::document::Source;

/// A layout whose words for its number and its date the program does not know.
fn bill(number: &str, day: &str, total: &str) -> Layout {
    Layout::of_text(&format!(
        "\
Nordlicht Handel GmbH            Hafenstr. 1, 20457 Hamburg

La Tavola GmbH
Gasse 2

Vorgang:      {number}
Zeichen:      K-77
Geschrieben:  {day}
Geliefert:    01.02.2026

Olivenöl                     100,00
Summe aller Posten           {total}
Bitte nennen Sie den Vorgang bei jeder Zahlung
"
    ))
}

fn memory(field: LearnedField, layout: &Layout, value: Value) -> Memory {
    let (supplier, document) = (SupplierId::derive(&["1"]), DocumentId::derive(&["a"]));
    Memory {
        id: Memory::id_of(supplier, field, document),
        supplier,
        field,
        document,
        taught_by: "lena".into(),
        taught_at: Timestamp::MIN,
        evidence: lesson(layout, &value).expect("it stands there"),
        successes: 0,
        failures: 0,
        version: 1,
    }
}

fn number_memory() -> Memory {
    let taught = bill("V-2026-17", "03.04.2026", "119,00");
    memory(
        LearnedField::Number,
        &taught,
        Value::Text("V-2026-17".into()),
    )
}

fn read_as(number: &str, confidence: u16) -> Reading {
    let mut reading = Reading::default();
    reading.fields.invoice_number = Some(Field::text(
        number.to_owned(),
        Confidence::per_mille(confidence),
        Source::Line(1),
    ));
    reading
}

fn number_of(reading: &Reading) -> Option<(&str, u16)> {
    let field = reading.fields.invoice_number.as_ref()?;
    Some((field.value.as_str(), field.confidence.as_per_mille()))
}

#[test]
fn one_correction_and_the_next_bill_of_that_layout_is_right() {
    let next = bill("V-2026-31", "05.06.2026", "238,00");
    let mut reading = read_as("K-77", 880);
    recall(&mut reading, &next, &[number_memory()]);
    assert_eq!(number_of(&reading), Some(("V-2026-31", SURE)));
    let recalled = reading.recalled.first().expect("it spoke");
    assert_eq!(
        (recalled.field, recalled.agreed, recalled.place.as_str()),
        (LearnedField::Number, false, "right of “vorgang”")
    );
}

#[test]
fn another_layout_is_read_without_it() {
    let other = Layout::of_text(
        "Nordlicht Handel GmbH\nRechnung\nVorgang: V-2026-31\nBetrag 5,00\nDanke\nBis bald\n",
    );
    let mut reading = read_as("K-77", 880);
    recall(&mut reading, &other, &[number_memory()]);
    assert_eq!(number_of(&reading), Some(("K-77", 880)));
    assert!(reading.recalled.is_empty());
}

#[test]
fn a_memory_that_was_wrong_twice_is_dropped_and_once_no_longer_sure() {
    let next = bill("V-2026-31", "05.06.2026", "238,00");
    let wrong = |failures| Memory {
        failures,
        ..number_memory()
    };
    let read_with = |memories: &[Memory], confidence| {
        let mut reading = read_as("K-77", confidence);
        recall(&mut reading, &next, memories);
        number_of(&reading).map(|(number, sure)| (number.to_owned(), sure))
    };
    assert_eq!(
        read_with(&[wrong(1)], 880),
        Some(("V-2026-31".into(), UNSURE))
    );
    assert_eq!(
        read_with(&[wrong(1)], 950),
        Some(("K-77".into(), 950)),
        "what was wrong once does not outweigh what is believed"
    );
    assert_eq!(read_with(&[wrong(2)], 880), Some(("K-77".into(), 880)));
}

#[test]
fn a_cosmetic_edit_teaches_nothing() {
    let same = |a: &str, b: &str| Value::Text(a.into()).is_same(&Value::Text(b.into()));
    assert!(same("V-2026-17", "v 2026/17") && !same("V-2026-17", "V-2026-71"));
    let amount = |text: &str| Value::Amount(text.parse().expect("a number"));
    assert!(amount("119.0").is_same(&amount("-119.00")));
}

#[test]
fn what_does_not_stand_on_the_page_teaches_nothing() {
    let page = bill("V-2026-17", "03.04.2026", "119,00");
    assert_eq!(lesson(&page, &Value::Text("V-2026-18".into())), None);
    assert_eq!(lesson(&page, &Value::Day(date(2026, 12, 24))), None);
}

#[test]
fn which_of_two_readings_of_a_date_was_meant_is_remembered() {
    let taught = bill("V-2026-17", "03/04/2026", "119,00");
    let month_first = memory(
        LearnedField::IssueDate,
        &taught,
        Value::Day(date(2026, 3, 4)),
    );
    let mut reading = Reading::default();
    let next = bill("V-2026-31", "05/06/2026", "238,00");
    recall(&mut reading, &next, &[month_first]);
    let day = reading.fields.issue_date.map(|field| field.value);
    assert_eq!(day, Some(date(2026, 5, 6)));
}

#[test]
fn an_amount_that_does_not_add_up_with_the_others_is_not_sure() {
    let taught = bill("V-2026-17", "03.04.2026", "119,00");
    let total: Decimal = "119.00".parse().expect("a number");
    let gross = memory(LearnedField::Gross, &taught, Value::Amount(total));
    let next = bill("V-2026-31", "05.06.2026", "238,00");
    let sum = |net: i64, tax: i64| {
        let money = |minor| {
            let value = Money::from_minor(minor, Currency::EUR);
            Some(Field::text(
                value,
                Confidence::per_mille(960),
                Source::Line(1),
            ))
        };
        let mut reading = Reading::default();
        let sure = Confidence::per_mille(980);
        reading.fields.currency = Some(Field::text(Currency::EUR, sure, Source::Line(1)));
        (reading.fields.net_total, reading.fields.tax_total) = (money(net), money(tax));
        recall(&mut reading, &next, std::slice::from_ref(&gross));
        let field = reading.fields.gross_total.expect("found");
        (field.value.minor(), field.confidence.as_per_mille())
    };
    assert_eq!(sum(20_000, 3_800), (23_800, SURE));
    assert_eq!(sum(10_000, 1_900), (23_800, UNSURE));
}

#[test]
fn a_memory_that_agrees_makes_no_amount_surer_whose_sums_say_otherwise() {
    let taught = bill("V-2026-17", "03.04.2026", "119,00");
    let total: Decimal = "119.00".parse().expect("a number");
    let gross = memory(LearnedField::Gross, &taught, Value::Amount(total));
    let next = bill("V-2026-31", "05.06.2026", "238,00");
    let read_with = |net: i64, currency: u16| {
        let money = |minor| {
            let value = Money::from_minor(minor, Currency::EUR);
            Some(Field::text(
                value,
                Confidence::per_mille(500),
                Source::Line(1),
            ))
        };
        let mut reading = Reading::default();
        let sure = Confidence::per_mille(currency);
        reading.fields.currency = Some(Field::text(Currency::EUR, sure, Source::Line(1)));
        reading.fields.net_total = money(net);
        reading.fields.tax_total = money(3_800);
        reading.fields.gross_total = money(23_800);
        recall(&mut reading, &next, std::slice::from_ref(&gross));
        let field = reading.fields.gross_total.expect("read");
        field.confidence.as_per_mille()
    };
    assert_eq!(read_with(20_000, 980), SURE);
    assert_eq!(read_with(10_000, 980), 500);
    assert_eq!(read_with(20_000, 700), 700);
}

#[test]
fn an_xml_and_a_person_outweigh_every_memory() {
    let next = bill("V-2026-31", "05.06.2026", "238,00");
    for certain in [
        Field::xml("A-1".to_owned(), "/Invoice/ID"),
        Field::person("A-1".to_owned(), "lena"),
    ] {
        let mut reading = Reading::default();
        reading.fields.invoice_number = Some(certain);
        recall(&mut reading, &next, &[number_memory()]);
        assert_eq!(number_of(&reading), Some(("A-1", 1000)));
        assert!(reading.recalled.is_empty());
    }
}

#[test]
fn an_amount_that_stood_under_two_labels_is_sure_only_after_it_was_right() {
    let page = |total: &str, paid: &str| {
        Layout::of_text(&format!(
            "\
Nordlicht Handel GmbH            Hafenstr. 1, 20457 Hamburg

Rechnung an La Tavola
Beleg der Lieferung

Alles zusammen    {total}
Noch offen        {paid}
"
        ))
    };
    let total: Decimal = "119.00".parse().expect("a number");
    let taught = page("119,00", "119,00");
    let gross = memory(LearnedField::Gross, &taught, Value::Amount(total));
    let sure = |successes| {
        let mut reading = Reading::default();
        let known = Confidence::per_mille(980);
        reading.fields.currency = Some(Field::text(Currency::EUR, known, Source::Line(1)));
        let gross = Memory {
            successes,
            ..gross.clone()
        };
        recall(&mut reading, &page("238,00", "138,00"), &[gross]);
        let field = reading.fields.gross_total.expect("found");
        field.confidence.as_per_mille()
    };
    assert_eq!((sure(0), sure(1), sure(2)), (UNSURE, UNSURE, SURE));
}
