//! The command line: one file per command. Tables for people, one JSON object a line with `--json`.

pub mod check;
pub mod demo;
pub mod inspect;
pub mod pages;
pub mod run;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::config::{Config, ConfigError, secret};
use crate::io::store::StoreError;

/// Works a company's finance mailboxes: bills, approvals by mail, remittances, cash application, reminders.
#[derive(Parser)]
#[command(name = "countinghouse", version, max_term_width = 100)]
pub struct Arguments {
    /// Configuration file (default: $COUNTINGHOUSE_CONFIG, then ./countinghouse.toml)
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// One JSON object a line instead of tables
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// The main job on sample mail: no network, no server, nothing to configure
    Demo(demo::DemoArguments),
    /// The daemon
    Run(run::RunArguments),
    /// Names every problem of the configuration at once; with --connect tries the servers and changes nothing
    Check(check::CheckArguments),
    /// What the daemon would make of these files; changes nothing, needs no database
    Inspect(inspect::InspectArguments),
    /// Reads one file from standard input in a locked-in process (used by the daemon itself)
    #[command(hide = true)]
    ReadFile,
    /// Prints the annotated sample of the configuration
    #[command(hide = true)]
    ConfigSample,
    /// Prints docs/CONFIG.md
    #[command(hide = true)]
    ConfigReference,
    /// Prints docs/STATES.md
    #[command(hide = true)]
    StatesReference,
}

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
    /// Reads the configuration: named on the command line, else by COUNTINGHOUSE_CONFIG, else in the working directory.
    ///
    /// # Errors
    /// Everything wrong with it.
    pub fn config(&self) -> Result<Config, ConfigError> {
        let file = self
            .config_file
            .clone()
            .or_else(secret::config_file_from_environment);
        Config::load(&file.unwrap_or_else(|| PathBuf::from("countinghouse.toml")))
    }
}

/// Parses the arguments, does the command, turns what happened into an exit code.
pub fn main() -> ExitCode {
    let arguments = Arguments::parse();
    // The reader's child begins here: before any thread, any file, any runtime.
    if matches!(arguments.command, Command::ReadFile) {
        return crate::io::reader::child::main();
    }
    let executable = std::env::current_exe().unwrap_or_else(|_| PathBuf::from("/proc/self/exe"));
    let context = Context {
        config_file: arguments.config,
        json: arguments.json,
        executable,
    };
    let done = match arguments.command {
        Command::ConfigSample => print(&crate::config::sample::annotated_sample()),
        Command::ConfigReference => print(&crate::config::sample::reference()),
        Command::StatesReference => print(&pages::states()),
        command => on_runtime(command, &context),
    };
    match done {
        Ok(code) => code,
        Err(failure) => tell(&failure),
    }
}

fn on_runtime(command: Command, context: &Context) -> anyhow::Result<ExitCode> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        match command {
            Command::Demo(arguments) => demo::demo(context, arguments).await,
            Command::Run(arguments) => run::run(context, arguments).await,
            Command::Check(arguments) => check::check(context, arguments).await,
            Command::Inspect(arguments) => inspect::inspect(context, arguments).await,
            Command::ReadFile
            | Command::ConfigSample
            | Command::ConfigReference
            | Command::StatesReference => {
                unreachable!("answered before the runtime began")
            }
        }
    })
}

/// Says what failed and gives the exit code that fits.
fn tell(failure: &anyhow::Error) -> ExitCode {
    eprintln!("countinghouse: {}", crate::worker::chain(failure.as_ref()));
    if failure.downcast_ref::<ConfigError>().is_some() {
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
