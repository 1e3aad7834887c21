//! XML from strangers: a small tree of local names, without DTD, without entities, within limits.
//!
//! Namespace prefixes are the sender's choice, so elements are found by local name; only the root's namespace is kept,
//! because it says which standard the document follows.

use std::borrow::Cow;

use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

use super::xml_envelope::{self, Held};

/// Above this size nothing is read: the largest genuine e-invoice seen carries attachments of some MiB.
pub const MAX_BYTES: usize = 20 * 1024 * 1024;
/// UBL and CII nest about 10 deep; deeper than this is an attack on whoever walks the tree.
const MAX_DEPTH: usize = 64;
/// Bounds the memory of the tree: an invoice of 10,000 lines has about 400,000 elements.
const MAX_ELEMENTS: usize = 500_000;
/// Genuine elements carry up to 5 attributes, a root with namespaces perhaps 30.
const MAX_ATTRIBUTES: usize = 64;

/// Why a file was not read as XML.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum XmlError {
    /// Larger than `MAX_BYTES`.
    #[error("the XML is larger than 20 MiB")]
    TooLarge,
    /// Nested deeper than 64.
    #[error("the XML is nested more than 64 deep")]
    TooDeep,
    /// More elements or attributes than a genuine document has.
    #[error("the XML has more elements than any invoice")]
    TooMany,
    /// A document type definition, the door to entity attacks.
    #[error("the XML brings a document type definition (DTD), which is not read")]
    Dtd,
    /// A reference to anything but the five entities of XML.
    #[error("the XML refers to the entity {0:?}, which is not read")]
    Entity(String),
    /// Several documents in one envelope (SBDH): reading one would lose the others.
    #[error("the envelope holds several documents; ask for each by itself")]
    SeveralInside,
    /// Not well-formed.
    #[error("the XML is damaged at byte {position}: {reason}")]
    Malformed {
        /// Bytes from the start of the decoded text.
        position: u64,
        /// In the words of the parser.
        reason: String,
    },
}

/// One element.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Element {
    /// Name without prefix.
    pub name: String,
    /// Attributes by local name, namespace declarations left out.
    pub attributes: Vec<(String, String)>,
    /// All its own character data, joined; blanks at both ends kept.
    pub text: String,
    /// In document order.
    pub children: Vec<Element>,
}

/// A document: the root and the namespace it is in.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Document {
    /// Namespace URI of the root, empty when it has none.
    pub namespace: String,
    /// The root element.
    pub root: Element,
}

impl Element {
    /// The first element at `path`, local names joined by `/`; the empty path is the element itself.
    pub fn find(&self, path: &str) -> Option<&Element> {
        let Some((step, rest)) = split_step(path) else {
            return Some(self);
        };
        self.children
            .iter()
            .filter(|child| child.name == step)
            .find_map(|child| child.find(rest))
    }

    /// Every element at `path`, in document order.
    pub fn all<'e>(&'e self, path: &str) -> Vec<&'e Element> {
        let Some((step, rest)) = split_step(path) else {
            return vec![self];
        };
        self.children
            .iter()
            .filter(|child| child.name == step)
            .flat_map(|child| child.all(rest))
            .collect()
    }

    /// The text of the first element at `path` that has any, trimmed.
    pub fn text_at(&self, path: &str) -> Option<&str> {
        self.all(path)
            .into_iter()
            .map(|found| found.text.trim())
            .find(|text| !text.is_empty())
    }

    /// An attribute by local name.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }
}

fn split_step(path: &str) -> Option<(&str, &str)> {
    (!path.is_empty()).then(|| path.split_once('/').unwrap_or((path, "")))
}

/// Reads a whole document, out of its envelope where it came in one.
pub fn read(bytes: &[u8]) -> Result<Document, XmlError> {
    if bytes.len() > MAX_BYTES {
        return Err(XmlError::TooLarge);
    }
    let text = decode(bytes);
    let mut parser = Parser {
        reader: Reader::from_str(&text),
        open: Vec::new(),
        elements: 0,
        namespaces_inside: Vec::new(),
    };
    parser.document()
}

