//! The entries of a bill and of its payments, followed through their trails: what is on the books is what these say, whatever state
//! they skip.

use super::{Chart, Occasion, Unpostable, bill_owed, payment_settled};
use crate::basics::calendar::{Date, TimeZone, day_in, parse_iso_date};
use crate::basics::money::Money;
use crate::domain::audit::{AuditEvent, ChainedEvent};
use crate::domain::payable::{BOOKED_ON, Bill, BillState, Payment, PaymentState};
use crate::formats::journal::Entry;

/// A bill and what is needed to post it.
#[derive(Clone, Copy, Debug)]
pub struct OfBill<'a> {
    /// The bill.
    pub bill: &'a Bill,
    /// The net amounts of its lines, as far as they are known, in their order.
    pub nets: &'a [Option<Money>],
    /// The supplier's name.
    pub party: &'a str,
    /// The accounts.
    pub chart: &'a Chart,
    /// Where days begin and end.
    pub zone: &'a TimeZone,
}

/// Whether a bill with this trail is on the account of payables: approved, not paid, and not taken up or out again. One whose
/// money came back is owed again, though it is held.
pub fn is_owed(trail: &[ChainedEvent]) -> bool {
    moves(trail).fold(false, |owed, event| match state_of(event) {
        Some(BillState::Approved | BillState::Scheduled) => true,
        Some(BillState::Held) => owed || event.from_state.as_deref() == Some(PAID),
        Some(
            BillState::Draft
            | BillState::AwaitingApproval
            | BillState::Paid
            | BillState::Rejected
            | BillState::Void,
        ) => false,
        None => owed,
    })
}

const PAID: &str = BillState::Paid.as_str();

/// The bill is posted with its approval, and taken back when somebody takes it up again, rejects or voids it: approved again it is
/// posted anew.
pub fn bill_entries(of: OfBill<'_>, trail: &[ChainedEvent]) -> Vec<Result<Entry, Unpostable>> {
    let mut entries = Vec::new();
    let mut posted: Option<Entry> = None;
    for (event, times) in moves(trail).zip(0_u32..) {
        let (date, reference) = (
            day_in(of.zone, event.at),
            format!("bill {} {times}", of.bill.id),
        );
        let next = match state_of(event) {
            Some(BillState::Approved) if posted.is_none() => {
                let party = of.party.to_owned();
                let occasion = Occasion {
                    date,
                    reference,
                    party,
                };
                let entry = bill_owed(of.bill, of.nets, of.chart, occasion);
                posted = entry.as_ref().ok().cloned();
                Some(entry)
            }
            Some(BillState::Draft | BillState::Rejected | BillState::Void) => posted
                .take()
                .map(|entry| back(&entry, date, reference, "taken back")),
            Some(
                BillState::Approved
                | BillState::Held
                | BillState::AwaitingApproval
                | BillState::Scheduled
                | BillState::Paid,
            )
            | None => None,
        };
        entries.extend(next);
    }
    entries
}

/// A payment is posted on the day the bank booked it, and taken back when its money comes back. `paid` is what the file to the bank
/// said of it: its sum, and what was taken off.
pub fn payment_entries(
    of: OfBill<'_>,
    (payment, paid): (&Payment, (Money, Option<Money>)),
    trail: &[ChainedEvent],
) -> Vec<Result<Entry, Unpostable>> {
    let mut entries = Vec::new();
    let mut posted: Option<Entry> = None;
    for event in moves(trail) {
        let state = event.to_state.as_deref().and_then(PaymentState::parse);
        let date = booked_on(event).unwrap_or(day_in(of.zone, event.at));
        let next = match state {
            Some(PaymentState::Settled) => {
                let occasion = Occasion {
                    date,
                    reference: format!("payment {} settled", payment.id),
                    party: of.party.to_owned(),
                };
                let entry = payment_settled(of.bill, paid, of.chart, occasion);
                posted = entry.as_ref().ok().cloned();
                Some(entry)
            }
            Some(PaymentState::Returned) => {
                let reference = format!("payment {} returned", payment.id);
                let posted = posted.take();
                posted.map(|entry| back(&entry, date, reference, "came back"))
            }
            Some(
                PaymentState::Planned
                | PaymentState::Released
                | PaymentState::Cancelled
                | PaymentState::Unsure,
            )
            | None => None,
        };
        entries.extend(next);
    }
    entries
}

fn back(entry: &Entry, date: Date, reference: String, text: &str) -> Result<Entry, Unpostable> {
    let turned = entry.reversed(date, reference.clone(), text);
    turned.ok_or(Unpostable { reference })
}

fn moves(trail: &[ChainedEvent]) -> impl Iterator<Item = &AuditEvent> {
    let events = trail.iter().map(|entry| &entry.event);
    events.filter(|event| event.to_state.is_some() && event.from_state != event.to_state)
}

fn state_of(event: &AuditEvent) -> Option<BillState> {
    event.to_state.as_deref().and_then(BillState::parse)
}

