//! Tables of payments: which column holds the number, which the amount, by their headings.

use rust_decimal::Decimal;

use super::super::super::field::Source;
use super::super::super::layout::key;
use super::super::super::words::rows;
use super::super::amounts;
use super::{Draft, Row, Table, is_total_row};
use crate::basics::currency::Currency;
use crate::basics::text::{one_line, squash};
use crate::formats::number;
use crate::words;

words! {
    /// What a column of a table holds.
    pub enum Role {
        /// The invoice.
        Number = "number",
        /// What was billed.
        Gross = "gross",
        /// What was deducted.
        Discount = "discount",
        /// What was paid.
        Paid = "paid",
        /// The currency.
        Currency = "currency",
        /// Anything else.
        Other = "other",
    }
}

/// The data: `role: headings`.
const COLUMNS: &str = include_str!("columns.txt");

/// What a column holds, by its heading.
pub fn role_of(heading: &str) -> Role {
    let heading = squash(heading);
    let mut named = rows(COLUMNS);
    let found =
        named.find_map(|(role, mut headings)| headings.any(|own| own == heading).then_some(role));
    found.and_then(Role::parse).unwrap_or(Role::Other)
}

/// Rows under a heading row that has a column of numbers and one of amounts.
pub(super) fn from_table(table: &Table) -> Option<Draft> {
    let (head, roles) = table.iter().enumerate().take(30).find_map(|(index, row)| {
        let roles = row.iter().map(|cell| role_of(cell)).collect::<Vec<_>>();
        let usable = roles.contains(&Role::Number)
            && (roles.contains(&Role::Paid) || roles.contains(&Role::Gross));
        usable.then_some((index, roles))
    })?;
    let column = |role: Role| roles.iter().position(|own| *own == role);
    let number_column = column(Role::Number)?;
    let paid_column = column(Role::Paid).or(column(Role::Gross))?;
    let discount_column = column(Role::Discount);
    let heading = table.get(head).map(|row| row.join(" ")).unwrap_or_default();
    let mut draft = Draft {
        currency: heading
            .split_whitespace()
            .find_map(amounts::currency_of)
            .and_then(Currency::parse),
        ..Draft::default()
    };
    for (index, row) in table.iter().enumerate().skip(head + 1) {
        let cell = |at: usize| row.get(at).map(String::as_str).unwrap_or_default();
        let currency = column(Role::Currency)
            .and_then(|at| Currency::parse(cell(at)))
            .or_else(|| row.iter().find_map(|c| currency_in(c)));
        draft.currency = draft.currency.or(currency);
        let folded = row
            .iter()
            .map(|cell| key(cell))
            .collect::<Vec<_>>()
            .join(" ");
        let number = one_line(cell(number_column), 60);
        let has_digit = number.contains(|c: char| c.is_ascii_digit());
        let source = Source::Line(u32::try_from(index + 1).unwrap_or(u32::MAX));
        let last_amount = || row.iter().rev().find_map(|c| first_reading(c));
        if is_total_row(&folded) && !has_digit || number.is_empty() {
            if is_total_row(&folded)
                && let Some(total) = first_reading(cell(paid_column)).or_else(last_amount)
            {
                draft.total = Some((total, source));
            }
            continue;
        }
        if let Some(paid) = first_reading(cell(paid_column)).filter(|_| has_digit) {
            let discount = discount_column
                .and_then(|at| first_reading(cell(at)))
                .map(|d| d.abs())
                .filter(|d| !d.is_zero());
            draft.rows.push(Row {
                number,
                paid,
                discount,
                currency,
            });
        }
    }
    (!draft.rows.is_empty()).then_some(draft)
}

fn currency_in(cell: &str) -> Option<Currency> {
    cell.split_whitespace()
        .find_map(amounts::currency_of)
        .and_then(Currency::parse)
}

/// The usual reading, or the one with cents where the other would be a thousand times more and the cell has them.
fn first_reading(cell: &str) -> Option<Decimal> {
    number::readings(cell).first().copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_of_the_data_names_a_column_and_every_column_has_a_row() {
        for (role, _) in rows(COLUMNS) {
            assert!(Role::parse(role).is_some(), "{role}");
        }
        for role in Role::ALL.iter().filter(|role| **role != Role::Other) {
            assert!(
                rows(COLUMNS).any(|(name, _)| name == role.as_str()),
                "{role}"
            );
        }
    }
}
