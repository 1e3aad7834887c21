//! Did this bill come before? Compared with every other bill of the supplier that is not void or rejected, paid ones
//! included; of two that nobody has decided on, the later one is held.

use std::ops::RangeInclusive;

use super::{ALIKE_NUMBER, SAME_AMOUNT_AND_DATE, SAME_FILE, SAME_NUMBER};
use crate::basics::calendar::Timestamp;
use crate::basics::ids::ContentHash;
use crate::domain::payable::{Bill, BillState, Finding};

/// A bill as duplicates are compared.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Rival {
    /// The bill.
    pub bill: Bill,
    /// The bytes of its document.
    pub content: ContentHash,
    /// Which pages of these are the bill, where they hold several.
    pub pages: Option<RangeInclusive<u32>>,
    /// When its mail came in.
    pub received_at: Timestamp,
}

/// Earlier bills that one finding names; more tell a reader nothing.
const NAMED: usize = 3;

/// One finding per reason, which names the earlier bills; of each bill the strongest reason only.
pub fn check(own: &Rival, others: &[Rival]) -> Vec<Finding> {
    let earlier = others.iter().filter(|other| comes_before(other, own));
    let mut by_reason = Vec::<(Finding, usize)>::new();
    let accused = |other: &Rival| compare(own, other).filter(|f| !stands_beside(other, own, f));
    for found in earlier.filter_map(accused) {
        let same = |(known, _): &&mut (Finding, usize)| known.code == found.code;
        match by_reason.iter_mut().find(same) {
            None => by_reason.push((found, 1)),
            Some((known, count)) => {
                *count += 1;
                if *count <= NAMED {
                    known.evidence = format!("{}; {}", known.evidence, found.evidence);
                }
            }
        }
    }
    let told = |(mut finding, count): (Finding, usize)| {
        if let Some(more) = count.checked_sub(NAMED).filter(|more| *more > 0) {
            finding.evidence = format!("{}; and {more} more", finding.evidence);
        }
        finding
    };
    by_reason.into_iter().map(told).collect()
}

/// What the line has taken up already comes before what it has not, whenever its mail was written. Between two drafts, what
/// is held, or two that both went through, the time of receipt decides, then the id: so exactly one of two is held, in
/// whatever order they are looked at.
fn comes_before(other: &Rival, own: &Rival) -> bool {
    if other.bill.id == own.bill.id {
        return false;
    }
    let was_first = (other.received_at, other.bill.id) < (own.received_at, own.bill.id);
    match other.bill.state {
        BillState::Void | BillState::Rejected => false,
        BillState::AwaitingApproval
        | BillState::Approved
        | BillState::Scheduled
        | BillState::Paid => was_first || !is_taken_up(own.bill.state),
        BillState::Draft | BillState::Held => was_first,
    }
}

/// Its checks let it pass, and its approvers were asked or have decided.
fn is_taken_up(state: BillState) -> bool {
    match state {
        BillState::AwaitingApproval
        | BillState::Approved
        | BillState::Scheduled
        | BillState::Paid => true,
        BillState::Draft | BillState::Held | BillState::Rejected | BillState::Void => false,
    }
}

/// The other one was held for repeating this one in this way, and a person cleared that: it does not accuse this one in turn.
/// Findings name the bill they accuse of coming first, so nothing else it may repeat is let pass with it.
fn stands_beside(other: &Rival, own: &Rival, accused: &Finding) -> bool {
    let name = own.bill.id.short();
    other.bill.cleared.contains(&accused.code)
        && other
            .bill
            .findings
            .iter()
            .any(|finding| finding.code == accused.code && finding.evidence.contains(&name))
}

