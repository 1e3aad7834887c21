//! How well the work goes (DOMAIN 1.3 P22 and 6.8): measures of payables by month, and days sales outstanding. Each counts what happened in its month,
//! whenever the bill came.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::audit::{Actor, AuditEvent, ChainedEvent};
use super::exception::{Exception, ExceptionCode, ExceptionState};
use super::ledger::roll_forward::{Movement, RollForward, TooMuch};
use super::payable::{Bill, BillState, Severity};
use crate::basics::calendar::{Date, TimeZone, day_in};
use crate::basics::currency::Currency;
use crate::basics::money::Money;

/// What a person's correction or coding is called in the trail.
const CHANGED: &str = "field";

/// What the trail of a bill says of how it went.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Course {
    /// When its draft was there.
    pub begun: Option<jiff::Timestamp>,
    /// When its checks were done first, and whether they let it pass.
    pub reviewed: Option<(jiff::Timestamp, bool)>,
    /// When it was approved first.
    pub approved: Option<jiff::Timestamp>,
    /// A person changed a field or coded a line before.
    pub was_changed: bool,
    /// When it was rejected or voided, if that was its end.
    pub ended: Option<jiff::Timestamp>,
}

impl Course {
    /// Of a bill with this trail.
    pub fn of(trail: &[ChainedEvent]) -> Self {
        let mut course = Self::default();
        for event in trail.iter().map(|entry| &entry.event) {
            course.begun = course.begun.or(Some(event.at));
            if course.approved.is_none() {
                course.was_changed |= is_a_persons_change(event);
            }
            let state = event.to_state.as_deref().and_then(BillState::parse);
            let Some(state) = state.filter(|_| event.from_state != event.to_state) else {
                continue;
            };
            let passed = match state {
                BillState::Held => Some(false),
                BillState::AwaitingApproval | BillState::Approved => Some(true),
                BillState::Draft
                | BillState::Scheduled
                | BillState::Paid
                | BillState::Rejected
                | BillState::Void => None,
            };
            let reviewed = passed.map(|passed| (event.at, passed));
            course.reviewed = course.reviewed.or(reviewed);
            let is_approval = state == BillState::Approved;
            course.approved = course.approved.or(is_approval.then_some(event.at));
            let is_end = matches!(state, BillState::Rejected | BillState::Void);
            course.ended = is_end.then_some(event.at);
        }
        course
    }
}

fn is_a_persons_change(event: &AuditEvent) -> bool {
    matches!(event.actor, Actor::Person(_)) && event.facts.iter().any(|(name, _)| name == CHANGED)
}

/// Which days are looked at, the first and the last, and where they begin and end.
pub type Days<'a> = (&'a TimeZone, (Date, Date));

/// The day of an instant, when it is looked at.
fn day_among(at: jiff::Timestamp, (zone, (from, to)): Days<'_>) -> Option<Date> {
    Some(day_in(zone, at)).filter(|day| (from..=to).contains(day))
}

/// The first day of a month stands for it.
pub type Month = Date;

/// Some of all, in a month.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Share {
    /// Which.
    pub month: Month,
    /// So many.
    pub all: u32,
    /// So many of them.
    pub some: u32,
}

impl Share {
    /// In percent, to a tenth; `None` of nothing.
    pub fn percent(&self) -> Option<Decimal> {
        percent(Decimal::from(self.some), Decimal::from(self.all))
    }
}

/// The share in each month in which there was anything.
pub fn shares(counted: impl Iterator<Item = (Date, bool)>) -> Vec<Share> {
    let mut months: BTreeMap<Month, (u32, u32)> = BTreeMap::new();
    for (day, is_so) in counted {
        let (all, some) = months.entry(day.first_of_month()).or_default();
        *all = all.saturating_add(1);
        *some = some.saturating_add(u32::from(is_so));
    }
    let shares = months
        .into_iter()
        .map(|(month, (all, some))| Share { month, all, some });
    shares.collect()
}

/// Bills approved, and of them those in which nobody changed a field.
pub fn touchless(courses: &[Course], days: Days<'_>) -> Vec<Share> {
    shares(courses.iter().filter_map(|course| {
        let day = day_among(course.approved?, days)?;
        Some((day, !course.was_changed))
    }))
}

