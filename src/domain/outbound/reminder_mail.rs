//! A reminder on its way: what it says of a plan, and the one mail that carries it.

use super::reminder_facts::{OurAccount, RemindedInvoice, ReminderFacts};
use super::{Letter, OutboundMessage, OutboundState, Purpose};
use crate::basics::address::MailAddress;
use crate::basics::calendar::{Date, Timestamp};
use crate::basics::ids::{CustomerId, OutboundId};
use crate::domain::exception::{Exception, ExceptionCode, ExceptionState};
use crate::domain::receivable::Customer;
use crate::domain::receivable::reminder_ladder::{PlannedReminder, Reachability, ReminderPlan};

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
    let between = (&sender.mailbox, customer.mail.as_ref()?);
    let what = (Purpose::Reminder, customer.id.into());
    OutboundMessage::written(("reminder", id), what, between, letter, now)
}

/// How a customer can be reached, by the mails `sent` about it, oldest first, and the work `items` about it. A mail that our
/// own mail server did not take says nothing of the customer's address.
pub fn reachability(
    customer: &Customer,
    sent: &[OutboundMessage],
    items: &[Exception],
) -> Reachability {
    let to_address = |mail: &&OutboundMessage| {
        let here = customer
            .mail
            .as_ref()
            .is_some_and(|own| own.same_mailbox(&mail.to));
        here && mail.purpose == Purpose::Reminder
    };
    let last = sent.iter().rfind(to_address);
    // Whoever closed the item about the mail that came back says that the address is right.
    let is_settled = |mail: &OutboundMessage| {
        let code = ExceptionCode::DeliveryFailed;
        let id = Exception::id_of(code, &mail.about, &mail.id.to_string());
        let mut about = items.iter().filter(|item| item.id == id);
        about.any(|item| item.state == ExceptionState::Resolved)
    };
    let bounced =
        |mail: &OutboundMessage| mail.state == OutboundState::Bounced && !is_settled(mail);
    let open_answer = |item: &Exception| {
        item.code == ExceptionCode::CustomerReply && item.state == ExceptionState::Open
    };
    Reachability {
        bounced: last.is_some_and(bounced),
        answer_waiting: items.iter().any(open_answer),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::basics::calendar::date;
    use crate::domain::exception::Ownership;

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
            version: 1,
        }
    }

    fn now() -> Timestamp {
        "2026-11-19T12:00:00Z".parse().unwrap()
    }

    fn sent(customer: &Customer) -> OutboundMessage {
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
        mail(customer, letter, &sender, date(2026, 11, 19), now()).unwrap()
    }

    #[test]
    fn a_customer_has_one_reminder_a_day() {
        let (one, again) = (sent(&customer()), sent(&customer()));
        assert_eq!(one.id, again.id);
        assert_eq!(one.header_message_id, again.header_message_id);
        assert_ne!(one.id, id_of(customer().id, date(2026, 11, 20)));
    }

    #[test]
    fn a_bounce_counts_until_the_address_is_corrected() {
        let mut back = sent(&customer());
        back.state = OutboundState::Bounced;
        let mails = [sent(&customer()), back];
        assert!(reachability(&customer(), &mails, &[]).bounced);
        let mut corrected = customer();
        corrected.mail = MailAddress::parse("new@c1.test");
        assert!(!reachability(&corrected, &mails, &[]).bounced);
    }

    #[test]
    fn what_our_own_server_refuses_or_a_person_settled_leaves_the_address_good() {
        let mut refused = sent(&customer());
        refused.state = OutboundState::Failed;
        assert!(!reachability(&customer(), &[refused], &[]).bounced);
        let mut back = sent(&customer());
        back.state = OutboundState::Bounced;
        let owner = Ownership {
            owner: "ar@us.test".into(),
            due_hours: 24,
        };
        let (code, about) = (ExceptionCode::DeliveryFailed, customer().id.into());
        let id = back.id.to_string();
        let item = Exception::raise(code, about, &id, &owner, now(), ("came back", "look"));
        let mails = [back];
        assert!(reachability(&customer(), &mails, std::slice::from_ref(&item)).bounced);
        let anna = crate::domain::audit::Actor::Person("Anna".into());
        let (item, _) = item.resolve((&anna, "Anna"), "it is right", now()).unwrap();
        assert!(!reachability(&customer(), &mails, &[item]).bounced);
    }

    #[test]
    fn an_answer_counts_until_a_person_has_read_it() {
        let owner = Ownership {
            owner: "ar@us.test".into(),
            due_hours: 24,
        };
        let (code, about) = (ExceptionCode::CustomerReply, customer().id.into());
        let item = Exception::raise(code, about, "m", &owner, now(), ("asks", "read it"));
        let open = [item.clone()];
        assert!(reachability(&customer(), &[], &open).answer_waiting);
        let anna = crate::domain::audit::Actor::Person("Anna".into());
        let (item, _) = item.resolve((&anna, "Anna"), "answered", now()).unwrap();
        let read = [item];
        assert!(!reachability(&customer(), &[], &read).answer_waiting);
    }
}
