//! The configuration: one TOML file, every problem reported at once, secrets named but never in it.

pub mod keys;
pub mod read;
pub mod secret;
pub mod values;
pub mod mail;
pub mod dkim;
pub mod endpoint;
pub mod bucket;
pub mod model;
pub mod oauth;
pub mod password;
mod cash;
pub mod payments;
mod orders;
mod approvers;
pub mod sections;
pub mod rules;
pub mod sample;

use std::fmt;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use jiff::tz::TimeZone;
use toml::Table;

use crate::basics::address::MailAddress;
use crate::basics::bank_account::Iban;
use crate::basics::calendar::Date;
use crate::basics::currency::Currency;
use crate::basics::money::Money;
use crate::basics::tax_id::VatId;
use crate::domain::approval::Impatience;
use crate::domain::document::Side;
use crate::domain::exception::Ownership;
use crate::domain::ledger::Chart;
use crate::domain::outbound::attempt::Caretakers;
use crate::domain::outbound::feedback::FeedbackPolicy;
use crate::domain::outbound::pace::Pace;
use crate::domain::outbound::work_list::TellOwners;
use crate::domain::payable::checks::order::OrderPolicy;
use crate::domain::receivable::cash_decision::CashPolicy;
use bucket::RawBytes;
use read::{Problem, Problems};
use secret::SecretSource;

/// A configuration file larger than this is a wrong file.
const MAX_CONFIG_BYTES: u64 = 1 << 20;

/// Everything the file says, checked.
#[derive(Clone, Debug)]
pub struct Config {
    /// Who we are.
    pub company: Company,
    /// Where mails and books are kept.
    pub storage: Storage,
    /// The mailboxes to work.
    pub mailboxes: Vec<Mailbox>,
    /// How mail leaves.
    pub outgoing: Outgoing,
    /// Who may approve bills.
    pub approvers: Vec<Approver>,
    /// Who is asked.
    pub approval_rules: Vec<ApprovalRule>,
    /// How approval by mail works.
    pub approval: Approval,
    /// What proves a sender.
    pub authenticity: Authenticity,
    /// Who is asked when no rule can decide.
    pub owners: Owners,
    /// What a bill may differ from its order.
    pub orders: OrderPolicy,
    /// The accounts of the journal.
    pub chart: Chart,
    /// What is let go when customers pay less than they owe.
    pub cash: CashPolicy,
    /// How bills are paid.
    pub payments: payments::Payments,
    /// Payment reminders.
    pub reminders: Reminders,
    /// What opens the locked files of suppliers.
    pub supplier_passwords: Vec<password::SupplierPassword>,
    /// Our signature on what we send; none without a domain.
    pub dkim: Option<dkim::Dkim>,
    /// Where access tokens come from.
    pub oauth: Vec<oauth::Oauth>,
    /// The language model; none when it is off.
    pub model: Option<model::Model>,
    /// What a monitoring system can ask.
    pub monitor: Monitor,
    /// What the daemon tells.
    pub log: Log,
}

/// `[company]`.
#[derive(Clone, Debug)]
pub struct Company {
    /// Legal name.
    pub name: String,
    /// Other names suppliers use for us.
    pub also_known_as: Vec<String>,
    /// Our VAT ids.
    pub vat_ids: Vec<VatId>,
    /// Our accounts.
    pub ibans: Vec<Iban>,
    /// Our accounts without an IBAN.
    pub account_numbers: Vec<String>,
    /// Domains our own people mail from, lower case.
    pub domains: Vec<String>,
    /// Regular expressions of our own invoice numbers; they compile.
    pub invoice_number_patterns: Vec<String>,
    /// Where days begin and end.
    pub time_zone: TimeZone,
    /// The currency of the limits.
    pub currency: Currency,
}

/// `[storage]`.
#[derive(Clone, Debug)]
pub struct Storage {
    /// Raw mails and, with SQLite, the database.
    pub data_folder: PathBuf,
    /// `sqlite:FILE` or `postgres://…`.
    pub database_url: String,
    /// Its password, for PostgreSQL.
    pub database_password: Option<SecretSource>,
    /// Where raw mails and files lie besides the data folder.
    pub raw_bytes: RawBytes,
    /// What approval tokens are made of, where replicas share it; else a file in the data folder.
    pub token_key: Option<SecretSource>,
}

/// How a connection is protected.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Security {
    /// TLS from the first byte.
    Tls,
    /// TLS after STARTTLS; refused when the server does not offer it.
    StartTls,
    /// None; only for a server on this machine.
    None,
}

/// A server to talk to.
#[derive(Clone, Debug)]
pub struct Server {
    /// Name or address.
    pub host: String,
    /// TCP port.
    pub port: u16,
    /// How the connection is protected.
    pub security: Security,
    /// Login, when there is one.
    pub user: Option<String>,
    /// Its password.
    pub password: Option<SecretSource>,
    /// The name of an `[[oauth]]`, whose token is used instead.
    pub oauth: Option<String>,
    /// Certificates to trust besides the system's.
    pub ca_file: Option<PathBuf>,
    /// How long any answer may take.
    pub timeout_seconds: u16,
}

