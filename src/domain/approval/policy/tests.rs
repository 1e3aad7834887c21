use super::*;

pub(crate) fn eur(minor: i64) -> Money {
    Money::from_minor(minor, Currency::EUR)
}

fn address(name: &str) -> MailAddress {
    MailAddress::parse(&format!("{name}@fin.test")).unwrap()
}

fn rule(name: &str, approvers: &[&str], needed: u32) -> ApprovalRule {
    ApprovalRule {
        name: name.into(),
        above: None,
        supplier: None,
        approvers: approvers.iter().map(|name| address(name)).collect(),
        needed,
        everyday: false,
    }
}

/// C1 and C2 as one policy: above 10,000.00 two people, supplier X always the CFO, else the AP manager.
fn policy() -> ApprovalPolicy {
    let approver = |name: &str, limit: Option<i64>| Approver {
        name: name.into(),
        address: address(name),
        limit: limit.map(eur),
    };
    ApprovalPolicy {
        approvers: vec![
            approver("ap_manager", Some(1_000_000)),
            approver("finance_manager", None),
            approver("cfo", None),
        ],
        delegations: Vec::new(),
        rules: vec![
            ApprovalRule {
                above: Some(eur(1_000_000)),
                ..rule("two above 10,000", &["finance_manager", "cfo"], 2)
            },
            ApprovalRule {
                supplier: Some("X".into()),
                ..rule("supplier X to the CFO", &["cfo"], 1)
            },
            ApprovalRule {
                everyday: true,
                ..rule("everyday", &["ap_manager"], 1)
            },
        ],
        currency: Currency::EUR,
        expires_days: 7,
    }
}

fn matter(minor: i64, supplier: &str) -> Matter<'_> {
    Matter {
        amount: eur(minor),
        supplier_number: Some(supplier),
        suppliers_approver: None,
        submitter: None,
        corrected_by: &[],
    }
}

fn asked(matter: &Matter<'_>) -> Vec<String> {
    let asked = policy().requirement(matter).unwrap().asked();
    asked
        .iter()
        .map(|a| a.approver.local().to_owned())
        .collect()
}

#[test]
fn a_person_is_the_same_however_the_name_is_typed() {
    let petra = Approver {
        name: "Petra Vogt-Müller".into(),
        address: MailAddress::parse("petra@fin.test").unwrap(),
        limit: None,
    };
    let typed = ["petra vogt-müller", "PetraVogtMuller", "Petra  Vogt Müller"];
    for by in typed.into_iter().chain([" PETRA@fin.test "]) {
        assert!(petra.is_called(by), "{by}");
    }
    for by in ["Petra", "", "-", "petra@fin.example"] {
        assert!(!petra.is_called(by), "{by}");
    }
}

#[test]
fn supplier_x_goes_to_the_cfo_and_large_bills_to_two() {
    assert_eq!(asked(&matter(50_000, "X")), ["cfo"]);
    assert_eq!(asked(&matter(1_500_000, "X")), ["finance_manager", "cfo"]);
    assert_eq!(
        asked(&matter(1_500_000, "other")),
        ["finance_manager", "cfo"]
    );
    assert_eq!(asked(&matter(50_000, "other")), ["ap_manager"]);
}

#[test]
fn exactly_ten_thousand_needs_one_and_a_cent_more_needs_two() {
    assert_eq!(
        policy()
            .requirement(&matter(1_000_000, "o"))
            .unwrap()
            .fewest(),
        1
    );
    let two = policy().requirement(&matter(1_000_001, "o")).unwrap();
    assert_eq!(two.fewest(), 2);
    assert!(
        !two.is_met_by(&[address("cfo"), address("CFO")]),
        "one person twice"
    );
    assert!(two.is_met_by(&[address("cfo"), address("finance_manager")]));
}

#[test]
fn a_credit_note_weighs_as_much_as_a_bill() {
    assert_eq!(
        asked(&matter(-1_500_000, "other")),
        ["finance_manager", "cfo"]
    );
}

