//! A customer says by when it pays: until some days after that it is not reminded, then a person is told that the promise was broken.

use super::{CustomerInvoice, OpenInvoice};
use crate::basics::calendar::{Date, Timestamp, days_between, target_day_after};
use crate::basics::words::Refused;
use crate::domain::exception::{Exception, ExceptionCode, Ownership};

/// So long money is under way (DOMAIN 6.5).
const BUSINESS_DAYS_UNDER_WAY: u32 = 3;
/// A day further ahead is an agreement, and a pause.
const LONGEST_DAYS: i32 = 60;

/// Takes down that it is paid by this day. A later promise replaces the one before; the trail keeps both.
///
/// # Errors
/// Refused for a day that has passed or is too far ahead.
pub fn record(
    invoice: CustomerInvoice,
    day: Date,
    today: Date,
) -> Result<CustomerInvoice, Refused> {
    let refused = |event| {
        Err(Refused {
            machine: "customer invoice",
            state: "open",
            event,
        })
    };
    match days_between(today, day) {
        ..0 => refused("promised for a day that has passed"),
        0..=LONGEST_DAYS => Ok(CustomerInvoice {
            promised_for: Some(day),
            ..invoice
        }),
        _ => refused("promised for a day more than two months ahead"),
    }
}

/// The first day on which the promise is broken where nothing came.
pub fn broken_from(day: Date) -> Date {
    let mut last = day;
    for _ in 0..BUSINESS_DAYS_UNDER_WAY {
        last = target_day_after(last);
    }
    target_day_after(last)
}

/// It was to be paid, and is not. What is disputed, or claimed to be paid, has its own question open.
pub fn is_broken(open: &OpenInvoice, today: Date) -> bool {
    let promised = open.invoice.promised_for;
    let is_owed = open.is_open() && !open.claimed && open.invoice.disputed.is_none();
    is_owed && promised.is_some_and(|day| today >= broken_from(day))
}

fn occurrence(open: &OpenInvoice) -> String {
    let day = open.invoice.promised_for;
    day.map(|day| day.to_string()).unwrap_or_default()
}

/// Tells a person: once for each promise.
pub fn tell_broken(open: &OpenInvoice, owner: &Ownership, now: Timestamp) -> Exception {
    let reason = format!(
        "{} was promised for {}, and {} is still open",
        open.invoice.number,
        occurrence(open),
        open.balance
    );
    let action = "look whether the money came without a name (`cash list`), and speak with the customer; reminders go on by themselves";
    Exception::raise(
        ExceptionCode::PromiseBroken,
        open.invoice.id.into(),
        &occurrence(open),
        owner,
        now,
        (reason, action),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::basics::calendar::{add_days, date};
    use crate::domain::receivable::samples::invoice;

    #[test]
    fn a_promise_for_friday_is_broken_on_thursday() {
        let (friday, thursday) = (date(2026, 11, 27), date(2026, 12, 3));
        assert_eq!(broken_from(friday), thursday);
        let mut open = invoice("1", "1", 100);
        assert!(!is_broken(&open, thursday), "nothing was promised");
        open.invoice.promised_for = Some(friday);
        assert!(!is_broken(&open, add_days(thursday, -1)));
        assert!(is_broken(&open, thursday));
        let claimed = OpenInvoice {
            claimed: true,
            ..open.clone()
        };
        assert!(
            !is_broken(&claimed, thursday),
            "an advice says that it is paid"
        );
        open.balance = crate::basics::money::Money::zero(open.balance.currency());
        assert!(!is_broken(&open, thursday), "it is paid");
    }

    #[test]
    fn a_promise_is_for_a_day_to_come_within_two_months() {
        let today = date(2026, 11, 19);
        let promised = |days| record(invoice("1", "1", 100).invoice, add_days(today, days), today);
        assert!(promised(-1).is_err());
        assert!(promised(LONGEST_DAYS + 1).is_err());
        for days in [0, LONGEST_DAYS] {
            let day = promised(days).unwrap().promised_for;
            assert_eq!(day, Some(add_days(today, days)));
        }
    }
}
