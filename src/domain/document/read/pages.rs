//! Pages of our own in six languages, no two set alike: each file says above its dashes what has to be read from it.

use std::collections::BTreeMap;

use super::*;
use crate::domain::document::field::Field;

const PAGES: &[(&str, &str)] = &[
    ("bill_ch", include_str!("pages/bill_ch.txt")),
    ("bill_de", include_str!("pages/bill_de.txt")),
    ("bill_en", include_str!("pages/bill_en.txt")),
    ("bill_es", include_str!("pages/bill_es.txt")),
    ("bill_fr", include_str!("pages/bill_fr.txt")),
    ("bill_it", include_str!("pages/bill_it.txt")),
    ("bill_nl", include_str!("pages/bill_nl.txt")),
    ("bill_us", include_str!("pages/bill_us.txt")),
    ("confirmation_de", include_str!("pages/confirmation_de.txt")),
    ("credit_fr", include_str!("pages/credit_fr.txt")),
    ("order_nl", include_str!("pages/order_nl.txt")),
    ("quotation_es", include_str!("pages/quotation_es.txt")),
    ("receipt_de", include_str!("pages/receipt_de.txt")),
    ("receipt_en", include_str!("pages/receipt_en.txt")),
    ("receipt_fr", include_str!("pages/receipt_fr.txt")),
    ("reminder_it", include_str!("pages/reminder_it.txt")),
    ("statement_de", include_str!("pages/statement_de.txt")),
];

/// Name and value, and how sure it is in per mille.
type Values = BTreeMap<&'static str, (String, u16)>;

fn values(reading: &Reading) -> Values {
    fn put<T>(
        values: &mut Values,
        name: &'static str,
        field: &Option<Field<T>>,
        show: impl Fn(&T) -> String,
    ) {
        if let Some(field) = field {
            values.insert(name, (show(&field.value), field.confidence.as_per_mille()));
        }
    }
    let fields = &reading.fields;
    let mut found = Values::new();
    let text = |value: &String| value.clone();
    put(&mut found, "supplier_name", &fields.supplier_name, text);
    put(&mut found, "supplier_vat", &fields.supplier_vat, text);
    put(&mut found, "invoice_number", &fields.invoice_number, text);
    put(&mut found, "iban", &fields.iban, text);
    put(&mut found, "po_number", &fields.po_number, text);
    put(
        &mut found,
        "issue_date",
        &fields.issue_date,
        ToString::to_string,
    );
    put(
        &mut found,
        "due_date",
        &fields.due_date,
        ToString::to_string,
    );
    put(
        &mut found,
        "currency",
        &fields.currency,
        ToString::to_string,
    );
    for (name, total) in [
        ("net_total", &fields.net_total),
        ("tax_total", &fields.tax_total),
        ("gross_total", &fields.gross_total),
    ] {
        put(&mut found, name, total, |money| {
            money.to_decimal().to_string()
        });
    }
    found.insert("kind", (reading.classification.kind.to_string(), 1000));
    found
}

#[test]
fn every_page_is_read_as_it_says_and_what_is_wrong_is_not_sure() {
    let mut wrong = Vec::new();
    for (name, page) in PAGES {
        let (expected, text) = page.split_once("---\n").expect("dashes");
        let input = DocumentInput {
            content: Content::Text(text.to_owned()),
            mail: MailFacts::default(),
            with_embedded: false,
        };
        let found = values(&read(&input, &OwnIdentity::default(), &[]));
        let named = |field: &str| {
            expected
                .lines()
                .any(|line| line.starts_with(&format!("{field}: ")))
        };
        // The rows of a statement are other papers; nobody takes them for its own values.
        let is_read = !expected.contains("supplier_statement");
        let extra = found
            .iter()
            .filter(|(field, (_, sure))| is_read && *sure >= 900 && !named(field));
        wrong.extend(
            extra.map(|(field, value)| format!("{name}: {field} is not on it, read {value:?}")),
        );
        for (field, value) in expected.lines().filter_map(|line| line.split_once(": ")) {
            let same = found
                .get(field)
                .is_some_and(|(found, _)| found.to_uppercase() == value.to_uppercase());
            if !same {
                wrong.push(format!(
                    "{name}: {field} is {value}, read {:?}",
                    found.get(field)
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
