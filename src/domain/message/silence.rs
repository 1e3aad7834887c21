//! A mailbox that has fallen silent: a forwarding rule that was lost looks like a quiet week.

use jiff::tz::TimeZone;

use crate::basics::calendar::{
    Timestamp, add_days, day_in, days_between, is_weekend, start_of_day,
};
use crate::domain::audit::Subject;
use crate::domain::exception::{Exception, ExceptionCode, Ownership};

/// How far back the usual pattern is looked for, in days.
pub const PATTERN_DAYS: i32 = 56;
/// With fewer mails there is no pattern.
const FEWEST_MAILS: usize = 20;
/// A shorter silence is never told, in hours of working days.
const SHORTEST_HOURS: i64 = 24;
/// So many times the longest pause before it.
const TIMES: i64 = 2;

/// A silence longer than usual.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Silence {
    /// When the last mail came.
    pub since: Timestamp,
    /// How long that is, in hours of working days.
    pub hours: i64,
    /// The longest pause that is usual, or the one configured, in the same hours.
    pub allowed_hours: i64,
}

/// Whether a mailbox has been silent for too long. `received` are the mails of the last [`PATTERN_DAYS`], oldest first;
/// `allowed_hours` is what the configuration allows, else twice the longest pause among them is. Saturdays and Sundays do not
/// count.
pub fn silence(
    received: &[Timestamp],
    allowed_hours: Option<u32>,
    now: Timestamp,
    zone: &TimeZone,
) -> Option<Silence> {
    let since = *received.last()?;
    let allowed_hours = match allowed_hours {
        Some(hours) => i64::from(hours),
        None if received.len() < FEWEST_MAILS => return None,
        None => {
            let pauses = received.windows(2).filter_map(|pair| match pair {
                [before, after] => Some(working_hours(*before, *after, zone)),
                _ => None,
            });
            pauses.max()?.saturating_mul(TIMES).max(SHORTEST_HOURS)
        }
    };
    let hours = working_hours(since, now, zone);
    (hours > allowed_hours).then_some(Silence {
        since,
        hours,
        allowed_hours,
    })
}

/// Whole hours between two instants, without those of Saturdays and Sundays.
fn working_hours(from: Timestamp, to: Timestamp, zone: &TimeZone) -> i64 {
    let (first, last) = (day_in(zone, from), day_in(zone, to));
    let days = (0..=days_between(first, last)).map(|count| add_days(first, count));
    let seconds = days.filter(|day| !is_weekend(*day)).map(|day| {
        let begins = start_of_day(zone, day).max(from);
        let ends = start_of_day(zone, add_days(day, 1)).min(to);
        (ends.as_second() - begins.as_second()).max(0)
    });
    seconds.sum::<i64>() / 3600
}

/// The work item about it; one for each silence.
pub fn silent(mailbox: &str, silence: Silence, owner: &Ownership, now: Timestamp) -> Exception {
    let Silence {
        since,
        hours,
        allowed_hours,
    } = silence;
    let reason = format!(
        "no mail since {}: {hours} hours of working days, more than the {allowed_hours} that are usual or allowed",
        since.strftime("%Y-%m-%d %H:%M UTC")
    );
    let advice = "send a mail to the address and see whether it comes; look for a lost forwarding rule, a filter, a full mailbox";
    let (code, subject) = (ExceptionCode::MailboxSilent, Subject::mailbox(mailbox));
    let occasion = since.as_millisecond().to_string();
    Exception::raise(code, subject, &occasion, owner, now, (reason, advice))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    /// A mail every working day at nine, four weeks to Friday the 20th.
    fn daily() -> Vec<Timestamp> {
        let days = (0..28).map(|back| {
            add_days(
                day_in(&TimeZone::UTC, at("2026-11-20T09:00:00Z")),
                back - 27,
            )
        });
        let days = days.filter(|day| !is_weekend(*day));
        days.map(|day| at(&format!("{day}T09:00:00Z"))).collect()
    }

    #[test]
    fn a_weekend_is_no_silence_and_three_working_days_are() {
        let silent = |now| silence(&daily(), None, at(now), &TimeZone::UTC);
        assert_eq!(silent("2026-11-23T09:00:00Z"), None);
        assert_eq!(silent("2026-11-24T09:00:00Z"), None);
        let told = silent("2026-11-25T09:00:00Z").unwrap();
        assert_eq!((told.hours, told.allowed_hours), (72, 48));
        assert_eq!(told.since, at("2026-11-20T09:00:00Z"));
    }

    #[test]
    fn few_mails_make_no_pattern_but_what_is_configured_holds() {
        let few = [at("2026-11-16T09:00:00Z"), at("2026-11-17T09:00:00Z")];
        let now = at("2026-11-19T10:00:00Z");
        assert_eq!(silence(&few, None, now, &TimeZone::UTC), None);
        assert_eq!(silence(&few, Some(72), now, &TimeZone::UTC), None);
        assert!(silence(&few, Some(48), now, &TimeZone::UTC).is_some());
        assert_eq!(silence(&[], Some(1), now, &TimeZone::UTC), None);
    }
}
