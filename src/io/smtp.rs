//! Handing mail to a relay by SMTP (RFC 5321), one envelope per message, so that one refused recipient stops no other.
//!
//! lettre's connection does the protocol; the socket is ours (its own has no nodelay), and so is every deadline (it has
//! none after connecting). The one question that matters afterwards is asked of the error: may the relay have the message?

mod error;
mod wait;
mod letter;
mod token_login;
mod connect;
mod session;
#[cfg(test)]
mod tests;

use std::path::PathBuf;

pub use error::{RECIPIENT, SmtpError};
pub use session::SmtpSession;

use super::login::Proof;
use super::net::Server;

/// A relay and how we present ourselves.
#[derive(Clone, Debug)]
pub struct SmtpAccount {
    /// Where the relay is.
    pub server: Server,
    /// User name and what proves it; `None` for a relay that trusts our address.
    pub login: Option<(String, Proof)>,
    /// Our name in EHLO: a host name the relay may look up.
    pub hello_name: String,
}

/// The relay took the message: from now on it is answerable for it (RFC 5321 section 6.1).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Accepted {
    /// Its last answer, usually with the queue id: what its administrator needs to find the message.
    pub answer: String,
}

/// Where outbound mail goes.
#[derive(Clone, Debug)]
pub enum Outgoing {
    /// To a relay.
    Smtp(SmtpAccount),
    /// Into a Maildir: for the demo, and to try rules without writing to anyone.
    Maildir(PathBuf),
}
