//! `[orders]`: which bills must name an order, and how far they may differ from it.

use rust_decimal::Decimal;

use super::payments::percent;
use super::read::{Section, list, text};
use super::values::amount;
use crate::basics::currency::Currency;
use crate::basics::money::Money;
use crate::domain::payable::checks::order::OrderPolicy;

/// Reads it.
pub(super) fn read(s: Section<'_>, currency: Currency) -> OrderPolicy {
    let usual = OrderPolicy::default();
    let money = |name, usual: Decimal| {
        let said = s.optional(name, amount(currency));
        said.map_or(usual, |said: Money| said.to_decimal())
    };
    let policy = OrderPolicy {
        orders_from: s.get("orders_from", Vec::new(), list(text)),
        receipts_from: s.get("receipts_from", Vec::new(), list(text)),
        price_above_percent: s.get("price_above_percent", usual.price_above_percent, percent),
        price_above_amount: money("price_above_amount", usual.price_above_amount),
        other_percent: s.get("other_percent", usual.other_percent, percent),
        other_amount: money("other_amount", usual.other_amount),
    };
    s.finish();
    policy
}
