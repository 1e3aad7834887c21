//! What a file is, by its leading bytes. Never by its name or declared type: both are claims of the sender.

use serde::{Deserialize, Serialize};

use super::xml_root::{self, RootKind};
use super::{compound_file, edifact, smime, x12, xml, zip};

/// The type of a file as its first bytes show it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub enum FileType {
    /// Nothing in it, or only blanks.
    Empty,
    /// PDF.
    Pdf,
    /// XML with its root, or `RootKind::Other` when the root cannot be read.
    Xml(RootKind),
    /// HTML.
    Html,
    /// Text whose lines share a delimiter.
    Csv,
    /// An interchange of ANSI ASC X12.
    X12,
    /// An interchange of UN/EDIFACT.
    Edifact,
    /// Any other text.
    Text,
    /// PNG image.
    Png,
    /// JPEG image.
    Jpeg,
    /// GIF image.
    Gif,
    /// TIFF image.
    Tiff,
    /// ZIP, an archive of files.
    Zip,
    /// A spreadsheet of Excel (Office Open XML).
    Xlsx,
    /// A spreadsheet of LibreOffice and others (OpenDocument).
    Ods,
    /// A spreadsheet of old Excel, 97 to 2003.
    Xls,
    /// A text or presentation, old or new, and spreadsheets in forms nobody sends.
    OfficeDocument,
    /// An Office file that carries macros.
    OfficeMacros,
    /// An Outlook message, .msg.
    OutlookMessage,
    /// Another OLE compound file.
    Ole,
    /// TNEF, Outlook's winmail.dat.
    Tnef,
    /// PKCS #7, also in base64: a signed file, a signature or an encrypted mail.
    Pkcs7,
    /// An e-mail (RFC 5322 header fields first).
    Email,
    /// None of these.
    Unknown,
}

/// A PDF may have this much rubbish in front of its mark (ISO 32000-1 Annex H, note 13).
const PDF_MARK_WITHIN_BYTES: usize = 1024;
/// Enough text to tell prose from a table and a header from a letter.
const TEXT_HEAD_BYTES: usize = 8 * 1024;

/// The type of `bytes`.
pub fn file_type(bytes: &[u8]) -> FileType {
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return FileType::Empty;
    }
    by_mark(bytes).unwrap_or_else(|| by_text(bytes))
}

fn by_mark(bytes: &[u8]) -> Option<FileType> {
    let marks: [(&[u8], FileType); 10] = [
        (b"\x89PNG\r\n\x1a\n", FileType::Png),
        (b"\xff\xd8\xff", FileType::Jpeg),
        (b"GIF87a", FileType::Gif),
        (b"GIF89a", FileType::Gif),
        (b"II*\0", FileType::Tiff),
        (b"MM\0*", FileType::Tiff),
        (b"PK\x03\x04", FileType::Zip),
        (b"PK\x05\x06", FileType::Zip),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", FileType::Ole),
        (b"\x78\x9f\x3e\x22", FileType::Tnef),
    ];
    let marked = marks
        .iter()
        .find(|(mark, _)| bytes.starts_with(mark))
        .map(|(_, kind)| *kind);
    let head = bytes
        .get(..bytes.len().min(PDF_MARK_WITHIN_BYTES))
        .unwrap_or_default();
    let pdf = || {
        head.windows(5)
            .any(|window| window == b"%PDF-")
            .then_some(FileType::Pdf)
    };
    // A signed PDF has its mark within the first bytes, too.
    marked
        .map(|kind| inside(kind, bytes))
        .or_else(|| smime::is_cms(bytes).then_some(FileType::Pkcs7))
        .or_else(pdf)
}

/// ZIP archives and compound files carry many formats, told apart by the names of what is in them.
fn inside(kind: FileType, bytes: &[u8]) -> FileType {
    if kind == FileType::Zip {
        return zip_kind(bytes);
    }
    if kind != FileType::Ole {
        return kind;
    }
    let inside = compound_file::names(bytes);
    let holds = |names: &[&str]| inside.iter().any(|name| names.contains(&name.as_str()));
    if holds(&["__properties_version1.0"]) {
        FileType::OutlookMessage
    } else if holds(&["Workbook", "Book"]) {
        FileType::Xls
    } else if holds(&["WordDocument", "PowerPoint Document", "EncryptedPackage"]) {
        FileType::OfficeDocument
    } else {
        FileType::Ole
    }
}

fn zip_kind(bytes: &[u8]) -> FileType {
    let entries = zip::entries(bytes).unwrap_or_default();
    let holds = |name: &str| entries.iter().any(|entry| entry.name == name);
    if entries
        .iter()
        .any(|entry| entry.name.ends_with("vbaProject.bin"))
    {
        return FileType::OfficeMacros;
    }
    if holds("xl/workbook.xml") {
        return FileType::Xlsx;
    }
    if [
        "word/document.xml",
        "ppt/presentation.xml",
        "xl/workbook.bin",
    ]
    .into_iter()
    .any(holds)
    {
        return FileType::OfficeDocument;
    }
    // OpenDocument 1.3 part 2, 3.3: the first entry is its media type, stored. Nothing is unpacked here.
    let kind = entries
        .iter()
        .filter(|entry| entry.name == "mimetype")
        .find_map(|entry| zip::stored(bytes, entry));
    match kind {
        Some(b"application/vnd.oasis.opendocument.spreadsheet") => FileType::Ods,
        Some(kind) if kind.starts_with(b"application/vnd.oasis.opendocument.") => {
            FileType::OfficeDocument
        }
        Some(_) | None => FileType::Zip,
    }
}

