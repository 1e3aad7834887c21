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
