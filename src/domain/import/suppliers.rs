//! `suppliers.csv`.

use super::columns::{domains, ibans, mail, masked, phone, shown, vat_id};
use super::{Column, Imported, Sheet, Unsaid, needed, optional, sheet};
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
    optional(
        "phone",
        "Where they are called when a bill names a new account: a number you know from a contract.",
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
            phone: row.optional_parsed("phone", "a telephone number", phone),
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
            ibans: unsaid.or_known("iban", self.ibans, &known.ibans),
            domains: unsaid.or_known("domains", self.domains, &known.domains),
            mail: unsaid.or_known("mail", self.mail, &known.mail),
            terms_days: unsaid.or_known("terms_days", self.terms_days, &known.terms_days),
            approver: unsaid.or_known("approver", self.approver, &known.approver),
            phone: unsaid.or_known("phone", self.phone, &known.phone),
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
            ("phone", shown(self.phone.as_ref())),
        ]
    }
}
