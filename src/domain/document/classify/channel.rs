//! Bills that had to come as a file for machines (DOMAIN 2.6): a supplier and a customer of one country where that is the law.
//! The paper is worked, and says so: the same bill may come once more through the exchange.

use crate::basics::calendar::{Date, date};
use crate::domain::document::Method;
use crate::domain::document::extract::bill::Findings;
use crate::domain::document::identity::OwnIdentity;

/// Countries, the first day on which one company may bill another on paper no more, and which suppliers it binds: Belgium, for
/// all but the smallest Poland, and for large and middle-sized companies France. How large a supplier is stands on no bill.
const MANDATES: [(&str, Date, &str); 3] = [
    ("BE", date(2026, 1, 1), "a supplier"),
    ("PL", date(2026, 4, 1), "a supplier"),
    ("FR", date(2026, 9, 1), "a large or middle-sized supplier"),
];

/// What is said of such a bill.
pub(super) fn missed(findings: &Findings, own: &OwnIdentity) -> Option<String> {
    let supplier = findings.fields.supplier_vat.as_ref()?;
    let issued = findings.fields.issue_date.as_ref()?;
    if supplier.method == Method::Xml {
        return None;
    }
    let (country, since, who) = MANDATES.iter().find_map(|(country, since, who)| {
        let is_domestic = supplier.value.starts_with(country)
            && own
                .vat_ids
                .iter()
                .any(|id| id.as_str().starts_with(country));
        (is_domestic && issued.value >= *since).then_some((country, since, who))
    })?;
    Some(format!(
        "channel_noncompliant: since {since} {who} of {country} has to send it through the exchange; it may come once more"
    ))
}
