//! Reminders: dunning levels reached by invoices. Levels are computed; only what was sent is stored.

use crate::basics::calendar::Date;
use crate::basics::ids::{CustomerId, CustomerInvoiceId, OutboundId, ReminderId};
use crate::words;

words! {
    /// How firmly a reminder is said, from gentle to last.
    pub enum Tone {
        /// Before the due date: a courtesy.
        Courtesy = "courtesy",
        /// On the due date.
        DueToday = "due_today",
        /// Shortly after: the payment may have crossed this mail.
        Friendly = "friendly",
        /// A plain reminder.
        Plain = "plain",
        /// Names what follows if nothing happens.
        Firm = "firm",
        /// The last one before a person takes over.
        FinalNotice = "final_notice",
    }
}

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

impl Reminder {
    /// The id of the reminder of this invoice at this level: a second one for the same level meets the first.
    pub fn id_of(invoice: CustomerInvoiceId, level_days: i32) -> ReminderId {
        ReminderId::derive(&[&invoice.to_string(), &level_days.to_string()])
    }
}

/// What was written to customers before.
#[derive(Clone, Copy, Debug, Default)]
pub struct History<'a> {
    /// The levels there was a mail for.
    pub reminders: &'a [Reminder],
    /// The mails of these that never left, or came back: nobody was told anything by them.
    pub unsaid: &'a [OutboundId],
}
