//! Journals of double entry: beancount (v2 and v3), hledger (1.25) and CSV.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::basics::calendar::Date;
use crate::basics::currency::Currency;
use crate::basics::money::Money;
use crate::basics::text::{no_formula, one_line};

/// Characters of a party or a text.
const TEXT_CHARS: usize = 200;

/// The first part of an account's name, which says on which side it stands.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Root {
    /// What we have.
    Assets,
    /// What we owe.
    Liabilities,
    /// What we earn.
    Income,
    /// What it costs.
    Expenses,
}

/// An account: `Expenses:6850`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Account {
    /// Its side.
    pub root: Root,
    /// Its name in the chart.
    pub name: String,
}

impl fmt::Display for Account {
    /// Beancount takes letters of any language, digits and hyphens, and a capital or a digit first; hledger takes more.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plain = |c: char| if c.is_alphanumeric() { c } else { '-' };
        let name: String = self.name.chars().map(plain).collect();
        let name = name.trim_start_matches('-');
        let first = name.chars().next();
        let rest: String = name.chars().skip(1).collect();
        let first = first.map_or("0".to_owned(), |first| first.to_uppercase().collect());
        write!(f, "{:?}:{first}{rest}", self.root)
    }
}

/// One side of an entry.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Posting {
    /// On which account.
    pub account: Account,
    /// Positive is a debit, negative a credit.
    pub amount: Money,
}

/// One entry; its postings come to nothing.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Entry {
    /// The day it counts.
    pub date: Date,
    /// Names it for ever: `bill 3f9c…`.
    pub reference: String,
    /// With whom.
    pub party: String,
    /// What it is for.
    pub text: String,
    /// At least two.
    pub postings: Vec<Posting>,
}

impl Entry {
    /// The same the other way round.
    #[must_use]
    pub fn reversed(&self, date: Date, reference: String, text: &str) -> Option<Self> {
        let turned = self.postings.iter().map(|posting| {
            Some(Posting {
                account: posting.account.clone(),
                amount: posting.amount.checked_neg()?,
            })
        });
        Some(Self {
            date,
            reference,
            party: self.party.clone(),
            text: text.to_owned(),
            postings: turned.collect::<Option<_>>()?,
        })
    }
}

/// A beancount file: every account is opened on the day it is used first.
pub fn beancount(entries: &[Entry]) -> String {
    let mut first: BTreeMap<String, Date> = BTreeMap::new();
    for (account, date) in used(entries) {
        let known = first.entry(account).or_insert(date);
        *known = date.min(*known);
    }
    let mut out = String::new();
    for (account, date) in &first {
        out.push_str(&format!("{date} open {account}\n"));
    }
    for entry in entries {
        let (party, text) = (quoted(&entry.party), quoted(&entry.text));
        out.push_str(&format!("\n{} * \"{party}\" \"{text}\"\n", entry.date));
        out.push_str(&format!("  reference: \"{}\"\n", quoted(&entry.reference)));
        for posting in &entry.postings {
            out.push_str(&format!(
                "  {}  {}\n",
                posting.account,
                bare(posting.amount)
            ));
        }
    }
    out
}

/// An hledger file with its accounts and commodities declared, so that `hledger check --strict` finds a misspelt one.
pub fn hledger(entries: &[Entry]) -> String {
    let accounts: BTreeSet<String> = used(entries).map(|(account, _)| account).collect();
    let postings = entries.iter().flat_map(|entry| &entry.postings);
    let currencies: BTreeSet<Currency> = postings.map(|one| one.amount.currency()).collect();
    let mut out = String::new();
    for currency in currencies {
        // It wants a decimal point, also where the currency has no decimals.
        let sample = Money::from_minor(100_000, currency).to_decimal();
        let point = if sample.scale() == 0 { "." } else { "" };
        out.push_str(&format!("commodity {sample}{point} {currency}\n"));
    }
    for account in accounts {
        out.push_str(&format!("account {account}\n"));
    }
    for entry in entries {
        let (reference, party, text) = (
            line(&entry.reference),
            line(&entry.party),
            line(&entry.text),
        );
        out.push_str(&format!(
            "\n{} * ({reference}) {party} | {text}\n",
            entry.date
        ));
        for posting in &entry.postings {
            out.push_str(&format!(
                "    {}    {}\n",
                posting.account,
                bare(posting.amount)
            ));
        }
    }
    out
}

