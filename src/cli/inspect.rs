//! `inspect`: what the daemon would make of these files. Changes nothing and needs no database.

mod json;
mod mail;
mod memory;
mod packed;
mod table;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use clap::{Args, ValueEnum};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use super::Context;
use crate::basics::address::MailAddress;
use crate::basics::ids::ContentHash;
use crate::basics::text::{chain, one_line};
use crate::config::rules;
use crate::domain::document::extract::bill::MailFacts;
use crate::domain::document::identity::{KnownParty, OwnIdentity};
use crate::domain::document::memory::Memory;
use crate::domain::message::authenticity::AuthenticityPolicy;
use crate::domain::message::own::OwnMail;
use crate::domain::payable::Supplier;
use crate::formats::container::holds_files;
use crate::formats::sniff::{FileType, file_type};
use crate::io::keys;
use crate::io::limits::{FileError, MAX_DOCUMENT_BYTES, read_bytes};
use crate::io::reader::{Reader, ReaderSettings};
use crate::io::recogniser::Recogniser;
use crate::setup::{Purpose, TOKEN_KEY, configured_token_key, file_passwords};
use crate::steps::carried::carried_in_pages;
use crate::steps::mail_parts::PartDocument;
use crate::steps::read_content::{Understood, understand};
use crate::steps::several_documents::{carried_files, several_documents};
use crate::steps::tools::Tools;

/// Files looked at together: the reader's children are two as well.
const AT_ONCE: usize = 2;

/// `inspect FILE…`
#[derive(Args, Debug)]
pub struct InspectArguments {
    /// Mails or documents.
    #[arg(required = true)]
    pub files: Vec<PathBuf>,
    /// Take each file for something else than what it looks like.
    #[arg(long = "as", value_name = "KIND")]
    pub take_as: Option<TakeAs>,
    /// Read a PDF from its pages alone, ignoring XML inside it.
    #[arg(long)]
    pub no_embedded: bool,
    /// Read with what the books of the configuration know: the suppliers, the customers, and what corrections taught.
    #[arg(long)]
    pub memory: bool,
}

/// What `--as` takes.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum TakeAs {
    /// The text of a reply.
    Reply,
}

/// Who we are and whom we know, for `inspect`; from the configuration.
#[derive(Clone, Default)]
pub struct InspectContext {
    /// Our companies.
    pub own: OwnIdentity,
    /// Suppliers and customers.
    pub known: Vec<KnownParty>,
    /// Whose word about a sender counts.
    pub authenticity: AuthenticityPolicy,
    /// By what our own mail is known.
    pub ours: OwnMail,
    /// Suppliers with what corrections of their bills taught.
    pub memory: Vec<(Supplier, Vec<Memory>)>,
    /// What opens the locked files of suppliers: without the books nobody knows whose mail is whose, so all are tried.
    pub passwords: Vec<String>,
}

struct Inspector {
    context: InspectContext,
    reader: Reader,
    recogniser: Recogniser,
    take_as: Option<TakeAs>,
    with_embedded: bool,
}

