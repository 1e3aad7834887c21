//! Files carried inside a PDF: the EmbeddedFiles name tree and the associated files of the document (ISO 32000-2, 7.11.4 and 14.13).

use hayro_interpret::hayro_syntax::Pdf;
use hayro_interpret::hayro_syntax::object::{Array, Dict, Object, Stream, String as PdfString};

use crate::basics::text::one_line;
use crate::formats::issue::Issue;
use crate::formats::page::EmbeddedFile;

/// Files taken out of one PDF: hybrid invoices carry one XML and perhaps some delivery notes.
const MAX_FILES: usize = 50;
/// Decoded bytes of all of them: as much as the PDF itself may have.
const MAX_TOTAL_BYTES: usize = 25 * 1024 * 1024;
/// Levels of the name tree: a balanced tree of 50 names has two.
const MAX_DEPTH: usize = 20;
/// Nodes of the name tree looked at, so that a tree that repeats itself ends.
const MAX_NODES: usize = 1_000;

/// Every embedded file once, in the order of the name tree.
pub(super) fn files(pdf: &Pdf, issues: &mut Vec<Issue>) -> Vec<EmbeddedFile> {
    let xref = pdf.xref();
    let Some(catalog) = xref.get::<Dict<'_>>(xref.root_id()) else {
        return Vec::new();
    };
    let mut found = Found {
        files: Vec::new(),
        total_bytes: 0,
        nodes: 0,
        issues,
    };
    let names = catalog.get::<Dict<'_>>(b"Names".as_slice());
    if let Some(tree) = names.and_then(|names| names.get::<Dict<'_>>(b"EmbeddedFiles".as_slice())) {
        found.walk(&tree, 0);
    }
    if let Some(associated) = catalog.get::<Array<'_>>(b"AF".as_slice()) {
        for specification in associated.iter::<Dict<'_>>().take(MAX_FILES) {
            found.take(&specification);
        }
    }
    found.files
}

struct Found<'i> {
    files: Vec<EmbeddedFile>,
    total_bytes: usize,
    nodes: usize,
    issues: &'i mut Vec<Issue>,
}

impl Found<'_> {
    fn walk(&mut self, node: &Dict<'_>, depth: usize) {
        self.nodes += 1;
        if depth > MAX_DEPTH || self.nodes > MAX_NODES {
            return;
        }
        if let Some(names) = node.get::<Array<'_>>(b"Names".as_slice()) {
            let mut entries = names.iter::<Object<'_>>().take(MAX_NODES);
            while let (Some(_key), Some(value)) = (entries.next(), entries.next()) {
                if let Some(specification) = value.into_dict() {
                    self.take(&specification);
                }
            }
        }
        if let Some(kids) = node.get::<Array<'_>>(b"Kids".as_slice()) {
            for kid in kids.iter::<Dict<'_>>().take(MAX_NODES) {
                self.walk(&kid, depth + 1);
            }
        }
    }

    fn take(&mut self, specification: &Dict<'_>) {
        let Some(versions) = specification.get::<Dict<'_>>(b"EF".as_slice()) else {
            return;
        };
        let stream = |key: &[u8]| versions.get::<Stream<'_>>(key);
        let Some(stream) = stream(b"UF").or_else(|| stream(b"F")) else {
            return;
        };
        let name = [b"UF".as_slice(), b"F".as_slice()]
            .into_iter()
            .find_map(|key| {
                specification
                    .get::<PdfString<'_>>(key)
                    .map(|name| text(name.as_bytes()))
            });
        let name = one_line(&name.unwrap_or_default(), 255);
        let Ok(bytes) = stream.decoded_data() else {
            self.issues
                .push(Issue::new(name, "the embedded file cannot be unpacked"));
            return;
        };
        if self
            .files
            .iter()
            .any(|file| file.name == name && *file.bytes == *bytes)
        {
            return;
        }
        self.total_bytes = self.total_bytes.saturating_add(bytes.len());
        if self.files.len() >= MAX_FILES || self.total_bytes > MAX_TOTAL_BYTES {
            self.issues.push(Issue::new(
                name,
                "left out: too many or too large embedded files",
            ));
            return;
        }
        self.files.push(EmbeddedFile {
            name,
            bytes: bytes.into_owned(),
        });
    }
}

/// A text string: UTF-16 or UTF-8 by its mark, else Latin-1, which is what PDFDocEncoding is for file names.
fn text(bytes: &[u8]) -> String {
    match bytes {
        [0xfe, 0xff, rest @ ..] => encoding_rs::UTF_16BE
            .decode_without_bom_handling(rest)
            .0
            .into_owned(),
        [0xff, 0xfe, rest @ ..] => encoding_rs::UTF_16LE
            .decode_without_bom_handling(rest)
            .0
            .into_owned(),
        [0xef, 0xbb, 0xbf, rest @ ..] => String::from_utf8_lossy(rest).into_owned(),
        _ => std::str::from_utf8(bytes).map_or_else(
            |_| bytes.iter().copied().map(char::from).collect(),
            str::to_owned,
        ),
    }
}
