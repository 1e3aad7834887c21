//! Documents. What is searched lies in columns; the rest of the reading is evidence.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::super::error::StoreError;
use super::evidence::{Spelled, Text, mirrored, unmirrored};
use super::memory::RecalledRow;
use super::{Cells, Cursor, Row, Table};
use crate::basics::calendar::Date;
use crate::basics::currency::Currency;
use crate::basics::ids::{ContentHash, DocumentId, MessageId};
use crate::basics::money::Money;
use crate::domain::document::{
    Classification, Collection, Confidence, Document, DocumentKind, DocumentLine, DocumentState,
    Field, Fields, Method, Reading, RemittanceLine, Side, Source, StatedAmounts, StatedVat,
};
use crate::formats::issue::Issue;
use crate::formats::page::Rect;

impl Row for Document {
    const TABLE: &'static Table = &Table {
        name: "documents",
        columns: &[
            "id",
            "message",
            "parent",
            "part",
            "name",
            "media_type",
            "content",
            "state",
            "note",
            "kind",
            "side",
            "confidence",
            "pages",
            "reading",
        ],
        versioned: true,
    };

    fn write(&self, to: &mut Cells) {
        let class = &self.reading.classification;
        to.shown(&self.id);
        to.shown(&self.message);
        to.opt_shown(self.parent.as_ref());
        to.text(&self.part);
        to.text(&self.name);
        to.text(&self.media_type);
        to.shown(&self.content);
        to.text(self.state.as_str());
        to.opt_text(self.note.as_deref());
        to.text(class.kind.as_str());
        to.text(class.side.as_str());
        to.int(class.confidence.as_per_mille().into());
        to.int(self.reading.pages.into());
        if self.reading == Reading::default() {
            to.opt_text(None);
        } else {
            to.json(&ReadingRow::from(&self.reading));
        }
    }

    fn read(from: &mut Cursor<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            id: from.parsed(DocumentId::parse)?,
            message: from.parsed(MessageId::parse)?,
            parent: from.opt_parsed(DocumentId::parse)?,
            part: from.text()?,
            name: from.text()?,
            media_type: from.text()?,
            content: from.parsed(ContentHash::parse)?,
            state: from.parsed(DocumentState::parse)?,
            note: from.opt_text()?,
            reading: {
                let kind = from.parsed(DocumentKind::parse)?;
                let side = from.parsed(Side::parse)?;
                let confidence = Confidence::per_mille(from.number()?);
                let pages = from.number()?;
                let evidence: Option<ReadingRow> = from.opt_json()?;
                evidence
                    .unwrap_or_default()
                    .reading(kind, side, confidence, pages)
            },
            version: from.version()?,
        })
    }
}

/// Mirrors `Reading` without what has columns of its own.
#[derive(Serialize, Deserialize, Default)]
#[serde(default)]
struct ReadingRow {
    reasons: Vec<String>,
    conflict: Option<String>,
    fields: FieldsRow,
    lines: Vec<LineRow>,
    amounts: AmountsRow,
    payments: Vec<PaymentRow>,
    #[serde(skip_serializing_if = "Option::is_none")]
    collection: Option<String>,
    issues: Vec<Issue>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    recalled: Vec<RecalledRow>,
}

impl From<&Reading> for ReadingRow {
    fn from(reading: &Reading) -> Self {
        Self {
            reasons: reading.classification.reasons.clone(),
            conflict: reading.classification.conflict.clone(),
            fields: FieldsRow::from(&reading.fields),
            lines: mirrored(&reading.lines),
            amounts: AmountsRow::from(&reading.amounts),
            payments: mirrored(&reading.payments),
            collection: (reading.collection != Collection::No)
                .then(|| reading.collection.as_str().to_owned()),
            issues: reading.issues.clone(),
            recalled: mirrored(&reading.recalled),
        }
    }
}

