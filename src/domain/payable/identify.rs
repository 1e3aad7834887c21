//! Which supplier of ours issued this bill? The document decides: VAT id, then account; the sender's domain counts only
//! together with the name. A name alone, or evidence that disagrees, identifies nobody.

use super::Supplier;
use crate::basics::address::MailAddress;
use crate::basics::bank_account::Iban;
use crate::basics::ids::SupplierId;
use crate::basics::tax_id::VatId;
use crate::basics::text::{one_line, squash};
use crate::domain::document::Fields;

/// Who issued a bill, and why we think so.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Identified {
    /// The supplier, when the evidence names exactly one.
    pub supplier: Option<SupplierId>,
    /// The evidence, in words.
    pub reasons: Vec<String>,
    /// Why the evidence names nobody although it names somebody: more than one, or it disagrees.
    pub conflict: Option<String>,
}

/// Compares what a document says of its issuer, and who sent it, with the suppliers we know.
pub fn identify(
    fields: &Fields,
    sender: Option<&MailAddress>,
    suppliers: &[Supplier],
) -> Identified {
    let vat = fields
        .supplier_vat
        .as_ref()
        .and_then(|f| VatId::parse(&f.value));
    let iban = fields.iban.as_ref().and_then(|f| Iban::parse(&f.value));
    let name = fields
        .supplier_name
        .as_ref()
        .map(|f| one_line(&f.value, 200));
    let by_vat = matching(suppliers, |s| vat.is_some() && s.vat_id == vat);
    let by_iban = matching(suppliers, |s| {
        iban.as_ref().is_some_and(|iban| s.ibans.contains(iban))
    });
    let same_name = |s: &Supplier| {
        name.as_deref()
            .is_some_and(|name| is_same_name(name, &s.name))
    };
    let same_domain =
        |s: &Supplier| sender.is_some_and(|from| s.domains.iter().any(|d| d == from.domain()));
    let by_sender = matching(suppliers, |s| same_name(s) && same_domain(s));
    let evidence = [
        ("the VAT id on it", by_vat),
        ("the account on it", by_iban),
        ("the sender's domain and the name on it", by_sender),
    ];
    for (what, candidates) in &evidence {
        match candidates.as_slice() {
            [] => {}
            [only] => {
                return contradicted(only, vat.as_ref(), &evidence)
                    .unwrap_or_else(|| known(only, what));
            }
            several => {
                // Sister companies may share an account or a VAT group; the name tells them apart.
                let named = several
                    .iter()
                    .copied()
                    .filter(|s| same_name(s))
                    .collect::<Vec<_>>();
                if let [only] = named.as_slice() {
                    return known(only, &format!("{what} and the name"));
                }
                return conflict(format!(
                    "{what} is that of several suppliers: {}",
                    numbers(several)
                ));
            }
        }
    }
    let alike = matching(suppliers, same_name);
    let reasons = if alike.is_empty() {
        vec!["neither VAT id, account nor sender is that of a supplier we know".into()]
    } else {
        vec![format!(
            "only the name is that of {}; a name proves nothing",
            numbers(&alike)
        )]
    };
    Identified {
        reasons,
        ..Identified::default()
    }
}

type Evidence<'e, 's> = [(&'e str, Vec<&'s Supplier>); 3];

/// Weaker evidence, or another VAT id in our books, that names somebody else.
fn contradicted(
    supplier: &Supplier,
    vat: Option<&VatId>,
    evidence: &Evidence<'_, '_>,
) -> Option<Identified> {
    if let (Some(known), Some(read)) = (&supplier.vat_id, vat)
        && known != read
    {
        return Some(conflict(format!(
            "it looks like {}, whose VAT id is {known}, yet the VAT id on it is {read}",
            numbers(&[supplier])
        )));
    }
    let (what, others) = evidence
        .iter()
        .take(2)
        .find(|(_, found)| !found.is_empty() && !found.iter().any(|s| s.id == supplier.id))?;
    Some(conflict(format!(
        "it looks like {}, yet {what} is that of {}",
        numbers(&[supplier]),
        numbers(others)
    )))
}

fn matching(suppliers: &[Supplier], is_one: impl Fn(&Supplier) -> bool) -> Vec<&Supplier> {
    suppliers
        .iter()
        .filter(|supplier| is_one(supplier))
        .collect()
}

