//! `migrate`: brings the books up to date with this program.

use std::process::ExitCode;

use jiff::tz::TimeZone;

use super::Context;
use super::output::{Printer, Record};
use crate::io::store::Store;
use crate::setup;

/// Does it; nothing to do is well too.
///
/// # Errors
/// What the database met.
pub async fn migrate(context: &Context) -> anyhow::Result<ExitCode> {
    let config = context.config()?;
    let done = Store::migrate(&setup::store_config(&config)?).await?;
    let print = Printer {
        json: context.json,
        zone: TimeZone::UTC,
    };
    print.page(&Record::new().with("migrations_run", done))
}