/// The root's namespace and local name, read from no more than the start of the file; of a document in an envelope its own.
pub fn root(bytes: &[u8]) -> Result<(String, String), XmlError> {
    let head = bytes
        .get(..bytes.len().min(MAX_HEAD_BYTES))
        .unwrap_or_default();
    let text = decode(head);
    let mut reader = Reader::from_str(&text);
    let (namespace, name) = first_element(&mut reader)?;
    if xml_envelope::is_envelope(&namespace, &name)
        && let Some(inside) = first_inside(&mut reader)
    {
        return Ok(inside);
    }
    Ok((namespace, name))
}

/// Behind the header of an envelope; nothing where the start of the file does not reach so far.
fn first_inside(reader: &mut Reader<&[u8]>) -> Option<(String, String)> {
    let mut depth = 0_usize;
    loop {
        match next_event(reader).ok()? {
            Event::Start(start) | Event::Empty(start)
                if depth == 0 && !xml_envelope::is_header(start.local_name().into_inner()) =>
            {
                let name = start.local_name().into_inner().to_owned();
                return Some((namespace(&start).ok()?, name));
            }
            Event::Start(_) => depth += 1,
            Event::End(_) => depth = depth.checked_sub(1)?,
            Event::Eof => return None,
            Event::Empty(_)
            | Event::Text(_)
            | Event::CData(_)
            | Event::GeneralRef(_)
            | Event::Decl(_)
            | Event::PI(_)
            | Event::Comment(_)
            | Event::DocType(_) => {}
        }
    }
}

fn first_element(reader: &mut Reader<&[u8]>) -> Result<(String, String), XmlError> {
    loop {
        match next_event(reader)? {
            Event::Start(start) | Event::Empty(start) => {
                return Ok((
                    namespace(&start)?,
                    start.local_name().into_inner().to_owned(),
                ));
            }
            Event::DocType(_) => return Err(XmlError::Dtd),
            Event::Eof => return Err(malformed(reader, "no element")),
            Event::Decl(_) | Event::PI(_) | Event::Comment(_) => {}
            Event::Text(text) if text.trim_start_matches('\u{feff}').trim().is_empty() => {}
            Event::Text(_) | Event::CData(_) | Event::GeneralRef(_) | Event::End(_) => {
                return Err(malformed(reader, "text before the first element"));
            }
        }
    }
}

/// Comments and declarations before a root are short; a root with 30 namespaces has about 3 KiB.
const MAX_HEAD_BYTES: usize = 64 * 1024;

/// By byte order mark, then by the declared encoding, else UTF-8. What says or seems to be UTF-8 and is none was written in the
/// alphabet of Windows; bytes that fit neither become U+FFFD.
pub(super) fn decode(bytes: &[u8]) -> Cow<'_, str> {
    let start = bytes.get(..bytes.len().min(200)).unwrap_or_default();
    let ascii = String::from_utf8_lossy(start);
    let declared = ascii.strip_prefix("<?xml").and_then(|rest| {
        let rest = rest.split_once("?>")?.0.split_once("encoding")?.1;
        let mut quoted = rest.split(['"', '\'']);
        quoted.nth(1)
    });
    let named = declared.and_then(|label| encoding_rs::Encoding::for_label(label.as_bytes()));
    let (text, used, odd) = named.unwrap_or(encoding_rs::UTF_8).decode(bytes);
    if odd && used == encoding_rs::UTF_8 {
        return encoding_rs::WINDOWS_1252.decode(bytes).0;
    }
    text
}

struct Parser<'t> {
    reader: Reader<&'t [u8]>,
    open: Vec<Element>,
    elements: usize,
    /// Of the children of an envelope, in their order.
    namespaces_inside: Vec<String>,
}

