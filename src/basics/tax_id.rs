//! VAT identifiers (EN 16931 BT-31 and BT-48).

use std::fmt;

/// A VAT id with its country prefix, without blanks: `DE136695976`. Greece writes `EL`.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct VatId(String);

impl VatId {
    /// Reads one in any spacing; `None` unless two letters are followed by 2 to 13 letters or digits with a digit among them.
    pub fn parse(text: &str) -> Option<Self> {
        let kept = text
            .chars()
            .filter(|c| !c.is_whitespace() && !matches!(c, '.' | '-' | '/'));
        let upper = kept.collect::<String>().to_ascii_uppercase();
        let bytes = upper.as_bytes();
        let shape = (4..=15).contains(&bytes.len())
            && bytes.iter().take(2).all(u8::is_ascii_uppercase)
            && bytes.iter().all(u8::is_ascii_alphanumeric)
            && bytes.iter().skip(2).any(u8::is_ascii_digit);
        shape.then_some(Self(upper))
    }

    /// Without blanks, upper case.
    pub fn as_str(&self) -> &str {
        &self.0
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
}
