//! The rows of a sheet: which column names the invoice, which says what was paid on it, which rows are lines.

use rust_decimal::Decimal;

use super::numbers;
use super::says::{About, has};
use super::sheet::{Role, Sheet, SheetRow, role_of};
use super::{Draft, Row, Stated};
use crate::basics::currency::Currency;
use crate::formats::number;

use super::super::amounts;

/// A line of the table before it is known which of its amounts is the one paid.
#[derive(Clone)]
struct Line<'s> {
    number: String,
    row: &'s SheetRow,
    amounts: Vec<(usize, Decimal)>,
}

/// How the paid amount of a line is found.
#[derive(Clone, PartialEq, Eq, Debug)]
enum Paid {
    /// It stands in this column.
    In(usize),
    /// It is what is left of one column when the others are taken off.
    Less(usize, Vec<usize>),
}

/// The lines under the headings. `elsewhere`: totals stated outside of the table. `None` when no row is a line.
pub(super) fn read(sheet: &Sheet, elsewhere: &[Stated]) -> Option<Draft> {
    let number_column = number_column(sheet)?;
    let amount_columns = columns(sheet, |role| role.is_amount());
    let payable_columns = columns(sheet, |role| role.may_be_paid());
    let mut draft = Draft {
        currency: currency_in(&sheet.headings),
        ..Draft::default()
    };
    let mut lines = Vec::new();
    let mut unpriced: Vec<String> = Vec::new();
    let mut others: Vec<&SheetRow> = Vec::new();
    let mut total_rows: Vec<&SheetRow> = Vec::new();
    for row in &sheet.rows {
        let number = cell(row, number_column);
        // `INV-1001` begins like a heading and is none.
        let is_head = !number.contains(|c: char| c.is_ascii_digit()) && role_of(number).is_number();
        let found = amounts_of(row, &amount_columns);
        let invoice = numbers::of_cell(number);
        if is_head || invoice.is_none() && has(&row.folded, About::Carried) {
            continue;
        }
        if is_total(&row.folded, invoice.as_deref()) {
            total_rows.push(row);
        } else if let Some(number) = invoice
            && found.iter().any(|(at, _)| payable_columns.contains(at))
        {
            lines.push(Line {
                number,
                row,
                amounts: found,
            });
        } else if !row.cells.is_empty() && !number.contains(|c: char| c.is_ascii_digit()) {
            others.push(row);
        } else if numbers::is_invoice_number(number.trim(), false)
            && row.cells.len() == sheet.roles.len()
        {
            unpriced.push(number.trim().to_owned());
        }
    }
    if lines.is_empty() {
        return None;
    }
    draft.totals = totals(&total_rows, &amount_columns);
    let (lines, paid) = priced(&lines, &payable_columns)
        .and_then(|priced| {
            let paid = choose(sheet, &priced, &payable_columns, &draft.totals, elsewhere)?;
            let sum = sum(&priced, &paid);
            let mut stated = draft.totals.iter().chain(elsewhere);
            stated
                .any(|stated| stated.value == sum)
                .then_some((priced, paid))
        })
        .or_else(|| {
            let paid = choose(sheet, &lines, &payable_columns, &draft.totals, elsewhere)?;
            Some((lines, paid))
        })?;
    let discounts = columns(sheet, |role| role == Role::Discount);
    draft.rows = lines
        .iter()
        .filter_map(|line| row_of(sheet, line, &paid, &discounts))
        .collect();
    draft
        .totals
        .sort_by_key(|stated| stated.column != paid.column());
    draft.deductions = deductions(&others, &paid, &draft);
    draft.unpriced = unpaid(unpriced, &draft, elsewhere);
    Some(draft)
}

/// Invoices of which no amount is said. Where the others make the stated total, nothing was paid on them.
fn unpaid(mut numbers: Vec<String>, draft: &Draft, elsewhere: &[Stated]) -> Vec<String> {
    let sum = draft.sum();
    if draft.closes() || elsewhere.iter().any(|stated| stated.value == sum) {
        return Vec::new();
    }
    let is_priced = |number: &String| draft.rows.iter().any(|row| row.number == *number);
    numbers.retain(|number| !is_priced(number));
    numbers
}

