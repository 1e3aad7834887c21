//! Tables that people import: CSV as spreadsheets write it. All mistakes of a file are reported at once, each with its
//! line and column.

use std::fmt;

use super::number;
use crate::basics::calendar::{Date, parse_iso_date};
use crate::basics::currency::Currency;
use crate::basics::money::Money;
use crate::basics::text::one_line;

/// Larger files are refused: 20 MiB are some 200,000 invoices.
const MAX_BYTES: usize = 20 * 1024 * 1024;
/// Rows of one file.
const MAX_ROWS: usize = 200_000;
/// Columns of one file: no import has more than 40.
const MAX_COLUMNS: usize = 200;
/// Mistakes reported before the rest is only counted: more than a person reads.
const MAX_MISTAKES: usize = 200;
/// Letters by which a column's name may differ from the one that is meant.
const MAX_SLIPS: usize = 3;
/// A wrong value as it is shown to a person.
const MAX_SHOWN_CHARS: usize = 60;
/// One field.
const MAX_FIELD_CHARS: usize = 2_000;

/// A mistake in an imported file, shown as `line 4, column "due_date": "31.02.2026" is not a date (YYYY-MM-DD)`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Mistake {
    /// Line of the file, counted from 1 with the header; 0 when the file as a whole is meant.
    pub line: u64,
    /// Name of the column, if one is meant.
    pub column: Option<String>,
    /// What is wrong.
    pub problem: String,
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.column, self.line) {
            (Some(column), 0) => write!(f, "column {column:?}: {}", self.problem),
            (Some(column), line) => write!(f, "line {line}, column {column:?}: {}", self.problem),
            (None, 0) => f.write_str(&self.problem),
            (None, line) => write!(f, "line {line}: {}", self.problem),
        }
    }
}

/// A table with a header line.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Table {
    columns: Vec<String>,
    rows: Vec<RawRow>,
    mistakes: Vec<Mistake>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
struct RawRow {
    line: u64,
    fields: Vec<String>,
}

/// One row while it is being read; wrong fields are noted in the table's mistakes.
#[derive(Debug)]
pub struct Row<'t> {
    columns: &'t [String],
    raw: &'t RawRow,
    mistakes: &'t mut Vec<Mistake>,
}

impl Table {
    /// Reads a file: UTF-8 (with or without mark), UTF-16 with mark, else Windows-1252; comma, semicolon or tab, whichever
    /// divides the header into most columns. Column names are compared without case, blanks count as `_`.
    pub fn read(bytes: &[u8]) -> Result<Self, Mistake> {
        if bytes.len() > MAX_BYTES {
            return Err(whole_file("the file is larger than 20 MiB"));
        }
        let text = decode(bytes);
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(delimiter(&text))
            .from_reader(text.as_bytes());
        let mut table = Self {
            columns: Vec::new(),
            rows: Vec::new(),
            mistakes: Vec::new(),
        };
        for record in reader.records() {
            let record = record.map_err(|e| whole_file(&e.to_string()))?;
            let line = record.position().map_or(0, csv::Position::line);
            if record.iter().all(|field| field.trim().is_empty()) {
                continue;
            }
            if table.columns.is_empty() {
                table.columns = record.iter().take(MAX_COLUMNS).map(column_name).collect();
                table.check_columns(line);
                continue;
            }
            if table.rows.len() >= MAX_ROWS {
                return Err(whole_file("the file has more than 200,000 rows"));
            }
            table.take_row(line, &record);
        }
        if table.columns.is_empty() {
            Err(whole_file("the file is empty"))
        } else {
            Ok(table)
        }
    }

    /// Notes each of `names` that the header does not have.
    pub fn expect_columns(&mut self, names: &[&str]) {
        let header = self.columns.join(", ");
        for name in names {
            if !self.columns.iter().any(|column| column == name) {
                let problem = format!("is missing; the file has {}", one_line(&header, 300));
                self.note(Mistake {
                    line: 0,
                    column: Some((*name).to_owned()),
                    problem,
                });
            }
        }
    }

