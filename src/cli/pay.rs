//! `pay`: payment runs. One person plans, another releases, the file goes to the bank; this program never moves money.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::bail;
use clap::{Args, Subcommand};
use rust_decimal::Decimal;

use super::desk::{Decision, Desk, Limit, at_desk, one_of, the_one};
use super::output::Record;
use super::{Context, trail};
use crate::basics::calendar::{Date, parse_iso_date};
use crate::basics::currency::Currency;
use crate::basics::money::Money;
use crate::basics::text::mask;
use crate::domain::payable::payment_run::candidate::Skipped;
use crate::domain::payable::payment_run::{RemittanceText, Transfer};
use crate::domain::payable::{PaymentRun, PaymentRunState};
use crate::io::limits;
use crate::steps::export_payments::export_payments;
use crate::steps::plan_payments::{Plan, PlanOrder, plan_payments};
use crate::steps::record_payment_status::{Recorded, record_payment_status};
use crate::steps::release_payments::{release_payments, withdraw_payments};

/// `pay …`
#[derive(Subcommand)]
pub enum Pay {
    /// Chooses what is paid now and makes the file: late bills, those that would be late with the next run, and discounts that
    /// earn more than money costs. Says of every other payment why it waits
    Plan(PlanArguments),
    /// The newest runs
    List {
        /// Only those in this state
        #[arg(long, value_parser = one_of(PaymentRunState::ALL, PaymentRunState::as_str))]
        state: Option<PaymentRunState>,
        #[command(flatten)]
        limit: Limit,
    },
    /// One run with its transfers, the hash of its file and its trail
    Show {
        /// Its id, or at least four digits of it
        id: String,
    },
    /// Lets a run go. By somebody who neither prepared it, nor approved or corrected one of its bills, nor brought the account of
    /// one of its suppliers
    Release {
        /// Its id, or at least four digits of it
        id: String,
        /// The hash of the file that was looked at (`pay show`), or at least eight digits of it
        #[arg(long, value_name = "HASH")]
        hash: String,
        /// Who releases it, for the audit trail
        #[arg(long, value_name = "NAME")]
        by: String,
    },
    /// Takes back a run that is not released; its payments may be planned again
    Withdraw {
        /// Its id, or at least four digits of it
        id: String,
        #[command(flatten)]
        decision: Decision,
    },
    /// Hands out the file of a released run (pain.001.001.09) for the bank. The same bytes each time
    Export {
        /// Its id, or at least four digits of it
        id: String,
        /// A file or a folder; left away, the folder of the account
        #[arg(long, value_name = "PATH")]
        to: Option<PathBuf>,
        /// Who asks for it, for the audit trail
        #[arg(long, value_name = "NAME", default_value = "command line")]
        by: String,
    },
    /// Takes down the bank's own report on a file (pain.002): what it refuses is not paid and its bills are held; what it accepts
    /// is noted, and only a statement makes it paid. The same report again changes nothing
    Report {
        /// The report
        file: PathBuf,
        /// Who brings it, for the audit trail
        #[arg(long, value_name = "NAME", default_value = "command line")]
        by: String,
    },
}

/// What a plan is told.
#[derive(Args)]
pub struct PlanArguments {
    /// The account to pay from; left away, the only one
    #[arg(long, value_name = "NAME")]
    account: Option<String>,
    /// What stands on it today, in euros: then its floor is kept to
    #[arg(long, value_name = "AMOUNT")]
    balance: Option<String>,
    /// What else will come (or, with a minus, go) on a day: 2026-12-01=-25000.00; may stand several times
    #[arg(long, value_name = "DAY=AMOUNT", allow_hyphen_values = true)]
    expect: Vec<String>,
    /// The day of the next run: what would be late with that one is in this one; left away, after next_run_days
    #[arg(long, value_name = "DAY", value_parser = day)]
    next_run: Option<Date>,
    /// Shows what would be paid and stores nothing
    #[arg(long)]
    dry_run: bool,
    /// Who prepares it, for the audit trail
    #[arg(long, value_name = "NAME")]
    by: String,
}

