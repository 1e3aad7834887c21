//! Dates, instants and the days on which banks move money.

pub use jiff::civil::{Date, Weekday, date};
pub use jiff::tz::TimeZone;
pub use jiff::{Timestamp, Zoned};

/// Reads `YYYY-MM-DD` (ISO 8601); `None` for anything else.
pub fn parse_iso_date(text: &str) -> Option<Date> {
    let text = text.trim();
    (text.len() == 10).then(|| text.parse().ok())?
}

/// Days from `from` to `to`; negative when `to` is earlier.
pub fn days_between(from: Date, to: Date) -> i32 {
    from.until(to)
        .map(|span| span.get_days())
        .unwrap_or_default()
}

/// `days` later (earlier when negative), or the last representable date.
pub fn add_days(day: Date, days: i32) -> Date {
    let span = jiff::Span::new().try_days(days).unwrap_or_default();
    day.saturating_add(span)
}

/// The day it is in this time zone.
pub fn day_in(zone: &TimeZone, at: Timestamp) -> Date {
    at.to_zoned(zone.clone()).date()
}

/// The first instant of a day in this time zone; past the end of the calendar, its last instant.
pub fn start_of_day(zone: &TimeZone, day: Date) -> Timestamp {
    let midnight = day.to_zoned(zone.clone());
    midnight.map_or(Timestamp::MAX, |zoned| zoned.timestamp())
}

/// Days on which TARGET, the settlement system of the euro, is closed: weekends, New Year, Good Friday, Easter Monday,
/// 1 May, 25 and 26 December (European Central Bank, long-term calendar of TARGET closing days).
pub fn is_target_closed(day: Date) -> bool {
    let easter = easter_sunday(day.year());
    let fixed = matches!(
        (day.month(), day.day()),
        (1, 1) | (5, 1) | (12, 25) | (12, 26)
    );
    let moving = day == add_days(easter, -2) || day == add_days(easter, 1);
    is_weekend(day) || fixed || moving
}

/// Saturday or Sunday.
pub fn is_weekend(day: Date) -> bool {
    matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday)
}

/// The latest TARGET day that is not after `day` (the "preceding" convention).
pub fn target_day_on_or_before(day: Date) -> Date {
    let mut day = day;
    while is_target_closed(day) {
        day = add_days(day, -1);
    }
    day
}

/// The earliest TARGET day that is not before `day` (the "following" convention).
pub fn target_day_on_or_after(day: Date) -> Date {
    let mut day = day;
    while is_target_closed(day) {
        day = add_days(day, 1);
    }
    day
}

/// The earliest TARGET day after `day`.
pub fn target_day_after(day: Date) -> Date {
    target_day_on_or_after(add_days(day, 1))
}

/// Easter Sunday of the Gregorian calendar (the anonymous algorithm, Nature 1876).
fn easter_sunday(year: i16) -> Date {
    let y = i32::from(year);
    let (a, b, c) = (y % 19, y / 100, y % 100);
    let g = (8 * b + 13) / 25;
    let h = (19 * a + b - b / 4 - g + 15) % 30;
    let m = (a + 11 * h) / 319;
    let l = (2 * (b % 4) + 2 * (c / 4) - c % 4 - h + m + 32) % 7;
    let month = (h - m + l + 90) / 25;
    let day = (h - m + l + month + 19) % 32;
    Date::new(year, narrow(month), narrow(day)).unwrap_or_else(|_| date(2000, 4, 23))
}

fn narrow(n: i32) -> i8 {
    i8::try_from(n).unwrap_or(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn target_closes_where_the_bank_says() {
        let closed = [
            (2026, 12, 25),
            (2027, 1, 1),
            (2027, 3, 26),
            (2027, 3, 29),
            (2026, 5, 1),
            (2026, 11, 21),
        ];
        assert!(
            closed
                .iter()
                .all(|&(y, m, d)| is_target_closed(date(y, m, d)))
        );
        assert!(!is_target_closed(date(2026, 11, 26)));
    }

    #[test]
    fn payment_days_step_over_weekends_and_easter() {
        assert_eq!(
            target_day_on_or_before(date(2026, 12, 20)),
            date(2026, 12, 18)
        );
        assert_eq!(
            target_day_on_or_before(date(2027, 3, 28)),
            date(2027, 3, 25)
        );
        assert_eq!(
            target_day_on_or_after(date(2026, 12, 25)),
            date(2026, 12, 28)
        );
    }

    #[test]
    fn a_day_begins_where_the_office_is() {
        let berlin = TimeZone::get("Europe/Berlin").unwrap();
        let at = "2026-11-19T23:30:00Z".parse().unwrap();
        assert_eq!(day_in(&berlin, at), date(2026, 11, 20));
        assert_eq!(day_in(&TimeZone::UTC, at), date(2026, 11, 19));
        let midnight = start_of_day(&berlin, date(2026, 11, 20));
        assert_eq!(midnight.to_string(), "2026-11-19T23:00:00Z");
    }

    #[test]
    fn iso_dates_only() {
        assert_eq!(parse_iso_date("2026-11-22"), Some(date(2026, 11, 22)));
        assert_eq!(parse_iso_date("2026-02-30"), None);
        assert_eq!(parse_iso_date("22.11.2026"), None);
        assert_eq!(days_between(date(2026, 11, 22), date(2026, 12, 2)), 10);
        assert_eq!(days_between(date(2026, 12, 2), date(2026, 11, 22)), -10);
    }
}
