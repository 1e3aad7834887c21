//! Remittances: a payer's statement of what a payment covers. Not the payment.

use crate::basics::calendar::Date;
use crate::basics::ids::{CustomerId, CustomerInvoiceId, DocumentId, MessageId, RemittanceId};
use crate::basics::money::Money;
use crate::basics::words::Refused;
use crate::words;

words! {
    /// Where a remittance stands.
    pub enum RemittanceState {
        /// What it says is known; the money is not there yet. Its invoices count as claimed.
        Claimed = "claimed",
        /// Its money came and was applied.
        Applied = "applied",
        /// A person has to look.
        Held = "held",
        /// A person took it out.
        Void = "void",
    }
}

words! {
    /// What happens to a remittance.
    pub enum RemittanceEvent {
        /// The money came and was applied.
        Apply = "applied",
        /// It cannot be matched.
        Hold = "held",
        /// A person cleared it: it is matched again.
        Reopen = "reopened",
        /// A person takes it out.
        Void = "voided",
    }
}

/// The state that follows.
///
/// # Errors
/// Refused where the event means nothing.
pub fn next(state: RemittanceState, event: RemittanceEvent) -> Result<RemittanceState, Refused> {
    use RemittanceEvent::{Apply, Hold, Reopen, Void};
    let refused = Err(Refused {
        machine: "remittance",
        state: state.as_str(),
        event: event.as_str(),
    });
    match state {
        RemittanceState::Claimed => match event {
            Apply => Ok(RemittanceState::Applied),
            Hold => Ok(RemittanceState::Held),
            Void => Ok(RemittanceState::Void),
            Reopen => refused,
        },
        RemittanceState::Held => match event {
            Reopen => Ok(RemittanceState::Claimed),
            Void => Ok(RemittanceState::Void),
            Apply | Hold => refused,
        },
        RemittanceState::Applied | RemittanceState::Void => match event {
            Apply | Hold | Reopen | Void => refused,
        },
    }
}

/// One line: an invoice number as the payer wrote it, and the invoice it means.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ClaimedInvoice {
    /// As the payer wrote it.
    pub written: String,
    /// What is paid on it.
    pub amount: Money,
    /// The invoice it means, once matched.
    pub invoice: Option<CustomerInvoiceId>,
    /// How it was matched, or why not.
    pub how: String,
}

/// A payer's statement of what a payment covers.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Remittance {
    /// Derived from the document.
    pub id: RemittanceId,
    /// The document it was read from.
    pub document: DocumentId,
    /// The mail that brought it.
    pub message: MessageId,
    /// Who pays, when it is one of our customers.
    pub customer: Option<CustomerId>,
    /// The payer's name as read.
    pub payer: String,
    /// The stated total, else the sum of the lines.
    pub total: Option<Money>,
    /// When it is paid, as stated.
    pub payment_date: Option<Date>,
    /// The payer's reference.
    pub reference: Option<String>,
    /// What it covers.
    pub lines: Vec<ClaimedInvoice>,
    /// Where it stands.
    pub state: RemittanceState,
    /// 0 before it is stored.
    pub version: u64,
}

impl Remittance {
    /// The id of the remittance read from this document.
    pub fn id_of(document: DocumentId) -> RemittanceId {
        RemittanceId::derive(&[&document.to_string()])
    }
}