impl ReadingRow {
    fn reading(
        self,
        kind: DocumentKind,
        side: Side,
        confidence: Confidence,
        pages: u32,
    ) -> Reading {
        Reading {
            classification: Classification {
                kind,
                side,
                confidence,
                reasons: self.reasons,
                conflict: self.conflict,
            },
            fields: self.fields.into(),
            lines: unmirrored(self.lines),
            amounts: self.amounts.into(),
            payments: unmirrored(self.payments),
            collection: self
                .collection
                .and_then(|word| Collection::parse(&word))
                .unwrap_or_default(),
            issues: self.issues,
            pages,
            recalled: unmirrored(self.recalled),
        }
    }
}

/// Mirrors `Field`: the value as text, for whatever it is.
#[derive(Serialize, Deserialize)]
struct FieldRow<T> {
    value: T,
    confidence: u16,
    method: Text<Method>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    source: Option<SourceRow>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    confirmed_by: Option<String>,
}

/// Mirrors `Source`; none for what was computed.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum SourceRow {
    Path(String),
    Page(u32, Rect),
    Line(u32),
}

fn source_row(source: &Source) -> Option<SourceRow> {
    match source {
        Source::Computed => None,
        Source::Path(path) => Some(SourceRow::Path(path.clone())),
        Source::Page(page, place) => Some(SourceRow::Page(*page, *place)),
        Source::Line(line) => Some(SourceRow::Line(*line)),
    }
}

fn source(row: Option<SourceRow>) -> Source {
    match row {
        None => Source::Computed,
        Some(SourceRow::Path(path)) => Source::Path(path),
        Some(SourceRow::Page(page, place)) => Source::Page(page, place),
        Some(SourceRow::Line(line)) => Source::Line(line),
    }
}

fn field<T: Clone, M>(field: Option<&Field<T>>, mirror: fn(T) -> M) -> Option<FieldRow<M>> {
    field.map(|field| FieldRow {
        value: mirror(field.value.clone()),
        confidence: field.confidence.as_per_mille(),
        method: Text(field.method),
        source: source_row(&field.source),
        confirmed_by: field.confirmed_by.clone(),
    })
}

fn unfield<T, M>(row: Option<FieldRow<M>>, unmirror: fn(M) -> T) -> Option<Field<T>> {
    row.map(|row| Field {
        value: unmirror(row.value),
        confidence: Confidence::per_mille(row.confidence),
        method: row.method.0,
        source: source(row.source),
        confirmed_by: row.confirmed_by,
    })
}

fn same(text: String) -> String {
    text
}

fn untext<T: Spelled>(text: Text<T>) -> T {
    text.0
}

