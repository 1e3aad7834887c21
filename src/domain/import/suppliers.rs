//! `suppliers.csv`: number, name, `vat_id`, iban, domains, mail, `terms_days`, approver.

use super::columns::{domains, ibans, mail, masked, shown, vat_id};
use super::{Imported, Sheet, sheet};
use crate::domain::audit::Subject;
use crate::domain::payable::Supplier;
use crate::formats::csv_import::Mistake;

/// Columns a file must have; the others may be missing.
const NEEDED: &[&str] = &["number", "name"];

/// Reads the file.
///
/// # Errors
/// The file is no table at all.
pub fn read(bytes: &[u8]) -> Result<Sheet<Supplier>, Mistake> {
    sheet(bytes, NEEDED, |row| {
        let number = row.required("number");
        let name = row.required("name");
        let supplier = Supplier {
            id: Supplier::id_of(number.as_deref().unwrap_or_default()),
            vat_id: vat_id(row, "vat_id"),
            ibans: ibans(row, "iban"),
            domains: domains(row, "domains"),
            mail: mail(row, "mail"),
            terms_days: row.optional_parsed("terms_days", "a number of days", |t| t.parse().ok()),
            approver: mail(row, "approver"),
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
