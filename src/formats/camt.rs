//! Bank to customer cash management (ISO 20022): camt.053 statements, camt.054 notifications and camt.052 reports of
//! the day, versions 02 to 13. What differs
//! between the versions (`Sts` and `Sts/Cd`, `Dbtr/Nm` and `Dbtr/Pty/Nm`) is looked for in both places.

use rust_decimal::Decimal;

use super::statement::{MAX_ENTRIES, Statement, StatementEntry, shortened, without_blanks};
use super::xml::{self, Element};
use crate::basics::calendar::{Date, parse_iso_date};

/// Filled in by payers who give no id of their own.
pub(super) const NOT_PROVIDED: &str = "NOTPROVIDED";

/// Why it is no statement that could be taken.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum CamtError {
    /// Not XML, or hostile.
    #[error(transparent)]
    Xml(#[from] xml::XmlError),
    /// Another document.
    #[error("{0:?} is no statement of ISO 20022 (camt.052, camt.053 or camt.054)")]
    OtherDocument(String),
    /// More entries than a file has.
    #[error("more than {MAX_ENTRIES} entries")]
    TooMany,
    /// An entry without what makes it one.
    #[error("entry {place}: {what} is missing or cannot be read")]
    Entry {
        /// Its number in the file, counted from 1.
        place: u64,
        /// Which element.
        what: &'static str,
    },
}

/// Is this XML a message of cash management? By its namespace.
pub fn is_camt(bytes: &[u8]) -> bool {
    xml::root(bytes)
        .is_ok_and(|(namespace, name)| name == "Document" && namespace.contains("camt.05"))
}

/// Every statement of the file.
///
/// # Errors
/// Why nothing of it is taken: half a statement is none.
pub fn read(bytes: &[u8]) -> Result<Vec<Statement>, CamtError> {
    let document = xml::read(bytes)?;
    let root = &document.root;
    let mut statements = root.all("BkToCstmrStmt/Stmt");
    statements.extend(root.all("BkToCstmrDbtCdtNtfctn/Ntfctn"));
    statements.extend(root.all("BkToCstmrAcctRpt/Rpt"));
    if statements.is_empty() {
        return Err(CamtError::OtherDocument(root.name.clone()));
    }
    let mut place = 0;
    let read = statements
        .into_iter()
        .map(|element| statement(element, &mut place));
    read.collect()
}

fn statement(element: &Element, place: &mut u64) -> Result<Statement, CamtError> {
    let account = element
        .text_at("Acct/Id/IBAN")
        .or_else(|| element.text_at("Acct/Id/Othr/Id"))
        .or_else(|| element.text_at("Acct/Id/PrtryAcct/Id"));
    let mut statement = Statement {
        account: without_blanks(account.unwrap_or_default()),
        number: owned(element.text_at("Id")),
        currency: owned(element.text_at("Acct/Ccy")),
        opening: balance(element, &["OPBD", "PRCD"]),
        closing: balance(element, &["CLBD"]),
        as_of: balance_of(element, &["CLBD"]).and_then(|balance| date(balance, "Dt")),
        is_interim: element.name == "Rpt",
        ..Statement::default()
    };
    for entry in element.all("Ntry") {
        *place += 1;
        let status = entry.text_at("Sts/Cd").or_else(|| entry.text_at("Sts"));
        if status.is_some_and(|status| status != "BOOK") {
            statement.pending += 1;
            continue;
        }
        statement.entries.extend(entries(entry, *place)?);
        if statement.entries.len() > MAX_ENTRIES {
            return Err(CamtError::TooMany);
        }
    }
    Ok(statement)
}

/// The first balance of one of these codes.
fn balance_of<'e>(element: &'e Element, codes: &[&str]) -> Option<&'e Element> {
    let balances = element.all("Bal");
    let of = |code: &&str| {
        let mut found = balances.iter();
        found.find(|one| one.text_at("Tp/CdOrPrtry/Cd") == Some(code))
    };
    codes.iter().find_map(of).copied()
}

fn balance(element: &Element, codes: &[&str]) -> Option<Decimal> {
    let found = balance_of(element, codes)?;
    signed(found.text_at("Amt")?, found.text_at("CdtDbtInd"))
}

fn signed(amount: &str, indicator: Option<&str>) -> Option<Decimal> {
    let amount: Decimal = amount.parse().ok()?;
    match indicator {
        Some("CRDT") => Some(amount),
        Some("DBIT") => Some(-amount),
        Some(_) | None => None,
    }
}

/// One for each transaction where their amounts add up to the entry's, else one for the whole.
fn entries(entry: &Element, place: u64) -> Result<Vec<StatementEntry>, CamtError> {
    let missing = |what| CamtError::Entry { place, what };
    let indicator = entry.text_at("CdtDbtInd");
    let amount = entry.find("Amt").ok_or(missing("Amt"))?;
    let total = signed(amount.text.trim(), indicator).ok_or(missing("Amt or CdtDbtInd"))?;
    let batch = entry.find("NtryDtls/Btch");
    let batch =
        batch.and_then(|batch| batch.text_at("PmtInfId").or_else(|| batch.text_at("MsgId")));
    let whole = StatementEntry {
        place,
        booking_date: date(entry, "BookgDt"),
        value_date: date(entry, "ValDt"),
        amount: total,
        currency: owned(amount.attribute("Ccy")),
        charges: charges(entry),
        bank_reference: owned(
            entry
                .text_at("AcctSvcrRef")
                .or_else(|| entry.text_at("NtryRef")),
        ),
        end_to_end_id: owned(batch),
        remittance_information: shortened(entry.text_at("AddtlNtryInf").unwrap_or_default()),
        ..StatementEntry::default()
    };
    let details = entry.all("NtryDtls/TxDtls");
    match details.as_slice() {
        [] => Ok(vec![whole]),
        [only] => Ok(vec![with_details(&whole, only, total)]),
        several => Ok(split(&whole, several).unwrap_or_else(|| vec![whole])),
    }
}