    /// Notes each column of the header that is none of `names`, with the one that may be meant.
    pub fn expect_only(&mut self, names: &[&str]) {
        let unknown = self
            .columns
            .iter()
            .filter(|column| !column.is_empty() && !names.contains(&column.as_str()));
        let mistakes = unknown.map(|column| {
            let meant = names
                .iter()
                .map(|name| (strsim::damerau_levenshtein(name, column), name))
                .min()
                .filter(|(distance, _)| *distance <= MAX_SLIPS);
            let hint = match meant {
                Some((_, name)) => format!("is {name:?} meant?"),
                None => format!("there are {}", names.join(", ")),
            };
            Mistake {
                line: 0,
                column: Some(one_line(column, MAX_SHOWN_CHARS)),
                problem: format!("is no column of such a file; {hint}"),
            }
        });
        let mistakes = mistakes.collect::<Vec<_>>();
        self.mistakes.extend(mistakes);
    }

    /// Whether the header has this column.
    pub fn has_column(&self, name: &str) -> bool {
        self.columns.iter().any(|column| column == name)
    }

    /// How many rows stand below the header.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// No rows below the header.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Reads every row with `read`, which gives `None` for a row it cannot use. Gives the values that were read, with the line each came
    /// from, and all mistakes of the file: nothing may be taken while there are any, unless a person asked for a partial import.
    pub fn read_rows<T>(
        mut self,
        mut read: impl FnMut(&mut Row<'_>) -> Option<T>,
    ) -> (Vec<(u64, T)>, Vec<Mistake>) {
        let mut values = Vec::with_capacity(self.rows.len());
        for raw in &self.rows {
            let before = self.mistakes.len();
            let mut row = Row {
                columns: &self.columns,
                raw,
                mistakes: &mut self.mistakes,
            };
            let value = read(&mut row);
            if let Some(value) = value.filter(|_| self.mistakes.len() == before) {
                values.push((raw.line, value));
            }
        }
        let left_out = self.mistakes.len().saturating_sub(MAX_MISTAKES);
        if left_out > 0 {
            self.mistakes.truncate(MAX_MISTAKES);
            self.mistakes
                .push(whole_file(&format!("and {left_out} more mistakes")));
        }
        (values, self.mistakes)
    }

    fn check_columns(&mut self, line: u64) {
        let mut seen: Vec<&String> = Vec::new();
        let mut twice: Vec<String> = Vec::new();
        for column in self.columns.iter().filter(|column| !column.is_empty()) {
            if seen.contains(&column) {
                twice.push(column.clone());
            }
            seen.push(column);
        }
        for column in twice {
            self.note(Mistake {
                line,
                column: Some(column),
                problem: "stands twice in the header".to_owned(),
            });
        }
    }

    fn take_row(&mut self, line: u64, record: &csv::StringRecord) {
        let surplus = record
            .iter()
            .skip(self.columns.len())
            .any(|field| !field.trim().is_empty());
        if surplus {
            let problem = format!(
                "has {} fields, the header has {}",
                record.len(),
                self.columns.len()
            );
            self.note(Mistake {
                line,
                column: None,
                problem,
            });
        }
        let clean = |field: &str| {
            field
                .trim()
                .chars()
                .filter(|c| *c != '\0')
                .take(MAX_FIELD_CHARS)
                .collect()
        };
        self.rows.push(RawRow {
            line,
            fields: record.iter().take(self.columns.len()).map(clean).collect(),
        });
    }

    fn note(&mut self, mistake: Mistake) {
        self.mistakes.push(mistake);
    }
}

impl Row<'_> {
    /// Line of the file, counted from 1 with the header.
    pub fn line(&self) -> u64 {
        self.raw.line
    }

    /// The field, or `None` when it is empty or the column is not there.
    pub fn optional(&self, column: &str) -> Option<&str> {
        let index = self.columns.iter().position(|name| name == column)?;
        self.raw
            .fields
            .get(index)
            .map(String::as_str)
            .filter(|field| !field.is_empty())
    }

    /// Whether the header has this column.
    pub fn has_column(&self, column: &str) -> bool {
        self.columns.iter().any(|name| name == column)
    }

    /// The field; an empty one is a mistake. A column that is not there was told once, for the whole file.
    pub fn required(&mut self, column: &str) -> Option<String> {
        let field = self.optional(column).map(str::to_owned);
        if field.is_none() && self.has_column(column) {
            self.mistake(column, "must not be empty");
        }
        field
    }

