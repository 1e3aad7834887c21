//! Who answers in an approver's place: one person, from one day to another, up to an amount that is never more than the approver's
//! own limit. Only the configuration names such a person; whom an absence notice recommends is nobody.

use super::policy::{ApprovalPolicy, Approver, Delegation, Matter, NoAuthority};
use super::{ApprovalRequest, ApprovalState, Verdict, Vote};
use crate::basics::address::MailAddress;
use crate::basics::calendar::Date;

/// What a delegation is looked at with.
#[derive(Clone, Copy, Debug)]
pub struct Scene<'a> {
    /// The bill as the policy sees it now.
    pub matter: &'a Matter<'a>,
    /// Who brought the supplier an account, as they were named: they choose where the money goes, and so not whether.
    pub accounts_by: &'a [String],
    /// Today.
    pub today: Date,
}

/// Why nobody answers in an approver's place.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NoStandIn {
    /// The configuration names nobody for today.
    Nobody,
    /// The request in question asks a stand-in already.
    IsChained,
    /// The delegation does not reach so far.
    Ceiling,
    /// The approver could not decide either.
    ApproverMayNot(NoAuthority),
    /// The stand-in must not decide on this bill.
    DelegateMayNot(NoAuthority),
    /// The stand-in brought the supplier an account.
    BroughtAccount,
    /// The stand-in is asked about this bill or answered already: two persons stay two.
    IsAsked,
}

impl NoStandIn {
    /// For a sentence that ends with it.
    pub fn as_words(self) -> &'static str {
        match self {
            Self::Nobody => "no delegate is named for today",
            Self::IsChained => "a delegate has no delegate",
            Self::Ceiling => "the delegation does not reach this amount",
            Self::ApproverMayNot(_) => "the approver may not decide on this bill any more",
            Self::DelegateMayNot(_) => "the delegate must not decide on this bill",
            Self::BroughtAccount => "the delegate brought an account of this supplier",
            Self::IsAsked => "the delegate is asked about this bill already",
        }
    }

    /// Is it the delegation that does not hold, and not the person who is in the wrong?
    pub fn is_over(self) -> bool {
        match self {
            Self::Nobody | Self::IsChained | Self::Ceiling | Self::ApproverMayNot(_) => true,
            Self::DelegateMayNot(why) => why == NoAuthority::NotListed,
            Self::BroughtAccount | Self::IsAsked => false,
        }
    }
}

impl ApprovalPolicy {
    /// Who stands in for this approver on this day.
    pub fn delegation(&self, approver: &MailAddress, day: Date) -> Option<&Delegation> {
        let mut of_approver = self.delegations.iter();
        of_approver.find(|one| one.approver.same_mailbox(approver) && one.holds_on(day))
    }

    /// May `delegate` decide in the place of `approver`, now? Asked when the delegate is asked, and again at the answer.
    ///
    /// # Errors
    /// Says why not.
    pub fn may_stand_in(
        &self,
        (delegate, approver): (&MailAddress, &MailAddress),
        scene: Scene<'_>,
    ) -> Result<(), NoStandIn> {
        let delegation = self.delegation(approver, scene.today);
        let delegation = delegation
            .filter(|one| one.delegate.same_mailbox(delegate) && !delegate.same_mailbox(approver))
            .ok_or(NoStandIn::Nobody)?;
        self.authority(approver, scene.matter)
            .map_err(NoStandIn::ApproverMayNot)?;
        let reaches = delegation
            .ceiling
            .is_none_or(|ceiling| scene.matter.amount.exceeds(ceiling) == Some(false));
        if !reaches {
            return Err(NoStandIn::Ceiling);
        }
        let person = self
            .unbiased(delegate, scene.matter)
            .map_err(NoStandIn::DelegateMayNot)?;
        self.brought_no_account(person, scene.accounts_by)
    }

    /// Does a vote still count? A delegate's approval does while its giver is listed and has no hand in the matter; what an approver
    /// of the policy decided is weighed with the requirement, and a rejection counts whoever gave it.
    pub fn still_counts(&self, vote: &Vote, matter: &Matter<'_>) -> bool {
        match (vote.verdict, &vote.stands_in_for) {
            (Verdict::Reject, _) | (Verdict::Approve, None) => true,
            (Verdict::Approve, Some(_)) => self.unbiased(&vote.approver, matter).is_ok(),
        }
    }

    fn brought_no_account(&self, person: &Approver, by: &[String]) -> Result<(), NoStandIn> {
        let brought = by.iter().any(|by| self.may_mean(by, person));
        (!brought).then_some(()).ok_or(NoStandIn::BroughtAccount)
    }

    /// Whom to ask in the place of whom this open request asks.
    ///
    /// # Errors
    /// Says why nobody.
    pub fn delegate_for(
        &self,
        request: &ApprovalRequest,
        (requests, votes): (&[ApprovalRequest], &[Vote]),
        scene: Scene<'_>,
    ) -> Result<&Delegation, NoStandIn> {
        if request.stands_in_for.is_some() {
            return Err(NoStandIn::IsChained);
        }
        let delegation = self
            .delegation(&request.approver, scene.today)
            .ok_or(NoStandIn::Nobody)?;
        let delegate = &delegation.delegate;
        self.may_stand_in((delegate, &request.approver), scene)?;
        let is_about = |vote: &&Vote| {
            let mut answered = requests.iter();
            answered.any(|one| one.id == vote.request && one.bill_version == request.bill_version)
        };
        let waits = requests.iter().any(|one| {
            one.state == ApprovalState::Open
                && one.bill_version == request.bill_version
                && one.approver.same_mailbox(delegate)
        });
        let mut votes = votes.iter().filter(is_about);
        if waits || votes.any(|vote| vote.approver.same_mailbox(delegate)) {
            return Err(NoStandIn::IsAsked);
        }
        Ok(delegation)
    }
}

#[cfg(test)]
mod tests;
