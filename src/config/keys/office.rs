//! Who we are, where the books are, who is asked, what is told.

use super::doc::{SectionDoc, may, must, or};

/// `[company]`.
pub(super) const COMPANY: SectionDoc = SectionDoc {
    name: "company",
    repeated: false,
    about: "Who we are. A document is a bill when it is addressed to us and issued by somebody else.",
    keys: &[
        must(
            "name",
            "\"Example GmbH\"",
            "Legal name, as suppliers write it.",
        ),
        or(
            "also_known_as",
            "[]",
            "[\"Example\"]",
            "Other names suppliers use for us.",
        ),
        or("vat_ids", "[]", "[\"DE136695976\"]", "Our VAT ids."),
        or(
            "ibans",
            "[]",
            "[\"DE89370400440532013000\"]",
            "Our bank accounts; the first one is shown in reminders.",
        ),
        or(
            "account_numbers",
            "[]",
            "[\"0123456789\"]",
            "Our accounts that have no IBAN, as their banks' statements name them (BAI2).",
        ),
        must(
            "domains",
            "[\"example.com\"]",
            "Domains our own people mail from.",
        ),
        or(
            "invoice_number_patterns",
            "[]",
            "['^2026-\\d{4}$']",
            "Regular expressions our own invoice numbers match.",
        ),
        or(
            "time_zone",
            "\"Europe/Berlin\"",
            "\"Europe/Berlin\"",
            "IANA time zone of the office; days begin and end there.",
        ),
        or(
            "currency",
            "\"EUR\"",
            "\"EUR\"",
            "ISO 4217 currency of the limits in this file.",
        ),
    ],
};

/// `[storage]`.
pub(super) const STORAGE: SectionDoc = SectionDoc {
    name: "storage",
    repeated: false,
    about: "Where mails and books are kept.",
    keys: &[
        must(
            "data_folder",
            "\"/var/lib/countinghouse\"",
            "Folder for the raw mails and, with SQLite, the database. A local disk: SQLite refuses network file systems in practice.",
        ),
        or(
            "database_url",
            "\"sqlite:countinghouse.db\"",
            "\"postgres://countinghouse@db.example.com/countinghouse\"",
            "SQLite file relative to the data folder, or a PostgreSQL URL without a password in it.",
        ),
        or(
            "raw_bytes",
            "\"folder\"",
            "\"database\"",
            "Where raw mails and files are kept: `folder` in the data folder alone; `database` also in PostgreSQL, `bucket` also in the object store of [bucket], where every replica finds them.",
        ),
        may(
            "token_key_file",
            "\"/etc/countinghouse/token.key\"",
            "File with the secret that approval tokens are made of, the same on all replicas; without it, one is made in the data folder.",
        ),
        may(
            "token_key_env",
            "\"TOKEN_KEY\"",
            "Environment variable that holds that secret.",
        ),
        may(
            "token_key_credential",
            "\"token-key\"",
            "systemd credential that holds that secret.",
        ),
        may(
            "database_password_file",
            "\"/etc/countinghouse/database.password\"",
            "File whose first line is the database password.",
        ),
        may(
            "database_password_env",
            "\"DATABASE_PASSWORD\"",
            "Environment variable that holds the database password.",
        ),
        may(
            "database_password_credential",
            "\"database\"",
            "Name of a systemd credential that holds the database password.",
        ),
    ],
};

/// `[owners]`.
pub(super) const OWNERS: SectionDoc = SectionDoc {
    name: "owners",
    repeated: false,
    about: "Whose work it is when no rule can decide: what waits for them is in `exceptions list`, and a mail tells them.",
    keys: &[
        must(
            "payables",
            "\"ap-team@example.com\"",
            "Exceptions about bills.",
        ),
        must(
            "receivables",
            "\"ar-team@example.com\"",
            "Exceptions about customers' money.",
        ),
        must(
            "mail",
            "\"it@example.com\"",
            "Exceptions about the mail itself.",
        ),
        or("due_hours", "8", "8", "Hours until an exception is late."),
        or(
            "tell",
            "\"hourly\"",
            "\"daily\"",
            "When owners are told by mail: `daily` at the first hour of a day on which banks work, of all that waits; `hourly` then, and within the hour of what is new; `off`.",
        ),
    ],
};

/// `[monitor]`.
pub(super) const MONITOR: SectionDoc = SectionDoc {
    name: "monitor",
    repeated: false,
    about: "What a monitoring system on this machine can ask.",
    keys: &[may(
        "listen",
        "\"127.0.0.1:9187\"",
        "Tell metrics (Prometheus, `/metrics`) and health (`/health`, 200 or 503 and why) over HTTP at this address of this machine; without it nobody listens.",
    )],
};

/// `[log]`.
pub(super) const LOG: SectionDoc = SectionDoc {
    name: "log",
    repeated: false,
    about: "What the daemon tells on standard error.",
    keys: &[
        or(
            "format",
            "\"text\"",
            "\"json\"",
            "`text` for people, `json` for machines.",
        ),
        or(
            "filter",
            "\"info\"",
            "\"countinghouse=debug,info\"",
            "Level, or levels per module, as tracing-subscriber's EnvFilter reads them.",
        ),
    ],
};
