//! `reminders`: which customer was reminded of which invoice.

use std::process::ExitCode;

use clap::Subcommand;

use super::Context;
use super::desk::{Desk, Limit, at_desk, the_one};
use super::output::Record;
use super::{outbound, trail};
use crate::domain::receivable::Reminder;

/// `reminders …`
#[derive(Subcommand)]
pub enum Reminders {
    /// The newest reminders
    List {
        #[command(flatten)]
        limit: Limit,
    },
    /// One reminder with its mail
    Show {
        /// Its id, or at least four digits of it
        id: String,
    },
}

/// As many digits as every other command asks for.
const MIN_DIGITS: usize = 4;

/// Does it.
///
/// # Errors
/// What the books met.
pub async fn reminders(context: &Context, command: Reminders) -> anyhow::Result<ExitCode> {
    at_desk(context, async |desk| match command {
        Reminders::List { limit } => {
            let mut rows = Vec::new();
            for reminder in desk.office.store.list_reminders(limit.limit).await? {
                rows.push(named(desk, &reminder).await?);
            }
            desk.print.list(
                &rows,
                &[
                    "id",
                    "on",
                    "customer_name",
                    "invoice_number",
                    "level_days",
                    "outbound",
                ],
            )
        }
        Reminders::Show { id } => show(desk, &id).await,
    })
    .await
}

async fn show(desk: &Desk, text: &str) -> anyhow::Result<ExitCode> {
    let digits = text.trim().to_ascii_lowercase();
    let mut found = desk.office.store.list_reminders(u32::MAX).await?;
    found.retain(|one| digits.len() >= MIN_DIGITS && one.id.to_string().starts_with(&digits));
    let reminder = the_one("reminder", text, found, |one| {
        format!("{} on {}", one.id, one.on)
    })?;
    let mail = desk.office.store.outbound(reminder.outbound).await?;
    let page = named(desk, &reminder)
        .await?
        .with("mail", mail.iter().map(outbound::row).collect::<Vec<_>>())
        .with("audit", trail::of(desk, reminder.id).await?);
    desk.print.page(&page)
}

async fn named(desk: &Desk, reminder: &Reminder) -> anyhow::Result<Record> {
    let invoice = desk.office.store.customer_invoice(reminder.invoice).await?;
    let customer = desk.office.store.customer(reminder.customer).await?;
    Ok(row(reminder)
        .with("invoice_number", invoice.map(|one| one.number))
        .with("customer_name", customer.map(|one| one.name)))
}

/// One reminder.
pub fn row(reminder: &Reminder) -> Record {
    Record::new()
        .id("id", reminder.id)
        .with("on", reminder.on)
        .with("level_days", reminder.level_days)
        .id("invoice", reminder.invoice)
        .id("customer", reminder.customer)
        .id("outbound", reminder.outbound)
}
