//! Where the work on a mailbox begins that was in use before: older mails that stood there at the first look are left alone.

use crate::basics::calendar::Timestamp;

/// The beginning, kept with the mailbox: it counts for the mails that stood there then, whatever the configuration says later.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Start {
    /// What came earlier is left alone.
    pub at: Timestamp,
    /// Messages of this UID and above came after the first look: they are taken, however old they say they are.
    pub below_uid: u32,
}

impl Start {
    /// Whether this mail is left alone. One of which the server does not tell when it came is taken.
    pub fn leaves(self, uid: u32, received_at: Option<Timestamp>) -> bool {
        uid < self.below_uid && received_at.is_some_and(|at| at < self.at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_stood_there_and_surely_came_before_is_left_alone() {
        let at = |text: &str| text.parse::<Timestamp>().ok();
        let start = Start {
            at: at("2026-11-01T00:00:00Z").unwrap(),
            below_uid: 100,
        };
        assert!(start.leaves(99, at("2026-10-31T23:59:59Z")));
        assert!(!start.leaves(99, at("2026-11-01T00:00:00Z")));
        assert!(!start.leaves(99, None));
        // An old mail that somebody puts into the folder later is work.
        assert!(!start.leaves(100, at("2020-01-01T00:00:00Z")));
    }
}
