//! `backup`: everything in the data folder that cannot be made again, in one file, while the daemon works.

use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use clap::Args;
use jiff::tz::TimeZone;

use super::Context;
use super::output::{Printer, Record};
use crate::io::archive::{self, Content, Written};
use crate::io::backup_mark::{self, BACKUP_MARK};
use crate::io::clock::Clock;
use crate::io::store::Store;
use crate::io::vault::Vault;
use crate::setup::{self, TOKEN_KEY};

/// The name of the books in the archive: where an installation without other wishes looks for them.
const BOOKS: &str = "countinghouse.db";

/// `backup …`
#[derive(Args)]
pub struct BackupArguments {
    /// The archive to write; no file of that name may be there
    file: PathBuf,
}

/// Copies the books first and the mails after them: every mail the books name was in the vault before they named it.
///
/// # Errors
/// What the database or the file system met.
pub async fn backup(context: &Context, arguments: BackupArguments) -> anyhow::Result<ExitCode> {
    let config = context.config()?;
    let folder = config.storage.data_folder.clone();
    let file = arguments.file;
    anyhow::ensure!(
        !file.exists(),
        "{} is there already: name a new file",
        file.display()
    );
    let vault = Vault::open(&folder).await.context("opening the vault")?;
    // Crash from here on: the daemon removes what was left unfinished a day ago.
    let books = vault.unfinished_file(&format!("backup-{}.db", std::process::id()));
    let mark = vault.unfinished_file(&format!("backup-{}.mark", std::process::id()));
    // Before the copy: nothing that came by then is missing in it.
    backup_mark::write(&mark, Clock::system().now()).context("writing the mark of the backup")?;
    let copied = Store::copy_to(&setup::store_config(&config)?, &books).await;
    let written = match copied.context("copying the books") {
        Ok(()) => write(&folder, &vault, (&books, &mark), &file).await,
        Err(failure) => Err(failure),
    };
    for left in [&books, &mark] {
        if let Err(failure) = std::fs::remove_file(left)
            && failure.kind() != io::ErrorKind::NotFound
        {
            eprintln!(
                "countinghouse: {} could not be removed: {failure}",
                left.display()
            );
        }
    }
    let written = written?;
    let print = Printer {
        json: context.json,
        zone: TimeZone::UTC,
    };
    print.page(
        &Record::new()
            .with("file", file.display().to_string())
            .with("files", written.files)
            .with("bytes", written.bytes),
    )
}

async fn write(
    folder: &Path,
    vault: &Vault,
    (books, mark): (&Path, &Path),
    file: &Path,
) -> anyhow::Result<Written> {
    let (folder, vault) = (folder.to_owned(), vault.clone());
    let (books, mark, target) = (books.to_owned(), mark.to_owned(), file.to_owned());
    let written = tokio::task::spawn_blocking(move || {
        let key = folder.join(TOKEN_KEY);
        let first = [(BOOKS, books), (TOKEN_KEY, key), (BACKUP_MARK, mark)];
        let first = first.map(|(name, file)| (name.to_owned(), Content::File(file)));
        let mails = vault.all_files().map(|file| named(&folder, file?));
        archive::write(&target, first.into_iter().map(Ok).chain(mails))
    });
    let written = written.await.context("writing the archive")?;
    written.with_context(|| format!("writing {}", file.display()))
}

/// A file of the data folder under its name in it.
fn named(folder: &Path, file: PathBuf) -> io::Result<(String, Content)> {
    let name = file.strip_prefix(folder).map_err(io::Error::other)?;
    Ok((name.to_string_lossy().into_owned(), Content::File(file)))
}
