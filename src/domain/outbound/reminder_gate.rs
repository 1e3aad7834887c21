//! The gate before every reminder (DOMAIN 6.7): what is known beside a customer's invoices and keeps a mail back. It is asked when the
//! mail is written, and again when it is handed over.

use std::collections::{HashMap, HashSet};

use super::{OutboundMessage, OutboundState, Purpose};
use crate::basics::address::MailAddress;
use crate::basics::calendar::Date;
use crate::basics::ids::{CustomerId, CustomerInvoiceId};
use crate::domain::exception::{Exception, ExceptionCode, ExceptionState};
use crate::domain::receivable::reminder_ladder::{Gate, Suppressed, Suppression};
use crate::domain::receivable::unapplied_cash::UnappliedCash;
use crate::domain::receivable::{Customer, OpenInvoice, Remittance, RemittanceState};

/// What is known of all customers together.
#[derive(Clone, Debug, Default)]
pub struct Surroundings {
    cash: UnappliedCash,
    senders: Vec<MailAddress>,
    parked: HashMap<CustomerId, Date>,
    undecided: HashSet<CustomerInvoiceId>,
    bank_data_stale: bool,
}

impl Surroundings {
    /// `senders` are those of whom a mail waits for a person; of the `remittances` those count that are held.
    pub fn of(
        cash: UnappliedCash,
        senders: Vec<MailAddress>,
        remittances: &[Remittance],
        bank_data_stale: bool,
    ) -> Self {
        let mut parked: HashMap<CustomerId, Date> = HashMap::new();
        let held = remittances.iter();
        for one in held.filter(|one| one.state == RemittanceState::Held) {
            if let (Some(customer), Some(until)) = (one.customer, one.waits_until) {
                let last = parked.entry(customer).or_insert(until);
                *last = until.max(*last);
            }
        }
        Self {
            cash,
            senders,
            parked,
            undecided: HashSet::new(),
            bank_data_stale,
        }
    }

    /// Of these invoices a person is asked whether what is open is owed at all, by the open work `items` about deductions.
    pub fn with_deductions_asked(mut self, items: &[Exception]) -> Self {
        let invoices = items
            .iter()
            .filter_map(|item| CustomerInvoiceId::parse(&item.subject.id));
        self.undecided = invoices.collect();
        self
    }

    /// Those of which that is asked are kept back; the others may be reminded of.
    pub fn without_undecided(
        &self,
        invoices: Vec<OpenInvoice>,
    ) -> (Vec<OpenInvoice>, Vec<Suppressed>) {
        let is_undecided = |open: &OpenInvoice| self.undecided.contains(&open.invoice.id);
        let (kept, others): (Vec<_>, Vec<_>) = invoices.into_iter().partition(is_undecided);
        let why = |open: &OpenInvoice| Suppressed::of(open, Suppression::DeductionAsked, None);
        (others, kept.iter().map(why).collect())
    }

    /// Whether the bank's data is too old for anybody to be reminded.
    pub fn is_bank_data_stale(&self) -> bool {
        self.bank_data_stale
    }

    /// The gate of one customer, by its open invoices, the mails `sent` about it, oldest first, and the work `items` about it. A mail
    /// that our own mail server did not take says nothing of the customer's address.
    pub fn gate(
        &self,
        customer: &Customer,
        invoices: &[OpenInvoice],
        sent: &[OutboundMessage],
        items: &[Exception],
    ) -> Gate {
        let reminders = || sent.iter().filter(|mail| mail.purpose == Purpose::Reminder);
        let is_of = |own: &MailAddress| {
            let by_address = customer.mail.as_ref().is_some_and(|m| m.same_mailbox(own));
            by_address || customer.domains.iter().any(|domain| domain == own.domain())
        };
        let open_answer = |item: &Exception| {
            item.code == ExceptionCode::CustomerReply && item.state == ExceptionState::Open
        };
        Gate {
            mail_on_its_way: reminders().any(OutboundMessage::is_on_its_way),
            bounced: came_back(customer, reminders(), items),
            answer_waiting: items.iter().any(open_answer),
            mail_waiting: self.senders.iter().any(is_of),
            advice_parked_until: self.parked.get(&customer.id).copied(),
            cash_unapplied: self.cash.may_be_of(customer, invoices),
            bank_data_stale: self.bank_data_stale,
        }
    }
}

/// The last reminder to the address the customer has now came back, and nobody said that the address is right.
fn came_back<'m>(
    customer: &Customer,
    reminders: impl DoubleEndedIterator<Item = &'m OutboundMessage>,
    items: &[Exception],
) -> bool {
    let own = customer.mail.as_ref();
    let to_address = |mail: &&OutboundMessage| {
        let is_here = own.is_some_and(|own| own.same_mailbox(&mail.to));
        // One that was taken back went nowhere.
        is_here && mail.state != OutboundState::Withdrawn
    };
    let Some(last) = reminders.rev().find(to_address) else {
        return false;
    };
    // Whoever closed the item about the mail that came back says that the address is right.
    let code = ExceptionCode::DeliveryFailed;
    let id = Exception::id_of(code, &last.about, &last.id.to_string());
    let mut about = items.iter().filter(|item| item.id == id);
    let is_settled = about.any(|item| item.state == ExceptionState::Resolved);
    last.state == OutboundState::Bounced && !is_settled
}

#[cfg(test)]
mod tests;
