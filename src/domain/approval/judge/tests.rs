//! The ways in which somebody might get a bill paid by mail who should not, each told as a story.

use super::*;
use crate::basics::calendar::TimeZone;
use crate::basics::currency::Currency;
use crate::basics::ids::{ApprovalRequestId, BillId, OutboundId};
use crate::basics::money::Money;
use crate::domain::approval::policy::{ApprovalRule, Approver};
use crate::domain::approval::reply::{understand, understand_both};
use crate::domain::approval::tally::{Tally, tally};
use crate::domain::approval::token::issue;

const NOW: &str = "2026-11-22T10:00:00Z";

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn mail(text: &str) -> MailAddress {
    MailAddress::parse(text).unwrap()
}

fn eur(minor: i64) -> Money {
    Money::from_minor(minor, Currency::EUR)
}

/// Anna may approve up to 10,000.00, Ben and Cem anything.
struct Office {
    policy: ApprovalPolicy,
    request: ApprovalRequest,
    amount: Money,
    submitter: Option<MailAddress>,
    corrected_by: Vec<String>,
    version: ContentHash,
    votes: Vec<Vote>,
    accounts_by: Vec<String>,
}

/// One answer, honest unless a test says otherwise.
struct Answer {
    from: Vec<MailAddress>,
    from_count: usize,
    automatic: Option<&'static str>,
    carries_mail: bool,
    proof: Result<&'static str, &'static str>,
    reply: Reply,
    repeated: bool,
    now: Timestamp,
    has_token: bool,
}

impl Answer {
    fn saying(text: &str) -> Self {
        Self {
            from: vec![mail("anna@fin.test")],
            from_count: 1,
            automatic: None,
            carries_mail: false,
            proof: Ok("dmarc=pass by mx.fin.test"),
            reply: understand(text),
            repeated: false,
            now: at(NOW),
            has_token: true,
        }
    }
}

impl Office {
    fn new() -> Self {
        let person = |name: &str, limit: Option<i64>| Approver {
            name: format!("{name} Berg"),
            address: mail(&format!("{}@fin.test", name.to_lowercase())),
            limit: limit.map(eur),
        };
        let version = ContentHash::of(b"the bill as shown");
        let id = ApprovalRequestId::derive(&["bill", "anna"]);
        Self {
            policy: ApprovalPolicy {
                approvers: vec![
                    person("Anna", Some(1_000_000)),
                    person("Ben", None),
                    person("Cem", None),
                ],
                delegations: Vec::new(),
                rules: vec![
                    ApprovalRule {
                        name: "two above 10,000".into(),
                        above: Some(eur(1_000_000)),
                        supplier: None,
                        approvers: vec![mail("ben@fin.test"), mail("cem@fin.test")],
                        needed: 2,
                        everyday: false,
                    },
                    ApprovalRule {
                        name: "everyday".into(),
                        above: None,
                        supplier: None,
                        approvers: vec![mail("anna@fin.test")],
                        needed: 1,
                        everyday: true,
                    },
                ],
                currency: Currency::EUR,
                expires_days: 7,
            },
            request: ApprovalRequest {
                id,
                bill: BillId::derive(&["bill"]),
                bill_version: version,
                approver: mail("anna@fin.test"),
                stands_in_for: None,
                rules: vec!["everyday".into()],
                token_hash: issue(&[1; 32], id).hash(),
                outbound: OutboundId::derive(&["mail"]),
                state: ApprovalState::Open,
                asked_at: at("2026-11-20T10:00:00Z"),
                expires_at: at("2026-11-27T10:00:00Z"),
                version: 1,
            },
            amount: eur(119_000),
            submitter: None,
            corrected_by: Vec::new(),
            version,
            votes: Vec::new(),
            accounts_by: Vec::new(),
        }
    }

