//! Payments: our instructions to pay.

use crate::basics::calendar::Date;
use crate::basics::ids::{BillId, PaymentId};
use crate::basics::money::Money;

use super::PaymentState;

/// The fact of an audit entry that names the day on which the bank booked what it reports.
pub const BOOKED_ON: &str = "booked on";

/// Our instruction to pay one bill.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Payment {
    /// Derived from the bill and its version.
    pub id: PaymentId,
    /// The bill it pays.
    pub bill: BillId,
    /// How much; negative for a credit note, which is set off against bills of its supplier and never leaves alone.
    pub amount: Money,
    /// The day the money should arrive.
    pub planned_for: Date,
    /// Why it must not be released, when a finding blocks it.
    pub blocked: Option<String>,
    /// EndToEndId of the transfer that carries it, once it is released: by it the bank's report names it.
    pub end_to_end_id: Option<String>,
    /// Where it stands.
    pub state: PaymentState,
    /// 0 before it is stored.
    pub version: u64,
}
