//! Bills: what a supplier asks us to pay.

use crate::basics::address::MailAddress;
use crate::basics::calendar::Date;
use crate::basics::currency::Currency;
use crate::basics::ids::{BillId, ContentHash, DocumentId, MessageId, SupplierId};
use crate::basics::money::Money;
use crate::words;

use super::{BillState, Finding, LineCoding};

pub use crate::basics::number_key::NumberKey;

words! {
    /// What kind of bill it is.
    pub enum BillKind {
        /// Asks us to pay.
        Invoice = "invoice",
        /// Reduces what we owe: a bill with negative totals.
        CreditNote = "credit_note",
    }
}

/// What a supplier asks us to pay. Facts that could not be read are missing, and hold it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Bill {
    /// Derived from the document.
    pub id: BillId,
    /// The document it was read from.
    pub document: DocumentId,
    /// The mail that brought it.
    pub message: MessageId,
    /// Invoice or credit note.
    pub kind: BillKind,
    /// The supplier, when it is one we know.
    pub supplier: Option<SupplierId>,
    /// The supplier's name as read.
    pub supplier_name: String,
    /// BT-1 as printed.
    pub number: Option<String>,
    /// BT-2.
    pub issue_date: Option<Date>,
    /// BT-9 as printed, else issue date plus the supplier's terms.
    pub due_date: Option<Date>,
    /// BT-5.
    pub currency: Option<Currency>,
    /// BT-109; negative on a credit note.
    pub net: Option<Money>,
    /// BT-110; negative on a credit note.
    pub tax: Option<Money>,
    /// BT-112; negative on a credit note.
    pub gross: Option<Money>,
    /// BT-115, what is to be paid; negative on a credit note.
    pub payable: Option<Money>,
    /// BT-84 without blanks, as read.
    pub iban: Option<String>,
    /// BT-13.
    pub po_number: Option<String>,
    /// BT-83, else the number.
    pub payment_reference: Option<String>,
    /// BT-25: the bill a credit note refers to.
    pub preceding_number: Option<String>,
    /// The colleague who forwarded it and therefore cannot approve it.
    pub submitter: Option<MailAddress>,
    /// Who keyed or corrected a fact of it, or let a finding pass that needs a second person (`checks::needs_second_person`),
    /// and therefore cannot approve it: addresses, or names as on the command line.
    pub corrected_by: Vec<String>,
    /// Where its lines are booked, as far as a person or a memory said so; in the order of the lines.
    pub codings: Vec<LineCoding>,
    /// What the checks saw, the last time they ran.
    pub findings: Vec<Finding>,
    /// Finding codes a person has looked at and let pass, for this version of the facts.
    pub cleared: Vec<String>,
    /// Where it stands.
    pub state: BillState,
    /// 0 before it is stored.
    pub version: u64,
}

impl Bill {
    /// The id of the bill read from this document.
    pub fn id_of(document: DocumentId) -> BillId {
        BillId::derive(&[&document.to_string()])
    }

    /// By what the order it names is found.
    pub fn order_key(&self) -> Option<NumberKey> {
        self.po_number.as_deref().map(NumberKey::of)
    }

    /// The number as duplicates are compared.
    pub fn number_key(&self) -> Option<NumberKey> {
        self.number.as_deref().map(NumberKey::of)
    }

    /// It is as it was drafted: no review has held it or asked anybody about it, for that writes it anew.
    pub fn was_never_reviewed(&self) -> bool {
        self.version <= 1 && self.state == BillState::Draft
    }

    /// The hash of everything an approver decides on. Any change of it makes an earlier approval worthless.
    pub fn content_version(&self) -> ContentHash {
        let amount = |money: &Option<Money>| money.map(|m| m.to_string());
        let day = |date: &Option<Date>| date.map(|d| d.to_string());
        let facts = [
            Some(self.document.to_string()),
            Some(self.kind.to_string()),
            self.supplier.map(|id| id.to_string()),
            Some(self.supplier_name.clone()),
            self.number.clone(),
            day(&self.issue_date),
            day(&self.due_date),
            amount(&self.net),
            amount(&self.tax),
            amount(&self.gross),
            amount(&self.payable),
            self.iban.clone(),
            self.po_number.clone(),
            self.payment_reference.clone(),
        ];
        let codings = self.codings.iter();
        let codings = codings.map(|one| Some(format!("{} {}", one.line, one.coding)));
        let mut bytes = Vec::new();
        for fact in facts.into_iter().chain(codings) {
            let text = fact.unwrap_or_default();
            bytes.extend((text.len() as u64).to_be_bytes());
            bytes.extend(text.as_bytes());
        }
        ContentHash::of(&bytes)
    }
}
