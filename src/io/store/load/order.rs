//! Orders, what came in on them and what is billed on them.

use super::super::Store;
use super::super::error::StoreError;
use super::select::{common, selects};
use crate::basics::ids::{BillId, GoodsReceiptId, OrderLineId};
use crate::basics::number_key::NumberKey;
use crate::domain::payable::{Bill, GoodsReceipt, OrderLine};

common!(OrderLine, "order line": order_line(OrderLineId), list_order_lines, find_order_lines);
common!(GoodsReceipt, "goods receipt": goods_receipt(GoodsReceiptId), list_goods_receipts, find_goods_receipts);

// The states in COALESCE: not looked for by their index, in which all that was ever paid stands.
selects! {
    LINES: OrderLine = "WHERE t.order_key = $1 ORDER BY t.sequence, t.id LIMIT $2";
    RECEIPTS: GoodsReceipt = "WHERE t.order_key = $1 ORDER BY t.sequence, t.id LIMIT $2";
    ANY: OrderLine = "ORDER BY t.id LIMIT 1";
    BILLED: Bill = "WHERE t.id IN (SELECT b.id FROM bills b WHERE b.order_key = $1
        UNION SELECT b.id FROM bills b WHERE b.po_number = $2) AND t.id <> $3
        AND COALESCE(t.state, '') IN ('awaiting_approval', 'approved', 'scheduled', 'paid')
        ORDER BY t.sequence DESC, t.id LIMIT $4";
    NAMING: Bill = "WHERE t.id IN (SELECT b.id FROM bills b WHERE b.order_key = $1
        UNION SELECT b.id FROM bills b WHERE b.po_number = $2)
        AND COALESCE(t.state, '') IN ('held', 'draft', 'awaiting_approval', 'approved', 'scheduled')
        ORDER BY t.sequence DESC, t.id LIMIT $3";
}

/// Lines of an order, receipts or bills on it that are looked at: a blanket order of years has some hundred. Who gets so many knows that
/// there may be more.
pub const MAX_OF_ORDER: usize = 1_000;
const MOST: i64 = MAX_OF_ORDER as i64;

impl Store {
    /// The lines of the order of this number, however it is written.
    ///
    /// # Errors
    /// What the database said.
    pub async fn lines_of_order(&self, number: &str) -> Result<Vec<OrderLine>, StoreError> {
        let key = NumberKey::of(number);
        self.all(&LINES, &[key.as_str().into(), MOST.into()]).await
    }

    /// What came in on the order of this number.
    ///
    /// # Errors
    /// What the database said.
    pub async fn receipts_of_order(&self, number: &str) -> Result<Vec<GoodsReceipt>, StoreError> {
        let key = NumberKey::of(number);
        self.all(&RECEIPTS, &[key.as_str().into(), MOST.into()])
            .await
    }

    /// The books hold any order.
    ///
    /// # Errors
    /// What the database said.
    pub async fn has_orders(&self) -> Result<bool, StoreError> {
        Ok(self.first(&ANY, &[]).await?.is_some())
    }

    /// The other bills that passed their checks and name this order.
    ///
    /// # Errors
    /// What the database said.
    pub async fn billed_on_order(
        &self,
        number: &str,
        own: BillId,
    ) -> Result<Vec<Bill>, StoreError> {
        let key = NumberKey::of(number);
        let own = own.to_string();
        let cells = [key.as_str().into(), number.into(), own.into(), MOST.into()];
        self.all(&BILLED, &cells).await
    }

    /// The bills that name this order and are not settled.
    ///
    /// # Errors
    /// What the database said.
    pub async fn open_bills_of_order(&self, number: &str) -> Result<Vec<Bill>, StoreError> {
        let key = NumberKey::of(number);
        self.all(&NAMING, &[key.as_str().into(), number.into(), MOST.into()])
            .await
    }
}
