//! Rows of cells under headings, whatever they came from: a table of HTML, a CSV file, columns of a text or a page.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::super::super::field::Source;
use super::super::super::words::rows;
use super::super::amounts;
use super::Table;
use crate::basics::text::{fold, squash};
use crate::words;

/// Rows above the headings: head data of an export.
const MAX_ROWS_ABOVE: usize = 40;
/// Words of the longest heading; longer texts are sentences.
const MAX_HEADING_WORDS: usize = 6;

words! {
    /// What a column of a remittance holds.
    pub enum Role {
        /// The invoice, called so.
        Invoice = "invoice",
        /// The number the one who is paid gave his paper.
        Yours = "yours",
        /// Some paper or number, whose ever.
        Reference = "reference",
        /// The number the payer gave the paper in his books.
        Ours = "ours",
        /// A day.
        Date = "date",
        /// An amount, nothing more said.
        Amount = "amount",
        /// Net: of the discount, or of VAT.
        Net = "net",
        /// What was billed.
        Gross = "gross",
        /// What was paid.
        Paid = "paid",
        /// A discount taken.
        Discount = "discount",
        /// Something else that was taken off.
        Deduction = "deduction",
        /// VAT.
        Tax = "tax",
        /// What stays open.
        Open = "open",
        /// The currency.
        Currency = "currency",
        /// What kind of paper it is, or a text.
        Kind = "kind",
        /// Anything else.
        Unknown = "unknown",
    }
}

impl Role {
    /// A number of a paper.
    pub(super) fn is_number(self) -> bool {
        matches!(
            self,
            Self::Invoice | Self::Yours | Self::Reference | Self::Ours
        )
    }

    /// An amount that may be what was paid.
    pub(super) fn may_be_paid(self) -> bool {
        matches!(self, Self::Amount | Self::Net | Self::Gross | Self::Paid)
    }

    /// Any amount.
    pub(super) fn is_amount(self) -> bool {
        self.may_be_paid()
            || matches!(
                self,
                Self::Discount | Self::Deduction | Self::Tax | Self::Open
            )
    }
}

/// A table under its headings.
#[derive(Clone, PartialEq, Debug, Default)]
pub(super) struct Sheet {
    /// What each column holds.
    pub(super) roles: Vec<Role>,
    /// The words of the headings.
    pub(super) headings: String,
    /// What stands below them.
    pub(super) rows: Vec<SheetRow>,
}

/// One row of cells.
#[derive(Clone, PartialEq, Debug, Default)]
pub(super) struct SheetRow {
    /// As many as there are columns, or fewer.
    pub(super) cells: Vec<String>,
    /// All of it, folded.
    pub(super) folded: String,
    /// Where it stands.
    pub(super) source: Source,
}

/// Exact headings and words of headings with their roles, those of words by their order in the data. Any run of words of a
/// page may be a heading, so they are looked up.
#[derive(Default)]
struct Data {
    exact: HashMap<&'static str, Role>,
    words: HashMap<&'static str, Vec<(usize, Role)>>,
}

static COLUMNS: LazyLock<Data> = LazyLock::new(|| {
    let mut data = Data::default();
    for (order, (name, headings)) in rows(include_str!("columns.txt")).enumerate() {
        let word_of = name.strip_suffix(" with");
        let Some(role) = Role::parse(word_of.unwrap_or(name)) else {
            continue;
        };
        for heading in headings {
            if word_of.is_some() {
                data.words.entry(heading).or_default().push((order, role));
            } else {
                data.exact.entry(heading).or_insert(role);
            }
        }
    }
    data
});

/// What a column holds, by its heading.
pub(super) fn role_of(heading: &str) -> Role {
    let is_currency = |word: &&str| amounts::currency_of(word).is_some();
    let without = heading.split_whitespace().filter(|word| !is_currency(word));
    let words = without.map(fold).collect::<Vec<_>>();
    if words.is_empty() && !heading.trim().is_empty() {
        // A column headed `EUR` holds amounts.
        return Role::Amount;
    }
    let own = squash(&words.join(" "));
    let own = own
        .trim_end_matches("in")
        .trim_start_matches(|c: char| c.is_ascii_digit());
    if let Some(role) = COLUMNS.exact.get(own) {
        return *role;
    }
    if words.len() > MAX_HEADING_WORDS {
        return Role::Unknown;
    }
    let said = words
        .iter()
        .flat_map(|word| word.split(['/', '.', '(', ')', ':', '\'', '’', '-']))
        .chain(words.iter().map(String::as_str))
        .filter_map(|part| COLUMNS.words.get(part))
        .flatten()
        .collect::<Vec<_>>();
    let holds = |role: Role| said.iter().any(|(_, own)| *own == role);
    match said
        .iter()
        .min_by_key(|(order, _)| *order)
        .map(|(_, role)| *role)
    {
        // `Invoice amount` is what was billed.
        Some(Role::Amount) if holds(Role::Invoice) => Role::Gross,
        // `Our invoice` of a payer is the one he got.
        Some(Role::Ours) if holds(Role::Invoice) => Role::Invoice,
        Some(Role::Ours | Role::Yours) if !holds(Role::Reference) && !holds(Role::Invoice) => {
            Role::Unknown
        }
        Some(role) => role,
        None => Role::Unknown,
    }
}

