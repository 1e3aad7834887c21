//! The headings a segment begins with, and what follows them in it.

use crate::domain::document::words::{COMPOUND_ENDINGS, Heading, NO_COMPOUNDS, headings_of};

/// What stands for a sign between words.
pub(super) const SIGN: &str = "-";

/// A paper that asks for money or gives it back.
pub(super) fn is_a_bill(heading: Heading) -> bool {
    matches!(
        heading,
        Heading::Invoice | Heading::CreditNote | Heading::SelfBilling
    )
}

/// What follows a heading in its segment.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Rest {
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
pub(super) const BEFORE_HEADINGS: [&str; 22] = [
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
pub(super) const PROFORMA: [&str; 4] = [
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
pub(super) fn headings_at(keys: &[&str]) -> Vec<(Heading, String, Rest)> {
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
        found.extend(of_an_order(keys));
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

/// `Bestätigung Ihres Auftrags`, `Acknowledgement of your purchase order`: who confirms an order bills it later.
fn of_an_order(keys: &[&str]) -> Option<(Heading, String, Rest)> {
    let (first, rest) = keys.split_first()?;
    if !CONFIRMATIONS.contains(first) {
        return None;
    }
    let between = rest.iter().take_while(|key| OF_YOUR.contains(key)).count();
    let order = rest.get(between)?;
    let is_order = ORDERS.iter().any(|word| {
        let before = order.strip_suffix(word);
        before.is_some_and(|before| before.is_empty() || before.ends_with('\''))
    });
    let named = keys.get(..between + 2)?.join(" ");
    let rest = rest_of(keys.get(between + 2..)?)?;
    is_order.then_some((Heading::OrderResponse, named, rest))
}

/// Words that confirm, folded.
const CONFIRMATIONS: [&str; 12] = [
    "confirmation",
    "acknowledgement",
    "acknowledgment",
    "acceptance",
    "bestatigung",
    "annahme",
    "confirmacion",
    "aceptacion",
    "conferma",
    "accettazione",
    "bevestiging",
    "accuse",
];
/// What stands between them and the order.
const OF_YOUR: [&str; 22] = [
    "of",
    "your",
    "our",
    "the",
    "purchase",
    "sales",
    "ihres",
    "ihrer",
    "der",
    "des",
    "de",
    "du",
    "votre",
    "la",
    "su",
    "vuestro",
    "del",
    "di",
    "vostro",
    "uw",
    "van",
    "reception",
];
/// Words for an order.
const ORDERS: [&str; 10] = [
    "order",
    "orders",
    "auftrags",
    "auftrages",
    "bestellung",
    "commande",
    "pedido",
    "ordine",
    "bestelling",
    "opdracht",
];

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
        // `D.D.T.`
        let plain = joined.replace('.', "");
        let named = headings_of(&joined).chain(headings_of(&plain).filter(|_| plain != joined));
        let named = named.filter(|_| is_plain);
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
