//! Whom the seals of a mail prove: RFC 8617, the chain of those who handed it on.

use super::{AuthenticityPolicy, CheckOutcome, Proof, domain_of, same_organisation};
use crate::basics::address::MailAddress;
use crate::domain::message::facts::{ArcSet, CheckResult, MailFacts};

/// What a sealer we trust had seen of this From address, when the chain holds: by our own check, or because our mail server
/// says so (`passed`).
///
/// Everyone who sealed after him could have changed the mail, so from him to the last all must be trusted; and the last
/// must have signed the From field.
pub(super) fn sealed(
    from: &MailAddress,
    mail: &MailFacts,
    own: CheckOutcome,
    passed: &[&CheckResult],
    policy: &AuthenticityPolicy,
) -> Option<Proof> {
    let holds = match own {
        CheckOutcome::Pass => true,
        CheckOutcome::Fail => false,
        CheckOutcome::None => !passed.is_empty(),
    };
    let last = mail.arc.last()?;
    if !holds || !last.covers_from {
        return None;
    }
    let from_last = mail.arc.iter().rev();
    let trusted = from_last.take_while(|set| policy.trusts_seal(set));
    trusted.filter_map(|set| saw(set, from, policy)).last()
}

/// What he wrote down about the From domain.
fn saw(set: &ArcSet, from: &MailAddress, policy: &AuthenticityPolicy) -> Option<Proof> {
    let passed = |method: &'static str| {
        let results = set.results.iter();
        results.filter(move |result| result.method == method && result.result == "pass")
    };
    let dmarc = passed("dmarc").any(|result| {
        let domain = result.property("header.from").map(domain_of);
        domain.is_some_and(|domain| domain == from.domain())
    });
    let is_aligned = |result: &CheckResult| {
        let signer = result.property("header.d").or(result.property("header.i"));
        signer.is_some_and(|signer| same_organisation(signer, from.domain()))
    };
    let signed = policy.accept_dkim && passed("dkim").any(is_aligned);
    let saw = match (dmarc, signed) {
        (true, _) => "DMARC passed",
        (false, true) => "a DKIM signature passed",
        (false, false) => return None,
    };
    Some(Proof::ArcSeal {
        sealer: set.sealer.clone(),
        saw: format!("{saw} for {}", from.domain()),
    })
}

impl AuthenticityPolicy {
    fn trusts_seal(&self, set: &ArcSet) -> bool {
        let mut trusted = self.trusted_arc_sealers.iter();
        trusted.any(|sealer| sealer.eq_ignore_ascii_case(&set.sealer))
    }
}

#[cfg(test)]
mod tests;
