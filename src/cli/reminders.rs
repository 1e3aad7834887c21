//! `reminders`: which customer was reminded of which invoice, what is said next or kept back, and what a person decides of that.

use std::process::ExitCode;

use clap::Subcommand;

use super::Context;
use super::desk::{Decision, Desk, Limit, at_desk, the_one};
use super::output::Record;
use super::parties::{find_customer, find_invoice};
use super::report::day;
use super::{outbound, trail};
use crate::basics::calendar::Date;
use crate::domain::receivable::{Customer, OpenInvoice, Reminder};
use crate::steps::hold_reminders::{pause_reminders, release_final_notice};
use crate::steps::send_reminders::{outlook_amid, surroundings};

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
    /// What would be said today of what is owed, and what is kept back, why and until when
    Outlook {
        /// Only of this customer: its number, its id, or at least four digits of that
        #[arg(long)]
        customer: Option<String>,
        #[command(flatten)]
        limit: Limit,
    },
    /// Reminds a customer of nothing until a day
    Pause {
        /// Its number, its id, or at least four digits of that
        customer: String,
        /// The first day on which it is reminded again, such as 2026-12-24
        #[arg(long, value_name = "DATE", value_parser = day)]
        until: Date,
        #[command(flatten)]
        decision: Decision,
    },
    /// Ends a pause
    Resume {
        /// Its number, its id, or at least four digits of that
        customer: String,
        #[command(flatten)]
        decision: Decision,
    },
    /// Lets the final notice about an invoice go out
    Release {
        /// Its number, its id, or at least four digits of that
        invoice: String,
        #[command(flatten)]
        decision: Decision,
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
        Reminders::Outlook { customer, limit } => said_next(desk, customer, limit).await,
        Reminders::Pause {
            customer,
            until,
            decision,
        } => paused(desk, &customer, Some(until), &decision).await,
        Reminders::Resume { customer, decision } => paused(desk, &customer, None, &decision).await,
        Reminders::Release { invoice, decision } => {
            let invoice = find_invoice(desk, &invoice).await?;
            let decided = (decision.by.as_str(), decision.reason.as_str());
            let released = release_final_notice(&desk.office, invoice.id, decided).await?;
            let row = Record::new()
                .id("id", released.id)
                .with("number", released.number)
                .with("final_notice_released", released.final_notice_released);
            let columns = ["id", "number", "final_notice_released"];
            desk.print.list(&[row], &columns)
        }
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

async fn paused(
    desk: &Desk,
    customer: &str,
    until: Option<Date>,
    decision: &Decision,
) -> anyhow::Result<ExitCode> {
    let customer = find_customer(desk, customer).await?;
    let decided = (decision.by.as_str(), decision.reason.as_str());
    let customer = pause_reminders(&desk.office, customer.id, until, decided).await?;
    let row = Record::new()
        .with("number", customer.number)
        .with("name", customer.name)
        .with("reminders_paused_until", customer.reminders_paused_until);
    let columns = ["number", "name", "reminders_paused_until"];
    desk.print.list(&[row], &columns)
}

/// Of whoever owes something, by customer and due date.
async fn said_next(
    desk: &Desk,
    customer: Option<String>,
    limit: Limit,
) -> anyhow::Result<ExitCode> {
    let store = &desk.office.store;
    let customers = match customer {
        Some(text) => vec![find_customer(desk, &text).await?],
        None => store.customers().await?.to_vec(),
    };
    let most = usize::try_from(limit.limit).unwrap_or(usize::MAX);
    let around = surroundings(&desk.office).await?;
    let mut rows = Vec::new();
    for customer in &customers {
        let open = store.open_invoices_of(customer.id).await?;
        if open.is_empty() {
            continue;
        }
        let outlook = outlook_amid(&desk.office, customer, &around, None).await?;
        let told = outlook.plan.iter().flat_map(|plan| &plan.invoices);
        for planned in told {
            let tone = planned.level.tone.as_str();
            let what = format!("reminded of today: {}", tone.replace('_', " "));
            rows.push(outlook_row(customer, Some(&planned.open), &what, None));
        }
        for one in outlook.suppressed {
            let about = |known: &&OpenInvoice| Some(known.invoice.id) == one.invoice;
            let about = open.iter().find(about);
            rows.push(outlook_row(customer, about, one.why.as_str(), one.until));
        }
        if rows.len() >= most {
            break;
        }
    }
    rows.truncate(most);
    desk.print.list(
        &rows,
        &[
            "customer_number",
            "customer_name",
            "invoice_number",
            "due_date",
            "open",
            "today",
            "until",
        ],
    )
}

fn outlook_row(
    customer: &Customer,
    open: Option<&OpenInvoice>,
    today: &str,
    until: Option<Date>,
) -> Record {
    Record::new()
        .with("customer_number", customer.number.as_str())
        .with("customer_name", customer.name.as_str())
        .with(
            "invoice_number",
            open.map(|open| open.invoice.number.clone()),
        )
        .with("due_date", open.map(|open| open.invoice.due_date))
        .with("open", open.map(|open| open.balance))
        .with("today", today)
        .with("until", until)
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
