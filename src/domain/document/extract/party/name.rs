//! What can be the name of a company on a page, and what cannot.

use crate::basics::text::{fold, squash};
use crate::domain::document::identity::has_legal_form;
use crate::domain::document::labels::{Hit, Label};
use crate::domain::document::layout::{Layout, Spot, Token};
use crate::domain::document::words::headings_of;

/// Most words of a name: longer runs are sentences.
const MAX_WORDS: usize = 9;

/// Lines of an address that are no names, folded.
const COUNTRIES: [&str; 24] = [
    "deutschland",
    "germany",
    "osterreich",
    "austria",
    "schweiz",
    "switzerland",
    "france",
    "frankreich",
    "espana",
    "spain",
    "italia",
    "italy",
    "nederland",
    "netherlands",
    "the netherlands",
    "belgie",
    "belgium",
    "belgique",
    "united kingdom",
    "united states",
    "usa",
    "ireland",
    "luxembourg",
    "polska",
];

/// Words that stand in sentences, headings and addresses, never in the name of a company, folded.
const NO_NAME_WORDS: [&str; 62] = [
    "thank",
    "thanks",
    "you",
    "your",
    "please",
    "welcome",
    "dear",
    "dank",
    "danke",
    "vielen",
    "bitte",
    "sehr",
    "geehrte",
    "geehrter",
    "ihre",
    "ihr",
    "sie",
    "wir",
    "unsere",
    "merci",
    "votre",
    "vous",
    "nous",
    "gracias",
    "grazie",
    "bedankt",
    "uw",
    "page",
    "seite",
    "pagina",
    "pag",
    "huesped",
    "invoice",
    "rechnung",
    "facture",
    "factura",
    "fattura",
    "factuur",
    "receipt",
    "quittung",
    "original",
    "kopie",
    "copy",
    "copia",
    "herr",
    "herrn",
    "frau",
    "mr",
    "mrs",
    "ms",
    "madame",
    "monsieur",
    "dhr",
    "mevr",
    "gescaftsfuhrer",
    "geschaftsfuhrer",
    "geschaftsfuhrung",
    "telefon",
    "telefax",
    "amtsgericht",
    "registergericht",
    "umsatzsteuer",
];
/// Ends of words that make a row the line of an address, folded.
const STREETS: [&str; 20] = [
    "strasse", "straße", "str.", "street", "road", "avenue", "rue", "laan", "straat", "weg",
    "platz", "suite", "postfach", "allee", "gasse", "steenweg", "plein", "kade", "dreef", "ufer",
];
/// Words that begin the line of an address, folded.
const STREETS_FIRST: [&str; 24] = [
    "calle",
    "c/",
    "via",
    "piazza",
    "corso",
    "viale",
    "largo",
    "vicolo",
    "strada",
    "plaza",
    "avda.",
    "avda",
    "avenida",
    "paseo",
    "ronda",
    "camino",
    "boulevard",
    "bd",
    "impasse",
    "quai",
    "chemin",
    "place",
    "chaussee",
    "za",
];

/// The words of a segment that could be a name: behind its label, up to a divider, a comma or the legal form.
/// `Name GmbH - Street 1 - 12345 Town` has the name in front.
pub(super) fn part_of(layout: &Layout, hits: &[Hit], segment: Spot) -> Option<Spot> {
    let label = hits.iter().filter(|hit| {
        hit.spot.line == segment.line
            && hit.spot.start == segment.start
            && hit.spot.end <= segment.end
    });
    let mut start = segment.start;
    for hit in label {
        let names_a_party = matches!(hit.label, Label::Seller | Label::Name | Label::Addressee);
        if hit.spot.end == segment.end {
            return None;
        }
        let colon = has_colon(layout, *hit);
        if colon && !names_a_party {
            return None;
        }
        if colon {
            start = hit.spot.end;
        } else if !names_a_party && value_follows(layout, hit.spot, segment) {
            return None;
        }
    }
    while layout
        .tokens(Spot {
            start,
            end: start + 1,
            ..segment
        })
        .first()
        .is_some_and(|token| token.key.is_empty())
        && start < segment.end
    {
        start += 1;
    }
    let whole = Spot { start, ..segment };
    let tokens = layout.tokens(whole);
    let divider = tokens.iter().position(|token| divides(&token.text));
    // `Name, S.L.`: the comma stands before the legal form.
    let comma = tokens.windows(2).position(
        |pair| matches!(pair, [word, next] if word.text.ends_with(',') && !is_form(&next.text)),
    );
    let comma = comma.or_else(|| {
        let last = tokens.last()?;
        last.text.ends_with(',').then_some(tokens.len() - 1)
    });
    let comma = comma.filter(|at| !goes_on_to_form(tokens.get(at + 1..).unwrap_or_default()));
    let form = tokens
        .iter()
        .position(|token| is_form(&token.text))
        .map(|at| {
            // `GmbH & Co. KG`.
            let rest = tokens.get(at + 1..).unwrap_or_default();
            let more = rest
                .iter()
                .take_while(|token| {
                    matches!(token.key.as_str(), "" | "co" | "kg") && !divides(&token.text)
                })
                .count();
            at + 1 + more
        });
    let end = [divider, comma.map(|at| at + 1), form]
        .into_iter()
        .flatten()
        .min()
        .unwrap_or(tokens.len());
    (end > 0).then_some(Spot {
        end: start + end,
        ..whole
    })
}

