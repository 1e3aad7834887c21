//! Time as an office counts it: the hours of days on which it is open, and the hours in which people are written to. A day counts
//! with all its hours, so that a day of patience ends at the hour it began. Days are those of TARGET, in the office's time zone.

use jiff::SignedDuration;

use super::calendar::{
    Date, TimeZone, Timestamp, add_days, day_in, is_target_closed, start_of_day,
};

/// The hours in which people are written to, in the office's time (DOMAIN 6.7): a mail of the night looks like a machine's, and whoever
/// starts the program in the evening has until the morning to import what was paid.
const BUSINESS_HOURS: std::ops::Range<i8> = 8..18;
/// Days looked at: more than any wait lasts.
const HORIZON_DAYS: i32 = 1_000;

/// Whether people may be written to at this hour.
pub fn is_business_hour(now: Timestamp, zone: &TimeZone) -> bool {
    BUSINESS_HOURS.contains(&now.to_zoned(zone.clone()).hour())
}

/// This instant, or the first hour of the next open day in which people are written to.
pub fn business_hour_from(at: Timestamp, zone: &TimeZone) -> Timestamp {
    let day = day_in(zone, at);
    let opening = opens(day, zone);
    if !is_target_closed(day) && at <= opening {
        return opening;
    }
    if !is_target_closed(day) && is_business_hour(at, zone) {
        return at;
    }
    let mut next = add_days(day, 1);
    while is_target_closed(next) {
        next = add_days(next, 1);
    }
    opens(next, zone)
}

/// The first hour of a day in which people are written to.
pub fn opens(day: Date, zone: &TimeZone) -> Timestamp {
    let opening = day.at(BUSINESS_HOURS.start, 0, 0, 0);
    let zoned = opening.to_zoned(zone.clone());
    zoned.map_or(Timestamp::MAX, |zoned| zoned.timestamp())
}

/// How much of the time between the two fell on open days; nothing when `to` is not later.
pub fn business_time(from: Timestamp, to: Timestamp, zone: &TimeZone) -> SignedDuration {
    let mut counted = SignedDuration::ZERO;
    for (begins, ends) in open_days(from, zone) {
        if begins >= to {
            break;
        }
        counted = counted.saturating_add(begins.duration_until(ends.min(to)));
    }
    counted
}

/// When so much time of open days has passed.
pub fn after_business_time(from: Timestamp, time: SignedDuration, zone: &TimeZone) -> Timestamp {
    let mut left = time;
    let mut last = from;
    for (begins, ends) in open_days(from, zone) {
        let day = begins.duration_until(ends);
        if left <= day {
            return begins.saturating_add(left).unwrap_or(ends);
        }
        left = left.saturating_sub(day);
        last = ends;
    }
    last
}

/// The open days from this instant on, each from its first instant to the first of the next day.
fn open_days(
    from: Timestamp,
    zone: &TimeZone,
) -> impl Iterator<Item = (Timestamp, Timestamp)> + '_ {
    let first = day_in(zone, from);
    let days = (0..HORIZON_DAYS).map(move |passed| add_days(first, passed));
    let open = days.filter(|day| !is_target_closed(*day));
    open.map(move |day| {
        let begins = start_of_day(zone, day).max(from);
        (begins, start_of_day(zone, add_days(day, 1)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn berlin() -> TimeZone {
        TimeZone::get("Europe/Berlin").unwrap()
    }

    fn at(text: &str) -> Timestamp {
        let zoned: jiff::Zoned = format!("{text}[Europe/Berlin]").parse().unwrap();
        zoned.timestamp()
    }

    #[test]
    fn a_weekend_and_christmas_do_not_count() {
        let day = SignedDuration::from_hours(24);
        for (asked, passed) in [
            ("2026-11-19T10:00", "2026-11-20T10:00"),
            ("2026-11-20T10:00", "2026-11-23T10:00"),
            ("2026-11-21T10:00", "2026-11-24T00:00"),
            ("2026-12-24T15:00", "2026-12-28T15:00"),
        ] {
            let reached = after_business_time(at(asked), day, &berlin());
            assert_eq!(reached, at(passed), "{asked}");
            assert_eq!(business_time(at(asked), reached, &berlin()), day, "{asked}");
        }
        let none = business_time(at("2026-11-20T10:00"), at("2026-11-19T10:00"), &berlin());
        assert_eq!(none, SignedDuration::ZERO);
    }

    #[test]
    fn the_day_the_clocks_change_has_another_length() {
        // A Sunday, which counts nothing; the hours of the days around it stay.
        let reached = after_business_time(
            at("2026-10-23T10:00"),
            SignedDuration::from_hours(24),
            &berlin(),
        );
        assert_eq!(reached, at("2026-10-26T10:00"));
    }

    #[test]
    fn nobody_is_written_to_at_night_or_on_a_sunday() {
        for (wanted, written) in [
            ("2026-11-19T10:30", "2026-11-19T10:30"),
            ("2026-11-19T06:00", "2026-11-19T08:00"),
            ("2026-11-19T18:00", "2026-11-20T08:00"),
            ("2026-11-20T22:00", "2026-11-23T08:00"),
            ("2026-11-22T12:00", "2026-11-23T08:00"),
        ] {
            assert_eq!(
                business_hour_from(at(wanted), &berlin()),
                at(written),
                "{wanted}"
            );
        }
    }

    #[test]
    fn the_night_is_no_hour_to_write() {
        let berlin = berlin();
        let is_open = |text: &str| is_business_hour(text.parse().unwrap(), &berlin);
        assert!(!is_open("2026-11-22T23:49:00Z"));
        assert!(!is_open("2026-11-23T06:59:00Z"));
        assert!(is_open("2026-11-23T07:00:00Z"));
        assert!(is_open("2026-11-23T16:59:00Z"));
        assert!(!is_open("2026-11-23T17:00:00Z"));
    }
}
