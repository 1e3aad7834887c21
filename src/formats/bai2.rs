//! BAI2 balance reports (Bank Administration Institute, Cash Management Balance Reporting, version 2), as banks in America send
//! them: file (01), groups (02), accounts (03), transactions (16), continuations (88) and the control totals (49, 98, 99), which
//! are all checked: a payer's own words stand between the records, and must not be able to look like one.

mod record;
mod transaction;

use rust_decimal::Decimal;

use self::record::{Record, records};
use super::statement::{MAX_ENTRIES, Statement, without_blanks};
use crate::basics::calendar::Date;
use crate::basics::currency::Currency;

/// A statement of a year of a busy account is a few MiB.
const MAX_BYTES: usize = 20 * 1024 * 1024;
/// What is in no other currency is in dollars.
const DEFAULT_CURRENCY: &str = "USD";
/// More digits than any bank's sum.
const MAX_DIGITS: usize = 18;

/// Why it is no statement that could be taken.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Bai2Error {
    /// Larger than any.
    #[error("the statement is larger than 20 MiB")]
    TooLarge,
    /// More entries than a file has.
    #[error("more than {MAX_ENTRIES} entries")]
    TooMany,
    /// What cannot be read, or does not add up.
    #[error("line {line}, record {code}: {problem}")]
    Record {
        /// Of the file, counted from 1.
        line: u64,
        /// `16`.
        code: String,
        /// What is wrong with it, with its numbers.
        problem: String,
    },
    /// It stops in the middle.
    #[error("the file ends without its record {code}: ask the bank for the whole file")]
    Unfinished {
        /// `99`.
        code: &'static str,
    },
}

/// Does it begin as one? The header of a table has names.
pub fn is_bai2(bytes: &[u8]) -> bool {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    bytes.trim_ascii_start().starts_with(b"01,")
}

/// A record that is open until its control total.
struct Open {
    /// The amounts, as they stand in the file.
    sum: i128,
    /// Accounts in a group, groups in a file.
    parts: u64,
    /// Records, continuations and its own included.
    records: u64,
}

impl Open {
    fn at(record: &Record<'_>) -> Self {
        Self {
            sum: 0,
            parts: 0,
            records: record.physical,
        }
    }
}

struct Group {
    open: Open,
    day: Date,
    is_interim: bool,
    currency: String,
}

struct Account {
    open: Open,
    statement: Statement,
    currency: Currency,
}

#[derive(Default)]
struct Reader {
    file: Option<Open>,
    group: Option<Group>,
    account: Option<Account>,
    statements: Vec<Statement>,
    entries: usize,
    place: u64,
}

/// Every statement of the file.
///
/// # Errors
/// Why nothing of it is taken: half a statement is none.
pub fn read(bytes: &[u8]) -> Result<Vec<Statement>, Bai2Error> {
    if bytes.len() > MAX_BYTES {
        return Err(Bai2Error::TooLarge);
    }
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => encoding_rs::WINDOWS_1252.decode(bytes).0.into_owned(),
    };
    let mut reader = Reader::default();
    for record in records(text.trim_start_matches('\u{feff}'))? {
        reader.take(&record)?;
    }
    let Reader {
        file,
        group,
        account,
        ..
    } = &reader;
    let code = match (account, group, file) {
        (Some(_), _, _) => "49",
        (None, Some(_), _) => "98",
        (None, None, Some(_)) => "99",
        (None, None, None) => return Ok(reader.statements),
    };
    Err(Bai2Error::Unfinished { code })
}

impl Reader {
    fn take(&mut self, record: &Record<'_>) -> Result<(), Bai2Error> {
        let opens = record.code != "01";
        if opens {
            let misplaced = || record.wrong("it stands where none can be");
            let file = self.file.as_mut().ok_or_else(misplaced)?;
            file.records = file.records.saturating_add(record.physical);
            if let Some(group) = &mut self.group {
                group.open.records = group.open.records.saturating_add(record.physical);
            }
            if let Some(account) = &mut self.account {
                account.open.records = account.open.records.saturating_add(record.physical);
            }
        }
        let place = (
            self.file.is_some(),
            self.group.is_some(),
            self.account.is_some(),
        );
        match (record.code, place) {
            ("01", (false, false, false)) => self.file = Some(Open::at(record)),
            ("02", (true, false, false)) => self.group = Some(group(record)?),
            ("03", (true, true, false)) => self.begin_account(record)?,
            ("16", (true, true, true)) => self.transaction(record)?,
            ("49", (true, true, true)) => self.end_account(record)?,
            ("98", (true, true, false)) => self.end_group(record)?,
            ("99", (true, false, false)) => self.end_file(record)?,
            _ => return Err(record.wrong("it stands where none can be")),
        }
        Ok(())
    }

    /// The account, and what stands on it: a type, its amount, how many items and which funds, again and again.
    fn begin_account(&mut self, record: &Record<'_>) -> Result<(), Bai2Error> {
        let Some(group) = &self.group else {
            return Ok(());
        };
        let mut fields = record.fields();
        let number = without_blanks(fields.next().unwrap_or_default());
        if number.is_empty() {
            return Err(record.wrong("it has no account"));
        }
        let said = fields.next().unwrap_or_default().trim();
        let code = if said.is_empty() {
            &group.currency
        } else {
            said
        };
        let currency = Currency::parse(code)
            .ok_or_else(|| record.wrong(format!("{code:?} is no currency of ISO 4217")))?;
        let mut statement = Statement {
            account: number,
            number: Some(group.day.to_string()),
            currency: Some(currency.to_string()),
            is_interim: group.is_interim,
            as_of: Some(group.day),
            ..Statement::default()
        };
        let mut open = Open::at(record);
        while let Some(kind) = fields.next() {
            let stated = fields.next().unwrap_or_default();
            let amount = amount(record, stated)?;
            fields.next();
            record::skip_funds(&mut fields, record)?;
            open.sum += i128::from(amount.unwrap_or_default());
            let money = amount.and_then(|minor| decimal(minor, currency));
            match kind.trim() {
                "010" => statement.opening = money,
                "015" => statement.closing = money,
                _ => {}
            }
        }
        self.account = Some(Account {
            open,
            statement,
            currency,
        });
        Ok(())
    }

