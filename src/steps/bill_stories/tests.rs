//! The stories.

use super::super::decide_bill::{BillDecision, decide_bill};
use super::super::expire_approval::expire_approval;
use super::super::open_mail::open;
use super::super::patiently::patiently;
use super::super::review_bill::review_bill;
use super::super::{StepError, send_outbound};
use super::world::Story;
use crate::basics::calendar::date;
use crate::basics::ids::ApprovalRequestId;
use crate::domain::approval::ApprovalState;
use crate::domain::document::{Collection, DocumentKind};
use crate::domain::job::Step;
use crate::domain::message::Route;
use crate::domain::message::own::OwnMail;
use crate::domain::outbound::Purpose;
use crate::domain::payable::decide::BillField;
use crate::domain::payable::test_world::{OTHER_IBAN, document, eur, text};
use crate::domain::payable::{BillState, PaymentState};

const PASSED: &str = "Authentication-Results: mx.fin.test; dmarc=pass header.from=fin.test\r\nReceived: from a by mx.fin.test; Sat, 21 Nov 2026 10:00:00 +0000\r\n";

fn plain_bill() -> crate::domain::document::Document {
    document(DocumentKind::Bill, |_| {})
}

fn large_bill() -> crate::domain::document::Document {
    let mut large = document(DocumentKind::Bill, |fields| {
        fields.net_total = Some(text(eur(1_000_001)));
        fields.tax_total = None;
        fields.gross_total = Some(text(eur(1_000_001)));
        fields.payable_total = Some(text(eur(1_000_001)));
    });
    large.reading.amounts = crate::domain::document::StatedAmounts::default();
    large
}

#[tokio::test]
async fn a_bill_is_approved_by_mail_and_its_payment_planned() {
    let story = Story::begin().await;
    let bill = story.arrives(plain_bill()).await;
    assert_eq!(story.bill(bill).await.state, BillState::AwaitingApproval);
    let request = story.request_to("anna").await;
    assert!(
        request.letter.text.contains("1,190.00 EUR"),
        "{}",
        request.letter.text
    );
    assert!(
        request
            .reply_to
            .as_ref()
            .is_some_and(|to| to.detail().is_some())
    );
    assert_eq!(request.attachments.len(), 1);
    story
        .answer(
            "anna",
            "Anna Berg <anna@fin.test>",
            PASSED,
            "Approve\r\n\r\nBest regards\r\nAnna",
        )
        .await
        .unwrap();
    assert_eq!(story.bill(bill).await.state, BillState::Approved);
    assert_eq!(story.mails(Purpose::ApprovalReceipt).await.len(), 1);
    story.scheduled(bill).await;
    let payments = story.office.store.payments_of_bill(bill).await.unwrap();
    // Dated 20 November with 14 days: due Friday, 4 December.
    let planned = payments
        .iter()
        .map(|p| (p.planned_for.to_string(), p.blocked.is_some(), p.state));
    assert_eq!(
        planned.collect::<Vec<_>>(),
        [("2026-12-04".into(), false, PaymentState::Planned)]
    );
    assert_eq!(story.bill(bill).await.state, BillState::Scheduled);
    story.scheduled(bill).await;
    assert_eq!(
        story
            .office
            .store
            .payments_of_bill(bill)
            .await
            .unwrap()
            .len(),
        1,
        "planned again, not twice"
    );
}

