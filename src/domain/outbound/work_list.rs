//! The mail that tells an owner what waits: everything on the morning of an open day, and later in the day what came since.

use super::{Letter, OutboundMessage, Purpose};
use crate::basics::address::MailAddress;
use crate::basics::business_time::is_business_hour;
use crate::basics::calendar::{TimeZone, Timestamp, Zoned, day_in, is_target_closed};
use crate::basics::ids::OutboundId;
use crate::domain::audit::{Subject, SubjectKind};
use crate::domain::exception::Exception;
use crate::words;

/// How the Message-ID of such a mail begins.
const KIND: &str = "worklist";
/// Items told in one mail; the rest is counted.
pub const ITEMS_SHOWN: usize = 25;
/// Between two mails to one owner.
const HOUR: jiff::SignedDuration = jiff::SignedDuration::from_hours(1);

words! {
    /// How often an owner is told.
    pub enum TellOwners {
        /// Never: owners look themselves.
        Off = "off",
        /// On the morning of every day on which banks work.
        Daily = "daily",
        /// So, and within the hour where something new came.
        Hourly = "hourly",
    }
}

/// What one owner is told.
#[derive(Clone, PartialEq, Debug)]
pub struct WorkListFacts {
    /// The company.
    pub company: String,
    /// Came since the last mail, oldest first.
    pub new: Vec<WorkItem>,
    /// Waited before, the latest due last.
    pub before: Vec<WorkItem>,
    /// How many there are in all.
    pub total: usize,
    /// How many of them are late.
    pub late: usize,
}

impl WorkListFacts {
    /// How many are counted and not shown.
    pub fn more(&self) -> usize {
        let shown = self.new.len().saturating_add(self.before.len());
        self.total.saturating_sub(shown)
    }
}

/// One item as its owner sees it.
#[derive(Clone, PartialEq, Debug)]
pub struct WorkItem {
    /// The first digits of its id.
    pub id: String,
    /// Why a person is asked, by the code.
    pub code: String,
    /// The thing.
    pub subject: Subject,
    /// What the thing is, in words; empty where the reason says all there is.
    pub about: String,
    /// What was seen.
    pub reason: String,
    /// What that person can do.
    pub next_action: String,
    /// By when.
    pub due: Zoned,
    /// That is over.
    pub is_late: bool,
}

/// Whether the owner is told now, having been told `last`, where so many wait and some of them are new since then.
pub fn is_due(
    tell: TellOwners,
    (now, zone): (Timestamp, &TimeZone),
    last: Option<Timestamp>,
    any_new: bool,
) -> bool {
    let today = day_in(zone, now);
    if is_target_closed(today) || !is_business_hour(now, zone) {
        return false;
    }
    let is_told_today = last.is_some_and(|last| day_in(zone, last) >= today);
    match tell {
        TellOwners::Off => false,
        TellOwners::Daily => !is_told_today,
        TellOwners::Hourly => {
            let hour_is_over = last.is_none_or(|last| last.duration_until(now) >= HOUR);
            !is_told_today || (any_new && hour_is_over)
        }
    }
}

/// The items of an owner that count as new: not those about a mail of this sort, which would call for the next one.
pub fn is_new(item: &Exception, last: Option<Timestamp>, about: Option<Purpose>) -> bool {
    let calls_for_itself =
        item.subject.kind == SubjectKind::Outbound && about == Some(Purpose::WorkList);
    !calls_for_itself && last.is_none_or(|last| item.raised_at > last)
}

/// What an owner is told of these items; the flag says which of them are new.
pub fn facts(
    company: &str,
    items: &[(Exception, bool)],
    (now, zone): (Timestamp, &TimeZone),
) -> WorkListFacts {
    let shown = |wanted: bool| {
        let mut chosen = items
            .iter()
            .filter(|(_, is_new)| *is_new == wanted)
            .map(|(item, _)| item)
            .collect::<Vec<_>>();
        chosen.sort_by_key(|item| (item.due_at, item.id));
        chosen
            .into_iter()
            .map(|item| WorkItem {
                id: item.id.short(),
                code: item.code.as_str().to_owned(),
                subject: item.subject.clone(),
                about: String::new(),
                reason: item.reason.clone(),
                next_action: item.next_action.clone(),
                due: item.due_at.to_zoned(zone.clone()),
                is_late: item.due_at < now,
            })
            .collect::<Vec<_>>()
    };
    let (mut new, mut before) = (shown(true), shown(false));
    let late = new.iter().chain(&before).filter(|one| one.is_late).count();
    new.truncate(ITEMS_SHOWN);
    before.truncate(ITEMS_SHOWN.saturating_sub(new.len()));
    WorkListFacts {
        company: company.to_owned(),
        new,
        before,
        total: items.len(),
        late,
    }
}

/// The id of the one mail to this owner in this hour, whichever daemon writes it.
pub fn mail_id(owner: &MailAddress, now: Timestamp) -> OutboundId {
    let hour = now.as_second().div_euclid(HOUR.as_secs());
    OutboundId::derive(&[KIND, &owner.to_string(), &hour.to_string()])
}

/// The mail; it is about the first item it tells. `None` only for a domain no Message-ID can hold.
pub fn work_list_mail(
    (mailbox, owner): (&MailAddress, &MailAddress),
    first: &Exception,
    letter: Letter,
    now: Timestamp,
) -> Option<OutboundMessage> {
    OutboundMessage::written(
        (KIND, mail_id(owner, now)),
        (Purpose::WorkList, first.id.into()),
        (mailbox, owner),
        letter,
        now,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn due(tell: TellOwners, now: &str, last: Option<&str>, any_new: bool) -> bool {
        let zone = TimeZone::get("Europe/Berlin").unwrap();
        is_due(tell, (at(now), &zone), last.map(at), any_new)
    }

    #[test]
    fn an_owner_is_told_on_the_morning_of_an_open_day_and_not_at_night_or_on_a_sunday() {
        for tell in [TellOwners::Daily, TellOwners::Hourly] {
            let last = Some("2026-11-23T15:00:00Z");
            assert!(due(tell, "2026-11-24T07:05:00Z", last, false));
            assert!(
                !due(tell, "2026-11-24T06:05:00Z", last, true),
                "before eight"
            );
            assert!(!due(tell, "2026-11-22T09:00:00Z", None, true), "a Sunday");
        }
        assert!(!due(TellOwners::Off, "2026-11-24T09:00:00Z", None, true));
    }

    #[test]
    fn what_is_new_is_told_within_the_hour_and_not_more_often() {
        let last = Some("2026-11-24T08:00:00Z");
        assert!(due(TellOwners::Hourly, "2026-11-24T09:00:00Z", last, true));
        assert!(!due(TellOwners::Hourly, "2026-11-24T08:59:00Z", last, true));
        assert!(!due(
            TellOwners::Hourly,
            "2026-11-24T12:00:00Z",
            last,
            false
        ));
        assert!(!due(TellOwners::Daily, "2026-11-24T12:00:00Z", last, true));
    }

    #[test]
    fn two_daemons_in_one_hour_write_one_mail() {
        let owner = MailAddress::parse("ap-team@fin.test").unwrap();
        let id = |time| mail_id(&owner, at(time));
        assert_eq!(id("2026-11-24T09:00:00Z"), id("2026-11-24T09:59:59Z"));
        assert_ne!(id("2026-11-24T09:00:00Z"), id("2026-11-24T10:00:00Z"));
    }
}
