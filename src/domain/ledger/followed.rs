//! The entries of a bill and of its payments, followed through their trails: what is on the books is what these say, whatever state
//! they skip.

use super::liability::Liability;
use super::roll_forward::{Moved, Movement};
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

/// An entry, and what it does to what is owed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Posted {
    /// The entry.
    pub entry: Entry,
    /// One, or two where a discount was taken.
    pub moved: Vec<Moved>,
}

impl Posted {
    /// Takes it back.
    fn back(
        &self,
        (date, what): (Date, Movement),
        reference: String,
        text: &str,
    ) -> Result<Self, Unpostable> {
        let entry = self.entry.reversed(date, reference.clone(), text);
        let moved = self.moved.iter().map(|one| {
            let amount = one.amount.checked_neg()?;
            Some(Moved { date, what, amount })
        });
        let back = entry.zip(moved.collect::<Option<Vec<_>>>());
        let back = back.map(|(entry, moved)| Self { entry, moved });
        back.ok_or(Unpostable { reference })
    }
}

/// When the bank booked a payment that was not given back.
pub fn settled_on(trail: &[ChainedEvent], zone: &TimeZone) -> Option<Date> {
    let last = moves(trail).last()?;
    let state = last.to_state.as_deref().and_then(PaymentState::parse);
    (state == Some(PaymentState::Settled)).then(|| day_of(last, zone))
}

/// The trail of a bill as far as it counts until the end of this day: what the bank did counts on the day on which it was booked.
pub fn until<'t>(trail: &'t [ChainedEvent], zone: &TimeZone, last: Date) -> Vec<&'t AuditEvent> {
    let counted = moves(trail).filter(|event| day_of(event, zone) <= last);
    counted.collect()
}

/// The state in which these moves leave a bill.
pub fn state_after(moves: &[&AuditEvent]) -> Option<BillState> {
    moves.last().and_then(|event| state_of(event))
}

/// What a bill was approved for with the last of these moves; what it says now where its approval did not say.
pub fn approved_for(bill: &Bill, moves: &[&AuditEvent]) -> Option<Liability> {
    let mut approvals = moves.iter().rev();
    let last = approvals.find(|event| state_of(event) == Some(BillState::Approved));
    let told = last.and_then(|event| Liability::read(event));
    told.or_else(|| Liability::of(bill))
}

