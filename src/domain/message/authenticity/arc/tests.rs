use super::super::{OwnChecks, authenticates};
use super::*;
use crate::domain::message::facts::AuthenticationStatement;

fn anna() -> MailAddress {
    MailAddress::parse("anna@example.com").expect("an address")
}

fn check(method: &str, result: &str, name: &str, value: &str) -> CheckResult {
    CheckResult {
        method: method.into(),
        result: result.into(),
        properties: vec![(name.into(), value.into())],
    }
}

fn set(sealer: &str, results: Vec<CheckResult>) -> ArcSet {
    ArcSet {
        sealer: sealer.into(),
        covers_from: true,
        results,
    }
}

fn dmarc(result: &str) -> Vec<CheckResult> {
    vec![check("dmarc", result, "header.from", "example.com")]
}

/// The list changed the mail, so the gate behind it saw DMARC fail.
fn handed_on() -> MailFacts {
    MailFacts {
        from: vec![anna()],
        from_count: 1,
        arc: vec![
            set("list.example", dmarc("pass")),
            set("gate.example", dmarc("fail")),
        ],
        ..MailFacts::default()
    }
}

fn trusting(sealers: &[&str]) -> AuthenticityPolicy {
    AuthenticityPolicy {
        trusted_authserv_ids: vec!["mx.fin.test".into()],
        accept_dkim: true,
        trusted_arc_sealers: sealers.iter().map(|sealer| (*sealer).to_owned()).collect(),
        ..AuthenticityPolicy::default()
    }
}

fn proven(mail: &MailFacts, arc: CheckOutcome, policy: &AuthenticityPolicy) -> Option<String> {
    let own = OwnChecks {
        arc,
        ..OwnChecks::default()
    };
    let proof = authenticates(&anna(), mail, &own, policy).ok();
    proof.map(|proof| proof.describe())
}

const BOTH: &[&str] = &["list.example", "gate.example"];

#[test]
fn a_chain_of_trusted_sealers_proves_what_the_first_of_them_saw() {
    assert_eq!(
        proven(&handed_on(), CheckOutcome::Pass, &trusting(BOTH)).as_deref(),
        Some("DMARC passed for example.com at list.example, which sealed the mail (ARC)")
    );
    let mut signed = handed_on();
    signed.arc[0].results = vec![check("dkim", "pass", "header.d", "mail.example.com")];
    assert!(proven(&signed, CheckOutcome::Pass, &trusting(BOTH)).is_some());
}

#[test]
fn a_stranger_in_the_chain_after_him_could_have_changed_it() {
    for trusted in [&["list.example"][..], &["gate.example"], &[]] {
        assert_eq!(
            proven(&handed_on(), CheckOutcome::Pass, &trusting(trusted)),
            None
        );
    }
    // What a stranger did before is what the trusted one looked at.
    let mut after_a_stranger = handed_on();
    after_a_stranger
        .arc
        .insert(0, set("stranger.example", Vec::new()));
    assert!(proven(&after_a_stranger, CheckOutcome::Pass, &trusting(BOTH)).is_some());
}

#[test]
fn a_chain_that_does_not_hold_or_nobody_checked_proves_nothing() {
    for arc in [CheckOutcome::Fail, CheckOutcome::None] {
        assert_eq!(proven(&handed_on(), arc, &trusting(BOTH)), None);
    }
    let mut from_left_out = handed_on();
    from_left_out.arc[1].covers_from = false;
    assert_eq!(
        proven(&from_left_out, CheckOutcome::Pass, &trusting(BOTH)),
        None
    );
    let mut of_another = handed_on();
    of_another.arc[0].results = vec![check("dmarc", "pass", "header.from", "boss.example")];
    assert_eq!(
        proven(&of_another, CheckOutcome::Pass, &trusting(BOTH)),
        None
    );
}

#[test]
fn our_own_server_may_have_checked_the_chain_and_a_stranger_may_not() {
    let mut mail = handed_on();
    mail.fields = vec![("Authentication-Results".into(), String::new())];
    mail.authentication = vec![AuthenticationStatement {
        field: 0,
        authserv_id: Some("mx.fin.test".into()),
        results: [
            dmarc("fail"),
            vec![check("arc", "pass", "header.oldest-pass", "0")],
        ]
        .concat(),
    }];
    assert!(proven(&mail, CheckOutcome::None, &trusting(BOTH)).is_some());
    // What we saw ourselves stands above what the server wrote.
    assert_eq!(proven(&mail, CheckOutcome::Fail, &trusting(BOTH)), None);
    mail.authentication[0].authserv_id = Some("mx.stranger.example".into());
    assert_eq!(proven(&mail, CheckOutcome::None, &trusting(BOTH)), None);
}
