//! How a key is described.

/// One table of the file.
pub struct SectionDoc {
    /// `company`, `mailbox`, ….
    pub name: &'static str,
    /// `[[mailbox]]` may stand several times.
    pub repeated: bool,
    /// What it is for.
    pub about: &'static str,
    /// Its keys, in the order of the sample.
    pub keys: &'static [KeyDoc],
}

/// One key.
pub struct KeyDoc {
    /// Its name, with the unit last.
    pub name: &'static str,
    /// Its default as TOML; `None` when it has none.
    pub default: Option<&'static str>,
    /// Whether the file must have it.
    pub required: bool,
    /// An example as TOML.
    pub example: &'static str,
    /// One sentence.
    pub about: &'static str,
}

pub(super) const fn must(name: &'static str, example: &'static str, about: &'static str) -> KeyDoc {
    KeyDoc {
        name,
        default: None,
        required: true,
        example,
        about,
    }
}

pub(super) const fn may(name: &'static str, example: &'static str, about: &'static str) -> KeyDoc {
    KeyDoc {
        name,
        default: None,
        required: false,
        example,
        about,
    }
}

pub(super) const fn or(
    name: &'static str,
    default: &'static str,
    example: &'static str,
    about: &'static str,
) -> KeyDoc {
    KeyDoc {
        name,
        default: Some(default),
        required: false,
        example,
        about,
    }
}

pub(super) const fn password_file(example: &'static str) -> KeyDoc {
    let about = "File whose first line is the password.";
    may("password_file", example, about)
}

pub(super) const fn password_credential(example: &'static str) -> KeyDoc {
    let about = "Name of a systemd credential (LoadCredential=) that holds the password.";
    may("password_credential", example, about)
}

pub(super) const PASSWORD_ENV: KeyDoc = may(
    "password_env",
    "\"IMAP_PASSWORD\"",
    "Environment variable that holds the password.",
);
