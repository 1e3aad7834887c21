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
        received_at: jiff::Timestamp::UNIX_EPOCH,
    };
    review(&ReviewFacts {
        own: &own,
        reading: &document.reading,
        identified: &identified,
        supplier: suppliers.iter().find(|s| Some(s.id) == own.bill.supplier),
        others: &[],
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
