//! What a person is asked about a mail of ours that was refused or came back.

use super::Office;
use crate::basics::calendar::Timestamp;
use crate::domain::exception::{Exception, ExceptionCode, ExceptionState};
use crate::domain::outbound::OutboundMessage;
use crate::domain::outbound::attempt::{ask, item_of_bounce};
use crate::io::store::StoreError;

/// The work item. One that a person has settled, by having the mail sent again, is not raised a second time: what comes after it is
/// another.
///
/// # Errors
/// What the store met.
pub async fn asked_of_mail(
    office: &Office,
    code: ExceptionCode,
    message: &OutboundMessage,
    now: Timestamp,
) -> Result<Exception, StoreError> {
    let round = round_of_bounce(office, message).await?;
    let caretakers = office.rules.owners.caretakers();
    Ok(ask(code, message, caretakers, (now, round)))
}

/// How many items about the mail's coming back were settled.
///
/// # Errors
/// What the store met.
pub async fn round_of_bounce(
    office: &Office,
    message: &OutboundMessage,
) -> Result<u32, StoreError> {
    let mut round = 0_u32;
    loop {
        let item = office
            .store
            .exception(item_of_bounce(message, round))
            .await?;
        match item {
            Some(item) if item.state == ExceptionState::Resolved => round = round.saturating_add(1),
            Some(_) | None => return Ok(round),
        }
    }
}
