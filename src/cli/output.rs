//! How commands answer: a record is named values in order; many make a table or one JSON object a line, one makes a page.

use std::process::ExitCode;

use comfy_table::{CellAlignment, ContentArrangement, Table, presets};
use jiff::tz::TimeZone;
use rust_decimal::Decimal;
use serde_json::Value;

use crate::basics::calendar::{Date, Timestamp};
use crate::basics::money::Money;
use crate::basics::text::no_formula;
use crate::basics::text::{clean_lines, one_line};

/// Longer values are cut in a table; `show` and `--json` have them whole.
const CELL_CHARS: usize = 60;
/// A value longer than this on a page is a mistake of whoever made it.
const PAGE_CHARS: usize = 20_000;

/// One value, as people and programs are shown it.
#[derive(Clone, PartialEq, Debug)]
pub enum Shown {
    /// There is none.
    Nothing,
    /// Words.
    Text(String),
    /// An id: eight digits of it in a table.
    Id(String),
    /// A count.
    Number(i64),
    /// An exact number.
    Decimal(Decimal),
    /// JSON has the number alone; its currency stands beside it.
    Amount(Money),
    /// A day.
    Day(Date),
    /// An instant: UTC in JSON, the office's time for people.
    Time(Timestamp),
    /// Yes or no.
    Flag(bool),
    /// Several words.
    Words(Vec<String>),
    /// Things that belong to the record: a table of its own on a page.
    Rows(Vec<Record>),
}

/// Named values, in the order they are shown.
#[derive(Clone, PartialEq, Default, Debug)]
pub struct Record(Vec<(&'static str, Shown)>);

impl Record {
    /// Empty.
    pub fn new() -> Self {
        Self::default()
    }

    /// As programs are shown it: one JSON object.
    pub fn json(&self) -> String {
        json_object(self)
    }

    /// With one more value.
    pub fn with(mut self, name: &'static str, value: impl Into<Shown>) -> Self {
        self.0.push((name, value.into()));
        self
    }

    /// With an id.
    pub fn id(self, name: &'static str, id: impl ToString) -> Self {
        self.with(name, Shown::Id(id.to_string()))
    }

    /// With the id of something that may not be there.
    pub fn maybe_id(self, name: &'static str, id: Option<impl ToString>) -> Self {
        self.with(
            name,
            id.map_or(Shown::Nothing, |id| Shown::Id(id.to_string())),
        )
    }

    /// With everything of another one behind it.
    pub fn and(mut self, other: Self) -> Self {
        self.0.extend(other.0);
        self
    }

    /// These values alone, in this order.
    pub fn only(self, names: &[&'static str]) -> Self {
        let value = |name: &&'static str| self.get(name).map(|value| (*name, value.clone()));
        Self(names.iter().filter_map(value).collect())
    }

    fn get(&self, name: &str) -> Option<&Shown> {
        self.0
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, value)| value)
    }
}

macro_rules! shown {
    ($($from:ty => $variant:ident),* $(,)?) => {$(
        impl From<$from> for Shown {
            fn from(value: $from) -> Self {
                Self::$variant(value.into())
            }
        }
    )*};
}

shown! {
    String => Text, &str => Text, u32 => Number, i32 => Number, i64 => Number, Decimal => Decimal, Money => Amount,
    Date => Day, Timestamp => Time, bool => Flag, Vec<String> => Words, Vec<Record> => Rows,
}

impl From<u64> for Shown {
    fn from(count: u64) -> Self {
        Self::Number(i64::try_from(count).unwrap_or(i64::MAX))
    }
}

impl From<usize> for Shown {
    fn from(count: usize) -> Self {
        Self::Number(i64::try_from(count).unwrap_or(i64::MAX))
    }
}

impl<T: Into<Shown>> From<Option<T>> for Shown {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Nothing, Into::into)
    }
}

/// A cell of a CSV file.
fn plain(value: &Shown) -> String {
    match value {
        Shown::Nothing | Shown::Rows(_) => String::new(),
        Shown::Text(text) => no_formula(text),
        Shown::Id(id) => id.clone(),
        Shown::Number(number) => number.to_string(),
        Shown::Decimal(number) => number.to_string(),
        Shown::Amount(amount) => amount.to_decimal().to_string(),
        Shown::Day(day) => day.to_string(),
        Shown::Time(at) => at.to_string(),
        Shown::Flag(flag) => flag.to_string(),
        Shown::Words(words) => no_formula(&words.join(" ")),
    }
}

