//! Numbers and days as spreadsheets keep them, written so that a reader of text takes them for nothing else.

use jiff::ToSpan;
use jiff::civil::date;
use rust_decimal::Decimal;

/// How numbers of a style are shown, as far as it matters here.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Style {
    /// The number is a day.
    pub is_date: bool,
    /// ISO 4217 code of the currency shown beside it.
    pub currency: Option<String>,
}

/// Days after this one (year 9999) are no days.
const MAX_SERIAL: i64 = 2_958_465;
/// Days between the two calendars of Excel (ECMA-376 part 1, 18.17.4.1).
const MAC_DAYS: i64 = 1_462;
/// Decimals kept: sums of binary fractions differ from what is meant beyond these.
const DECIMALS: u32 = 8;

/// What a cell with this number shows.
pub(super) fn number(written: &str, style: &Style, from_1904: bool) -> String {
    let parsed = written
        .parse::<Decimal>()
        .or_else(|_| Decimal::from_scientific(written));
    let Ok(value) = parsed else {
        return written.to_owned();
    };
    if style.is_date
        && let Some(day) = day(value, from_1904)
    {
        return day;
    }
    let plain = plain(value);
    match &style.currency {
        Some(currency) => format!("{plain} {currency}"),
        None => plain,
    }
}

/// No decimals for whole numbers, two or more for others, and never three: 1.234 could be a thousand more.
fn plain(value: Decimal) -> String {
    let mut value = value.round_dp(DECIMALS).normalize();
    match value.scale() {
        1 => value.rescale(2),
        3 => value.rescale(4),
        _ => {}
    }
    value.to_string()
}

/// The day with this number, ISO 8601. Numbers below 1 are times of day.
fn day(serial: Decimal, from_1904: bool) -> Option<String> {
    let days = i64::try_from(serial.trunc()).ok()?;
    let days = if from_1904 {
        days.saturating_add(MAC_DAYS)
    } else {
        days
    };
    if !(1..=MAX_SERIAL).contains(&days) {
        return None;
    }
    // Day 60 never was (1900 was no leap year); no bill is that old.
    let day = date(1899, 12, 30).checked_add(days.days()).ok()?;
    Some(day.to_string())
}

/// What a built-in format shows (ECMA-376 part 1, 18.8.30).
pub(super) fn built_in(id: u32) -> Style {
    Style {
        is_date: matches!(id, 14..=17 | 22 | 27..=31 | 36 | 50..=54 | 57 | 58),
        currency: None,
    }
}

/// What a format code shows: `dd.mm.yyyy`, `#,##0.00 [$EUR]`, `#,##0.00\ "€"`.
pub(super) fn of_code(code: &str) -> Style {
    let mut is_date = false;
    let mut quoted = false;
    let mut bracket = false;
    for c in code.chars().take_while(|c| *c != ';') {
        match c {
            '"' => quoted = !quoted,
            '[' => bracket = true,
            ']' => bracket = false,
            'd' | 'D' | 'y' | 'Y' if !quoted && !bracket => is_date = true,
            _ => {}
        }
    }
    let is_number = code.contains(['0', '#']);
    Style {
        is_date: is_date && !is_number,
        currency: currency(code),
    }
}

fn currency(code: &str) -> Option<String> {
    if code.contains('€') {
        return Some("EUR".into());
    }
    if code.contains('£') {
        return Some("GBP".into());
    }
    let named = code.split("[$").nth(1).or_else(|| code.split('"').nth(1))?;
    let letters = named.trim().chars().take_while(char::is_ascii_uppercase);
    let letters = letters.collect::<String>();
    (letters.len() == 3).then_some(letters)
}
