//! A person says which invoices money pays, or takes back what was applied. The same limits hold as for any method: never more
//! than came, never more than is owed.

use super::{Allocation, CashMethod, Settlement};
use crate::basics::calendar::Timestamp;
use crate::basics::ids::CashApplicationId;
use crate::basics::money::Money;
use crate::domain::bank::Credit;
use crate::domain::receivable::{CashApplication, OpenInvoice};

/// An invoice, and how much of the money it gets; all that is open where that is not said.
#[derive(Clone, Debug)]
pub struct Wanted<'a> {
    /// The invoice as it is.
    pub open: &'a OpenInvoice,
    /// In the currency of the credit.
    pub amount: Option<Money>,
}

/// What a person wants, when the books can hold it.
///
/// # Errors
/// Says what cannot be, and why.
pub fn by_hand(credit: &Credit, wanted: &[Wanted<'_>], reason: &str) -> Result<Settlement, String> {
    let mut rest = credit.remaining;
    let mut allocations = Vec::<Allocation>::new();
    for one in wanted {
        let (invoice, balance) = (&one.open.invoice, one.open.balance);
        let number = &invoice.number;
        let amount = one.amount.unwrap_or(balance);
        if allocations.iter().any(|done| done.invoice == invoice.id) {
            return Err(format!("{number} is named twice"));
        }
        if !balance.is_positive() {
            return Err(format!("nothing is open on {number}"));
        }
        if !amount.is_positive() {
            return Err(format!("{amount} for {number} is no amount to apply"));
        }
        let is_owed = balance
            .checked_sub(amount)
            .is_some_and(|left| !left.is_negative());
        if !is_owed {
            return Err(format!(
                "{amount} for {number} is more than the {balance} open there, or another currency"
            ));
        }
        rest = rest
            .checked_sub(amount)
            .filter(|left| !left.is_negative())
            .ok_or_else(|| {
                format!(
                    "{amount} for {number} is more than what is left of the {} that came, {rest}",
                    credit.entry.amount
                )
            })?;
        allocations.push(Allocation {
            invoice: invoice.id,
            amount,
        });
    }
    if allocations.is_empty() {
        return Err("no invoice is named".into());
    }
    Ok(Settlement {
        method: CashMethod::Person,
        evidence: reason.to_owned(),
        allocations,
        withheld: Vec::new(),
        remittance: None,
        difference: (!rest.is_zero()).then(|| format!("{rest} of it is left")),
    })
}

/// The entry that takes an application back: the same with the other sign. The books hold one for each.
///
/// # Errors
/// It takes something back itself, or was taken back.
pub fn take_back(
    applied: &CashApplication,
    of_entry: &[CashApplication],
    now: Timestamp,
) -> Result<CashApplication, String> {
    if applied.reverses.is_some() {
        return Err("it takes something back itself: apply the money anew".into());
    }
    if of_entry.iter().any(|one| one.reverses == Some(applied.id)) {
        return Err("it was taken back before".into());
    }
    let amount = applied.amount.checked_neg();
    Ok(CashApplication {
        id: CashApplicationId::derive(&["taken back", &applied.id.to_string()]),
        amount: amount.ok_or("its amount has no negative")?,
        how: "taken back".into(),
        at: now,
        reverses: Some(applied.id),
        ..applied.clone()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::receivable::samples::{credit, eur, invoice};

    fn wanted(open: &OpenInvoice, minor: Option<i64>) -> Wanted<'_> {
        Wanted {
            open,
            amount: minor.map(eur),
        }
    }

    #[test]
    fn a_person_pays_parts_and_never_more_than_came_or_is_owed() {
        let (one, other) = (invoice("R-1", "1", 10_000), invoice("R-2", "1", 5_000));
        let money = credit(12_000, None, "");
        let fits = [wanted(&one, None), wanted(&other, Some(2_000))];
        let settled = by_hand(&money, &fits, "told on the phone").unwrap();
        let amounts = settled.allocations.iter().map(|a| a.amount);
        assert_eq!(amounts.collect::<Vec<_>>(), [eur(10_000), eur(2_000)]);
        assert_eq!(settled.difference, None);
        let part = by_hand(&money, &fits[..1], "the rest is a deposit").unwrap();
        assert_eq!(part.difference.as_deref(), Some("20.00 EUR of it is left"));
        let refused = |wanted: &[Wanted<'_>]| by_hand(&money, wanted, "x").unwrap_err();
        let both = refused(&[wanted(&one, None), wanted(&other, None)]);
        assert!(
            both.contains("more than what is left of the 120.00 EUR"),
            "{both}"
        );
        assert!(refused(&[wanted(&other, Some(5_001))]).contains("50.00 EUR open there"));
        assert!(refused(&[wanted(&one, Some(0))]).contains("no amount"));
        assert!(refused(&[wanted(&one, Some(1)), wanted(&one, Some(1))]).contains("twice"));
        assert!(refused(&[]).contains("no invoice"));
    }
}
