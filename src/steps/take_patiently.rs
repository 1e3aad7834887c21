//! Takes a batch of mails; mail by mail where the mailbox does not hand it over whole. One damaged mail must not keep those behind
//! it waiting, and a server in trouble must not make every mail look damaged.

use super::Office;
use super::mail_source::{MailSource, Refused, Taken};
use super::mailbox_error::{MailboxError, in_store};
use crate::basics::text::chain;
use crate::config::Mailbox;
use crate::domain::message::arrival::{is_server_in_trouble, refused_id, tries_alone};
use crate::io::oauth::TokenSources;
use crate::io::remote::{Announced, RemoteKey};
use crate::io::vault::Vault;

/// Takes the batch into the vault. A mail that is refused is named when nobody was told of it before.
///
/// # Errors
/// What the mailbox or the vault met, where it says nothing of single mails.
pub(super) async fn take_patiently(
    office: &Office,
    mailbox: &Mailbox,
    source: &mut MailSource,
    batch: &[Announced],
) -> Result<Taken, MailboxError> {
    match source.take(mailbox, batch, &office.vault).await {
        Err(failure) if failure.may_be_the_mail() => {
            let mails = batch.len();
            tracing::warn!(mailbox = mailbox.name, mails, error = %chain(&failure), "asking for each mail alone");
            one_by_one(office, mailbox, source, batch, failure).await
        }
        taken => taken,
    }
}

async fn one_by_one(
    office: &Office,
    mailbox: &Mailbox,
    source: &mut MailSource,
    batch: &[Announced],
    mut failure: MailboxError,
) -> Result<Taken, MailboxError> {
    let mut all = Taken::default();
    let mut asking = Asking {
        mailbox,
        vault: &office.vault,
        tokens: &office.tokens,
        source,
        is_broken: true,
    };
    for one in batch {
        let in_trouble = is_server_in_trouble(all.stored.len(), all.refused.len());
        let was_told = is_told(office, mailbox, &one.key).await?;
        let tries = tries_alone(was_told, in_trouble);
        match asking.alone(one, tries).await {
            Ok(taken) => {
                all.stored.extend(taken.stored);
                all.gone.extend(taken.gone);
            }
            Err(met) if met.may_be_the_mail() => {
                let why = chain(&met);
                if !was_told {
                    let key = one.key.clone();
                    all.refused.push(Refused { key, why });
                }
                failure = met;
            }
            Err(other) => return Err(other),
        }
    }
    if is_server_in_trouble(all.stored.len(), all.refused.len()) {
        return Err(failure);
    }
    asking.connect_if_broken(None).await?;
    Ok(all)
}

/// A mailbox that is asked for single mails.
struct Asking<'a> {
    mailbox: &'a Mailbox,
    vault: &'a Vault,
    tokens: &'a TokenSources,
    source: &'a mut MailSource,
    is_broken: bool,
}

impl Asking<'_> {
    /// This mail, asked for up to so many times.
    async fn alone(&mut self, one: &Announced, tries: u32) -> Result<Taken, MailboxError> {
        let mut attempt = 1;
        loop {
            self.connect_if_broken(Some(&one.key)).await?;
            let taken = self.source.take_alone(self.mailbox, one, self.vault).await;
            self.is_broken = taken.is_err();
            match taken {
                Err(failure) if failure.may_be_the_mail() && attempt < tries => attempt += 1,
                ended => return ended,
            }
        }
    }

    /// After any failure the connection is gone. `wanted` is the mail to be asked for next.
    async fn connect_if_broken(&mut self, wanted: Option<&RemoteKey>) -> Result<(), MailboxError> {
        if !self.is_broken {
            return Ok(());
        }
        let (anew, uid_validity) = MailSource::open(self.mailbox, self.tokens).await?;
        if wanted.is_some_and(|key| key.uid_validity != uid_validity) {
            return Err(MailboxError::Renumbered {
                mailbox: self.mailbox.name.clone(),
            });
        }
        *self.source = anew;
        self.is_broken = false;
        Ok(())
    }
}

/// Whether somebody was told before that this mail is not handed over.
async fn is_told(
    office: &Office,
    mailbox: &Mailbox,
    key: &RemoteKey,
) -> Result<bool, MailboxError> {
    let id = refused_id((&mailbox.name, key.uid_validity, &key.uid));
    let item = office.store.exception(id).await;
    let item = item.map_err(in_store(&mailbox.name))?;
    Ok(item.is_some())
}
