//! Which passwords are tried on the locked files of a mail.

use super::Supplier;
use crate::basics::address::MailAddress;

/// Whose files a password opens, as the configuration says it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Opens {
    /// The supplier's number.
    pub supplier: Option<String>,
    /// Addresses and domains its files come from, lower case.
    pub senders: Vec<String>,
}

impl Opens {
    /// Whether it is tried on what this sender sent. What our own people hand on, and what no single person sent, may be
    /// anybody's: then every password is tried. A sender who lies gains nothing: the password opens only a file made with it.
    pub fn is_tried(
        &self,
        from: Option<&MailAddress>,
        own_domains: &[String],
        suppliers: &[Supplier],
    ) -> bool {
        let Some(from) = from else {
            return true;
        };
        let (address, domain) = (from.to_string().to_lowercase(), from.domain());
        let is_own = own_domains.iter().any(|own| own == domain);
        let is_named = self
            .senders
            .iter()
            .any(|sender| *sender == address || sender == domain);
        let is_supplier = suppliers.iter().any(|supplier| {
            self.supplier.as_ref() == Some(&supplier.number)
                && supplier.domains.iter().any(|known| known == domain)
        });
        is_own || is_named || is_supplier
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::payable::test_world;

    #[test]
    fn a_password_is_tried_on_the_files_of_its_supplier_and_on_what_our_own_people_hand_on() {
        let suppliers = [test_world::alpha()];
        let [supplier] = &suppliers;
        let opens = Opens {
            supplier: Some(supplier.number.clone()),
            senders: vec!["billing@portal.example".into(), "beta.example".into()],
        };
        let domain = supplier.domains.first().unwrap();
        let is_tried = |from: &str| {
            let from = MailAddress::parse(from).unwrap();
            opens.is_tried(Some(&from), &["us.example".into()], &suppliers)
        };
        assert!(is_tried(&format!("Rechnung@{domain}")));
        assert!(is_tried("Billing@Portal.example"));
        assert!(is_tried("anyone@beta.example"));
        assert!(is_tried("anna@us.example"));
        assert!(!is_tried("other@portal.example"));
        assert!(!is_tried("someone@gamma.example"));
        assert!(opens.is_tried(None, &[], &suppliers));
    }
}
