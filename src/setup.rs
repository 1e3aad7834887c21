//! Opens the office: folders, books, keys, rules, the way out. What every command that touches the books begins with.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use secrecy::ExposeSecret;

#[cfg(feature = "object-store")]
use crate::basics::text::chain;
#[cfg(feature = "object-store")]
use crate::config::bucket::BucketKind;
use crate::config::bucket::RawBytes;
use crate::config::{self, Config, OutgoingTarget, rules};
use crate::domain::payable::locked_file::Opens;
use crate::io::clock::Clock;
use crate::io::dkim::{DkimChecker, Signing};
use crate::io::keys;
use crate::io::login::Proof;
use crate::io::model::{Model, ModelEndpoint};
use crate::io::moved_mark::{self, MOVED_MARK};
use crate::io::net::Server;
use crate::io::oauth::TokenSources;
use crate::io::reader::Reader;
use crate::io::recogniser::Recogniser;
use crate::io::smtp::{Outgoing, SmtpAccount};
use crate::io::store::{Replica, Store, StoreConfig};
#[cfg(feature = "object-store")]
use crate::io::vault::Bucket;
use crate::io::vault::{Shelf, Vault};
use crate::steps::Office;
use crate::steps::file_passwords::FilePasswords;
use crate::steps::mail_out::MailOut;

/// The whole check of one mail; a reply that waits longer is refused and can be sent again.
const DKIM_DEADLINE: Duration = Duration::from_secs(10);

/// Something the configuration names is not there or is not usable: starting again mends nothing.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Misconfigured(String);

impl Misconfigured {
    /// Says what is missing and what to do.
    pub fn new(problem: String) -> Self {
        Self(problem)
    }
}

/// What the office is opened for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Purpose {
    /// To work: it is the only process that does, with SQLite.
    Daemon,
    /// To bring the books something or to record one decision, beside a running daemon.
    Command,
    /// The same where it needs what is in the books already. A file in the data folder is made for everybody; on a server, where
    /// somebody may have mistyped a name, only who works or brings something makes tables.
    Look,
}

/// Opens everything the configuration names. New folders and a new database are made; an old database is not changed.
///
/// # Errors
/// What could not be opened and what to do.
pub async fn open_office(
    config: &Config,
    executable: PathBuf,
    purpose: Purpose,
) -> anyhow::Result<Office> {
    open_office_at(config, executable, purpose, Clock::system()).await
}

/// The file in the data folder with the key of the approval tokens.
pub const TOKEN_KEY: &str = "token.key";

/// As `open_office`, with a clock of the caller's: the demo and the tests walk through days.
///
/// # Errors
/// As `open_office`.
pub async fn open_office_at(
    config: &Config,
    executable: PathBuf,
    purpose: Purpose,
    clock: Clock,
) -> anyhow::Result<Office> {
    let rules = rules::build(config)
        .map_err(|why| Misconfigured(format!("the rules of the configuration: {why}")))?;
    let vault = Vault::open(&config.storage.data_folder)
        .await
        .context("opening the vault")?;
    if purpose == Purpose::Daemon {
        vault
            .try_writing()
            .await
            .context("trying the data folder")?;
    }
    let store = open_store(config, purpose).await?;
    let token_key = token_key(config, &store).await?;
    let vault = match shelf(config).await? {
        Some(shelf) => vault.with_shelf(shelf),
        None => vault,
    };
    let tokens = token_sources(config, &clock);
    Ok(Office {
        store,
        vault,
        clock,
        reader: Arc::new(Reader::new(executable.clone())),
        recogniser: Arc::new(
            Recogniser::new(executable).with_models_in(&config.storage.data_folder),
        ),
        dkim: dkim(config)?,
        dkim_signing: dkim_signing(config, purpose)?,
        model: model(config, purpose)?,
        mail_out: Arc::new(mail_out(config, &tokens, purpose)?),
        tokens,
        rules: Arc::new(rules),
        file_passwords: Arc::new(file_passwords(config, purpose)?),
        token_key,
    })
}

/// The key of the tokens that the configuration names.
///
/// # Errors
/// Where it was looked for, or what is wrong with it.
pub fn configured_token_key(config: &Config) -> anyhow::Result<Option<[u8; 32]>> {
    let wrong = |why| Misconfigured(format!("the token key: {why}"));
    let Some(source) = &config.storage.token_key else {
        return Ok(None);
    };
    let secret = source.read().map_err(wrong)?;
    let key = keys::of_secret(secret.expose_secret()).map_err(wrong)?;
    Ok(Some(key))
}

/// Of the configuration, where it names one, else of the data folder, made there once. All daemons on one PostgreSQL must have the
/// same: an approver's answer to one of them may be read by another.
async fn token_key(config: &Config, store: &Store) -> anyhow::Result<[u8; 32]> {
    let key = match configured_token_key(config)? {
        Some(key) => key,
        None => keys::read_or_create(&config.storage.data_folder.join(TOKEN_KEY))
            .context("the key of the approval tokens")?,
    };
    if store.is_shared() {
        let fingerprint = keys::fingerprint(&key);
        if store.agree("token key", &fingerprint).await? != fingerprint {
            let why = format!(
                "the token key of this machine is not the one these books were begun with: give all daemons on them the same, by storage.token_key_file or by copying {TOKEN_KEY} from the first one's data folder"
            );
            return Err(Misconfigured(why).into());
        }
    }
    Ok(key)
}

