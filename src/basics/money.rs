//! Money: whole minor units of one currency, checked arithmetic, never a float.

use std::fmt;

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use super::currency::Currency;

/// An amount in minor units (cents for EUR) of one currency; negative for what goes the other way.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Money {
    minor: i64,
    currency: Currency,
}

impl Money {
    /// `minor` is in minor units: 119000 is 1,190.00 EUR.
    pub fn from_minor(minor: i64, currency: Currency) -> Self {
        Self { minor, currency }
    }

    /// Nothing, in this currency.
    pub fn zero(currency: Currency) -> Self {
        Self { minor: 0, currency }
    }

    /// Exact conversion; `None` when the decimal has more places than the currency or does not fit 64 bits.
    pub fn from_decimal(amount: Decimal, currency: Currency) -> Option<Self> {
        let scaled = amount.checked_mul(power_of_ten(currency))?;
        if !scaled.fract().is_zero() {
            return None;
        }
        Some(Self {
            minor: scaled.to_i64()?,
            currency,
        })
    }

    /// Rounds half away from zero to the currency's minor unit; `None` when it does not fit 64 bits.
    pub fn rounded(amount: Decimal, currency: Currency) -> Option<Self> {
        use rust_decimal::RoundingStrategy::MidpointAwayFromZero;
        let places = u32::from(currency.exponent());
        Self::from_decimal(
            amount.round_dp_with_strategy(places, MidpointAwayFromZero),
            currency,
        )
    }

    /// In minor units.
    pub fn minor(&self) -> i64 {
        self.minor
    }

    /// The currency.
    pub fn currency(&self) -> Currency {
        self.currency
    }

    /// In major units, exact, with the currency's decimals.
    pub fn to_decimal(&self) -> Decimal {
        Decimal::new(self.minor, u32::from(self.currency.exponent()))
    }

    /// `None` for different currencies or past 64 bits.
    pub fn checked_add(self, other: Self) -> Option<Self> {
        let same = self.currency == other.currency;
        let minor = self.minor.checked_add(other.minor).filter(|_| same)?;
        Some(Self {
            minor,
            currency: self.currency,
        })
    }

    /// `None` for different currencies or past 64 bits.
    pub fn checked_sub(self, other: Self) -> Option<Self> {
        let same = self.currency == other.currency;
        let minor = self.minor.checked_sub(other.minor).filter(|_| same)?;
        Some(Self {
            minor,
            currency: self.currency,
        })
    }

    /// The other direction; `None` for the one amount that has no opposite in 64 bits.
    pub fn checked_neg(self) -> Option<Self> {
        Some(Self {
            minor: self.minor.checked_neg()?,
            currency: self.currency,
        })
    }

    /// The sum, or `None` for a mix of currencies, past 64 bits, or nothing to sum.
    pub fn sum(amounts: impl IntoIterator<Item = Self>) -> Option<Self> {
        let mut amounts = amounts.into_iter();
        let first = amounts.next()?;
        amounts.try_fold(first, Self::checked_add)
    }

    /// Nothing at all.
    pub fn is_zero(&self) -> bool {
        self.minor == 0
    }

    /// Below zero.
    pub fn is_negative(&self) -> bool {
        self.minor < 0
    }

    /// Above zero.
    pub fn is_positive(&self) -> bool {
        self.minor > 0
    }

    /// The larger magnitude decides; `None` for different currencies.
    pub fn exceeds(&self, limit: Self) -> Option<bool> {
        (self.currency == limit.currency)
            .then(|| self.minor.unsigned_abs() > limit.minor.unsigned_abs())
    }
}

fn power_of_ten(currency: Currency) -> Decimal {
    (0..currency.exponent()).fold(Decimal::ONE, |power, _| power * Decimal::TEN)
}

/// As people in several countries read it without doubt: `1,190.00 EUR`.
impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.to_decimal().abs().to_string();
        let (whole, fraction) = digits.split_once('.').unwrap_or((&digits, ""));
        let mut grouped = String::new();
        for (place, digit) in whole.chars().enumerate() {
            if place > 0 && (whole.len() - place) % 3 == 0 {
                grouped.push(',');
            }
            grouped.push(digit);
        }
        let sign = if self.minor < 0 { "-" } else { "" };
        let point = if fraction.is_empty() { "" } else { "." };
        f.pad(&format!(
            "{sign}{grouped}{point}{fraction} {}",
            self.currency
        ))
    }
}

impl fmt::Debug for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn eur(minor: i64) -> Money {
        Money::from_minor(minor, Currency::EUR)
    }

    #[test]
    fn a_tenth_and_two_tenths_are_three_tenths() {
        assert_eq!(eur(10).checked_add(eur(20)), Some(eur(30)));
    }

    #[test]
    fn amounts_are_exact_or_refused() {
        let parse = |text: &str, code: &str| {
            Money::from_decimal(text.parse().ok()?, Currency::parse(code)?)
        };
        assert_eq!(parse("123.45", "EUR"), Some(eur(12345)));
        assert_eq!(parse("123.456", "EUR"), None);
        assert_eq!(parse("123.456", "KWD").map(|m| m.minor()), Some(123_456));
        assert_eq!(parse("500", "JPY").map(|m| m.minor()), Some(500));
        assert_eq!(parse("92233720368547758.08", "EUR"), None);
    }

    #[test]
    fn currencies_do_not_mix_and_sums_do_not_wrap() {
        let yen = Money::from_minor(1, Currency::parse("JPY").unwrap_or(Currency::EUR));
        assert_eq!(eur(1).checked_add(yen), None);
        assert_eq!(eur(i64::MAX).checked_add(eur(1)), None);
        assert_eq!(Money::sum([eur(1), eur(2), eur(-5)]), Some(eur(-2)));
        assert_eq!(Money::sum([]), None);
    }

    #[test]
    fn shown_with_grouping_and_the_currencys_decimals() {
        assert_eq!(eur(119_000).to_string(), "1,190.00 EUR");
        assert_eq!(eur(-5).to_string(), "-0.05 EUR");
        assert_eq!(eur(i64::MIN).to_string(), "-92,233,720,368,547,758.08 EUR");
    }
}
