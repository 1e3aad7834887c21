//! The cells of a row on their way to and from the database: whole numbers and text, nothing else. A placeholder has one
//! type for ever, because the statement cache of the driver knows only the text (a value bound as another type would
//! arrive as other bytes).

use std::fmt::Display;

use serde::Serialize;
use serde::de::DeserializeOwned;
use sqlx::any::AnyRow;
use sqlx::{Decode, Row as _, Type};

use super::super::error::StoreError;
use super::Table;
use crate::basics::calendar::Timestamp;
use crate::basics::currency::Currency;
use crate::basics::money::Money;

/// One value, perhaps none, of the type its column has.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(in crate::io::store) enum Cell {
    /// `{{i64}}`
    Int(Option<i64>),
    /// `TEXT`
    Text(Option<String>),
}

impl From<i64> for Cell {
    fn from(number: i64) -> Self {
        Self::Int(Some(number))
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Self::Text(Some(printable(text)))
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        let clean = !text.contains('\0');
        Self::Text(Some(if clean { text } else { printable(&text) }))
    }
}

/// PostgreSQL has no U+0000 in text. What comes from mail is cleaned where it is read; this is the last door.
fn printable(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}

/// Counts of ours are far below 2^63; one that is not is stored as the largest.
pub(in crate::io::store) fn count(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// Collects the cells of a row.
#[derive(Default)]
pub(in crate::io::store) struct Cells(pub(in crate::io::store) Vec<Cell>);

impl Cells {
    pub(in crate::io::store) fn int(&mut self, number: i64) {
        self.0.push(number.into());
    }

    pub(in crate::io::store) fn opt_int(&mut self, number: Option<i64>) {
        self.0.push(Cell::Int(number));
    }

    pub(in crate::io::store) fn text(&mut self, text: &str) {
        self.0.push(text.into());
    }

    pub(in crate::io::store) fn opt_text(&mut self, text: Option<&str>) {
        self.0.push(Cell::Text(text.map(printable)));
    }

    /// An id, a date, an address: what is shown as it is stored.
    pub(in crate::io::store) fn shown(&mut self, value: &impl Display) {
        self.0.push(value.to_string().into());
    }

    pub(in crate::io::store) fn opt_shown(&mut self, value: Option<&impl Display>) {
        self.0.push(Cell::Text(value.map(ToString::to_string)));
    }

    /// UTC, milliseconds since 1970.
    pub(in crate::io::store) fn time(&mut self, at: Timestamp) {
        self.int(at.as_millisecond());
    }

    /// Two cells: minor units and currency.
    pub(in crate::io::store) fn money(&mut self, money: Money) {
        self.opt_money(Some(money));
    }

    pub(in crate::io::store) fn opt_money(&mut self, money: Option<Money>) {
        self.opt_int(money.map(|m| m.minor()));
        self.opt_shown(money.map(|m| m.currency()).as_ref());
    }

    /// A list, as JSON; an empty one is NULL.
    pub(in crate::io::store) fn list<T: Serialize>(&mut self, items: &[T]) {
        let json = (!items.is_empty()).then(|| to_json(items));
        self.0.push(Cell::Text(json));
    }

    /// A structure of ours, as JSON.
    pub(in crate::io::store) fn json(&mut self, value: &impl Serialize) {
        self.0.push(Cell::Text(Some(to_json(value))));
    }
}

/// The mirror structs have text keys and finite numbers only, so serde_json cannot refuse them; were it to, reading the
/// row back names the column.
fn to_json(value: &(impl Serialize + ?Sized)) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

/// Reads the cells of a row in the order of its columns.
pub(in crate::io::store) struct Cursor<'r> {
    row: &'r AnyRow,
    table: &'static Table,
    next: usize,
}

impl<'r> Cursor<'r> {
    pub(in crate::io::store) fn new(row: &'r AnyRow, table: &'static Table) -> Self {
        let next = 0;
        Self { row, table, next }
    }

    fn take<T>(&mut self) -> Result<T, StoreError>
    where
        T: Decode<'r, sqlx::Any> + Type<sqlx::Any>,
    {
        let value = self.row.try_get(self.next);
        self.next += 1;
        value.map_err(|error| self.corrupt(error.to_string()))
    }

