//! What keeps a reminder back: of an invoice, or of everything to a customer (DOMAIN 6.7). Each with its end, where it has one.

use crate::basics::calendar::{Date, add_days, days_between, target_day_after};
use crate::basics::ids::{CustomerId, CustomerInvoiceId};
use crate::basics::money::Money;
use crate::domain::receivable::promise::broken_from;
use crate::domain::receivable::reminder::History;
use crate::domain::receivable::{Customer, OpenInvoice, Reminder};
use crate::words;

/// So many days lie between two mails to a customer about what is overdue.
const DAYS_BETWEEN_OVERDUE: i32 = 3;

words! {
    /// What keeps an invoice, or a whole customer, from being reminded today.
    pub enum Suppression {
        /// Nothing is open on it.
        Paid = "paid",
        /// The customer does not accept it.
        Disputed = "disputed",
        /// The customer says it is paid; the money is looked for.
        Claimed = "claimed",
        /// The customer says by when it is paid.
        Promised = "promised",
        /// Whether the rest of it is owed lies before a person.
        DeductionAsked = "a deduction waits for a person",
        /// What the customer says of it lies before a person.
        ClaimInReview = "claim in review",
        /// The customer is told of what is overdue today; what is not due yet waits for another day.
        OverdueFirst = "overdue ones first",
        /// The customer gets firm words about others today; what was not said of this one so often waits for another day.
        FirmerFirst = "firmer ones first",
        /// Less is open than is worth a mail.
        BelowMinimum = "below the minimum",
        /// No level is reached that was not sent already.
        NoNewLevel = "no new level reached",
        /// The next level is the final notice, which a person releases.
        NotReleased = "the final notice is not released",
        /// Weekend or bank holiday; the next business day catches up.
        NotABusinessDay = "not a business day",
        /// One mail a day is enough.
        RemindedToday = "reminded today",
        /// One mail about what is overdue is enough for some days.
        RemindedLately = "reminded lately",
        /// A mail that was written before is not handed over yet.
        MailOnItsWay = "a reminder is on its way",
        /// A person wants it so.
        Paused = "paused by a person",
        /// We do not know where to write to.
        NoAddress = "no mail address",
        /// The last reminder to that address came back.
        AddressBounced = "mail address bounced",
        /// The customer answered and nobody has read it yet.
        AnswerWaiting = "an answer of the customer waits for a person",
        /// Something else the customer mailed waits for a person.
        MailWaiting = "a mail of the customer waits for a person",
        /// What the customer says it paid lies before a person.
        AdviceParked = "a remittance of the customer waits for a person",
        /// Money came that may be theirs and is applied to nothing.
        CashUnapplied = "money that may be theirs is not applied",
        /// What the bank told last is too old to say who has not paid.
        BankDataStale = "the bank's data is stale",
    }
}

/// Why something is not reminded of today, for the screens.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Suppressed {
    /// The invoice; none when it concerns the whole customer.
    pub invoice: Option<CustomerInvoiceId>,
    /// Why.
    pub why: Suppression,
    /// The first day it no longer holds; none while it ends with what somebody does.
    pub until: Option<Date>,
}

impl Suppressed {
    /// It concerns this invoice.
    pub fn of(open: &OpenInvoice, why: Suppression, until: Option<Date>) -> Self {
        let invoice = Some(open.invoice.id);
        Self {
            invoice,
            why,
            until,
        }
    }

    fn everything(why: Suppression, until: Option<Date>) -> Self {
        let invoice = None;
        Self {
            invoice,
            why,
            until,
        }
    }
}

/// What is known of a customer beside its invoices, before it is written to: whatever of it is true keeps the mail back.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Gate {
    /// A reminder to it waits to be handed to the mail server.
    pub mail_on_its_way: bool,
    /// The last reminder to the address it has now came back.
    pub bounced: bool,
    /// A work item about an answer of this customer is open.
    pub answer_waiting: bool,
    /// So is one about another mail of it, or about a file in one.
    pub mail_waiting: bool,
    /// A remittance of it is held, until this day.
    pub advice_parked_until: Option<Date>,
    /// Money that may be of this customer is not applied.
    pub cash_unapplied: bool,
    /// The bank's data is older than the configuration allows.
    pub bank_data_stale: bool,
}

/// Why this invoice is not reminded of, whatever level it has reached, and until when.
pub(super) fn suppressed(
    open: &OpenInvoice,
    minimum: Money,
    today: Date,
) -> Option<(Suppression, Option<Date>)> {
    let too_small = open.balance.to_decimal() < minimum.to_decimal();
    let promised = open.invoice.promised_for.map(broken_from);
    let in_review = open.in_review_until.filter(|until| today <= *until);
    if !open.is_open() {
        Some((Suppression::Paid, None))
    } else if open.invoice.disputed.is_some() {
        Some((Suppression::Disputed, None))
    } else if open.claimed {
        Some((Suppression::Claimed, None))
    } else if let Some(until) = promised.filter(|until| today < *until) {
        Some((Suppression::Promised, Some(until)))
    } else if let Some(last) = in_review {
        Some((Suppression::ClaimInReview, Some(add_days(last, 1))))
    } else if too_small {
        Some((Suppression::BelowMinimum, None))
    } else {
        None
    }
}

/// Why this customer is not written to today, and until when.
pub(super) fn kept_back(
    customer: &Customer,
    gate: Gate,
    history: History<'_>,
    today: Date,
) -> Option<Suppressed> {
    let mut own = history.reminders.iter();
    let is_today = own.any(|one| one.customer == customer.id && one.on == today);
    let paused = customer.reminders_paused_until.filter(|day| today < *day);
    let parked = gate.advice_parked_until.filter(|last| today <= *last);
    let reasons = [
        (gate.mail_on_its_way, Suppression::MailOnItsWay, None),
        // Also by a mail that failed: the day's mail was tried.
        (
            is_today,
            Suppression::RemindedToday,
            Some(target_day_after(today)),
        ),
        (paused.is_some(), Suppression::Paused, paused),
        (customer.mail.is_none(), Suppression::NoAddress, None),
        (gate.bounced, Suppression::AddressBounced, None),
        (gate.answer_waiting, Suppression::AnswerWaiting, None),
        (gate.mail_waiting, Suppression::MailWaiting, None),
        (
            parked.is_some(),
            Suppression::AdviceParked,
            parked.map(|last| add_days(last, 1)),
        ),
        (gate.cash_unapplied, Suppression::CashUnapplied, None),
        (gate.bank_data_stale, Suppression::BankDataStale, None),
    ];
    let first = reasons.into_iter().find(|(holds, _, _)| *holds);
    first.map(|(_, why, until)| Suppressed::everything(why, until))
}

/// The first day on which the customer may be told again of what is overdue; none when that is today.
pub(super) fn told_lately_until(
    customer: CustomerId,
    history: History<'_>,
    today: Date,
) -> Option<Date> {
    // What falls due on a weekend is told on Monday, when it is overdue.
    let overdue = said_to(customer, history).filter(|reminder| reminder.level_days >= 0);
    let last = overdue.map(|reminder| reminder.on).max()?;
    // A mail of today is told apart.
    let is_lately = (1..DAYS_BETWEEN_OVERDUE).contains(&days_between(last, today));
    is_lately.then(|| add_days(last, DAYS_BETWEEN_OVERDUE))
}

/// What the customer was told by mails that left and did not come back.
fn said_to(customer: CustomerId, history: History<'_>) -> impl Iterator<Item = &Reminder> {
    let reminders = history.reminders.iter();
    reminders.filter(move |r| r.customer == customer && !history.unsaid.contains(&r.outbound))
}
