//! `audit`: the trail, and whether it and every stored mail are as they were written.

use std::process::ExitCode;

use anyhow::Context as _;
use clap::Subcommand;

use super::Context;
use super::desk::{Desk, Limit, at_desk};
use super::output::{Record, Shown};
use crate::basics::ids::ContentHash;
use crate::basics::text::chain;
use crate::domain::audit::{ChainedEvent, GENESIS, Subject, verify};
use crate::io::store::Store;
use crate::io::vault::Vault;

/// Entries and files looked at between two questions to the books.
const PAGE: u32 = 1000;

/// `audit …`
#[derive(Subcommand)]
pub enum Audit {
    /// The newest entries, the last one first
    List {
        #[command(flatten)]
        limit: Limit,
    },
    /// One entry whole
    Show {
        /// Its number
        sequence: u64,
    },
    /// Walks the chain and every stored mail; names the first that does not fit
    Verify,
}

/// Does it.
///
/// # Errors
/// What the books met.
pub async fn audit(context: &Context, command: Audit) -> anyhow::Result<ExitCode> {
    at_desk(context, async |desk| match command {
        Audit::List { limit } => {
            let entries = desk.office.store.audit_newest(limit.limit).await?;
            let columns = [
                "sequence", "at", "actor", "action", "about", "to_state", "reason",
            ];
            desk.print
                .list(&entries.iter().map(row).collect::<Vec<_>>(), &columns)
        }
        Audit::Show { sequence } => show(desk, sequence).await,
        Audit::Verify => walk(desk).await,
    })
    .await
}

/// One entry.
pub fn row(entry: &ChainedEvent) -> Record {
    let event = &entry.event;
    let (kind, name) = event.actor.parts();
    Record::new()
        .with("sequence", entry.sequence)
        .with("at", event.at)
        .with("actor_kind", kind)
        .with("actor", name)
        .with("action", event.action.as_str())
        .with("about", event.subject.kind.as_str())
        .id("about_id", &event.subject.id)
        .with("from_state", event.from_state.clone())
        .with("to_state", event.to_state.clone())
        .with("reason", event.reason.as_str())
        .with(
            "facts",
            event
                .facts
                .iter()
                .map(|(name, value)| format!("{name}: {value}"))
                .collect::<Vec<_>>(),
        )
}

/// Everything that happened to a thing, short: the end of its page.
///
/// # Errors
/// What the books met.
pub async fn trail(desk: &Desk, subject: impl Into<Subject>) -> anyhow::Result<Shown> {
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

async fn show(desk: &Desk, sequence: u64) -> anyhow::Result<ExitCode> {
    let found = desk
        .office
        .store
        .audit_after(sequence.saturating_sub(1), 1)
        .await?;
    let entry = found.into_iter().find(|entry| entry.sequence == sequence);
    let entry = entry.with_context(|| format!("the trail has no entry {sequence}"))?;
    desk.print
        .page(&row(&entry).with("hash", entry.hash.to_string()))
}

async fn walk(desk: &Desk) -> anyhow::Result<ExitCode> {
    let (entries, broken) = walk_chain(&desk.office.store).await?;
    let (files, damaged) = walk_vault(&desk.office.store, &desk.office.vault).await?;
    let sound = broken.is_none() && damaged.is_none();
    let report = Record::new()
        .with("ok", sound)
        .with("entries", entries)
        .with("files", files)
        .with("first_bad_entry", broken)
        .with("first_bad_file", damaged);
    desk.print.page(&report)?;
    Ok(if sound {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(1)
    })
}

/// How many entries fit, and the first that does not.
///
/// # Errors
/// What the books met.
pub(super) async fn walk_chain(store: &Store) -> anyhow::Result<(u64, Option<String>)> {
    // Read first: a daemon may write on while we walk, and what it adds is longer, never shorter.
    let expected = store.audit_head().await?;
    let mut head = (0, GENESIS);
    loop {
        let page = store.audit_after(head.0, PAGE).await?;
        if page.is_empty() {
            break;
        }
        for entry in &page {
            head = match verify(head, std::slice::from_ref(entry)) {
                Ok(next) => next,
                Err(broken) => return Ok((head.0, Some(broken.to_string()))),
            };
            if head.0 == expected.0 && head.1 != expected.1 {
                return Ok((
                    head.0,
                    Some(format!(
                        "entry {}: it is not the one the books ended in",
                        head.0
                    )),
                ));
            }
        }
    }
    let cut = head.0 < expected.0;
    Ok((
        head.0,
        cut.then(|| {
            format!(
                "first bad entry {}: missing, the books had {}",
                head.0 + 1,
                expected.0
            )
        }),
    ))
}

/// How many files fit, and the first that does not, by the mail or document it belongs to.
///
/// # Errors
/// What the books met.
pub(super) async fn walk_vault(
    store: &Store,
    vault: &Vault,
) -> anyhow::Result<(u64, Option<String>)> {
    let (mut files, mut last) = (0, None::<ContentHash>);
    loop {
        let page = store.contents_after(last, PAGE).await?;
        if page.is_empty() {
            return Ok((files, None));
        }
        for (content, subject) in page {
            if last == Some(content) {
                continue;
            }
            if let Err(failure) = vault.verify(content).await {
                let path = vault.path(content);
                return Ok((
                    files,
                    Some(format!(
                        "{subject}: {}: {}",
                        path.display(),
                        chain(&failure)
                    )),
                ));
            }
            files += 1;
            last = Some(content);
        }
    }
}
