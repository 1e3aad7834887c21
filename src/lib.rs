//! Countinghouse works a company's finance mailboxes. The modules in reading order:

/// The words everyone uses: money, dates, identifiers, addresses.
pub mod basics;
/// Other people's formats: bytes to plain structs and back.
pub mod formats;
/// Decides. Pure.
pub mod domain;
/// One TOML file: every problem reported at once, secrets named but never in it.
#[cfg(feature = "daemon")]
pub mod config;
/// The doors to the world.
#[cfg(feature = "daemon")]
pub mod io;
/// Joins them: load, decide, commit.
#[cfg(feature = "daemon")]
pub mod steps;
/// Opens the office: folders, books, keys, rules, the way out.
#[cfg(feature = "daemon")]
pub mod setup;
/// Takes due jobs and does them.
#[cfg(feature = "daemon")]
pub mod worker;
/// A look at what is stored, and the jobs it calls for.
#[cfg(feature = "daemon")]
pub mod sweeps;
/// One mailbox, watched: look, wait, look again.
#[cfg(feature = "daemon")]
pub mod watch;
/// One of several daemons on the same books.
#[cfg(feature = "daemon")]
pub mod replica;
/// What a monitoring system is told.
#[cfg(feature = "daemon")]
pub mod monitor;
/// One task a mailbox, the worker, the sweeps.
#[cfg(feature = "daemon")]
pub mod daemon;
/// The command line: one file per command.
#[cfg(feature = "daemon")]
pub mod cli;
