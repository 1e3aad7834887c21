//! When is a bill paid? As late as it arrives in time.

use super::{Bill, BillKind, Finding, Payment, PaymentState};
use crate::basics::calendar::{Date, add_days, target_day_on_or_after, target_day_on_or_before};
use crate::basics::ids::PaymentId;
use crate::basics::money::Money;

/// The day the money should arrive: the last TARGET day that is not after the due date, but never before a transfer can
/// arrive that is handed over on the next day a bank is open. That takes one TARGET day.
pub fn arrival_day(due: Option<Date>, today: Date) -> Date {
    let handed_over = target_day_on_or_after(today);
    let earliest = target_day_on_or_after(add_days(handed_over, 1));
    due.map_or(earliest, |due| target_day_on_or_before(due).max(earliest))
}

/// What a bill asks us to pay, of a credit note what it takes off; none where nothing is left to pay. Such a bill stays
/// approved for good, and nothing calls for its payment.
pub fn to_pay(bill: &Bill) -> Option<Money> {
    match bill.kind {
        BillKind::CreditNote => bill.payable.filter(Money::is_negative),
        BillKind::Invoice => bill.payable.filter(Money::is_positive),
    }
}

/// The payment of an approved bill; none where nothing is left to pay, or where a payment has left us already. A credit
/// note's may be set off at once. One that is planned for this version is planned again; one that was cancelled or came back is followed by a new
/// one.
pub fn plan(bill: &Bill, blocks: &[Finding], earlier: &[Payment], today: Date) -> Option<Payment> {
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
        blocked: evidence(blocks),
        end_to_end_id: None,
        state: PaymentState::Planned,
        version: standing.map_or(0, |payment| payment.version),
    })
}

fn evidence(blocks: &[Finding]) -> Option<String> {
    let seen: Vec<&str> = blocks.iter().map(|one| one.evidence.as_str()).collect();
    (!seen.is_empty()).then(|| seen.join("; "))
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
    fn a_bill_due_on_a_sunday_or_holiday_arrives_before_it() {
        assert_eq!(
            arrival_day(Some(date(2026, 12, 20)), today()),
            date(2026, 12, 18)
        );
        assert_eq!(
            arrival_day(Some(date(2027, 3, 28)), today()),
            date(2027, 3, 25)
        );
    }

    #[test]
    fn what_is_planned_on_a_weekend_is_handed_over_on_monday_and_arrives_on_tuesday() {
        for day in [21, 22] {
            assert_eq!(arrival_day(None, date(2026, 11, day)), date(2026, 11, 24));
        }
        // Christmas of 2026 ends on Monday the 28th.
        assert_eq!(arrival_day(None, date(2026, 12, 25)), date(2026, 12, 29));
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
    fn a_credit_note_is_set_off_and_a_bill_of_nothing_is_not_paid() {
        let plan_of = |kind, payable| {
            let (mut bill, _) = draft(&document(kind, |_| {}), &Sender::default(), &[]);
            bill.payable = payable;
            plan(&bill, &[], &[], today()).map(|payment| payment.amount)
        };
        assert_eq!(
            plan_of(DocumentKind::Bill, Some(eur(5_000))),
            Some(eur(5_000))
        );
        assert_eq!(plan_of(DocumentKind::Bill, Some(eur(0))), None);
        assert_eq!(
            plan_of(DocumentKind::CreditNote, Some(eur(-5_000))),
            Some(eur(-5_000))
        );
        assert_eq!(plan_of(DocumentKind::CreditNote, Some(eur(5_000))), None);
    }

    #[test]
    fn a_bill_is_never_paid_twice() {
        let (bill, _) = draft(
            &document(DocumentKind::Bill, |_| {}),
            &Sender::default(),
            &[],
        );
        let first = plan(&bill, &[], &[], today()).unwrap();
        let with = |state| Payment {
            state,
            version: 1,
            ..first.clone()
        };
        let again = |state| plan(&bill, &[], &[with(state)], today());
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
