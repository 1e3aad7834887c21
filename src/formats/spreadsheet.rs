//! Spreadsheets as tables of text: Office Open XML (ISO/IEC 29500), OpenDocument 1.3 and Excel 97 ([MS-XLS]). What cells show,
//! formulas as their last result; nothing is computed, no link is followed.
//!
//! Strangers make these files, so the daemon has them read in a child process (`io::reader`), never in its own.

mod cell;
mod ods;
mod xls;
mod xls_strings;
mod xlsx;
#[cfg(test)]
mod tests;

use super::sniff::{FileType, file_type};
use super::unpacked::{ContainerError, MAX_BYTES};

/// Sheets of one file that are read.
const MAX_SHEETS: usize = 50;
/// Rows of one sheet: the largest payers list some thousand invoices.
const MAX_ROWS: usize = 10_000;
/// Columns of one row.
const MAX_COLUMNS: usize = 200;
/// Cells of one file with something in them.
const MAX_CELLS: usize = 200_000;
/// Characters kept of one cell.
const MAX_CELL_CHARS: usize = 1_000;

/// The rows of one sheet, each as long as its last cell that holds something.
pub type Sheet = Vec<Vec<String>>;

/// Reads the sheets that people see, empty ones left out.
///
/// # Errors
/// When the file is locked, broken or above a limit.
pub fn read(bytes: &[u8]) -> Result<Vec<Sheet>, ContainerError> {
    if bytes.len() > MAX_BYTES {
        return Err(ContainerError::OverLimit("it is larger than 25 MiB".into()));
    }
    let kind = file_type(bytes);
    let sheets = if kind == FileType::Xlsx {
        xlsx::read(bytes)?
    } else if kind == FileType::Ods {
        ods::read(bytes)?
    } else if kind == FileType::Xls {
        xls::read(bytes)?
    } else {
        return Err(ContainerError::damaged("it is no spreadsheet"));
    };
    Ok(sheets
        .into_iter()
        .filter(|sheet| !sheet.is_empty())
        .collect())
}

/// A sheet while its cells come in.
#[derive(Debug)]
struct Grid<'c> {
    rows: Sheet,
    /// Cells that may still come, of the whole file.
    room: &'c mut usize,
}

impl<'c> Grid<'c> {
    fn new(room: &'c mut usize) -> Self {
        Self {
            rows: Vec::new(),
            room,
        }
    }

    /// Puts a cell at its place. A file with something outside the limits is not read: the rest of it may be a payment.
    fn put(&mut self, row: usize, column: usize, text: &str) -> Result<(), ContainerError> {
        let text = text.trim();
        if text.is_empty() {
            return Ok(());
        }
        if row >= MAX_ROWS || column >= MAX_COLUMNS {
            return Err(ContainerError::OverLimit(format!(
                "it has cells beyond row {MAX_ROWS} or column {MAX_COLUMNS}"
            )));
        }
        *self.room = self.room.checked_sub(1).ok_or_else(|| {
            ContainerError::OverLimit(format!("it has more than {MAX_CELLS} cells"))
        })?;
        if self.rows.len() <= row {
            self.rows.resize(row + 1, Vec::new());
        }
        if let Some(cells) = self.rows.get_mut(row) {
            if cells.len() <= column {
                cells.resize(column + 1, String::new());
            }
            if let Some(cell) = cells.get_mut(column) {
                *cell = text.chars().take(MAX_CELL_CHARS).collect();
            }
        }
        Ok(())
    }

    /// The rows that hold something.
    fn finish(self) -> Sheet {
        let mut rows = self.rows;
        rows.retain(|row| !row.is_empty());
        rows
    }
}