/// Whoever works needs them all. A person who looks need not be allowed to read them.
///
/// # Errors
/// Where the first one was looked for that is missing.
pub fn file_passwords(config: &Config, purpose: Purpose) -> anyhow::Result<FilePasswords> {
    let mut known = Vec::new();
    for (password, number) in config.supplier_passwords.iter().zip(1..) {
        let opens = Opens {
            supplier: password.supplier.clone(),
            senders: password.senders.clone(),
        };
        match (password.source.read(), purpose) {
            (Ok(secret), _) => known.push((opens, secret)),
            (Err(_), Purpose::Look | Purpose::Command) => {}
            (Err(why), Purpose::Daemon) => {
                return Err(Misconfigured(format!("supplier_password[{number}]: {why}")).into());
            }
        }
    }
    Ok(FilePasswords::new(known, config.company.domains.clone()))
}

/// Where raw mails and files lie for all machines.
///
/// # Errors
/// What is wrong with what the configuration says of it, or what it answered.
pub async fn shelf(config: &Config) -> anyhow::Result<Option<Shelf>> {
    match &config.storage.raw_bytes {
        RawBytes::Folder => Ok(None),
        RawBytes::Database => {
            let shelf = Shelf::connect(&store_config(config)?.url).await;
            shelf
                .context("opening the shelf of raw mails in the database")
                .map(Some)
        }
        #[cfg(feature = "object-store")]
        RawBytes::Bucket(configured) => {
            let shelf = Shelf::in_bucket(bucket(configured)?, &store_config(config)?.url).await;
            shelf
                .context("opening the shelf of raw mails in the bucket")
                .map(Some)
        }
        #[cfg(not(feature = "object-store"))]
        RawBytes::Bucket(_) => {
            let why =
                "raw_bytes = \"bucket\": this program was built without --features object-store";
            Err(Misconfigured(why.to_owned()).into())
        }
    }
}

/// The bucket of the configuration, its secret read now; nobody asks it yet.
///
/// # Errors
/// Where the secret was looked for, or what is wrong with it.
#[cfg(feature = "object-store")]
pub fn bucket(configured: &config::bucket::Bucket) -> anyhow::Result<Bucket> {
    let wrong = |why: String| Misconfigured(format!("the bucket: {why}"));
    let secret = match configured.kind {
        BucketKind::Gcs => configured.secret.read_lines(),
        BucketKind::S3 { .. } | BucketKind::Azure { .. } => configured.secret.read(),
    };
    let secret = secret.map_err(wrong)?;
    let opened = Bucket::open(configured, &secret);
    Ok(opened.map_err(|why| wrong(chain(&why)))?)
}

/// Books that were moved are looked at here, and worked on there.
pub fn moved_away(folder: &Path, place: &str) -> Misconfigured {
    Misconfigured(format!(
        "these books were moved to {place}: whoever works on them here does everything a second time. To do so all the same, remove {}",
        folder.join(MOVED_MARK).display()
    ))
}

async fn open_store(config: &Config, purpose: Purpose) -> anyhow::Result<Store> {
    let folder = &config.storage.data_folder;
    let moved = if config.storage.database_url.starts_with("sqlite:") {
        let moved = moved_mark::read(folder).context("looking whether the books moved")?;
        moved.map(|place| moved_away(folder, &place))
    } else {
        None
    };
    let moved = match (moved, purpose) {
        (Some(moved), Purpose::Daemon) => return Err(moved.into()),
        (moved, Purpose::Command | Purpose::Look | Purpose::Daemon) => moved,
    };
    let config = store_config(config)?;
    let opened = match purpose {
        Purpose::Look if !config.url.starts_with("sqlite:") => Store::open_if_any(&config).await,
        Purpose::Look | Purpose::Command | Purpose::Daemon => {
            Store::open_or_create(&config).await.map(Some)
        }
    };
    let store = opened.context("opening the books")?.context(
        "there are no books in the database of storage.database_url yet: `countinghouse run` makes them, or an import",
    )?;
    if let Some(moved) = moved {
        // A decision told as done would be found nowhere.
        store.only_read(moved.to_string());
    }
    if purpose == Purpose::Daemon {
        store.lock().await.context("locking the data folder")?;
    }
    Ok(store)
}

/// Where the books are. An SQLite file stands in the data folder; the password of PostgreSQL is read now.
///
/// # Errors
/// Where the password was looked for.
pub fn store_config(config: &Config) -> anyhow::Result<StoreConfig> {
    let storage = &config.storage;
    let url = match (
        storage.database_url.strip_prefix("sqlite:"),
        &storage.database_password,
    ) {
        (Some(file), _) => {
            let path = storage.data_folder.join(file.trim_start_matches("//"));
            format!("sqlite://{}", path.display())
        }
        (None, None) => storage.database_url.clone(),
        (None, Some(source)) => {
            let password = source
                .read()
                .map_err(|why| Misconfigured(format!("the database password: {why}")))?;
            with_password(&storage.database_url, password.expose_secret())?
        }
    };
    Ok(StoreConfig {
        url,
        data_folder: storage.data_folder.clone(),
    })
}

