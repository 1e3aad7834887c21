//! Printed numbers: every way a text can be meant as an amount. Which one is meant, sums on the page decide later.

use rust_decimal::Decimal;

/// Longer texts are not amounts: 15 digits, their separators, sign, brackets and a currency fit.
const MAX_CHARS: usize = 40;
/// Digits of the largest amount read; the sum of many still fits.
const MAX_DIGITS: usize = 15;

/// All readings of a printed number, most usual first: none for what is no number, two for `1.234` (a thousand or one).
///
/// Understands `1.234,56`, `1,234.56`, `1 234,56`, `1'234.56`, `1,23,456.78`, `119,00-`, `(119.00)`, `119.00 CR`,
/// `12,-`, `12,--`, `12.–`, currency signs and codes around it, full-width digits and the typographic minus.
pub fn readings(text: &str) -> Vec<Decimal> {
    let Some(Stripped {
        negative,
        without_cents,
        body,
    }) = strip(text)
    else {
        return Vec::new();
    };
    let mut found: Vec<Decimal> = Vec::new();
    for plain in candidates(&body)
        .into_iter()
        .filter(|plain| !(without_cents && plain.contains('.')))
    {
        let Ok(value) = Decimal::from_str_exact(&plain) else {
            continue;
        };
        let value = if negative { -value } else { value };
        if !found.contains(&value) {
            found.push(value);
        }
    }
    found
}

/// The only reading, when there is exactly one.
pub fn single_reading(text: &str) -> Option<Decimal> {
    match readings(text).as_slice() {
        [only] => Some(*only),
        _ => None,
    }
}

/// A printed number without what stands around its digits.
struct Stripped {
    negative: bool,
    /// Printed `,-` in place of the cents, so every separator left divides thousands.
    without_cents: bool,
    /// Digits and separators.
    body: String,
}

/// Removes sign, currency and blanks.
fn strip(text: &str) -> Option<Stripped> {
    if text.chars().count() > MAX_CHARS {
        return None;
    }
    let text = text.chars().map(plain_char).collect::<String>();
    let text = text.trim();
    let (bracketed, text) = match text.strip_prefix('(').and_then(|t| t.strip_suffix(')')) {
        Some(inside) => (true, inside.trim()),
        None => (false, text),
    };
    let (text, credited) = match text.strip_suffix("CR") {
        Some(before) => (before.trim(), true),
        None => (text, false),
    };
    let text = strip_currency(text);
    let (text, led) = strip_minus_before(text);
    let text = strip_currency(text);
    let (text, led_again) = strip_minus_before(text);
    let (text, without_cents) = strip_empty_decimals(text);
    let (text, trailed) = match text.strip_suffix('-') {
        Some(before) if !without_cents => (before.trim_end(), true),
        _ => (text, false),
    };
    let signs = [bracketed, credited, led, led_again, trailed]
        .into_iter()
        .filter(|sign| *sign)
        .count();
    let body = strip_currency(text).to_owned();
    let shaped = body.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '.' | ','))
        && body.ends_with(|c: char| c.is_ascii_digit())
        && body
            .chars()
            .all(|c| c.is_ascii_digit() || matches!(c, '.' | ',' | '\'' | ' '));
    let digits = body.chars().filter(char::is_ascii_digit).count();
    (shaped && signs <= 1 && (1..=MAX_DIGITS).contains(&digits)).then_some(Stripped {
        negative: signs == 1,
        without_cents,
        body,
    })
}

/// One spelling for blanks, apostrophes, dashes and digits.
fn plain_char(c: char) -> char {
    match c {
        '\u{a0}' | '\u{202f}' | '\u{2007}' | '\u{2009}' | '\t' => ' ',
        '’' | '‘' | '´' | '`' | '＇' => '\'',
        '−' | '–' | '—' | '‐' | '‑' | '－' => '-',
        '．' => '.',
        '，' => ',',
        '０'..='９' => char::from_digit(u32::from(c) - u32::from('０'), 10).unwrap_or(c),
        _ => c,
    }
}

/// A sign such as € or a code or abbreviation of letters at either end, with the blanks beside it.
fn strip_currency(text: &str) -> &str {
    let sign = |c: char| {
        matches!(
            c,
            '€' | '$' | '£' | '¥' | '₹' | 'ł' | '₺' | '₽' | '%' | '*' | '=' | ':'
        )
    };
    let letters = |c: char| c.is_alphabetic();
    let front = text.trim_start_matches(sign).trim_start();
    let word = front.chars().take_while(|c| letters(*c)).count();
    let front = if (1..=3).contains(&word) {
        front.trim_start_matches(letters).trim_start_matches('.')
    } else {
        front
    };
    let front = front.trim_start_matches(sign).trim();
    let back = front.trim_end_matches(sign).trim_end();
    let word = back.chars().rev().take_while(|c| letters(*c)).count();
    let back = if (1..=3).contains(&word) {
        back.trim_end_matches(letters)
    } else {
        back
    };
    back.trim_end_matches(sign).trim()
}

fn strip_minus_before(text: &str) -> (&str, bool) {
    match text.strip_prefix('-') {
        Some(rest) => (rest.trim_start(), true),
        None => (text.strip_prefix('+').unwrap_or(text).trim_start(), false),
    }
}

