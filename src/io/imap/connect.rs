//! From a TCP connection to a session that is encrypted and logged in.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use imap_proto::{Capability, Response, ResponseCode};
use secrecy::zeroize::{Zeroize, Zeroizing};
use secrecy::{ExposeSecret, SecretString};

use super::ImapAccount;
use super::error::ImapError;
use super::runner::{Command, Done, Runner};
use crate::formats::imap_name::quote;
use crate::formats::oauth::{Mechanism, challenge};
use crate::io::login::Proof;
use crate::io::net::{self, Security};
use crate::io::oauth::TokenSource;

/// A server takes a command line of 8192 octets at least (RFC 7162 section 4); the tag and its blank are part of it.
const MAX_COMMAND_BYTES: usize = 8_000;

/// What the server can do beyond the standard, upper case; the last list it told counts.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Abilities(Vec<String>);

impl Abilities {
    pub(super) fn has(&self, name: &str) -> bool {
        self.0.iter().any(|known| known == name)
    }

    fn learn(&mut self, response: &Response<'_>) {
        if let Response::Capabilities(list) = response {
            self.replace(list);
        }
        if let Response::Data { outcome, .. } | Response::Done { outcome, .. } = response
            && let Some(ResponseCode::Capabilities(list)) = &outcome.code
        {
            self.replace(list);
        }
    }

    fn replace(&mut self, list: &[Capability<'_>]) {
        let name = |capability: &Capability<'_>| match capability {
            Capability::Imap4rev1 => "IMAP4REV1".to_owned(),
            Capability::Auth(mechanism) => format!("AUTH={}", mechanism.to_uppercase()),
            Capability::Atom(atom) => atom.to_uppercase(),
        };
        self.0 = list.iter().map(name).collect();
    }
}

/// Connects, raises to TLS as the account demands, and logs in.
pub(super) async fn connect(account: &ImapAccount) -> Result<(Runner, Abilities), ImapError> {
    let server = &account.server;
    let tcp = net::open_tcp(server).await?;
    let mut abilities = Abilities::default();
    let mut runner = match server.security {
        Security::Tls => Runner::new(Box::new(net::start_tls(server, tcp).await?), server.timeout),
        Security::StartTls | Security::None => Runner::new(Box::new(tcp), server.timeout),
    };
    let known = runner
        .greeting(|response| abilities.learn(response))
        .await?;
    if server.security == Security::StartTls {
        // A server that knows us before TLS would let anyone between us answer in its place (RFC 9051 section 11.1).
        if known {
            return Err(ImapError::NoStartTls {
                server: server.to_string(),
            });
        }
        runner = raise(account, runner).await?;
        abilities = Abilities::default();
    }
    if !known {
        ask_abilities(&mut runner, &mut abilities).await?;
        log_in(account, &mut runner, &abilities).await?;
        // What it can do may be more once it knows us; Exchange tells MOVE only now.
        abilities = Abilities::default();
    }
    ask_abilities(&mut runner, &mut abilities).await?;
    Ok((runner, abilities))
}

async fn raise(account: &ImapAccount, mut runner: Runner) -> Result<Runner, ImapError> {
    let server = &account.server;
    let refused = || ImapError::NoStartTls {
        server: server.to_string(),
    };
    match runner
        .ask(Command::new("STARTTLS", "STARTTLS"), |_| {})
        .await
    {
        Ok(Done::Ok { .. }) => {}
        Ok(Done::No { .. }) | Err(ImapError::Bad { .. }) => return Err(refused()),
        Err(error) => return Err(error),
    }
    let stream = runner.into_stream().ok_or_else(refused)?;
    let encrypted = net::start_tls(server, stream).await?;
    Ok(Runner::new(Box::new(encrypted), server.timeout))
}

async fn ask_abilities(runner: &mut Runner, abilities: &mut Abilities) -> Result<(), ImapError> {
    if *abilities == Abilities::default() {
        runner
            .run(Command::new("CAPABILITY", "CAPABILITY"), |response| {
                abilities.learn(response)
            })
            .await?;
    }
    Ok(())
}

async fn log_in(
    account: &ImapAccount,
    runner: &mut Runner,
    abilities: &Abilities,
) -> Result<(), ImapError> {
    let user = &account.user;
    let done = match &account.proof {
        Proof::Token(source) => return log_in_by_token(account, source, runner, abilities).await,
        Proof::Password(password) if abilities.has("AUTH=PLAIN") => {
            authenticate_plain(runner, user, password).await
        }
        Proof::Password(password) => login(runner, user, password).await,
    };
    let refused = |answer| ImapError::LoginRefused {
        user: user.clone(),
        answer,
    };
    match done {
        Ok(Done::Ok { .. }) => Ok(()),
        Ok(Done::No { answer, .. }) | Err(ImapError::Bad { answer, .. }) => Err(refused(answer)),
        Err(error) => Err(error),
    }
}

