//! What a reminder says, before anybody chooses words for it.

use crate::basics::address::MailAddress;
use crate::basics::bank_account::{Bic, Iban};
use crate::basics::calendar::Date;
use crate::basics::money::Money;
use crate::domain::receivable::Tone;

/// Everything one reminder mail tells one customer. The letter adds words to it and nothing else.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ReminderFacts {
    /// Whom we write to.
    pub customer_name: String,
    /// The customer's number in our books.
    pub customer_number: String,
    /// Language of the mail, ISO 639-1: `en`, `de`; any other is written in English.
    pub language: String,
    /// How firmly it is said: that of the highest level among the invoices.
    pub tone: Tone,
    /// The invoices, the longest overdue first; never empty.
    pub invoices: Vec<RemindedInvoice>,
    /// What is open on them together, one amount per currency.
    pub totals: Vec<Money>,
    /// The day the balances are of.
    pub as_of: Date,
    /// Who writes.
    pub company_name: String,
    /// Where the money goes, whole: the customer copies it from here.
    pub account: Option<OurAccount>,
    /// Whom the customer asks; also where an answer goes.
    pub contact_mail: MailAddress,
    /// A person's name beside it, when one is configured.
    pub contact_name: Option<String>,
}

/// One invoice of a reminder.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RemindedInvoice {
    /// Our number.
    pub number: String,
    /// When it was issued.
    pub issue_date: Date,
    /// When it is due.
    pub due_date: Date,
    /// Days past the due date; negative before it, 0 on it.
    pub days_overdue: i32,
    /// What is still open on it.
    pub open: Money,
    /// What the customer should quote: the reference we issued, else the number.
    pub reference: String,
}

/// Our bank account as a customer needs it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OurAccount {
    /// Whose account it is.
    pub holder: String,
    /// Shown whole.
    pub iban: Iban,
    /// Shown when configured.
    pub bic: Option<Bic>,
}
