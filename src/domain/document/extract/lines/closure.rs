//! Which rows of a table are the lines of the bill: those whose sum is printed below them.

use rust_decimal::Decimal;

use super::super::super::layout::Spot;
use super::super::amounts::Totals;
use super::sheet::{Sheet, Sum};
use super::{Entry, Proof};

/// What rows of printed amounts that each were rounded may be off their total (DOMAIN 3.4).
const ROUNDING: Decimal = Decimal::from_parts(2, 0, 0, false, 2);
/// Sums that divide a table; a table with more of them is a statement.
const MAX_BLOCKS: u32 = 60;
/// Amounts below a table that are tried as its allowances and charges: any two of them, so few.
const MAX_ADJUSTMENTS: usize = 48;

/// What the lines may add up to.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Targets {
    /// BT-109.
    pub net: Option<Decimal>,
    /// BT-112, and BT-115 where it differs.
    pub gross: Vec<Decimal>,
    /// What is due is net: the page shows no VAT.
    pub is_net: bool,
    /// Every amount of money and where it stands, from the top.
    printed: Vec<(Spot, Decimal)>,
    /// Those of them that stand behind words of a sum.
    sums: Vec<Decimal>,
}

impl Targets {
    /// The totals of a document and everything printed on it.
    pub fn of(sheet: &Sheet<'_>, totals: &Totals) -> Self {
        let value = |total: &Option<super::super::amounts::Total>| total.as_ref().map(|t| t.value);
        let money = sheet.all_amounts().iter().filter(|a| a.is_money);
        let read = |a: &super::super::amounts::Amount| a.readings.first().map(|v| (a.spot, *v));
        let printed = money.filter_map(read).collect::<Vec<_>>();
        let is_sum = |(spot, _): &&(Spot, Decimal)| sheet.sum(*spot) == Some(Sum::Total);
        let sums = printed
            .iter()
            .filter(is_sum)
            .map(|(_, value)| *value)
            .collect();
        let mut gross = [value(&totals.gross), value(&totals.payable)];
        gross.sort_by_key(Option::is_none);
        // A VAT that was not understood is one all the same.
        let shows_tax = || {
            let mut amounts = printed.iter().filter(|(_, value)| !value.is_zero());
            amounts.any(|(spot, _)| sheet.names_tax(spot.line))
        };
        Self {
            net: value(&totals.net),
            gross: gross.into_iter().flatten().collect(),
            is_net: value(&totals.tax)
                .map_or_else(|| totals.net.is_none() && !shows_tax(), |tax| tax.is_zero()),
            printed,
            sums,
        }
    }

    /// The same for a table whose heading says whether its amounts hold VAT.
    pub fn for_table(&self, includes_tax: Option<bool>) -> Self {
        Self {
            is_net: includes_tax.map_or(self.is_net, |includes| !includes),
            ..self.clone()
        }
    }

    /// How a sum of lines that end at a row is shown to be right.
    fn proof(&self, sum: Decimal, last_row: usize, lines: usize) -> Proof {
        if sum.is_zero() {
            return Proof::None;
        }
        let is_gross = self.gross.contains(&sum);
        if self.net == Some(sum) || (is_gross && self.is_net) {
            return Proof::Net;
        }
        if is_gross && self.net != Some(sum) {
            return Proof::Gross;
        }
        let off = self.net.map(|net| net.saturating_sub(sum));
        let rounded = off.is_some_and(|off| off.abs() <= ROUNDING) && lines > 1;
        if rounded || self.is_adjusted(sum, last_row, lines) {
            return Proof::NetAdjusted;
        }
        Proof::None
    }

    /// The sum is printed below, and what it is off the net total as well: one allowance or charge, or one of each.
    fn is_adjusted(&self, sum: Decimal, last_row: usize, lines: usize) -> bool {
        let below = self.printed.iter().filter(|(spot, _)| spot.line > last_row);
        let below = below
            .map(|(_, value)| *value)
            .take(MAX_ADJUSTMENTS)
            .collect::<Vec<_>>();
        let is_printed = below.contains(&sum) && (lines > 1 || self.sums.contains(&sum));
        let Some(off) = self
            .net
            .map(|net| net.saturating_sub(sum))
            .filter(|_| is_printed)
        else {
            return false;
        };
        let signed = below.iter().flat_map(|value| [*value, -*value]);
        let signed = signed.filter(|value| !value.is_zero()).collect::<Vec<_>>();
        signed.contains(&off)
            || signed
                .iter()
                .any(|one| signed.contains(&off.saturating_sub(*one)))
    }
}

/// Some rows taken for the lines.
#[derive(Clone, PartialEq, Debug)]
pub struct Choice {
    /// The lines.
    pub entries: Vec<Entry>,
    /// The amounts that are counted.
    pub counted: Vec<Decimal>,
    /// Their sum.
    pub sum: Decimal,
    /// How they add up.
    pub proof: Proof,
}

impl Choice {
    /// Some lines and those of them that are counted.
    pub fn of(entries: Vec<Entry>, counted: Vec<Decimal>, targets: &Targets) -> Option<Self> {
        let last = entries.last()?.spot.line;
        let sum = counted
            .iter()
            .fold(Decimal::ZERO, |sum, own| sum.saturating_add(*own));
        let proof = targets.proof(sum, last, counted.len());
        Some(Self {
            entries,
            counted,
            sum,
            proof,
        })
    }

    /// Proved better, or with more lines whose price times quantity is right, or with more lines.
    pub fn beats(&self, other: &Self) -> bool {
        let rank = |own: &Self| {
            let checked = own
                .entries
                .iter()
                .filter(|entry| entry.is_checked())
                .count();
            (own.proof, checked, own.entries.len())
        };
        rank(self) > rank(other)
    }
}

