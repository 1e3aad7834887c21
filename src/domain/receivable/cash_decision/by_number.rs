//! By invoice numbers, and payment references no surer than those, in the remittance information (DOMAIN 6.1, rows 4 and 5).

use super::{Case, CashMethod, Settlement, Verdict, in_full, numbers};
use crate::domain::receivable::OpenInvoice;

/// Row 4: the numbers as we wrote them, and all of what is open on them.
pub(super) fn settle_exact(case: &Case<'_>) -> Verdict {
    let named = &case.named.exact;
    let came = case.credit.remaining;
    let Some(allocations) = in_full(named, came) else {
        return Verdict::Silent;
    };
    if let Some(odd) = other_payer(named, case) {
        return Verdict::Odd(odd);
    }
    Verdict::Fits(Settlement {
        method: CashMethod::ExactNumbers,
        evidence: format!(
            "it names {} by number or reference; {came} is what is open there",
            numbers(named)
        ),
        allocations,
        withheld: Vec::new(),
        remittance: None,
        difference: None,
    })
}

/// Row 5: the numbers as people type them; only from an account we know to be the customer's.
pub(super) fn settle_normalised(case: &Case<'_>) -> Verdict {
    let named = &case.named.normalised;
    let came = case.credit.remaining;
    if named.is_empty() {
        return Verdict::Silent;
    }
    let Some(allocations) = in_full(named, came) else {
        let open = crate::basics::money::Money::sum(named.iter().map(|i| i.balance));
        let open = open.map_or_else(|| "in another currency".to_owned(), |m| m.to_string());
        let all = numbers(named);
        return Verdict::Odd(format!(
            "it names {all}, but {came} came and {open} is open there"
        ));
    };
    if let Some(odd) = other_payer(named, case) {
        return Verdict::Odd(odd);
    }
    if !case.payer.is_by_account() {
        let all = numbers(named);
        return Verdict::Odd(format!(
            "it seems to name {all} and the amount fits, but it comes from an account we do not know"
        ));
    }
    Verdict::Fits(Settlement {
        method: CashMethod::NormalisedNumbers,
        evidence: format!(
            "it names {} in other spelling, from an account of that customer; {came} is what is open there",
            numbers(named)
        ),
        allocations,
        withheld: Vec::new(),
        remittance: None,
        difference: None,
    })
}

/// All of one customer, and not paid by another customer of ours.
pub(super) fn other_payer(named: &[&OpenInvoice], case: &Case<'_>) -> Option<String> {
    let mut owners: Vec<_> = named.iter().map(|i| i.invoice.customer).collect();
    owners.sort();
    owners.dedup();
    let payer = case.payer.customer();
    match (owners.as_slice(), payer) {
        ([owner], Some(payer)) if *owner != payer => Some(format!(
            "it names {}, but comes from another customer",
            numbers(named)
        )),
        ([_] | [], _) => None,
        ([_, _, ..], _) => Some(format!(
            "it names invoices of several customers: {}",
            numbers(named)
        )),
    }
}
