//! `[dkim]`: our own signature on what we send.

use std::path::Path;

use super::read::{Section, parsed};
use super::secret::{self, SecretSource};
use super::values::domain;

/// `[dkim]`, when it has a domain.
#[derive(Clone, Debug)]
pub struct Dkim {
    /// Whose signature it is: the domain of the mailboxes, or what DMARC takes for the same.
    pub domain: String,
    /// Where in DNS the public key stands.
    pub selector: String,
    /// The private key.
    pub key: SecretSource,
}

/// Reads it; nothing without a domain.
pub fn read(s: Section<'_>, folder: &Path) -> Option<Dkim> {
    let selector = parsed("letters, digits, hyphens and dots", |text| {
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.');
        text.chars().all(plain).then(|| text.to_owned())
    });
    let domain = s.optional("domain", domain);
    let selector = s.optional("selector", selector);
    let key = secret::source(&s, ["key_file", "key_env", "key_credential"], folder);
    if domain.is_some() && selector.is_none() {
        s.problem(
            "selector",
            "is missing: the public key stands below it in DNS",
        );
    }
    if domain.is_some() && key.is_none() {
        s.problem(
            "key_file",
            "is missing: name one of key_file, key_env and key_credential",
        );
    }
    s.finish();
    Some(Dkim {
        domain: domain?,
        selector: selector?,
        key: key?,
    })
}
