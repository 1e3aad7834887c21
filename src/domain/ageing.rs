//! How old what is owed is: open items by due date or by date of issue, in buckets (DOMAIN 1.3, P11).

use std::collections::BTreeMap;

use super::audit::ChainedEvent;
use super::ledger::followed::{approved_for, is_owed, state_after, until};
use super::payable::{Bill, BillState, Supplier};
use super::receivable::Customer;
use super::receivable::invoice::{OpenInvoice, Standing};
use crate::basics::calendar::{Date, TimeZone, days_between};
use crate::basics::currency::Currency;
use crate::basics::money::Money;
use crate::words;

words! {
    /// From which day an item's age is counted.
    pub enum Basis {
        /// Its due date: how late it is.
        Due = "due",
        /// Its date of issue: how long it stands.
        Issue = "issue",
    }
}

/// How many buckets there are.
pub const BUCKETS: usize = 5;
/// The last day of each bucket but the last one.
const ENDS: [i32; BUCKETS - 1] = [0, 30, 60, 90];

/// One open bill or invoice.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OpenItem {
    /// The party's number in our books; empty for one that is not there.
    pub party: String,
    /// The party's name.
    pub name: String,
    /// The bill's or invoice's number.
    pub number: String,
    /// Where it stands.
    pub state: &'static str,
    /// BT-2.
    pub issued: Option<Date>,
    /// BT-9 or from the terms.
    pub due: Option<Date>,
    /// How much; negative for a credit note. `None` where nobody knows it yet.
    pub open: Option<Money>,
    /// It is on the account of payables or receivables: a bill that nobody has approved is not.
    pub is_owed: bool,
    /// What is to be done with it next.
    pub next_action: &'static str,
}

impl OpenItem {
    /// Days since its due date or date of issue; negative before it. One without a due date is counted from its date of issue, one
    /// without both has no age.
    pub fn days(&self, basis: Basis, as_of: Date) -> i32 {
        let from = match basis {
            Basis::Due => self.due.or(self.issued),
            Basis::Issue => self.issued.or(self.due),
        };
        from.map_or(0, |from| days_between(from, as_of))
    }
}

/// What one party, or all of them, owe in one currency.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Aged {
    /// The party's number; empty in the row of all.
    pub party: String,
    /// The party's name.
    pub name: String,
    /// Not due (up to 0 days), 1 to 30, 31 to 60, 61 to 90, more.
    pub buckets: [Money; BUCKETS],
    /// All of them.
    pub total: Money,
}

/// A sum is larger than any amount can be.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("the open items of {0} come to more than any amount can be")]
pub struct TooMuch(String);

/// The rows of each party and currency, by number, then one of all in each currency.
///
/// # Errors
/// A sum that no amount holds: an amount left out of a total would be worse than none.
pub fn aged(items: &[OpenItem], basis: Basis, as_of: Date) -> Result<Vec<Aged>, TooMuch> {
    let mut parties: BTreeMap<(String, String, Currency), [Money; BUCKETS]> = BTreeMap::new();
    let mut all: BTreeMap<Currency, [Money; BUCKETS]> = BTreeMap::new();
    for (item, open) in items.iter().filter_map(|item| Some((item, item.open?))) {
        let currency = open.currency();
        let nothing = [Money::zero(currency); BUCKETS];
        let at = bucket(item.days(basis, as_of));
        let key = (item.party.clone(), item.name.clone(), currency);
        for buckets in [
            parties.entry(key).or_insert(nothing),
            all.entry(currency).or_insert(nothing),
        ] {
            if let Some(sum) = buckets.get_mut(at) {
                let more = sum.checked_add(open);
                *sum = more.ok_or_else(|| TooMuch(item.name.clone()))?;
            }
        }
    }
    let parties = parties
        .into_iter()
        .map(|((party, name, _), buckets)| row(party, name, buckets));
    let all = all
        .into_values()
        .map(|buckets| row(String::new(), "all".to_owned(), buckets));
    parties.chain(all).collect()
}

fn row(party: String, name: String, buckets: [Money; BUCKETS]) -> Result<Aged, TooMuch> {
    let [first, rest @ ..] = buckets;
    let total = rest
        .iter()
        .try_fold(first, |sum, one| sum.checked_add(*one));
    let total = total.ok_or_else(|| TooMuch(name.clone()))?;
    Ok(Aged {
        party,
        name,
        buckets,
        total,
    })
}

fn bucket(days: i32) -> usize {
    ENDS.iter().filter(|end| days > **end).count()
}

/// What is done next with a bill in this state (P12): each has exactly one; `None` for what is settled.
fn next_for_bill(state: BillState) -> Option<&'static str> {
    match state {
        BillState::Draft => Some("wait for its checks"),
        BillState::Held => Some("investigate the exception"),
        BillState::AwaitingApproval => Some("approve or reject"),
        BillState::Approved => Some("plan the payment"),
        BillState::Scheduled => Some("pay on schedule"),
        BillState::Paid | BillState::Rejected | BillState::Void => None,
    }
}

/// Whether a bill in this state is still to be dealt with.
pub fn is_open(state: BillState) -> bool {
    next_for_bill(state).is_some()
}

fn next_for_invoice(standing: Standing) -> Option<&'static str> {
    match standing {
        Standing::Open => Some("collect"),
        Standing::Claimed => Some("wait for the money"),
        Standing::Disputed => Some("settle the dispute"),
        Standing::Paid => None,
    }
}

/// Which day, and whether it has not ended yet.
#[derive(Clone, Copy, Debug)]
pub struct AsOf<'a> {
    /// Its end.
    pub day: Date,
    /// The books as they are now: days to come count, too.
    pub is_now: bool,
    /// Where days begin and end.
    pub zone: &'a TimeZone,
}

