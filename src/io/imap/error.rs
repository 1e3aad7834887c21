//! Why the mailbox could not be read or marked.

use std::time::Duration;

use crate::io::disposition::Disposition;
use crate::io::net::NetError;
use crate::io::oauth::OauthError;

/// Every way in which a command ends without its tagged OK. Whatever it was: the session is not used again.
#[derive(thiserror::Error, Debug)]
pub enum ImapError {
    /// No connection.
    #[error("the mail server cannot be reached")]
    Net(#[from] NetError),
    /// The server offers no STARTTLS.
    #[error("{server} does not offer STARTTLS; no password was sent")]
    NoStartTls {
        /// host:port.
        server: String,
    },
    /// User name or password is wrong, or the account may not use IMAP.
    #[error("the mail server refused the login of {user}: {answer}")]
    LoginRefused {
        /// The user name.
        user: String,
        /// The server's words.
        answer: String,
    },
    /// There is no token to log in with.
    #[error("no access token for {user}")]
    Token {
        /// The user name.
        user: String,
        /// Why not.
        source: Box<OauthError>,
    },
    /// The server takes tokens by none of the mechanisms that may be used.
    #[error(
        "the mail server takes no token: it offers neither AUTH=OAUTHBEARER nor AUTH=XOAUTH2 as configured"
    )]
    NoTokenMechanism,
    /// The server answered NO: it understood, and will not.
    #[error("the mail server answered NO to {command}: {answer}")]
    No {
        /// The command without its arguments.
        command: &'static str,
        /// The server's words.
        answer: String,
    },
    /// The server answered BAD. Exchange does so to every command while a mailbox is being moved.
    #[error("the mail server answered BAD to {command}: {answer}")]
    Bad {
        /// The command without its arguments.
        command: &'static str,
        /// The server's words.
        answer: String,
    },
    /// The server said BYE.
    #[error("the mail server ended the session during {command}: {answer}")]
    Bye {
        /// The command without its arguments.
        command: &'static str,
        /// The server's words.
        answer: String,
    },
    /// The connection was cut, or an earlier error ended it.
    #[error("the connection to the mail server broke during {command}")]
    Broken {
        /// The command without its arguments.
        command: &'static str,
        /// What the network said; `None` for a plain end.
        source: Option<std::io::Error>,
    },
    /// No answer in time.
    #[error("the mail server did not finish {command} within {seconds} s")]
    TimedOut {
        /// The command without its arguments.
        command: &'static str,
        /// How long was waited.
        seconds: u64,
    },
    /// The server's answer is no IMAP, or beyond the limits of `wire`.
    #[error("the mail server's answer to {command} cannot be read")]
    Unreadable {
        /// The command without its arguments.
        command: &'static str,
        /// Where reading stopped.
        source: std::io::Error,
    },
    /// The server selected a folder without telling UIDVALIDITY: no message in it has a lasting name.
    #[error("the mail server gives the messages in '{folder}' no lasting numbers (no UIDVALIDITY)")]
    NoUidValidity {
        /// As configured.
        folder: String,
    },
    /// A folder, flag, user name or password that IMAP cannot carry.
    #[error("'{text}' cannot be used as {purpose} in IMAP")]
    Unspeakable {
        /// What it was for.
        purpose: &'static str,
        /// The text; empty for a password.
        text: String,
    },
    /// It names the message and gives NIL for its content: servers do so of one that was expunged a moment ago (RFC 2180 section
    /// 4.1.3), and of one they cannot read any more. Asked over a new connection they say which it is.
    #[error("the mail server has message {uid} and gives no content of it (NIL)")]
    Withheld {
        /// Which message.
        uid: String,
    },
    /// Longer than the limit.
    #[error("message {uid} is longer than {limit_bytes} bytes")]
    TooLong {
        /// Which message.
        uid: String,
        /// What was allowed.
        limit_bytes: u64,
    },
    /// The place the message was streamed to failed.
    #[error("message {uid} could not be stored")]
    Sink {
        /// Which message.
        uid: String,
        /// What it said.
        source: std::io::Error,
    },
}

impl ImapError {
    /// How long the server asked to be left alone. Exchange says so in its words when an account asks too much:
    /// `Request is throttled. Suggested Backoff Time: 299961 milliseconds`.
    pub fn asked_to_wait(&self) -> Option<Duration> {
        let answer = match self {
            Self::No { answer, .. }
            | Self::Bad { answer, .. }
            | Self::Bye { answer, .. }
            | Self::LoginRefused { answer, .. } => answer,
            Self::Net(_)
            | Self::Token { .. }
            | Self::NoTokenMechanism
            | Self::NoStartTls { .. }
            | Self::Broken { .. }
            | Self::TimedOut { .. }
            | Self::Unreadable { .. }
            | Self::NoUidValidity { .. }
            | Self::Unspeakable { .. }
            | Self::Withheld { .. }
            | Self::TooLong { .. }
            | Self::Sink { .. } => return None,
        };
        let (_, behind) = answer.split_once("Suggested Backoff Time:")?;
        let mut words = behind.split_whitespace();
        let millis = words.next()?.parse().ok()?;
        let unit = words.next()?;
        unit.starts_with("millisecond")
            .then(|| Duration::from_millis(millis))
    }

    /// It ended a FETCH in a way that the message itself may have caused: servers answer NO, end the session or send half an
    /// answer where a mail of theirs is damaged. Being asked to wait is about us.
    pub fn may_be_the_message(&self) -> bool {
        let command = match self {
            Self::No { command, .. }
            | Self::Bad { command, .. }
            | Self::Bye { command, .. }
            | Self::Broken { command, .. }
            | Self::TimedOut { command, .. }
            | Self::Unreadable { command, .. } => *command,
            Self::Withheld { .. } => return true,
            Self::Net(_)
            | Self::Token { .. }
            | Self::NoTokenMechanism
            | Self::NoStartTls { .. }
            | Self::LoginRefused { .. }
            | Self::NoUidValidity { .. }
            | Self::Unspeakable { .. }
            | Self::TooLong { .. }
            | Self::Sink { .. } => return false,
        };
        command == "UID FETCH" && self.asked_to_wait().is_none()
    }

    /// The network and busy servers heal; logins, names and folders do not.
    pub fn disposition(&self) -> Disposition {
        match self {
            Self::Net(error) => error.disposition(),
            Self::Token { source, .. } => source.disposition(),
            Self::No { command, answer } if is_passing(answer) || *command == "UID FETCH" => {
                Disposition::Retry
            }
            Self::LoginRefused { answer, .. } if is_passing(answer) => Disposition::Retry,
            Self::Bad { .. } | Self::Bye { .. } | Self::Broken { .. } => Disposition::Retry,
            Self::TimedOut { .. }
            | Self::Unreadable { .. }
            | Self::Withheld { .. }
            | Self::Sink { .. } => Disposition::Retry,
            Self::No { .. }
            | Self::LoginRefused { .. }
            | Self::NoStartTls { .. }
            | Self::NoTokenMechanism => Disposition::AskPerson,
            Self::NoUidValidity { .. } | Self::Unspeakable { .. } | Self::TooLong { .. } => {
                Disposition::AskPerson
            }
        }
    }
}

/// Codes by which a server says "not now" (RFC 5530 section 3).
fn is_passing(answer: &str) -> bool {
    let passing = [
        "[UNAVAILABLE]",
        "[INUSE]",
        "[SERVERBUG]",
        "[LIMIT]",
        "[CONTACTADMIN] Temporary",
    ];
    passing.iter().any(|code| answer.contains(code))
}
