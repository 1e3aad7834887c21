//! `audit`: the trail, and whether it and every stored mail are as they were written.

mod evidence;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::Subcommand;

use super::Context;
use super::desk::{Desk, Limit, at_desk};
use super::output::Record;
use crate::basics::ids::ContentHash;
use crate::basics::text::chain;
use crate::domain::audit::{ChainedEvent, GENESIS, verify};
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
    /// Writes all the evidence about a bill into one archive: mails, files, what we asked, the file for the bank, its entries of the trail
    Export {
        /// Its id or number
        bill: String,
        /// The archive to write; `evidence-ID.tar` here where it is left out. No file of that name may be there
        #[arg(long, value_name = "FILE")]
        to: Option<PathBuf>,
        /// With the entries about other things between the first and the last one, so that the trail has no gap
        #[arg(long)]
        whole_chain: bool,
    },
    /// Checks such an archive, anywhere: it needs no books and no configuration
    Check {
        /// The archive
        pack: PathBuf,
        /// Compares its entries with the books here, too
        #[arg(long)]
        books: bool,
    },
}

/// Does it.
///
/// # Errors
/// What the books met.
pub async fn audit(context: &Context, command: Audit) -> anyhow::Result<ExitCode> {
    if let Audit::Check { pack, books } = command {
        return evidence::check(context, &pack, books).await;
    }
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
        Audit::Export {
            bill,
            to,
            whole_chain,
        } => evidence::export(desk, &bill, to, whole_chain).await,
        Audit::Check { pack, books } => evidence::check(context, &pack, books).await,
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
    let head = desk.office.store.audit_head().await?;
    let (entries, broken) = walk_chain(&desk.office.store).await?;
    let (files, damaged) = walk_vault(&desk.office.store, &desk.office.vault).await?;
    let sound = broken.is_none() && damaged.is_none();
    let report = Record::new()
        .with("ok", sound)
        .with("entries", entries)
        .with("files", files)
        .with("head", format!("{} {}", head.0, head.1))
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
