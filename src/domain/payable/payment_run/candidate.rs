//! A planned payment before a run, in it, or left out of it, and what a run keeps to.

use rust_decimal::Decimal;

use crate::basics::bank_account::Iban;
use crate::basics::calendar::Date;
use crate::basics::currency::Currency;
use crate::basics::money::Money;
use crate::domain::payable::discount::CashDiscount;
use crate::domain::payable::{Bill, Payment, Supplier};
use crate::words;

words! {
    /// Why a planned payment is not in the run.
    pub enum SkipReason {
        /// It is early enough with a later run.
        NotYetDue = "not_yet_due",
        /// Too little would stay on the account.
        CashFloor = "cash_floor",
        /// Nobody has confirmed that the account is the supplier's.
        BankUnverified = "bank_unverified",
        /// The bank refused a payment to the account, and nobody has decided yet.
        BankRefused = "bank_refused",
        /// The supplier collects it.
        DirectDebit = "direct_debit",
        /// No account is printed on the bill, or none that a SEPA transfer reaches.
        NoAccount = "no_account",
        /// Its bill is held, asked about or decided otherwise since it was planned.
        NotReady = "not_ready",
        /// Another run has it.
        InRun = "in_run",
        /// It is in another currency than the account.
        OtherCurrency = "other_currency",
        /// Smaller than what is worth a transfer.
        BelowMinimum = "below_minimum",
        /// The run would become larger than allowed.
        RunLimit = "run_limit",
        /// The supplier would get more in one run than allowed.
        SupplierLimit = "supplier_limit",
        /// The supplier owes us as much or more: credit notes are set off first.
        CreditExceeds = "credit_exceeds",
    }
}

words! {
    /// Why a payment is in the run.
    pub enum PayReason {
        /// Its due day has passed.
        Overdue = "overdue",
        /// The configuration wants this supplier paid whatever stays on the account.
        MustPay = "must_pay",
        /// With the next run it would be late.
        Due = "due",
        /// Paying early earns more than the money costs.
        Discount = "discount",
        /// A credit note that is set off.
        Credit = "credit",
    }
}

/// What a run keeps to; from the configuration.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RunPolicy {
    /// The currency of the account and of all amounts here.
    pub currency: Currency,
    /// Smaller payments wait for others to the same supplier.
    pub minimum: Money,
    /// A discount is taken when it earns more than this a year, in percent.
    pub hurdle_percent: Decimal,
    /// So many days pass until the next run.
    pub next_run_days: u16,
    /// So many days are looked ahead for the floor.
    pub horizon_days: u16,
    /// The largest run.
    pub run_limit: Option<Money>,
    /// The most for one supplier in a run.
    pub supplier_limit: Option<Money>,
    /// Numbers of suppliers who are paid whatever stays on the account.
    pub must_pay: Vec<String>,
}

/// A planned payment with what decides about it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Candidate {
    /// The payment.
    pub payment: Payment,
    /// Its bill.
    pub bill: Bill,
    /// Who is paid.
    pub supplier: Option<Supplier>,
    /// What its terms offer for paying early.
    pub discount: Option<CashDiscount>,
    /// Why the bank does not pay to the account on the bill.
    pub bank_refused: Option<String>,
    /// Another run that is not withdrawn has it.
    pub in_run: bool,
}

/// A payment of the run.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Chosen {
    /// Which.
    pub candidate: Candidate,
    /// Why.
    pub why: PayReason,
    /// The account that is paid; of a credit note the one it is set off against is used.
    pub iban: Option<Iban>,
    /// What is paid, discount taken off; negative for a credit note.
    pub amount: Money,
    /// What was taken off.
    pub discount: Option<Money>,
    /// The day the bank takes it from our account.
    pub execution_date: Date,
}

/// A payment that is not in the run.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Skipped {
    /// Which.
    pub candidate: Candidate,
    /// Why.
    pub why: SkipReason,
    /// For whoever asks: what was seen, what to do.
    pub words: String,
}

/// What a run would hold, and what not.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Selection {
    /// In the order of choosing.
    pub chosen: Vec<Chosen>,
    /// With their reasons.
    pub skipped: Vec<Skipped>,
}