    fn judge(&self, answer: &Answer) -> Judgement {
        let matter = Matter {
            amount: self.amount,
            supplier_number: Some("70001"),
            suppliers_approver: None,
            submitter: self.submitter.as_ref(),
            corrected_by: &self.corrected_by,
        };
        judge(&AnswerFacts {
            message: MessageId::derive(&["the answer"]),
            request: answer.has_token.then_some(&self.request),
            bill_version: self.version,
            matter: Some(&matter),
            policy: &self.policy,
            from: &answer.from,
            from_count: answer.from_count,
            automatic: answer.automatic,
            carries_mail: answer.carries_mail,
            proof: answer.proof,
            reply: &answer.reply,
            repeated: answer.repeated,
            votes: &self.votes,
            accounts_by: &self.accounts_by,
            today: crate::basics::calendar::day_in(&TimeZone::UTC, answer.now),
            now: answer.now,
        })
    }

    fn refused(&self, answer: &Answer) -> Refusal {
        match self.judge(answer) {
            Judgement::Refuse(refusal) => refusal,
            other @ (Judgement::Accept(_) | Judgement::Ask(_)) => panic!("was {other:?}"),
        }
    }

    fn asks(&self, text: &str) -> AsksFor {
        match self.judge(&Answer::saying(text)) {
            Judgement::Ask(what) => what,
            other @ (Judgement::Accept(_) | Judgement::Refuse(_)) => panic!("{text:?}: {other:?}"),
        }
    }
}

#[test]
fn anna_says_approve_and_the_bill_has_her_vote() {
    let Judgement::Accept(vote) = Office::new().judge(&Answer::saying("Approve")) else {
        panic!()
    };
    assert_eq!(
        (vote.verdict, vote.approver),
        (Verdict::Approve, mail("anna@fin.test"))
    );
    assert_eq!(vote.proof, "dmarc=pass by mx.fin.test");
}

#[test]
fn anna_rejects_with_a_reason() {
    let Judgement::Accept(vote) = Office::new().judge(&Answer::saying("Reject: never ordered"))
    else {
        panic!()
    };
    assert_eq!(
        (vote.verdict, vote.reason.as_str()),
        (Verdict::Reject, "never ordered")
    );
}

#[test]
fn a_forged_from_without_proof_is_refused_and_the_office_hears_of_it() {
    let forged = Answer {
        proof: Err("dmarc=fail"),
        ..Answer::saying("Approve")
    };
    let refusal = Office::new().refused(&forged);
    assert_eq!(
        (refusal.code, refusal.is_alarming),
        (RefusalCode::Unproven, true)
    );
    assert!(refusal.why.contains("dmarc=fail"));
}

#[test]
fn a_stranger_with_the_token_is_refused_and_told_nothing_about_the_bill() {
    let stranger = Answer {
        from: vec![mail("eve@evil.test")],
        ..Answer::saying("Approve")
    };
    let refusal = Office::new().refused(&stranger);
    assert_eq!(
        (refusal.code, refusal.is_alarming, refusal.is_answered),
        (RefusalCode::OtherSender, true, true)
    );
    assert!(!refusal.told.contains("anna") && !refusal.next.contains("anna"));
}

#[test]
fn a_colleague_to_whom_the_request_was_forwarded_cannot_answer_it() {
    let colleague = Answer {
        from: vec![mail("ben@fin.test")],
        ..Answer::saying("Approve")
    };
    assert_eq!(
        Office::new().refused(&colleague).code,
        RefusalCode::OtherSender
    );
}

#[test]
fn annas_name_before_another_address_is_not_anna() {
    // The display name never reaches the judge: only the address does.
    let spoofed = Answer {
        from: vec![mail("anna.fin.test@evil.test")],
        ..Answer::saying("Approve")
    };
    assert_eq!(
        Office::new().refused(&spoofed).code,
        RefusalCode::OtherSender
    );
}

#[test]
fn annas_address_with_a_detail_or_another_domain_is_not_annas() {
    for other in [
        "anna+x@fin.test",
        "anna@fin.test.evil.test",
        "anna@f1n.test",
        "аnna@fin.test",
    ] {
        let answer = Answer {
            from: vec![mail(other)],
            ..Answer::saying("Approve")
        };
        assert_eq!(
            Office::new().refused(&answer).code,
            RefusalCode::OtherSender,
            "{other}"
        );
    }
}

