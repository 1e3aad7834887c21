//! What the bytes of a document became, by its type.

use crate::domain::document::extract::remittance::Table;
use crate::domain::document::layout::Layout;
use crate::formats::e_invoice::EInvoice;
use crate::formats::html;
use crate::formats::invoice_xml::{self, NotAnInvoice};
use crate::formats::page::Paginated;
use crate::formats::sniff::FileType;
use crate::formats::trade_document::{self, TradeDocument, remadv, x12_820};
use crate::formats::xml::XmlError;
use crate::formats::xml_root::RootKind;

/// Largest text that is read, pictures inside HTML counted. Of a longer one nothing is: what was cut off may be the total.
const MAX_TEXT_BYTES: usize = 4 * 1024 * 1024;
/// Lines looked at to see what divides the cells of a file.
const MAX_LINES_SNIFFED: usize = 60;
/// Most rows of a CSV: the largest payers list some thousand invoices.
const MAX_CSV_ROWS: usize = 5_000;

/// A document, parsed as far as its type allows.
#[derive(Clone, PartialEq, Debug)]
#[expect(
    clippy::large_enum_variant,
    reason = "one lives at a time, and only while it is read"
)]
pub enum Content {
    /// Pages, perhaps with an invoice inside.
    Paginated(Paginated),
    /// An electronic invoice.
    EInvoice(EInvoice),
    /// An order, an advice, a statement or a reminder.
    TradeDocument(TradeDocument),
    /// Another XML file, by its root.
    OtherXml(RootKind),
    /// Plain text.
    Text(String),
    /// HTML: its visible text and its tables.
    Html {
        /// The text.
        text: String,
        /// The tables.
        tables: Vec<Table>,
    },
    /// Rows of a CSV file.
    Csv(Vec<Vec<String>>),
    /// What a signature was taken off.
    Signed(Box<Content>),
    /// The sheets of a spreadsheet.
    Sheets(Vec<Table>),
    /// Nothing that is read, with the reason for a person.
    Unread(String),
}

impl Content {
    /// Parses bytes of any type but those which strangers' hands make too dangerous for this process: for a PDF or picture the
    /// reader's child gives its `Paginated`, for a spreadsheet its `Sheets`.
    pub fn parse(kind: FileType, bytes: &[u8]) -> Self {
        match kind {
            FileType::Xml(root) => xml(root, bytes),
            FileType::Html | FileType::Csv | FileType::Text => {
                written(kind, bytes).unwrap_or_else(Self::Unread)
            }
            FileType::X12 => interchange(bytes, x12_820::read),
            FileType::Edifact => interchange(bytes, remadv::read),
            FileType::Gif => Self::Unread(
                "GIF pictures are not read: ask for the page as PDF, PNG, JPEG or TIFF".into(),
            ),
            FileType::Empty => Self::Unread("the file is empty".into()),
            FileType::Pdf | FileType::Png | FileType::Jpeg | FileType::Tiff => {
                Self::Unread("PDFs and pictures are read in a process of their own".into())
            }
            FileType::Zip | FileType::OutlookMessage | FileType::Tnef => Self::Unread(
                "it holds files, and stays closed: it lies too deep inside others, or the mail holds too much; ask for the files themselves".into(),
            ),
            FileType::Xlsx | FileType::Ods | FileType::Xls => {
                Self::Unread("a spreadsheet is read in a process of its own".into())
            }
            FileType::OfficeDocument | FileType::Ole => Self::Unread(
                "of Office files only spreadsheets as .xlsx, .xls or .ods are read (not .xlsb): ask for one of these, or a PDF".into(),
            ),
            FileType::OfficeMacros => {
                Self::Unread("it is an Office file with macros: never opened".into())
            }
            FileType::Pkcs7 => Self::Unread("a signed file inside a signed file".into()),
            FileType::Email => Self::Unread("it is a mail, not a document".into()),
            FileType::Unknown => Self::Unread("its type is not known".into()),
        }
    }
}

fn xml(root: RootKind, bytes: &[u8]) -> Content {
    let damaged = |error: &XmlError| Content::Unread(format!("the XML cannot be read: {error}"));
    match invoice_xml::read(bytes) {
        Ok(invoice) => Content::EInvoice(invoice),
        Err(NotAnInvoice::Xml(error)) => damaged(&error),
        Err(NotAnInvoice::Root { .. }) => match trade_document::read(bytes) {
            Ok(Some(document)) => Content::TradeDocument(document),
            Ok(None) => Content::OtherXml(root),
            Err(error) => damaged(&error),
        },
    }
}

/// A remittance advice in an interchange, or why it is not read.
fn interchange(bytes: &[u8], read: fn(&str) -> Result<TradeDocument, String>) -> Content {
    if bytes.len() > MAX_TEXT_BYTES {
        return Content::Unread(too_long(MAX_TEXT_BYTES));
    }
    let text = decode(bytes);
    let text = text.trim_start_matches('\u{feff}').trim_start();
    read(text).map_or_else(Content::Unread, Content::TradeDocument)
}

