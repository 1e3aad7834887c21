//! Mails we send.

use super::super::Store;
use super::super::error::StoreError;
use super::super::row::Cell;
use super::super::row::envelope_key;
use super::select::{common, selects};
use crate::basics::address::MailAddress;
use crate::basics::calendar::Timestamp;
use crate::basics::ids::{HeaderMessageId, OutboundId};
use crate::domain::audit::Subject;
use crate::domain::outbound::pace::{DAY_SECONDS, MINUTE_SECONDS, SentLately, TEN_MINUTES_SECONDS};
use crate::domain::outbound::{OutboundMessage, Purpose};

common!(OutboundMessage, "outbound mail": outbound(OutboundId), list_outbound, find_outbound);

selects! {
    BY_MESSAGE_ID: OutboundMessage = "WHERE t.header_message_id = $1";
    BY_ENVELOPE: OutboundMessage = "WHERE t.envelope_key = $1 ORDER BY t.sequence LIMIT 1";
    TO_SINCE: OutboundMessage = "WHERE t.to_address = $1 AND t.written_at >= $2 AND t.purpose = $3 ORDER BY t.sequence, t.id";
    ABOUT: OutboundMessage = "WHERE t.about_id = $1 AND t.about_kind = $2 ORDER BY t.sequence, t.id";
}

/// Since when, three times, and the end of the addresses of a domain. A mail was sent when it was last tried. The state is hidden
/// from the planner: SQLite would go through every mail ever sent, by its state, to find those of the last day.
pub(super) const SENT_LATELY: &str = "SELECT COUNT(*),
    COUNT(CASE WHEN next_attempt_at >= $2 THEN 1 END),
    COUNT(CASE WHEN next_attempt_at >= $3 AND LOWER(to_address) LIKE $4 THEN 1 END)
    FROM outbound WHERE next_attempt_at >= $1 AND next_attempt_at <= $5
    AND COALESCE(state, '') IN ('sending', 'sent', 'bounced', 'unsure')";

impl Store {
    /// How many mails went out lately: in a day, in ten minutes, and in a minute to a domain.
    ///
    /// # Errors
    /// What the database said.
    pub async fn sent_lately(
        &self,
        domain: &str,
        now: Timestamp,
    ) -> Result<SentLately, StoreError> {
        let ago = |seconds: i64| Cell::from(now.as_millisecond() - seconds * 1000);
        let cells = [
            ago(DAY_SECONDS),
            ago(TEN_MINUTES_SECONDS),
            ago(MINUTE_SECONDS),
            format!("%@{}", domain.to_lowercase()).into(),
            ago(0),
        ];
        let rows: Vec<(i64, i64, i64)> = self
            .tuples("counting what was sent lately", SENT_LATELY, &cells)
            .await?;
        let (day, ten_minutes, minute) = rows.into_iter().next().unwrap_or_default();
        Ok(SentLately {
            day: day.unsigned_abs(),
            ten_minutes: ten_minutes.unsigned_abs(),
            minute_to_domain: minute.unsigned_abs(),
        })
    }

    /// The mail of ours with this Message-ID: what a reply or a report names.
    ///
    /// # Errors
    /// What the database said.
    pub async fn outbound_by_message_id(
        &self,
        header: &HeaderMessageId,
    ) -> Result<Option<OutboundMessage>, StoreError> {
        self.first(&BY_MESSAGE_ID, &[header.as_str().into()]).await
    }

    /// The mail of ours sent with this envelope sender: where a bounce comes to. In whatever case it comes back.
    ///
    /// # Errors
    /// What the database said.
    pub async fn outbound_by_envelope(
        &self,
        address: &MailAddress,
    ) -> Result<Option<OutboundMessage>, StoreError> {
        self.first(&BY_ENVELOPE, &[envelope_key(address).into()])
            .await
    }

    /// The mails of a purpose to a recipient, written at or after this moment, oldest first.
    ///
    /// # Errors
    /// What the database said.
    pub async fn outbound_to_since(
        &self,
        to: &MailAddress,
        purpose: Purpose,
        since: Timestamp,
    ) -> Result<Vec<OutboundMessage>, StoreError> {
        let to = to.to_string();
        let since = since.as_millisecond();
        let cells = [to.as_str().into(), since.into(), purpose.as_str().into()];
        self.all(&TO_SINCE, &cells).await
    }

    /// Every mail about a thing, oldest first.
    ///
    /// # Errors
    /// What the database said.
    pub async fn outbound_about(
        &self,
        subject: &Subject,
    ) -> Result<Vec<OutboundMessage>, StoreError> {
        let cells = [subject.id.as_str().into(), subject.kind.as_str().into()];
        self.all(&ABOUT, &cells).await
    }
}
