//! Net and tax and gross that add up: four ways in which a page shows it, the best of them chosen.

use super::breakdown;
use super::candidates::{Candidate, Offer, adds_up, total};
use super::sums::Page;
use super::{Amount, Total, Totals, rivals};

/// Per mille for a gross total without a label.
const UNLABELLED_GROSS: u16 = 860;

/// The best combination. At least two of its three have a label of their own.
pub(super) fn close(page: &Page<'_>) -> Option<Totals> {
    let mut best: Option<Offer> = None;
    let mut labelled: Vec<Offer> = Vec::new();
    for gross in page.gross {
        let own = all_labelled(page, gross);
        labelled.extend(own.iter().filter(|_| gross.strength >= 2).cloned());
        let offers = own
            .into_iter()
            .chain(unlabelled_net(page, gross))
            .chain(untaxed(page, gross))
            .chain(unlabelled_tax(page, gross))
            .chain(breakdown::by_rate(page.breakdown, gross))
            .chain(breakdown::in_one_row(page.amounts, gross));
        for offer in offers {
            if best.as_ref().is_none_or(|(top, _)| offer.0 > *top) {
                best = Some(offer);
            }
        }
    }
    let closed = best.or_else(|| unlabelled_gross(page));
    let (_, chosen) = closed?;
    let chosen = rivals::among(page, &labelled, chosen);
    Some(rivals::below_larger(page, chosen))
}

/// Net and tax have labels, their sum is printed with one we do not know. Never sure: it may be a sum of something else.
fn unlabelled_gross(page: &Page<'_>) -> Option<Offer> {
    let said = |candidate: &&Candidate| candidate.strength == 3 && !candidate.is_partial;
    let pairs = page.net.iter().filter(said).flat_map(|net| {
        let taxes = page.tax.iter().filter(|tax| !tax.value.is_zero());
        taxes.map(move |tax| (net, tax))
    });
    let offers = pairs.filter_map(|(net, tax)| {
        let value = net.value.saturating_add(tax.value);
        let elsewhere = |a: &&Amount| a.spot != net.spot && a.spot != tax.spot;
        let printed = page
            .amounts
            .iter()
            .filter(elsewhere)
            .find(|a| a.is_money && a.readings.contains(&value))
            .filter(|_| adds_up(net.value, tax.value, value))?;
        let gross = Total {
            value,
            spot: Some(printed.spot),
            confidence: UNLABELLED_GROSS,
        };
        let (net_total, tax_total) = (total(net, UNLABELLED_GROSS), total(tax, UNLABELLED_GROSS));
        Some((
            net.score + tax.score,
            three(net_total, Some(tax_total), gross),
        ))
    });
    offers.max_by_key(|(score, _)| *score)
}

/// All three have labels.
fn all_labelled(page: &Page<'_>, gross: &Candidate) -> Vec<Offer> {
    let mut offers = Vec::new();
    for tax in page.tax {
        let fitting = |net: &&Candidate| adds_up(net.value, tax.value, gross.value);
        for net in page.net.iter().filter(fitting) {
            let distinct = net.spot != gross.spot && net.spot != tax.spot && tax.spot != gross.spot;
            let partial = net.is_partial || tax.is_partial || gross.is_partial;
            let sure = match (distinct && !partial, tax.value.is_zero()) {
                (true, false) => 970,
                (true, true) => 930,
                (false, _) => 850,
            };
            let totals = three(total(net, sure), Some(total(tax, sure)), total(gross, sure));
            offers.push((gross.score + tax.score + net.score + 300, totals));
        }
    }
    offers
}

/// Tax and gross have labels, the net has one we do not know, or none. A labelled net that does not fit is never passed
/// over: then the bill is wrong, and its check must see that.
fn unlabelled_net(page: &Page<'_>, gross: &Candidate) -> Vec<Offer> {
    if page
        .net
        .iter()
        .any(|net| net.strength == 3 && !net.is_partial)
    {
        return Vec::new();
    }
    let mut offers = Vec::new();
    for tax in page
        .tax
        .iter()
        .filter(|tax| !tax.value.is_zero() && tax.spot != gross.spot)
    {
        let value = gross.value.saturating_sub(tax.value);
        if !adds_up(value, tax.value, gross.value) {
            continue;
        }
        let printed = page
            .amounts
            .iter()
            .find(|a| a.is_money && a.readings.contains(&value) && a.spot != gross.spot);
        let whole = !tax.is_partial && !gross.is_partial;
        let (sure, bonus) = match (printed, whole) {
            (Some(_), true) => (930, 230),
            (Some(_), false) => (700, 230),
            (None, _) => (700, 40),
        };
        let net = Total {
            value,
            spot: printed.map(|a| a.spot),
            confidence: sure,
        };
        offers.push((
            gross.score + tax.score + bonus,
            three(net, Some(total(tax, sure)), total(gross, sure)),
        ));
    }
    offers
}

/// No VAT at all: what is net is gross, and both are printed.
fn untaxed(page: &Page<'_>, gross: &Candidate) -> Option<Offer> {
    let no_tax = page.tax.iter().all(|tax| tax.value.is_zero()) && !gross.value.is_zero();
    let same = |net: &&Candidate| net.value == gross.value && net.spot.line != gross.spot.line;
    let net = page.net.iter().find(same).filter(|_| no_tax)?;
    let doubtful = net.is_partial || gross.is_partial || gross.strength < 2;
    let sure = if doubtful { 700 } else { 920 };
    let tax = page.tax.first().map(|tax| total(tax, sure));
    Some((
        gross.score + net.score + 100,
        three(total(net, sure), tax, total(gross, sure)),
    ))
}

/// Net and gross have labels, the difference is printed and no tax label names another, or says that there is none.
fn unlabelled_tax(page: &Page<'_>, gross: &Candidate) -> Vec<Offer> {
    if page
        .tax
        .iter()
        .any(|tax| tax.strength == 3 && !tax.is_partial)
    {
        return Vec::new();
    }
    let mut offers = Vec::new();
    for net in page
        .net
        .iter()
        .filter(|net| net.value.abs() < gross.value.abs() && net.spot != gross.spot)
    {
        let value = gross.value.saturating_sub(net.value);
        let elsewhere = |a: &&Amount| a.spot != net.spot && a.spot != gross.spot;
        let printed = page
            .amounts
            .iter()
            .filter(elsewhere)
            .find(|a| a.is_money && a.readings.contains(&value));
        let Some(printed) = printed.filter(|_| adds_up(net.value, value, gross.value)) else {
            continue;
        };
        let sure = if net.is_partial || gross.is_partial {
            700
        } else {
            910
        };
        let tax = Total {
            value,
            spot: Some(printed.spot),
            confidence: sure,
        };
        offers.push((
            gross.score + net.score + 220,
            three(total(net, sure), Some(tax), total(gross, sure)),
        ));
    }
    offers
}

fn three(net: Total, tax: Option<Total>, gross: Total) -> Totals {
    Totals {
        net: Some(net),
        tax,
        gross: Some(gross),
        payable: None,
    }
}
