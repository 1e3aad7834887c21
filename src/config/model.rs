//! `[model]`: the optional language model. Without an endpoint it is off and nothing ever leaves the house.

use std::path::Path;

use toml::Value;

use super::read::{Section, flag, number, text};
use super::secret::{self, SecretSource};
use super::values::path_in;
use super::{Security, Server};

/// `[model]`, when it has an endpoint.
#[derive(Clone, Debug)]
pub struct Model {
    /// The server of the endpoint.
    pub server: Server,
    /// Path and query of its URL.
    pub path: String,
    /// The model's name.
    pub name: String,
    /// The key.
    pub key: Option<SecretSource>,
    /// Characters of a document that are sent.
    pub max_text_chars: usize,
    /// Accounts are blacked out.
    pub hide_accounts: bool,
    /// The longest answer, in tokens.
    pub max_answer_tokens: u32,
    /// Questions a day.
    pub max_requests_per_day: u32,
    /// Tokens a day.
    pub max_tokens_per_day: u64,
}

/// Reads it; nothing without an endpoint.
pub fn read(s: Section<'_>, folder: &Path) -> Option<Model> {
    let timeout_seconds = s.get("timeout_seconds", 30, number(1_u16, 120));
    let endpoint = s.optional("endpoint", endpoint);
    let name = s.optional("name", text);
    let is_on = endpoint.is_some();
    if is_on && name.is_none() {
        s.problem("name", "is missing: an endpoint needs the name of a model");
    }
    let ca_file = s.optional("ca_file", path_in(folder));
    let key = secret::source(&s, ["key_file", "key_env", "key_credential"], folder);
    let max_text_chars = s.get("max_text_chars", 6_000, number(200_i64, 50_000));
    let hide_accounts = s.get("hide_accounts", true, flag);
    let max_answer_tokens = s.get("max_answer_tokens", 400, number(50_u32, 4_000));
    let max_requests_per_day = s.get("max_requests_per_day", 200, number(1_u32, 100_000));
    let max_tokens_per_day = s.get("max_tokens_per_day", 500_000, number(1_i64, 1_000_000_000));
    s.finish();
    let Endpoint {
        host,
        port,
        security,
        path,
    } = endpoint?;
    Some(Model {
        server: Server {
            host,
            port,
            security,
            user: None,
            password: None,
            ca_file,
            timeout_seconds,
        },
        path,
        name: name?,
        key,
        max_text_chars: usize::try_from(max_text_chars).unwrap_or(usize::MAX),
        hide_accounts,
        max_answer_tokens,
        max_requests_per_day,
        max_tokens_per_day: max_tokens_per_day.unsigned_abs(),
    })
}

struct Endpoint {
    host: String,
    port: u16,
    security: Security,
    path: String,
}

/// `https://host[:port]/path`. What could break out of the request line or the Host field is no URL.
fn endpoint(value: &Value) -> Result<Endpoint, String> {
    let url = text(value)?;
    let shape = || "must be a URL such as https://llm.example.com/v1/chat/completions".to_owned();
    if url.contains(|c: char| c.is_control() || c.is_whitespace() || c == '@' || c == '#') {
        return Err(shape());
    }
    let (scheme, rest) = url.split_once("://").ok_or_else(shape)?;
    let (security, usual) = match scheme {
        "https" => (Security::Tls, 443),
        "http" => (Security::None, 80),
        _ => return Err(shape()),
    };
    let (authority, path) = rest.split_once('/').ok_or_else(shape)?;
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) => (host, port.parse().map_err(|_| shape())?),
        None => (authority, usual),
    };
    let is_local = matches!(host, "localhost" | "127.0.0.1");
    if host.is_empty() {
        return Err(shape());
    }
    if security == Security::None && !is_local {
        return Err("sends documents readable over the network: http only on this machine".into());
    }
    Ok(Endpoint {
        host: host.to_owned(),
        port,
        security,
        path: format!("/{path}"),
    })
}
