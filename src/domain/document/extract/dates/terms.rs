//! The day a bill is due when no label names it: a date in a sentence about paying, or the issue date and printed terms
//! (DOMAIN 3.7, 5.1). Never as sure as a labelled date.

use super::{Chosen, MAX_TERM_DAYS, Printed};
use crate::basics::calendar::{Date, add_days};
use crate::domain::document::layout::{Layout, Spot, Token};
use crate::domain::document::words::DISCOUNT_BEGINNINGS;

/// Words before a number of days, or before a date, looked at for what they are about.
const REACH: usize = 14;

/// Parts of words that speak of paying, folded.
const PAYING: [&str; 57] = [
    "transfer",
    "overboek",
    "rimessa",
    "maken",
    "zahl",
    "fallig",
    "uberweis",
    "begleich",
    "netto",
    "payable",
    "payment",
    "pay",
    "paid",
    "due",
    "net",
    "terms",
    "paiement",
    "payer",
    "regle",
    "echeance",
    "pago",
    "pagar",
    "vencimiento",
    "pagamento",
    "pagare",
    "scadenza",
    "betal",
    "voldoen",
    "overmak",
    "overgemaakt",
    "overschrijv",
    "uiterlijk",
    "pagad",
    "pague",
    "abonar",
    "abonen",
    "ingres",
    "vire",
    "versement",
    "verser",
    "acquit",
    "saldare",
    "versare",
    "bonific",
    "remit",
    "settle",
    "ausgleich",
    "entricht",
    "anweis",
    "abbuch",
    "buchen",
    "einzieh",
    "eingezogen",
    "incasser",
    "preleve",
    "addebit",
    "debited",
];
/// Parts of words that speak of a discount, of lateness, of complaints or of what was before: not of when to pay.
const ELSEWHERE: [&str; 24] = [
    "skonto",
    "discount",
    "escompte",
    "sconto",
    "korting",
    "descuento",
    "verzug",
    "late",
    "overdue",
    "retard",
    "mora",
    "interest",
    "widerspruch",
    "einwand",
    "reklam",
    "mangel",
    "ruckgabe",
    "return",
    "complain",
    "bezahlt",
    "erhalten",
    "received",
    "rabatt",
    "kundig",
];
/// Words for days, folded.
const DAYS: [&str; 12] = [
    "tage", "tagen", "tag", "days", "day", "jours", "jour", "dias", "giorni", "gg", "dagen", "dgn",
];
/// Phrases for the end of the month after the days, folded.
const END_OF_MONTH: [&str; 10] = [
    "fin de mois",
    "fin du mois",
    "fine mese",
    "f.m",
    "d.f.f.m",
    "dffm",
    "eom",
    "end of month",
    "fin de mes",
    "monatsende",
];
/// To be paid when it comes, folded.
const AT_ONCE: [&str; 16] = [
    "due on receipt",
    "due upon receipt",
    "payable immediately",
    "payable on receipt",
    "immediate payment",
    "sofort zahlbar",
    "sofort fallig",
    "zahlbar sofort",
    "sofort ohne abzug",
    "a reception de facture",
    "a reception de la facture",
    "des reception",
    "pago al contado",
    "a vista fattura",
    "pagamento immediato",
    "per direct te voldoen",
];

/// Words that say there is none, folded.
const WITHOUT: [&str; 11] = [
    "ohne",
    "kein",
    "keine",
    "without",
    "excluding",
    "no",
    "sans",
    "sin",
    "senza",
    "geen",
    "zonder",
];

