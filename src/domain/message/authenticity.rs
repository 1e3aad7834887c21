//! Did this mail really come from the domain in its From line? Only what our own mail server wrote counts, or a signature
//! we checked ourselves. From alone proves nothing.

mod alignment;
mod arc;

pub use alignment::same_organisation;

use alignment::domain_of;

use super::facts::{AuthenticationStatement, CheckResult, MailFacts};
use crate::basics::address::MailAddress;
use crate::basics::text::one_line;
use crate::words;

/// Whom to believe; from the configuration.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct AuthenticityPolicy {
    /// Names under which our own mail server writes `Authentication-Results`, lower case. `-` stands for the field without
    /// a name that Exchange Online writes. Empty: no such field is believed.
    pub trusted_authserv_ids: Vec<String>,
    /// Gmail and some milters write the field right below the server's own Received line instead of above it. The server
    /// must then remove fields of its name from incoming mail, as RFC 8601 section 5 asks.
    pub results_below_received: bool,
    /// A DKIM signature aligned with the From domain is enough; without it only DMARC is.
    pub accept_dkim: bool,
    /// We look at DKIM signatures ourselves.
    pub checks_dkim: bool,
    /// Who hands mail on to us and is believed about what he saw before he changed it (RFC 8617): `d=` of the seal, lower
    /// case.
    pub trusted_arc_sealers: Vec<String>,
    /// Mail that never left our own servers.
    pub internal_relay: Option<InternalRelay>,
}

impl AuthenticityPolicy {
    /// Whether results of this name are believed; `-` is the field without a name.
    fn trusts(&self, authserv_id: &str) -> bool {
        let mut trusted = self.trusted_authserv_ids.iter();
        trusted.any(|trusted| trusted.eq_ignore_ascii_case(authserv_id))
    }
}

/// The authserv-id (RFC 8601 section 2.5), or `-`.
fn name_of(statement: &AuthenticationStatement) -> &str {
    statement.authserv_id.as_deref().unwrap_or("-")
}

/// How mail from our own people is known, which carries neither DKIM nor DMARC.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct InternalRelay {
    /// Our own domains, lower case.
    pub domains: Vec<String>,
    /// A field and value that our server writes on mail of logged-in users and removes from all other mail.
    pub marker: Option<(String, String)>,
}

words! {
    /// The result of one check.
    pub enum CheckOutcome {
        /// Passed.
        Pass = "pass",
        /// Failed in any way, softly or hard.
        Fail = "fail",
        /// Not checked, or nothing there to check.
        None = "none",
    }
}

impl Default for CheckOutcome {
    /// What nobody checked has not passed.
    fn default() -> Self {
        Self::None
    }
}

/// Our own check of one DKIM signature (RFC 6376).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OwnDkim {
    /// `d=` of the signature, lower case.
    pub domain: String,
    /// What came out.
    pub result: CheckOutcome,
}

/// What we checked ourselves.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct OwnChecks {
    /// Each DKIM signature that could be decided or says nothing.
    pub dkim: Vec<OwnDkim>,
    /// The chain of ARC seals (RFC 8617) as a whole; none where there is no chain or nobody asked.
    pub arc: CheckOutcome,
}

/// What is known about the sender's authenticity.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Authenticity {
    /// Any signature.
    pub dkim: CheckOutcome,
    /// The sending host.
    pub spf: CheckOutcome,
    /// The domain's policy.
    pub dmarc: CheckOutcome,
    /// In words.
    pub reasons: Vec<String>,
}

/// Why the sender is believed; kept with the decision.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Proof {
    /// Our server says that DMARC passed for this domain.
    Dmarc {
        /// The From domain.
        domain: String,
    },
    /// A signature of this domain, checked by our server or by us.
    Dkim {
        /// `d=`.
        domain: String,
        /// True when we checked it ourselves.
        is_own_check: bool,
    },
    /// Someone we trust handed the mail on, and says that it was authentic when he got it.
    ArcSeal {
        /// `d=` of his seal.
        sealer: String,
        /// What he had seen.
        saw: String,
    },
    /// One of our own people, logged in at our server.
    InternalRelay {
        /// What says so.
        by: String,
    },
}

