//! A customer does not accept an invoice: a person records it, and a person ends it. While it lasts nobody is reminded of
//! the invoice and no money is applied to it by the program.

use super::CustomerInvoice;
use crate::basics::text::one_line;
use crate::basics::words::Refused;

/// A reason is a sentence, not a letter.
const MOST_REASON_CHARS: usize = 500;

/// Records a dispute. A second reason replaces the first; the audit trail keeps both.
///
/// # Errors
/// Refused without a reason.
pub fn raise(mut invoice: CustomerInvoice, reason: &str) -> Result<CustomerInvoice, Refused> {
    let reason = one_line(reason, MOST_REASON_CHARS);
    if reason.is_empty() {
        return Err(refused("without a reason", "disputed"));
    }
    invoice.disputed = Some(reason);
    Ok(invoice)
}

/// Ends a dispute: the invoice is reminded of again.
///
/// # Errors
/// Refused when there is none.
pub fn end(mut invoice: CustomerInvoice) -> Result<CustomerInvoice, Refused> {
    match invoice.disputed.take() {
        Some(_) => Ok(invoice),
        None => Err(refused("not disputed", "taken out of dispute")),
    }
}

fn refused(state: &'static str, event: &'static str) -> Refused {
    Refused {
        machine: "customer invoice",
        state,
        event,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::receivable::samples::invoice;

    #[test]
    fn a_dispute_needs_a_reason_and_ends_once() {
        let invoice = invoice("1", "1", 100).invoice;
        assert!(raise(invoice.clone(), " \n").is_err());
        let disputed = raise(invoice.clone(), "wrong\nprice").unwrap();
        assert_eq!(disputed.disputed.as_deref(), Some("wrong price"));
        let ended = end(disputed).unwrap();
        assert_eq!(ended, invoice);
        assert!(end(ended).is_err());
    }
}
