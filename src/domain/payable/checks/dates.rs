//! Can these dates be?

use super::{DATE_FUTURE, DATE_OLD, DUE_BEFORE_ISSUE, DUE_FAR, DUE_MISSING};
use crate::basics::calendar::{Date, add_days, days_between};
use crate::domain::payable::terms::LONGEST_DAYS;
use crate::domain::payable::{Bill, BillKind, Finding};

/// Somewhere on earth it is tomorrow already.
const TIME_ZONES_DAYS: i32 = 1;
/// Older bills are nearly always a misread year; suppliers who really bill so late are few.
const OLDEST_DAYS: i32 = 730;

/// Holds bills of tomorrow and of long ago; notes an odd due date.
pub fn check(bill: &Bill, today: Date) -> Vec<Finding> {
    let mut findings = Vec::new();
    if let Some(issued) = bill.issue_date {
        if issued > add_days(today, TIME_ZONES_DAYS) {
            findings.push(DATE_FUTURE.found(format!("dated {issued}, today is {today}")));
        }
        if days_between(issued, today) > OLDEST_DAYS {
            findings.push(DATE_OLD.found(format!("dated {issued}, today is {today}")));
        }
        if let Some(due) = bill.due_date.filter(|due| *due < issued) {
            findings.push(DUE_BEFORE_ISSUE.found(format!("due {due}, dated {issued}")));
        }
        let far = |due: &Date| days_between(issued, *due) > i32::from(LONGEST_DAYS);
        if let Some(due) = bill.due_date.filter(far) {
            findings.push(DUE_FAR.found(format!("due {due}, dated {issued}")));
        }
    }
    let is_paid = bill.kind == BillKind::Invoice;
    if is_paid && bill.due_date.is_none() {
        findings
            .push(DUE_MISSING.found("no due date was found; it would be paid as soon as possible"));
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::basics::calendar::date;
    use crate::domain::document::DocumentKind;
    use crate::domain::payable::draft::{Sender, draft};
    use crate::domain::payable::test_world::{alpha, document, text};

    fn codes(issued: Date, due: Option<Date>) -> Vec<String> {
        let document = document(DocumentKind::Bill, |fields| {
            fields.issue_date = Some(text(issued));
            fields.due_date = due.map(text);
        });
        let (bill, _) = draft(&document, &Sender::default(), &[alpha()]);
        check(&bill, date(2026, 11, 21))
            .into_iter()
            .map(|f| f.code)
            .collect()
    }

    #[test]
    fn a_bill_of_next_month_is_held_and_one_from_a_later_time_zone_is_not() {
        assert_eq!(codes(date(2026, 12, 15), None), ["dates.future"]);
        assert!(codes(date(2026, 11, 22), None).is_empty());
        assert_eq!(codes(date(2016, 11, 20), None), ["dates.old"]);
    }

    #[test]
    fn a_due_date_decades_ahead_is_held() {
        let due = |due| codes(date(2026, 11, 20), Some(due));
        assert_eq!(due(date(2062, 12, 1)), ["dates.due_far"]);
        assert_eq!(due(date(2027, 5, 20)), ["dates.due_far"]);
        assert!(due(date(2027, 5, 19)).is_empty());
    }

    #[test]
    fn a_due_date_before_the_issue_date_is_noted() {
        assert_eq!(
            codes(date(2026, 11, 20), Some(date(2026, 11, 1))),
            ["dates.due_before_issue"]
        );
    }
}
