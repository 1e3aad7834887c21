//! Numbers that name things on a page: the invoice's, the order's, accounts by their check digits, VAT ids by their shape.

mod account;
mod number;
mod shape;
mod vat;

pub use account::{account_spots, bic, broken_iban, ibans};
pub use number::labelled_number;
pub use vat::{is_vat_shape, vat_ids};

use super::super::layout::Spot;

/// A value with its place and how sure it is, in per mille.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Found {
    /// As it is stored.
    pub value: String,
    /// Where it stands.
    pub spot: Spot,
    /// Per mille.
    pub confidence: u16,
}

#[cfg(test)]
mod tests {
    use super::super::super::labels::{self, Label};
    use super::super::super::layout::Layout;
    use super::*;

    fn number(text: &str) -> Option<(String, u16)> {
        let layout = Layout::of_text(text);
        labelled_number(&layout, &labels::find(&layout), Label::Number, &[])
            .map(|found| (found.value, found.confidence))
    }

    #[test]
    fn the_invoice_number_stands_beside_or_below_its_label() {
        for text in [
            "Rechnungsnummer: RE-2026/0815  Kundennummer: 4711",
            "Kundennummer  Rechnungs-Nr.   Datum\n4711          RE-2026/0815    22.11.2026",
            "Invoice # RE-2026/0815",
            "N° de facture : RE-2026/0815",
        ] {
            assert_eq!(
                number(text).map(|n| n.0).as_deref(),
                Some("RE-2026/0815"),
                "{text}"
            );
        }
    }

    #[test]
    fn dates_and_amounts_are_no_numbers() {
        assert_eq!(number("Invoice no. 22.11.2026"), None);
        assert_eq!(number("Invoice number: 1.190,00"), None);
        assert_eq!(number("Invoice total 1190"), None);
    }

    #[test]
    fn two_numbers_with_the_same_label_are_not_sure() {
        assert!(number("Invoice no. 4711\nInvoice no. 4712").is_some_and(|(_, sure)| sure < 900));
    }

    #[test]
    fn accounts_by_their_check_digits() {
        let layout =
            Layout::of_text("IBAN: DE89 3704 0044 0532 0130 00 BIC: COBADEFFXXX\nIBAN DE00 1111");
        assert_eq!(
            ibans(&layout).first().map(|f| f.value.clone()).as_deref(),
            Some("DE89370400440532013000")
        );
        assert_eq!(
            bic(&layout, &labels::find(&layout))
                .map(|f| f.value)
                .as_deref(),
            Some("COBADEFFXXX")
        );
    }

    #[test]
    fn vat_ids_by_their_shape() {
        for good in [
            "DE136695976",
            "FR40303265045",
            "NL123456782B90",
            "ATU13585627",
            "ESA58818501",
            "BE0428759497",
        ] {
            assert!(is_vat_shape(good), "{good}");
        }
        for bad in [
            "DE12345678",
            "XX123456789",
            "INV123456",
            "DE89370400440532013000",
        ] {
            assert!(!is_vat_shape(bad), "{bad}");
        }
        let layout = Layout::of_text("USt-IdNr.: DE 136 695 976");
        let ids = vat_ids(&layout, &labels::find(&layout));
        assert_eq!(
            ids.first().map(|f| (f.value.as_str(), f.confidence)),
            Some(("DE136695976", 975))
        );
    }
}