impl Proof {
    /// For the audit trail.
    pub fn describe(&self) -> String {
        match self {
            Self::Dmarc { domain } => format!("DMARC passed for {domain}"),
            Self::Dkim {
                domain,
                is_own_check: true,
            } => format!("DKIM signature of {domain}, checked by us"),
            Self::Dkim {
                domain,
                is_own_check: false,
            } => format!("DKIM signature of {domain}, checked by our mail server"),
            Self::ArcSeal { sealer, saw } => {
                format!("{saw} at {sealer}, which sealed the mail (ARC)")
            }
            Self::InternalRelay { by } => format!("own mail server: {by}"),
        }
    }
}

/// Why the sender is not believed, in a sentence for the sender and the audit trail.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Unproven {
    /// The sentence.
    pub reason: String,
}

/// The fields our own server wrote about this mail, topmost first.
///
/// Mail servers prepend, so what stands below a Received line may have come with the mail and be forged.
fn trusted<'m>(
    mail: &'m MailFacts,
    policy: &AuthenticityPolicy,
) -> Vec<&'m AuthenticationStatement> {
    let mut statements = mail.authentication.iter();
    let Some(topmost) = statements.find(|statement| policy.trusts(name_of(statement))) else {
        return Vec::new();
    };
    let end = boundary(mail, topmost, policy);
    let id = topmost.authserv_id.as_deref();
    let above = mail
        .authentication
        .iter()
        .filter(|statement| statement.field < end);
    above
        .filter(|statement| statement.authserv_id.as_deref() == id)
        .collect()
}

/// The first field that is not to be believed.
fn boundary(
    mail: &MailFacts,
    topmost: &AuthenticationStatement,
    policy: &AuthenticityPolicy,
) -> usize {
    let received = || {
        mail.fields
            .iter()
            .enumerate()
            .filter(|(_, (name, _))| name.eq_ignore_ascii_case("Received"))
    };
    let next_after = |field: usize| {
        received()
            .map(|(at, _)| at)
            .find(|at| *at > field)
            .unwrap_or(mail.fields.len())
    };
    let written_by_us = |value: &str| {
        let host = received_by(value);
        topmost
            .authserv_id
            .as_deref()
            .zip(host)
            .is_some_and(|(id, host)| same_organisation(id, &host))
    };
    if policy.results_below_received {
        let own = received().find(|(_, (_, value))| written_by_us(value));
        return next_after(own.map_or(topmost.field, |(at, _)| at));
    }
    // Exchange Online names no one: the fields that stand together with the topmost are one server's work.
    if topmost.authserv_id.is_none() {
        return next_after(topmost.field);
    }
    // What stands above every Received line was written last, by the server that gave us the mail. Further down a sender
    // can write both: results in our server's name, and a Received line in its name below them.
    received().next().map_or(mail.fields.len(), |(at, _)| at)
}

/// The host after `by` in a Received line (RFC 5321 section 4.4).
fn received_by(value: &str) -> Option<String> {
    let mut words = value.split_whitespace();
    words.find(|word| word.eq_ignore_ascii_case("by"))?;
    words.next().map(|host| {
        host.trim_matches(|c: char| matches!(c, ';' | '(' | ')' | '[' | ']'))
            .to_lowercase()
    })
}

/// What the checks said, ours and our server's.
pub fn authenticity(
    mail: &MailFacts,
    own: &OwnChecks,
    policy: &AuthenticityPolicy,
) -> Authenticity {
    let statements = trusted(mail, policy);
    let results = || statements.iter().flat_map(|statement| &statement.results);
    let mut reasons = Vec::new();
    if !mail.duplicated.is_empty() {
        reasons.push(format!("{} written twice", mail.duplicated.join(", ")));
    }
    if mail.from_count != 1 {
        reasons.push(format!("From names {} mailboxes", mail.from_count));
    }
    match statements.first() {
        Some(statement) => {
            let id = statement
                .authserv_id
                .as_deref()
                .unwrap_or("the server without a name");
            reasons.push(format!("results of {id}"));
        }
        None if mail.authentication.is_empty() => reasons.push("no Authentication-Results".into()),
        None => reasons
            .push("Authentication-Results of servers that are not trusted are left out".into()),
    }
    reasons.extend(own.dkim.iter().map(|own| {
        format!(
            "own check of the signature of {}: {}",
            own.domain,
            own.result.as_str()
        )
    }));
    let own_result = strongest(own.dkim.iter().map(|own| own.result));
    let served = |method: &str| {
        strongest(
            results()
                .filter(|result| result.method == method)
                .map(outcome),
        )
    };
    Authenticity {
        dkim: strongest([own_result, served("dkim")]),
        spf: served("spf"),
        dmarc: served("dmarc"),
        reasons,
    }
}

