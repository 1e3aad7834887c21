//! Reading and marking a mailbox by IMAP (RFC 3501), strictly: a command has succeeded when its tagged OK was read, and in no
//! other case.
//!
//! The IMAP clients there are report a NO, a BAD or a cut connection as an empty success, which to us would mean "no new mail".
//! So only a parser is taken from outside (imap-proto); `wire` hands it whole answers it can survive, `runner` waits for the OK.
//! The server is never our memory: what is new is told by the UIDs the caller knows.

mod error;
mod wire;
mod runner;
mod connect;
mod item;
mod uid_set;
mod session;
mod mark;
#[cfg(test)]
mod tests;

pub use error::ImapError;
pub use session::{ImapSession, Selected};

use super::login::Proof;
use super::net::Server;

/// A mailbox owner's account on its server.
#[derive(Clone, Debug)]
pub struct ImapAccount {
    /// Where the server is.
    pub server: Server,
    /// User name.
    pub user: String,
    /// Password or token.
    pub proof: Proof,
}
