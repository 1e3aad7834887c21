//! A URL something is asked at.

use super::Security;

/// A URL, taken apart.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Endpoint {
    /// Name or address.
    pub host: String,
    /// Its port, named or usual.
    pub port: u16,
    /// TLS, or none on this machine.
    pub security: Security,
    /// Path and query; it begins with `/`.
    pub path: String,
}

impl Endpoint {
    /// `https://host[:port][/path]`; `http` only for this machine. What could break out of the request line or the Host field is
    /// no URL.
    ///
    /// # Errors
    /// What it must be; it begins behind the name of the key.
    pub fn parse(url: &str, example: &str) -> Result<Self, String> {
        let shape = || format!("must be a URL such as {example}");
        if url.contains(|c: char| c.is_control() || c.is_whitespace() || c == '@' || c == '#') {
            return Err(shape());
        }
        let (scheme, rest) = url.split_once("://").ok_or_else(shape)?;
        let (security, usual) = match scheme {
            "https" => (Security::Tls, 443),
            "http" => (Security::None, 80),
            _ => return Err(shape()),
        };
        let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
        let (host, port) = match authority.rsplit_once(':') {
            Some((host, port)) => (host, port.parse().map_err(|_| shape())?),
            None => (authority, usual),
        };
        if host.is_empty() || host.contains(['?', '/']) {
            return Err(shape());
        }
        let is_local = matches!(host, "localhost" | "127.0.0.1");
        if security == Security::None && !is_local {
            return Err(
                "sends what is asked readable over the network: http only on this machine".into(),
            );
        }
        Ok(Self {
            host: host.to_owned(),
            port,
            security,
            path: format!("/{path}"),
        })
    }
}