/// Prints one object or one block a file, in the order given. Every file gets its answer.
///
/// # Errors
/// A configuration that is wrong, or standard output gone; never a file.
pub async fn inspect(context: &Context, args: InspectArguments) -> anyhow::Result<ExitCode> {
    let as_json = context.json;
    let settings = ReaderSettings {
        children: AT_ONCE,
        ..ReaderSettings::default()
    };
    let mut recogniser = Recogniser::new(context.executable.clone());
    if context.has_config() {
        recogniser = recogniser.with_models_in(&context.own_config()?.storage.data_folder);
    }
    let mut known = who_we_are(context)?;
    if args.memory {
        memory::load(context, &mut known).await?;
    }
    let inspector = Arc::new(Inspector {
        context: known,
        reader: Reader::with_settings(context.executable.clone(), settings),
        recogniser,
        take_as: args.take_as,
        with_embedded: !args.no_embedded,
    });
    let mut waiting = args.files.into_iter().enumerate();
    let mut running = JoinSet::new();
    let mut done: std::collections::BTreeMap<usize, Value> = std::collections::BTreeMap::new();
    let mut next = 0;
    let mut all_there = true;
    loop {
        while running.len() < AT_ONCE
            && let Some((index, file)) = waiting.next()
        {
            let inspector = Arc::clone(&inspector);
            running.spawn(async move { (index, inspector.answer(file).await) });
        }
        let Some(joined) = running.join_next().await else {
            break;
        };
        let (index, answer) = joined?;
        if let Some(missing) = &answer.missing {
            eprintln!("{missing}");
            all_there = false;
        }
        done.insert(index, answer.value);
        while let Some(value) = done.remove(&next) {
            print(&value, as_json)?;
            next += 1;
        }
    }
    Ok(if all_there {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// From the configuration, when there is one; else documents are read without knowing who we are.
fn who_we_are(context: &Context) -> anyhow::Result<InspectContext> {
    if !context.has_config() {
        return Ok(InspectContext::default());
    }
    let config = context.own_config()?;
    // A mail of ours is inspected like any other's where no key is made yet, or only the daemon may read it.
    let key = match &config.storage.token_key {
        Some(_) => configured_token_key(&config).ok().flatten(),
        None => keys::read_if_made(&config.storage.data_folder.join(TOKEN_KEY))
            .ok()
            .flatten(),
    };
    let rules = rules::build(&config)
        .map_err(|why| anyhow::anyhow!("the rules of the configuration: {why}"))?;
    Ok(InspectContext {
        passwords: file_passwords(&config, Purpose::Command)?.of(None, &[]),
        own: rules.identity,
        known: Vec::new(),
        memory: Vec::new(),
        authenticity: rules.authenticity,
        ours: OwnMail {
            key,
            mailboxes: rules.mailbox_addresses,
            nothing_asked: false,
        },
    })
}

/// What is said of one file.
struct Answer {
    value: Value,
    /// Nothing stands at the path, or nobody may read it.
    missing: Option<String>,
}

fn print(value: &Value, as_json: bool) -> std::io::Result<()> {
    use std::io::Write;
    let mut out = std::io::stdout().lock();
    if as_json {
        writeln!(out, "{value}")
    } else {
        writeln!(out, "{}", table::block(value))
    }
}

impl Inspector {
    /// The answer about one file. A panic in reading it is an answer, too.
    async fn answer(self: Arc<Self>, file: PathBuf) -> Answer {
        let shown = file.display().to_string();
        let bytes = match read_bytes(&file, MAX_DOCUMENT_BYTES) {
            Ok(bytes) => bytes,
            Err(error) => {
                let said = chain(&error);
                let is_missing = matches!(error, FileError::Unreadable { .. });
                return Answer {
                    value: failed(&shown, &said),
                    missing: is_missing.then_some(said),
                };
            }
        };
        let task = tokio::spawn(async move { self.inspect(&file, bytes).await });
        let value = task.await.unwrap_or_else(|_| {
            failed(
                &shown,
                "reading it failed: a bug; keep the file and report it",
            )
        });
        Answer {
            value,
            missing: None,
        }
    }

    async fn inspect(&self, file: &Path, bytes: Vec<u8>) -> Value {
        let shown = file.display().to_string();
        let kind = file_type(&bytes);
        let named_mail = file
            .extension()
            .is_some_and(|extension| extension.eq_ignore_ascii_case("eml"));
        if self.take_as == Some(TakeAs::Reply) {
            return self.reply(&shown, &bytes, kind == FileType::Email || named_mail);
        }
        if kind == FileType::Email || named_mail {
            return self.message(&shown, bytes).await;
        }
        let name = file
            .file_name()
            .map(|name| name.to_string_lossy().into_owned())
            .unwrap_or_default();
        let document = PartDocument {
            part: String::new(),
            name: one_line(&name, 200),
            kind,
            bytes,
        };
        if holds_files(kind, &document.bytes) {
            return self.container(&shown, document).await;
        }
        let mut several = several_documents(&document);
        if several.is_empty() {
            several.push(document);
        }
        let mut values = Vec::with_capacity(several.len());
        let mut carried = Vec::new();
        for document in &several {
            let (read, inside) = self.lone_document(document).await;
            values.extend(read);
            carried.extend(inside);
        }
        let mut value = values.first().cloned().unwrap_or_default();
        if let Some(object) = value.as_object_mut() {
            object.insert("file".into(), json!(shown));
            // A file of several documents: the first one is the object itself.
            if values.len() > 1 {
                object.insert("documents".into(), json!(values));
            }
            if !carried.is_empty() {
                object.insert("set_aside".into(), json!(carried));
            }
        }
        value
    }

    /// A document without a mail around it, each of its bills where it holds several; and the files inside it.
    async fn lone_document(&self, document: &PartDocument) -> (Vec<Value>, Vec<Value>) {
        let mail = MailFacts {
            file_name: &document.name,
            ..MailFacts::default()
        };
        let Understood {
            content,
            reading,
            pieces,
        } = self.document(document, mail, None).await;
        let inside = carried_files(document).into_iter();
        let inside = inside.chain(carried_in_pages(document, &content));
        let inside = inside.map(|part| json!({"name": part.name, "why": part.why}));
        let hash = ContentHash::of(&document.bytes);
        let whole = || vec![json::document(&document.name, hash, &reading)];
        let parts = pieces
            .iter()
            .map(|piece| json::part(&document.name, hash, &piece.reading, Some(&piece.pages)));
        let values = if pieces.is_empty() {
            whole()
        } else {
            parts.collect()
        };
        (values, inside.collect())
    }

    async fn document(
        &self,
        document: &PartDocument,
        mail: MailFacts<'_>,
        from: Option<&MailAddress>,
    ) -> Understood {
        let with = Tools {
            reader: &self.reader,
            recogniser: &self.recogniser,
            passwords: &self.context.passwords,
        };
        let file = (document.kind, document.bytes.as_slice());
        let us = (&self.context.own, self.context.known.as_slice());
        let read = understand(with, file, (mail, self.with_embedded), us).await;
        let mut read = read.unwrap_or_else(|error| Understood::unread(error.to_string()));
        for (reading, content) in read.documents() {
            memory::recall_known(reading, content, from, &self.context.memory);
        }
        read
    }
}

fn failed(shown: &str, why: &str) -> Value {
    json!({"file": shown, "type": "document", "issues": [why]})
}
