//! From a TCP connection to a session that is encrypted and logged in.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use imap_proto::{Capability, Response, ResponseCode};
use secrecy::{ExposeSecret, SecretString, zeroize::Zeroize};

use super::ImapAccount;
use super::error::ImapError;
use super::runner::{Command, Done, Runner};
use crate::formats::imap_name::quote;
use crate::io::net::{self, Security};

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
    let done = if abilities.has("AUTH=PLAIN") {
        authenticate_plain(runner, user, &account.password).await
    } else {
        login(runner, user, &account.password).await
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
        continuation: Some(&answer),
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
