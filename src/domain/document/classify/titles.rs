//! The headings of a page and how much each says about what it is.

use super::score::LABEL;
use super::signs::BILLS;
use super::{Scores, uncl1001};
use crate::domain::document::labels;
use crate::domain::document::layout::{Layout, Spot, Token};
use crate::domain::document::words::{COMPOUND_ENDINGS, Heading, NO_COMPOUNDS, headings_of};

/// Headings in the upper part of the first page. `is_numbered`: the page bears the number of a bill with its label.
pub(super) fn titles(layout: &Layout, is_numbered: bool, scores: &mut Scores) {
    // On a bill `Angebot: 4711` in a block of labels names another paper; on an offer it may be all that names it.
    let mut as_bill = scores.clone();
    titles_of(layout, true, &mut as_bill);
    if is_numbered || as_bill.bare_title(&BILLS) >= CLEAR {
        *scores = as_bill;
    } else {
        titles_of(layout, false, scores);
    }
}

fn titles_of(layout: &Layout, is_bill: bool, scores: &mut Scores) {
    let first_page = layout
        .lines
        .iter()
        .take_while(|line| layout.is_text() || line.page == layout.first_page())
        .count()
        .min(80);
    let usual = layout.usual_height(first_page);
    let mut above = Above::Nothing;
    for line in 0..first_page {
        let depth = layout.depth_per_mille(line);
        let segments = layout.segments(line);
        // A row of names without a number is the head of a table.
        let is_table_head = segments.len() > 2
            && !segments
                .iter()
                .any(|segment| layout.text(*segment).contains(|c: char| c.is_ascii_digit()));
        for (at, segment) in segments.iter().enumerate() {
            let tokens = layout.tokens(*segment);
            // `ORDER CHANGE:  4711`, the number in a column of its own.
            let announces = tokens.last().is_some_and(|token| token.text.ends_with(':'))
                && segments
                    .get(at + 1)
                    .is_some_and(|next| layout.text(*next).chars().any(|c| c.is_ascii_digit()));
            let place = Place {
                depth,
                is_tall: layout.height_tenths(*segment) * 10 > usual * 13,
                is_at_left: segment.start == 0,
                columns: segments.len(),
                is_table_head,
                announces,
                is_named: is_named_kind(layout, *segment),
                is_divided: tokens.iter().any(|token| token.text.ends_with(':')),
                is_listed: is_bill && labels::is_label(layout, *segment),
            };
            let found = segment_titles(tokens, &place, above, scores);
            if let (Above::Nothing, Some(found)) = (above, found) {
                above = found;
            }
        }
    }
}

/// The headings one run of words begins with; what the strongest of them makes of the page below it.
fn segment_titles(
    tokens: &[Token],
    place: &Place,
    above: Above,
    scores: &mut Scores,
) -> Option<Above> {
    let spaced = letter_spaced(tokens);
    let keys = match &spaced {
        Some(word) => vec![word.as_str()],
        None => tokens.iter().filter_map(key_of).collect(),
    };
    let code = tokens.iter().find_map(|token| printed_code(&token.text));
    // `Your order: 4711` quotes it.
    let quotes = keys
        .first()
        .is_some_and(|first| BEFORE_HEADINGS.contains(first));
    let is_proforma = keys.iter().any(|key| PROFORMA.contains(key))
        || keys.windows(2).any(|pair| pair == ["pro", "forma"]);
    let mut strongest = None;
    for (heading, words, rest) in headings_at(&keys) {
        if quotes && is_an_order(heading) && !place.is_tall {
            continue;
        }
        let heading = code.filter(|_| is_a_bill(heading)).unwrap_or(heading);
        // `Invoice (pro forma)`.
        let heading = if is_a_bill(heading) && is_proforma {
            Heading::Proforma
        } else {
            heading
        };
        let weight = weight(heading, rest, place, above);
        // What a page says first of all it is rather than what it mentions further down.
        let is_first = above == Above::Nothing && weight >= 80;
        let bonus = if is_first { FIRST_TITLE } else { 0 };
        let is_bare = rest == Rest::Nothing || place.is_tall;
        scores.title(heading, (weight + bonus, is_bare), &words);
        if weight >= 80 && strongest.is_none_or(|(_, most)| weight > most) {
            // `Sollecito n. 1`, `Statement at 31.12.2026`: a number behind such a heading is its own, or a day.
            let is_plain =
                is_bare || matches!(rest, Rest::Number | Rest::Labelled) && !place.is_divided;
            let follows = names_others(heading) && is_plain && weight >= CLEAR;
            let makes = if follows {
                Above::Follower
            } else {
                Above::Other
            };
            strongest = Some((makes, weight));
        }
    }
    strongest.map(|(makes, _)| makes)
}

