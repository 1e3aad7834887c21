//! The review of a bill: all checks, then hold it, ask its approvers, or let a rule of the policy approve it.

use super::checks::duplicate::Rival;
use super::checks::order::{Billed, OrderFile, OrderPolicy};
use super::checks::{
    APPROVAL_NOTE, NO_APPROVER, arithmetic, bank_account, completeness, credit_note, dates,
    direct_debit, duplicate, order, supplier as known_supplier,
};
use super::draft::is_turned;
use super::identify::Identified;
use super::{Bill, BillState, Finding, Severity, Supplier, SupplierAccount};
use crate::basics::address::MailAddress;
use crate::basics::calendar::{Date, Timestamp};
use crate::basics::money::Money;
use crate::domain::approval::{
    ApprovalPolicy, ApprovalRequest, ApprovalState, Asked, Matter, Requirement, Tally, Vote, tally,
};
use crate::domain::document::{Method, Reading, StatedAmounts};

/// Everything a review looks at.
#[derive(Clone, Debug)]
pub struct ReviewFacts<'a> {
    /// The bill, with its document's bytes and the time its mail came in.
    pub own: &'a Rival,
    /// What reading its document gave.
    pub reading: &'a Reading,
    /// How its supplier was found.
    pub identified: &'a Identified,
    /// Its supplier, when it is one we know.
    pub supplier: Option<&'a Supplier>,
    /// The account it prints, where that is or was on its way into what we know of the supplier.
    pub account: Option<&'a SupplierAccount>,
    /// The other bills it may repeat or take back.
    pub others: &'a [Rival],
    /// The order it names, as far as there is one.
    pub order: &'a OrderFile,
    /// What it may differ from that.
    pub order_policy: &'a OrderPolicy,
    /// Who approves what.
    pub policy: &'a ApprovalPolicy,
    /// Today.
    pub today: Date,
}

/// What a review gave.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Review {
    /// What the checks saw, heaviest first.
    pub findings: Vec<Finding>,
    /// What follows.
    pub outcome: Outcome,
}

/// What follows from a review.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// A person has to look first.
    Hold {
        /// What was seen, for that person.
        reason: String,
        /// The codes that hold it.
        codes: Vec<String>,
    },
    /// These people are asked.
    Ask {
        /// Each once, with the rules that ask for them.
        asked: Vec<Asked>,
        /// How many of them have to agree.
        needed: u32,
    },
    /// The rule with this name approves it.
    ApprovedByPolicy(String),
}

/// Runs all checks. What a person cleared for this bill is found again and does not hold it again.
pub fn review(facts: &ReviewFacts<'_>) -> Review {
    let mut findings = findings(facts);
    let requirement = requirement(&facts.own.bill, facts.supplier, facts.policy);
    match &requirement {
        Some(Ok(requirement)) => {
            findings.extend(
                requirement
                    .notes
                    .iter()
                    .map(|note| APPROVAL_NOTE.found(note)),
            );
        }
        Some(Err(why)) => findings.push(NO_APPROVER.found(why)),
        // Without an amount the checks hold it anyway.
        None => {}
    }
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    let outcome = outcome(&facts.own.bill, &findings, requirement.and_then(Result::ok));
    Review { findings, outcome }
}

fn findings(facts: &ReviewFacts<'_>) -> Vec<Finding> {
    let (bill, fields) = (&facts.own.bill, &facts.reading.fields);
    let total = fields
        .payable_total
        .as_ref()
        .or(fields.gross_total.as_ref());
    let method = total.map_or(Method::Text, |field| field.method);
    let groups = [
        completeness::check(bill, fields),
        arithmetic::check(&stated(bill, facts.reading), method, bill.currency),
        known_supplier::check(facts.identified, facts.supplier, fields),
        duplicate::check(facts.own, facts.others),
        direct_debit::check(bill, facts.reading.collection)
            .into_iter()
            .collect(),
        bank_account::check(bill, facts.supplier),
        bank_account::suspected(facts.account),
        dates::check(bill, facts.today),
        credit_note::check(bill, facts.others),
        order::check(
            Billed::of(bill, facts.supplier, facts.reading),
            facts.order,
            facts.order_policy,
        ),
    ];
    groups.into_iter().flatten().collect()
}

/// The amounts as printed, with what a person corrected since.
fn stated(bill: &Bill, reading: &Reading) -> StatedAmounts {
    let turned = is_turned(bill.kind, &reading.fields);
    let as_printed = |amount: Option<Money>| {
        let amount = amount?;
        let printed = if turned {
            amount.checked_neg()?
        } else {
            amount
        };
        Some(printed.to_decimal())
    };
    let read = &reading.amounts;
    StatedAmounts {
        net: as_printed(bill.net).or(read.net),
        tax: as_printed(bill.tax).or(read.tax),
        gross: as_printed(bill.gross).or(read.gross),
        payable: as_printed(bill.payable).or(read.payable),
        ..read.clone()
    }
}

