use super::*;
use crate::basics::calendar::date;
use crate::basics::currency::Currency;
use crate::domain::payable::test_world::{bill, eur};
use crate::domain::payable::{Coding, CodingSource, LineCoding};

fn owed(bill: &Bill, lines: &[Option<Money>]) -> Result<Entry, Unpostable> {
    let own = Liability::of(bill).unwrap();
    let named = (String::new(), occasion());
    bill_owed(&own, lines, &Chart::default(), named)
}

fn occasion() -> Occasion {
    Occasion {
        date: date(2026, 11, 23),
        reference: "bill 1".into(),
        party: "Alpha GmbH".into(),
    }
}

fn told(entry: &Entry) -> Vec<(String, i64)> {
    let postings = entry.postings.iter();
    let told = postings.map(|one| (one.account.to_string(), one.amount.minor()));
    told.collect()
}

fn posted(account: &str, minor: i64) -> (String, i64) {
    (account.into(), minor)
}

#[test]
fn a_bill_is_booked_on_the_accounts_of_its_lines_its_tax_and_what_is_owed() {
    let coded = Bill {
        codings: vec![LineCoding {
            line: 2,
            coding: Coding::parse("6850/IT").unwrap(),
            source: CodingSource::Person,
        }],
        ..bill()
    };
    let lines = [Some(eur(60_000)), Some(eur(40_000))];
    let entry = owed(&coded, &lines).unwrap();
    assert_eq!(
        told(&entry),
        [
            posted("Expenses:6850", 40_000),
            posted("Expenses:Uncoded", 60_000),
            posted("Assets:InputVAT", 19_000),
            posted("Liabilities:Payables", -119_000),
        ]
    );
}

#[test]
fn a_credit_note_is_the_other_way_round_and_a_prepaid_part_is_not_owed_again() {
    let credit = Bill {
        net: Some(eur(-100_000)),
        tax: Some(eur(-19_000)),
        gross: Some(eur(-119_000)),
        payable: Some(eur(-119_000)),
        ..bill()
    };
    let entry = owed(&credit, &[]).unwrap();
    assert!(told(&entry).contains(&posted("Liabilities:Payables", 119_000)));
    let prepaid = Bill {
        payable: Some(eur(69_000)),
        ..bill()
    };
    let entry = owed(&prepaid, &[]).unwrap();
    let told = told(&entry);
    assert!(
        told.contains(&posted("Liabilities:Payables", -69_000)),
        "{told:?}"
    );
    assert!(
        told.contains(&posted("Assets:Clearing", -50_000)),
        "{told:?}"
    );
}

#[test]
fn a_discount_of_two_percent_is_twenty_euros_and_three_eighty_of_tax() {
    let paid = (eur(116_620), Some(eur(2_380)));
    let entry = payment_settled(&bill(), paid, &Chart::default(), occasion()).unwrap();
    assert_eq!(
        told(&entry),
        [
            posted("Liabilities:Payables", 119_000),
            posted("Assets:Clearing", -116_620),
            posted("Income:Discounts", -2_000),
            posted("Assets:InputVAT", -380),
        ]
    );
    let back = entry.reversed(date(2026, 11, 25), "payment 1 returned".into(), "came back");
    assert!(told(&back.unwrap()).contains(&posted("Liabilities:Payables", -119_000)));
}

#[test]
fn a_bill_without_an_amount_or_in_two_currencies_is_not_posted() {
    let without = Bill {
        payable: None,
        gross: None,
        ..bill()
    };
    assert_eq!(Liability::of(&without), None);
    let dollars = Money::from_minor(19_000, Currency::parse("USD").unwrap());
    let mixed = Bill {
        tax: Some(dollars),
        ..bill()
    };
    assert!(owed(&mixed, &[]).is_err());
}
