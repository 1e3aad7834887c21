//! DKIM signatures (RFC 6376) and ARC seals (RFC 8617): our own check, for mailboxes whose server writes no trustworthy
//! result, and our own signature.
//!
//! The check must run soon after the mail came, because senders replace their keys, and on the bytes as they came.

mod sign;

pub use sign::{Signing, SigningError};

use std::net::SocketAddr;
use std::time::Duration;

use mail_auth::common::crypto::Algorithm;
use mail_auth::dkim::Signature;
use mail_auth::hickory_resolver::config::{NameServerConfig, ResolverConfig, ResolverOpts};
use mail_auth::{AuthenticatedMessage, DkimResult, MessageAuthenticator};

use crate::basics::calendar::Timestamp;
use crate::domain::message::authenticity::{CheckOutcome, OwnChecks, OwnDkim};

/// Signatures of one mail that are checked: each costs a DNS question. Honest mails carry up to three.
const MAX_SIGNATURES: usize = 5;
/// Hands a mail went through before it came here, each of which costs two questions; honest mails carry up to three seals.
const MAX_SEALS: usize = 10;
/// One DNS question; the whole check has its own deadline.
const QUESTION_TIMEOUT: Duration = Duration::from_secs(3);

/// The door to DNS could not be opened.
#[derive(Debug, thiserror::Error)]
#[error("the DNS resolver could not be set up")]
pub struct ResolverError(#[source] Box<dyn std::error::Error + Send + Sync>);

/// What the signatures of a mail came to.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Checked {
    /// What could be decided.
    pub own: OwnChecks,
    /// The name server gave no answer about one of them: asking again may.
    pub is_undecided: bool,
}

/// Checks signatures with keys from DNS.
#[derive(Clone)]
pub struct DkimChecker {
    authenticator: MessageAuthenticator,
    deadline: Duration,
    /// Somebody's seals count, so they are looked at.
    checks_seals: bool,
}

impl DkimChecker {
    /// `dns_server` asks that server over UDP and TCP; without it the system's resolver configuration is used.
    pub fn new(
        dns_server: Option<SocketAddr>,
        deadline: Duration,
        checks_seals: bool,
    ) -> Result<Self, ResolverError> {
        let opened = match dns_server {
            Some(address) => {
                let mut server = NameServerConfig::udp_and_tcp(address.ip());
                server
                    .connections
                    .iter_mut()
                    .for_each(|connection| connection.port = address.port());
                let config = ResolverConfig::from_parts(None, Vec::new(), vec![server]);
                let mut options = ResolverOpts::default();
                options.timeout = QUESTION_TIMEOUT;
                options.attempts = 2;
                MessageAuthenticator::new(config, options)
            }
            None => MessageAuthenticator::new_system_conf(),
        };
        let authenticator = opened.map_err(|error| ResolverError(Box::new(error)))?;
        Ok(Self {
            authenticator,
            deadline,
            checks_seals,
        })
    }

    /// Checks the signatures and seals of a raw mail. What cannot be decided in time, or at all, is `CheckOutcome::None`: no proof,
    /// and no accusation either.
    ///
    /// Whether a signature had expired is asked of the time the mail came, not of the clock: a mail that waited for us over a
    /// weekend is as good as it was on Friday.
    pub async fn check(&self, raw: &[u8], received_at: Timestamp) -> Checked {
        let raw = with_network_line_ends(raw);
        // Strict: a signature over only the first bytes of the body (l=) is left out; anything may follow them.
        let Some(mut message) = AuthenticatedMessage::parse_with_opts(&raw, None, true) else {
            return Checked::default();
        };
        message.dkim_headers.truncate(MAX_SIGNATURES);
        for field in &mut message.dkim_headers {
            field.header.x = expiry_as_of(received_at, field.header.t, field.header.x);
        }
        for field in &mut message.ams_headers {
            field.header.x = expiry_as_of(received_at, field.header.t, field.header.x);
        }
        let looked = async { (self.signatures(&message).await, self.seals(&message).await) };
        let Ok(((dkim, unsigned), (arc, unsealed))) =
            tokio::time::timeout(self.deadline, looked).await
        else {
            return Checked {
                own: OwnChecks::default(),
                is_undecided: true,
            };
        };
        Checked {
            own: OwnChecks { dkim, arc },
            is_undecided: unsigned || unsealed,
        }
    }

