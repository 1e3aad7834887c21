use rust_decimal::Decimal;

use super::super::candidate::PayReason;
use super::super::group::group;
use super::super::still::moved_on;
use super::super::{PaymentRun, RemittanceText};
use super::*;
use crate::basics::calendar::date;
use crate::basics::currency::Currency;
use crate::domain::document::DocumentKind;
use crate::domain::payable::discount::CashDiscount;
use crate::domain::payable::draft::{Sender, draft};
use crate::domain::payable::test_world::{IBAN, OTHER_IBAN, document, eur, supplier, text};
use crate::domain::payable::{Bill, Payment, Supplier};

/// A Monday.
fn today() -> Date {
    date(2026, 11, 23)
}

fn policy() -> RunPolicy {
    RunPolicy {
        currency: Currency::EUR,
        minimum: eur(100),
        hurdle_percent: Decimal::TEN,
        next_run_days: 1,
        horizon_days: 7,
        run_limit: None,
        supplier_limit: None,
        must_pay: Vec::new(),
    }
}

fn cash(balance: i64, floor: i64) -> Cash {
    Cash {
        balance: Some(eur(balance)),
        floor: eur(floor),
        flows: Vec::new(),
    }
}

fn numbered(number: &str, minor: i64, due: Date, of: Supplier) -> Candidate {
    let kind = if minor < 0 {
        DocumentKind::CreditNote
    } else {
        DocumentKind::Bill
    };
    let read = document(kind, |fields| {
        fields.invoice_number = Some(text(number.to_owned()));
        fields.iban = of.ibans.first().map(|iban| text(iban.as_str().to_owned()));
    });
    let (mut bill, _) = draft(&read, &Sender::default(), std::slice::from_ref(&of));
    bill.id = crate::basics::ids::BillId::derive(&[number]);
    bill.number = Some(number.to_owned());
    bill.payment_reference = None;
    bill.payable = Some(eur(minor));
    bill.due_date = Some(due);
    bill.supplier = Some(of.id);
    bill.state = BillState::Approved;
    let payment = crate::domain::payable::schedule::plan(&bill, &[], &[], today()).unwrap();
    bill.state = BillState::Scheduled;
    Candidate {
        payment,
        bill,
        supplier: Some(of),
        discount: None,
        in_run: false,
        bank_refused: None,
    }
}

fn of(name: &str) -> Supplier {
    supplier(name, name, "DE136695976", &[IBAN], "alpha.test")
}

fn candidate(name: &str, minor: i64, due: Date) -> Candidate {
    numbered(name, minor, due, of(name))
}

fn chosen(selection: &Selection) -> Vec<(&str, PayReason, i64)> {
    let named = selection.chosen.iter().map(|one| {
        let number = one.candidate.bill.number.as_deref().unwrap_or_default();
        (number, one.why, one.amount.minor())
    });
    named.collect()
}

fn skipped(selection: &Selection) -> Vec<(&str, SkipReason)> {
    let named = selection.skipped.iter().map(|one| {
        (
            one.candidate.bill.number.as_deref().unwrap_or_default(),
            one.why,
        )
    });
    named.collect()
}

/// Four bills of different suppliers: one overdue, one with a discount, one due in twenty days, one due tomorrow.
fn four() -> Vec<Candidate> {
    let discounted = Candidate {
        discount: Some(CashDiscount {
            percent: Decimal::TWO,
            until: date(2026, 11, 24),
            base: None,
        }),
        ..candidate("B", 1_500_000, date(2026, 12, 14))
    };
    vec![
        candidate("A", 1_200_000, date(2026, 11, 10)),
        discounted,
        candidate("C", 800_000, date(2026, 12, 13)),
        candidate("D", 1_000_000, date(2026, 11, 24)),
    ]
}

#[test]
fn what_is_late_or_would_be_is_paid_and_a_discount_only_above_the_floor() {
    let selection = select(four(), &cash(5_000_000, 2_000_000), &policy(), today());
    let expected = [
        ("A", PayReason::Overdue, 1_200_000),
        ("D", PayReason::Due, 1_000_000),
    ];
    assert_eq!(chosen(&selection), expected);
    let expected = [("B", SkipReason::CashFloor), ("C", SkipReason::NotYetDue)];
    assert_eq!(skipped(&selection), expected);
}

#[test]
fn with_a_lower_floor_the_discount_is_taken() {
    let selection = select(four(), &cash(5_000_000, 1_000_000), &policy(), today());
    let expected = ("B", PayReason::Discount, 1_470_000);
    assert!(chosen(&selection).contains(&expected), "{selection:?}");
}

#[test]
fn without_a_balance_no_floor_is_looked_at() {
    let unknown = Cash {
        balance: None,
        ..cash(0, 2_000_000)
    };
    assert_eq!(select(four(), &unknown, &policy(), today()).chosen.len(), 3);
}

