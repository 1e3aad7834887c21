//! Cash applications: immutable entries applying money to an invoice; corrected by a reversal.

use crate::basics::calendar::Timestamp;
use crate::basics::ids::{BankEntryId, CashApplicationId, CustomerInvoiceId, RemittanceId};
use crate::basics::money::Money;

/// Money of one bank entry applied to one invoice.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CashApplication {
    /// Derived from bank entry and invoice (and what it reverses).
    pub id: CashApplicationId,
    /// The invoice it pays.
    pub invoice: CustomerInvoiceId,
    /// The money.
    pub bank_entry: BankEntryId,
    /// The remittance that explained it, when there was one.
    pub remittance: Option<RemittanceId>,
    /// How much; negative for a reversal.
    pub amount: Money,
    /// How it was matched.
    pub how: String,
    /// When.
    pub at: Timestamp,
    /// The entry this one takes back.
    pub reverses: Option<CashApplicationId>,
}

/// Those that stand: neither reversals nor taken back.
pub fn standing(all: &[CashApplication]) -> impl Iterator<Item = &CashApplication> {
    let is_back = |id| all.iter().any(|one| one.reverses == Some(id));
    let own = all.iter().filter(|one| one.reverses.is_none());
    own.filter(move |one| !is_back(one.id))
}

impl CashApplication {
    /// The id of the application of this entry to this invoice: applying it a second time meets the first.
    pub fn id_of(bank_entry: BankEntryId, invoice: CustomerInvoiceId) -> CashApplicationId {
        CashApplicationId::derive(&[&bank_entry.to_string(), &invoice.to_string()])
    }

    /// The id of the next one of this entry to this invoice, behind those of the entry `before`: it was taken back, or only a part
    /// was applied.
    pub fn id_after(
        before: &[Self],
        bank_entry: BankEntryId,
        invoice: CustomerInvoiceId,
    ) -> CashApplicationId {
        let alike = before
            .iter()
            .filter(|one| one.invoice == invoice && one.reverses.is_none());
        match alike.count() {
            0 => Self::id_of(bank_entry, invoice),
            count => {
                let (entry, nth) = (bank_entry.to_string(), count.to_string());
                CashApplicationId::derive(&[&entry, &invoice.to_string(), &nth])
            }
        }
    }
}