fn booked_on(event: &AuditEvent) -> Option<Date> {
    let fact = event.facts.iter().find(|(name, _)| name == BOOKED_ON);
    fact.and_then(|(_, day)| parse_iso_date(day))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::basics::calendar::Timestamp;
    use crate::basics::ids::{ContentHash, PaymentId};
    use crate::domain::audit::{Actor, Subject};
    use crate::domain::payable::test_world::{bill, eur};

    /// One state a day, from 20 November on.
    fn trail(subject: impl Into<Subject>, states: &[&str]) -> Vec<ChainedEvent> {
        let subject = subject.into();
        let mut from = None;
        let entry = |(state, sequence): (&&str, u64)| {
            let at: Timestamp = "2026-11-20T10:00:00Z".parse().unwrap();
            let hours = i64::try_from(24 * sequence).unwrap();
            let at = at
                .checked_add(jiff::SignedDuration::from_hours(hours))
                .unwrap();
            let by = Actor::program("test");
            let event = AuditEvent::new(at, by, "moved", subject.clone(), "");
            let event = event.state(from.replace(state.to_string()).as_deref(), state);
            ChainedEvent {
                sequence,
                event,
                hash: ContentHash::ZERO,
            }
        };
        states.iter().zip(0_u64..).map(entry).collect()
    }

    const UTC: TimeZone = TimeZone::UTC;

    fn of<'a>(bill: &'a Bill, chart: &'a Chart) -> OfBill<'a> {
        OfBill {
            bill,
            nets: &[],
            party: "Alpha GmbH",
            chart,
            zone: const { &UTC },
        }
    }

    /// The days on which the account of payables moved, and by how much.
    fn payables(entries: Vec<Result<Entry, Unpostable>>) -> Vec<(String, i64)> {
        let entries = entries.into_iter().map(Result::unwrap);
        let moved = entries.flat_map(|entry| {
            let own = entry.postings.into_iter();
            let own = own.filter(|one| one.account.name == "Payables");
            own.map(move |one| (entry.date.to_string(), one.amount.minor()))
        });
        moved.collect()
    }

    #[test]
    fn a_bill_that_is_corrected_is_taken_back_and_posted_again_when_it_is_approved_again() {
        let (bill, chart) = (bill(), Chart::default());
        let again = ["draft", "approved", "scheduled", "draft", "approved"];
        let moved = payables(bill_entries(of(&bill, &chart), &trail(bill.id, &again)));
        assert_eq!(
            moved,
            [
                ("2026-11-21".to_owned(), -119_000),
                ("2026-11-23".to_owned(), 119_000),
                ("2026-11-24".to_owned(), -119_000),
            ]
        );
        for (states, owed) in [
            (&again[..], true),
            (&again[..4], false),
            (&again[..1], false),
        ] {
            let trail = trail(bill.id, states);
            let sum = payables(bill_entries(of(&bill, &chart), &trail)).into_iter();
            let sum = sum.map(|(_, minor)| minor).sum::<i64>();
            assert_eq!((is_owed(&trail), sum != 0), (owed, owed), "{states:?}");
        }
    }

    #[test]
    fn a_bill_whose_money_came_back_is_owed_again_though_it_is_held() {
        let (bill, chart) = (bill(), Chart::default());
        let states = ["draft", "approved", "scheduled", "paid", "held"];
        let of_bill = trail(bill.id, &states);
        assert!(is_owed(&of_bill));
        assert!(!is_owed(&of_bill[..4]), "paid");
        let id = PaymentId::derive(&["payment"]);
        let payment = Payment {
            id,
            bill: bill.id,
            amount: eur(119_000),
            planned_for: crate::basics::calendar::date(2026, 11, 24),
            blocked: None,
            end_to_end_id: None,
            state: PaymentState::Returned,
            version: 1,
        };
        let of_payment = trail(id, &["planned", "released", "settled", "returned"]);
        let paid = (&payment, (eur(119_000), None));
        let mut entries = bill_entries(of(&bill, &chart), &of_bill);
        entries.extend(payment_entries(of(&bill, &chart), paid, &of_payment));
        let minors = payables(entries).into_iter().map(|(_, minor)| minor);
        assert_eq!(minors.collect::<Vec<_>>(), [-119_000, 119_000, -119_000]);
    }

    #[test]
    fn a_payment_counts_on_the_day_the_bank_booked_it() {
        let (bill, chart) = (bill(), Chart::default());
        let id = PaymentId::derive(&["payment"]);
        let payment = Payment {
            id,
            bill: bill.id,
            amount: eur(119_000),
            planned_for: crate::basics::calendar::date(2026, 11, 24),
            blocked: None,
            end_to_end_id: None,
            state: PaymentState::Settled,
            version: 1,
        };
        let mut told = trail(id, &["planned", "settled"]);
        told[1].event = told[1].event.clone().fact(BOOKED_ON, "2026-11-19");
        let paid = (&payment, (eur(119_000), None));
        let moved = payables(payment_entries(of(&bill, &chart), paid, &told));
        assert_eq!(moved, [("2026-11-19".to_owned(), 119_000)]);
    }
}
