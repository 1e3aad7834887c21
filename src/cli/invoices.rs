//! `invoices`: what customers owe us.

use std::collections::HashMap;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::{Args, Subcommand};
use rust_decimal::Decimal;

use super::Context;
use super::desk::{Decision, Desk, Limit, at_desk, one_of};
use super::output::Record;
use super::parties::find_invoice;
use super::report::day;
use super::{exceptions, reminders, remittances, trail};
use crate::basics::calendar::Date;
use crate::basics::money::Money;
use crate::domain::receivable::deduction::DeductionCode;
use crate::domain::receivable::invoice::{OpenInvoice, Standing};
use crate::domain::receivable::{CustomerInvoice, Deduction};
use crate::io::store::Filter;
use crate::steps::deduct::{Deducted, deduct, take_deductions_back};
use crate::steps::dispute_invoice::{dispute_invoice, end_dispute, promise_payment};

/// `invoices …`
#[derive(Subcommand)]
pub enum Invoices {
    /// The newest invoices with what is still owed on them
    List {
        /// Only those in this state
        #[arg(long, value_parser = one_of(Standing::ALL, Standing::as_str))]
        state: Option<Standing>,
        #[command(flatten)]
        limit: Limit,
    },
    /// One invoice: its cash, its reminders, the remittances that name it
    Show {
        /// Its number, its id, or at least four digits of that
        id: String,
    },
    /// Records that the customer does not accept it: it is not reminded of until that ends
    Dispute {
        /// Its number, its id, or at least four digits of that
        id: String,
        #[command(flatten)]
        decision: Decision,
        /// The dispute has ended
        #[arg(long)]
        end: bool,
    },
    /// Takes something off it that the customer need not pay; a large amount is taken off when a second person says the same
    Deduct(DeductArguments),
    /// Records by when the customer says it pays: it is not reminded of until some days after that
    Promise {
        /// Its number, its id, or at least four digits of that
        id: String,
        /// The last day of the promise, such as 2026-12-24
        #[arg(long, value_name = "DATE", value_parser = day)]
        by_day: Date,
        #[command(flatten)]
        decision: Decision,
    },
}

/// What is taken off.
#[derive(Args)]
pub struct DeductArguments {
    /// Its number, its id, or at least four digits of that
    id: String,
    /// Why, by the code of the field
    #[arg(long, value_parser = one_of(DeductionCode::ALL, DeductionCode::as_str), required_unless_present = "take_back")]
    code: Option<DeductionCode>,
    /// How much, such as 23.80; all that is open where it is not said
    #[arg(long)]
    amount: Option<Decimal>,
    /// Takes back all that was taken off it: it is owed again
    #[arg(long, conflicts_with_all = ["code", "amount"])]
    take_back: bool,
    #[command(flatten)]
    decision: Decision,
}

/// Does it.
///
/// # Errors
/// What the books met, or why it cannot be decided so.
pub async fn invoices(context: &Context, command: Invoices) -> anyhow::Result<ExitCode> {
    at_desk(context, async |desk| match command {
        Invoices::List { state, limit } => list(desk, state, limit).await,
        Invoices::Show { id } => show(desk, &id).await,
        Invoices::Dispute { id, decision, end } => {
            let invoice = find_invoice(desk, &id).await?;
            let (office, Decision { by, reason }) = (&desk.office, &decision);
            let decided = match end {
                true => end_dispute(office, &invoice.number, by, reason).await?,
                false => dispute_invoice(office, &invoice.number, by, reason).await?,
            };
            let row = Record::new()
                .id("id", decided.id)
                .with("number", decided.number)
                .with("disputed", decided.disputed);
            desk.print.list(&[row], &["id", "number", "disputed"])
        }
        Invoices::Deduct(arguments) => take_off(desk, &arguments).await,
        Invoices::Promise {
            id,
            by_day,
            decision: Decision { by, reason },
        } => {
            let invoice = find_invoice(desk, &id).await?;
            let told = (by.as_str(), reason.as_str());
            let decided = promise_payment(&desk.office, &invoice.number, by_day, told).await?;
            let row = Record::new()
                .id("id", decided.id)
                .with("number", decided.number)
                .with("promised_for", decided.promised_for);
            desk.print.list(&[row], &["id", "number", "promised_for"])
        }
    })
    .await
}

async fn take_off(desk: &Desk, arguments: &DeductArguments) -> anyhow::Result<ExitCode> {
    let (office, Decision { by, reason }) = (&desk.office, &arguments.decision);
    let invoice = find_invoice(desk, &arguments.id).await?;
    let Some(code) = arguments.code else {
        take_deductions_back(office, invoice.id, (by, reason)).await?;
        return show(desk, &invoice.number).await;
    };
    let currency = invoice.gross.currency();
    let amount = match arguments.amount {
        None => None,
        Some(amount) => {
            let money = Money::from_decimal(amount, currency);
            Some(money.with_context(|| format!("{amount} has more decimals than {currency}"))?)
        }
    };
    match deduct(office, invoice.id, (code, amount), (by, reason)).await? {
        Deducted::Off(_) => {}
        Deducted::Waits(wish) => eprintln!(
            "countinghouse: {} is more than one person takes off alone: it is taken off when a second one says the same",
            wish.amount
        ),
    }
    show(desk, &invoice.number).await
}

