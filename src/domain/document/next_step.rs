//! What is made of a document once it is read: a bill, a remittance, a piece of support, or a question to a person.

use super::{DocumentKind, Reading, Side};
use crate::domain::exception::ExceptionCode;

/// What happens next.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum NextStep {
    /// A bill is drafted and reviewed.
    DraftBill,
    /// A remittance is recorded.
    RecordRemittance,
    /// It is filed as support.
    AttachSupport,
    /// A person decides.
    Ask(Question),
}

/// What a person is asked.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Question {
    /// Why.
    pub code: ExceptionCode,
    /// What was seen.
    pub reason: String,
    /// What that person can do.
    pub next_action: String,
}

/// Decides what comes next. A conflict always asks; a hybrid that disagrees with itself and a bill whose parties are
/// unclear never become a bill by themselves.
pub fn next_step(reading: &Reading) -> NextStep {
    if let Some(conflict) = &reading.classification.conflict {
        return NextStep::Ask(question(conflict, reading));
    }
    match reading.classification.kind {
        DocumentKind::Bill | DocumentKind::CreditNote => match reading.classification.side {
            Side::Payable => NextStep::DraftBill,
            Side::Receivable => NextStep::AttachSupport,
            Side::None | Side::Unclear => {
                NextStep::Ask(question("document_unclear: its side is not known", reading))
            }
        },
        DocumentKind::Remittance => match reading.classification.side {
            Side::Receivable => NextStep::RecordRemittance,
            Side::Payable | Side::None | Side::Unclear => NextStep::AttachSupport,
        },
        DocumentKind::CustomerInvoice
        | DocumentKind::SupplierStatement
        | DocumentKind::PurchaseOrder
        | DocumentKind::PurchaseOrderChange
        | DocumentKind::PurchaseOrderResponse
        | DocumentKind::GoodsReceipt
        | DocumentKind::Quotation
        | DocumentKind::Receipt
        | DocumentKind::BankStatement => NextStep::AttachSupport,
        DocumentKind::Proforma | DocumentKind::SupplierReminder => NextStep::Ask(question(
            &format!("not_payable: a {} is no bill", reading.classification.kind),
            reading,
        )),
        DocumentKind::Other => NextStep::Ask(question(
            "document_unclear: what it is is not known",
            reading,
        )),
    }
}

/// What a person can do about each.
const ACTIONS: [(ExceptionCode, &str); 5] = [
    (
        ExceptionCode::HybridMismatch,
        "Compare the PDF with the XML and ask the supplier which one counts. `documents decide` takes it as the XML says.",
    ),
    (
        ExceptionCode::NotAddressedToUs,
        "If it is ours, say so with `documents decide --side ap`, or add the company to the configuration and have it read again with `documents requeue`; else send it back.",
    ),
    (
        ExceptionCode::DirectionConflict,
        "Look at it (`documents save`) and say with `documents decide --side` whether we owe this money (ap) or it is owed to us (ar).",
    ),
    (
        ExceptionCode::DocumentUnreadable,
        "Open the original. To send it back, write: \"We could not open the file you sent. Please send it again as a PDF that opens without a password, or tell us the password by telephone.\" A password in the configuration ([[supplier_password]]) is tried when you have it read again: documents requeue.",
    ),
    (
        ExceptionCode::NotPayable,
        "Look at it; nothing is paid on it. Wait for the invoice, or answer the supplier. `documents decide` files it, or says that it is a bill after all.",
    ),
];

fn question(conflict: &str, reading: &Reading) -> Question {
    let (code, why) = conflict
        .split_once(": ")
        .unwrap_or(("document_unclear", conflict));
    let code = ExceptionCode::parse(code).unwrap_or(ExceptionCode::DocumentUnclear);
    let known = ACTIONS
        .iter()
        .find(|(about, _)| *about == code)
        .map(|(_, action)| *action);
    let next_action =
        known.unwrap_or("Open it (`documents save`) and say what it is with `documents decide`.");
    let kind = reading.classification.kind;
    Question {
        code,
        reason: format!("{why} (taken for: {kind})"),
        next_action: next_action.to_owned(),
    }
}