/// Mirrors `Fields`: every field by its name, by the type of its value.
macro_rules! fields_row {
    (texts: $($text:ident)*; values: $($name:ident: $value:ty),*;) => {
        #[derive(Serialize, Deserialize, Default)]
        #[serde(default)]
        struct FieldsRow {
            $(#[serde(skip_serializing_if = "Option::is_none")] $text: Option<FieldRow<String>>,)*
            $(#[serde(skip_serializing_if = "Option::is_none")] $name: Option<FieldRow<Text<$value>>>,)*
        }

        impl From<&Fields> for FieldsRow {
            fn from(fields: &Fields) -> Self {
                Self {
                    $($text: field(fields.$text.as_ref(), same),)*
                    $($name: field(fields.$name.as_ref(), Text::<$value>),)*
                }
            }
        }

        impl From<FieldsRow> for Fields {
            fn from(row: FieldsRow) -> Self {
                Self {
                    $($text: unfield(row.$text, same),)*
                    $($name: unfield(row.$name, untext::<$value>),)*
                }
            }
        }
    };
}

fields_row! {
    texts: supplier_name supplier_vat customer_name customer_vat invoice_number iban bic po_number
        payment_reference payment_terms preceding_number payer reference;
    values: issue_date: Date, due_date: Date, payment_date: Date, currency: Currency,
        net_total: Money, tax_total: Money, gross_total: Money, payable_total: Money, total: Money;
}

/// A decimal that may be missing.
type Maybe = Option<Text<Decimal>>;

/// Mirrors `DocumentLine`.
#[derive(Serialize, Deserialize, Default)]
#[serde(default)]
struct LineRow {
    description: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    quantity: Maybe,
    #[serde(skip_serializing_if = "Option::is_none")]
    unit_price: Maybe,
    #[serde(skip_serializing_if = "Option::is_none")]
    net: Maybe,
    #[serde(skip_serializing_if = "Option::is_none")]
    gross: Maybe,
    #[serde(skip_serializing_if = "Option::is_none")]
    tax_rate: Maybe,
    confidence: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<SourceRow>,
}

impl From<&DocumentLine> for LineRow {
    fn from(line: &DocumentLine) -> Self {
        Self {
            description: line.description.clone(),
            quantity: line.quantity.map(Text),
            unit_price: line.unit_price.map(Text),
            net: line.net.map(Text),
            gross: line.gross.map(Text),
            tax_rate: line.tax_rate.map(Text),
            confidence: line.confidence.as_per_mille(),
            source: source_row(&line.source),
        }
    }
}

impl From<LineRow> for DocumentLine {
    fn from(row: LineRow) -> Self {
        Self {
            description: row.description,
            quantity: row.quantity.map(untext),
            unit_price: row.unit_price.map(untext),
            net: row.net.map(untext),
            gross: row.gross.map(untext),
            tax_rate: row.tax_rate.map(untext),
            confidence: Confidence::per_mille(row.confidence),
            source: source(row.source),
        }
    }
}

/// Mirrors `RemittanceLine`.
#[derive(Serialize, Deserialize)]
struct PaymentRow {
    invoice: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    amount: Option<Text<Money>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    discount: Option<Text<Money>>,
}

impl From<&RemittanceLine> for PaymentRow {
    fn from(line: &RemittanceLine) -> Self {
        Self {
            invoice: line.invoice.clone(),
            amount: line.amount.map(Text),
            discount: line.discount.map(Text),
        }
    }
}

impl From<PaymentRow> for RemittanceLine {
    fn from(row: PaymentRow) -> Self {
        Self {
            invoice: row.invoice,
            amount: row.amount.map(untext),
            discount: row.discount.map(untext),
        }
    }
}

/// Mirrors `StatedVat`.
#[derive(Serialize, Deserialize)]
struct VatRow {
    base: Maybe,
    tax: Maybe,
    rate: Maybe,
}

impl From<&StatedVat> for VatRow {
    fn from(vat: &StatedVat) -> Self {
        Self {
            base: vat.base.map(Text),
            tax: vat.tax.map(Text),
            rate: vat.rate.map(Text),
        }
    }
}

impl From<VatRow> for StatedVat {
    fn from(row: VatRow) -> Self {
        Self {
            base: row.base.map(untext),
            tax: row.tax.map(untext),
            rate: row.rate.map(untext),
        }
    }
}

/// Mirrors `StatedAmounts`.
macro_rules! amounts_row {
    (lists: $($list:ident)*; totals: $($total:ident)*;) => {
        #[derive(Serialize, Deserialize, Default)]
        #[serde(default)]
        struct AmountsRow {
            $(#[serde(skip_serializing_if = "Vec::is_empty")] $list: Vec<Text<Decimal>>,)*
            $(#[serde(skip_serializing_if = "Option::is_none")] $total: Maybe,)*
            #[serde(skip_serializing_if = "Vec::is_empty")]
            vat_rows: Vec<VatRow>,
        }

        impl From<&StatedAmounts> for AmountsRow {
            fn from(amounts: &StatedAmounts) -> Self {
                Self {
                    $($list: amounts.$list.iter().copied().map(Text).collect(),)*
                    $($total: amounts.$total.map(Text),)*
                    vat_rows: mirrored(&amounts.vat_rows),
                }
            }
        }

        impl From<AmountsRow> for StatedAmounts {
            fn from(row: AmountsRow) -> Self {
                Self {
                    $($list: row.$list.into_iter().map(untext).collect(),)*
                    $($total: row.$total.map(untext),)*
                    vat_rows: unmirrored(row.vat_rows),
                }
            }
        }
    };
}

amounts_row! {
    lists: line_nets allowances charges;
    totals: line_total allowance_total charge_total net tax gross prepaid rounding payable withheld outside_vat line_tolerance;
}
