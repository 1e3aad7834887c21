//! Money that came in, and what of it is not applied to anything yet.

use super::BankEntry;
use crate::basics::money::Money;

/// A bank entry with the part of it that still has to find its invoices.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Credit {
    /// The line of the statement.
    pub entry: BankEntry,
    /// Its amount less what is applied; never below zero.
    pub remaining: Money,
}

impl Credit {
    /// `applied` are the amounts applied from this entry so far, reversals as negative ones. `None` for a debit, for
    /// amounts of another currency, and for more applied than came in, which the books must never show.
    pub fn of(entry: BankEntry, applied: impl IntoIterator<Item = Money>) -> Option<Self> {
        let mut applied = applied.into_iter();
        let remaining = applied.try_fold(entry.amount, Money::checked_sub)?;
        let sound = entry.amount.is_positive() && !remaining.is_negative();
        sound.then_some(Self { entry, remaining })
    }

    /// Something of it is left to apply.
    pub fn is_open(&self) -> bool {
        self.remaining.is_positive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::basics::calendar::date;
    use crate::basics::currency::Currency;

    fn entry(minor: i64) -> BankEntry {
        BankEntry {
            id: BankEntry::id_of("1"),
            entry_reference: "1".into(),
            booking_date: date(2026, 11, 19),
            value_date: None,
            amount: Money::from_minor(minor, Currency::EUR),
            counterparty_name: String::new(),
            counterparty_iban: None,
            remittance_information: String::new(),
            end_to_end_id: None,
            charges: None,
            version: 1,
        }
    }

    #[test]
    fn a_reversal_gives_the_money_back_to_the_entry() {
        let eur = |minor| Money::from_minor(minor, Currency::EUR);
        let credit = Credit::of(entry(1000), [eur(600), eur(-600), eur(250)]);
        assert_eq!(credit.map(|c| c.remaining), Some(eur(750)));
    }

    #[test]
    fn debits_and_overdrawn_entries_are_no_credit() {
        let eur = |minor| Money::from_minor(minor, Currency::EUR);
        assert_eq!(Credit::of(entry(-1000), []), None);
        assert_eq!(Credit::of(entry(1000), [eur(1001)]), None);
    }
}
