//! Where would the money go? An account that is not the supplier's own never stops the approval, and always the payment:
//! a mail can propose an account, only a person confirms one.

use super::direct_debit::is_about_collection;
use super::{
    IBAN_CHANGED, IBAN_CHECK_DIGITS, IBAN_FIRST_SEEN, IBAN_MISSING, IBAN_SUSPECTED, NO_RECEIPT,
    needs_call,
};
use crate::basics::bank_account::Iban;
use crate::basics::text::mask;
use crate::domain::payable::{
    AccountState, Bill, BillKind, Finding, Severity, Supplier, SupplierAccount,
};

/// Compares the account on the bill with those of its supplier. Nothing is paid on a credit note, so nothing is checked.
pub fn check(bill: &Bill, supplier: Option<&Supplier>) -> Vec<Finding> {
    match bill.kind {
        BillKind::CreditNote => return Vec::new(),
        BillKind::Invoice => {}
    }
    let known = supplier
        .map(|supplier| supplier.ibans.as_slice())
        .unwrap_or_default();
    let Some(printed) = bill.iban.as_deref() else {
        let missing = known
            .is_empty()
            .then(|| IBAN_MISSING.found("no account is printed and none is known"));
        return missing.into_iter().collect();
    };
    let Some(iban) = Iban::parse(printed) else {
        return vec![IBAN_CHECK_DIGITS.found(format!("{} is no valid IBAN", mask(printed)))];
    };
    if known.contains(&iban) {
        return Vec::new();
    }
    let ending = iban.last_four();
    if known.is_empty() {
        return vec![IBAN_FIRST_SEEN.found(format!(
            "the account ending in {ending} is the first we see of this supplier"
        ))];
    }
    let endings = known
        .iter()
        .map(Iban::last_four)
        .collect::<Vec<_>>()
        .join(", ");
    vec![IBAN_CHANGED.found(format!(
        "the account on the bill ends in {ending}, the known ones end in {endings}"
    ))]
}

/// The account is one that a person suspects.
pub fn suspected(account: Option<&SupplierAccount>) -> Vec<Finding> {
    let suspected = account.filter(|one| one.state == AccountState::FraudSuspected);
    let found = suspected.map(|one| {
        let ending = one.iban.last_four();
        IBAN_SUSPECTED.found(format!(
            "the account ending in {ending} is suspected of fraud"
        ))
    });
    found.into_iter().collect()
}

/// The findings of the bill with those about its account as the supplier is known now, heaviest first.
pub fn looked_again(bill: &Bill, supplier: Option<&Supplier>) -> Vec<Finding> {
    let own = [
        IBAN_CHANGED,
        IBAN_CHECK_DIGITS,
        IBAN_FIRST_SEEN,
        IBAN_MISSING,
    ];
    let of_others = |finding: &&Finding| own.iter().all(|check| check.code != finding.code);
    let mut findings = bill
        .findings
        .iter()
        .filter(of_others)
        .cloned()
        .collect::<Vec<_>>();
    findings.extend(check(bill, supplier));
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    findings
}

