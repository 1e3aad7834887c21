//! The JSON in which evidence is kept: mirror structs, so that the domain knows nothing of how it is stored and a renamed
//! field there changes no stored row here.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::basics::calendar::{Date, parse_iso_date};
use crate::basics::currency::Currency;
use crate::basics::ids::ContentHash;
use crate::basics::ids::{CustomerInvoiceId, MemoryId};
use crate::basics::money::Money;
use crate::domain::outbound::Attachment;
use crate::domain::payable::{Finding, Severity};
use crate::domain::receivable::remittance::ClaimedInvoice;

/// A value that is stored as its text.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Text<T>(pub(super) T);

/// How the values of `Text` are spelled and read.
pub(super) trait Spelled: Sized {
    /// As stored.
    fn spell(&self) -> String;
    /// Reads what `spell` wrote.
    fn read(text: &str) -> Option<Self>;
}

impl Spelled for Decimal {
    fn spell(&self) -> String {
        self.to_string()
    }

    fn read(text: &str) -> Option<Self> {
        text.parse().ok()
    }
}

impl Spelled for Date {
    fn spell(&self) -> String {
        self.to_string()
    }

    fn read(text: &str) -> Option<Self> {
        parse_iso_date(text)
    }
}

impl Spelled for Currency {
    fn spell(&self) -> String {
        self.to_string()
    }

    fn read(text: &str) -> Option<Self> {
        Self::parse(text)
    }
}

/// Minor units and currency: `119000 EUR` is 1,190.00 EUR.
impl Spelled for Money {
    fn spell(&self) -> String {
        format!("{} {}", self.minor(), self.currency())
    }

    fn read(text: &str) -> Option<Self> {
        let (minor, currency) = text.split_once(' ')?;
        Some(Self::from_minor(
            minor.parse().ok()?,
            Currency::parse(currency)?,
        ))
    }
}

impl Spelled for ContentHash {
    fn spell(&self) -> String {
        self.to_string()
    }

    fn read(text: &str) -> Option<Self> {
        Self::parse(text)
    }
}

impl Spelled for MemoryId {
    fn spell(&self) -> String {
        self.to_string()
    }

    fn read(text: &str) -> Option<Self> {
        Self::parse(text)
    }
}

impl Spelled for CustomerInvoiceId {
    fn spell(&self) -> String {
        self.to_string()
    }

    fn read(text: &str) -> Option<Self> {
        Self::parse(text)
    }
}

macro_rules! spelled_words {
    ($($word:ty),* $(,)?) => {$(
        impl Spelled for $word {
            fn spell(&self) -> String {
                self.as_str().to_owned()
            }

            fn read(text: &str) -> Option<Self> {
                Self::parse(text)
            }
        }
    )*};
}

spelled_words! {
    Severity,
    crate::domain::document::Method,
    crate::domain::document::memory::LearnedField,
    crate::domain::payable::CodingSource,
}

impl<T: Spelled> Serialize for Text<T> {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&self.0.spell())
    }
}

impl<'de, T: Spelled> Deserialize<'de> for Text<T> {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        let value = T::read(&text);
        value
            .map(Self)
            .ok_or_else(|| serde::de::Error::custom("not what this program writes"))
    }
}

/// Mirrors `Finding`.
#[derive(Serialize, Deserialize)]
pub(super) struct FindingRow {
    code: String,
    severity: Text<Severity>,
    evidence: String,
}

impl From<&Finding> for FindingRow {
    fn from(finding: &Finding) -> Self {
        Self {
            code: finding.code.clone(),
            severity: Text(finding.severity),
            evidence: finding.evidence.clone(),
        }
    }
}

impl From<FindingRow> for Finding {
    fn from(row: FindingRow) -> Self {
        Self {
            code: row.code,
            severity: row.severity.0,
            evidence: row.evidence,
        }
    }
}

/// Mirrors `ClaimedInvoice`.
#[derive(Serialize, Deserialize)]
pub(super) struct ClaimedInvoiceRow {
    written: String,
    amount: Text<Money>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    invoice: Option<Text<CustomerInvoiceId>>,
    how: String,
}

impl From<&ClaimedInvoice> for ClaimedInvoiceRow {
    fn from(line: &ClaimedInvoice) -> Self {
        Self {
            written: line.written.clone(),
            amount: Text(line.amount),
            invoice: line.invoice.map(Text),
            how: line.how.clone(),
        }
    }
}

impl From<ClaimedInvoiceRow> for ClaimedInvoice {
    fn from(row: ClaimedInvoiceRow) -> Self {
        Self {
            written: row.written,
            amount: row.amount.0,
            invoice: row.invoice.map(|id| id.0),
            how: row.how,
        }
    }
}

/// Mirrors `Attachment`.
#[derive(Serialize, Deserialize)]
pub(super) struct AttachmentRow {
    name: String,
    media_type: String,
    content: Text<ContentHash>,
}

impl From<&Attachment> for AttachmentRow {
    fn from(file: &Attachment) -> Self {
        Self {
            name: file.name.clone(),
            media_type: file.media_type.clone(),
            content: Text(file.content),
        }
    }
}

impl From<AttachmentRow> for Attachment {
    fn from(row: AttachmentRow) -> Self {
        Self {
            name: row.name,
            media_type: row.media_type,
            content: row.content.0,
        }
    }
}

/// Every item of a list, mirrored.
pub(super) fn mirrored<'a, T: 'a, M: From<&'a T>>(items: &'a [T]) -> Vec<M> {
    items.iter().map(M::from).collect()
}

/// Every mirrored item, as the domain knows it.
pub(super) fn unmirrored<M, T: From<M>>(items: Vec<M>) -> Vec<T> {
    items.into_iter().map(T::from).collect()
}