/// By an access token, and by another one if the server does not take it: it may have been withdrawn before its end.
async fn log_in_by_token(
    account: &ImapAccount,
    source: &Arc<TokenSource>,
    runner: &mut Runner,
    abilities: &Abilities,
) -> Result<(), ImapError> {
    let user = &account.user;
    let failed = |source| ImapError::Token {
        user: user.clone(),
        source: Box::new(source),
    };
    let refused = |answer| ImapError::LoginRefused {
        user: user.clone(),
        answer,
    };
    let mechanism = source
        .mechanism(|name| abilities.has(&format!("AUTH={name}")))
        .ok_or(ImapError::NoTokenMechanism)?;
    let at_once = abilities.has("SASL-IR");
    let token = source.token().await.map_err(failed)?;
    let how = (mechanism, at_once);
    let Some(answer) = authenticate_by_token(account, runner, how, &token).await? else {
        return Ok(());
    };
    let Some(other) = source.another(&token).await.map_err(failed)? else {
        return Err(refused(answer));
    };
    match authenticate_by_token(account, runner, how, &other).await? {
        None => Ok(()),
        Some(answer) => Err(refused(answer)),
    }
}

/// SASL OAUTHBEARER or XOAUTH2, the token with the command where the server takes it so (SASL-IR, RFC 4959). Gives why it was
/// refused.
async fn authenticate_by_token(
    account: &ImapAccount,
    runner: &mut Runner,
    (mechanism, at_once): (Mechanism, bool),
    token: &SecretString,
) -> Result<Option<String>, ImapError> {
    let at = (account.server.host.as_str(), account.server.port);
    let response = mechanism.initial_response(&account.user, at, token.expose_secret());
    let response = Zeroizing::new(response.ok_or_else(|| ImapError::Unspeakable {
        purpose: "a user name",
        text: account.user.clone(),
    })?);
    let name = mechanism.name();
    let farewell = mechanism.farewell();
    let all = Zeroizing::new(format!("AUTHENTICATE {name} {}", response.as_str()));
    let bare = format!("AUTHENTICATE {name}");
    let command = if at_once && all.len() <= MAX_COMMAND_BYTES {
        Command {
            name: "AUTHENTICATE",
            text: &all,
            continuations: &[farewell],
        }
    } else {
        Command {
            name: "AUTHENTICATE",
            text: &bare,
            continuations: &[&response, farewell],
        }
    };
    let mut reasons = None;
    let done = runner
        .ask(command, |response| {
            if let Response::Continue(outcome) = response
                && let Some(text) = &outcome.information
            {
                reasons = challenge(text).or(reasons.take());
            }
        })
        .await;
    let answer = match done {
        Ok(Done::Ok { .. }) => return Ok(None),
        Ok(Done::No { answer, .. }) => answer,
        // After a BAD the connection is gone: another token would find nobody to take it.
        Err(ImapError::Bad { answer, .. }) => {
            return Err(ImapError::LoginRefused {
                user: account.user.clone(),
                answer: with_reasons(answer, reasons),
            });
        }
        Err(error) => return Err(error),
    };
    Ok(Some(with_reasons(answer, reasons)))
}

fn with_reasons(answer: String, reasons: Option<String>) -> String {
    match reasons {
        Some(reasons) => format!("{answer} ({reasons})"),
        None => answer,
    }
}

/// SASL PLAIN (RFC 4616): carries any password.
async fn authenticate_plain(
    runner: &mut Runner,
    user: &str,
    password: &SecretString,
) -> Result<Done, ImapError> {
    let password = password.expose_secret();
    if user.contains('\0') || password.contains('\0') {
        return Err(ImapError::Unspeakable {
            purpose: "a user name or password",
            text: user.to_owned(),
        });
    }
    let mut plain = format!("\0{user}\0{password}");
    let mut answer = STANDARD.encode(&plain);
    let command = Command {
        name: "AUTHENTICATE",
        text: "AUTHENTICATE PLAIN",
        continuations: &[&answer],
    };
    let done = runner.ask(command, |_| {}).await;
    plain.zeroize();
    answer.zeroize();
    done
}

/// The old way, for servers without SASL: ASCII only.
async fn login(
    runner: &mut Runner,
    user: &str,
    password: &SecretString,
) -> Result<Done, ImapError> {
    let unspeakable = |purpose, text: &str| ImapError::Unspeakable {
        purpose,
        text: text.to_owned(),
    };
    let quoted_user = quote(user).ok_or_else(|| unspeakable("a user name", user))?;
    let mut quoted =
        quote(password.expose_secret()).ok_or_else(|| unspeakable("a password", ""))?;
    let mut text = format!("LOGIN {quoted_user} {quoted}");
    let done = runner.ask(Command::new("LOGIN", &text), |_| {}).await;
    text.zeroize();
    quoted.zeroize();
    done
}
