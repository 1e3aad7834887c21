//! What happened to a thing, at the end of its page.

use super::desk::Desk;
use super::output::{Record, Shown};
use crate::domain::audit::{ChainedEvent, Subject};

/// Everything that happened to a thing, short: the end of its page.
///
/// # Errors
/// What the books met.
pub async fn of(desk: &Desk, subject: impl Into<Subject>) -> anyhow::Result<Shown> {
    let entries = desk.office.store.audit_of(&subject.into()).await?;
    let short = |entry: &ChainedEvent| {
        let event = &entry.event;
        Record::new()
            .with("sequence", entry.sequence)
            .with("at", event.at)
            .with("actor", event.actor.parts().1)
            .with("action", event.action.as_str())
            .with("to_state", event.to_state.clone())
            .with("reason", event.reason.as_str())
    };
    Ok(Shown::Rows(entries.iter().map(short).collect()))
}