    fn transaction(&mut self, record: &Record<'_>) -> Result<(), Bai2Error> {
        let (Some(group), Some(account)) = (&self.group, &mut self.account) else {
            return Ok(());
        };
        self.entries += 1;
        if self.entries > MAX_ENTRIES {
            return Err(Bai2Error::TooMany);
        }
        self.place += 1;
        let read = transaction::read(record, self.place, group.day, account.currency)?;
        account.open.sum += i128::from(read.minor);
        account.statement.entries.extend(read.entry);
        Ok(())
    }

    fn end_account(&mut self, record: &Record<'_>) -> Result<(), Bai2Error> {
        let Some(account) = self.account.take() else {
            return Ok(());
        };
        let mut fields = record.fields();
        agrees(record, "control total", fields.next(), account.open.sum)?;
        agrees(
            record,
            "number of records",
            fields.next(),
            account.open.records.into(),
        )?;
        if let Some(group) = &mut self.group {
            group.open.sum += account.open.sum;
            group.open.parts += 1;
        }
        self.statements.push(account.statement);
        Ok(())
    }

    fn end_group(&mut self, record: &Record<'_>) -> Result<(), Bai2Error> {
        let Some(Group { open, .. }) = self.group.take() else {
            return Ok(());
        };
        closes(record, &open, "number of accounts")?;
        if let Some(file) = &mut self.file {
            file.sum += open.sum;
            file.parts += 1;
        }
        Ok(())
    }

    fn end_file(&mut self, record: &Record<'_>) -> Result<(), Bai2Error> {
        match self.file.take() {
            Some(open) => closes(record, &open, "number of groups"),
            None => Ok(()),
        }
    }
}

/// A bank's account of a day. What it takes back or corrects a person has to compare with what was taken.
fn group(record: &Record<'_>) -> Result<Group, Bai2Error> {
    let mut fields = record.fields().map(str::trim).skip(2);
    match fields.next().unwrap_or_default() {
        "1" => {}
        "2" => return Err(record.wrong("the group takes back what was reported before: compare it with the entries of that day")),
        "3" => return Err(record.wrong("the group corrects what was reported before: compare it with the entries of that day, and import what is new as a table")),
        "4" => return Err(record.wrong("the group is a test of the bank's")),
        other => return Err(record.wrong(format!("its status {other:?} is none"))),
    }
    let day = day(fields.next().unwrap_or_default())
        .ok_or_else(|| record.wrong("its day cannot be read"))?;
    let currency = fields.nth(1).unwrap_or_default();
    // Final for the day before or the same day; interim for either.
    let is_interim = match fields.next().unwrap_or_default() {
        "" | "2" | "4" => false,
        "1" | "3" => true,
        other => return Err(record.wrong(format!("its as-of date modifier {other:?} is none"))),
    };
    Ok(Group {
        open: Open::at(record),
        day,
        is_interim,
        currency: if currency.is_empty() {
            DEFAULT_CURRENCY
        } else {
            currency
        }
        .to_owned(),
    })
}

fn closes(record: &Record<'_>, open: &Open, parts: &str) -> Result<(), Bai2Error> {
    let mut fields = record.fields();
    agrees(record, "control total", fields.next(), open.sum)?;
    agrees(record, parts, fields.next(), open.parts.into())?;
    agrees(
        record,
        "number of records",
        fields.next(),
        open.records.into(),
    )
}

fn agrees(
    record: &Record<'_>,
    what: &str,
    said: Option<&str>,
    counted: i128,
) -> Result<(), Bai2Error> {
    let said = said.unwrap_or_default().trim();
    if said.parse() == Ok(counted) {
        return Ok(());
    }
    Err(record.wrong(format!(
        "its {what} is {said:?}, and the file has {counted}: ask the bank for the whole file"
    )))
}

/// Cents without a point; none where nothing is said.
fn amount(record: &Record<'_>, text: &str) -> Result<Option<i64>, Bai2Error> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let is_number = !digits.is_empty()
        && digits.trim_start_matches('0').len() <= MAX_DIGITS
        && digits.chars().all(|c| c.is_ascii_digit());
    let read = is_number.then(|| text.parse().ok()).flatten();
    read.map(Some)
        .ok_or_else(|| record.wrong(format!("the amount {text:?} cannot be read")))
}

fn decimal(minor: i64, currency: Currency) -> Option<Decimal> {
    Decimal::try_new(minor, currency.exponent().into()).ok()
}

fn day(yymmdd: &str) -> Option<Date> {
    let yymmdd = yymmdd.trim();
    let is_day = yymmdd.len() == 6 && yymmdd.chars().all(|c| c.is_ascii_digit());
    let number = |range: std::ops::Range<usize>| yymmdd.get(range)?.parse::<i8>().ok();
    let (year, month, day) = (number(0..2)?, number(2..4)?, number(4..6)?);
    is_day.then(|| Date::new(2000 + i16::from(year), month, day).ok())?
}

#[cfg(test)]
mod tests;