#[test]
fn what_comes_and_goes_before_the_horizon_counts_and_what_follows_it_does_not() {
    let with = |day, minor| Cash {
        flows: vec![(day, eur(minor))],
        ..cash(5_000_000, 1_000_000)
    };
    let wages = select(
        four(),
        &with(date(2026, 11, 27), -500_000),
        &policy(),
        today(),
    );
    assert!(skipped(&wages).contains(&("B", SkipReason::CashFloor)));
    let later = select(
        four(),
        &with(date(2026, 12, 15), -500_000),
        &policy(),
        today(),
    );
    assert!(!skipped(&later).contains(&("B", SkipReason::CashFloor)));
}

#[test]
fn a_discount_that_earns_less_than_money_costs_waits_for_its_day() {
    let dear = RunPolicy {
        hurdle_percent: Decimal::from(50),
        ..policy()
    };
    let selection = select(four(), &cash(9_000_000, 0), &dear, today());
    assert!(skipped(&selection).contains(&("B", SkipReason::NotYetDue)));
}

#[test]
fn a_discount_that_the_next_run_still_gets_waits_for_it() {
    let mut early = four();
    early[1].discount = Some(CashDiscount {
        percent: Decimal::TWO,
        until: date(2026, 11, 30),
        base: None,
    });
    let selection = select(early, &cash(9_000_000, 0), &policy(), today());
    assert!(skipped(&selection).contains(&("B", SkipReason::NotYetDue)));
}

#[test]
fn every_payment_is_in_the_run_or_named_with_its_reason() {
    let due = date(2026, 11, 24);
    let mut held = candidate("held", 5_000, due);
    held.bill.state = BillState::Held;
    let mut dollars = candidate("dollars", 5_000, due);
    dollars.payment.amount = Money::from_minor(5_000, Currency::parse("USD").unwrap());
    let mut elsewhere = candidate("elsewhere", 5_000, due);
    elsewhere.bill.iban = Some(OTHER_IBAN.into());
    let mut nowhere = candidate("nowhere", 5_000, due);
    nowhere.bill.iban = None;
    let mut far = candidate("far", 5_000, due);
    let turkish = Iban::parse("TR330006100519786457841326").unwrap();
    far.bill.iban = Some(turkish.as_str().to_owned());
    far.supplier.as_mut().unwrap().ibans.push(turkish);
    let mut taken = candidate("taken", 5_000, due);
    taken.in_run = true;
    let all = vec![
        held,
        dollars,
        elsewhere,
        nowhere,
        far,
        taken,
        candidate("good", 5_000, due),
    ];
    let selection = select(all, &cash(100_000, 0), &policy(), today());
    assert_eq!(chosen(&selection), [("good", PayReason::Due, 5_000)]);
    let expected = [
        ("held", SkipReason::NotReady),
        ("dollars", SkipReason::OtherCurrency),
        ("elsewhere", SkipReason::BankUnverified),
        ("nowhere", SkipReason::NoAccount),
        ("far", SkipReason::NoAccount),
        ("taken", SkipReason::InRun),
    ];
    assert_eq!(skipped(&selection), expected);
}

#[test]
fn limits_hold_for_the_run_and_for_each_supplier() {
    let due = date(2026, 11, 24);
    let two = || {
        let bill = |number, minor| numbered(number, minor, due, of("S"));
        vec![bill("1", 6_000), bill("2", 6_000)]
    };
    let limits = |run, supplier| RunPolicy {
        run_limit: run,
        supplier_limit: supplier,
        ..policy()
    };
    let run = select(
        two(),
        &cash(100_000, 0),
        &limits(Some(eur(10_000)), None),
        today(),
    );
    assert_eq!(
        (run.chosen.len(), skipped(&run)[0].1),
        (1, SkipReason::RunLimit)
    );
    let one = select(
        two(),
        &cash(100_000, 0),
        &limits(None, Some(eur(10_000))),
        today(),
    );
    assert_eq!(
        (one.chosen.len(), skipped(&one)[0].1),
        (1, SkipReason::SupplierLimit)
    );
}

fn transfers(candidates: Vec<Candidate>) -> (Vec<(String, i64, String)>, Vec<SkipReason>) {
    let selection = select(candidates, &cash(100_000_000, 0), &policy(), today());
    let ids = selection.chosen.iter().map(|one| one.candidate.payment.id);
    let at = "2026-11-23T10:00:00Z".parse().unwrap();
    let run = PaymentRun::id_of("main", "lena", at, ids);
    let (transfers, skipped) = group(selection.chosen, eur(100), run);
    let told = transfers.into_iter().map(|transfer| {
        assert!(transfer.end_to_end_id.len() <= 35);
        let lines = Money::sum(transfer.lines.iter().map(|line| line.amount));
        assert_eq!(lines, Some(transfer.amount));
        let words = match transfer.remittance {
            RemittanceText::Unstructured(words) => words,
            RemittanceText::CreditorReference(reference) => format!("={reference}"),
        };
        (transfer.creditor_name, transfer.amount.minor(), words)
    });
    (
        told.collect(),
        skipped.into_iter().map(|one| one.why).collect(),
    )
}

