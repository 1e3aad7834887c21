//! VAT identifiers (EN 16931 BT-31 and BT-48).

mod check_digits;

use std::fmt;

/// A VAT id with its country prefix, without blanks: `DE136695976`. Greece writes `EL`.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct VatId(String);

impl VatId {
    /// Reads one in any spacing; `None` unless two letters are followed by 2 to 14 letters or digits with a digit among them.
    pub fn parse(text: &str) -> Option<Self> {
        let kept = text
            .chars()
            .filter(|c| !c.is_whitespace() && !matches!(c, '.' | '-' | '/'));
        let upper = kept.collect::<String>().to_ascii_uppercase();
        let bytes = upper.as_bytes();
        let shape = (4..=16).contains(&bytes.len())
            && bytes.iter().take(2).all(u8::is_ascii_uppercase)
            && bytes.iter().all(u8::is_ascii_alphanumeric)
            && bytes.iter().skip(2).any(u8::is_ascii_digit);
        shape.then_some(Self(upper))
    }

    /// Without blanks, upper case.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether its national check digits are right; `None` where the country publishes no rule.
    pub fn has_right_check_digits(&self) -> Option<bool> {
        let (country, rest) = self.0.split_at_checked(2)?;
        let rest = match country {
            "CH" => rest.strip_prefix('E')?,
            _ => rest,
        };
        let digits = |c: char| c.is_ascii_digit();
        let number = match country {
            "CH" | "NO" => rest.trim_end_matches(|c| !digits(c)),
            _ => rest,
        };
        check_digits::is_right(country, number)
    }

    /// The two letters in front.
    pub fn country(&self) -> &str {
        self.0.get(..2).unwrap_or_default()
    }
}

impl fmt::Display for VatId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spacing_and_case_do_not_matter() {
        assert_eq!(VatId::parse("de 136 695 976"), VatId::parse("DE136695976"));
        assert_eq!(
            VatId::parse("NL123456782B90").as_ref().map(VatId::country),
            Some("NL")
        );
        assert_eq!(VatId::parse("136695976"), None);
        assert_eq!(VatId::parse("DEABC"), None);
    }

    #[test]
    fn check_digits_of_many_countries() {
        let right = [
            "ATU13585627",
            "BE0428759497",
            "CHE107787577MWST",
            "DE136695976",
            "DK13585628",
            "EE100931558",
            "EL094259216",
            "ESA58818501",
            "ESB58378431",
            "FI20774740",
            "FR40303265045",
            "GB980780684",
            "HR33392005961",
            "HU12892312",
            "IE6433435F",
            "IT00743110157",
            "LU15027442",
            "MT11679112",
            "NL004495445B01",
            "NL123456782B90",
            "NO995525828MVA",
            "PL8567346215",
            "PT501964843",
            "RO18547290",
            "SE123456789701",
            "SI50223054",
            "SK2022749619",
        ];
        for text in right {
            let vat = VatId::parse(text).expect("a VAT id");
            assert_eq!(vat.has_right_check_digits(), Some(true), "{text}");
            // One digit misread, as a scan would.
            let misread = text.replacen('5', "6", 1);
            if misread != text {
                let vat = VatId::parse(&misread).expect("a VAT id");
                assert_ne!(vat.has_right_check_digits(), Some(true), "{misread}");
            }
        }
        let unknown = VatId::parse("CZ25123891").expect("a VAT id");
        assert_eq!(unknown.has_right_check_digits(), None);
    }
}
