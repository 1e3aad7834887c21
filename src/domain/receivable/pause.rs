//! A person wants a customer not to be reminded for a while: while something is agreed, or somebody speaks with them. Every pause ends by
//! itself, so that no customer is forgotten.

use super::Customer;
use crate::basics::calendar::{Date, days_between};
use crate::basics::words::Refused;

/// Whoever wants more pauses again.
const LONGEST_DAYS: i32 = 366;

/// Pauses the reminders to it; `until` is the first day on which they go on. A second pause replaces the first.
///
/// # Errors
/// Refused where the day is not after today, or more than a year ahead.
pub fn begin(mut customer: Customer, until: Date, today: Date) -> Result<Customer, Refused> {
    match days_between(today, until) {
        ..=0 => Err(refused("paused until a day that is not to come")),
        1..=LONGEST_DAYS => {
            customer.reminders_paused_until = Some(until);
            Ok(customer)
        }
        _ => Err(refused("paused for more than a year")),
    }
}

/// Reminders go on.
///
/// # Errors
/// Refused where nothing is paused.
pub fn end(mut customer: Customer) -> Result<Customer, Refused> {
    match customer.reminders_paused_until.take() {
        Some(_) => Ok(customer),
        None => Err(refused("taken out of a pause")),
    }
}

fn refused(event: &'static str) -> Refused {
    Refused {
        machine: "customer",
        state: "reminded of what is due",
        event,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::basics::calendar::{add_days, date};
    use crate::domain::receivable::samples::customer;

    #[test]
    fn a_pause_ends_on_a_day_to_come_within_a_year() {
        let today = date(2026, 11, 19);
        for days in [1, LONGEST_DAYS] {
            let until = add_days(today, days);
            let paused = begin(customer("1"), until, today).unwrap();
            assert_eq!(paused.reminders_paused_until, Some(until));
            assert_eq!(end(paused).unwrap(), customer("1"));
        }
        for days in [-1, 0, LONGEST_DAYS + 1] {
            assert!(begin(customer("1"), add_days(today, days), today).is_err());
        }
        assert!(end(customer("1")).is_err());
    }
}