impl Server {
    /// What to say of a port that usually is for another protection: a client and a server that each wait for the other to
    /// begin end in a timeout, which tells nothing.
    pub fn unusual_security(&self) -> Option<String> {
        let (begins, key) = match (self.port, self.security) {
            (993 | 465, Security::StartTls | Security::None) => ("begins with TLS", "tls"),
            (143 | 25 | 587, Security::Tls) => ("does not begin with TLS", "starttls"),
            _ => return None,
        };
        Some(format!(
            "port {} usually {begins}: is security = \"{key}\" meant?",
            self.port
        ))
    }
}

/// `[[mailbox]]`.
#[derive(Clone, Debug)]
pub struct Mailbox {
    /// Short name; part of what names a message for ever.
    pub name: String,
    /// Payable or receivable.
    pub side: Side,
    /// Its mail address.
    pub address: MailAddress,
    /// Where its mails are.
    pub source: MailboxSource,
    /// How often to look.
    pub poll_seconds: u32,
    /// Hours of working days without mail after which somebody is told; none: twice the longest usual pause.
    pub silent_after_hours: Option<u32>,
    /// Which senders are told what became of their mails.
    pub feedback: FeedbackPolicy,
    /// Mails that came before and stood there at the first look are left alone.
    pub start_at: Option<Date>,
    /// Wait between looks for the server to tell of new mail (IDLE), where it can.
    pub idle: bool,
    /// What to do with a mail that is in the books.
    pub after_reading: AfterReading,
    /// A larger mail is quarantined unread.
    pub max_message_bytes: u64,
}

impl Mailbox {
    /// Its mails are moved to where the mails of the other one come.
    fn moves_into(&self, other: &Self) -> bool {
        let AfterReading::Move(target) = &self.after_reading else {
            return false;
        };
        match (&self.source, &other.source) {
            (
                MailboxSource::Imap { server, .. },
                MailboxSource::Imap {
                    server: others,
                    folder,
                },
            ) => {
                let is_inbox = |name: &str| name.eq_ignore_ascii_case("INBOX");
                let same_folder = target == folder || is_inbox(target) && is_inbox(folder);
                let same_account = (&server.host, server.port, &server.user)
                    == (&others.host, others.port, &others.user);
                same_folder && same_account
            }
            (MailboxSource::Maildir(path), MailboxSource::Maildir(others)) => {
                path.join(format!(".{target}")) == *others
            }
            (MailboxSource::Imap { .. }, MailboxSource::Maildir(_))
            | (MailboxSource::Maildir(_), MailboxSource::Imap { .. }) => false,
        }
    }
}

/// Where the mails of a mailbox are.
#[derive(Clone, Debug)]
pub enum MailboxSource {
    /// On an IMAP server.
    Imap {
        /// The server.
        server: Server,
        /// The folder.
        folder: String,
    },
    /// In a local Maildir.
    Maildir(PathBuf),
}

/// What to do with a mail that is in the books. Nothing depends on it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum AfterReading {
    /// Leave it.
    Nothing,
    /// Set this flag.
    Flag(String),
    /// Move it to this folder.
    Move(String),
}

/// `[outgoing]`.
#[derive(Clone, Debug)]
pub struct Outgoing {
    /// Where mail goes.
    pub target: OutgoingTarget,
    /// How much of it.
    pub pace: Pace,
    /// Files that replace built-in texts.
    pub templates_folder: Option<PathBuf>,
}

/// Where mail goes.
#[derive(Clone, Debug)]
pub enum OutgoingTarget {
    /// To a mail server.
    Smtp(Server),
    /// Into a local Maildir.
    Maildir(PathBuf),
}

/// `[[approver]]`.
#[derive(Clone, Debug)]
pub struct Approver {
    /// As the mails address them.
    pub name: String,
    /// The exact address they answer from.
    pub address: MailAddress,
    /// The highest gross amount they may approve.
    pub limit: Option<Money>,
    /// Who stands in for them, and when.
    pub delegation: Option<crate::domain::approval::Delegation>,
}

/// `[[approval_rule]]`.
#[derive(Clone, Debug)]
pub struct ApprovalRule {
    /// Shown to the approver.
    pub name: String,
    /// Matches bills strictly above.
    pub above: Option<Money>,
    /// Matches bills of this supplier.
    pub supplier: Option<String>,
    /// Who may be asked, in order.
    pub approvers: Vec<MailAddress>,
    /// How many different persons have to agree.
    pub needed: u32,
}

/// `[approval]`.
#[derive(Clone, Debug)]
pub struct Approval {
    /// Strictly above, two different persons must agree.
    pub two_above: Money,
    /// How long a request may be answered.
    pub expires_days: u16,
    /// When a silent approver is reminded, and somebody else told.
    pub impatience: Impatience,
}

