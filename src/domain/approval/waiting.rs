//! How long an approver is waited for (DOMAIN 4.4): reminded, reminded once more while the delegate is asked beside, then somebody
//! else is told. The clock counts the time of open days, and stands while the approver waits for an answer of ours.

use jiff::SignedDuration;

use crate::basics::address::MailAddress;
use crate::basics::business_time::{after_business_time, business_hour_from, business_time, opens};
use crate::basics::calendar::{Date, TimeZone, Timestamp, add_days, day_in, is_target_closed};

/// A reminder because of a date goes out so many open days before it.
const DAYS_BEFORE_A_DATE: u32 = 3;

/// How long an approver is waited for; from the configuration.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Impatience {
    /// Hours of open days after which the approver is reminded, ascending.
    pub remind_hours: Vec<u16>,
    /// Hours of open days after which somebody else is told; none: never.
    pub escalate_hours: Option<u16>,
    /// Who is told then.
    pub escalate_to: Option<MailAddress>,
}

/// What is done about a silent approver.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Rung {
    /// Reminded, the first time (0) or again. From the second time on the delegate is asked beside.
    Remind(usize),
    /// Somebody else is told.
    Escalate,
}

impl Rung {
    /// Whether the delegate is asked beside.
    pub fn asks_delegate(self) -> bool {
        match self {
            Self::Remind(before) => before > 0,
            Self::Escalate => true,
        }
    }

    /// Names it among the mails about one request.
    pub fn occasion(self) -> String {
        match self {
            Self::Remind(before) => format!("reminder {}", before + 1),
            Self::Escalate => "escalation".to_owned(),
        }
    }
}

/// Since when an approver is waited for, and what changes how long.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Waiting {
    /// When the approver was asked.
    pub asked_at: Timestamp,
    /// Until when an answer counts: nothing is done after that.
    pub until: Timestamp,
    /// When the approver waited for us: from a question of theirs to what settled it, where something did. In order.
    pub questions: Vec<(Timestamp, Option<Timestamp>)>,
    /// The last day on which the money should be on its way, for a discount or because it is due.
    pub wanted_by: Option<Date>,
}

/// What is due now and when to look again.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Due {
    /// The rung that was reached last.
    pub now: Option<Rung>,
    /// When the next one is reached, or may be.
    pub next: Option<Timestamp>,
}

impl Waiting {
    /// What is due. While a question of the approver is open nothing is, and it is looked at again on the next open day.
    pub fn due(&self, impatience: &Impatience, (now, zone): (Timestamp, &TimeZone)) -> Due {
        let times = self.times(impatience, zone);
        let counts = |at: &Timestamp| *at < self.until;
        let is_stopped = self.questions.iter().any(|(_, settled)| settled.is_none());
        if is_stopped {
            let is_more = times.iter().any(|(_, at)| at.is_none_or(|at| at > now));
            let tomorrow = business_hour_from(opens(add_days(day_in(zone, now), 1), zone), zone);
            return Due {
                now: None,
                next: Some(tomorrow).filter(|_| is_more).filter(counts),
            };
        }
        let timed = || times.iter().filter_map(|(rung, at)| Some((*rung, (*at)?)));
        let reached = timed().filter(|(_, at)| *at <= now);
        let to_come = timed().map(|(_, at)| at).filter(|at| *at > now);
        Due {
            now: reached.max_by_key(|(_, at)| *at).map(|(rung, _)| rung),
            next: to_come.min().filter(counts),
        }
    }

    /// When each rung is reached; `None` where an open question is in the way.
    fn times(&self, impatience: &Impatience, zone: &TimeZone) -> Vec<(Rung, Option<Timestamp>)> {
        let reminders = impatience.remind_hours.iter().enumerate();
        let reminders = reminders.map(|(before, hours)| (Rung::Remind(before), *hours));
        let escalation = impatience
            .escalate_hours
            .map(|hours| (Rung::Escalate, hours));
        let timed = reminders.chain(escalation).map(|(rung, hours)| {
            let reached = self.after(SignedDuration::from_hours(i64::from(hours)), zone);
            let reached = reached.map(|at| business_hour_from(at, zone));
            let sooner = self
                .before_the_date(zone)
                .filter(|_| rung == Rung::Remind(0));
            (
                rung,
                reached.map(|at| sooner.map_or(at, |sooner| sooner.min(at))),
            )
        });
        timed.collect()
    }

    /// When so much time was waited, without that of the questions.
    fn after(&self, time: SignedDuration, zone: &TimeZone) -> Option<Timestamp> {
        let (mut from, mut left) = (self.asked_at, time);
        for (asked, settled) in &self.questions {
            let asked = (*asked).max(from);
            let waited = business_time(from, asked, zone);
            if waited >= left {
                break;
            }
            left = left.saturating_sub(waited);
            from = (*settled)?.max(from);
        }
        Some(after_business_time(from, left, zone))
    }

