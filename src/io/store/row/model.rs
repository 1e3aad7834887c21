//! What the language model was asked, day by day.

use super::super::error::StoreError;
use super::{Cells, Cursor, Row, Table, count};
use crate::basics::calendar::parse_iso_date;
use crate::domain::change::ModelDay;

impl Row for ModelDay {
    const TABLE: &'static Table = &Table {
        name: "model_days",
        columns: &["day", "requests", "tokens"],
        versioned: true,
    };

    fn write(&self, to: &mut Cells) {
        to.shown(&self.day);
        to.int(self.requests.into());
        to.int(count(self.tokens));
    }

    fn read(from: &mut Cursor<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            day: from.parsed(parse_iso_date)?,
            requests: from.number()?,
            tokens: from.number()?,
            version: from.version()?,
        })
    }
}
