//! Bank accounts: IBAN (ISO 13616) and BIC (ISO 9362).

use std::fmt;

use super::text::mask;

/// An IBAN whose check digits are right (ISO 7064 mod 97-10). National check digits are not looked at: banks issue
/// numbers that the published national rules refuse.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Iban(String);

impl Iban {
    /// Reads an IBAN in any spacing and case; `None` when shape, length or structure of its country or check digits are wrong.
    pub fn parse(text: &str) -> Option<Self> {
        let compact = text
            .chars()
            .filter(|c| !c.is_whitespace() && *c != '-')
            .collect::<String>();
        let upper = compact.to_ascii_uppercase();
        let bytes = upper.as_bytes();
        let shape = (15..=34).contains(&bytes.len())
            && bytes.iter().take(2).all(u8::is_ascii_uppercase)
            && bytes.iter().skip(2).take(2).all(u8::is_ascii_digit)
            && bytes.iter().all(u8::is_ascii_alphanumeric);
        let country = upper.get(..2)?;
        let length_fits = country_length(country).is_none_or(|length| length == bytes.len());
        let fits = shape && length_fits && has_structure(country, bytes);
        (fits && remainder_97(bytes) == 1).then_some(Self(upper))
    }

    /// Without blanks.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The country it is of (ISO 3166).
    pub fn country(&self) -> &str {
        self.0.get(..2).unwrap_or_default()
    }

    /// Its country is one of those whose length was checked, too: by its digits alone one text in a hundred is an IBAN.
    pub fn has_known_country(&self) -> bool {
        country_length(self.country()).is_some()
    }

    /// A SEPA credit transfer reaches it.
    pub fn is_in_sepa(&self) -> bool {
        SEPA.contains(&self.country())
    }

    /// The last four characters: what a mail may show of it.
    pub fn last_four(&self) -> &str {
        self.0
            .len()
            .checked_sub(4)
            .and_then(|start| self.0.get(start..))
            .unwrap_or(&self.0)
    }
}

impl fmt::Display for Iban {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Iban {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&mask(&self.0))
    }
}

/// A bank identifier of 8 or 11 characters.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Bic(String);

impl Bic {
    /// Four letters, two letters of a country, two and perhaps three more characters; `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let upper = text.trim().to_ascii_uppercase();
        let bytes = upper.as_bytes();
        let shape = matches!(bytes.len(), 8 | 11)
            && bytes.iter().take(6).all(u8::is_ascii_uppercase)
            && bytes.iter().all(u8::is_ascii_alphanumeric);
        shape.then_some(Self(upper))
    }

    /// Upper case.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A creditor reference of ISO 11649 in any spacing and case: RF, two check digits, up to 21 letters and digits, and the
/// check digits are right.
pub fn is_creditor_reference(text: &str) -> bool {
    let compact: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let upper = compact.to_ascii_uppercase();
    let bytes = upper.as_bytes();
    let shape = (5..=25).contains(&bytes.len())
        && upper.starts_with("RF")
        && bytes.iter().skip(2).take(2).all(u8::is_ascii_digit)
        && bytes.iter().all(u8::is_ascii_alphanumeric);
    shape && remainder_97(bytes) == 1
}

/// The check digits of ISO 7064 stand behind the two letters, in an account as in a reference.
fn remainder_97(iban: &[u8]) -> u32 {
    let rotated = iban.iter().skip(4).chain(iban.iter().take(4));
    rotated.fold(0, |rest, byte| match byte {
        b'0'..=b'9' => (rest * 10 + u32::from(byte - b'0')) % 97,
        _ => (rest * 100 + u32::from(byte.saturating_sub(b'A')) + 10) % 97,
    })
}

/// Two capital letters of a country whose IBANs are known.
pub fn is_iban_country(code: &str) -> bool {
    country_length(code).is_some()
}

/// Countries and territories whose accounts a SEPA credit transfer reaches, by the letters their IBANs begin with (EPC409-09,
/// list of SEPA scheme countries).
const SEPA: &[&str] = &[
    "AD", "AL", "AT", "BE", "BG", "CH", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GB", "GI",
    "GR", "HR", "HU", "IE", "IS", "IT", "LI", "LT", "LU", "LV", "MC", "MD", "ME", "MK", "MT", "NL",
    "NO", "PL", "PT", "RO", "RS", "SE", "SI", "SK", "SM", "VA",
];

