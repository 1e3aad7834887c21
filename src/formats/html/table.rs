//! One table while its rows are being read.

use super::is_invisible;

/// Rows, cells and characters kept: a remittance lists at most some hundred invoices.
const MAX_ROWS: usize = 5_000;
const MAX_CELLS: usize = 100;
const MAX_CELL_CHARS: usize = 2_000;

/// Rows of cells, and whether other tables stand inside: such a table only arranges them.
#[derive(Default)]
pub(super) struct Table {
    rows: Vec<Vec<String>>,
    pub(super) holds_tables: bool,
}

impl Table {
    pub(super) fn start(&mut self, name: &str) {
        match name {
            "tr" if self.rows.len() < MAX_ROWS => self.rows.push(Vec::new()),
            "td" | "th" => {
                if let Some(row) = self.rows.last_mut()
                    && row.len() < MAX_CELLS
                {
                    row.push(String::new());
                }
            }
            "br" | "p" | "div" => self.text(" "),
            _ => {}
        }
    }

    pub(super) fn text(&mut self, text: &str) {
        let cell = self.rows.last_mut().and_then(|row| row.last_mut());
        if let Some(cell) = cell
            && cell.len() < MAX_CELL_CHARS
        {
            cell.extend(
                text.chars()
                    .filter(|c| !is_invisible(*c))
                    .take(MAX_CELL_CHARS),
            );
        }
    }

    /// Rows with their text on one line; empty rows and tables that only arrange others are left out.
    pub(super) fn finish(self) -> Vec<Vec<String>> {
        if self.holds_tables {
            return Vec::new();
        }
        let tidy = |cell: String| cell.split_whitespace().collect::<Vec<_>>().join(" ");
        let rows = self
            .rows
            .into_iter()
            .map(|row| row.into_iter().map(tidy).collect::<Vec<_>>());
        rows.filter(|row| row.iter().any(|cell| !cell.is_empty()))
            .collect()
    }
}
