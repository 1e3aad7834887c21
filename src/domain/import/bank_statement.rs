//! `bank-statement.csv`.

use std::collections::{HashMap, HashSet};

use super::columns::shown;
use super::{Column, Imported, Sheet, Unsaid, needed, optional, sheet, statement};
use crate::basics::currency::Currency;
use crate::basics::ids::ContentHash;
use crate::basics::money::Money;
use crate::basics::text::{mask, one_line};
use crate::domain::audit::Subject;
use crate::domain::bank::{BankData, BankEntry, OwnAccount};
use crate::domain::payable::payment_run::report::run_of;
use crate::formats::csv_import::Mistake;

/// The columns.
pub const COLUMNS: &[Column] = &[
    needed(
        "entry_id",
        "The bank's reference of the line, unique for ever.",
    ),
    needed("booking_date", "YYYY-MM-DD."),
    needed(
        "amount",
        "Positive for money that came, negative for money that went.",
    ),
    needed("currency", "ISO 4217, such as EUR."),
    optional("value_date", "YYYY-MM-DD."),
    optional("counterparty_name", "Who paid or was paid."),
    optional(
        "charges",
        "What banks kept of it; `amount` is what was left.",
    ),
    optional("counterparty_iban", "Their account."),
    optional("remittance_information", "What the payer wrote."),
    optional(
        "end_to_end_id",
        "The EndToEndId of a transfer of ours, or the name of its batch or file where the bank booked it as one sum.",
    ),
];
/// The longest remittance information of any bank format we know; the rest of a longer one is not looked at.
const MAX_INFORMATION_CHARS: usize = 2_000;
/// Max35Text; a bank may write more around it.
const MAX_REFERENCE_CHARS: usize = 100;

/// Reads the file: a bank's own statement of one of our accounts, or a table.
///
/// # Errors
/// The file is neither, or a statement that nobody could take: of another account, or one that does not add up.
pub fn read(bytes: &[u8], ours: &[OwnAccount]) -> Result<Sheet<BankEntry>, Mistake> {
    if let Some(statement) = statement::read(bytes, ours) {
        return statement;
    }
    let read = sheet(bytes, COLUMNS, |row| {
        let entry_reference = row.required("entry_id");
        let booking_date = row.date("booking_date");
        let value_date = row.optional_date("value_date");
        let currency = row.currency("currency");
        let amount = row.amount("amount", currency.unwrap_or(Currency::EUR));
        let charges = row.optional_amount("charges", currency.unwrap_or(Currency::EUR));
        let text = |column| {
            one_line(
                row.optional(column).unwrap_or_default(),
                MAX_INFORMATION_CHARS,
            )
        };
        Some(BankEntry {
            charges,
            id: BankEntry::id_of(entry_reference.as_deref().unwrap_or_default()),
            value_date,
            counterparty_name: text("counterparty_name"),
            counterparty_iban: row.optional("counterparty_iban").map(str::to_owned),
            remittance_information: text("remittance_information"),
            end_to_end_id: row
                .optional("end_to_end_id")
                .map(|id| one_line(id, MAX_REFERENCE_CHARS)),
            version: 0,
            entry_reference: entry_reference?,
            booking_date: booking_date?,
            amount: amount?,
        })
    });
    read.map(|sheet: Sheet<BankEntry>| {
        let newest = sheet.rows.iter().map(|(_, row)| row.booking_date).max();
        let told = newest.map(BankData::of_table).into_iter().collect();
        Sheet { told, ..sheet }
    })
}

/// A bank's own statement names this entry as it named another booking before: banks write `NONREF`, or count from 1 in each statement.
/// Such a name with another day, payer or text is another booking. A reference that is one names the same booking whatever a later file
/// says of it.
pub fn is_another(known: &BankEntry, row: &BankEntry) -> bool {
    // Account, reference, perhaps a transaction's own id, amount.
    let names_nothing = row
        .entry_reference
        .split(' ')
        .nth(1)
        .is_some_and(says_nothing);
    let other_words = known.counterparty_name != row.counterparty_name
        || known.remittance_information != row.remittance_information;
    names_nothing && (known.booking_date != row.booking_date || other_words)
}

