use super::*;
use crate::basics::address::MailAddress;
use crate::basics::calendar::date;
use crate::basics::currency::Currency;
use crate::domain::approval::{ApprovalRule, Approver};
use crate::domain::document::{DocumentKind, Fields};
use crate::domain::payable::draft::{Sender, draft};
use crate::domain::payable::test_world::{OTHER_IBAN, alpha, document, eur, text};

fn policy() -> ApprovalPolicy {
    let address = MailAddress::parse("anna@fin.test").unwrap();
    ApprovalPolicy {
        approvers: vec![Approver {
            name: "Anna".into(),
            address: address.clone(),
            limit: None,
        }],
        delegations: Vec::new(),
        rules: vec![ApprovalRule {
            name: "everyday".into(),
            above: None,
            supplier: None,
            approvers: vec![address],
            needed: 1,
            everyday: true,
        }],
        currency: Currency::EUR,
        expires_days: 7,
    }
}

fn reviewed(edit: impl FnOnce(&mut Fields), adjust: impl FnOnce(&mut Bill)) -> Review {
    let document = document(DocumentKind::Bill, edit);
    let suppliers = [alpha()];
    let (mut bill, identified) = draft(&document, &Sender::default(), &suppliers);
    adjust(&mut bill);
    let own = Rival {
        bill,
        content: document.content,
        pages: None,
        received_at: jiff::Timestamp::UNIX_EPOCH,
    };
    review(&ReviewFacts {
        own: &own,
        reading: &document.reading,
        identified: &identified,
        supplier: suppliers.iter().find(|s| Some(s.id) == own.bill.supplier),
        account: None,
        others: &[],
        order: &OrderFile::default(),
        order_policy: &OrderPolicy::default(),
        policy: &policy(),
        today: date(2026, 11, 21),
    })
}

fn held_for(review: &Review) -> Vec<String> {
    match &review.outcome {
        Outcome::Hold { codes, .. } => codes.clone(),
        Outcome::Ask { .. } | Outcome::ApprovedByPolicy(_) => Vec::new(),
    }
}

#[test]
fn a_clean_bill_goes_to_its_approver() {
    let review = reviewed(|_| {}, |_| {});
    assert!(review.findings.is_empty(), "{:?}", review.findings);
    let Outcome::Ask { asked, needed } = review.outcome else {
        panic!("{:?}", review.outcome)
    };
    assert_eq!((asked.len(), needed), (1, 1));
}

#[test]
fn a_wrong_sum_and_an_unknown_supplier_hold_the_bill_and_say_both() {
    let review = reviewed(
        |fields| {
            fields.gross_total = Some(text(eur(119_100)));
            fields.payable_total = Some(text(eur(119_100)));
            fields.supplier_vat = None;
            fields.iban = None;
        },
        |_| {},
    );
    assert_eq!(
        held_for(&review),
        ["arithmetic.br_co_15", "supplier.unknown"]
    );
    let Outcome::Hold { reason, .. } = &review.outcome else {
        panic!()
    };
    assert!(reason.contains("1.00"), "{reason}");
}

#[test]
fn a_changed_account_is_asked_about_and_not_held() {
    let review = reviewed(|fields| fields.iban = Some(text(OTHER_IBAN.into())), |_| {});
    assert!(matches!(review.outcome, Outcome::Ask { .. }));
    assert_eq!(
        review.findings.first().map(|f| f.severity),
        Some(Severity::BlocksPayment)
    );
}

#[test]
fn what_a_person_cleared_is_found_again_and_does_not_hold_again() {
    let future = |fields: &mut Fields| fields.issue_date = Some(text(date(2026, 12, 15)));
    assert_eq!(held_for(&reviewed(future, |_| {})), ["dates.future"]);
    let cleared = reviewed(future, |bill| bill.cleared.push("dates.future".into()));
    assert!(
        matches!(cleared.outcome, Outcome::Ask { .. }),
        "{:?}",
        cleared.outcome
    );
    assert_eq!(cleared.findings.len(), 1, "the approver still sees it");
}

