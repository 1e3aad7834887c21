//! `run`: the daemon.

use std::io::IsTerminal;
use std::process::ExitCode;

use tracing_subscriber::EnvFilter;

use super::Context;
use crate::config::Config;

/// Runs until it is told to stop.
///
/// # Errors
/// A bad configuration, or a part of the daemon that ended.
pub async fn run(context: &Context) -> anyhow::Result<ExitCode> {
    let config = context.own_config()?;
    start_logging(&config)?;
    crate::daemon::run(config, context.executable.clone()).await?;
    Ok(ExitCode::SUCCESS)
}

/// Standard error, as the configuration says; colours only for a person.
fn start_logging(config: &Config) -> anyhow::Result<()> {
    let filter = EnvFilter::try_new(&config.log.filter)?;
    let base = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    let coloured = std::io::stderr().is_terminal();
    if config.log.json {
        base.json().init();
    } else {
        base.with_ansi(coloured).init();
    }
    Ok(())
}
