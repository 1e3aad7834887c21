//! Suppliers: parties that bill us.

use super::{Bill, BillState};
use crate::basics::address::MailAddress;
use crate::basics::bank_account::Iban;
use crate::basics::ids::SupplierId;
use crate::basics::tax_id::VatId;
use crate::domain::audit::{Actor, ChainedEvent};

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
    /// Where it is called, as the import writes it.
    pub phone: Option<String>,
    /// 0 before it is stored.
    pub version: u64,
}

/// What looks at a bill again.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Recheck {
    /// The checks of the bill.
    Bill,
    /// Those before its payment.
    Payment,
}

impl Recheck {
    /// What looks at a bill in this state again, when something it was checked with is another now.
    pub fn of(state: BillState) -> Option<Self> {
        match state {
            BillState::Draft | BillState::AwaitingApproval => Some(Self::Bill),
            BillState::Approved | BillState::Scheduled => Some(Self::Payment),
            // A held bill is checked when it is reopened; the others are decided.
            BillState::Held | BillState::Paid | BillState::Rejected | BillState::Void => None,
        }
    }
}

/// What looks again at a bill whose supplier has other accounts now. Approvals stay: the account is the one printed on the
/// bill that was approved, and only what we know of it changed. A bill that prints none is left alone, or an approval given
/// for one account would pay another that no approver saw.
pub fn recheck(bill: &Bill) -> Option<Recheck> {
    bill.iban.as_ref()?;
    Recheck::of(bill.state)
}

/// The people who ever brought a supplier an account, as they were named, by what the trail tells of it: they choose where the money
/// goes, and so neither whether it is paid in somebody's place nor whether it leaves.
pub fn brought_accounts(trail: &[ChainedEvent]) -> Vec<String> {
    let events = trail.iter().map(|entry| &entry.event);
    let about_accounts = events.filter(|event| event.facts.iter().any(|(name, _)| name == "iban"));
    let people = about_accounts.filter_map(|event| match &event.actor {
        Actor::Person(name) => Some(name.clone()),
        Actor::Program(_) | Actor::Policy(_) | Actor::Model(_) => None,
    });
    people.collect()
}

impl Supplier {
    /// The id of the supplier with this number.
    pub fn id_of(number: &str) -> SupplierId {
        SupplierId::derive(&[number])
    }
}
