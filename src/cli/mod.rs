//! The command line: one file per command. Tables for people, one JSON object a line with `--json`.

pub mod output;
pub mod desk;
pub mod demo;
pub mod run;
pub mod check;
pub mod inspect;
pub mod process;
pub mod status;
pub mod messages;
pub mod mailbox;
pub mod auth;
pub mod ocr;
pub mod documents;
pub mod bills;
pub mod approvals;
pub mod payments;
pub mod pay;
pub mod invoices;
pub mod cash;
pub mod remittances;
pub mod reminders;
pub mod exceptions;
pub mod outbound;
mod trail;
pub mod audit;
pub mod memories;
pub mod orders;
pub mod parties;
pub mod supplier_accounts;
pub mod import;
pub mod report;
pub mod export;
pub mod migrate;
pub mod move_to_postgresql;
pub mod backup;
pub mod pages;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::config::{Config, ConfigError, secret};
#[cfg(debug_assertions)]
use crate::io::failpoint::{self, Death};
use crate::io::reader::child;
use crate::io::recogniser::exec;
#[cfg(feature = "ppocr")]
use crate::io::recogniser::ppocr;
use crate::io::store::StoreError;
#[cfg(debug_assertions)]
use crate::io::store::to_come;
use crate::setup::Misconfigured;

/// Works a company's finance mailboxes: bills, approvals by mail, remittances, cash application, reminders.
#[derive(Parser)]
#[command(name = "countinghouse", version, max_term_width = 100)]
pub struct Arguments {
    /// Configuration file (default: $COUNTINGHOUSE_CONFIG, then ./countinghouse.toml, then the demo's in ./countinghouse-demo)
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// One JSON object a line instead of tables
    #[arg(long, global = true)]
    json: bool,
    /// Dies where a crash test says (`commit.after:3`); a release has no such option
    #[cfg(debug_assertions)]
    #[arg(long, global = true, hide = true, value_name = "PLACE:NTH")]
    die_at: Option<Death>,
    /// Also knows the migrations in these files, as a version to come would; a release has no such option
    #[cfg(debug_assertions)]
    #[arg(long, global = true, hide = true, value_name = "FILE")]
    and_migration: Vec<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// The main job on sample mail: no network, no server, nothing to configure
    Demo(demo::DemoArguments),
    /// The daemon
    Run,
    /// Names every problem of the configuration at once; with --connect tries the servers and changes nothing
    Check(check::CheckArguments),
    /// What the daemon would make of these files; changes nothing, needs no database
    Inspect(inspect::InspectArguments),
    /// Takes message files as if they had arrived, and works until nothing is left to do
    Process(process::ProcessArguments),
    /// One screen: mailboxes, queue, what waits for whom
    Status,
    /// What came in
    #[command(subcommand)]
    Messages(messages::Messages),
    /// Whether every mail on the servers is accounted for
    #[command(subcommand)]
    Mailbox(mailbox::Mailbox),
    /// Signs in for access tokens where mailboxes have no passwords (OAuth); without a name, how it stands with each. Needs the
    /// network
    Auth(auth::AuthArguments),
    /// What was read in it, with the evidence for each value
    #[command(subcommand)]
    Documents(documents::Documents),
    /// What suppliers ask us to pay
    #[command(subcommand)]
    Bills(bills::Bills),
    /// Who was asked about which bill
    #[command(subcommand)]
    Approvals(approvals::Approvals),
    /// When which bill is paid
    #[command(subcommand)]
    Payments(payments::Payments),
    /// Payment runs: one person plans, another releases, a file goes to the bank
    #[command(subcommand)]
    Pay(pay::Pay),
    /// What customers owe us
    #[command(subcommand)]
    Invoices(invoices::Invoices),
    /// Money that came: which invoices it pays, by hand where no rule is sure
    #[command(subcommand)]
    Cash(cash::Cash),
    /// What payers say their payments cover
    #[command(subcommand)]
    Remittances(remittances::Remittances),
    /// Which customer was reminded of which invoice
    #[command(subcommand)]
    Reminders(reminders::Reminders),
    /// What waits for a person
    #[command(subcommand)]
    Exceptions(exceptions::Exceptions),
    /// The mails we write
    #[command(subcommand)]
    Outbound(outbound::Outbound),
    /// Who did what when and why; whether the trail and the mails are unchanged
    #[command(subcommand)]
    Audit(audit::Audit),
    /// Where suppliers print their values and where their lines are booked, as people taught it
    #[command(subcommand)]
    Memories(memories::Memories),
    /// Whom we may pay, as the import says
    #[command(subcommand)]
    Suppliers(parties::Parties),
    /// What we ordered, what came in on it, and the bills that name it
    #[command(subcommand)]
    Orders(orders::Orders),
    /// Accounts that are said to be a supplier's: called, confirmed by a second person, then paid
    #[command(subcommand)]
    SupplierAccounts(supplier_accounts::SupplierAccounts),
    /// Who owes us, as the import says
    #[command(subcommand)]
    Customers(parties::Parties),
    /// Takes suppliers, orders, receipts, customers, invoices and bank lines from CSV files
    #[command(subcommand)]
    Import(import::ImportCommand),
    /// Figures of the books
    #[command(subcommand)]
    Report(report::Report),
    /// The books for other programs
    #[command(subcommand)]
    Export(export::Export),
    /// How scans and photos are read
    #[command(subcommand)]
    Ocr(ocr::Ocr),
    /// Brings the books up to date with this program
    Migrate(migrate::MigrateArguments),
    /// Copies the books from SQLite into an empty PostgreSQL database and proves that nothing is missing; the daemon stands still
    MoveToPostgresql(move_to_postgresql::MoveArguments),
    /// Writes the books, the mails and the key into one tar archive, while the daemon works
    Backup(backup::BackupArguments),
    /// Reads one file from standard input in a locked-in process (used by the daemon itself)
    #[command(hide = true)]
    ReadFile,
    /// Shows one page in a locked-in process (used by the daemon itself)
    #[command(hide = true)]
    ShowPage,
    /// Becomes tesseract with limits on what it may use and reach (used by the daemon itself)
    #[command(hide = true)]
    Recognise(exec::Arguments),
    /// Recognises one picture in a locked-in process (used by the daemon itself)
    #[cfg(feature = "ppocr")]
    #[command(hide = true)]
    RecogniseHere(ppocr::Arguments),
    /// Prints the annotated sample of the configuration
    ConfigSample,
    /// Prints what every key of the configuration means (docs/CONFIG.md)
    ConfigReference,
    /// Prints docs/STATES.md
    #[command(hide = true)]
    StatesReference,
    /// Prints docs/CHECKS.md
    #[command(hide = true)]
    ChecksReference,
}

