//! What we ordered and what came of it: the other two of a three-way match.

use rust_decimal::Decimal;

use crate::basics::calendar::Date;
use crate::basics::currency::Currency;
use crate::basics::ids::{GoodsReceiptId, OrderLineId, SupplierId};
use crate::basics::number_key::NumberKey;

/// One line of a purchase order, from the import.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OrderLine {
    /// Derived from order and line.
    pub id: OrderLineId,
    /// The order's number in our books.
    pub order: String,
    /// The line's number on it.
    pub line: String,
    /// Who is to deliver.
    pub supplier: SupplierId,
    /// What was ordered.
    pub description: String,
    /// How many.
    pub quantity: Decimal,
    /// Price of `per` of them, net.
    pub price: Decimal,
    /// How many the price is for (BT-149): 1, or 100 where a price for a hundred was agreed.
    pub per: Decimal,
    /// Currency of the price.
    pub currency: Currency,
    /// 0 before it is stored.
    pub version: u64,
}

impl OrderLine {
    /// The id of this line of this order, however its number is written.
    pub fn id_of(order: &str, line: &str) -> OrderLineId {
        OrderLineId::derive(&[NumberKey::of(order).as_str(), line])
    }

    /// Price of one.
    pub fn unit_price(&self) -> Option<Decimal> {
        self.price.checked_div(self.per)
    }

    /// What the whole line costs, net.
    pub fn net(&self) -> Option<Decimal> {
        self.unit_price()?.checked_mul(self.quantity)
    }

    /// By what an order is found, however its number is written.
    pub fn order_key(&self) -> NumberKey {
        NumberKey::of(&self.order)
    }
}

/// What came in on one line of an order, from the import.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct GoodsReceipt {
    /// Derived from its number, order and line.
    pub id: GoodsReceiptId,
    /// Its number, as on the delivery note or in the warehouse.
    pub number: String,
    /// The order's number.
    pub order: String,
    /// The line's number on the order.
    pub line: String,
    /// How many came; negative for what went back.
    pub quantity: Decimal,
    /// When.
    pub received_on: Date,
    /// 0 before it is stored.
    pub version: u64,
}

impl GoodsReceipt {
    /// The id of what this receipt says of this line.
    pub fn id_of(number: &str, order: &str, line: &str) -> GoodsReceiptId {
        GoodsReceiptId::derive(&[number, NumberKey::of(order).as_str(), line])
    }
}
