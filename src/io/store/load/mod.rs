//! Reading the books. Everything is read whole into memory: a reader left open would keep SQLite from tidying its log.

mod select;
mod message;
mod document;
mod memory;
mod parties;
mod payable;
mod supplier_account;
mod rivals;
mod order;
mod approval;
mod receivable;
mod bank;
mod outbound;
mod exception;
mod mailbox;
mod job;
pub(super) mod audit;
mod contents;
mod status;

pub use exception::Waiting;
pub use job::{Idle, ParkedJob};
pub use order::MAX_OF_ORDER;
pub use status::StateCount;

pub(super) use parties::Directories;

/// Which rows a list shows: the newest first.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Filter {
    /// Only those in this state, by its spelling.
    pub state: Option<&'static str>,
    /// At most so many.
    pub limit: u32,
}

/// As many as a person reads.
const PAGE: u32 = 100;

impl Default for Filter {
    fn default() -> Self {
        Self {
            state: None,
            limit: PAGE,
        }
    }
}

impl Filter {
    /// Those in this state.
    pub fn state(state: &'static str) -> Self {
        Self {
            state: Some(state),
            ..Self::default()
        }
    }

    /// Everything there is: books that are added up are whole or wrong.
    pub fn all() -> Self {
        Self::default().limit(u32::MAX)
    }

    /// At most so many.
    pub fn limit(self, limit: u32) -> Self {
        Self { limit, ..self }
    }
}
