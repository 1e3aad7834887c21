//! Who answers in whose place, and who does not.

use super::*;
use crate::basics::calendar::date;
use crate::basics::currency::Currency;
use crate::basics::ids::{ApprovalRequestId, BillId, ContentHash, OutboundId};
use crate::basics::money::Money;
use crate::domain::approval::tally::{Tally, tally};
use crate::domain::approval::{ApprovalRule, Verdict};

fn eur(minor: i64) -> Money {
    Money::from_minor(minor, Currency::EUR)
}

fn mail(name: &str) -> MailAddress {
    MailAddress::parse(&format!("{name}@fin.test")).unwrap()
}

/// Anna may approve 10,000.00 and Ben 100.00; Ben stands in for Anna over Christmas, up to 5,000.00.
fn policy() -> ApprovalPolicy {
    let person = |name: &str, limit: Option<i64>| Approver {
        name: format!("{name} Berg"),
        address: mail(name),
        limit: limit.map(eur),
    };
    let rule = |name: &str, needed: u32, approvers: &[&str]| ApprovalRule {
        name: name.into(),
        above: None,
        supplier: None,
        approvers: approvers.iter().map(|one| mail(one)).collect(),
        needed,
        everyday: false,
    };
    ApprovalPolicy {
        approvers: vec![
            person("anna", Some(1_000_000)),
            person("ben", Some(10_000)),
            person("cem", None),
        ],
        delegations: vec![Delegation {
            approver: mail("anna"),
            delegate: mail("ben"),
            from: date(2026, 12, 21),
            until: date(2027, 1, 8),
            ceiling: Some(eur(500_000)),
        }],
        rules: vec![rule("both", 2, &["anna", "cem"])],
        currency: Currency::EUR,
        expires_days: 7,
    }
}

fn matter(minor: i64) -> Matter<'static> {
    Matter {
        amount: eur(minor),
        supplier_number: None,
        suppliers_approver: None,
        submitter: None,
        corrected_by: &[],
    }
}

fn request(to: &str, stands_in_for: Option<&str>, state: ApprovalState) -> ApprovalRequest {
    let id = ApprovalRequestId::derive(&[to, stands_in_for.unwrap_or_default()]);
    ApprovalRequest {
        id,
        bill: BillId::derive(&["bill"]),
        bill_version: ContentHash::of(b"the bill"),
        approver: mail(to),
        stands_in_for: stands_in_for.map(mail),
        rules: vec!["both".into()],
        token_hash: ContentHash::of(to.as_bytes()),
        outbound: OutboundId::derive(&[to]),
        state,
        asked_at: jiff::Timestamp::UNIX_EPOCH,
        expires_at: jiff::Timestamp::MAX,
        version: 1,
    }
}

fn vote(request: &ApprovalRequest) -> Vote {
    Vote {
        request: request.id,
        bill: request.bill,
        message: None,
        approver: request.approver.clone(),
        stands_in_for: request.stands_in_for.clone(),
        verdict: Verdict::Approve,
        reason: String::new(),
        proof: String::new(),
        at: jiff::Timestamp::UNIX_EPOCH,
    }
}

fn may(policy: &ApprovalPolicy, matter: &Matter<'_>, today: Date) -> Result<(), NoStandIn> {
    let scene = Scene {
        matter,
        accounts_by: &[],
        today,
    };
    policy.may_stand_in((&mail("ben"), &mail("anna")), scene)
}

#[test]
fn a_delegate_decides_from_the_first_day_to_the_last_and_up_to_the_ceiling_whatever_the_own_limit()
{
    use NoStandIn::{ApproverMayNot, Ceiling, Nobody};
    for (amount, day, wanted) in [
        (500_000, date(2026, 12, 21), Ok(())),
        (500_000, date(2027, 1, 8), Ok(())),
        (500_000, date(2026, 12, 20), Err(Nobody)),
        (500_000, date(2027, 1, 9), Err(Nobody)),
        (500_001, date(2026, 12, 24), Err(Ceiling)),
        (
            1_000_001,
            date(2026, 12, 24),
            Err(ApproverMayNot(NoAuthority::Limit)),
        ),
    ] {
        let said = may(&policy(), &matter(amount), day);
        assert_eq!(said, wanted, "{amount} on {day}");
    }
    let mut all_she_may = policy();
    all_she_may.delegations[0].ceiling = None;
    let day = date(2026, 12, 24);
    assert_eq!(may(&all_she_may, &matter(1_000_000), day), Ok(()));
    all_she_may.approvers[0].limit = Some(eur(5_000));
    let lowered = may(&all_she_may, &matter(1_000_000), day);
    assert_eq!(lowered, Err(ApproverMayNot(NoAuthority::Limit)));
    // A ceiling in euros says nothing about dollars.
    let dollars = Matter {
        amount: Money::from_minor(100, Currency::parse("USD").unwrap()),
        ..matter(0)
    };
    assert!(may(&policy(), &dollars, day).is_err());
}

