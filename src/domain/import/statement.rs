//! Statements as banks write them (camt.053, camt.054, MT940, BAI2) as bank entries: only of accounts that are ours, and only when what
//! was on the account and what was booked add up to what is on it.

use std::collections::{BTreeMap, HashMap};

use rust_decimal::Decimal;

use super::{Sheet, Unsaid};
use crate::basics::currency::Currency;
use crate::basics::ids::ContentHash;
use crate::basics::money::Money;
use crate::basics::text::{mask, one_line};
use crate::domain::bank::{BankData, BankEntry, OwnAccount};
use crate::domain::payable::payment_run::report::run_of;
use crate::formats::csv_import::Mistake;
use crate::formats::statement::{Statement, StatementEntry, booked};
use crate::formats::{bai2, camt, mt940, pain002};

/// The rest of longer texts is not looked at.
const MAX_TEXT_CHARS: usize = 2_000;
/// Max35Text; a bank may write more around it.
const MAX_REFERENCE_CHARS: usize = 100;
/// More names than these nobody reads in one line.
const MAX_NAMED: usize = 20;
/// Digits of a hash that tell entries apart to which the bank gave no reference.
const HASH_DIGITS: usize = 24;

/// The statements in it; `None` for another sort of file.
pub fn read(bytes: &[u8], ours: &[OwnAccount]) -> Option<Result<Sheet<BankEntry>, Mistake>> {
    let statements = if camt::is_camt(bytes) {
        camt::read(bytes).map_err(|error| error.to_string())
    } else if mt940::is_mt940(bytes) {
        mt940::read(bytes).map_err(|error| error.to_string())
    } else if bai2::is_bai2(bytes) {
        bai2::read(bytes).map_err(|error| error.to_string())
    } else if pain002::is_status_report(bytes) {
        Err("it is the bank's report on a payment file, not a statement: `pay report FILE` takes it".into())
    } else {
        return None;
    };
    let taken = statements.and_then(|statements| sheet(&statements, ours));
    Some(taken.map_err(whole))
}

/// A bank wrote it, in one of the formats that are read here.
pub fn is_statement(bytes: &[u8]) -> bool {
    camt::is_camt(bytes) || mt940::is_mt940(bytes) || bai2::is_bai2(bytes)
}

fn whole(problem: String) -> Mistake {
    Mistake {
        line: 0,
        column: None,
        problem,
    }
}

fn sheet(statements: &[Statement], ours: &[OwnAccount]) -> Result<Sheet<BankEntry>, String> {
    let (mut rows, mut mistakes, mut in_file) = (Vec::new(), Vec::new(), 0);
    let mut advice = Vec::new();
    let mut seen = HashMap::<String, u32>::new();
    let mut told = Vec::new();
    for statement in statements {
        let account = our_account(&statement.account, ours)?;
        in_file += statement.entries.len() + statement.pending;
        if statement.is_interim {
            advice.push(interim(statement));
            continue;
        }
        adds_up(statement)?;
        let booked = statement
            .entries
            .iter()
            .filter_map(|entry| entry.booking_date);
        if let Some(until) = statement.as_of.or(booked.max()) {
            told.push(BankData::of(account.key(), until));
        }
        for entry in &statement.entries {
            match row(statement, entry, account, &mut seen) {
                Ok(row) => rows.push((entry.place, row)),
                Err(problem) => mistakes.push(whole(format!("entry {}: {problem}", entry.place))),
            }
        }
    }
    Ok(Sheet {
        rows,
        in_file,
        mistakes,
        unsaid: Unsaid::default(),
        advice,
        told,
    })
}

/// Ours, by the name the configuration gives it, by its IBAN or by how the bank names that in its country.
fn our_account<'i>(named: &str, ours: &'i [OwnAccount]) -> Result<&'i OwnAccount, String> {
    let mut found = ours.iter().filter(|account| account.is_named(named));
    let first = found.next().ok_or_else(|| {
        format!(
            "the statement is of account {}, which is none of ours: name it in [company] ibans or account_numbers, or as a [[payment_account]]",
            mask(named)
        )
    })?;
    if found.any(|other| other.key() != first.key()) {
        return Err(format!(
            "the statement is of account {}, and several of ours are called so: tell them apart by account_numbers of each [[payment_account]]",
            mask(named)
        ));
    }
    Ok(first)
}

