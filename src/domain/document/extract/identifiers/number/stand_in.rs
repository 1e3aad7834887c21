//! The number that stands for the number of a bill which has none: the cash reference of an authority, the order of a
//! paper that was paid with it, the policy of a premium. Never sure: it names more than this one paper.

use super::Found;
use super::place::number_near;
use crate::basics::text::{fold, squash};
use crate::domain::document::extract::identifiers::shape::number_text;
use crate::domain::document::labels::{Hit, Label};
use crate::domain::document::layout::Layout;

/// Per mille for such a number.
const STANDS_IN: u16 = 500;

/// Labels of numbers an authority books by, folded, without blanks and signs.
const BOOKED_BY: [&str; 5] = [
    "kassenzeichen",
    "buchungszeichen",
    "geschaftszeichen",
    "aktenzeichen",
    "codiceavviso",
];
/// Of orders and bookings.
const ORDERED_BY: [&str; 32] = [
    "orderno",
    "ordernumber",
    "order#",
    "order",
    "orderid",
    "orderref",
    "orderreference",
    "auftragsnummer",
    "auftragsnr",
    "auftragnr",
    "bestellnummer",
    "bestellnr",
    "ordernummer",
    "ordernr",
    "ndecommande",
    "numerodecommande",
    "commanden",
    "numerodepedido",
    "ndepedido",
    "pedidon",
    "numeroordine",
    "ordinen",
    "bestelnummer",
    "reservationno",
    "confirmationno",
    "bookingno",
    "vorgangsnummer",
    "transactionid",
    "transactionno",
    "ticketno",
    "ticket",
    "orden",
];
/// Of policies and contracts.
const INSURED_BY: [&str; 16] = [
    "vsnr",
    "versicherungsscheinnummer",
    "versicherungsscheinnr",
    "versicherungsnummer",
    "policennummer",
    "policynumber",
    "policyno",
    "polisnummer",
    "polisnr",
    "numeropolizza",
    "npolizza",
    "npoliza",
    "ndepoliza",
    "poliza",
    "ndepolice",
    "numerodepolice",
];
/// Words of a paper that was paid already, folded: then the order named on it is its own.
const PAID_WITH: [&str; 13] = [
    "mastercard",
    "visa",
    "amex",
    "paypal",
    "kreditkarte",
    "creditcard",
    "credit card",
    "debit card",
    "carte bancaire",
    "carta di credito",
    "tarjeta de credito",
    "apple pay",
    "google pay",
];

/// The best of them, if the page has any.
pub(super) fn stand_in(layout: &Layout, hits: &[Hit]) -> Option<Found> {
    let text = fold(&layout.plain());
    let is_paid = PAID_WITH.iter().any(|words| text.contains(words));
    let of = |labels: &[&str]| {
        let own = hits.iter().filter(|hit| {
            matches!(
                hit.label,
                Label::Reference | Label::OtherNumber | Label::Order
            ) && labels.contains(&squash(&fold(&layout.text(hit.spot))).as_str())
        });
        let mut found = own.filter_map(|hit| {
            let (spot, nearness) = number_near(layout, hits, hit)?;
            let value = number_text(&layout.text(spot));
            let is_long = value.chars().filter(|c| c.is_alphanumeric()).count() >= MIN_CHARS;
            (nearness > 0 && is_long).then_some(Found {
                value,
                spot,
                confidence: STANDS_IN,
            })
        });
        found.next()
    };
    of(&BOOKED_BY)
        .or_else(|| is_paid.then(|| of(&ORDERED_BY)).flatten())
        .or_else(|| of(&INSURED_BY))
}

/// Shorter ones count something.
const MIN_CHARS: usize = 4;