impl Parser<'_> {
    fn document(&mut self) -> Result<Document, XmlError> {
        let mut namespace_of_root = None;
        let mut root = None;
        loop {
            let closed = match next_event(&mut self.reader)? {
                Event::Start(start) => {
                    let root = namespace_of_root.get_or_insert(namespace(&start)?);
                    self.enveloped(root, &start)?;
                    let element = self.element(&start)?;
                    self.open.push(element);
                    None
                }
                Event::Empty(start) => {
                    let root = namespace_of_root.get_or_insert(namespace(&start)?);
                    self.enveloped(root, &start)?;
                    Some(self.element(&start)?)
                }
                Event::End(_) => self.open.pop(),
                Event::Text(text) => self.append(&text.xml10_content())?,
                Event::CData(text) => self.append(&text.xml10_content())?,
                Event::GeneralRef(reference) => {
                    let character = resolve(&reference)?;
                    self.append(character.encode_utf8(&mut [0; 4]))?
                }
                Event::DocType(_) => return Err(XmlError::Dtd),
                Event::Decl(_) | Event::PI(_) | Event::Comment(_) => None,
                Event::Eof => break,
            };
            if let Some(element) = closed {
                match self.open.last_mut() {
                    Some(parent) => parent.children.push(element),
                    None if root.is_none() => root = Some(element),
                    None => return Err(malformed(&self.reader, "a second root element")),
                }
            }
        }
        match root {
            Some(root) if self.open.is_empty() => {
                let mut document = Document {
                    namespace: namespace_of_root.unwrap_or_default(),
                    root,
                };
                // Only an envelope has any.
                let mut inside = std::mem::take(&mut self.namespaces_inside);
                let children = document.root.children.iter().take(inside.len());
                let names = children.map(|child| child.name.as_str());
                match xml_envelope::held(names) {
                    Held::One(at) => {
                        document = Document {
                            namespace: inside.swap_remove(at),
                            root: document.root.children.swap_remove(at),
                        };
                    }
                    Held::Several => return Err(XmlError::SeveralInside),
                    Held::Nothing => {}
                }
                Ok(document)
            }
            _ => Err(malformed(
                &self.reader,
                "the file ends before the root element is closed",
            )),
        }
    }

    /// Keeps the namespace of what stands directly in an envelope.
    fn enveloped(&mut self, of_root: &str, start: &BytesStart<'_>) -> Result<(), XmlError> {
        let [root] = self.open.as_slice() else {
            return Ok(());
        };
        if xml_envelope::is_envelope(of_root, &root.name) {
            self.namespaces_inside.push(namespace(start)?);
        }
        Ok(())
    }

    fn element(&mut self, start: &BytesStart<'_>) -> Result<Element, XmlError> {
        self.elements += 1;
        if self.elements > MAX_ELEMENTS {
            return Err(XmlError::TooMany);
        }
        if self.open.len() >= MAX_DEPTH {
            return Err(XmlError::TooDeep);
        }
        let mut element = Element {
            name: start.local_name().into_inner().to_owned(),
            ..Element::default()
        };
        for attribute in start.attributes() {
            let attribute = attribute.map_err(|e| malformed(&self.reader, &e.to_string()))?;
            if attribute.key.as_namespace_binding().is_some() {
                continue;
            }
            if element.attributes.len() >= MAX_ATTRIBUTES {
                return Err(XmlError::TooMany);
            }
            let value = attribute
                .normalized_value(XmlVersion::Implicit1_0)
                .map_err(|e| malformed(&self.reader, &e.to_string()))?;
            let key = attribute.key.local_name().into_inner().to_owned();
            element.attributes.push((key, value.into_owned()));
        }
        Ok(element)
    }

    /// Text outside the root may only be blank.
    fn append(&mut self, text: &str) -> Result<Option<Element>, XmlError> {
        match self.open.last_mut() {
            Some(element) => element.text.push_str(text),
            None if text.trim_start_matches('\u{feff}').trim().is_empty() => {}
            None => return Err(malformed(&self.reader, "text outside the root element")),
        }
        Ok(None)
    }
}

pub(super) fn next_event<'t>(reader: &mut Reader<&'t [u8]>) -> Result<Event<'t>, XmlError> {
    let position = reader.buffer_position();
    reader.read_event().map_err(|e| XmlError::Malformed {
        position,
        reason: e.to_string(),
    })
}

pub(super) fn malformed(reader: &Reader<&[u8]>, reason: &str) -> XmlError {
    XmlError::Malformed {
        position: reader.buffer_position(),
        reason: reason.to_owned(),
    }
}

