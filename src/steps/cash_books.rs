//! The books of receivables as a decision about money needs them.

use std::sync::Arc;

use super::{Office, StepError};
use crate::basics::calendar::start_of_day;
use crate::domain::bank::Credit;
use crate::domain::receivable::cash_decision::{
    Books, CashPolicy, Proposal, WrittenOff, payer_of, propose,
};
use crate::domain::receivable::{CashApplication, Customer, OpenInvoice, Remittance};

/// The books as they are loaded; every row of it that a decision touches is written again with its version.
pub struct Loaded {
    customers: Arc<[Customer]>,
    invoices: Vec<OpenInvoice>,
    /// Invoices of the numbers in a credit's text of which nothing is open any more, once they were looked for.
    pub(super) paid: Vec<OpenInvoice>,
    remittances: Vec<Remittance>,
    policy: CashPolicy,
    written_off: WrittenOff,
}

impl Loaded {
    /// As they are now.
    ///
    /// # Errors
    /// What the store met.
    pub async fn of(office: &Office) -> Result<Self, StepError> {
        // The customers first: what is let go meanwhile moves their versions on.
        let customers = office.store.customers().await?;
        Ok(Self {
            customers,
            invoices: office.store.open_invoices().await?,
            paid: Vec::new(),
            remittances: office.store.unsettled_remittances(None).await?,
            policy: office.rules.cash.clone(),
            written_off: written_off(office).await?,
        })
    }

    /// The open invoice of that number.
    pub fn open_invoice(&self, number: &str) -> Option<&OpenInvoice> {
        let mut open = self.invoices.iter();
        open.find(|open| open.invoice.number == number.trim())
    }

    /// What a decision is made from.
    pub fn books(&self) -> Books<'_> {
        Books {
            customers: &self.customers,
            invoices: &self.invoices,
            paid: &self.paid,
            remittances: &self.remittances,
            policy: &self.policy,
            written_off: &self.written_off,
        }
    }
}

/// What was let go as too small this month.
async fn written_off(office: &Office) -> Result<WrittenOff, StepError> {
    let first = start_of_day(&office.rules.time_zone, office.today().first_of_month());
    Ok(WrittenOff::of(&office.store.deductions_from(first).await?))
}

/// What money of a known customer pays, by what that customer owes.
pub fn proposed(credit: &Credit, before: &[CashApplication], loaded: &Loaded) -> Proposal {
    let books = loaded.books();
    match payer_of(credit, books.customers).customer() {
        Some(customer) if credit.is_open() => propose(credit, before, customer, books),
        Some(_) | None => Proposal::Nothing,
    }
}
