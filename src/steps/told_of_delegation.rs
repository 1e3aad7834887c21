//! What an approver and the delegate are told of each other: who is asked in whose place, and which of the two answered first; the
//! other one is asked no more then.

use super::bill_change::{BillFile, desk, move_request};
use super::{Office, StepError};
use crate::basics::calendar::Timestamp;
use crate::domain::approval::{ApprovalEvent, ApprovalRequest, ApprovalState, Vote};
use crate::domain::audit::{Actor, AuditEvent};
use crate::domain::change::Change;
use crate::domain::outbound::compose;
use crate::domain::outbound::delegation_mail::{answered_facts, delegation_mail};
use crate::domain::outbound::facts::DelegationFacts;
use crate::domain::payable::Bill;

/// The decision was taken by the approver or the delegate: the other one's request is taken back, and the other one told once.
pub(super) fn answered_first(
    office: &Office,
    file: &BillFile,
    mut change: Change,
    requests: &mut [ApprovalRequest],
    vote: &Vote,
    (now, actor): (Timestamp, &Actor),
) -> Result<Change, StepError> {
    let others = requests.iter_mut().filter(|one| {
        one.state == ApprovalState::Open
            && one.id != vote.request
            && one.decider().same_mailbox(vote.decider())
    });
    for other in others {
        let event = ApprovalEvent::Withdraw;
        let why = format!("{} answered first", vote.approver);
        change = move_request(change, other, event, (now, actor.clone()), &why);
        other.state = ApprovalState::Withdrawn;
        let policy = &office.rules.approvals;
        let facts = answered_facts(&desk(office), policy, (other, vote), &file.shown()?);
        let letter = (&*other, "answered", &facts);
        change = with_note(office, change, &file.bill, letter, (now, actor))?;
    }
    Ok(change)
}

/// One mail about a delegation, on each occasion.
///
/// # Errors
/// A template that cannot be filled.
pub(super) fn with_note(
    office: &Office,
    change: Change,
    bill: &Bill,
    (to, occasion, facts): (&ApprovalRequest, &str, &DelegationFacts),
    (now, actor): (Timestamp, &Actor),
) -> Result<Change, StepError> {
    let letter = compose::delegation(&office.rules.templates, facts)
        .map_err(|error| StepError::Compose(format!("{error:#}")))?;
    let mail = delegation_mail(&desk(office), bill, (to, occasion), letter, now);
    let mail = mail.ok_or_else(|| StepError::Compose("our domain fits no Message-ID".into()))?;
    let why = "tells of a delegation";
    let written = AuditEvent::new(now, actor.clone(), "mail written", mail.id, why)
        .state(None, mail.state.as_str());
    Ok(change.event(written).mail(mail))
}
