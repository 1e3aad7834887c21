//! SWIFT MT940 customer statements and MT942 reports of the day, as banks send them: with or without the envelope of blocks, several in a file, `:86:` free or
//! in the numbered fields of the German DK convention, or with the slashed words of the Dutch one.

use rust_decimal::Decimal;

use super::statement::{MAX_ENTRIES, MAX_TEXT_CHARS, Statement, StatementEntry, shortened};
use crate::basics::calendar::Date;

/// A statement of a year of a busy account is a few MiB.
const MAX_BYTES: usize = 20 * 1024 * 1024;

/// Why it is no statement that could be taken.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Mt940Error {
    /// Larger than any.
    #[error("the statement is larger than 20 MiB")]
    TooLarge,
    /// Another file.
    #[error("it has no :25: with an account, so it is no MT940 statement")]
    OtherFile,
    /// More entries than a file has.
    #[error("more than {MAX_ENTRIES} entries")]
    TooMany,
    /// A field that cannot be read.
    #[error("line {line}, field {tag}: {what} cannot be read")]
    Field {
        /// Of the file, counted from 1.
        line: u64,
        /// `:61:`.
        tag: String,
        /// What of it.
        what: &'static str,
    },
}

/// Does it begin as one, with or without the envelope or the lines some banks put before it?
pub fn is_mt940(bytes: &[u8]) -> bool {
    let head = bytes.get(..bytes.len().min(4096)).unwrap_or_default();
    let head = String::from_utf8_lossy(head);
    let has = |tags: &[&str]| {
        let mut lines = head.lines();
        lines.any(|line| tags.iter().any(|tag| line.trim_start().starts_with(tag)))
    };
    let begins = has(&[":20:"]) || head.contains("{4:\r\n:20:") || head.contains("{4:\n:20:");
    begins && has(&[":25:", ":25P:"]) && has(&[":60F:", ":60M:", ":61:", ":28C:", ":28:"])
}

struct Field<'t> {
    line: u64,
    tag: &'t str,
    text: String,
}

/// Every statement of the file.
///
/// # Errors
/// Why nothing of it is taken: half a statement is none.
pub fn read(bytes: &[u8]) -> Result<Vec<Statement>, Mt940Error> {
    if bytes.len() > MAX_BYTES {
        return Err(Mt940Error::TooLarge);
    }
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => encoding_rs::WINDOWS_1252.decode(bytes).0.into_owned(),
    };
    let (mut statements, mut open) = (Vec::new(), Statement::default());
    let mut place = 0;
    for field in fields(&text) {
        match field.tag {
            "20" => close(&mut open, &mut statements),
            "25" | "25P" => open.account = account(&field.text),
            "28C" | "28" => open.number = Some(field.text.trim().to_owned()),
            "60F" | "60M" => {
                let (amount, currency) = balance(&field)?;
                open.opening = Some(amount);
                open.currency = Some(currency);
            }
            // Only MT942, which is told during the day, has a lowest amount and a time.
            "34F" | "13D" => interim(&mut open, &field),
            "62F" | "62M" => {
                open.closing = Some(balance(&field)?.0);
                open.as_of = field.text.trim().get(1..7).and_then(day);
            }
            "61" => {
                place += 1;
                if place > MAX_ENTRIES {
                    return Err(Mt940Error::TooMany);
                }
                let place = u64::try_from(place).unwrap_or(u64::MAX);
                open.entries.push(entry(&field, place)?);
            }
            "86" => {
                // Behind the closing balance it is about the account.
                if let (Some(entry), None) = (open.entries.last_mut(), open.closing) {
                    explained(entry, &field.text);
                }
            }
            _ => {}
        }
    }
    close(&mut open, &mut statements);
    if statements.is_empty() {
        return Err(Mt940Error::OtherFile);
    }
    Ok(joined(statements))
}

/// `EUR0,` or `EURD0,`.
fn interim(open: &mut Statement, field: &Field<'_>) {
    open.is_interim = true;
    let code = field.text.get(..3).filter(|_| field.tag == "34F");
    open.currency = code.map(str::to_owned).or(open.currency.take());
}

fn close(open: &mut Statement, statements: &mut Vec<Statement>) {
    let done = std::mem::take(open);
    if !done.account.is_empty() {
        statements.push(done);
    }
}

/// Pages of one statement (`:60M:` to `:62M:`) are one: what the first begins, the last ends.
fn joined(pages: Vec<Statement>) -> Vec<Statement> {
    let mut whole: Vec<Statement> = Vec::new();
    let of = |statement: &Statement| {
        let number = statement.number.as_deref().unwrap_or_default();
        number.split('/').next().unwrap_or_default().to_owned()
    };
    for page in pages {
        match whole.last_mut() {
            Some(last)
                if last.account == page.account
                    && last.is_interim == page.is_interim
                    && !of(&page).is_empty()
                    && of(last) == of(&page)
                    && last.closing == page.opening =>
            {
                last.closing = page.closing;
                last.as_of = page.as_of.or(last.as_of);
                last.entries.extend(page.entries);
            }
            _ => whole.push(page),
        }
    }
    whole
}

