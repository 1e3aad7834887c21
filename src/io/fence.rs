//! What others must be able to rely on when they take over from a daemon that is not seen: it hands over no mail any more. A mail
//! server asks nobody whether we may, so we ask ourselves, in the last moment before the content leaves.
//!
//! Whoever froze and comes back finds the fence closed before anything else, for it opens only with an answer of the books. What no
//! fence holds: freezing inside the one call that hands the content to the kernel.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// So long after the books last heard of it a daemon begins nothing any more that another might repeat: sooner than others take
/// over anything.
pub const CLOSES_AFTER: Duration = Duration::from_secs(20);

/// Open for ever where nobody else can take over. Clones are one.
#[derive(Clone, Debug, Default)]
pub struct Fence(Arc<Mutex<Option<Instant>>>);

impl Fence {
    /// The books know that this daemon lives. Counted from when they were asked: they heard it then or later.
    pub fn opens(&self, asked_at: Instant) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(asked_at);
    }

    /// Nobody else does our work yet.
    pub fn is_open(&self) -> bool {
        let heard_at = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        heard_at.is_none_or(|at| at.elapsed() < CLOSES_AFTER)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_daemon_not_heard_for_twenty_seconds_hands_nothing_over_until_it_is_heard_again() {
        let ago = |seconds| Instant::now().checked_sub(Duration::from_secs(seconds));
        let fence = Fence::default();
        assert!(fence.is_open(), "it is the only one there can be");
        fence.clone().opens(ago(18).expect("the machine is up"));
        assert!(fence.is_open());
        fence.opens(ago(21).expect("the machine is up"));
        assert!(!fence.is_open(), "others may begin soon");
        fence.opens(Instant::now());
        assert!(fence.is_open());
    }
}