/// The names of rows that tell otherwise what the books have: one file splits a booking into its transactions (camt.054) that another books
/// as one sum (camt.053, MT940), under one reference of the bank. Only where one side is the whole, the other its parts, and their sums
/// are alike.
pub fn told_otherwise(known: &[BankEntry], rows: &[&BankEntry]) -> HashSet<String> {
    let mut both = HashMap::<String, [Told; 2]>::new();
    for (side, entries) in [known.iter().collect::<Vec<_>>(), rows.to_vec()]
        .iter()
        .enumerate()
    {
        for entry in entries {
            let Some((booking, is_part)) = booking_of(&entry.entry_reference) else {
                continue;
            };
            let told = both.entry(booking).or_default();
            if let Some(told) = told.get_mut(side) {
                told.add(entry, is_part);
            }
        }
    }
    let alike = both
        .into_values()
        .filter(|[known, new]| known.is_same_as(new));
    alike.flat_map(|[_, new]| new.names).collect()
}

/// What one side tells of a booking.
#[derive(Default)]
struct Told {
    names: Vec<String>,
    amounts: Vec<Money>,
    parts: usize,
}

impl Told {
    fn add(&mut self, entry: &BankEntry, is_part: bool) {
        self.names.push(entry.entry_reference.clone());
        self.amounts.push(entry.amount);
        self.parts += usize::from(is_part);
    }

    fn is_whole(&self) -> bool {
        self.parts == 0 && self.amounts.len() == 1
    }

    fn is_parts(&self) -> bool {
        self.parts == self.amounts.len() && self.parts > 0
    }

    fn is_same_as(&self, other: &Self) -> bool {
        let fits = (self.is_whole() && other.is_parts()) || (self.is_parts() && other.is_whole());
        let sum = |told: &Self| Money::sum(told.amounts.iter().copied());
        fits && sum(self).is_some() && sum(self) == sum(other)
    }
}

/// Account and the bank's reference, and whether a transaction of its own is named behind them; nothing where the name has other words or
/// its reference says nothing.
fn booking_of(entry_reference: &str) -> Option<(String, bool)> {
    let words = entry_reference.split(' ').collect::<Vec<_>>();
    let (account, reference, is_part) = match words.as_slice() {
        [account, reference, _amount] => (account, reference, false),
        [account, reference, _transaction, _amount] => (account, reference, true),
        _ => return None,
    };
    (!says_nothing(reference)).then(|| (format!("{account} {reference}"), is_part))
}

fn says_nothing(reference: &str) -> bool {
    let counts = reference.len() <= MOST_COUNTED && reference.bytes().all(|b| b.is_ascii_digit());
    counts || NO_REFERENCE.contains(&reference.to_ascii_uppercase().as_str())
}

/// The entry under a name of its own, by its day and what it says.
pub fn renamed(row: BankEntry) -> BankEntry {
    let said = [&row.counterparty_name, &row.remittance_information];
    let hash = ContentHash::of(said.map(String::as_str).join("\n").as_bytes()).to_string();
    let own = hash.get(..OWN_DIGITS).unwrap_or_default();
    let entry_reference = format!("{} {} {own}", row.entry_reference, row.booking_date);
    BankEntry {
        id: BankEntry::id_of(&entry_reference),
        entry_reference,
        ..row
    }
}

/// The file is a bank's own statement and no table.
pub fn is_of_bank(bytes: &[u8]) -> bool {
    statement::is_statement(bytes)
}

/// What banks write where they have no reference.
const NO_REFERENCE: [&str; 3] = ["NONREF", "NOTPROVIDED", "NONE"];
/// Longer figures are no number within a statement.
const MOST_COUNTED: usize = 4;
const OWN_DIGITS: usize = 8;