/// The namespace the element's own prefix is bound to on the element itself.
fn namespace(start: &BytesStart<'_>) -> Result<String, XmlError> {
    let name = start.name();
    let wanted = name
        .prefix()
        .map(|prefix| format!("xmlns:{}", prefix.into_inner()));
    let wanted = wanted.as_deref().unwrap_or("xmlns");
    for (count, attribute) in start.attributes().enumerate() {
        if count >= MAX_ATTRIBUTES {
            return Err(XmlError::TooMany);
        }
        if let Ok(attribute) = attribute
            && attribute.key.into_inner() == wanted
        {
            return Ok(attribute.value.trim().to_owned());
        }
    }
    Ok(String::new())
}

fn resolve(reference: &quick_xml::events::BytesRef<'_>) -> Result<char, XmlError> {
    let name: &str = reference;
    let unknown = || XmlError::Entity(crate::basics::text::one_line(name, 40));
    match name {
        "amp" => Ok('&'),
        "lt" => Ok('<'),
        "gt" => Ok('>'),
        "quot" => Ok('"'),
        "apos" => Ok('\''),
        _ => reference
            .resolve_char_ref()
            .ok()
            .flatten()
            .ok_or_else(unknown),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefixes_do_not_matter_and_the_roots_namespace_is_known() {
        let plain = read(b"<Invoice xmlns='urn:i'><ID> 4711 </ID></Invoice>").unwrap();
        let prefixed =
            read(b"<i:Invoice xmlns:c='urn:c' xmlns:i='urn:i'><c:ID> 4711 </c:ID></i:Invoice>")
                .unwrap();
        assert_eq!(plain, prefixed);
        assert_eq!(plain.root.text_at("ID"), Some("4711"));
        assert_eq!(
            root(b"<?xml version='1.0'?><!-- x --><a:B xmlns:a='urn:a'><unclosed>"),
            Ok(("urn:a".into(), "B".into()))
        );
    }

    #[test]
    fn the_five_entities_and_character_references_are_text() {
        let doc = read(b"<a b='x&amp;y'>M&#252;ller &amp; S&#xF6;hne &lt;&gt;<![CDATA[<&]]></a>")
            .unwrap();
        assert_eq!(doc.root.text, "Müller & Söhne <><&");
        assert_eq!(doc.root.attribute("b"), Some("x&y"));
    }

    #[test]
    fn dtds_and_entities_are_refused() {
        let bomb = b"<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a>&x;</a>";
        assert_eq!(read(bomb), Err(XmlError::Dtd));
        assert_eq!(root(bomb), Err(XmlError::Dtd));
        assert_eq!(read(b"<a>&x;</a>"), Err(XmlError::Entity("x".into())));
        assert!(matches!(
            read(b"<a b='&x;'/>"),
            Err(XmlError::Malformed { .. })
        ));
    }

    #[test]
    fn depth_count_and_size_are_limited() {
        let deep = |n: usize| "<a>".repeat(n) + &"</a>".repeat(n);
        assert!(read(deep(64).as_bytes()).is_ok());
        assert_eq!(read(deep(65).as_bytes()), Err(XmlError::TooDeep));
        let wide = format!("<r>{}</r>", "<a/>".repeat(MAX_ELEMENTS));
        assert_eq!(read(wide.as_bytes()), Err(XmlError::TooMany));
        assert_eq!(read(&vec![b' '; MAX_BYTES + 1]), Err(XmlError::TooLarge));
    }

    #[test]
    fn damaged_files_say_so() {
        for bad in [
            "",
            "<a>",
            "<a></b>",
            "<a/><b/>",
            "text",
            "<a>&",
            "<a><b></a></b>",
        ] {
            assert!(
                matches!(read(bad.as_bytes()), Err(XmlError::Malformed { .. })),
                "{bad}"
            );
        }
    }

    #[test]
    fn declared_encodings_are_decoded() {
        let latin = b"<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><a>M\xfcller</a>";
        assert_eq!(read(latin).unwrap().root.text, "Müller");
        let mut utf16 = vec![0xff, 0xfe];
        utf16.extend(
            "<?xml version='1.0' encoding='UTF-16'?><a>ü</a>"
                .encode_utf16()
                .flat_map(u16::to_le_bytes),
        );
        assert_eq!(read(&utf16).unwrap().root.text, "ü");
        assert_eq!(read("\u{feff}<a>ü</a>".as_bytes()).unwrap().root.text, "ü");
    }
}
