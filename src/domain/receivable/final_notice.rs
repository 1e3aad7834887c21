//! The final notice: the last word before others take over, which a person lets go out (DOMAIN 6.7, L4).

use super::reminder_ladder::PlannedReminder;
use super::{Customer, CustomerInvoice};
use crate::basics::calendar::{Date, Timestamp};
use crate::basics::words::Refused;
use crate::domain::exception::{Exception, ExceptionCode, Ownership};

/// Asks whether it goes out: once for each invoice and due date.
pub fn ask(
    planned: &PlannedReminder,
    customer: &Customer,
    owner: &Ownership,
    now: Timestamp,
) -> Exception {
    let invoice = &planned.open.invoice;
    let reason = format!(
        "{} of customer {} {} is {} days past its due date with {} open, and was reminded of before: the next mail is the final notice",
        invoice.number, customer.number, customer.name, planned.days_overdue, planned.open.balance
    );
    let action = format!(
        "speak with the customer; then `reminders release {0} --by NAME --reason TEXT` lets the final notice go out, or `invoices dispute {0}` keeps it back",
        invoice.number
    );
    Exception::raise(
        ExceptionCode::FinalNotice,
        invoice.id.into(),
        &invoice.due_date.to_string(),
        owner,
        now,
        (reason, action),
    )
}

/// Lets it go out with the next look.
///
/// # Errors
/// Refused where that was done before.
pub fn release(invoice: CustomerInvoice, today: Date) -> Result<CustomerInvoice, Refused> {
    match invoice.final_notice_released {
        Some(_) => Err(Refused {
            machine: "final notice",
            state: "released",
            event: "released",
        }),
        None => Ok(CustomerInvoice {
            final_notice_released: Some(today),
            ..invoice
        }),
    }
}
