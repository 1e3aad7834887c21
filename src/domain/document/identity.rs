//! Who we are and whom we know: what decides which side a document belongs to, whatever words it uses.

use regex::Regex;

use crate::basics::bank_account::Iban;
use crate::basics::tax_id::VatId;
use crate::basics::text::{fold, squash};

/// Our companies, from the configuration.
#[derive(Clone, Debug, Default)]
pub struct OwnIdentity {
    /// Legal and trade names.
    pub names: Vec<String>,
    /// VAT ids.
    pub vat_ids: Vec<VatId>,
    /// Our bank accounts.
    pub ibans: Vec<Iban>,
    /// Domains we mail from, lower case.
    pub domains: Vec<String>,
    /// What the whole of one of our own invoice numbers looks like.
    pub invoice_number_patterns: Vec<Regex>,
}

/// A supplier or customer from the books, as far as a document can show it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct KnownParty {
    /// Its name.
    pub name: String,
    /// Its VAT id.
    pub vat_id: Option<VatId>,
    /// Its accounts.
    pub ibans: Vec<Iban>,
    /// Domains it mails from, lower case.
    pub domains: Vec<String>,
    /// Its number in our books.
    pub number: String,
}

/// Legal forms at the end of a name: left away they do not make another company.
const LEGAL_FORMS: [&str; 60] = [
    "gmbh",
    "mbh",
    "ag",
    "kg",
    "ohg",
    "ug",
    "se",
    "ek",
    "co",
    "ltd",
    "limited",
    "llc",
    "inc",
    "plc",
    "corp",
    "corporation",
    "sa",
    "sas",
    "sarl",
    "sl",
    "slu",
    "srl",
    "spa",
    "bv",
    "nv",
    "oy",
    "ab",
    "as",
    "kft",
    "cokg",
    "kgaa",
    "gbr",
    "ev",
    "eg",
    "partg",
    "partgmbb",
    "mbb",
    "pty",
    "pvt",
    "llp",
    "eirl",
    "sasu",
    "snc",
    "sci",
    "srls",
    "slne",
    "scl",
    "vof",
    "bvba",
    "cvba",
    "aps",
    "asa",
    "oyj",
    "spolka",
    "scp",
    "slp",
    "coop",
    "og",
    "asbl",
    "vzw",
];

impl OwnIdentity {
    /// Nothing is configured: no document can be told ours.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty() && self.vat_ids.is_empty() && self.ibans.is_empty()
    }

    /// The name of one of our companies, typed in any way.
    pub fn is_own_name(&self, name: &str) -> bool {
        self.names.iter().any(|own| same_name(own, name))
    }

    /// One of our VAT ids, in any spacing.
    pub fn is_own_vat(&self, vat: &str) -> bool {
        VatId::parse(vat).is_some_and(|vat| self.vat_ids.contains(&vat))
    }

    /// One of our accounts, in any spacing.
    pub fn is_own_iban(&self, iban: &str) -> bool {
        Iban::parse(iban).is_some_and(|iban| self.ibans.contains(&iban))
    }

    /// One of our domains.
    pub fn is_own_domain(&self, domain: &str) -> bool {
        self.domains
            .iter()
            .any(|own| own.eq_ignore_ascii_case(domain))
    }

    /// A number of our own invoice series.
    pub fn is_own_number(&self, number: &str) -> bool {
        let number = number.trim();
        let fits = |pattern: &Regex| {
            pattern
                .find(number)
                .is_some_and(|found| found.len() == number.len())
        };
        !number.is_empty() && self.invoice_number_patterns.iter().any(fits)
    }
}

/// The same company name but for typing and legal form.
pub fn same_name(a: &str, b: &str) -> bool {
    let (a, b) = (core_name(a), core_name(b));
    a.chars().count() >= 3 && a == b
}

/// A name without its legal form, squashed.
pub fn core_name(name: &str) -> String {
    let folded = fold(name);
    let words = folded
        .split([' ', ',', '&'])
        .map(squash)
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>();
    let mut kept = words.as_slice();
    while let Some((last, rest)) = kept.split_last() {
        if rest.is_empty() || !LEGAL_FORMS.contains(&last.as_str()) {
            break;
        }
        kept = rest;
    }
    kept.concat()
}

/// The words of a text, each squashed; a hyphen joins them.
pub fn name_words(text: &str) -> Vec<String> {
    let folded = fold(text);
    let words = folded.split(|c: char| {
        c.is_whitespace()
            || matches!(
                c,
                ',' | ';' | ':' | '.' | '@' | '|' | '/' | '(' | ')' | '·' | '•'
            )
    });
    words.map(squash).filter(|word| !word.is_empty()).collect()
}

/// Some of these words, one behind the other, are the name, given without its legal form (`core_name`). Part of a word is
/// no name: `Berger` does not stand in `Bamberger Bau`.
pub fn is_named(words: &[String], core: &str) -> bool {
    (0..words.len()).any(|start| {
        let mut rest = core;
        for word in words.iter().skip(start) {
            match rest.strip_prefix(word.as_str()) {
                Some("") => return true,
                Some(after) => rest = after,
                None => return false,
            }
        }
        false
    })
}

/// Ends with, or consists of, a legal form: the name of a company rather than a heading.
pub fn has_legal_form(name: &str) -> bool {
    let folded = fold(name);
    let mut words = folded.split([' ', ',']).filter(|word| !word.is_empty());
    let first = words.next().is_some();
    let form = |word: &str| {
        let plain = squash(word);
        plain.len() >= 2
            && LEGAL_FORMS.contains(&plain.as_str())
            && !matches!(plain.as_str(), "co" | "as" | "se")
    };
    let ends = [" e.k.", " a.g.", " e.u.", " o.o.", " o. o."];
    first && (words.any(form) || ends.iter().any(|end| folded.ends_with(end)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_company_is_the_same_with_and_without_its_legal_form() {
        assert!(same_name("La Tavola GmbH", "LA TAVOLA"));
        assert!(same_name("Gemüse Müller GmbH & Co. KG", "Gemuse Muller"));
        assert!(!same_name("Berg Nord GmbH", "Berg Süd GmbH"));
        assert!(!same_name("GmbH", "AG"));
    }

    #[test]
    fn a_name_stands_in_a_text_in_whole_words() {
        let stands = |name: &str, text: &str| is_named(&name_words(text), &core_name(name));
        assert!(stands(
            "Harmsen Spedition KG",
            "Ihre HARMSEN-Spedition, Hamburg"
        ));
        assert!(stands("Harmsen Spedition KG", "www.harmsen-spedition.de"));
        assert!(stands("Meier & Sohn OHG", "Meier&Sohn OHG · Gasse 1"));
        assert!(!stands(
            "Harmsen Spedition KG",
            "Karl-Harmsen Spedition Nord GmbH"
        ));
        assert!(!stands("Berger KG", "Bamberger Bau GmbH"));
    }

    #[test]
    fn own_numbers_by_their_shape() {
        let own = OwnIdentity {
            invoice_number_patterns: vec![Regex::new("2026-[0-9]{4}").expect("a pattern")],
            ..OwnIdentity::default()
        };
        assert!(own.is_own_number("2026-1001") && own.is_own_number(" 2026-1001 "));
        assert!(
            !own.is_own_number("2026-10010")
                && !own.is_own_number("RE-2026-1001")
                && !own.is_own_number("")
        );
    }
}
