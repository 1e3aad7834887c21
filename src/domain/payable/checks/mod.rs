//! The checks of a bill. Each is a pure function from facts to findings; none decides what follows. `CHECKS` is the one list
//! of what they can say.

pub mod arithmetic;
pub mod supplier;
pub mod duplicate;
pub mod bank_account;
pub mod direct_debit;
pub mod completeness;
pub mod dates;
pub mod credit_note;
pub mod order;

use super::{Finding, Severity};

/// One thing a check can say.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Check {
    /// Stable: users clear findings and filter by it.
    pub code: &'static str,
    /// How much it weighs.
    pub severity: Severity,
    /// What it means, for the documentation.
    pub sentence: &'static str,
}

impl Check {
    /// The finding, with what was seen.
    pub fn found(&self, evidence: impl Into<String>) -> Finding {
        Finding {
            code: self.code.to_owned(),
            severity: self.severity,
            evidence: evidence.into(),
        }
    }
}

macro_rules! checks {
    ($($(#[$group:meta])* $name:ident = $code:literal, $severity:ident, $sentence:literal;)*) => {
        $($(#[$group])* #[doc = $sentence] pub const $name: Check = Check {
            code: $code, severity: Severity::$severity, sentence: $sentence,
        };)*

        /// Everything the checks can say, in the order of the documentation.
        pub const CHECKS: &[Check] = &[$($name),*];
    };
}

checks! {
    NUMBER_MISSING = "completeness.number", Hold, "The bill has no number.";
    NUMBER_ODD = "completeness.number_odd", Hold, "The number has a line break or control character in it, or no digit at all.";
    NUMBER_UNSURE = "completeness.number_unsure", Hold, "The number was read with too little confidence.";
    DATE_MISSING = "completeness.issue_date", Hold, "The bill has no issue date.";
    DATE_UNSURE = "completeness.issue_date_unsure", Hold, "The issue date was read with too little confidence.";
    DUE_UNSURE = "completeness.due_date_unsure", Note, "The due date was read with too little confidence, or counted from terms of payment.";
    CURRENCY_MISSING = "completeness.currency", Hold, "The bill names no currency, or amounts in another one than it names.";
    CURRENCY_UNSURE = "completeness.currency_unsure", Hold, "The currency was read with too little confidence.";
    TOTAL_MISSING = "completeness.total", Hold, "The bill states no total.";
    TOTAL_UNSURE = "completeness.total_unsure", Hold, "The total was read with too little confidence.";
    PROPOSED = "completeness.proposed", Hold, "A value was proposed by a language model, and no person has confirmed it.";
    LINES_SUM = "arithmetic.br_co_10", Hold, "BR-CO-10: the lines do not add up to the stated sum of lines.";
    ALLOWANCES_SUM = "arithmetic.br_co_11", Hold, "BR-CO-11: the allowances do not add up to their stated sum.";
    CHARGES_SUM = "arithmetic.br_co_12", Hold, "BR-CO-12: the charges do not add up to their stated sum.";
    NET_SUM = "arithmetic.br_co_13", Hold, "BR-CO-13: the net total is not lines minus allowances plus charges.";
    NET_ROUNDING = "arithmetic.br_co_13_rounding", Note, "BR-CO-13: the net total is off by no more than the exchange that checked the file lets pass.";
    VAT_SUM = "arithmetic.br_co_14", Hold, "BR-CO-14: the VAT total is not the sum of the VAT breakdown.";
    GROSS_SUM = "arithmetic.br_co_15", Hold, "BR-CO-15: the gross total is not net plus VAT, stamp duty and document discount.";
    PAYABLE_SUM = "arithmetic.br_co_16", Hold, "BR-CO-16: the amount to pay is not gross minus prepaid and withheld plus rounding.";
    ROUNDING_LARGE = "arithmetic.rounding", Hold, "The rounding of the amount to pay is a whole currency unit or more.";
    WITHHELD_NEGATIVE = "arithmetic.withheld", Hold, "The withheld tax is negative: it adds to what is to be paid.";
    PREPAID_NEGATIVE = "arithmetic.prepaid", Hold, "The prepaid amount is negative: it adds to what is to be paid.";
    VAT_RATE = "arithmetic.br_co_17", Hold, "BR-CO-17: a VAT amount is not its base times its rate.";
    VAT_ROUNDING = "arithmetic.br_co_17_rounding", Note, "BR-CO-17: a VAT amount is off by less than one currency unit, as rounding line by line gives.";
    SUPPLIER_UNKNOWN = "supplier.unknown", Hold, "No supplier in our books is known to have issued the bill.";
    SUPPLIER_CONFLICT = "supplier.conflict", Hold, "The evidence for the supplier disagrees.";
    SUPPLIER_VAT = "supplier.vat_id", Hold, "The VAT id on the bill is not the supplier's.";
    SAME_FILE = "duplicate.same_file", Hold, "The same file came before.";
    SAME_NUMBER = "duplicate.exact_number", Hold, "The supplier has a bill with this number already.";
    ALIKE_NUMBER = "duplicate.alike_number", Hold, "The supplier has a bill with this number in another spelling already.";
    SAME_AMOUNT_AND_DATE = "duplicate.same_amount_and_date", Hold, "The supplier has a bill of the same day and amount under another number.";
    IBAN_CHECK_DIGITS = "bank_account.check_digits", Hold, "The check digits of the account are wrong.";
    IBAN_CHANGED = "bank_account.changed", BlocksPayment, "The account is none of those we know of the supplier.";
    IBAN_FIRST_SEEN = "bank_account.first_seen", BlocksPayment, "We know no account of the supplier yet.";
    IBAN_SUSPECTED = "bank_account.suspected", Hold, "Somebody tried to have our money sent to this account before, as a person found out.";
    DIRECT_DEBIT = "payment.direct_debit", BlocksPayment, "The bill is collected from our account by direct debit: it is approved and not transferred.";
    DIRECT_DEBIT_LIKELY = "payment.direct_debit_likely", BlocksPayment, "The bill speaks of a direct debit and names an account to pay to as well.";
    RETURNED = "payment.returned", Hold, "The bank gave the money back: the account may be closed or wrong.";
    REFUSED = "payment.refused", Hold, "The bank refused the payment, and said why: nothing was paid.";
    IBAN_MISSING = "bank_account.missing", BlocksPayment, "The bill names no account and we know none of the supplier.";
    DATE_FUTURE = "dates.future", Hold, "The bill is dated in the future.";
    DUE_BEFORE_ISSUE = "dates.due_before_issue", Note, "The due date is before the issue date.";
    DUE_FAR = "dates.due_far", Hold, "The due date is more than half a year after the issue date, as a misread year would be.";
    DUE_MISSING = "dates.due_missing", Note, "Neither the bill nor the supplier's terms say when it is due.";
    DATE_OLD = "dates.old", Hold, "The bill is dated more than two years ago, as a misread year would be.";
    CREDIT_UNREFERENCED = "credit_note.no_reference", Note, "The credit note names no earlier bill.";
    CREDIT_UNKNOWN = "credit_note.unknown_reference", Note, "The credit note names a bill we do not have.";
    CREDIT_ABOVE = "credit_note.above_bill", Hold, "The credit note is higher than the bill it names.";
    NEGATIVE_BILL = "credit_note.negative_bill", Hold, "The total is negative though the document is no credit note, or positive though it is one.";
    ORDER_MISSING = "order.missing", Hold, "The bill names no order of ours, and bills of the supplier must.";
    ORDER_UNKNOWN = "order.unknown", Note, "The bill names an order that is none of ours.";
    ORDER_SUPPLIER = "order.supplier", Hold, "The order was given to another supplier.";
    ORDER_CURRENCY = "order.currency", Hold, "The order is in another currency than the bill.";
    ORDER_LINES_UNSURE = "order.lines_unsure", Note, "The lines were not read for certain: only the sums were compared with the order.";
    PRICE_VARIANCE = "order.price_variance", Hold, "A unit price is above the order's by more than is tolerated.";
    PRICE_BELOW = "order.price_below", Note, "A unit price is more than a tenth below the order's.";
    OVER_ORDERED = "order.over_ordered", Hold, "More is billed, with the bills before, than was ordered.";
    OVER_RECEIVED = "order.over_received", Hold, "More is billed, with the bills before, than came in.";
    NO_RECEIPT = "order.no_receipt", BlocksPayment, "The goods are billed and no receipt of them is known: the payment waits for it.";
    ORDER_UNPLANNED = "order.unplanned", Hold, "Lines that were not ordered come to more than is tolerated.";
    ORDER_UNCOUNTED = "order.uncounted", Hold, "What is billed on the order cannot be counted: a bill on it states no net total, or there is more of it than is looked at.";
    ORDER_EXCEEDED = "order.exceeded", Hold, "More is billed, with the bills before, than the order comes to.";
    NO_APPROVER = "approval.no_approver", Hold, "The approval policy cannot name enough people for the bill.";
    APPROVAL_NOTE = "approval.currency", Note, "The bill is in another currency than the approval limits.";
}

/// Does it say that the bill may be paid twice, or to somebody else? Who lets that pass must not be who approves the bill.
pub fn needs_second_person(code: &str) -> bool {
    ["duplicate.", "bank_account.", "supplier."]
        .iter()
        .any(|group| code.starts_with(group))
}

/// Says it that nobody has verified the account? Then only a call to the supplier and a second person lift it.
pub fn needs_call(code: &str) -> bool {
    [IBAN_CHANGED.code, IBAN_FIRST_SEEN.code].contains(&code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_stands_once_and_says_what_it_means() {
        for check in CHECKS {
            let same = CHECKS
                .iter()
                .filter(|other| other.code == check.code)
                .count();
            assert_eq!(same, 1, "{}", check.code);
            assert!(
                check.sentence.ends_with('.') && check.code.contains('.'),
                "{}",
                check.code
            );
        }
    }
}
