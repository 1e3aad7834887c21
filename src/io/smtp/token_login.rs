//! Logging in to a relay with an access token (RFC 4954 with RFC 7628, or XOAUTH2). lettre knows only the latter, and takes the
//! relay's reasons for a mistake of its own.

use std::sync::Arc;
use std::time::Duration;

use lettre::transport::smtp::client::AsyncSmtpConnection;
use lettre::transport::smtp::commands::Ehlo;
use lettre::transport::smtp::extension::ClientId;
use lettre::transport::smtp::response::Response;
use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret, SecretString};
use tokio::time::timeout;

use super::wait::within;
use super::{SmtpAccount, SmtpError};
use crate::formats::oauth::{Mechanism, challenge};
use crate::io::oauth::TokenSource;

/// RFC 5321 section 4.5.3.1.4 with CR LF; what is longer goes in a line of its own (RFC 4954 section 4).
const MAX_COMMAND_BYTES: usize = 512;
/// For the provider's answers, on top of the relay's: with them sending a mail still ends within its lease (`steps::LEASE`).
const PROVIDER_WAIT: Duration = Duration::from_secs(180);
/// The relay wants to hear more (RFC 4954 section 4).
const GO_ON: u16 = 334;

/// Logs in by a token, and by another one if the relay does not take it.
pub(super) async fn log_in(
    account: &SmtpAccount,
    login: (&str, &Arc<TokenSource>),
    connection: &mut AsyncSmtpConnection,
) -> Result<(), SmtpError> {
    let wait = account.server.timeout.saturating_add(PROVIDER_WAIT);
    let late = |_| SmtpError::NotSent {
        stage: "AUTH",
        answer: format!("no answer within {} s", wait.as_secs()),
    };
    timeout(wait, try_tokens(account, login, connection))
        .await
        .map_err(late)?
}

async fn try_tokens(
    account: &SmtpAccount,
    (user, source): (&str, &Arc<TokenSource>),
    connection: &mut AsyncSmtpConnection,
) -> Result<(), SmtpError> {
    let name = ClientId::Domain(account.hello_name.clone());
    let hello = within(
        account.server.timeout,
        "EHLO",
        connection.command(Ehlo::new(name)),
    )
    .await?;
    let refused = |answer| SmtpError::LoginRefused { answer };
    let none = || {
        let why = "the relay takes no token: it offers neither AUTH OAUTHBEARER nor XOAUTH2 as configured";
        refused(why.to_owned())
    };
    let mechanism = source
        .mechanism(|name| offers(&hello, name))
        .ok_or_else(none)?;
    let token = source.token().await?;
    let Some(answer) = attempt(account, (user, mechanism, &token), connection).await? else {
        return Ok(());
    };
    let Some(other) = source.another(&token).await? else {
        return Err(refused(answer));
    };
    match attempt(account, (user, mechanism, &other), connection).await? {
        None => Ok(()),
        Some(answer) => Err(refused(answer)),
    }
}

/// `AUTH PLAIN LOGIN XOAUTH2` among the lines of the answer to EHLO.
fn offers(hello: &Response, mechanism: &str) -> bool {
    hello.message().any(|line| {
        let mut words = line.split_whitespace();
        let is_auth = words
            .next()
            .is_some_and(|word| word.eq_ignore_ascii_case("AUTH"));
        is_auth && words.any(|word| word.eq_ignore_ascii_case(mechanism))
    })
}

/// One attempt; gives why it was refused.
async fn attempt(
    account: &SmtpAccount,
    (user, mechanism, token): (&str, Mechanism, &SecretString),
    connection: &mut AsyncSmtpConnection,
) -> Result<Option<String>, SmtpError> {
    let at = (account.server.host.as_str(), account.server.port);
    let response = mechanism.initial_response(user, at, token.expose_secret());
    let response = Zeroizing::new(response.ok_or_else(|| SmtpError::LoginRefused {
        answer: "the user name holds what no login can carry".to_owned(),
    })?);
    let name = mechanism.name();
    let at_once = Zeroizing::new(format!("AUTH {name} {}\r\n", response.as_str()));
    let alone = Zeroizing::new(format!("{}\r\n", response.as_str()));
    let bare = format!("AUTH {name}\r\n");
    let lines: &[&str] = if at_once.len() <= MAX_COMMAND_BYTES {
        &[&at_once]
    } else {
        &[&bare, &alone]
    };
    let farewell = format!("{}\r\n", mechanism.farewell());
    let mut reasons = None;
    for line in lines.iter().copied().chain([farewell.as_str()]) {
        let wait = account.server.timeout;
        let answer = within(wait, "AUTH", connection.command(line)).await;
        let answer = match answer {
            Ok(answer) => answer,
            Err(SmtpError::Refused { code, answer, .. }) => {
                let reasons = reasons.map_or_else(String::new, |words| format!(" ({words})"));
                return Ok(Some(format!("{code} {answer}{reasons}")));
            }
            Err(error) => return Err(error),
        };
        if u16::from(answer.code()) != GO_ON {
            return Ok(None);
        }
        // The relay's reasons; an invitation to go on has none.
        reasons = answer.message().find_map(challenge);
    }
    Err(SmtpError::NotSent {
        stage: "AUTH",
        answer: "the relay wants to hear more than a token".to_owned(),
    })
}