/// A bill as it was when this day ended, by its trail; now as the books say. `None` where it was not there yet or settled. One whose
/// amount nobody knows yet stands there with none, and is in no sum.
pub fn bill_item(
    bill: Bill,
    supplier: Option<&Supplier>,
    trail: &[ChainedEvent],
    as_of: AsOf<'_>,
) -> Option<OpenItem> {
    let last = if as_of.is_now { Date::MAX } else { as_of.day };
    let moves = until(trail, as_of.zone, last);
    let stated = bill.payable.or(bill.gross);
    let (state, owed) = if as_of.is_now {
        (bill.state, stated)
    } else {
        let approved = approved_for(&bill, &moves).map(|own| own.payable);
        (state_after(&moves)?, approved)
    };
    let is_owed = match state {
        BillState::Approved | BillState::Scheduled => true,
        BillState::Held => is_owed(&moves),
        BillState::Draft
        | BillState::AwaitingApproval
        | BillState::Paid
        | BillState::Rejected
        | BillState::Void => false,
    };
    Some(OpenItem {
        next_action: next_for_bill(state)?,
        is_owed,
        party: supplier.map(|one| one.number.clone()).unwrap_or_default(),
        name: supplier.map_or(bill.supplier_name, |one| one.name.clone()),
        number: bill.number.unwrap_or_default(),
        state: state.as_str(),
        issued: bill.issue_date,
        due: bill.due_date,
        open: if is_owed { owed } else { stated },
    })
}

/// An invoice with what was open on it when this day ended; `None` where it was not issued yet or is settled.
pub fn invoice_item(
    one: OpenInvoice,
    customer: Option<&Customer>,
    as_of: Date,
) -> Option<OpenItem> {
    let standing = one.standing();
    let next_action = next_for_invoice(standing)?;
    (one.invoice.issue_date <= as_of).then(|| OpenItem {
        next_action,
        is_owed: true,
        party: customer.map(|one| one.number.clone()).unwrap_or_default(),
        name: customer.map(|one| one.name.clone()).unwrap_or_default(),
        number: one.invoice.number,
        state: standing.as_str(),
        issued: Some(one.invoice.issue_date),
        due: Some(one.invoice.due_date),
        open: Some(one.balance),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::basics::calendar::date;

    fn item(party: &str, due: Option<Date>, minor: i64) -> OpenItem {
        OpenItem {
            party: party.into(),
            name: format!("Supplier {party}"),
            number: "RE-1".into(),
            state: "scheduled",
            is_owed: true,
            issued: Some(date(2026, 9, 1)),
            due,
            open: Some(Money::from_minor(minor, Currency::EUR)),
            next_action: "pay on schedule",
        }
    }

    fn minor(row: &Aged) -> (Vec<i64>, i64) {
        let buckets = row.buckets.iter().map(|sum| sum.minor());
        (buckets.collect(), row.total.minor())
    }

    #[test]
    fn the_example_of_the_requirements() {
        let due = |month, day| Some(date(2026, month, day));
        let items = [
            item("1", due(12, 5), 100_000),
            item("1", due(11, 10), 200_000),
            item("2", due(10, 1), 300_000),
            item("2", due(9, 10), 400_000),
            item("2", due(7, 1), 50_000),
        ];
        let as_of = date(2026, 11, 21);
        let days = items.iter().map(|item| item.days(Basis::Due, as_of));
        assert_eq!(days.collect::<Vec<_>>(), [-14, 11, 51, 72, 143]);
        let rows = aged(&items, Basis::Due, as_of).unwrap();
        let names = rows.iter().map(|row| row.name.as_str());
        assert_eq!(
            names.collect::<Vec<_>>(),
            ["Supplier 1", "Supplier 2", "all"]
        );
        let all = vec![100_000, 200_000, 300_000, 400_000, 50_000];
        assert_eq!(minor(&rows[2]), (all, 1_050_000));
    }

    #[test]
    fn the_ends_of_the_buckets() {
        let ends = [0, 1, 30, 31, 60, 61, 90, 91].map(bucket);
        assert_eq!(ends, [0, 1, 1, 2, 2, 3, 3, 4]);
    }

    #[test]
    fn by_the_date_of_issue_what_is_not_due_is_old_too() {
        let items = [item("1", Some(date(2026, 12, 5)), 100)];
        let rows = aged(&items, Basis::Issue, date(2026, 11, 21)).unwrap();
        assert_eq!(minor(&rows[0]), (vec![0, 0, 0, 100, 0], 100));
        let undated = OpenItem {
            issued: None,
            due: None,
            ..item("1", None, 100)
        };
        assert_eq!(undated.days(Basis::Due, date(2026, 11, 21)), 0);
    }

    #[test]
    fn a_credit_note_takes_off_and_currencies_stay_apart() {
        let dollars = OpenItem {
            open: Some(Money::from_minor(700, Currency::parse("USD").unwrap())),
            ..item("1", Some(date(2026, 11, 21)), 0)
        };
        let due = Some(date(2026, 11, 21));
        let items = [item("1", due, 1_000), item("1", due, -300), dollars];
        let rows = aged(&items, Basis::Due, date(2026, 11, 21)).unwrap();
        let totals = rows.iter().map(|row| row.total.to_string());
        let totals = totals.collect::<Vec<_>>();
        assert_eq!(totals, ["7.00 EUR", "7.00 USD", "7.00 EUR", "7.00 USD"]);
    }

    #[test]
    fn a_sum_that_no_amount_holds_is_told() {
        let much = [item("1", None, i64::MAX), item("1", None, 1)];
        assert!(aged(&much, Basis::Due, date(2026, 11, 21)).is_err());
    }
}