#[test]
fn a_bill_in_another_currency_counts_as_above_every_limit_and_says_so() {
    let dollars = Money::from_minor(500, Currency::parse("USD").unwrap());
    let matter = Matter {
        amount: dollars,
        ..matter(0, "other")
    };
    let requirement = policy().requirement(&matter).unwrap();
    assert_eq!(requirement.fewest(), 2);
    assert!(
        requirement.notes.iter().any(|note| note.contains("USD")),
        "{requirement:?}"
    );
    assert_eq!(
        policy().authority(&address("ap_manager"), &matter),
        Err(NoAuthority::Limit)
    );
}

#[test]
fn the_suppliers_own_approver_is_asked_as_well() {
    let finance = address("finance_manager");
    let matter = Matter {
        suppliers_approver: Some(&finance),
        ..matter(50_000, "X")
    };
    let requirement = policy().requirement(&matter).unwrap();
    assert_eq!(requirement.asked().len(), 2);
    assert!(!requirement.is_met_by(&[address("cfo")]));
}

#[test]
fn whoever_sent_or_corrected_the_bill_is_not_asked_and_nobody_is_guessed_instead() {
    let submitter = address("AP_Manager");
    let sent = Matter {
        submitter: Some(&submitter),
        ..matter(50_000, "other")
    };
    let refused = policy().requirement(&sent).unwrap_err();
    assert!(refused.why.contains("sent the bill in"), "{refused:?}");
    let corrected = Matter {
        corrected_by: &["cfo".to_owned()],
        ..matter(50_000, "X")
    };
    assert!(policy().requirement(&corrected).is_err());
}

#[test]
fn a_limit_one_cent_too_low_does_not_reach() {
    let manager = address("ap_manager");
    assert!(
        policy()
            .authority(&manager, &matter(1_000_000, "o"))
            .is_ok()
    );
    assert_eq!(
        policy().authority(&manager, &matter(1_000_001, "o")),
        Err(NoAuthority::Limit)
    );
    assert_eq!(
        policy().authority(&address("stranger"), &matter(1, "o")),
        Err(NoAuthority::NotListed)
    );
}

#[test]
fn a_rule_that_needs_nobody_approves_by_its_name() {
    let mut policy = policy();
    policy.rules = vec![ApprovalRule {
        everyday: true,
        ..rule("small bills", &[], 0)
    }];
    let requirement = policy.requirement(&matter(500, "other")).unwrap();
    assert_eq!(
        requirement.approved_by_policy().as_deref(),
        Some("small bills")
    );
    policy.rules.clear();
    assert!(
        policy.requirement(&matter(500, "other")).is_err(),
        "no rule is no approval"
    );
}

#[test]
fn whoever_changed_a_bill_is_known_by_whatever_name_he_gave() {
    let anna = Approver {
        name: "Anna Berg".into(),
        address: MailAddress::parse("anna.berg@fin.test").unwrap(),
        limit: None,
    };
    for by in [
        "anna",
        "Berg, Anna",
        "A. Berg",
        "aberg",
        "AB",
        "anna.berg",
        "Anna@home.test",
        "anna berg (AP)",
    ] {
        assert!(anna.may_be(by), "{by}");
    }
    for by in ["Ben Okafor", "ben", "x", "controlling", ""] {
        assert!(!anna.may_be(by), "{by}");
    }
}

#[test]
fn a_correction_under_a_whole_name_of_an_approver_stops_nobody_else_of_that_name() {
    let approver = |name: &str, local: &str| Approver {
        name: name.into(),
        address: address(local),
        limit: None,
    };
    let mut policy = policy();
    policy.approvers = vec![
        approver("Anna Berg", "anna.berg"),
        approver("Anna Schmidt", "anna.schmidt"),
        approver("Jan van Berg", "jan"),
    ];
    let may = |local: &str, by: &str| {
        let corrected = Matter {
            corrected_by: &[by.to_owned()],
            ..matter(50_000, "X")
        };
        policy.authority(&address(local), &corrected).is_ok()
    };
    assert!(!may("anna.berg", "Anna Berg") && may("anna.schmidt", "Anna Berg"));
    assert!(
        !may("anna.berg", "Anna") && !may("anna.schmidt", "Anna"),
        "it may be either"
    );
    assert!(may("jan", "Piet van Dam") && !may("jan", "Berg"));
}