fn split(whole: &StatementEntry, details: &[&Element]) -> Option<Vec<StatementEntry>> {
    let sign = if whole.amount.is_sign_negative() {
        "DBIT"
    } else {
        "CRDT"
    };
    let parts = details.iter().map(|details| {
        let amount = ["Amt", "AmtDtls/TxAmt/Amt", "AmtDtls/InstdAmt/Amt"];
        let amount = amount.iter().find_map(|path| details.find(path))?;
        let same = amount.attribute("Ccy").map(str::to_owned) == whole.currency;
        let indicator = details.text_at("CdtDbtInd").unwrap_or(sign);
        let amount = signed(amount.text.trim(), Some(indicator)).filter(|_| same)?;
        Some(with_details(whole, details, amount))
    });
    let mut parts = parts.collect::<Option<Vec<_>>>()?;
    for (part, n) in parts.iter_mut().zip(1..) {
        // What was kept of all of them says nothing of each.
        part.charges = part.charges.take().filter(|_| whole.charges.is_none());
        part.transaction_id = part.transaction_id.take().or(Some(format!("{n}")));
    }
    let sum = super::statement::booked(&parts)?;
    (sum == whole.amount).then_some(parts)
}

fn with_details(whole: &StatementEntry, details: &Element, amount: Decimal) -> StatementEntry {
    let text = |path: &str| details.text_at(path);
    // Who is on the other side of it.
    let (party, account) = if amount.is_sign_negative() {
        ("Cdtr", "CdtrAcct")
    } else {
        ("Dbtr", "DbtrAcct")
    };
    let name = text(&format!("RltdPties/{party}/Nm"))
        .or_else(|| text(&format!("RltdPties/{party}/Pty/Nm")))
        .or_else(|| text(&format!("RltdPties/Ultmt{party}/Nm")));
    let iban = text(&format!("RltdPties/{account}/Id/IBAN"))
        .or_else(|| text(&format!("RltdPties/{account}/Id/Othr/Id")));
    let end_to_end = text("Refs/EndToEndId").filter(|id| *id != NOT_PROVIDED);
    let batch = || text("Refs/PmtInfId").or_else(|| text("Refs/MsgId"));
    StatementEntry {
        amount,
        transaction_id: owned(text("Refs/TxId").or_else(|| text("Refs/AcctSvcrRef"))),
        end_to_end_id: owned(end_to_end)
            .or_else(|| whole.end_to_end_id.clone())
            .or_else(|| owned(batch())),
        counterparty_name: owned(name),
        counterparty_account: iban.map(without_blanks),
        charges: charges(details).or_else(|| whole.charges.clone()),
        remittance_information: information(details, &whole.remittance_information),
        ..whole.clone()
    }
}

/// What the banks kept, in one currency (ISO 20022 `Chrgs`): the total, else the sum of its records that are in the amount and
/// were not given back.
fn charges(element: &Element) -> Option<(Decimal, String)> {
    if let Some(total) = element.find("Chrgs/TtlChrgsAndTaxAmt") {
        let kept = total.text.trim().parse().ok()?;
        return Some((kept, owned(total.attribute("Ccy"))?));
    }
    let records = [element.all("Chrgs/Rcrd"), element.all("Chrgs")].concat();
    let counts = |record: &&&Element| {
        let is_apart = record.text_at("ChrgInclInd") == Some("false");
        record.find("Amt").is_some() && !is_apart && record.text_at("CdtDbtInd") != Some("CRDT")
    };
    let mut sum: Option<(Decimal, String)> = None;
    for record in records.iter().filter(counts) {
        let amount = record.find("Amt")?;
        let (kept, code) = (
            amount.text.trim().parse().ok()?,
            owned(amount.attribute("Ccy"))?,
        );
        sum = match sum {
            None => Some((kept, code)),
            Some((before, same)) if same == code => Some((before.checked_add(kept)?, code)),
            Some(_) => return None,
        };
    }
    sum
}

/// References first, then the payer's words, then why it came back; the bank's own words where there are none.
fn information(details: &Element, else_of_bank: &str) -> String {
    let mut parts = Vec::new();
    for path in [
        "RmtInf/Strd/CdtrRefInf/Ref",
        "RmtInf/Strd/RfrdDocInf/Nb",
        "RmtInf/Ustrd",
        "RtrInf/Rsn/Cd",
        "RtrInf/AddtlInf",
    ] {
        let found = details.all(path).into_iter().map(|found| found.text.trim());
        parts.extend(found.filter(|text| !text.is_empty()));
    }
    if parts.is_empty() {
        return else_of_bank.to_owned();
    }
    shortened(&parts.join(" "))
}

fn date(element: &Element, name: &str) -> Option<Date> {
    let day = element.text_at(&format!("{name}/Dt"));
    let moment = element.text_at(&format!("{name}/DtTm"));
    parse_iso_date(day.or(moment)?.get(..10)?)
}

fn owned(text: Option<&str>) -> Option<String> {
    text.map(shortened)
}

#[cfg(test)]
mod tests;