/// Lengths of the IBAN registry for the countries most invoices come from; others are checked by their digits alone.
fn country_length(country: &str) -> Option<usize> {
    Some(match country {
        "NO" => 15,
        "BE" => 16,
        "DK" | "FI" | "NL" => 18,
        "SI" => 19,
        "AT" | "EE" | "LT" | "LU" => 20,
        "CH" | "HR" | "LI" | "LV" => 21,
        "BG" | "DE" | "GB" | "IE" => 22,
        "CZ" | "ES" | "RO" | "SE" | "SK" => 24,
        "PT" => 25,
        "FR" | "GR" | "IT" => 27,
        "CY" | "HU" | "PL" => 28,
        "MT" => 31,
        _ => return None,
    })
}

/// Where the country's account number has its letters: so many first, so many digits behind them, then either (IBAN
/// registry, BBAN structure). A text that begins like an account and goes on with the name of a bank has them elsewhere.
fn has_structure(country: &str, iban: &[u8]) -> bool {
    let (letters, digits) = match country {
        "AT" | "EE" | "LT" => (0, 16),
        "BE" => (0, 12),
        "BG" => (4, 6),
        "CH" | "LI" => (0, 5),
        "CY" => (0, 8),
        "CZ" | "ES" | "SE" | "SK" => (0, 20),
        "DE" => (0, 18),
        "DK" | "FI" => (0, 14),
        "FR" => (0, 10),
        "GB" | "IE" => (4, 14),
        "GR" => (0, 7),
        "HR" => (0, 17),
        "HU" | "PL" => (0, 24),
        "IT" => (1, 10),
        "LU" => (0, 3),
        "LV" | "RO" => (4, 0),
        "MT" => (4, 5),
        "NL" => (4, 10),
        "NO" => (0, 11),
        "PT" => (0, 21),
        "SI" => (0, 15),
        _ => (0, 0),
    };
    let number = || iban.iter().skip(4);
    number().take(letters).all(u8::is_ascii_uppercase)
        && number().skip(letters).take(digits).all(u8::is_ascii_digit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_standards_own_examples() {
        for good in [
            "DE89 3704 0044 0532 0130 00",
            "gb82west12345698765432",
            "NO9386011117947",
            "BE68539007547034",
        ] {
            assert!(Iban::parse(good).is_some(), "{good}");
        }
        for bad in [
            "DE89370400440532013001",
            "DE8937040044053201300",
            "",
            "DE",
            "XX00",
            "89370400440532013000DE",
        ] {
            assert_eq!(Iban::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn letters_stand_where_the_country_has_them() {
        // Its check digits are right by chance: a tax number with the name of a bank behind it.
        assert_eq!(Iban::parse("IE60 8571 6C REGIONALBANK"), None);
        for good in [
            "IE29AIBK93115212345678",
            "NL91ABNA0417164300",
            "FR1420041010050500013M02606",
        ] {
            assert!(Iban::parse(good).is_some(), "{good}");
        }
    }

    #[test]
    fn a_creditor_reference_has_its_check_digits_right() {
        for good in ["RF18539007547034", "rf18 5390 0754 7034", "RF33 2348236"] {
            assert!(is_creditor_reference(good), "{good}");
        }
        for bad in [
            "RF19539007547034",
            "18539007547034",
            "RF18",
            "RF1é539007547034",
        ] {
            assert!(!is_creditor_reference(bad), "{bad}");
        }
    }

    #[test]
    fn an_iban_never_shows_whole_in_a_log() {
        let iban = Iban::parse("DE89370400440532013000");
        assert_eq!(format!("{iban:?}"), "Some(****3000)");
        assert_eq!(iban.as_ref().map(Iban::last_four), Some("3000"));
    }

    #[test]
    fn bic_by_shape() {
        assert!(Bic::parse("COBADEFFXXX").is_some());
        assert!(Bic::parse("COBADEFF").is_some());
        assert_eq!(Bic::parse("COBADE"), None);
        assert_eq!(Bic::parse("RECHNUNG1"), None);
    }
}
