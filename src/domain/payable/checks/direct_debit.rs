//! Who moves the money? What the supplier collects from our account must not be transferred as well.

use super::{DIRECT_DEBIT, DIRECT_DEBIT_LIKELY};
use crate::domain::document::Collection;
use crate::domain::payable::{Bill, BillKind, Finding};

/// Such a bill is approved as any other and its payment blocked. Nothing is collected on a credit note.
pub fn check(bill: &Bill, collection: Collection) -> Option<Finding> {
    match bill.kind {
        BillKind::CreditNote => return None,
        BillKind::Invoice => {}
    }
    match collection {
        Collection::No => None,
        Collection::Likely => Some(DIRECT_DEBIT_LIKELY.found(
            "it speaks of a direct debit, and of an account to pay to: only one of them is meant",
        )),
        Collection::Sure => {
            Some(DIRECT_DEBIT.found("it is collected from our account by direct debit"))
        }
    }
}

/// What the finding says is settled by knowing it: somebody else moves the money, and nobody has to confirm an account.
pub fn is_about_collection(finding: &Finding) -> bool {
    [DIRECT_DEBIT.code, DIRECT_DEBIT_LIKELY.code].contains(&finding.code.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::document::DocumentKind;
    use crate::domain::payable::draft::{Sender, draft};
    use crate::domain::payable::test_world::{alpha, document};

    #[test]
    fn what_is_collected_is_not_transferred_and_a_credit_note_is_never_collected() {
        let found = |kind, collection| {
            let (bill, _) = draft(&document(kind, |_| {}), &Sender::default(), &[alpha()]);
            check(&bill, collection).map(|finding| finding.code)
        };
        let sure = found(DocumentKind::Bill, Collection::Sure);
        assert_eq!(sure.as_deref(), Some("payment.direct_debit"));
        let likely = found(DocumentKind::Bill, Collection::Likely);
        assert_eq!(likely.as_deref(), Some("payment.direct_debit_likely"));
        assert_eq!(found(DocumentKind::Bill, Collection::No), None);
        assert_eq!(found(DocumentKind::CreditNote, Collection::Sure), None);
    }
}
