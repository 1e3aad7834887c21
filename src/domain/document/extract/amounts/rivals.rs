//! Several totals on one paper: objects billed one by one, one row for each rate, what is owed from last month, a year for
//! information, another paper's total on a later page. Which of them is the bill's, their sums tell, or nothing does.

use rust_decimal::Decimal;

use super::candidates::{Candidate, Offer};
use super::sums::Page;
use super::{Total, Totals, breakdown};
use crate::domain::document::layout::{Spot, on_row};

/// Per mille for totals of which a page has others, too: a person looks.
const DISPUTED: u16 = 850;
/// From here on a combination of three is a rival of another one, per mille: each has a label of its own and none is a part.
const RIVAL: u16 = 930;

/// Of all combinations with three labels the one that is the bill's, where the page has several: the one the others add up
/// to, or a labelled total they add up to, or the best on the page of the number, never surely. What was chosen without asking
/// for rivals stays where the page has none.
pub(super) fn among(page: &Page<'_>, offers: &[Offer], chosen: Totals) -> Totals {
    let mut triples: Vec<&Offer> = Vec::new();
    for offer in offers.iter().filter(|(_, totals)| is_whole(totals)) {
        match triples
            .iter_mut()
            .find(|(_, own)| gross(own) == gross(&offer.1) || place(own) == place(&offer.1))
        {
            Some(own) if own.0 < offer.0 => *own = offer,
            Some(_) => {}
            None => triples.push(offer),
        }
    }
    if triples.len() < 2 {
        return chosen;
    }
    let sum = |of: fn(&Totals) -> Decimal| {
        let values = triples.iter().map(|(_, totals)| of(totals));
        values.fold(Decimal::ZERO, Decimal::saturating_add)
    };
    let (nets, taxes, all) = (sum(net), sum(tax), sum(gross));
    let is_sum = |totals: &Totals| {
        let twice = |value: Decimal| value.saturating_add(value);
        twice(gross(totals)) == all && twice(net(totals)) == nets
    };
    if let Some((_, whole)) = triples.iter().find(|(_, totals)| is_sum(totals)) {
        return whole.clone();
    }
    let stated = page
        .gross
        .iter()
        .find(|own| own.value == all && own.strength >= 2);
    if let Some(stated) = stated {
        let known = |value: Decimal| Total {
            confidence: DISPUTED,
            ..Total::known(value)
        };
        let summed = Totals {
            net: Some(known(nets)),
            tax: Some(known(taxes)),
            gross: Some(Total {
                spot: Some(stated.spot),
                ..known(all)
            }),
            payable: None,
        };
        return breakdown::by_rate(page.breakdown, stated).map_or(summed, |(_, rows)| rows);
    }
    let is_home = |totals: &Totals| {
        let spot = totals.gross.as_ref().and_then(|gross| gross.spot);
        let at = spot.and_then(|spot| page.layout.lines.get(spot.line));
        page.home.is_none() || at.map(|line| line.page) == page.home
    };
    let is_among = triples.iter().any(|(_, own)| gross(own) == gross(&chosen));
    let best = triples
        .iter()
        .max_by_key(|(score, totals)| (is_home(totals), *score))
        .filter(|_| is_among);
    disputed(best.map_or(chosen, |(_, totals)| totals.clone()))
}

/// The page names a larger total of which no sum is known: what was chosen may be a part of it, or what is left of it with a
/// discount. A larger amount due below it whose rest is printed, too, is explained: something was owed before.
pub(super) fn below_larger(page: &Page<'_>, chosen: Totals) -> Totals {
    let Some(own) = chosen.gross.as_ref() else {
        return chosen;
    };
    let line = own.spot.map_or(0, |spot| spot.line);
    let is_larger = |other: &&Candidate| {
        let is_money = on_row(page.amounts, other.spot.line)
            .iter()
            .any(|amount| amount.spot == other.spot && amount.is_money);
        let elsewhere = own.spot.is_none_or(|spot| spot.line != other.spot.line);
        other.strength == 3
            && !other.is_partial
            && is_money
            && elsewhere
            && other.value.abs() > own.value.abs()
    };
    let is_explained = |other: &&Candidate| {
        let rest = other.value.saturating_sub(own.value);
        let printed = page.amounts.iter().any(|amount| {
            amount.is_money && amount.spot != other.spot && amount.readings.first() == Some(&rest)
        });
        other.spot.line > line && printed
    };
    let billed = page.billed.iter().find(is_larger);
    let due = page.due.iter().filter(is_larger);
    if billed.is_some() || due.into_iter().any(|other| !is_explained(&other)) {
        disputed(chosen)
    } else {
        chosen
    }
}

/// Net, tax and gross each with a label and a place of its own, and a tax that is one.
fn is_whole(totals: &Totals) -> bool {
    let sure = totals
        .gross
        .as_ref()
        .is_some_and(|own| own.confidence >= RIVAL);
    sure && !tax(totals).is_zero()
}

fn disputed(totals: Totals) -> Totals {
    let lower = |total: Option<Total>| {
        total.map(|total| Total {
            confidence: total.confidence.min(DISPUTED),
            ..total
        })
    };
    Totals {
        net: lower(totals.net),
        tax: lower(totals.tax),
        gross: lower(totals.gross),
        payable: totals.payable,
    }
}

/// Where the gross stands: another reading of the same print is no other total.
fn place(totals: &Totals) -> Option<Spot> {
    totals.gross.as_ref().and_then(|total| total.spot)
}

fn net(totals: &Totals) -> Decimal {
    totals
        .net
        .as_ref()
        .map_or(Decimal::ZERO, |total| total.value)
}

fn tax(totals: &Totals) -> Decimal {
    totals
        .tax
        .as_ref()
        .map_or(Decimal::ZERO, |total| total.value)
}

fn gross(totals: &Totals) -> Decimal {
    totals
        .gross
        .as_ref()
        .map_or(Decimal::ZERO, |total| total.value)
}