#[test]
fn whoever_had_a_hand_in_the_bill_or_its_account_decides_in_nobodys_place() {
    use NoAuthority::{Corrected, NotListed, Submitter};
    use NoStandIn::{ApproverMayNot, BroughtAccount, DelegateMayNot};
    let day = date(2026, 12, 24);
    let (ben, anna) = (mail("ben"), mail("anna"));
    let by = |name: &str| vec![name.to_owned()];
    let (by_ben, by_anna) = (by("Ben Berg"), by("anna@fin.test"));
    let of = |submitter, corrected_by| Matter {
        submitter,
        corrected_by,
        ..matter(100)
    };
    for (matter, wanted) in [
        (of(Some(&ben), &[][..]), DelegateMayNot(Submitter)),
        (of(None, &by_ben[..]), DelegateMayNot(Corrected)),
        (of(Some(&anna), &[][..]), ApproverMayNot(Submitter)),
        (of(None, &by_anna[..]), ApproverMayNot(Corrected)),
    ] {
        assert_eq!(may(&policy(), &matter, day), Err(wanted));
    }
    let scene = Scene {
        matter: &matter(100),
        accounts_by: &by_ben,
        today: day,
    };
    let said = policy().may_stand_in((&ben, &anna), scene);
    assert_eq!(said, Err(BroughtAccount));
    let mut gone = policy();
    gone.approvers.remove(1);
    let said = may(&gone, &matter(100), day);
    assert_eq!(said, Err(DelegateMayNot(NotListed)));
}

#[test]
fn a_delegates_delegate_is_nobody_and_who_is_asked_already_is_not_asked_for_another() {
    let mut policy = policy();
    policy.delegations.push(Delegation {
        approver: mail("ben"),
        delegate: mail("cem"),
        ..policy.delegations[0].clone()
    });
    let small = matter(100);
    let scene = Scene {
        matter: &small,
        accounts_by: &[],
        today: date(2026, 12, 24),
    };
    let own = request("anna", None, ApprovalState::Open);
    let found = policy.delegate_for(&own, (std::slice::from_ref(&own), &[]), scene);
    assert_eq!(found.map(|one| one.delegate.clone()), Ok(mail("ben")));
    let for_anna = request("ben", Some("anna"), ApprovalState::Open);
    let chained = policy.delegate_for(&for_anna, (&[own.clone(), for_anna.clone()], &[]), scene);
    assert_eq!(chained, Err(NoStandIn::IsChained));
    let again = policy.delegate_for(&own, (&[own.clone(), for_anna], &[]), scene);
    assert_eq!(again, Err(NoStandIn::IsAsked));
    let answered = request("ben", None, ApprovalState::Approved);
    let votes = [vote(&answered)];
    let voted = policy.delegate_for(&own, (&[own.clone(), answered], &votes), scene);
    assert_eq!(voted, Err(NoStandIn::IsAsked));
}

#[test]
fn a_delegates_vote_is_the_approvers_and_one_person_is_never_two() {
    let policy = policy();
    let required = policy.requirement(&matter(100)).unwrap();
    let version = ContentHash::of(b"the bill");
    let counted = |votes: &[(&str, Option<&str>)]| {
        let requests = votes.iter();
        let requests = requests.map(|(to, place)| request(to, *place, ApprovalState::Approved));
        let requests = requests.collect::<Vec<_>>();
        let votes = requests.iter().map(vote).collect::<Vec<_>>();
        tally(&required, version, &requests, &votes) == Tally::Approved
    };
    assert!(counted(&[("ben", Some("anna")), ("cem", None)]));
    // In the own name alone Ben is not one of the two.
    assert!(!counted(&[("ben", None), ("cem", None)]));
    assert!(!counted(&[("ben", Some("anna")), ("anna", None)]));
    assert!(!counted(&[("ben", Some("anna")), ("ben", Some("cem"))]));
    assert!(!counted(&[("cem", Some("anna")), ("cem", None)]));
}
