//! `cash`: money that came, which invoices it pays, and what a person says of that.

use std::process::ExitCode;

use anyhow::{Context as _, bail};
use clap::{Args, Subcommand};
use rust_decimal::Decimal;

use super::desk::{Decision, Desk, at_desk, the_one};
use super::invoices::taken_off;
use super::output::Record;
use super::{Context, exceptions, trail};
use crate::basics::money::Money;
use crate::domain::bank::{BankEntry, Credit};
use crate::domain::receivable::cash_application::standing;
use crate::domain::receivable::cash_decision::Proposal;
use crate::domain::receivable::{CashApplication, Deduction};
use crate::steps::cash_books::{Loaded, proposed};
use crate::steps::decide_cash::{CashOrder, apply_by_hand, take_application_back};

/// `cash …`
#[derive(Subcommand)]
pub enum Cash {
    /// Money that came and is not applied to invoices, or not all of it, oldest first; with what it might pay
    List,
    /// One line of a bank statement: what of it is applied, what it might pay, its trail
    Show {
        /// Its id, or at least four digits of it, or the bank's reference
        entry: String,
    },
    /// Applies it to invoices
    Apply(ApplyArguments),
    /// Takes back what was applied; no method applies it there again, a person may
    TakeBack {
        /// The bank entry: its id, or at least four digits of it, or the bank's reference
        entry: String,
        /// The number of the invoice
        invoice: String,
        #[command(flatten)]
        decision: Decision,
    },
}

/// What is applied to what.
#[derive(Args)]
pub struct ApplyArguments {
    /// The bank entry: its id, or at least four digits of it, or the bank's reference
    entry: String,
    /// Invoices by number, each for all that is open on it or with an amount: MR-2026-1044 or MR-2026-1044=500.00
    #[arg(value_name = "INVOICE[=AMOUNT]", required_unless_present = "proposed")]
    invoices: Vec<String>,
    /// As `cash list` proposes
    #[arg(long, conflicts_with = "invoices")]
    proposed: bool,
    #[command(flatten)]
    decision: Decision,
}

/// Does it.
///
/// # Errors
/// What speaks against it, or what the books met.
pub async fn cash(context: &Context, command: Cash) -> anyhow::Result<ExitCode> {
    at_desk(context, async |desk| match command {
        Cash::List => list(desk).await,
        Cash::Show { entry } => {
            let credit = named(desk, &entry).await?;
            page(desk, &credit).await
        }
        Cash::Apply(arguments) => {
            let credit = named(desk, &arguments.entry).await?;
            let order = order(&arguments, &credit)?;
            let Decision { by, reason } = &arguments.decision;
            apply_by_hand(&desk.office, credit.entry.id, &order, (by, reason)).await?;
            page(desk, &named(desk, &arguments.entry).await?).await
        }
        Cash::TakeBack {
            entry,
            invoice,
            decision,
        } => {
            let credit = named(desk, &entry).await?;
            let applied = applied_to(desk, &credit, &invoice).await?;
            let Decision { by, reason } = &decision;
            let which = (credit.entry.id, applied.id);
            take_application_back(&desk.office, which, (by, reason)).await?;
            page(desk, &named(desk, &entry).await?).await
        }
    })
    .await
}

async fn list(desk: &Desk) -> anyhow::Result<ExitCode> {
    let loaded = Loaded::of(&desk.office).await?;
    let credits = desk.office.store.unapplied_bank_entries().await?;
    let mut rows = Vec::new();
    for credit in &credits {
        let before = desk.office.store.cash_of_entry(credit.entry.id).await?;
        rows.push(row(credit).and(suggestion(credit, &before, &loaded)));
    }
    let columns = [
        "id",
        "booking_date",
        "amount",
        "unapplied",
        "currency",
        "counterparty_name",
        "remittance_information",
        "proposal",
    ];
    desk.print.list(&rows, &columns)
}

