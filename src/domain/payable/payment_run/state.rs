//! The life of a payment run: Proposed, Released, Exported, Withdrawn.

use crate::basics::words::Refused;
use crate::words;

words! {
    /// Where a payment run stands.
    pub enum PaymentRunState {
        /// Somebody chose what would be paid; its file is made and has left nobody.
        Proposed = "proposed",
        /// A second person let it go; committed before the file leaves us.
        Released = "released",
        /// Its file was handed out. The same bytes may be handed out again: a bank refuses a message it knows.
        Exported = "exported",
        /// Taken back before it was released.
        Withdrawn = "withdrawn",
    }
}

words! {
    /// What happens to a payment run.
    pub enum PaymentRunEvent {
        /// A second person lets it go.
        Release = "released",
        /// Its file is handed out.
        Export = "exported",
        /// Somebody takes it back.
        Withdraw = "withdrawn",
    }
}

/// The state that follows.
///
/// # Errors
/// Refused where the event means nothing.
pub fn next(state: PaymentRunState, event: PaymentRunEvent) -> Result<PaymentRunState, Refused> {
    use PaymentRunEvent::{Export, Release, Withdraw};
    let refused = Err(Refused {
        machine: "payment run",
        state: state.as_str(),
        event: event.as_str(),
    });
    match state {
        PaymentRunState::Proposed => match event {
            Release => Ok(PaymentRunState::Released),
            Withdraw => Ok(PaymentRunState::Withdrawn),
            Export => refused,
        },
        PaymentRunState::Released | PaymentRunState::Exported => match event {
            Export => Ok(PaymentRunState::Exported),
            Release | Withdraw => refused,
        },
        PaymentRunState::Withdrawn => match event {
            Release | Export | Withdraw => refused,
        },
    }
}
