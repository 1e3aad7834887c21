//! How long a file's pages may take to recognise, in CPU time: a page of writing takes one to five seconds, a picture of
//! gravel a hundred.
//!
//! Pages of writing cost a file nothing, however many there are. Only what was spent on pages without writing is counted, so
//! that a long scan is read to its end and a folder of holiday photos is not.

use std::time::Duration;

/// For all pages of a file that turn out to hold no writing.
const FOR_A_FILE: Duration = Duration::from_secs(12);
/// For the pictures beside the text of a file, all together: each takes one or two, and the bill is legible without them.
const FOR_PICTURES: Duration = Duration::from_secs(8);
/// For recognition of one page that may or may not hold writing, whichever way up it is tried.
const FOR_A_PAGE: Duration = Duration::from_secs(8);
/// For one that plainly does: a dense page, badly scanned, on a machine whose processors are shared, took ten.
const FOR_WRITING: Duration = Duration::from_secs(30);

/// What is left for a file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Patience {
    left: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self { left: FOR_A_FILE }
    }
}

impl Patience {
    /// For pictures beside text, each of which uses it up.
    pub const FOR_PICTURES: Self = Self { left: FOR_PICTURES };

    /// Nothing is left for pages that may turn out to hold no writing.
    pub fn is_lost(&self) -> bool {
        self.left < Duration::from_secs(1)
    }

    /// The whole seconds the next try at a page may take whose tries cost so much; `None` when no second is left.
    pub fn seconds(&self, is_plainly_writing: bool, cost: Duration) -> Option<u64> {
        let all = if is_plainly_writing {
            FOR_WRITING
        } else {
            self.left.min(FOR_A_PAGE)
        };
        Some(all.saturating_sub(cost).as_secs()).filter(|seconds| *seconds > 0)
    }

    /// A page that cost so much held no writing.
    pub fn wasted(&mut self, cost: Duration) {
        self.left = self.left.saturating_sub(cost);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tries_at_a_page_share_its_time_and_photos_use_up_the_files() {
        let mut patience = Patience::default();
        assert_eq!(patience.seconds(false, Duration::ZERO), Some(8));
        assert_eq!(
            patience.seconds(false, Duration::from_millis(2_500)),
            Some(5)
        );
        assert_eq!(patience.seconds(false, Duration::from_millis(7_200)), None);
        patience.wasted(Duration::from_secs(9));
        assert_eq!(patience.seconds(false, Duration::ZERO), Some(3));
        assert!(!patience.is_lost());
        patience.wasted(Duration::from_secs(9));
        assert_eq!(patience.seconds(false, Duration::ZERO), None);
        assert!(patience.is_lost());
        assert_eq!(patience.seconds(true, Duration::from_secs(3)), Some(27));
    }
}
