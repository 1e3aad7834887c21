//! Accounts for every mail that stands in a mailbox, fetches what was passed over, and tells of a mailbox that fell silent.

use std::collections::{BTreeMap, BTreeSet};

use super::Office;
use super::fetch_mail::fetch_announced;
use super::mail_source::{MailSource, News};
use super::mailbox_error::{MailboxError, in_store};
use crate::basics::calendar::{add_days, start_of_day};
use crate::config::Mailbox;
use crate::domain::audit::{Actor, AuditEvent, Subject};
use crate::domain::change::Change;
use crate::domain::message::arrival::refused_id;
use crate::domain::message::reconcile::{Account, Accounted, account_for, gap};
use crate::domain::message::silence::{PATTERN_DAYS, silence, silent};
use crate::domain::message::start::Start;
use crate::io::remote::RemoteKey;
use crate::io::store::StoreError;

const STEP: &str = "reconcile_mailbox";

/// A mailbox, accounted for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Reconciled {
    /// The epoch of its numbers; 0 for a Maildir.
    pub uid_validity: u32,
    /// Every mail that stands there, in the order of its numbers.
    pub mails: Vec<Accounted>,
    /// How many had been passed over and are fetched now.
    pub fetched: usize,
}

impl Reconciled {
    /// How many mails came to this.
    pub fn count(&self, account: Account) -> usize {
        let mails = self.mails.iter();
        mails.filter(|mail| mail.account == account).count()
    }
}

/// Compares what stands in the mailbox with the books. What was passed over becomes a work item and is fetched. A crash between
/// the two leaves the item, and the next time fetches.
///
/// # Errors
/// What the mailbox, the vault or the books met.
pub async fn reconcile_mailbox(
    office: &Office,
    mailbox: &Mailbox,
    source: &mut MailSource,
    uid_validity: u32,
) -> Result<Reconciled, MailboxError> {
    let mails = account(office, mailbox, source, uid_validity).await?;
    let missing = mails.iter();
    let missing = missing.filter(|mail| mail.account == Account::Missing);
    let missing = missing.map(|mail| RemoteKey {
        uid_validity,
        uid: mail.uid.clone(),
    });
    let missing = missing.collect::<Vec<_>>();
    if missing.is_empty() {
        return Ok(Reconciled {
            uid_validity,
            mails,
            fetched: 0,
        });
    }
    let told = tell_of(office, mailbox, &missing).await;
    told.map_err(in_store(&mailbox.name))?;
    let news = News {
        uid_validity,
        announced: source.announce(&mailbox.name, &missing).await?,
    };
    let haul = fetch_announced(office, mailbox, source, &news).await?;
    let mails = account(office, mailbox, source, uid_validity).await?;
    Ok(Reconciled {
        uid_validity,
        mails,
        fetched: usize::try_from(haul.new + haul.known).unwrap_or(usize::MAX),
    })
}

async fn tell_of(
    office: &Office,
    mailbox: &Mailbox,
    missing: &[RemoteKey],
) -> Result<(), StoreError> {
    let (now, owner) = (office.clock.now(), &office.rules.owners.mail);
    let mut untold = Vec::new();
    for key in missing {
        // Of one that the mailbox did not hand over somebody was told when that showed.
        let id = refused_id(place(mailbox, key));
        if office.store.exception(id).await?.is_none() {
            untold.push(key);
        }
    }
    if untold.is_empty() {
        return Ok(());
    }
    let event = AuditEvent::new(
        now,
        Actor::program(STEP),
        "mailbox reconciled",
        Subject::mailbox(&mailbox.name),
        "mails were passed over",
    );
    let change = Change::new(event.fact("missing", untold.len()));
    let change = untold.into_iter().fold(change, |change, key| {
        change.raise(gap(place(mailbox, key), owner, now))
    });
    office.store.commit(change).await?;
    Ok(())
}

fn place<'a>(mailbox: &'a Mailbox, key: &'a RemoteKey) -> (&'a str, u32, &'a str) {
    (&mailbox.name, key.uid_validity, &key.uid)
}

