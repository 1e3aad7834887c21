//! `export`: the books for other programs.

use std::process::ExitCode;

use clap::{Subcommand, ValueEnum};

use super::desk::at_desk;
use super::report::day;
use super::{Context, print};
use crate::basics::calendar::Date;
use crate::formats::journal::{Entry, beancount, csv, hledger};
use crate::steps::journal::journal;

/// `export …`
#[derive(Subcommand)]
pub enum Export {
    /// The journal of double entry, on standard output
    Journal {
        /// For which program
        #[arg(long, value_enum)]
        format: JournalFormat,
        /// Its first day
        #[arg(long, value_name = "DATE", value_parser = day)]
        from: Option<Date>,
        /// Its last day
        #[arg(long, value_name = "DATE", value_parser = day)]
        to: Option<Date>,
    },
}

/// `--format`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum JournalFormat {
    /// beancount, versions 2 and 3
    Beancount,
    /// hledger
    Hledger,
    /// One row a posting
    Csv,
}

/// Does it.
///
/// # Errors
/// What the books met.
pub async fn export(context: &Context, command: Export) -> anyhow::Result<ExitCode> {
    let Export::Journal { format, from, to } = command;
    at_desk(context, async |desk| {
        let journal = journal(&desk.office).await?;
        for why in &journal.left_out {
            eprintln!("left out: {why}");
        }
        let in_time = |entry: &Entry| {
            from.is_none_or(|from| entry.date >= from) && to.is_none_or(|to| entry.date <= to)
        };
        let entries = journal.entries.into_iter().filter(in_time);
        let entries = entries.collect::<Vec<_>>();
        print(&match format {
            JournalFormat::Beancount => beancount(&entries),
            JournalFormat::Hledger => hledger(&entries),
            JournalFormat::Csv => csv(&entries)?,
        })?;
        // What is left out is missing in the totals: no program takes the file for whole unseen.
        Ok(match journal.left_out.is_empty() {
            true => ExitCode::SUCCESS,
            false => ExitCode::FAILURE,
        })
    })
    .await
}
