//! When a customer is reminded of what, as data: levels by days from the due date, and what keeps a level from going out.
//!
//! The level 30 days after the due date is a final notice: it waits until a person releases it (DOMAIN 6.7, L4).

mod suppression;

pub use super::reminder::History;
pub use suppression::{Gate, Suppressed, Suppression};

use self::suppression::{kept_back, suppressed, told_lately_until};
use super::promise::is_broken;
use super::unanswered::{Unanswered, unanswered};
use super::{Customer, OpenInvoice, Reminder, Tone};
use crate::basics::calendar::{
    Date, Timestamp, add_days, days_between, is_target_closed, target_day_after,
};
use crate::basics::ids::{CustomerId, OutboundId};
use crate::basics::money::Money;

/// One level of the ladder.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Level {
    /// Days from the due date; negative before it.
    pub days: i32,
    /// How firmly it is said.
    pub tone: Tone,
}

impl Level {
    /// The level this many days from the due date, with the tone that fits.
    pub const fn at(days: i32) -> Self {
        let tone = match days {
            i32::MIN..=-1 => Tone::Courtesy,
            0 => Tone::DueToday,
            1..=6 => Tone::Friendly,
            7..=13 => Tone::Plain,
            14..=29 => Tone::Firm,
            30..=i32::MAX => Tone::FinalNotice,
        };
        Self { days, tone }
    }
}

/// Whoever gets firm words had this long to answer the ones before.
const DAYS_BETWEEN_FIRM: i32 = 7;

/// The ladder of DOMAIN 6.7 without the hand-over, which is a person's decision.
pub const LADDER: [Level; 7] = [
    Level::at(-7),
    Level::at(-3),
    Level::at(0),
    Level::at(3),
    Level::at(7),
    Level::at(14),
    Level::at(30),
];

/// Which levels there are and what is too small for them; from the configuration.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ReminderPolicy {
    /// Ascending by days.
    pub levels: Vec<Level>,
    /// Less than this open on an invoice is not worth a mail; compared by number in any other currency.
    pub minimum: Money,
    /// How many days a remittance without its money keeps its invoices from being reminded of.
    pub claim_days: i32,
}

impl ReminderPolicy {
    /// Levels at these days from the due date, in any order, each with the tone that fits.
    pub fn at_days(days: &[i32], minimum: Money, claim_days: i32) -> Self {
        let mut levels: Vec<Level> = days.iter().copied().map(Level::at).collect();
        levels.sort_by_key(|level| level.days);
        levels.dedup();
        Self {
            levels,
            minimum,
            claim_days,
        }
    }
}

/// One mail to one customer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ReminderPlan {
    /// To whom.
    pub customer: CustomerId,
    /// That of the highest level in it.
    pub tone: Tone,
    /// The invoices in it, the longest overdue first; never empty.
    pub invoices: Vec<PlannedReminder>,
}

/// One invoice of that mail.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PlannedReminder {
    /// The invoice with what is open on it.
    pub open: OpenInvoice,
    /// The level it has reached.
    pub level: Level,
    /// Days past the due date; negative before it.
    pub days_overdue: i32,
}

/// What is decided for one customer and day.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Outlook {
    /// The mail to write, if any.
    pub plan: Option<ReminderPlan>,
    /// Everything that is not reminded of, with the reason.
    pub suppressed: Vec<Suppressed>,
    /// The final notices of these would go out today, and wait for the release by a person; empty where something else keeps
    /// the customer from being written to.
    pub to_release: Vec<PlannedReminder>,
    /// These were promised, and nothing came.
    pub broken: Vec<OpenInvoice>,
    /// What mails alone do not move.
    pub unanswered: Option<Unanswered>,
}

impl Outlook {
    /// There is a mail to write, or something a person may have to be told.
    pub fn calls_for_work(&self) -> bool {
        let told = !self.to_release.is_empty() || !self.broken.is_empty();
        self.plan.is_some() || told || self.unanswered.is_some()
    }
}

