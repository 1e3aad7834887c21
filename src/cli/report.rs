//! `report`: figures of the books, each with its definition in docs/REPORTS.md.

use std::process::ExitCode;

use clap::{Args, Subcommand};

use super::Context;
use super::desk::{at_desk, one_of};
use super::output::Record;
use crate::basics::calendar::{Date, parse_iso_date};
use crate::domain::ageing::{Aged, BUCKETS, Basis, OpenItem, aged};
use crate::steps::ageing::{open_bills, open_invoices};

/// `report …`
#[derive(Subcommand)]
pub enum Report {
    /// What we owe, by supplier and age
    ApAgeing(AgeingArguments),
    /// What customers owe us, by customer and age
    ArAgeing(AgeingArguments),
}

/// Of which day and how.
#[derive(Args)]
pub struct AgeingArguments {
    /// As the books stood at the end of this day; today where it is left out
    #[arg(long, value_name = "DATE", value_parser = day)]
    as_of: Option<Date>,
    /// Which day an age is counted from
    #[arg(long, value_parser = one_of(Basis::ALL, Basis::as_str), default_value = Basis::Due.as_str())]
    by: Basis,
    /// Each open item instead of the sums, with what is to be done next
    #[arg(long)]
    items: bool,
    /// Prints a CSV file
    #[arg(long)]
    csv: bool,
}

pub(super) fn day(text: &str) -> Result<Date, &'static str> {
    parse_iso_date(text).ok_or("is no day: YYYY-MM-DD")
}

/// The buckets as columns.
const COLUMNS: [&str; BUCKETS] = [
    "not_due",
    "days_1_30",
    "days_31_60",
    "days_61_90",
    "days_over_90",
];

/// Does it.
///
/// # Errors
/// What the books met.
pub async fn report(context: &Context, command: Report) -> anyhow::Result<ExitCode> {
    at_desk(context, async |desk| {
        let (Report::ApAgeing(arguments) | Report::ArAgeing(arguments)) = &command;
        let as_of = arguments.as_of.unwrap_or_else(|| desk.office.today());
        let items = match command {
            Report::ApAgeing(_) => open_bills(&desk.office, as_of).await?,
            Report::ArAgeing(_) => open_invoices(&desk.office, as_of).await?,
        };
        let basis = arguments.by;
        let party = match command {
            Report::ApAgeing(_) => "supplier",
            Report::ArAgeing(_) => "customer",
        };
        let (rows, columns) = if arguments.items {
            let rows = items
                .iter()
                .map(|item| item_row(item, party, (basis, as_of)));
            let columns = vec![
                party,
                "name",
                "number",
                "state",
                "issued",
                "due",
                "days",
                "currency",
                "open",
                "owed",
                "next_action",
            ];
            (rows.collect::<Vec<_>>(), columns)
        } else {
            let rows = aged(&items, basis, as_of)?;
            let rows = rows.iter().map(|row| sums_row(row, party));
            let columns = [party, "name", "currency"]
                .into_iter()
                .chain(COLUMNS)
                .chain(["total"]);
            (rows.collect(), columns.collect())
        };
        match arguments.csv {
            true => desk.print.csv(&rows, &columns),
            false => desk.print.list(&rows, &columns),
        }
    })
    .await
}

fn sums_row(row: &Aged, party: &'static str) -> Record {
    let named = Record::new()
        .with(party, row.party.as_str())
        .with("name", row.name.as_str())
        .with("currency", row.total.currency().to_string());
    let buckets = COLUMNS.into_iter().zip(row.buckets);
    let with_buckets = buckets.fold(named, |row, (column, sum)| row.with(column, sum));
    with_buckets.with("total", row.total)
}

fn item_row(item: &OpenItem, party: &'static str, (basis, as_of): (Basis, Date)) -> Record {
    Record::new()
        .with(party, item.party.as_str())
        .with("name", item.name.as_str())
        .with("number", item.number.as_str())
        .with("state", item.state)
        .with("issued", item.issued)
        .with("due", item.due)
        .with("days", item.days(basis, as_of))
        .with(
            "currency",
            item.open.map(|open| open.currency().to_string()),
        )
        .with("open", item.open)
        .with("owed", item.is_owed)
        .with("next_action", item.next_action)
}