/// One row a posting. A text that a spreadsheet takes for a formula gets an apostrophe.
///
/// # Errors
/// Never with a table in memory; what the writer says.
pub fn csv(entries: &[Entry]) -> Result<String, csv::Error> {
    let mut table = csv::Writer::from_writer(Vec::new());
    table.write_record([
        "date",
        "reference",
        "party",
        "text",
        "account",
        "amount",
        "currency",
    ])?;
    for entry in entries {
        for posting in &entry.postings {
            table.write_record([
                entry.date.to_string(),
                entry.reference.clone(),
                cell(&entry.party),
                cell(&entry.text),
                posting.account.to_string(),
                posting.amount.to_decimal().to_string(),
                posting.amount.currency().to_string(),
            ])?;
        }
    }
    let bytes = table
        .into_inner()
        .map_err(csv::IntoInnerError::into_error)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn used(entries: &[Entry]) -> impl Iterator<Item = (String, Date)> + '_ {
    entries.iter().flat_map(|entry| {
        let accounts = entry.postings.iter().map(|one| one.account.to_string());
        accounts.map(|account| (account, entry.date))
    })
}

fn bare(amount: Money) -> String {
    format!("{} {}", amount.to_decimal(), amount.currency())
}

/// Inside quotes.
fn quoted(text: &str) -> String {
    one_line(text, TEXT_CHARS)
        .replace('\\', "\\\\")
        .replace('"', "\\\"")
}

/// In a description: a semicolon begins a comment, a bar divides, a bracket is a code.
fn line(text: &str) -> String {
    one_line(text, TEXT_CHARS).replace([';', '|', '(', ')'], " ")
}

fn cell(text: &str) -> String {
    no_formula(&one_line(text, TEXT_CHARS))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::basics::calendar::date;

    fn entry() -> Entry {
        let posting = |root, name: &str, minor| Posting {
            account: Account {
                root,
                name: name.into(),
            },
            amount: Money::from_minor(minor, Currency::EUR),
        };
        Entry {
            date: date(2026, 11, 23),
            reference: "bill 3f9c1a77".into(),
            party: "=Alpha \"A;B\" GmbH".into(),
            text: "RE-1 | 2\nsecond line".into(),
            postings: vec![
                posting(Root::Expenses, "6850", 100_000),
                posting(Root::Liabilities, "payables", -100_000),
            ],
        }
    }

    #[test]
    fn an_entry_as_each_program_reads_it() {
        assert_eq!(
            beancount(&[entry()]),
            "2026-11-23 open Expenses:6850\n2026-11-23 open Liabilities:Payables\n\n\
             2026-11-23 * \"=Alpha \\\"A;B\\\" GmbH\" \"RE-1 | 2 second line\"\n  reference: \"bill 3f9c1a77\"\n  \
             Expenses:6850  1000.00 EUR\n  Liabilities:Payables  -1000.00 EUR\n"
        );
        assert_eq!(
            hledger(&[entry()]),
            "commodity 1000.00 EUR\naccount Expenses:6850\naccount Liabilities:Payables\n\n\
             2026-11-23 * (bill 3f9c1a77) =Alpha \"A B\" GmbH | RE-1   2 second line\n    \
             Expenses:6850    1000.00 EUR\n    Liabilities:Payables    -1000.00 EUR\n"
        );
        assert!(
            csv(&[entry()])
                .unwrap()
                .contains(",\"'=Alpha \"\"A;B\"\" GmbH\",")
        );
    }

    #[test]
    fn a_currency_without_decimals_is_declared_with_its_point() {
        let yen = Currency::parse("JPY").unwrap();
        let mut entry = entry();
        for posting in &mut entry.postings {
            posting.amount = Money::from_minor(posting.amount.minor(), yen);
        }
        let told = hledger(&[entry]);
        assert!(told.starts_with("commodity 100000. JPY\n"), "{told}");
        assert!(told.contains("Expenses:6850    100000 JPY\n"), "{told}");
    }

    #[test]
    fn an_odd_name_of_an_account_stays_one_word() {
        let account = |name: &str| {
            Account {
                root: Root::Assets,
                name: name.into(),
            }
            .to_string()
        };
        assert_eq!(account("k.st 10:2"), "Assets:K-st-10-2");
        assert_eq!(account("büro"), "Assets:Büro");
        assert_eq!(account("-"), "Assets:0");
    }
}
