//! `move-to-postgresql`: the books of one machine into the database that several can share, with the proof that nothing is missing.

use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use clap::Args;
use jiff::tz::TimeZone;

use super::Context;
use super::audit::{walk_chain, walk_vault};
use super::output::{Printer, Record};
use crate::config::Config;
use crate::config::bucket::RawBytes;
use crate::io::store::{CopiedTable, Moving, Store, database_name};
use crate::io::vault::Vault;
use crate::io::{keys, moved_mark};
use crate::replica::share_raw_bytes;
use crate::setup::{self, Misconfigured, TOKEN_KEY};

/// `move-to-postgresql …`
#[derive(Args)]
pub struct MoveArguments {
    /// The configuration the daemon will have afterwards: database_url = "postgres://…" of an empty database
    #[arg(long, value_name = "FILE")]
    to: PathBuf,
}

/// Verifies the books, puts the mails where they will be looked for, copies every table in one transaction, verifies the copy.
///
/// # Errors
/// What is wrong with either configuration; the first entry, mail or table that is not as it was written; what the databases met.
pub async fn move_to_postgresql(
    context: &Context,
    arguments: MoveArguments,
) -> anyhow::Result<ExitCode> {
    let (old, new) = (context.own_config()?, Config::load(&arguments.to)?);
    fit_together(&old, &new)?;
    let folder = &old.storage.data_folder;
    not_moved(folder)?;
    let (from, to) = (setup::store_config(&old)?, setup::store_config(&new)?);
    let mut moving = Moving::begin(&from, &to).await?;
    let (entries, last_hash) = whole_trail(&moving.source, "the books").await?;
    let shared = raw_bytes(&moving.source, &new, folder).await?;
    let tables = moving.copy(&mut tell_progress()).await?;
    if std::io::stderr().is_terminal() {
        eprintln!();
    }
    // Crash from here to the mark: the copy is whole, and the next run finds and verifies it.
    let copy = moving.open_target().await?;
    let other_end = whole_trail(&copy, "the copy").await?;
    anyhow::ensure!(
        other_end == (entries, last_hash.clone()),
        "the trails do not end alike: entry {entries} here, {} there",
        other_end.0
    );
    let place = database_name(&to.url);
    moved_mark::write(folder, place).context("noting in the data folder that the books moved")?;
    // Crash from here on: the books moved. What the dead daemon had in its hands is free when its time is up.
    Moving::free_jobs(&copy).await?;
    if let Some(key) = token_key(&new)? {
        copy.agree("token key", &keys::fingerprint(&key)).await?;
    }
    let was_there = moving.is_there();
    copy.close().await;
    moving.end().await?;
    let print = Printer {
        json: context.json,
        zone: TimeZone::UTC,
    };
    print.page(
        &Record::new()
            .with("ok", true)
            .with("to", place)
            .with("was_there_already", was_there)
            .with("entries", entries)
            .with("last_hash", last_hash)
            .with("files", shared.files)
            .with("files_put_on_shelf", shared.put)
            .with("rows", tables.iter().map(|t| t.contents.rows).sum::<u64>())
            .with("tables", tables.iter().map(row).collect::<Vec<_>>()),
    )
}

fn row(table: &CopiedTable) -> Record {
    Record::new()
        .with("table", table.name.as_str())
        .with("rows", table.contents.rows)
        .with("sha256", table.contents.hash.to_string())
}

/// What a daemon with the new configuration would miss of the old one.
fn fit_together(old: &Config, new: &Config) -> anyhow::Result<()> {
    let wrong = |why: String| Err(Misconfigured::new(why).into());
    if !old.storage.database_url.starts_with("sqlite:") {
        return wrong("the books of this configuration are not in SQLite".to_owned());
    }
    if new.storage.database_url.starts_with("sqlite:") {
        return wrong("--to names a configuration whose books are in SQLite, too".to_owned());
    }
    let (from, to) = (&old.storage.data_folder, &new.storage.data_folder);
    if !same_folder(from, to) && matches!(new.storage.raw_bytes, RawBytes::Folder) {
        return wrong(format!(
            "the mails lie in {}, and the new configuration looks in {}: give it the same data_folder, or raw_bytes = \"database\" or \"bucket\"",
            from.display(),
            to.display()
        ));
    }
    match (token_key(old)?, token_key(new)?) {
        (Some(one), other) if other != Some(one) => wrong(format!(
            "approvers' answers need the key of the tokens: copy {TOKEN_KEY} from {} to {}, or name the same storage.token_key_file in both configurations",
            from.display(),
            to.display()
        )),
        _ => Ok(()),
    }
}

/// However each configuration spells it.
fn same_folder(one: &Path, other: &Path) -> bool {
    match (std::fs::canonicalize(one), std::fs::canonicalize(other)) {
        (Ok(one), Ok(other)) => one == other,
        (Err(_), _) | (_, Err(_)) => one == other,
    }
}

/// The key a daemon of this configuration would use; nothing where it would make one.
fn token_key(config: &Config) -> anyhow::Result<Option<[u8; 32]>> {
    match setup::configured_token_key(config)? {
        Some(key) => Ok(Some(key)),
        None => Ok(keys::read_if_made(
            &config.storage.data_folder.join(TOKEN_KEY),
        )?),
    }
}

fn not_moved(folder: &Path) -> anyhow::Result<()> {
    match moved_mark::read(folder).context("looking whether the books moved already")? {
        None => Ok(()),
        Some(place) => Err(setup::moved_away(folder, &place).into()),
    }
}

/// How far it goes and what it ends in, every entry having been looked at.
async fn whole_trail(store: &Store, whose: &str) -> anyhow::Result<(u64, String)> {
    let (entries, broken) = walk_chain(store).await?;
    if let Some(broken) = broken {
        anyhow::bail!("the trail of {whose} is not whole: {broken}");
    }
    let (_, hash) = store.audit_head().await?;
    Ok((entries, hash.to_string()))
}

struct Shared {
    files: u64,
    put: u64,
}

/// Every mail and file the books name is where the new configuration looks for it: in the folder, or on the shelf as well. There
/// before the books are, as with every mail that comes.
async fn raw_bytes(books: &Store, new: &Config, folder: &Path) -> anyhow::Result<Shared> {
    let mut vault = Vault::open(folder).await.context("opening the vault")?;
    let mut put = 0;
    if let Some(shelf) = setup::shelf(new).await? {
        vault = vault.with_shelf(shelf);
        // Crash in the middle: what was put stays, the next run goes on.
        put = share_raw_bytes(books, &vault).await?;
    }
    let (files, damaged) = walk_vault(books, &vault).await?;
    match damaged {
        None => Ok(Shared { files, put }),
        Some(damaged) => {
            anyhow::bail!("not every mail is as it came, and nothing was copied: {damaged}")
        }
    }
}

/// A line that is written over and over, for a person who waits.
fn tell_progress() -> impl FnMut(&str, u64) + Send {
    let watched = std::io::stderr().is_terminal();
    let mut last = String::new();
    move |table, rows| {
        if watched {
            let next = if last == table { "\r" } else { "\n" };
            eprint!("{next}{table}: {rows}");
            table.clone_into(&mut last);
        }
    }
}
