//! A person pauses the reminders to a customer until a day, or lets the final notice about an invoice go out.

use super::{Office, StepError};
use crate::basics::calendar::Date;
use crate::basics::ids::{CustomerId, CustomerInvoiceId};
use crate::domain::audit::{Actor, AuditEvent};
use crate::domain::change::{Change, Record};
use crate::domain::exception::{ExceptionCode, ExceptionState};
use crate::domain::receivable::{Customer, CustomerInvoice, final_notice, pause};

/// Pauses them until `until`, when they go on by themselves; ends a pause where there is no day.
///
/// # Errors
/// Unknown customer, a day that ends nothing, or what the store met.
pub async fn pause_reminders(
    office: &Office,
    id: CustomerId,
    until: Option<Date>,
    (by, reason): (&str, &str),
) -> Result<Customer, StepError> {
    let found = office.store.customer(id).await?;
    let customer = found.ok_or_else(|| StepError::Missing(id.into()))?;
    let (customer, action) = match until {
        Some(until) => {
            let paused = pause::begin(customer, until, office.today())?;
            (paused, "reminders paused")
        }
        None => (pause::end(customer)?, "reminders go on"),
    };
    let (now, actor) = (office.clock.now(), Actor::Person(by.to_owned()));
    let told = AuditEvent::new(now, actor, action, id, reason);
    let told = match until {
        Some(until) => told.fact("until", until),
        None => told,
    };
    let change = Change::new(told).put(Record::Customer(customer.clone()));
    office.store.commit(change).await?;
    Ok(customer)
}

/// Lets the final notice go out with the next look, and settles the item that asks for it.
///
/// # Errors
/// Unknown invoice, released before, or what the store met.
pub async fn release_final_notice(
    office: &Office,
    id: CustomerInvoiceId,
    (by, reason): (&str, &str),
) -> Result<CustomerInvoice, StepError> {
    let found = office.store.customer_invoice(id).await?;
    let invoice = found.ok_or_else(|| StepError::Missing(id.into()))?;
    let invoice = final_notice::release(invoice, office.today())?;
    let (now, actor) = (office.clock.now(), Actor::Person(by.to_owned()));
    let told = AuditEvent::new(now, actor.clone(), "final notice released", id, reason)
        .fact("invoice", &invoice.number);
    let mut change = Change::new(told).put(Record::CustomerInvoice(invoice.clone()));
    for item in office.store.exceptions_about(&id.into()).await? {
        if item.code == ExceptionCode::FinalNotice && item.state == ExceptionState::Open {
            let (item, told) = item.resolve((&actor, by), reason, now)?;
            change = change.event(told).put(Record::Exception(item));
        }
    }
    office.store.commit(change).await?;
    Ok(invoice)
}