/// Prints for a person or a program.
#[derive(Clone, Debug)]
pub struct Printer {
    /// JSON instead of tables.
    pub json: bool,
    /// Where days begin and end.
    pub zone: TimeZone,
}

impl Printer {
    /// A table of these columns; JSON has everything.
    ///
    /// # Errors
    /// When standard output cannot be written.
    pub fn list(&self, records: &[Record], columns: &[&'static str]) -> anyhow::Result<ExitCode> {
        super::print(&match (self.json, records) {
            (true, _) => json_lines(records),
            (false, []) => "none\n".to_owned(),
            (false, _) => self.table(records, columns, CELL_CHARS),
        })
    }

    /// A CSV file of these columns, amounts as bare numbers.
    ///
    /// # Errors
    /// When standard output cannot be written.
    pub fn csv(&self, records: &[Record], columns: &[&'static str]) -> anyhow::Result<ExitCode> {
        let mut table = csv::Writer::from_writer(Vec::new());
        table.write_record(columns)?;
        for record in records {
            let cells = columns.iter().map(|column| record.get(column));
            table.write_record(cells.map(|cell| cell.map(plain).unwrap_or_default()))?;
        }
        let bytes = table.into_inner()?;
        super::print(&String::from_utf8(bytes)?)
    }

    /// One record whole: its values line by line, then a table for each of its lists.
    ///
    /// # Errors
    /// When standard output cannot be written.
    pub fn page(&self, record: &Record) -> anyhow::Result<ExitCode> {
        super::print(&if self.json {
            json_lines(std::slice::from_ref(record))
        } else {
            self.paged(record)
        })
    }

    fn paged(&self, record: &Record) -> String {
        let (mut page, mut tables) = (String::new(), String::new());
        for (name, value) in &record.0 {
            match value {
                Shown::Rows(rows) if rows.is_empty() => {}
                Shown::Rows(rows) => {
                    let mut columns = Vec::new();
                    for (column, _) in rows.iter().flat_map(|row| &row.0) {
                        if !columns.contains(column) {
                            columns.push(*column);
                        }
                    }
                    tables.push_str(&format!(
                        "\n{}\n{}",
                        titled(name),
                        self.table(rows, &columns, PAGE_CHARS)
                    ));
                }
                Shown::Nothing => {}
                Shown::Text(_)
                | Shown::Id(_)
                | Shown::Number(_)
                | Shown::Decimal(_)
                | Shown::Amount(_)
                | Shown::Day(_)
                | Shown::Time(_)
                | Shown::Flag(_)
                | Shown::Words(_) => page.push_str(&line(&titled(name), &self.whole(value))),
            }
        }
        page + &tables
    }

    fn table(&self, records: &[Record], columns: &[&'static str], most_chars: usize) -> String {
        let filled = |column: &&&str| {
            let mut values = records.iter().filter_map(|record| record.get(column));
            values.any(|value| *value != Shown::Nothing)
        };
        let amounts = |record: &Record| {
            record
                .0
                .iter()
                .any(|(_, value)| matches!(value, Shown::Amount(_)))
        };
        // People read the currency with each amount.
        let said = |column: &&&str| **column == "currency" && records.iter().any(amounts);
        let columns = columns
            .iter()
            .filter(filled)
            .filter(|column| !said(column))
            .collect::<Vec<_>>();
        let mut table = Table::new();
        table
            .load_preset(presets::NOTHING)
            .set_content_arrangement(ContentArrangement::Disabled);
        table.set_header(columns.iter().map(|column| titled(column)));
        for record in records {
            table.add_row(columns.iter().map(|column| {
                let value = record.get(column).unwrap_or(&Shown::Nothing);
                let cell = comfy_table::Cell::new(self.cell(value, most_chars));
                let right = matches!(
                    value,
                    Shown::Amount(_) | Shown::Number(_) | Shown::Decimal(_)
                );
                cell.set_alignment(if right {
                    CellAlignment::Right
                } else {
                    CellAlignment::Left
                })
            }));
        }
        table
            .lines()
            .map(|line| line.trim_end().to_owned() + "\n")
            .collect()
    }

    fn cell(&self, value: &Shown, most_chars: usize) -> String {
        if let Shown::Id(id) = value {
            return id.chars().take(8).collect();
        }
        one_line(&self.whole(value), most_chars)
    }

    fn whole(&self, value: &Shown) -> String {
        match value {
            Shown::Nothing => String::new(),
            Shown::Text(text) | Shown::Id(text) => clean_lines(text, PAGE_CHARS),
            Shown::Number(number) => number.to_string(),
            Shown::Decimal(decimal) => decimal.to_string(),
            Shown::Amount(money) => money.to_string(),
            Shown::Day(day) => day.to_string(),
            Shown::Time(at) => at
                .to_zoned(self.zone.clone())
                .strftime("%Y-%m-%d %H:%M")
                .to_string(),
            Shown::Flag(true) => "yes".to_owned(),
            Shown::Flag(false) => "no".to_owned(),
            Shown::Words(words) => clean_lines(&words.join("; "), PAGE_CHARS),
            Shown::Rows(rows) => format!("{}", rows.len()),
        }
    }
}

fn titled(name: &str) -> String {
    name.replace('_', " ")
}

/// A value of several lines is set under its name.
fn line(name: &str, value: &str) -> String {
    if value.contains('\n') {
        let indented = value
            .lines()
            .map(|line| format!("  {line}\n"))
            .collect::<String>();
        return format!("{name}\n{indented}");
    }
    format!("{name:<20} {value}\n")
}

fn json_lines(records: &[Record]) -> String {
    records
        .iter()
        .map(|record| json_object(record) + "\n")
        .collect()
}

fn json_object(record: &Record) -> String {
    let members = record
        .0
        .iter()
        .map(|(name, value)| format!("{}:{}", quoted(name), json(value)));
    format!("{{{}}}", members.collect::<Vec<_>>().join(","))
}

/// Written by hand: amounts keep their currency's decimals, which a float would lose.
fn json(value: &Shown) -> String {
    match value {
        Shown::Nothing => "null".to_owned(),
        Shown::Text(text) | Shown::Id(text) => quoted(text),
        Shown::Number(number) => number.to_string(),
        Shown::Decimal(decimal) => decimal.to_string(),
        Shown::Amount(money) => money.to_decimal().to_string(),
        Shown::Day(day) => quoted(&day.to_string()),
        Shown::Time(at) => quoted(&at.to_string()),
        Shown::Flag(flag) => flag.to_string(),
        Shown::Words(words) => {
            format!(
                "[{}]",
                words
                    .iter()
                    .map(|word| quoted(word))
                    .collect::<Vec<_>>()
                    .join(",")
            )
        }
        Shown::Rows(rows) => format!(
            "[{}]",
            rows.iter().map(json_object).collect::<Vec<_>>().join(",")
        ),
    }
}

fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::basics::currency::Currency;

    fn bill() -> Record {
        Record::new()
            .id("id", "0123456789abcdef")
            .with("supplier_name", "A \"quoted\"\nname")
            .with("gross_total", Money::from_minor(119_000, Currency::EUR))
            .with("due_date", None::<Date>)
            .with("findings", vec![Record::new().with("code", "duplicate")])
    }

    #[test]
    fn amounts_in_json_keep_their_cents() {
        assert_eq!(
            json_lines(&[bill()]),
            "{\"id\":\"0123456789abcdef\",\"supplier_name\":\"A \\\"quoted\\\"\\nname\",\"gross_total\":1190.00,\
             \"due_date\":null,\"findings\":[{\"code\":\"duplicate\"}]}\n"
        );
    }

    #[test]
    fn a_table_shortens_ids_keeps_one_line_and_leaves_out_empty_columns() {
        let printer = Printer {
            json: false,
            zone: TimeZone::UTC,
        };
        let table = printer.table(
            &[bill()],
            &["id", "supplier_name", "gross_total", "due_date"],
            CELL_CHARS,
        );
        let lines = table.lines().collect::<Vec<_>>();
        assert_eq!(lines.len(), 2, "{table}");
        assert!(
            lines[1].contains("01234567 ") && !lines[1].contains("89abcdef"),
            "{table}"
        );
        assert!(lines[1].contains("1,190.00 EUR"), "{table}");
        assert!(!table.contains("due date"), "{table}");
    }

    #[test]
    fn a_page_shows_lists_as_tables_of_their_own() {
        let printer = Printer {
            json: false,
            zone: TimeZone::UTC,
        };
        let why = "because of this ".repeat(20);
        let finding = Record::new()
            .with("code", "duplicate")
            .with("evidence", why.as_str());
        let page = printer.paged(&Record::new().with("findings", vec![finding]));
        assert!(
            page.contains(why.trim()),
            "nothing of a reason is cut: {page}"
        );
        let page = printer.paged(&bill());
        assert!(page.contains("\nfindings\n"), "{page}");
        assert!(page.contains("duplicate"), "{page}");
    }
}
