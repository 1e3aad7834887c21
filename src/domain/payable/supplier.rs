//! Suppliers: parties that bill us.

use super::{Bill, BillState};
use crate::basics::address::MailAddress;
use crate::basics::bank_account::Iban;
use crate::basics::ids::SupplierId;
use crate::basics::tax_id::VatId;

/// A party that bills us, from the import.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Supplier {
    /// Derived from the number.
    pub id: SupplierId,
    /// The number in our books; the key of the import.
    pub number: String,
    /// Its name.
    pub name: String,
    /// Its VAT id.
    pub vat_id: Option<VatId>,
    /// The accounts we know to be its own. Payment to any other is blocked.
    pub ibans: Vec<Iban>,
    /// Domains it mails from, lower case.
    pub domains: Vec<String>,
    /// Where to write to it.
    pub mail: Option<MailAddress>,
    /// Days from the issue date to the due date, when the bill states none.
    pub terms_days: Option<u16>,
    /// Who is always asked to approve its bills.
    pub approver: Option<MailAddress>,
    /// 0 before it is stored.
    pub version: u64,
}

/// What looks at the account of a bill again.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Recheck {
    /// The checks of the bill.
    Bill,
    /// Those before its payment.
    Payment,
}

/// What looks again at a bill whose supplier has other accounts now. Approvals stay: the account is the one printed on the
/// bill that was approved, and only what we know of it changed. A bill that prints none is left alone, or an approval given
/// for one account would pay another that no approver saw.
pub fn recheck(bill: &Bill) -> Option<Recheck> {
    bill.iban.as_ref()?;
    match bill.state {
        BillState::Draft | BillState::AwaitingApproval => Some(Recheck::Bill),
        BillState::Approved | BillState::Scheduled => Some(Recheck::Payment),
        // A held bill is checked when it is reopened; the others are decided.
        BillState::Held | BillState::Paid | BillState::Rejected | BillState::Void => None,
    }
}

impl Supplier {
    /// The id of the supplier with this number.
    pub fn id_of(number: &str) -> SupplierId {
        SupplierId::derive(&[number])
    }
}