/// These headings make a table of payments: a number and an amount.
pub(super) fn is_payment_head(roles: &[Role]) -> bool {
    roles.iter().any(|role| role.is_number()) && roles.iter().any(|role| role.may_be_paid())
}

/// How strongly the headings say that somebody paid: a statement of account has a column of what stays open.
pub(super) fn strength(sheet: &Sheet) -> i32 {
    let has = |role: Role| sheet.roles.contains(&role);
    let reduced = has(Role::Discount) || has(Role::Deduction);
    i32::from(has(Role::Paid)) * 3 + i32::from(reduced) - i32::from(has(Role::Open)) * 3
}

/// How many headings are known, less those that are not.
pub(super) fn clearness(roles: &[Role]) -> i32 {
    roles
        .iter()
        .map(|role| if *role == Role::Unknown { -1 } else { 2 })
        .sum()
}

/// The rows below the headings of a table: one row, or two that are read together.
pub(super) fn of_table(table: &Table) -> Option<Sheet> {
    let no_amount = |row: &[String]| !row.iter().any(|cell| amounts::has_cents(cell));
    let (head, roles) = (0..table.len().min(MAX_ROWS_ABOVE)).find_map(|index| {
        let row = table.get(index).filter(|row| no_amount(row))?;
        let one = row.iter().map(|cell| role_of(cell)).collect::<Vec<_>>();
        let next = table.get(index + 1).filter(|next| {
            no_amount(next)
                && !next
                    .iter()
                    .any(|c| c.contains(|c: char| c.is_ascii_digit()))
        });
        let two = next.map(|next| together(row, next)).unwrap_or_default();
        if is_payment_head(&two) && clearness(&two) > clearness(&one) {
            return Some((index + 1, two));
        }
        is_payment_head(&one).then_some((index, one))
    })?;
    let rows = table.iter().enumerate().skip(head + 1);
    let headings = table.iter().take(head + 1).flatten().cloned();
    Some(Sheet {
        roles,
        headings: headings.collect::<Vec<_>>().join(" "),
        rows: rows
            .map(|(index, cells)| SheetRow {
                folded: fold(&cells.join(" ")),
                cells: cells.clone(),
                source: Source::Line(u32::try_from(index + 1).unwrap_or(u32::MAX)),
            })
            .collect(),
    })
}

fn together(upper: &[String], lower: &[String]) -> Vec<Role> {
    let cell = |row: &[String], at: usize| row.get(at).cloned().unwrap_or_default();
    (0..upper.len().max(lower.len()))
        .map(|at| role_of(&format!("{} {}", cell(upper, at), cell(lower, at))))
        .collect()
}

/// Tables with the same headings are one table that was divided: by page, by company, by day.
pub(super) fn joined(sheets: Vec<Sheet>) -> Vec<Sheet> {
    let mut joined: Vec<Sheet> = Vec::new();
    for sheet in sheets {
        match joined.iter_mut().find(|own| own.roles == sheet.roles) {
            Some(own) => own.rows.extend(sheet.rows),
            None => joined.push(sheet),
        }
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_of_the_data_names_a_column_and_every_column_has_a_row() {
        for (name, _) in rows(include_str!("columns.txt")) {
            let role = name.strip_suffix(" with").unwrap_or(name);
            assert!(Role::parse(role).is_some(), "{name}");
        }
        for role in Role::ALL.iter().filter(|role| **role != Role::Unknown) {
            assert!(
                COLUMNS.exact.values().any(|own| own == role)
                    || COLUMNS.words.values().flatten().any(|(_, own)| own == role),
                "{role}"
            );
        }
    }

    #[test]
    fn headings_say_what_their_columns_hold() {
        let cases = [
            ("Invoice no.", Role::Invoice),
            ("Your invoice number", Role::Yours),
            ("N° de facture", Role::Invoice),
            ("N.º factura", Role::Invoice),
            ("Unsere Belegnr.", Role::Ours),
            ("Ihr Beleg", Role::Yours),
            ("Réf. fournisseur", Role::Yours),
            ("Belegdatum", Role::Date),
            ("Invoice date", Role::Date),
            ("Invoice amount", Role::Gross),
            ("Montant de la facture", Role::Gross),
            ("Betrag (EUR)", Role::Amount),
            ("Betrag in EUR", Role::Amount),
            ("Amount paid", Role::Paid),
            ("Discount amount", Role::Discount),
            ("Skonto", Role::Discount),
            ("Importo pagato", Role::Paid),
            ("Balance due", Role::Open),
            ("Quantity", Role::Unknown),
        ];
        for (heading, role) in cases {
            assert_eq!(role_of(heading), role, "{heading}");
        }
    }
}
