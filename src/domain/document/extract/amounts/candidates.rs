//! Which printed amounts may be which total: those beside and below its labels.

use rust_decimal::Decimal;

use super::{Amount, Total, Totals, written};
use crate::domain::document::labels::{self, Hit, Label};
use crate::domain::document::layout::{Layout, Spot, on_row};

/// Candidates kept for each total: the combinations of three stay few.
const MAX_CANDIDATES: usize = 10;
/// Say before a tax that a total holds it, folded.
const HELD: [&str; 18] = [
    "enthalten",
    "enthaltene",
    "enthaltener",
    "darin",
    "davon",
    "contained",
    "included",
    "includes",
    "including",
    "thereof",
    "dont",
    "comprise",
    "cui",
    "inclusa",
    "incluida",
    "incluido",
    "waarvan",
    "inbegrepen",
];
/// As good as a usual label of the gross beside its amount.
const NAMED_TAX_SCORE: i32 = 220;
/// Words between `including` and the tax: the rate and its sign.
const MAX_INCLUDING: usize = 3;
/// A VAT rate above this is none: 27 per cent (Hungary) is the highest in the EU.
pub(super) const MAX_RATE_PER_CENT: Decimal = Decimal::from_parts(28, 0, 0, false, 0);

/// What stands between a total and the tax it holds, folded.
const INCLUDING: [&str; 14] = [
    "inkl",
    "inkl.",
    "incl",
    "incl.",
    "including",
    "inklusive",
    "einschl",
    "einschliesslich",
    "mit",
    "compris",
    "con",
    "incluso",
    "inclusa",
    "inclusief",
];

/// A score and the totals it is for.
pub(super) type Offer = (i32, Totals);

/// A printed amount that may be a total.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Candidate {
    /// One of its readings.
    pub value: Decimal,
    /// Where it stands.
    pub spot: Spot,
    /// Higher is likelier: label, nearness, shape.
    pub score: i32,
    /// How explicit its label is.
    pub strength: u16,
    /// One of several rows of a column: perhaps only a part of the total.
    pub is_partial: bool,
}

/// Numbers beside and below the labels of one total, best first.
pub(super) fn candidates(
    layout: &Layout,
    hits: &[Hit],
    amounts: &[Amount],
    label: Label,
) -> Vec<Candidate> {
    let mut found: Vec<Candidate> = Vec::new();
    let mut fees = Vec::new();
    let mut heads = Vec::new();
    for hit in hits.iter().filter(|hit| hit.label == label) {
        if is_column_heading(layout, hits, amounts, hit)
            || is_said_of_total(layout, hits, amounts, hit)
        {
            continue;
        }
        if label == Label::Tax && with_named_tax(layout, amounts, hit).is_some() {
            continue;
        }
        let own = beside(layout, hits, amounts, hit);
        let own = own.into_iter().chain(under(layout, amounts, hit));
        if label == Label::Tax && is_fee(layout, hits, hit) {
            fees.extend(own);
        } else {
            let own = own.collect::<Vec<_>>();
            let up_to_next = own.iter().filter(|own| is_before_next(hits, hit, own));
            let best = up_to_next.max_by_key(|own| own.score);
            heads.extend(best.map(|own| (hit.spot, *own)));
            found.extend(own);
        }
    }
    if found.is_empty() {
        found = fees;
    }
    if label == Label::Tax {
        found.extend(sums_of_rows(&heads));
    }
    if label == Label::Gross {
        let taxes = hits.iter().filter(|hit| hit.label == Label::Tax);
        found.extend(taxes.filter_map(|tax| with_named_tax(layout, amounts, tax)));
    }
    found.sort_by_key(|candidate| std::cmp::Reverse((candidate.score, candidate.spot.line)));
    let mut kept: Vec<Candidate> = Vec::new();
    for candidate in found {
        let is_room = kept.len() < MAX_CANDIDATES;
        match kept.iter_mut().find(|other| other.value == candidate.value) {
            // The same total in two places is surer than in one.
            Some(other) if other.spot != candidate.spot => other.score += 15,
            None if is_room => kept.push(candidate),
            Some(_) | None => {}
        }
    }
    kept
}

/// No further label of the same total stands between the label and the amount.
fn is_before_next(hits: &[Hit], hit: &Hit, own: &Candidate) -> bool {
    let others = on_row(hits, hit.spot.line).iter();
    let mut next = others.filter(|other| other.label == hit.label && other.spot > hit.spot);
    own.spot.line != hit.spot.line || next.all(|other| own.spot.start < other.spot.start)
}