/// The level to send for this invoice today: the highest it has reached whose words are true, unless that one or a higher one
/// was sent. Levels that were missed are skipped: nobody gets a backlog of mails. But who was never reminded is not told that
/// he was, and who gets firm words has had a week since the last ones. A mail
/// that never left said nothing, though its level is not written again. `history` may hold reminders of other invoices.
pub fn due(
    open: &OpenInvoice,
    history: History<'_>,
    policy: &ReminderPolicy,
    today: Date,
) -> Option<Level> {
    if is_target_closed(today) || suppressed(open, policy.minimum, today).is_some() {
        return None;
    }
    let overdue = days_between(open.invoice.due_date, today);
    let said = Said::of(open, history);
    let new = |level: &&Level| level.days <= overdue && said.is_new(level);
    let mut reached: Vec<Level> = policy.levels.iter().filter(new).copied().collect();
    reached.sort_by_key(|level| level.days);
    let firmest = said.firmest();
    let true_words = reached.iter().rfind(|level| level.tone <= firmest).copied();
    // A ladder without gentle levels begins with its first one, in words that are true.
    let level = true_words.or_else(|| {
        let tone = firmest;
        reached.first().map(|level| Level { tone, ..*level })
    })?;
    let too_soon = level.tone >= Tone::Firm
        && said
            .last
            .is_some_and(|last| days_between(last, today) < DAYS_BETWEEN_FIRM);
    // A weekend later nothing is due today any more.
    let tone = match level.tone {
        Tone::Courtesy | Tone::DueToday if overdue > 0 => Tone::Friendly,
        Tone::Courtesy
        | Tone::DueToday
        | Tone::Friendly
        | Tone::Plain
        | Tone::Firm
        | Tone::FinalNotice => level.tone,
    };
    (!too_soon).then_some(Level { tone, ..level })
}

/// What was said of one invoice before.
struct Said {
    /// Every level there was a mail for, whatever the due date was then: a level is written once.
    levels: Vec<i32>,
    /// The highest level reached by the due date as it is now; what was said of an earlier one counts no more.
    highest: Option<i32>,
    /// How often the customer was told that it is overdue.
    overdue_times: usize,
    /// When last.
    last: Option<Date>,
}

impl Said {
    fn of(open: &OpenInvoice, history: History<'_>) -> Self {
        let reminders = history.reminders.iter();
        let of_invoice = || reminders.clone().filter(|r| r.invoice == open.invoice.id);
        let due = open.invoice.due_date;
        let counting = || of_invoice().filter(|r| r.on >= add_days(due, r.level_days));
        let was_said = |r: &&Reminder| !history.unsaid.contains(&r.outbound);
        let overdue = || counting().filter(was_said).filter(|r| r.level_days > 0);
        Self {
            levels: of_invoice().map(|r| r.level_days).collect(),
            highest: counting().map(|r| r.level_days).max(),
            overdue_times: overdue().count(),
            last: overdue().map(|r| r.on).max(),
        }
    }

    fn is_new(&self, level: &Level) -> bool {
        let above = self.highest.is_none_or(|highest| level.days > highest);
        above && !self.levels.contains(&level.days)
    }

    /// "Despite our reminder" needs one, "despite several reminders" needs two.
    fn firmest(&self) -> Tone {
        match self.overdue_times {
            0 => Tone::Plain,
            1 => Tone::Firm,
            2.. => Tone::FinalNotice,
        }
    }
}

/// What this customer is told today, and what not and why. At most one mail; the highest level sets its tone. A mail about
/// what is overdue speaks of nothing else: what is not due yet has its own mail on another day, and so has what is said more gently
/// than the firm words in it.
pub fn plan(
    customer: &Customer,
    gate: Gate,
    invoices: &[OpenInvoice],
    history: History<'_>,
    policy: &ReminderPolicy,
    today: Date,
) -> Outlook {
    let of_customer = |open: &&OpenInvoice| open.invoice.customer == customer.id;
    let mut outlook = Outlook {
        unanswered: unanswered(invoices.iter().filter(of_customer), history, today),
        ..Outlook::default()
    };
    let mut planned = Vec::new();
    for open in invoices.iter().filter(of_customer) {
        if is_broken(open, today) {
            outlook.broken.push(open.clone());
        }
        match due(open, history, policy, today) {
            Some(level) => planned.push(PlannedReminder {
                open: open.clone(),
                level,
                days_overdue: days_between(open.invoice.due_date, today),
            }),
            None => outlook
                .suppressed
                .push(silence(open, history, policy, today)),
        }
    }
    let is_overdue = |p: &PlannedReminder| p.days_overdue > 0;
    if let Some(until) = told_lately_until(customer.id, history, today) {
        let why = (Suppression::RemindedLately, Some(until));
        planned = only(planned, |p| !is_overdue(p), why, &mut outlook.suppressed);
    }
    let (waiting, planned) = planned.into_iter().partition(waits_for_release);
    outlook.to_release = waiting;
    let planned = one_mail(planned, &mut outlook.suppressed);
    let kept_back = kept_back(customer, gate, history, today);
    match (planned.iter().map(|p| p.level.tone).max(), kept_back) {
        (_, Some(why)) => {
            outlook.to_release.clear();
            outlook.suppressed.push(why);
        }
        (Some(tone), None) => {
            outlook.plan = Some(ReminderPlan {
                customer: customer.id,
                tone,
                invoices: planned,
            });
        }
        (None, None) => {}
    }
    let unreleased = outlook.to_release.iter();
    let unreleased = unreleased.map(|p| Suppressed::of(&p.open, Suppression::NotReleased, None));
    outlook.suppressed.extend(unreleased);
    outlook
}

