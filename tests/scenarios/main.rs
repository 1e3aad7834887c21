//! The users' stories on real servers, which `tests/run` starts.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on has failed, and its line says where"
)]

#[path = "../dice/mod.rs"]
mod dice;
mod office;
mod imap;
mod smtp;
mod oauth;
mod orders;
mod supplier_accounts;
mod told;
mod approvals;
mod refusals;
mod holds;
mod customers_money;
mod cash;
mod deductions;
mod customer_replies;
mod reminder_gate;
mod reminders;
mod arrivals;
mod watching;
mod folders;
mod no_dns;
mod senders;
mod crash;
mod replicas;
#[cfg(feature = "object-store")]
mod buckets;
mod moving;
mod upgrades;
mod pace;
mod payments;
