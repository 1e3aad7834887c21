//! What lines that add up say about the totals: they make them surer, and choose them where their labels did not.

use rust_decimal::Decimal;

use super::super::super::labels::Label;
use super::super::super::layout::Spot;
use super::super::amounts::{Total, Totals};
use super::sheet::{Sheet, Sum};
use super::{LineTable, Proof};

/// Net, VAT and gross that add up, with lines that add up to the net: two proofs that do not lean on each other.
const TWICE_PROVED: u16 = 950;
/// Totals whose labels were read otherwise before: the lines and they prove each other, and yet something was odd.
const FOUND_BY_LINES: u16 = 880;
/// A total that only the lines speak for.
const BY_LINES_ALONE: u16 = 850;
/// A VAT rate above this is none: 27 per cent (Hungary) is the highest in the EU.
const MAX_RATE_PER_CENT: Decimal = Decimal::from_parts(28, 0, 0, false, 0);
/// Amounts below the lines that are tried as totals.
const MAX_BELOW: usize = 60;

/// Raises what the lines prove as well. Lines that are net beside a total called gross, and no VAT that is called one: the
/// bill has none.
pub fn confirm(sheet: &Sheet<'_>, table: &LineTable, totals: &mut Totals) {
    let value = |total: &Option<Total>| total.as_ref().map(|total| total.value);
    let (net, tax, gross) = (value(&totals.net), value(&totals.tax), value(&totals.gross));
    let vat_spot = totals.tax.as_ref().and_then(|tax| tax.spot);
    let is_called_vat = vat_spot.is_some_and(|spot| sheet.names_tax(spot.line));
    let both = net.zip(tax).map(|(net, tax)| net.saturating_add(tax));
    let is_sum = table.is_telling && both.is_some() && both == gross;
    // Lines that need allowances, or that hold VAT, fit more than one net total: they prove nothing twice.
    if is_sum && is_called_vat && table.proof == Proof::Net && net == Some(table.sum) {
        let all = [&mut totals.net, &mut totals.tax, &mut totals.gross];
        for total in all.into_iter().flatten() {
            total.confidence = total.confidence.max(TWICE_PROVED);
        }
    }
    let has_vat = is_called_vat || (tax.is_none() && net.is_some());
    if table.proof == Proof::Net && gross == Some(table.sum) && net != gross && !has_vat {
        totals.net = totals.gross.as_ref().map(|gross| Total {
            confidence: gross.confidence.min(BY_LINES_ALONE),
            ..gross.clone()
        });
        totals.tax = None;
    }
}

/// Looks below lines that add up to no known total for one they do add up to: their sum, a VAT and a total of both, each
/// printed behind words that say so. Says whether the totals are now these.
pub fn complete(sheet: &Sheet<'_>, table: &LineTable, totals: &mut Totals) -> bool {
    let is_open = |total: &Option<Total>| total.as_ref().is_none_or(|t| t.confidence < 900);
    if !(table.is_telling && is_open(&totals.net) && is_open(&totals.gross)) {
        return false;
    }
    let money = sheet.all_amounts().iter();
    let below = money
        .filter(|a| a.is_money && a.spot.line > table.last_row)
        .take(MAX_BELOW);
    let sums = below.filter(|a| sheet.sum(a.spot) == Some(Sum::Total));
    let sums = sums
        .filter_map(|a| Some((a.spot, *a.readings.first()?)))
        .collect::<Vec<_>>();
    let is_tax = |spot: &Spot| {
        sheet
            .hits(spot.line)
            .iter()
            .any(|hit| hit.label == Label::Tax)
    };
    let net = sums
        .iter()
        .find(|(spot, value)| *value == table.sum && !is_tax(spot));
    let Some((net_spot, net)) = net else {
        return false;
    };
    let found = sums
        .iter()
        .filter(|(spot, _)| !is_tax(spot))
        .find_map(|(spot, gross)| {
            let tax = gross.checked_sub(*net)?;
            let (tax_spot, _) = sums
                .iter()
                .find(|(own, value)| *value == tax && is_tax(own))?;
            is_rate(*net, tax).then_some((*tax_spot, tax, *spot, *gross))
        });
    let Some((tax_spot, tax, gross_spot, gross)) = found else {
        return false;
    };
    let total = |spot, value| {
        Some(Total {
            value,
            spot: Some(spot),
            confidence: FOUND_BY_LINES,
        })
    };
    totals.net = total(*net_spot, *net);
    totals.tax = total(tax_spot, tax);
    totals.gross = total(gross_spot, gross);
    true
}

fn is_rate(net: Decimal, tax: Decimal) -> bool {
    let rate = tax
        .checked_mul(Decimal::ONE_HUNDRED)
        .and_then(|t| t.checked_div(net));
    rate.is_some_and(|rate| rate > Decimal::ZERO && rate < MAX_RATE_PER_CENT)
}