/// Why the bill must not be paid as its account stands now, because it is collected, or because the goods are not in, unless a person let
/// that pass. That nobody verified the account no person lets pass: a call and a second person do.
pub fn blocks_payment(bill: &Bill, supplier: Option<&Supplier>) -> Vec<Finding> {
    let stays = |one: &&Finding| is_about_collection(one) || one.code == NO_RECEIPT.code;
    let found = bill
        .findings
        .iter()
        .filter(stays)
        .cloned()
        .chain(check(bill, supplier));
    let open = found.filter(|finding| {
        let is_cleared = bill.cleared.contains(&finding.code) && !needs_call(&finding.code);
        finding.severity != Severity::Note && !is_cleared
    });
    open.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::document::DocumentKind;
    use crate::domain::payable::draft::{Sender, draft};
    use crate::domain::payable::test_world::{IBAN, OTHER_IBAN, alpha, document, text};

    fn bill(kind: DocumentKind, iban: Option<&str>) -> Bill {
        let document = document(kind, |fields| {
            fields.iban = iban.map(|iban| text(iban.to_owned()))
        });
        draft(&document, &Sender::default(), &[alpha()]).0
    }

    fn found(iban: Option<&str>, supplier: &Supplier) -> Vec<(String, Severity)> {
        let findings = check(&bill(DocumentKind::Bill, iban), Some(supplier));
        findings
            .into_iter()
            .map(|finding| (finding.code, finding.severity))
            .collect()
    }

    #[test]
    fn a_new_account_on_a_bill_blocks_its_payment_and_not_its_approval() {
        assert!(found(Some(IBAN), &alpha()).is_empty());
        assert_eq!(
            found(Some(OTHER_IBAN), &alpha()),
            [("bank_account.changed".into(), Severity::BlocksPayment)]
        );
        let new = Supplier {
            ibans: Vec::new(),
            ..alpha()
        };
        assert_eq!(
            found(Some(IBAN), &new),
            [("bank_account.first_seen".into(), Severity::BlocksPayment)]
        );
        assert_eq!(
            found(None, &new),
            [("bank_account.missing".into(), Severity::BlocksPayment)]
        );
        assert!(
            found(None, &alpha()).is_empty(),
            "paid to the account we know"
        );
    }

    #[test]
    fn wrong_check_digits_hold_the_bill() {
        assert_eq!(
            found(Some("DE89370400440532013001"), &alpha()),
            [("bank_account.check_digits".into(), Severity::Hold)]
        );
    }

    #[test]
    fn the_account_of_a_credit_note_does_not_matter() {
        assert!(
            check(
                &bill(DocumentKind::CreditNote, Some(OTHER_IBAN)),
                Some(&alpha())
            )
            .is_empty()
        );
    }

    #[test]
    fn the_evidence_shows_the_last_four_characters_only() {
        let finding = check(&bill(DocumentKind::Bill, Some(OTHER_IBAN)), Some(&alpha())).remove(0);
        assert!(
            finding.evidence.contains("5432") && !finding.evidence.contains("WEST"),
            "{}",
            finding.evidence
        );
    }

    #[test]
    fn the_finding_goes_when_the_account_is_known_and_comes_when_it_is_not_any_more() {
        let codes = |findings: &[Finding]| {
            let codes = findings.iter().map(|finding| finding.code.clone());
            codes.collect::<Vec<_>>()
        };
        let mut bill = bill(DocumentKind::Bill, Some(OTHER_IBAN));
        let other = super::super::DUE_BEFORE_ISSUE.found("noted");
        bill.findings = vec![other];
        bill.findings = looked_again(&bill, Some(&alpha()));
        let changed = IBAN_CHANGED.code.to_owned();
        let due = super::super::DUE_BEFORE_ISSUE.code.to_owned();
        assert_eq!(codes(&bill.findings), [changed, due.clone()]);
        let knows = Supplier {
            ibans: vec![Iban::parse(OTHER_IBAN).unwrap()],
            ..alpha()
        };
        assert_eq!(codes(&looked_again(&bill, Some(&knows))), [due]);
    }

    #[test]
    fn an_account_nobody_verified_is_not_let_pass_and_other_doubts_are() {
        let mut unverified = bill(DocumentKind::Bill, Some(OTHER_IBAN));
        unverified.cleared.push("bank_account.changed".into());
        assert_eq!(blocks_payment(&unverified, Some(&alpha())).len(), 1);
        let new = Supplier {
            ibans: Vec::new(),
            ..alpha()
        };
        let mut unnamed = bill(DocumentKind::Bill, None);
        assert_eq!(blocks_payment(&unnamed, Some(&new)).len(), 1);
        unnamed.cleared.push("bank_account.missing".into());
        assert!(blocks_payment(&unnamed, Some(&new)).is_empty());
    }
}