/// `:tag:` at the beginning of a line opens a field; other lines belong to the one before, `-` and `}` end the message.
fn fields(text: &str) -> Vec<Field<'_>> {
    let mut fields: Vec<Field<'_>> = Vec::new();
    for (line, n) in text.lines().zip(1..) {
        let line = line.trim_end_matches('\r');
        let line = line.rsplit_once("{4:").map_or(line, |(_, rest)| rest);
        let tagged = line.strip_prefix(':').and_then(|rest| rest.split_once(':'));
        match tagged {
            Some((tag, content)) if is_tag(tag) => fields.push(Field {
                line: n,
                tag,
                text: content.to_owned(),
            }),
            Some(_) | None if line.trim() == "-" || line.starts_with("-}") => {}
            Some(_) | None => {
                if let Some(last) = fields.last_mut()
                    && last.text.len() < MAX_TEXT_CHARS
                {
                    last.text.push('\n');
                    last.text.push_str(line);
                }
            }
        }
    }
    fields
}

fn is_tag(tag: &str) -> bool {
    let mut chars = tag.chars();
    let digits = chars.by_ref().take(2).filter(char::is_ascii_digit).count();
    digits == 2 && chars.all(|c| c.is_ascii_uppercase()) && tag.len() <= 3
}

fn account(text: &str) -> String {
    let first = text.lines().next().unwrap_or_default().trim();
    // German banks write sort code and number, some the currency behind the IBAN.
    let plain: String = first.chars().filter(|c| !c.is_whitespace()).collect();
    let is_currency = |tail: &str| tail.len() == 3 && tail.chars().all(|c| c.is_ascii_uppercase());
    let tail = plain
        .len()
        .checked_sub(3)
        .and_then(|at| plain.split_at_checked(at));
    match tail {
        Some((number, tail))
            if is_currency(tail) && number.ends_with(|c: char| c.is_ascii_digit()) =>
        {
            number.to_owned()
        }
        Some(_) | None => plain,
    }
}

/// `C261124EUR1234,56`.
fn balance(field: &Field<'_>) -> Result<(Decimal, String), Mt940Error> {
    let failed = |what| Mt940Error::Field {
        line: field.line,
        tag: format!(":{}:", field.tag),
        what,
    };
    let text = field.text.trim();
    let (sign, rest) = text.split_at_checked(1).ok_or(failed("the balance"))?;
    let currency = rest.get(6..9).ok_or(failed("the currency"))?;
    let amount = decimal(rest.get(9..).unwrap_or_default()).ok_or(failed("the amount"))?;
    match sign {
        "C" => Ok((amount, currency.to_owned())),
        "D" => Ok((-amount, currency.to_owned())),
        _ => Err(failed("C or D")),
    }
}

/// `1234,56`, `1234,`, `,5`.
fn decimal(text: &str) -> Option<Decimal> {
    let plain = text.trim().replace(',', ".");
    let plain = plain.trim_end_matches('.');
    let plain = if plain.starts_with('.') {
        format!("0{plain}")
    } else {
        plain.to_owned()
    };
    (!plain.is_empty() && plain.chars().all(|c| c.is_ascii_digit() || c == '.'))
        .then(|| plain.parse().ok())?
}

/// `2611241124CR1234,56NTRFE-1//B-1`: value day, booking day, mark, third letter of the currency, amount, type, the payer's
/// reference, the bank's; what is on the next line is the bank's, too.
fn entry(field: &Field<'_>, place: u64) -> Result<StatementEntry, Mt940Error> {
    let failed = |what| Mt940Error::Field {
        line: field.line,
        tag: ":61:".into(),
        what,
    };
    let (first, _) = field.text.split_once('\n').unwrap_or((&field.text, ""));
    let (value, rest) = first.split_at_checked(6).ok_or(failed("the value day"))?;
    let value_date = day(value).ok_or(failed("the value day"))?;
    let booked = rest
        .get(..4)
        .filter(|day| day.chars().all(|c| c.is_ascii_digit()));
    let rest = booked
        .map_or(Some(rest), |day| rest.get(day.len()..))
        .unwrap_or_default();
    // RC takes a credit back, RD a debit.
    let marks = [
        ("RC", true),
        ("RD", false),
        ("EC", false),
        ("ED", true),
        ("C", false),
        ("D", true),
    ];
    let (mark, is_debit) = marks
        .iter()
        .find(|(mark, _)| rest.starts_with(mark))
        .ok_or(failed("the mark C or D"))?;
    let rest = rest.strip_prefix(mark).unwrap_or_default();
    let rest = rest.trim_start_matches(|c: char| c.is_ascii_alphabetic());
    let end = rest
        .find(|c: char| !c.is_ascii_digit() && c != ',')
        .unwrap_or(rest.len());
    let (amount, rest) = rest.split_at_checked(end).unwrap_or((rest, ""));
    let amount = decimal(amount).ok_or(failed("the amount"))?;
    // N and three characters of a type, then references.
    let references = rest.get(4..).unwrap_or_default();
    let (own, banks) = references.split_once("//").unwrap_or((references, ""));
    let known = |text: &str| {
        let text = text.trim();
        let said = !text.is_empty() && text != "NONREF";
        said.then(|| text.to_owned())
    };
    Ok(StatementEntry {
        place,
        booking_date: booked
            .and_then(|day| beside(value_date, day))
            .or(Some(value_date)),
        value_date: Some(value_date),
        amount: if *is_debit { -amount } else { amount },
        bank_reference: known(banks),
        // Sixteen characters by the standard; what some banks write behind them is a name.
        end_to_end_id: known(own.split("  ").next().unwrap_or_default()),
        ..StatementEntry::default()
    })
}

