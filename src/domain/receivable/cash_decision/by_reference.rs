//! By the payment references we issued (DOMAIN 6.1, rows 1 and 2): nobody else knows them.

use super::by_number::other_payer;
use super::{Allocation, Case, CashMethod, Settlement, Verdict, in_full, numbers};

/// Row 1: what is open on the quoted references is what came. Reference and amount together are no accident, so that a
/// company may pay for another one of its group.
pub(super) fn settle(case: &Case<'_>) -> Verdict {
    let quoted = &case.named.by_reference;
    let came = case.credit.remaining;
    match in_full(quoted, came) {
        Some(allocations) => Verdict::Fits(Settlement {
            method: CashMethod::Reference,
            evidence: format!(
                "it quotes our payment reference of {}; {came} is what is open there",
                numbers(quoted)
            ),
            allocations,
            withheld: Vec::new(),
            remittance: None,
            difference: None,
        }),
        None if quoted.len() > 1 => Verdict::Odd(format!(
            "it quotes our payment references of {}, but {came} is not what is open there",
            numbers(quoted)
        )),
        None => Verdict::Silent,
    }
}

/// Row 2: one reference and another amount. Which invoice is meant is certain, so the money goes there as far as
/// something is open; a person settles the difference. Money of another customer of ours is not spread so.
pub(super) fn settle_other_amount(case: &Case<'_>) -> Verdict {
    let [open] = case.named.by_reference.as_slice() else {
        return Verdict::Silent;
    };
    if let Some(odd) = other_payer(&[open], case) {
        return Verdict::Odd(odd);
    }
    let came = case.credit.remaining;
    let Some(rest) = open.balance.checked_sub(came) else {
        let (number, currency) = (&open.invoice.number, open.balance.currency());
        return Verdict::Odd(format!("it quotes {number}, which is in {currency}"));
    };
    let number = &open.invoice.number;
    let (amount, difference) = if rest.is_negative() {
        let over = rest.checked_neg().unwrap_or(rest);
        (
            open.balance,
            format!("{over} more came than was open on {number}"),
        )
    } else {
        (
            came,
            format!("{rest} of {number} stay open after this payment"),
        )
    };
    Verdict::Fits(Settlement {
        method: CashMethod::ReferenceOtherAmount,
        evidence: format!(
            "it quotes our payment reference of {number}; {came} came, {} was open",
            open.balance
        ),
        allocations: vec![Allocation {
            invoice: open.invoice.id,
            amount,
        }],
        withheld: Vec::new(),
        remittance: None,
        difference: Some(difference),
    })
}