/// `12,-`, `12,--`, `12.-`: no cents.
fn strip_empty_decimals(text: &str) -> (&str, bool) {
    let cut = text.trim_end_matches('-');
    let dashes = text.len() - cut.len();
    match cut.strip_suffix([',', '.']) {
        Some(whole)
            if (1..=2).contains(&dashes) && whole.ends_with(|c: char| c.is_ascii_digit()) =>
        {
            (whole, true)
        }
        _ => (text, false),
    }
}

/// Plain spellings (digits and one point) of every reading.
fn candidates(body: &str) -> Vec<String> {
    let separators = body
        .chars()
        .filter(|c| !c.is_ascii_digit())
        .collect::<Vec<_>>();
    let Some(last) = separators.last().copied() else {
        return vec![body.to_owned()];
    };
    let (whole, fraction) = body.rsplit_once(last).unwrap_or((body, ""));
    let same = separators.iter().all(|separator| *separator == last);
    let blank_or_quote = matches!(last, ' ' | '\'');
    let mut found = Vec::new();
    let grouped = same && is_grouped(body, last);
    // `1.234.567` and `1 234`: only groups. `1.234`: a thousand (usual) or one and a bit.
    if grouped {
        found.push(digits(body));
    }
    let decimal_possible = !blank_or_quote
        && separators
            .iter()
            .filter(|separator| **separator == last)
            .count()
            == 1
        && groups_before(whole);
    if decimal_possible {
        let leading = if whole.is_empty() {
            "0".to_owned()
        } else {
            digits(whole)
        };
        found.push(format!("{leading}.{fraction}"));
    }
    found
}

/// What stands before the decimal separator: no separator, or one kind of separator in groups.
fn groups_before(whole: &str) -> bool {
    match whole.chars().find(|c| !c.is_ascii_digit()) {
        None => true,
        Some(separator) => is_grouped(whole, separator),
    }
}

/// Groups of three from the right, or of two after the last three (India), never with a leading zero before a group.
fn is_grouped(text: &str, separator: char) -> bool {
    let mut groups = text.split(separator).collect::<Vec<_>>();
    let digits_only = groups
        .iter()
        .all(|g| !g.is_empty() && g.bytes().all(|b| b.is_ascii_digit()));
    let last = groups.pop().unwrap_or_default();
    let first = groups.first().copied().unwrap_or_default();
    let inner = groups.get(1..).unwrap_or_default();
    let western = inner.iter().all(|g| g.len() == 3) && first.len() <= 3;
    let indian = separator == ',' && inner.iter().all(|g| g.len() == 2) && first.len() <= 2;
    digits_only
        && last.len() == 3
        && !first.is_empty()
        && !first.starts_with('0')
        && (western || indian)
}

fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> Vec<String> {
        readings(text)
            .iter()
            .map(|value| value.normalize().to_string())
            .collect()
    }

    #[test]
    fn each_countrys_way_of_writing_is_read() {
        let cases = [
            ("1.234,56", "1234.56"),
            ("1,234.56", "1234.56"),
            ("1 234,56 €", "1234.56"),
            ("1\u{202f}234,56\u{a0}€", "1234.56"),
            ("CHF 1'234.50", "1234.5"),
            ("1’234.–", "1234"),
            ("1,23,456.78", "123456.78"),
            ("EUR 12,-", "12"),
            ("1.234,--", "1234"),
            ("119,00-", "-119"),
            ("-119,00", "-119"),
            ("€ -119.00", "-119"),
            ("-€119.00", "-119"),
            ("−119,00 EUR", "-119"),
            ("(1,190.00)", "-1190"),
            ("119.00 CR", "-119"),
            ("１１９．００", "119"),
            ("1.234.567", "1234567"),
            ("1 234 567", "1234567"),
            ("0,5", "0.5"),
            (",50", "0.5"),
            ("19 %", "19"),
            ("0.123", "0.123"),
            ("1190", "1190"),
            ("$1,000,000.00", "1000000"),
            ("1234.567,89", ""),
        ];
        for (text, expected) in cases {
            let expected = if expected.is_empty() {
                vec![]
            } else {
                vec![expected.to_owned()]
            };
            assert_eq!(shown(text), expected, "{text}");
        }
    }

    #[test]
    fn one_separator_with_three_digits_behind_it_has_two_readings() {
        assert_eq!(shown("1.234"), ["1234", "1.234"]);
        assert_eq!(shown("1,234"), ["1234", "1.234"]);
        assert_eq!(shown("-12.500"), ["-12500", "-12.5"]);
        assert_eq!(single_reading("1.234"), None);
    }

    #[test]
    fn what_is_no_number_has_no_reading() {
        for text in [
            "",
            "-",
            "EUR",
            "RE-2026-0815",
            "22.11.2026",
            "12,34,5",
            "1..2",
            "DE89370400440532013000",
            "1.2.3",
            "(-5)",
            "--5",
            "9999999999999999",
            "5 Stück x",
            "١٢",
        ] {
            assert!(readings(text).is_empty(), "{text}: {:?}", readings(text));
        }
    }
}
