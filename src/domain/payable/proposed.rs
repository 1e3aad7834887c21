//! A bill after a model proposed values for what the reader had left unsure. It is never more than a held bill with a hint in it.

use super::draft::{Sender, draft};
use super::{Bill, BillState};
use crate::domain::document::Document;

/// Whether a model may still say something about it: no person has put a hand to it, and it is not past being checked. What its
/// document says must not change then either: a value is taken for a person's when it is not the one that was read.
pub fn takes_proposals(bill: &Bill) -> bool {
    let is_open = matches!(bill.state, BillState::Draft | BillState::Held);
    is_open && bill.corrected_by.is_empty() && bill.cleared.is_empty()
}

/// The bill with what its document says now. Nothing where it takes no proposals, or they change nothing.
pub fn with_proposals(bill: &Bill, document: &Document) -> Option<Bill> {
    if !takes_proposals(bill) {
        return None;
    }
    let (fresh, _) = draft(document, &Sender::default(), &[]);
    let proposed = Bill {
        number: fresh.number,
        payment_reference: fresh.payment_reference,
        issue_date: fresh.issue_date,
        currency: fresh.currency,
        net: fresh.net,
        tax: fresh.tax,
        gross: fresh.gross,
        payable: fresh.payable,
        ..bill.clone()
    };
    (proposed != *bill).then_some(proposed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::document::{Confidence, DocumentKind, Field, Method};
    use crate::domain::payable::checks::completeness::check;
    use crate::domain::payable::test_world::{alpha, document, text};

    fn proposed() -> Document {
        document(DocumentKind::Bill, |fields| {
            fields.invoice_number = Some(Field {
                method: Method::Model,
                confidence: Confidence::per_mille(850),
                ..text("RE-9".to_owned())
            });
        })
    }

    fn held() -> Bill {
        let unread = document(DocumentKind::Bill, |fields| fields.invoice_number = None);
        let (bill, _) = draft(&unread, &Sender::default(), &[alpha()]);
        bill
    }

    #[test]
    fn a_proposed_value_fills_the_bill_and_holds_it_until_a_person_confirms() {
        let bill = with_proposals(&held(), &proposed()).expect("the number is new");
        assert_eq!(bill.number.as_deref(), Some("RE-9"));
        assert_eq!(bill.supplier, held().supplier, "all else stays");
        let codes = check(&bill, &proposed().reading.fields);
        let codes = codes.iter().map(|finding| finding.code.as_str());
        assert!(
            codes
                .into_iter()
                .any(|code| code == "completeness.proposed")
        );
    }

    #[test]
    fn a_bill_a_person_has_corrected_stays_as_it_is() {
        let corrected = Bill {
            corrected_by: vec!["lena".into()],
            ..held()
        };
        assert_eq!(with_proposals(&corrected, &proposed()), None);
        let approved = Bill {
            state: BillState::Approved,
            ..held()
        };
        assert_eq!(with_proposals(&approved, &proposed()), None);
    }
}
