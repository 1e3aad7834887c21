//! `auth`: a person signs in once, so that the daemon gets access tokens for the mailboxes.

use std::process::ExitCode;

use clap::Args;

use super::output::{Printer, Record};
use super::{Context, print};
use crate::basics::text::chain;
use crate::config::oauth::Grant;
use crate::io::clock::Clock;
use crate::io::oauth::{Standing, TokenSource, TokenSources};
use crate::setup::{self, Misconfigured};

/// Arguments of `auth`.
#[derive(Args)]
pub struct AuthArguments {
    /// The [[oauth]] of the configuration to sign in for
    name: Option<String>,
}

/// Signs in and keeps the refresh token, beside a running daemon too: it takes it with its next token. For client credentials,
/// tries whether a token is given.
///
/// # Errors
/// Why nobody is signed in.
pub async fn auth(context: &Context, arguments: AuthArguments) -> anyhow::Result<ExitCode> {
    let config = context.config()?;
    let printer = Printer {
        json: context.json,
        zone: config.company.time_zone.clone(),
    };
    let sources = setup::token_sources(&config, &Clock::system());
    let Some(name) = arguments.name else {
        let mut is_well = true;
        let rows = sources.all().map(|source| match source.standing() {
            Ok(standing) => row(&standing),
            Err(failure) => {
                is_well = false;
                Record::new()
                    .with("oauth", source.name())
                    .with("problem", chain(&failure))
            }
        });
        let rows = rows.collect::<Vec<_>>();
        let columns = [
            "oauth",
            "grant",
            "signed_in_at",
            "refresh_token_ends",
            "client_secret_ends",
            "problem",
        ];
        let listed = printer.list(&rows, &columns)?;
        return Ok(if is_well { listed } else { ExitCode::FAILURE });
    };
    let source = sources
        .named(&name)
        .ok_or_else(|| unknown(&name, &sources))?;
    let standing = source.standing()?;
    if standing.grant == Grant::ClientCredentials {
        source.token().await?;
        return printer.page(&row(&standing));
    }
    let sign_in = source.begin_sign_in().await?;
    print(&invitation(context, &name, sign_in.invitation()))?;
    let standing = sign_in.wait().await?;
    printer.page(&row(&standing))
}

fn unknown(name: &str, sources: &TokenSources) -> Misconfigured {
    let known = sources.all().map(TokenSource::name).collect::<Vec<_>>();
    let known = if known.is_empty() {
        "none".to_owned()
    } else {
        known.join(", ")
    };
    Misconfigured::new(format!(
        "there is no [[oauth]] {name}; the configuration has {known}"
    ))
}

fn invitation(context: &Context, name: &str, (uri, code, seconds): (&str, &str, u64)) -> String {
    if context.json {
        let object = serde_json::json!({"oauth": name, "verification_uri": uri, "user_code": code, "expires_in_seconds": seconds});
        return format!("{object}\n");
    }
    let minutes = seconds / 60;
    format!(
        "Open {uri} on any device, sign in as the owner of the mailbox, and type {code}\nWaiting for at most {minutes} minutes …\n"
    )
}

fn row(standing: &Standing) -> Record {
    let grant = match standing.grant {
        Grant::ClientCredentials => "client_credentials",
        Grant::RefreshToken => "refresh_token",
    };
    Record::new()
        .with("oauth", standing.name.as_str())
        .with("grant", grant)
        .with("signed_in_at", standing.signed_in_at)
        .with("refresh_token_ends", standing.refresh_token_ends)
        .with("client_secret_ends", standing.client_secret_ends)
}