/// What the bank reported cannot change its amount once some of it is applied, nor at all where it names a transfer of ours.
///
/// # Errors
/// Names the column that must not change.
pub fn over(
    known: &BankEntry,
    row: BankEntry,
    applied: Option<Money>,
) -> Result<BankEntry, (&'static str, String)> {
    // What names a transfer of ours has settled it or brought it back, or asks a person.
    let is_ours = known.end_to_end_id.as_deref().and_then(run_of).is_some();
    let same = known.amount == row.amount
        && known.booking_date == row.booking_date
        && known.end_to_end_id == row.end_to_end_id;
    if is_ours && !same {
        return Err((
            "entry_id",
            format!(
                "the entry of {} over {} names a transfer of ours and cannot become one of {} over {}",
                known.booking_date, known.amount, row.booking_date, row.amount
            ),
        ));
    }
    match applied.filter(|money| !money.is_zero()) {
        Some(applied) if known.amount != row.amount => Err((
            "amount",
            format!(
                "{} cannot become {}: {applied} of it is applied already",
                known.amount, row.amount
            ),
        )),
        Some(_) | None => Ok(row),
    }
}

impl Imported for BankEntry {
    const NOUN: &'static str = "bank entry";
    const KEY: &'static str = "entry_id";

    fn key(&self) -> String {
        self.entry_reference.clone()
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

    /// A line of a statement is as the bank wrote it.
    fn keeping(self, _known: &Self, _unsaid: &Unsaid) -> Self {
        self
    }

    fn facts(&self) -> Vec<(&'static str, String)> {
        let iban = self.counterparty_iban.as_deref().map(mask);
        vec![
            ("entry_id", self.entry_reference.clone()),
            ("booking_date", self.booking_date.to_string()),
            ("value_date", shown(self.value_date.as_ref())),
            ("amount", self.amount.to_string()),
            ("counterparty_name", self.counterparty_name.clone()),
            ("counterparty_iban", iban.unwrap_or_default()),
            (
                "end_to_end_id",
                self.end_to_end_id.clone().unwrap_or_default(),
            ),
            (
                "remittance_information",
                self.remittance_information.clone(),
            ),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::basics::calendar::date;

    fn entry(name: &str, minor: i64) -> BankEntry {
        BankEntry {
            id: BankEntry::id_of(name),
            entry_reference: name.to_owned(),
            booking_date: date(2026, 11, 20),
            value_date: None,
            amount: Money::from_minor(minor, Currency::EUR),
            counterparty_name: String::new(),
            counterparty_iban: None,
            remittance_information: String::new(),
            end_to_end_id: None,
            charges: None,
            version: 1,
        }
    }

    fn skipped(known: &[BankEntry], rows: &[BankEntry]) -> usize {
        told_otherwise(known, &rows.iter().collect::<Vec<_>>()).len()
    }

    #[test]
    fn the_whole_of_what_came_in_parts_and_the_parts_of_a_whole_are_told_before() {
        let parts = [
            entry("DE1 ABC-7 T1 74900", 74_900),
            entry("DE1 ABC-7 T2 32100", 32_100),
        ];
        let whole = [entry("DE1 ABC-7 107000", 107_000)];
        assert_eq!(skipped(&parts, &whole), 1);
        assert_eq!(skipped(&whole, &parts), 2);
        let one = [entry("DE1 B-4711 TX-1 100000", 100_000)];
        assert_eq!(skipped(&one, &[entry("DE1 B-4711 100000", 100_000)]), 1);
    }

    #[test]
    fn other_bookings_are_never_taken_for_told() {
        let parts = [
            entry("DE1 ABC-7 T1 74900", 74_900),
            entry("DE1 ABC-7 T2 32100", 32_100),
        ];
        for row in [
            entry("DE1 ABC-7 100000", 100_000),
            entry("DE2 ABC-7 107000", 107_000),
            entry("DE1 ABC-8 107000", 107_000),
            entry("DE1 ABC-7 T3 107000", 107_000),
        ] {
            assert_eq!(skipped(&parts, &[row]), 0);
        }
        // References that name nothing, and the same words as parts on both sides.
        let nameless = [entry("DE1 NONREF T1 500", 500)];
        assert_eq!(skipped(&nameless, &[entry("DE1 NONREF 500", 500)]), 0);
        let worded = [entry("DE1 REF 123 500", 500)];
        assert_eq!(skipped(&worded, &[entry("DE1 REF 456 500", 500)]), 0);
    }
}
