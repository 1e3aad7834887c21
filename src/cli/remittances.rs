//! `remittances`: what payers say their payments cover.

use std::process::ExitCode;

use clap::Subcommand;

use super::Context;
use super::desk::{Decision, Desk, Limit, at_desk, one_of, the_one};
use super::output::Record;
use super::{exceptions, trail};
use crate::domain::receivable::{Remittance, RemittanceState};
use crate::steps::decide_remittance::void_remittance;

/// `remittances …`
#[derive(Subcommand)]
pub enum Remittances {
    /// The newest remittances
    List {
        /// Only those in this state
        #[arg(long, value_parser = one_of(RemittanceState::ALL, RemittanceState::as_str))]
        state: Option<RemittanceState>,
        #[command(flatten)]
        limit: Limit,
    },
    /// One remittance with the invoices it names
    Show {
        /// Its id, or at least four digits of it
        id: String,
    },
    /// Takes one out: its invoices are reminded of again
    Void {
        /// Its id, or at least four digits of it
        id: String,
        #[command(flatten)]
        decision: Decision,
    },
}

/// Does it.
///
/// # Errors
/// What the books met, or why it cannot be decided so.
pub async fn remittances(context: &Context, command: Remittances) -> anyhow::Result<ExitCode> {
    at_desk(context, async |desk| match command {
        Remittances::List { state, limit } => {
            let filter = limit.filter(state.map(RemittanceState::as_str));
            let found = desk.office.store.list_remittances(&filter).await?;
            let columns = [
                "id",
                "state",
                "payer",
                "total",
                "payment_date",
                "reference",
                "invoices",
            ];
            desk.print
                .list(&found.iter().map(row).collect::<Vec<_>>(), &columns)
        }
        Remittances::Show { id } => show(desk, &id).await,
        Remittances::Void { id, decision } => {
            let id = find(desk, &id).await?.id;
            void_remittance(&desk.office, id, &decision.by, &decision.reason).await?;
            let row = Record::new()
                .id("id", id)
                .with("state", RemittanceState::Void.as_str());
            desk.print.list(&[row], &["id", "state"])
        }
    })
    .await
}

async fn find(desk: &Desk, id: &str) -> anyhow::Result<Remittance> {
    let found = desk.office.store.find_remittances(id).await?;
    the_one("remittance", id, found, |one| {
        format!("{} of {}, {}", one.id, one.payer, one.state)
    })
}

async fn show(desk: &Desk, id: &str) -> anyhow::Result<ExitCode> {
    let remittance = find(desk, id).await?;
    let customer = match remittance.customer {
        Some(id) => desk.office.store.customer(id).await?,
        None => None,
    };
    let lines = remittance.lines.iter().map(|line| {
        Record::new()
            .with("written", line.written.as_str())
            .with("amount", line.amount)
            .with("currency", line.amount.currency().to_string())
            .maybe_id("invoice", line.invoice)
            .with("how", line.how.as_str())
    });
    let page = row(&remittance)
        .with(
            "customer_number",
            customer.as_ref().map(|one| one.number.clone()),
        )
        .with("customer_name", customer.map(|one| one.name))
        .with("lines", lines.collect::<Vec<_>>())
        .with("exceptions", exceptions::about(desk, remittance.id).await?)
        .with("audit", trail::of(desk, remittance.id).await?);
    desk.print.page(&page)
}

/// One remittance.
pub fn row(remittance: &Remittance) -> Record {
    let invoices = remittance.lines.iter().map(|line| line.written.clone());
    Record::new()
        .id("id", remittance.id)
        .with("state", remittance.state.as_str())
        .with("payer", remittance.payer.as_str())
        .maybe_id("customer", remittance.customer)
        .with("total", remittance.total)
        .with(
            "currency",
            remittance.total.map(|total| total.currency().to_string()),
        )
        .with("payment_date", remittance.payment_date)
        .with("waits_until", remittance.waits_until)
        .with("reference", remittance.reference.clone())
        .with("invoices", invoices.collect::<Vec<_>>())
        .id("document", remittance.document)
        .id("message", remittance.message)
}
