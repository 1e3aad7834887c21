//! A remittance advice: numbers of invoices with what was paid on them, and the total they make. From sentences and lists, from
//! columns of a text or a page, from tables of HTML and CSV.

mod cells;
mod details;
mod grid;
mod over_lines;
mod pieces;
mod heads;
mod rows;
mod numbers;
mod prose;
pub mod says;
mod settle;
pub mod sheet;

use rust_decimal::Decimal;

use super::super::RemittanceLine;
use super::super::field::{Fields, Source};
use super::super::identity::KnownParty;
use super::super::layout::Layout;
use super::amounts;
use crate::basics::currency::Currency;
use crate::formats::issue::Issue;

pub use says::{is_headed_as_bill, is_named_remittance};

/// A table of cells, row by row.
pub type Table = Vec<Vec<String>>;

/// What a remittance says.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Advice {
    /// Its lines.
    pub payments: Vec<RemittanceLine>,
    /// Payer, total, currency, date, reference.
    pub fields: Fields,
    /// What was odd.
    pub issues: Vec<Issue>,
    /// Why a person has to look before anything is done with it.
    pub doubt: Option<String>,
}

/// A line before the currency is known.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct Row {
    number: String,
    paid: Decimal,
    discount: Option<Decimal>,
    currency: Option<Currency>,
}

/// A total as stated, and the column of the table it stands in.
#[derive(Clone, PartialEq, Debug)]
struct Stated {
    value: Decimal,
    source: Source,
    column: Option<usize>,
}

/// What was found, before it is weighed.
#[derive(Clone, PartialEq, Debug, Default)]
struct Draft {
    rows: Vec<Row>,
    /// Numbers of invoices of which no amount is said.
    unpriced: Vec<String>,
    /// Every stated total, the likeliest first.
    totals: Vec<Stated>,
    /// Amounts with their words that belong to no invoice.
    deductions: Vec<(String, Decimal)>,
    currency: Option<Currency>,
}

impl Draft {
    fn sum(&self) -> Decimal {
        let paid = self.rows.iter().map(|row| row.paid);
        paid.fold(Decimal::ZERO, |sum, value| sum.saturating_add(value))
    }

    /// Its lines name several currencies: nothing can be added up.
    fn is_mixed(&self) -> bool {
        let mut named = self.rows.iter().filter_map(|row| row.currency);
        let first = named.next();
        named.any(|other| Some(other) != first)
    }

    /// The lines make a stated total.
    fn closes(&self) -> bool {
        let sum = self.sum();
        !self.rows.is_empty()
            && !self.is_mixed()
            && self.totals.iter().any(|stated| stated.value == sum)
    }
}

/// What a document says of itself besides its text.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Hints {
    /// Its heading, the subject of its mail or the name of its file calls it a remittance.
    pub is_named: bool,
    /// It looks like a bill, too: words of payment alone prove nothing then, a bill has them beside its slip.
    pub is_like_bill: bool,
    /// It came to the mailbox for customers: a table of numbers and amounts is enough.
    pub is_from_customer: bool,
}

/// A mail body that is worth being a document: it or its subject speaks of a payment, and it lists at least one invoice.
pub fn looks_like_remittance(subject: &str, text: &str) -> bool {
    let hints = Hints {
        is_named: is_named_remittance(subject),
        ..Hints::default()
    };
    let draft = drafted(&[], &Layout::of_text(text), hints);
    draft.is_some_and(|draft| !draft.rows.is_empty() || !draft.unpriced.is_empty())
}

/// One of the tables has a column of numbers and one of amounts, with rows below.
pub fn has_payment_table(tables: &[Table]) -> bool {
    let mut sheets = tables.iter().filter_map(sheet::of_table);
    sheets.any(|sheet| cells::read(&sheet, &[]).is_some())
}

/// A text or pages, and the tables of an HTML body or a CSV file, as a remittance; `None` when nothing says that it is one.
/// `assumed` is the currency of amounts that name none.
pub fn read(
    tables: &[Table],
    layout: &Layout,
    hints: Hints,
    assumed: Currency,
    known: &[KnownParty],
) -> Option<Advice> {
    let draft = drafted(tables, layout, hints)?;
    Some(settle::finish(&draft, layout, assumed, known))
}

/// Tables first, then columns of the text, then its sentences: the first whose lines make a stated total, else the first with
/// lines.
fn drafted(tables: &[Table], layout: &Layout, hints: Hints) -> Option<Draft> {
    let amounts = amounts::find(layout);
    let mut sheets = sheet::joined(tables.iter().filter_map(sheet::of_table).collect());
    sheets.extend(grid::sheets(layout, &amounts));
    let is_named = hints.is_named || says::is_headed(layout);
    let said = if hints.is_like_bill && !is_named {
        0
    } else {
        says::strength(&layout.plain(), is_named)
    };
    let by_columns = sheets.iter().map(sheet::strength).max().unwrap_or(0);
    let is_table = hints.is_from_customer && !sheets.is_empty();
    if said + by_columns < says::SPOKEN && !is_table {
        return None;
    }
    let totals = prose::totals(layout, &amounts);
    let elsewhere = totals.iter().map(|(_, stated)| stated.clone());
    let elsewhere = elsewhere.collect::<Vec<_>>();
    let currency = prose::currency(layout);
    let mut drafts = sheets
        .iter()
        .filter_map(|sheet| cells::read(sheet, &elsewhere))
        .collect::<Vec<_>>();
    for draft in &mut drafts {
        draft.totals.extend(elsewhere.iter().cloned());
    }
    let (mut said, of_invoices) = prose::read(layout, &amounts);
    let in_all = totals
        .into_iter()
        .filter(|(spot, _)| !of_invoices.contains(spot));
    said.totals.extend(in_all.map(|(_, stated)| stated));
    drafts.push(said);
    for draft in &mut drafts {
        draft.currency = draft.currency.or(currency);
    }
    let best = drafts.iter().position(Draft::closes);
    let best = best.or(drafts.iter().position(|draft| !draft.rows.is_empty()));
    let best = best.unwrap_or(drafts.len().saturating_sub(1));
    drafts.into_iter().nth(best)
}

#[cfg(test)]
mod tests;
