//! `[bucket]`: the object store where raw mails and files lie when several machines work.

use std::path::{Path, PathBuf};

use toml::Value;

use super::endpoint::Endpoint;
use super::read::{Section, parsed, text};
use super::secret::{self, SecretSource};
use super::values::path_in;

const EXAMPLE: &str = "https://s3.example.com";

/// Where raw mails and files are kept besides the data folder of the machine that fetched them.
#[derive(Clone, Debug)]
pub enum RawBytes {
    /// Nowhere else.
    Folder,
    /// In the database, in pieces.
    Database,
    /// In an object store.
    Bucket(Box<Bucket>),
}

/// What `storage.raw_bytes` may say.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RawBytesKind {
    /// `folder`
    Folder,
    /// `database`
    Database,
    /// `bucket`
    Bucket,
}

impl RawBytesKind {
    /// From the file.
    ///
    /// # Errors
    /// What it must be.
    pub fn read(value: &Value) -> Result<Self, String> {
        match text(value)?.as_str() {
            "folder" => Ok(Self::Folder),
            "database" => Ok(Self::Database),
            "bucket" => Ok(Self::Bucket),
            _ => Err("must be `folder`, `database` or `bucket`".into()),
        }
    }
}

/// `[bucket]`.
#[derive(Clone, Debug)]
pub struct Bucket {
    /// Whose interface it has, and what that needs to be told.
    pub kind: BucketKind,
    /// The bucket; at Azure the container.
    pub name: String,
    /// What stands before `sha256/…` in every name; may be empty.
    pub prefix: String,
    /// The server.
    pub endpoint: Endpoint,
    /// Its URL, as in the file or the provider's own.
    pub url: String,
    /// Certificates to trust besides the system's.
    pub ca_file: Option<PathBuf>,
    /// The secret that opens it.
    pub secret: SecretSource,
}

/// The three interfaces.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum BucketKind {
    /// Amazon S3 and what speaks as it does: the secret is a secret access key.
    S3 {
        /// The public half of the key.
        access_key_id: String,
        /// Requests are signed for it.
        region: String,
    },
    /// Azure Blob Storage: the secret is a key of the storage account.
    Azure {
        /// The storage account.
        account: String,
    },
    /// Google Cloud Storage: the secret is the key file of a service account (JSON).
    Gcs,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    S3,
    Azure,
    Gcs,
}

/// Reads it where `storage.raw_bytes` asks for it; what is missing is then a problem, and what stands for nothing otherwise.
pub fn read(s: Section<'_>, folder: &Path, is_asked_for: bool) -> Option<Bucket> {
    let kind = s.optional(
        "kind",
        parsed("`s3`, `azure` or `gcs`", |word| match word {
            "s3" => Some(Kind::S3),
            "azure" => Some(Kind::Azure),
            "gcs" => Some(Kind::Gcs),
            _ => None,
        }),
    );
    let name = s.optional("name", name_of("letters, digits, hyphens, dots", "-._"));
    let prefix = s.optional(
        "prefix",
        name_of("letters, digits, hyphens, dots, /", "-._/"),
    );
    let region = s.get(
        "region",
        String::new(),
        name_of("letters, digits, hyphens", "-"),
    );
    let access_key_id = s.optional("access_key_id", name_of("letters, digits, -._+", "-._+"));
    let account = s.optional("account", name_of("letters and digits", ""));
    let written = s.optional("endpoint", endpoint);
    let ca_file = s.optional("ca_file", path_in(folder));
    let secret = secret::source(
        &s,
        ["secret_file", "secret_env", "secret_credential"],
        folder,
    );
    if !is_asked_for {
        if kind.is_some() {
            s.problem("kind", "is for raw_bytes = \"bucket\" in [storage]");
        }
        s.finish();
        return None;
    }
    if cfg!(not(feature = "object-store")) {
        s.problem_with(
            "kind",
            "this program was built without object stores",
            "cargo install --path . --features object-store".into(),
        );
    }
    let kind = kind_of(&s, kind, region, access_key_id, account);
    let missing = |key: &str, why: &str| s.problem(key, &format!("is missing: {why}"));
    if name.is_none() {
        missing("name", "which bucket, or container of Azure");
    }
    if secret.is_none() {
        missing(
            "secret_file",
            "name one of secret_file, secret_env and secret_credential",
        );
    }
    s.finish();
    let (kind, name, secret) = (kind?, name?, secret?);
    let (endpoint, url) = match written {
        Some(written) => written,
        None => usual(&kind)?,
    };
    Some(Bucket {
        kind,
        name,
        prefix: prefix.unwrap_or_default().trim_matches('/').to_owned(),
        endpoint,
        url,
        ca_file,
        secret,
    })
}

/// What each interface needs to be told, or what of it is missing.
fn kind_of(
    s: &Section<'_>,
    kind: Option<Kind>,
    region: String,
    access_key_id: Option<String>,
    account: Option<String>,
) -> Option<BucketKind> {
    let or_missing = |found: Option<String>, key: &str, why: &str| {
        if found.is_none() {
            s.problem(key, &format!("is missing: {why}"));
        }
        found
    };
    match kind {
        None => {
            s.problem("kind", "is missing: raw_bytes = \"bucket\" needs one");
            None
        }
        Some(Kind::S3) => Some(BucketKind::S3 {
            access_key_id: or_missing(access_key_id, "access_key_id", "S3 knows its keys by it")?,
            region,
        }),
        Some(Kind::Azure) => Some(BucketKind::Azure {
            account: or_missing(account, "account", "Azure's containers belong to one")?,
        }),
        Some(Kind::Gcs) => Some(BucketKind::Gcs),
    }
}

/// Names go into URLs as they are.
fn name_of(what: &'static str, besides: &'static str) -> impl Fn(&Value) -> Result<String, String> {
    parsed(what, move |name| {
        let fits = |c: char| c.is_ascii_alphanumeric() || besides.contains(c);
        let climbs = name.split('/').any(|part| matches!(part, "." | ".."));
        (name.chars().all(fits) && !climbs).then(|| name.to_owned())
    })
}

fn endpoint(value: &Value) -> Result<(Endpoint, String), String> {
    let url = text(value)?.trim_end_matches('/').to_owned();
    if url.contains('?') {
        return Err("must be a URL without a query: a signature in it would be a secret".into());
    }
    Ok((Endpoint::parse(&url, EXAMPLE)?, url))
}

/// The providers' own.
fn usual(kind: &BucketKind) -> Option<(Endpoint, String)> {
    let url = match kind {
        BucketKind::S3 { region, .. } => format!("https://s3.{region}.amazonaws.com"),
        BucketKind::Azure { account } => format!("https://{account}.blob.core.windows.net"),
        BucketKind::Gcs => "https://storage.googleapis.com".to_owned(),
    };
    Some((Endpoint::parse(&url, EXAMPLE).ok()?, url))
}