async fn list(desk: &Desk, state: Option<Standing>, limit: Limit) -> anyhow::Result<ExitCode> {
    let store = &desk.office.store;
    let customers = store.customers().await?;
    let names = customers
        .iter()
        .map(|one| (one.id, one.name.as_str()))
        .collect::<HashMap<_, _>>();
    let open = store.open_invoices().await?;
    let mut open = open
        .into_iter()
        .map(|one| (one.invoice.id, one))
        .collect::<HashMap<_, _>>();
    // The state is computed, so it is looked for among all of them.
    let asked = if state.is_some() {
        u32::MAX
    } else {
        limit.limit
    };
    let mut rows = Vec::new();
    for invoice in store
        .list_customer_invoices(&Filter::default().limit(asked))
        .await?
    {
        let one = open.remove(&invoice.id).unwrap_or_else(|| settled(invoice));
        if state.is_none_or(|state| state == one.standing()) {
            let name = names.get(&one.invoice.customer).cloned();
            rows.push(row(&one).with("customer_name", name));
        }
        if rows.len() >= usize::try_from(limit.limit).unwrap_or(usize::MAX) {
            break;
        }
    }
    desk.print.list(
        &rows,
        &[
            "id",
            "state",
            "number",
            "customer_name",
            "due_date",
            "gross",
            "balance",
            "disputed",
        ],
    )
}

/// What is not among the open ones has nothing left to pay.
fn settled(invoice: CustomerInvoice) -> OpenInvoice {
    let balance = Money::zero(invoice.gross.currency());
    OpenInvoice {
        invoice,
        balance,
        claimed: false,
        in_review_until: None,
    }
}

async fn show(desk: &Desk, text: &str) -> anyhow::Result<ExitCode> {
    let store = &desk.office.store;
    let invoice = find_invoice(desk, text).await?;
    let id = invoice.id;
    let customer = store.customer(invoice.customer).await?;
    let open = store
        .open_invoice(id)
        .await?
        .unwrap_or_else(|| settled(invoice));
    let cash = store.cash_of_invoice(id).await?.into_iter().map(|cash| {
        Record::new()
            .id("id", cash.id)
            .with("at", cash.at)
            .with("amount", cash.amount)
            .with("how", cash.how)
            .id("bank_entry", cash.bank_entry)
            .maybe_id("remittance", cash.remittance)
            .maybe_id("reverses", cash.reverses)
    });
    let deductions = store.deductions_off(id).await?;
    let page = row(&open)
        .with(
            "customer_number",
            customer.as_ref().map(|one| one.number.clone()),
        )
        .with("customer_name", customer.map(|one| one.name))
        .with("cash", cash.collect::<Vec<_>>())
        .with(
            "deductions",
            deductions.iter().map(taken_off).collect::<Vec<_>>(),
        )
        .with(
            "reminders",
            store
                .reminders_of(id)
                .await?
                .iter()
                .map(reminders::row)
                .collect::<Vec<_>>(),
        )
        .with(
            "remittances",
            store
                .remittances_naming(id)
                .await?
                .iter()
                .map(remittances::row)
                .collect::<Vec<_>>(),
        )
        .with("exceptions", exceptions::about(desk, id).await?)
        .with("audit", trail::of(desk, id).await?);
    desk.print.page(&page)
}

/// What was taken off an invoice, or put back on it.
pub fn taken_off(one: &Deduction) -> Record {
    Record::new()
        .id("id", one.id)
        .with("at", one.at)
        .with("code", one.code.as_str())
        .with("amount", one.amount)
        .with("ground", one.ground.as_str())
        .with("why", one.why.clone())
        .maybe_id("bank_entry", one.bank_entry)
        .maybe_id("reverses", one.reverses)
}

/// One invoice.
pub fn row(open: &OpenInvoice) -> Record {
    let invoice = &open.invoice;
    Record::new()
        .id("id", invoice.id)
        .with("state", open.standing().as_str())
        .with("number", invoice.number.as_str())
        .id("customer", invoice.customer)
        .with("issue_date", invoice.issue_date)
        .with("due_date", invoice.due_date)
        .with("currency", invoice.gross.currency().to_string())
        .with("gross", invoice.gross)
        .with("balance", open.balance)
        .with("discount", invoice.discount.map(|discount| discount.amount))
        .with(
            "discount_until",
            invoice.discount.map(|discount| discount.until),
        )
        .with("payment_reference", invoice.payment_reference.clone())
        .with("disputed", invoice.disputed.clone())
        .with("promised_for", invoice.promised_for)
}
