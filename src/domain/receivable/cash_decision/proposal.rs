//! What money of a known customer pays that names no invoice: the open invoices that come to it, where no others do. A person
//! decides (DOMAIN 6.1, rows 7 and 8).

use super::{Allocation, Books, Case, CashMethod, Settlement, numbers, shortfall, was_taken_back};
use crate::basics::ids::CustomerId;
use crate::basics::money::Money;
use crate::domain::bank::Credit;
use crate::domain::receivable::matching::subset::{MOST_ITEMS, Subset, unique_subset};
use crate::domain::receivable::{CashApplication, OpenInvoice};

/// What could be found out.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Proposal {
    /// These invoices, and no others of the customer.
    Settle(Settlement),
    /// Why nothing is proposed, for the person who looks.
    Unsure(String),
    /// Nothing comes to it.
    Nothing,
}

/// Looks through what the customer owes. Disputed invoices are not proposed: whether they are paid is the dispute; nor those from
/// which a person took this money back, by what was applied of it `before`.
pub fn propose(
    credit: &Credit,
    before: &[CashApplication],
    customer: CustomerId,
    books: Books<'_>,
) -> Proposal {
    let came = credit.remaining;
    let is_back = |open: &OpenInvoice| {
        let mut back = before.iter().filter(|one| one.reverses.is_some());
        back.any(|one| one.invoice == open.invoice.id)
    };
    let case = Case::of(credit, books);
    if let Some(settlement) = shortfall::proposed(&case, customer)
        && was_taken_back(&settlement, before, books.invoices).is_none()
    {
        return Proposal::Settle(settlement);
    }
    let owed = books
        .invoices
        .iter()
        .filter(|open| open.invoice.customer == customer && !open.balance.is_zero())
        .filter(|open| open.balance.currency() == came.currency())
        .filter(|open| open.invoice.disputed.is_none() && !is_back(open))
        .collect::<Vec<_>>();
    let amounts = owed
        .iter()
        .map(|open| open.balance.minor())
        .collect::<Vec<_>>();
    let named = |places: &[usize]| -> Vec<&OpenInvoice> {
        let chosen = places.iter().filter_map(|place| owed.get(*place).copied());
        chosen.collect()
    };
    match unique_subset(&amounts, came.minor()) {
        Subset::Only(places) => {
            let chosen = named(&places);
            // Money is applied to what is owed; a credit note that is set off is for a person to sort out.
            if chosen.iter().any(|open| open.balance.is_negative()) {
                return Proposal::Unsure(format!(
                    "{came} is what is open on {}, credit notes taken off",
                    numbers(&chosen)
                ));
            }
            Proposal::Settle(only_sum(&chosen, came))
        }
        Subset::Several(one, other) => Proposal::Unsure(format!(
            "{came} is what is open on {} and also on {}",
            numbers(&named(&one)),
            numbers(&named(&other))
        )),
        Subset::TooMany => Proposal::Unsure(format!(
            "the customer has more than {MOST_ITEMS} open invoices: which of them come to {came} was not looked for"
        )),
        Subset::Nothing => Proposal::Nothing,
    }
}

/// All that is open on these, which is what came.
fn only_sum(chosen: &[&OpenInvoice], came: Money) -> Settlement {
    let whole = |open: &&OpenInvoice| Allocation {
        invoice: open.invoice.id,
        amount: open.balance,
    };
    Settlement {
        method: CashMethod::OnlySum,
        evidence: format!(
            "{came} is what is open on {}, and on no others of the customer",
            numbers(chosen)
        ),
        allocations: chosen.iter().map(whole).collect(),
        withheld: Vec::new(),
        remittance: None,
        difference: None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::WrittenOff;
    use super::*;
    use crate::domain::receivable::samples::{cash_policy, credit, customer, invoice};

    #[test]
    fn the_only_invoices_that_come_to_it_are_proposed_and_disputed_ones_never() {
        let payer = customer("1");
        let mut invoices = [59_500, 119_000, 57_140, 116_500]
            .iter()
            .zip(1..)
            .map(|(amount, n)| invoice(&format!("R-{n}"), "1", *amount))
            .collect::<Vec<_>>();
        let (policy, written_off) = (cash_policy(), WrittenOff::default());
        let books = Books {
            customers: &[],
            invoices: &[],
            paid: &[],
            remittances: &[],
            policy: &policy,
            written_off: &written_off,
        };
        let money = credit(173_640, None, "");
        let Proposal::Settle(found) = propose(
            &money,
            &[],
            payer.id,
            Books {
                invoices: &invoices,
                ..books
            },
        ) else {
            panic!("nothing proposed")
        };
        let paid = found.allocations.iter().map(|one| one.invoice);
        assert_eq!(
            paid.collect::<Vec<_>>(),
            [invoices[2].invoice.id, invoices[3].invoice.id]
        );
        let other = customer("2");
        assert_eq!(
            propose(
                &money,
                &[],
                other.id,
                Books {
                    invoices: &invoices,
                    ..books
                }
            ),
            Proposal::Nothing
        );
        invoices[2].invoice.disputed = Some("late".into());
        assert_eq!(
            propose(
                &money,
                &[],
                payer.id,
                Books {
                    invoices: &invoices,
                    ..books
                }
            ),
            Proposal::Nothing
        );
    }

    #[test]
    fn of_two_sums_that_fit_neither_is_proposed_and_both_are_named() {
        let payer = customer("1");
        let invoices = [10_000, 20_000, 30_000]
            .iter()
            .zip(1..)
            .map(|(amount, n)| invoice(&format!("R-{n}"), "1", *amount))
            .collect::<Vec<_>>();
        let books = Books {
            customers: &[],
            invoices: &invoices,
            paid: &[],
            remittances: &[],
            policy: &cash_policy(),
            written_off: &WrittenOff::default(),
        };
        let found = propose(&credit(30_000, None, ""), &[], payer.id, books);
        let Proposal::Unsure(words) = found else {
            panic!("{found:?}")
        };
        assert!(
            words.contains("R-3") && words.contains("R-1, R-2"),
            "{words}"
        );
    }
}
