//! The number that stands for the number of a bill which has none: the cash reference of an authority, the order of a
//! paper that was paid with it, the policy of a premium. Never sure: it names more than this one paper.

use super::Found;
use super::place::number_near;
use crate::basics::text::{fold, squash};
use crate::domain::document::extract::identifiers::shape::number_text;
use crate::domain::document::labels::{Hit, Label};
use crate::domain::document::layout::{Layout, Spot, on_row};

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
        .or_else(|| beside_the_day(layout, hits))
}

/// Rows above and below the label of the day in which its block goes on.
const ROWS_OF_BLOCK: usize = 5;
/// Words of a label.
const MAX_LABEL_WORDS: usize = 4;
/// Labels of numbers that are called a paper's own where no other is, folded, without blanks and signs.
const OWN: [&str; 12] = [
    "onskenmerk",
    "onzereferentie",
    "unserzeichen",
    "ourref",
    "ourreference",
    "notreref",
    "notrereference",
    "nuestrareferencia",
    "nreferencia",
    "vorgangsnummer",
    "transactionno",
    "referencia",
];

/// The only number that stands behind a label nobody knows in the block or the row of labels that has the day of the bill: whatever
/// the program that wrote it calls its number.
fn beside_the_day(layout: &Layout, hits: &[Hit]) -> Option<Found> {
    let mut days = hits.iter();
    let day = days.find(|hit| hit.label == Label::IssueDate && hit.strength >= 2)?;
    let from = day.spot.line.saturating_sub(ROWS_OF_BLOCK);
    let rows = from..=day.spot.line + ROWS_OF_BLOCK;
    let columns = rows.flat_map(|line| layout.segments(line));
    let labels = columns.filter_map(|column| unknown_label(layout, hits, column));
    let beside = labels.filter(|label| {
        let is_in_row = label.line == day.spot.line;
        is_in_row || layout.starts_level(*label, day.spot)
    });
    let found = beside.filter_map(|spot| {
        let label = Hit {
            label: Label::Number,
            strength: 2,
            spot,
        };
        let (spot, nearness) = number_near(layout, hits, &label)?;
        let value = number_text(&layout.text(spot));
        let digits = value.chars().filter(char::is_ascii_digit).count();
        let is_it = nearness >= 40 && digits >= 3 && !value.starts_with('+');
        is_it.then_some(Found {
            value,
            spot,
            confidence: STANDS_IN,
        })
    });
    let found = found.collect::<Vec<_>>();
    let (first, rest) = found.split_first()?;
    let is_one = rest.iter().all(|other| other.value == first.value);
    is_one.then(|| first.clone())
}

/// The words without digits that begin a column, where no label is known among them, or one that may be the paper's own.
fn unknown_label(layout: &Layout, hits: &[Hit], column: Spot) -> Option<Spot> {
    let words = layout.tokens(column).iter();
    let label = words.take_while(|word| !word.text.contains(|c: char| c.is_ascii_digit()));
    let spot = Spot {
        end: column.start + label.count(),
        ..column
    };
    let text = squash(&fold(&layout.text(spot)));
    let is_word = text.chars().filter(|c| c.is_alphabetic()).count() >= 3;
    let is_short = spot.end - spot.start <= MAX_LABEL_WORDS;
    let is_known = on_row(hits, spot.line)
        .iter()
        .any(|hit| hit.spot.start < spot.end && spot.start < hit.spot.end);
    // `Delivery to house 4711` is a sentence.
    let is_ended = spot.end == column.end || layout.text(spot).ends_with(':');
    (is_word && is_short && is_ended && (!is_known || OWN.contains(&text.as_str()))).then_some(spot)
}

/// Shorter ones count something.
const MIN_CHARS: usize = 4;
