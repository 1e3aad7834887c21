//! Lines of orders and what came in on them.

use super::super::error::StoreError;
use super::{Cells, Cursor, Row, Table};
use crate::basics::calendar::parse_iso_date;
use crate::basics::currency::Currency;
use crate::basics::ids::{GoodsReceiptId, OrderLineId, SupplierId};
use crate::basics::number_key::NumberKey;
use crate::domain::payable::{GoodsReceipt, OrderLine};

impl Row for OrderLine {
    const TABLE: &'static Table = &Table {
        name: "order_lines",
        columns: &[
            "id",
            "order_number",
            "order_key",
            "line",
            "supplier",
            "description",
            "quantity",
            "price",
            "per",
            "currency",
        ],
        versioned: true,
    };

    fn write(&self, to: &mut Cells) {
        to.shown(&self.id);
        to.text(&self.order);
        to.text(self.order_key().as_str());
        to.text(&self.line);
        to.shown(&self.supplier);
        to.text(&self.description);
        to.shown(&self.quantity);
        to.shown(&self.price);
        to.shown(&self.per);
        to.shown(&self.currency);
    }

    fn read(from: &mut Cursor<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            id: from.parsed(OrderLineId::parse)?,
            order: from.text()?,
            line: {
                from.skip(); // order_key
                from.text()?
            },
            supplier: from.parsed(SupplierId::parse)?,
            description: from.text()?,
            quantity: from.parsed(|text| text.parse().ok())?,
            price: from.parsed(|text| text.parse().ok())?,
            per: from.parsed(|text| text.parse().ok())?,
            currency: from.parsed(Currency::parse)?,
            version: from.version()?,
        })
    }
}

impl Row for GoodsReceipt {
    const TABLE: &'static Table = &Table {
        name: "goods_receipts",
        columns: &[
            "id",
            "number",
            "order_number",
            "order_key",
            "line",
            "quantity",
            "received_on",
        ],
        versioned: true,
    };

    fn write(&self, to: &mut Cells) {
        to.shown(&self.id);
        to.text(&self.number);
        to.text(&self.order);
        to.text(NumberKey::of(&self.order).as_str());
        to.text(&self.line);
        to.shown(&self.quantity);
        to.shown(&self.received_on);
    }

    fn read(from: &mut Cursor<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            id: from.parsed(GoodsReceiptId::parse)?,
            number: from.text()?,
            order: from.text()?,
            line: {
                from.skip(); // order_key
                from.text()?
            },
            quantity: from.parsed(|text| text.parse().ok())?,
            received_on: from.parsed(parse_iso_date)?,
            version: from.version()?,
        })
    }
}
