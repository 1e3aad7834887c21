//! The amounts printed on a page: every number in all its readings, and the currency beside it.

use rust_decimal::Decimal;

use super::{Amount, written};
use crate::domain::document::layout::{Layout, Spot, Token};
use crate::formats::number;

/// Amounts looked at in one document. A bill of many pages has some thousand.
pub const MAX_AMOUNTS: usize = 4_000;

/// Every amount of a document.
pub fn find(layout: &Layout) -> Vec<Amount> {
    let mut amounts = Vec::new();
    let cents = written::cent_columns(layout);
    for (line, row) in layout.lines.iter().enumerate() {
        let mut index = 0;
        while index < row.tokens.len() && amounts.len() < MAX_AMOUNTS {
            let number = written::number_at(layout, &cents, line, index);
            let found = number.and_then(|number| amount_at(&row.tokens, index, number));
            if let Some((length, readings, is_money)) = found {
                let spot = Spot {
                    line,
                    start: index,
                    end: index + length,
                };
                amounts.push(Amount {
                    readings,
                    spot,
                    is_money,
                });
            }
            index += found_length(&amounts, line, index);
        }
    }
    amounts
}

fn found_length(amounts: &[Amount], line: usize, index: usize) -> usize {
    amounts
        .last()
        .filter(|a| a.spot.line == line && a.spot.start == index)
        .map_or(1, |a| a.spot.end - index)
}

/// The amount that starts at this word, of its text and the words it takes.
fn amount_at(
    tokens: &[Token],
    index: usize,
    (text, length): (String, usize),
) -> Option<(usize, Vec<Decimal>, bool)> {
    let first = tokens.get(index)?;
    let has_digit = first.text.contains(|c: char| c.is_ascii_digit());
    if !has_digit || first.text.chars().count() > 24 || is_code(&first.text) {
        return None;
    }
    let after = tokens.get(index + length);
    let is_rate = text.contains('%') || after.is_some_and(|t| t.text.starts_with('%'));
    let text = text.trim_end_matches([',', ';', ':', '*', '.']);
    let plain = text
        .trim_end_matches([',', ';', ':', ')', '*', '.'])
        .trim_start_matches('(')
        .trim_end_matches('.');
    let mut readings = readings(text, plain, is_remark(tokens, index));
    if has_minus_apart(tokens, index, length) {
        let turned = readings.iter().map(|value| -*value);
        readings = turned.chain(readings.iter().copied()).collect();
    }
    let text = plain;
    if is_rate || readings.is_empty() {
        return None;
    }
    // `3.309,65 EUR; 99205`: the currency ends what was said before.
    let before = index.checked_sub(1).and_then(|at| tokens.get(at));
    let before = before.filter(|t| !t.text.ends_with([';', ',']));
    let behind = after.filter(|_| !is_of_the_next(tokens, index, length));
    let beside_currency = [before, behind]
        .into_iter()
        .flatten()
        .any(|t| currency_of(&t.text).is_some())
        || currency_of(text).is_some();
    Some((length, readings, has_cents(text) || beside_currency))
}

/// `5100023411     EUR 595.00`: the currency behind a number without cents is that of the amount it stands next to.
fn is_of_the_next(tokens: &[Token], index: usize, length: usize) -> bool {
    let number = tokens.get(index..index + length).unwrap_or_default();
    let after = tokens.get(index + length..).unwrap_or_default();
    match (number, after) {
        ([.., last], [currency, next, ..]) => {
            !number.iter().any(|word| has_cents(&word.text))
                && !Layout::is_tight(last, currency)
                && Layout::is_tight(currency, next)
                && has_cents(&next.text)
        }
        _ => false,
    }
}

/// A minus in a word of its own between the amount and its currency: `EUR - 1.190,00`, `1.190,00 - EUR`, `-€ 119.00`.
fn has_minus_apart(tokens: &[Token], index: usize, length: usize) -> bool {
    let is_minus = |token: &Token| matches!(token.text.as_str(), "-" | "\u{2212}" | "\u{2013}");
    let is_currency = |token: &Token| {
        currency_of(&token.text).is_some() && !token.text.contains(|c: char| c.is_ascii_digit())
    };
    let tight = |pair: &[Token]| matches!(pair, [a, b] if Layout::is_tight(a, b));
    let window = |from: usize, to: usize| {
        let words = tokens.get(from..to).unwrap_or_default();
        let is_tight = words.windows(2).all(tight);
        if is_tight { words } else { &[] }
    };
    let before = match window(index.saturating_sub(2), index + 1) {
        [currency, minus, _] => is_currency(currency) && is_minus(minus),
        _ => false,
    };
    let fixed = match window(index.saturating_sub(1), index + 1) {
        [sign, _] => sign.text.starts_with(['-', '\u{2212}']) && is_currency(sign),
        _ => false,
    };
    let end = index + length;
    let behind = match window(end.saturating_sub(1), end + 2) {
        [_, minus, currency] => is_minus(minus) && is_currency(currency),
        _ => false,
    };
    // `EUR 100 - EUR 200` is a range.
    let is_range = tokens
        .get(end + 2)
        .is_some_and(|next| next.text.starts_with(|c: char| c.is_ascii_digit()));
    before || fixed || behind && !is_range
}

