//! What time it is, by the database: no clock of a machine says when a lease ends. Milliseconds since 1970.

/// The expression of SQLite, for `concat!`.
macro_rules! sqlite_now {
    () => {
        "CAST(unixepoch('subsec') * 1000 AS INTEGER)"
    };
}

/// The expression of PostgreSQL; of the statement and not of its transaction, which may have waited.
macro_rules! postgres_now {
    () => {
        "CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)"
    };
}

/// One text for each database, with its clock in the place of each `now`: `clocked!(SQLITE, POSTGRES = "… ", now, " …");`
macro_rules! clocked {
    ($sqlite:ident, $postgres:ident = $($part:tt),+ $(,)?) => {
        pub(super) const $sqlite: &str = concat!($(clocked!(@sqlite $part)),+);
        pub(super) const $postgres: &str = concat!($(clocked!(@postgres $part)),+);
    };
    (@sqlite now) => { sqlite_now!() };
    (@postgres now) => { postgres_now!() };
    (@sqlite $text:literal) => { $text };
    (@postgres $text:literal) => { $text };
}

pub(super) use {clocked, postgres_now, sqlite_now};

use std::time::Duration;

use super::row::Cell;

/// A span of time as the clock above counts it.
pub(super) fn millis(span: Duration) -> Cell {
    i64::try_from(span.as_millis()).unwrap_or(i64::MAX).into()
}