/// The lines with cents, where they are most and not all. The others may be no lines at all; spreadsheets show whole
/// amounts without cents, too, so they are left out only when a stated total says so.
fn priced<'s>(lines: &[Line<'s>], payable: &[usize]) -> Option<Vec<Line<'s>>> {
    let has_cents = |line: &&Line<'_>| {
        let mut cells = payable.iter().map(|at| cell(line.row, *at));
        cells.any(amounts::has_cents)
    };
    let priced = lines.iter().filter(has_cents).cloned().collect::<Vec<_>>();
    (priced.len() * 2 > lines.len() && priced.len() < lines.len()).then_some(priced)
}

impl Paid {
    fn column(&self) -> Option<usize> {
        match self {
            Self::In(at) | Self::Less(at, _) => Some(*at),
        }
    }
}

fn columns(sheet: &Sheet, wanted: impl Fn(Role) -> bool) -> Vec<usize> {
    let roles = sheet.roles.iter().enumerate();
    roles
        .filter(|(_, role)| wanted(**role))
        .map(|(at, _)| at)
        .collect()
}

fn cell(row: &SheetRow, at: usize) -> &str {
    row.cells.get(at).map(String::as_str).unwrap_or_default()
}

/// A row that states what was paid in all; a row that names an invoice does not, whatever its text.
fn is_total(folded: &str, invoice: Option<&str>) -> bool {
    let is_number = invoice.is_some_and(|number| numbers::is_invoice_number(number, true));
    !is_number && has(folded, About::Total)
}

/// The column of the numbers the one who is paid knows: called invoice, else his paper, else any paper; the payer's own
/// number only when there is no other. It must name something in at least half of the rows with amounts.
fn number_column(sheet: &Sheet) -> Option<usize> {
    let rank = |role: Role| {
        [Role::Invoice, Role::Yours, Role::Reference, Role::Ours]
            .iter()
            .position(|own| *own == role)
    };
    let amounts = columns(sheet, |role| role.may_be_paid());
    let with_amount = sheet
        .rows
        .iter()
        .filter(|row| !amounts_of(row, &amounts).is_empty() && !has(&row.folded, About::Total))
        .collect::<Vec<_>>();
    let mut candidates = columns(sheet, Role::is_number);
    candidates.sort_by_key(|at| sheet.roles.get(*at).and_then(|role| rank(*role)));
    let names = |at: usize| {
        let named = with_amount
            .iter()
            .filter(|row| numbers::of_cell(cell(row, at)).is_some())
            .count();
        named > 0 && named * 2 >= with_amount.len()
    };
    let first = candidates.first().copied();
    candidates.into_iter().find(|at| names(*at)).or(first)
}

fn amounts_of(row: &SheetRow, columns: &[usize]) -> Vec<(usize, Decimal)> {
    let found = columns.iter().map(|at| (*at, amount_in(cell(row, *at))));
    found
        .filter_map(|(at, amount)| Some((at, amount?)))
        .collect()
}

/// The usual reading of a cell.
pub(super) fn amount_in(cell: &str) -> Option<Decimal> {
    number::readings(cell).first().copied()
}

fn totals(rows: &[&SheetRow], columns: &[usize]) -> Vec<Stated> {
    let mut totals = Vec::new();
    for row in rows {
        let under = amounts_of(row, columns);
        let mut found = under
            .iter()
            .map(|(at, value)| (Some(*at), *value))
            .collect::<Vec<_>>();
        if found.is_empty() {
            // A row of fewer, wider cells.
            let amounts = row.cells.iter().filter_map(|cell| amount_in(cell));
            found.extend(amounts.map(|value| (None, value)));
        }
        totals.extend(found.into_iter().map(|(column, value)| Stated {
            value,
            source: row.source.clone(),
            column,
        }));
    }
    totals
}

