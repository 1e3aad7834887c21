use super::Label::*;
use super::*;

fn labels(text: &str) -> Vec<Label> {
    find(&Layout::of_text(text))
        .iter()
        .map(|hit| hit.label)
        .collect()
}

#[test]
fn the_longest_label_wins() {
    assert_eq!(labels("Invoice due date: 1.1.2026"), [DueDate]);
    assert_eq!(labels("Rechnungs-Nr.: 4711"), [Number]);
    assert_eq!(labels("Subtotal 5"), [Net]);
    assert_eq!(labels("N° de facture : 17"), [Number]);
    assert_eq!(labels("Date d’échéance"), [DueDate]);
    assert_eq!(
        labels("Debiteurnr./Customer No. 17"),
        [OtherNumber, OtherNumber]
    );
    assert_eq!(labels("Datum/Date: 1.1.2026"), [IssueDate, IssueDate]);
    assert_eq!(labels("Order # 17"), [Order]);
    assert_eq!(labels("Thank you for your VAT"), [Tax]);
    assert_eq!(labels("Fecha      Vencimiento"), [IssueDate, DueDate]);
    assert_eq!(labels("Nº de factura 17"), [Number]);
    assert_eq!(labels("Totale imponibile 5"), [Net]);
    assert_eq!(labels("Customer no. 7  Total 5"), [OtherNumber, Gross]);
    // The heading, the compound in it and its `Nr.` announce the same number.
    assert_eq!(
        labels("Handelsrechnung (380) Nr. 471102 vom 05.03.2018"),
        [Number, Number, Number, IssueDate]
    );
}

#[test]
fn every_row_of_the_data_names_a_label() {
    for (name, spellings) in rows(LABELS) {
        assert!(meaning(name).is_some(), "{name}");
        assert!(
            spellings
                .into_iter()
                .all(|spelling| !joined(spelling).is_empty()),
            "{name}"
        );
    }
    for label in Label::ALL {
        assert!(INDEX.values().any(|(own, _)| own == label), "{label}");
    }
}
