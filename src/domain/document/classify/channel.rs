//! Bills that had to come as a file for machines (DOMAIN 2.6): a supplier and a customer of one country where that is the law.
//! The paper is worked, and says so: the same bill may come once more through the exchange.

use crate::basics::calendar::{Date, date};
use crate::domain::document::Method;
use crate::domain::document::extract::bill::Findings;
use crate::domain::document::identity::OwnIdentity;

/// Countries, and the first day on which one company may bill another on paper no more: Belgium and, for all but the smallest,
/// Poland.
const MANDATES: [(&str, Date); 2] = [("BE", date(2026, 1, 1)), ("PL", date(2026, 4, 1))];

/// What is said of such a bill.
pub(super) fn missed(findings: &Findings, own: &OwnIdentity) -> Option<String> {
    let supplier = findings.fields.supplier_vat.as_ref()?;
    let issued = findings.fields.issue_date.as_ref()?;
    if supplier.method == Method::Xml {
        return None;
    }
    let (country, since) = MANDATES.iter().find_map(|(country, since)| {
        let is_domestic = supplier.value.starts_with(country)
            && own
                .vat_ids
                .iter()
                .any(|id| id.as_str().starts_with(country));
        (is_domestic && issued.value >= *since).then_some((country, since))
    })?;
    Some(format!(
        "channel_noncompliant: since {since} a supplier of {country} has to send it through the exchange; it may come once more"
    ))
}
