//! One transaction (record 16).

use super::record::{Record, value_day};
use super::{Bai2Error, amount, day, decimal};
use crate::basics::calendar::Date;
use crate::basics::currency::Currency;
use crate::formats::statement::{StatementEntry, shortened};

/// What some banks write where there is no reference.
const NO_REFERENCE: [&str; 3] = ["NONREF", "NOTPROVIDED", "NONE"];

pub(super) struct Transaction {
    /// Its amount as it stands there, for the control total.
    pub(super) minor: i64,
    /// None for what is told and moves nothing.
    pub(super) entry: Option<StatementEntry>,
}

/// Which way the money went.
enum Way {
    Came,
    Went,
    Nowhere,
}

/// By the ranges of the type codes; of loans (700 to 799) they do not say.
fn way(kind: &str) -> Option<Way> {
    match kind.parse::<u16>().ok().filter(|_| kind.len() == 3)? {
        101..=399 | 920..=959 => Some(Way::Came),
        401..=699 | 960..=999 => Some(Way::Went),
        890 => Some(Way::Nowhere),
        _ => None,
    }
}

pub(super) fn read(
    record: &Record<'_>,
    place: u64,
    booked: Date,
    currency: Currency,
) -> Result<Transaction, Bai2Error> {
    let mut fields = record.fields();
    let kind = fields.next().unwrap_or_default().trim();
    let way = way(kind)
        .ok_or_else(|| record.wrong(format!("its type {kind:?} says neither credit nor debit")))?;
    let minor = amount(record, fields.next().unwrap_or_default())?;
    if matches!(way, Way::Nowhere) {
        let minor = minor.unwrap_or_default();
        return Ok(Transaction { minor, entry: None });
    }
    let minor = minor.ok_or_else(|| record.wrong("it has no amount"))?;
    if minor < 0 {
        return Err(record.wrong("its amount is negative: the type says which way it went"));
    }
    let money = decimal(minor, currency).ok_or_else(|| record.wrong("its amount is too large"))?;
    let value = value_day(&mut fields, record)?.filter(|value| !value.trim().is_empty());
    let value = match value {
        Some(value) => {
            Some(day(value).ok_or_else(|| record.wrong("its value day cannot be read"))?)
        }
        None => None,
    };
    let bank_reference = known(fields.next());
    let customer_reference = known(fields.next());
    let text = fields.text();
    let came = matches!(way, Way::Came);
    let tagged = |tag: &str| {
        let mut values = text.iter().filter_map(|line| line.strip_prefix(tag));
        known(values.next())
    };
    let entry = StatementEntry {
        place,
        booking_date: Some(booked),
        value_date: value,
        amount: if came { money } else { -money },
        currency: None,
        charges: None,
        // Banks count them anew each day.
        transaction_id: bank_reference.as_ref().map(|_| booked.to_string()),
        bank_reference,
        end_to_end_id: tagged("EREF:").or(customer_reference),
        counterparty_name: tagged(if came { "DBNM:" } else { "CRNM:" }),
        counterparty_account: tagged(if came { "DACT:" } else { "CACT:" }),
        remittance_information: shortened(&text.join(" ")),
    };
    Ok(Transaction {
        minor,
        entry: Some(entry),
    })
}

fn known(said: Option<&str>) -> Option<String> {
    let said = said.unwrap_or_default().trim();
    let is_one = said.chars().any(|c| c != '0') && !NO_REFERENCE.contains(&said);
    is_one.then(|| shortened(said))
}
