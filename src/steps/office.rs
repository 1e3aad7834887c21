//! What a step may use: the store, the vault, the clock, the reader, the way out, and the rules.

use std::sync::Arc;

use super::file_passwords::FilePasswords;
use super::tools::Tools;
use crate::basics::calendar::Date;
use crate::basics::text::chain;
use crate::config::rules::Rules;
use crate::domain::audit::Subject;
use crate::domain::job::Step;
use crate::domain::ledger::roll_forward::TooMuch;
use crate::domain::message::own::OwnMail;
use crate::io::clock::Clock;
use crate::io::disposition::Disposition;
use crate::io::dkim::{DkimChecker, Signing, SigningError};
use crate::io::model::{Model, ModelError};
use crate::io::oauth::{OauthError, TokenSources};
use crate::io::reader::{Reader, ReaderError};
use crate::io::recogniser::Recogniser;
use crate::io::store::{Store, StoreError};
use crate::io::vault::{Vault, VaultError};

/// Everything a step needs; cheap to clone.
#[derive(Clone)]
pub struct Office {
    /// The books.
    pub store: Store,
    /// Raw mails and attachments by their hash.
    pub vault: Vault,
    /// What time it is.
    pub clock: Clock,
    /// Reads hostile files in child processes.
    pub reader: Arc<Reader>,
    /// Reads scans and photos in child processes.
    pub recogniser: Arc<Recogniser>,
    /// Where access tokens for mail servers come from.
    pub tokens: TokenSources,
    /// Hands mail to the mail server.
    pub mail_out: Arc<super::mail_out::MailOut>,
    /// Checks DKIM signatures itself, where the configuration asks for it.
    pub dkim: Option<DkimChecker>,
    /// Signs what we send, where the configuration asks for it.
    pub dkim_signing: Option<Arc<Signing>>,
    /// The language model, where one is configured.
    pub model: Option<Arc<Model>>,
    /// What opens the locked files of suppliers.
    pub file_passwords: Arc<FilePasswords>,
    /// What the configuration decides.
    pub rules: Arc<Rules>,
    /// Makes the tokens of approval requests and the marks of our mails; never stored with them.
    pub token_key: [u8; 32],
}

impl Office {
    /// An orderly end: finishes what waits to be written, and leaves no journal of mails behind.
    pub async fn close(&self) {
        if let Err(failure) = self.vault.close().await {
            // Nothing is lost by it: whoever opens the vault next reads the journal.
            tracing::warn!(error = %chain(&failure), "a journal of mails could not be emptied");
        }
        self.store.clone().close().await;
    }

    /// By what our own mail is known.
    pub fn own_mail(&self) -> OwnMail {
        OwnMail {
            key: Some(self.token_key),
            mailboxes: self.rules.mailbox_addresses.clone(),
            nothing_asked: false,
        }
    }

    /// With what a document is read, these passwords tried on it.
    pub fn tools<'a>(&'a self, passwords: &'a [String]) -> Tools<'a> {
        Tools {
            reader: &self.reader,
            recogniser: &self.recogniser,
            passwords,
        }
    }

    /// The day in the office's time zone.
    pub fn today(&self) -> Date {
        self.clock.today(&self.rules.time_zone)
    }
}

/// Why a step did not end.
#[derive(Debug, thiserror::Error)]
pub enum StepError {
    /// The books.
    #[error("the store")]
    Store(#[from] StoreError),
    /// The raw mails.
    #[error("the vault")]
    Vault(#[from] VaultError),
    /// The reader's child process.
    #[error("reading a file")]
    Reader(#[from] ReaderError),
    /// The language model.
    #[error("the language model")]
    Model(#[from] ModelError),
    /// Our signature.
    #[error("the signature")]
    Signing(#[from] SigningError),
    /// Where access tokens come from.
    #[error("the access tokens")]
    Oauth(#[from] OauthError),
    /// Something the step needs is not in the store. Nothing is ever deleted, so this is a bug or a foreign database.
    #[error("{0} is not in the store")]
    Missing(Subject),
    /// The job names a subject its step knows nothing of: a bug.
    #[error("the step {step} cannot work on {subject}")]
    Subject {
        /// The step.
        step: Step,
        /// The subject.
        subject: Subject,
    },
    /// The state machine says no, though the decision was made on what is stored: a bug.
    #[error("a decision was refused")]
    Refused(#[from] crate::basics::words::Refused),
    /// Amounts in the books that no amount holds the sum of.
    #[error("adding up the books")]
    TooMuch(#[from] TooMuch),
    /// A mail of ours could not be written.
    #[error("writing a mail: {0}")]
    Compose(String),
    /// Our name server does not answer, and without it a sender cannot be proved.
    #[error("the name server does not answer, so the sender's signature cannot be checked")]
    NameServer,
    /// The step panicked: a bug.
    #[error("the step panicked: {0}")]
    Panicked(String),
    /// Every attempt began and none told how it ended: each time the whole program died.
    #[error("it was begun {0} times and never ended; the program died at it each time")]
    NeverEnded(u32),
}

impl StepError {
    /// What to do about it; when unsure, a person is asked.
    pub fn disposition(&self) -> Disposition {
        match self {
            Self::Store(error) => error.disposition(),
            Self::Vault(error) => error.disposition(),
            Self::Reader(error) => error.disposition(),
            Self::Model(error) => error.disposition(),
            Self::Oauth(error) => error.disposition(),
            Self::Signing(_) => Disposition::AskPerson,
            Self::NameServer => Disposition::Retry,
            Self::Missing(_)
            | Self::Subject { .. }
            | Self::Refused(_)
            | Self::TooMuch(_)
            | Self::Compose(_)
            | Self::Panicked(_)
            | Self::NeverEnded(_) => Disposition::AskPerson,
        }
    }

    /// Whether the work itself brings the program down, whatever the world does: trying again would again.
    pub fn is_poison(&self) -> bool {
        matches!(self, Self::Panicked(_) | Self::NeverEnded(_))
    }

    /// Whether a row changed between its loading and its commit: nothing was written, and deciding again may do.
    pub fn is_conflict(&self) -> bool {
        matches!(self, Self::Store(StoreError::Conflict { .. }))
    }

    /// Whether the job is somebody else's by now.
    pub fn is_stale_claim(&self) -> bool {
        matches!(self, Self::Store(StoreError::StaleClaim { .. }))
    }
}
