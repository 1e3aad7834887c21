//! Customers and invoices for the tests of this folder.

use super::cash_decision::CashPolicy;
use super::{Customer, CustomerInvoice, FileDispute, OpenInvoice};
use crate::basics::address::MailAddress;
use crate::basics::bank_account::Iban;
use crate::basics::calendar::{Date, add_days, date};
use crate::basics::currency::Currency;
use crate::basics::money::Money;
use crate::domain::bank::{BankEntry, Credit};

pub fn eur(minor: i64) -> Money {
    Money::from_minor(minor, Currency::EUR)
}

/// Published examples of the IBAN registry, so that every customer has its own.
const IBANS: [&str; 4] = [
    "DE89370400440532013000",
    "GB82WEST12345698765432",
    "NO9386011117947",
    "BE68539007547034",
];

pub fn customer(number: &str) -> Customer {
    let place = number.parse::<usize>().unwrap_or_default() % IBANS.len();
    let names = ["Nord Kaffee", "Süd Kaffee", "West Tee", "Ost Kakao"];
    Customer {
        id: Customer::id_of(number),
        number: number.to_owned(),
        name: format!("{} GmbH", names[place]),
        vat_id: None,
        mail: MailAddress::parse(&format!("pay@c{number}.test")),
        language: "de".into(),
        domains: vec![format!("c{number}.test")],
        ibans: Iban::parse(IBANS[place]).into_iter().collect(),
        reminders_paused_until: None,
        version: 1,
    }
}

/// Due on 2026-11-16, a Monday.
pub fn invoice(number: &str, customer: &str, open_minor: i64) -> OpenInvoice {
    invoice_due(number, customer, open_minor, date(2026, 11, 16))
}

pub fn invoice_due(number: &str, customer: &str, open_minor: i64, due: Date) -> OpenInvoice {
    OpenInvoice {
        invoice: CustomerInvoice {
            id: CustomerInvoice::id_of(number),
            number: number.to_owned(),
            customer: Customer::id_of(customer),
            issue_date: add_days(due, -14),
            due_date: due,
            gross: eur(open_minor),
            discount: None,
            payment_reference: None,
            disputed: None,
            dispute_in_file: FileDispute::Unsaid,
            final_notice_released: None,
            promised_for: None,
            version: 1,
        },
        balance: eur(open_minor),
        claimed: false,
        in_review_until: None,
    }
}

/// What is usual; our accounts are German.
pub fn cash_policy() -> CashPolicy {
    CashPolicy::usual(Currency::EUR, vec!["DE".to_owned()])
}

/// A credit from the account of `customer`, or from nobody we know.
pub fn credit(minor: i64, payer: Option<&Customer>, text: &str) -> Credit {
    let reference = format!("{minor} {text}");
    let entry = BankEntry {
        id: BankEntry::id_of(&reference),
        entry_reference: reference,
        booking_date: date(2026, 11, 19),
        value_date: Some(date(2026, 11, 19)),
        amount: eur(minor),
        charges: None,
        counterparty_name: payer.map(|c| c.name.clone()).unwrap_or_default(),
        counterparty_iban: payer.and_then(|c| c.ibans.first()).map(ToString::to_string),
        remittance_information: text.to_owned(),
        end_to_end_id: None,
        version: 1,
    };
    Credit {
        remaining: entry.amount,
        entry,
    }
}
