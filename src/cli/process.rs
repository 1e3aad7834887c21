//! `process`: takes message files as if they had arrived, and works until nothing is left to do.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context as _;
use clap::Args;
use tokio::sync::Notify;

use super::Context;
use super::desk::Desk;
use super::messages;
use super::output::Printer;
use crate::basics::ids::MessageId;
use crate::basics::text::chain;
use crate::config::{Config, Mailbox};
use crate::formats::sniff::{self, FileType};
use crate::io::limits;
use crate::io::store::StoreError;
use crate::setup::{self, Purpose};
use crate::steps::Office;
use crate::steps::file_mail::file_taken;
use crate::steps::take_file::{TakenFile, take_file};
use crate::worker::Worker;

/// Arguments of `process`.
#[derive(Args)]
pub struct ProcessArguments {
    /// Mails as they are stored: RFC 5322, one a file
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// The mailbox they count as found in, by its name in the configuration (default: the first)
    #[arg(long, value_name = "NAME")]
    mailbox: Option<String>,
}

/// Takes them, works, tells what became of each. Taking a file again changes nothing.
///
/// # Errors
/// What the books met; a file that cannot be read is told and the next one taken.
pub async fn process(context: &Context, arguments: ProcessArguments) -> anyhow::Result<ExitCode> {
    let config = context.config()?;
    let mailbox = chosen(&config, arguments.mailbox.as_deref())?.clone();
    let (office, works) = open(context, &config).await?;
    let print = Printer {
        json: context.json,
        zone: config.company.time_zone.clone(),
    };
    let desk = Desk {
        config,
        office,
        print,
    };
    let done = work(&desk, &mailbox, &arguments.files, works).await;
    desk.office.close().await;
    done
}

fn chosen<'c>(config: &'c Config, name: Option<&str>) -> anyhow::Result<&'c Mailbox> {
    match name {
        Some(name) => config
            .mailbox(name)
            .with_context(|| format!("the configuration has no mailbox {name}")),
        None => config
            .mailboxes
            .first()
            .context("the configuration has no mailbox"),
    }
}

/// Whether this process does the work itself: a daemon beside it does it otherwise.
async fn open(context: &Context, config: &Config) -> anyhow::Result<(Office, bool)> {
    match setup::open_office(config, context.executable.clone(), Purpose::Daemon).await {
        Ok(office) => Ok((office, true)),
        Err(failure) if is_locked(&failure) => {
            let office =
                setup::open_office(config, context.executable.clone(), Purpose::Command).await?;
            Ok((office, false))
        }
        Err(failure) => Err(failure),
    }
}

fn is_locked(failure: &anyhow::Error) -> bool {
    failure.chain().any(|cause| {
        matches!(
            cause.downcast_ref::<StoreError>(),
            Some(StoreError::Locked { .. })
        )
    })
}

async fn work(
    desk: &Desk,
    mailbox: &Mailbox,
    files: &[PathBuf],
    works: bool,
) -> anyhow::Result<ExitCode> {
    let (mut taken, mut all_well) = (Vec::new(), true);
    for file in files {
        match take(&desk.office, mailbox, file).await {
            Ok(one) if taken.contains(&one.message) => {}
            Ok(one) => taken.push(one.message),
            Err(failure) => {
                eprintln!("{}: {}", file.display(), chain(failure.as_ref()));
                all_well = false;
            }
        }
    }
    if works {
        let worker = Worker::new(
            desk.office.clone(),
            setup::this_replica()?.name,
            Arc::new(Notify::new()),
        );
        worker.until_idle().await?;
        file_taken(&desk.office, mailbox).await?;
    } else {
        eprintln!("A daemon works on this data folder: it takes over from here.");
    }
    for (at, id) in taken.iter().enumerate() {
        if at > 0 && !desk.print.json {
            super::print("\n")?;
        }
        tell(desk, *id).await?;
    }
    Ok(if all_well {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(1)
    })
}

async fn take(
    office: &Office,
    mailbox: &Mailbox,
    file: &std::path::Path,
) -> anyhow::Result<TakenFile> {
    let bytes = limits::read_bytes(file, mailbox.max_message_bytes)?;
    if is_document(&bytes) {
        anyhow::bail!(
            "it is a document and no mail; `inspect` reads it, and to be worked it has to come in a mail, saved as .eml"
        );
    }
    Ok(take_file(office, mailbox, &bytes).await?)
}

/// What somebody takes for a mail by mistake; everything else is a mail, however broken.
fn is_document(bytes: &[u8]) -> bool {
    use FileType::{Gif, Jpeg, Pdf, Png, Tiff, Xlsx, Xml, Zip};
    matches!(
        sniff::file_type(bytes),
        Pdf | Png | Jpeg | Gif | Tiff | Zip | Xlsx | Xml(_)
    )
}

async fn tell(desk: &Desk, id: MessageId) -> anyhow::Result<()> {
    if let Some(message) = desk.office.store.message(id).await? {
        desk.print.page(&messages::whole(desk, &message).await?)?;
    }
    Ok(())
}
