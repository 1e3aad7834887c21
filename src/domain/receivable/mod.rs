//! Accounts receivable: what customers owe us. Balances are computed from entries, never stored.

pub mod customer;
pub mod invoice;
pub mod remittance;
pub mod cash_application;
pub mod reminder;

pub use cash_application::CashApplication;
pub use customer::Customer;
pub use invoice::CustomerInvoice;
pub use reminder::{Reminder, Tone};
pub use remittance::{Remittance, RemittanceEvent, RemittanceState};
