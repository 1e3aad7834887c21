//! Which facts of a bill a correction can teach the reader, and what they say.

use super::Bill;
use super::decide::BillField;
use crate::basics::bank_account::Iban;
use crate::basics::money::Money;
use crate::domain::document::memory::{LearnedField, Value};

/// The field of the page behind a field of the bill. Who the supplier is stands in no place: his VAT id and accounts say it.
pub fn learned_field(field: BillField) -> Option<LearnedField> {
    match field {
        BillField::Supplier => None,
        BillField::Number => Some(LearnedField::Number),
        BillField::IssueDate => Some(LearnedField::IssueDate),
        BillField::DueDate => Some(LearnedField::DueDate),
        BillField::Currency => Some(LearnedField::Currency),
        BillField::Net => Some(LearnedField::Net),
        BillField::Tax => Some(LearnedField::Tax),
        BillField::Gross => Some(LearnedField::Gross),
        BillField::Payable => Some(LearnedField::Payable),
        BillField::Iban => Some(LearnedField::Iban),
        BillField::PoNumber => Some(LearnedField::PoNumber),
        BillField::PaymentReference => Some(LearnedField::PaymentReference),
    }
}

/// What the bill says of it.
pub fn value_of(bill: &Bill, field: LearnedField) -> Option<Value> {
    let amount = |money: Option<Money>| money.map(|money| Value::Amount(money.to_decimal()));
    let text = |text: &Option<String>| text.clone().map(Value::Text);
    match field {
        LearnedField::Currency => bill.currency.map(Value::Currency),
        LearnedField::Number => text(&bill.number),
        LearnedField::IssueDate => bill.issue_date.map(Value::Day),
        LearnedField::DueDate => bill.due_date.map(Value::Day),
        LearnedField::Net => amount(bill.net),
        LearnedField::Tax => amount(bill.tax),
        LearnedField::Gross => amount(bill.gross),
        LearnedField::Payable => amount(bill.payable),
        LearnedField::Iban => bill
            .iban
            .as_deref()
            .and_then(Iban::parse)
            .map(Value::Account),
        LearnedField::PoNumber => text(&bill.po_number),
        LearnedField::PaymentReference => text(&bill.payment_reference),
    }
}
