//! `[[supplier_password]]`: what opens the locked files of a supplier.

use std::path::Path;

use toml::Table;

use super::read::{Problems, Section, list, text};
use super::secret::{self, PASSWORD, SecretSource};
use super::values::sender;

/// `[[supplier_password]]`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SupplierPassword {
    /// The supplier's number.
    pub supplier: Option<String>,
    /// Addresses and domains its files come from, lower case.
    pub senders: Vec<String>,
    /// The password.
    pub source: SecretSource,
}

/// Reads them all.
pub fn read(root: &Table, folder: &Path, problems: &Problems) -> Vec<SupplierPassword> {
    let sections = Section::repeated(root, "supplier_password", problems);
    sections
        .into_iter()
        .filter_map(|section| one(section, folder))
        .collect()
}

fn one(s: Section<'_>, folder: &Path) -> Option<SupplierPassword> {
    let supplier = s.optional("supplier", text);
    let senders = s.get("senders", Vec::new(), list(sender));
    if supplier.is_none() && senders.is_empty() {
        let reason = "is missing: say whose files it opens, by supplier or by senders";
        s.problem("supplier", reason);
    }
    let source = secret::source(&s, PASSWORD, folder);
    if source.is_none() {
        s.problem(
            "password_file",
            "is missing: name one of password_file, password_env and password_credential",
        );
    }
    s.finish();
    Some(SupplierPassword {
        supplier,
        senders,
        source: source?,
    })
}
