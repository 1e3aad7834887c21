//! What single values of the file must look like.

use std::path::{Path, PathBuf};

use rust_decimal::Decimal;
use toml::Value;

use super::read::{parsed, text};
use crate::basics::address::MailAddress;
use crate::basics::currency::Currency;
use crate::basics::money::Money;

/// Whether a mailbox is a Maildir; `other` is what else it can be.
pub fn kind(other: &'static str) -> impl Fn(&Value) -> Result<bool, String> {
    move |value| match text(value)?.as_str() {
        "maildir" => Ok(true),
        name if name == other => Ok(false),
        _ => Err(format!("must be `{other}` or `maildir`")),
    }
}

/// A name for lists and logs.
pub fn short_name(value: &Value) -> Result<String, String> {
    let name = text(value)?;
    let plain = name.len() <= 40
        && name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'));
    if plain {
        Ok(name)
    } else {
        Err("must be up to 40 letters, digits, dots, hyphens".into())
    }
}

/// An account as a bank's statement names it.
pub fn account_number(value: &Value) -> Result<String, String> {
    let number = text(value)?;
    let characters = number.chars().filter(char::is_ascii_alphanumeric).count();
    if (4..=34).contains(&characters) {
        Ok(number)
    } else {
        Err("must be a number of an account in quotes, with 4 to 34 digits and letters".into())
    }
}

/// A bare mail address.
pub fn address(value: &Value) -> Result<MailAddress, String> {
    parsed("a bare mail address", MailAddress::parse)(value)
}

/// A domain name, in lower case.
pub fn domain(value: &Value) -> Result<String, String> {
    let domain = text(value)?.to_lowercase();
    let plain = !domain.contains(['@', ' ', '/']) && domain.contains('.');
    if plain {
        Ok(domain)
    } else {
        Err("is not a domain name".into())
    }
}

/// A regular expression that compiles.
pub fn pattern(value: &Value) -> Result<String, String> {
    let pattern = text(value)?;
    match regex::Regex::new(&pattern) {
        Ok(_) => Ok(pattern),
        Err(error) => Err(format!("is not a regular expression: {error}")),
    }
}

/// Where the books are, without a password.
pub fn database_url(value: &Value) -> Result<String, String> {
    let url = text(value)?;
    let scheme = url.split(':').next().unwrap_or_default();
    let has_password = url
        .split_once("://")
        .and_then(|(_, rest)| rest.split_once('@'))
        .is_some_and(|(user, _)| user.contains(':'));
    match scheme {
        "sqlite" => Ok(url),
        "postgres" | "postgresql" if has_password => {
            Err("holds a password: name it by database_password_file, _env or _credential".into())
        }
        "postgres" | "postgresql" => Ok(url),
        _ => Err("must begin with `sqlite:` or `postgres://`".into()),
    }
}

/// An amount of this currency, not negative.
pub fn amount(currency: Currency) -> impl Fn(&Value) -> Result<Money, String> {
    move |value| {
        let shape =
            || format!("must be an amount in quotes, in {currency}, with a point: \"10000.00\"");
        let text = text(value).map_err(|_| shape())?;
        let decimal = text.parse::<Decimal>().map_err(|_| shape())?;
        let money = Money::from_decimal(decimal, currency).ok_or_else(shape)?;
        if money.is_negative() {
            Err("must not be negative".into())
        } else {
            Ok(money)
        }
    }
}

/// A path, relative to this folder.
pub fn path_in(folder: &Path) -> impl Fn(&Value) -> Result<PathBuf, String> + use<'_> {
    move |value| Ok(folder.join(text(value)?))
}

/// An address, or the domain behind one; in lower case.
pub fn sender(value: &Value) -> Result<String, String> {
    let sender = text(value)?.to_lowercase();
    if MailAddress::parse(&sender).is_some() {
        return Ok(sender);
    }
    domain(value).map_err(|_| "is neither a mail address nor a domain".into())
}
