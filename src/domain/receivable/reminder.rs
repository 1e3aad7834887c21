//! Reminders: dunning levels reached by invoices. Levels are computed; only what was sent is stored.

use crate::basics::calendar::Date;
use crate::basics::ids::{CustomerId, CustomerInvoiceId, OutboundId, ReminderId};

/// One dunning level reached by one invoice, with the mail that told the customer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Reminder {
    /// Derived from invoice and level: a level is reached once.
    pub id: ReminderId,
    /// The invoice.
    pub invoice: CustomerInvoiceId,
    /// Whose it is.
    pub customer: CustomerId,
    /// Days from the due date: -7, -3, 0, 3, 7, 14, 30.
    pub level_days: i32,
    /// The mail.
    pub outbound: OutboundId,
    /// The day it was written.
    pub on: Date,
}