/// A word as headings are compared; a sign between words as a dash, other signs not at all.
fn key_of(token: &Token) -> Option<&str> {
    let is_sign = ["-", "\u{2013}", "\u{2014}", "/", "|", ":"].contains(&token.text.as_str());
    match token.key.as_str() {
        "" if token.text.starts_with('#') => Some("no"),
        "" => is_sign.then_some(SIGN),
        key => Some(key),
    }
}

/// `I N V O I C E`, as typewriters set headings.
fn letter_spaced(tokens: &[Token]) -> Option<String> {
    let is_letter = |token: &Token| token.key.chars().count() == 1;
    let is_spaced = tokens.len() >= 4 && tokens.iter().all(is_letter);
    is_spaced.then(|| tokens.iter().map(|token| token.key.as_str()).collect())
}

/// What stands for a sign between words.
const SIGN: &str = "-";

/// What the uppermost heading of the page is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Above {
    /// None was met.
    Nothing,
    /// Of a paper that names the bill or order it is about.
    Follower,
    /// Any other.
    Other,
}

/// Where a heading stands.
struct Place {
    depth: u32,
    is_tall: bool,
    is_at_left: bool,
    columns: usize,
    is_table_head: bool,
    announces: bool,
    /// It stands where a form says what kind of paper it is.
    is_named: bool,
    /// A colon stands in it, as between a label and its value.
    is_divided: bool,
    /// It stands among labels and has a value as they have, on a page headed as a bill.
    is_listed: bool,
}

/// `Document type` above a cell.
fn is_named_kind(layout: &Layout, cell: Spot) -> bool {
    let Some(above) = cell.line.checked_sub(1) else {
        return false;
    };
    let mut labels = layout.segments(above).into_iter();
    labels.any(|label| {
        let words = layout.tokens(label).iter().map(|token| token.key.as_str());
        let words = words.collect::<Vec<_>>().join(" ");
        KIND_LABELS.contains(&words.as_str()) && layout.is_under(label, cell)
    })
}

/// Labels of the cell of a form that says what paper it is.
const KIND_LABELS: [&str; 16] = [
    "document",
    "document type",
    "type of document",
    "belegart",
    "belegtyp",
    "dokument",
    "dokumentart",
    "type de document",
    "nature du document",
    "documento",
    "tipo documento",
    "tipo de documento",
    "tipo di documento",
    "tipo doc",
    "documenttype",
    "soort document",
];

/// From this weight a heading says what the page is.
const CLEAR: u32 = 180;

fn weight(heading: Heading, rest: Rest, place: &Place, above: Above) -> u32 {
    let is_quoted = matches!(rest, Rest::Number | Rest::Labelled | Rest::Label) && !place.is_tall;
    if place.depth >= 600 {
        return 0;
    }
    let is_quotable = is_an_order(heading) || heading == Heading::OrderResponse;
    if place.is_listed && !place.is_tall && is_quotable {
        return LABEL;
    }
    // Below the heading of a reminder a number with `Invoice no.` is the bill it is about.
    if is_quoted
        && (is_a_bill(heading) || is_an_order(heading))
        && (above == Above::Follower || above == Above::Other && place.is_table_head)
    {
        return LABEL;
    }
    if is_quoted && is_an_order(heading) && (above != Above::Nothing || rest == Rest::Label) {
        return LABEL;
    }
    let is_column = rest == Rest::Nothing && place.columns > 2 && !place.is_tall;
    if is_column && !place.is_named && above == Above::Follower {
        return LABEL;
    }
    match (rest, place.is_tall, place.depth) {
        (Rest::Words, ..) if !names_others(heading) || !place.is_at_left => 0,
        (Rest::Words, _, 0..500) if place.columns <= 2 => 130,
        (Rest::Words, ..) => 0,
        (Rest::Subtitled, ..) if is_an_order(heading) => LABEL,
        // `QUOTATION No 4711` begins a page; `Quotation no: 4711` is a label.
        (Rest::Labelled, false, 0..350)
            if is_an_order(heading) && place.is_at_left && !place.is_divided =>
        {
            180
        }
        (Rest::Labelled, false, 350..600) if is_an_order(heading) => LABEL,
        (Rest::Labelled, false, _) if is_an_order(heading) && place.columns > 1 => LABEL,
        (_, true, _) => 250,
        (Rest::Nothing, false, 0..500)
            if place.announces || place.columns <= 2 || place.is_named =>
        {
            230
        }
        (Rest::Nothing, false, 0..500) if place.columns > 3 => LABEL,
        (Rest::Nothing, false, 0..500) => 120,
        (Rest::Nothing, false, _) if place.columns > 2 => LABEL,
        _ if place.is_at_left => 180,
        _ => 80,
    }
}

