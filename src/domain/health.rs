//! Does the daemon do its work? What a monitoring system is told, in sentences; nothing to say is well.

use crate::basics::calendar::Timestamp;

/// A mailbox was looked at within so many seconds, or within five of its polls.
const LOOKED_WITHIN_SECONDS: i64 = 900;
const POLLS: i64 = 5;
/// Work that is due is begun within so many seconds.
const BEGUN_WITHIN_SECONDS: i64 = 900;

/// How a mailbox stands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MailboxFacts {
    /// Its name.
    pub name: String,
    /// How often it is looked at.
    pub poll_seconds: u32,
    /// When it last was.
    pub looked_at: Option<Timestamp>,
    /// What was wrong then.
    pub problem: Option<String>,
}

/// How things stand.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct HealthFacts {
    /// Since when the daemon runs: what it did not do before is no fault of its.
    pub since: Timestamp,
    /// Every mailbox of the configuration.
    pub mailboxes: Vec<MailboxFacts>,
    /// Since when the oldest job waits for a worker, of those that are due.
    pub oldest_job: Option<Timestamp>,
    /// What is wrong with the audit chain.
    pub broken_chain: Option<String>,
}

/// Everything that is wrong now, one sentence each.
pub fn complaints(facts: &HealthFacts, now: Timestamp) -> Vec<String> {
    let since = |then: Timestamp| now.as_second() - then.as_second();
    let mut wrong = Vec::new();
    for mailbox in &facts.mailboxes {
        let name = &mailbox.name;
        let looked = mailbox.looked_at.unwrap_or(facts.since).max(facts.since);
        let patience = LOOKED_WITHIN_SECONDS.max(POLLS * i64::from(mailbox.poll_seconds));
        if since(looked) > patience {
            wrong.push(format!("mailbox {name} was not looked at since {looked}"));
        } else if let Some(problem) = &mailbox.problem {
            wrong.push(format!("mailbox {name}: {problem}"));
        }
    }
    if let Some(oldest) = facts.oldest_job
        && since(oldest.max(facts.since)) > BEGUN_WITHIN_SECONDS
    {
        wrong.push(format!("work that is due waits since {oldest}"));
    }
    let broken = facts.broken_chain.iter();
    wrong.extend(broken.map(|why| format!("the audit trail is broken: {why}")));
    wrong
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn facts() -> HealthFacts {
        HealthFacts {
            since: at("2026-11-22T08:00:00Z"),
            mailboxes: vec![MailboxFacts {
                name: "ap".to_owned(),
                poll_seconds: 60,
                looked_at: Some(at("2026-11-22T11:59:00Z")),
                problem: None,
            }],
            oldest_job: Some(at("2026-11-22T11:50:00Z")),
            broken_chain: None,
        }
    }

    #[test]
    fn a_daemon_that_works_is_not_complained_of() {
        assert!(complaints(&facts(), at("2026-11-22T12:00:00Z")).is_empty());
        let mut quiet = facts();
        quiet.mailboxes[0].poll_seconds = 3600;
        quiet.oldest_job = None;
        assert!(
            complaints(&quiet, at("2026-11-22T16:00:00Z")).is_empty(),
            "it looks once an hour"
        );
        let mut young = facts();
        young.since = at("2026-11-23T08:00:00Z");
        young.mailboxes[0].looked_at = None;
        assert!(
            complaints(&young, at("2026-11-23T08:10:00Z")).is_empty(),
            "it has just begun"
        );
    }

    #[test]
    fn what_stands_still_is_told() {
        let late = complaints(&facts(), at("2026-11-22T12:30:00Z"));
        assert_eq!(
            late,
            [
                "mailbox ap was not looked at since 2026-11-22T11:59:00Z",
                "work that is due waits since 2026-11-22T11:50:00Z"
            ]
        );
        let mut wrong = facts();
        wrong.mailboxes[0].problem = Some("the password was refused".to_owned());
        wrong.broken_chain = Some("entry 7 is missing".to_owned());
        assert_eq!(
            complaints(&wrong, at("2026-11-22T12:00:00Z")),
            [
                "mailbox ap: the password was refused",
                "the audit trail is broken: entry 7 is missing"
            ]
        );
    }
}
