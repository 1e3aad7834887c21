//! `[cash]`: what is let go when customers pay less than they owe. Amounts are in the company's currency.

use super::payments::percent;
use super::read::{Section, number};
use super::values::amount;
use crate::basics::currency::Currency;
use crate::domain::receivable::cash_decision::CashPolicy;

/// Reads it; `own_countries` are those of the accounts money comes to.
pub(super) fn read(s: Section<'_>, currency: Currency, own_countries: Vec<String>) -> CashPolicy {
    let usual = CashPolicy::usual(currency, own_countries);
    let money = |key, usual| s.get(key, usual, amount(currency));
    let policy = CashPolicy {
        discount_grace_days: s.get(
            "discount_grace_days",
            usual.discount_grace_days,
            number(0_u16, 31),
        ),
        write_off_at_most: money("write_off_at_most", usual.write_off_at_most),
        write_off_percent: s.get("write_off_percent", usual.write_off_percent, percent),
        write_off_month: money("write_off_month", usual.write_off_month),
        bank_charges_at_most: money("bank_charges_at_most", usual.bank_charges_at_most),
        deduct_alone_at_most: money("deduct_alone_at_most", usual.deduct_alone_at_most),
        own_countries: usual.own_countries,
    };
    s.finish();
    policy
}
