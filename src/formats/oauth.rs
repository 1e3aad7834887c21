//! What is said to and by a server that gives access tokens: token responses and refusals (RFC 6749 sections 5.1 and 5.2),
//! device responses (RFC 8628 section 3.2), metadata (RFC 8414 section 2); and what a mail server is told to be let in with such
//! a token: SASL OAUTHBEARER (RFC 7628) and its forerunner XOAUTH2. Tokens are shown nowhere, not even by Debug.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};

use crate::basics::text::one_line;

/// Longer is no token: the longest seen, with the groups of a large company in them, have some 8 KiB.
const MAX_TOKEN_BYTES: usize = 32 * 1024;
/// What a stranger's server says of a refusal is shown up to here.
const MAX_SHOWN_CHARS: usize = 300;
/// No word of a sentence is longer; a token is.
const MAX_WORD_CHARS: usize = 64;

/// An access token was given (RFC 6749 section 5.1).
#[derive(Clone, PartialEq, Eq)]
pub struct TokenAnswer {
    /// Printable ASCII without blanks: nothing that ends a line or a SASL field.
    pub access_token: String,
    /// How long it is good for.
    pub lives_seconds: Option<u64>,
    /// A refresh token that replaces the one sent, where the server rotates them.
    pub refresh_token: Option<String>,
    /// How long that one is good for; no standard names it, and servers call it `refresh_token_expires_in` or
    /// `refresh_expires_in`.
    pub refresh_lives_seconds: Option<u64>,
}

impl fmt::Debug for TokenAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenAnswer")
            .field("lives_seconds", &self.lives_seconds)
            .field("is_rotated", &self.refresh_token.is_some())
            .finish_non_exhaustive()
    }
}

/// A refusal (RFC 6749 section 5.2; RFC 8628 section 3.5 for a device that waits).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Refusal {
    /// `invalid_grant`, `authorization_pending`, ….
    pub code: String,
    /// What the server says beside it, in one line.
    pub description: String,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.code)?;
        if self.description.is_empty() {
            return Ok(());
        }
        write!(f, ": {}", self.description)
    }
}

/// Where a person signs in for this program (RFC 8628 section 3.2).
#[derive(Clone, PartialEq, Eq)]
pub struct DeviceAnswer {
    /// Sent again and again until the person has signed in: as secret as a token.
    pub device_code: String,
    /// What the person types.
    pub user_code: String,
    /// Where.
    pub verification_uri: String,
    /// For how long.
    pub lives_seconds: u64,
    /// The shortest pause between two questions.
    pub interval_seconds: u64,
}

impl fmt::Debug for DeviceAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DeviceAnswer")
            .field("user_code", &self.user_code)
            .field("verification_uri", &self.verification_uri)
            .finish_non_exhaustive()
    }
}

/// Where a provider is asked (RFC 8414 section 2, OpenID Connect Discovery 1.0 section 3).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Metadata {
    /// For tokens.
    pub token_endpoint: String,
    /// For signing in from another device.
    pub device_endpoint: Option<String>,
}

/// Why an answer cannot be used. Never what it holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum NoAnswer {
    /// Neither tokens nor a refusal.
    #[error("it is no JSON object")]
    NotJson,
    /// A field is missing or holds what it cannot hold.
    #[error("its {0} is missing or unusable")]
    Field(&'static str),
}

/// The body of a response with tokens.
///
/// # Errors
/// What about it cannot be used.
pub fn token_answer(body: &[u8]) -> Result<TokenAnswer, NoAnswer> {
    let object = object(body)?;
    let kind = object.get("token_type").and_then(Value::as_str);
    if kind.is_some_and(|kind| !kind.eq_ignore_ascii_case("bearer")) {
        return Err(NoAnswer::Field("token_type"));
    }
    let refresh_token = match object.get("refresh_token") {
        None | Some(Value::Null) => None,
        Some(_) => Some(token(&object, "refresh_token")?),
    };
    let refresh_lives = ["refresh_token_expires_in", "refresh_expires_in"]
        .into_iter()
        .find_map(|name| seconds(&object, name))
        // Some say 0 for a token without an end.
        .filter(|seconds| *seconds > 0);
    Ok(TokenAnswer {
        access_token: token(&object, "access_token")?,
        lives_seconds: seconds(&object, "expires_in"),
        refresh_token,
        refresh_lives_seconds: refresh_lives,
    })
}

/// The body of a response that refuses; nothing where it says no reason. `secrets` are what was sent in confidence: they are taken
/// out before the words are cut, so that no beginning of one is left.
pub fn refusal(body: &[u8], secrets: &[&str]) -> Option<Refusal> {
    let object = object(body).ok()?;
    let without = |text: &str| {
        let secrets = secrets.iter().filter(|secret| !secret.is_empty());
        secrets.fold(text.to_owned(), |text, secret| text.replace(secret, "(…)"))
    };
    let text = |name| {
        let said = object.get(name).and_then(Value::as_str);
        said.map(without)
            .map(|said| harmless(&said))
            .unwrap_or_default()
    };
    let code = text("error");
    (!code.is_empty()).then(|| Refusal {
        code,
        description: text("error_description"),
    })
}

