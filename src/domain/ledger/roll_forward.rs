//! Roll-forward of an account (DOMAIN P10): what was owed at the beginning, what came and what went, what is owed at the end; and
//! whether that is what the open items come to.

use std::collections::BTreeMap;

use crate::basics::calendar::{Date, Timestamp};
use crate::basics::currency::Currency;
use crate::basics::money::Money;
use crate::domain::audit::Subject;
use crate::domain::exception::{Exception, ExceptionCode, Ownership};
use crate::words;

words! {
    /// An account that open items stand behind.
    pub enum OpenAccount {
        /// What we owe suppliers.
        Payables = "payables",
        /// What customers owe us.
        Receivables = "receivables",
    }
}

words! {
    /// Why what is owed changed.
    pub enum Movement {
        /// A bill was approved, or an invoice issued.
        Added = "added",
        /// A credit note was.
        CreditNotes = "credit_notes",
        /// A bill was taken up again, rejected or voided after its approval.
        TakenBack = "taken_back",
        /// Money was paid.
        Paid = "paid",
        /// A discount was taken.
        Discounts = "discounts",
        /// A customer need not pay something for another reason.
        Deductions = "deductions",
        /// Money came back, or cash was applied wrongly and is taken back.
        Returned = "returned",
    }
}

/// One movement.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Moved {
    /// The day it counts.
    pub date: Date,
    /// Why.
    pub what: Movement,
    /// Positive: more is owed.
    pub amount: Money,
}

/// Of one currency. Beginning and all movements come to the ending.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RollForward {
    /// Before the first day.
    pub beginning: Money,
    /// In the order of `Movement::ALL`.
    pub moved: Vec<(Movement, Money)>,
    /// After the last day.
    pub ending: Money,
    /// What the open items come to then.
    pub open: Money,
    /// What the ending has more than they.
    pub difference: Money,
}

impl RollForward {
    /// Of all its amounts.
    pub fn currency(&self) -> Currency {
        self.ending.currency()
    }

    /// Asks a person what is wrong with this account. The same difference is asked about once, whoever finds it when.
    pub fn differs(&self, account: OpenAccount, owner: &Ownership, now: Timestamp) -> Exception {
        let reason = format!(
            "the entries on {account} come to {}, the open items to {}: {} that nobody has explained",
            self.ending, self.open, self.difference
        );
        Exception::raise(
            ExceptionCode::BooksDiffer,
            Subject::account(account.as_str()),
            &self.difference.to_string(),
            owner,
            now,
            (
                reason,
                "see what `export journal` left out, and `audit verify`; compare `report ap-ageing --items` or `ar-ageing --items` with the journal, then resolve this with what it was",
            ),
        )
    }
}

/// A sum is larger than any amount can be.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("the movements in {0} come to more than any amount can be")]
pub struct TooMuch(pub Currency);

/// From the first to the last day, one of each currency that was ever moved or is open. `open` are the items at the end of the last.
///
/// # Errors
/// A sum that no amount holds.
pub fn roll_forward(
    moved: &[Moved],
    open: &[Money],
    (from, to): (Date, Date),
) -> Result<Vec<RollForward>, TooMuch> {
    let mut sums: BTreeMap<Currency, BTreeMap<Column, Money>> = BTreeMap::new();
    let moves = moved.iter().filter(|one| one.date <= to).map(|one| {
        let column = match one.date < from {
            true => Column::Beginning,
            false => Column::Of(one.what),
        };
        (column, one.amount)
    });
    let open = open.iter().map(|amount| (Column::Open, *amount));
    for (column, amount) in moves.chain(open) {
        let currency = amount.currency();
        let nothing = Money::zero(currency);
        let sum = sums.entry(currency).or_default().entry(column);
        let sum = sum.or_insert(nothing);
        let more = sum.checked_add(amount);
        *sum = more.ok_or(TooMuch(currency))?;
    }
    sums.into_iter()
        .map(|(currency, sums)| tied(currency, &sums).ok_or(TooMuch(currency)))
        .collect()
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Column {
    Beginning,
    Of(Movement),
    Open,
}

fn tied(currency: Currency, sums: &BTreeMap<Column, Money>) -> Option<RollForward> {
    let nothing = Money::zero(currency);
    let of = |column| sums.get(&column).copied().unwrap_or(nothing);
    let beginning = of(Column::Beginning);
    let moved = Movement::ALL
        .iter()
        .map(|what| (*what, of(Column::Of(*what))));
    let moved = moved.collect::<Vec<_>>();
    let mut amounts = moved.iter().map(|(_, amount)| *amount);
    let ending = amounts.try_fold(beginning, Money::checked_add)?;
    let open = of(Column::Open);
    Some(RollForward {
        beginning,
        moved,
        ending,
        open,
        difference: ending.checked_sub(open)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::basics::calendar::date;

    fn eur(minor: i64) -> Money {
        Money::from_minor(minor, Currency::EUR)
    }

    fn november(day: i8, what: Movement, minor: i64) -> Moved {
        Moved {
            date: date(2026, 11, day),
            what,
            amount: eur(minor),
        }
    }

    const NOVEMBER: (Date, Date) = (date(2026, 11, 1), date(2026, 11, 30));

    #[test]
    fn the_example_of_the_requirements() {
        let moved = [
            Moved {
                date: date(2026, 10, 31),
                ..november(1, Movement::Added, 12_000_000)
            },
            november(1, Movement::Added, 4_550_000),
            november(12, Movement::CreditNotes, -130_000),
            november(30, Movement::Paid, -3_820_000),
            Moved {
                date: date(2026, 12, 1),
                ..november(1, Movement::Paid, -1)
            },
        ];
        let rows = roll_forward(&moved, &[eur(12_000_000), eur(600_000)], NOVEMBER).unwrap();
        assert_eq!(rows.len(), 1);
        let row = &rows[0];
        assert_eq!(row.beginning, eur(12_000_000));
        let sums = row.moved.iter().map(|(_, amount)| amount.minor());
        let sums = sums.collect::<Vec<_>>();
        assert_eq!(sums, [4_550_000, -130_000, 0, -3_820_000, 0, 0, 0]);
        assert_eq!((row.ending, row.difference), (eur(12_600_000), eur(0)));
        let rows = roll_forward(&moved, &[eur(12_600_001)], NOVEMBER).unwrap();
        assert_eq!(rows[0].difference, eur(-1), "a cent is a difference");
    }

    #[test]
    fn currencies_stay_apart_and_one_that_is_only_open_is_told() {
        let dollars = Money::from_minor(700, Currency::parse("USD").unwrap());
        let moved = [november(2, Movement::Added, 100)];
        let rows = roll_forward(&moved, &[eur(100), dollars], NOVEMBER).unwrap();
        let differences = rows.iter().map(|row| row.difference.to_string());
        let differences = differences.collect::<Vec<_>>();
        assert_eq!(differences, ["0.00 EUR", "-7.00 USD"]);
    }

    #[test]
    fn a_sum_that_no_amount_holds_is_told() {
        let moved = [november(2, Movement::Added, i64::MAX); 2];
        assert!(roll_forward(&moved, &[], NOVEMBER).is_err());
    }
}
