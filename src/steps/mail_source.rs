//! A mailbox to fetch from, whatever kind it is.

use std::time::Duration;

use super::mailbox_error::{MailboxError, imap, in_vault, maildir};
use crate::basics::ids::ContentHash;
use crate::config;
use crate::domain::message::arrival::is_cut_short;
use crate::formats::letter_hash::LetterHasher;
use crate::io::imap::{ImapAccount, ImapError, ImapSession};
use crate::io::login::Proof;
use crate::io::maildir::Maildir;
use crate::io::oauth::TokenSources;
use crate::io::remote::{Announced, How, Marked, RemoteKey};
use crate::io::vault::Vault;

/// An open mailbox.
pub enum MailSource {
    /// A logged-in session with its folder selected.
    Imap(ImapSession),
    /// A local folder.
    Maildir(Maildir),
}

/// What stands in the mailbox and is not in the books.
pub struct News {
    /// The folder's epoch; 0 for a Maildir.
    pub uid_validity: u32,
    /// The messages, oldest first.
    pub announced: Vec<Announced>,
}

/// The bytes of some announced messages, already in the vault.
#[derive(Default)]
pub struct Taken {
    /// Those that are there.
    pub stored: Vec<Stored>,
    /// Announced, gone before they were fetched.
    pub gone: Vec<RemoteKey>,
    /// Still there, and not handed over; nobody was told of them before.
    pub refused: Vec<Refused>,
}

impl Taken {
    /// Nothing came of the batch that is not in the books: mails that are not handed over, as somebody was told before.
    pub fn is_empty(&self) -> bool {
        self.stored.is_empty() && self.gone.is_empty() && self.refused.is_empty()
    }
}

/// A mail that its mailbox does not hand over.
pub struct Refused {
    /// Its name in the mailbox.
    pub key: RemoteKey,
    /// What was met.
    pub why: String,
}

/// A mail in the vault.
pub struct Stored {
    /// Its name in the mailbox.
    pub key: RemoteKey,
    /// Its name in the vault.
    pub content: ContentHash,
    /// The letter in it, by which a second copy is known.
    pub letter: ContentHash,
    /// Octets.
    pub size_bytes: u64,
    /// Whether only a note stands for it.
    pub oversize: Oversize,
}

/// Whether a mail was over the limit of its mailbox.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Oversize {
    /// It was fetched whole.
    No,
    /// It stays on the server; a note stands for it in the vault.
    Yes,
}

impl MailSource {
    /// Connects and selects.
    ///
    /// # Errors
    /// Says which mailbox and what it met.
    pub async fn open(
        mailbox: &config::Mailbox,
        tokens: &TokenSources,
    ) -> Result<(Self, u32), MailboxError> {
        match &mailbox.source {
            config::MailboxSource::Imap { server, folder } => {
                let failed = |source| MailboxError::Imap {
                    mailbox: mailbox.name.clone(),
                    source,
                };
                let mut session = ImapSession::connect(&account(mailbox, server, tokens)?)
                    .await
                    .map_err(failed)?;
                let selected = session.select(folder).await.map_err(failed)?;
                Ok((Self::Imap(session), selected.uid_validity))
            }
            config::MailboxSource::Maildir(path) => {
                let failed = |source| MailboxError::Maildir {
                    mailbox: mailbox.name.clone(),
                    source,
                };
                Ok((Self::Maildir(Maildir::open(path).await.map_err(failed)?), 0))
            }
        }
    }

    /// Looks at the folder anew over the same connection; gives its epoch.
    ///
    /// # Errors
    /// Says which mailbox and what it met.
    pub async fn again(&mut self, mailbox: &config::Mailbox) -> Result<u32, MailboxError> {
        match (self, &mailbox.source) {
            (Self::Imap(session), config::MailboxSource::Imap { folder, .. }) => {
                let selected = session.select(folder).await;
                Ok(selected.map_err(imap(&mailbox.name))?.uid_validity)
            }
            (Self::Imap(_), config::MailboxSource::Maildir(_)) | (Self::Maildir(_), _) => Ok(0),
        }
    }

    /// Whether it can tell of new mail by itself.
    pub fn can_wait(&self) -> bool {
        match self {
            Self::Imap(session) => session.can_wait(),
            Self::Maildir(_) => false,
        }
    }

    /// Waits for new mail, at most so long; a Maildir cannot tell, so it waits all the time.
    ///
    /// # Errors
    /// Says which mailbox and what it met.
    pub async fn wait_for_news(
        &mut self,
        mailbox: &str,
        at_most: Duration,
    ) -> Result<(), MailboxError> {
        match self {
            Self::Imap(session) => session.wait_for_news(at_most).await.map_err(imap(mailbox)),
            Self::Maildir(_) => {
                tokio::time::sleep(at_most).await;
                Ok(())
            }
        }
    }

