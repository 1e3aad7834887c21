//! `[[oauth]]`: where access tokens come from that let us into mail servers instead of a password.

use std::path::{Path, PathBuf};

use toml::{Table, Value};

use super::endpoint::Endpoint;
use super::read::{Problem, Problems, Section, number, parsed, text};
use super::secret::{self, SecretSource};
use super::values::{path_in, short_name};
use super::{MailboxSource, OutgoingTarget, Server};
use crate::basics::calendar::{Date, parse_iso_date};

const EXAMPLE: &str = "https://login.microsoftonline.com/TENANT/v2.0";

/// `[[oauth]]`.
#[derive(Clone, Debug)]
pub struct Oauth {
    /// By what mailboxes refer to it.
    pub name: String,
    /// How tokens are asked for.
    pub grant: Grant,
    /// Where.
    pub provider: Provider,
    /// Where a person signs in from another device; the provider's metadata may name it.
    pub device_endpoint: Option<Endpoint>,
    /// Who we are there.
    pub client_id: String,
    /// What proves it.
    pub client_secret: Option<SecretSource>,
    /// The last day of that secret.
    pub client_secret_ends: Option<Date>,
    /// The first refresh token, where it is not got by `countinghouse auth`.
    pub refresh_token: Option<SecretSource>,
    /// What is asked for.
    pub scope: Option<String>,
    /// Which SASL mechanisms may be used.
    pub mechanism: Wanted,
    /// Certificates to trust besides the system's.
    pub ca_file: Option<PathBuf>,
    /// How long a whole answer may take.
    pub timeout_seconds: u16,
}

/// How tokens are asked for (RFC 6749 sections 4.4 and 6).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Grant {
    /// For this program itself, which the administrator has given rights on mailboxes.
    ClientCredentials,
    /// For a person who signed in once.
    RefreshToken,
}

/// Where tokens are asked for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Provider {
    /// Here.
    Token(Endpoint),
    /// Where the metadata of this issuer says.
    Issuer(Endpoint),
}

/// Which of the two SASL mechanisms.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Wanted {
    /// The standard one where the server offers it, else the other.
    Any,
    /// OAUTHBEARER.
    OauthBearer,
    /// XOAUTH2.
    Xoauth2,
}

/// Reads them all.
pub fn read(root: &Table, folder: &Path, problems: &Problems) -> Vec<Oauth> {
    let mut all = Vec::<Oauth>::new();
    for section in Section::repeated(root, "oauth", problems) {
        let one = one(&section, folder);
        if let Some(one) = &one
            && all.iter().any(|other| other.name == one.name)
        {
            section.problem("name", "is the name of another [[oauth]] too");
        }
        section.finish();
        all.extend(one);
    }
    all
}

fn one(s: &Section<'_>, folder: &Path) -> Option<Oauth> {
    let name = s.optional("name", short_name);
    let client_id = s.optional("client_id", text);
    for (key, is_there) in [("name", name.is_some()), ("client_id", client_id.is_some())] {
        if !is_there {
            s.problem(key, "is missing");
        }
    }
    let grant = s.get("grant", Grant::ClientCredentials, parsed(GRANTS, grant));
    let mechanism = s.get("mechanism", Wanted::Any, parsed(MECHANISMS, mechanism));
    let client_secret = secret::source(s, CLIENT_SECRET, folder);
    if grant == Grant::ClientCredentials && client_secret.is_none() {
        s.problem(
            "client_secret_file",
            "is missing: client_credentials need one of client_secret_file, client_secret_env and client_secret_credential",
        );
    }
    let day = parsed("a day such as 2027-11-30", parse_iso_date);
    let client_secret_ends = s.optional("client_secret_ends", day);
    let refresh_token = secret::source(s, REFRESH_TOKEN, folder);
    let device_endpoint = s.optional("device_endpoint", url);
    let scope = s.optional("scope", text);
    let ca_file = s.optional("ca_file", path_in(folder));
    // Two answers, and the wait for another process, come on top of a mail server's while a mail is being sent.
    let timeout_seconds = s.get("timeout_seconds", 20, number(1_u16, 30));
    let provider = provider(s);
    Some(Oauth {
        name: name?,
        grant,
        provider: provider?,
        device_endpoint,
        client_id: client_id?,
        client_secret,
        client_secret_ends,
        refresh_token,
        scope,
        mechanism,
        ca_file,
        timeout_seconds,
    })
}

const GRANTS: &str = "`client_credentials` or `refresh_token`";
const MECHANISMS: &str = "`any`, `oauthbearer` or `xoauth2`";
const CLIENT_SECRET: [&str; 3] = [
    "client_secret_file",
    "client_secret_env",
    "client_secret_credential",
];
const REFRESH_TOKEN: [&str; 3] = [
    "refresh_token_file",
    "refresh_token_env",
    "refresh_token_credential",
];

fn grant(text: &str) -> Option<Grant> {
    match text {
        "client_credentials" => Some(Grant::ClientCredentials),
        "refresh_token" => Some(Grant::RefreshToken),
        _ => None,
    }
}

fn mechanism(text: &str) -> Option<Wanted> {
    match text {
        "any" => Some(Wanted::Any),
        "oauthbearer" => Some(Wanted::OauthBearer),
        "xoauth2" => Some(Wanted::Xoauth2),
        _ => None,
    }
}

fn url(value: &Value) -> Result<Endpoint, String> {
    Endpoint::parse(&text(value)?, EXAMPLE)
}

fn provider(s: &Section<'_>) -> Option<Provider> {
    let issuer = s.optional("issuer", url);
    match (s.optional("token_endpoint", url), issuer) {
        (Some(endpoint), _) => Some(Provider::Token(endpoint)),
        (None, Some(issuer)) => Some(Provider::Issuer(issuer)),
        (None, None) => {
            s.problem(
                "issuer",
                "is missing: name the issuer or its token_endpoint",
            );
            None
        }
    }
}

/// Every `oauth = NAME` must name one that is there.
pub fn names_are_known<'c>(
    all: &[Oauth],
    mailboxes: impl Iterator<Item = &'c MailboxSource>,
    outgoing: &OutgoingTarget,
    problems: &Problems,
) {
    let mut used = Vec::new();
    for (source, number) in mailboxes.zip(1..) {
        if let MailboxSource::Imap { server, .. } = source {
            used.push((format!("mailbox[{number}].oauth"), server));
        }
    }
    if let OutgoingTarget::Smtp(server) = outgoing {
        used.push(("outgoing.oauth".to_owned(), server));
    }
    for (key, Server { oauth, .. }) in used {
        let Some(name) = oauth else { continue };
        if !all.iter().any(|one| one.name == *name) {
            problems.add(Problem {
                key,
                value: format!("\"{name}\""),
                reason: "has no [[oauth]] of that name".into(),
                example: format!("[[oauth]]\n    name = \"{name}\""),
            });
        }
    }
}
