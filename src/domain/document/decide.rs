//! A person says what a document is, where the program asked and did not guess.

use super::{Confidence, DocumentKind, Reading, Side};
use crate::domain::exception::ExceptionCode;

/// What follows from a person's word.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Followed {
    /// A bill is drafted and reviewed.
    DraftBill,
    /// A remittance is recorded.
    RecordRemittance,
    /// It is filed as support.
    AttachSupport,
    /// There is nothing to book in it.
    SetAside,
}

/// What a person left out. Nothing was changed then.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Unsaid {
    /// The program does not know either.
    #[error("say what it is, with --kind; `other` sets it aside")]
    Kind,
    /// Whether we owe the money or it is owed to us.
    #[error("say whose money it is, with --side ap (we pay) or --side ar (we are paid)")]
    Side,
}

/// Makes the reading what the person says: what is not said stays as it was read, and what was doubtful is settled.
///
/// # Errors
/// What the person has to say besides. The reading is as it was then.
pub fn decide(
    reading: &mut Reading,
    kind: Option<DocumentKind>,
    side: Option<Side>,
    by: &str,
) -> Result<Followed, Unsaid> {
    let read = &mut reading.classification;
    let is_known = kind.is_some() || read.kind != DocumentKind::Other;
    let kind = kind.unwrap_or(read.kind);
    let side = side.unwrap_or(read.side);
    if !is_known {
        return Err(Unsaid::Kind);
    }
    let followed = followed(kind, side)?;
    (read.kind, read.side) = (kind, side);
    read.confidence = Confidence::per_mille(1000);
    read.conflict = None;
    read.reasons.push(format!("{by} says: {kind}, side {side}"));
    Ok(followed)
}

fn followed(kind: DocumentKind, side: Side) -> Result<Followed, Unsaid> {
    match kind {
        DocumentKind::Bill | DocumentKind::CreditNote => match side {
            Side::Payable => Ok(Followed::DraftBill),
            Side::Receivable => Ok(Followed::AttachSupport),
            Side::None | Side::Unclear => Err(Unsaid::Side),
        },
        DocumentKind::Remittance => match side {
            Side::Receivable => Ok(Followed::RecordRemittance),
            Side::Payable => Ok(Followed::AttachSupport),
            Side::None | Side::Unclear => Err(Unsaid::Side),
        },
        DocumentKind::CustomerInvoice
        | DocumentKind::SupplierStatement
        | DocumentKind::PurchaseOrder
        | DocumentKind::PurchaseOrderChange
        | DocumentKind::PurchaseOrderResponse
        | DocumentKind::GoodsReceipt
        | DocumentKind::Quotation
        | DocumentKind::Proforma
        | DocumentKind::SupplierReminder
        | DocumentKind::Receipt
        | DocumentKind::BankStatement => Ok(Followed::AttachSupport),
        DocumentKind::Other => Ok(Followed::SetAside),
    }
}

/// Whether a work item about a document asks what it is or says: a decision about the document, or reading it again, answers
/// it.
pub fn answers(code: ExceptionCode) -> bool {
    const ASKED: [ExceptionCode; 6] = [
        ExceptionCode::DocumentUnreadable,
        ExceptionCode::DocumentUnclear,
        ExceptionCode::DirectionConflict,
        ExceptionCode::NotAddressedToUs,
        ExceptionCode::NotPayable,
        ExceptionCode::HybridMismatch,
    ];
    ASKED.contains(&code)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn doubtful(kind: DocumentKind, side: Side) -> Reading {
        let mut reading = Reading::default();
        reading.classification.kind = kind;
        reading.classification.side = side;
        reading.classification.conflict = Some("not_addressed_to_us: it names nobody".into());
        reading
    }

    #[test]
    fn what_is_not_said_stays_as_it_was_read() {
        let mut reading = doubtful(DocumentKind::Bill, Side::Unclear);
        let followed = decide(&mut reading, None, Some(Side::Payable), "lena");
        assert_eq!(followed, Ok(Followed::DraftBill));
        let read = reading.classification;
        assert_eq!((read.kind, read.conflict), (DocumentKind::Bill, None));
        assert_eq!(read.reasons, ["lena says: bill, side ap"]);
    }

    #[test]
    fn a_bill_without_a_side_and_a_paper_without_a_kind_stay_undecided() {
        let mut reading = doubtful(DocumentKind::Other, Side::Unclear);
        let before = reading.clone();
        let unsaid = decide(&mut reading, None, Some(Side::Payable), "lena");
        assert_eq!(unsaid, Err(Unsaid::Kind));
        for kind in [
            DocumentKind::Bill,
            DocumentKind::CreditNote,
            DocumentKind::Remittance,
        ] {
            assert_eq!(
                decide(&mut reading, Some(kind), None, "lena"),
                Err(Unsaid::Side)
            );
        }
        assert_eq!(reading, before);
    }

    #[test]
    fn only_what_is_owed_becomes_a_bill() {
        for kind in DocumentKind::ALL {
            let mut reading = doubtful(DocumentKind::Other, Side::Unclear);
            let followed = decide(&mut reading, Some(*kind), Some(Side::Payable), "lena").unwrap();
            let is_bill = matches!(kind, DocumentKind::Bill | DocumentKind::CreditNote);
            assert_eq!(followed == Followed::DraftBill, is_bill, "{kind}");
        }
    }
}
