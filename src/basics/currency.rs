//! Currencies (ISO 4217) and their minor units.

use std::fmt;

/// An ISO 4217 currency that has a minor unit. Gold and other codes without one are refused: no bill is in them.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Currency {
    code: [u8; 3],
    exponent: u8,
}

impl Currency {
    /// The euro.
    pub const EUR: Self = Self {
        code: *b"EUR",
        exponent: 2,
    };

    /// Reads a three-letter code in any case; `None` when ISO 4217 does not list it or gives it no minor unit.
    pub fn parse(text: &str) -> Option<Self> {
        let upper = text.trim().to_ascii_uppercase();
        let listed = iso_currency::Currency::from_code(&upper)?;
        let exponent = u8::try_from(listed.exponent()?).ok()?;
        let code = <[u8; 3]>::try_from(upper.as_bytes()).ok()?;
        Some(Self { code, exponent })
    }

    /// The code, upper case.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.code).unwrap_or("XXX")
    }

    /// Decimal places of the minor unit: 2 for EUR, 0 for JPY, 3 for KWD.
    pub fn exponent(&self) -> u8 {
        self.exponent
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exponents_follow_iso_4217() {
        let exponent = |code| Currency::parse(code).map(|c| c.exponent());
        assert_eq!(exponent("eur"), Some(2));
        assert_eq!(exponent("JPY"), Some(0));
        assert_eq!(exponent("KWD"), Some(3));
        assert_eq!(exponent("XAU"), None);
        assert_eq!(exponent("€"), None);
        assert_eq!(Currency::parse("EUR"), Some(Currency::EUR));
    }
}