/// Does it.
///
/// # Errors
/// What speaks against it, or what the books met.
pub async fn pay(context: &Context, command: Pay) -> anyhow::Result<ExitCode> {
    at_desk(context, async |desk| match command {
        Pay::Plan(arguments) => plan(desk, &arguments).await,
        Pay::List { state, limit } => {
            let filter = limit.filter(state.map(PaymentRunState::as_str));
            let runs = desk.office.store.list_payment_runs(&filter).await?;
            let rows = runs.iter().map(row).collect::<Vec<_>>();
            let columns = [
                "id",
                "state",
                "account",
                "prepared_at",
                "prepared_by",
                "transfer_count",
                "total",
                "released_by",
            ];
            desk.print.list(&rows, &columns)
        }
        Pay::Show { id } => {
            let run = named(desk, &id).await?;
            desk.print.page(&page(desk, &run).await?)
        }
        Pay::Release { id, hash, by } => {
            let run = named(desk, &id).await?;
            let run = release_payments(&desk.office, run.id, &hash, &by).await?;
            if !context.json {
                eprintln!(
                    "released: `pay export {}` hands the file out",
                    run.id.short()
                );
            }
            desk.print.page(&page(desk, &run).await?)
        }
        Pay::Withdraw { id, decision } => {
            let run = named(desk, &id).await?;
            let Decision { by, reason } = &decision;
            let run = withdraw_payments(&desk.office, run.id, by, reason).await?;
            desk.print.page(&page(desk, &run).await?)
        }
        Pay::Export { id, to, by } => {
            let run = named(desk, &id).await?;
            let (run, file) = export_payments(&desk.office, run.id, to.as_deref(), &by).await?;
            let told = row(&run).with("file", file.display().to_string());
            desk.print.page(&told)
        }
        Pay::Report { file, by } => {
            let bytes = limits::read_bytes(&file, limits::MAX_TABLE_BYTES)?;
            let recorded = record_payment_status(&desk.office, &bytes, &by).await?;
            if recorded.again && !context.json {
                eprintln!("it came before: nothing was changed");
            }
            desk.print.page(&reported(&recorded))
        }
    })
    .await
}

/// What a report said, and what became of it.
fn reported(recorded: &Recorded) -> Record {
    let list = |said: &[(String, String)]| {
        let rows = said.iter().map(|(id, words)| {
            Record::new()
                .with("end_to_end_id", id.as_str())
                .with("bank_says", words.as_str())
        });
        rows.collect::<Vec<_>>()
    };
    Record::new()
        .id("id", recorded.run.id)
        .with("state", recorded.run.state.as_str())
        .with("bank_says", recorded.word.as_str())
        .with("again", recorded.again)
        .with("refused", list(&recorded.refused))
        .with("noted", list(&recorded.told))
        .with("unfitting", recorded.unfitting.clone())
}

async fn named(desk: &Desk, id: &str) -> anyhow::Result<PaymentRun> {
    let found = desk.office.store.find_payment_runs(id).await?;
    the_one("payment run", id, found, |run| {
        format!("{} of {}, {}", run.id, run.total, run.state)
    })
}

async fn plan(desk: &Desk, arguments: &PlanArguments) -> anyhow::Result<ExitCode> {
    let balance = arguments.balance.as_deref().map(euros).transpose()?;
    let flows = arguments.expect.iter().map(|text| flow(text));
    let order = PlanOrder {
        account: arguments.account.as_deref(),
        by: &arguments.by,
        balance,
        flows: flows.collect::<anyhow::Result<_>>()?,
        next_run: arguments.next_run,
        dry_run: arguments.dry_run,
    };
    let plan = plan_payments(&desk.office, &order).await?;
    if !desk.print.json {
        explain(&plan, arguments);
    }
    let told = match &plan.run {
        Some(run) => row(run).and(details(run)),
        None => Record::new()
            .maybe_id("id", None::<String>)
            .with("transfers", Vec::<Record>::new()),
    };
    let skipped = plan.skipped.iter().map(skipped).collect::<Vec<_>>();
    desk.print.page(&told.with("skipped", skipped))
}