    /// Every name in a Maildir; none of a server, which tells itself what is new.
    pub async fn listed(&self, mailbox: &str) -> Result<Vec<RemoteKey>, MailboxError> {
        match self {
            Self::Imap(_) => Ok(Vec::new()),
            Self::Maildir(folder) => folder.listed().await.map_err(maildir(mailbox)),
        }
    }

    /// The name of every mail that stands there.
    ///
    /// # Errors
    /// Says which mailbox and what it met.
    pub async fn present(&mut self, mailbox: &str) -> Result<Vec<RemoteKey>, MailboxError> {
        match self {
            Self::Imap(session) => session.all_keys().await.map_err(imap(mailbox)),
            Self::Maildir(folder) => folder.listed().await.map_err(maildir(mailbox)),
        }
    }

    /// These mails, as far as they still stand there.
    ///
    /// # Errors
    /// Says which mailbox and what it met.
    pub async fn announce(
        &mut self,
        mailbox: &str,
        keys: &[RemoteKey],
    ) -> Result<Vec<Announced>, MailboxError> {
        match self {
            Self::Imap(session) => session.announce(keys).await.map_err(imap(mailbox)),
            Self::Maildir(folder) => {
                let others = |key: &RemoteKey| !keys.contains(key);
                folder.new_messages(others).await.map_err(maildir(mailbox))
            }
        }
    }

    /// Messages from `next_uid` on (IMAP), or those not `known` (Maildir).
    pub async fn announced(
        &mut self,
        mailbox: &str,
        next_uid: u32,
        known: impl Fn(&RemoteKey) -> bool,
    ) -> Result<Vec<Announced>, MailboxError> {
        match self {
            Self::Imap(session) => session.new_uids(next_uid).await.map_err(imap(mailbox)),
            Self::Maildir(folder) => folder.new_messages(known).await.map_err(maildir(mailbox)),
        }
    }

    /// Fetches a batch into the vault: small mails together, a large one streamed in windows, one over the limit not at
    /// all. After this returns, every byte of it is on the disk.
    pub async fn take(
        &mut self,
        mailbox: &config::Mailbox,
        batch: &[Announced],
        vault: &Vault,
    ) -> Result<Taken, MailboxError> {
        let limit = mailbox.max_message_bytes;
        match batch {
            [one] if one.size_bytes > limit || !one.is_small() => {
                self.take_alone(mailbox, one, vault).await
            }
            several => self.take_small(mailbox, several, vault).await,
        }
    }

    /// As `take`, of one mail; streamed in windows however small it is said to be.
    ///
    /// # Errors
    /// Says which mailbox and what it met.
    pub async fn take_alone(
        &mut self,
        mailbox: &config::Mailbox,
        one: &Announced,
        vault: &Vault,
    ) -> Result<Taken, MailboxError> {
        if one.size_bytes > mailbox.max_message_bytes {
            return note_oversize(mailbox, one, vault).await;
        }
        self.take_large(mailbox, one, vault).await
    }

    async fn take_small(
        &mut self,
        mailbox: &config::Mailbox,
        batch: &[Announced],
        vault: &Vault,
    ) -> Result<Taken, MailboxError> {
        let name = mailbox.name.as_str();
        let fetched = match self {
            Self::Imap(session) => session.fetch(batch).await.map_err(imap(name))?,
            Self::Maildir(folder) => folder
                .fetch(batch, mailbox.max_message_bytes)
                .await
                .map_err(maildir(name))?,
        };
        for mail in &fetched.fetched {
            let announced = batch.iter().find(|announced| announced.key == mail.key);
            is_whole(name, announced, &mail.key, mail.bytes.len() as u64)?;
        }
        let contents = fetched
            .fetched
            .iter()
            .map(|mail| mail.bytes.as_slice())
            .collect::<Vec<_>>();
        let hashes = vault.put_all(&contents).await.map_err(in_vault(name))?;
        let stored = fetched.fetched.iter().zip(hashes);
        let stored = stored.map(|(mail, content)| Stored {
            key: mail.key.clone(),
            content,
            letter: LetterHasher::of(&mail.bytes),
            size_bytes: mail.bytes.len() as u64,
            oversize: Oversize::No,
        });
        Ok(Taken {
            stored: stored.collect(),
            gone: fetched.gone,
            ..Taken::default()
        })
    }