/// A pair of brackets around it is a minus to a bookkeeper, and a remark behind another number: the usual reading first, the
/// sums decide. A lone bracket belongs to the words around it.
fn readings(text: &str, plain: &str, is_remark: bool) -> Vec<Decimal> {
    let plain_ones = number::readings(plain);
    let is_bracketed = text.starts_with('(') && text.ends_with(')');
    let in_brackets = if is_bracketed {
        number::readings(text)
    } else {
        Vec::new()
    };
    let (first, second) = if is_remark {
        (plain_ones, in_brackets)
    } else {
        (in_brackets, plain_ones)
    };
    first.into_iter().chain(second).collect()
}

/// Right behind another number, `RE-1001 (119.00)`: what stands in brackets there says more about that.
fn is_remark(tokens: &[Token], index: usize) -> bool {
    let before = tokens.get(..index).unwrap_or_default();
    let mut behind = tokens.get(index);
    for token in before.iter().rev() {
        if !behind.is_some_and(|next| Layout::is_tight(token, next)) {
            return false;
        }
        if currency_of(&token.text).is_none() || token.text.contains(|c: char| c.is_ascii_digit()) {
            return token.text.contains(|c: char| c.is_ascii_digit()) && !token.text.contains('%');
        }
        behind = Some(token);
    }
    false
}

/// `RE4711` and `SI-007423` are numbers of papers, also beside a currency; `EUR595.00` and `Fr.12.-` are amounts.
fn is_code(text: &str) -> bool {
    let letters = text.chars().take_while(|c| c.is_alphabetic());
    let letters = letters.collect::<String>();
    let is_money = currency_of(&letters).is_some()
        || ["Fr", "SFr", "Kr", "kr", "Rs", "R"].contains(&letters.as_str());
    !letters.is_empty() && !is_money
}

/// Two digits behind a separator at its end.
pub fn has_cents(text: &str) -> bool {
    let text = text.trim_end_matches(|c: char| !c.is_ascii_digit());
    let mut backwards = text.chars().rev();
    let cents = backwards
        .by_ref()
        .take(2)
        .filter(char::is_ascii_digit)
        .count();
    cents == 2
        && matches!(backwards.next(), Some(',' | '.'))
        && backwards.next().is_some_and(|c| c.is_ascii_digit())
}

/// The currency a word names: by its ISO code or its sign, alone or fixed to a number. `$` is the dollar of the United
/// States until something says otherwise.
pub fn currency_of(word: &str) -> Option<&'static str> {
    let letters = || word.chars().filter(|c| c.is_alphabetic());
    let is_spelled = |code: &str| letters().eq(code.chars());
    let signs = [
        ("€", "EUR"),
        ("£", "GBP"),
        ("CA$", "CAD"),
        ("AU$", "AUD"),
        ("A$", "AUD"),
        ("US$", "USD"),
        ("$", "USD"),
        ("₹", "INR"),
        ("zł", "PLN"),
        ("₺", "TRY"),
    ];
    let codes = [
        "EUR", "USD", "GBP", "CHF", "SEK", "NOK", "DKK", "PLN", "CZK", "HUF", "CAD", "AUD", "NZD",
        "JPY", "CNY", "INR", "RON", "BGN", "TRY", "ZAR", "SGD", "HKD", "MXN", "BRL",
    ];
    let has_three = letters().take(4).count() == 3;
    let code = codes.iter().find(|code| has_three && is_spelled(code));
    let code = code.copied();
    let sign = || {
        // Most words are neither; asked for every word of a page.
        let may_be = !word.is_ascii() || word.contains('$');
        let mut signs = signs
            .iter()
            .filter(|(sign, _)| may_be && word.contains(sign));
        signs.next().map(|(_, code)| *code)
    };
    let franc = || (word == "Fr." || word == "SFr.").then_some("CHF");
    code.or_else(sign)
        .or_else(franc)
        .or_else(|| (is_spelled("Euro") || is_spelled("EURO")).then_some("EUR"))
}
