//! Numbers that name things on a page: the invoice's, the order's, accounts by their check digits, VAT ids by their shape.

mod account;
mod vat;

pub use account::{bic, broken_iban, ibans};
pub use vat::{is_vat_shape, vat_ids};

use super::super::labels::{self, Hit, Label};
use super::super::layout::{Layout, Spot};
use super::amounts::has_cents;
use crate::basics::bank_account::Iban;
use crate::basics::tax_id::VatId;
use crate::basics::text::squash;
use crate::formats::date;

/// Longest invoice number met is some thirty characters; longer words are something else.
const MAX_NUMBER_CHARS: usize = 40;

/// A value with its place and how sure it is, in per mille.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Found {
    /// As it is stored.
    pub value: String,
    /// Where it stands.
    pub spot: Spot,
    /// Per mille.
    pub confidence: u16,
}

/// The number a label announces: the invoice's or the order's. `seen_elsewhere` are file name and subject of the mail:
/// who wrote them knew the number.
pub fn labelled_number(
    layout: &Layout,
    hits: &[Hit],
    label: Label,
    seen_elsewhere: &[&str],
) -> Option<Found> {
    let mut found: Vec<(u16, Found)> = Vec::new();
    for hit in hits.iter().filter(|hit| hit.label == label) {
        let Some((spot, nearness)) = number_near(layout, hits, hit) else {
            continue;
        };
        let value = number_text(&layout.text(spot));
        let confirmed = seen_elsewhere
            .iter()
            .any(|text| contains_number(text, &value));
        let leads = labels::leads_its_column(layout, hits, hit) && !is_about_another(layout, hit);
        // `Invoice #4711` says as much as `Invoice no. 4711`.
        let signed = layout.text(spot).starts_with('#');
        let strength = match (leads, signed) {
            (true, true) => 3,
            (true, false) => hit.strength,
            (false, _) => 0,
        };
        let (score, confidence) = weigh(strength, nearness, &value, confirmed);
        found.push((
            score,
            Found {
                value,
                spot,
                confidence,
            },
        ));
    }
    if label == Label::Number {
        found.extend(below_heading(layout, hits));
    }
    found.sort_by_key(|(score, found)| (std::cmp::Reverse(*score), found.spot));
    let (top, best) = found.first()?.clone();
    // Another number just as well labelled: one of the two is not the one.
    let rival = found.iter().any(|(score, other)| {
        other.value != best.value && score + 30 > top && other.confidence >= 850
    });
    Some(if rival {
        Found {
            confidence: best.confidence.min(700),
            ..best
        }
    } else {
        best
    })
}

/// Score among rivals and confidence in per mille: how explicit the label is, how near the value, whether file name or
/// subject name it too. A label in the middle of a sentence has no strength.
fn weigh(strength: u16, nearness: u16, value: &str, confirmed: bool) -> (u16, u16) {
    let digits = value.chars().filter(char::is_ascii_digit).count();
    let (base, score) = match (strength, nearness) {
        (3, 40..) => (950, 300),
        (3, _) => (850, 300),
        (2, _) => (850, 200),
        (1, 60..) if digits >= 4 => (800, 100),
        (1, _) => (650, 100),
        _ => (600, 20),
    };
    let confidence = match (confirmed, strength) {
        (true, 2..) => 980,
        (true, _) => 880,
        (false, _) => base - if digits < 3 { 120 } else { 0 },
    };
    let bonus = if confirmed { 150 } else { 0 } + if digits >= 3 { 20 } else { 0 };
    (score + nearness + bonus, confidence)
}

/// Words before a label that make it name another paper: `zu Rechnung Nr. 4711` on a credit note, folded.
const ANOTHER: [&str; 22] = [
    "zu",
    "zur",
    "unsere",
    "unserer",
    "original",
    "originalrechnung",
    "ursprungliche",
    "bezug",
    "storno",
    "previous",
    "corrects",
    "relating",
    "against",
    "ref",
    "sur",
    "corrige",
    "annule",
    "rectifica",
    "riferimento",
    "storna",
    "betreft",
    "corrigeert",
];