/// `VAT 20 %` and `VAT 5 %` side by side, each with its amount on the same row: the VAT is their sum.
fn sums_of_rows(heads: &[(Spot, Candidate)]) -> Vec<Candidate> {
    let of_row = |first: &(Spot, Candidate)| {
        let row = heads.iter().filter(|(label, own)| {
            label.line == first.0.line && own.spot.line == first.1.spot.line
        });
        let mut row = row.map(|(_, own)| *own).collect::<Vec<_>>();
        row.dedup_by_key(|own| own.spot);
        let mut values = row.iter().map(|own| own.value);
        let value = values.try_fold(Decimal::ZERO, Decimal::checked_add)?;
        (row.len() > 1).then_some(Candidate {
            value,
            score: first.1.score - 60,
            ..first.1
        })
    };
    let begins_row = |at: usize, own: &(Spot, Candidate)| {
        let before = heads.get(..at).unwrap_or_default();
        !before.iter().any(|(label, _)| label.line == own.0.line)
    };
    let firsts = heads.iter().enumerate();
    let firsts = firsts.filter(|(at, own)| begins_row(*at, own));
    firsts.filter_map(|(_, own)| of_row(own)).collect()
}

/// The heading of the table of items has several column words and no amount beside them.
fn is_column_heading(layout: &Layout, hits: &[Hit], amounts: &[Amount], hit: &Hit) -> bool {
    let labels = on_row(hits, hit.spot.line).iter();
    let columns = labels.filter(|other| other.label == Label::Column).count();
    let tokens = layout
        .lines
        .get(hit.spot.line)
        .map_or(0, |line| line.tokens.len());
    columns >= 2 && tokens > columns && !on_row(amounts, hit.spot.line).iter().any(|a| a.is_money)
}

/// `Rechnungssumme inkl. 19 % MwSt 1.190,00`: the tax is named to say what the only amount of the row holds.
fn is_said_of_total(layout: &Layout, hits: &[Hit], amounts: &[Amount], hit: &Hit) -> bool {
    let row = hit.spot.line;
    let of_total = |other: &&Hit| {
        matches!(other.label, Label::Gross | Label::Payable) && other.spot.end <= hit.spot.start
    };
    let Some(total) = on_row(hits, row).iter().rev().find(of_total) else {
        return false;
    };
    let between = layout.tokens(Spot {
        line: row,
        start: total.spot.start,
        end: hit.spot.start,
    });
    let money = on_row(amounts, row).iter().filter(|a| a.is_money);
    let mut money = money.filter(|a| a.spot.start >= total.spot.end);
    let is_alone = money.next().is_some_and(|a| a.spot.start >= hit.spot.end);
    hit.label == Label::Tax
        && between
            .iter()
            .any(|word| INCLUDING.contains(&word.key.as_str()))
        && is_alone
        && money.next().is_none()
}

/// `Airport tax`: a fee with a name of its own, not the tax a total holds: `enthaltene Versicherungsteuer`.
fn is_fee(layout: &Layout, hits: &[Hit], hit: &Hit) -> bool {
    let before = Spot {
        start: hit.spot.start.saturating_sub(1),
        end: hit.spot.start,
        ..hit.spot
    };
    let mut words = layout.tokens(before).iter();
    let is_held = words.any(|word| HELD.contains(&word.key.as_str()));
    !is_held && !labels::leads_its_column(layout, hits, hit)
}

/// `Beitrag inklusive 19 % Versicherungsteuer 220,00 €`: whatever the row is called, its only amount holds the tax.
fn with_named_tax(layout: &Layout, amounts: &[Amount], tax: &Hit) -> Option<Candidate> {
    let before = Spot {
        start: tax.spot.start.saturating_sub(MAX_INCLUDING),
        end: tax.spot.start,
        ..tax.spot
    };
    let words = layout.tokens(before).iter().map(|word| word.key.as_str());
    let words = words.collect::<Vec<_>>();
    let at = words.iter().position(|word| INCLUDING.contains(word))?;
    let rest = words.get(at + 1..).unwrap_or_default();
    let is_rate = |word: &&str| word.is_empty() || word.starts_with(|c: char| c.is_ascii_digit());
    let mut money = on_row(amounts, tax.spot.line).iter().filter(|a| a.is_money);
    let amount = money.next().filter(|a| a.spot.start >= tax.spot.end)?;
    let is_plain = rest.iter().all(is_rate) && money.next().is_none();
    let value = amount.readings.first().copied()?;
    // The row is called something before it says what it holds.
    (is_plain && before.start + at > 0).then_some(Candidate {
        value,
        spot: amount.spot,
        score: NAMED_TAX_SCORE,
        strength: 2,
        is_partial: false,
    })
}

