//! What stands on our account on each day to come, as far as anybody knows.

use std::collections::BTreeMap;

use crate::basics::calendar::Date;
use crate::basics::money::Money;

/// What somebody says of the account before a run. Without a balance no floor is looked at.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Cash {
    /// On the account today.
    pub balance: Option<Money>,
    /// What should always stay on it.
    pub floor: Money,
    /// What else comes (positive) and goes (negative) on which day: promises of customers, wages, taxes, collections.
    pub flows: Vec<(Date, Money)>,
}

/// The days of the horizon and what is known to move on each.
pub(super) struct CashPath {
    balance: Option<i128>,
    floor: i128,
    moves: BTreeMap<Date, i128>,
}

impl CashPath {
    /// Flows after the horizon are left out, those before today have happened.
    pub(super) fn new(cash: &Cash, today: Date, horizon: Date) -> Self {
        let mut moves = BTreeMap::from([(today, 0)]);
        let in_sight = cash
            .flows
            .iter()
            .filter(|(day, _)| (today..=horizon).contains(day));
        for (day, amount) in in_sight {
            *moves.entry(*day).or_default() += i128::from(amount.minor());
        }
        Self {
            balance: cash.balance.map(|money| i128::from(money.minor())),
            floor: i128::from(cash.floor.minor()),
            moves,
        }
    }

    /// This much goes on that day, whatever is left.
    pub(super) fn spend(&mut self, day: Date, amount: Money) {
        *self.moves.entry(day).or_default() -= i128::from(amount.minor());
    }

    /// What was to go on that day does not.
    pub(super) fn take_back(&mut self, day: Date, amount: Money) {
        *self.moves.entry(day).or_default() += i128::from(amount.minor());
    }

    /// No day from `day` on would end below the floor if this much went on it.
    pub(super) fn allows(&self, day: Date, amount: Money) -> bool {
        let Some(balance) = self.balance else {
            return true;
        };
        let mut left = balance - i128::from(amount.minor());
        let mut lowest = None::<i128>;
        for (on, moved) in &self.moves {
            left += moved;
            // What happens before does not get worse by it; the last move before it is what stands on the day itself.
            if *on <= day {
                lowest = Some(left);
            } else {
                lowest = Some(lowest.map_or(left, |low| low.min(left)));
            }
        }
        lowest.unwrap_or(left) >= self.floor
    }
}
