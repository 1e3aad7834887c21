//! Every key of the configuration file: its default, an example and one sentence. The one source of the annotated sample,
//! of docs/CONFIG.md and of the examples in error messages.

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

const fn must(name: &'static str, example: &'static str, about: &'static str) -> KeyDoc {
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

const fn password_file(example: &'static str) -> KeyDoc {
    let about = "File whose first line is the password.";
    may("password_file", example, about)
}

const fn password_credential(example: &'static str) -> KeyDoc {
    let about = "Name of a systemd credential (LoadCredential=) that holds the password.";
    may("password_credential", example, about)
}

const PASSWORD_ENV: KeyDoc = may(
    "password_env",
    "\"IMAP_PASSWORD\"",
    "Environment variable that holds the password.",
);
/// The whole file, table by table.
pub const SECTIONS: &[SectionDoc] = &[
    SectionDoc {
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
    },
    SectionDoc {
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
    },
    SectionDoc {
        name: "mailbox",
        repeated: true,
        about: "A mailbox to work. At least one.",
        keys: &[
            must(
                "name",
                "\"ap\"",
                "Its short name in lists and logs; never change it, the books refer to it.",
            ),
            must(
                "side",
                "\"ap\"",
                "`ap` for suppliers' mail, `ar` for customers' mail; the weakest hint of all, it never overrides a document.",
            ),
            must(
                "address",
                "\"ap@example.com\"",
                "Its mail address; approval requests and reminders are sent from it.",
            ),
            or(
                "kind",
                "\"imap\"",
                "\"maildir\"",
                "`imap`, or `maildir` for a local folder.",
            ),
            may(
                "maildir",
                "\"/var/mail/ap\"",
                "The folder, for kind maildir.",
            ),
            may("host", "\"imap.example.com\"", "IMAP server."),
            or(
                "port",
                "993",
                "143",
                "Its port: 993 for tls, 143 for starttls.",
            ),
            or(
                "security",
                "\"tls\"",
                "\"starttls\"",
                "`tls`, `starttls`, or `none` (only for a server on this machine).",
            ),
            may("user", "\"ap@example.com\"", "IMAP user."),
            password_file("\"/etc/countinghouse/imap.password\""),
            PASSWORD_ENV,
            password_credential("\"imap\""),
            may(
                "ca_file",
                "\"/etc/ssl/our-ca.pem\"",
                "Certificates to trust besides the system's.",
            ),
            or(
                "folder",
                "\"INBOX\"",
                "\"INBOX\"",
                "The folder to fetch from.",
            ),
            or(
                "poll_seconds",
                "60",
                "60",
                "How often to look for new mail.",
            ),
            or(
                "timeout_seconds",
                "60",
                "60",
                "How long any answer of the server may take.",
            ),
            or(
                "after_reading",
                "\"flag\"",
                "\"move\"",
                "What to do with a mail once it is in the books: `flag`, `move` or `nothing`. Nothing depends on it.",
            ),
            or(
                "flag",
                "\"\\\\Seen\"",
                "\"$Countinghouse\"",
                "The flag to set.",
            ),
            or(
                "move_to",
                "\"Processed\"",
                "\"Processed\"",
                "The folder to move to; made when it is not there.",
            ),
            or(
                "max_message_mib",
                "50",
                "50",
                "A larger mail is recorded and quarantined, not read.",
            ),
        ],
    },
    SectionDoc {
        name: "outgoing",
        repeated: false,
        about: "How mail leaves.",
        keys: &[
            or(
                "kind",
                "\"smtp\"",
                "\"maildir\"",
                "`smtp`, or `maildir` to write into a local folder.",
            ),
            may(
                "maildir",
                "\"/var/mail/out\"",
                "The folder, for kind maildir.",
            ),
            may("host", "\"smtp.example.com\"", "SMTP server."),
            or(
                "port",
                "465",
                "587",
                "Its port: 465 for tls, 587 for starttls.",
            ),
            or(
                "security",
                "\"tls\"",
                "\"starttls\"",
                "`tls`, `starttls`, or `none` (only for a server on this machine).",
            ),
            may(
                "user",
                "\"ap@example.com\"",
                "SMTP user; left away, there is no login.",
            ),
            password_file("\"/etc/countinghouse/smtp.password\""),
            PASSWORD_ENV,
            password_credential("\"smtp\""),
            may(
                "ca_file",
                "\"/etc/ssl/our-ca.pem\"",
                "Certificates to trust besides the system's.",
            ),
            or(
                "timeout_seconds",
                "60",
                "60",
                "How long any answer of the server may take.",
            ),
            may(
                "templates_folder",
                "\"/etc/countinghouse/templates\"",
                "Folder whose files replace the built-in texts of the mails (see config/templates/).",
            ),
        ],
    },
    SectionDoc {
        name: "approver",
        repeated: true,
        about: "A person who may approve bills by answering a mail; one table each. Above approval.two_above two of them are needed.",
        keys: &[
            must("name", "\"Anna Berg\"", "As the mails address them."),
            must(
                "address",
                "\"anna.berg@example.com\"",
                "The exact address they answer from.",
            ),
            may(
                "limit",
                "\"10000.00\"",
                "The highest amount they may approve, gross or to pay, whichever is more, in the company's currency; left away, any.",
            ),
        ],
    },
    SectionDoc {
        name: "approval_rule",
        repeated: true,
        about: "Who is asked about a bill: the union of all rules that match. A supplier's own approver from the import is always added.",
        keys: &[
            must(
                "name",
                "\"everyday bills\"",
                "Shown to the approver and in the audit trail.",
            ),
            may(
                "above",
                "\"10000.00\"",
                "Matches bills whose gross or amount to pay is strictly above this amount, in the company's currency.",
            ),
            may(
                "supplier",
                "\"70012\"",
                "Matches bills of this supplier, by its number.",
            ),
            must(
                "approvers",
                "[\"anna.berg@example.com\"]",
                "Who may be asked, in this order. An empty list with needed = 0 approves by policy.",
            ),
            or(
                "needed",
                "1",
                "2",
                "How many different persons have to agree.",
            ),
        ],
    },
    SectionDoc {
        name: "approval",
        repeated: false,
        about: "How approval by mail works.",
        keys: &[
            or(
                "two_above",
                "\"10000.00\"",
                "\"10000.00\"",
                "Strictly above this amount, gross or to pay, two different persons must agree, whatever the rules say; in the company's currency.",
            ),
            or(
                "expires_days",
                "7",
                "7",
                "How long an approval request may be answered.",
            ),
        ],
    },
    SectionDoc {
        name: "authenticity",
        repeated: false,
        about: "What proves that a reply comes from the approver. Without any of these no reply is ever accepted.",
        keys: &[
            or(
                "trusted_authserv_ids",
                "[]",
                "[\"mx.example.com\"]",
                "Names under which our own mail server writes Authentication-Results (RFC 8601); `-` stands for Exchange Online, which writes none. The server must strip that header from incoming mail.",
            ),
            or(
                "results_below_received",
                "false",
                "true",
                "Set for servers that write that header below their own Received line: Gmail, and a relay that hands on to a second server of ours by LMTP. Safe only where that server removes fields of its own name from incoming mail: else a sender could write the proof himself.",
            ),
            or(
                "verify_dkim",
                "false",
                "true",
                "Verify DKIM signatures ourselves; needs DNS.",
            ),
            may(
                "dns_server",
                "\"192.0.2.53:53\"",
                "DNS server for that; left away, the system's.",
            ),
            or(
                "internal_relay_domains",
                "[]",
                "[\"example.com\"]",
                "Domains whose people send through our own authenticated relay: a trusted `auth=pass` with their address as smtp.auth (or smtp.mailfrom) proves them.",
            ),
        ],
    },
    SectionDoc {
        name: "owners",
        repeated: false,
        about: "Whose work it is when no rule can decide: what waits for them is in `exceptions list`. No mail tells them yet.",
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
        ],
    },
    SectionDoc {
        name: "reminders",
        repeated: false,
        about: "Payment reminders to customers.",
        keys: &[
            or(
                "enabled",
                "true",
                "false",
                "Whether reminders are sent at all.",
            ),
            or(
                "minimum",
                "\"10.00\"",
                "\"10.00\"",
                "Open amounts below this are not reminded of, in the company's currency.",
            ),
            or(
                "claim_days",
                "10",
                "10",
                "How many days a remittance without its money keeps its invoices from being reminded of.",
            ),
            or(
                "levels_days",
                "[-7, -3, 0, 3, 7, 14, 30]",
                "[0, 7, 14]",
                "The ladder: days from the due date, earliest first.",
            ),
        ],
    },
    super::model::SECTION,
    SectionDoc {
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
    },
];

/// The documentation of one key; the code asks only for keys that are in the table.
pub fn key(section: &str, name: &str) -> Option<&'static KeyDoc> {
    let section = SECTIONS.iter().find(|s| s.name == section)?;
    section.keys.iter().find(|k| k.name == name)
}
