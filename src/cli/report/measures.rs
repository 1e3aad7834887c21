//! The measures among the reports.

use std::process::ExitCode;

use clap::Args;

use super::{day, printed};
use crate::basics::calendar::Date;
use crate::cli::desk::Desk;
use crate::cli::output::Record;
use crate::domain::measures::{self, Month, Share, first_time_right as right};
use crate::steps::measures as figures;

/// Months before that of the last day which a report begins with.
const MONTHS_BEFORE: i32 = 11;

/// Which months.
#[derive(Args)]
pub struct MonthsArguments {
    /// The first day; the first of the month eleven months before the last one where it is left out
    #[arg(long, value_name = "DATE", value_parser = day)]
    from: Option<Date>,
    /// The last day; today where it is left out
    #[arg(long, value_name = "DATE", value_parser = day)]
    as_of: Option<Date>,
    /// Prints a CSV file
    #[arg(long, conflicts_with = "json")]
    csv: bool,
}

impl MonthsArguments {
    /// The first and the last day.
    fn days(&self, desk: &Desk) -> anyhow::Result<(Date, Date)> {
        let to = self.as_of.unwrap_or_else(|| desk.office.today());
        let year = jiff::Span::new().months(MONTHS_BEFORE);
        let first = to.first_of_month().saturating_sub(year);
        let from = self.from.unwrap_or(first);
        anyhow::ensure!(from <= to, "--from {from} is after --as-of {to}");
        Ok((from, to))
    }
}

/// Of which day.
#[derive(Args)]
pub struct DsoArguments {
    /// As the books stood at the end of this day; today where it is left out
    #[arg(long, value_name = "DATE", value_parser = day)]
    as_of: Option<Date>,
    /// Days whose sales are looked at
    #[arg(long, default_value_t = 90, value_parser = clap::value_parser!(u32).range(1..=3660))]
    days: u32,
    /// Prints a CSV file
    #[arg(long, conflicts_with = "json")]
    csv: bool,
}

pub(super) async fn dso(desk: &Desk, arguments: &DsoArguments) -> anyhow::Result<ExitCode> {
    let to = arguments.as_of.unwrap_or_else(|| desk.office.today());
    let rows = figures::outstanding(&desk.office, to, arguments.days).await?;
    let rows = rows.iter().map(|row| {
        Record::new()
            .with("currency", row.receivables.currency().to_string())
            .with("receivables", row.receivables)
            .with("not_due", row.current)
            .with("sales", row.sales)
            .with("dso", row.dso)
            .with("best_possible", row.best_possible)
            .with("delinquent", row.delinquent)
            .with("overdue_percent", row.overdue_percent)
            .with("cei_percent", row.cei_percent)
    });
    let columns = [
        "currency",
        "receivables",
        "not_due",
        "sales",
        "dso",
        "best_possible",
        "delinquent",
        "overdue_percent",
        "cei_percent",
    ];
    printed(desk, arguments.csv, &rows.collect::<Vec<_>>(), &columns)
}

pub(super) async fn touchless(
    desk: &Desk,
    arguments: &MonthsArguments,
) -> anyhow::Result<ExitCode> {
    let days = arguments.days(desk)?;
    let courses = figures::courses(&desk.office).await?;
    let zone = &desk.office.rules.time_zone;
    let rows = measures::touchless(&courses, (zone, days));
    shares(desk, arguments, &rows, ["approved", "touchless"])
}

pub(super) async fn first_time_right(
    desk: &Desk,
    arguments: &MonthsArguments,
) -> anyhow::Result<ExitCode> {
    let days = arguments.days(desk)?;
    let courses = figures::courses(&desk.office).await?;
    let rows = right(&courses, (&desk.office.rules.time_zone, days));
    shares(desk, arguments, &rows, ["reviewed", "right"])
}

pub(super) async fn on_time(desk: &Desk, arguments: &MonthsArguments) -> anyhow::Result<ExitCode> {
    let days = arguments.days(desk)?;
    let rows = figures::on_time(&desk.office, days).await?;
    shares(desk, arguments, &rows, ["paid", "on_time"])
}

fn shares(
    desk: &Desk,
    arguments: &MonthsArguments,
    rows: &[Share],
    [all, some]: [&'static str; 2],
) -> anyhow::Result<ExitCode> {
    let rows = rows.iter().map(|row| {
        Record::new()
            .with("month", month(row.month))
            .with(all, u64::from(row.all))
            .with(some, u64::from(row.some))
            .with("percent", row.percent())
    });
    let columns = ["month", all, some, "percent"];
    printed(desk, arguments.csv, &rows.collect::<Vec<_>>(), &columns)
}

pub(super) async fn cycle_time(
    desk: &Desk,
    arguments: &MonthsArguments,
) -> anyhow::Result<ExitCode> {
    let days = arguments.days(desk)?;
    let courses = figures::courses(&desk.office).await?;
    let rows = measures::cycle_times(&courses, (&desk.office.rules.time_zone, days));
    let rows = rows.iter().map(|row| {
        Record::new()
            .with("month", month(row.month))
            .with("approved", u64::from(row.approved))
            .with("median_hours", row.median_hours)
            .with("p90_hours", row.p90_hours)
    });
    let columns = ["month", "approved", "median_hours", "p90_hours"];
    printed(desk, arguments.csv, &rows.collect::<Vec<_>>(), &columns)
}

pub(super) async fn discounts(
    desk: &Desk,
    arguments: &MonthsArguments,
) -> anyhow::Result<ExitCode> {
    let days = arguments.days(desk)?;
    let rows = figures::discounts(&desk.office, days).await?;
    let rows = rows.iter().map(|row| {
        Record::new()
            .with("month", month(row.month))
            .with("currency", row.offered.currency().to_string())
            .with("offered", row.offered)
            .with("taken", row.taken)
            .with("percent", row.percent())
    });
    let columns = ["month", "currency", "offered", "taken", "percent"];
    printed(desk, arguments.csv, &rows.collect::<Vec<_>>(), &columns)
}

pub(super) async fn duplicates(
    desk: &Desk,
    arguments: &MonthsArguments,
) -> anyhow::Result<ExitCode> {
    let days = arguments.days(desk)?;
    let rows = figures::duplicates(&desk.office, days).await?;
    let rows = rows.iter().map(|row| {
        Record::new()
            .with("month", month(row.month))
            .with("currency", row.amount.currency().to_string())
            .with("stopped", u64::from(row.stopped))
            .with("amount", row.amount)
    });
    let columns = ["month", "currency", "stopped", "amount"];
    printed(desk, arguments.csv, &rows.collect::<Vec<_>>(), &columns)
}

pub(super) async fn exceptions(
    desk: &Desk,
    arguments: &MonthsArguments,
) -> anyhow::Result<ExitCode> {
    let days = arguments.days(desk)?;
    let rows = figures::exceptions(&desk.office, days).await?;
    let rows = rows.iter().map(|row| {
        Record::new()
            .with("code", row.code.as_str())
            .with("raised", u64::from(row.raised))
            .with("open", u64::from(row.open))
            .with("late", u64::from(row.late))
    });
    let columns = ["code", "raised", "open", "late"];
    printed(desk, arguments.csv, &rows.collect::<Vec<_>>(), &columns)
}

fn month(month: Month) -> String {
    format!("{:04}-{:02}", month.year(), month.month())
}
