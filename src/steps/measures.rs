//! The measures, taken from the books and their trails.

use std::collections::{BTreeMap, HashMap};

use super::ageing::open_invoices;
use super::journal::paid_with;
use super::plan_payments::cash_discount;
use super::roll_forward::rolled_by_day;
use super::{Office, StepError};
use crate::basics::calendar::{Date, add_days, day_in};
use crate::basics::money::Money;
use crate::domain::ageing::Basis;
use crate::domain::ledger::followed::settled_on;
use crate::domain::ledger::roll_forward::{OpenAccount, RollForward, TooMuch};
use crate::domain::measures::{
    self, Captured, Course, Outstanding, Raised, Share, Stopped, by_code, captured, shares, stopped,
};
use crate::io::store::Filter;

/// How each bill went.
///
/// # Errors
/// What the store met.
pub async fn courses(office: &Office) -> Result<Vec<Course>, StepError> {
    let mut courses = Vec::new();
    for bill in office.store.list_bills(&Filter::all()).await? {
        let trail = office.store.audit_of(&bill.id.into()).await?;
        courses.push(Course::of(&trail));
    }
    Ok(courses)
}

/// Payments that the bank booked on these days, and of them those by the due date of their bill. A bill without one is on time.
///
/// # Errors
/// What the store met.
pub async fn on_time(office: &Office, (from, to): (Date, Date)) -> Result<Vec<Share>, StepError> {
    let (store, zone) = (&office.store, &office.rules.time_zone);
    let bills = store.list_bills(&Filter::all()).await?.into_iter();
    let due: HashMap<_, _> = bills.map(|bill| (bill.id, bill.due_date)).collect();
    let mut counted = Vec::new();
    let payments = store.list_payments(&Filter::all()).await?;
    // A credit note that is set off is no payment.
    for payment in payments.into_iter().filter(|one| one.amount.is_positive()) {
        let trail = store.audit_of(&payment.id.into()).await?;
        let booked = settled_on(&trail, zone).filter(|day| (from..=to).contains(day));
        let due = due.get(&payment.bill).copied().flatten();
        counted.extend(booked.map(|day| (day, due.is_none_or(|due| day <= due))));
    }
    Ok(shares(counted.into_iter()))
}

/// What the bills paid on these days offered for paying early when they came, and what of it was taken.
///
/// # Errors
/// What the store met; a sum that no amount holds.
pub async fn discounts(
    office: &Office,
    (from, to): (Date, Date),
) -> Result<Vec<Captured>, StepError> {
    let (store, zone) = (&office.store, &office.rules.time_zone);
    let sums = paid_with(office).await?;
    let mut paid = Vec::new();
    for payment in store.list_payments(&Filter::all()).await? {
        let trail = store.audit_of(&payment.id.into()).await?;
        let booked = settled_on(&trail, zone).filter(|day| (from..=to).contains(day));
        let Some(booked) = booked else { continue };
        let bill = store.bill(payment.bill).await?;
        let bill = bill.ok_or_else(|| StepError::Missing(payment.bill.into()))?;
        let came = Course::of(&store.audit_of(&bill.id.into()).await?).begun;
        let came = day_in(zone, came.unwrap_or_default());
        let offered = cash_discount(office, &bill, came).await?;
        let taken = sums.get(&payment.id).and_then(|(_, discount)| *discount);
        let offered = offered.and_then(|discount| discount.of(payment.amount));
        paid.extend(offered.or(taken).map(|offered| (booked, offered, taken)));
    }
    Ok(captured(&paid)?)
}

/// Duplicates that ended on these days without being paid.
///
/// # Errors
/// What the store met.
pub async fn duplicates(
    office: &Office,
    (from, to): (Date, Date),
) -> Result<Vec<Stopped>, StepError> {
    let zone = &office.rules.time_zone;
    let mut ended = Vec::new();
    for bill in office.store.list_bills(&Filter::all()).await? {
        let amount = bill.payable.or(bill.gross);
        let Some(amount) = amount.filter(|_| measures::is_duplicate(&bill)) else {
            continue;
        };
        let trail = office.store.audit_of(&bill.id.into()).await?;
        let day = Course::of(&trail).ended.map(|at| day_in(zone, at));
        let day = day.filter(|day| (from..=to).contains(day));
        ended.extend(day.map(|day| (day, amount)));
    }
    Ok(stopped(&ended)?)
}

/// What people were asked on these days.
///
/// # Errors
/// What the store met.
pub async fn exceptions(
    office: &Office,
    (from, to): (Date, Date),
) -> Result<Vec<Raised>, StepError> {
    let zone = &office.rules.time_zone;
    let all = office.store.list_exceptions(&Filter::all()).await?;
    let raised = all.iter().filter(|item| {
        let day = day_in(zone, item.raised_at);
        (from..=to).contains(&day)
    });
    Ok(by_code(raised, office.clock.now()))
}

/// Of each currency, when this day ended, by the sales of so many days.
///
/// # Errors
/// What the store met; a sum that no amount holds.
pub async fn outstanding(
    office: &Office,
    to: Date,
    days: u32,
) -> Result<Vec<Outstanding>, StepError> {
    let back = i32::try_from(days).unwrap_or(i32::MAX);
    let from = add_days(to, 1_i32.saturating_sub(back));
    let rolled = rolled_by_day(office, OpenAccount::Receivables, (from, to)).await?;
    let mut current: BTreeMap<_, Money> = BTreeMap::new();
    for item in open_invoices(office, to).await? {
        let Some(open) = item.open.filter(|_| item.days(Basis::Due, to) <= 0) else {
            continue;
        };
        let nothing = Money::zero(open.currency());
        let sum = current.entry(open.currency()).or_insert(nothing);
        let more = sum.checked_add(open);
        *sum = more.ok_or(TooMuch(open.currency()))?;
    }
    let of = |row: &RollForward| {
        let nothing = Money::zero(row.currency());
        let current = current.get(&row.currency()).copied();
        let told = measures::outstanding(row, current.unwrap_or(nothing), days);
        told.ok_or(TooMuch(row.currency()).into())
    };
    rolled.rows.iter().map(of).collect()
}
