//! `migrate`: brings the books up to date with this program.

use std::process::ExitCode;

use clap::Args;
use jiff::tz::TimeZone;

use super::Context;
use super::output::{Printer, Record};
use crate::io::store::{Store, Waiting};
use crate::setup;

/// `migrate …`
#[derive(Args)]
pub struct MigrateArguments {
    /// Only tells which migrations wait, what they do and whether daemons may work meanwhile; exit code 3 when some wait
    #[arg(long)]
    plan: bool,
}

/// Does it; nothing to do is well too.
///
/// # Errors
/// What the database met.
pub async fn migrate(context: &Context, arguments: MigrateArguments) -> anyhow::Result<ExitCode> {
    let config = setup::store_config(&context.config()?)?;
    let print = Printer {
        json: context.json,
        zone: TimeZone::UTC,
    };
    if arguments.plan {
        return plan(&print, &Store::waiting_migrations(&config).await?);
    }
    let done = Store::migrate(&config).await?;
    print.page(&Record::new().with("migrations_run", done))
}

fn plan(print: &Printer, waiting: &[Waiting]) -> anyhow::Result<ExitCode> {
    let row = |one: &Waiting| {
        Record::new()
            .with("migration", one.version)
            .with("name", one.name.as_str())
            .with("while_daemons_work", one.while_working)
            .with("changes", one.changes.clone())
    };
    let columns = ["migration", "name", "while_daemons_work", "changes"];
    print.list(&waiting.iter().map(row).collect::<Vec<_>>(), &columns)?;
    Ok(if waiting.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(3)
    })
}
