//! Reading a document: what its bytes became, what the mail says, who we are and whom we know; out comes kind, side and fields.

use super::classify;
use super::extract::bill::MailFacts;
use super::extract::e_invoice;
use super::extract::lines::{self, LineTable, Proof};
use super::extract::payment_code;
use super::extract::remittance::{self, Advice, Hints, Table};
use super::extract::{self, bill};
use super::identity::{KnownParty, OwnIdentity};
use super::layout::Layout;
use super::recognised;
use super::{Classification, Confidence, DocumentKind, DocumentLine, Reading, Side, Source};
use crate::basics::currency::Currency;
use crate::formats::e_invoice::EInvoice;
use crate::formats::factur_x::{self, Profile};
use crate::formats::html;
use crate::formats::invoice_xml::{self, NotAnInvoice};
use crate::formats::issue::Issue;
use crate::formats::page::{Paginated, WordOrigin};
use crate::formats::sniff::FileType;
use crate::formats::trade_document::{self, TradeDocument};
use crate::formats::xml::XmlError;
use crate::formats::xml_root::RootKind;

/// Text looked at: what asks for money stands at the beginning.
const MAX_TEXT_BYTES: usize = 1024 * 1024;
/// Lines looked at to see what divides the cells of a file.
const MAX_LINES_SNIFFED: usize = 60;
/// Rows of a CSV looked at.
const MAX_CSV_ROWS: usize = 5_000;

/// The currency of a remittance that names none; a person looks at it before it counts.
const ASSUMED_CURRENCY: Currency = Currency::EUR;

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
    /// Nothing that is read, with the reason for a person.
    Unread(String),
}

/// A document and what is known about it.
#[derive(Clone, PartialEq, Debug)]
pub struct DocumentInput<'a> {
    /// What its bytes became.
    pub content: Content,
    /// What the mail around it says.
    pub mail: MailFacts<'a>,
    /// Take an invoice inside a PDF into account; off only to measure how well pages alone are read.
    pub with_embedded: bool,
}

