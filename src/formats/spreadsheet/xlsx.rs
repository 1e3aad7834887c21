//! Office Open XML (ECMA-376 part 1, 18): a ZIP archive of XML files.

use std::collections::BTreeMap;

use super::cell::{self, Style};
use super::{Grid, MAX_CELLS, MAX_SHEETS, Sheet};
use crate::formats::unpacked::ContainerError;
use crate::formats::xml::{self, Element};
use crate::formats::zip::{self, Entry};

pub(super) fn read(bytes: &[u8]) -> Result<Vec<Sheet>, ContainerError> {
    let entries = zip::entries(bytes)?;
    let package = Package { bytes, entries };
    let workbook = package
        .part("xl/workbook.xml")?
        .ok_or_else(|| ContainerError::damaged("it has no list of its sheets"))?;
    let targets = package.part("xl/_rels/workbook.xml.rels")?;
    let targets = targets.map(|links| targets_of(&links)).unwrap_or_default();
    let book = Book {
        strings: package
            .part("xl/sharedStrings.xml")?
            .map(|table| table.all("si").into_iter().map(rich_text).collect())
            .unwrap_or_default(),
        styles: package
            .part("xl/styles.xml")?
            .map(|sheet| styles_of(&sheet))
            .unwrap_or_default(),
        from_1904: workbook
            .find("workbookPr")
            .and_then(|it| it.attribute("date1904"))
            .is_some_and(|it| it == "1" || it == "true"),
    };
    let mut room = MAX_CELLS;
    let mut sheets = Vec::new();
    let seen = workbook.all("sheets/sheet");
    let seen = seen
        .into_iter()
        .filter(|sheet| !matches!(sheet.attribute("state"), Some("hidden" | "veryHidden")));
    for sheet in seen.take(MAX_SHEETS) {
        let target = sheet.attribute("id").and_then(|id| targets.get(id));
        if let Some(part) = target.map(|it| package.part(it)).transpose()?.flatten() {
            sheets.push(book.sheet(&part, &mut room)?);
        }
    }
    Ok(sheets)
}

struct Package<'b> {
    bytes: &'b [u8],
    entries: Vec<Entry>,
}

impl Package<'_> {
    fn part(&self, name: &str) -> Result<Option<Element>, ContainerError> {
        let content = zip::member(self.bytes, &self.entries, name)?;
        let document = content.map(|content| xml::read(&content)).transpose();
        let document = document.map_err(|error| ContainerError::Damaged(error.to_string()))?;
        Ok(document.map(|document| document.root))
    }
}

/// Where each sheet lies, by its relation (ECMA-376 part 2, 9.3).
fn targets_of(links: &Element) -> BTreeMap<String, String> {
    let links = links.all("Relationship").into_iter().filter_map(|link| {
        let target = link.attribute("Target")?;
        let path = match target.strip_prefix('/') {
            Some(absolute) => absolute.to_owned(),
            None => format!("xl/{target}"),
        };
        Some((link.attribute("Id")?.to_owned(), path))
    });
    links.collect()
}

/// The text of a string with its runs, its reading aids left out.
fn rich_text(item: &Element) -> String {
    let mut text = String::new();
    for child in &item.children {
        match child.name.as_str() {
            "t" => text.push_str(&child.text),
            "r" => text.extend(child.find("t").map(|it| it.text.as_str())),
            _ => {}
        }
    }
    text
}

/// How cells of each style show their numbers.
fn styles_of(sheet: &Element) -> Vec<Style> {
    let own = sheet
        .all("numFmts/numFmt")
        .into_iter()
        .filter_map(|format| {
            let id = format.attribute("numFmtId")?.parse::<u32>().ok()?;
            Some((id, cell::of_code(format.attribute("formatCode")?)))
        });
    let own = own.collect::<BTreeMap<_, _>>();
    let styles = sheet.all("cellXfs/xf").into_iter().map(|style| {
        let id = style.attribute("numFmtId").and_then(|id| id.parse().ok());
        let id = id.unwrap_or_default();
        own.get(&id).cloned().unwrap_or_else(|| cell::built_in(id))
    });
    styles.collect()
}

struct Book {
    strings: Vec<String>,
    styles: Vec<Style>,
    from_1904: bool,
}

impl Book {
    fn sheet(&self, part: &Element, room: &mut usize) -> Result<Sheet, ContainerError> {
        let mut grid = Grid::new(room);
        for (index, row) in part.all("sheetData/row").into_iter().enumerate() {
            let number = row.attribute("r").and_then(|it| it.parse::<usize>().ok());
            let row_index = number.and_then(|it| it.checked_sub(1)).unwrap_or(index);
            for (index, cell) in row.all("c").into_iter().enumerate() {
                let column = cell.attribute("r").and_then(column).unwrap_or(index);
                grid.put(row_index, column, &self.text(cell))?;
            }
        }
        Ok(grid.finish())
    }

    /// ECMA-376 part 1, 18.18.11: what the value of a cell is.
    fn text(&self, cell: &Element) -> String {
        let value = cell
            .find("v")
            .map(|it| it.text.as_str())
            .unwrap_or_default();
        match cell.attribute("t").unwrap_or("n") {
            "s" => {
                let index = value.trim().parse::<usize>().ok();
                let text = index.and_then(|index| self.strings.get(index));
                text.cloned().unwrap_or_default()
            }
            "inlineStr" => cell.find("is").map(rich_text).unwrap_or_default(),
            "str" => value.to_owned(),
            "d" => value.split('T').next().unwrap_or_default().to_owned(),
            "n" => {
                let style = cell.attribute("s").and_then(|it| it.parse::<usize>().ok());
                let style = style.and_then(|index| self.styles.get(index));
                let style = style.cloned().unwrap_or_default();
                cell::number(value.trim(), &style, self.from_1904)
            }
            // Truth values and errors say nothing.
            _ => String::new(),
        }
    }
}

/// The column of a reference: `C7` is 2.
fn column(reference: &str) -> Option<usize> {
    let letters = reference.bytes().take_while(u8::is_ascii_alphabetic);
    let number = letters.take(4).fold(0_usize, |number, letter| {
        number * 26 + usize::from(letter.to_ascii_uppercase() - b'A') + 1
    });
    number.checked_sub(1)
}
