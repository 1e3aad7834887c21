//! `purchase-orders.csv`.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;

use super::columns::decimal;
use super::{Column, Imported, Sheet, Unsaid, needed, optional, sheet};
use crate::basics::ids::SupplierId;
use crate::domain::audit::Subject;
use crate::domain::payable::{OrderLine, Supplier};
use crate::formats::csv_import::Mistake;

/// The columns.
pub const COLUMNS: &[Column] = &[
    needed("order", "Our number of the order; bills name it."),
    needed("line", "Number of the line on the order."),
    needed(
        "supplier",
        "Number of the supplier; import suppliers first.",
    ),
    needed("description", "What was ordered."),
    needed("quantity", "How many, such as 40 or 12.5."),
    needed("price", "Net price, such as 100.00."),
    optional("per", "How many the price is for; 1 where nothing stands."),
    needed("currency", "ISO 4217, such as EUR."),
];

/// Reads the file; `known` says whether we have this supplier.
///
/// # Errors
/// The file is no table at all.
pub fn read(bytes: &[u8], known: impl Fn(SupplierId) -> bool) -> Result<Sheet<OrderLine>, Mistake> {
    let mut sheet = sheet(bytes, COLUMNS, |row| {
        let (order, line) = (row.required("order"), row.required("line"));
        let supplier = row.required("supplier");
        let supplier_id = Supplier::id_of(supplier.as_deref().unwrap_or_default());
        if let Some(supplier) = &supplier
            && !known(supplier_id)
        {
            let problem = format!("there is no supplier {supplier:?}; import suppliers first");
            row.mistake("supplier", &problem);
        }
        let description = row.required("description");
        let positive = |value: &Decimal| value.is_sign_positive() && !value.is_zero();
        let quantity = decimal(row, "quantity", "a number above 0", positive);
        let price = decimal(
            row,
            "price",
            "a price of 0 or more",
            Decimal::is_sign_positive,
        );
        let per = match row.optional("per") {
            Some(_) => decimal(row, "per", "a number above 0", positive),
            None => Some(Decimal::ONE),
        };
        let currency = row.currency("currency");
        let (order, line) = (order?, line?);
        Some(OrderLine {
            id: OrderLine::id_of(&order, &line),
            supplier: supplier_id,
            description: description?,
            quantity: quantity?,
            price: price?,
            per: per?,
            currency: currency?,
            version: 0,
            order,
            line,
        })
    })?;
    of_one_supplier(&mut sheet);
    Ok(sheet)
}

/// An order goes to one supplier in one currency.
fn of_one_supplier(sheet: &mut Sheet<OrderLine>) {
    let mut first: BTreeMap<String, (u64, SupplierId, String)> = BTreeMap::new();
    let mut mistakes = Vec::new();
    sheet.rows.retain(|(line, row)| {
        let key = row.order_key().as_str().to_owned();
        let own = (*line, row.supplier, row.currency.to_string());
        let (at, supplier, currency) = first.entry(key).or_insert(own);
        let column = if *supplier != row.supplier {
            "supplier"
        } else if *currency != row.currency.to_string() {
            "currency"
        } else {
            return true;
        };
        mistakes.push(Mistake {
            line: *line,
            column: Some(column.to_owned()),
            problem: format!("differs from line {at}, which is of the same order"),
        });
        false
    });
    sheet.mistakes.extend(mistakes);
}

/// So do lines that come later: a row that differs from a line in the books, which the file leaves as it is, becomes a mistake. `known`
/// are the lines of all these orders.
pub fn beside(mut sheet: Sheet<OrderLine>, known: &[OrderLine]) -> Sheet<OrderLine> {
    let in_file: BTreeSet<_> = sheet.rows.iter().map(|(_, row)| row.id).collect();
    let others = known.iter().filter(|line| !in_file.contains(&line.id));
    let others: BTreeMap<_, _> = others
        .map(|line| (line.order_key().as_str().to_owned(), line))
        .collect();
    let mistakes = &mut sheet.mistakes;
    sheet.rows.retain(|(line, row)| {
        let other = others.get(row.order_key().as_str());
        let differing = other.and_then(|other| {
            if other.supplier != row.supplier {
                Some((other, "supplier"))
            } else {
                (other.currency != row.currency).then_some((other, "currency"))
            }
        });
        let Some((other, column)) = differing else {
            return true;
        };
        mistakes.push(Mistake {
            line: *line,
            column: Some(column.to_owned()),
            problem: format!(
                "differs from line {:?} of the order, which is in the books; an order goes to one supplier in one currency",
                other.line
            ),
        });
        false
    });
    sheet
}

impl Imported for OrderLine {
    const NOUN: &'static str = "order line";
    const KEY: &'static str = "line";

    fn key(&self) -> String {
        format!("{} {}", self.order_key().as_str(), self.line)
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

    fn keeping(self, known: &Self, unsaid: &Unsaid) -> Self {
        Self {
            per: unsaid.or_known("per", self.per, &known.per),
            ..self
        }
    }

    fn facts(&self) -> Vec<(&'static str, String)> {
        vec![
            ("order", self.order.clone()),
            ("line", self.line.clone()),
            ("supplier", self.supplier.to_string()),
            ("description", self.description.clone()),
            ("quantity", self.quantity.to_string()),
            ("price", format!("{} {}", self.price, self.currency)),
            ("per", self.per.to_string()),
        ]
    }
}