/// Looked for in the working directory.
const CONFIG_FILE: &str = "countinghouse.toml";
/// Where the demo lays out its office.
const DEMO_FOLDER: &str = "countinghouse-demo";
/// The demo's office, for whoever looks in beside its folder.
const EMBEDDED: &str = include_str!("../../config/demo/countinghouse.toml");

/// What every command gets besides its own arguments.
pub struct Context {
    /// The file named on the command line.
    pub config_file: Option<PathBuf>,
    /// JSON instead of tables.
    pub json: bool,
    /// This program, for the reader's child processes.
    pub executable: PathBuf,
}

impl Context {
    /// Reads the configuration: named on the command line, else by COUNTINGHOUSE_CONFIG, else in the working directory, else
    /// the embedded one of the demo's office.
    ///
    /// # Errors
    /// Everything wrong with it.
    pub fn config(&self) -> Result<Config, ConfigError> {
        let laid_out = Path::new(DEMO_FOLDER).join(CONFIG_FILE).exists();
        if self.has_config() || !laid_out {
            return self.own_config();
        }
        eprintln!(
            "countinghouse: no {CONFIG_FILE} here: this is the demo's office in {DEMO_FOLDER}/"
        );
        let parsed = Config::parse(EMBEDDED, Path::new(DEMO_FOLDER));
        parsed.map_err(|problems| ConfigError {
            file: Path::new(DEMO_FOLDER).join(CONFIG_FILE),
            problems,
        })
    }

    /// The same without the embedded one: a daemon never works for the demo's office because a file is missing.
    ///
    /// # Errors
    /// As `config`.
    pub fn own_config(&self) -> Result<Config, ConfigError> {
        let named = self.named_config();
        Config::load(&named.unwrap_or_else(|| PathBuf::from(CONFIG_FILE)))
    }

    /// Whether a file is named, or stands in the working directory.
    pub fn has_config(&self) -> bool {
        self.named_config().is_some() || Path::new(CONFIG_FILE).exists()
    }

    fn named_config(&self) -> Option<PathBuf> {
        let named = self.config_file.clone();
        named.or_else(secret::config_file_from_environment)
    }
}

/// Parses the arguments, does the command, turns what happened into an exit code.
pub fn main() -> ExitCode {
    let arguments = Arguments::parse();
    // Child processes begin here: before any thread, any file, any runtime.
    if matches!(arguments.command, Command::ReadFile) {
        return child::main(child::Purpose::Words);
    }
    if matches!(arguments.command, Command::ShowPage) {
        return child::main(child::Purpose::Pictures);
    }
    if let Command::Recognise(how) = &arguments.command {
        return exec::main(how);
    }
    #[cfg(feature = "ppocr")]
    if let Command::RecogniseHere(how) = &arguments.command {
        return ppocr::main(how);
    }
    #[cfg(debug_assertions)]
    if let Some(death) = arguments.die_at {
        failpoint::arm(death);
    }
    #[cfg(debug_assertions)]
    if let Err(failure) = to_come::learn(&arguments.and_migration) {
        return tell(&failure.into());
    }
    let executable = std::env::current_exe().unwrap_or_else(|_| PathBuf::from("/proc/self/exe"));
    let context = Context {
        config_file: arguments.config,
        json: arguments.json,
        executable,
    };
    let done = match page(&arguments.command) {
        Some(page) => print(&page),
        None => on_runtime(arguments.command, &context),
    };
    match done {
        Ok(code) => code,
        Err(failure) => tell(&failure),
    }
}

