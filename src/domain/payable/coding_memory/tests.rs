use super::*;
use crate::basics::calendar::Timestamp;
use crate::domain::payable::BillState;
use crate::domain::payable::test_world;

fn bill(state: BillState) -> Bill {
    Bill {
        state,
        ..test_world::bill()
    }
}

fn coding(text: &str) -> Coding {
    Coding::parse(text).unwrap()
}

fn wanted(line: Option<u32>, text: &str) -> Wanted {
    Wanted {
        line,
        coding: coding(text),
    }
}

fn about(descriptions: &[&str]) -> Vec<Option<String>> {
    let lines = descriptions.iter().map(|description| DocumentLine {
        description: (*description).to_owned(),
        ..DocumentLine::default()
    });
    subjects(&lines.collect::<Vec<_>>())
}

/// Codes the bill and gives what was learned, on top of what was known.
fn codes(
    bill: &mut Bill,
    descriptions: &[&str],
    said: &[Wanted],
    known: &mut Vec<CodingMemory>,
) -> Vec<Lesson> {
    let subjects = about(descriptions);
    let decided = code(bill, subjects.len(), said).unwrap();
    let who = (Timestamp::UNIX_EPOCH, "karla");
    let learned = lessons((bill, &decided.bill), &subjects, known, who);
    *bill = decided.bill;
    let mut told = Vec::new();
    for (memory, lesson) in learned {
        known.retain(|old| old.id != memory.id);
        known.push(memory);
        told.push(lesson);
    }
    told
}

#[test]
fn what_was_said_of_a_line_is_proposed_for_next_months_line() {
    let mut known = Vec::new();
    let said = [wanted(Some(1), "6850/IT"), wanted(Some(2), "6300")];
    let lines = ["Hosting Oktober 2026", "Anfahrt Techniker"];
    let told = codes(&mut bill(BillState::Held), &lines, &said, &mut known);
    assert_eq!(told, [Lesson::Taught, Lesson::Taught]);
    let next = about(&[
        "Anfahrt Techniker 05.11.",
        "Hosting November 2026",
        "Kabel 3 m",
    ]);
    let proposals = proposed(&[], &next, &known);
    let shown = proposals
        .iter()
        .map(|one| (one.line, one.coding.to_string(), one.source));
    assert_eq!(
        shown.collect::<Vec<_>>(),
        [
            (1, "6300".to_owned(), CodingSource::Memory),
            (2, "6850/IT".to_owned(), CodingSource::Memory),
        ],
        "and nothing is guessed for the cable"
    );
}

#[test]
fn a_persons_word_is_never_replaced_by_a_proposal() {
    let mut known = Vec::new();
    let mut first = bill(BillState::Draft);
    codes(
        &mut first,
        &["Hosting"],
        &[wanted(None, "6850")],
        &mut known,
    );
    let own = [LineCoding {
        line: 1,
        coding: coding("4400"),
        source: CodingSource::Person,
    }];
    assert_eq!(proposed(&own, &about(&["Hosting"]), &known), own);
}

#[test]
fn a_proposal_that_people_change_twice_is_dropped() {
    let mut known = Vec::new();
    codes(
        &mut bill(BillState::Draft),
        &["Hosting"],
        &[wanted(None, "6850")],
        &mut known,
    );
    for (account, lesson) in [("6851", Lesson::Taught), ("6852", Lesson::Dropped)] {
        let mut next = bill(BillState::Draft);
        next.codings = proposed(&[], &about(&["Hosting"]), &known);
        let told = codes(
            &mut next,
            &["Hosting"],
            &[wanted(Some(1), account)],
            &mut known,
        );
        assert_eq!(told, [lesson], "{account}");
    }
    assert_eq!(proposed(&[], &about(&["Hosting"]), &known), []);
    // Whoever codes such a line once more begins anew.
    let told = codes(
        &mut bill(BillState::Draft),
        &["Hosting"],
        &[wanted(None, "6850")],
        &mut known,
    );
    assert_eq!(told, [Lesson::Taught]);
    assert_eq!(proposed(&[], &about(&["Hosting"]), &known).len(), 1);
}

#[test]
fn saying_what_is_remembered_teaches_nothing() {
    let mut known = Vec::new();
    codes(
        &mut bill(BillState::Draft),
        &["Hosting"],
        &[wanted(None, "6850")],
        &mut known,
    );
    let mut next = bill(BillState::AwaitingApproval);
    next.codings = proposed(&[], &about(&["Hosting"]), &known);
    let told = codes(
        &mut next,
        &["Hosting"],
        &[wanted(Some(1), "6850")],
        &mut known,
    );
    assert_eq!(told, []);
    // It is the person's word now, and whoever was asked to approve is not asked anew for it.
    assert_eq!(next.state, BillState::AwaitingApproval);
    assert!(
        next.codings
            .iter()
            .all(|one| one.source == CodingSource::Person)
    );
    let again = code(&next, 1, &[wanted(None, "6850")]);
    assert_eq!(again, Err(NotDecided::Unchanged("line 1 is 6850".into())));
}

#[test]
fn lines_of_one_description_on_two_accounts_are_no_rule() {
    let mut known = Vec::new();
    let said = [wanted(Some(1), "6850/IT"), wanted(Some(2), "6850/HR")];
    let told = codes(
        &mut bill(BillState::Draft),
        &["Licence A1", "Licence B2"],
        &said,
        &mut known,
    );
    assert_eq!((told, known), (vec![], vec![]));
}

#[test]
fn another_coding_asks_the_approvers_anew_and_a_line_that_is_not_there_is_refused() {
    let waiting = bill(BillState::AwaitingApproval);
    let decided = code(
        &waiting,
        2,
        &[wanted(None, "6850"), wanted(Some(2), "6300")],
    )
    .unwrap();
    assert_ne!(decided.bill.content_version(), waiting.content_version());
    assert!(decided.withdraws_requests);
    assert_eq!(decided.bill.state, BillState::Draft);
    let second = decided
        .bill
        .codings
        .last()
        .map(|one| one.coding.to_string());
    assert_eq!(second.as_deref(), Some("6300"), "the line goes before all");
    for line in [0, 3] {
        let refused = code(&waiting, 2, &[wanted(Some(line), "6850")]).unwrap_err();
        let words = format!("there is no line {line}: the bill has 2 lines, numbered from 1");
        assert_eq!(refused.to_string(), words);
    }
    assert!(code(&bill(BillState::Paid), 1, &[wanted(None, "6850")]).is_err());
}

#[test]
fn a_bill_without_lines_is_coded_as_one() {
    let mut known = Vec::new();
    let told = codes(
        &mut bill(BillState::Draft),
        &[],
        &[wanted(Some(1), "6805")],
        &mut known,
    );
    assert_eq!(told, [Lesson::Taught]);
    assert_eq!(known[0].in_words(), "bills without lines are 6805");
    assert_eq!(proposed(&[], &about(&["Telefon"]), &known), []);
    assert_eq!(proposed(&[], &about(&[]), &known).len(), 1);
}
