//! `report`: figures of the books, each with its definition in docs/REPORTS.md.

mod measures;

use std::process::ExitCode;

use clap::{Args, Subcommand};

use super::Context;
use super::desk::{Desk, at_desk, one_of};
use super::output::Record;
use crate::basics::calendar::{Date, parse_iso_date};
use crate::domain::ageing::{Aged, BUCKETS, Basis, OpenItem, aged};
use crate::domain::ledger::roll_forward::{Movement, OpenAccount, RollForward};
use crate::steps::ageing::{open_bills, open_invoices};
use crate::steps::roll_forward::rolled;
use measures::{DsoArguments, MonthsArguments};

/// `report …`
#[derive(Subcommand)]
pub enum Report {
    /// What we owe, by supplier and age
    ApAgeing(AgeingArguments),
    /// What customers owe us, by customer and age
    ArAgeing(AgeingArguments),
    /// What we owed, what came and went, what we owe, and whether the open items say the same
    ApRollforward(RollForwardArguments),
    /// The same of what customers owe us
    ArRollforward(RollForwardArguments),
    /// Days sales outstanding, what is overdue, and how well it is collected
    Dso(DsoArguments),
    /// Bills approved in each month, and those in which nobody changed a field
    Touchless(MonthsArguments),
    /// Bills reviewed in each month, and those which their first review let pass
    FirstTimeRight(MonthsArguments),
    /// How long approvals took in each month
    CycleTime(MonthsArguments),
    /// Payments in each month, and those which the bank booked by their due date
    OnTime(MonthsArguments),
    /// Discounts offered by the bills paid in each month, and taken
    Discounts(MonthsArguments),
    /// Duplicate bills stopped in each month, and what they came to
    Duplicates(MonthsArguments),
    /// What people were asked, by reason
    Exceptions(MonthsArguments),
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
    #[arg(long, conflicts_with = "json")]
    csv: bool,
}

/// From when to when.
#[derive(Args)]
pub struct RollForwardArguments {
    /// The first day; the first of the month of the last one where it is left out
    #[arg(long, value_name = "DATE", value_parser = day)]
    from: Option<Date>,
    /// The last day; today, with all that is in the books by now, where it is left out
    #[arg(long, value_name = "DATE", value_parser = day)]
    as_of: Option<Date>,
    /// Prints a CSV file
    #[arg(long, conflicts_with = "json")]
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
    at_desk(context, async |desk| match command {
        Report::ApAgeing(arguments) => {
            let as_of = arguments.as_of.unwrap_or_else(|| desk.office.today());
            let items = open_bills(&desk.office, as_of).await?;
            ageing(desk, &arguments, (&items, as_of), "supplier")
        }
        Report::ArAgeing(arguments) => {
            let as_of = arguments.as_of.unwrap_or_else(|| desk.office.today());
            let items = open_invoices(&desk.office, as_of).await?;
            ageing(desk, &arguments, (&items, as_of), "customer")
        }
        Report::ApRollforward(arguments) => {
            rollforward(desk, &arguments, OpenAccount::Payables).await
        }
        Report::ArRollforward(arguments) => {
            rollforward(desk, &arguments, OpenAccount::Receivables).await
        }
        Report::Dso(arguments) => measures::dso(desk, &arguments).await,
        Report::Touchless(arguments) => measures::touchless(desk, &arguments).await,
        Report::FirstTimeRight(arguments) => measures::first_time_right(desk, &arguments).await,
        Report::CycleTime(arguments) => measures::cycle_time(desk, &arguments).await,
        Report::OnTime(arguments) => measures::on_time(desk, &arguments).await,
        Report::Discounts(arguments) => measures::discounts(desk, &arguments).await,
        Report::Duplicates(arguments) => measures::duplicates(desk, &arguments).await,
        Report::Exceptions(arguments) => measures::exceptions(desk, &arguments).await,
    })
    .await
}

fn ageing(
    desk: &Desk,
    arguments: &AgeingArguments,
    (items, as_of): (&[OpenItem], Date),
    party: &'static str,
) -> anyhow::Result<ExitCode> {
    let basis = arguments.by;
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
        let rows = aged(items, basis, as_of)?;
        let rows = rows.iter().map(|row| sums_row(row, party));
        let columns = [party, "name", "currency"]
            .into_iter()
            .chain(COLUMNS)
            .chain(["total"]);
        (rows.collect(), columns.collect())
    };
    printed(desk, arguments.csv, &rows, &columns)
}

/// What differs or is missing is told, and is a failure: whoever runs this every night looks at the exit code.
async fn rollforward(
    desk: &Desk,
    arguments: &RollForwardArguments,
    account: OpenAccount,
) -> anyhow::Result<ExitCode> {
    let to = arguments.as_of.unwrap_or_else(|| desk.office.today());
    let from = arguments.from.unwrap_or_else(|| to.first_of_month());
    anyhow::ensure!(from <= to, "--from {from} is after --as-of {to}");
    let rolled = rolled(&desk.office, account, (from, to)).await?;
    let rows = rolled.rows.iter().map(rolled_row).collect::<Vec<_>>();
    let moved = Movement::ALL.iter().map(|what| what.as_str());
    let columns = ["currency", "beginning"].into_iter().chain(moved);
    let columns = columns.chain(["ending", "open", "difference"]);
    let printed = printed(desk, arguments.csv, &rows, &columns.collect::<Vec<_>>())?;
    for why in &rolled.left_out {
        eprintln!("countinghouse: {why}");
    }
    let differs = rolled.rows.iter().any(|row| !row.difference.is_zero());
    match differs || !rolled.left_out.is_empty() {
        true => Ok(ExitCode::FAILURE),
        false => Ok(printed),
    }
}

fn printed(
    desk: &Desk,
    csv: bool,
    rows: &[Record],
    columns: &[&'static str],
) -> anyhow::Result<ExitCode> {
    match csv {
        true => desk.print.csv(rows, columns),
        false => desk.print.list(rows, columns),
    }
}

fn rolled_row(row: &RollForward) -> Record {
    let begun = Record::new()
        .with("currency", row.currency().to_string())
        .with("beginning", row.beginning);
    let moved = row.moved.iter();
    let moved = moved.fold(begun, |record, (what, amount)| {
        record.with(what.as_str(), *amount)
    });
    moved
        .with("ending", row.ending)
        .with("open", row.open)
        .with("difference", row.difference)
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