/// What needs nothing but this program's own text.
fn page(command: &Command) -> Option<String> {
    if matches!(command, Command::ConfigSample) {
        return Some(crate::config::sample::annotated_sample());
    }
    if matches!(command, Command::ConfigReference) {
        return Some(crate::config::sample::reference());
    }
    if matches!(command, Command::ChecksReference) {
        return Some(pages::checks());
    }
    matches!(command, Command::StatesReference).then(pages::states)
}

fn on_runtime(command: Command, context: &Context) -> anyhow::Result<ExitCode> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        match command {
            Command::Demo(arguments) => demo::demo(context, arguments).await,
            Command::Run => run::run(context).await,
            Command::Check(arguments) => check::check(context, arguments).await,
            Command::Inspect(arguments) => inspect::inspect(context, arguments).await,
            Command::Process(arguments) => process::process(context, arguments).await,
            Command::Status => status::status(context).await,
            Command::Migrate(arguments) => migrate::migrate(context, arguments).await,
            Command::MoveToPostgresql(arguments) => {
                move_to_postgresql::move_to_postgresql(context, arguments).await
            }
            Command::Backup(arguments) => backup::backup(context, arguments).await,
            Command::Messages(command) => messages::messages(context, command).await,
            Command::Mailbox(command) => mailbox::mailbox(context, command).await,
            Command::Auth(arguments) => auth::auth(context, arguments).await,
            Command::Documents(command) => documents::documents(context, command).await,
            Command::Bills(command) => bills::bills(context, command).await,
            Command::Approvals(command) => approvals::approvals(context, command).await,
            Command::Payments(command) => payments::payments(context, command).await,
            Command::Pay(command) => pay::pay(context, command).await,
            Command::Invoices(command) => invoices::invoices(context, command).await,
            Command::Cash(command) => cash::cash(context, command).await,
            Command::Remittances(command) => remittances::remittances(context, command).await,
            Command::Reminders(command) => reminders::reminders(context, command).await,
            Command::Exceptions(command) => exceptions::exceptions(context, command).await,
            Command::Outbound(command) => outbound::outbound(context, command).await,
            Command::Audit(command) => audit::audit(context, command).await,
            Command::Memories(command) => memories::memories(context, command).await,
            Command::Suppliers(command) => parties::suppliers(context, command).await,
            Command::Orders(command) => orders::orders(context, command).await,
            Command::SupplierAccounts(command) => {
                supplier_accounts::supplier_accounts(context, command).await
            }
            Command::Customers(command) => parties::customers(context, command).await,
            Command::Import(command) => import::import(context, command).await,
            Command::Export(command) => export::export(context, command).await,
            Command::Report(command) => report::report(context, command).await,
            Command::Ocr(command) => ocr::ocr(context, command),
            Command::ReadFile
            | Command::ShowPage
            | Command::Recognise(_)
            | Command::ConfigSample
            | Command::ConfigReference
            | Command::StatesReference
            | Command::ChecksReference => {
                unreachable!("answered before the runtime began")
            }
            #[cfg(feature = "ppocr")]
            Command::RecogniseHere(_) => unreachable!("answered before the runtime began"),
        }
    })
}

/// Says what failed and gives the exit code that fits.
fn tell(failure: &anyhow::Error) -> ExitCode {
    eprintln!(
        "countinghouse: {}",
        crate::basics::text::chain(failure.as_ref())
    );
    let misconfigured = |cause: &(dyn std::error::Error + 'static)| {
        cause.is::<ConfigError>() || cause.is::<Misconfigured>()
    };
    if failure.chain().any(misconfigured) {
        return ExitCode::from(2);
    }
    let needs_migration = |cause: &(dyn std::error::Error + 'static)| {
        matches!(
            cause.downcast_ref::<StoreError>(),
            Some(StoreError::MigrationNeeded { .. })
        )
    };
    if failure.chain().any(needs_migration) {
        ExitCode::from(3)
    } else {
        ExitCode::from(1)
    }
}

/// Writes to standard output; a closed pipe is nobody's fault.
///
/// # Errors
/// Anything else the system says.
pub fn print(text: &str) -> anyhow::Result<ExitCode> {
    use std::io::Write;
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(error.into()),
        Err(_) | Ok(()) => Ok(ExitCode::SUCCESS),
    }
}
