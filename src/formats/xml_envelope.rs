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

/// What an envelope holds beside its header.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Held {
    /// Nothing.
    Nothing,
    /// One document, at this place among the children.
    One(usize),
    /// Several: taking one would lose the others.
    Several,
}

/// What the children of an envelope, by their names, are.
pub(super) fn held<'n>(children: impl Iterator<Item = &'n str>) -> Held {
    let mut documents = children.enumerate().filter(|(_, name)| !is_header(name));
    match (documents.next(), documents.next()) {
        (None, _) => Held::Nothing,
        (Some((at, _)), None) => Held::One(at),
        (Some(_), Some(_)) => Held::Several,
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
        let two = wrapped(&order.repeat(2));
        assert_eq!(xml::read(two.as_bytes()), Err(xml::XmlError::SeveralInside));
        let empty = wrapped("");
        assert_eq!(sniff(empty.as_bytes()), Ok(RootKind::Other));
        assert_eq!(
            xml::read(empty.as_bytes()).map(|it| it.root.name),
            Ok(super::ENVELOPE.to_owned())
        );
    }
}
