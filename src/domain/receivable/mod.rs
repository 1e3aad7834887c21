//! Accounts receivable: what customers owe us. Balances are computed from entries, never stored.

pub mod customer;
pub mod payer;
pub mod invoice;
pub mod matching;
pub mod remittance;
pub mod remittance_draft;
pub mod remittance_repeat;
pub mod cash_application;
pub mod deduction;
pub mod cash_decision;
pub mod unapplied_cash;
pub mod reminder;
pub mod reminder_ladder;
pub mod final_notice;
pub mod pause;
pub mod promise;
pub mod unanswered;
pub mod customer_reply;
pub mod dispute;
#[cfg(test)]
pub(crate) mod samples;

pub use cash_application::CashApplication;
pub use customer::Customer;
pub use deduction::Deduction;
pub use invoice::{CustomerInvoice, EarlyDiscount, FileDispute, OpenInvoice};
pub use reminder::{Reminder, Tone};
pub use remittance::{Remittance, RemittanceEvent, RemittanceState};