/// Bills reviewed, and of them those which their first review let pass.
pub fn first_time_right(courses: &[Course], days: Days<'_>) -> Vec<Share> {
    shares(courses.iter().filter_map(|course| {
        let (at, passed) = course.reviewed?;
        Some((day_among(at, days)?, passed))
    }))
}

/// How long approvals of a month took, from the draft to the approval.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct CycleTime {
    /// Which.
    pub month: Month,
    /// Bills approved.
    pub approved: u32,
    /// Half of them took no longer, in hours to a tenth.
    pub median_hours: Decimal,
    /// Nine of ten.
    pub p90_hours: Decimal,
}

/// Of each month in which a bill was approved.
pub fn cycle_times(courses: &[Course], days: Days<'_>) -> Vec<CycleTime> {
    let mut months: BTreeMap<Month, Vec<i64>> = BTreeMap::new();
    for course in courses {
        let approved = course.approved.zip(course.begun);
        let day = approved.and_then(|(approved, _)| day_among(approved, days));
        if let Some(((approved, begun), day)) = approved.zip(day) {
            let took = approved.duration_since(begun).as_secs().max(0);
            months.entry(day.first_of_month()).or_default().push(took);
        }
    }
    let of_month = |(month, mut took): (Month, Vec<i64>)| {
        took.sort_unstable();
        CycleTime {
            month,
            approved: u32::try_from(took.len()).unwrap_or(u32::MAX),
            median_hours: hours(quantile(&took, 50)),
            p90_hours: hours(quantile(&took, 90)),
        }
    };
    months.into_iter().map(of_month).collect()
}

/// The smallest value that so many percent of them do not exceed.
fn quantile(sorted: &[i64], percent: usize) -> i64 {
    let rank = sorted.len().saturating_mul(percent).div_ceil(100);
    let value = sorted.get(rank.saturating_sub(1));
    value.copied().unwrap_or_default()
}

fn hours(seconds: i64) -> Decimal {
    (Decimal::from(seconds) / Decimal::from(3_600)).round_dp(1)
}

fn percent(some: Decimal, all: Decimal) -> Option<Decimal> {
    let share = some.checked_mul(Decimal::ONE_HUNDRED)?.checked_div(all)?;
    Some(share.round_dp(1))
}

/// Whether its checks took a bill for one that was there already.
pub fn is_duplicate(bill: &Bill) -> bool {
    let mut findings = bill.findings.iter();
    findings
        .any(|finding| finding.severity != Severity::Note && finding.code.starts_with(DUPLICATE))
}

/// The checks that compare a bill with others.
const DUPLICATE: &str = "duplicate.";

/// Duplicates that were not paid.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Stopped {
    /// Which.
    pub month: Month,
    /// So many, in one currency.
    pub stopped: u32,
    /// What they came to.
    pub amount: Money,
}

/// In each month and currency; `ended` are the days on which they were rejected or voided, and their amounts.
///
/// # Errors
/// A sum that no amount holds.
pub fn stopped(ended: &[(Date, Money)]) -> Result<Vec<Stopped>, TooMuch> {
    let mut months: BTreeMap<(Month, Currency), (u32, Money)> = BTreeMap::new();
    for (day, amount) in ended {
        let currency = amount.currency();
        let none = (0, Money::zero(currency));
        let known = months
            .entry((day.first_of_month(), currency))
            .or_insert(none);
        let sum = known.1.checked_add(*amount);
        *known = (known.0.saturating_add(1), sum.ok_or(TooMuch(currency))?);
    }
    let rows = months
        .into_iter()
        .map(|((month, _), (stopped, amount))| Stopped {
            month,
            stopped,
            amount,
        });
    Ok(rows.collect())
}

/// Discounts of the payments of a month, in one currency.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Captured {
    /// Which.
    pub month: Month,
    /// What the terms of the paid bills offered on the day they came.
    pub offered: Money,
    /// What was taken off.
    pub taken: Money,
}

impl Captured {
    /// Taken of offered, in percent.
    pub fn percent(&self) -> Option<Decimal> {
        percent(self.taken.to_decimal(), self.offered.to_decimal())
    }
}

