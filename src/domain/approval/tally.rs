//! Is it enough? After every vote: waiting, approved or rejected.

use super::policy::Requirement;
use super::{ApprovalRequest, ApprovalState, Verdict, Vote};
use crate::basics::address::MailAddress;
use crate::basics::ids::ContentHash;

/// How a bill stands with its approvers.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Tally {
    /// Not enough yet; these requests are open.
    Waiting(Vec<MailAddress>),
    /// Every slot is filled; the requests still open are withdrawn.
    Approved,
    /// One said no; the requests still open are withdrawn.
    Rejected,
}

/// Counts the votes about this version of the bill. A vote about another version, or whose request was withdrawn since, is
/// no vote; one person counts once however often that person was asked, also in the place of others: who votes as an approver
/// is no delegate beside that, and who stands in for two people is one of them.
pub fn tally(
    requirement: &Requirement,
    bill_version: ContentHash,
    requests: &[ApprovalRequest],
    votes: &[Vote],
) -> Tally {
    let counted = counted(bill_version, requests, votes);
    if counted.iter().any(|vote| vote.verdict == Verdict::Reject) {
        return Tally::Rejected;
    }
    let agreed = deciders(&counted);
    if !agreed.is_empty() && requirement.is_met_by(&agreed) {
        return Tally::Approved;
    }
    let open = requests
        .iter()
        .filter(|r| r.state == ApprovalState::Open && r.bill_version == bill_version);
    Tally::Waiting(open.map(|request| request.approver.clone()).collect())
}

/// The votes about this version whose requests still stand.
fn counted<'v>(
    bill_version: ContentHash,
    requests: &[ApprovalRequest],
    votes: &'v [Vote],
) -> Vec<&'v Vote> {
    let counts = |vote: &&Vote| {
        requests.iter().any(|request| {
            request.id == vote.request
                && request.bill_version == bill_version
                && request.approver.same_mailbox(&vote.approver)
                && matches!(
                    request.state,
                    ApprovalState::Approved | ApprovalState::Declined
                )
        })
    };
    votes.iter().filter(counts).collect()
}

/// Whether somebody said no to this version, and nobody took that back.
pub fn is_rejected(
    bill_version: ContentHash,
    requests: &[ApprovalRequest],
    votes: &[Vote],
) -> bool {
    let counted = counted(bill_version, requests, votes);
    counted.iter().any(|vote| vote.verdict == Verdict::Reject)
}

/// Whose agreement to this version these votes are, each by a person of its own.
pub fn agreed(
    bill_version: ContentHash,
    requests: &[ApprovalRequest],
    votes: &[Vote],
) -> Vec<MailAddress> {
    let mut counted = counted(bill_version, requests, votes);
    counted.retain(|vote| vote.verdict == Verdict::Approve);
    deciders(&counted)
}

/// Whose decisions the votes are, each by a person of its own.
fn deciders(votes: &[&Vote]) -> Vec<MailAddress> {
    let (own, stand_ins): (Vec<&Vote>, Vec<&Vote>) =
        votes.iter().partition(|vote| vote.stands_in_for.is_none());
    let mut persons: Vec<&MailAddress> = own.iter().map(|vote| &vote.approver).collect();
    let mut deciders = own
        .iter()
        .map(|vote| vote.approver.clone())
        .collect::<Vec<_>>();
    for vote in stand_ins {
        if !persons.iter().any(|one| one.same_mailbox(&vote.approver)) {
            persons.push(&vote.approver);
            deciders.push(vote.decider().clone());
        }
    }
    deciders
}
