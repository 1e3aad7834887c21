//! A file that holds several documents, as files of one document each, and the files an e-invoice carries inside.

use std::borrow::Cow;

use super::mail_parts::{PartDocument, SetAside};
use crate::basics::text::one_line;
use crate::domain::document::read::Content;
use crate::domain::document::split::paginated;
use crate::formats::page::EmbeddedFile;
use crate::formats::sniff::{FileType, file_type};
use crate::formats::xml_root::RootKind;
use crate::formats::{factur_x, fatturapa, invoice_xml, smime, trade_document};

/// The documents of a file that holds several; empty when it is one, or cannot be taken apart, which reading it tells.
pub fn several_documents(file: &PartDocument) -> Vec<PartDocument> {
    let (kind, bytes) = unsigned(file);
    if kind != FileType::Xml(RootKind::FatturaPa) {
        return Vec::new();
    }
    let pieces = fatturapa::split(&bytes).unwrap_or_default();
    let count = pieces.len();
    let numbered = pieces.into_iter().enumerate().map(|(index, bytes)| {
        let number = index + 1;
        PartDocument {
            part: format!("{}/{number}", file.part),
            name: format!("{} ({number} of {count})", file.name),
            kind,
            bytes,
        }
    });
    numbered.collect()
}

/// What an e-invoice carries inside: time sheets, delivery notes, often a picture of itself. Support, and never a second bill.
pub fn carried_files(file: &PartDocument) -> Vec<SetAside> {
    let (kind, bytes) = unsigned(file);
    let FileType::Xml(_) = kind else {
        return Vec::new();
    };
    kept_inside(file, invoice_xml::embedded_files(&bytes))
}

/// Files carried inside a document, as support for it.
pub fn kept_inside(
    file: &PartDocument,
    inside: impl IntoIterator<Item = EmbeddedFile>,
) -> Vec<SetAside> {
    let files = inside.into_iter().enumerate();
    let kept = files.map(|(index, inside)| SetAside {
        part: format!("{}/file-{}", file.part, index + 1),
        name: one_line(&inside.name, 200),
        kind: file_type(&inside.bytes),
        bytes: inside.bytes,
        why: format!("carried inside {}; kept as support for it", file.name),
        is_replaced: false,
    });
    kept.collect()
}

/// What a PDF carries inside beside the XML it is read from.
pub fn inside_pages(content: &Content) -> Vec<&EmbeddedFile> {
    let Some(pages) = paginated(content) else {
        return Vec::new();
    };
    let invoice = factur_x::invoice_file(&pages.embedded);
    let is_read = |file: &EmbeddedFile| {
        invoice.is_some_and(|own| std::ptr::eq(own, file))
            || trade_document::of_pages(file).is_some()
    };
    let carried = pages.embedded.iter().filter(|file| !is_read(file));
    carried.collect()
}

/// A signed file without its signature.
fn unsigned(file: &PartDocument) -> (FileType, Cow<'_, [u8]>) {
    let content = (file.kind == FileType::Pkcs7).then(|| smime::content(&file.bytes));
    match content {
        Some(Ok(content)) => (file_type(&content), Cow::Owned(content)),
        Some(Err(_)) | None => (file.kind, Cow::Borrowed(&file.bytes)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::page::Paginated;

    #[test]
    fn an_order_somebody_attached_to_his_bill_is_kept_beside_it() {
        let order = "<o:Order xmlns:o='urn:oasis:names:specification:ubl:schema:xsd:Order-2'><ID>4</ID></o:Order>";
        let file = |name: &str| EmbeddedFile {
            name: name.into(),
            bytes: order.as_bytes().to_vec(),
        };
        let content = Content::Paginated(Paginated {
            embedded: vec![file("order.xml"), file("order-x.xml")],
            ..Paginated::default()
        });
        let kept = inside_pages(&content).into_iter();
        let kept = kept.map(|file| file.name.as_str()).collect::<Vec<_>>();
        assert_eq!(kept, ["order.xml"], "the other one says what the page is");
    }
}