fn compare(own: &Rival, other: &Rival) -> Option<Finding> {
    let earlier = describe(&other.bill);
    let same_content = own.content == other.content;
    if same_content && own.pages == other.pages {
        return Some(SAME_FILE.found(format!("the same file as {earlier}")));
    }
    let same_supplier = own.bill.supplier.is_some() && own.bill.supplier == other.bill.supplier;
    // A credit note may repeat the number of the bill it takes back.
    if !same_supplier || own.bill.kind != other.bill.kind {
        return None;
    }
    let number = own.bill.number.as_deref().zip(other.bill.number.as_deref());
    if number.is_some_and(|(own, other)| own == other) {
        return Some(SAME_NUMBER.found(format!("the same number as {earlier}")));
    }
    let keys = own.bill.number_key().zip(other.bill.number_key());
    if keys.is_some_and(|(own, other)| own == other && !own.as_str().is_empty()) {
        return Some(
            ALIKE_NUMBER.found(format!("the same number, spelled otherwise, as {earlier}")),
        );
    }
    let same_amount = own.bill.gross.is_some() && own.bill.gross == other.bill.gross;
    let same_day = own.bill.issue_date.is_some() && own.bill.issue_date == other.bill.issue_date;
    // A supplier who sends many bills in one file sends many that are alike: the same trip every day, the same rent twice.
    (same_amount && same_day && !same_content)
        .then(|| SAME_AMOUNT_AND_DATE.found(format!("the same amount and day as {earlier}")))
}

