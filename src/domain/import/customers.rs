//! `customers.csv`.

use super::columns::{domains, ibans, mail, masked, shown, vat_id};
use super::{Column, Imported, Sheet, Unsaid, needed, optional, sheet};
use crate::domain::audit::Subject;
use crate::domain::receivable::Customer;
use crate::formats::csv_import::Mistake;

/// The columns.
pub const COLUMNS: &[Column] = &[
    needed(
        "number",
        "Our number of the customer; the file of invoices names it.",
    ),
    needed("name", "Legal name."),
    optional("vat_id", "VAT id."),
    optional(
        "mail",
        "Where reminders go; without it the customer gets none.",
    ),
    optional(
        "language",
        "Language of our mails, two letters; `en` where nothing stands.",
    ),
    optional(
        "domains",
        "Mail domains they write from, several divided by blanks or bars.",
    ),
    optional(
        "ibans",
        "Accounts they pay from, several divided by blanks or bars.",
    ),
];
/// Language of a customer for whom the file names none.
const DEFAULT_LANGUAGE: &str = "en";

/// Reads the file.
///
/// # Errors
/// The file is no table at all.
pub fn read(bytes: &[u8]) -> Result<Sheet<Customer>, Mistake> {
    sheet(bytes, COLUMNS, |row| {
        let number = row.required("number");
        let name = row.required("name");
        let language = row.optional_parsed("language", "a language (such as en or de)", |text| {
            let code = text.to_ascii_lowercase();
            let plain = code.len() == 2 && code.bytes().all(|b| b.is_ascii_lowercase());
            plain.then_some(code)
        });
        let customer = Customer {
            id: Customer::id_of(number.as_deref().unwrap_or_default()),
            vat_id: vat_id(row, "vat_id"),
            mail: mail(row, "mail"),
            language: language.unwrap_or_else(|| DEFAULT_LANGUAGE.to_owned()),
            domains: domains(row, "domains"),
            ibans: ibans(row, "ibans"),
            reminders_paused_until: None,
            version: 0,
            number: number?,
            name: name?,
        };
        Some(customer)
    })
}

impl Imported for Customer {
    const NOUN: &'static str = "customer";
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
            vat_id: unsaid.or_known("vat_id", self.vat_id, &known.vat_id),
            mail: unsaid.or_known("mail", self.mail, &known.mail),
            language: unsaid.or_known("language", self.language, &known.language),
            domains: unsaid.or_known("domains", self.domains, &known.domains),
            ibans: unsaid.or_known("ibans", self.ibans, &known.ibans),
            reminders_paused_until: known.reminders_paused_until,
            ..self
        }
    }

    fn facts(&self) -> Vec<(&'static str, String)> {
        vec![
            ("number", self.number.clone()),
            ("name", self.name.clone()),
            ("vat_id", shown(self.vat_id.as_ref())),
            ("mail", shown(self.mail.as_ref())),
            ("language", self.language.clone()),
            ("domains", self.domains.join(" ")),
            ("ibans", masked(&self.ibans)),
        ]
    }
}
