//! `bank-statement.csv`.

use super::columns::shown;
use super::{Column, Imported, Sheet, Unsaid, needed, optional, sheet, statement};
use crate::basics::currency::Currency;
use crate::basics::ids::ContentHash;
use crate::basics::money::Money;
use crate::basics::text::{mask, one_line};
use crate::domain::audit::Subject;
use crate::domain::bank::{BankEntry, OwnAccount};
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
    sheet(bytes, COLUMNS, |row| {
        let entry_reference = row.required("entry_id");
        let booking_date = row.date("booking_date");
        let value_date = row.optional_date("value_date");
        let currency = row.currency("currency");
        let amount = row.amount("amount", currency.unwrap_or(Currency::EUR));
        let text = |column| {
            one_line(
                row.optional(column).unwrap_or_default(),
                MAX_INFORMATION_CHARS,
            )
        };
        Some(BankEntry {
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
    })
}

/// A bank's own statement names this entry as it named another booking before: banks write `NONREF`, or count from 1 in each statement.
/// Such a name with another day, payer or text is another booking. A reference that is one names the same booking whatever a later file
/// says of it.
pub fn is_another(known: &BankEntry, row: &BankEntry) -> bool {
    let says_nothing = |word: &str| {
        let counts = word.len() <= MOST_COUNTED && word.bytes().all(|byte| byte.is_ascii_digit());
        counts || NO_REFERENCE.contains(&word.to_ascii_uppercase().as_str())
    };
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