/// Whether a bill with these moves is on the account of payables: approved, not paid, and not taken up or out again. One whose
/// money came back is owed again, though it is held.
pub fn is_owed(moves: &[&AuditEvent]) -> bool {
    moves
        .iter()
        .fold(false, |owed, event| match state_of(event) {
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
pub fn bill_entries(of: OfBill<'_>, trail: &[ChainedEvent]) -> Vec<Result<Posted, Unpostable>> {
    let mut entries = Vec::new();
    let mut posted: Option<Posted> = None;
    for (event, times) in moves(trail).zip(0_u32..) {
        let date = day_in(of.zone, event.at);
        let reference = format!("bill {} {times}", of.bill.id);
        let next = match state_of(event) {
            Some(BillState::Approved) if posted.is_none() => {
                let approved = approved(of, event, (date, reference));
                posted = approved.as_ref().ok().cloned();
                Some(approved)
            }
            Some(BillState::Draft | BillState::Rejected | BillState::Void) => {
                let when_why = (date, Movement::TakenBack);
                let posted = posted.take();
                posted.map(|posted| posted.back(when_why, reference, "taken back"))
            }
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

fn approved(
    of: OfBill<'_>,
    event: &AuditEvent,
    (date, reference): (Date, String),
) -> Result<Posted, Unpostable> {
    let own = Liability::read(event).or_else(|| Liability::of(of.bill));
    let own = own.ok_or(Unpostable {
        reference: reference.clone(),
    })?;
    let party = of.party.to_owned();
    let occasion = Occasion {
        date,
        reference,
        party,
    };
    let text = of.bill.number.clone().unwrap_or_default();
    let entry = bill_owed(&own, of.nets, of.chart, (text, occasion))?;
    let what = match own.payable.is_negative() {
        true => Movement::CreditNotes,
        false => Movement::Added,
    };
    let amount = own.payable;
    let moved = vec![Moved { date, what, amount }];
    Ok(Posted { entry, moved })
}

/// A payment is posted on the day the bank booked it, and taken back when its money comes back. `paid` is what the file to the bank
/// said of it: its sum, and what was taken off.
pub fn payment_entries(
    of: OfBill<'_>,
    (payment, paid): (&Payment, (Money, Option<Money>)),
    trail: &[ChainedEvent],
) -> Vec<Result<Posted, Unpostable>> {
    let mut entries = Vec::new();
    let mut posted: Option<Posted> = None;
    for event in moves(trail) {
        let state = event.to_state.as_deref().and_then(PaymentState::parse);
        let date = day_of(event, of.zone);
        let next = match state {
            Some(PaymentState::Settled) => {
                let settled = settled(of, payment, paid, date);
                posted = settled.as_ref().ok().cloned();
                Some(settled)
            }
            Some(PaymentState::Returned) => {
                let reference = format!("payment {} returned", payment.id);
                let when_why = (date, Movement::Returned);
                let posted = posted.take();
                posted.map(|posted| posted.back(when_why, reference, "came back"))
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

fn settled(
    of: OfBill<'_>,
    payment: &Payment,
    paid: (Money, Option<Money>),
    date: Date,
) -> Result<Posted, Unpostable> {
    let reference = format!("payment {} settled", payment.id);
    let (sum, discount) = paid;
    let discount = discount.map(|discount| (Movement::Discounts, discount));
    let less = [Some((Movement::Paid, sum)), discount]
        .into_iter()
        .flatten();
    let moved = less.map(|(what, amount)| {
        let amount = amount.checked_neg()?;
        Some(Moved { date, what, amount })
    });
    let moved = moved.collect::<Option<Vec<_>>>();
    let moved = moved.ok_or(Unpostable {
        reference: reference.clone(),
    })?;
    let occasion = Occasion {
        date,
        reference,
        party: of.party.to_owned(),
    };
    let entry = payment_settled(of.bill, paid, of.chart, occasion)?;
    Ok(Posted { entry, moved })
}

fn moves(trail: &[ChainedEvent]) -> impl Iterator<Item = &AuditEvent> {
    let events = trail.iter().map(|entry| &entry.event);
    events.filter(|event| event.to_state.is_some() && event.from_state != event.to_state)
}

fn state_of(event: &AuditEvent) -> Option<BillState> {
    event.to_state.as_deref().and_then(BillState::parse)
}

/// The day on which it counts.
fn day_of(event: &AuditEvent, zone: &TimeZone) -> Date {
    let booked = event.facts.iter().find(|(name, _)| name == BOOKED_ON);
    let booked = booked.and_then(|(_, day)| parse_iso_date(day));
    booked.unwrap_or(day_in(zone, event.at))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::basics::calendar::{Timestamp, date};
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
    fn payables(entries: Vec<Result<Posted, Unpostable>>) -> Vec<(String, i64)> {
        let entries = entries.into_iter().map(|posted| posted.unwrap().entry);
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
            let moves = until(&trail, &UTC, Date::MAX);
            assert_eq!((is_owed(&moves), sum != 0), (owed, owed), "{states:?}");
        }
    }

    #[test]
    fn a_bill_whose_money_came_back_is_owed_again_though_it_is_held() {
        let (bill, chart) = (bill(), Chart::default());
        let states = ["draft", "approved", "scheduled", "paid", "held"];
        let of_bill = trail(bill.id, &states);
        assert!(is_owed(&until(&of_bill, &UTC, Date::MAX)));
        let paid_on = date(2026, 11, 23);
        assert!(!is_owed(&until(&of_bill, &UTC, paid_on)));
        let id = PaymentId::derive(&["payment"]);
        let payment = Payment {
            id,
            bill: bill.id,
            amount: eur(119_000),
            planned_for: date(2026, 11, 24),
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
            planned_for: date(2026, 11, 24),
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