    async fn take_large(
        &mut self,
        mailbox: &config::Mailbox,
        one: &Announced,
        vault: &Vault,
    ) -> Result<Taken, MailboxError> {
        let (name, limit) = (mailbox.name.as_str(), mailbox.max_message_bytes);
        let session = match self {
            Self::Maildir(_) => {
                return self
                    .take_small(mailbox, std::slice::from_ref(one), vault)
                    .await;
            }
            Self::Imap(session) => session,
        };
        let mut writer = vault.writer(limit).await.map_err(in_vault(name))?;
        match session.fetch_to(one, limit, &mut writer).await {
            Ok(Some(size)) => {
                is_whole(name, Some(one), &one.key, size)?;
                let (content, letter) = writer.finish().await.map_err(in_vault(name))?;
                let stored = Stored {
                    key: one.key.clone(),
                    content,
                    letter,
                    size_bytes: size,
                    oversize: Oversize::No,
                };
                Ok(Taken {
                    stored: vec![stored],
                    ..Taken::default()
                })
            }
            Ok(None) => Ok(Taken {
                gone: vec![one.key.clone()],
                ..Taken::default()
            }),
            // The server announced less than it sends: how much that is, nobody knows.
            Err(ImapError::TooLong { .. }) => {
                let more = Announced {
                    size_bytes: limit.saturating_add(1),
                    ..one.clone()
                };
                note_oversize(mailbox, &more, vault).await
            }
            Err(source) => Err(MailboxError::Imap {
                mailbox: mailbox.name.clone(),
                source,
            }),
        }
    }

    /// Marks mails that are in the books; may be repeated.
    pub async fn mark(
        &mut self,
        mailbox: &str,
        keys: &[RemoteKey],
        how: &How,
    ) -> Result<Marked, MailboxError> {
        match self {
            Self::Imap(session) => session.mark(keys, how).await.map_err(imap(mailbox)),
            Self::Maildir(folder) => folder.mark(keys, how).await.map_err(maildir(mailbox)),
        }
    }

    /// Says good-bye to a server.
    pub async fn close(self) {
        match self {
            Self::Imap(session) => session.logout().await,
            Self::Maildir(_) => {}
        }
    }
}

/// A mail over the limit stays on the server. What is kept is a note that names it, so that it has a place in the books.
async fn note_oversize(
    mailbox: &config::Mailbox,
    one: &Announced,
    vault: &Vault,
) -> Result<Taken, MailboxError> {
    let note = format!(
        "Countinghouse: the mail with UIDVALIDITY {} and UID {} in mailbox {} has {} bytes, more than the {} it may have. \
         It was not fetched; the original is on the server.\n",
        one.key.uid_validity, one.key.uid, mailbox.name, one.size_bytes, mailbox.max_message_bytes
    );
    let content = vault
        .put(note.as_bytes())
        .await
        .map_err(in_vault(&mailbox.name))?;
    let stored = Stored {
        key: one.key.clone(),
        content,
        letter: content,
        size_bytes: one.size_bytes,
        oversize: Oversize::Yes,
    };
    Ok(Taken {
        stored: vec![stored],
        ..Taken::default()
    })
}

/// A server that cannot make the content of an item hands over nothing, or its beginning: that is no letter.
fn is_whole(
    mailbox: &str,
    announced: Option<&Announced>,
    key: &RemoteKey,
    bytes: u64,
) -> Result<(), MailboxError> {
    let announced_bytes = announced.map_or(0, |announced| announced.size_bytes);
    if is_cut_short(bytes, announced_bytes) {
        return Err(MailboxError::CutShort {
            mailbox: mailbox.to_owned(),
            uid: key.uid.clone(),
            bytes,
            announced_bytes,
        });
    }
    Ok(())
}

/// The account of an IMAP mailbox, its password read now, so that a changed one needs no restart.
fn account(
    mailbox: &config::Mailbox,
    server: &config::Server,
    tokens: &TokenSources,
) -> Result<ImapAccount, MailboxError> {
    let secret = |why: String| MailboxError::Secret {
        mailbox: mailbox.name.clone(),
        why,
    };
    let by_token = server.oauth.as_ref().and_then(|name| tokens.named(name));
    let proof = match (by_token, &server.password) {
        (Some(source), _) => Proof::Token(source),
        (None, Some(source)) => Proof::Password(source.read().map_err(secret)?),
        (None, None) => return Err(secret("none is configured".into())),
    };
    Ok(ImapAccount {
        server: server.into(),
        user: server.user.clone().unwrap_or_default(),
        proof,
    })
}
