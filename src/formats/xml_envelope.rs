//! The envelope that exchanges put around a business document: the Standard Business Document of UN/CEFACT (SBDH 1.3), as
//! Peppol sends it. What counts is the document inside.

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

/// Which of its children, by their names, is the document; none in an empty envelope.
pub(super) fn document_among<'n>(mut children: impl Iterator<Item = &'n str>) -> Option<usize> {
    children.position(|name| !is_header(name))
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