/// What a bank tells of a day before it is closed it may take back: it is read to a person and goes no further.
fn interim(statement: &Statement) -> String {
    let mut sums = BTreeMap::<&str, [Option<Decimal>; 2]>::new();
    for entry in &statement.entries {
        let code = entry.currency.as_deref().or(statement.currency.as_deref());
        let both = sums
            .entry(code.unwrap_or("?"))
            .or_insert([Some(Decimal::ZERO); 2]);
        let [came, went] = both;
        let sum = if entry.amount.is_sign_negative() {
            went
        } else {
            came
        };
        *sum = sum.and_then(|sum| sum.checked_add(entry.amount.abs()));
    }
    let shown = |sum: Option<Decimal>| sum.map_or("too much to add".into(), |sum| sum.to_string());
    let sums = sums
        .into_iter()
        .take(MAX_NAMED)
        .map(|(code, [came, went])| {
            let code = one_line(code, MAX_REFERENCE_CHARS);
            format!(", {code} {} came and {} went", shown(came), shown(went))
        });
    let sums: String = sums.collect();
    let named = statement.entries.iter();
    let named = named.filter_map(|entry| entry.end_to_end_id.as_deref());
    let ours: Vec<String> = named
        .filter(|id| run_of(id).is_some())
        .take(MAX_NAMED)
        .map(|id| one_line(id, MAX_REFERENCE_CHARS))
        .collect();
    let named = match ours.is_empty() {
        true => String::new(),
        false => format!("; of our transfers it names {}", ours.join(", ")),
    };
    format!(
        "account {} is told of before the day is closed: entries {}, announced {}{sums}{named}. It is advice: nothing of it is taken, import the statement that follows",
        mask(&statement.account),
        statement.entries.len(),
        statement.pending
    )
}

/// Without one of the balances nobody can say.
fn adds_up(statement: &Statement) -> Result<(), String> {
    let (Some(opening), Some(closing)) = (statement.opening, statement.closing) else {
        return Ok(());
    };
    let sum = booked(&statement.entries);
    let expected = sum.and_then(|sum| opening.checked_add(sum));
    if expected == Some(closing) {
        return Ok(());
    }
    let number = statement.number.as_deref().unwrap_or("without a number");
    Err(format!(
        "statement {number} does not add up: {opening} and the entries {} are not its closing balance {closing}; ask the bank for the whole file",
        sum.unwrap_or_default()
    ))
}

fn row(
    statement: &Statement,
    entry: &StatementEntry,
    account: &OwnAccount,
    seen: &mut HashMap<String, u32>,
) -> Result<BankEntry, String> {
    let code = entry.currency.as_deref().or(statement.currency.as_deref());
    let currency = code
        .and_then(Currency::parse)
        .ok_or("its currency is none of ISO 4217")?;
    let amount = Money::from_decimal(entry.amount.normalize(), currency)
        .ok_or_else(|| format!("{} has more decimals than {currency}", entry.amount))?;
    let booking_date = entry
        .booking_date
        .or(entry.value_date)
        .ok_or("it has no day")?;
    let text = |text: &Option<String>, most| one_line(text.as_deref().unwrap_or_default(), most);
    let reference = reference(entry, account, amount, seen);
    Ok(BankEntry {
        id: BankEntry::id_of(&reference),
        entry_reference: reference,
        booking_date,
        value_date: entry.value_date,
        amount,
        charges: charges(entry, amount),
        counterparty_name: text(&entry.counterparty_name, MAX_TEXT_CHARS),
        counterparty_iban: entry.counterparty_account.clone(),
        remittance_information: one_line(&entry.remittance_information, MAX_TEXT_CHARS),
        end_to_end_id: entry
            .end_to_end_id
            .as_ref()
            .map(|id| one_line(id, MAX_REFERENCE_CHARS)),
        version: 0,
    })
}

/// What the banks kept, in the currency of the entry: what they took in another one says nothing of what is missing.
fn charges(entry: &StatementEntry, amount: Money) -> Option<Money> {
    let (kept, code) = entry.charges.as_ref()?;
    let kept = Money::from_decimal(kept.normalize(), Currency::parse(code)?)?;
    (kept.currency() == amount.currency() && kept.is_positive()).then_some(kept)
}

