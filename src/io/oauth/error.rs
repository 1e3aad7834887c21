//! Why there is no access token.

use std::path::PathBuf;

use crate::formats::oauth::{NoAnswer, Refusal};
use crate::io::disposition::Disposition;
use crate::io::http::HttpError;

/// Every way in which asking for a token ends without one. `name` is the `[[oauth]]` of the configuration.
#[derive(thiserror::Error, Debug)]
pub enum OauthError {
    /// No answer.
    #[error("asking the provider of oauth {name}")]
    Http {
        /// Whose.
        name: String,
        /// What it met.
        source: HttpError,
    },
    /// An answer that is none.
    #[error("the provider of oauth {name} answered with status {status}, and {source}")]
    Unreadable {
        /// Whose.
        name: String,
        /// The HTTP status.
        status: u16,
        /// What is wrong with it.
        source: NoAnswer,
    },
    /// It will not.
    #[error("the provider of oauth {name} refused: {refusal}")]
    Refused {
        /// Whose.
        name: String,
        /// Its words.
        refusal: Refusal,
    },
    /// Only a person who signs in again mends it.
    #[error(
        "nobody is signed in for oauth {name} ({why}): run `countinghouse auth {name}`, or put a new refresh token where refresh_token_… says"
    )]
    SignIn {
        /// Whose.
        name: String,
        /// What shows it.
        why: String,
    },
    /// The provider cannot be asked as it is configured.
    #[error("oauth {name}: {why}")]
    Unusable {
        /// Whose.
        name: String,
        /// What is wrong, and with what.
        why: String,
    },
    /// The refresh token cannot be kept or read. A new one that is in memory alone is written before it is used.
    #[error("the refresh token of oauth {name} cannot be kept in {}", path.display())]
    Keep {
        /// Whose.
        name: String,
        /// Where.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// Another process asks for a token and does not end.
    #[error("another process has been asking the provider of oauth {name} for {seconds} s")]
    Locked {
        /// Whose.
        name: String,
        /// How long was waited.
        seconds: u64,
    },
}

impl OauthError {
    /// Nothing was sent: whatever the question held is as good as before.
    pub(super) fn was_never_asked(&self) -> bool {
        matches!(
            self,
            Self::Http {
                source: HttpError::Net(_),
                ..
            }
        )
    }

    /// Networks and providers heal; secrets, signatures and disks do not.
    pub fn disposition(&self) -> Disposition {
        match self {
            Self::Http { source, .. } => source.disposition(),
            Self::Unreadable { .. } | Self::Locked { .. } => Disposition::Retry,
            Self::Refused { refusal, .. } if is_passing(&refusal.code) => Disposition::Retry,
            Self::Refused { .. }
            | Self::SignIn { .. }
            | Self::Unusable { .. }
            | Self::Keep { .. } => Disposition::AskPerson,
        }
    }
}

/// Codes by which a provider says "not now" (RFC 6749 section 4.1.2.1 names the first two).
fn is_passing(code: &str) -> bool {
    [
        "server_error",
        "temporarily_unavailable",
        "slow_down",
        "too_many_requests",
    ]
    .contains(&code)
}
