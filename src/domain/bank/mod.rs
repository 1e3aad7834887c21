//! Lines of bank statements: money that moved.

pub mod bank_data;
pub mod credit;
pub mod own_account;

pub use bank_data::BankData;
pub use credit::Credit;
pub use own_account::OwnAccount;

use crate::basics::calendar::Date;
use crate::basics::ids::BankEntryId;
use crate::basics::money::Money;

/// One line of a bank statement. What of it is applied is computed from the cash applications.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BankEntry {
    /// Derived from the bank's reference.
    pub id: BankEntryId,
    /// The bank's reference of the line; the key of the import.
    pub entry_reference: String,
    /// When the bank booked it.
    pub booking_date: Date,
    /// When it counts.
    pub value_date: Option<Date>,
    /// Positive for a credit, negative for a debit.
    pub amount: Money,
    /// What banks kept of it, where they say so; the amount is what is left.
    pub charges: Option<Money>,
    /// Who sent or got it.
    pub counterparty_name: String,
    /// From or to which account, as the bank wrote it.
    pub counterparty_iban: Option<String>,
    /// What the payer wrote.
    pub remittance_information: String,
    /// EndToEndId, or the name of a file or batch that the bank booked as one sum.
    pub end_to_end_id: Option<String>,
    /// 0 before it is stored.
    pub version: u64,
}

impl BankEntry {
    /// The id of the line with this reference.
    pub fn id_of(entry_reference: &str) -> BankEntryId {
        BankEntryId::derive(&[entry_reference])
    }
}