#[tokio::test]
async fn forged_strange_automatic_and_unclear_answers_approve_nothing() {
    let story = Story::begin().await;
    let bill = story.arrives(plain_bill()).await;
    let failed = "Authentication-Results: mx.fin.test; dmarc=fail header.from=fin.test\r\n";
    let stranger = "Authentication-Results: mx.fin.test; dmarc=pass header.from=evil.test\r\n";
    let forged_result = "Authentication-Results: mx.evil.test; dmarc=pass header.from=fin.test\r\n";
    let absent = format!("{PASSED}Auto-Submitted: auto-replied\r\n");
    for (from, headers, body) in [
        ("anna@fin.test", failed, "Approve"),
        ("anna@fin.test", "", "Approve"),
        ("anna@fin.test", forged_result, "Approve"),
        ("eve@evil.test", stranger, "Approve"),
        ("ben@fin.test", PASSED, "Approve"),
        ("anna@fin.test", &absent, "Approve"),
        ("anna@fin.test", PASSED, "ok?"),
        ("anna@fin.test", PASSED, "Approve if it is right"),
        ("anna@fin.test", PASSED, "> Approve"),
    ] {
        story.answer("anna", from, headers, body).await.unwrap();
        assert_eq!(
            story.bill(bill).await.state,
            BillState::AwaitingApproval,
            "{from} {headers} {body}"
        );
    }
    assert_eq!(story.mails(Purpose::ReplyRefused).await.len(), 5);
    assert_eq!(story.mails(Purpose::Clarification).await.len(), 3);
    assert!(
        story
            .office
            .store
            .votes_of_bill(bill)
            .await
            .unwrap()
            .is_empty()
    );
    story
        .answer("anna", "anna@fin.test", PASSED, "Approve")
        .await
        .unwrap();
    assert_eq!(
        story.bill(bill).await.state,
        BillState::Approved,
        "and the request was open all the time"
    );
}

#[tokio::test]
async fn the_answer_to_a_bill_that_was_corrected_since_does_not_count_and_the_new_request_does() {
    let story = Story::begin().await;
    let bill = story.arrives(plain_bill()).await;
    let old = story.request_to("anna").await;
    let correction = BillDecision::Correct(vec![(BillField::PoNumber, "PO-7".into())]);
    decide_bill(&story.office, bill, &correction, "dora", "was missing")
        .await
        .unwrap();
    assert_eq!(story.bill(bill).await.state, BillState::Draft);
    story.reviewed(bill).await;
    story
        .answer_to(&old, "anna@fin.test", PASSED, "Approve")
        .await
        .unwrap();
    assert_eq!(story.bill(bill).await.state, BillState::AwaitingApproval);
    assert_eq!(story.mails(Purpose::ReplyRefused).await.len(), 1);
    let new = story.request_to("anna").await;
    assert_ne!(new.id, old.id);
    assert!(
        new.references == old.references && !new.references.is_empty(),
        "one thread"
    );
    story
        .answer_to(&new, "anna@fin.test", PASSED, "Approved")
        .await
        .unwrap();
    assert_eq!(story.bill(bill).await.state, BillState::Approved);
}

#[tokio::test]
async fn the_same_answer_delivered_again_is_judged_once() {
    let story = Story::begin().await;
    let bill = story.arrives(plain_bill()).await;
    let request = story.request_to("anna").await;
    let to = request.reply_to.clone().unwrap();
    let raw = |hop: &str| {
        format!(
            "Delivered-To: {hop}@fin.test\r\n{PASSED}From: anna@fin.test\r\nTo: {to}\r\nMessage-ID: <same@fin.test>\r\nSubject: Re\r\n\r\nReject: wrong goods\r\n"
        )
    };
    story
        .receives(raw("a").as_bytes(), "same@fin.test")
        .await
        .unwrap();
    story
        .office
        .clock
        .move_by(jiff::SignedDuration::from_hours(24));
    story
        .receives(raw("b").as_bytes(), "same@fin.test")
        .await
        .unwrap();
    assert_eq!(story.bill(bill).await.state, BillState::Rejected);
    assert_eq!(
        story.mails(Purpose::ReplyRefused).await.len(),
        0,
        "a replay is not answered"
    );
    assert_eq!(
        story.office.store.votes_of_bill(bill).await.unwrap().len(),
        1
    );
    assert_eq!(story.exceptions(bill).await, ["bill_rejected open"]);
}

