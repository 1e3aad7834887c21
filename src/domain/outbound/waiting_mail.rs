//! The mails about an approver who does not answer: one asks again, one tells somebody else.

use super::approval_mail::{ApprovalDesk, RequestParts, name_of, request_message_id, thread_root};
use super::facts::{BillFacts, EscalationFacts};
use super::{Letter, OutboundMessage, Purpose};
use crate::basics::address::MailAddress;
use crate::basics::calendar::Timestamp;
use crate::basics::ids::OutboundId;
use crate::domain::approval::{ApprovalPolicy, ApprovalRequest, Rung};
use crate::domain::payable::Bill;

/// How the Message-ID of such a mail begins.
const KIND: &str = "waiting";

/// The mail of this rung about this request: one each, whatever is repeated.
pub fn mail_id(request: &ApprovalRequest, rung: Rung) -> OutboundId {
    OutboundId::derive(&[KIND, &request.id.to_string(), &rung.occasion()])
}

/// Asks once more, by the request that stands: an answer to either mail is the answer. `None` only for a domain no Message-ID can
/// hold.
pub fn reminder_mail(
    parts: &RequestParts<'_>,
    rung: Rung,
    letter: Letter,
    now: Timestamp,
) -> Option<OutboundMessage> {
    let mailbox = &parts.desk.mailbox;
    let asked = request_message_id(parts.token, mailbox)?;
    let root = thread_root(parts.bill, mailbox);
    Some(OutboundMessage {
        reply_to: Some(mailbox.with_detail(parts.token.as_str())),
        references: root.into_iter().chain([asked.clone()]).collect(),
        in_reply_to: Some(asked),
        attachments: parts.originals.files.clone(),
        ..OutboundMessage::written(
            (KIND, mail_id(parts.request, rung)),
            (Purpose::ApprovalReminder, parts.request.id.into()),
            (mailbox, &parts.request.approver),
            letter,
            now,
        )?
    })
}

/// What somebody else is told of an approver who does not answer.
pub fn escalation_facts(
    desk: &ApprovalDesk,
    policy: &ApprovalPolicy,
    request: &ApprovalRequest,
    shown: &BillFacts,
) -> EscalationFacts {
    EscalationFacts {
        company: desk.company_name.clone(),
        approver_name: name_of(policy, &request.approver),
        approver: request.approver.clone(),
        supplier_name: shown.supplier_name.clone(),
        number: shown.number.clone(),
        payable: shown.payable,
        due_date: shown.due_date,
        asked_at: request.asked_at.to_zoned(desk.zone.clone()),
        expires_at: request.expires_at.to_zoned(desk.zone.clone()),
        bill_id: request.bill.short(),
    }
}

/// Tells `to` of it. `None` only for a domain no Message-ID can hold.
pub fn escalation_mail(
    desk: &ApprovalDesk,
    bill: &Bill,
    (request, to): (&ApprovalRequest, &MailAddress),
    letter: Letter,
    now: Timestamp,
) -> Option<OutboundMessage> {
    Some(OutboundMessage {
        references: thread_root(bill, &desk.mailbox).into_iter().collect(),
        ..OutboundMessage::written(
            (KIND, mail_id(request, Rung::Escalate)),
            (Purpose::Escalation, request.id.into()),
            (&desk.mailbox, to),
            letter,
            now,
        )?
    })
}
