//! The questions to a provider. Bodies hold secrets: they are wiped, and no error repeats them.

use std::time::Duration;

use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret, SecretString};

use super::OauthError;
use crate::config::endpoint::Endpoint;
use crate::config::oauth::{Oauth, Provider};
use crate::formats::http_response::HttpResponse;
use crate::formats::oauth::{self, Metadata, Refusal, TokenAnswer, form};
use crate::io::http::{Request, What, ask};
use crate::io::net::Server;

/// Tokens, metadata: a provider's answers have a few KiB.
const MAX_RESPONSE_BYTES: u64 = 256 * 1024;
/// OpenID Connect Discovery 1.0 section 4.
const WELL_KNOWN: &str = "/.well-known/openid-configuration";
const EXAMPLE: &str = "https://id.example.com/token";

/// What a token request came to.
pub(super) enum Answered {
    /// Tokens.
    Given(TokenAnswer),
    /// None, with a reason that says what to do.
    Refused(Refusal),
}

/// Where this provider is asked.
#[derive(Clone, Debug)]
pub(super) struct Endpoints {
    pub(super) token: Endpoint,
    pub(super) device: Option<Endpoint>,
}

/// As configured, or as the metadata says.
pub(super) async fn endpoints(settings: &Oauth) -> Result<Endpoints, OauthError> {
    let issuer = match &settings.provider {
        Provider::Token(token) => {
            return Ok(Endpoints {
                token: token.clone(),
                device: settings.device_endpoint.clone(),
            });
        }
        Provider::Issuer(issuer) => issuer,
    };
    let place = Endpoint {
        path: format!("{}{WELL_KNOWN}", issuer.path.trim_end_matches('/')),
        ..issuer.clone()
    };
    let response = exchange(settings, &place, What::Get).await?;
    let unreadable = |source| OauthError::Unreadable {
        name: settings.name.clone(),
        status: response.status,
        source,
    };
    let Metadata {
        token_endpoint,
        device_endpoint,
    } = oauth::metadata(&response.body).map_err(unreadable)?;
    let parsed = |url: &str| {
        Endpoint::parse(url, EXAMPLE).map_err(|why| OauthError::Unusable {
            name: settings.name.clone(),
            why: format!("an endpoint in the issuer's metadata {why}"),
        })
    };
    let device = match &settings.device_endpoint {
        Some(device) => Some(device.clone()),
        None => device_endpoint.as_deref().map(parsed).transpose()?,
    };
    Ok(Endpoints {
        token: parsed(&token_endpoint)?,
        device,
    })
}

/// A request for tokens with these fields, besides those that say who we are (RFC 6749 section 2.3.1).
pub(super) async fn tokens(
    settings: &Oauth,
    endpoint: &Endpoint,
    fields: &[(&str, &str)],
) -> Result<Answered, OauthError> {
    let Posted { response, refusal } = posted(settings, endpoint, fields).await?;
    let given = oauth::token_answer(&response.body);
    match (response.status, given, refusal) {
        (200, Ok(answer), _) => Ok(Answered::Given(answer)),
        (status, _, Some(refusal)) if status < 500 => Ok(Answered::Refused(refusal)),
        (status, Ok(_), _) => Err(unreadable(settings, status, oauth::NoAnswer::NotJson)),
        (status, Err(source), _) => Err(unreadable(settings, status, source)),
    }
}

fn unreadable(settings: &Oauth, status: u16, source: oauth::NoAnswer) -> OauthError {
    OauthError::Unreadable {
        name: settings.name.clone(),
        status,
        source,
    }
}

/// What came back to a form.
pub(super) struct Posted {
    pub(super) response: HttpResponse,
    /// The reason, where it refuses; without anything that was sent in confidence.
    pub(super) refusal: Option<Refusal>,
}

/// Fields of a form that say nothing secret; a provider that repeats any other shall not make it known.
const PUBLIC: &[&str] = &["grant_type", "client_id", "scope"];

/// Posts a form.
pub(super) async fn posted(
    settings: &Oauth,
    endpoint: &Endpoint,
    fields: &[(&str, &str)],
) -> Result<Posted, OauthError> {
    let secret = client_secret(settings)?;
    let mut all = vec![("client_id", settings.client_id.as_str())];
    if let Some(secret) = &secret {
        all.push(("client_secret", secret.expose_secret()));
    }
    if let Some(scope) = &settings.scope {
        all.push(("scope", scope));
    }
    all.extend_from_slice(fields);
    let body = Zeroizing::new(form(&all));
    let what = What::Post {
        media_type: "application/x-www-form-urlencoded",
        body: body.as_bytes(),
    };
    let response = exchange(settings, endpoint, what).await?;
    let secrets = all.iter().filter(|(name, _)| !PUBLIC.contains(name));
    let secrets = secrets.map(|(_, secret)| *secret).collect::<Vec<_>>();
    let refusal = oauth::refusal(&response.body, &secrets);
    Ok(Posted { response, refusal })
}

/// Read now, so that a new one needs no restart.
fn client_secret(settings: &Oauth) -> Result<Option<SecretString>, OauthError> {
    let read = settings.client_secret.as_ref().map(|source| source.read());
    read.transpose().map_err(|why| OauthError::Unusable {
        name: settings.name.clone(),
        why: format!("the client secret: {why}"),
    })
}

async fn exchange(
    settings: &Oauth,
    endpoint: &Endpoint,
    what: What<'_>,
) -> Result<HttpResponse, OauthError> {
    let timeout = Duration::from_secs(u64::from(settings.timeout_seconds));
    let server = Server {
        host: endpoint.host.clone(),
        port: endpoint.port,
        security: endpoint.security,
        ca_file: settings.ca_file.clone(),
        timeout,
    };
    let request = Request {
        server: &server,
        path: &endpoint.path,
        what,
        bearer: None,
        deadline: timeout,
        max_response_bytes: MAX_RESPONSE_BYTES,
    };
    ask(request).await.map_err(|source| OauthError::Http {
        name: settings.name.clone(),
        source,
    })
}
