//! Payments: our instructions to pay.

use crate::basics::calendar::Date;
use crate::basics::ids::{BillId, PaymentId};
use crate::basics::money::Money;

use super::PaymentState;

/// Our instruction to pay one bill.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Payment {
    /// Derived from the bill and its version.
    pub id: PaymentId,
    /// The bill it pays.
    pub bill: BillId,
    /// How much.
    pub amount: Money,
    /// The day the money should arrive.
    pub planned_for: Date,
    /// Why it must not be released, when a finding blocks it.
    pub blocked: Option<String>,
    /// Where it stands.
    pub state: PaymentState,
    /// 0 before it is stored.
    pub version: u64,
}
