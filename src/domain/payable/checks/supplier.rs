//! Is it from somebody we know?

use super::{SUPPLIER_CONFLICT, SUPPLIER_UNKNOWN, SUPPLIER_VAT};
use crate::basics::tax_id::VatId;
use crate::domain::document::Fields;
use crate::domain::payable::identify::Identified;
use crate::domain::payable::{Finding, Supplier};

/// Holds what nobody we know has issued, and a VAT id that is not the supplier's, also where a person named the supplier.
pub fn check(
    identified: &Identified,
    supplier: Option<&Supplier>,
    fields: &Fields,
) -> Vec<Finding> {
    let Some(supplier) = supplier else {
        let finding = match &identified.conflict {
            Some(conflict) => SUPPLIER_CONFLICT.found(conflict),
            None => SUPPLIER_UNKNOWN.found(identified.reasons.join("; ")),
        };
        return vec![finding];
    };
    let read = fields
        .supplier_vat
        .as_ref()
        .and_then(|field| VatId::parse(&field.value));
    let differs = read
        .zip(supplier.vat_id.as_ref())
        .filter(|(read, known)| read != *known);
    let finding = differs.map(|(read, known)| {
        SUPPLIER_VAT.found(format!("{read} is printed, {} has {known}", supplier.name))
    });
    finding.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::payable::test_world::{alpha, text};

    #[test]
    fn an_unknown_issuer_a_conflict_and_a_foreign_vat_id_are_three_findings() {
        let unknown = Identified {
            reasons: vec!["nothing fits".into()],
            ..Identified::default()
        };
        let torn = Identified {
            conflict: Some("two fit".into()),
            ..Identified::default()
        };
        let code =
            |findings: Vec<Finding>| findings.first().map(|f| f.code.clone()).unwrap_or_default();
        let none = Fields::default();
        assert_eq!(code(check(&unknown, None, &none)), "supplier.unknown");
        assert_eq!(code(check(&torn, None, &none)), "supplier.conflict");
        let foreign = Fields {
            supplier_vat: Some(text("FR40303265045".into())),
            ..Fields::default()
        };
        assert_eq!(
            code(check(&unknown, Some(&alpha()), &foreign)),
            "supplier.vat_id"
        );
        assert!(check(&unknown, Some(&alpha()), &none).is_empty());
    }
}
