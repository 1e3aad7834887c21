//! `invoices.csv`: number, customer, `issue_date`, `due_date`, currency, `gross_total`, `payment_reference`, disputed.

use super::columns::shown;
use super::{Imported, Sheet, sheet};
use crate::basics::currency::Currency;
use crate::basics::ids::CustomerId;
use crate::basics::money::Money;
use crate::domain::audit::Subject;
use crate::domain::receivable::{Customer, CustomerInvoice};
use crate::formats::csv_import::{Mistake, Row};

/// Columns a file must have; the others may be missing.
const NEEDED: &[&str] = &[
    "number",
    "customer",
    "issue_date",
    "due_date",
    "currency",
    "gross_total",
];

/// The reason of a dispute of which the file says only that there is one.
const DISPUTED_BY_FILE: &str = "disputed according to the import";

/// Reads the file; `known` says whether we have this customer.
///
/// # Errors
/// The file is no table at all.
pub fn read(
    bytes: &[u8],
    known: impl Fn(CustomerId) -> bool,
) -> Result<Sheet<CustomerInvoice>, Mistake> {
    sheet(bytes, NEEDED, |row| {
        let number = row.required("number");
        let customer = row.required("customer");
        let customer_id = Customer::id_of(customer.as_deref().unwrap_or_default());
        if let Some(customer) = &customer
            && !known(customer_id)
        {
            row.mistake(
                "customer",
                &format!("there is no customer {customer:?}; import customers first"),
            );
        }
        let issue_date = row.date("issue_date");
        let due_date = row.date("due_date");
        if let (Some(issued), Some(due)) = (issue_date, due_date)
            && due < issued
        {
            row.mistake("due_date", "is before issue_date");
        }
        let currency = row.currency("currency");
        let gross = row.amount("gross_total", currency.unwrap_or(Currency::EUR));
        Some(CustomerInvoice {
            id: CustomerInvoice::id_of(number.as_deref().unwrap_or_default()),
            customer: customer_id,
            payment_reference: row.optional("payment_reference").map(str::to_owned),
            disputed: disputed(row),
            version: 0,
            number: number?,
            issue_date: issue_date?,
            due_date: due_date?,
            gross: gross?,
        })
    })
}

/// `no` or nothing, `yes`, or the reason in words.
fn disputed(row: &Row<'_>) -> Option<String> {
    let text = row.optional("disputed")?;
    match text.to_lowercase().as_str() {
        "no" | "n" | "nein" | "false" | "0" => None,
        "yes" | "y" | "ja" | "j" | "true" | "1" => Some(DISPUTED_BY_FILE.to_owned()),
        _ => Some(text.to_owned()),
    }
}

/// The row as it is taken over what is known. A dispute that a person recorded stays until a person ends it: the file is
/// often older. What money was applied to cannot change its amount or its customer any more.
///
/// # Errors
/// Names the column that must not change.
pub fn over(
    known: &CustomerInvoice,
    row: CustomerInvoice,
    applied: Option<Money>,
) -> Result<CustomerInvoice, (&'static str, String)> {
    if let Some(applied) = applied.filter(|money| !money.is_zero()) {
        let sealed =
            |what: &str| format!("{what} cannot change: {applied} is applied to it already");
        if known.gross != row.gross {
            return Err((
                "gross_total",
                sealed(&format!("{} to {}", known.gross, row.gross)),
            ));
        }
        if known.customer != row.customer {
            return Err(("customer", sealed("the customer")));
        }
    }
    let by_person = known
        .disputed
        .as_deref()
        .filter(|reason| *reason != DISPUTED_BY_FILE);
    let disputed = by_person.map(str::to_owned).or(row.disputed);
    Ok(CustomerInvoice { disputed, ..row })
}

impl Imported for CustomerInvoice {
    const NOUN: &'static str = "customer invoice";
    const KEY: &'static str = "number";

    fn key(&self) -> &str {
        &self.number
    }

    fn subject(&self) -> Subject {
        self.id.into()
    }

    fn version(&self) -> u64 {
        self.version
    }

    fn at_version(self, version: u64) -> Self {
        Self { version, ..self }
    }

    fn facts(&self) -> Vec<(&'static str, String)> {
        vec![
            ("number", self.number.clone()),
            ("customer", self.customer.to_string()),
            ("issue_date", self.issue_date.to_string()),
            ("due_date", self.due_date.to_string()),
            ("gross_total", self.gross.to_string()),
            ("payment_reference", shown(self.payment_reference.as_ref())),
            ("disputed", shown(self.disputed.as_ref())),
        ]
    }
}