impl Content {
    /// Parses bytes of any type but PDF and pictures, which strangers' hands make too dangerous for this process: the
    /// reader's child gives their `Paginated`.
    pub fn parse(kind: FileType, bytes: &[u8]) -> Self {
        match kind {
            FileType::Xml(root) => xml(root, bytes),
            FileType::Html => {
                let markup = decode(bytes);
                Self::Html {
                    text: html::text(&markup, html::Quotes::Keep),
                    tables: html::tables(&markup),
                }
            }
            FileType::Csv => Self::Csv(csv_rows(&decode(bytes))),
            FileType::Text => {
                let text = decode(bytes);
                if is_tabular(&text) {
                    Self::Csv(csv_rows(&text))
                } else {
                    Self::Text(text)
                }
            }
            FileType::Gif => Self::Unread(
                "GIF pictures are not read: ask for the page as PDF, PNG, JPEG or TIFF".into(),
            ),
            FileType::Empty => Self::Unread("the file is empty".into()),
            FileType::Pdf | FileType::Png | FileType::Jpeg | FileType::Tiff => {
                Self::Unread("PDFs and pictures are read in a process of their own".into())
            }
            FileType::Zip => Self::Unread("archives and Office files are not read yet".into()),
            FileType::Ole => {
                Self::Unread("Outlook messages and old Office files are not read yet".into())
            }
            FileType::Tnef => Self::Unread("winmail.dat is not read yet".into()),
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

fn decode(bytes: &[u8]) -> String {
    let bytes = bytes
        .get(..bytes.len().min(MAX_TEXT_BYTES))
        .unwrap_or_default();
    let (text, _, odd) = encoding_rs::UTF_8.decode(bytes);
    if odd && !bytes.starts_with(&[0xff, 0xfe]) {
        encoding_rs::WINDOWS_1252.decode(bytes).0.into_owned()
    } else {
        text.into_owned()
    }
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

/// Rows of a CSV.
fn csv_rows(text: &str) -> Vec<Vec<String>> {
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    let found = delimiter(&lines.take(MAX_LINES_SNIFFED).collect::<Vec<_>>());
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(found.byte)
        .from_reader(text.as_bytes());
    let rows = reader.records().filter_map(Result::ok).take(MAX_CSV_ROWS);
    rows.map(|row| row.iter().map(|cell| cell.trim().to_owned()).collect())
        .collect()
}

/// Reads a document. Never fails: what cannot be read is `other`, with the reason.
pub fn read(input: &DocumentInput<'_>, own: &OwnIdentity, known: &[KnownParty]) -> Reading {
    read_as(&input.content, input, own, known)
}

fn read_as(
    content: &Content,
    input: &DocumentInput<'_>,
    own: &OwnIdentity,
    known: &[KnownParty],
) -> Reading {
    let mail = &input.mail;
    match content {
        Content::Signed(content) => {
            let mut reading = read_as(content, input, own, known);
            let problem = "the file is signed; whose signature it is was not checked";
            reading.issues.push(Issue::new("", problem));
            reading
        }
        Content::EInvoice(invoice) => from_e_invoice(invoice, own),
        Content::TradeDocument(document) => from_trade_document(document, mail, own),
        Content::Paginated(pages) => paginated(pages, input, own, known),
        Content::OtherXml(root) => match classify::other_xml(*root, mail) {
            Some(classification) => Reading {
                classification,
                ..Reading::default()
            },
            None => unread("the XML is not a business document this program knows"),
        },
        Content::Text(text) => text_or_tables(&Layout::of_text(text), &[], input, own, known),
        Content::Html { text, tables } => {
            text_or_tables(&Layout::of_text(text), tables, input, own, known)
        }
        Content::Csv(rows) => {
            let text = rows
                .iter()
                .map(|row| row.join("\t"))
                .collect::<Vec<_>>()
                .join("\n");
            text_or_tables(
                &Layout::of_text(&text),
                std::slice::from_ref(rows),
                input,
                own,
                known,
            )
        }
        Content::Unread(why) => unread(why),
    }
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
        | Content::Unread(_) => None,
    }
}

fn unread(why: &str) -> Reading {
    asked("document_unclear", why)
}

/// A file that is damaged, locked or over a limit.
pub fn unreadable(why: &str) -> Reading {
    asked("document_unreadable", why)
}

fn asked(code: &str, why: &str) -> Reading {
    let classification = Classification {
        reasons: vec![why.to_owned()],
        conflict: Some(format!("{code}: {why}")),
        ..Classification::default()
    };
    Reading {
        classification,
        issues: vec![Issue::new("", why)],
        ..Reading::default()
    }
}

fn from_e_invoice(invoice: &EInvoice, own: &OwnIdentity) -> Reading {
    Reading {
        classification: classify::e_invoice(invoice, own),
        fields: e_invoice::fields(invoice),
        lines: e_invoice::lines(invoice),
        amounts: e_invoice::amounts(invoice),
        issues: invoice.issues.clone(),
        ..Reading::default()
    }
}

fn from_trade_document(
    document: &TradeDocument,
    mail: &MailFacts<'_>,
    own: &OwnIdentity,
) -> Reading {
    let (payments, odd) = extract::trade_document::payments(document);
    Reading {
        classification: classify::trade_document(document, mail, own),
        fields: extract::trade_document::fields(document),
        lines: extract::trade_document::lines(document),
        payments,
        issues: document.issues.iter().cloned().chain(odd).collect(),
        ..Reading::default()
    }
}

fn paginated(
    pages: &Paginated,
    input: &DocumentInput<'_>,
    own: &OwnIdentity,
    known: &[KnownParty],
) -> Reading {
    let count = u32::try_from(pages.pages.len()).unwrap_or(u32::MAX);
    let layout = Layout::of_pages(&pages.pages);
    let mut reading = match embedded(pages, input) {
        Embedded::Invoice(invoice) => hybrid(&invoice, &layout, input, own, known),
        Embedded::TradeDocument(document) => from_trade_document(&document, &input.mail, own),
        Embedded::Nothing => from_pages(&layout, pages, input, own, known),
    };
    reading.issues.extend(pages.issues.iter().cloned());
    reading.pages = count;
    reading
}

enum Embedded {
    Invoice(Box<EInvoice>),
    TradeDocument(Box<TradeDocument>),
    Nothing,
}

fn embedded(pages: &Paginated, input: &DocumentInput<'_>) -> Embedded {
    if !input.with_embedded {
        return Embedded::Nothing;
    }
    if let Some(Ok(invoice)) = factur_x::invoice(&pages.embedded) {
        return Embedded::Invoice(Box::new(invoice));
    }
    let mut documents = pages
        .embedded
        .iter()
        .filter_map(|file| trade_document::read(&file.bytes).ok().flatten());
    documents.next().map_or(Embedded::Nothing, |document| {
        Embedded::TradeDocument(Box::new(document))
    })
}

/// The XML is master; the page is held against it.
fn hybrid(
    invoice: &EInvoice,
    layout: &Layout,
    input: &DocumentInput<'_>,
    own: &OwnIdentity,
    known: &[KnownParty],
) -> Reading {
    let mut reading = from_e_invoice(invoice, own);
    let text = layout.plain();
    let has_text = text.chars().filter(char::is_ascii_digit).count() >= 10;
    let gross = invoice.tax_inclusive.or(invoice.payable);
    if let Some(gross) = gross.filter(|_| has_text)
        && !e_invoice::shows_amount(&text, gross)
        && !invoice
            .payable
            .is_some_and(|due| !due.is_zero() && e_invoice::shows_amount(&text, due))
    {
        let why = format!("the XML inside says {gross}, and no page of the PDF shows this amount");
        reading.issues.push(Issue::new("", why.clone()));
        reading.classification.conflict = Some(format!("hybrid_mismatch: {why}"));
    }
    if invoice
        .specification
        .as_deref()
        .and_then(Profile::of)
        .is_some_and(Profile::is_header_only)
    {
        let page = bill::read(layout, &input.mail, own, known, false);
        e_invoice::as_hints(&mut reading.fields, &text);
        e_invoice::fill_from_page(&mut reading.fields, page.fields);
        reading.classification.reasons.push(
            "the XML inside carries only the header: it is taken as a hint beside the page".into(),
        );
    }
    reading
}

fn from_pages(
    layout: &Layout,
    pages: &Paginated,
    input: &DocumentInput<'_>,
    own: &OwnIdentity,
    known: &[KnownParty],
) -> Reading {
    if layout.lines.is_empty() {
        let why = pages
            .issues
            .last()
            .map(|issue| format!("no page could be read; {issue}"));
        return unread(why.as_deref().unwrap_or("nothing is written on its pages"));
    }
    let is_doubtful = pages
        .pages
        .iter()
        .any(|page| matches!(page.origin, WordOrigin::Hidden | WordOrigin::Unreadable));
    let mut reading = words(layout, &[], input, own, known, is_doubtful);
    recognised::temper(&mut reading.fields, &pages.pages);
    let weighed = payment_code::weigh(&mut reading.fields, &pages.pages, own);
    reading.issues.extend(weighed.issues);
    if let Some(conflict) = weighed.conflict {
        reading.classification.conflict.get_or_insert(conflict);
    }
    reading
}

fn text_or_tables(
    layout: &Layout,
    tables: &[Table],
    input: &DocumentInput<'_>,
    own: &OwnIdentity,
    known: &[KnownParty],
) -> Reading {
    let mut reading = words(layout, tables, input, own, known, false);
    let kind = reading.classification.kind;
    let is_sure = |line: &DocumentLine| line.confidence >= Confidence::per_mille(900);
    if has_lines(kind) && !reading.lines.iter().any(is_sure) {
        lines_of_tables(&mut reading, tables);
    }
    // A bill typed into a mail is no invoice for VAT: somebody asks the sender for a proper one (DOMAIN 2.6).
    if matches!(kind, DocumentKind::Bill | DocumentKind::CreditNote) {
        reading.classification.conflict.get_or_insert_with(|| "document_unclear: a bill in the text of a mail; ask the sender for a proper invoice".into());
    }
    reading
}

/// The lines out of the cells of HTML or CSV, which a text of them no longer shows; those that add up.
fn lines_of_tables(reading: &mut Reading, tables: &[Table]) {
    let layout = Layout::of_tables(tables);
    let Some(table) = bill::lines_beside(&layout, &reading.amounts) else {
        return;
    };
    reading.issues.retain(|issue| !lines::is_doubt(issue));
    reading.amounts = table.state(std::mem::take(&mut reading.amounts));
    reading.lines = table.lines;
    for line in &mut reading.lines {
        // A row of a table is no line of the text.
        line.source = Source::Computed;
    }
}

/// Words, whatever carried them: as a bill, or as a remittance when they say so.
fn words(
    layout: &Layout,
    tables: &[Table],
    input: &DocumentInput<'_>,
    own: &OwnIdentity,
    known: &[KnownParty],
    is_doubtful: bool,
) -> Reading {
    let findings = bill::read(layout, &input.mail, own, known, is_doubtful);
    let classification = classify::page(layout, &findings, &input.mail, own);
    if let Some((advice, classification)) =
        as_remittance(layout, tables, input, known, &classification)
    {
        let Advice {
            payments,
            mut fields,
            issues,
            doubt: _,
        } = advice;
        fields.iban = findings.fields.iban;
        return Reading {
            classification,
            fields,
            payments,
            issues,
            ..Reading::default()
        };
    }
    let kind = classification.kind;
    let is_proved = |table: &LineTable| table.proof != Proof::None;
    let table = findings
        .lines
        .filter(|table| has_lines(kind) || kind == DocumentKind::Other && is_proved(table));
    let issues = table.as_ref().and_then(lines::doubt);
    Reading {
        classification,
        fields: findings.fields,
        lines: table.map(|table| table.lines).unwrap_or_default(),
        amounts: findings.stated,
        issues: issues.into_iter().collect(),
        ..Reading::default()
    }
}

/// Kinds of paper whose table of items says what is owed or ordered.
fn has_lines(kind: DocumentKind) -> bool {
    match kind {
        DocumentKind::Bill
        | DocumentKind::CreditNote
        | DocumentKind::CustomerInvoice
        | DocumentKind::PurchaseOrder
        | DocumentKind::PurchaseOrderChange
        | DocumentKind::PurchaseOrderResponse
        | DocumentKind::Quotation
        | DocumentKind::Proforma
        | DocumentKind::Receipt => true,
        DocumentKind::Remittance
        | DocumentKind::SupplierStatement
        | DocumentKind::GoodsReceipt
        | DocumentKind::SupplierReminder
        | DocumentKind::BankStatement
        | DocumentKind::Other => false,
    }
}

/// A remittance by its heading, or by words of payment with numbers and amounts; a heading that says otherwise stands.
fn as_remittance(
    layout: &Layout,
    tables: &[Table],
    input: &DocumentInput<'_>,
    known: &[KnownParty],
    classification: &Classification,
) -> Option<(Advice, Classification)> {
    let is_headed = classification.kind == DocumentKind::Remittance;
    let named = is_headed
        || remittance::is_named_remittance(input.mail.subject)
        || remittance::is_named_remittance(input.mail.file_name);
    let other_kind = !matches!(
        classification.kind,
        DocumentKind::Other | DocumentKind::Remittance
    ) && classification.confidence >= Confidence::per_mille(950);
    if other_kind && (!named || !layout.is_text()) {
        return None;
    }
    let is_bill = matches!(
        classification.kind,
        DocumentKind::Bill | DocumentKind::CreditNote | DocumentKind::CustomerInvoice
    );
    let hints = Hints {
        is_named: named,
        is_like_bill: is_bill && !layout.is_text(),
        is_from_customer: input.mail.mailbox_side == Some(Side::Receivable)
            && remittance::has_payment_table(tables),
    };
    let advice = remittance::read(tables, layout, hints, ASSUMED_CURRENCY, known)?;
    if advice.payments.is_empty() && !named {
        return None;
    }
    let empty = advice.payments.is_empty();
    let sure = if empty { 700 } else { 960 };
    let mut reasons = classification.reasons.clone();
    reasons.push(if empty {
        "it speaks of a payment, but no invoice with an amount was found".into()
    } else {
        format!(
            "it speaks of a payment and lists {} invoices with amounts",
            advice.payments.len()
        )
    });
    let unread = empty.then_some("a remittance without a readable line".to_owned());
    let doubt = unread.or_else(|| advice.doubt.clone());
    let conflict = doubt.map(|why| format!("document_unclear: {why}"));
    let side = if classification.kind == DocumentKind::Remittance {
        classification.side
    } else {
        Side::Receivable
    };
    Some((
        advice,
        Classification {
            kind: DocumentKind::Remittance,
            side,
            confidence: Confidence::per_mille(sure),
            reasons,
            conflict,
        },
    ))
}

#[cfg(test)]
mod tests;
#[cfg(test)]
mod pages;