/// The column of what was paid, by its heading, by what is left when discounts are taken off, and by the total.
fn choose(
    sheet: &Sheet,
    lines: &[Line<'_>],
    payable: &[usize],
    in_table: &[Stated],
    elsewhere: &[Stated],
) -> Option<Paid> {
    let has_tax = sheet.roles.contains(&Role::Tax);
    let deducted = columns(sheet, |role| {
        matches!(role, Role::Discount | Role::Deduction)
    });
    let mut ways: Vec<Paid> = payable.iter().map(|at| Paid::In(*at)).collect();
    if !deducted.is_empty() {
        ways.extend(payable.iter().map(|at| Paid::Less(*at, deducted.clone())));
    }
    let score = |way: &Paid| {
        let filled = lines.iter().filter(|line| paid_of(line, way).is_some());
        let filled = i32::try_from(filled.count() * 20 / lines.len().max(1)).unwrap_or(0);
        let sum = sum(lines, way);
        let is_stated = elsewhere.iter().any(|stated| stated.value == sum);
        let closes = in_table
            .iter()
            .any(|stated| stated.value == sum && stated.column == way.column());
        let heading = match (way, way.column().and_then(|at| sheet.roles.get(at))) {
            (Paid::In(_), Some(Role::Paid)) => 30,
            (Paid::In(_), Some(Role::Net)) if !has_tax => 25,
            (Paid::In(_), Some(Role::Amount)) => 18,
            (Paid::In(_), Some(Role::Gross)) => 10,
            (Paid::In(_), _) => 0,
            // Taken off by us: only when the table has no column of its own for what is left.
            (Paid::Less(..), Some(Role::Gross)) => 12,
            (Paid::Less(..), _) => 5,
        };
        let is_rest = matches!(way, Paid::In(at) if is_rest(lines, payable, &deducted, *at));
        heading
            + filled
            + i32::from(is_stated) * 40
            + i32::from(closes) * 15
            + i32::from(is_rest) * 30
    };
    let best = ways.iter().map(score).max()?;
    ways.iter().find(|way| score(way) == best).cloned()
}

fn sum(lines: &[Line<'_>], way: &Paid) -> Decimal {
    let amounts = lines.iter().filter_map(|line| paid_of(line, way));
    amounts.fold(Decimal::ZERO, |sum, amount| sum.saturating_add(amount))
}

fn paid_of(line: &Line<'_>, way: &Paid) -> Option<Decimal> {
    let of = |column: usize| line.amounts.iter().find(|(at, _)| *at == column);
    match way {
        Paid::In(at) => of(*at).map(|(_, value)| *value),
        Paid::Less(at, taken) => {
            let (_, gross) = of(*at)?;
            let off = taken.iter().filter_map(|at| of(*at));
            let off = off.fold(Decimal::ZERO, |sum, (_, value)| {
                sum.saturating_add(value.abs())
            });
            Some(gross.saturating_sub(off))
        }
    }
}

/// On every line this column is another one less the deductions, and on some line there are deductions.
fn is_rest(lines: &[Line<'_>], payable: &[usize], deducted: &[usize], at: usize) -> bool {
    payable.iter().filter(|gross| **gross != at).any(|gross| {
        let less = Paid::Less(*gross, deducted.to_vec());
        let own = Paid::In(at);
        let all = lines.iter().all(|line| {
            paid_of(line, &own).is_none() || paid_of(line, &own) == paid_of(line, &less)
        });
        let some = lines.iter().any(|line| {
            paid_of(line, &own).is_some() && paid_of(line, &own) != paid_of(line, &Paid::In(*gross))
        });
        all && some
    })
}

fn row_of(sheet: &Sheet, line: &Line<'_>, paid: &Paid, discounts: &[usize]) -> Option<Row> {
    let currency_column = sheet.roles.iter().position(|role| *role == Role::Currency);
    let stated = currency_column.and_then(|at| Currency::parse(cell(line.row, at)));
    let currency = stated.or_else(|| line.row.cells.iter().find_map(|cell| currency_in(cell)));
    let discount = line
        .amounts
        .iter()
        .find(|(at, _)| discounts.contains(at))
        .map(|(_, value)| value.abs());
    Some(Row {
        number: line.number.clone(),
        paid: paid_of(line, paid)?,
        discount: discount.filter(|value| !value.is_zero()),
        currency,
    })
}

/// Amounts of rows that name no invoice, when they are what the lines and the total differ by: charges, claims.
fn deductions(others: &[&SheetRow], paid: &Paid, draft: &Draft) -> Vec<(String, Decimal)> {
    let column = paid.column().into_iter().collect::<Vec<_>>();
    let sum = draft.sum();
    let found = others.iter().filter_map(|row| {
        let (_, value) = amounts_of(row, &column).into_iter().next()?;
        let is_last_sum = value == sum;
        let words = row.folded.split(' ');
        let label = words.filter(|word| !word.contains(|c: char| c.is_ascii_digit()));
        let label = label.collect::<Vec<_>>().join(" ");
        (!is_last_sum).then_some((label, value))
    });
    found.collect()
}

pub(super) fn currency_in(text: &str) -> Option<Currency> {
    text.split_whitespace()
        .find_map(amounts::currency_of)
        .and_then(Currency::parse)
}