fn strongest(outcomes: impl IntoIterator<Item = CheckOutcome>) -> CheckOutcome {
    outcomes
        .into_iter()
        .fold(CheckOutcome::None, |best, next| match (best, next) {
            (CheckOutcome::Pass, _) | (_, CheckOutcome::Pass) => CheckOutcome::Pass,
            (CheckOutcome::Fail, _) | (_, CheckOutcome::Fail) => CheckOutcome::Fail,
            (CheckOutcome::None, CheckOutcome::None) => CheckOutcome::None,
        })
}

fn outcome(result: &CheckResult) -> CheckOutcome {
    match result.result.as_str() {
        "pass" => CheckOutcome::Pass,
        "none" | "neutral" | "temperror" | "permerror" | "bestguesspass" => CheckOutcome::None,
        _ => CheckOutcome::Fail,
    }
}

/// Why nobody can say whose mail it is: two readers could see two senders.
fn ambiguous(from: &MailAddress, mail: &MailFacts) -> Option<String> {
    if !mail.duplicated.is_empty() {
        let twice = mail.duplicated.join(" and ");
        return Some(format!("the mail has {twice} more than once"));
    }
    let one = mail.from_count == 1 && mail.from.iter().any(|only| only == from);
    (!one).then(|| "the mail does not name exactly one sender".to_owned())
}

/// The domain that signed.
fn signer(result: &CheckResult) -> Option<String> {
    let domain = result
        .property("header.d")
        .or_else(|| result.property("header.i"));
    domain.map(domain_of)
}

/// Is the From address proven? Exactly one From mailbox, no field written twice, and one of the accepted proofs.
pub fn authenticates(
    from: &MailAddress,
    mail: &MailFacts,
    own: &OwnChecks,
    policy: &AuthenticityPolicy,
) -> Result<Proof, Unproven> {
    let refuse = |reason: String| Err(Unproven { reason });
    if let Some(reason) = ambiguous(from, mail) {
        return refuse(reason);
    }
    let statements = trusted(mail, policy);
    let results = statements
        .iter()
        .flat_map(|statement| &statement.results)
        .collect::<Vec<_>>();
    let passed = |method: &str| {
        results
            .iter()
            .filter(|result| result.method == method && result.result == "pass")
            .copied()
            .collect::<Vec<_>>()
    };
    // Who hands on what he changed breaks signatures, so what our server says of DMARC is no answer to this.
    if let Some(proof) = arc::sealed(from, mail, own.arc, &passed("arc"), policy) {
        return Ok(proof);
    }
    if results
        .iter()
        .any(|result| result.method == "dmarc" && outcome(result) == CheckOutcome::Fail)
    {
        return refuse(format!(
            "our mail server says that the mail is not from {} (DMARC failed)",
            from.domain()
        ));
    }
    // DMARC speaks of the From domain itself, so nothing but that domain counts.
    let is_from_domain = |result: &&CheckResult| {
        result
            .property("header.from")
            .is_some_and(|value| domain_of(value) == from.domain())
    };
    if passed("dmarc").iter().any(is_from_domain) {
        return Ok(Proof::Dmarc {
            domain: from.domain().to_owned(),
        });
    }
    let signed = signed(from, &own.dkim, &passed("dkim"));
    if let Some(proof) = signed.filter(|_| policy.accept_dkim) {
        return Ok(proof);
    }
    if let Some(proof) = policy
        .internal_relay
        .as_ref()
        .and_then(|relay| internal(from, mail, &passed("auth"), relay, &statements))
    {
        return Ok(proof);
    }
    refuse(missing(from, mail, &statements, policy))
}

