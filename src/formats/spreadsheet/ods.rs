//! OpenDocument spreadsheets (OpenDocument 1.3 part 3, 9): tables in the one `content.xml`.

use super::cell::{self, Style};
use super::{Grid, MAX_CELLS, MAX_COLUMNS, MAX_ROWS, MAX_SHEETS, Sheet};
use crate::formats::unpacked::ContainerError;
use crate::formats::xml::{self, Element};
use crate::formats::zip;

pub(super) fn read(bytes: &[u8]) -> Result<Vec<Sheet>, ContainerError> {
    let entries = zip::entries(bytes)?;
    let content = zip::member(bytes, &entries, "content.xml")?
        .ok_or_else(|| ContainerError::damaged("it has no content"))?;
    let document = xml::read(&content);
    let document = document.map_err(|_| {
        // A locked file keeps its content encrypted in place (part 2, 3.4).
        let manifest = zip::member(bytes, &entries, "META-INF/manifest.xml")
            .ok()
            .flatten();
        let is_locked =
            manifest.is_some_and(|it| it.windows(15).any(|it| it == b"encryption-data"));
        if is_locked {
            ContainerError::Encrypted
        } else {
            ContainerError::damaged("its content is damaged")
        }
    })?;
    let mut room = MAX_CELLS;
    let tables = document.root.all("body/spreadsheet/table");
    let tables = tables.into_iter().take(MAX_SHEETS);
    tables.map(|table| sheet(table, &mut room)).collect()
}

fn sheet(table: &Element, room: &mut usize) -> Result<Sheet, ContainerError> {
    let mut grid = Grid::new(room);
    let mut at = 0_usize;
    for row in rows(table) {
        let repeated = repeated(row, "number-rows-repeated").min(MAX_ROWS);
        let mut column = 0;
        let cells = row.children.iter();
        for cell in
            cells.filter(|it| ["table-cell", "covered-table-cell"].contains(&it.name.as_str()))
        {
            let columns = repeated_columns(cell);
            let text = text(cell);
            if !text.is_empty() {
                for row in at..at.saturating_add(repeated) {
                    for column in column..column + columns {
                        grid.put(row, column, &text)?;
                    }
                }
            }
            column += columns;
        }
        at += repeated;
    }
    Ok(grid.finish())
}

/// The rows of a table, those in groups and headers too; groups in groups are rows of their own.
fn rows(table: &Element) -> Vec<&Element> {
    let mut waiting = vec![table];
    let mut rows = Vec::new();
    while let Some(element) = waiting.pop() {
        if element.name == "table-row" {
            rows.push(element);
        } else {
            waiting.extend(element.children.iter().rev().filter(|child| {
                matches!(
                    child.name.as_str(),
                    "table-row" | "table-rows" | "table-row-group" | "table-header-rows"
                )
            }));
        }
    }
    rows
}

fn repeated(element: &Element, attribute: &str) -> usize {
    let count = element.attribute(attribute).and_then(|it| it.parse().ok());
    count.unwrap_or(1)
}

fn repeated_columns(cell: &Element) -> usize {
    repeated(cell, "number-columns-repeated").min(MAX_COLUMNS)
}

/// Part 3, 19.385: the value where there is one, since the text is shown in the language of whoever made the file.
fn text(cell: &Element) -> String {
    let value = cell.attribute("value").unwrap_or_default();
    match cell.attribute("value-type") {
        Some("float") => cell::number(value, &Style::default(), false),
        Some("currency") => {
            let style = Style {
                currency: cell.attribute("currency").map(str::to_owned),
                ..Style::default()
            };
            cell::number(value, &style, false)
        }
        Some("date") => {
            let day = cell.attribute("date-value").unwrap_or_default();
            day.split('T').next().unwrap_or_default().to_owned()
        }
        Some(_) | None => {
            let lines = cell.all("p").into_iter().map(all_text).collect::<Vec<_>>();
            lines.join(" ")
        }
    }
}

/// The text of a paragraph with its spans.
fn all_text(paragraph: &Element) -> String {
    let mut text = paragraph.text.clone();
    for child in &paragraph.children {
        match child.name.as_str() {
            "s" | "tab" => text.push(' '),
            _ => text.push_str(&child.text),
        }
    }
    text
}