#[test]
fn two_senders_in_from_are_one_too_many() {
    let two = Answer {
        from: vec![mail("anna@fin.test"), mail("eve@evil.test")],
        from_count: 2,
        ..Answer::saying("Approve")
    };
    assert_eq!(Office::new().refused(&two).code, RefusalCode::OtherSender);
    let hidden = Answer {
        from_count: 2,
        ..Answer::saying("Approve")
    };
    assert_eq!(
        Office::new().refused(&hidden).code,
        RefusalCode::OtherSender
    );
    let nobody = Answer {
        from: Vec::new(),
        from_count: 0,
        ..Answer::saying("Approve")
    };
    assert_eq!(
        Office::new().refused(&nobody).code,
        RefusalCode::OtherSender
    );
}

#[test]
fn writing_the_address_in_capitals_is_still_anna() {
    let capitals = Answer {
        from: vec![mail("ANNA@FIN.TEST")],
        ..Answer::saying("Approve")
    };
    assert!(matches!(
        Office::new().judge(&capitals),
        Judgement::Accept(_)
    ));
}

#[test]
fn an_invented_token_finds_nothing() {
    let invented = Answer {
        has_token: false,
        ..Answer::saying("Approve")
    };
    assert_eq!(
        Office::new().refused(&invented).code,
        RefusalCode::UnknownRequest
    );
}

#[test]
fn nobody_has_us_write_to_a_stranger_by_putting_him_into_from() {
    let forged = |from: &str| Answer {
        from: vec![mail(from)],
        proof: Err("dmarc=fail by mx.fin.test"),
        has_token: false,
        ..Answer::saying("Approve")
    };
    let is_told = |answer: &Answer| Office::new().refused(answer).is_answered;
    assert!(!is_told(&forged("victim@innocent.test")));
    assert!(!is_told(&Answer {
        has_token: true,
        ..forged("victim@innocent.test")
    }));
    // An approver learns that somebody writes in his name, and whoever proves that he wrote hears why it does not count.
    assert!(is_told(&forged("ben@fin.test")));
    let proven = Answer {
        proof: Ok("dmarc=pass by mx.fin.test"),
        ..forged("eve@evil.test")
    };
    assert!(is_told(&proven));
}

#[test]
fn an_out_of_office_note_that_quotes_the_request_decides_nothing_and_is_not_answered() {
    let absence = Answer {
        automatic: Some("Auto-Submitted: auto-replied"),
        ..Answer::saying("Approve")
    };
    let refusal = Office::new().refused(&absence);
    assert_eq!(
        (refusal.code, refusal.is_answered),
        (RefusalCode::Automatic, false)
    );
    let without_token = Answer {
        automatic: Some("null return path"),
        has_token: false,
        ..Answer::saying("")
    };
    assert!(!Office::new().refused(&without_token).is_answered);
}

#[test]
fn the_same_mail_a_second_time_is_not_a_second_vote_and_not_answered_again() {
    let replayed = Answer {
        repeated: true,
        ..Answer::saying("Approve")
    };
    let refusal = Office::new().refused(&replayed);
    assert_eq!(
        (refusal.code, refusal.is_answered),
        (RefusalCode::Replayed, false)
    );
}

#[test]
fn a_second_answer_to_an_answered_request_changes_nothing() {
    let mut office = Office::new();
    for (state, code) in [
        (ApprovalState::Approved, RefusalCode::Closed),
        (ApprovalState::Declined, RefusalCode::Closed),
        (ApprovalState::Withdrawn, RefusalCode::Closed),
        (ApprovalState::Expired, RefusalCode::Expired),
    ] {
        office.request.state = state;
        assert_eq!(
            office
                .refused(&Answer::saying("Reject: changed my mind"))
                .code,
            code,
            "{state}"
        );
    }
}

