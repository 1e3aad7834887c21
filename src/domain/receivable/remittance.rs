//! Remittances: a payer's statement of what a payment covers. Not the payment.

use crate::basics::calendar::{Date, add_days};
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
        /// A person took it out, or it repeats another one.
        Void = "void",
    }
}

words! {
    /// What happens to a remittance.
    pub enum RemittanceEvent {
        /// The money came and was applied, whatever was odd about it before.
        Apply = "applied",
        /// It cannot be matched.
        Hold = "held",
        /// It is matched again: a person cleared it, or the books know now what they did not.
        Reopen = "reopened",
        /// A person takes it out, or it repeats another one.
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
            Apply => Ok(RemittanceState::Applied),
            Reopen => Ok(RemittanceState::Claimed),
            Void => Ok(RemittanceState::Void),
            Hold => refused,
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
    /// The last day on which its invoices are not reminded of: so long it waits for its money, or for the person who looks
    /// at it. `None` in books from before this was kept.
    pub waits_until: Option<Date>,
    /// 0 before it is stored.
    pub version: u64,
}

/// A payer announces what he pays in the next payment run; a day further ahead is mistyped, misread or a promise, and must
/// not keep reminders back for years.
pub const FARTHEST_PAYMENT_DAYS: i32 = 30;

/// The last day a remittance waits for its money when it is looked at on `since`: so many days from then, or from the day
/// on which it says that it pays.
pub fn last_day(since: Date, payment_date: Option<Date>, claim_days: i32) -> Date {
    let farthest = add_days(since, FARTHEST_PAYMENT_DAYS);
    let paid = payment_date.map_or(since, |paid| paid.clamp(since, farthest));
    add_days(paid, claim_days)
}

impl Remittance {
    /// The id of the remittance read from this document.
    pub fn id_of(document: DocumentId) -> RemittanceId {
        RemittanceId::derive(&[&document.to_string()])
    }

    /// Both list the same amounts on the same invoices of ours, in whatever order. One with a line that means no invoice lists
    /// what no other does.
    pub fn lists_the_same_as(&self, other: &Self) -> bool {
        let listed = |one: &Self| {
            let lines = one.lines.iter();
            let lines = lines.map(|line| Some((line.invoice?, line.amount.to_string())));
            let mut lines = lines.collect::<Option<Vec<_>>>()?;
            lines.sort();
            Some(lines)
        };
        listed(self).is_some_and(|lines| !lines.is_empty() && Some(lines) == listed(other))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::basics::calendar::date;

    #[test]
    fn a_remittance_waits_ten_days_from_its_payment_date_but_not_for_years() {
        let today = date(2026, 11, 19);
        let until = |paid| last_day(today, paid, 10);
        assert_eq!(until(None), date(2026, 11, 29));
        assert_eq!(until(Some(date(2026, 11, 2))), date(2026, 11, 29));
        assert_eq!(until(Some(date(2026, 11, 24))), date(2026, 12, 4));
        assert_eq!(until(Some(date(2062, 11, 24))), date(2026, 12, 29));
    }
}