#[test]
fn bills_of_one_account_are_one_transfer_less_the_credit_notes() {
    let due = date(2026, 11, 24);
    let bill = |number, minor| numbered(number, minor, due, of("S"));
    let (told, skipped) = transfers(vec![
        bill("4711", 10_000),
        bill("4712", 5_000),
        bill("G-1", -3_000),
    ]);
    assert_eq!(told, [("S".into(), 12_000, "4711, 4712 less G-1".into())]);
    assert!(skipped.is_empty());
}

#[test]
fn nothing_is_paid_to_a_supplier_that_owes_us_as_much() {
    let due = date(2026, 11, 24);
    let bill = |number, minor| numbered(number, minor, due, of("S"));
    let (told, skipped) = transfers(vec![bill("4711", 10_000), bill("G-1", -10_000)]);
    assert!(told.is_empty());
    assert_eq!(skipped, [SkipReason::CreditExceeds]);
    let (told, skipped) = transfers(vec![bill("G-1", -10_000)]);
    assert!(told.is_empty() && skipped.is_empty());
}

#[test]
fn a_bill_with_its_own_reference_is_paid_by_a_transfer_of_its_own() {
    let due = date(2026, 11, 24);
    let bill = |number, minor| numbered(number, minor, due, of("S"));
    let mut quoted = bill("4712", 5_000);
    quoted.bill.payment_reference = Some("RF18 5390 0754 7034".into());
    let (told, _) = transfers(vec![bill("4711", 10_000), quoted, bill("4713", 1_000)]);
    let expected = [
        ("S".into(), 5_000, "=RF18539007547034".into()),
        ("S".into(), 11_000, "4711, 4713".into()),
    ];
    assert_eq!(told, expected);
}

#[test]
fn numbers_that_do_not_fit_into_one_text_make_further_transfers() {
    let due = date(2026, 11, 24);
    let bills = (0..40).map(|n| numbered(&format!("RE-2026-{n:04}"), 1_000, due, of("S")));
    let (told, _) = transfers(bills.collect());
    assert_eq!(told.len(), 4);
    assert!(told.iter().all(|(_, _, words)| words.len() <= 140));
    assert_eq!(told.iter().map(|(_, minor, _)| minor).sum::<i64>(), 40_000);
}

#[test]
fn cents_wait_for_more_of_the_same_supplier() {
    let due = date(2026, 11, 24);
    let (told, skipped) = transfers(vec![candidate("small", 99, due)]);
    assert!(told.is_empty());
    assert_eq!(skipped, [SkipReason::BelowMinimum]);
}

#[test]
fn what_was_planned_is_paid_only_while_it_is_as_it_was_planned() {
    let planned = candidate("alpha", 119_000, date(2026, 11, 24));
    let (payment, bill) = (planned.payment.clone(), planned.bill.clone());
    let known = planned.supplier.clone();
    let selection = select(vec![planned], &cash(1_000_000, 0), &policy(), today());
    let run = PaymentRun::id_of(
        "main",
        "lena",
        "2026-11-23T10:00:00Z".parse().unwrap(),
        [payment.id].into_iter(),
    );
    let (transfers, _) = group(selection.chosen, eur(100), run);
    let transfer = transfers.first().unwrap();
    let line = transfer.lines.first().unwrap();
    let why = |payment: &Payment, bill: &Bill, supplier: Option<&Supplier>| {
        moved_on((transfer, line), payment, bill, supplier)
    };
    assert_eq!(why(&payment, &bill, known.as_ref()), None);
    let mut settled = payment.clone();
    settled.state = PaymentState::Settled;
    assert_eq!(
        why(&settled, &bill, known.as_ref()).unwrap(),
        "its payment is settled"
    );
    let mut held = bill.clone();
    held.state = BillState::Held;
    assert_eq!(why(&payment, &held, known.as_ref()).unwrap(), "it is held");
    let mut other = payment.clone();
    other.amount = eur(118_999);
    assert_eq!(
        why(&other, &bill, known.as_ref()).unwrap(),
        "1,189.99 EUR is to be paid now"
    );
    let mut elsewhere = bill.clone();
    elsewhere.iban = Some(OTHER_IBAN.into());
    assert_eq!(
        why(&payment, &elsewhere, known.as_ref()).unwrap(),
        "another account is to be paid"
    );
    let stranger = supplier("alpha", "alpha", "DE136695976", &[OTHER_IBAN], "alpha.test");
    assert!(
        why(&payment, &bill, Some(&stranger)).is_some(),
        "its account is confirmed no more"
    );
}
