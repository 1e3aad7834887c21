use jiff::civil::date;

use super::*;
use crate::domain::payable::test_world::{IBAN, OTHER_IBAN, alpha};

#[test]
fn a_mail_never_brings_an_account_farther_than_proposed() {
    let skips = [
        AccountEvent::Confirm,
        AccountEvent::Retire,
        AccountEvent::Propose,
    ];
    for event in skips {
        assert!(next(AccountState::Proposed, event).is_err(), "{event}");
    }
    assert!(next(AccountState::FraudSuspected, AccountEvent::Activate).is_err());
}

#[test]
fn the_number_of_the_books_is_called_and_no_other() {
    let today = date(2026, 11, 20);
    let known = Supplier {
        phone: Some("+49 30 901820".into()),
        ..alpha()
    };
    let old = Some(date(2026, 10, 21));
    assert!(may_be_called(&known, old, ("+49 (30) 90 18 20", ""), today).is_ok());
    let other = may_be_called(&known, old, ("+49 171 5550100", "the bill"), today);
    assert!(other.unwrap_err().contains("+49 30 901820"));
    let young = Some(date(2026, 10, 22));
    let unnamed = may_be_called(&known, young, ("+49 30 901820", " "), today);
    assert!(unnamed.unwrap_err().contains("--from"));
    let contract = ("+49 30 901820", "frame contract of 2024");
    assert!(may_be_called(&known, young, contract, today).is_ok());
    assert!(may_be_called(&alpha(), None, contract, today).is_ok());
    assert!(may_be_called(&alpha(), None, ("call them", "contract"), today).is_err());
}

#[test]
fn it_is_paid_after_three_days_on_which_banks_work() {
    // From a Friday: Monday, Tuesday, Wednesday.
    assert_eq!(pays_from(date(2026, 11, 20), 3), date(2026, 11, 25));
    // Over Christmas.
    assert_eq!(pays_from(date(2026, 12, 23), 2), date(2026, 12, 28));
    assert_eq!(pays_from(date(2026, 11, 20), 0), date(2026, 11, 20));
}

#[test]
fn two_suppliers_with_one_account_are_two() {
    let iban = Iban::parse(IBAN).unwrap();
    let other = Supplier::id_of("other");
    assert_ne!(
        SupplierAccount::id_of(alpha().id, &iban),
        SupplierAccount::id_of(other, &iban)
    );
}

#[test]
fn named_again_it_begins_anew() {
    let now = Timestamp::from_second(1_790_000_000).unwrap();
    let iban = Iban::parse(OTHER_IBAN).unwrap();
    let refused = SupplierAccount {
        state: AccountState::Refused,
        confirmed: Some(("max".into(), now)),
        version: 3,
        ..SupplierAccount::proposed((alpha().id, iban), ("review_bill", now), None)
    };
    let again = refused.proposed_again(("lena", now)).unwrap();
    assert_eq!(
        (again.state, again.confirmed.as_ref(), again.version),
        (AccountState::Proposed, None, 3)
    );
    assert!(again.proposed_again(("lena", now)).is_err());
}
