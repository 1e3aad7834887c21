//! Who pays: which of our customers a mail or a bank credit comes from.

use std::collections::BTreeSet;

use super::Customer;
use crate::basics::address::MailAddress;
use crate::basics::bank_account::Iban;
use crate::basics::ids::CustomerId;
use crate::basics::tax_id::VatId;
use crate::basics::text::fold;
use crate::domain::document::Confidence;

/// What is known of somebody who pays.
#[derive(Clone, Default, Debug)]
pub struct PayerEvidence {
    /// The account the money comes from, as the bank wrote it.
    pub iban: Option<String>,
    /// A VAT id the payer gives as its own.
    pub vat_id: Option<String>,
    /// The address the mail came from.
    pub mail: Option<MailAddress>,
    /// The payer's name.
    pub name: Option<String>,
}

/// Who it is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Payer {
    /// One of our customers.
    Known {
        /// Which one.
        customer: CustomerId,
        /// How sure that is, by the strongest evidence.
        confidence: Confidence,
        /// That evidence in words: `its account`, `its VAT id`, ….
        how: &'static str,
    },
    /// The evidence fits several, or contradicts itself.
    Rivals(Vec<CustomerId>),
    /// None of our customers.
    Unknown,
}

impl Payer {
    /// The customer, when there is exactly one.
    pub fn customer(&self) -> Option<CustomerId> {
        match self {
            Self::Known { customer, .. } => Some(*customer),
            Self::Rivals(_) | Self::Unknown => None,
        }
    }

    /// Known by an account it has paid from before: nobody else can send money from there.
    pub fn is_by_account(&self) -> bool {
        matches!(self, Self::Known { how, .. } if *how == BY_ACCOUNT)
    }
}

const BY_ACCOUNT: &str = "its account";

/// Weighs the evidence, strongest first. Each piece may fit several customers; what fits them all must be one. A name or
/// a mail domain never overrules an account or a VAT id: then both are rivals and a person decides.
pub fn identify(evidence: &PayerEvidence, customers: &[Customer]) -> Payer {
    let pieces = [
        (BY_ACCOUNT, 1000, by_iban(evidence, customers)),
        ("its VAT id", 950, by_vat_id(evidence, customers)),
        ("its mail address", 800, by_mail(evidence, customers)),
        ("its name", 700, by_name(evidence, customers)),
        ("its mail domain", 600, by_domain(evidence, customers)),
    ];
    let mut candidates: Option<BTreeSet<CustomerId>> = None;
    let mut strongest = None;
    for (how, per_mille, fitting) in pieces {
        if fitting.is_empty() {
            continue;
        }
        strongest.get_or_insert((how, Confidence::per_mille(per_mille)));
        let narrowed: BTreeSet<_> = match &candidates {
            None => fitting.clone(),
            Some(before) => before.intersection(&fitting).copied().collect(),
        };
        if narrowed.is_empty() {
            let all = candidates.unwrap_or_default();
            return Payer::Rivals(all.union(&fitting).copied().collect());
        }
        candidates = Some(narrowed);
    }
    let candidates = candidates.unwrap_or_default();
    match (candidates.first(), candidates.len(), strongest) {
        (Some(customer), 1, Some((how, confidence))) => Payer::Known {
            customer: *customer,
            confidence,
            how,
        },
        (Some(_), _, _) => Payer::Rivals(candidates.into_iter().collect()),
        (None, _, _) => Payer::Unknown,
    }
}

fn matching(customers: &[Customer], fits: impl Fn(&Customer) -> bool) -> BTreeSet<CustomerId> {
    customers.iter().filter(|c| fits(c)).map(|c| c.id).collect()
}

fn by_iban(evidence: &PayerEvidence, customers: &[Customer]) -> BTreeSet<CustomerId> {
    match evidence.iban.as_deref().and_then(Iban::parse) {
        Some(iban) => matching(customers, |c| c.ibans.contains(&iban)),
        None => BTreeSet::new(),
    }
}

