//! A reminder on its way: what it says of a plan, and the one mail that carries it.

use super::envelope::{envelope_sender, message_id};
use super::reminder_facts::{OurAccount, RemindedInvoice, ReminderFacts};
use super::{Letter, OutboundMessage, OutboundState, Purpose};
use crate::basics::address::MailAddress;
use crate::basics::calendar::{Date, Timestamp};
use crate::basics::ids::{CustomerId, OutboundId};
use crate::domain::receivable::Customer;
use crate::domain::receivable::reminder_ladder::{PlannedReminder, ReminderPlan};

/// Who reminds; from the configuration.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ReminderSender {
    /// Our legal name.
    pub company_name: String,
    /// Our first account.
    pub account: Option<OurAccount>,
    /// The mailbox of customers' mail: reminders come from it and answers go there.
    pub mailbox: MailAddress,
    /// A person's name beside it.
    pub contact_name: Option<String>,
}

/// What the mail about this plan says.
pub fn facts(
    plan: &ReminderPlan,
    customer: &Customer,
    sender: &ReminderSender,
    today: Date,
) -> ReminderFacts {
    let reminded = |planned: &PlannedReminder| {
        let invoice = &planned.open.invoice;
        let reference = invoice.payment_reference.as_ref();
        RemindedInvoice {
            number: invoice.number.clone(),
            issue_date: invoice.issue_date,
            due_date: invoice.due_date,
            days_overdue: planned.days_overdue,
            open: planned.open.balance,
            reference: reference.unwrap_or(&invoice.number).clone(),
        }
    };
    ReminderFacts {
        customer_name: customer.name.clone(),
        customer_number: customer.number.clone(),
        language: customer.language.clone(),
        tone: plan.tone,
        invoices: plan.invoices.iter().map(reminded).collect(),
        totals: plan.totals(),
        as_of: today,
        company_name: sender.company_name.clone(),
        account: sender.account.clone(),
        contact_mail: sender.mailbox.clone(),
        contact_name: sender.contact_name.clone(),
    }
}

/// The id of the reminder of this customer on this day: there is one mail a day.
pub fn id_of(customer: CustomerId, today: Date) -> OutboundId {
    OutboundId::derive(&["reminder", &customer.to_string(), &today.to_string()])
}

/// The mail, not yet sent. `None` when the customer has no address, or our own domain can stand in no Message-ID.
pub fn mail(
    customer: &Customer,
    letter: Letter,
    sender: &ReminderSender,
    today: Date,
    now: Timestamp,
) -> Option<OutboundMessage> {
    let id = id_of(customer.id, today);
    Some(OutboundMessage {
        id,
        purpose: Purpose::Reminder,
        about: customer.id.into(),
        header_message_id: message_id("reminder", &sender.mailbox, id)?,
        from: sender.mailbox.clone(),
        reply_to: None,
        envelope_from: envelope_sender(&sender.mailbox, id),
        to: customer.mail.clone()?,
        in_reply_to: None,
        references: Vec::new(),
        letter,
        attachments: Vec::new(),
        written_at: now,
        state: OutboundState::Queued,
        attempts: 0,
        next_attempt_at: now,
        last_answer: None,
        version: 0,
    })
}