/// The body of a response to a device.
///
/// # Errors
/// What about it cannot be used.
pub fn device_answer(body: &[u8]) -> Result<DeviceAnswer, NoAnswer> {
    let object = object(body)?;
    let shown = |name| {
        let text = object.get(name).and_then(Value::as_str)?;
        let text = one_line(text, MAX_SHOWN_CHARS);
        (!text.is_empty()).then_some(text)
    };
    let uri = shown("verification_uri").or_else(|| shown("verification_url"));
    Ok(DeviceAnswer {
        device_code: token(&object, "device_code")?,
        user_code: shown("user_code").ok_or(NoAnswer::Field("user_code"))?,
        verification_uri: uri.ok_or(NoAnswer::Field("verification_uri"))?,
        lives_seconds: seconds(&object, "expires_in").ok_or(NoAnswer::Field("expires_in"))?,
        // RFC 8628 section 3.2: without one it is five seconds.
        interval_seconds: seconds(&object, "interval").unwrap_or(5),
    })
}

/// The body of a provider's metadata.
///
/// # Errors
/// What about it cannot be used.
pub fn metadata(body: &[u8]) -> Result<Metadata, NoAnswer> {
    let object = object(body)?;
    let text = |name| object.get(name).and_then(Value::as_str).map(str::to_owned);
    Ok(Metadata {
        token_endpoint: text("token_endpoint").ok_or(NoAnswer::Field("token_endpoint"))?,
        device_endpoint: text("device_authorization_endpoint"),
    })
}

fn object(body: &[u8]) -> Result<Map<String, Value>, NoAnswer> {
    match serde_json::from_slice(body) {
        Ok(Value::Object(object)) => Ok(object),
        Ok(_) | Err(_) => Err(NoAnswer::NotJson),
    }
}

fn token(object: &Map<String, Value>, name: &'static str) -> Result<String, NoAnswer> {
    let text = object.get(name).and_then(Value::as_str);
    let usable = |text: &&str| {
        let length = 1..=MAX_TOKEN_BYTES;
        length.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
    };
    let text = text.filter(usable).ok_or(NoAnswer::Field(name))?;
    Ok(text.to_owned())
}

/// A number, which some servers put into quotes.
fn seconds(object: &Map<String, Value>, name: &str) -> Option<u64> {
    let value = object.get(name)?;
    let quoted = value.as_str().and_then(|text| text.parse().ok());
    value.as_u64().or(quoted)
}

/// A server's words in one line, without those that may be a token it repeats.
fn harmless(text: &str) -> String {
    let line = one_line(text, 4 * MAX_SHOWN_CHARS);
    let is_secret = |word: &str| word.len() > MAX_WORD_CHARS && !word.contains("://");
    let words = line
        .split(' ')
        .map(|word| if is_secret(word) { "(…)" } else { word });
    one_line(&words.collect::<Vec<_>>().join(" "), MAX_SHOWN_CHARS)
}

/// `application/x-www-form-urlencoded` (WHATWG URL section 5.2).
pub fn form(fields: &[(&str, &str)]) -> String {
    let mut out = String::new();
    for (name, value) in fields {
        if !out.is_empty() {
            out.push('&');
        }
        encode(name, &mut out);
        out.push('=');
        encode(value, &mut out);
    }
    out
}

fn encode(text: &str, out: &mut String) {
    for byte in text.bytes() {
        match byte {
            b' ' => out.push('+'),
            b'*' | b'-' | b'.' | b'_' => out.push(char::from(byte)),
            _ if byte.is_ascii_alphanumeric() => out.push(char::from(byte)),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
}

/// How a mail server takes a token.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mechanism {
    /// RFC 7628.
    OauthBearer,
    /// What Google made before there was a standard, and all that Exchange Online speaks.
    Xoauth2,
}

impl Mechanism {
    /// As it stands in a server's list.
    pub const fn name(self) -> &'static str {
        match self {
            Self::OauthBearer => "OAUTHBEARER",
            Self::Xoauth2 => "XOAUTH2",
        }
    }

    /// What is answered to the server's reasons, so that it may say no: RFC 7628 section 3.2.3 wants a ^A, XOAUTH2 an empty line.
    pub const fn farewell(self) -> &'static str {
        match self {
            Self::OauthBearer => "AQ==",
            Self::Xoauth2 => "",
        }
    }

    /// The initial response in base64, as secret as the token in it. `None` for a user name that would end its field.
    pub fn initial_response(
        self,
        user: &str,
        (host, port): (&str, u16),
        token: &str,
    ) -> Option<String> {
        if user.is_empty() || user.chars().any(char::is_control) {
            return None;
        }
        let said = match self {
            Self::Xoauth2 => format!("user={user}\x01auth=Bearer {token}\x01\x01"),
            Self::OauthBearer => {
                // RFC 5801 section 4: what separates the fields of the header is written otherwise in a name.
                let user = user.replace('=', "=3D").replace(',', "=2C");
                format!("n,a={user},\x01host={host}\x01port={port}\x01auth=Bearer {token}\x01\x01")
            }
        };
        Some(STANDARD.encode(said))
    }
}

/// Why a mail server does not take a token, from its base64 challenge (RFC 7628 section 3.2.2), in words.
pub fn challenge(base64: &str) -> Option<String> {
    let decoded = STANDARD.decode(base64.trim()).ok()?;
    let object = object(&decoded).ok()?;
    let said = ["status", "schemes", "scope", "error", "error_description"]
        .into_iter()
        .filter_map(|name| {
            let text = match object.get(name)? {
                Value::String(text) => harmless(text),
                Value::Number(number) => number.to_string(),
                Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => return None,
            };
            (!text.is_empty()).then(|| format!("{name} {text}"))
        });
    let words = said.collect::<Vec<_>>().join(", ");
    (!words.is_empty()).then_some(words)
}

#[cfg(test)]
mod tests;
