//! The envelope that exchanges put around a business document: the Standard Business Document of UN/CEFACT (SBDH 1.3), as
//! Peppol sends it. What counts is the document inside.

use super::xml::{Document, Element};

const NAMESPACE: &str = "http://www.unece.org/cefact/namespaces/StandardBusinessDocumentHeader";
const ENVELOPE: &str = "StandardBusinessDocument";
const HEADER: &str = "StandardBusinessDocumentHeader";

/// Whether a root is such an envelope.
pub(super) fn is_envelope(namespace: &str, name: &str) -> bool {
    namespace == NAMESPACE && name == ENVELOPE
}

/// Whether a child of the envelope tells only who sent it to whom.
pub(super) fn is_header(name: &str) -> bool {
    name == HEADER
}

/// The document inside; the envelope itself when it is empty. `namespaces` are those of its children.
pub(super) fn opened(envelope: Document, namespaces: Vec<String>) -> Document {
    let children = envelope.root.children.iter();
    let inside = children
        .zip(&namespaces)
        .find(|(child, _)| !is_header(&child.name));
    let inside = inside.map(|(child, namespace)| (Element::clone(child), namespace.clone()));
    match inside {
        Some((root, namespace)) => Document { namespace, root },
        None => envelope,
    }
}

#[cfg(test)]
mod tests {
    use crate::formats::xml;
    use crate::formats::xml_root::{RootKind, sniff};

    #[test]
    fn the_document_in_the_envelope_is_what_counts() {
        let order = "<o:Order xmlns:o='urn:oasis:names:specification:ubl:schema:xsd:Order-2'><ID>4</ID></o:Order>";
        let wrapped = |inside: &str| {
            format!(
                "<?xml version='1.0'?><StandardBusinessDocument xmlns='{}'><StandardBusinessDocumentHeader><Sender/><To>x</To>\
                 </StandardBusinessDocumentHeader>{inside}</StandardBusinessDocument>",
                super::NAMESPACE
            )
        };
        let envelope = wrapped(order);
        assert_eq!(xml::read(envelope.as_bytes()), xml::read(order.as_bytes()));
        assert_eq!(sniff(envelope.as_bytes()), Ok(RootKind::UblOrder));
        let empty = wrapped("");
        assert_eq!(sniff(empty.as_bytes()), Ok(RootKind::Other));
        assert_eq!(
            xml::read(empty.as_bytes()).map(|it| it.root.name),
            Ok(super::ENVELOPE.to_owned())
        );
    }
}