    /// What each signature came to, and whether the name server owes an answer about one.
    async fn signatures(&self, message: &AuthenticatedMessage<'_>) -> (Vec<OwnDkim>, bool) {
        let outputs = self.authenticator.verify_dkim(message).await;
        let named = outputs
            .iter()
            .filter_map(|output| Some((output.signature()?, output.result())));
        let strong = named.filter(|(signature, _)| is_strong(signature));
        let is_undecided = outputs.iter().any(|output| is_unanswered(output.result()));
        (strong.map(own_result).collect(), is_undecided)
    }

    /// What the chain of seals came to, and whether the name server owes an answer about it.
    async fn seals(&self, message: &AuthenticatedMessage<'_>) -> (CheckOutcome, bool) {
        if !self.checks_seals || message.as_headers.len() > MAX_SEALS {
            return (CheckOutcome::None, false);
        }
        let output = self.authenticator.verify_arc(message).await;
        (outcome(output.result()), is_unanswered(output.result()))
    }
}

/// What the library, which compares with its own clock, reads as "never" or "long ago" (RFC 6376 section 3.5, `t=` and `x=` in
/// seconds since 1970).
fn expiry_as_of(received_at: Timestamp, signed: u64, expires: u64) -> u64 {
    const NEVER: u64 = 0;
    const LONG_AGO: u64 = 1;
    let received = u64::try_from(received_at.as_second()).unwrap_or(0);
    let holds = expires == NEVER || (expires > signed && expires > received);
    if holds { NEVER } else { LONG_AGO }
}

fn is_unanswered(result: &DkimResult) -> bool {
    matches!(result, DkimResult::TempError(_))
}

/// A signature that does not cover From says nothing about the sender (RFC 6376 section 5.4), and SHA-1 is broken
/// (RFC 8301 section 3.1).
fn is_strong(signature: &Signature) -> bool {
    let covers_from = signature
        .h
        .iter()
        .any(|name| name.trim().eq_ignore_ascii_case("from"));
    covers_from && !matches!(signature.a, Algorithm::RsaSha1)
}

fn own_result((signature, result): (&Signature, &DkimResult)) -> OwnDkim {
    OwnDkim {
        domain: signature.d.to_lowercase(),
        result: outcome(result),
    }
}

fn outcome(result: &DkimResult) -> CheckOutcome {
    match result {
        DkimResult::Pass => CheckOutcome::Pass,
        // A changed body is reported as neutral; for us it is a signature that does not fit.
        DkimResult::Fail(_) | DkimResult::Neutral(_) | DkimResult::PermError(_) => {
            CheckOutcome::Fail
        }
        DkimResult::TempError(_) | DkimResult::None => CheckOutcome::None,
    }
}

/// Signatures cover CR LF (RFC 6376 section 3.4); a Maildir stores LF alone.
fn with_network_line_ends(raw: &[u8]) -> std::borrow::Cow<'_, [u8]> {
    let lines = raw.split_inclusive(|byte| *byte == b'\n');
    let is_bare = |line: &[u8]| line.ends_with(b"\n") && !line.ends_with(b"\r\n");
    if !lines.clone().any(is_bare) {
        return raw.into();
    }
    let mut fixed = Vec::with_capacity(raw.len() + raw.len() / 40);
    for line in lines {
        match line.strip_suffix(b"\n").filter(|_| is_bare(line)) {
            Some(content) => {
                fixed.extend_from_slice(content);
                fixed.extend_from_slice(b"\r\n");
            }
            None => fixed.extend_from_slice(line),
        }
    }
    fixed.into()
}

#[cfg(test)]
mod tests;