fn by_text(bytes: &[u8]) -> FileType {
    let head = bytes
        .get(..bytes.len().min(TEXT_HEAD_BYTES))
        .unwrap_or_default();
    let utf16 = head.starts_with(&[0xff, 0xfe]) || head.starts_with(&[0xfe, 0xff]);
    if !utf16 && is_binary(head) {
        return FileType::Unknown;
    }
    let (text, _, _) = encoding_rs::UTF_8.decode(head);
    let text = text.trim_start_matches(['\u{feff}', ' ', '\t', '\r', '\n']);
    let lower = text
        .chars()
        .take(256)
        .collect::<String>()
        .to_ascii_lowercase();
    if is_html(&lower) {
        return FileType::Html;
    }
    if text.starts_with('<') {
        let root = xml::root(bytes);
        return match (&root, lower.starts_with("<?xml")) {
            (Ok((_, name)), _) if name.eq_ignore_ascii_case("html") => FileType::Html,
            (Ok(_), _) | (Err(_), true) => {
                FileType::Xml(xml_root::sniff(bytes).unwrap_or(RootKind::Other))
            }
            (Err(_), false) => FileType::Text,
        };
    }
    if x12::is_x12(text) {
        FileType::X12
    } else if edifact::is_edifact(text) {
        FileType::Edifact
    } else if is_email(text) {
        FileType::Email
    } else if is_table(text, bytes.len() > TEXT_HEAD_BYTES) {
        FileType::Csv
    } else {
        FileType::Text
    }
}

/// Control characters no text has. A byte above 127 may be any letter.
fn is_binary(head: &[u8]) -> bool {
    let control = |b: &&u8| matches!(**b, 0..=8 | 14..=26 | 28..=31);
    head.iter().filter(control).count() * 100 > head.len() || head.contains(&0)
}

fn is_html(lower: &str) -> bool {
    let starts = [
        "<!doctype html",
        "<html",
        "<head",
        "<body",
        "<div",
        "<table",
        "<p>",
        "<p ",
        "<meta",
        "<style",
    ];
    starts.iter().any(|start| lower.starts_with(start))
        || (lower.starts_with("<?xml") && lower.contains("<html"))
}

/// The first lines are header fields and one of those every mail has is among them.
fn is_email(text: &str) -> bool {
    let mut known = false;
    for (index, line) in text.lines().take(60).enumerate() {
        if line.is_empty() {
            break;
        }
        let name = line.split_once(':').map(|(name, _)| name);
        let folded = line.starts_with([' ', '\t']) || (index == 0 && line.starts_with("From "));
        let named = name.is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_graphic()));
        if !folded && !named {
            return false;
        }
        let usual = [
            "received",
            "return-path",
            "from",
            "message-id",
            "delivered-to",
            "mime-version",
        ];
        known |= name.is_some_and(|n| usual.contains(&n.to_ascii_lowercase().as_str()));
    }
    known
}

/// At least two lines, and all of the first ones split into the same number of fields by one delimiter.
fn is_table(text: &str, is_cut: bool) -> bool {
    let mut lines = text
        .lines()
        .filter(|line| !line.trim().is_empty())
        .take(11)
        .collect::<Vec<_>>();
    if is_cut || lines.len() > 10 {
        lines.pop();
    }
    let count = |line: &str, delimiter: char| {
        let mut quoted = false;
        let outside = |c: &char| {
            quoted ^= *c == '"';
            !quoted && *c == delimiter
        };
        line.chars().filter(outside).count()
    };
    lines.len() >= 2
        && [',', ';', '\t'].into_iter().any(|delimiter| {
            let first = lines.first().map_or(0, |line| count(line, delimiter));
            first > 0 && lines.iter().all(|line| count(line, delimiter) == first)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_known_by_their_first_bytes() {
        let cases: [(&[u8], FileType); 20] = [
            (b"", FileType::Empty),
            (b" \r\n", FileType::Empty),
            (b"%PDF-1.7\n", FileType::Pdf),
            (b"rubbish\n%PDF-1.4", FileType::Pdf),
            (b"\x89PNG\r\n\x1a\n....", FileType::Png),
            (b"\xff\xd8\xff\xe0", FileType::Jpeg),
            (b"GIF89a", FileType::Gif),
            (b"PK\x03\x04", FileType::Zip),
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", FileType::Ole),
            (b"\x78\x9f\x3e\x22", FileType::Tnef),
            (
                b"\x30\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02",
                FileType::Pkcs7,
            ),
            (b"<!DOCTYPE HTML><html>", FileType::Html),
            (b"<table><tr>", FileType::Html),
            (
                b"<?xml version='1.0'?><html xmlns='http://www.w3.org/1999/xhtml'>",
                FileType::Html,
            ),
            (
                b"<Invoice xmlns='urn:oasis:names:specification:ubl:schema:xsd:Invoice-2'>",
                FileType::Xml(RootKind::UblInvoice),
            ),
            (
                b"<?xml version='1.0'?><!DOCTYPE x []><x/>",
                FileType::Xml(RootKind::Other),
            ),
            (b"invoice;amount\nRE-1;1.190,00\n", FileType::Csv),
            (b"Dear all,\nplease pay.\n", FileType::Text),
            (
                b"Return-Path: <a@b.test>\nSubject: x\n\nbody",
                FileType::Email,
            ),
            (b"\0\x01\x02\x03", FileType::Unknown),
        ];
        for (bytes, expected) in cases {
            assert_eq!(
                file_type(bytes),
                expected,
                "{:?}",
                String::from_utf8_lossy(bytes)
            );
        }
    }

    #[test]
    fn a_pdf_called_by_another_name_is_still_a_pdf() {
        assert_eq!(file_type(b"MZ-not-really %PDF-1.4"), FileType::Pdf);
    }
}
