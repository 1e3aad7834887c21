//! Our own accounts, as the statements of banks name them.

use crate::basics::bank_account::Iban;

/// Fewer characters name nothing: half the accounts of a bank end in them.
const MIN_CHARS: usize = 7;

/// An account of ours. One without an IBAN is known by the first of its numbers.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OwnAccount {
    iban: Option<Iban>,
    numbers: Vec<String>,
}

impl OwnAccount {
    /// An account with an IBAN that is called nothing else.
    pub fn of_iban(iban: Iban) -> Self {
        Self::of_iban_and(iban, Vec::new())
    }

    /// An account with an IBAN, and the other names its bank has for it.
    pub fn of_iban_and(iban: Iban, numbers: Vec<String>) -> Self {
        Self {
            iban: Some(iban),
            numbers,
        }
    }

    /// An account that has only a number.
    pub fn of_number(number: String) -> Self {
        Self {
            iban: None,
            numbers: vec![number],
        }
    }

    /// What the entries of the account are known by, for ever.
    pub fn key(&self) -> &str {
        match &self.iban {
            Some(iban) => iban.as_str(),
            None => self.numbers.first().map_or("", String::as_str),
        }
    }

    /// Is it the one that a statement names so? By one of its numbers, its IBAN, the number at the end of the IBAN, or a German sort
    /// code before that.
    pub fn is_named(&self, named: &str) -> bool {
        let plain = plain(named);
        let mut numbers = self.numbers.iter();
        let by_number = !plain.is_empty() && numbers.any(|number| self::plain(number) == plain);
        let by_iban = |iban: &Iban| {
            let whole = iban.as_str();
            let bban = whole.get(4..).unwrap_or_default();
            let german = named.split_once('/').is_some_and(|(bank, number)| {
                bban.strip_prefix(bank).is_some_and(|rest| {
                    rest.trim_start_matches('0') == number.trim().trim_start_matches('0')
                })
            });
            whole == plain || german || plain.len() >= MIN_CHARS && whole.ends_with(&plain)
        };
        by_number || self.iban.as_ref().is_some_and(by_iban)
    }
}

fn plain(named: &str) -> String {
    let kept = named.chars().filter(char::is_ascii_alphanumeric);
    kept.collect::<String>().to_ascii_uppercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_is_known_by_the_numbers_its_bank_has_for_it() {
        let iban = Iban::parse("DE02120300000000202051").unwrap();
        let ours = OwnAccount::of_iban_and(iban, vec!["0001-2345".into()]);
        for named in ["00012345", "0001 2345", "12030000/202051", "0000202051"] {
            assert!(ours.is_named(named), "{named}");
        }
        for named in ["", "12345", "100012345", "202051"] {
            assert!(!ours.is_named(named), "{named}");
        }
        assert_eq!(ours.key(), "DE02120300000000202051");
        let number = OwnAccount::of_number("107049924".into());
        assert!(number.is_named("107049924") && !number.is_named("7049924"));
        assert_eq!(number.key(), "107049924");
    }
}