    /// Names the column that was taken last.
    pub(in crate::io::store) fn corrupt(&self, why: impl Into<String>) -> StoreError {
        let last = self.next.saturating_sub(1);
        StoreError::Corrupt {
            table: self.table.name,
            column: self
                .table
                .columns
                .get(last)
                .copied()
                .unwrap_or("a computed column"),
            why: why.into(),
        }
    }

    fn required<T>(&self, value: Option<T>) -> Result<T, StoreError> {
        value.ok_or_else(|| self.corrupt("it is not what this program writes there"))
    }

    /// Steps over a column that only serves searching.
    pub(in crate::io::store) fn skip(&mut self) {
        self.next += 1;
    }

    pub(in crate::io::store) fn int(&mut self) -> Result<i64, StoreError> {
        self.take()
    }

    pub(in crate::io::store) fn opt_int(&mut self) -> Result<Option<i64>, StoreError> {
        self.take()
    }

    /// A number of a narrower type.
    pub(in crate::io::store) fn number<T: TryFrom<i64>>(&mut self) -> Result<T, StoreError> {
        let number = self.int()?;
        self.required(T::try_from(number).ok())
    }

    pub(in crate::io::store) fn opt_number<T: TryFrom<i64>>(
        &mut self,
    ) -> Result<Option<T>, StoreError> {
        match self.opt_int()? {
            Some(number) => self.required(T::try_from(number).ok()).map(Some),
            None => Ok(None),
        }
    }

    pub(in crate::io::store) fn text(&mut self) -> Result<String, StoreError> {
        self.take()
    }

    pub(in crate::io::store) fn opt_text(&mut self) -> Result<Option<String>, StoreError> {
        self.take()
    }

    /// Text that `parse` must understand.
    pub(in crate::io::store) fn parsed<T>(
        &mut self,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Result<T, StoreError> {
        let text: &str = self.take()?;
        self.required(parse(text))
    }

    pub(in crate::io::store) fn opt_parsed<T>(
        &mut self,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Result<Option<T>, StoreError> {
        match self.take::<Option<&str>>()? {
            Some(text) => self.required(parse(text)).map(Some),
            None => Ok(None),
        }
    }

    pub(in crate::io::store) fn time(&mut self) -> Result<Timestamp, StoreError> {
        let milliseconds = self.int()?;
        self.required(Timestamp::from_millisecond(milliseconds).ok())
    }

    pub(in crate::io::store) fn money(&mut self) -> Result<Money, StoreError> {
        let money = self.opt_money()?;
        self.required(money)
    }

    pub(in crate::io::store) fn opt_money(&mut self) -> Result<Option<Money>, StoreError> {
        let minor = self.opt_int()?;
        let currency = self.opt_parsed(Currency::parse)?;
        match (minor, currency) {
            (Some(minor), Some(currency)) => Ok(Some(Money::from_minor(minor, currency))),
            (None, None) => Ok(None),
            (Some(_), None) | (None, Some(_)) => Err(self.corrupt("an amount without a currency")),
        }
    }

    pub(in crate::io::store) fn json<T: DeserializeOwned>(&mut self) -> Result<T, StoreError> {
        let value = self.opt_json()?;
        self.required(value)
    }

    pub(in crate::io::store) fn opt_json<T: DeserializeOwned>(
        &mut self,
    ) -> Result<Option<T>, StoreError> {
        let Some(text) = self.take::<Option<&str>>()? else {
            return Ok(None);
        };
        let value = serde_json::from_str(text);
        value
            .map(Some)
            .map_err(|error| self.corrupt(error.to_string()))
    }

    pub(in crate::io::store) fn list<T: DeserializeOwned>(&mut self) -> Result<Vec<T>, StoreError> {
        Ok(self.opt_json()?.unwrap_or_default())
    }

    /// A list of what `parse` must understand.
    pub(in crate::io::store) fn parsed_list<T>(
        &mut self,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Result<Vec<T>, StoreError> {
        let texts: Vec<String> = self.list()?;
        let values = texts.iter().map(|text| parse(text)).collect();
        self.required(values)
    }

    /// The version counts from 1 once stored.
    pub(in crate::io::store) fn version(&mut self) -> Result<u64, StoreError> {
        self.number()
    }
}
