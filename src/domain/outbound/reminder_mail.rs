//! A reminder on its way: what it says of a plan, and the one mail that carries it.

use super::reminder_facts::{OurAccount, RemindedInvoice, ReminderFacts};
use super::{Letter, OutboundMessage, Purpose};
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

/// The id of the reminder of this customer on this day: there is one mail a day, and another where those before were taken back.
pub fn id_of(customer: CustomerId, today: Date, taken_back: usize) -> OutboundId {
    let (customer, today) = (customer.to_string(), today.to_string());
    match taken_back {
        0 => OutboundId::derive(&["reminder", &customer, &today]),
        before => OutboundId::derive(&["reminder", &customer, &today, &before.to_string()]),
    }
}

/// The mail, not yet sent, beside those about the customer so far. `None` when it has no address, or our own domain can stand in no
/// Message-ID.
pub fn mail(
    customer: &Customer,
    letter: Letter,
    sender: &ReminderSender,
    before: &[OutboundMessage],
    (today, now): (Date, Timestamp),
) -> Option<OutboundMessage> {
    let taken_back = |round: &usize| {
        let id = id_of(customer.id, today, *round);
        before.iter().any(|mail| mail.id == id)
    };
    let round = (0..=before.len()).find(|round| !taken_back(round))?;
    let id = id_of(customer.id, today, round);
    let between = (&sender.mailbox, customer.mail.as_ref()?);
    let what = (Purpose::Reminder, customer.id.into());
    OutboundMessage::written(("reminder", id), what, between, letter, now)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::basics::calendar::date;

    fn customer() -> Customer {
        Customer {
            id: Customer::id_of("1"),
            number: "1".into(),
            name: "Nord GmbH".into(),
            vat_id: None,
            mail: MailAddress::parse("pay@c1.test"),
            language: "de".into(),
            domains: Vec::new(),
            ibans: Vec::new(),
            reminders_paused_until: None,
            version: 1,
        }
    }

    fn now() -> Timestamp {
        "2026-11-19T12:00:00Z".parse().unwrap()
    }

    fn sent(customer: &Customer, before: &[OutboundMessage]) -> OutboundMessage {
        let sender = ReminderSender {
            company_name: "Us".into(),
            account: None,
            mailbox: MailAddress::parse("ar@us.test").unwrap(),
            contact_name: None,
        };
        let letter = Letter {
            subject: "s".into(),
            text: "t".into(),
            html: "h".into(),
        };
        mail(
            customer,
            letter,
            &sender,
            before,
            (date(2026, 11, 19), now()),
        )
        .unwrap()
    }

    #[test]
    fn a_customer_has_one_reminder_a_day() {
        let (one, again) = (sent(&customer(), &[]), sent(&customer(), &[]));
        assert_eq!(one.id, again.id);
        assert_eq!(one.header_message_id, again.header_message_id);
        assert_ne!(one.id, id_of(customer().id, date(2026, 11, 20), 0));
    }

    #[test]
    fn a_mail_beside_one_that_was_taken_back_is_another() {
        let first = sent(&customer(), &[]);
        let second = sent(&customer(), std::slice::from_ref(&first));
        let third = sent(&customer(), &[first.clone(), second.clone()]);
        assert_ne!(first.id, second.id);
        assert_ne!(second.header_message_id, third.header_message_id);
    }
}
