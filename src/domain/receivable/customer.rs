//! Customers: parties that owe us.

use crate::basics::address::MailAddress;
use crate::basics::bank_account::Iban;
use crate::basics::calendar::Date;
use crate::basics::ids::CustomerId;
use crate::basics::tax_id::VatId;

/// A party that owes us, from the import.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Customer {
    /// Derived from the number.
    pub id: CustomerId,
    /// The number in our books; the key of the import.
    pub number: String,
    /// Its name.
    pub name: String,
    /// Its VAT id.
    pub vat_id: Option<VatId>,
    /// Where reminders go.
    pub mail: Option<MailAddress>,
    /// Language of the mails to it, ISO 639-1: `en`, `de`.
    pub language: String,
    /// Domains it mails from, lower case.
    pub domains: Vec<String>,
    /// Accounts it is known to pay from.
    pub ibans: Vec<Iban>,
    /// The first day on which it is reminded again, where a person paused that; no file says so.
    pub reminders_paused_until: Option<Date>,
    /// 0 before it is stored.
    pub version: u64,
}

impl Customer {
    /// The id of the customer with this number.
    pub fn id_of(number: &str) -> CustomerId {
        CustomerId::derive(&[number])
    }
}
