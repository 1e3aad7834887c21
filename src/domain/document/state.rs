//! The life of a document: Unread, Waiting, Read, Consumed, SetAside, Replaced.

use crate::basics::words::Refused;
use crate::words;

words! {
    /// Where a document stands.
    pub enum DocumentState {
        /// Stored, not looked at.
        Unread = "unread",
        /// Its kind and fields are known, those of other documents of its mail are not; one of them may show the same bill.
        Waiting = "waiting",
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
        /// It was read, others of its mail are not.
        Wait = "waits",
        /// It was read, and all others of its mail.
        Read = "read",
        /// Something was made of it.
        Consume = "consumed",
        /// There is nothing to book in it.
        SetAside = "set_aside",
        /// Its children stand for it.
        Replace = "replaced",
        /// A person wants it read again.
        Requeue = "requeued",
    }
}

/// The state that follows.
///
/// # Errors
/// Refused where the event means nothing.
pub fn next(state: DocumentState, event: DocumentEvent) -> Result<DocumentState, Refused> {
    use DocumentEvent::{Consume, Read, Replace, Requeue, SetAside, Wait};
    let refused = Err(Refused {
        machine: "document",
        state: state.as_str(),
        event: event.as_str(),
    });
    match state {
        DocumentState::Unread => match event {
            Wait => Ok(DocumentState::Waiting),
            Read => Ok(DocumentState::Read),
            SetAside => Ok(DocumentState::SetAside),
            Replace => Ok(DocumentState::Replaced),
            Consume | Requeue => refused,
        },
        DocumentState::Waiting => match event {
            Read => Ok(DocumentState::Read),
            SetAside => Ok(DocumentState::SetAside),
            Replace => Ok(DocumentState::Replaced),
            Wait | Consume | Requeue => refused,
        },
        DocumentState::Read => match event {
            Consume => Ok(DocumentState::Consumed),
            SetAside => Ok(DocumentState::SetAside),
            Replace => Ok(DocumentState::Replaced),
            Requeue => Ok(DocumentState::Unread),
            Wait | Read => refused,
        },
        DocumentState::Consumed | DocumentState::SetAside | DocumentState::Replaced => {
            match event {
                Wait | Read | Consume | SetAside | Replace | Requeue => refused,
            }
        }
    }
}