#[tokio::test]
async fn a_bill_rejected_by_mistake_is_taken_up_again_and_everybody_is_asked_again() {
    let story = Story::begin().await;
    let bill = story.arrives(large_bill()).await;
    story
        .answer("ben", "ben@fin.test", PASSED, "Approve")
        .await
        .unwrap();
    story
        .answer("cem", "cem@fin.test", PASSED, "Reject: the wrong one")
        .await
        .unwrap();
    assert_eq!(story.bill(bill).await.state, BillState::Rejected);
    let again = BillDecision::CheckAgain;
    let why = "Cem meant another bill";
    decide_bill(&story.office, bill, &again, "Lena", why)
        .await
        .unwrap();
    assert_eq!(story.exceptions(bill).await, ["bill_rejected resolved"]);
    story.reviewed(bill).await;
    assert_eq!(story.bill(bill).await.state, BillState::AwaitingApproval);
    assert_eq!(story.mails(Purpose::ApprovalRequest).await.len(), 4);
    for who in ["ben@fin.test", "cem@fin.test"] {
        let state = story.bill(bill).await.state;
        assert_eq!(state, BillState::AwaitingApproval, "old votes do not count");
        decide_bill(&story.office, bill, &BillDecision::Approve, who, "")
            .await
            .unwrap();
    }
    assert_eq!(story.bill(bill).await.state, BillState::Approved);
}

#[tokio::test]
async fn a_large_bill_waits_for_two_people() {
    let story = Story::begin().await;
    let bill = story.arrives(large_bill()).await;
    assert_eq!(
        story.mails(Purpose::ApprovalRequest).await.len(),
        2,
        "Anna's limit does not reach"
    );
    story
        .answer("ben", "ben@fin.test", PASSED, "Approve")
        .await
        .unwrap();
    assert_eq!(story.bill(bill).await.state, BillState::AwaitingApproval);
    story
        .answer("ben", "ben@fin.test", PASSED, "Approve")
        .await
        .unwrap();
    assert_eq!(
        story.bill(bill).await.state,
        BillState::AwaitingApproval,
        "the same person twice"
    );
    decide_bill(
        &story.office,
        bill,
        &BillDecision::Approve,
        "cem@fin.test",
        "",
    )
    .await
    .unwrap();
    assert_eq!(story.bill(bill).await.state, BillState::Approved);
}

#[tokio::test]
async fn a_changed_account_is_approved_and_its_payment_waits_whoever_says_that_it_is_right() {
    let story = Story::begin().await;
    let bill = story
        .arrives(document(DocumentKind::Bill, |f| {
            f.iban = Some(text(OTHER_IBAN.into()))
        }))
        .await;
    let letter = story.request_to("anna").await.letter.text;
    assert!(letter.contains("5432"), "{letter}");
    assert!(!letter.contains(OTHER_IBAN), "never the whole account");
    story
        .answer("anna", "anna@fin.test", PASSED, "Genehmigt")
        .await
        .unwrap();
    story.scheduled(bill).await;
    let blocked = |payments: Vec<crate::domain::payable::Payment>| {
        payments.iter().any(|p| p.blocked.is_some())
    };
    assert!(blocked(
        story.office.store.payments_of_bill(bill).await.unwrap()
    ));
    assert_eq!(story.exceptions(bill).await, ["payment_blocked open"]);
    let clear = BillDecision::Clear(vec!["bank_account.changed".into()]);
    let refused = decide_bill(&story.office, bill, &clear, "dora", "it is right").await;
    let why = refused.unwrap_err().to_string();
    assert!(why.contains("supplier-accounts called"), "{why}");
}

#[tokio::test]
async fn a_bill_that_is_collected_is_approved_and_not_transferred() {
    let story = Story::begin().await;
    for (number, collection) in [("L-1", Collection::Sure), ("L-2", Collection::Likely)] {
        let mut collected = document(DocumentKind::Bill, |f| {
            f.invoice_number = Some(text(number.into()));
            f.issue_date = Some(text(date(2026, 11, if number == "L-1" { 18 } else { 19 })));
        });
        collected.reading.collection = collection;
        let bill = story.arrives(collected).await;
        story
            .answer("anna", "anna@fin.test", PASSED, "Approve")
            .await
            .unwrap();
        story.scheduled(bill).await;
        let payments = story.office.store.payments_of_bill(bill).await.unwrap();
        assert!(
            payments.iter().all(|payment| payment.blocked.is_some()),
            "{number}"
        );
        let asked = story.exceptions(bill).await;
        match collection {
            Collection::Likely => assert_eq!(asked, ["payment_blocked open"]),
            Collection::Sure | Collection::No => assert!(asked.is_empty(), "{asked:?}"),
        }
    }
}

