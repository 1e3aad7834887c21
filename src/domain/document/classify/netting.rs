//! A company that is supplier and customer sets what it owes against what it is owed (DOMAIN 2.6): neither a payment to us
//! alone nor one of ours.

use crate::basics::text::fold;
use crate::domain::document::layout::Layout;
use crate::domain::document::words::says;

/// Words for it, folded.
const NETTING: [&str; 13] = [
    "verrechnung",
    "verrechnen",
    "verrechnet",
    "aufrechnung",
    "netting",
    "set off",
    "set-off",
    "offset against",
    "compensation",
    "compensacion",
    "compensazione",
    "verrekening",
    "verrekend",
];
/// Both papers by whose they are, folded, in each language.
const BOTH: [(&str, &str); 8] = [
    ("ihre rechnung", "unsere rechnung"),
    ("ihre rechnungen", "unsere rechnungen"),
    ("your invoice", "our invoice"),
    ("votre facture", "notre facture"),
    ("su factura", "nuestra factura"),
    ("vostra fattura", "nostra fattura"),
    ("vs. fattura", "ns. fattura"),
    ("uw factuur", "onze factuur"),
];

/// Why a remittance that names papers of both sides is decided by a person, with both readings.
pub fn nets(layout: &Layout) -> Option<&'static str> {
    let text = fold(&layout.plain());
    let nets = NETTING.iter().any(|word| says(&text, word));
    let both = || {
        let mut both = BOTH.iter();
        both.any(|(yours, ours)| says(&text, yours) && says(&text, ours))
    };
    (nets && both()).then_some(
        "ambiguous_netting: a payment of our invoices, or its own invoices set against ours: it names both",
    )
}
