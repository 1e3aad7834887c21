//! `export`: the books for other programs.

use std::process::ExitCode;

use anyhow::bail;
use clap::{Subcommand, ValueEnum};

use super::desk::at_desk;
use super::output::Record;
use super::report::day;
use super::{Context, print};
use crate::basics::calendar::Date;
use crate::formats::journal::{Entry, beancount, csv, hledger};
use crate::steps::journal::journal;

/// `export …`
#[derive(Subcommand)]
pub enum Export {
    /// The journal of double entry, on standard output; with --json a posting a line
    Journal {
        /// For which program
        #[arg(long, value_enum, required_unless_present = "json")]
        format: Option<JournalFormat>,
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
    if let (Some(from), Some(to)) = (from, to)
        && from > to
    {
        bail!("--from {from} is after --to {to}: there is no day between them");
    }
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
        match format.filter(|_| !context.json) {
            Some(JournalFormat::Beancount) => print(&beancount(&entries)),
            Some(JournalFormat::Hledger) => print(&hledger(&entries)),
            Some(JournalFormat::Csv) => print(&csv(&entries)?),
            None => {
                let postings = entries.iter().flat_map(postings).collect::<Vec<_>>();
                desk.print.list(&postings, &[])
            }
        }?;
        // What is left out is missing in the totals: no program takes the file for whole unseen.
        Ok(match journal.left_out.is_empty() {
            true => ExitCode::SUCCESS,
            false => ExitCode::FAILURE,
        })
    })
    .await
}

/// With the names of the columns of the CSV file.
fn postings(entry: &Entry) -> impl Iterator<Item = Record> + '_ {
    entry.postings.iter().map(|posting| {
        Record::new()
            .with("date", entry.date.to_string())
            .with("reference", entry.reference.clone())
            .with("party", entry.party.clone())
            .with("text", entry.text.clone())
            .with("account", posting.account.to_string())
            .with("amount", posting.amount)
            .with("currency", posting.amount.currency().to_string())
    })
}
