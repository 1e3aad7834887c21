//! The life of a payment: Planned, Released, Settled, Returned, Cancelled, Unsure.

use crate::basics::words::Refused;
use crate::words;

words! {
    /// Where a payment stands.
    pub enum PaymentState {
        /// A day is chosen; no file names it.
        Planned = "planned",
        /// Committed before its file left us.
        Released = "released",
        /// The bank report shows it.
        Settled = "settled",
        /// The bank gave it back, or refused it.
        Returned = "returned",
        /// Taken back before it was released.
        Cancelled = "cancelled",
        /// Nobody knows; only a bank report or a person resolves it.
        Unsure = "unsure",
    }
}

words! {
    /// What happens to a payment.
    pub enum PaymentEvent {
        /// Its file is released.
        Release = "released",
        /// The bank report shows it.
        Settle = "settled",
        /// The bank gave it back, or refused it.
        Return = "returned",
        /// It is taken back.
        Cancel = "cancelled",
        /// Its fate is lost from sight.
        Lose = "lost from sight",
    }
}

/// The state that follows.
///
/// # Errors
/// Refused where the event means nothing.
pub fn next(state: PaymentState, event: PaymentEvent) -> Result<PaymentState, Refused> {
    use PaymentEvent::{Cancel, Lose, Release, Return, Settle};
    let refused = Err(Refused {
        machine: "payment",
        state: state.as_str(),
        event: event.as_str(),
    });
    match state {
        PaymentState::Planned => match event {
            Release => Ok(PaymentState::Released),
            Cancel => Ok(PaymentState::Cancelled),
            Settle | Return | Lose => refused,
        },
        PaymentState::Released => match event {
            Settle => Ok(PaymentState::Settled),
            Return => Ok(PaymentState::Returned),
            Lose => Ok(PaymentState::Unsure),
            Release | Cancel => refused,
        },
        PaymentState::Settled => match event {
            // Banks return money days after they reported it settled.
            Return => Ok(PaymentState::Returned),
            Release | Settle | Cancel | Lose => refused,
        },
        PaymentState::Unsure => match event {
            Settle => Ok(PaymentState::Settled),
            Return => Ok(PaymentState::Returned),
            Cancel => Ok(PaymentState::Cancelled),
            Release | Lose => refused,
        },
        PaymentState::Returned | PaymentState::Cancelled => match event {
            Release | Settle | Return | Cancel | Lose => refused,
        },
    }
}