fn by_vat_id(evidence: &PayerEvidence, customers: &[Customer]) -> BTreeSet<CustomerId> {
    match evidence.vat_id.as_deref().and_then(VatId::parse) {
        Some(vat_id) => matching(customers, |c| c.vat_id.as_ref() == Some(&vat_id)),
        None => BTreeSet::new(),
    }
}

fn by_mail(evidence: &PayerEvidence, customers: &[Customer]) -> BTreeSet<CustomerId> {
    match &evidence.mail {
        Some(mail) => matching(customers, |c| {
            c.mail.as_ref().is_some_and(|own| own.same_mailbox(mail))
        }),
        None => BTreeSet::new(),
    }
}

fn by_domain(evidence: &PayerEvidence, customers: &[Customer]) -> BTreeSet<CustomerId> {
    match &evidence.mail {
        Some(mail) => matching(customers, |c| c.domains.iter().any(|d| d == mail.domain())),
        None => BTreeSet::new(),
    }
}

fn by_name(evidence: &PayerEvidence, customers: &[Customer]) -> BTreeSet<CustomerId> {
    let name = evidence.name.as_deref().map(name_key).unwrap_or_default();
    if name.is_empty() {
        return BTreeSet::new();
    }
    matching(customers, |c| name_key(&c.name) == name)
}

/// Legal forms and joining words: they are left away as often as they are written.
const WORDS_THAT_DO_NOT_NAME: &[&str] = &[
    "ag", "and", "bv", "co", "company", "corp", "eg", "et", "ev", "gbr", "ges", "gmbh", "inc",
    "kg", "kgaa", "limited", "llc", "llp", "ltd", "mbh", "nv", "ohg", "plc", "sa", "sarl", "sas",
    "se", "sl", "spa", "srl", "the", "ug", "und",
];

/// A company's name as banks and people vary it: without case, marks, legal form and order of words; `ä`, `ae` and `a`
/// are one letter, because bank systems print all three.
pub(super) fn name_key(name: &str) -> String {
    let folded = fold(name).replace('.', "");
    let mut words: Vec<String> = folded
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty() && !WORDS_THAT_DO_NOT_NAME.contains(word))
        .map(|word| {
            word.replace("ae", "a")
                .replace("oe", "o")
                .replace("ue", "u")
        })
        .collect();
    words.sort();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::receivable::samples::customer;

    #[test]
    fn a_bank_prints_umlauts_and_legal_forms_as_it_likes() {
        assert_eq!(
            name_key("Kontorküche Altona GmbH"),
            name_key("ALTONA KONTORKUECHE")
        );
        assert_eq!(name_key("Brindle & Fox Ltd."), name_key("Fox and Brindle"));
        assert_ne!(name_key("Nord Kaffee GmbH"), name_key("Süd Kaffee GmbH"));
        assert_eq!(name_key("GmbH & Co. KG"), "");
    }

    #[test]
    fn an_account_and_a_name_that_disagree_are_rivals() {
        let customers = [customer("1"), customer("2")];
        let evidence = PayerEvidence {
            iban: customers[0].ibans.first().map(ToString::to_string),
            name: Some(customers[1].name.clone()),
            ..PayerEvidence::default()
        };
        let rivals = [customers[0].id, customers[1].id];
        assert!(matches!(identify(&evidence, &customers),
            Payer::Rivals(found) if found.len() == 2 && rivals.iter().all(|r| found.contains(r))));
    }

    #[test]
    fn two_customers_of_one_mail_domain_are_told_apart_by_name() {
        let mut customers = [customer("1"), customer("2")];
        for c in &mut customers {
            c.domains = vec!["group.test".into()];
        }
        let mut evidence = PayerEvidence {
            mail: MailAddress::parse("pay@group.test"),
            ..PayerEvidence::default()
        };
        assert!(matches!(identify(&evidence, &customers), Payer::Rivals(_)));
        evidence.name = Some(customers[1].name.clone());
        assert_eq!(
            identify(&evidence, &customers).customer(),
            Some(customers[1].id)
        );
    }
}
