//! `payments`: our instructions to pay.

use std::process::ExitCode;

use clap::Subcommand;

use super::Context;
use super::desk::{Limit, at_desk, one_of, the_one};
use super::output::Record;
use super::{exceptions, trail};
use crate::domain::payable::{Payment, PaymentState};

/// `payments …`
#[derive(Subcommand)]
pub enum Payments {
    /// The newest payments
    List {
        /// Only those in this state
        #[arg(long, value_parser = one_of(PaymentState::ALL, PaymentState::as_str))]
        state: Option<PaymentState>,
        #[command(flatten)]
        limit: Limit,
    },
    /// One payment with its bill and its trail
    Show {
        /// Its id, or at least four digits of it
        id: String,
    },
}

/// Does it.
///
/// # Errors
/// What the books met.
pub async fn payments(context: &Context, command: Payments) -> anyhow::Result<ExitCode> {
    at_desk(context, async |desk| {
        let store = &desk.office.store;
        let with_bill = async |payment: &Payment| -> anyhow::Result<Record> {
            let bill = store.bill(payment.bill).await?;
            Ok(row(payment)
                .with(
                    "invoice_number",
                    bill.as_ref().and_then(|bill| bill.number.clone()),
                )
                .with("supplier_name", bill.map(|bill| bill.supplier_name)))
        };
        match command {
            Payments::List { state, limit } => {
                let mut rows = Vec::new();
                for payment in store
                    .list_payments(&limit.filter(state.map(PaymentState::as_str)))
                    .await?
                {
                    rows.push(with_bill(&payment).await?);
                }
                let columns = [
                    "id",
                    "state",
                    "planned_for",
                    "amount",
                    "supplier_name",
                    "invoice_number",
                    "blocked",
                ];
                desk.print.list(&rows, &columns)
            }
            Payments::Show { id } => {
                let found = store.find_payments(&id).await?;
                let payment = the_one("payment", &id, found, |one| {
                    format!("{} of {}, {}", one.id, one.amount, one.state)
                })?;
                let page = with_bill(&payment)
                    .await?
                    .with("exceptions", exceptions::about(desk, payment.id).await?)
                    .with("audit", trail::of(desk, payment.id).await?);
                desk.print.page(&page)
            }
        }
    })
    .await
}

/// One payment.
pub fn row(payment: &Payment) -> Record {
    Record::new()
        .id("id", payment.id)
        .with("state", payment.state.as_str())
        .id("bill", payment.bill)
        .with("amount", payment.amount)
        .with("currency", payment.amount.currency().to_string())
        .with("planned_for", payment.planned_for)
        .with("blocked", payment.blocked.clone())
        .with("end_to_end_id", payment.end_to_end_id.clone())
}