fn is_about_another(layout: &Layout, hit: &Hit) -> bool {
    let from = hit.spot.start.saturating_sub(2);
    let before = Spot {
        start: from,
        end: hit.spot.start,
        ..hit.spot
    };
    let words = layout.tokens(before);
    words
        .iter()
        .any(|word| ANOTHER.contains(&word.key.as_str()))
}

/// `# 1001` in the rows below a heading that says no more than `Invoice`.
fn below_heading(layout: &Layout, hits: &[Hit]) -> Option<(u16, Found)> {
    let heading = hits
        .iter()
        .find(|hit| hit.label == Label::Number && layout.depth_per_mille(hit.spot.line) < 400)?;
    let rows = heading.spot.line..=heading.spot.line + 2;
    let line_of = |line: usize| layout.lines.get(line).map(|row| row.tokens.as_slice());
    rows.into_iter().find_map(|line| {
        let tokens = line_of(line)?;
        let at = tokens
            .iter()
            .position(|token| token.text.starts_with('#'))?;
        let start = if tokens.get(at)?.key.is_empty() {
            at + 1
        } else {
            at
        };
        let spot = Spot {
            line,
            start,
            end: start + 1,
        };
        let value = number_text(&layout.text(spot));
        let digits = value.chars().any(|c| c.is_ascii_digit());
        let free = |c: char| c.is_alphanumeric() || matches!(c, '-' | '/' | '.' | '_');
        (digits && value.chars().all(free) && value.len() <= MAX_NUMBER_CHARS).then_some((
            250,
            Found {
                value,
                spot,
                confidence: 820,
            },
        ))
    })
}

/// Right of the label, else below it. Nearness 60 beside, 40 below and aligned, 10 further.
fn number_near(layout: &Layout, hits: &[Hit], hit: &Hit) -> Option<(Spot, u16)> {
    let row = hit.spot.line;
    let tokens = layout.lines.get(row)?.tokens.len();
    let next = hits
        .iter()
        .filter(|other| other.spot.line == row && other.spot.start >= hit.spot.end)
        .filter(|other| !labels::continues(hit, other))
        .map(|h| h.spot.start)
        .min()
        .unwrap_or(tokens);
    let right = (hit.spot.end..next.min(hit.spot.end + 4)).map(|index| Spot {
        line: row,
        start: index,
        end: index + 1,
    });
    let weak = hit.strength == 1;
    let fits = |spot: &Spot| is_number(layout, *spot, weak);
    if let Some(spot) = right.into_iter().find(fits) {
        let spot = with_series(layout, hit, spot);
        let between = layout.tokens(Spot {
            line: row,
            start: hit.spot.end,
            end: spot.start,
        });
        let is_word = |key: &str| key.is_empty() || NUMBER_SIGNS.contains(&key);
        let beside = between.iter().all(|token| is_word(&token.key));
        return Some((with_tail(layout, spot, next), if beside { 60 } else { 10 }));
    }
    // `Invoice` alone heads a page; what stands below it is seldom its number, unless it heads a column.
    let columns = labels_on(hits, row);
    let dated = hits
        .iter()
        .any(|other| other.spot.line == row && other.label == Label::IssueDate);
    if weak && columns + usize::from(dated) < 3
        || next < tokens && next == hit.spot.end && columns < 2
    {
        return None;
    }
    layout
        .below(hit.spot, 2)
        .into_iter()
        .enumerate()
        .find_map(|(rank, segment)| {
            let words = (segment.start..segment.end).map(|index| Spot {
                line: segment.line,
                start: index,
                end: index + 1,
            });
            let free = |spot: &Spot| !is_claimed(hits, segment, *spot);
            words
                .filter(fits)
                .filter(|spot| layout.is_under(hit.spot, *spot))
                .find(free)
                .map(|spot| (spot, if rank == 0 { 40 } else { 10 }))
        })
}