fn with_password(url: &str, password: &str) -> anyhow::Result<String> {
    let (scheme, rest) = url
        .split_once("://")
        .context("database_url begins with postgres://")?;
    let (user, rest) = rest
        .split_once('@')
        .context("database_url names no user, and there is a password for one")?;
    let encoded = password
        .bytes()
        .map(|byte| format!("%{byte:02X}"))
        .collect::<String>();
    Ok(format!("{scheme}://{user}:{encoded}@{rest}"))
}

fn dkim(config: &Config) -> anyhow::Result<Option<DkimChecker>> {
    let configured = &config.authenticity;
    let checks_seals = !configured.trusted_arc_sealers.is_empty();
    let checker = configured
        .verify_dkim
        .then(|| DkimChecker::new(configured.dns_server, DKIM_DEADLINE, checks_seals));
    checker.transpose().context("the DNS resolver for DKIM")
}

/// Only whoever sends signs, and needs the key.
fn dkim_signing(config: &Config, purpose: Purpose) -> anyhow::Result<Option<Arc<Signing>>> {
    let Some(dkim) = config.dkim.as_ref().filter(|_| purpose == Purpose::Daemon) else {
        return Ok(None);
    };
    let misconfigured = |why: String| Misconfigured(format!("dkim: {why}"));
    let pem = dkim.key.read_lines().map_err(misconfigured)?;
    let signing = Signing::new(&dkim.domain, &dkim.selector, pem.expose_secret());
    let signing = signing.map_err(|why| misconfigured(why.to_string()))?;
    Ok(Some(Arc::new(signing)))
}

/// Asked only by whoever works; a person who looks needs no key.
fn model(config: &Config, purpose: Purpose) -> anyhow::Result<Option<Arc<Model>>> {
    let Some(configured) = config.model.as_ref().filter(|_| purpose == Purpose::Daemon) else {
        return Ok(None);
    };
    let key = configured.key.as_ref().map(|source| source.read());
    let key = key
        .transpose()
        .map_err(|why| Misconfigured(format!("the key of the model: {why}")))?;
    let server = Server::from(&configured.server);
    let endpoint = ModelEndpoint {
        deadline: server.timeout,
        server,
        path: configured.path.clone(),
        key,
    };
    Ok(Some(Arc::new(Model::new(endpoint))))
}

/// A person who looks need not be allowed to read the mail server's password.
fn mail_out(config: &Config, tokens: &TokenSources, purpose: Purpose) -> anyhow::Result<MailOut> {
    match purpose {
        Purpose::Daemon => Ok(MailOut::new(outgoing(config, tokens)?)),
        Purpose::Look | Purpose::Command => Ok(MailOut::closed()),
    }
}

fn outgoing(config: &Config, tokens: &TokenSources) -> anyhow::Result<Outgoing> {
    match &config.outgoing.target {
        OutgoingTarget::Maildir(path) => Ok(Outgoing::Maildir(path.clone())),
        OutgoingTarget::Smtp(server) => Ok(Outgoing::Smtp(smtp_account(config, server, tokens)?)),
    }
}

/// Where access tokens come from; nobody is asked yet.
pub fn token_sources(config: &Config, clock: &Clock) -> TokenSources {
    TokenSources::new(&config.oauth, &config.storage.data_folder, clock)
}

/// The relay of the configuration, its password read now.
///
/// # Errors
/// Where the password was looked for.
pub fn smtp_account(
    config: &Config,
    server: &config::Server,
    tokens: &TokenSources,
) -> anyhow::Result<SmtpAccount> {
    let by_token = server.oauth.as_ref().and_then(|name| tokens.named(name));
    let login = match (&server.user, by_token, &server.password) {
        (Some(user), Some(source), _) => Some((user.clone(), Proof::Token(source))),
        (Some(user), None, Some(source)) => {
            let password = source
                .read()
                .map_err(|why| Misconfigured(format!("the SMTP password: {why}")))?;
            Some((user.clone(), password.into()))
        }
        _ => None,
    };
    let hello_name = config
        .company
        .domains
        .first()
        .cloned()
        .unwrap_or_else(|| "localhost".to_owned());
    Ok(SmtpAccount {
        server: server.into(),
        login,
        hello_name,
    })
}

/// This process among all that ever worked on the books: a number of a process comes back, and on another machine it is there
/// already.
///
/// # Errors
/// When the system gives no random numbers.
pub fn this_replica() -> anyhow::Result<Replica> {
    let name = keys::random_name().context("naming this process")?;
    let host = rustix::system::uname();
    Ok(Replica {
        name,
        host: host.nodename().to_string_lossy().into_owned(),
        process: std::process::id(),
        program_version: env!("CARGO_PKG_VERSION").to_owned(),
    })
}
