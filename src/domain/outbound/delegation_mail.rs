//! The mails beside a delegation: an approver is told who is asked in the own place, and whichever of the two did not answer
//! that the other one did.

use super::approval_mail::{ApprovalDesk, name_of, thread_root};
use super::facts::{BillFacts, DelegationFacts, DelegationTells};
use super::{Letter, OutboundMessage, Purpose};
use crate::basics::calendar::Timestamp;
use crate::basics::ids::OutboundId;
use crate::domain::approval::{ApprovalPolicy, ApprovalRequest, Vote};
use crate::domain::payable::Bill;

/// How the Message-ID of such a mail begins.
const KIND: &str = "delegation";

/// Tells whom `own` asks that its delegate is asked by `request`, and why.
pub fn asked_facts(
    desk: &ApprovalDesk,
    policy: &ApprovalPolicy,
    (own, request): (&ApprovalRequest, &ApprovalRequest),
    shown: &BillFacts,
    why: &str,
) -> DelegationFacts {
    let tells = DelegationTells::IsAsked {
        why: why.to_owned(),
    };
    let names = (
        name_of(policy, &own.approver),
        name_of(policy, &request.approver),
    );
    facts(desk, names, shown, tells)
}

/// Tells whom `request` asks that the other one answered.
pub fn answered_facts(
    desk: &ApprovalDesk,
    policy: &ApprovalPolicy,
    (request, vote): (&ApprovalRequest, &Vote),
    shown: &BillFacts,
) -> DelegationFacts {
    let names = (
        name_of(policy, &request.approver),
        name_of(policy, &vote.approver),
    );
    facts(
        desk,
        names,
        shown,
        DelegationTells::HasAnswered(vote.verdict),
    )
}

fn facts(
    desk: &ApprovalDesk,
    (to_name, other_name): (String, String),
    shown: &BillFacts,
    tells: DelegationTells,
) -> DelegationFacts {
    DelegationFacts {
        company: desk.company_name.clone(),
        to_name,
        other_name,
        supplier_name: shown.supplier_name.clone(),
        number: shown.number.clone(),
        payable: shown.payable,
        tells,
        contact: desk.contact.clone(),
    }
}

/// The mail to whom `to` asks; one on each occasion, whatever is repeated. `None` only for a domain no Message-ID can hold.
pub fn delegation_mail(
    desk: &ApprovalDesk,
    bill: &Bill,
    (to, occasion): (&ApprovalRequest, &str),
    letter: Letter,
    now: Timestamp,
) -> Option<OutboundMessage> {
    let id = OutboundId::derive(&[KIND, &to.id.to_string(), occasion]);
    Some(OutboundMessage {
        references: thread_root(bill, &desk.mailbox).into_iter().collect(),
        ..OutboundMessage::written(
            (KIND, id),
            (Purpose::Delegation, to.id.into()),
            (&desk.mailbox, &to.approver),
            letter,
            now,
        )?
    })
}
