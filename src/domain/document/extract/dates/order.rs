//! Whether the day or the month stands first in `03/04/2026`: signs that agree decide, never one alone (DOMAIN 3.3).

use super::printed::Printed;
use crate::basics::calendar::days_between;
use crate::domain::document::labels::{Hit, Label};
use crate::domain::document::layout::{Layout, Token};

/// Terms of payment met on bills, in days: of two orders the one that gives such a term is likely.
const USUAL_TERMS: [i32; 11] = [7, 10, 14, 15, 20, 21, 28, 30, 45, 60, 90];
/// Signs that have to agree.
const ENOUGH: u32 = 2;

/// Whether the day or the month stands first.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Order {
    /// Most of the world.
    DayFirst,
    /// The United States.
    MonthFirst,
    /// Nothing on the page tells.
    Unknown,
}

/// What speaks for each order.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
struct Votes {
    day: u32,
    month: u32,
}

impl Votes {
    fn add(&mut self, order: Order) {
        match order {
            Order::DayFirst => self.day += 1,
            Order::MonthFirst => self.month += 1,
            Order::Unknown => {}
        }
    }
}

/// What the rest of the page tells about where it comes from.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Origin<'a> {
    /// ISO code of its currency.
    pub currency: Option<&'a str>,
    /// It bears a VAT id or an account of a European country that is not the reader's.
    pub is_european: bool,
}

/// The order, and whether it is certain: shown by another date of the page, or by two signs that agree. Signs that
/// contradict each other say nothing.
pub fn order(
    layout: &Layout,
    hits: &[Hit],
    dates: &[Printed],
    origin: &Origin<'_>,
) -> (Order, bool) {
    let shown = by_other_dates(dates, layout);
    if shown != Order::Unknown {
        return (shown, true);
    }
    if has_both_orders(dates, layout) {
        return (Order::Unknown, false);
    }
    let mut votes = Votes::default();
    votes.add(by_currency(origin.currency));
    votes.add(by_language(layout));
    if origin.is_european {
        votes.add(Order::DayFirst);
    }
    if has_american_address(layout) || names_america(layout) {
        votes.add(Order::MonthFirst);
    }
    votes.add(by_term(hits, dates));
    match (votes.day, votes.month) {
        (day, 0) if day > 0 => (Order::DayFirst, day >= ENOUGH),
        (0, month) if month > 0 => (Order::MonthFirst, month >= ENOUGH),
        _ => (Order::Unknown, false),
    }
}

/// How many dates can only be read with the day, and how many only with the month first.
fn plain_dates(dates: &[Printed], layout: &Layout) -> Votes {
    let mut votes = Votes::default();
    for printed in dates {
        let text = layout.text(printed.spot);
        if !text.contains(['/', '-']) {
            continue;
        }
        let numbers = text
            .split(|c: char| !c.is_ascii_digit())
            .filter_map(|n| n.parse::<u32>().ok())
            .collect::<Vec<_>>();
        match numbers.as_slice() {
            [a, b, _] if (13..=31).contains(a) && *b <= 12 => votes.add(Order::DayFirst),
            [a, b, _] if (13..=31).contains(b) && *a <= 12 => votes.add(Order::MonthFirst),
            _ => {}
        }
    }
    votes
}

fn by_other_dates(dates: &[Printed], layout: &Layout) -> Order {
    let Votes { day, month } = plain_dates(dates, layout);
    match (day, month) {
        (1.., 0) => Order::DayFirst,
        (0, 1..) => Order::MonthFirst,
        _ => Order::Unknown,
    }
}

fn has_both_orders(dates: &[Printed], layout: &Layout) -> bool {
    let Votes { day, month } = plain_dates(dates, layout);
    day > 0 && month > 0
}

fn by_currency(code: Option<&str>) -> Order {
    match code {
        Some("USD") => Order::MonthFirst,
        // Canada and some others write both ways.
        Some("CAD" | "CNY" | "JPY" | "HUF") | None => Order::Unknown,
        Some(_) => Order::DayFirst,
    }
}

/// Words of the trade in German, French, Spanish, Italian and Dutch, folded.
const CONTINENTAL: [&str; 26] = [
    "rechnung",
    "rechnungsnummer",
    "rechnungsdatum",
    "gesamtbetrag",
    "betrag",
    "mwst",
    "und",
    "facture",
    "montant",
    "tva",
    "ttc",
    "ht",
    "le",
    "factura",
    "fecha",
    "importe",
    "imponible",
    "fattura",
    "imponibile",
    "scadenza",
    "totale",
    "factuur",
    "factuurnummer",
    "bedrag",
    "btw",
    "vervaldatum",
];
/// The same in English.
const ENGLISH: [&str; 8] = [
    "invoice", "date", "due", "amount", "the", "of", "tax", "number",
];