/// More for the uppermost heading, in hundredths.
const FIRST_TITLE: u32 = 40;

/// The paper a type code of UNCL1001 printed behind a heading stands for: `Invoice correction (384)`.
fn printed_code(text: &str) -> Option<Heading> {
    let code = text.strip_prefix('(')?.strip_suffix(')')?;
    let is_code = code.len() == 3 && code.bytes().all(|b| b.is_ascii_digit());
    let meaning = uncl1001::meaning(code);
    (is_code && meaning.doubt.is_none()).then_some(meaning.heading)
}

fn is_a_bill(heading: Heading) -> bool {
    matches!(
        heading,
        Heading::Invoice | Heading::CreditNote | Heading::SelfBilling
    )
}

/// Numbers of these are quoted on every paper that follows them.
fn is_an_order(heading: Heading) -> bool {
    matches!(
        heading,
        Heading::Order | Heading::Delivery | Heading::Quotation
    )
}

/// Papers about another one, whose number they show; and whose names are no labels on others.
fn names_others(heading: Heading) -> bool {
    match heading {
        Heading::Reminder
        | Heading::Statement
        | Heading::OrderChange
        | Heading::OrderResponse
        | Heading::Proforma
        | Heading::DirectDebit
        | Heading::BankDetails
        | Heading::Dispute => true,
        Heading::Invoice
        | Heading::CreditNote
        | Heading::SelfBilling
        | Heading::DebitNote
        | Heading::Order
        | Heading::Delivery
        | Heading::Remittance
        | Heading::Receipt
        | Heading::Bank
        | Heading::Quotation => false,
    }
}

/// What follows a heading in its segment.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Rest {
    Nothing,
    Number,
    /// `no.` and a number: perhaps a heading, perhaps a label.
    Labelled,
    /// `no.` and nothing: a label.
    Label,
    /// A dash and other words: `Reminder - unpaid invoice`.
    Subtitled,
    /// Other words.
    Words,
}

/// `Subject: invoice 4711`.
const SUBJECTS: [&str; 10] = [
    "subject",
    "re",
    "betreff",
    "betr",
    "objet",
    "asunto",
    "oggetto",
    "betreft",
    "onderwerp",
    "concerne",
];
/// `Your invoice for October`, `Copy of invoice`.
const BEFORE_HEADINGS: [&str; 22] = [
    "ihre",
    "ihr",
    "unsere",
    "unser",
    "your",
    "our",
    "votre",
    "notre",
    "su",
    "nuestra",
    "vostra",
    "nostra",
    "uw",
    "onze",
    "kopie",
    "copy",
    "duplicate",
    "duplikat",
    "duplicata",
    "copia",
    "original",
    "originale",
];
/// Say beside the heading of a bill that it is none yet, folded.
const PROFORMA: [&str; 4] = [
    "proforma",
    "pro-forma",
    "proformarechnung",
    "proforma-rechnung",
];
/// `Second notice`, `2. Mahnung`: which of several papers of a kind it is.
const ORDINALS: [&str; 38] = [
    "1",
    "2",
    "3",
    "1st",
    "2nd",
    "3rd",
    "first",
    "second",
    "third",
    "final",
    "last",
    "erste",
    "zweite",
    "dritte",
    "letzte",
    "premier",
    "premiere",
    "deuxieme",
    "troisieme",
    "dernier",
    "derniere",
    "primer",
    "primera",
    "segundo",
    "segunda",
    "tercer",
    "ultimo",
    "ultima",
    "primo",
    "secondo",
    "terzo",
    "eerste",
    "tweede",
    "derde",
    "laatste",
    "1er",
    "2e",
    "2eme",
];
/// Words of a label between a heading and its number.
const NUMBER_WORDS: [&str; 9] = [
    "no", "nr", "n", "number", "nummer", "numero", "id", "num", "ref",
];

/// `accuse de reception de commande`.
const MAX_HEADING_WORDS: usize = 5;

