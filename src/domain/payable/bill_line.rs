//! The lines of a bill as its approvers see them.

use crate::basics::currency::Currency;
use crate::basics::money::Money;
use crate::basics::text::one_line;
use crate::domain::document::DocumentLine;

/// Characters of a description that are shown.
const DESCRIPTION_CHARS: usize = 80;

/// One line of a bill.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BillLine {
    /// What was delivered, one printable line.
    pub description: String,
    /// Quantity and unit price as printed, when both were read: `3 × 12.50`.
    pub quantity_price: Option<String>,
    /// BT-131.
    pub net: Option<Money>,
}

/// The lines of a document, in its currency.
pub fn lines(printed: &[DocumentLine], currency: Currency) -> Vec<BillLine> {
    let line = |line: &DocumentLine| {
        let both = line.quantity.zip(line.unit_price);
        BillLine {
            description: one_line(&line.description, DESCRIPTION_CHARS),
            quantity_price: both
                .map(|(quantity, price)| format!("{} × {price}", quantity.normalize())),
            net: line.net.and_then(|net| Money::rounded(net, currency)),
        }
    };
    printed.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_description_of_two_paragraphs_is_one_line() {
        let printed = DocumentLine {
            description: "Hinges\r\n\r\ngalvanised".into(),
            quantity: "3.000".parse().ok(),
            unit_price: "12.50".parse().ok(),
            net: "37.50".parse().ok(),
            ..DocumentLine::default()
        };
        let shown = lines(&[printed], Currency::EUR);
        let line = shown.first().unwrap();
        assert_eq!(line.description, "Hinges galvanised");
        assert_eq!(line.quantity_price.as_deref(), Some("3 × 12.50"));
        assert_eq!(line.net, Some(Money::from_minor(3_750, Currency::EUR)));
    }
}
