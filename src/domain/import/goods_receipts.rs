//! `goods-receipts.csv`.

use std::collections::HashMap;

use rust_decimal::Decimal;

use super::columns::decimal;
use super::{Column, Imported, Sheet, Unsaid, needed, sheet};
use crate::basics::calendar::Date;
use crate::basics::number_key::NumberKey;
use crate::domain::audit::Subject;
use crate::domain::payable::{GoodsReceipt, OrderLine};
use crate::formats::csv_import::Mistake;

/// The columns.
pub const COLUMNS: &[Column] = &[
    needed(
        "number",
        "Number of the receipt, as on the delivery note or in the warehouse.",
    ),
    needed("order", "Our number of the order; import it first."),
    needed("line", "Number of the line on the order."),
    needed(
        "quantity",
        "How many came in, such as 40 or 12.5; negative for what went back.",
    ),
    needed("received_on", "YYYY-MM-DD."),
];

/// Reads the file; what is dated after `today` has not come in.
///
/// # Errors
/// The file is no table at all.
pub fn read(bytes: &[u8], today: Date) -> Result<Sheet<GoodsReceipt>, Mistake> {
    sheet(bytes, COLUMNS, |row| {
        let number = row.required("number");
        let (order, line) = (row.required("order"), row.required("line"));
        let is_some = |value: &Decimal| !value.is_zero();
        let quantity = decimal(row, "quantity", "a number other than 0", is_some);
        let received_on = row.date("received_on");
        if let Some(day) = received_on.filter(|day| *day > today) {
            row.mistake(
                "received_on",
                &format!("{day} is still to come: nothing came in then"),
            );
        }
        let (number, order, line) = (number?, order?, line?);
        Some(GoodsReceipt {
            id: GoodsReceipt::id_of(&number, &order, &line),
            quantity: quantity?,
            received_on: received_on?,
            version: 0,
            number,
            order,
            line,
        })
    })
}

/// What came in on a line that nobody ordered becomes a mistake; `ordered` says whether we have this line of this order.
pub fn of_orders(
    mut sheet: Sheet<GoodsReceipt>,
    ordered: impl Fn(&GoodsReceipt) -> bool,
) -> Sheet<GoodsReceipt> {
    let mistakes = &mut sheet.mistakes;
    sheet.rows.retain(|(line, row)| {
        let is_known = ordered(row);
        if !is_known {
            mistakes.push(Mistake {
                line: *line,
                column: Some("line".to_owned()),
                problem: format!(
                    "order {:?} has no line {:?}; import purchase-orders first",
                    row.order, row.line
                ),
            });
        }
        is_known
    });
    sheet
}

/// More going back than came in becomes a mistake; `received` is what the books have of a line apart from the receipts of this file.
pub fn within_received(
    mut sheet: Sheet<GoodsReceipt>,
    received: impl Fn(&GoodsReceipt) -> Decimal,
) -> Sheet<GoodsReceipt> {
    let line_of = |row: &GoodsReceipt| OrderLine::id_of(&row.order, &row.line);
    let mut sums = HashMap::new();
    for (_, row) in &sheet.rows {
        let sum = sums.entry(line_of(row)).or_insert_with(|| received(row));
        *sum = sum.saturating_add(row.quantity);
    }
    let mistakes = &mut sheet.mistakes;
    sheet.rows.retain(|(line, row)| {
        let sum = sums.get(&line_of(row)).copied().unwrap_or_default();
        let is_too_much = row.quantity.is_sign_negative() && sum.is_sign_negative();
        if is_too_much {
            mistakes.push(Mistake {
                line: *line,
                column: Some("quantity".to_owned()),
                problem: format!(
                    "more would have gone back than came in on line {:?} of order {:?}: {} in all",
                    row.line,
                    row.order,
                    sum.normalize()
                ),
            });
        }
        !is_too_much
    });
    sheet
}

impl Imported for GoodsReceipt {
    const NOUN: &'static str = "goods receipt";
    const KEY: &'static str = "line";

    fn key(&self) -> String {
        let order = NumberKey::of(&self.order);
        format!("{} {} {}", self.number, order.as_str(), self.line)
    }

    fn subject(&self) -> Subject {
        self.id.into()
    }

    fn version(&self) -> u64 {
        self.version
    }

    fn at_version(self, version: u64) -> Self {
        Self { version, ..self }
    }

    fn keeping(self, _: &Self, _: &Unsaid) -> Self {
        self
    }

    fn facts(&self) -> Vec<(&'static str, String)> {
        vec![
            ("number", self.number.clone()),
            ("order", self.order.clone()),
            ("line", self.line.clone()),
            ("quantity", self.quantity.to_string()),
            ("received_on", self.received_on.to_string()),
        ]
    }
}
