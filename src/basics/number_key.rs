//! Numbers of bills and invoices, made comparable: everybody types them differently.

use super::text;

/// The number of a bill or invoice as people compare it: NFKC, upper case, only letters and digits, leading zeros of each group of
/// digits dropped.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct NumberKey(String);

impl NumberKey {
    /// The key of a number as printed: `RE-2026-0815` and `RE 2026/815` are the same.
    pub fn of(number: &str) -> Self {
        let folded = text::fold(number).to_uppercase();
        let groups = folded.split(|c: char| !c.is_alphanumeric());
        Self(groups.map(drop_leading_zeros).collect())
    }

    /// Reads what was stored.
    pub fn from_stored(key: String) -> Self {
        Self(key)
    }

    /// As stored.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// `RE0815` keeps its letters and loses the zero: zeros count as leading after anything that is not a digit.
fn drop_leading_zeros(group: &str) -> String {
    let mut kept = String::with_capacity(group.len());
    let mut in_number = false;
    let mut characters = group.chars().peekable();
    while let Some(c) = characters.next() {
        let leading = c == '0' && !in_number && characters.peek().is_some_and(char::is_ascii_digit);
        in_number = c.is_ascii_digit() && !leading;
        if !leading {
            kept.push(c);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_typed_differently_are_the_same_number() {
        assert_eq!(NumberKey::of("RE-2026-0815"), NumberKey::of("re 2026/815"));
        assert_eq!(NumberKey::of("RE20260815").as_str(), "RE20260815");
        assert_eq!(NumberKey::of("0007"), NumberKey::of("7"));
        assert_ne!(NumberKey::of("RE-100"), NumberKey::of("RE-10"));
        assert_eq!(NumberKey::of("INV0").as_str(), "INV0");
    }
}
