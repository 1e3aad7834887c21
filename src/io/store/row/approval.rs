//! Approval requests and votes.

use super::super::error::StoreError;
use super::{Cells, Cursor, Row, Table, envelope_key};
use crate::basics::address::MailAddress;
use crate::basics::calendar::parse_iso_date;
use crate::basics::ids::{ApprovalRequestId, BillId, ContentHash, MessageId, OutboundId};
use crate::domain::approval::{Absence, ApprovalRequest, ApprovalState, Verdict, Vote};

impl Row for ApprovalRequest {
    const TABLE: &'static Table = &Table {
        name: "approval_requests",
        columns: &[
            "id",
            "bill",
            "bill_version",
            "approver",
            "stands_in_for",
            "rules",
            "token_hash",
            "outbound",
            "state",
            "asked_at",
            "expires_at",
        ],
        versioned: true,
    };

    fn write(&self, to: &mut Cells) {
        to.shown(&self.id);
        to.shown(&self.bill);
        to.shown(&self.bill_version);
        to.shown(&self.approver);
        to.opt_shown(self.stands_in_for.as_ref());
        to.list(&self.rules);
        to.shown(&self.token_hash);
        to.shown(&self.outbound);
        to.text(self.state.as_str());
        to.time(self.asked_at);
        to.time(self.expires_at);
    }

    fn read(from: &mut Cursor<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            id: from.parsed(ApprovalRequestId::parse)?,
            bill: from.parsed(BillId::parse)?,
            bill_version: from.parsed(ContentHash::parse)?,
            approver: from.parsed(MailAddress::parse)?,
            stands_in_for: from.opt_parsed(MailAddress::parse)?,
            rules: from.list()?,
            token_hash: from.parsed(ContentHash::parse)?,
            outbound: from.parsed(OutboundId::parse)?,
            state: from.parsed(ApprovalState::parse)?,
            asked_at: from.time()?,
            expires_at: from.time()?,
            version: from.version()?,
        })
    }
}

impl Row for Vote {
    const TABLE: &'static Table = &Table {
        name: "votes",
        columns: &[
            "request",
            "bill",
            "message",
            "approver",
            "stands_in_for",
            "verdict",
            "reason",
            "proof",
            "at",
        ],
        versioned: false,
    };

    fn write(&self, to: &mut Cells) {
        to.shown(&self.request);
        to.shown(&self.bill);
        to.opt_shown(self.message.as_ref());
        to.shown(&self.approver);
        to.opt_shown(self.stands_in_for.as_ref());
        to.text(self.verdict.as_str());
        to.text(&self.reason);
        to.text(&self.proof);
        to.time(self.at);
    }

    fn read(from: &mut Cursor<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            request: from.parsed(ApprovalRequestId::parse)?,
            bill: from.parsed(BillId::parse)?,
            message: from.opt_parsed(MessageId::parse)?,
            approver: from.parsed(MailAddress::parse)?,
            stands_in_for: from.opt_parsed(MailAddress::parse)?,
            verdict: from.parsed(Verdict::parse)?,
            reason: from.text()?,
            proof: from.text()?,
            at: from.time()?,
        })
    }
}

impl Row for Absence {
    const TABLE: &'static Table = &Table {
        name: "absences",
        columns: &["message", "approver", "back_on", "noted_at"],
        versioned: false,
    };

    fn write(&self, to: &mut Cells) {
        to.shown(&self.message);
        to.text(&envelope_key(&self.approver));
        to.shown(&self.back_on);
        to.time(self.noted_at);
    }

    fn read(from: &mut Cursor<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            message: from.parsed(MessageId::parse)?,
            approver: from.parsed(MailAddress::parse)?,
            back_on: from.parsed(parse_iso_date)?,
            noted_at: from.time()?,
        })
    }
}
