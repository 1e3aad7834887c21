//! Which domains belong to one organisation.

/// The domain of `anna@example.com`, `@example.com` or `example.com`.
pub(super) fn domain_of(value: &str) -> String {
    value
        .rsplit('@')
        .next()
        .unwrap_or_default()
        .trim()
        .trim_end_matches('.')
        .to_lowercase()
}

/// Relaxed alignment (RFC 7489 section 3.1): both belong to the same organisational domain.
pub fn same_organisation(one: &str, other: &str) -> bool {
    let (one, other) = (domain_of(one), domain_of(other));
    !one.is_empty()
        && (one == other
            || organisational(&one).is_some_and(|own| organisational(&other) == Some(own)))
}

/// The domain somebody registered: one label below the public suffix. The suffixes known here are the country's generic
/// second levels (`co.uk`); the full public suffix list would replace this function and nothing else.
fn organisational(domain: &str) -> Option<&str> {
    let labels = domain.split('.').collect::<Vec<_>>();
    let (top, second) = (labels.last()?, labels.get(labels.len().checked_sub(2)?)?);
    let is_shared = top.len() == 2 && SECOND_LEVELS.contains(second);
    let wanted = if is_shared { 3 } else { 2 };
    let skipped = labels.len().checked_sub(wanted)?;
    let start = labels
        .iter()
        .take(skipped)
        .map(|label| label.len() + 1)
        .sum::<usize>();
    let own = domain.get(start..)?;
    // Hosts that rent out names below their own: neighbours there are strangers.
    (!RENTED.contains(&own) && labels.iter().all(|label| !label.is_empty())).then_some(own)
}

const SECOND_LEVELS: &[&str] = &[
    "ac", "co", "com", "ed", "edu", "go", "gob", "gouv", "gov", "gv", "id", "ltd", "me", "mil",
    "ne", "net", "nom", "or", "org", "plc", "sch",
];

const RENTED: &[&str] = &[
    "github.io",
    "gitlab.io",
    "onmicrosoft.com",
    "azurewebsites.net",
    "cloudfront.net",
    "herokuapp.com",
    "amazonaws.com",
    "blogspot.com",
    "web.app",
    "pages.dev",
    "workers.dev",
    "netlify.app",
    "vercel.app",
    "myshopify.com",
];