async fn account(
    office: &Office,
    mailbox: &Mailbox,
    source: &mut MailSource,
    uid_validity: u32,
) -> Result<Vec<Accounted>, MailboxError> {
    let name = mailbox.name.as_str();
    let present = source.present(name).await?;
    let in_books = in_books(office, mailbox, uid_validity, &present).await;
    let mails = in_books.map_err(in_store(&mailbox.name))?;
    let progress = office.store.mailbox_progress(name).await;
    let progress = progress.map_err(in_store(&mailbox.name))?;
    match progress.and_then(|progress| progress.start) {
        Some(start) => without_old(mailbox, source, (uid_validity, start), mails).await,
        None => Ok(mails),
    }
}

/// Mails from before the start are no gap: the server is asked when those came that nobody knows.
async fn without_old(
    mailbox: &Mailbox,
    source: &mut MailSource,
    (uid_validity, start): (u32, Start),
    mails: Vec<Accounted>,
) -> Result<Vec<Accounted>, MailboxError> {
    let missing = mails.iter();
    let missing = missing.filter(|mail| mail.account == Account::Missing);
    let missing = missing.map(|mail| RemoteKey {
        uid_validity,
        uid: mail.uid.clone(),
    });
    let missing = missing.collect::<Vec<_>>();
    let there = source.announce(&mailbox.name, &missing).await?.into_iter();
    let old = there.filter(|one| {
        let uid = one.key.imap_uid();
        uid.is_some_and(|uid| start.leaves(uid, one.received_at))
    });
    let old = old.map(|one| one.key.uid).collect::<BTreeSet<_>>();
    let mails = mails.into_iter();
    let mails = mails.map(|mail| match old.contains(&mail.uid) {
        true => mail.left_alone(),
        false => mail,
    });
    Ok(mails.collect())
}

async fn in_books(
    office: &Office,
    mailbox: &Mailbox,
    uid_validity: u32,
    present: &[RemoteKey],
) -> Result<Vec<Accounted>, StoreError> {
    let (store, name) = (&office.store, mailbox.name.as_str());
    let progress = store.mailbox_progress(name).await?;
    let progress = progress.filter(|progress| progress.uid_validity == uid_validity);
    let begins = progress.map_or(1, |progress| progress.next_uid);
    let next_uid = (uid_validity > 0).then_some(begins);
    let uids = present.iter().map(|key| key.uid.as_str());
    let uids = uids.collect::<Vec<_>>();
    let arrivals = store.arrivals_among(name, uid_validity, &uids).await?;
    let found = arrivals.iter();
    let found = found.map(|arrival| (arrival.uid.as_str(), arrival.message));
    let found = found.collect::<BTreeMap<_, _>>();
    let ids = found.values().copied().collect::<Vec<_>>();
    let messages = store.messages_among(&ids).await?.into_iter();
    let messages = messages.map(|message| (message.id, message));
    let messages = messages.collect::<BTreeMap<_, _>>();
    let documents = store.documents_counted(&ids).await?;
    let mails = present.iter().map(|key| {
        let message = found.get(key.uid.as_str());
        let message = message.and_then(|id| messages.get(id));
        let brought = |id| documents.get(id).copied().unwrap_or_default();
        let found = message.map(|message| (message, brought(&message.id)));
        account_for(&key.uid, next_uid, found)
    });
    Ok(mails.collect())
}

/// Tells of a mailbox that gets no mail for longer than usual.
///
/// # Errors
/// What the books met.
pub async fn watch_for_silence(office: &Office, mailbox: &Mailbox) -> Result<(), StoreError> {
    let (now, zone) = (office.clock.now(), &office.rules.time_zone);
    let since = start_of_day(zone, add_days(office.today(), -PATTERN_DAYS));
    let received = office.store.received_since(&mailbox.name, since).await?;
    let Some(silence) = silence(&received, mailbox.silent_after_hours, now, zone) else {
        return Ok(());
    };
    let item = silent(&mailbox.name, silence, &office.rules.owners.mail, now);
    if office.store.exception(item.id).await?.is_some() {
        return Ok(());
    }
    let subject = Subject::mailbox(&mailbox.name);
    let event = AuditEvent::new(
        now,
        Actor::program(STEP),
        "mailbox silent",
        subject,
        item.reason.clone(),
    );
    office.store.commit(Change::new(event).raise(item)).await?;
    Ok(())
}
