//! Approval requests and votes.

use super::super::Store;
use super::super::error::StoreError;
use super::super::row::envelope_key;
use super::select::{common, selects};
use crate::basics::address::MailAddress;
use crate::basics::calendar::{Date, Timestamp};
use crate::basics::ids::{ApprovalRequestId, BillId, ContentHash};
use crate::domain::approval::{Absence, ApprovalRequest, Vote};

common!(
    ApprovalRequest,
    "approval request": approval_request(ApprovalRequestId),
    list_approval_requests,
    find_approval_requests
);

selects! {
    OF_BILL: ApprovalRequest = "WHERE t.bill = $1 ORDER BY t.sequence, t.id";
    BY_TOKEN: ApprovalRequest = "WHERE t.token_hash = $1";
    EXPIRING: ApprovalRequest = "WHERE t.state = 'open' AND t.expires_at <= $1
        ORDER BY t.expires_at, t.id LIMIT $2";
    ASKED: ApprovalRequest = "WHERE t.state = 'open' AND t.stands_in_for IS NULL AND lower(t.approver) = $1
        ORDER BY t.sequence, t.id LIMIT $2";
    AWAY: Absence = "WHERE t.approver = $1 ORDER BY t.noted_at DESC, t.message LIMIT 1";
    VOTES: Vote = "WHERE t.bill = $1 ORDER BY t.sequence, t.request";
}

impl Store {
    /// Every request ever made for a bill, oldest first.
    ///
    /// # Errors
    /// What the database said.
    pub async fn requests_of_bill(&self, bill: BillId) -> Result<Vec<ApprovalRequest>, StoreError> {
        self.all(&OF_BILL, &[bill.to_string().into()]).await
    }

    /// The request whose token has this SHA-256.
    ///
    /// # Errors
    /// What the database said.
    pub async fn request_by_token_hash(
        &self,
        token_hash: ContentHash,
    ) -> Result<Option<ApprovalRequest>, StoreError> {
        self.first(&BY_TOKEN, &[token_hash.to_string().into()])
            .await
    }

    /// Open requests whose time is up, the longest overdue first.
    ///
    /// # Errors
    /// What the database said.
    pub async fn requests_expiring(
        &self,
        now: Timestamp,
        limit: u32,
    ) -> Result<Vec<ApprovalRequest>, StoreError> {
        let cells = [now.as_millisecond().into(), i64::from(limit).into()];
        self.all(&EXPIRING, &cells).await
    }

    /// The answer to a request.
    ///
    /// # Errors
    /// What the database said.
    pub async fn vote(&self, request: ApprovalRequestId) -> Result<Option<Vote>, StoreError> {
        self.by_key(request).await
    }

    /// Open requests to an approver in the own name, the oldest first.
    ///
    /// # Errors
    /// What the database said.
    pub async fn requests_waiting_for(
        &self,
        approver: &MailAddress,
        limit: u32,
    ) -> Result<Vec<ApprovalRequest>, StoreError> {
        let approver = approver.to_string().to_ascii_lowercase();
        let cells = [approver.into(), i64::from(limit).into()];
        self.all(&ASKED, &cells).await
    }

    /// What an approver said last about being away beyond this day.
    ///
    /// # Errors
    /// What the database said.
    pub async fn absence_of(
        &self,
        approver: &MailAddress,
        today: Date,
    ) -> Result<Option<Absence>, StoreError> {
        let last: Option<Absence> = self.first(&AWAY, &[envelope_key(approver).into()]).await?;
        Ok(last.filter(|absence| absence.back_on > today))
    }

    /// Every vote on a bill, oldest first.
    ///
    /// # Errors
    /// What the database said.
    pub async fn votes_of_bill(&self, bill: BillId) -> Result<Vec<Vote>, StoreError> {
        self.all(&VOTES, &[bill.to_string().into()]).await
    }
}
