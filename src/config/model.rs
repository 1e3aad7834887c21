//! `[model]`: the optional language model. Without an endpoint it is off and nothing ever leaves the house.

use std::path::Path;

use super::Server;
use super::endpoint::Endpoint;
use super::read::{Section, flag, number, text};
use super::secret::{self, SecretSource};
use super::values::path_in;

const EXAMPLE: &str = "https://llm.example.com/v1/chat/completions";

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
    let endpoint = s.optional("endpoint", |value| {
        let endpoint = Endpoint::parse(&text(value)?, EXAMPLE)?;
        // A provider of tokens may stand at the root of its host; no model does.
        match endpoint.path.as_str() {
            "/" => Err(format!("must be a URL such as {EXAMPLE}")),
            _ => Ok(endpoint),
        }
    });
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
            oauth: None,
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
