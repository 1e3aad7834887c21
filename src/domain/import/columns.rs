//! Columns that several files have: one way to read a list of accounts, a list of domains, an address.

use crate::basics::address::MailAddress;
use crate::basics::bank_account::Iban;
use crate::basics::tax_id::VatId;
use crate::basics::text::mask;
use crate::formats::csv_import::Row;

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

pub(super) fn vat_id(row: &mut Row<'_>, column: &str) -> Option<VatId> {
    row.optional_parsed(column, "a VAT id (such as DE136695976)", VatId::parse)
}

/// Accounts as the audit trail shows them.
pub(super) fn masked(ibans: &[Iban]) -> String {
    let masked: Vec<String> = ibans.iter().map(|iban| mask(iban.as_str())).collect();
    masked.join(" ")
}

pub(super) fn shown<T: ToString>(value: Option<&T>) -> String {
    value.map(ToString::to_string).unwrap_or_default()
}
