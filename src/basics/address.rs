//! Mail addresses, compared the way mail servers deliver them.

use std::fmt;

/// An addr-spec (RFC 5322 section 3.4.1): `local@domain`, domain in lower case, nothing else around it.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MailAddress {
    local: String,
    domain: String,
}

impl MailAddress {
    /// Reads a bare address. `None` when it has no single `@`, is longer than 254 octets (RFC 5321 section 4.5.3.1)
    /// or holds blanks, control characters or angle brackets.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let (local, domain) = text.rsplit_once('@')?;
        let odd = |c: char| {
            c.is_control() || c.is_whitespace() || matches!(c, '<' | '>' | ',' | ';' | '"' | '@')
        };
        let plain = !local.is_empty() && !local.contains(odd) && !domain.contains(odd);
        let dotted = !domain.is_empty() && !domain.starts_with('.') && !domain.ends_with('.');
        let fits = text.len() <= 254 && plain && dotted;
        fits.then(|| Self {
            local: local.to_owned(),
            domain: domain.to_lowercase(),
        })
    }

    /// The part before the `@`, as written.
    pub fn local(&self) -> &str {
        &self.local
    }

    /// The domain, lower case.
    pub fn domain(&self) -> &str {
        &self.domain
    }

    /// Same mailbox: the domain never minds case, and no server in use minds it in the local part.
    pub fn same_mailbox(&self, other: &Self) -> bool {
        self.domain == other.domain && self.local.to_lowercase() == other.local.to_lowercase()
    }

    /// The sub-address after `+` (RFC 5233), where our reply tokens travel.
    pub fn detail(&self) -> Option<&str> {
        self.local.split_once('+').map(|(_, detail)| detail)
    }

    /// `ap+detail@example.com` for `ap@example.com`; an existing detail is replaced.
    pub fn with_detail(&self, detail: &str) -> Self {
        let user = self
            .local
            .split_once('+')
            .map_or(self.local.as_str(), |(user, _)| user);
        Self {
            local: format!("{user}+{detail}"),
            domain: self.domain.clone(),
        }
    }

    /// `a***@example.com`: how an address may appear in a log.
    pub fn masked(&self) -> String {
        let first = self.local.chars().next().unwrap_or('*');
        format!("{first}***@{}", self.domain)
    }
}

impl fmt::Display for MailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.local, self.domain)
    }
}

impl fmt::Debug for MailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.masked())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_bare_and_single() {
        assert!(
            MailAddress::parse("Anna.Berg@Example.COM")
                .is_some_and(|a| a.domain() == "example.com")
        );
        for bad in [
            "",
            "a",
            "@b",
            "a@",
            "a b@c",
            "<a@b>",
            "a@b@c",
            "a@b\r\nBcc: x@y",
            "a@.b",
        ] {
            assert_eq!(MailAddress::parse(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn details_come_and_go() {
        let ap = MailAddress::parse("ap@fin.test");
        let tagged = ap.map(|a| a.with_detail("tok"));
        assert_eq!(
            tagged.as_ref().map(ToString::to_string),
            Some("ap+tok@fin.test".into())
        );
        assert_eq!(tagged.as_ref().and_then(|a| a.detail()), Some("tok"));
    }
}
