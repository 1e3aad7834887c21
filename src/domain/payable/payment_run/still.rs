//! Between planning and release days may pass: only what is still as it was planned is paid.

use super::{Transfer, TransferLine};
use crate::domain::payable::checks::bank_account::blocks_payment;
use crate::domain::payable::{Bill, BillState, Payment, PaymentState, Supplier};

/// Why this line must not be paid as it was planned; nothing when all is as it was.
pub fn moved_on(
    (transfer, line): (&Transfer, &TransferLine),
    payment: &Payment,
    bill: &Bill,
    supplier: Option<&Supplier>,
) -> Option<String> {
    if payment.state != PaymentState::Planned {
        return Some(format!("its payment is {}", payment.state));
    }
    if bill.state != BillState::Scheduled {
        return Some(format!("it is {}", bill.state));
    }
    let planned = line
        .discount
        .map_or(Some(line.amount), |off| line.amount.checked_add(off));
    if planned != Some(payment.amount) {
        return Some(format!("{} is to be paid now", payment.amount));
    }
    if payment.amount.is_negative() {
        return None;
    }
    if bill.iban.as_deref() != Some(transfer.creditor_iban.as_str()) {
        return Some("another account is to be paid".into());
    }
    let blocks = blocks_payment(bill, supplier);
    blocks.first().map(|finding| finding.evidence.clone())
}
