//! The amounts a sentence names, as far as they can be told from days and years.

use super::sentence::Sentence;
use crate::basics::currency::Currency;
use crate::basics::money::Money;
use crate::basics::printed_day::bare;

const CURRENCY_SIGNS: [char; 3] = ['€', '$', '£'];
/// How a currency is called in a sentence, folded; beside its ISO 4217 code.
const CURRENCY_NAMES: &[&str] = &["euro", "euros", "dollar", "dollars", "pound", "pounds"];

/// The digits of every amount in the sentence, with two decimals.
pub(super) fn amounts(sentence: &Sentence) -> Vec<String> {
    let word = |at: usize| sentence.words.get(at).map(|word| bare(word));
    let found = (0..sentence.words.len()).filter_map(|at| {
        let mut beside = at
            .checked_sub(1)
            .and_then(word)
            .into_iter()
            .chain(word(at + 1));
        amount(word(at)?, beside.any(is_currency))
    });
    found.collect()
}

/// What a sentence names is nothing, or all of this: half of it is another promise.
pub(super) fn are_all_of(amounts: &[String], total: Money) -> bool {
    let total = format!("{:.2}", total.to_decimal()).replace('.', "");
    amounts.iter().all(|digits| *digits == total)
}

/// `128400` for `1.284,00`, `€1284.00`, `1'284` or `1284`; none of a number with letters in it, nor of a day or a year without a
/// currency beside it.
fn amount(word: &str, has_currency: bool) -> Option<String> {
    let has_currency = has_currency || word.contains(CURRENCY_SIGNS);
    let number = word.trim_matches(|c: char| CURRENCY_SIGNS.contains(&c) || c == '-');
    let parts: Vec<&str> = number.split(['.', ',', '\'']).collect();
    let digits = parts.concat();
    let is_number = !digits.is_empty() && digits.chars().all(|c| c.is_ascii_digit());
    let may_be_other = digits.len() < 3 || is_year(&parts) || is_day(&parts);
    let has_decimals = parts.len() > 1 && parts.last().is_some_and(|last| last.len() == 2);
    let decimals = if has_decimals { "" } else { "00" };
    (is_number && (has_currency || !may_be_other)).then(|| digits + decimals)
}

fn is_year(parts: &[&str]) -> bool {
    matches!(parts, [year] if year.len() == 4 && year.starts_with("20"))
}

/// `27.11.` and `27.11.26`.
fn is_day(parts: &[&str]) -> bool {
    let value = |part: &&str| part.parse::<u32>().unwrap_or(u32::MAX);
    match parts {
        [day, month] => value(day) <= 31 && month.len() <= 2 && value(month) <= 12,
        [day, month, year] => value(day) <= 31 && value(month) <= 12 && year.len() != 3,
        _ => false,
    }
}

fn is_currency(word: &str) -> bool {
    let is_sign = word.len() <= 3 && word.contains(CURRENCY_SIGNS);
    is_sign || CURRENCY_NAMES.contains(&word) || Currency::parse(word).is_some()
}

#[cfg(test)]
mod tests {
    use super::super::sentence::sentences;
    use super::*;

    fn named(text: &str) -> Vec<String> {
        let all = sentences(text.lines());
        all.iter().flat_map(amounts).collect()
    }

    #[test]
    fn amounts_are_told_from_days_and_years_by_the_currency_beside_them() {
        for (text, digits) in [
            ("wir zahlen 1.284,00 am 27.11.", "128400"),
            ("we pay EUR 27.11 on 27.11.2026", "2711"),
            ("we pay 27.11 EUR", "2711"),
            ("we pay €50 on Friday", "5000"),
            ("we pay 50 euros in 2026", "5000"),
            ("we pay 2026 € by then", "202600"),
            ("CHF 1'284 for MR-2026-0047", "128400"),
        ] {
            assert_eq!(named(text), [digits], "{text}");
        }
        for text in [
            "on 27.11.",
            "on 27.11.26 in 2026",
            "MR-2026-0047",
            "on 5 December",
        ] {
            assert_eq!(named(text), [""; 0], "{text}");
        }
    }
}