/// The clause around a label and its date on one row speaks of a discount: `fällig am 30.11.2026 mit 2 % Skonto, am
/// 20.12.2026 netto`.
pub(super) fn has_discount(layout: &Layout, date: Spot, label: Spot) -> bool {
    let Some(row) = layout.lines.get(date.line) else {
        return false;
    };
    let segments = layout.segments(date.line);
    let from = segments.iter().rfind(|column| column.start <= label.start);
    let to = segments.iter().find(|column| column.end >= date.end);
    let (Some(from), Some(to)) = (from, to) else {
        return false;
    };
    let part = |from: usize, to: usize| row.tokens.get(from..to).unwrap_or_default();
    let ends = |token: &&Token| token.text.ends_with([',', ';']);
    let before = part(from.start, label.start).iter().rev();
    let before = before.take_while(|token| !ends(token));
    let ended = part(label.end, date.end)
        .iter()
        .rev()
        .take(1)
        .any(|token| ends(&token));
    let behind = part(date.end, to.end).iter().take_while(|_| !ended);
    let end = behind.clone().position(|token| ends(&token));
    let behind = behind.take(end.map_or(usize::MAX, |at| at + 1));
    let words = before.chain(part(label.end, date.start)).chain(behind);
    let words = words.take(2 * REACH).map(folded).collect::<Vec<_>>();
    let none = words.iter().any(|word| WITHOUT.contains(&word.as_str()));
    !none && speaks_of(&words.join(" "), DISCOUNT_BEGINNINGS)
}

/// A date in a sentence about paying: `Bitte überweisen Sie bis zum 5. März 2026`. Of several the latest, for the earlier
/// ones have a discount.
pub(super) fn in_a_sentence(
    layout: &Layout,
    dates: &[Printed],
    settle: impl Fn(&Printed) -> Option<(Date, bool)>,
) -> Option<Chosen> {
    let mut best: Option<Chosen> = None;
    let mut count = 0;
    for printed in dates {
        let words = clause(layout, printed.spot) + " " + &rest_of_clause(layout, printed.spot);
        if !speaks_of(&words, &PAYING) || is_elsewhere(&words) {
            continue;
        }
        let Some((value, certain)) = settle(printed) else {
            continue;
        };
        count += 1;
        let later = best.is_none_or(|other| value > other.value);
        if later {
            best = Some(Chosen {
                value,
                spot: printed.spot,
                confidence: if certain { 850 } else { 600 },
            });
        }
    }
    best.map(|chosen| Chosen {
        confidence: if count > 1 { 700 } else { chosen.confidence },
        ..chosen
    })
}

/// The issue date and the terms printed on the page.
pub(super) fn computed(layout: &Layout, issue: &Chosen) -> Option<Chosen> {
    let (days, end_of_month, spot) = printed_terms(layout)?;
    let due = add_days(issue.value, days);
    let (value, confidence) = if end_of_month {
        (due.last_of_month(), 650)
    } else {
        (due, 800)
    };
    Some(Chosen {
        value,
        spot,
        confidence: confidence.min(issue.confidence),
    })
}

/// Days to pay in, whether the month's end counts, and where it stands. The longest term is the one without discount.
fn printed_terms(layout: &Layout) -> Option<(i32, bool, Spot)> {
    let mut best: Option<(i32, bool, Spot)> = None;
    for (line, row) in layout.lines.iter().enumerate() {
        for (index, token) in row.tokens.iter().enumerate() {
            let Some((days, length)) = days_at(&row.tokens, index) else {
                continue;
            };
            let spot = Spot {
                line,
                start: index,
                end: index + length,
            };
            let before = clause(layout, spot);
            let after = joined(row.tokens.get(index..).unwrap_or_default());
            let here = before.clone() + " " + &after;
            let has_rate = before.contains('%') || token.text.contains('%');
            let named = speaks_of(&here, &PAYING) || is_below_terms(layout, line);
            if !named || has_rate || is_elsewhere(&before) || days > MAX_TERM_DAYS {
                continue;
            }
            if best.as_ref().is_none_or(|(top, ..)| days > *top) {
                let end_of_month = END_OF_MONTH.iter().any(|phrase| after.contains(phrase));
                best = Some((days, end_of_month, spot));
            }
        }
    }
    best.or_else(|| at_once(layout))
}

fn at_once(layout: &Layout) -> Option<(i32, bool, Spot)> {
    layout.lines.iter().enumerate().find_map(|(line, row)| {
        let text = joined(&row.tokens);
        let spot = Spot {
            line,
            start: 0,
            end: row.tokens.len(),
        };
        let said = AT_ONCE.iter().any(|phrase| text.contains(phrase));
        said.then_some((0, false, spot))
    })
}

