use super::*;

fn anna() -> MailAddress {
    MailAddress::parse("anna@example.com").expect("an address")
}

fn check(method: &str, result: &str, properties: &[(&str, &str)]) -> CheckResult {
    let properties = properties
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    CheckResult {
        method: method.into(),
        result: result.into(),
        properties,
    }
}

/// A mail whose fields stand as listed; an `AR …` entry is an Authentication-Results field of that server.
fn mail(fields: &[(&str, &str)], results: &[CheckResult]) -> MailFacts {
    let mut mail = MailFacts {
        from: vec![anna()],
        from_count: 1,
        ..MailFacts::default()
    };
    for (at, (name, value)) in fields.iter().enumerate() {
        mail.fields.push(((*name).to_owned(), (*value).to_owned()));
        if *name == "Authentication-Results" {
            let authserv_id = (!value.is_empty()).then(|| (*value).to_owned());
            mail.authentication.push(AuthenticationStatement {
                field: at,
                authserv_id,
                results: results.to_vec(),
            });
        }
    }
    mail
}

fn policy() -> AuthenticityPolicy {
    AuthenticityPolicy {
        trusted_authserv_ids: vec!["mx.fin.test".into()],
        accept_dkim: true,
        ..AuthenticityPolicy::default()
    }
}

const OWN_RESULT: (&str, &str) = ("Authentication-Results", "mx.fin.test");
const OWN_RECEIVED: (&str, &str) = (
    "Received",
    "from out.example.com by mx.fin.test with ESMTPS",
);
const THEIR_RECEIVED: (&str, &str) = ("Received", "from desk by out.example.com with ESMTPSA");

fn dmarc_pass() -> Vec<CheckResult> {
    vec![check("dmarc", "pass", &[("header.from", "example.com")])]
}

fn proof(mail: &MailFacts, policy: &AuthenticityPolicy) -> Option<Proof> {
    authenticates(&anna(), mail, &OwnChecks::default(), policy).ok()
}

#[test]
fn dmarc_of_our_own_server_proves_the_sender() {
    let mail = mail(&[OWN_RESULT, OWN_RECEIVED, THEIR_RECEIVED], &dmarc_pass());
    assert_eq!(
        proof(&mail, &policy()),
        Some(Proof::Dmarc {
            domain: "example.com".into()
        })
    );
    assert_eq!(
        authenticity(&mail, &OwnChecks::default(), &policy()).dmarc,
        CheckOutcome::Pass
    );
}

#[test]
fn from_alone_proves_nothing() {
    assert_eq!(proof(&mail(&[OWN_RECEIVED], &[]), &policy()), None);
    assert_eq!(
        proof(
            &mail(
                &[OWN_RESULT, OWN_RECEIVED],
                &[check(
                    "spf",
                    "pass",
                    &[("smtp.mailfrom", "anna@example.com")]
                )]
            ),
            &policy()
        ),
        None
    );
}

#[test]
fn a_result_that_came_with_the_mail_is_not_believed() {
    let forged = mail(&[OWN_RECEIVED, OWN_RESULT, THEIR_RECEIVED], &dmarc_pass());
    assert_eq!(proof(&forged, &policy()), None);
    let stranger = mail(
        &[("Authentication-Results", "mx.evil.test"), OWN_RECEIVED],
        &dmarc_pass(),
    );
    assert_eq!(proof(&stranger, &policy()), None);
    let nobody_trusted = AuthenticityPolicy {
        trusted_authserv_ids: Vec::new(),
        ..policy()
    };
    assert_eq!(
        proof(
            &mail(&[OWN_RESULT, OWN_RECEIVED], &dmarc_pass()),
            &nobody_trusted
        ),
        None
    );
}

#[test]
fn the_refusal_speaks_of_signatures_only_where_they_are_looked_at() {
    let unsigned = mail(&[OWN_RECEIVED], &[]);
    for (checks_dkim, words) in [
        (true, "no valid DKIM signature of example.com"),
        (false, "DKIM signatures are not looked at here"),
    ] {
        let policy = AuthenticityPolicy {
            checks_dkim,
            ..policy()
        };
        let why = authenticates(&anna(), &unsigned, &OwnChecks::default(), &policy).unwrap_err();
        assert!(format!("{why:?}").contains(words), "{why:?}");
    }
}

#[test]
fn a_server_whose_received_line_bears_another_name_is_believed_above_all_received_lines_only() {
    let unlike = ("Received", "from out.example.com by mta3.provider.test");
    let above = mail(&[OWN_RESULT, unlike, THEIR_RECEIVED], &dmarc_pass());
    assert!(proof(&above, &policy()).is_some());
    let forged = mail(&[unlike, OWN_RESULT, THEIR_RECEIVED], &dmarc_pass());
    assert_eq!(proof(&forged, &policy()), None);
    let deeper = mail(&[unlike, THEIR_RECEIVED, OWN_RESULT], &dmarc_pass());
    assert_eq!(proof(&deeper, &policy()), None);
    let below = AuthenticityPolicy {
        results_below_received: true,
        ..policy()
    };
    assert!(proof(&forged, &below).is_some());
    let exchange = AuthenticityPolicy {
        trusted_authserv_ids: vec!["-".into()],
        ..policy()
    };
    let nameless = ("Authentication-Results", "");
    let found = mail(&[unlike, nameless, THEIR_RECEIVED], &dmarc_pass());
    assert!(proof(&found, &exchange).is_some());
}

