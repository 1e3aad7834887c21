//! When is a bill paid? As late as it arrives in time.

use super::{Bill, BillKind, Payment, PaymentState};
use crate::basics::calendar::{Date, add_days, target_day_on_or_after, target_day_on_or_before};
use crate::basics::ids::PaymentId;
use crate::basics::money::Money;

/// The day the money should arrive: the last TARGET day that is not after the due date, but never before the next TARGET day
/// after today, because a SEPA transfer takes one.
pub fn arrival_day(due: Option<Date>, today: Date) -> Date {
    let earliest = target_day_on_or_after(add_days(today, 1));
    due.map_or(earliest, |due| target_day_on_or_before(due).max(earliest))
}

/// The day the transfer has to be handed to the bank at the latest: the TARGET day before it arrives.
pub fn handover_day(arrives: Date) -> Date {
    target_day_on_or_before(add_days(arrives, -1))
}

/// What a bill asks us to pay; none for a credit note or where nothing is left to pay. Such a bill stays approved for good,
/// and nothing calls for its payment.
pub fn to_pay(bill: &Bill) -> Option<Money> {
    match bill.kind {
        BillKind::CreditNote => None,
        BillKind::Invoice => bill.payable.filter(Money::is_positive),
    }
}

/// The payment of an approved bill; none for a credit note, where nothing is left to pay, or where a payment has left us
/// already. One that is planned for this version is planned again; one that was cancelled or came back is followed by a new
/// one.
pub fn plan(
    bill: &Bill,
    blocked: Option<String>,
    earlier: &[Payment],
    today: Date,
) -> Option<Payment> {
    let amount = to_pay(bill)?;
    let ended = |payment: &&Payment| match payment.state {
        PaymentState::Cancelled | PaymentState::Returned => true,
        PaymentState::Planned
        | PaymentState::Released
        | PaymentState::Settled
        | PaymentState::Unsure => false,
    };
    let times = earlier.iter().filter(ended).count();
    let id = PaymentId::derive(&[
        &bill.id.to_string(),
        &bill.content_version().to_string(),
        &times.to_string(),
    ]);
    let standing = earlier.iter().find(|payment| !ended(payment));
    if standing.is_some_and(|payment| payment.state != PaymentState::Planned || payment.id != id) {
        return None;
    }
    Some(Payment {
        id,
        bill: bill.id,
        amount,
        planned_for: arrival_day(bill.due_date, today),
        blocked,
        state: PaymentState::Planned,
        version: standing.map_or(0, |payment| payment.version),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::basics::calendar::date;
    use crate::domain::document::DocumentKind;
    use crate::domain::payable::draft::{Sender, draft};
    use crate::domain::payable::test_world::{document, eur};

    const TODAY: (i16, i8, i8) = (2026, 11, 20);

    fn today() -> Date {
        date(TODAY.0, TODAY.1, TODAY.2)
    }

    #[test]
    fn a_bill_due_on_a_sunday_arrives_on_friday_and_leaves_on_thursday() {
        let arrives = arrival_day(Some(date(2026, 12, 20)), today());
        assert_eq!(
            (arrives, handover_day(arrives)),
            (date(2026, 12, 18), date(2026, 12, 17))
        );
        assert_eq!(
            arrival_day(Some(date(2027, 3, 28)), today()),
            date(2027, 3, 25)
        );
    }

    #[test]
    fn an_overdue_bill_is_paid_on_the_next_banking_day_and_not_yesterday() {
        // 20 November 2026 is a Friday.
        assert_eq!(
            arrival_day(Some(date(2026, 10, 1)), today()),
            date(2026, 11, 23)
        );
        assert_eq!(arrival_day(None, today()), date(2026, 11, 23));
    }

    #[test]
    fn a_credit_note_and_a_bill_of_nothing_are_not_paid() {
        let plan_of = |kind, payable| {
            let (mut bill, _) = draft(&document(kind, |_| {}), &Sender::default(), &[]);
            bill.payable = payable;
            plan(&bill, None, &[], today()).map(|payment| payment.amount)
        };
        assert_eq!(
            plan_of(DocumentKind::Bill, Some(eur(5_000))),
            Some(eur(5_000))
        );
        assert_eq!(plan_of(DocumentKind::Bill, Some(eur(0))), None);
        assert_eq!(plan_of(DocumentKind::CreditNote, Some(eur(-5_000))), None);
    }

    #[test]
    fn a_bill_is_never_paid_twice() {
        let (bill, _) = draft(
            &document(DocumentKind::Bill, |_| {}),
            &Sender::default(),
            &[],
        );
        let first = plan(&bill, None, &[], today()).unwrap();
        let with = |state| Payment {
            state,
            version: 1,
            ..first.clone()
        };
        let again = |state| plan(&bill, None, &[with(state)], today());
        let replanned = again(PaymentState::Planned).map(|payment| (payment.id, payment.version));
        assert_eq!(
            replanned,
            Some((first.id, 1)),
            "the same payment, planned again"
        );
        for state in [
            PaymentState::Released,
            PaymentState::Settled,
            PaymentState::Unsure,
        ] {
            assert_eq!(again(state), None, "{state}");
        }
        let after_return = again(PaymentState::Returned).map(|payment| payment.id);
        assert!(after_return.is_some_and(|id| id != first.id));
    }
}
