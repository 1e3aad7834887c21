//! What counts of a model's answer, and what does not.

use super::*;
use crate::domain::document::{Field, Source};

const PAGE: &str = "\
Fröhlich & Söhne
Beleg            F-2026-7
Geschrieben am   22.11.2026
Zwischensumme    100,00 EUR
Abgabe            19,00 EUR
Alles zusammen   119,00 EUR
Schon bezahlt     50,00 EUR
";

fn bill() -> Reading {
    let mut reading = Reading::default();
    reading.classification.kind = DocumentKind::Bill;
    let sure = Confidence::per_mille(980);
    reading.fields.currency = Some(Field::text(Currency::EUR, sure, Source::Line(4)));
    reading
}

fn judged(reading: &mut Reading, fields: &[(&str, &str)]) -> Judged {
    let layout = Layout::of_text(PAGE);
    let asked = unsure(reading).expect("something is unsure");
    let fields = fields.iter();
    let proposed = Proposed {
        kind: None,
        fields: fields
            .map(|(name, text)| ((*name).into(), (*text).into()))
            .collect(),
    };
    judge(reading, &layout, &asked, ("m-1", &proposed))
}

#[test]
fn what_stands_on_the_page_is_taken_as_unsure_and_marked() {
    let mut reading = bill();
    let judged = judged(
        &mut reading,
        &[("invoice_number", "F-2026-7"), ("issue_date", "22.11.2026")],
    );
    assert_eq!((judged.accepted.len(), judged.refused.len()), (2, 0));
    let number = reading.fields.invoice_number.expect("taken");
    assert_eq!(
        (number.value.as_str(), number.method, number.confidence),
        ("F-2026-7", Method::Model, MOST)
    );
    assert_eq!(number.source, Source::Line(2));
    assert!(
        reading
            .fields
            .issue_date
            .is_some_and(|day| day.confidence <= MOST)
    );
}

#[test]
fn what_is_not_there_letter_for_letter_or_was_not_asked_does_not_count() {
    for (name, text) in [
        ("invoice_number", "F-2026-8"),
        ("invoice_number", "2026"),
        ("invoice_number", "Beleg"),
        ("issue_date", "2026-11-22"),
        ("issue_date", "Geschrieben am"),
        ("iban", "DE89370400440532013000"),
        ("supplier_name", "Fröhlich & Söhne"),
        ("currency", "USD"),
    ] {
        let mut reading = bill();
        let judged = judged(&mut reading, &[(name, text)]);
        assert_eq!(judged.accepted, [""; 0], "{name} {text}");
        assert_eq!(reading, bill(), "{name} {text}");
    }
}

#[test]
fn amounts_count_only_as_a_sum_that_closes() {
    let mut reading = bill();
    let whole = [
        ("net_total", "100,00"),
        ("tax_total", "19,00"),
        ("gross_total", "119,00"),
        ("payable_total", "119,00"),
    ];
    judged(&mut reading, &whole);
    let gross = reading.fields.gross_total.as_ref().expect("taken");
    assert_eq!((gross.value.minor(), gross.method), (11_900, Method::Model));
    assert_eq!(reading.amounts.gross, Some(gross.value.to_decimal()));
    for wrong in [
        &[("gross_total", "119,00")][..],
        &[
            ("net_total", "100,00"),
            ("tax_total", "19,00"),
            ("gross_total", "50,00"),
        ],
        &[whole[0], whole[1], whole[2], ("payable_total", "50,00")],
    ] {
        let mut reading = bill();
        assert!(judged(&mut reading, wrong).accepted.is_empty(), "{wrong:?}");
        assert_eq!(reading, bill());
    }
}

#[test]
fn what_is_read_for_certain_is_not_asked_and_no_answer_changes_it() {
    let mut reading = bill();
    let sure = |text: &str| {
        Some(Field::text(
            text.to_owned(),
            Confidence::per_mille(960),
            Source::Line(2),
        ))
    };
    reading.fields.invoice_number = sure("F-2026-7");
    let asked = unsure(&reading).expect("the date is missing");
    assert!(!asked.fields.contains(&LearnedField::Number));
    judged(&mut reading, &[("invoice_number", "22.11.2026")]);
    assert_eq!(reading.fields.invoice_number, sure("F-2026-7"));
    assert!(!instructions(&asked).contains("invoice_number"));
}

#[test]
fn a_kind_is_a_hint_for_the_person_and_never_decides() {
    let layout = Layout::of_text(PAGE);
    let unclear = || {
        let mut reading = Reading::default();
        reading.classification.conflict = Some("document_unclear: nobody knows".into());
        reading
    };
    let answer = |kind: &str, because: &str| {
        let mut reading = unclear();
        let asked = unsure(&reading).expect("its kind");
        let proposed = Proposed {
            kind: Some((kind.into(), because.into())),
            fields: Vec::new(),
        };
        let judged = judge(&mut reading, &layout, &asked, ("m-1", &proposed));
        (reading, judged.refused)
    };
    let (reading, _) = answer("bill", "Alles zusammen");
    let class = &reading.classification;
    assert_eq!(class.kind, DocumentKind::Bill);
    assert!(class.confidence <= MOST && class.conflict.is_some());
    for (kind, because) in [("bill", "Rechnung"), ("invoice", "Beleg"), ("bill", "am")] {
        let (reading, refused) = answer(kind, because);
        assert_eq!((reading, refused.len()), (unclear(), 1), "{kind} {because}");
    }
}

#[test]
fn every_account_of_the_page_is_hidden_however_often_and_however_it_is_printed() {
    let page = "\
IBAN DE89 3704 0044 0532 0130 00   Rechnung RE20260815 vom 22.11.2026
Zahlschein: DE89370400440532013000
Fuss: IBAN: DE89 3704 0044 0532 0130 00
Falsch abgelesen: DE88 3704 0044 0532 0130 00
Konto: GB82 WEST 1234
       5698 7654 32
";
    let layout = Layout::of_text(page);
    let sent = text_to_send(&layout, 1_000, true);
    for digits in ["3704", "0532", "1234", "5698", "7654"] {
        assert!(!sent.contains(digits), "{digits} in {sent}");
    }
    assert!(sent.contains("RE20260815 vom 22.11.2026"), "{sent}");
    assert!(text_to_send(&layout, 1_000, false).contains("3704"));
}
