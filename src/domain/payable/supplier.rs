//! Suppliers: parties that bill us.

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

impl Supplier {
    /// The id of the supplier with this number.
    pub fn id_of(number: &str) -> SupplierId {
        SupplierId::derive(&[number])
    }
}