/// Another label announces it: one in its column, or one further left that announces numbers. What begins the row far
/// away, a heading, a name or a sentence, does not.
fn is_claimed(hits: &[Hit], column: Spot, spot: Spot) -> bool {
    hits.iter().any(|other| {
        let before = other.spot.line == spot.line && other.spot.end <= spot.start;
        let announces = matches!(
            other.label,
            Label::Number
                | Label::Order
                | Label::OtherNumber
                | Label::Reference
                | Label::VatId
                | Label::Iban
                | Label::Bic
        );
        before && (other.spot.start >= column.start || announces && other.strength > 1)
    })
}

/// Words between a label and its number that mean nothing: `Invoice ref no: 4711`.
const NUMBER_SIGNS: [&str; 9] = [
    "no", "nr", "n", "num", "number", "nummer", "numero", "ref", "id",
];

/// How many labels a row has.
fn labels_on(hits: &[Hit], row: usize) -> usize {
    let spots = hits.iter().map(|hit| hit.spot);
    let mut spots = spots.filter(|spot| spot.line == row).collect::<Vec<_>>();
    spots.dedup();
    spots.len()
}

/// With what follows a stroke or dash: `2026 / 0815`, `RE- 4711`.
fn with_tail(layout: &Layout, spot: Spot, limit: usize) -> Spot {
    let mut spot = spot;
    while spot.end < limit {
        let next = Spot {
            start: spot.end,
            end: spot.end + 1,
            ..spot
        };
        let last = Spot {
            start: spot.end - 1,
            ..spot
        };
        let (Some(before), Some(after)) =
            (layout.tokens(last).first(), layout.tokens(next).first())
        else {
            break;
        };
        let joins = before.text.ends_with(['/', '-']) || after.text.starts_with(['/', '-']);
        let whole = layout.text(Spot {
            end: next.end,
            ..spot
        });
        let stroke = after.key.is_empty() && matches!(after.text.as_str(), "/" | "-");
        let behind = Spot {
            start: next.end,
            end: next.end + 1,
            ..spot
        };
        let goes_on = stroke && behind.end <= limit && is_number(layout, behind, false)
            || !stroke && is_number(layout, next, false);
        if !joins || !goes_on || !Layout::is_tight(before, after) || whole.len() > MAX_NUMBER_CHARS
        {
            break;
        }
        spot.end += 1;
    }
    with_group(layout, spot, limit)
}

/// With the last group of digits behind a blank: `F2024 0012`. Only where nothing else follows in the column, for a word of
/// a sentence may be a number, too.
fn with_group(layout: &Layout, spot: Spot, limit: usize) -> Spot {
    let wider = Spot {
        end: spot.end + 1,
        ..spot
    };
    let rest = Spot {
        start: spot.end,
        ..layout.run(spot.line, spot.end, limit)
    };
    let [.., before, group] = layout.tokens(wider) else {
        return spot;
    };
    let is_last = rest.end == wider.end;
    let is_group = (2..=8).contains(&group.text.len())
        && group.text.bytes().all(|b| b.is_ascii_digit())
        && before.text.ends_with(|c: char| c.is_ascii_digit());
    if is_last && is_group && Layout::is_tight(before, group) && is_number(layout, wider, false) {
        wider
    } else {
        spot
    }
}

/// With the letters of its series in front: `E 2018092011804`.
fn with_series(layout: &Layout, hit: &Hit, spot: Spot) -> Spot {
    let wider = Spot {
        start: spot.start.saturating_sub(1),
        ..spot
    };
    match layout.tokens(wider) {
        [series, number]
            if wider.start >= hit.spot.end
                && Layout::is_tight(series, number)
                && (1..=4).contains(&series.text.len())
                && series.text.bytes().all(|b| b.is_ascii_uppercase()) =>
        {
            wider
        }
        _ => spot,
    }
}

