//! How much mail goes out in a time: what a provider allows, and a brake for the day on which something runs wild.

use crate::basics::calendar::Timestamp;

/// How much may go out; the windows slide.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Pace {
    /// Mails in 24 hours.
    pub max_a_day: u32,
    /// Mails in ten minutes: more is no business day but an accident.
    pub max_in_ten_minutes: u32,
    /// Mails in a minute to one domain; none where its server takes any number.
    pub max_a_minute_to_a_domain: Option<u32>,
}

/// What went out lately.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SentLately {
    /// In 24 hours.
    pub day: u64,
    /// In ten minutes.
    pub ten_minutes: u64,
    /// In a minute to the domain of the next mail.
    pub minute_to_domain: u64,
}

/// Seconds of the windows.
pub const DAY_SECONDS: i64 = 24 * 3600;
/// Of the brake.
pub const TEN_MINUTES_SECONDS: i64 = 600;
/// Of a domain.
pub const MINUTE_SECONDS: i64 = 60;

/// Why a mail waits.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Waits {
    /// Not before.
    pub until: Timestamp,
    /// In words.
    pub why: String,
    /// A person should look: this is not how mail usually goes.
    pub is_alarming: bool,
}

/// Whether the next mail waits. Of the day's window something is free again within the hour, of the others sooner.
pub fn waits(pace: &Pace, sent: SentLately, now: Timestamp) -> Option<Waits> {
    let later = |seconds: i64| {
        let span = jiff::SignedDuration::from_secs(seconds);
        now.checked_add(span).unwrap_or(now)
    };
    if sent.day >= u64::from(pace.max_a_day) {
        return Some(Waits {
            until: later(3600),
            why: format!(
                "{} mails went out in 24 hours, and max_a_day is {}",
                sent.day, pace.max_a_day
            ),
            is_alarming: true,
        });
    }
    if sent.ten_minutes >= u64::from(pace.max_in_ten_minutes) {
        return Some(Waits {
            until: later(TEN_MINUTES_SECONDS),
            why: format!(
                "{} mails went out in ten minutes, and max_in_ten_minutes is {}",
                sent.ten_minutes, pace.max_in_ten_minutes
            ),
            is_alarming: true,
        });
    }
    let of_domain = pace.max_a_minute_to_a_domain?;
    (sent.minute_to_domain >= u64::from(of_domain)).then(|| Waits {
        until: later(MINUTE_SECONDS),
        why: format!("{of_domain} mails a minute to this domain are enough"),
        is_alarming: false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mail_waits_when_a_window_is_full_and_a_person_is_asked_where_that_is_strange() {
        let now: Timestamp = "2026-11-23T09:00:00Z".parse().unwrap();
        let pace = Pace {
            max_a_day: 100,
            max_in_ten_minutes: 20,
            max_a_minute_to_a_domain: Some(5),
        };
        let sent = |day, ten_minutes, minute_to_domain| {
            let sent = SentLately {
                day,
                ten_minutes,
                minute_to_domain,
            };
            waits(&pace, sent, now).map(|waits| (waits.until.to_string(), waits.is_alarming))
        };
        assert_eq!(sent(99, 19, 4), None);
        assert_eq!(
            sent(99, 19, 5),
            Some(("2026-11-23T09:01:00Z".to_owned(), false))
        );
        assert_eq!(
            sent(99, 20, 9),
            Some(("2026-11-23T09:10:00Z".to_owned(), true))
        );
        assert_eq!(
            sent(100, 20, 9),
            Some(("2026-11-23T10:00:00Z".to_owned(), true))
        );
        let any = Pace {
            max_a_minute_to_a_domain: None,
            ..pace
        };
        let many = SentLately {
            day: 9,
            ten_minutes: 9,
            minute_to_domain: 9,
        };
        assert_eq!(waits(&any, many, now), None);
    }
}