/// Headings a segment begins with, perhaps behind a word such as `Our`, `Subject` or `Second`; of two papers in one,
/// `Lieferschein / Rechnung`, both.
fn headings_at(keys: &[&str]) -> Vec<(Heading, String, Rest)> {
    let mut found = beginnings(keys);
    let sign = keys
        .iter()
        .take(MAX_HEADING_WORDS)
        .position(|key| *key == SIGN);
    let second = sign.and_then(|at| keys.get(at + 1..)).filter(|_| {
        let is_beside = |(_, _, rest): &(Heading, String, Rest)| *rest == Rest::Subtitled;
        found.iter().any(is_beside)
    });
    if let Some(second) = second {
        let bills = beginnings(second).into_iter();
        found.extend(bills.filter(|(heading, ..)| is_a_bill(*heading)));
    }
    if found.is_empty() {
        found.extend(of_a_trade(keys));
    }
    match keys {
        [first, SIGN, rest @ ..] | [first, rest @ ..]
            if found.is_empty()
                && (BEFORE_HEADINGS.contains(first)
                    || SUBJECTS.contains(first)
                    || ORDINALS.contains(first)) =>
        {
            let own = beginnings(rest);
            match rest {
                [second, rest @ ..] if own.is_empty() && ORDINALS.contains(second) => {
                    beginnings(rest)
                }
                _ => own,
            }
        }
        _ => found,
    }
}

/// `Commission tax invoice`, `Fuel card invoice`: what was sold, and the word for the bill. Words that speak of a bill
/// instead of naming the paper do not stand before it.
fn of_a_trade(keys: &[&str]) -> Option<(Heading, String, Rest)> {
    let at = keys
        .iter()
        .take(MAX_HEADING_WORDS)
        .position(|key| *key == "invoice")?;
    let before = keys.get(..at)?;
    let is_word = |key: &&str| key.len() >= 3 && key.chars().all(char::is_alphabetic);
    let names = before
        .iter()
        .all(|key| is_word(key) && !NO_TRADES.contains(key));
    let rest = rest_of(keys.get(at + 1..)?)?;
    let is_heading = matches!(rest, Rest::Nothing | Rest::Number | Rest::Labelled);
    (!before.is_empty() && names && is_heading)
        .then(|| (Heading::Invoice, before.join(" ") + " invoice", rest))
}

/// Words before `invoice` where another paper speaks of it, folded.
const NO_TRADES: [&str; 42] = [
    "overdue",
    "unpaid",
    "outstanding",
    "open",
    "proforma",
    "forma",
    "draft",
    "preliminary",
    "estimated",
    "pending",
    "past",
    "due",
    "late",
    "disputed",
    "missing",
    "each",
    "every",
    "per",
    "for",
    "from",
    "with",
    "the",
    "this",
    "that",
    "your",
    "our",
    "any",
    "all",
    "next",
    "last",
    "previous",
    "original",
    "related",
    "reference",
    "ref",
    "payment",
    "not",
    "see",
    "request",
    "supplier",
    "customer",
    "dummy",
];

/// The longest words of each kind; only when nothing or a number follows.
fn beginnings(keys: &[&str]) -> Vec<(Heading, String, Rest)> {
    let Some(first) = keys.first() else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for length in (1..=MAX_HEADING_WORDS.min(keys.len())).rev() {
        let joined = keys.get(..length).unwrap_or_default().join(" ");
        let joined = joined.replace('\u{2019}', "'");
        let Some(rest) = rest_of(keys.get(length..).unwrap_or_default()) else {
            continue;
        };
        // `Credit limit 25,000`: the word alone heads a credit note, before others it does not.
        let is_plain = joined != "credit" || matches!(rest, Rest::Nothing | Rest::Labelled);
        let named = headings_of(&joined).filter(|_| is_plain);
        found.extend(named.map(|heading| (heading, joined.clone(), rest)));
        if length == 1 && found.is_empty() {
            let is_none = NO_COMPOUNDS
                .iter()
                .any(|word| first.ends_with(word) && !headings_of(first).any(is_a_bill));
            let ending = COMPOUND_ENDINGS.iter().find(|(heading, ending)| {
                let is_known = *heading == Heading::Proforma || !is_none;
                first.len() > ending.len() && first.ends_with(ending) && is_known
            });
            found.extend(ending.map(|(heading, _)| (*heading, joined.clone(), rest)));
        }
        if !found.is_empty() {
            break;
        }
    }
    found
}

fn rest_of(rest: &[&str]) -> Option<Rest> {
    let has_number = |keys: &[&str]| {
        keys.iter()
            .take(4)
            .any(|key| key.contains(|c: char| c.is_ascii_digit()))
    };
    let (is_parted, rest) = match rest {
        [SIGN, rest @ ..] => (true, rest),
        rest => (false, rest),
    };
    if rest.len() > 8 {
        return None;
    }
    match rest {
        [] => Some(Rest::Nothing),
        [word, more @ ..] if NUMBER_WORDS.contains(word) => {
            if more.is_empty() {
                Some(Rest::Label)
            } else {
                has_number(more).then_some(Rest::Labelled)
            }
        }
        rest if has_number(rest) => Some(Rest::Number),
        _ if is_parted => Some(Rest::Subtitled),
        rest if rest.len() <= 4 => Some(Rest::Words),
        _ => None,
    }
}
