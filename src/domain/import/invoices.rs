//! `invoices.csv`.

use super::columns::shown;
use super::{Column, Imported, Sheet, Unsaid, needed, optional, sheet};
use rust_decimal::Decimal;

use crate::basics::calendar::Date;
use crate::basics::currency::Currency;
use crate::basics::ids::CustomerId;
use crate::basics::money::Money;
use crate::domain::audit::Subject;
use crate::domain::receivable::{Customer, CustomerInvoice, EarlyDiscount, FileDispute};
use crate::formats::csv_import::{Mistake, Row};

/// The columns.
pub const COLUMNS: &[Column] = &[
    needed("number", "Our number of the invoice."),
    needed(
        "customer",
        "Number of the customer; import customers first.",
    ),
    needed("issue_date", "YYYY-MM-DD."),
    needed("due_date", "YYYY-MM-DD."),
    needed("currency", "ISO 4217, such as EUR."),
    needed(
        "gross_total",
        "With tax, as owed when it was issued (BT-112).",
    ),
    optional(
        "discount_percent",
        "Taken off for paying until `discount_until`, such as 2 or 2.5; of the gross total.",
    ),
    optional("discount_until", "The last day of that, YYYY-MM-DD."),
    optional(
        "payment_reference",
        "The reference we asked the customer to quote.",
    ),
    optional(
        "disputed",
        "`yes` or why; `no` or nothing ends what an earlier file opened. A person's decision stands.",
    ),
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
    sheet(bytes, COLUMNS, |row| {
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
        let discount = discount(row, (issue_date, gross));
        let said = said_of_dispute(row);
        Some(CustomerInvoice {
            id: CustomerInvoice::id_of(number.as_deref().unwrap_or_default()),
            customer: customer_id,
            discount,
            payment_reference: row.optional("payment_reference").map(str::to_owned),
            disputed: said.reason().map(str::to_owned),
            dispute_in_file: said,
            final_notice_released: None,
            promised_for: None,
            version: 0,
            number: number?,
            issue_date: issue_date?,
            due_date: due_date?,
            gross: gross?,
        })
    })
}

/// Both columns or none.
fn discount(
    row: &mut Row<'_>,
    (issued, gross): (Option<Date>, Option<Money>),
) -> Option<EarlyDiscount> {
    let until = row.optional_date("discount_until");
    let told = row.optional("discount_percent").map(str::to_owned);
    let percent = told
        .as_deref()
        .map(|text| text.trim_end_matches('%').trim());
    let percent = percent.map(|text| text.replace(',', ".").parse::<Decimal>().ok());
    let percent = match (percent, until) {
        (None, None) => return None,
        (Some(_), None) => {
            row.mistake("discount_until", "is missing: until when is the discount?");
            return None;
        }
        (None, Some(_)) => {
            row.mistake(
                "discount_percent",
                "is missing: what is taken off until then?",
            );
            return None;
        }
        (Some(percent), Some(_)) => percent,
    };
    let is_possible =
        |percent: &Decimal| *percent > Decimal::ZERO && *percent < Decimal::ONE_HUNDRED;
    let Some(percent) = percent.filter(is_possible) else {
        row.mistake("discount_percent", "must be a percentage such as 2 or 2.5");
        return None;
    };
    let (until, gross) = until.zip(gross)?;
    if issued.is_some_and(|issued| until < issued) {
        row.mistake("discount_until", "is before issue_date");
        return None;
    }
    let part = gross
        .to_decimal()
        .checked_mul(percent)?
        .checked_div(Decimal::ONE_HUNDRED)?;
    let amount = Money::rounded(part, gross.currency())?;
    Some(EarlyDiscount { until, amount })
}

/// `no` or nothing, `yes`, or the reason in words. A file without the column says nothing of disputes.
fn said_of_dispute(row: &Row<'_>) -> FileDispute {
    if !row.has_column("disputed") {
        return FileDispute::Unsaid;
    }
    let text = row.optional("disputed").unwrap_or_default();
    match text.to_lowercase().as_str() {
        "" | "no" | "n" | "nein" | "false" | "0" => FileDispute::NotDisputed,
        "yes" | "y" | "ja" | "j" | "true" | "1" => {
            FileDispute::Disputed(DISPUTED_BY_FILE.to_owned())
        }
        _ => FileDispute::Disputed(text.to_owned()),
    }
}

/// The row as it is taken over what is known. What money was applied to cannot change its amount or its customer any more.
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
    let (disputed, dispute_in_file) = dispute_over(known, row.dispute_in_file);
    Ok(CustomerInvoice {
        disputed,
        dispute_in_file,
        ..row
    })
}

/// Only what a file says otherwise than the last one counts: so a dispute that a person ended does not come back with the
/// same file, and a file can end what a file opened. A dispute that a person recorded stays until a person ends it: the file
/// is often older.
fn dispute_over(known: &CustomerInvoice, said: FileDispute) -> (Option<String>, FileDispute) {
    let current = known.disputed.clone();
    if said == FileDispute::Unsaid || said == known.dispute_in_file {
        return (current, known.dispute_in_file.clone());
    }
    let by_person = current.as_deref().is_some_and(|reason| {
        Some(reason) != known.dispute_in_file.reason() && reason != DISPUTED_BY_FILE
    });
    let disputed = if by_person {
        current
    } else {
        said.reason().map(str::to_owned)
    };
    (disputed, said)
}

impl Imported for CustomerInvoice {
    const NOUN: &'static str = "customer invoice";
    const KEY: &'static str = "number";

    fn key(&self) -> String {
        self.number.clone()
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

    fn keeping(self, known: &Self, unsaid: &Unsaid) -> Self {
        Self {
            discount: unsaid.or_known("discount_until", self.discount, &known.discount),
            payment_reference: unsaid.or_known(
                "payment_reference",
                self.payment_reference,
                &known.payment_reference,
            ),
            promised_for: known.promised_for,
            // Another due date begins the ladder again, to its end.
            final_notice_released: known
                .final_notice_released
                .filter(|_| known.due_date == self.due_date),
            ..self
        }
    }

    fn facts(&self) -> Vec<(&'static str, String)> {
        vec![
            ("number", self.number.clone()),
            ("customer", self.customer.to_string()),
            ("issue_date", self.issue_date.to_string()),
            ("due_date", self.due_date.to_string()),
            ("gross_total", self.gross.to_string()),
            (
                "discount",
                self.discount.map_or_else(String::new, |discount| {
                    format!("{} until {}", discount.amount, discount.until)
                }),
            ),
            ("payment_reference", shown(self.payment_reference.as_ref())),
            ("disputed", shown(self.disputed.as_ref())),
            (
                "dispute_in_file",
                self.dispute_in_file.reason().unwrap_or_default().to_owned(),
            ),
        ]
    }
}
