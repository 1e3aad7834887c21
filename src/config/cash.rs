//! `[cash]`: what is let go when customers pay less than they owe.

use rust_decimal::Decimal;

use super::payments::percent;
use super::read::{Section, number};
use super::values::amount;
use crate::basics::currency::Currency;
use crate::basics::money::Money;

/// `[cash]`; amounts are in the company's currency, and let nothing go in others.
#[derive(Clone, Debug)]
pub struct Cash {
    /// So many days after its last one a discount is still allowed.
    pub discount_grace_days: u16,
    /// The largest difference of one invoice that is too small to be asked for.
    pub write_off_at_most: Money,
    /// And at most this share of it, in percent.
    pub write_off_percent: Decimal,
    /// And all of one customer in a month.
    pub write_off_month: Money,
    /// What banks may keep of a payment from abroad.
    pub bank_charges_at_most: Money,
    /// What one person may take off an invoice alone.
    pub deduct_alone_at_most: Money,
}

/// Reads it.
pub(super) fn read(s: Section<'_>, currency: Currency) -> Cash {
    let money = |key, units: i64| {
        let usual = Money::rounded(Decimal::from(units), currency);
        s.get(
            key,
            usual.unwrap_or(Money::zero(currency)),
            amount(currency),
        )
    };
    let cash = Cash {
        discount_grace_days: s.get("discount_grace_days", 2, number(0_u16, 31)),
        write_off_at_most: money("write_off_at_most", 5),
        write_off_percent: s.get("write_off_percent", Decimal::new(5, 1), percent),
        write_off_month: money("write_off_month", 50),
        bank_charges_at_most: money("bank_charges_at_most", 25),
        deduct_alone_at_most: money("deduct_alone_at_most", 250),
    };
    s.finish();
    cash
}