/// Why nothing is said of this invoice today, and when something may be.
fn silence(
    open: &OpenInvoice,
    history: History<'_>,
    policy: &ReminderPolicy,
    today: Date,
) -> Suppressed {
    if let Some((why, until)) = suppressed(open, policy.minimum, today) {
        return Suppressed::of(open, why, until);
    }
    if is_target_closed(today) {
        let until = target_day_after(today);
        return Suppressed::of(open, Suppression::NotABusinessDay, Some(until));
    }
    let said = Said::of(open, history);
    let next = policy.levels.iter().filter(|level| said.is_new(level));
    let next = next.map(|level| add_days(open.invoice.due_date, level.days));
    let next = next.filter(|day| *day > today).min();
    Suppressed::of(open, Suppression::NoNewLevel, next)
}

/// A final notice is the last word before others take over: a person says it.
fn waits_for_release(planned: &PlannedReminder) -> bool {
    planned.level.tone == Tone::FinalNotice && planned.open.invoice.final_notice_released.is_none()
}

/// What stands in the mail of today, the longest overdue first; the others wait for another day.
fn one_mail(
    mut planned: Vec<PlannedReminder>,
    suppressed: &mut Vec<Suppressed>,
) -> Vec<PlannedReminder> {
    let is_overdue = |p: &PlannedReminder| p.days_overdue > 0;
    if planned.iter().any(is_overdue) {
        let why = (Suppression::OverdueFirst, None);
        planned = only(planned, is_overdue, why, suppressed);
    }
    // "Despite our reminders" has to be true of every invoice in the mail.
    let firmest = planned.iter().map(|p| p.level.tone).max();
    if let Some(firmest) = firmest.filter(|tone| *tone >= Tone::Firm) {
        let is_firm = |p: &PlannedReminder| p.level.tone == firmest;
        let why = (Suppression::FirmerFirst, None);
        planned = only(planned, is_firm, why, suppressed);
    }
    planned.sort_by(|a, b| {
        let key = |p: &PlannedReminder| (p.open.invoice.due_date, p.open.invoice.number.clone());
        key(a).cmp(&key(b))
    });
    planned
}

/// Those that are told today; the others wait for another day.
fn only(
    planned: Vec<PlannedReminder>,
    is_told: impl Fn(&PlannedReminder) -> bool,
    (why, until): (Suppression, Option<Date>),
    suppressed: &mut Vec<Suppressed>,
) -> Vec<PlannedReminder> {
    let (told, waiting): (Vec<_>, Vec<_>) = planned.into_iter().partition(is_told);
    let waiting = waiting.iter();
    suppressed.extend(waiting.map(|p: &PlannedReminder| Suppressed::of(&p.open, why, until)));
    told
}

impl ReminderPlan {
    /// The entries to write beside the mail.
    pub fn reminders(&self, outbound: OutboundId, today: Date) -> Vec<Reminder> {
        let entry = |planned: &PlannedReminder| Reminder {
            id: Reminder::id_of(planned.open.invoice.id, planned.level.days),
            invoice: planned.open.invoice.id,
            customer: self.customer,
            level_days: planned.level.days,
            outbound,
            on: today,
        };
        self.invoices.iter().map(entry).collect()
    }

    /// What is open on the invoices together, one amount per currency.
    pub fn totals(&self) -> Vec<Money> {
        let mut totals: Vec<Money> = Vec::new();
        for planned in &self.invoices {
            let amount = planned.open.balance;
            let same = totals
                .iter_mut()
                .find(|t| t.currency() == amount.currency());
            match same {
                Some(total) => *total = total.checked_add(amount).unwrap_or(*total),
                None => totals.push(amount),
            }
        }
        totals
    }
}

/// Whether each of these mailboxes was looked at since then, by the looks that met no problem: what customers wrote is known
/// before they are reminded.
pub fn all_looked_at<'m>(
    mut mailboxes: impl Iterator<Item = &'m str>,
    looks: &[(&str, Timestamp)],
    since: Timestamp,
) -> bool {
    mailboxes.all(|name| {
        let mut of_it = looks.iter().filter(|(mailbox, _)| *mailbox == name);
        of_it.any(|(_, at)| *at >= since)
    })
}

#[cfg(test)]
mod tests;