/// Text of any sort, or why it is not read.
fn written(kind: FileType, bytes: &[u8]) -> Result<Content, String> {
    if bytes.len() > MAX_TEXT_BYTES {
        return Err(too_long(MAX_TEXT_BYTES));
    }
    let text = decode(bytes);
    if kind == FileType::Html {
        let text = html::without_pictures(&text);
        if text.len() > html::MAX_BYTES {
            return Err(too_long(html::MAX_BYTES));
        }
        Ok(Content::Html {
            text: html::text(&text, html::Quotes::Keep),
            tables: html::tables(&text),
        })
    } else if kind == FileType::Csv || is_tabular(&text) {
        csv_rows(&text).map(Content::Csv)
    } else {
        Ok(Content::Text(text))
    }
}

fn too_long(most_bytes: usize) -> String {
    let most = most_bytes >> 20;
    format!("the text is longer than {most} MiB: ask for a shorter one")
}

fn decode(bytes: &[u8]) -> String {
    let (text, _, odd) = encoding_rs::UTF_8.decode(bytes);
    if odd && !bytes.starts_with(&[0xff, 0xfe]) {
        encoding_rs::WINDOWS_1252.decode(bytes).0.into_owned()
    } else {
        text.into_owned()
    }
}

/// The tables in a text whose cells tabs divide: a row of headings and those below it with as many cells. Tabs put values
/// beside the headings of others where these are longer.
pub(super) fn tabbed(text: &str) -> Vec<Table> {
    let mut tables: Vec<Table> = Vec::new();
    let mut open = Table::new();
    for line in text.lines() {
        let cells = line.split('\t').map(|cell| cell.trim().to_owned());
        let cells = cells.collect::<Vec<_>>();
        if open.first().is_some_and(|head| head.len() != cells.len()) {
            tables.push(std::mem::take(&mut open));
        }
        if cells.len() > 2 && open.len() < MAX_CSV_ROWS {
            open.push(cells);
        }
    }
    tables.push(open);
    tables.retain(|table| table.len() > 1);
    tables
}

/// Exports often put a few lines of head data above the table: at least half of the lines are divided into the same number of
/// cells, or nearly every line is divided somehow.
fn is_tabular(text: &str) -> bool {
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    let lines = lines.take(MAX_LINES_SNIFFED).collect::<Vec<_>>();
    let found = delimiter(&lines);
    let in_table = found.alike * 2 >= lines.len();
    let in_export = found.byte != b',' && found.divided * 10 >= lines.len() * 8;
    lines.len() >= 3 && found.alike >= 2 && (in_table || in_export)
}

/// What divides the cells of a file.
struct Delimiter {
    byte: u8,
    /// Lines with the same number of cells, three or more.
    alike: usize,
    /// Lines with at least two cells.
    divided: usize,
}

/// The delimiter that divides most lines into the same number of cells.
fn delimiter(lines: &[&str]) -> Delimiter {
    let cells = |line: &str, delimiter: u8| {
        let row = csv::ReaderBuilder::new()
            .has_headers(false)
            .delimiter(delimiter)
            .from_reader(line.as_bytes())
            .records()
            .find_map(Result::ok);
        row.filter(|row| delimiter != b',' || !row.iter().any(is_after_comma))
            .map_or(0, |row| row.len())
    };
    let measured = |byte: u8| {
        let counts = lines.iter().map(|line| cells(line, byte));
        let counts = counts.collect::<Vec<_>>();
        let tables = counts.iter().filter(|count| **count >= 3);
        let alike = tables.map(|count| counts.iter().filter(|other| *other == count).count());
        Delimiter {
            byte,
            alike: alike.max().unwrap_or(0),
            divided: counts.iter().filter(|count| **count >= 2).count(),
        }
    };
    let others = [b'|', b'\t', b';'].map(measured);
    others.into_iter().fold(measured(b','), |best, other| {
        if (other.alike, other.divided) >= (best.alike, best.divided.min(other.divided)) {
            other
        } else {
            best
        }
    })
}

/// What stands behind the comma of a sentence, or behind the one of an amount, `54.388,33 1.087,77`: no cell of a table.
fn is_after_comma(cell: &str) -> bool {
    let cents = cell.chars().take_while(char::is_ascii_digit).count();
    cell.starts_with(' ') || cents == 2 && cell.chars().nth(2).is_some_and(|c| c == ' ')
}

/// The rows of a text, one more than are kept.
fn records(text: &str, delimiter: u8, is_quoted: bool) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .quoting(is_quoted)
        .from_reader(text.as_bytes());
    let rows = reader.records().filter_map(Result::ok);
    let rows = rows.map(|row| row.iter().map(|cell| cell.trim().to_owned()).collect());
    rows.take(MAX_CSV_ROWS + 1).collect()
}