fn order(arguments: &ApplyArguments, credit: &Credit) -> anyhow::Result<CashOrder> {
    if arguments.proposed {
        return Ok(CashOrder::AsProposed);
    }
    let currency = credit.entry.amount.currency();
    let mut wanted = Vec::new();
    for text in &arguments.invoices {
        let (number, amount) = match text.rsplit_once('=') {
            None => (text.as_str(), None),
            Some((number, amount)) => {
                let decimal: Option<Decimal> = amount.parse().ok();
                let money = decimal.and_then(|decimal| Money::from_decimal(decimal, currency));
                let Some(money) = money else {
                    bail!("{amount:?} is no amount in {currency}: write it such as 1190.00");
                };
                (number, Some(money))
            }
        };
        wanted.push((number.to_owned(), amount));
    }
    Ok(CashOrder::Apply(wanted))
}

/// By the bank's reference, which people copy from a statement, else by id.
async fn named(desk: &Desk, text: &str) -> anyhow::Result<Credit> {
    let store = &desk.office.store;
    if let Some(credit) = store.credit(BankEntry::id_of(text)).await? {
        return Ok(credit);
    }
    let found = store.find_bank_entries(text).await?;
    let entry = the_one("bank entry", text, found, |one| {
        format!("{}, {} of {}", one.id, one.amount, one.booking_date)
    })?;
    let credit = store.credit(entry.id).await?;
    credit.context("the bank entry is gone")
}

/// What of the entry is applied to that invoice and was not taken back.
async fn applied_to(desk: &Desk, credit: &Credit, number: &str) -> anyhow::Result<CashApplication> {
    let store = &desk.office.store;
    let of_entry = store.cash_of_entry(credit.entry.id).await?;
    for one in standing(&of_entry) {
        let open = store.open_invoice(one.invoice).await?;
        if open.is_some_and(|open| open.invoice.number == number.trim()) {
            return Ok(one.clone());
        }
    }
    bail!("nothing of it is applied to {number}")
}

fn row(credit: &Credit) -> Record {
    let entry = &credit.entry;
    Record::new()
        .id("id", entry.id)
        .with("entry_reference", entry.entry_reference.clone())
        .with("booking_date", entry.booking_date.to_string())
        .with("amount", entry.amount)
        .with("unapplied", credit.remaining)
        .with("currency", entry.amount.currency().to_string())
        .with("counterparty_name", entry.counterparty_name.clone())
        .with(
            "remittance_information",
            entry.remittance_information.clone(),
        )
}

fn suggestion(credit: &Credit, before: &[CashApplication], loaded: &Loaded) -> Record {
    let words = match proposed(credit, before, loaded) {
        Proposal::Settle(settlement) => Some(settlement.evidence),
        Proposal::Unsure(why) => Some(why),
        Proposal::Nothing => None,
    };
    Record::new().with("proposal", words)
}

async fn page(desk: &Desk, credit: &Credit) -> anyhow::Result<ExitCode> {
    let store = &desk.office.store;
    let loaded = Loaded::of(&desk.office).await?;
    let mut applied = Vec::new();
    let mut deductions = Vec::new();
    let before = store.cash_of_entry(credit.entry.id).await?;
    for one in &before {
        let open = store.open_invoice(one.invoice).await?;
        let number = open.as_ref().map(|open| open.invoice.number.clone());
        let is_first = !before
            .iter()
            .take_while(|other| other.id != one.id)
            .any(|other| other.invoice == one.invoice);
        if is_first {
            let off = store.deductions_off(one.invoice).await?.into_iter();
            let with_it = off.filter(|off| off.bank_entry == Some(credit.entry.id));
            let told = |off: Deduction| taken_off(&off).with("invoice_number", number.clone());
            deductions.extend(with_it.map(told));
        }
        applied.push(
            Record::new()
                .id("id", one.id)
                .with("invoice_number", number)
                .with("amount", one.amount)
                .with("how", one.how.clone())
                .with("at", one.at)
                .maybe_id("reverses", one.reverses),
        );
    }
    let page = row(credit)
        .and(suggestion(credit, &before, &loaded))
        .with("applied", applied)
        .with("deductions", deductions)
        .with(
            "exceptions",
            exceptions::about(desk, credit.entry.id).await?,
        )
        .with("audit", trail::of(desk, credit.entry.id).await?);
    desk.print.page(&page)
}
