//! The life of a message: Fetched, Read, Filed, Quarantined.

use crate::basics::words::Refused;
use crate::words;

words! {
    /// Where a message stands.
    pub enum MessageState {
        /// Its bytes are stored; nothing has read them.
        Fetched = "fetched",
        /// Every part is a document or set aside.
        Read = "read",
        /// Read, and marked on the server.
        Filed = "filed",
        /// It cannot be read; its bytes are kept and a person was told.
        Quarantined = "quarantined",
    }
}

words! {
    /// What happens to a message.
    pub enum MessageEvent {
        /// Its parts are known.
        Read = "read",
        /// Its original was marked on the server.
        File = "filed",
        /// Reading it failed for good.
        Quarantine = "quarantined",
        /// A person wants it read again.
        Requeue = "requeued",
    }
}

/// The state that follows.
///
/// # Errors
/// Refused where the event means nothing.
pub fn next(state: MessageState, event: MessageEvent) -> Result<MessageState, Refused> {
    use MessageEvent::{File, Quarantine, Read, Requeue};
    let refused = Err(Refused {
        machine: "message",
        state: state.as_str(),
        event: event.as_str(),
    });
    match state {
        MessageState::Fetched => match event {
            Read => Ok(MessageState::Read),
            Quarantine => Ok(MessageState::Quarantined),
            File | Requeue => refused,
        },
        MessageState::Read => match event {
            File => Ok(MessageState::Filed),
            Read | Quarantine | Requeue => refused,
        },
        MessageState::Quarantined => match event {
            Requeue => Ok(MessageState::Fetched),
            Read | Quarantine | File => refused,
        },
        MessageState::Filed => match event {
            Read | Quarantine | File | Requeue => refused,
        },
    }
}
