//! Why a mailbox could not be worked, whichever door was shut.

use std::time::Duration;

use crate::io::disposition::Disposition;
use crate::io::imap::ImapError;
use crate::io::maildir::MaildirError;
use crate::io::store::StoreError;
use crate::io::vault::VaultError;

/// Why a mailbox could not be worked.
#[derive(Debug, thiserror::Error)]
pub enum MailboxError {
    /// The IMAP server.
    #[error("the IMAP server of mailbox {mailbox}")]
    Imap {
        /// By its name in the configuration.
        mailbox: String,
        /// What it met.
        source: ImapError,
    },
    /// The local folder.
    #[error("the Maildir of mailbox {mailbox}")]
    Maildir {
        /// By its name in the configuration.
        mailbox: String,
        /// What it met.
        source: MaildirError,
    },
    /// The vault.
    #[error("storing a mail of mailbox {mailbox}")]
    Vault {
        /// By its name in the configuration.
        mailbox: String,
        /// What it met.
        source: VaultError,
    },
    /// The books.
    #[error("the books about mailbox {mailbox}")]
    Store {
        /// By its name in the configuration.
        mailbox: String,
        /// What it met.
        source: crate::io::store::StoreError,
    },
    /// The password cannot be read.
    #[error("the password of mailbox {mailbox}: {why}")]
    Secret {
        /// By its name in the configuration.
        mailbox: String,
        /// Where it was looked for.
        why: String,
    },
    /// It handed over nothing of a mail, or its beginning.
    #[error(
        "mailbox {mailbox} handed over {bytes} of the {announced_bytes} bytes it announced for message {uid}"
    )]
    CutShort {
        /// By its name in the configuration.
        mailbox: String,
        /// Which message.
        uid: String,
        /// What came.
        bytes: u64,
        /// What was announced.
        announced_bytes: u64,
    },
    /// A new UIDVALIDITY: all numbers mean other mails. The next look begins with that.
    #[error("the mails of mailbox {mailbox} got new numbers while they were fetched")]
    Renumbered {
        /// By its name in the configuration.
        mailbox: String,
    },
    /// A defect of ours met it: somebody has to read the log.
    #[error("working on mailbox {mailbox} panicked; the log names the place")]
    Panicked {
        /// By its name in the configuration.
        mailbox: String,
    },
}

impl MailboxError {
    /// What to do about it.
    pub fn disposition(&self) -> Disposition {
        match self {
            Self::Imap { source, .. } => source.disposition(),
            Self::Maildir { source, .. } => source.disposition(),
            Self::Vault { source, .. } => source.disposition(),
            Self::Store { source, .. } => source.disposition(),
            Self::CutShort { .. } | Self::Renumbered { .. } => Disposition::Retry,
            Self::Secret { .. } | Self::Panicked { .. } => Disposition::AskPerson,
        }
    }

    /// It ended the fetching of a batch in a way that one of its mails may have caused.
    pub fn may_be_the_mail(&self) -> bool {
        match self {
            Self::Imap { source, .. } => source.may_be_the_message(),
            Self::Maildir { source, .. } => source.may_be_the_message(),
            Self::CutShort { .. } => true,
            Self::Vault { .. }
            | Self::Store { .. }
            | Self::Secret { .. }
            | Self::Renumbered { .. }
            | Self::Panicked { .. } => false,
        }
    }

    /// How long the server asked to be left alone, when it said so.
    pub fn asked_to_wait(&self) -> Option<Duration> {
        match self {
            Self::Imap { source, .. } => source.asked_to_wait(),
            Self::Maildir { .. }
            | Self::Vault { .. }
            | Self::Store { .. }
            | Self::Secret { .. }
            | Self::CutShort { .. }
            | Self::Renumbered { .. }
            | Self::Panicked { .. } => None,
        }
    }
}

/// The server of this mailbox.
pub(super) fn imap(mailbox: &str) -> impl Fn(ImapError) -> MailboxError + use<'_> {
    move |source| MailboxError::Imap {
        mailbox: mailbox.to_owned(),
        source,
    }
}

/// The folder of this mailbox.
pub(super) fn maildir(mailbox: &str) -> impl Fn(MaildirError) -> MailboxError + use<'_> {
    move |source| MailboxError::Maildir {
        mailbox: mailbox.to_owned(),
        source,
    }
}

/// The vault, asked for this mailbox.
pub(super) fn in_vault(mailbox: &str) -> impl Fn(VaultError) -> MailboxError + use<'_> {
    move |source| MailboxError::Vault {
        mailbox: mailbox.to_owned(),
        source,
    }
}

/// The books, asked for this mailbox.
pub(super) fn in_store(mailbox: &str) -> impl Fn(StoreError) -> MailboxError + use<'_> {
    move |source| MailboxError::Store {
        mailbox: mailbox.to_owned(),
        source,
    }
}
