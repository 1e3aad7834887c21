//! Signs of an issuer without a legal form or a label: a block set to the right, a profession, a public body.
#![expect(
    clippy::float_arithmetic,
    reason = "places on a page are floats in every format that has pages; no amount passes through here"
)]

use crate::basics::text::fold;
use crate::domain::document::layout::{Layout, Spot};

/// Words that begin the name of a public body, a school or a practice, and the titles of professions, folded.
const BEGINNINGS: [&str; 66] = [
    "comune",
    "stadt",
    "gemeinde",
    "marktgemeinde",
    "stadtgemeinde",
    "landkreis",
    "bezirk",
    "land",
    "finanzamt",
    "landesjustizkasse",
    "stadtwerke",
    "ville",
    "mairie",
    "commune",
    "prefecture",
    "ayuntamiento",
    "diputacion",
    "junta",
    "gemeente",
    "provincie",
    "council",
    "borough",
    "county",
    "city",
    "kammer",
    "handelskammer",
    "handwerkskammer",
    "industrie-",
    "chambre",
    "camera",
    "camara",
    "kamer",
    "ordre",
    "ordine",
    "colegio",
    "universitat",
    "universita",
    "universite",
    "universidad",
    "universiteit",
    "university",
    "hochschule",
    "ecole",
    "dr",
    "dr.",
    "prof",
    "prof.",
    "dott",
    "dott.",
    "dott.ssa",
    "avv.",
    "ing.",
    "arch.",
    "geom.",
    "rag.",
    "me",
    "maitre",
    "mag.",
    "dipl.-ing.",
    "notar",
    "notarin",
    "studio",
    "cabinet",
    "kanzlei",
    "praxis",
    "etude",
];

/// It begins as the names of public bodies, schools and professions do.
pub(super) fn begins_as_body(name: &str) -> bool {
    let folded = fold(name);
    let words = folded.split_whitespace().collect::<Vec<_>>();
    let first = words.first().copied().unwrap_or_default();
    words.len() >= 2 && BEGINNINGS.contains(&first)
}

/// Rows below a name looked at for the edges of its block.
const BLOCK_ROWS: usize = 3;

/// The rows below end where it ends and begin elsewhere: letterheads are set to the right, addressees never are.
pub(super) fn is_set_right(layout: &Layout, spot: Spot) -> bool {
    let place = layout.place(spot);
    let slack = (place.bottom - place.top).max(4.0) * 0.5;
    let rows = layout.below(spot, BLOCK_ROWS).into_iter();
    let rows = rows.map(|row| layout.place(row)).collect::<Vec<_>>();
    let ends_level = rows.iter().all(|row| (row.x1 - place.x1).abs() < slack);
    let ragged = rows
        .iter()
        .filter(|row| (row.x0 - place.x0).abs() > slack * 2.0);
    rows.len() >= 2 && ends_level && ragged.count() >= 1
}
