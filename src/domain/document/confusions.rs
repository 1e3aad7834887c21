//! Letters that recognition takes for digits. Only where the rest of a word leaves no doubt is it mended: an O is the usual
//! case, because the two are one shape in many types, and no word of a language mixes it with digits. An I or l beside an
//! amount may as well be the line of a table, so those stay as they are.

use crate::basics::bank_account::{Iban, is_iban_country};

/// What stands in numbers and dates beside digits.
const BETWEEN_DIGITS: [char; 5] = ['.', ',', '/', '-', ':'];
/// What many suppliers begin the numbers of their bills with.
const NUMBER_PREFIXES: [&str; 7] = ["INV", "RE", "RG", "FAC", "FC", "FA", "FT"];
/// Digits that must stand beside an O for it to be one.
const MIN_DIGITS: usize = 2;
/// Country and check digits of an IBAN, as its first group.
const IBAN_HEAD: usize = 4;
/// From so many characters on a word with two letters in front is an IBAN or a VAT number.
const MIN_ACCOUNT_CHARS: usize = 9;

/// The word with digits where it can only have digits.
pub fn mended(word: String) -> String {
    if !word.contains('O') || !word.is_ascii() {
        return word;
    }
    let digits = word.bytes().filter(u8::is_ascii_digit).count();
    let mended = if digits >= MIN_DIGITS && word.chars().all(is_of_a_number) {
        Some(word.replace('O', "0"))
    } else {
        account(&word).or_else(|| numbered(&word))
    };
    mended.unwrap_or(word)
}

fn is_of_a_number(c: char) -> bool {
    c.is_ascii_digit() || c == 'O' || BETWEEN_DIGITS.contains(&c)
}

/// `head` stays, the rest becomes digits. `None` when it holds anything else, or no digit.
fn with_digits(word: &str, head: usize) -> Option<String> {
    let (head, rest) = word.split_at_checked(head)?;
    let has_digit = rest.bytes().any(|byte| byte.is_ascii_digit());
    let is_number = rest
        .bytes()
        .all(|byte| byte.is_ascii_digit() || byte == b'O');
    (has_digit && is_number).then(|| format!("{head}{}", rest.replace('O', "0")))
}

/// The first group of an IBAN, a VAT number in digits, or a whole IBAN whose check digits come out only so.
fn account(word: &str) -> Option<String> {
    if !word.get(..2).is_some_and(is_iban_country) {
        return None;
    }
    let is_account = word.len() == IBAN_HEAD || word.len() >= MIN_ACCOUNT_CHARS;
    if is_account && let Some(mended) = with_digits(word, 2) {
        return Some(mended);
    }
    if Iban::parse(word).is_some() {
        return None;
    }
    // Some countries begin the account with four letters of the bank, and an O may be one of them.
    [2, 8].into_iter().find_map(|from| {
        let (head, rest) = word.split_at_checked(from)?;
        let mended = format!("{head}{}", rest.replace('O', "0"));
        Iban::parse(&mended).filter(Iban::has_known_country)?;
        Some(mended)
    })
}

fn numbered(word: &str) -> Option<String> {
    let prefix = NUMBER_PREFIXES.iter().find(|prefix| {
        let rest = word.strip_prefix(**prefix);
        rest.is_some_and(|rest| rest.starts_with('O'))
    })?;
    with_digits(word, prefix.len()).filter(|_| word.len() > prefix.len() + MIN_DIGITS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_o_among_digits_is_a_digit() {
        for (read, printed) in [
            ("O5.03.2024", "05.03.2024"),
            ("1.19O,OO", "1.190,00"),
            ("DEO8", "DE08"),
            ("FRO5622128445", "FR05622128445"),
            ("NL91ABNAO417164300", "NL91ABNA0417164300"),
            ("INVO971", "INV0971"),
        ] {
            assert_eq!(mended(read.to_owned()), printed);
        }
    }

    #[test]
    fn what_may_be_a_letter_stays() {
        for word in [
            "PO803947", "NO123", "O2", "OO", "HMPRO", "REO", "ORDER-10", "CO2", "B2O", "Oö12",
        ] {
            assert_eq!(mended(word.to_owned()), word);
        }
    }
}
