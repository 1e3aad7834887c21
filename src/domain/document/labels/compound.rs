//! German and Dutch compounds: `Sammelrechnungsnummer` announces what `Rechnungsnummer` does.

use super::Label;
use crate::domain::document::words::{COMPOUND_ENDINGS, Heading, NO_COMPOUNDS};

/// Endings that are labels, folded, without hyphens.
const ENDINGS: [(Label, u16, &[&str]); 7] = [
    (
        Label::Number,
        3,
        &[
            "rechnungsnummer",
            "rechnungsnr",
            "rechnungnr",
            "factuurnummer",
            "factuurnr",
            "gutschriftsnummer",
        ],
    ),
    (
        Label::IssueDate,
        3,
        &["rechnungsdatum", "factuurdatum", "gutschriftsdatum"],
    ),
    (
        Label::Gross,
        3,
        &[
            "rechnungsbetrag",
            "endbetrag",
            "gesamtsumme",
            "rechnungssumme",
            "bruttobetrag",
            "bruttosumme",
            "factuurbedrag",
        ],
    ),
    (
        Label::Net,
        3,
        &["nettobetrag", "nettosumme", "nettowert", "warenwert"],
    ),
    (Label::Tax, 3, &["steuerbetrag", "steuersumme"]),
    (
        Label::Payable,
        3,
        &["zahlbetrag", "zahlungsbetrag", "uberweisungsbetrag"],
    ),
    (
        Label::OtherDate,
        3,
        &["lieferdatum", "leistungsdatum", "bestelldatum"],
    ),
];
/// What the last part of a compound announces; a compound that ends in the word for a bill may head it and its number.
pub(super) fn label(key: &str) -> Option<(Label, u16)> {
    let plain = key.replace(['-', '.'], "");
    let known = ENDINGS
        .iter()
        .find(|(_, _, endings)| endings.iter().any(|ending| plain.ends_with(ending)));
    known
        .map(|(label, strength, _)| (*label, *strength))
        .or_else(|| is_bill_word(key).then_some((Label::Number, 1)))
}

/// A compound that ends in the word for a bill.
pub(super) fn is_bill_word(key: &str) -> bool {
    let ends = |(heading, ending): &(Heading, &str)| is_bill(*heading) && key.ends_with(ending);
    COMPOUND_ENDINGS.iter().any(ends) && !NO_COMPOUNDS.iter().any(|word| key.ends_with(word))
}

/// A heading of a bill or of a credit note.
pub(super) fn is_bill(heading: Heading) -> bool {
    matches!(
        heading,
        Heading::Invoice | Heading::CreditNote | Heading::SelfBilling
    )
}