#[tokio::test]
async fn a_duplicate_and_a_wrong_sum_are_held_and_a_person_can_clear_or_void_them() {
    let story = Story::begin().await;
    story.arrives(plain_bill()).await;
    story
        .office
        .clock
        .move_by(jiff::SignedDuration::from_hours(1));
    let again = story
        .arrives(document(DocumentKind::Bill, |f| {
            f.invoice_number = Some(text("RE 2026/815".into()))
        }))
        .await;
    assert_eq!(story.bill(again).await.state, BillState::Held);
    assert_eq!(story.exceptions(again).await, ["bill_held open"]);
    let codes = story
        .bill(again)
        .await
        .findings
        .iter()
        .map(|f| f.code.clone())
        .collect::<Vec<_>>();
    assert_eq!(codes, ["duplicate.alike_number"]);
    decide_bill(
        &story.office,
        again,
        &BillDecision::Clear(codes),
        "dora",
        "a second delivery",
    )
    .await
    .unwrap();
    story.reviewed(again).await;
    assert_eq!(story.bill(again).await.state, BillState::AwaitingApproval);
    assert_eq!(story.exceptions(again).await, ["bill_held resolved"]);
    decide_bill(
        &story.office,
        again,
        &BillDecision::Void,
        "dora",
        "it was a duplicate after all",
    )
    .await
    .unwrap();
    let requests = story.office.store.requests_of_bill(again).await.unwrap();
    assert!(
        requests
            .iter()
            .all(|request| request.state == ApprovalState::Withdrawn)
    );
}

/// Both were held because nobody knew their supplier; it is imported, both are checked again, and the worker does it at once.
#[tokio::test]
async fn of_two_bills_with_one_number_that_are_checked_at_the_same_time_one_is_held() {
    for round in 0..8 {
        let story = Story::begin().await;
        let mut bills = Vec::new();
        for gross in [119_000, 119_000 + round] {
            let document = document(DocumentKind::Bill, |fields| {
                fields.supplier_name = Some(text(format!("Alpha GmbH {}", bills.len())));
                fields.gross_total = Some(text(eur(gross)));
                fields.payable_total = Some(text(eur(gross)));
            });
            let mut document = document;
            document.reading.amounts = crate::domain::document::StatedAmounts::default();
            document.reading.fields.net_total = None;
            document.reading.fields.tax_total = None;
            bills.push(story.arrives_from_nobody(document).await);
        }
        story.supplier_is_imported().await;
        let mut claims = Vec::new();
        for id in &bills {
            assert_eq!(story.bill(*id).await.state, BillState::Held);
            let again = BillDecision::CheckAgain;
            decide_bill(
                &story.office,
                *id,
                &again,
                "Lena",
                "the supplier is imported",
            )
            .await
            .unwrap();
        }
        for id in &bills {
            claims.push(story.claim(Step::ReviewBill, (*id).into()).await);
        }
        let review = |place: usize| {
            let (office, claim, id) = (&story.office, &claims[place], bills[place]);
            patiently(
                move || review_bill(office, claim, id),
                StepError::is_conflict,
            )
        };
        let (first, second) = tokio::join!(review(0), review(1));
        first.unwrap();
        second.unwrap();
        let mut states = Vec::new();
        for id in &bills {
            states.push(story.bill(*id).await.state);
        }
        states.sort();
        assert_eq!(states, [BillState::Held, BillState::AwaitingApproval]);
        assert_eq!(story.mails(Purpose::ApprovalRequest).await.len(), 1);
    }
}

#[tokio::test]
async fn who_does_not_answer_in_time_is_asked_again() {
    let story = Story::begin().await;
    let bill = story.arrives(plain_bill()).await;
    let old = story.request_to("anna").await;
    let first = story.office.store.requests_of_bill(bill).await.unwrap();
    let id: ApprovalRequestId = first.first().unwrap().id;
    story
        .office
        .clock
        .move_by(jiff::SignedDuration::from_hours(7 * 24));
    let claim = story.claim(Step::ExpireApproval, id.into()).await;
    expire_approval(&story.office, &claim, id).await.unwrap();
    story.reviewed(bill).await;
    assert_eq!(story.mails(Purpose::ApprovalRequest).await.len(), 2);
    story
        .answer_to(&old, "anna@fin.test", PASSED, "Approve")
        .await
        .unwrap();
    assert_eq!(
        story.bill(bill).await.state,
        BillState::AwaitingApproval,
        "too late"
    );
    story
        .answer("anna", "anna@fin.test", PASSED, "Approve")
        .await
        .unwrap();
    assert_eq!(story.bill(bill).await.state, BillState::Approved);
}