fn describe(bill: &Bill) -> String {
    let number = bill.number.as_deref().unwrap_or("without a number");
    let gross = bill
        .gross
        .map(|gross| format!(" over {gross}"))
        .unwrap_or_default();
    let day = bill
        .issue_date
        .map(|day| format!(" of {day}"))
        .unwrap_or_default();
    format!(
        "bill {number}{day}{gross} ({}, {})",
        bill.id.short(),
        bill.state
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::basics::calendar::date;
    use crate::domain::document::DocumentKind;
    use crate::domain::payable::draft::{Sender, draft};
    use crate::domain::payable::test_world::{alpha, document, eur, text};

    fn rival(number: &str, gross: i64, day: i8, hour: u32) -> Rival {
        let document = document(DocumentKind::Bill, |fields| {
            fields.invoice_number = Some(text(number.into()));
            fields.gross_total = Some(text(eur(gross)));
            fields.issue_date = Some(text(date(2026, 11, day)));
        });
        let (bill, _) = draft(&document, &Sender::default(), &[alpha()]);
        Rival {
            bill,
            content: document.content,
            pages: None,
            received_at: format!("2026-11-20T{hour:02}:00:00Z").parse().unwrap(),
        }
    }

    fn code(own: &Rival, other: &Rival) -> Option<String> {
        check(own, std::slice::from_ref(other))
            .first()
            .map(|f| f.code.clone())
    }

    #[test]
    fn the_same_number_spelled_otherwise_is_held_when_it_comes_second() {
        let first = rival("RE-2026-0815", 119_000, 18, 8);
        let second = rival("RE 2026/815", 119_000, 18, 9);
        assert_eq!(
            code(&second, &first).as_deref(),
            Some("duplicate.alike_number")
        );
        assert_eq!(
            code(&first, &second),
            None,
            "exactly one of the two is held"
        );
    }

    #[test]
    fn five_earlier_bills_of_one_kind_are_one_finding() {
        let earlier = (1..=5).map(|cents| rival("RE-1", cents, 18, 8));
        let found = check(&rival("RE-1", 119_000, 18, 9), &earlier.collect::<Vec<_>>());
        let [finding] = found.as_slice() else {
            panic!("{found:?}");
        };
        assert_eq!(
            finding
                .evidence
                .matches("the same number as bill RE-1")
                .count(),
            3
        );
        assert!(finding.evidence.ends_with("; and 2 more"), "{finding:?}");
    }

    #[test]
    fn the_same_file_again_and_the_same_number_again_are_held() {
        let first = rival("RE-1", 119_000, 18, 8);
        let again = Rival {
            received_at: rival("RE-1", 119_000, 18, 9).received_at,
            ..first.clone()
        };
        let mut copy = again.clone();
        copy.bill.id = crate::basics::ids::BillId::derive(&["copy"]);
        assert_eq!(code(&copy, &first).as_deref(), Some("duplicate.same_file"));
        let other_file = rival("RE-1", 50_000, 19, 9);
        assert_eq!(
            code(&other_file, &first).as_deref(),
            Some("duplicate.exact_number")
        );
    }

    #[test]
    fn the_bills_of_one_file_do_not_accuse_each_other() {
        let on = |number: &str, pages: RangeInclusive<u32>| Rival {
            content: ContentHash::ZERO,
            pages: Some(pages),
            ..rival(number, 119_000, 18, 8)
        };
        let (first, second) = (on("RE-1", 1..=1), on("RE-2", 2..=2));
        assert_eq!(code(&first, &second), None);
        assert_eq!(code(&second, &first), None);
        // The whole file once more is the same file, bill by bill.
        let mut again = on("RE-1", 1..=1);
        again.bill.id = crate::basics::ids::BillId::derive(&["again"]);
        again.received_at = rival("RE-1", 119_000, 18, 9).received_at;
        assert_eq!(code(&again, &first).as_deref(), Some("duplicate.same_file"));
    }

    #[test]
    fn two_bills_of_one_day_and_amount_are_held_and_two_months_of_rent_are_not() {
        let first = rival("M-11", 200_000, 2, 8);
        assert_eq!(
            code(&rival("M-12", 200_000, 2, 9), &first).as_deref(),
            Some("duplicate.same_amount_and_date")
        );
        assert_eq!(code(&rival("M-12", 200_000, 3, 9), &first), None);
    }

    #[test]
    fn what_is_void_or_rejected_does_not_stand_in_the_way_and_what_is_paid_does() {
        let mut first = rival("RE-1", 119_000, 18, 8);
        let second = rival("RE-1", 50_000, 19, 9);
        for (state, held) in [
            (BillState::Void, false),
            (BillState::Rejected, false),
            (BillState::Paid, true),
        ] {
            first.bill.state = state;
            assert_eq!(code(&second, &first).is_some(), held, "{state}");
        }
    }

    #[test]
    fn a_bill_already_with_its_approvers_wins_over_one_whose_mail_was_delayed() {
        let delayed = rival("RE-1", 119_000, 18, 8);
        let mut asked = rival("RE 1", 119_000, 18, 9);
        asked.bill.state = BillState::AwaitingApproval;
        assert!(code(&delayed, &asked).is_some());
    }

    #[test]
    fn of_two_bills_a_person_let_stand_side_by_side_neither_is_held_again() {
        let mut first = rival("X-1", 119_000, 18, 8);
        first.bill.state = BillState::AwaitingApproval;
        let mut second = rival("X-1", 50_000, 19, 9);
        second.bill.id = crate::basics::ids::BillId::derive(&["second"]);
        second.bill.findings = check(&second, std::slice::from_ref(&first));
        second.bill.cleared = vec!["duplicate.exact_number".into()];
        second.bill.state = BillState::AwaitingApproval;
        assert_eq!(code(&first, &second), None, "its supplier was imported");
        // Corrected, it is a draft again, and still the first.
        first.bill.state = BillState::Draft;
        assert_eq!(code(&first, &second), None);
        // A third one was not there when the second was let pass.
        let mut third = rival("X-1", 70_000, 20, 10);
        third.bill.id = crate::basics::ids::BillId::derive(&["third"]);
        assert!(code(&third, &second).is_some());
    }

    #[test]
    fn a_bill_that_was_asked_about_first_is_not_held_for_one_that_only_came_through_later() {
        let mut first = rival("X-1", 119_000, 18, 8);
        let mut second = rival("X-1", 50_000, 19, 9);
        second.bill.id = crate::basics::ids::BillId::derive(&["second"]);
        first.bill.state = BillState::AwaitingApproval;
        second.bill.state = BillState::Approved;
        assert_eq!(code(&first, &second), None);
        assert!(code(&second, &first).is_some());
    }

    #[test]
    fn a_credit_note_may_bear_the_number_of_its_bill() {
        let first = rival("RE-1", 119_000, 18, 8);
        let mut credit = rival("RE-1", 119_000, 19, 9);
        credit.bill.kind = crate::domain::payable::BillKind::CreditNote;
        assert_eq!(code(&credit, &first), None);
    }
}
