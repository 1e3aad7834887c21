//! A reading in the contract's JSON. Amounts are numbers with all their digits, dates ISO 8601, places in points.

use std::ops::RangeInclusive;

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde_json::{Map, Number, Value, json};

use crate::basics::ids::ContentHash;
use crate::domain::document::{Classification, Confidence, Field, Fields, Reading, Source};

/// One document.
pub fn document(name: &str, hash: ContentHash, reading: &Reading) -> Value {
    let class = &reading.classification;
    let mut reasons = class.reasons.clone();
    reasons.extend(
        class
            .conflict
            .iter()
            .map(|conflict| format!("a person decides: {conflict}")),
    );
    let lines = reading.lines.iter().map(|line| {
        let mut value = json!({
            "description": line.description, "quantity": line.quantity.and_then(number), "unit_price": line.unit_price.and_then(number),
            "net": line.net.and_then(number), "tax_rate": line.tax_rate.and_then(number), "confidence": share(line.confidence.as_per_mille()),
        });
        if let Some(object) = value.as_object_mut() {
            object.extend(line.gross.map(|gross| ("gross".into(), json!(number(gross)))));
            object.extend(source(&line.source).map(|place| ("source".into(), place)));
        }
        value
    });
    let payments = reading.payments.iter().map(|line| {
        json!({
            "invoice": line.invoice, "amount": line.amount.and_then(|money| number(money.to_decimal())),
            "currency": line.amount.map(|money| money.currency().to_string()),
            "discount": line.discount.and_then(|money| number(money.to_decimal())),
        })
    });
    let memories = reading.recalled.iter().map(|recalled| {
        json!({
            "memory": recalled.memory.to_string(), "field": recalled.field.as_str(), "place": recalled.place,
            "read_so_without_it": recalled.agreed,
        })
    });
    json!({
        "type": "document", "name": name, "sha256": hash.to_string(), "pages": reading.pages,
        "kind": class.kind.as_str(), "side": class.side.as_str(), "confidence": share(class.confidence.as_per_mille()), "reasons": reasons,
        "fields": fields(&reading.fields), "lines": lines.collect::<Vec<_>>(), "payments": payments.collect::<Vec<_>>(), "entries": [],
        "collection": reading.collection.as_str(), "memories": memories.collect::<Vec<_>>(),
        "issues": reading.issues.iter().map(ToString::to_string).collect::<Vec<_>>(),
    })
}

/// One document; `pages` are those it takes of a file that holds several.
pub fn part(
    name: &str,
    hash: ContentHash,
    reading: &Reading,
    pages: Option<&RangeInclusive<u32>>,
) -> Value {
    let mut value = document(name, hash, reading);
    if let (Some(object), Some(pages)) = (value.as_object_mut(), pages) {
        object.insert("first_page".into(), json!(pages.start()));
        object.insert("last_page".into(), json!(pages.end()));
    }
    value
}

/// An archive: the documents in it are told beside.
pub fn archive(name: &str, hash: ContentHash) -> Value {
    let reading = Reading {
        classification: Classification {
            reasons: vec!["it is an archive: its files are read one by one".into()],
            confidence: Confidence::CERTAIN,
            ..Classification::default()
        },
        ..Reading::default()
    };
    document(name, hash, &reading)
}

fn fields(fields: &Fields) -> Value {
    let mut map = Map::new();
    let text = |value: &String| json!(value);
    let date = |value: &crate::basics::calendar::Date| json!(value.to_string());
    let money = |value: &crate::basics::money::Money| json!(number(value.to_decimal()));
    put(
        &mut map,
        "supplier_name",
        fields.supplier_name.as_ref(),
        text,
    );
    put(&mut map, "supplier_vat", fields.supplier_vat.as_ref(), text);
    put(
        &mut map,
        "customer_name",
        fields.customer_name.as_ref(),
        text,
    );
    put(&mut map, "customer_vat", fields.customer_vat.as_ref(), text);
    put(
        &mut map,
        "invoice_number",
        fields.invoice_number.as_ref(),
        text,
    );
    put(&mut map, "issue_date", fields.issue_date.as_ref(), date);
    put(&mut map, "due_date", fields.due_date.as_ref(), date);
    put(&mut map, "currency", fields.currency.as_ref(), |value| {
        json!(value.to_string())
    });
    put(&mut map, "net_total", fields.net_total.as_ref(), money);
    put(&mut map, "tax_total", fields.tax_total.as_ref(), money);
    put(&mut map, "gross_total", fields.gross_total.as_ref(), money);
    put(
        &mut map,
        "payable_total",
        fields.payable_total.as_ref(),
        money,
    );
    put(&mut map, "iban", fields.iban.as_ref(), text);
    put(&mut map, "bic", fields.bic.as_ref(), text);
    put(&mut map, "po_number", fields.po_number.as_ref(), text);
    put(
        &mut map,
        "payment_reference",
        fields.payment_reference.as_ref(),
        text,
    );
    put(
        &mut map,
        "payment_terms",
        fields.payment_terms.as_ref(),
        text,
    );
    put(
        &mut map,
        "preceding_number",
        fields.preceding_number.as_ref(),
        text,
    );
    put(&mut map, "payer", fields.payer.as_ref(), text);
    put(&mut map, "total", fields.total.as_ref(), money);
    put(&mut map, "payment_date", fields.payment_date.as_ref(), date);
    put(&mut map, "reference", fields.reference.as_ref(), text);
    Value::Object(map)
}

fn put<T>(
    map: &mut Map<String, Value>,
    name: &str,
    field: Option<&Field<T>>,
    show: impl Fn(&T) -> Value,
) {
    let Some(field) = field else { return };
    let mut value = json!({"value": show(&field.value), "confidence": share(field.confidence.as_per_mille()), "method": field.method.as_str()});
    if let (Some(object), Some(place)) = (value.as_object_mut(), source(&field.source)) {
        object.insert("source".into(), place);
    }
    map.insert(name.to_owned(), value);
}

fn source(source: &Source) -> Option<Value> {
    match source {
        Source::Computed => None,
        Source::Path(path) => Some(json!({"path": path})),
        Source::Page(page, place) => {
            Some(json!({"page": page, "box": [place.x0, place.top, place.x1, place.bottom]}))
        }
        Source::Line(line) => Some(json!({"line": line})),
    }
}

/// Exact, with the digits the amount has: 1190.00, not 1190.0.
fn number(value: Decimal) -> Option<Number> {
    value.to_string().parse().ok()
}

/// Per mille as a share of one.
fn share(per_mille: u16) -> Option<f64> {
    Decimal::new(i64::from(per_mille), 3).to_f64()
}