#[test]
fn a_server_that_writes_below_its_received_line_must_be_named_so() {
    let gmail = mail(&[OWN_RECEIVED, OWN_RESULT, THEIR_RECEIVED], &dmarc_pass());
    let below = AuthenticityPolicy {
        results_below_received: true,
        ..policy()
    };
    assert!(proof(&gmail, &below).is_some());
    let deeper = mail(&[OWN_RECEIVED, THEIR_RECEIVED, OWN_RESULT], &dmarc_pass());
    assert_eq!(proof(&deeper, &below), None);
}

#[test]
fn results_below_any_received_line_count_only_where_the_configuration_says_so() {
    let delivered = ("Received", "from mx.fin.test by imap.fin.test with LMTP");
    let unlike = (
        "Received",
        "from mx.fin.test by store7.provider.test with LMTP",
    );
    // A sender who writes our server's name in both fields looks just like a second server of ours that delivers.
    let strips = AuthenticityPolicy {
        results_below_received: true,
        ..policy()
    };
    for on_top in [delivered, unlike] {
        let mail = mail(
            &[on_top, OWN_RESULT, OWN_RECEIVED, THEIR_RECEIVED],
            &dmarc_pass(),
        );
        let refused = authenticates(&anna(), &mail, &OwnChecks::default(), &policy()).unwrap_err();
        assert!(
            refused.reason.contains("results_below_received"),
            "{}",
            refused.reason
        );
        assert!(proof(&mail, &strips).is_some());
    }
}

#[test]
fn a_second_subject_or_from_makes_the_mail_unauthenticated() {
    let good = mail(&[OWN_RESULT, OWN_RECEIVED], &dmarc_pass());
    let twice = MailFacts {
        duplicated: vec!["Subject"],
        ..good.clone()
    };
    assert!(
        authenticates(&anna(), &twice, &OwnChecks::default(), &policy())
            .is_err_and(|refused| refused.reason.contains("Subject"))
    );
    assert_eq!(
        proof(
            &MailFacts {
                from_count: 2,
                ..good
            },
            &policy()
        ),
        None
    );
}

#[test]
fn dmarc_of_another_domain_and_failed_dmarc_prove_nothing() {
    let other = vec![check("dmarc", "pass", &[("header.from", "evil.test")])];
    assert_eq!(
        proof(&mail(&[OWN_RESULT, OWN_RECEIVED], &other), &policy()),
        None
    );
    let failed = vec![
        check("dmarc", "fail", &[("header.from", "example.com")]),
        check("dkim", "pass", &[("header.d", "example.com")]),
    ];
    assert_eq!(
        proof(&mail(&[OWN_RESULT, OWN_RECEIVED], &failed), &policy()),
        None
    );
}

#[test]
fn our_own_dkim_check_needs_no_server_but_an_aligned_domain() {
    let bare = mail(&[OWN_RECEIVED], &[]);
    let own = |domain: &str, result| {
        let dkim = vec![OwnDkim {
            domain: domain.into(),
            result,
        }];
        OwnChecks {
            dkim,
            ..OwnChecks::default()
        }
    };
    let try_with = |own: &OwnChecks| authenticates(&anna(), &bare, own, &policy()).ok();
    let expected = Proof::Dkim {
        domain: "mail.example.com".into(),
        is_own_check: true,
    };
    assert_eq!(
        try_with(&own("mail.example.com", CheckOutcome::Pass)),
        Some(expected)
    );
    assert_eq!(try_with(&own("example.com", CheckOutcome::Fail)), None);
    assert_eq!(
        try_with(&own("example.com.evil.test", CheckOutcome::Pass)),
        None
    );
    let strict = AuthenticityPolicy {
        accept_dkim: false,
        ..policy()
    };
    assert!(
        authenticates(
            &anna(),
            &bare,
            &own("example.com", CheckOutcome::Pass),
            &strict
        )
        .is_err()
    );
}

#[test]
fn colleagues_are_known_by_their_login_or_the_configured_mark() {
    let relay = InternalRelay {
        domains: vec!["example.com".into()],
        marker: Some(("X-Internal".into(), "yes".into())),
    };
    let with_relay = AuthenticityPolicy {
        internal_relay: Some(relay),
        ..policy()
    };
    let login = |user: &str| vec![check("auth", "pass", &[("smtp.auth", user)])];
    let logged_in = mail(&[OWN_RESULT, OWN_RECEIVED], &login("anna@example.com"));
    assert!(proof(&logged_in, &with_relay).is_some());
    assert_eq!(proof(&logged_in, &policy()), None);
    assert_eq!(
        proof(
            &mail(&[OWN_RESULT, OWN_RECEIVED], &login("bob@example.com")),
            &with_relay
        ),
        None
    );
    assert!(
        proof(
            &mail(&[("X-Internal", "yes"), OWN_RECEIVED], &[]),
            &with_relay
        )
        .is_some()
    );
    assert_eq!(
        proof(
            &mail(&[("X-Internal", "no"), OWN_RECEIVED], &[]),
            &with_relay
        ),
        None
    );
}

#[test]
fn organisations_end_at_the_public_suffix() {
    for (one, other, same) in [
        ("a.example.com", "b.example.com", true),
        ("example.co.uk", "other.co.uk", false),
        ("mail.example.co.uk", "example.co.uk", true),
        ("evil.onmicrosoft.com", "boss.onmicrosoft.com", false),
        ("com", "com", true),
        ("example.com", "com", false),
        ("", "", false),
        ("xexample.com", "example.com", false),
    ] {
        assert_eq!(same_organisation(one, other), same, "{one} and {other}");
    }
}