#[test]
fn a_vote_that_is_there_already_cannot_be_given_again() {
    let mut office = Office::new();
    let Judgement::Accept(mut vote) = office.judge(&Answer::saying("Approve")) else {
        panic!()
    };
    vote.message = Some(MessageId::derive(&["an earlier answer"]));
    office.votes.push(vote);
    assert_eq!(
        office.refused(&Answer::saying("Approve")).code,
        RefusalCode::Replayed
    );
}

#[test]
fn an_answer_a_second_after_the_time_is_too_late() {
    let office = Office::new();
    let late = Answer {
        now: at("2026-11-27T10:00:00Z"),
        ..Answer::saying("Approve")
    };
    assert_eq!(office.refused(&late).code, RefusalCode::Expired);
    let in_time = Answer {
        now: at("2026-11-27T09:59:59Z"),
        ..Answer::saying("Approve")
    };
    assert!(matches!(office.judge(&in_time), Judgement::Accept(_)));
}

#[test]
fn an_answer_about_the_bill_before_it_was_corrected_does_not_count() {
    let mut office = Office::new();
    office.version = ContentHash::of(b"the amount was edited");
    assert_eq!(
        office.refused(&Answer::saying("Approve")).code,
        RefusalCode::Superseded
    );
    office.request.state = ApprovalState::Withdrawn;
    let refusal = office.refused(&Answer::saying("Approve"));
    assert_eq!(refusal.code, RefusalCode::Superseded);
    assert!(refusal.next.contains("new request"));
}

#[test]
fn whoever_sent_the_bill_in_cannot_approve_it() {
    let mut office = Office::new();
    office.submitter = Some(mail("Anna@fin.test"));
    let refusal = office.refused(&Answer::saying("Approve"));
    assert_eq!(
        (refusal.code, refusal.is_alarming),
        (RefusalCode::NoAuthority, true)
    );
}

#[test]
fn whoever_corrected_the_bill_cannot_approve_it() {
    let mut office = Office::new();
    office.corrected_by = vec!["anna berg".into()];
    assert_eq!(
        office.refused(&Answer::saying("Approve")).code,
        RefusalCode::NoAuthority
    );
}

#[test]
fn a_limit_of_ten_thousand_does_not_reach_one_cent_more() {
    let mut office = Office::new();
    office.amount = eur(1_000_001);
    assert_eq!(
        office.refused(&Answer::saying("Approve")).code,
        RefusalCode::NoAuthority
    );
    office.amount = eur(1_000_000);
    assert!(matches!(
        office.judge(&Answer::saying("Approve")),
        Judgement::Accept(_)
    ));
}

#[test]
fn an_approver_who_left_the_list_after_being_asked_cannot_answer_any_more() {
    let mut office = Office::new();
    office
        .policy
        .approvers
        .retain(|approver| approver.address.local() != "anna");
    assert_eq!(
        office.refused(&Answer::saying("Approve")).code,
        RefusalCode::NoAuthority
    );
}

#[test]
fn a_limit_in_euros_says_nothing_about_a_bill_in_dollars() {
    let mut office = Office::new();
    office.amount = Money::from_minor(500, Currency::parse("USD").unwrap());
    assert_eq!(
        office.refused(&Answer::saying("Approve")).code,
        RefusalCode::NoAuthority
    );
}

#[test]
fn an_answer_with_a_mail_inside_is_a_forward_and_no_answer() {
    let forwarded = Answer {
        carries_mail: true,
        ..Answer::saying("Approve")
    };
    assert_eq!(
        Office::new().refused(&forwarded).code,
        RefusalCode::Forwarded
    );
}

#[test]
fn approve_quoted_below_reject_rejects() {
    // The message module cuts quotes; what a careless client leaves unquoted makes it contradictory, never an approval.
    let office = Office::new();
    assert_eq!(
        office.asks("Reject: wrong amount\n\nAPPROVE"),
        AsksFor::OneWord
    );
    assert!(matches!(
        office.judge(&Answer::saying("Reject: wrong amount")),
        Judgement::Accept(Vote {
            verdict: Verdict::Reject,
            ..
        })
    ));
}

