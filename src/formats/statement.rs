//! A bank's statement of an account, whatever format it came in.

use rust_decimal::Decimal;

use crate::basics::calendar::Date;

/// More entries than any bank puts into one file.
pub const MAX_ENTRIES: usize = 100_000;

/// Longer texts are cut.
pub(super) const MAX_TEXT_CHARS: usize = 2_000;

/// One account over one time.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Statement {
    /// IBAN, or whatever the bank names the account by; without blanks.
    pub account: String,
    /// The bank's number of the statement.
    pub number: Option<String>,
    /// ISO 4217, as written.
    pub currency: Option<String>,
    /// What stood on the account before the first entry; negative for a debt.
    pub opening: Option<Decimal>,
    /// What stands on it after the last one.
    pub closing: Option<Decimal>,
    /// The day whose end it tells, where the file says so.
    pub as_of: Option<Date>,
    /// What was booked, in the order of the file.
    pub entries: Vec<StatementEntry>,
    /// Told before the day is closed: what stands in it may be taken back, and settles nothing.
    pub is_interim: bool,
    /// Entries that are announced and not booked, which were left out.
    pub pending: usize,
}

/// One movement.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct StatementEntry {
    /// Where it stands in the file: the number of the entry, counted from 1.
    pub place: u64,
    /// When the bank booked it.
    pub booking_date: Option<Date>,
    /// When it counts.
    pub value_date: Option<Date>,
    /// Positive for what came, negative for what went.
    pub amount: Decimal,
    /// ISO 4217, as written; none where the account's is meant.
    pub currency: Option<String>,
    /// What banks kept of it, and in which currency (ISO 4217, as written), where the bank says so.
    pub charges: Option<(Decimal, String)>,
    /// The bank's reference of the entry.
    pub bank_reference: Option<String>,
    /// The transaction's own id, where one entry has several.
    pub transaction_id: Option<String>,
    /// EndToEndId, or the name of the batch or file that was booked as one sum.
    pub end_to_end_id: Option<String>,
    /// Who sent or got it.
    pub counterparty_name: Option<String>,
    /// Their account.
    pub counterparty_account: Option<String>,
    /// What the payer wrote, with structured references.
    pub remittance_information: String,
}

/// The sum of what was booked; `None` past what a decimal holds.
pub fn booked(entries: &[StatementEntry]) -> Option<Decimal> {
    entries
        .iter()
        .try_fold(Decimal::ZERO, |sum, entry| sum.checked_add(entry.amount))
}

/// A text of the bank, not longer than is kept.
pub(super) fn shortened(text: &str) -> String {
    text.chars().take(MAX_TEXT_CHARS).collect()
}

/// An account as its bank names it, without blanks and not longer than is kept.
pub(super) fn without_blanks(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_whitespace())
        .take(MAX_TEXT_CHARS)
        .collect()
}
