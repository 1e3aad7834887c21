//! `suppliers.csv`.

use super::columns::{domains, ibans, mail, masked, shown, vat_id};
use super::{Column, Imported, Sheet, needed, optional, sheet};
use crate::basics::address::MailAddress;
use crate::domain::audit::Subject;
use crate::domain::payable::Supplier;
use crate::formats::csv_import::Mistake;

/// The columns.
pub const COLUMNS: &[Column] = &[
    needed(
        "number",
        "Our number of the supplier; it names the supplier in every later file.",
    ),
    needed("name", "Legal name."),
    optional("vat_id", "VAT id."),
    optional(
        "iban",
        "Accounts we know to be theirs, several divided by blanks or bars.",
    ),
    optional(
        "domains",
        "Mail domains they write from, several divided by blanks or bars.",
    ),
    optional("mail", "Where to write to them."),
    optional("terms_days", "Days to pay where a bill names no due date."),
    optional(
        "approver",
        "Who approves their bills: the address of a configured approver.",
    ),
];

/// Reads the file; `approves` says whether this is a configured approver.
///
/// # Errors
/// The file is no table at all.
pub fn read(
    bytes: &[u8],
    approves: impl Fn(&MailAddress) -> bool,
) -> Result<Sheet<Supplier>, Mistake> {
    sheet(bytes, COLUMNS, |row| {
        let number = row.required("number");
        let name = row.required("name");
        let approver = mail(row, "approver");
        if let Some(named) = &approver
            && !approves(named)
        {
            row.mistake(
                "approver",
                &format!("{named} is none of the configured approvers ([[approver]])"),
            );
        }
        let supplier = Supplier {
            id: Supplier::id_of(number.as_deref().unwrap_or_default()),
            vat_id: vat_id(row, "vat_id"),
            ibans: ibans(row, "iban"),
            domains: domains(row, "domains"),
            mail: mail(row, "mail"),
            terms_days: row.optional_parsed("terms_days", "a number of days", |t| t.parse().ok()),
            approver,
            version: 0,
            number: number?,
            name: name?,
        };
        Some(supplier)
    })
}

impl Imported for Supplier {
    const NOUN: &'static str = "supplier";
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

    fn keeping(self, known: &Self, unsaid: &[&str]) -> Self {
        let is_unsaid = |column: &str| unsaid.contains(&column);
        let known = known.clone();
        Self {
            vat_id: if is_unsaid("vat_id") {
                known.vat_id
            } else {
                self.vat_id
            },
            ibans: if is_unsaid("iban") {
                known.ibans
            } else {
                self.ibans
            },
            domains: if is_unsaid("domains") {
                known.domains
            } else {
                self.domains
            },
            mail: if is_unsaid("mail") {
                known.mail
            } else {
                self.mail
            },
            terms_days: if is_unsaid("terms_days") {
                known.terms_days
            } else {
                self.terms_days
            },
            approver: if is_unsaid("approver") {
                known.approver
            } else {
                self.approver
            },
            ..self
        }
    }

    fn facts(&self) -> Vec<(&'static str, String)> {
        vec![
            ("number", self.number.clone()),
            ("name", self.name.clone()),
            ("vat_id", shown(self.vat_id.as_ref())),
            ("iban", masked(&self.ibans)),
            ("domains", self.domains.join(" ")),
            ("mail", shown(self.mail.as_ref())),
            ("terms_days", shown(self.terms_days.as_ref())),
            ("approver", shown(self.approver.as_ref())),
        ]
    }
}
