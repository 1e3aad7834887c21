//! What the words around a label make of it: `Total excl. VAT` is the net, `Rechnungssumme brutto` the gross, `Your VAT no.`
//! the customer's.

use super::{Hit, Label};
use crate::domain::document::layout::{Layout, Spot, Token, on_row};

/// Words behind a total looked at; a longer run is a sentence.
const MAX_TAIL: usize = 6;

/// Say that the tax is not in a total, folded.
const WITHOUT_TAX: [&str; 24] = [
    "netto",
    "net",
    "nett",
    "excl",
    "exkl",
    "excluding",
    "exclusive",
    "exclusief",
    "ex",
    "ohne",
    "zonder",
    "without",
    "before",
    "hors",
    "ht",
    "h.t",
    "sin",
    "sans",
    "esclusa",
    "escl",
    "excluido",
    "excluida",
    "neto",
    "vor",
];
/// Say that it is.
const WITH_TAX: [&str; 24] = [
    "brutto",
    "gross",
    "incl",
    "inkl",
    "including",
    "inclusive",
    "inclusief",
    "inc",
    "ttc",
    "t.t.c",
    "mit",
    "compris",
    "comprise",
    "con",
    "incluido",
    "incluida",
    "inclusa",
    "incluso",
    "einschl",
    "einschliesslich",
    "bruto",
    "ivato",
    "lordo",
    "avec",
];
/// Make what follows the other party's, folded.
const OF_THE_READER: [&str; 18] = [
    "your", "ihre", "ihr", "votre", "vos", "su", "vostra", "vostro", "vs", "uw", "customer",
    "client", "cliente", "klant", "kunde", "kunden", "buyer", "acheteur",
];

/// The labels of one row, seen with the words beside them.
pub(super) fn refine(layout: &Layout, line: usize, hits: &mut Vec<Hit>) {
    let Some(row) = layout.lines.get(line) else {
        return;
    };
    let mut refined: Vec<Hit> = Vec::with_capacity(hits.len());
    for hit in hits.iter() {
        let absorbed = refined
            .last()
            .is_some_and(|before| is_total(before.label) && before.spot.end > hit.spot.start);
        if !absorbed {
            refined.push(qualified(layout, &row.tokens, *hit));
        }
    }
    *hits = refined;
}

/// The words before a label in its column, or between it and its value at `until`, make the value the customer's.
pub fn is_of_the_reader(layout: &Layout, hit: &Hit, until: usize) -> bool {
    let Some(row) = layout.lines.get(hit.spot.line) else {
        return false;
    };
    let from = layout
        .segments(hit.spot.line)
        .iter()
        .map(|segment| segment.start)
        .rfind(|start| *start <= hit.spot.start)
        .unwrap_or(hit.spot.start)
        .max(hit.spot.start.saturating_sub(2));
    let words = row
        .tokens
        .get(from..until.max(hit.spot.end))
        .unwrap_or_default();
    words
        .iter()
        .any(|word| OF_THE_READER.contains(&word.key.as_str()))
}

/// The label begins its column, or follows another label, a number or a colon: what stands in the middle of a sentence
/// talks about a thing and does not announce it.
pub fn leads_its_column(layout: &Layout, hits: &[Hit], hit: &Hit) -> bool {
    let Some(at) = hit.spot.start.checked_sub(1) else {
        return true;
    };
    let before = Spot {
        line: hit.spot.line,
        start: at,
        end: hit.spot.start,
    };
    let begins = layout
        .segments(hit.spot.line)
        .iter()
        .any(|segment| segment.start == hit.spot.start);
    let word = layout.tokens(before).first();
    let is_plain_word = word.is_some_and(|word| {
        word.key.len() >= 2
            && word.key.chars().all(char::is_alphabetic)
            && !word.text.ends_with([':', ',', '.', ';', ')'])
    });
    let labelled = on_row(hits, before.line)
        .iter()
        .any(|other| other.spot.start <= at && at < other.spot.end && other.strength > 1);
    begins || !is_plain_word || labelled
}

/// A second label that only completes the first: `Order no. customer: 4711`.
pub fn continues(hit: &Hit, other: &Hit) -> bool {
    let completes = matches!(
        other.label,
        Label::Addressee | Label::Seller | Label::Name | Label::Column | Label::Currency
    );
    completes && other.spot.line == hit.spot.line && other.spot.start == hit.spot.end
        || other.spot == hit.spot
}

fn is_total(label: Label) -> bool {
    matches!(label, Label::Net | Label::Gross | Label::Payable)
}

/// A total with `netto`, `incl. VAT` and the like behind it, in the same column and before its number.
fn qualified(layout: &Layout, tokens: &[Token], hit: Hit) -> Hit {
    if !is_total(hit.label) || hit.label == Label::Payable {
        return hit;
    }
    let run = layout.run(hit.spot.line, hit.spot.start, tokens.len());
    let tail = tokens
        .get(hit.spot.end..run.end.min(hit.spot.end + MAX_TAIL))
        .unwrap_or_default();
    let mut label = None;
    let mut end = hit.spot.end;
    for (offset, token) in tail.iter().enumerate() {
        let number = token.key.starts_with(|c: char| c.is_ascii_digit());
        if number && !token.text.contains('%') {
            break;
        }
        let word = token.key.as_str();
        let meaning = match (WITHOUT_TAX.contains(&word), WITH_TAX.contains(&word)) {
            (true, _) => Some(Label::Net),
            (_, true) => Some(Label::Gross),
            _ => None,
        };
        label = label.or(meaning);
        if label.is_some() {
            end = hit.spot.end + offset + 1;
        }
    }
    label.map_or(hit, |label| Hit {
        label,
        strength: 3,
        spot: Spot { end, ..hit.spot },
    })
}