fn is_same_name(one: &str, other: &str) -> bool {
    let (one, other) = (squash(one), squash(other));
    !one.is_empty() && one == other
}

fn known(supplier: &Supplier, what: &str) -> Identified {
    Identified {
        supplier: Some(supplier.id),
        reasons: vec![format!("{what} is that of {}", numbers(&[supplier]))],
        conflict: None,
    }
}

fn conflict(why: String) -> Identified {
    Identified {
        supplier: None,
        reasons: Vec::new(),
        conflict: Some(why),
    }
}

fn numbers(suppliers: &[&Supplier]) -> String {
    let names = suppliers
        .iter()
        .map(|s| format!("{} ({})", s.name, s.number));
    names.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::document::{Confidence, Field, Source};
    use crate::domain::payable::test_world::supplier;

    const ALPHA_IBAN: &str = "DE89370400440532013000";

    fn fields(vat: Option<&str>, iban: Option<&str>, name: &str) -> Fields {
        let field =
            |text: &str| Field::text(text.to_owned(), Confidence::CERTAIN, Source::Computed);
        Fields {
            supplier_vat: vat.map(field),
            iban: iban.map(field),
            supplier_name: Some(field(name)),
            ..Fields::default()
        }
    }

    fn from(address: &str) -> Option<MailAddress> {
        MailAddress::parse(address)
    }

    fn who(fields: &Fields, sender: &str) -> Result<Option<String>, String> {
        let suppliers = [
            supplier(
                "70001",
                "Alpha GmbH",
                "DE136695976",
                &[ALPHA_IBAN],
                "alpha.test",
            ),
            supplier(
                "70002",
                "Beta SARL",
                "FR40303265045",
                &["FR1420041010050500013M02606"],
                "beta.test",
            ),
        ];
        let found = identify(fields, from(sender).as_ref(), &suppliers);
        let number = |id| {
            suppliers
                .iter()
                .find(|s| s.id == id)
                .map(|s| s.number.clone())
        };
        found
            .conflict
            .map_or(Ok(found.supplier.and_then(number)), Err)
    }

    #[test]
    fn vat_id_account_or_sender_with_name_each_name_the_supplier() {
        let alpha = Ok(Some("70001".to_owned()));
        assert_eq!(
            who(&fields(Some("DE 136 695 976"), None, "whoever"), "x@y.test"),
            alpha
        );
        assert_eq!(
            who(&fields(None, Some(ALPHA_IBAN), "whoever"), "x@y.test"),
            alpha
        );
        assert_eq!(
            who(&fields(None, None, "ALPHA gmbh"), "billing@alpha.test"),
            alpha
        );
    }

    #[test]
    fn a_name_alone_or_a_domain_alone_names_nobody() {
        assert_eq!(
            who(&fields(None, None, "Alpha GmbH"), "x@evil.test"),
            Ok(None)
        );
        assert_eq!(who(&fields(None, None, "Gamma"), "x@alpha.test"), Ok(None));
    }

    #[test]
    fn evidence_for_two_suppliers_is_a_conflict() {
        let torn = fields(Some("FR40303265045"), Some(ALPHA_IBAN), "Beta SARL");
        assert!(who(&torn, "x@beta.test").is_err());
        let other_vat = fields(Some("DE999999999"), Some(ALPHA_IBAN), "Alpha GmbH");
        assert!(who(&other_vat, "x@alpha.test").is_err());
    }

    #[test]
    fn sister_companies_on_one_account_are_told_apart_by_name_or_not_at_all() {
        let suppliers = [
            supplier("1", "Muster GmbH", "DE136695976", &[ALPHA_IBAN], "m.test"),
            supplier(
                "2",
                "Muster Werkzeug GmbH",
                "DE811907980",
                &[ALPHA_IBAN],
                "m.test",
            ),
        ];
        let named = identify(
            &fields(None, Some(ALPHA_IBAN), "Muster Werkzeug GmbH"),
            None,
            &suppliers,
        );
        assert_eq!(named.supplier, Some(Supplier::id_of("2")));
        let unnamed = identify(&fields(None, Some(ALPHA_IBAN), "Muster"), None, &suppliers);
        assert!(unnamed.supplier.is_none() && unnamed.conflict.is_some());
    }
}
