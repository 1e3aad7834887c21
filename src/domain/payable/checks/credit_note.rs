//! What is particular about credit notes: their sign, and the bill they take back.

use super::duplicate::Rival;
use super::{CREDIT_ABOVE, CREDIT_UNKNOWN, CREDIT_UNREFERENCED, NEGATIVE_BILL};
use crate::domain::payable::{Bill, BillKind, BillState, Finding, NumberKey};

/// Looks for the bill a credit note names among the supplier's others, and at the sign of the total.
pub fn check(bill: &Bill, others: &[Rival]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let wrong_sign = bill.payable.filter(|payable| match bill.kind {
        BillKind::Invoice => payable.is_negative(),
        BillKind::CreditNote => payable.is_positive(),
    });
    if let Some(payable) = wrong_sign {
        findings.push(NEGATIVE_BILL.found(format!("{} over {payable}", bill.kind)));
    }
    match bill.kind {
        BillKind::Invoice => {}
        BillKind::CreditNote => findings.extend(reference(bill, others)),
    }
    findings
}

fn reference(credit: &Bill, others: &[Rival]) -> Option<Finding> {
    let Some(named) = credit.preceding_number.as_deref() else {
        return Some(CREDIT_UNREFERENCED.found("no earlier bill is named"));
    };
    let is_named = |bill: &&Bill| {
        bill.kind == BillKind::Invoice
            && bill.supplier == credit.supplier
            && bill.state != BillState::Void
            && bill.number_key() == Some(NumberKey::of(named))
    };
    let Some(original) = others.iter().map(|other| &other.bill).find(is_named) else {
        return Some(CREDIT_UNKNOWN.found(format!("bill {named} is not in our books")));
    };
    let (credited, billed) = (credit.gross?, original.gross?);
    let above = credited.exceeds(billed)?;
    above.then(|| CREDIT_ABOVE.found(format!("{credited} credited on {billed} of bill {named}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::document::DocumentKind;
    use crate::domain::payable::draft::{Sender, draft};
    use crate::domain::payable::test_world::{alpha, document, eur, text};

    fn bill(kind: DocumentKind, gross: i64, names: Option<&str>) -> Bill {
        let document = document(kind, |fields| {
            fields.gross_total = Some(text(eur(gross)));
            fields.payable_total = Some(text(eur(gross)));
            fields.preceding_number = names.map(|number| text(number.to_owned()));
        });
        draft(&document, &Sender::default(), &[alpha()]).0
    }

    fn codes(bill: &Bill) -> Vec<String> {
        let original = self::bill(DocumentKind::Bill, 119_000, None);
        let original = Rival {
            bill: original,
            content: crate::basics::ids::ContentHash::ZERO,
            pages: None,
            received_at: jiff::Timestamp::UNIX_EPOCH,
        };
        check(bill, &[original])
            .into_iter()
            .map(|f| f.code)
            .collect()
    }

    #[test]
    fn a_credit_note_is_held_against_the_bill_it_names() {
        assert!(codes(&bill(DocumentKind::CreditNote, 50_000, Some("RE 2026/815"))).is_empty());
        assert_eq!(
            codes(&bill(
                DocumentKind::CreditNote,
                119_001,
                Some("RE-2026-0815")
            )),
            ["credit_note.above_bill"]
        );
        assert_eq!(
            codes(&bill(DocumentKind::CreditNote, 50_000, Some("RE-9"))),
            ["credit_note.unknown_reference"]
        );
        assert_eq!(
            codes(&bill(DocumentKind::CreditNote, 50_000, None)),
            ["credit_note.no_reference"]
        );
    }

    #[test]
    fn a_bill_over_less_than_nothing_is_held() {
        assert_eq!(
            codes(&bill(DocumentKind::Bill, -50_000, None)),
            ["credit_note.negative_bill"]
        );
    }
}
