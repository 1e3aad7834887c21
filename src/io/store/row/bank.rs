//! Lines of bank statements, and up to which day they tell.

use super::super::error::StoreError;
use super::{Cells, Cursor, Row, Table};
use crate::basics::calendar::parse_iso_date;
use crate::basics::ids::BankEntryId;
use crate::domain::bank::{BankData, BankEntry};

impl Row for BankData {
    const TABLE: &'static Table = &Table {
        name: "bank_data",
        columns: &["account", "until_date"],
        versioned: true,
    };

    fn write(&self, to: &mut Cells) {
        to.text(&self.account);
        to.shown(&self.until);
    }

    fn read(from: &mut Cursor<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            account: from.text()?,
            until: from.parsed(parse_iso_date)?,
            version: from.version()?,
        })
    }
}

impl Row for BankEntry {
    const TABLE: &'static Table = &Table {
        name: "bank_entries",
        columns: &[
            "id",
            "entry_reference",
            "booking_date",
            "value_date",
            "amount",
            "amount_currency",
            "counterparty_name",
            "counterparty_iban",
            "remittance_information",
            "end_to_end_id",
            "charges",
            "charges_currency",
        ],
        versioned: true,
    };

    fn write(&self, to: &mut Cells) {
        to.shown(&self.id);
        to.text(&self.entry_reference);
        to.shown(&self.booking_date);
        to.opt_shown(self.value_date.as_ref());
        to.money(self.amount);
        to.text(&self.counterparty_name);
        to.opt_text(self.counterparty_iban.as_deref());
        to.text(&self.remittance_information);
        to.opt_text(self.end_to_end_id.as_deref());
        to.opt_money(self.charges);
    }

    fn read(from: &mut Cursor<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            id: from.parsed(BankEntryId::parse)?,
            entry_reference: from.text()?,
            booking_date: from.parsed(parse_iso_date)?,
            value_date: from.opt_parsed(parse_iso_date)?,
            amount: from.money()?,
            counterparty_name: from.text()?,
            counterparty_iban: from.opt_text()?,
            remittance_information: from.text()?,
            end_to_end_id: from.opt_text()?,
            charges: from.opt_money()?,
            version: from.version()?,
        })
    }
}