fn outcome(bill: &Bill, findings: &[Finding], requirement: Option<Requirement>) -> Outcome {
    // Nobody can clear a missing approver away: there is nobody to ask.
    let holds = |finding: &&Finding| {
        finding.severity == Severity::Hold
            && (!bill.cleared.contains(&finding.code) || finding.code == NO_APPROVER.code)
    };
    let holding = findings.iter().filter(holds).collect::<Vec<_>>();
    match requirement {
        Some(requirement) if holding.is_empty() => match requirement.approved_by_policy() {
            Some(rule) => Outcome::ApprovedByPolicy(rule),
            None => Outcome::Ask {
                needed: requirement.fewest(),
                asked: requirement.asked(),
            },
        },
        _ if holding.is_empty() => Outcome::Hold {
            reason: "without an amount nobody can be asked".into(),
            codes: vec![super::checks::TOTAL_MISSING.code.to_owned()],
        },
        _ => {
            let evidence = holding
                .iter()
                .map(|f| format!("{}: {}", f.code, f.evidence));
            Outcome::Hold {
                reason: evidence.collect::<Vec<_>>().join("; "),
                codes: holding.iter().map(|finding| finding.code.clone()).collect(),
            }
        }
    }
}

/// The bill as the approval policy sees it; `None` without an amount. The gross amount decides (C1), or what is paid where
/// that is more: nobody agrees to less than leaves the account.
pub fn matter<'a>(bill: &'a Bill, supplier: Option<&'a Supplier>) -> Option<Matter<'a>> {
    Some(Matter {
        amount: weightier(bill.gross, bill.payable)?,
        supplier_number: supplier.map(|supplier| supplier.number.as_str()),
        suppliers_approver: supplier.and_then(|supplier| supplier.approver.as_ref()),
        submitter: bill.submitter.as_ref(),
        corrected_by: &bill.corrected_by,
    })
}

/// The larger of the two; of two currencies, which cannot be compared, what is paid.
fn weightier(gross: Option<Money>, payable: Option<Money>) -> Option<Money> {
    match (gross, payable) {
        (Some(gross), Some(payable)) if gross.exceeds(payable) == Some(true) => Some(gross),
        (gross, payable) => payable.or(gross),
    }
}

/// Who has to agree to this bill now, or why nobody can; `None` without an amount.
pub fn requirement(
    bill: &Bill,
    supplier: Option<&Supplier>,
    policy: &ApprovalPolicy,
) -> Option<Result<Requirement, String>> {
    let matter = matter(bill, supplier)?;
    Some(
        policy
            .requirement(&matter)
            .map_err(|unsatisfiable| unsatisfiable.why),
    )
}

/// Whether an answer to this request would be counted now.
pub fn waits_for(bill: &Bill, request: &ApprovalRequest, now: Timestamp) -> bool {
    request.state == ApprovalState::Open
        && now < request.expires_at
        && request.bill_version == bill.content_version()
        && bill.state == BillState::AwaitingApproval
}

/// Everybody the policy asks about it now, and how many of them have to agree; nobody where it names too few.
pub fn asked(
    bill: &Bill,
    supplier: Option<&Supplier>,
    policy: &ApprovalPolicy,
) -> (Vec<MailAddress>, u32) {
    match requirement(bill, supplier, policy) {
        Some(Ok(required)) => {
            let asked = required.asked().into_iter().map(|one| one.approver);
            (asked.collect(), required.fewest())
        }
        Some(Err(_)) | None => (Vec::new(), 1),
    }
}

/// How the bill stands with these votes, by the policy as it is now.
pub fn count_votes(
    (bill, supplier): (&Bill, Option<&Supplier>),
    policy: &ApprovalPolicy,
    requests: &[ApprovalRequest],
    votes: &[Vote],
) -> Tally {
    let rejects = tally::is_rejected(bill.content_version(), requests, votes);
    match (matter(bill, supplier), requirement(bill, supplier, policy)) {
        (Some(matter), Some(Ok(requirement))) => {
            let counting = |vote: &&Vote| policy.still_counts(vote, &matter);
            let votes = votes.iter().filter(counting).cloned().collect::<Vec<_>>();
            tally(&requirement, bill.content_version(), requests, &votes)
        }
        // The policy cannot be met any more: a rejection still counts, an approval is not enough.
        (_, Some(Err(_)) | None) | (None, _) if rejects => Tally::Rejected,
        (_, Some(Err(_)) | None) | (None, _) => Tally::Waiting(Vec::new()),
    }
}

/// Whose agreement to the bill as it is counts, by the policy as it is now.
pub fn agreed(
    (bill, supplier): (&Bill, Option<&Supplier>),
    policy: &ApprovalPolicy,
    requests: &[ApprovalRequest],
    votes: &[Vote],
) -> Vec<MailAddress> {
    let Some(matter) = matter(bill, supplier) else {
        return Vec::new();
    };
    let counting = votes
        .iter()
        .filter(|vote| policy.still_counts(vote, &matter));
    let counting = counting.cloned().collect::<Vec<_>>();
    tally::agreed(bill.content_version(), requests, &counting)
}

#[cfg(test)]
mod tests;