/// `30 Tage`, `30 days`, `net 30`, `30-day`.
fn days_at(tokens: &[Token], index: usize) -> Option<(i32, usize)> {
    let token = tokens.get(index)?;
    let number = token.key.trim_end_matches("-day");
    let days = number
        .parse::<i32>()
        .ok()
        .filter(|days| (1..=365).contains(days))?;
    let next = tokens.get(index + 1).map(|next| next.key.as_str());
    if next.is_some_and(|next| DAYS.contains(&next)) {
        return Some((days, 2));
    }
    let before = index.checked_sub(1).and_then(|at| tokens.get(at));
    let net = before.is_some_and(|before| matches!(before.key.as_str(), "net" | "n"));
    let is_last = next.is_none_or(|next| END_OF_MONTH.contains(&next));
    ((net && is_last) || number != token.key).then_some((days, 1))
}

/// A heading such as `Payment terms` stands in the row above.
fn is_below_terms(layout: &Layout, line: usize) -> bool {
    let above = line.checked_sub(1).and_then(|at| layout.lines.get(at));
    above.is_some_and(|row| speaks_of(&joined(&row.tokens), &PAYING))
}

/// The words before a spot, back to the end of the sentence or clause before; into the row above where the row begins
/// with it.
fn clause(layout: &Layout, spot: Spot) -> String {
    let ends = |token: &Token| {
        token.text.ends_with([',', ';']) || token.text.ends_with('.') && token.key.len() > 3
    };
    let row = |line: usize, end: usize| {
        let tokens = layout.lines.get(line).map(|row| row.tokens.as_slice());
        let tokens = tokens.unwrap_or_default();
        tokens.get(..end.min(tokens.len())).unwrap_or_default()
    };
    let above = spot
        .line
        .checked_sub(1)
        .map_or(&[] as &[Token], |line| row(line, usize::MAX));
    let here = row(spot.line, spot.start);
    let all = here.iter().rev().chain(above.iter().rev()).take(REACH);
    let words = all.take_while(|token| !ends(token)).collect::<Vec<_>>();
    let texts = words.iter().rev().map(|token| folded(token));
    texts.collect::<Vec<_>>().join(" ")
}

/// The words behind a spot on its row, up to the end of the sentence or clause: `bis 5. März 2026 zu überweisen`.
fn rest_of_clause(layout: &Layout, spot: Spot) -> String {
    let ended = layout.text(spot).ends_with([',', ';', ')']);
    let row = layout.lines.get(spot.line);
    let rest = row.and_then(|row| row.tokens.get(spot.end..));
    let rest = rest.filter(|_| !ended).unwrap_or_default();
    let count = rest
        .iter()
        .take(REACH)
        .position(|token| token.text.ends_with([',', ';', '.']))
        .map_or(rest.len().min(REACH), |at| at + 1);
    joined(rest.get(..count).unwrap_or_default())
}

fn joined(tokens: &[Token]) -> String {
    tokens.iter().map(folded).collect::<Vec<_>>().join(" ")
}

/// The folded word, with the per cent sign it bears.
fn folded(token: &Token) -> String {
    if token.text.contains('%') {
        format!("{}%", token.key)
    } else {
        token.key.clone()
    }
}

fn speaks_of(text: &str, parts: &[&str]) -> bool {
    let mut words = text.split(' ');
    words.any(|word| parts.iter().any(|part| word.starts_with(part)))
}

/// It speaks of a discount, of lateness or of what was before: `without discount` does not.
fn is_elsewhere(text: &str) -> bool {
    let words = text.split(' ').collect::<Vec<_>>();
    words.iter().enumerate().any(|(at, word)| {
        let before = at.checked_sub(1).and_then(|at| words.get(at));
        ELSEWHERE.iter().any(|part| word.starts_with(part))
            && !before.is_some_and(|before| WITHOUT.contains(before))
    })
}
