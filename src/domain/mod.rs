//! Decides. Pure: no async, no I/O, no clock, no randomness. Now, today, ids and keys are arguments.

pub mod audit;
pub mod evidence;
pub mod exception;
pub mod job;
pub mod health;
pub mod message;
pub mod document;
pub mod approval;
pub mod payable;
pub mod receivable;
pub mod bank;
pub mod outbound;
pub mod import;
pub mod ageing;
pub mod ledger;
pub mod measures;
pub mod change;
