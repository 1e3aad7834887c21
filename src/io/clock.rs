//! The only place that asks what time it is.

use std::sync::{Arc, Mutex, PoisonError};

use jiff::SignedDuration;
use jiff::tz::TimeZone;

use crate::basics::calendar::{Date, Timestamp};

/// The system's clock, or one that stands still until it is moved: the demo and the tests live through weeks in seconds.
/// Clones share the hands of a clock that was set.
#[derive(Clone, Debug, Default)]
pub struct Clock {
    hands: Option<Arc<Mutex<Timestamp>>>,
}

impl Clock {
    /// The clock of this machine.
    pub fn system() -> Self {
        Self { hands: None }
    }

    /// A clock that shows `instant` until it is moved.
    pub fn set_to(instant: Timestamp) -> Self {
        Self {
            hands: Some(Arc::new(Mutex::new(instant))),
        }
    }

    /// This instant.
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place where the system's time enters; all others get it as an argument"
    )]
    pub fn now(&self) -> Timestamp {
        match &self.hands {
            None => Timestamp::now(),
            Some(hands) => *hands.lock().unwrap_or_else(PoisonError::into_inner),
        }
    }

    /// The calendar day in the company's time zone: due dates are days, not instants.
    pub fn today(&self, zone: &TimeZone) -> Date {
        zone.to_datetime(self.now()).date()
    }

    /// Moves a clock that was set; `false`, and nothing happens, for the system's clock.
    pub fn move_to(&self, instant: Timestamp) -> bool {
        let Some(hands) = &self.hands else {
            return false;
        };
        *hands.lock().unwrap_or_else(PoisonError::into_inner) = instant;
        true
    }

    /// Moves a clock that was set by a span, backwards when negative; stays at the last representable instant.
    pub fn move_by(&self, span: SignedDuration) -> bool {
        let later = self.now().saturating_add(span).unwrap_or(Timestamp::MAX);
        self.move_to(later)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_clock_moves_for_all_its_clones_and_the_systems_clock_cannot_be_moved() {
        let noon: Timestamp = "2020-11-22T12:00:00Z".parse().unwrap();
        let clock = Clock::set_to(noon);
        let other = clock.clone();
        assert!(clock.move_by(SignedDuration::from_hours(12)));
        assert_eq!(other.now().to_string(), "2020-11-23T00:00:00Z");
        assert!(!Clock::system().move_to(noon));
        assert!(Clock::system().now() > noon);
    }

    #[test]
    fn today_is_the_day_of_the_companys_zone() {
        let late: Timestamp = "2026-11-22T23:30:00Z".parse().unwrap();
        let clock = Clock::set_to(late);
        assert_eq!(clock.today(&TimeZone::UTC).to_string(), "2026-11-22");
        assert_eq!(
            clock
                .today(&TimeZone::fixed(jiff::tz::offset(1)))
                .to_string(),
            "2026-11-23"
        );
    }
}