/// What names the entry for ever, whichever file brings it: account, the bank's reference and the amount; where the bank gives
/// none, what it says of it. Entries that are alike in all of this are counted in the order of the file.
fn reference(
    entry: &StatementEntry,
    account: &OwnAccount,
    amount: Money,
    seen: &mut HashMap<String, u32>,
) -> String {
    let minor = amount.minor();
    let given = entry.bank_reference.as_deref();
    let known = match given {
        Some(given) => format!(
            "{given} {}",
            entry.transaction_id.as_deref().unwrap_or_default()
        ),
        None => {
            let day = |day: Option<crate::basics::calendar::Date>| {
                day.map(|day| day.to_string()).unwrap_or_default()
            };
            let said = [
                day(entry.booking_date),
                day(entry.value_date),
                entry.end_to_end_id.clone().unwrap_or_default(),
                entry.counterparty_name.clone().unwrap_or_default(),
                entry.remittance_information.clone(),
            ];
            let hash = ContentHash::of(said.join("\n").as_bytes()).to_string();
            hash.chars().take(HASH_DIGITS).collect()
        }
    };
    let named = format!("{} {} {minor}", account.key(), known.trim());
    let times = seen.entry(named.clone()).or_default();
    *times += 1;
    if *times == 1 {
        named
    } else {
        format!("{named} #{times}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::basics::bank_account::Iban;
    use crate::basics::calendar::date;

    const IBAN: &str = "DE02120300000000202051";

    fn entry(amount: i64, reference: Option<&str>) -> StatementEntry {
        StatementEntry {
            place: 1,
            booking_date: Some(date(2026, 11, 24)),
            amount: Decimal::from(amount),
            bank_reference: reference.map(str::to_owned),
            remittance_information: "RE 1".into(),
            ..StatementEntry::default()
        }
    }

    fn statement(account: &str, entries: Vec<StatementEntry>) -> Statement {
        Statement {
            account: account.into(),
            currency: Some("EUR".into()),
            opening: Some(Decimal::from(100)),
            closing: booked(&entries).map(|sum| sum + Decimal::from(100)),
            entries,
            ..Statement::default()
        }
    }

    fn taken(statement: Statement) -> Result<Vec<String>, String> {
        let ours = [OwnAccount::of_iban(Iban::parse(IBAN).unwrap())];
        let sheet = sheet(&[statement], &ours)?;
        Ok(sheet
            .rows
            .into_iter()
            .map(|(_, row)| row.entry_reference)
            .collect())
    }

    #[test]
    fn an_account_is_ours_by_its_iban_or_as_its_country_writes_it() {
        for named in [IBAN, "12030000/202051", "12030000/0000202051", "0000202051"] {
            assert!(taken(statement(named, Vec::new())).is_ok(), "{named}");
        }
        for named in ["", "DE89370400440532013000", "12030000/20205", "2051"] {
            assert!(taken(statement(named, Vec::new())).is_err(), "{named}");
        }
    }

    #[test]
    fn a_number_that_several_of_our_accounts_end_in_is_refused() {
        let named = |number: &str, others: Vec<String>| {
            let one = OwnAccount::of_iban(Iban::parse(IBAN).unwrap());
            let other = Iban::parse("DE02200994700061823900").unwrap();
            let ours = [one, OwnAccount::of_iban_and(other, others)];
            sheet(&[statement(number, Vec::new())], &ours).map(|_| ())
        };
        assert!(named("0000202051", Vec::new()).is_ok());
        let why = named("0000202051", vec!["202051".into(), "0000202051".into()]).unwrap_err();
        assert!(why.contains("several of ours"), "{why}");
    }

    #[test]
    fn a_statement_that_does_not_add_up_is_refused_with_its_sums() {
        let mut wrong = statement(IBAN, vec![entry(10, None)]);
        wrong.closing = Some(Decimal::from(111));
        let why = taken(wrong).unwrap_err();
        assert!(why.contains("100") && why.contains("111"), "{why}");
    }

    #[test]
    fn entries_have_names_that_last_and_alike_ones_are_counted() {
        let twice = || {
            let all = vec![
                entry(10, Some("B-1")),
                entry(-10, Some("B-1")),
                entry(5, None),
                entry(5, None),
            ];
            taken(statement(IBAN, all)).unwrap()
        };
        let names = twice();
        assert_eq!(names, twice());
        assert_eq!(names[0], format!("{IBAN} B-1 1000"));
        assert_eq!(names[3], format!("{} #2", names[2]));
        let different: std::collections::BTreeSet<_> = names.iter().collect();
        assert_eq!(different.len(), 4);
    }
}
