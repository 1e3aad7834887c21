//! Reminders that nobody answers: the automation must not hide that somebody does not pay (DOMAIN 1.5, R20).

use std::collections::BTreeSet;

use super::reminder::History;
use super::{Customer, OpenInvoice, Reminder};
use crate::basics::calendar::{Date, Timestamp, days_between};
use crate::basics::ids::OutboundId;
use crate::domain::exception::{Exception, ExceptionCode, Ownership};

/// After so many mails a person speaks with the customer.
const MOST_MAILS: usize = 5;
/// So long they have to answer the last one.
const DAYS_TO_ANSWER: i32 = 3;

/// What was said of an invoice again and again, and is still open.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Unanswered {
    /// The one that is open longest of those.
    pub oldest: OpenInvoice,
    /// How many mails spoke of it.
    pub mails: usize,
}

/// The overdue invoice of which the customer was told so often, where nothing else is known of it. `invoices` are those of one customer.
pub fn unanswered<'i>(
    invoices: impl Iterator<Item = &'i OpenInvoice>,
    history: History<'_>,
    today: Date,
) -> Option<Unanswered> {
    let had_time = |one: &&Reminder| days_between(one.on, today) >= DAYS_TO_ANSWER;
    let told = |open: &OpenInvoice| {
        let of_it = history.reminders.iter().filter(|one| {
            one.invoice == open.invoice.id && !history.unsaid.contains(&one.outbound)
        });
        let of_it = of_it.filter(had_time);
        of_it
            .map(|one| one.outbound)
            .collect::<BTreeSet<OutboundId>>()
            .len()
    };
    let silent = invoices.filter(|open| {
        let is_overdue = open.is_open() && open.invoice.due_date < today;
        is_overdue && open.invoice.disputed.is_none() && !open.claimed
    });
    let counted = silent.map(|open| (open, told(open)));
    let often = counted.filter(|(_, mails)| *mails >= MOST_MAILS);
    let oldest = often.min_by_key(|(open, _)| (open.invoice.due_date, open.invoice.id));
    oldest.map(|(open, mails)| Unanswered {
        oldest: open.clone(),
        mails,
    })
}

/// Tells the owner, once for each such invoice and due date.
pub fn tell(
    unanswered: &Unanswered,
    customer: &Customer,
    owner: &Ownership,
    now: Timestamp,
) -> Exception {
    let Unanswered { oldest, mails } = unanswered;
    let invoice = &oldest.invoice;
    let reason = format!(
        "{mails} mails reminded customer {} {} of {}, due on {}, and {} is still open",
        customer.number, customer.name, invoice.number, invoice.due_date, oldest.balance
    );
    let action = "speak with the customer: another mail will hardly help; `invoices dispute`, `invoices promise` or `reminders pause` take down what comes of it";
    Exception::raise(
        ExceptionCode::RemindersUnanswered,
        invoice.id.into(),
        &invoice.due_date.to_string(),
        owner,
        now,
        (reason, action),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::basics::calendar::{add_days, date};
    use crate::domain::receivable::samples::invoice_due;

    const DUE: Date = date(2026, 11, 16);

    fn told(open: &OpenInvoice, mails: i32) -> Vec<Reminder> {
        let reminder = |nth: i32| Reminder {
            id: Reminder::id_of(open.invoice.id, nth),
            invoice: open.invoice.id,
            customer: open.invoice.customer,
            level_days: nth,
            outbound: OutboundId::derive(&[&open.invoice.number, &nth.to_string()]),
            on: add_days(DUE, nth),
        };
        (0..mails).map(reminder).collect()
    }

    fn found(open: &OpenInvoice, reminders: &[Reminder], unsaid: &[OutboundId]) -> Option<usize> {
        found_on(add_days(DUE, 20), open, reminders, unsaid)
    }

    fn found_on(
        today: Date,
        open: &OpenInvoice,
        reminders: &[Reminder],
        unsaid: &[OutboundId],
    ) -> Option<usize> {
        let history = History { reminders, unsaid };
        let found = unanswered(std::iter::once(open), history, today);
        found.map(|found| found.mails)
    }

    #[test]
    fn the_fifth_mail_without_money_is_told_to_the_owner() {
        let open = invoice_due("MR-1", "1", 53_500, DUE);
        assert_eq!(found(&open, &told(&open, 4), &[]), None);
        let five = told(&open, 5);
        assert_eq!(found(&open, &five, &[]), Some(5));
        assert_eq!(
            found(&open, &five, &[five[0].outbound]),
            None,
            "it came back"
        );
        // The fifth was of the fourth day after: it has its time to be answered.
        for (day, mails) in [(6, None), (7, Some(5))] {
            assert_eq!(found_on(add_days(DUE, day), &open, &five, &[]), mails);
        }
        let claimed = OpenInvoice {
            claimed: true,
            ..open.clone()
        };
        assert_eq!(found(&claimed, &five, &[]), None);
    }

    #[test]
    fn of_several_the_longest_overdue_is_named() {
        let (new, old) = (
            invoice_due("MR-1", "1", 100, DUE),
            invoice_due("MR-2", "1", 100, add_days(DUE, -10)),
        );
        let reminders = [told(&new, 6), told(&old, 5)].concat();
        let history = History {
            reminders: &reminders,
            unsaid: &[],
        };
        let both = [new, old];
        let found = unanswered(both.iter(), history, add_days(DUE, 20)).unwrap();
        assert_eq!(
            (found.oldest.invoice.number.as_str(), found.mails),
            ("MR-2", 5)
        );
    }
}
