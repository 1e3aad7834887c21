//! A person closes a work item about a bill: what goes on then, and when closing it would leave a bill that nobody is asked
//! about.

use super::checks::direct_debit::is_about_collection;
use super::{Bill, BillState, Severity};
use crate::domain::exception::ExceptionCode;

/// What closing the item means.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Clearing {
    /// The item is closed, nothing else.
    Noted,
    /// Not allowed: the bill stays held by these findings.
    StillHeld(Vec<String>),
    /// Not allowed: its payment stays blocked by these.
    StillBlocked(Vec<String>),
    /// The findings are cleared and the bill is checked again.
    Reopen,
    /// The findings are cleared and the payment is planned again.
    Replan,
}

/// Decides for an item of this code; `clear` are the findings that the person lets pass.
pub fn clearing(bill: &Bill, code: ExceptionCode, clear: &[String]) -> Clearing {
    let is_held = bill.state == BillState::Held;
    let is_blocked = code == ExceptionCode::PaymentBlocked;
    if is_blocked {
        let blocked = uncleared(bill, Severity::BlocksPayment, clear);
        if !blocked.is_empty() && matches!(bill.state, BillState::Approved | BillState::Scheduled) {
            return Clearing::StillBlocked(blocked);
        }
    } else if clear.is_empty() && is_held && code == ExceptionCode::BillHeld {
        return Clearing::StillHeld(uncleared(bill, Severity::Hold, clear));
    }
    // A bill held for want of an approver has nothing to clear: the policy was changed, and the checks ask it again.
    if clear.is_empty() && !(is_held && code == ExceptionCode::NoApprover) {
        return Clearing::Noted;
    }
    if is_blocked {
        Clearing::Replan
    } else {
        Clearing::Reopen
    }
}

fn uncleared(bill: &Bill, severity: Severity, clear: &[String]) -> Vec<String> {
    // Who closes the item about a bill that is collected says that it is: it stays blocked, and nobody has to be asked.
    let open = bill.findings.iter().filter(|one| {
        one.severity == severity
            && !is_about_collection(one)
            && !bill.cleared.contains(&one.code)
            && !clear.contains(&one.code)
    });
    open.map(|one| one.code.clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::document::DocumentKind;
    use crate::domain::payable::Finding;
    use crate::domain::payable::draft::{Sender, draft};
    use crate::domain::payable::test_world::{alpha, document};

    fn with(state: BillState, severity: Severity) -> Bill {
        let document = document(DocumentKind::Bill, |_| {});
        let (mut bill, _) = draft(&document, &Sender::default(), &[alpha()]);
        bill.state = state;
        bill.cleared = Vec::new();
        bill.findings = vec![Finding {
            code: "iban_unknown".into(),
            severity,
            evidence: "…".into(),
        }];
        bill
    }

    #[test]
    fn a_held_bill_is_not_left_with_nobody_asked_about_it() {
        let bill = with(BillState::Held, Severity::Hold);
        let held = clearing(&bill, ExceptionCode::BillHeld, &[]);
        assert_eq!(held, Clearing::StillHeld(vec!["iban_unknown".into()]));
        let cleared = clearing(&bill, ExceptionCode::BillHeld, &["iban_unknown".into()]);
        assert_eq!(cleared, Clearing::Reopen);
        assert_eq!(
            clearing(&bill, ExceptionCode::NoApprover, &[]),
            Clearing::Reopen
        );
    }

    #[test]
    fn a_blocked_payment_is_planned_again_only_when_all_that_blocks_it_is_cleared() {
        let bill = with(BillState::Approved, Severity::BlocksPayment);
        let blocked = clearing(&bill, ExceptionCode::PaymentBlocked, &["other".into()]);
        assert_eq!(blocked, Clearing::StillBlocked(vec!["iban_unknown".into()]));
        let cleared = clearing(
            &bill,
            ExceptionCode::PaymentBlocked,
            &["iban_unknown".into()],
        );
        assert_eq!(cleared, Clearing::Replan);
        let mut collected = with(BillState::Approved, Severity::BlocksPayment);
        collected.findings[0].code = "payment.direct_debit_likely".into();
        assert_eq!(
            clearing(&collected, ExceptionCode::PaymentBlocked, &[]),
            Clearing::Noted
        );
        let paid = with(BillState::Paid, Severity::BlocksPayment);
        assert_eq!(
            clearing(&paid, ExceptionCode::PaymentBlocked, &[]),
            Clearing::Noted
        );
    }
}