/// What a person does next.
fn explain(plan: &Plan, arguments: &PlanArguments) {
    match &plan.run {
        None => eprintln!("nothing is to be paid now"),
        Some(_) if arguments.dry_run => eprintln!("nothing was stored"),
        Some(run) => {
            let hash: String = run.file.to_string().chars().take(8).collect();
            eprintln!(
                "proposed: somebody else looks at it and runs `pay release {} --hash {hash} --by NAME`",
                run.id.short()
            );
            if run.transfers.len() == 1 {
                eprintln!(
                    "one transfer alone: the bank compares the payee's name with the account before it takes the file"
                );
            }
        }
    }
    if arguments.balance.is_none() {
        eprintln!("no --balance was given: no floor was looked at");
    }
}

fn euros(text: &str) -> anyhow::Result<Money> {
    let amount = text.parse::<Decimal>().ok();
    let money = amount.and_then(|amount| Money::from_decimal(amount, Currency::EUR));
    match money {
        Some(money) => Ok(money),
        None => bail!("{text:?} is no amount in euros: write 50000.00"),
    }
}

fn day(text: &str) -> Result<Date, &'static str> {
    parse_iso_date(text).ok_or("is no day: write 2026-12-01")
}

fn flow(text: &str) -> anyhow::Result<(Date, Money)> {
    let parts = text.split_once('=');
    let day = parts.and_then(|(day, amount)| Some((parse_iso_date(day)?, amount)));
    match day {
        Some((day, amount)) => Ok((day, euros(amount)?)),
        None => bail!("{text:?} is no day and amount: write 2026-12-01=-25000.00"),
    }
}

/// One run.
fn row(run: &PaymentRun) -> Record {
    Record::new()
        .id("id", run.id)
        .with("state", run.state.as_str())
        .with("account", run.account.as_str())
        .with("prepared_at", run.prepared_at)
        .with("prepared_by", run.prepared_by.as_str())
        .with("released_by", run.released_by.clone())
        .with("transfer_count", run.transfers.len())
        .with("total", run.total)
        .with("currency", run.total.currency().to_string())
        .with("file_sha256", run.file.to_string())
}

fn details(run: &PaymentRun) -> Record {
    let transfers = run.transfers.iter().map(transfer).collect::<Vec<_>>();
    Record::new().with("transfers", transfers)
}

async fn page(desk: &Desk, run: &PaymentRun) -> anyhow::Result<Record> {
    let trail = trail::of(desk, run.id).await?;
    Ok(row(run).and(details(run)).with("audit", trail))
}

fn transfer(transfer: &Transfer) -> Record {
    let words = match &transfer.remittance {
        RemittanceText::CreditorReference(text) | RemittanceText::Unstructured(text) => text,
    };
    let invoices = transfer
        .lines
        .iter()
        .map(|line| line.invoice_number.clone());
    let discounts = transfer.lines.iter().filter_map(|line| line.discount);
    let discount = Money::sum(discounts);
    Record::new()
        .with("end_to_end_id", transfer.end_to_end_id.as_str())
        .with("supplier_name", transfer.creditor_name.as_str())
        .with("account", mask(transfer.creditor_iban.as_str()))
        .with("amount", transfer.amount)
        .with("currency", transfer.amount.currency().to_string())
        .with("discount", discount)
        .with("execution_date", transfer.execution_date)
        .with("remittance", words.as_str())
        .with("invoices", invoices.collect::<Vec<_>>())
}

fn skipped(one: &Skipped) -> Record {
    let bill = &one.candidate.bill;
    let payment = &one.candidate.payment;
    Record::new()
        .id("payment", payment.id)
        .with("supplier_name", bill.supplier_name.as_str())
        .with("invoice_number", bill.number.clone())
        .with("amount", payment.amount)
        .with("currency", payment.amount.currency().to_string())
        .with("planned_for", payment.planned_for)
        .with("reason", one.why.as_str())
        .with("words", one.words.as_str())
}