/// A word that can be a number of a paper: digits, no date, no amount, no account, no rate.
fn is_number(layout: &Layout, spot: Spot, weak: bool) -> bool {
    let text = number_text(&layout.text(spot));
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    let odd = |c: char| {
        !(c.is_alphanumeric() || matches!(c, '-' | '/' | '.' | '_' | '#' | '\\' | ':' | '+' | ' '))
    };
    let shaped = digits >= 1
        && text.chars().count() <= MAX_NUMBER_CHARS
        && !text.contains(odd)
        && letters <= digits + 8;
    let is_currency_or_mail = text.contains(['€', '$', '@', '%']);
    let is_date = !date::readings(&text).is_empty()
        && text.contains(['.', '/', '-'])
        && !text.chars().any(char::is_alphabetic);
    let is_amount = has_cents(&text) && letters == 0 && text.contains(',')
        || (has_cents(&text) && text.matches('.').count() == 1 && letters == 0);
    let long_enough = !weak || digits >= 3;
    shaped
        && !is_currency_or_mail
        && !is_date
        && !is_amount
        && long_enough
        && Iban::parse(&text).is_none()
        && !is_right_vat_id(&text)
}

/// A VAT id whose check digits are right is no other number.
fn is_right_vat_id(text: &str) -> bool {
    let id = || VatId::parse(text).and_then(|id| id.has_right_check_digits());
    is_vat_shape(text) && id() == Some(true)
}

fn number_text(text: &str) -> String {
    text.trim_start_matches(['#', ':', '(', '№'])
        .trim_end_matches([',', ';', ':', ')', '.', '*'])
        .trim()
        .to_owned()
}

fn contains_number(text: &str, number: &str) -> bool {
    let (text, number) = (squash(text), squash(number));
    number.chars().count() >= 4 && text.contains(&number)
}

#[cfg(test)]
mod tests {
    use super::super::super::labels;
    use super::*;

    fn number(text: &str) -> Option<(String, u16)> {
        let layout = Layout::of_text(text);
        labelled_number(&layout, &labels::find(&layout), Label::Number, &[])
            .map(|found| (found.value, found.confidence))
    }

    #[test]
    fn the_invoice_number_stands_beside_or_below_its_label() {
        for text in [
            "Rechnungsnummer: RE-2026/0815  Kundennummer: 4711",
            "Kundennummer  Rechnungs-Nr.   Datum\n4711          RE-2026/0815    22.11.2026",
            "Invoice # RE-2026/0815",
            "N° de facture : RE-2026/0815",
        ] {
            assert_eq!(
                number(text).map(|n| n.0).as_deref(),
                Some("RE-2026/0815"),
                "{text}"
            );
        }
    }

    #[test]
    fn dates_and_amounts_are_no_numbers() {
        assert_eq!(number("Invoice no. 22.11.2026"), None);
        assert_eq!(number("Invoice number: 1.190,00"), None);
        assert_eq!(number("Invoice total 1190"), None);
    }

    #[test]
    fn two_numbers_with_the_same_label_are_not_sure() {
        assert!(number("Invoice no. 4711\nInvoice no. 4712").is_some_and(|(_, sure)| sure < 900));
    }

    #[test]
    fn accounts_by_their_check_digits() {
        let layout =
            Layout::of_text("IBAN: DE89 3704 0044 0532 0130 00 BIC: COBADEFFXXX\nIBAN DE00 1111");
        assert_eq!(
            ibans(&layout).first().map(|f| f.value.clone()).as_deref(),
            Some("DE89370400440532013000")
        );
        assert_eq!(
            bic(&layout, &labels::find(&layout))
                .map(|f| f.value)
                .as_deref(),
            Some("COBADEFFXXX")
        );
    }

    #[test]
    fn vat_ids_by_their_shape() {
        for good in [
            "DE136695976",
            "FR40303265045",
            "NL123456782B90",
            "ATU13585627",
            "ESA58818501",
            "BE0428759497",
        ] {
            assert!(is_vat_shape(good), "{good}");
        }
        for bad in [
            "DE12345678",
            "XX123456789",
            "INV123456",
            "DE89370400440532013000",
        ] {
            assert!(!is_vat_shape(bad), "{bad}");
        }
        let layout = Layout::of_text("USt-IdNr.: DE 136 695 976");
        let ids = vat_ids(&layout, &labels::find(&layout));
        assert_eq!(
            ids.first().map(|f| (f.value.as_str(), f.confidence)),
            Some(("DE136695976", 975))
        );
    }
}