/// A signature of the From domain's organisation, checked by us or by our server.
fn signed(from: &MailAddress, own: &[OwnDkim], passed: &[&CheckResult]) -> Option<Proof> {
    let is_aligned = |domain: &String| same_organisation(domain, from.domain());
    let own = own
        .iter()
        .filter(|own| own.result == CheckOutcome::Pass)
        .map(|own| (own.domain.clone(), true));
    let served = passed
        .iter()
        .filter_map(|result| Some((signer(result)?, false)));
    let mut aligned = own.chain(served).filter(|(domain, _)| is_aligned(domain));
    let (domain, is_own_check) = aligned.next()?;
    Some(Proof::Dkim {
        domain,
        is_own_check,
    })
}

/// A user who logged in at our server, or the server's own mark; only for our own domains.
fn internal(
    from: &MailAddress,
    mail: &MailFacts,
    logged_in: &[&CheckResult],
    relay: &InternalRelay,
    statements: &[&AuthenticationStatement],
) -> Option<Proof> {
    relay
        .domains
        .iter()
        .find(|domain| domain.eq_ignore_ascii_case(from.domain()))?;
    // smtp.mailfrom is what the client wrote into the envelope, and many servers let who logged in write any address there.
    let is_sender = |result: &&&CheckResult| {
        let user = result.property("smtp.auth").and_then(MailAddress::parse);
        user.is_some_and(|user| user.same_mailbox(from))
    };
    if logged_in.iter().any(|result| is_sender(&result)) {
        return Some(Proof::InternalRelay {
            by: "the sender had logged in".into(),
        });
    }
    let (name, value) = relay.marker.as_ref()?;
    // Where our server's own fields are known, the mark must stand among them.
    let end = statements.last().map_or(mail.fields.len(), |last| {
        let received = mail
            .fields
            .iter()
            .enumerate()
            .filter(|(_, (name, _))| name.eq_ignore_ascii_case("Received"));
        received
            .map(|(at, _)| at)
            .find(|at| *at > last.field)
            .unwrap_or(mail.fields.len())
    });
    let marked = mail
        .fields
        .iter()
        .take(end)
        .find(|(own, _)| own.eq_ignore_ascii_case(name));
    let is_marked = marked.is_some_and(|(_, own)| own.trim() == value);
    is_marked.then(|| Proof::InternalRelay {
        by: format!("{name}: {value}"),
    })
}

fn missing(
    from: &MailAddress,
    mail: &MailFacts,
    statements: &[&AuthenticationStatement],
    policy: &AuthenticityPolicy,
) -> String {
    let domain = from.domain();
    let signature = if policy.checks_dkim {
        format!("no valid DKIM signature of {domain}")
    } else {
        "DKIM signatures are not looked at here (verify_dkim)".to_owned()
    };
    if policy.trusted_authserv_ids.is_empty() {
        return format!("{signature}, and no mail server is configured whose results are trusted");
    }
    if statements.is_empty() {
        return format!("{signature}, and {}", nothing_trusted(mail, policy));
    }
    format!("neither DMARC nor DKIM passed for {domain}")
}

/// Why no Authentication-Results count: somebody who set this up has to see what to mend.
fn nothing_trusted(mail: &MailFacts, policy: &AuthenticityPolicy) -> String {
    let mut ids = mail.authentication.iter().map(name_of);
    if let Some(id) = ids.clone().find(|id| policy.trusts(id)) {
        return format!(
            "the results of {} stand below a Received line, where a sender can write them (see results_below_received)",
            one_line(id, 80)
        );
    }
    match ids.next() {
        Some(id) => format!(
            "the results are of {}, which is not in trusted_authserv_ids",
            one_line(id, 80)
        ),
        None => "our mail server wrote no result for this mail".to_owned(),
    }
}

#[cfg(test)]
#[path = "authenticity/tests.rs"]
mod tests;