fn day(yymmdd: &str) -> Option<Date> {
    let number = |range: std::ops::Range<usize>| yymmdd.get(range)?.parse::<i8>().ok();
    let (year, month, day) = (number(0..2)?, number(2..4)?, number(4..6)?);
    Date::new(2000 + i16::from(year), month, day).ok()
}

/// A booking day has no year: the one that is nearest to the value day.
fn beside(value: Date, mmdd: &str) -> Option<Date> {
    let month: i8 = mmdd.get(..2)?.parse().ok()?;
    let of_month: i8 = mmdd.get(2..)?.parse().ok()?;
    let years = [value.year() - 1, value.year(), value.year() + 1];
    let days = years
        .into_iter()
        .filter_map(|year| Date::new(year, month, of_month).ok());
    days.min_by_key(|day| crate::basics::calendar::days_between(value, *day).abs())
}

/// What `:86:` says: in numbered fields (`?20` to `?29` and `?60` to `?63` purpose, `?31` account, `?32` and `?33` name), in slashed
/// words (`/EREF/…/REMI/…`), else free.
fn explained(entry: &mut StatementEntry, text: &str) {
    let flat: String = text.lines().map(str::trim_end).collect::<Vec<_>>().join("");
    let numbered = flat.get(3..).is_some_and(|rest| rest.starts_with('?'));
    if numbered {
        from_numbered(entry, &flat);
    } else if flat.starts_with('/') && flat.matches('/').count() >= 2 {
        from_slashed(entry, &flat);
    } else {
        entry.remittance_information = shortened(&text.replace('\n', " "));
    }
}

fn from_numbered(entry: &mut StatementEntry, flat: &str) {
    let (mut purpose, mut name) = (String::new(), String::new());
    for part in flat.split('?').skip(1) {
        let (number, content) = part.split_at_checked(2).unwrap_or((part, ""));
        match number {
            "20" | "21" | "22" | "23" | "24" | "25" | "26" | "27" | "28" | "29" | "60" | "61"
            | "62" | "63" => {
                purpose.push_str(content);
            }
            "31" => entry.counterparty_account = Some(shortened(content.trim())),
            "32" | "33" => name.push_str(content),
            _ => {}
        }
    }
    entry.counterparty_name = (!name.trim().is_empty()).then(|| shortened(name.trim()));
    let tags = [
        "EREF+", "KREF+", "MREF+", "CRED+", "DEBT+", "SVWZ+", "ABWA+", "ABWE+", "IBAN+", "BIC+",
    ];
    let tagged = |wanted: &str| {
        let (_, rest) = purpose.split_once(wanted)?;
        let end = tags
            .iter()
            .filter_map(|tag| rest.find(tag))
            .min()
            .unwrap_or(rest.len());
        let value = rest.get(..end)?.trim();
        (!value.is_empty() && value != "NOTPROVIDED").then(|| value.to_owned())
    };
    entry.end_to_end_id = tagged("EREF+")
        .or_else(|| tagged("KREF+"))
        .or(entry.end_to_end_id.take());
    let words = tagged("SVWZ+");
    entry.remittance_information = shortened(&words.unwrap_or(purpose));
}

fn from_slashed(entry: &mut StatementEntry, flat: &str) {
    let words = flat.split('/').collect::<Vec<_>>();
    let known = [
        "EREF", "REMI", "NAME", "IBAN", "TRTP", "BIC", "CSID", "MARF", "PREF", "ISDT", "CNTP",
        "RTRN", "BENM", "ORDP", "ID",
    ];
    let value = |wanted: &str| {
        let at = words.iter().position(|word| *word == wanted)?;
        let rest = words.get(at + 1..)?;
        let content = rest.iter().take_while(|word| !known.contains(*word));
        let text = content.copied().collect::<Vec<_>>().join("/");
        let text = text.trim().trim_matches('/').to_owned();
        (!text.is_empty() && text != "NOTPROVIDED").then_some(text)
    };
    entry.end_to_end_id = value("EREF").or(entry.end_to_end_id.take());
    entry.counterparty_name = value("NAME");
    entry.counterparty_account = value("IBAN");
    entry.remittance_information = shortened(&value("REMI").unwrap_or_else(|| flat.to_owned()));
}

#[cfg(test)]
mod tests;