#[test]
fn a_text_part_and_an_html_part_that_disagree_decide_nothing() {
    let torn = Answer {
        reply: understand_both("Reject: no", Some("Approve")),
        ..Answer::saying("")
    };
    assert_eq!(Office::new().judge(&torn), Judgement::Ask(AsksFor::OneWord));
}

#[test]
fn doubts_thumbs_and_silence_decide_nothing() {
    let office = Office::new();
    for text in ["ok?", "Who ordered this?", "Approved. But why 16 % VAT?"] {
        assert_eq!(office.asks(text), AsksFor::AnswerToQuestion, "{text:?}");
    }
    for text in [
        "",
        "👍",
        "ok",
        "not approved",
        "approve if Ben agrees",
        "Approve\nReject",
        "Approved\nbut not line 2",
    ] {
        assert_eq!(office.asks(text), AsksFor::OneWord, "{text:?}");
    }
}

#[test]
fn a_rejection_without_a_reason_asks_for_one() {
    let office = Office::new();
    assert_eq!(office.asks("Reject"), AsksFor::Reason);
    assert_eq!(
        office.asks("Reject\n\nAnna"),
        AsksFor::Reason,
        "a name is no reason"
    );
    assert_eq!(
        office.asks("Abgelehnt\nViele Grüße\nAnna Berg"),
        AsksFor::Reason
    );
}

#[test]
fn the_name_below_a_reason_is_no_part_of_it() {
    let office = Office::new();
    let reason = |text: &str| {
        let Judgement::Accept(vote) = office.judge(&Answer::saying(text)) else {
            panic!("not taken: {text}")
        };
        vote.reason
    };
    assert_eq!(
        reason("Reject: wrong price, please ask for a credit note\nAnna Berg"),
        "wrong price, please ask for a credit note"
    );
    assert_eq!(reason("Reject: not for Anna"), "not for Anna");
}

#[test]
fn a_delegation_by_mail_is_a_question_for_the_office() {
    assert_eq!(
        Office::new().asks("Delegate to Ben"),
        AsksFor::AnswerToQuestion
    );
}

#[test]
fn a_stranger_learns_nothing_about_a_closed_request_either() {
    let mut office = Office::new();
    office.request.state = ApprovalState::Approved;
    let stranger = Answer {
        from: vec![mail("eve@evil.test")],
        ..Answer::saying("Approve")
    };
    assert_eq!(office.refused(&stranger).code, RefusalCode::OtherSender);
}

#[test]
fn only_programs_and_repetitions_go_unanswered() {
    for code in RefusalCode::ALL {
        let silent = matches!(code, RefusalCode::Automatic | RefusalCode::Replayed);
        assert_eq!(refusal(*code, String::new()).is_answered, !silent, "{code}");
    }
}

fn large_bill(answers: &[(&str, Verdict)]) -> Tally {
    let mut office = Office::new();
    office.amount = eur(1_000_001);
    let matter = Matter {
        amount: office.amount,
        supplier_number: None,
        suppliers_approver: None,
        submitter: None,
        corrected_by: &[],
    };
    let requirement = office.policy.requirement(&matter).unwrap();
    let mut requests = Vec::new();
    let mut votes = Vec::new();
    for (place, name) in ["ben", "cem", "ben"].iter().enumerate() {
        let id = ApprovalRequestId::derive(&[name, &place.to_string()]);
        let answer = answers.get(place).filter(|(who, _)| who == name);
        let state = match answer.map(|(_, verdict)| verdict) {
            None => ApprovalState::Open,
            Some(Verdict::Approve) => ApprovalState::Approved,
            Some(Verdict::Reject) => ApprovalState::Declined,
        };
        let approver = mail(&format!("{name}@fin.test"));
        if let Some((_, verdict)) = answer {
            votes.push(Vote {
                request: id,
                bill: office.request.bill,
                message: None,
                approver: approver.clone(),
                stands_in_for: None,
                verdict: *verdict,
                reason: String::new(),
                proof: String::new(),
                at: at(NOW),
            });
        }
        requests.push(ApprovalRequest {
            id,
            approver,
            state,
            ..office.request.clone()
        });
    }
    tally(&requirement, office.version, &requests, &votes)
}

