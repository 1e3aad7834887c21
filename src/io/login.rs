//! What proves to a mail server that an account is ours.

use std::fmt;
use std::sync::Arc;

use secrecy::SecretString;

use super::oauth::TokenSource;

/// A password, or access tokens in its place.
#[derive(Clone)]
pub enum Proof {
    /// Always the same.
    Password(SecretString),
    /// A new one every hour or so.
    Token(Arc<TokenSource>),
}

impl fmt::Debug for Proof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Password(_) => f.write_str("Password"),
            Self::Token(source) => write!(f, "Token({})", source.name()),
        }
    }
}

impl From<SecretString> for Proof {
    fn from(password: SecretString) -> Self {
        Self::Password(password)
    }
}

impl From<&str> for Proof {
    fn from(password: &str) -> Self {
        Self::Password(password.into())
    }
}
