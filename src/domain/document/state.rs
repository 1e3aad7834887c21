//! The life of a document: Unread, Read, Consumed, SetAside, Replaced.

use crate::basics::words::Refused;
use crate::words;

words! {
    /// Where a document stands.
    pub enum DocumentState {
        /// Stored, not looked at.
        Unread = "unread",
        /// Its kind and fields are known, or a person was asked.
        Read = "read",
        /// It became a bill, a remittance, a piece of support.
        Consumed = "consumed",
        /// Nothing to book in it; the note says why.
        SetAside = "set_aside",
        /// Its children stand for it.
        Replaced = "replaced",
    }
}

words! {
    /// What happens to a document.
    pub enum DocumentEvent {
        /// It was read.
        Read = "read",
        /// Something was made of it.
        Consume = "consumed",
        /// There is nothing to book in it.
        SetAside = "set_aside",
        /// Its children stand for it.
        Replace = "replaced",
    }
}

/// The state that follows.
///
/// # Errors
/// Refused where the event means nothing.
pub fn next(state: DocumentState, event: DocumentEvent) -> Result<DocumentState, Refused> {
    use DocumentEvent::{Consume, Read, Replace, SetAside};
    let refused = Err(Refused {
        machine: "document",
        state: state.as_str(),
        event: event.as_str(),
    });
    match state {
        DocumentState::Unread => match event {
            Read => Ok(DocumentState::Read),
            SetAside => Ok(DocumentState::SetAside),
            Replace => Ok(DocumentState::Replaced),
            Consume => refused,
        },
        DocumentState::Read => match event {
            Consume => Ok(DocumentState::Consumed),
            SetAside => Ok(DocumentState::SetAside),
            Replace => Ok(DocumentState::Replaced),
            Read => refused,
        },
        DocumentState::Consumed | DocumentState::SetAside | DocumentState::Replaced => {
            match event {
                Read | Consume | SetAside | Replace => refused,
            }
        }
    }
}
