//! Secrets: named in the configuration, read from a file, the environment or a systemd credential, never printed.

use std::io::Read;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use secrecy::{ExposeSecret, SecretString};
use toml::Value;

use super::read::{Section, text};

/// A password longer than this is a wrong file.
const MAX_SECRET_BYTES: u64 = 4096;

/// Mode bits of the group and of everybody else.
const OTHERS: u32 = 0o077;

/// The keys that say where the password of a login is kept.
pub const PASSWORD: [&str; 3] = ["password_file", "password_env", "password_credential"];

/// Where a secret is kept.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum SecretSource {
    /// The first line of a file.
    File(PathBuf),
    /// An environment variable.
    Environment(String),
    /// A systemd credential, by name: a file in the folder CREDENTIALS_DIRECTORY.
    Credential(String),
}

/// Reads the three keys `STEM_file`, `STEM_env` and `STEM_credential`, of which at most one may stand. A file is looked for in
/// `folder`, as all relative paths are: a service works in `/`.
pub fn source(
    section: &Section<'_>,
    stem: [&'static str; 3],
    folder: &Path,
) -> Option<SecretSource> {
    let [file, environment, credential] = stem;
    let text_of = |name| section.optional(name, |value: &Value| text(value));
    let found = [
        text_of(file).map(|path| SecretSource::File(folder.join(path))),
        text_of(environment).map(SecretSource::Environment),
        text_of(credential).map(SecretSource::Credential),
    ];
    let mut sources = found.into_iter().flatten();
    let first = sources.next();
    if sources.next().is_some() {
        section.problem(
            file,
            &format!("only one of {file}, {environment} and {credential} may stand"),
        );
    }
    first
}

impl SecretSource {
    /// What to say of a file that others than its owner may read, by its mode bits; `None` where it is not so or cannot be
    /// told.
    pub fn open_to_others(&self) -> Option<String> {
        let Self::File(path) = self else {
            return None;
        };
        let mode = std::fs::metadata(path).ok()?.permissions().mode() & 0o777;
        (mode & OTHERS != 0).then(|| {
            format!(
                "others on this machine may read the secret file {} (mode {mode:03o}): chmod 600 it",
                path.display()
            )
        })
    }

    /// The secret itself.
    ///
    /// # Errors
    /// Says where it was looked for and what to do; never what was found.
    pub fn read(&self) -> Result<SecretString, String> {
        self.read_by(first_line)
    }

    /// A secret of several lines, a key in PEM form.
    ///
    /// # Errors
    /// As `read`.
    pub fn read_lines(&self) -> Result<SecretString, String> {
        self.read_by(whole)
    }

    fn read_by(
        &self,
        file: fn(&Path) -> Result<SecretString, String>,
    ) -> Result<SecretString, String> {
        match self {
            Self::File(path) => file(path),
            Self::Environment(name) => variable(name).map(SecretString::from).ok_or_else(|| {
                format!("the environment variable {name} is not set: set it for the service")
            }),
            Self::Credential(name) => {
                let folder = variable("CREDENTIALS_DIRECTORY").ok_or_else(|| {
                    format!(
                        "no systemd credentials here: start by systemd with LoadCredential={name}:FILE, or by hand with \
                         CREDENTIALS_DIRECTORY=FOLDER, where FOLDER has a file {name}"
                    )
                })?;
                file(&Path::new(&folder).join(name))
            }
        }
    }
}

fn first_line(path: &Path) -> Result<SecretString, String> {
    let text = whole(path)?;
    match text.expose_secret().lines().next() {
        Some(line) if !line.is_empty() => Ok(SecretString::from(line.to_owned())),
        _ => Err(format!(
            "the secret file {} is empty: its first line is the secret",
            path.display()
        )),
    }
}

fn whole(path: &Path) -> Result<SecretString, String> {
    let unreadable =
        |error: std::io::Error| format!("cannot read the secret file {}: {error}", path.display());
    let file = std::fs::File::open(path).map_err(unreadable)?;
    let mut text = String::new();
    file.take(MAX_SECRET_BYTES)
        .read_to_string(&mut text)
        .map_err(unreadable)?;
    Ok(SecretString::from(text))
}

#[expect(
    clippy::disallowed_methods,
    reason = "configuration is where the environment is read"
)]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// The file named by COUNTINGHOUSE_CONFIG.
pub fn config_file_from_environment() -> Option<PathBuf> {
    variable("COUNTINGHOUSE_CONFIG").map(PathBuf::from)
}