#[test]
fn a_corrected_total_is_added_up_instead_of_the_one_that_was_misread() {
    let misread = |fields: &mut Fields| {
        fields.gross_total = Some(text(eur(179_000)));
        fields.payable_total = Some(text(eur(179_000)));
    };
    assert_eq!(
        held_for(&reviewed(misread, |_| {})),
        ["arithmetic.br_co_15"]
    );
    let corrected = reviewed(misread, |bill| {
        bill.gross = Some(eur(119_000));
        bill.payable = Some(eur(119_000));
    });
    assert!(
        matches!(corrected.outcome, Outcome::Ask { .. }),
        "{:?}",
        corrected.outcome
    );
}

#[test]
fn a_bill_its_only_approver_sent_in_waits_for_a_person_even_when_that_is_cleared() {
    let by_anna = |bill: &mut Bill| {
        bill.submitter = MailAddress::parse("anna@fin.test");
        bill.cleared.push("approval.no_approver".into());
    };
    assert_eq!(
        held_for(&reviewed(|_| {}, by_anna)),
        ["approval.no_approver"]
    );
}

#[test]
fn without_a_total_nobody_is_asked_even_when_that_is_cleared() {
    let no_total = |fields: &mut Fields| {
        fields.gross_total = None;
        fields.payable_total = None;
    };
    let review = reviewed(no_total, |bill| {
        bill.cleared.push("completeness.total".into())
    });
    assert_eq!(held_for(&review), ["completeness.total"]);
}

#[test]
fn what_is_paid_decides_who_is_asked_where_it_is_more_than_the_gross() {
    let amount = |gross: Option<i64>, payable: Option<i64>| {
        let (mut bill, _) = draft(
            &document(DocumentKind::Bill, |_| {}),
            &Sender::default(),
            &[],
        );
        (bill.gross, bill.payable) = (gross.map(eur), payable.map(eur));
        matter(&bill, None).map(|matter| matter.amount)
    };
    assert_eq!(
        amount(Some(900_000), Some(5_000_000)),
        Some(eur(5_000_000)),
        "the rounding lifts what is paid"
    );
    assert_eq!(amount(Some(900_000), Some(100_000)), Some(eur(900_000)));
    assert_eq!(
        amount(Some(-900_000), Some(-100)),
        Some(eur(-900_000)),
        "a credit note counts by magnitude"
    );
    assert_eq!(amount(None, Some(100)), Some(eur(100)));
    assert_eq!(amount(Some(100), None), Some(eur(100)));
    assert_eq!(amount(None, None), None);
}

#[test]
fn a_bill_whose_rounding_lifts_it_above_the_gross_is_held_and_needs_two_where_it_is_cleared() {
    let second = MailAddress::parse("ben@fin.test").unwrap();
    let lifted = |cleared: bool| {
        let mut document = document(DocumentKind::Bill, |fields| {
            fields.payable_total = Some(text(eur(5_000_000)));
        });
        document.reading.amounts.rounding = Some(eur(4_881_000).to_decimal());
        document.reading.amounts.payable = Some(eur(5_000_000).to_decimal());
        let suppliers = [alpha()];
        let (mut bill, identified) = draft(&document, &Sender::default(), &suppliers);
        if cleared {
            bill.cleared.push("arithmetic.rounding".into());
        }
        let own = Rival {
            bill,
            content: document.content,
            pages: None,
            received_at: jiff::Timestamp::UNIX_EPOCH,
        };
        let mut policy = policy();
        policy.approvers.push(Approver {
            name: "Ben".into(),
            address: second.clone(),
            limit: None,
        });
        policy.rules.push(ApprovalRule {
            name: "two persons".into(),
            above: Some(eur(1_000_000)),
            supplier: None,
            approvers: policy.approvers.iter().map(|a| a.address.clone()).collect(),
            needed: 2,
            everyday: false,
        });
        review(&ReviewFacts {
            own: &own,
            reading: &document.reading,
            identified: &identified,
            supplier: suppliers.first(),
            account: None,
            others: &[],
            order: &OrderFile::default(),
            order_policy: &OrderPolicy::default(),
            policy: &policy,
            today: date(2026, 11, 21),
        })
    };
    assert_eq!(held_for(&lifted(false)), ["arithmetic.rounding"]);
    let Outcome::Ask { needed, .. } = lifted(true).outcome else {
        panic!()
    };
    assert_eq!(needed, 2);
}