    /// When to remind because of the day the money should go; not at once after the request.
    fn before_the_date(&self, zone: &TimeZone) -> Option<Timestamp> {
        let mut date = self.wanted_by?;
        let mut left = DAYS_BEFORE_A_DATE;
        while left > 0 {
            date = add_days(date, -1);
            left -= u32::from(!is_target_closed(date));
        }
        let asked_on = day_in(zone, self.asked_at);
        (date > asked_on).then(|| opens(date, zone))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::basics::calendar::date;

    fn at(text: &str) -> Timestamp {
        format!("{text}Z").parse().unwrap()
    }

    fn impatience() -> Impatience {
        Impatience {
            remind_hours: vec![24, 48],
            escalate_hours: Some(72),
            escalate_to: None,
        }
    }

    /// Asked on a Friday at ten.
    fn waiting() -> Waiting {
        Waiting {
            asked_at: at("2026-11-20T10:00:00"),
            until: at("2026-12-20T10:00:00"),
            questions: Vec::new(),
            wanted_by: None,
        }
    }

    fn due(waiting: &Waiting, now: &str) -> (Option<Rung>, Option<String>) {
        let due = waiting.due(&impatience(), (at(now), &TimeZone::UTC));
        (due.now, due.next.map(|at| at.to_string()))
    }

    fn next(text: &str) -> Option<String> {
        Some(format!("{text}Z"))
    }

    #[test]
    fn a_silent_approver_is_reminded_on_monday_and_tuesday_and_somebody_told_on_wednesday() {
        for (now, rung, then) in [
            ("2026-11-20T10:00:00", None, next("2026-11-23T10:00:00")),
            ("2026-11-22T10:00:00", None, next("2026-11-23T10:00:00")),
            (
                "2026-11-23T10:00:00",
                Some(Rung::Remind(0)),
                next("2026-11-24T10:00:00"),
            ),
            (
                "2026-11-24T10:00:00",
                Some(Rung::Remind(1)),
                next("2026-11-25T10:00:00"),
            ),
            ("2026-11-25T10:00:00", Some(Rung::Escalate), None),
        ] {
            assert_eq!(due(&waiting(), now), (rung, then), "{now}");
        }
    }

    #[test]
    fn who_was_asked_at_night_is_reminded_in_the_morning() {
        let night = Waiting {
            asked_at: at("2026-11-18T23:00:00"),
            ..waiting()
        };
        assert_eq!(
            due(&night, "2026-11-19T23:30:00"),
            (None, next("2026-11-20T08:00:00"))
        );
    }

    #[test]
    fn the_clock_stands_while_the_approver_waits_for_an_answer_of_ours() {
        let asked = at("2026-11-20T16:00:00");
        let open = Waiting {
            questions: vec![(asked, None)],
            ..waiting()
        };
        assert_eq!(
            due(&open, "2026-11-27T10:00:00"),
            (None, next("2026-11-30T08:00:00"))
        );
        // Answered on Tuesday at noon: of the day of patience six hours were gone.
        let settled = Waiting {
            questions: vec![(asked, Some(at("2026-11-24T12:00:00")))],
            ..waiting()
        };
        assert_eq!(
            due(&settled, "2026-11-24T12:00:00"),
            (None, next("2026-11-25T08:00:00"))
        );
    }

    #[test]
    fn a_question_asked_after_the_second_reminder_does_not_undo_it() {
        let late = Waiting {
            questions: vec![(at("2026-11-24T12:00:00"), Some(at("2026-11-26T12:00:00")))],
            ..waiting()
        };
        let (now, then) = due(&late, "2026-11-26T12:00:00");
        assert_eq!(now, Some(Rung::Remind(1)));
        assert_eq!(then, next("2026-11-27T10:00:00"));
    }

    #[test]
    fn a_discount_that_ends_or_a_bill_that_is_due_brings_the_reminder_forward() {
        let asked = Waiting {
            asked_at: at("2026-11-19T10:00:00"),
            wanted_by: Some(date(2026, 11, 25)),
            ..waiting()
        };
        assert_eq!(
            due(&asked, "2026-11-19T10:00:00").1,
            next("2026-11-20T08:00:00")
        );
        let too_late = Waiting {
            wanted_by: Some(date(2026, 11, 23)),
            ..asked
        };
        assert_eq!(
            due(&too_late, "2026-11-19T10:00:00").1,
            next("2026-11-20T10:00:00")
        );
    }

    #[test]
    fn whoever_wants_no_reminders_gets_none() {
        let never = Impatience::default();
        let due = waiting().due(&never, (at("2027-01-04T10:00:00"), &TimeZone::UTC));
        assert_eq!((due.now, due.next), (None, None));
    }

    #[test]
    fn whoever_wants_somebody_told_before_the_second_reminder_gets_both() {
        let early = Impatience {
            escalate_hours: Some(36),
            ..impatience()
        };
        let on = |now: &str| waiting().due(&early, (at(now), &TimeZone::UTC)).now;
        assert_eq!(on("2026-11-24T08:00:00"), Some(Rung::Escalate));
        assert_eq!(on("2026-11-24T10:00:00"), Some(Rung::Remind(1)));
    }

    #[test]
    fn nothing_is_looked_at_when_an_answer_counts_no_more() {
        let short = Waiting {
            until: at("2026-11-24T09:00:00"),
            ..waiting()
        };
        assert_eq!(
            due(&short, "2026-11-23T10:00:00"),
            (Some(Rung::Remind(0)), None)
        );
    }
}
