//! Columns that several files have: one way to read a list of accounts, a list of domains, an address.

use rust_decimal::Decimal;

use crate::basics::address::MailAddress;
use crate::basics::bank_account::Iban;
use crate::basics::tax_id::VatId;
use crate::basics::text::mask;
use crate::formats::csv_import::Row;
use crate::formats::number::{readings, single_reading};

/// Several accounts, separated by blanks or bars; each may itself be printed in groups of four.
pub(super) fn ibans(row: &mut Row<'_>, column: &str) -> Vec<Iban> {
    let read = row.optional_parsed(column, "a list of IBANs (check the digits)", |text| {
        let mut all = Vec::new();
        for piece in text.split('|').filter(|piece| !piece.trim().is_empty()) {
            match Iban::parse(piece) {
                Some(iban) => all.push(iban),
                None => {
                    let each: Option<Vec<Iban>> =
                        piece.split_whitespace().map(Iban::parse).collect();
                    all.extend(each?);
                }
            }
        }
        Some(all)
    });
    read.unwrap_or_default()
}

/// Several mail domains, separated by blanks or bars.
pub(super) fn domains(row: &mut Row<'_>, column: &str) -> Vec<String> {
    let read = row.optional_parsed(
        column,
        "a list of mail domains (such as example.com)",
        |text| {
            let pieces = text.split(|c: char| c == '|' || c.is_whitespace());
            let pieces = pieces.filter(|piece| !piece.is_empty());
            pieces
                .map(|piece| {
                    let address = MailAddress::parse(&format!("x@{piece}"))?;
                    address
                        .domain()
                        .contains('.')
                        .then(|| address.domain().to_owned())
                })
                .collect()
        },
    );
    read.unwrap_or_default()
}

pub(super) fn mail(row: &mut Row<'_>, column: &str) -> Option<MailAddress> {
    row.optional_parsed(column, "a mail address", MailAddress::parse)
}

/// Figures with what people write between them; kept as it is written.
pub(super) fn phone(text: &str) -> Option<String> {
    let fits = |c: char| c.is_ascii_digit() || " +-/().".contains(c);
    let digits = text.chars().filter(char::is_ascii_digit).count();
    (text.chars().all(fits) && (5..=20).contains(&digits)).then(|| text.to_owned())
}

pub(super) fn vat_id(row: &mut Row<'_>, column: &str) -> Option<VatId> {
    row.optional_parsed(column, "a VAT id (such as DE136695976)", VatId::parse)
}

/// A required number in plain digits, with a point or comma, that `fits`. `1.234` may be a thousand or one and a bit: refused, and
/// both are named.
pub(super) fn decimal(
    row: &mut Row<'_>,
    column: &str,
    expected: &str,
    fits: impl Fn(&Decimal) -> bool,
) -> Option<Decimal> {
    let written = row.required(column)?;
    if let [one, other, ..] = readings(&written).as_slice() {
        let (one, other) = (one.normalize(), other.normalize());
        row.mistake(
            column,
            &format!("{written:?} could be {one} or {other}: write {one} or {other}"),
        );
        return None;
    }
    row.parsed(column, expected, |text| {
        let unsigned = text.trim_start_matches('-');
        let is_whole = unsigned.bytes().all(|byte| byte.is_ascii_digit());
        let value = match is_whole {
            true => text.parse().ok(),
            false => single_reading(text),
        };
        value.filter(&fits)
    })
}

/// Accounts as the audit trail shows them.
pub(super) fn masked(ibans: &[Iban]) -> String {
    let masked: Vec<String> = ibans.iter().map(|iban| mask(iban.as_str())).collect();
    masked.join(" ")
}

pub(super) fn shown<T: ToString>(value: Option<&T>) -> String {
    value.map(ToString::to_string).unwrap_or_default()
}
