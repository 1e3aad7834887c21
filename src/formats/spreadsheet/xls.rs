//! Excel 97 to 2003 ([MS-XLS]) and Excel 5: a stream of records inside a compound file.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::cell::{self, Style};
use super::xls_strings::{shared, text};
use super::{Grid, MAX_CELLS, MAX_SHEETS, Sheet};
use crate::formats::compound_file::CompoundFile;
use crate::formats::little_endian::{Input, u16_at, u32_at};
use crate::formats::unpacked::ContainerError;

/// Records ([MS-XLS] 2.3).
mod record {
    pub const FORMULA: u16 = 0x0006;
    pub const END: u16 = 0x000a;
    pub const DATE_MODE: u16 = 0x0022;
    pub const LOCKED: u16 = 0x002f;
    pub const CONTINUE: u16 = 0x003c;
    pub const CODEPAGE: u16 = 0x0042;
    pub const SHEET: u16 = 0x0085;
    pub const MANY_RK: u16 = 0x00bd;
    pub const RICH_TEXT: u16 = 0x00d6;
    pub const STYLE: u16 = 0x00e0;
    pub const SHARED_TEXTS: u16 = 0x00fc;
    pub const SHARED_TEXT: u16 = 0x00fd;
    pub const NUMBER: u16 = 0x0203;
    pub const TEXT: u16 = 0x0204;
    pub const FORMULA_TEXT: u16 = 0x0207;
    pub const RK: u16 = 0x027e;
    pub const FORMAT: u16 = 0x041e;
    pub const BEGIN: u16 = 0x0809;
}
/// Excel 97 and later.
const VERSION_8: u16 = 0x0600;

pub(super) fn read(bytes: &[u8]) -> Result<Vec<Sheet>, ContainerError> {
    let file = CompoundFile::read(bytes)?;
    let root = file.root();
    let stream = ["Workbook", "Book"]
        .into_iter()
        .find_map(|name| file.named(&root, name))
        .ok_or_else(|| ContainerError::damaged("it has no sheets"))?;
    let book = Book::read(&stream)?;
    let mut room = MAX_CELLS;
    let mut sheets = Vec::new();
    for offset in book.sheets.iter().take(MAX_SHEETS) {
        let records = Records(Input(stream.get(*offset..).unwrap_or_default()));
        sheets.push(book.sheet(records, &mut room)?);
    }
    Ok(sheets)
}

struct Records<'b>(Input<'b>);

impl<'b> Iterator for Records<'b> {
    type Item = (u16, &'b [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let (kind, length) = (self.0.u16()?, self.0.u16()?);
        Some((kind, self.0.take(usize::from(length))?))
    }
}

#[derive(Default)]
struct Book {
    is_old: bool,
    codepage: Option<u16>,
    from_1904: bool,
    strings: Vec<String>,
    formats: BTreeMap<u16, Style>,
    /// The number format of each style.
    styles: Vec<u16>,
    /// Where the sheets begin that people see.
    sheets: Vec<usize>,
}

impl Book {
    /// The records in front of the sheets.
    fn read(stream: &[u8]) -> Result<Self, ContainerError> {
        let mut book = Self::default();
        let mut texts: Vec<&[u8]> = Vec::new();
        let mut is_in_texts = false;
        for (kind, data) in Records(Input(stream)) {
            let was_in_texts = std::mem::replace(&mut is_in_texts, kind == record::SHARED_TEXTS);
            match kind {
                record::BEGIN => book.is_old = u16_at(data, 0) != Some(VERSION_8),
                record::LOCKED => return Err(ContainerError::Encrypted),
                record::DATE_MODE => book.from_1904 = u16_at(data, 0) == Some(1),
                record::CODEPAGE => book.codepage = u16_at(data, 0),
                record::FORMAT => book.format(data),
                record::STYLE => book.styles.push(u16_at(data, 2).unwrap_or_default()),
                record::SHEET if data.get(4..6) == Some(&[0, 0]) => {
                    let offset = u32_at(data, 0).and_then(|it| usize::try_from(it).ok());
                    book.sheets.extend(offset);
                }
                record::SHARED_TEXTS => texts.push(data),
                record::CONTINUE if was_in_texts => {
                    texts.push(data);
                    is_in_texts = true;
                }
                record::END => break,
                _ => {}
            }
        }
        book.strings = shared(&texts);
        Ok(book)
    }

