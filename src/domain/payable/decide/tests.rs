use super::*;
use crate::domain::payable::checks::{
    DATE_FUTURE, IBAN_CHANGED, IBAN_FIRST_SEEN, IBAN_MISSING, SAME_NUMBER,
};
use crate::domain::payable::test_world::{self, eur};

fn bill(state: BillState) -> Bill {
    Bill {
        state,
        ..test_world::bill()
    }
}

fn corrected(bill: &Bill, values: &[(BillField, &str)], by: &str) -> Result<Decided, NotDecided> {
    let corrections = values.iter().map(|(field, value)| Correction {
        field: *field,
        value,
        supplier: None,
    });
    correct(bill, &corrections.collect::<Vec<_>>(), by)
}

#[test]
fn a_currency_without_cents_is_refused_for_amounts_with_cents() {
    let mut bill = bill(BillState::Held);
    bill.gross = Some(eur(119_050));
    let to = |currency| corrected(&bill, &[(BillField::Currency, currency)], "lena");
    let refused = to("JPY").map_err(|why| why.to_string());
    assert!(
        refused
            .as_ref()
            .is_err_and(|why| why.contains("no such decimals as 1,190.50 EUR")),
        "{refused:?}"
    );
    let gross = to("USD").unwrap().bill.gross;
    assert_eq!(
        gross.map(|gross| gross.to_string()).as_deref(),
        Some("1,190.50 USD")
    );
}

#[test]
fn several_fields_are_corrected_together_or_not_at_all() {
    let held = bill(BillState::Held);
    let decided = corrected(
        &held,
        &[(BillField::Currency, "CHF"), (BillField::Payable, "10.00")],
        "anna",
    )
    .unwrap();
    let francs = Currency::parse("CHF").unwrap();
    assert_eq!(decided.bill.payable, Some(Money::from_minor(1_000, francs)));
    let fields = decided.facts.iter().filter(|(name, _)| name == "field");
    assert_eq!(fields.count(), 2);
    let refused = corrected(
        &held,
        &[
            (BillField::PoNumber, "PO-7"),
            (BillField::Payable, "ten euros"),
        ],
        "anna",
    );
    assert!(matches!(refused, Err(NotDecided::BadValue { .. })));
    let changes_one = [(BillField::Currency, "EUR"), (BillField::PoNumber, "PO-7")];
    assert!(corrected(&held, &changes_one, "anna").is_ok());
}

#[test]
fn correcting_the_total_after_the_approvers_were_asked_starts_all_over() {
    let asked = bill(BillState::AwaitingApproval);
    let decided = corrected(&asked, &[(BillField::Payable, "1190.50")], "anna@fin.test").unwrap();
    assert_eq!(
        (decided.bill.state, decided.then, decided.withdraws_requests),
        (BillState::Draft, Then::Review, true)
    );
    assert_eq!(decided.bill.payable, Some(eur(119_050)));
    assert_ne!(decided.bill.content_version(), asked.content_version());
    assert_eq!(decided.bill.corrected_by, ["anna@fin.test"]);
    assert!(
        decided
            .facts
            .contains(&("before".into(), "1,190.00 EUR".into()))
    );
}

#[test]
fn a_correction_forgets_what_was_cleared_for_the_old_facts() {
    let mut held = bill(BillState::Held);
    held.cleared = vec!["dates.future".into()];
    let decided = corrected(&held, &[(BillField::IssueDate, "2027-01-01")], "anna").unwrap();
    assert!(decided.bill.cleared.is_empty());
}

#[test]
fn a_value_that_does_not_fit_is_refused_with_an_example() {
    for (field, value) in [
        (BillField::IssueDate, "20.11.2026"),
        (BillField::Payable, "1.190,00"),
        (BillField::Payable, "10.001"),
        (BillField::Iban, "DE00"),
        (BillField::Currency, "euro"),
        (BillField::Supplier, "99999"),
        (BillField::Number, ""),
    ] {
        let refused = corrected(&bill(BillState::Held), &[(field, value)], "anna").unwrap_err();
        assert!(refused.to_string().contains("for example"), "{refused}");
    }
}

#[test]
fn a_correction_that_changes_nothing_is_refused_and_takes_nobodys_approval_away() {
    for (field, value) in [
        (BillField::Number, "RE-2026-0815"),
        (BillField::Payable, "1190.0"),
        (BillField::DueDate, "2026-12-04"),
        (BillField::Currency, "EUR"),
    ] {
        for state in [
            BillState::Held,
            BillState::AwaitingApproval,
            BillState::Scheduled,
        ] {
            let refused = corrected(&bill(state), &[(field, value)], "anna").unwrap_err();
            assert!(refused.to_string().contains("already"), "{refused}");
        }
    }
}

