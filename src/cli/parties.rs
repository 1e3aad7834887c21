//! `suppliers` and `customers`: whom the books know, as the imports say. Accounts are shown whole here and nowhere else: whoever
//! decides about a strange account on a bill has to compare it.

use std::process::ExitCode;

use clap::Subcommand;

use super::desk::{Desk, Limit, at_desk, the_one};
use super::output::Record;
use super::{Context, trail};
use crate::basics::bank_account::Iban;
use crate::domain::payable::Supplier;
use crate::domain::receivable::{Customer, CustomerInvoice};

/// `suppliers …`, `customers …`
#[derive(Subcommand)]
pub enum Parties {
    /// The newest
    List {
        #[command(flatten)]
        limit: Limit,
    },
    /// One, with its trail
    Show {
        /// Its number, its id, or at least four digits of that
        id: String,
    },
}

/// Does `suppliers …`.
///
/// # Errors
/// What the books met.
pub async fn suppliers(context: &Context, command: Parties) -> anyhow::Result<ExitCode> {
    at_desk(context, async |desk| match command {
        Parties::List { limit } => {
            let found = desk
                .office
                .store
                .list_suppliers(&limit.filter(None))
                .await?;
            let columns = ["number", "name", "vat_id", "ibans", "domains", "terms_days"];
            desk.print
                .list(&found.iter().map(supplier).collect::<Vec<_>>(), &columns)
        }
        Parties::Show { id } => {
            let found = find_supplier(desk, &id).await?;
            let trail = trail::of(desk, found.id).await?;
            desk.print.page(&supplier(&found).with("audit", trail))
        }
    })
    .await
}

/// Does `customers …`.
///
/// # Errors
/// What the books met.
pub async fn customers(context: &Context, command: Parties) -> anyhow::Result<ExitCode> {
    at_desk(context, async |desk| match command {
        Parties::List { limit } => {
            let found = desk
                .office
                .store
                .list_customers(&limit.filter(None))
                .await?;
            let columns = ["number", "name", "vat_id", "mail", "language", "ibans"];
            desk.print
                .list(&found.iter().map(customer).collect::<Vec<_>>(), &columns)
        }
        Parties::Show { id } => {
            let found = find_customer(desk, &id).await?;
            let trail = trail::of(desk, found.id).await?;
            desk.print.page(&customer(&found).with("audit", trail))
        }
    })
    .await
}

/// The supplier of this number or id.
///
/// # Errors
/// That there is none, or what the books met.
pub(super) async fn find_supplier(desk: &Desk, text: &str) -> anyhow::Result<Supplier> {
    let store = &desk.office.store;
    let found = match store.supplier(Supplier::id_of(text)).await? {
        Some(numbered) => vec![numbered],
        None => store.find_suppliers(text).await?,
    };
    the_one("supplier", text, found, |one| {
        format!("{} {}", one.number, one.name)
    })
}

/// The customer of this number or id.
///
/// # Errors
/// That there is none, or what the books met.
pub(super) async fn find_customer(desk: &Desk, text: &str) -> anyhow::Result<Customer> {
    let store = &desk.office.store;
    let found = match store.customer(Customer::id_of(text)).await? {
        Some(numbered) => vec![numbered],
        None => store.find_customers(text).await?,
    };
    the_one("customer", text, found, |one| {
        format!("{} {}", one.number, one.name)
    })
}

/// The invoice of this number or id.
///
/// # Errors
/// That there is none, or what the books met.
pub(super) async fn find_invoice(desk: &Desk, text: &str) -> anyhow::Result<CustomerInvoice> {
    let found = desk.office.store.find_customer_invoices(text).await?;
    the_one("invoice", text, found, |one| {
        format!("{} {} of {}", one.id, one.number, one.gross)
    })
}

fn supplier(supplier: &Supplier) -> Record {
    Record::new()
        .with("number", supplier.number.as_str())
        .with("name", supplier.name.as_str())
        .with("vat_id", supplier.vat_id.as_ref().map(|id| id.as_str()))
        .with("ibans", spelled(&supplier.ibans))
        .with("domains", supplier.domains.clone())
        .with("mail", supplier.mail.as_ref().map(ToString::to_string))
        .with("terms_days", supplier.terms_days.map(u32::from))
        .with("phone", supplier.phone.clone())
        .with(
            "approver",
            supplier.approver.as_ref().map(ToString::to_string),
        )
        .id("id", supplier.id)
}

fn customer(customer: &Customer) -> Record {
    Record::new()
        .with("number", customer.number.as_str())
        .with("name", customer.name.as_str())
        .with("vat_id", customer.vat_id.as_ref().map(|id| id.as_str()))
        .with("mail", customer.mail.as_ref().map(ToString::to_string))
        .with("language", customer.language.as_str())
        .with("domains", customer.domains.clone())
        .with("ibans", spelled(&customer.ibans))
        .with("reminders_paused_until", customer.reminders_paused_until)
        .id("id", customer.id)
}

fn spelled(ibans: &[Iban]) -> Vec<String> {
    ibans.iter().map(|iban| iban.as_str().to_owned()).collect()
}
