//! Accounts on their way into what we know of a supplier.

use super::super::error::StoreError;
use super::{Cells, Cursor, Row, Table};
use crate::basics::bank_account::Iban;
use crate::basics::calendar::{Timestamp, parse_iso_date};
use crate::basics::ids::{BillId, SupplierAccountId, SupplierId};
use crate::domain::payable::supplier_account::CallBack;
use crate::domain::payable::{AccountState, SupplierAccount};

impl Row for SupplierAccount {
    const TABLE: &'static Table = &Table {
        name: "supplier_accounts",
        columns: &[
            "id",
            "supplier",
            "iban",
            "state",
            "proposed_by",
            "proposed_at",
            "bill",
            "called_by",
            "called_at",
            "called_number",
            "number_from",
            "spoke_with",
            "confirmed_by",
            "confirmed_at",
            "pays_from",
        ],
        versioned: true,
    };

    fn write(&self, to: &mut Cells) {
        let call = self.call.as_ref();
        let confirmed = self.confirmed.as_ref();
        to.shown(&self.id);
        to.shown(&self.supplier);
        to.text(self.iban.as_str());
        to.text(self.state.as_str());
        to.text(&self.proposed_by);
        to.time(self.proposed_at);
        to.opt_shown(self.bill.as_ref());
        to.opt_text(call.map(|call| call.by.as_str()));
        to.opt_int(call.map(|call| call.at.as_millisecond()));
        to.opt_text(call.map(|call| call.number.as_str()));
        to.opt_text(call.map(|call| call.number_from.as_str()));
        to.opt_text(call.map(|call| call.spoke_with.as_str()));
        to.opt_text(confirmed.map(|(by, _)| by.as_str()));
        to.opt_int(confirmed.map(|(_, at)| at.as_millisecond()));
        to.opt_shown(self.pays_from.as_ref());
    }

    fn read(from: &mut Cursor<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            id: from.parsed(SupplierAccountId::parse)?,
            supplier: from.parsed(SupplierId::parse)?,
            iban: from.parsed(Iban::parse)?,
            state: from.parsed(AccountState::parse)?,
            proposed_by: from.text()?,
            proposed_at: from.time()?,
            bill: from.opt_parsed(BillId::parse)?,
            call: call(from)?,
            confirmed: from.opt_text()?.zip(opt_time(from)?),
            pays_from: from.opt_parsed(parse_iso_date)?,
            version: from.version()?,
        })
    }
}

fn call(from: &mut Cursor<'_>) -> Result<Option<CallBack>, StoreError> {
    let by = from.opt_text()?;
    let at = opt_time(from)?;
    let number = from.opt_text()?;
    let number_from = from.opt_text()?;
    let spoke_with = from.opt_text()?;
    let told = by.zip(at).zip(number).zip(number_from.zip(spoke_with));
    Ok(
        told.map(|(((by, at), number), (number_from, spoke_with))| CallBack {
            by,
            at,
            number,
            number_from,
            spoke_with,
        }),
    )
}

fn opt_time(from: &mut Cursor<'_>) -> Result<Option<Timestamp>, StoreError> {
    let milliseconds = from.opt_int()?;
    let time = milliseconds.map(|at| {
        Timestamp::from_millisecond(at)
            .map_err(|_| from.corrupt(format!("{at} is no time in milliseconds")))
    });
    time.transpose()
}
