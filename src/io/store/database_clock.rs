//! What time it is, by the database: no clock of a machine says when a lease ends. Milliseconds since 1970.

/// One text for each database: `clocked!(SQLITE, POSTGRES = "… ", now, " …");`. Where `now` stands comes its clock, on PostgreSQL
/// that of the statement and not of its transaction, which may have waited; where `skip_locked` stands, what keeps claims of
/// several daemons apart there.
macro_rules! clocked {
    ($sqlite:ident, $postgres:ident = $($part:tt),+ $(,)?) => {
        pub(super) const $sqlite: &str = concat!($(clocked!(@sqlite $part)),+);
        pub(super) const $postgres: &str = concat!($(clocked!(@postgres $part)),+);
    };
    (@sqlite now) => { "CAST(unixepoch('subsec') * 1000 AS INTEGER)" };
    (@postgres now) => { "CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)" };
    (@sqlite skip_locked) => { "" };
    (@postgres skip_locked) => { "FOR UPDATE OF j SKIP LOCKED" };
    (@sqlite $text:literal) => { $text };
    (@postgres $text:literal) => { $text };
}

pub(super) use clocked;

use std::time::Duration;

use super::row::Cell;

/// A span of time as the clock above counts it.
pub(super) fn millis(span: Duration) -> Cell {
    i64::try_from(span.as_millis()).unwrap_or(i64::MAX).into()
}
