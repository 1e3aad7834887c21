//! Customer invoices: what a customer owes us.

use crate::basics::calendar::Date;
use crate::basics::ids::{CustomerId, CustomerInvoiceId};
use crate::basics::money::Money;
use crate::words;

/// What a customer owes us, from the import. What is still open is computed from the cash applied to it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CustomerInvoice {
    /// Derived from the number.
    pub id: CustomerInvoiceId,
    /// Our number.
    pub number: String,
    /// Who owes it.
    pub customer: CustomerId,
    /// When it was issued.
    pub issue_date: Date,
    /// When it is due.
    pub due_date: Date,
    /// BT-112.
    pub gross: Money,
    /// What may be taken off for paying early, where the terms say so.
    pub discount: Option<EarlyDiscount>,
    /// The reference we asked the customer to quote (RF, QRR, OGM, KID), when there is one.
    pub payment_reference: Option<String>,
    /// Why the customer does not accept it, while it is disputed.
    pub disputed: Option<String>,
    /// What the last imported file said of it.
    pub dispute_in_file: FileDispute,
    /// The day by which the customer says it pays; no file says so.
    pub promised_for: Option<Date>,
    /// The day a person let the final notice go out; no file says so.
    pub final_notice_released: Option<Date>,
    /// 0 before it is stored.
    pub version: u64,
}

/// A discount for paying early (BT-20).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct EarlyDiscount {
    /// The last day of it.
    pub until: Date,
    /// Of the whole invoice, with its tax.
    pub amount: Money,
}

/// What an imported file says of a dispute.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub enum FileDispute {
    /// The file has no column for it.
    #[default]
    Unsaid,
    /// There is none.
    NotDisputed,
    /// There is one, and why.
    Disputed(String),
}

impl FileDispute {
    /// Why it is disputed, according to the file.
    pub fn reason(&self) -> Option<&str> {
        match self {
            Self::Disputed(reason) => Some(reason),
            Self::Unsaid | Self::NotDisputed => None,
        }
    }
}

impl CustomerInvoice {
    /// The id of the invoice with this number.
    pub fn id_of(number: &str) -> CustomerInvoiceId {
        CustomerInvoiceId::derive(&[number])
    }
}

words! {
    /// Where an invoice stands.
    pub enum Standing {
        /// Something is owed on it.
        Open = "open",
        /// A remittance says it is paid; the money is not there yet.
        Claimed = "claimed",
        /// The customer does not accept it.
        Disputed = "disputed",
        /// Nothing is owed on it.
        Paid = "paid",
    }
}

/// An invoice with what has been applied to it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OpenInvoice {
    /// The invoice.
    pub invoice: CustomerInvoice,
    /// Gross less the cash applied and the deductions allowed; zero when it is paid.
    pub balance: Money,
    /// A parked remittance says it is paid.
    pub claimed: bool,
    /// A remittance a person has to look at names it; until this day it is not reminded of for that.
    pub in_review_until: Option<Date>,
}

impl OpenInvoice {
    /// An invoice that no remittance before a person names; `applied` are the amounts applied to it and taken off it so far,
    /// reversals as negative ones. `None` when they are of another currency, or more than was owed, which the books must never show.
    pub fn of(
        invoice: CustomerInvoice,
        applied: impl IntoIterator<Item = Money>,
        claimed: bool,
    ) -> Option<Self> {
        let mut applied = applied.into_iter();
        let balance = applied.try_fold(invoice.gross, Money::checked_sub)?;
        let overpaid = invoice.gross.is_positive() && balance.is_negative();
        (!overpaid).then_some(Self {
            invoice,
            balance,
            claimed,
            in_review_until: None,
        })
    }

    /// Where it stands: computed, never stored.
    pub fn standing(&self) -> Standing {
        match (&self.invoice.disputed, self.claimed) {
            _ if self.balance.is_zero() => Standing::Paid,
            (Some(_), _) => Standing::Disputed,
            (None, true) => Standing::Claimed,
            (None, false) => Standing::Open,
        }
    }

    /// Something is still owed on it.
    pub fn is_open(&self) -> bool {
        self.balance.is_positive()
    }
}
