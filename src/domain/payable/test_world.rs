//! What the tests of this side share: one supplier, one plain bill of 1,190.00 dated 20 November 2026.

use crate::basics::bank_account::Iban;
use crate::basics::calendar::date;
use crate::basics::currency::Currency;
use crate::basics::ids::{ContentHash, MessageId};
use crate::basics::money::Money;
use crate::basics::tax_id::VatId;
use crate::domain::document::{
    Classification, Confidence, Document, DocumentKind, DocumentState, Field, Fields, Reading,
    Side, Source, StatedAmounts,
};
use crate::domain::payable::draft::{Sender, draft};
use crate::domain::payable::{Bill, Supplier};

pub(crate) const IBAN: &str = "DE89370400440532013000";
pub(crate) const OTHER_IBAN: &str = "GB82WEST12345698765432";

pub(crate) fn eur(minor: i64) -> Money {
    Money::from_minor(minor, Currency::EUR)
}

pub(crate) fn text<T>(value: T) -> Field<T> {
    Field::text(value, Confidence::per_mille(980), Source::Line(1))
}

pub(crate) fn supplier(
    number: &str,
    name: &str,
    vat: &str,
    ibans: &[&str],
    domain: &str,
) -> Supplier {
    Supplier {
        id: Supplier::id_of(number),
        number: number.into(),
        name: name.into(),
        vat_id: VatId::parse(vat),
        ibans: ibans.iter().filter_map(|iban| Iban::parse(iban)).collect(),
        domains: vec![domain.into()],
        mail: None,
        terms_days: Some(14),
        phone: None,
        approver: None,
        version: 1,
    }
}

pub(crate) fn alpha() -> Supplier {
    supplier("70001", "Alpha GmbH", "DE136695976", &[IBAN], "alpha.test")
}

/// The plain bill as a draft.
pub(crate) fn bill() -> Bill {
    let document = document(DocumentKind::Bill, |_| {});
    draft(&document, &Sender::default(), &[alpha()]).0
}

pub(crate) fn document(kind: DocumentKind, edit: impl FnOnce(&mut Fields)) -> Document {
    let decimal = |minor: i64| Some(eur(minor).to_decimal());
    let mut fields = Fields {
        supplier_name: Some(text("Alpha GmbH".into())),
        supplier_vat: Some(text("DE136695976".into())),
        invoice_number: Some(text("RE-2026-0815".into())),
        issue_date: Some(text(date(2026, 11, 20))),
        currency: Some(text(Currency::EUR)),
        net_total: Some(text(eur(100_000))),
        tax_total: Some(text(eur(19_000))),
        gross_total: Some(text(eur(119_000))),
        payable_total: Some(text(eur(119_000))),
        iban: Some(text(IBAN.into())),
        ..Fields::default()
    };
    edit(&mut fields);
    let content = ContentHash::of(format!("{fields:?}").as_bytes());
    let message = MessageId::derive(&[&content.to_string()]);
    Document {
        id: Document::id_of(message, "2"),
        message,
        parent: None,
        part: "2".into(),
        name: "bill.pdf".into(),
        media_type: "application/pdf".into(),
        content,
        state: DocumentState::Consumed,
        note: None,
        reading: Reading {
            classification: Classification {
                kind,
                side: Side::Payable,
                ..Classification::default()
            },
            fields,
            amounts: StatedAmounts {
                net: decimal(100_000),
                tax: decimal(19_000),
                gross: decimal(119_000),
                payable: decimal(119_000),
                ..StatedAmounts::default()
            },
            ..Reading::default()
        },
        version: 1,
    }
}
