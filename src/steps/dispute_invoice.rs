//! A person records that a customer does not accept an invoice, that this is settled, or by when the customer says it pays.

use super::money_again::money_again;
use super::{Office, StepError};
use crate::basics::calendar::Date;
use crate::domain::audit::{Actor, AuditEvent};
use crate::domain::change::{Change, Record};
use crate::domain::job::NewJob;
use crate::domain::receivable::cash_decision::concerns;
use crate::domain::receivable::{CustomerInvoice, dispute, promise};

/// Records a dispute: the invoice is not reminded of until it ends.
///
/// # Errors
/// Unknown invoice, no reason, or what the store met.
pub async fn dispute_invoice(
    office: &Office,
    number: &str,
    by: &str,
    reason: &str,
) -> Result<CustomerInvoice, StepError> {
    let invoice = load(office, number).await?;
    let disputed = dispute::raise(invoice, reason)?;
    write(
        office,
        disputed,
        (by, "invoice disputed", reason),
        Vec::new(),
    )
    .await
}

/// Ends a dispute: the invoice is reminded of again, and money that came for it meanwhile is looked at.
///
/// # Errors
/// Unknown invoice, none disputed, or what the store met.
pub async fn end_dispute(
    office: &Office,
    number: &str,
    by: &str,
    reason: &str,
) -> Result<CustomerInvoice, StepError> {
    let invoice = load(office, number).await?;
    let ended = dispute::end(invoice)?;
    let open = office.store.open_invoice(ended.id).await?;
    let waiting = money_again(office, |credit| concerns(credit, open.as_slice())).await?;
    write(office, ended, (by, "dispute ended", reason), waiting).await
}

/// Records a promise to pay: the invoice is not reminded of until some days after that day.
///
/// # Errors
/// Unknown invoice, a day that has passed or is too far ahead, or what the store met.
pub async fn promise_payment(
    office: &Office,
    number: &str,
    day: Date,
    (by, reason): (&str, &str),
) -> Result<CustomerInvoice, StepError> {
    let invoice = load(office, number).await?;
    let promised = promise::record(invoice, day, office.today())?;
    let told = (by, "payment promised", reason);
    write(office, promised, told, Vec::new()).await
}

async fn load(office: &Office, number: &str) -> Result<CustomerInvoice, StepError> {
    let id = CustomerInvoice::id_of(number.trim());
    let found = office.store.customer_invoice(id).await?;
    found.ok_or_else(|| StepError::Missing(id.into()))
}

async fn write(
    office: &Office,
    invoice: CustomerInvoice,
    (by, action, reason): (&str, &str, &str),
    jobs: Vec<NewJob>,
) -> Result<CustomerInvoice, StepError> {
    let actor = Actor::Person(by.to_owned());
    let told = AuditEvent::new(office.clock.now(), actor, action, invoice.id, reason)
        .fact("invoice", &invoice.number);
    let told = match invoice.promised_for {
        Some(day) => told.fact("promised for", day),
        None => told,
    };
    let change = Change::new(told).put(Record::CustomerInvoice(invoice.clone()));
    let change = jobs.into_iter().fold(change, Change::job);
    office.store.commit(change).await?;
    Ok(invoice)
}
