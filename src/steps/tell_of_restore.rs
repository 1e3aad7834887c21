//! Tells the people of each mailbox that its books were restored from a backup.

use super::Office;
use crate::basics::calendar::Timestamp;
use crate::config::{AfterReading, Mailbox};
use crate::domain::audit::Actor;
use crate::domain::change::Change;
use crate::domain::message::restored::restored;
use crate::io::store::StoreError;

/// One work item for each mailbox. Told again after a crash, they are the same items.
///
/// # Errors
/// What the books met.
pub async fn tell_of_restore(
    office: &Office,
    mailboxes: &[Mailbox],
    made_at: Timestamp,
) -> Result<(), StoreError> {
    let owner = &office.rules.owners.mail;
    for mailbox in mailboxes {
        let moved_to = match &mailbox.after_reading {
            AfterReading::Move(folder) => Some(folder.as_str()),
            AfterReading::Nothing | AfterReading::Flag(_) => None,
        };
        let by = (Actor::program("tell_of_restore"), office.clock.now());
        let (told, item) = restored(&mailbox.name, moved_to, made_at, owner, by);
        office.store.commit(Change::new(told).raise(item)).await?;
    }
    Ok(())
}