#[test]
fn the_same_person_twice_is_one_of_two() {
    use Verdict::Approve;
    let twice = large_bill(&[("ben", Approve), ("nobody", Approve), ("ben", Approve)]);
    assert_eq!(twice, Tally::Waiting(vec![mail("cem@fin.test")]));
    let both = large_bill(&[("ben", Approve), ("cem", Approve)]);
    assert_eq!(both, Tally::Approved);
}

#[test]
fn one_rejection_ends_it_whatever_the_others_say() {
    let torn = large_bill(&[("ben", Verdict::Approve), ("cem", Verdict::Reject)]);
    assert_eq!(torn, Tally::Rejected);
}

#[test]
fn votes_about_an_earlier_version_are_not_counted() {
    let mut office = Office::new();
    office.request.state = ApprovalState::Approved;
    let Judgement::Accept(vote) = Office::new().judge(&Answer::saying("Approve")) else {
        panic!()
    };
    let matter = Matter {
        amount: office.amount,
        supplier_number: None,
        suppliers_approver: None,
        submitter: None,
        corrected_by: &[],
    };
    let requirement = office.policy.requirement(&matter).unwrap();
    let requests = [office.request.clone()];
    let votes = [vote];
    assert_eq!(
        tally(&requirement, office.version, &requests, &votes),
        Tally::Approved
    );
    let edited = ContentHash::of(b"edited");
    assert_eq!(
        tally(&requirement, edited, &requests, &votes),
        Tally::Waiting(Vec::new())
    );
}

#[test]
fn a_delegates_answer_counts_while_the_delegation_holds_and_is_refused_politely_afterwards() {
    use crate::basics::calendar::date;
    use crate::domain::approval::Delegation;
    let mut office = Office::new();
    office.request.approver = mail("ben@fin.test");
    office.request.stands_in_for = Some(mail("anna@fin.test"));
    let answer = || Answer {
        from: vec![mail("ben@fin.test")],
        ..Answer::saying("Approve")
    };
    let delegation = Delegation {
        approver: mail("anna@fin.test"),
        delegate: mail("ben@fin.test"),
        from: date(2026, 11, 20),
        until: date(2026, 11, 22),
        ceiling: Some(eur(119_000)),
    };
    office.policy.delegations = vec![delegation.clone()];
    let Judgement::Accept(vote) = office.judge(&answer()) else {
        panic!()
    };
    assert_eq!(vote.approver, mail("ben@fin.test"));
    assert_eq!(vote.stands_in_for, Some(mail("anna@fin.test")));
    let lowered = Delegation {
        ceiling: Some(eur(118_999)),
        ..delegation.clone()
    };
    let ended = Delegation {
        until: date(2026, 11, 21),
        ..delegation.clone()
    };
    let another = Delegation {
        delegate: mail("cem@fin.test"),
        ..delegation.clone()
    };
    for changed in [vec![lowered], vec![ended], vec![another], Vec::new()] {
        office.policy.delegations = changed;
        let refusal = office.refused(&answer());
        assert_eq!(refusal.code, RefusalCode::DelegationOver);
        assert!(refusal.is_answered && !refusal.is_alarming);
    }
    office.policy.delegations = vec![delegation];
    // Whoever brought the account does not say that it is paid.
    office.accounts_by = vec!["Ben Berg".into()];
    assert_eq!(office.refused(&answer()).code, RefusalCode::NoAuthority);
    office.accounts_by.clear();
    office.policy.approvers[0].limit = Some(eur(118_999));
    assert_eq!(office.refused(&answer()).code, RefusalCode::DelegationOver);
    // And nobody but the delegate answers the delegate's request.
    let anna = Answer::saying("Approve");
    assert_eq!(office.refused(&anna).code, RefusalCode::OtherSender);
}