    /// A required date, YYYY-MM-DD.
    pub fn date(&mut self, column: &str) -> Option<Date> {
        self.required(column)?;
        self.optional_date(column)
    }

    /// A date, YYYY-MM-DD, or nothing. A wrong one is a mistake.
    pub fn optional_date(&mut self, column: &str) -> Option<Date> {
        self.optional_parsed(column, "a date (YYYY-MM-DD)", parse_iso_date)
    }

    /// A required amount in `currency`, as `1190.00` or as spreadsheets of several countries print it.
    pub fn amount(&mut self, column: &str, currency: Currency) -> Option<Money> {
        self.required(column)?;
        self.optional_amount(column, currency)
    }

    /// An amount, or nothing. An unreadable or ambiguous one (`1.234`) or one with too many decimals is a mistake.
    pub fn optional_amount(&mut self, column: &str, currency: Currency) -> Option<Money> {
        let expected = format!("an amount in {currency} (such as 1190.00)");
        let plain = |text: &str| {
            let value = text
                .parse()
                .ok()
                .filter(|_| is_plain(text, currency))
                .or_else(|| number::single_reading(text))?;
            Money::from_decimal(value, currency)
        };
        self.optional_parsed(column, &expected, plain)
    }

    /// A required ISO 4217 currency.
    pub fn currency(&mut self, column: &str) -> Option<Currency> {
        self.required(column)?;
        self.optional_parsed(column, "a currency (such as EUR)", Currency::parse)
    }

    /// A field read by `parse`, or nothing when it is empty. What `parse` refuses is a mistake that says it is not `expected`.
    pub fn optional_parsed<T>(
        &mut self,
        column: &str,
        expected: &str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Option<T> {
        let field = self.optional(column)?;
        let shown = one_line(field, MAX_SHOWN_CHARS);
        let value = parse(field);
        if value.is_none() {
            self.mistake(column, &format!("{shown:?} is not {expected}"));
        }
        value
    }

    /// As `optional_parsed`, but an empty field is a mistake, too.
    pub fn parsed<T>(
        &mut self,
        column: &str,
        expected: &str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Option<T> {
        self.required(column)?;
        self.optional_parsed(column, expected, parse)
    }

    /// Notes a mistake in this row.
    pub fn mistake(&mut self, column: &str, problem: &str) {
        let mistake = Mistake {
            line: self.raw.line,
            column: Some(column.to_owned()),
            problem: problem.to_owned(),
        };
        self.mistakes.push(mistake);
    }
}

fn whole_file(problem: &str) -> Mistake {
    Mistake {
        line: 0,
        column: None,
        problem: problem.to_owned(),
    }
}

/// Digits with one point and exactly the currency's decimals: `1.234` is plain in KWD and ambiguous in EUR.
fn is_plain(text: &str, currency: Currency) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let only_digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    let decimals_fit = fraction.len() == usize::from(currency.exponent());
    !whole.is_empty()
        && only_digits(whole)
        && only_digits(fraction)
        && (decimals_fit || !digits.contains('.'))
}

fn decode(bytes: &[u8]) -> String {
    let marked = encoding_rs::Encoding::for_bom(bytes).is_some();
    let encoding = if marked || std::str::from_utf8(bytes).is_ok() {
        encoding_rs::UTF_8
    } else {
        encoding_rs::WINDOWS_1252
    };
    encoding.decode(bytes).0.into_owned()
}

/// Outside quotation marks, in the first line that has text.
fn delimiter(text: &str) -> u8 {
    let header = text
        .lines()
        .find(|line| !line.trim().is_empty())
        .unwrap_or_default();
    let count = |delimiter: u8| {
        let mut quoted = false;
        let counted = header.bytes().filter(|byte| {
            quoted ^= *byte == b'"';
            !quoted && *byte == delimiter
        });
        counted.count()
    };
    // The last of equals wins, so the comma stands last.
    [b'\t', b';', b',']
        .into_iter()
        .max_by_key(|delimiter| count(*delimiter))
        .unwrap_or(b',')
}

fn column_name(field: &str) -> String {
    let lower = field.trim().to_lowercase();
    lower
        .split(|c: char| c.is_whitespace() || c == '-')
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join("_")
}

#[cfg(test)]
mod tests;