/// English alone tells nothing: both orders are written in it.
fn by_language(layout: &Layout) -> Order {
    let words = layout.lines.iter().flat_map(|line| line.tokens.iter());
    let mut continental = 0;
    let mut english = 0;
    for word in words {
        continental += usize::from(CONTINENTAL.contains(&word.key.as_str()));
        english += usize::from(ENGLISH.contains(&word.key.as_str()));
    }
    if continental >= 3 && continental > english {
        Order::DayFirst
    } else {
        Order::Unknown
    }
}

/// A state in two letters before a ZIP code, `Redmond, WA 98052`, or the name of the country.
fn has_american_address(layout: &Layout) -> bool {
    let is_country = |words: &[Token]| match words {
        [only] => only.key == "usa" || only.key == "u.s.a",
        [first, second] => first.key == "united" && second.key == "states",
        _ => false,
    };
    let is_state = |text: &str| {
        let text = text.trim_matches([',', '.']);
        text.len() == 2 && text.bytes().all(|b| b.is_ascii_uppercase())
    };
    let is_zip = |text: &str| {
        let zip = text.split('-').next().unwrap_or(text);
        zip.len() == 5 && zip.bytes().all(|b| b.is_ascii_digit())
    };
    layout.lines.iter().any(|line| {
        let mut countries = line.tokens.windows(1).chain(line.tokens.windows(2));
        if countries.any(is_country) {
            return true;
        }
        let pairs = line.tokens.windows(3);
        pairs.into_iter().any(|words| {
            matches!(words, [town, state, zip] if town.text.ends_with(',') && is_state(&state.text) && is_zip(&zip.text))
        })
    })
}

/// `San Francisco, California 94104`, `United States`: an address with the state or the country in words.
fn names_america(layout: &Layout) -> bool {
    let is_zip = |text: &str| text.len() == 5 && text.bytes().all(|b| b.is_ascii_digit());
    layout.lines.iter().any(|line| {
        let mut pairs = line.tokens.windows(2);
        pairs.any(|words| match words {
            [one, other] => {
                let (first, second) = (one.key.as_str(), other.key.as_str());
                (first, second) == ("united", "states")
                    || STATES.contains(&first) && is_zip(&other.text)
            }
            _ => false,
        }) || line
            .tokens
            .iter()
            .any(|word| word.text.trim_matches([',', '.']) == "USA")
    })
}

/// States of the United States of one word, and the last word of the others, as they stand before a ZIP code; folded.
const STATES: [&str; 46] = [
    "alabama",
    "alaska",
    "arizona",
    "arkansas",
    "california",
    "colorado",
    "connecticut",
    "delaware",
    "florida",
    "georgia",
    "hawaii",
    "idaho",
    "illinois",
    "indiana",
    "iowa",
    "kansas",
    "kentucky",
    "louisiana",
    "maine",
    "maryland",
    "massachusetts",
    "michigan",
    "minnesota",
    "mississippi",
    "missouri",
    "montana",
    "nebraska",
    "nevada",
    "hampshire",
    "jersey",
    "mexico",
    "york",
    "carolina",
    "dakota",
    "ohio",
    "oklahoma",
    "oregon",
    "pennsylvania",
    "tennessee",
    "texas",
    "utah",
    "vermont",
    "virginia",
    "washington",
    "wisconsin",
    "wyoming",
];

/// Issue and due date in one order lie a usual term apart, in the other they do not.
fn by_term(hits: &[Hit], dates: &[Printed]) -> Order {
    let labelled = |label: Label| {
        let hit = hits
            .iter()
            .find(|hit| hit.label == label && hit.strength == 3)?;
        dates.iter().find(|date| {
            date.spot.line >= hit.spot.line
                && date.spot.line - hit.spot.line <= 1
                && (date.spot.line > hit.spot.line || date.spot.start >= hit.spot.end)
        })
    };
    let (Some(issue), Some(due)) = (labelled(Label::IssueDate), labelled(Label::DueDate)) else {
        return Order::Unknown;
    };
    let usual = |at: usize| {
        let day = |printed: &Printed| {
            printed
                .readings
                .get(at)
                .or(printed.readings.first())
                .copied()
        };
        match (day(issue), day(due)) {
            (Some(issue), Some(due)) => USUAL_TERMS.contains(&days_between(issue, due)),
            _ => false,
        }
    };
    match (usual(0), usual(1)) {
        (true, false) => Order::DayFirst,
        (false, true) => Order::MonthFirst,
        _ => Order::Unknown,
    }
}
