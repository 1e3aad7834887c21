//! National check digits of VAT ids: the rules the tax offices publish. They tell a misprint or a misreading from a number;
//! that it was ever given to anybody only the office knows.

/// Whether the check digits of a VAT id are right; `None` where the country has none that is published, or another kind of
/// number than the rule is for. `rest` is what follows the country's letters.
pub(super) fn is_right(country: &str, rest: &str) -> Option<bool> {
    let digits = rest
        .chars()
        .filter_map(|c| c.to_digit(10))
        .collect::<Vec<_>>();
    let (body, last) = digits.split_last().map(|(last, body)| (body, *last))?;
    let weighted = |weights: &[u32]| sum(body, weights);
    Some(match country {
        "DE" | "HR" => chained(body) == last,
        "AT" => (10 - (doubled(body, 1) + 4) % 10) % 10 == last,
        "IT" => (10 - doubled(body, 1) % 10) % 10 == last,
        "SE" => {
            let number = digits.get(..10)?;
            let (check, body) = number.split_last()?;
            (10 - doubled(body, 0) % 10) % 10 == *check
        }
        "BE" => split_modulus(rest, 8, 97)? == 0,
        "LU" => lead(rest, 6)? % 89 == tail(rest, 6)?,
        "DK" => sum(&digits, &[2, 7, 6, 5, 4, 3, 2, 1]).is_multiple_of(11),
        "EE" => (10 - weighted(&[3, 7, 1, 3, 7, 1, 3, 7]) % 10) % 10 == last,
        "EL" => weighted(&[256, 128, 64, 32, 16, 8, 4, 2]) % 11 % 10 == last,
        "ES" => return spain(rest),
        "FI" => (11 - weighted(&[7, 9, 10, 5, 8, 4, 2]) % 11) % 11 == last,
        "FR" => {
            let key = rest.get(..2)?.parse::<u64>().ok()?;
            (12 + 3 * (tail(rest, 2)? % 97)) % 97 == key
        }
        "GB" => {
            let total = sum(&digits, &[8, 7, 6, 5, 4, 3, 2, 10, 1]);
            matches!(total % 97, 0 | 42)
        }
        "HU" => (10 - weighted(&[9, 7, 3, 1, 9, 7, 3]) % 10) % 10 == last,
        "IE" => return ireland(rest),
        "MT" => sum(&digits, &[3, 4, 6, 7, 8, 9, 10, 1]).is_multiple_of(37),
        "NL" => eleven(digits.get(..9)?) || netherlands(rest),
        "PL" => weighted(&[6, 5, 7, 2, 3, 4, 5, 6, 7]) % 11 == last,
        "PT" => (11 - weighted(&[9, 8, 7, 6, 5, 4, 3, 2]) % 11) % 11 % 10 == last,
        "RO" => {
            let weights = [7, 5, 3, 2, 1, 7, 5, 3, 2];
            let skipped = weights.len().checked_sub(body.len())?;
            sum(body, weights.get(skipped..)?) * 10 % 11 % 10 == last
        }
        "SI" => (11 - weighted(&[8, 7, 6, 5, 4, 3, 2]) % 11) % 10 == last,
        "SK" => lead(rest, 10)? % 11 == 0,
        "CH" => (11 - weighted(&[5, 4, 3, 2, 7, 6, 5, 4]) % 11) % 11 == last,
        "NO" => (11 - weighted(&[3, 2, 7, 6, 5, 4, 3, 2]) % 11) % 11 == last,
        _ => return None,
    })
}

fn sum(digits: &[u32], weights: &[u32]) -> u32 {
    digits.iter().zip(weights).map(|(d, w)| d * w).sum()
}

/// ISO 7064 mod 11, 10.
fn chained(body: &[u32]) -> u32 {
    let rest = body.iter().fold(10, |product, digit| {
        let step = match (product + digit) % 10 {
            0 => 10,
            step => step,
        };
        step * 2 % 11
    });
    (11 - rest) % 10
}

/// The sum of digits in which every second one, beginning with number `first`, is doubled and its own digits added.
fn doubled(body: &[u32], first: usize) -> u32 {
    let one = |(at, digit): (usize, &u32)| {
        if at % 2 == first {
            digit * 2 / 10 + digit * 2 % 10
        } else {
            *digit
        }
    };
    body.iter().enumerate().map(one).sum()
}

/// The Dutch test of eleven.
fn eleven(digits: &[u32]) -> bool {
    let total = sum(digits, &[9, 8, 7, 6, 5, 4, 3, 2]);
    digits.last() == Some(&(total % 11))
}

/// The first digits as a number.
fn lead(rest: &str, digits: usize) -> Option<u64> {
    rest.get(..digits)?.parse().ok()
}

/// What follows the first digits as a number.
fn tail(rest: &str, digits: usize) -> Option<u64> {
    rest.get(digits..)?.parse().ok()
}

/// First digits and the check number behind them leave this remainder.
fn split_modulus(rest: &str, digits: usize, modulus: u64) -> Option<u64> {
    Some((lead(rest, digits)? + tail(rest, digits)?) % modulus)
}

/// The Dutch numbers of the self-employed since 2020: the whole id, letters as numbers, mod 97.
fn netherlands(rest: &str) -> bool {
    let value = |rest: u32, c: char| match c.to_digit(36) {
        Some(digit) if digit < 10 => (rest * 10 + digit) % 97,
        Some(letter) => (rest * 100 + letter) % 97,
        None => rest,
    };
    format!("NL{rest}").chars().fold(0, value) == 1
}

/// Persons bear a letter for the rest of 23 behind their number, companies a digit or letter for a doubled sum.
fn spain(rest: &str) -> Option<bool> {
    const PERSONS: &str = "TRWAGMYFPDXBNJZSQVHLCKE";
    const COMPANIES: &str = "JABCDEFGHI";
    let first = rest.chars().next()?;
    let last = rest.chars().last()?;
    let middle = rest.get(1..rest.len().checked_sub(1)?)?;
    let person = |number: &str| {
        let rest = number.parse::<usize>().ok()? % 23;
        Some(PERSONS.chars().nth(rest) == Some(last))
    };
    match first {
        '0'..='9' => person(rest.get(..8)?),
        'X' => person(&format!("0{middle}")),
        'Y' => person(&format!("1{middle}")),
        'Z' => person(&format!("2{middle}")),
        _ => {
            let digits = middle
                .chars()
                .filter_map(|c| c.to_digit(10))
                .collect::<Vec<_>>();
            let check = (10 - doubled(&digits, 0) % 10) % 10;
            let letter = COMPANIES.chars().nth(usize::try_from(check).ok()?);
            Some(last.to_digit(10) == Some(check) || letter == Some(last))
        }
    }
}

/// The letter behind seven digits; a second letter counts nine times.
fn ireland(rest: &str) -> Option<bool> {
    const LETTERS: &str = "WABCDEFGHIJKLMNOPQRSTUV";
    let number = rest.get(..7)?;
    if !number.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let digits = number
        .chars()
        .filter_map(|c| c.to_digit(10))
        .collect::<Vec<_>>();
    let second = rest
        .chars()
        .nth(8)
        .and_then(|c| LETTERS.find(c))
        .unwrap_or(0);
    let total = sum(&digits, &[8, 7, 6, 5, 4, 3, 2]);
    let expected = (usize::try_from(total).ok()? + 9 * second) % 23;
    Some(rest.chars().nth(7) == LETTERS.chars().nth(expected))
}
