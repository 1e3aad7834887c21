//! Bills on their way through review, approval by mail and the plan of payment, told on a real store and vault.

pub(crate) mod world;
mod tests;
mod payment_runs;
mod bank_files;
mod delegates;
mod silent;
mod orders;
mod ageing;
mod told;
mod supplier_accounts;
