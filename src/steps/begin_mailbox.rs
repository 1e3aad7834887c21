//! Fixes where the next look at a mailbox begins: behind what is known, or anew when its numbers mean other mails now.

use super::Office;
use super::mail_source::MailSource;
use super::mailbox_error::{MailboxError, in_store};
use crate::basics::calendar::start_of_day;
use crate::config::Mailbox;
use crate::domain::audit::{Actor, AuditEvent, Subject};
use crate::domain::change::{Change, MailboxProgress, Record};
use crate::domain::message::arrival;
use crate::domain::message::start::Start;
use crate::io::remote::RemoteKey;

const STEP: &str = "fetch_mail";

/// Where the next look begins. The first one of a mailbox, and of a new epoch, fixes from where on its mails are work.
pub(super) async fn begin(
    office: &Office,
    mailbox: &Mailbox,
    source: &mut MailSource,
    uid_validity: u32,
) -> Result<Option<MailboxProgress>, MailboxError> {
    let name = mailbox.name.as_str();
    let progress = office.store.mailbox_progress(name).await;
    let progress = progress.map_err(in_store(name))?;
    let is_current = |p: &MailboxProgress| p.uid_validity == uid_validity;
    if progress.as_ref().is_some_and(is_current) {
        return Ok(progress);
    }
    let start_of = |day| start_of_day(&office.rules.time_zone, day);
    let before = progress.as_ref().and_then(|p| p.start);
    let at = mailbox.start_at.map(start_of);
    let start = match at.or(before.map(|start| start.at)) {
        Some(at) if uid_validity > 0 => {
            let present = source.present(name).await?;
            let highest = present.iter().filter_map(RemoteKey::imap_uid).max();
            let below_uid = highest.unwrap_or_default().saturating_add(1);
            Some(Start { at, below_uid })
        }
        Some(_) | None => None,
    };
    match (progress, start) {
        (Some(known), start) => {
            note_new_epoch(office, mailbox, &known, (uid_validity, start)).await?;
        }
        (None, Some(start)) => note_start(office, mailbox, (uid_validity, start)).await?,
        (None, None) => return Ok(None),
    }
    let stored = office.store.mailbox_progress(name).await;
    stored.map_err(in_store(name))
}

/// The first look at a mailbox that was in use before.
async fn note_start(
    office: &Office,
    mailbox: &Mailbox,
    (uid_validity, start): (u32, Start),
) -> Result<(), MailboxError> {
    let event = AuditEvent::new(
        office.clock.now(),
        Actor::program(STEP),
        "mailbox begun",
        Subject::mailbox(&mailbox.name),
        "mails from before start_at are left alone",
    )
    .fact("from", start.at)
    .fact("below uid", start.below_uid);
    let progress = MailboxProgress {
        mailbox: mailbox.name.clone(),
        uid_validity,
        next_uid: 1,
        start: Some(start),
        version: 0,
    };
    let change = Change::new(event).put(Record::Mailbox(progress));
    let committed = office.store.commit(change).await;
    committed.map_err(in_store(&mailbox.name))?;
    Ok(())
}

/// All numbers mean other mails.
async fn note_new_epoch(
    office: &Office,
    mailbox: &Mailbox,
    known: &MailboxProgress,
    (uid_validity, start): (u32, Option<Start>),
) -> Result<(), MailboxError> {
    let by = (Actor::program(STEP), office.clock.now());
    let numbers = (known.uid_validity, uid_validity);
    let owner = &office.rules.owners.mail;
    let (told, item) = arrival::new_epoch(&mailbox.name, numbers, owner, by);
    let progress = MailboxProgress {
        uid_validity,
        next_uid: 1,
        start,
        ..known.clone()
    };
    let change = Change::new(told).raise(item).put(Record::Mailbox(progress));
    let committed = office.store.commit(change).await;
    committed.map_err(in_store(&mailbox.name))?;
    Ok(())
}