/// In each month and currency in which a discount was offered; by the days on which the bank booked the payments.
///
/// # Errors
/// A sum that no amount holds.
pub fn captured(paid: &[(Date, Money, Option<Money>)]) -> Result<Vec<Captured>, TooMuch> {
    let mut months: BTreeMap<(Month, Currency), Captured> = BTreeMap::new();
    for (day, offered, taken) in paid {
        let (month, currency) = (day.first_of_month(), offered.currency());
        let nothing = Money::zero(currency);
        let row = months.entry((month, currency)).or_insert(Captured {
            month,
            offered: nothing,
            taken: nothing,
        });
        let more = |sum: Money, one: Money| sum.checked_add(one).ok_or(TooMuch(currency));
        row.offered = more(row.offered, *offered)?;
        row.taken = more(row.taken, taken.unwrap_or(nothing))?;
    }
    Ok(months.into_values().collect())
}

/// How often people were asked for one reason.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Raised {
    /// Why.
    pub code: ExceptionCode,
    /// In all.
    pub raised: u32,
    /// Of them nobody has decided yet.
    pub open: u32,
    /// Of those whose time is over.
    pub late: u32,
}

/// Of each reason for which anybody was asked, the most frequent first.
pub fn by_code<'e>(
    items: impl Iterator<Item = &'e Exception>,
    now: jiff::Timestamp,
) -> Vec<Raised> {
    let mut codes: BTreeMap<ExceptionCode, Raised> = BTreeMap::new();
    for item in items {
        let row = codes.entry(item.code).or_insert(Raised {
            code: item.code,
            raised: 0,
            open: 0,
            late: 0,
        });
        let is_open = item.state == ExceptionState::Open;
        row.raised = row.raised.saturating_add(1);
        row.open = row.open.saturating_add(u32::from(is_open));
        row.late = row
            .late
            .saturating_add(u32::from(is_open && item.due_at < now));
    }
    let mut rows = codes.into_values().collect::<Vec<_>>();
    rows.sort_by_key(|row| std::cmp::Reverse(row.raised));
    rows
}

/// Days sales outstanding and what goes with it, of one currency (DOMAIN 6.8).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Outstanding {
    /// What customers owe.
    pub receivables: Money,
    /// Of it what is not due.
    pub current: Money,
    /// What was billed on the days looked at, less credit notes.
    pub sales: Money,
    /// Receivables ÷ sales × days.
    pub dso: Option<Decimal>,
    /// The same of what is not due alone: as good as it can be with these terms.
    pub best_possible: Option<Decimal>,
    /// The difference: how many days customers are late on average.
    pub delinquent: Option<Decimal>,
    /// Of receivables, in percent.
    pub overdue_percent: Option<Decimal>,
    /// Collection effectiveness, in percent: (beginning + sales − receivables) ÷ (beginning + sales − not due).
    pub cei_percent: Option<Decimal>,
}

/// Of the days of a roll-forward of receivables; `None` where amounts are larger than any number.
pub fn outstanding(rolled: &RollForward, current: Money, days: u32) -> Option<Outstanding> {
    let sales = rolled.moved.iter().filter(|(what, _)| match what {
        Movement::Added | Movement::CreditNotes => true,
        Movement::TakenBack
        | Movement::Paid
        | Movement::Discounts
        | Movement::Deductions
        | Movement::Returned => false,
    });
    let mut sales = sales.map(|(_, amount)| *amount);
    let sales = sales.try_fold(Money::zero(current.currency()), Money::checked_add)?;
    let receivables = rolled.open;
    let in_days = |owed: Money| {
        let share = owed.to_decimal().checked_div(sales.to_decimal())?;
        Some(share.checked_mul(Decimal::from(days))?.round_dp(1))
    };
    let dso = in_days(receivables);
    let best_possible = in_days(current);
    let had = rolled.beginning.checked_add(sales)?;
    let collected = had.checked_sub(receivables)?;
    let collectable = had.checked_sub(current)?;
    let overdue = receivables.checked_sub(current)?;
    Some(Outstanding {
        receivables,
        current,
        sales,
        dso,
        best_possible,
        delinquent: dso.zip(best_possible).map(|(dso, best)| dso - best),
        overdue_percent: percent(overdue.to_decimal(), receivables.to_decimal()),
        cei_percent: percent(collected.to_decimal(), collectable.to_decimal()),
    })
}

#[cfg(test)]
mod tests;