/// Rows of a CSV; all or none.
fn csv_rows(text: &str) -> Result<Vec<Vec<String>>, String> {
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    let found = delimiter(&lines.take(MAX_LINES_SNIFFED).collect::<Vec<_>>());
    let rows = records(text, found.byte, true);
    // A sign of inches that stands for no quotation swallows the rows behind it into one cell.
    let is_torn = |cell: &String| cell.contains('\n') && cell.contains(char::from(found.byte));
    let rows = if rows.iter().flatten().any(is_torn) {
        let lines = text.lines();
        let of_line = |line: &str| {
            records(
                line,
                found.byte,
                line.matches('"').count().is_multiple_of(2),
            )
        };
        lines.flat_map(of_line).take(MAX_CSV_ROWS + 1).collect()
    } else {
        rows
    };
    if rows.len() > MAX_CSV_ROWS {
        return Err(format!(
            "the table has more than {MAX_CSV_ROWS} rows: ask for it in parts"
        ));
    }
    Ok(rows)
}

/// The words of a document at their places; nothing for what has no page, as an electronic invoice.
pub fn layout(content: &Content) -> Option<Layout> {
    match content {
        Content::Paginated(pages) => Some(Layout::of_pages(&pages.pages)),
        Content::Signed(content) => self::layout(content),
        Content::Text(text) | Content::Html { text, .. } => Some(Layout::of_text(text)),
        Content::EInvoice(_)
        | Content::TradeDocument(_)
        | Content::OtherXml(_)
        | Content::Csv(_)
        | Content::Sheets(_)
        | Content::Unread(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sign_of_inches_swallows_no_rows_of_a_table() {
        let text = "Rechnung;Text;Betrag\nRE-1;Rohr;1,00\nRE-2;\"Rohr 3 Zoll;2,00\nRE-3;\"a;b\";3,00\nRE-4;\"Rohr 4;4,00\n";
        let Content::Csv(rows) = Content::parse(FileType::Csv, text.as_bytes()) else {
            panic!("a table");
        };
        let amounts = rows.iter().map(|row| row.last().map(String::as_str));
        let amounts = amounts.flatten().collect::<Vec<_>>();
        assert_eq!(amounts, ["Betrag", "1,00", "2,00", "3,00", "4,00"]);
        let address = "Rechnung;Text;Betrag\nRE-1;\"Rohr\nlang\";1,00\nRE-2;Rohr;2,00\n";
        let Content::Csv(rows) = Content::parse(FileType::Csv, address.as_bytes()) else {
            panic!("a table");
        };
        assert_eq!(rows.len(), 3);
    }

    #[test]
    fn markup_is_read_whole_or_not_at_all_and_pictures_in_it_count_nothing() {
        let bill = |picture: usize, rows: usize| {
            let data = "QUJD".repeat(picture / 4);
            let row = "<tr><td>RE-1</td><td>1,00</td></tr>";
            let rows = row.repeat(rows);
            format!(
                "<html><img src=\"data:image/png;base64,{data}\"><p>Rechnung 4711</p><table>{rows}</table></html>"
            )
        };
        let read = |markup: String| Content::parse(FileType::Html, markup.as_bytes());
        let with_picture = read(bill(html::MAX_BYTES, 1));
        assert!(
            matches!(with_picture, Content::Html { text, .. } if text.contains("Rechnung 4711"))
        );
        let long = read(bill(0, html::MAX_BYTES / 34));
        assert!(matches!(long, Content::Unread(_)));
    }

    #[test]
    fn what_is_too_long_is_read_whole_or_not_at_all() {
        let rows = |count: usize| "RE-1;22.11.2026;1.190,00\n".repeat(count);
        let is_unread = |content: Content| matches!(content, Content::Unread(_));
        let csv = |count: usize| Content::parse(FileType::Csv, rows(count).as_bytes());
        assert!(matches!(csv(MAX_CSV_ROWS), Content::Csv(rows) if rows.len() == MAX_CSV_ROWS));
        assert!(is_unread(csv(MAX_CSV_ROWS + 1)));
        // Two bytes each: cut in the middle of one it would all be read in another alphabet.
        let long = "ü".repeat(MAX_TEXT_BYTES / 2);
        let text = Content::parse(FileType::Text, long.as_bytes());
        assert!(matches!(text, Content::Text(text) if text.starts_with('ü')));
        let longer = format!("x{long}");
        assert!(is_unread(Content::parse(FileType::Text, longer.as_bytes())));
    }

    #[test]
    fn what_tabs_divide_in_a_text_is_a_table() {
        let text = "We paid:\n\nSupplier invoice\tInv. date\tPayment amount\n43906\t05/01/2026\t6,289.64\nTransfer amount: 6,289.64 EUR\n";
        let tables = tabbed(text);
        let cells = tables.first().and_then(|table| table.get(1));
        assert_eq!(tables.len(), 1);
        assert_eq!(
            cells.map(Vec::as_slice),
            Some(
                ["43906", "05/01/2026", "6,289.64"]
                    .map(str::to_owned)
                    .as_slice()
            )
        );
        assert!(tabbed("One\tTwo\nand a text").is_empty());
    }
}
