//! The lines of a bill as its approvers see them.

use super::{CodingSource, LineCoding};
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
    /// Where it is booked, and that it is only proposed.
    pub coding: Option<String>,
}

/// The lines of a document, in its currency.
pub fn lines(
    printed: &[DocumentLine],
    codings: &[LineCoding],
    currency: Currency,
) -> Vec<BillLine> {
    let coding = |number: u32| {
        let known = codings.iter().find(|coding| coding.line == number)?;
        Some(match known.source {
            CodingSource::Person => known.coding.to_string(),
            CodingSource::Memory => format!("{} (proposed)", known.coding),
        })
    };
    let line = |(number, line): (u32, &DocumentLine)| {
        let both = line.quantity.zip(line.unit_price);
        BillLine {
            description: one_line(&line.description, DESCRIPTION_CHARS),
            quantity_price: both
                .map(|(quantity, price)| format!("{} × {price}", quantity.normalize())),
            net: line.net.and_then(|net| Money::rounded(net, currency)),
            coding: coding(number),
        }
    };
    (1..).zip(printed).map(line).collect()
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
        let shown = lines(&[printed], &[], Currency::EUR);
        let line = shown.first().unwrap();
        assert_eq!(line.description, "Hinges galvanised");
        assert_eq!(line.quantity_price.as_deref(), Some("3 × 12.50"));
        assert_eq!(line.net, Some(Money::from_minor(3_750, Currency::EUR)));
    }
}