#[tokio::test]
async fn the_approver_gets_the_page_that_came_with_the_xml_and_gets_it_first() {
    let story = Story::begin().await;
    let xml = crate::domain::document::Document {
        name: "bill.xml".into(),
        media_type: "application/xml".into(),
        ..plain_bill()
    };
    let page = crate::domain::document::Document {
        id: crate::domain::document::Document::id_of(xml.message, "3"),
        part: "3".into(),
        name: "bill.pdf".into(),
        media_type: "application/pdf".into(),
        parent: Some(xml.id),
        content: crate::basics::ids::ContentHash::of(b"the page"),
        state: crate::domain::document::DocumentState::Replaced,
        version: 0,
        ..xml.clone()
    };
    story.arrives_with(xml, Some(page.clone())).await;
    let request = story.request_to("anna").await;
    let attached = request.attachments.iter();
    let attached = attached.map(|file| (file.name.as_str(), file.media_type.as_str()));
    assert_eq!(
        attached.collect::<Vec<_>>(),
        [
            ("bill.pdf", "application/pdf"),
            ("bill.xml", "application/xml")
        ]
    );
    let first = request.attachments.first().unwrap();
    assert_eq!(first.content, page.content);
}

#[tokio::test]
async fn of_several_corrections_a_bad_one_leaves_nothing_applied_and_good_ones_are_one_entry() {
    let story = Story::begin().await;
    let bill = story.arrives(plain_bill()).await;
    let correct = async |values: &[(BillField, &str)]| {
        let values = values
            .iter()
            .map(|(field, value)| (*field, (*value).into()));
        let decision = BillDecision::Correct(values.collect());
        decide_bill(&story.office, bill, &decision, "dora", "misread").await
    };
    let before = story.bill(bill).await;
    let bad = [
        (BillField::PoNumber, "PO-7"),
        (BillField::DueDate, "tomorrow"),
    ];
    assert!(correct(&bad).await.is_err());
    assert_eq!(story.bill(bill).await, before);
    let good = [
        (BillField::PoNumber, "PO-7"),
        (BillField::DueDate, "2026-12-09"),
    ];
    correct(&good).await.unwrap();
    let after = story.bill(bill).await;
    assert_eq!(after.po_number.as_deref(), Some("PO-7"));
    let trail = story.office.store.audit_after(0, 1_000).await.unwrap();
    let corrections = trail
        .iter()
        .filter(|entry| entry.event.action == "bill corrected");
    assert_eq!(corrections.count(), 1);
}

#[tokio::test]
async fn a_request_that_ran_out_of_time_cannot_be_answered_on_the_command_line() {
    let story = Story::begin().await;
    let bill = story.arrives(plain_bill()).await;
    let a_week = jiff::SignedDuration::from_hours(7 * 24);
    story.office.clock.move_by(a_week);
    let decide = async |decision| {
        let by = "anna@fin.test";
        decide_bill(&story.office, bill, &decision, by, "never ordered").await
    };
    let refused = decide(BillDecision::Approve).await;
    assert!(refused.is_err_and(|why| why.to_string().contains("ran out of time")));
    assert_eq!(story.bill(bill).await.state, BillState::AwaitingApproval);
    let votes = story.office.store.votes_of_bill(bill).await.unwrap();
    assert!(votes.is_empty());
    decide(BillDecision::Reject).await.unwrap();
    assert_eq!(story.bill(bill).await.state, BillState::Rejected);
}

#[tokio::test]
async fn an_approver_whose_limit_was_lowered_may_still_say_no() {
    let mut story = Story::begin().await;
    let bill = story.arrives(plain_bill()).await;
    let rules = std::sync::Arc::get_mut(&mut story.office.rules).unwrap();
    for approver in &mut rules.approvals.approvers {
        approver.limit = Some(eur(1));
    }
    let decide = async |decision| {
        let by = "anna@fin.test";
        decide_bill(&story.office, bill, &decision, by, "never ordered").await
    };
    let refused = decide(BillDecision::Approve).await;
    assert!(refused.is_err_and(|why| why.to_string().contains("may not approve this amount")));
    decide(BillDecision::Reject).await.unwrap();
    assert_eq!(story.bill(bill).await.state, BillState::Rejected);
}