#[test]
fn a_paid_bill_is_past_every_decision() {
    let paid = bill(BillState::Paid);
    assert!(matches!(
        corrected(&paid, &[(BillField::Number, "1")], "a"),
        Err(NotDecided::Refused(_))
    ));
    assert!(matches!(void(&paid, "twice"), Err(NotDecided::Refused(_))));
    assert!(matches!(
        reject(&paid, "twice"),
        Err(NotDecided::Refused(_))
    ));
}

#[test]
fn clearing_a_hold_runs_the_checks_again_and_clearing_an_account_plans_the_payment_again() {
    let mut held = bill(BillState::Held);
    held.findings = vec![DATE_FUTURE.found("x")];
    let decided = clear(&held, &["dates.future".into()], DORA, "agreed by phone").unwrap();
    assert!(decided.bill.corrected_by.is_empty());
    assert_eq!(
        (decided.bill.state, decided.then),
        (BillState::Draft, Then::Review)
    );
    let mut scheduled = bill(BillState::Scheduled);
    scheduled.findings = vec![IBAN_MISSING.found("x")];
    let decided = clear(
        &scheduled,
        &["bank_account.missing".into()],
        DORA,
        "paid in cash",
    )
    .unwrap();
    assert_eq!(
        (decided.bill.state, decided.then, decided.withdraws_requests),
        (BillState::Scheduled, Then::Schedule, false)
    );
}

#[test]
fn an_account_nobody_verified_is_cleared_by_nobody() {
    let mut scheduled = bill(BillState::Scheduled);
    for check in [IBAN_CHANGED, IBAN_FIRST_SEEN] {
        scheduled.findings = vec![check.found("x")];
        let refused = clear(&scheduled, &[check.code.into()], DORA, "it is right").unwrap_err();
        let words = refused.to_string();
        assert!(words.contains("`supplier-accounts called`"), "{words}");
    }
}

const DORA: Clears<'_> = Clears {
    by: "dora",
    is_asked: false,
    has_agreed: false,
};

#[test]
fn what_may_be_paid_twice_or_to_somebody_else_takes_two_people() {
    let mut held = bill(BillState::Held);
    held.findings = vec![SAME_NUMBER.found("x")];
    let pass = |bill: &Bill, who| clear(bill, &[bill.findings[0].code.clone()], who, "called");
    let let_pass = pass(&held, DORA).unwrap().bill;
    assert_eq!(let_pass.corrected_by, ["dora"], "she cannot approve it");
    let mut scheduled = bill(BillState::Scheduled);
    scheduled.findings = vec![IBAN_MISSING.found("x")];
    let agreed = Clears {
        has_agreed: true,
        ..DORA
    };
    let refused = pass(&scheduled, agreed).unwrap_err().to_string();
    assert!(refused.starts_with("dora approved the bill"), "{refused}");
    // Whoever is asked about it is asked no more: others are.
    let mut asked = bill(BillState::AwaitingApproval);
    asked.findings = vec![IBAN_MISSING.found("x")];
    let is_asked = Clears {
        is_asked: true,
        ..DORA
    };
    assert_eq!(pass(&asked, is_asked).unwrap().then, Then::Review);
    assert_eq!(pass(&asked, DORA).unwrap().then, Then::Nothing);
}

#[test]
fn what_is_not_there_or_cannot_be_cleared_is_not_cleared() {
    let mut held = bill(BillState::Held);
    held.findings = vec![NO_APPROVER.found("x")];
    for code in ["dates.future", "approval.no_approver"] {
        assert!(
            matches!(
                clear(&held, &[code.into()], DORA, "because"),
                Err(NotDecided::NotClearable(_))
            ),
            "{code}"
        );
    }
}

#[test]
fn every_end_needs_a_reason() {
    assert_eq!(
        void(&bill(BillState::Held), " . "),
        Err(NotDecided::NoReason)
    );
    assert_eq!(
        reject(&bill(BillState::Held), ""),
        Err(NotDecided::NoReason)
    );
    let decided = void(&bill(BillState::Scheduled), "sent twice").unwrap();
    assert_eq!(decided.bill.state, BillState::Void);
}
