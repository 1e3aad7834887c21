//! `[[approver]]`: who may approve, and who stands in for whom.

use toml::Table;

use super::Approver;
use super::read::{Problem, Problems, Section, parsed, text};
use super::values::{address, amount};
use crate::basics::address::MailAddress;
use crate::basics::calendar::parse_iso_date;
use crate::basics::currency::Currency;
use crate::domain::approval::Delegation;

/// All of them.
pub(super) fn approvers(root: &Table, problems: &Problems, currency: Currency) -> Vec<Approver> {
    let one = |s: Section<'_>| {
        let name = s.get("name", String::new(), text);
        let limit = s.optional("limit", amount(currency));
        let address = s.optional("address", address);
        let delegation = address
            .as_ref()
            .and_then(|own| delegation(&s, own, currency));
        let ceiling = delegation.as_ref().and_then(|one| one.ceiling);
        if let (Some(ceiling), Some(limit)) = (ceiling, limit)
            && ceiling.exceeds(limit) == Some(true)
        {
            s.problem(
                "delegate_limit",
                "is more than the approver's own limit: nobody hands on more than they may",
            );
        }
        s.finish();
        Some(Approver {
            name,
            address: address?,
            limit,
            delegation,
        })
    };
    let approvers = Section::repeated(root, "approver", problems)
        .into_iter()
        .filter_map(one)
        .collect::<Vec<_>>();
    delegates_are_known(&approvers, problems);
    approvers
}

/// Dated, or it would go on when everybody has forgotten it.
fn delegation(s: &Section<'_>, own: &MailAddress, currency: Currency) -> Option<Delegation> {
    let day = || parsed("a day such as 2026-12-21", parse_iso_date);
    let delegate = s.optional("delegate", address);
    let from = s.optional("delegate_from", day());
    let until = s.optional("delegate_until", day());
    let ceiling = s.optional("delegate_limit", amount(currency));
    let Some(delegate) = delegate else {
        if from.is_some() || until.is_some() || ceiling.is_some() {
            s.problem("delegate", "is missing: say who stands in");
        }
        return None;
    };
    let (Some(from), Some(until)) = (from, until) else {
        let missing = if from.is_none() {
            "delegate_from"
        } else {
            "delegate_until"
        };
        s.problem(
            missing,
            "is needed: a delegation has a first and a last day",
        );
        return None;
    };
    if until < from {
        s.problem("delegate_until", "is before delegate_from");
    }
    if delegate.same_mailbox(own) {
        s.problem("delegate", "is the approver: somebody else stands in");
    }
    Some(Delegation {
        approver: own.clone(),
        delegate,
        from,
        until,
        ceiling,
    })
}

/// Only an approver's address is proved when it answers.
fn delegates_are_known(approvers: &[Approver], problems: &Problems) {
    for (index, approver) in approvers.iter().enumerate() {
        let Some(delegation) = &approver.delegation else {
            continue;
        };
        let delegate = &delegation.delegate;
        if !approvers
            .iter()
            .any(|one| one.address.same_mailbox(delegate))
        {
            problems.add(Problem {
                key: format!("approver[{}].delegate", index + 1),
                value: format!("\"{delegate}\""),
                reason: "has no [[approver]] of its own".into(),
                example: format!("[[approver]]\n    name = \"…\"\n    address = \"{delegate}\""),
            });
        }
    }
}
