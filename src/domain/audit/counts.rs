//! How many things are in which state, followed through the trail.

use std::collections::BTreeMap;

use super::{AuditEvent, ChainedEvent, SubjectKind};

/// How many mails and what becomes of them are in which state, counted once and then followed through the trail: what there is is
/// counted whole for the first answer only, however much it is.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct FollowedCounts {
    /// The last entry of the trail that is in the counts.
    pub sequence: u64,
    counts: BTreeMap<(SubjectKind, String), u64>,
}

impl FollowedCounts {
    /// Takes down so many of a kind and state, as they were counted whole.
    pub fn counted(&mut self, kind: SubjectKind, state: String, count: u64) {
        self.counts.insert((kind, state), count);
    }

    /// The kinds, states and counts.
    pub fn each(&self) -> impl Iterator<Item = (SubjectKind, &str, u64)> {
        let counts = self.counts.iter();
        counts.map(|((kind, state), count)| (*kind, state.as_str(), *count))
    }

    /// Takes in what entries say of states; those counted already are passed over. False when they do not fit what was
    /// counted, which then says nothing any more.
    #[must_use]
    pub fn follow(&mut self, entries: &[ChainedEvent]) -> bool {
        let new = entries.iter().filter(|one| one.sequence > self.sequence);
        let new = new.collect::<Vec<_>>();
        new.into_iter().all(|one| {
            self.sequence = one.sequence;
            self.moved(&one.event)
        })
    }

    fn moved(&mut self, event: &AuditEvent) -> bool {
        let kind = event.subject.kind;
        let (true, Some(to)) = (is_followed(kind), &event.to_state) else {
            return true;
        };
        if let Some(from) = &event.from_state {
            let left = (kind, from.clone());
            match self.counts.get_mut(&left) {
                Some(count) if *count > 1 => *count -= 1,
                Some(_) => {
                    self.counts.remove(&left);
                }
                None => return false,
            }
        }
        *self.counts.entry((kind, to.clone())).or_default() += 1;
        true
    }
}

/// Those that grow with every mail.
fn is_followed(kind: SubjectKind) -> bool {
    use SubjectKind::{ApprovalRequest, Bill, Document, Message, Outbound, Payment, Remittance};
    matches!(
        kind,
        Message | Document | Bill | ApprovalRequest | Payment | Remittance | Outbound
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::basics::calendar::Timestamp;
    use crate::basics::ids::{BillId, ContentHash};
    use crate::domain::audit::Actor;

    fn entry(sequence: u64, from: Option<&str>, to: &str) -> ChainedEvent {
        let bill = BillId::derive(&["a bill"]);
        let (now, by) = (Timestamp::UNIX_EPOCH, Actor::program("test"));
        ChainedEvent {
            sequence,
            event: AuditEvent::new(now, by, "moved", bill, "for the test").state(from, to),
            hash: ContentHash::ZERO,
        }
    }

    #[test]
    fn a_bill_that_is_held_is_no_draft_any_more_and_an_entry_that_does_not_fit_is_told() {
        let mut counts = FollowedCounts::default();
        let drafted = entry(1, None, "draft");
        let held = entry(2, Some("draft"), "held");
        assert!(counts.follow(&[drafted, held.clone()]));
        let known = counts.each().collect::<Vec<_>>();
        assert_eq!(known, [(SubjectKind::Bill, "held", 1)]);
        let before = counts.clone();
        assert!(counts.follow(&[held]), "it was counted already");
        assert_eq!(counts, before);
        assert!(!counts.follow(&[entry(3, Some("paid"), "void")]));
    }
}
