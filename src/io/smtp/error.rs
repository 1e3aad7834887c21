//! Why a message was not accepted, and whether the relay may have it all the same.

use crate::io::disposition::Disposition;
use crate::io::net::NetError;
use crate::io::oauth::OauthError;

/// The stage at which a refusal may blame the recipient.
pub const RECIPIENT: &str = "RCPT TO";

/// Every way in which handing over a message ends without "accepted".
#[derive(thiserror::Error, Debug)]
pub enum SmtpError {
    /// No connection: certainly not sent.
    #[error("the relay cannot be reached")]
    Net(#[from] NetError),
    /// A passing refusal (4xx), or the connection broke before the content began: certainly not sent.
    #[error("the relay did not take the message at {stage}: {answer}")]
    NotSent {
        /// The command that failed.
        stage: &'static str,
        /// The relay's words, or what broke.
        answer: String,
    },
    /// Refused for good (5xx): certainly not sent, and trying again changes nothing.
    #[error("the relay refused the message at {stage}: {code} {answer}")]
    Refused {
        /// The command that was refused; at `RCPT TO` its words may blame the recipient.
        stage: &'static str,
        /// The reply code (RFC 5321 section 4.2.3).
        code: u16,
        /// The relay's words.
        answer: String,
    },
    /// User name or password is wrong, or the relay offers no way to log in that we speak.
    #[error("the relay refused the login: {answer}")]
    LoginRefused {
        /// The relay's words.
        answer: String,
    },
    /// There is no token to log in with.
    #[error("no access token for the relay")]
    Token(#[from] OauthError),
    /// The relay offers no STARTTLS.
    #[error("{server} does not offer STARTTLS; nothing was sent in the clear")]
    NoStartTls {
        /// host:port.
        server: String,
    },
    /// The message cannot be sent as it is.
    #[error("the message cannot be sent: {problem}")]
    Unsendable {
        /// What is wrong with it.
        problem: String,
    },
    /// The connection ended while the content was handed over and no answer came: the relay may have it. Only the same bytes
    /// with the same Message-ID may be sent again.
    #[error("nobody knows whether the relay has the message: {cause}")]
    Unsure {
        /// What broke.
        cause: String,
    },
}

impl SmtpError {
    /// `Unsure` is Retry only because the same bytes are sent again, once; the outbound state machine counts.
    pub fn disposition(&self) -> Disposition {
        match self {
            Self::Net(error) => error.disposition(),
            Self::Token(error) => error.disposition(),
            Self::NotSent { .. } | Self::Unsure { .. } => Disposition::Retry,
            Self::Refused { .. } => Disposition::GiveUp,
            Self::LoginRefused { .. } | Self::NoStartTls { .. } | Self::Unsendable { .. } => {
                Disposition::AskPerson
            }
        }
    }

    /// The relay may have the message.
    pub fn is_unsure(&self) -> bool {
        matches!(self, Self::Unsure { .. })
    }

    /// The dialogue can go on after RSET; anything else ends the connection.
    pub(super) fn keeps_connection(&self) -> bool {
        match self {
            Self::Refused { code, .. } => *code != 521,
            Self::NotSent { answer, .. } => answer.starts_with('4') && !answer.starts_with("421"),
            Self::Net(_) | Self::Token(_) | Self::LoginRefused { .. } | Self::NoStartTls { .. } => {
                false
            }
            Self::Unsendable { .. } => true,
            Self::Unsure { .. } => false,
        }
    }
}

/// What a command's failure means. `content_begun`: the message was being handed over.
pub(super) fn failed(
    stage: &'static str,
    content_begun: bool,
    error: &lettre::transport::smtp::Error,
) -> SmtpError {
    let text =
        std::error::Error::source(error).map_or_else(|| error.to_string(), ToString::to_string);
    match error.status().map(u16::from) {
        Some(code) if error.is_permanent() => SmtpError::Refused {
            stage,
            code,
            answer: text,
        },
        Some(code) => SmtpError::NotSent {
            stage,
            answer: format!("{code} {text}"),
        },
        None if content_begun => SmtpError::Unsure {
            cause: error.to_string(),
        },
        None => SmtpError::NotSent {
            stage,
            answer: error.to_string(),
        },
    }
}
