//! Two companies on one bill: who sells and who is to be paid are not the same (DOMAIN 2.6). A marketplace, a travel agent or a
//! bank that bought the claim writes such bills; so does whoever wants the money to go elsewhere. A person looks at both.

use crate::domain::document::extract::bill::{Findings, is_assigned};
use crate::domain::document::identity::{has_legal_form, same_name};
use crate::domain::document::layout::Layout;
use crate::domain::document::words::says;

/// Words behind which the seller stands whose bill another company writes, folded.
const SOLD_BY: [&str; 11] = [
    "verkauft durch",
    "verkauft von",
    "verkaufer",
    "sold by",
    "vendu par",
    "vendeur",
    "vendido por",
    "vendedor",
    "venduto da",
    "venditore",
    "verkocht door",
];
/// What somebody says who writes a bill for another, folded.
const IN_THE_NAME_OF: [&str; 9] = [
    "im namen und auf rechnung",
    "im namen und fur rechnung",
    "in the name and on behalf of",
    "in the name and for the account of",
    "au nom et pour le compte",
    "en nombre y por cuenta",
    "in nome e per conto",
    "in naam en voor rekening",
    "als vermittler",
];

/// Why it is not clear who is to be paid, with both sides. `text` is folded.
pub(super) fn doubt(layout: &Layout, text: &str, findings: &Findings) -> Option<String> {
    let supplier = findings.fields.supplier_name.as_ref();
    let supplier = supplier.map(|name| name.value.as_str()).unwrap_or_default();
    if is_assigned(layout, &findings.paid_to) {
        return Some(format!(
            "document_unclear: sold by {} and to be paid to whoever bought the claim: the bill is the seller's, the account another's",
            named(supplier)
        ));
    }
    if let Some(seller) = seller_apart(layout, supplier) {
        return Some(format!(
            "document_unclear: written by {} and sold by {seller}: one is the seller, the other the one to be paid",
            named(supplier)
        ));
    }
    let speaks = IN_THE_NAME_OF.iter().any(|phrase| says(text, phrase));
    speaks.then(|| {
        format!(
            "document_unclear: {} writes it in the name of another company: one is the seller, the other the one to be paid",
            named(supplier)
        )
    })
}

fn named(supplier: &str) -> &str {
    if supplier.is_empty() {
        "one company"
    } else {
        supplier
    }
}

/// `Sold by: Elbkarton GmbH` on the paper of another company. A person who sold it is none.
fn seller_apart(layout: &Layout, supplier: &str) -> Option<String> {
    layout.lines.iter().enumerate().find_map(|(line, _)| {
        layout.segments(line).into_iter().find_map(|column| {
            let keys = layout.tokens(column).iter().map(|token| token.key.as_str());
            let keys = keys.collect::<Vec<_>>();
            let length = SOLD_BY.iter().find_map(|phrase| {
                let words = phrase.split(' ').collect::<Vec<_>>();
                keys.starts_with(&words).then_some(words.len())
            })?;
            let mut rest = column;
            rest.start += length;
            let name = layout.text(rest);
            let name = name.trim_matches([':', ' ']);
            (has_legal_form(name) && !same_name(name, supplier)).then(|| name.to_owned())
        })
    })
}