/// `[authenticity]`.
#[derive(Clone, Debug)]
pub struct Authenticity {
    /// Whose Authentication-Results count.
    pub trusted_authserv_ids: Vec<String>,
    /// That header stands below our own server's Received line.
    pub results_below_received: bool,
    /// Whose ARC seals count.
    pub trusted_arc_sealers: Vec<String>,
    /// Verify DKIM and ARC ourselves.
    pub verify_dkim: bool,
    /// DNS server for that.
    pub dns_server: Option<std::net::SocketAddr>,
    /// Domains that send through our own authenticated relay.
    pub internal_relay_domains: Vec<String>,
}

/// `[owners]`.
#[derive(Clone, Debug)]
pub struct Owners {
    /// Exceptions about bills.
    pub payables: Ownership,
    /// Exceptions about customers' money.
    pub receivables: Ownership,
    /// Exceptions about the mail itself.
    pub mail: Ownership,
    /// How often they are told by mail what waits.
    pub tell: TellOwners,
}

impl Owners {
    /// Who looks after what became of our mails.
    pub fn caretakers(&self) -> Caretakers<'_> {
        Caretakers {
            payables: &self.payables,
            receivables: &self.receivables,
        }
    }
}

/// `[reminders]`.
#[derive(Clone, Debug)]
pub struct Reminders {
    /// Whether they are sent.
    pub enabled: bool,
    /// Smaller open amounts are not reminded of.
    pub minimum: Money,
    /// How long a remittance without its money protects its invoices.
    pub claim_days: i32,
    /// So many business days old may the bank's data be; not asked when 0.
    pub bank_data_business_days: u32,
    /// Days from the due date, ascending.
    pub levels_days: Vec<i32>,
}

/// `[monitor]`.
#[derive(Clone, Debug)]
pub struct Monitor {
    /// Where metrics and health are told, on this machine; none when nobody asks.
    pub listen: Option<SocketAddr>,
}

/// `[log]`.
#[derive(Clone, Debug)]
pub struct Log {
    /// One JSON object a line instead of text.
    pub json: bool,
    /// Levels, as EnvFilter reads them.
    pub filter: String,
}

/// Why there is no configuration.
#[derive(Debug)]
pub struct ConfigError {
    /// The file.
    pub file: PathBuf,
    /// Everything wrong with it.
    pub problems: Vec<Problem>,
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.problems.len();
        let noun = if count == 1 { "problem" } else { "problems" };
        write!(f, "{}: {count} {noun}", self.file.display())?;
        self.problems
            .iter()
            .try_for_each(|problem| write!(f, "\n  {problem}"))
    }
}

impl std::error::Error for ConfigError {}

impl Config {
    /// Reads and checks a file. Relative paths in it are relative to its folder.
    ///
    /// # Errors
    /// Every problem at once, each with key, value, reason and example.
    pub fn load(file: &Path) -> Result<Self, ConfigError> {
        let failed = |problems| ConfigError {
            file: file.to_owned(),
            problems,
        };
        let text = read_file(file).map_err(|problem| failed(vec![problem]))?;
        let folder = file.parent().unwrap_or(Path::new("."));
        Self::parse(&text, folder).map_err(failed)
    }

    /// Reads and checks the text of a file that stands in `folder`.
    ///
    /// # Errors
    /// Every problem at once.
    pub fn parse(text: &str, folder: &Path) -> Result<Self, Vec<Problem>> {
        let root = text
            .parse::<Table>()
            .map_err(|error| vec![syntax(&error)])?;
        let problems = Problems::default();
        read::unknown_sections(&root, &problems);
        let config = sections::read(&root, folder, &problems);
        let problems = problems.into_vec();
        match config {
            Some(config) if problems.is_empty() => Ok(config),
            _ => Err(problems),
        }
    }

    /// The mailbox with this name.
    pub fn mailbox(&self, name: &str) -> Option<&Mailbox> {
        self.mailboxes.iter().find(|mailbox| mailbox.name == name)
    }

    /// The first mailbox of a side: whose address our mails about that side come from.
    pub fn mailbox_of(&self, side: Side) -> Option<&Mailbox> {
        self.mailboxes
            .iter()
            .find(|mailbox| mailbox.side == side)
            .or(self.mailboxes.first())
    }
}

fn read_file(file: &Path) -> Result<String, Problem> {
    use std::io::Read;
    let problem = |reason: String| Problem {
        key: "configuration file".into(),
        value: String::new(),
        reason,
        example: "countinghouse --config /etc/countinghouse/countinghouse.toml check".into(),
    };
    let opened =
        std::fs::File::open(file).map_err(|error| problem(format!("cannot be opened: {error}")))?;
    let mut text = String::new();
    let read = opened.take(MAX_CONFIG_BYTES).read_to_string(&mut text);
    read.map_err(|error| problem(format!("cannot be read: {error}")))?;
    Ok(text)
}

fn syntax(error: &toml::de::Error) -> Problem {
    Problem {
        key: "syntax".into(),
        value: String::new(),
        reason: error.to_string().trim().replace('\n', "\n    "),
        example: String::new(),
    }
}

#[cfg(test)]
mod tests;
