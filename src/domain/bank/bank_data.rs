//! Up to which day the bank told us what was booked: who is said not to have paid by then may have paid since.

use crate::basics::calendar::{Date, add_days, is_target_closed};
use crate::basics::text::mask;
use crate::domain::audit::Subject;

/// What a table tells of; it names no account.
const TABLE: &str = "table";

/// Up to which day the bank told us of an account.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BankData {
    /// What the entries of the account are known by, or `table` for whatever a table told.
    pub account: String,
    /// The last day it told of.
    pub until: Date,
    /// 0 before it is stored.
    pub version: u64,
}

impl BankData {
    /// A statement of this account told of the time until then.
    pub fn of(account: &str, until: Date) -> Self {
        Self {
            account: account.to_owned(),
            until,
            version: 0,
        }
    }

    /// A table did, of whatever account.
    pub fn of_table(until: Date) -> Self {
        Self::of(TABLE, until)
    }

    /// What the trail calls it.
    pub fn subject(&self) -> Subject {
        match self.account.as_str() {
            TABLE => Subject::account(TABLE),
            account => Subject::account(&mask(account)),
        }
    }

    /// What is known after this was told too; `None` where it tells nothing newer.
    pub fn over(self, known: &[Self]) -> Option<Self> {
        match known.iter().find(|one| one.account == self.account) {
            Some(one) if one.until >= self.until => None,
            Some(one) => Some(Self {
                version: one.version,
                ..self
            }),
            None => Some(self),
        }
    }
}

/// The last day we know of what was paid into this account; into any, where none is named. `None` where no bank ever told us.
pub fn told_until(known: &[BankData], account: Option<&str>) -> Option<Date> {
    let of_it = known.iter().filter(|data| {
        account.is_none_or(|account| data.account == account || data.account == TABLE)
    });
    of_it.map(|data| data.until).max()
}

/// More than `most` business days (TARGET) have begun since then: with 1, yesterday's data is fresh, and Friday's is on Monday.
pub fn is_stale(until: Option<Date>, most: u32, today: Date) -> bool {
    let Some(until) = until else {
        return true;
    };
    let mut day = until;
    let mut begun = 0;
    while day < today && begun <= most {
        day = add_days(day, 1);
        begun += u32::from(!is_target_closed(day));
    }
    begun > most
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::basics::calendar::date;

    #[test]
    fn a_weekend_makes_no_data_stale_and_a_missed_business_day_does() {
        let (friday, monday, tuesday) =
            (date(2026, 11, 20), date(2026, 11, 23), date(2026, 11, 24));
        for (until, today, stale) in [
            (friday, friday, false),
            (friday, monday, false),
            (friday, tuesday, true),
            (monday, tuesday, false),
            // Told of tomorrow, by a clock that is wrong.
            (tuesday, monday, false),
        ] {
            assert_eq!(is_stale(Some(until), 1, today), stale, "{until} {today}");
        }
        assert!(!is_stale(Some(friday), 2, tuesday));
        assert!(is_stale(None, 30, monday), "nobody ever told us");
    }

    #[test]
    fn what_another_account_was_told_of_says_nothing_of_ours() {
        let told = [
            BankData::of("DE1", date(2026, 11, 20)),
            BankData::of("DE2", date(2026, 11, 24)),
        ];
        assert_eq!(told_until(&told, Some("DE1")), Some(date(2026, 11, 20)));
        assert_eq!(told_until(&told, None), Some(date(2026, 11, 24)));
        let table = BankData::of_table(date(2026, 11, 23));
        assert_eq!(told_until(&[table], Some("DE1")), Some(date(2026, 11, 23)));
        assert_eq!(told_until(&told, Some("DE3")), None);
    }

    #[test]
    fn an_older_file_takes_nothing_back() {
        let mut known = BankData::of("DE1", date(2026, 11, 20));
        known.version = 3;
        let known = [known];
        assert_eq!(BankData::of("DE1", date(2026, 11, 19)).over(&known), None);
        let newer = BankData::of("DE1", date(2026, 11, 23)).over(&known);
        assert_eq!(newer.map(|data| data.version), Some(3));
        assert_eq!(BankData::of_table(date(2026, 11, 19)).subject().id, TABLE);
        let first = BankData::of("DE2", date(2026, 11, 19)).over(&known);
        assert_eq!(first.map(|data| data.version), Some(0));
    }
}