    fn format(&mut self, data: &[u8]) {
        let code = if self.is_old {
            data.get(3..)
                .map(|code| String::from_utf8_lossy(code).into_owned())
        } else {
            data.get(2..).and_then(|rest| text(rest, false, None))
        };
        if let (Some(id), Some(code)) = (u16_at(data, 0), code) {
            self.formats.insert(id, cell::of_code(&code));
        }
    }

    fn sheet(&self, records: Records<'_>, room: &mut usize) -> Result<Sheet, ContainerError> {
        let mut grid = Grid::new(room);
        // A formula whose result is a text has it in a record behind it.
        let mut awaits_text = None;
        for (kind, data) in records {
            if kind == record::END {
                break;
            }
            if kind == record::FORMULA_TEXT {
                let result = text(data, self.is_old, self.codepage);
                if let (Some((row, column)), Some(result)) = (awaits_text.take(), result) {
                    grid.put(row, column, &result)?;
                }
                continue;
            }
            let Some((row, column)) = place(data) else {
                continue;
            };
            if kind == record::MANY_RK {
                self.many(&mut grid, data, row, column)?;
            } else if kind == record::FORMULA && data.get(12..14) == Some(&[0xff, 0xff]) {
                awaits_text = (data.get(6) == Some(&0)).then_some((row, column));
            } else if let Some(shown) = self.cell(kind, data) {
                grid.put(row, column, &shown)?;
            }
        }
        Ok(grid.finish())
    }

    /// What a record of one cell shows.
    fn cell(&self, kind: u16, data: &[u8]) -> Option<String> {
        let content = data.get(6..)?;
        let style = u16_at(data, 4)?;
        match kind {
            record::SHARED_TEXT => {
                let index = usize::try_from(u32_at(content, 0)?).ok()?;
                self.strings.get(index).cloned()
            }
            record::TEXT | record::RICH_TEXT => text(content, self.is_old, self.codepage),
            record::NUMBER | record::FORMULA => {
                let number = f64::from_bits(Input(content).u64()?);
                Some(self.number(&number.to_string(), style))
            }
            record::RK => Some(self.number(&rk(u32_at(content, 0)?)?, style)),
            _ => None,
        }
    }

    fn many(
        &self,
        grid: &mut Grid<'_>,
        data: &[u8],
        row: usize,
        column: usize,
    ) -> Result<(), ContainerError> {
        let mut cells = Input(data.get(4..).unwrap_or_default());
        for column in column.. {
            let (Some(style), Some(packed)) = (cells.u16(), cells.u32()) else {
                break;
            };
            if let Some(number) = rk(packed) {
                grid.put(row, column, &self.number(&number, style))?;
            }
        }
        Ok(())
    }

    fn number(&self, written: &str, style: u16) -> String {
        let format = self
            .styles
            .get(usize::from(style))
            .copied()
            .unwrap_or_default();
        let style = self.formats.get(&format).cloned();
        let style = style.unwrap_or_else(|| cell::built_in(u32::from(format)));
        cell::number(written, &style, self.from_1904)
    }
}

fn place(data: &[u8]) -> Option<(usize, usize)> {
    Some((usize::from(u16_at(data, 0)?), usize::from(u16_at(data, 2)?)))
}

/// [MS-XLS] 2.5.217: a number in 30 bits, whole or the upper half of a binary fraction, perhaps in hundredths.
fn rk(packed: u32) -> Option<String> {
    let value = if packed & 2 != 0 {
        Decimal::from(packed.cast_signed() >> 2)
    } else {
        let number = f64::from_bits(u64::from(packed & !3) << 32);
        number.to_string().parse::<Decimal>().ok()?
    };
    let value = if packed & 1 != 0 {
        value.checked_div(Decimal::ONE_HUNDRED)?
    } else {
        value
    };
    Some(value.to_string())
}
