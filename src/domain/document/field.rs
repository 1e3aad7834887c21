//! A value with its evidence: where it was found, by what method, how sure that is, who confirmed it.

use crate::basics::calendar::Date;
use crate::basics::currency::Currency;
use crate::basics::money::Money;
use crate::formats::page::Rect;
use crate::words;

/// A probability in per mille, 0 to 1000. Calibrated: of the values given at 900 or more fewer than 1 in 100 is wrong.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub struct Confidence(u16);

impl Confidence {
    /// Nothing speaks for it.
    pub const NONE: Self = Self(0);
    /// It is written so in a structured file or a person said so.
    pub const CERTAIN: Self = Self(1000);

    /// `per_mille` above 1000 counts as 1000.
    pub const fn per_mille(per_mille: u16) -> Self {
        Self(if per_mille > 1000 { 1000 } else { per_mille })
    }

    /// 0 to 1000.
    pub const fn as_per_mille(self) -> u16 {
        self.0
    }
}

words! {
    /// How a value was read.
    pub enum Method {
        /// From a structured file.
        Xml = "xml",
        /// From the text of a page or a body.
        Text = "text",
        /// From a picture of a page.
        Ocr = "ocr",
        /// By a statistical model.
        Model = "model",
        /// A person entered it.
        Person = "person",
    }
}

/// Where a value was found.
#[derive(Clone, PartialEq, Debug, Default)]
pub enum Source {
    /// Nowhere in particular: computed, or entered by a person.
    #[default]
    Computed,
    /// A path in a structured file.
    Path(String),
    /// A place on a page, counted from 1.
    Page(u32, Rect),
    /// A line of a text, counted from 1.
    Line(u32),
}

/// A value and the evidence for it.
#[derive(Clone, PartialEq, Debug)]
pub struct Field<T> {
    /// The value.
    pub value: T,
    /// How sure it is.
    pub confidence: Confidence,
    /// How it was read.
    pub method: Method,
    /// Where it was found.
    pub source: Source,
    /// Who confirmed or corrected it.
    pub confirmed_by: Option<String>,
}

impl<T> Field<T> {
    /// As written at `path` of a structured file.
    pub fn xml(value: T, path: impl Into<String>) -> Self {
        Self {
            value,
            confidence: Confidence::CERTAIN,
            method: Method::Xml,
            source: Source::Path(path.into()),
            confirmed_by: None,
        }
    }

    /// Read from text at a place, with the confidence its evidence gives.
    pub fn text(value: T, confidence: Confidence, source: Source) -> Self {
        Self {
            value,
            confidence,
            method: Method::Text,
            source,
            confirmed_by: None,
        }
    }

    /// Entered by a person.
    pub fn person(value: T, by: &str) -> Self {
        Self {
            value,
            confidence: Confidence::CERTAIN,
            method: Method::Person,
            source: Source::Computed,
            confirmed_by: Some(by.to_owned()),
        }
    }
}

/// The fields of a document, by the names of the command line's contract.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Fields {
    /// BT-27, else BT-28.
    pub supplier_name: Option<Field<String>>,
    /// BT-31, without blanks.
    pub supplier_vat: Option<Field<String>>,
    /// BT-44.
    pub customer_name: Option<Field<String>>,
    /// BT-48, without blanks.
    pub customer_vat: Option<Field<String>>,
    /// BT-1.
    pub invoice_number: Option<Field<String>>,
    /// BT-2.
    pub issue_date: Option<Field<Date>>,
    /// BT-9.
    pub due_date: Option<Field<Date>>,
    /// BT-5.
    pub currency: Option<Field<Currency>>,
    /// BT-109.
    pub net_total: Option<Field<Money>>,
    /// BT-110.
    pub tax_total: Option<Field<Money>>,
    /// BT-112.
    pub gross_total: Option<Field<Money>>,
    /// BT-115.
    pub payable_total: Option<Field<Money>>,
    /// BT-84, without blanks; its check digits may be wrong.
    pub iban: Option<Field<String>>,
    /// BT-86.
    pub bic: Option<Field<String>>,
    /// BT-13.
    pub po_number: Option<Field<String>>,
    /// BT-83.
    pub payment_reference: Option<Field<String>>,
    /// BT-20.
    pub payment_terms: Option<Field<String>>,
    /// BT-25: the invoice a credit note refers to.
    pub preceding_number: Option<Field<String>>,
    /// Remittances: who pays.
    pub payer: Option<Field<String>>,
    /// Remittances: the stated total.
    pub total: Option<Field<Money>>,
    /// Remittances: when it is paid.
    pub payment_date: Option<Field<Date>>,
    /// Remittances: the payer's reference.
    pub reference: Option<Field<String>>,
}