#[tokio::test]
async fn a_review_that_runs_twice_asks_once() {
    let story = Story::begin().await;
    let bill = story.arrives(plain_bill()).await;
    story.reviewed(bill).await;
    assert_eq!(story.mails(Purpose::ApprovalRequest).await.len(), 1);
    assert_eq!(
        story
            .office
            .store
            .requests_of_bill(bill)
            .await
            .unwrap()
            .len(),
        1
    );
}

#[tokio::test]
async fn nobody_approves_a_bill_they_corrected_or_without_being_asked() {
    let story = Story::begin().await;
    let bill = story.arrives(plain_bill()).await;
    let stranger = decide_bill(&story.office, bill, &BillDecision::Approve, "eve", "").await;
    assert!(stranger.is_err());
    let correction = BillDecision::Correct(vec![(BillField::PoNumber, "PO-7".into())]);
    decide_bill(&story.office, bill, &correction, "Anna Berg", "was missing")
        .await
        .unwrap();
    story.reviewed(bill).await;
    assert_eq!(
        story.bill(bill).await.state,
        BillState::Held,
        "Anna was the only one who could approve it"
    );
    assert_eq!(story.exceptions(bill).await, ["no_approver open"]);
}

#[tokio::test]
async fn a_reopened_bill_that_did_not_change_is_approved_by_the_votes_it_has() {
    let story = Story::begin().await;
    let bill = story.arrives(plain_bill()).await;
    story
        .answer("anna", "anna@fin.test", PASSED, "Approve")
        .await
        .unwrap();
    story.scheduled(bill).await;
    let same = BillDecision::Correct(vec![(BillField::DueDate, "2026-12-04".into())]);
    let refused = decide_bill(&story.office, bill, &same, "dora", "as agreed").await;
    assert!(refused.is_err_and(|why| why.to_string().contains("already")));
    assert_eq!(story.bill(bill).await.state, BillState::Scheduled);
    for value in ["2026-12-09", "2026-12-04"] {
        let other = BillDecision::Correct(vec![(BillField::DueDate, value.into())]);
        decide_bill(&story.office, bill, &other, "dora", "as agreed")
            .await
            .unwrap();
    }
    story.reviewed(bill).await;
    let approved = story.bill(bill).await;
    assert_eq!(approved.state, BillState::Approved);
    assert_eq!(
        story.mails(Purpose::ApprovalRequest).await.len(),
        1,
        "who agreed to this version is not asked again"
    );
    story.scheduled(bill).await;
    assert_eq!(story.bill(bill).await.state, BillState::Scheduled);
    let payments = story.office.store.payments_of_bill(bill).await.unwrap();
    let planned = payments.iter().filter(|p| p.state == PaymentState::Planned);
    assert_eq!(planned.count(), 1);
}

#[tokio::test]
async fn a_request_that_comes_back_by_an_alias_is_known_and_makes_no_bill() {
    let story = Story::begin().await;
    story.arrives(plain_bill()).await;
    let mut request = story.request_to("anna").await;
    let pdf = story.office.vault.put(b"%PDF-1.4 a bill").await.unwrap();
    request
        .attachments
        .iter_mut()
        .for_each(|file| file.content = pdf);
    let sent = send_outbound::write(&story.office, &request).await.unwrap();
    let alias =
        "Delivered-To: ap@fin.test\r\nReceived: from mx.fin.test by imap.fin.test with LMTP\r\n";
    let back = [alias.as_bytes(), &sent].concat();
    let own_mail = story.office.own_mail();
    let opened = open(&back, &own_mail).unwrap();
    assert_eq!(opened.routed.route, Route::Nothing);
    assert!(opened.routed.automatic.is_some() && opened.documents.is_empty());
    let other_key = OwnMail {
        key: Some([8; 32]),
        ..own_mail.clone()
    };
    assert_ne!(
        open(&back, &other_key).unwrap().routed.route,
        Route::Nothing
    );
}
