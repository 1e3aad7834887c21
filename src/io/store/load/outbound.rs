//! Mails we send.

use super::super::Store;
use super::super::error::StoreError;
use super::super::row::envelope_key;
use super::select::{common, selects};
use crate::basics::address::MailAddress;
use crate::basics::ids::{HeaderMessageId, OutboundId};
use crate::domain::audit::Subject;
use crate::domain::outbound::OutboundMessage;

common!(OutboundMessage, "outbound mail": outbound(OutboundId), list_outbound, find_outbound);

selects! {
    BY_MESSAGE_ID: OutboundMessage = "WHERE t.header_message_id = $1";
    BY_ENVELOPE: OutboundMessage = "WHERE t.envelope_key = $1 ORDER BY t.sequence LIMIT 1";
    ABOUT: OutboundMessage = "WHERE t.about_id = $1 AND t.about_kind = $2 ORDER BY t.sequence, t.id";
}

impl Store {
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