/// The rows of a table that add up; else those above its first sum, without proof.
pub fn choose(entries: Vec<Entry>, targets: &Targets) -> Option<Choice> {
    let parted = parted(&entries);
    let best = closed(parted, targets);
    if best
        .as_ref()
        .is_some_and(|choice| choice.proof > Proof::None)
    {
        return best;
    }
    closed(entries, targets)
        .filter(|own| own.proof > Proof::None)
        .or(best)
}

/// A row without a price that repeats the sum of the lines above it, or of those since the last sum, is a sum whatever
/// its words are.
fn parted(entries: &[Entry]) -> Vec<Entry> {
    let mut kept: Vec<Entry> = Vec::new();
    let (mut all, mut since, mut lines, mut more) = (Decimal::ZERO, Decimal::ZERO, 0, 0);
    for entry in entries {
        let is_sum = entry.quantity.is_none()
            && entry.unit_price.is_none()
            && lines > 1
            && (entry.amount == all || entry.amount == since);
        if is_sum {
            (since, lines) = (Decimal::ZERO, 0);
            more += 1;
            continue;
        }
        all = all.saturating_add(entry.amount);
        since = since.saturating_add(entry.amount);
        lines += 1;
        kept.push(Entry {
            block: entry.block.saturating_add(more),
            ..entry.clone()
        });
    }
    kept
}

fn closed(entries: Vec<Entry>, targets: &Targets) -> Option<Choice> {
    let entries = without_document_adjustments(entries);
    let first = entries.first()?.block;
    let last = entries.last()?.block.min(first.saturating_add(MAX_BLOCKS));
    let mut best: Option<Choice> = None;
    for block in (first..=last).filter(|b| entries.iter().any(|e| e.block == *b)) {
        let above = entries
            .iter()
            .filter(|e| e.block <= block)
            .cloned()
            .collect::<Vec<_>>();
        for choice in variants(above, targets) {
            let better = |top: &Choice| choice.proof > top.proof;
            if best.as_ref().is_none_or(better) {
                best = Some(choice);
            }
        }
        if best
            .as_ref()
            .is_some_and(|choice| choice.proof == Proof::Net)
        {
            break;
        }
    }
    best
}

/// Below a sum stand the allowances and charges of the whole document, which are no lines: known by their words, or by
/// having neither quantity nor price where the lines above the sum have.
fn without_document_adjustments(entries: Vec<Entry>) -> Vec<Entry> {
    let is_bare = |e: &Entry| e.quantity.is_none() && e.unit_price.is_none();
    let first = entries.first().map_or(0, |e| e.block);
    let all_priced = !entries
        .iter()
        .any(|e| e.block == first && is_bare(e) && !e.is_adjustment);
    let is_line = |e: &Entry| !(e.is_adjustment || all_priced && is_bare(e));
    let has_lines =
        |block: u32| block == first || entries.iter().any(|e| e.block == block && is_line(e));
    let kept = entries.iter().filter(|e| is_line(e) || has_lines(e.block));
    kept.cloned().collect()
}

/// Allowances and charges between the lines belong to them or stand for themselves; lines made of sub-lines are counted
/// once.
fn variants(entries: Vec<Entry>, targets: &Targets) -> Vec<Choice> {
    let plain = entries
        .iter()
        .filter(|e| !e.is_adjustment)
        .cloned()
        .collect::<Vec<_>>();
    let mut found = Vec::new();
    let has_adjustments = plain.len() < entries.len();
    for own in [Some(plain), has_adjustments.then_some(entries)]
        .into_iter()
        .flatten()
    {
        let all = own.iter().map(|e| e.amount).collect::<Vec<_>>();
        let leaves = counted(&own, |entry| !own.iter().any(|other| is_part(other, entry)));
        let tops = counted(&own, |entry| !own.iter().any(|other| is_part(entry, other)));
        let nested = leaves.len() < own.len();
        found.extend(Choice::of(own.clone(), all, targets));
        if nested {
            found.extend(Choice::of(own.clone(), leaves, targets));
            found.extend(Choice::of(own, tops, targets));
        }
    }
    found
}

fn counted(entries: &[Entry], wanted: impl Fn(&Entry) -> bool) -> Vec<Decimal> {
    entries
        .iter()
        .filter(|e| wanted(e))
        .map(|e| e.amount)
        .collect()
}

/// Line `1.3.1` is part of line `1.3` and of line `1`.
fn is_part(part: &Entry, whole: &Entry) -> bool {
    let both = part.position.as_deref().zip(whole.position.as_deref());
    both.and_then(|(part, whole)| part.strip_prefix(whole))
        .is_some_and(|rest| rest.starts_with('.'))
}

/// The VAT rate of a bill that has only one: the one that makes its VAT of its net total.
pub fn only_rate(totals: &Totals) -> Option<Decimal> {
    let (net, tax) = (totals.net.as_ref()?.value, totals.tax.as_ref()?.value);
    let exact = tax.checked_mul(Decimal::ONE_HUNDRED)?.checked_div(net)?;
    let rate = exact.round_dp(1).normalize();
    let back = net.checked_mul(rate)?.checked_div(Decimal::ONE_HUNDRED)?;
    (back.saturating_sub(tax).abs() <= ROUNDING).then_some(rate)
}

/// What is left of an amount when its VAT is taken out, to a cent.
pub fn without_tax(amount: Decimal, rate: Decimal) -> Option<Decimal> {
    let whole = Decimal::ONE_HUNDRED
        .checked_add(rate)
        .filter(|w| !w.is_zero())?;
    let net = amount
        .checked_mul(Decimal::ONE_HUNDRED)?
        .checked_div(whole)?;
    Some(net.round_dp_with_strategy(2, rust_decimal::RoundingStrategy::MidpointAwayFromZero))
}