/// `Berg, Tal & Partner mbB`: names of partners up to the legal form of all of them.
fn goes_on_to_form(rest: &[Token]) -> bool {
    let form = rest.iter().position(|token| is_form(&token.text));
    let names = form.and_then(|form| rest.get(..form)).unwrap_or_default();
    let joins = |token: &Token| token.text == "&" || JOINS.contains(&token.key.as_str());
    let is_plain = |token: &Token| !token.text.contains(|c: char| c.is_ascii_digit());
    names.len() <= MAX_WORDS && names.iter().any(joins) && names.iter().all(is_plain)
}

/// Words between the names of partners, folded.
const JOINS: [&str; 6] = ["und", "and", "et", "y", "e", "en"];

fn has_colon(layout: &Layout, hit: Hit) -> bool {
    let next = layout.tokens(Spot {
        start: hit.spot.end,
        end: hit.spot.end + 1,
        ..hit.spot
    });
    // `SELLER .......: NAME`, with points up to the value.
    let leads = |text: &str| text.starts_with(':') || text.len() > 2 && text.starts_with("..");
    layout.text(hit.spot).ends_with(':') || next.first().is_some_and(|next| leads(&next.text))
}

/// Digits stand behind a label in its segment: it is one, and no part of a name.
fn value_follows(layout: &Layout, label: Spot, segment: Spot) -> bool {
    let rest = Spot {
        start: label.end,
        ..segment
    };
    let next = layout.tokens(rest).first();
    next.is_some_and(|token| token.text.chars().any(|c| c.is_ascii_digit()))
}

/// A mark between the parts of a line.
pub(super) fn divides(text: &str) -> bool {
    matches!(
        text,
        "-" | "–"
            | "—"
            | "·"
            | "•"
            | "|"
            | "*"
            | "●"
            | "∙"
            | "٠"
            | "/"
            | "▪"
            | "■"
            | "‧"
            | "◦"
            | "○"
    )
}

fn is_form(text: &str) -> bool {
    let text = text.trim_end_matches([',', ';']);
    // A legal form is looked for behind a name.
    text.chars().any(char::is_uppercase) && has_legal_form(&format!("Name {text}"))
}

/// Without what stands around it.
pub(super) fn trimmed(text: &str) -> &str {
    text.trim_matches(|c: char| !(c.is_alphanumeric() || matches!(c, '.' | ')' | '!')))
        .trim()
}

/// One to nine words of letters, no address, no sentence, no heading.
pub(super) fn is_name(text: &str) -> bool {
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let folded = fold(text);
    let words = folded.split_whitespace().collect::<Vec<_>>();
    let starts_with_digit = |word: &&str| word.starts_with(|c: char| c.is_ascii_digit());
    let has_form = has_legal_form(text);
    let number_first = words.first().is_some_and(starts_with_digit) && !has_form;
    let number_last = words.last().is_some_and(starts_with_digit) && words.len() >= 2 && !has_form;
    let is_street = words
        .iter()
        .any(|word| STREETS.iter().any(|part| word.ends_with(part)));
    let is_street = is_street
        || words
            .first()
            .is_some_and(|word| STREETS_FIRST.contains(word));
    let speaks = words.iter().any(|word| {
        let plain = word.trim_matches(|c: char| !c.is_alphanumeric());
        NO_NAME_WORDS.contains(&plain)
    });
    let is_heading = headings_of(&folded).next().is_some();
    letters >= 3
        && digits * 4 <= letters
        && (1..=MAX_WORDS).contains(&words.len())
        && !number_first
        && !number_last
        && (!is_street || has_form)
        && !speaks
        && !is_heading
        && !COUNTRIES.contains(&folded.as_str())
        && !text.contains(['@', ':', '€', '$', '%', '?', '=', '_', ';'])
        && !text.contains("www.")
        && !squash(text).is_empty()
}