fn beside(layout: &Layout, hits: &[Hit], amounts: &[Amount], hit: &Hit) -> Vec<Candidate> {
    let row = hit.spot.line;
    let is_total = |label: Label| {
        matches!(
            label,
            Label::Net | Label::Tax | Label::Gross | Label::Payable | Label::OtherAmount
        )
    };
    // `VAT 19 % on net 100.00: 19.00`: what follows a tax label on its row belongs to it.
    let next = on_row(hits, row)
        .iter()
        .filter(|other| other.spot.start >= hit.spot.end && is_total(other.label))
        .filter(|other| !is_said_of_total(layout, hits, amounts, other))
        .find(|other| hit.label != Label::Tax || !matches!(other.label, Label::Net | Label::Tax))
        .map_or(usize::MAX, |other| other.spot.start);
    let right = on_row(amounts, row)
        .iter()
        .filter(|a| a.spot.start >= hit.spot.end && a.spot.start < next)
        .collect::<Vec<_>>();
    if hit.label != Label::Tax && ends_in_cents(layout, &right) {
        return Vec::new();
    }
    let count = right.len();
    let mut found = Vec::new();
    for (index, amount) in right.into_iter().enumerate() {
        let is_last = index + 1 == count;
        for (reading, value) in amount.readings.iter().enumerate() {
            let score = i32::from(hit.strength) * 100
                + if is_last { 40 } else { 0 }
                + if amount.is_money { 40 } else { -60 }
                - i32::try_from(reading).unwrap_or(1) * 30;
            found.push(Candidate {
                value: *value,
                spot: amount.spot,
                score,
                strength: hit.strength,
                is_partial: false,
            });
        }
    }
    found
}

/// `1.190 60 EUR`: two digits right behind a whole number may be its cents, and neither is the total then. Beside a VAT label
/// the first may be a rate.
fn ends_in_cents(layout: &Layout, right: &[&Amount]) -> bool {
    let [.., whole, cents] = right else {
        return false;
    };
    whole.spot.end == cents.spot.start
        && written::is_whole(&layout.text(whole.spot))
        && written::is_two_digits(&layout.text(cents.spot))
}

/// The column below a label. Where it has several rows the last one is the total if it is the sum of those above.
fn under(layout: &Layout, amounts: &[Amount], hit: &Hit) -> Vec<Candidate> {
    let mut column: Vec<&Amount> = Vec::new();
    for segment in layout.below(hit.spot, 8) {
        let inside = on_row(amounts, segment.line).iter().filter(|a| {
            a.is_money
                && a.spot.start >= segment.start
                && a.spot.end <= segment.end
                && layout.is_under(hit.spot, a.spot)
        });
        column.extend(inside);
    }
    let first_reading = |a: &&Amount| a.readings.first().copied().unwrap_or_default();
    let values = column.iter().map(first_reading).collect::<Vec<_>>();
    let mut sum = Decimal::ZERO;
    let total_at = values.iter().position(|value| {
        let is_total = *value == sum && !sum.is_zero();
        sum = sum.saturating_add(*value);
        is_total
    });
    let mut found = Vec::new();
    for (rank, amount) in column.iter().enumerate().take(9) {
        let is_total = total_at == Some(rank);
        for (reading, value) in amount.readings.iter().enumerate() {
            let far = i32::try_from(rank * 25 + reading * 30).unwrap_or(100);
            let score = i32::from(hit.strength) * 100 - 20 + if is_total { 60 } else { -far };
            let is_partial = column.len() > 1 && !is_total;
            found.push(Candidate {
                value: *value,
                spot: amount.spot,
                score,
                strength: hit.strength,
                is_partial,
            });
        }
    }
    found
}

/// Several VAT rates stand in several rows; their sum is the VAT.
pub(super) fn with_sum(mut tax: Vec<Candidate>) -> Vec<Candidate> {
    let mut rows: Vec<Candidate> = Vec::new();
    for candidate in &tax {
        if !rows.iter().any(|row| row.spot.line == candidate.spot.line) {
            rows.push(*candidate);
        }
    }
    if let [first, rest @ ..] = rows.as_slice()
        && !rest.is_empty()
        && rest.len() < 4
    {
        let sum = rows
            .iter()
            .fold(Decimal::ZERO, |sum, row| sum.saturating_add(row.value));
        if !tax.iter().any(|other| other.value == sum) {
            tax.push(Candidate {
                value: sum,
                score: first.score - 60,
                ..*first
            });
        }
    }
    tax
}

/// The candidate as a total.
pub(super) fn total(candidate: &Candidate, confidence: u16) -> Total {
    Total {
        value: candidate.value,
        spot: Some(candidate.spot),
        confidence,
    }
}

/// Net plus tax is gross, to the cent, and the tax is one a country levies.
pub(super) fn adds_up(net: Decimal, tax: Decimal, gross: Decimal) -> bool {
    let plausible = tax.is_zero()
        || (!net.is_zero() && {
            let rate = tax
                .checked_mul(Decimal::ONE_HUNDRED)
                .and_then(|t| t.checked_div(net))
                .unwrap_or(Decimal::ONE_HUNDRED);
            rate > Decimal::ZERO && rate < MAX_RATE_PER_CENT
        });
    let difference = net.saturating_add(tax).saturating_sub(gross).abs();
    plausible && difference.is_zero() && !gross.is_zero()
}
