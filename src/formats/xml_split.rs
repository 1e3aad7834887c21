//! A file that holds several documents below one root, cut into files with one each.

use std::ops::Range;

use quick_xml::Reader;
use quick_xml::events::Event;

use super::xml::{MAX_BYTES, XmlError, decode, malformed, next_event};

/// Bytes of all pieces together: each repeats the header, so many small bodies below a large header would multiply it.
const MAX_PIECES_BYTES: usize = 2 * MAX_BYTES;

/// One file for each child of the root with this local name, everything else of the root repeated, in UTF-8. Empty when there
/// are fewer than two.
///
/// # Errors
/// When it is not readable as XML, or there are more than `most`.
pub(super) fn one_each(bytes: &[u8], name: &str, most: usize) -> Result<Vec<Vec<u8>>, XmlError> {
    if bytes.len() > MAX_BYTES {
        return Err(XmlError::TooLarge);
    }
    let text = decode(bytes);
    let Spans { prolog, found } = spans(&text, name, most)?;
    if found.len() < 2 {
        return Ok(Vec::new());
    }
    let bodies = found.iter().map(ExactSizeIterator::len).sum::<usize>();
    let shared = text.len().saturating_sub(bodies);
    if shared.saturating_mul(found.len()).saturating_add(bodies) > MAX_PIECES_BYTES {
        return Err(XmlError::TooLarge);
    }
    let part = |range: Range<usize>| text.get(range).unwrap_or_default();
    let piece = |kept: usize| {
        // The declaration may name an encoding the piece no longer has.
        let mut piece = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>");
        let mut from = prolog;
        for (index, span) in found.iter().enumerate() {
            let until = if index == kept { span.end } else { span.start };
            piece.push_str(part(from..until));
            from = span.end;
        }
        piece.push_str(part(from..text.len()));
        piece.into_bytes()
    };
    Ok((0..found.len()).map(piece).collect())
}

/// Where the declaration ends, and where the children stand.
struct Spans {
    prolog: usize,
    found: Vec<Range<usize>>,
}

fn spans(text: &str, name: &str, most: usize) -> Result<Spans, XmlError> {
    let mut reader = Reader::from_str(text);
    let (mut prolog, mut found, mut depth, mut start) = (0, Vec::new(), 0_usize, None);
    loop {
        let before = position(&reader);
        match next_event(&mut reader)? {
            Event::Decl(_) => prolog = position(&reader),
            Event::Start(element) => {
                if depth == 1 && element.local_name().into_inner() == name {
                    start = Some(before);
                }
                depth += 1;
            }
            Event::End(_) => {
                depth = depth.saturating_sub(1);
                if depth == 1
                    && let Some(start) = start.take()
                {
                    found.push(start..position(&reader));
                }
            }
            Event::DocType(_) => return Err(XmlError::Dtd),
            Event::Eof if depth > 0 => {
                return Err(malformed(
                    &reader,
                    "the file ends before the root element is closed",
                ));
            }
            Event::Eof => return Ok(Spans { prolog, found }),
            Event::Empty(_)
            | Event::Text(_)
            | Event::CData(_)
            | Event::GeneralRef(_)
            | Event::PI(_)
            | Event::Comment(_) => {}
        }
        if found.len() > most {
            return Err(XmlError::TooMany);
        }
    }
}

fn position(reader: &Reader<&[u8]>) -> usize {
    usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(xml: &str) -> Vec<String> {
        let pieces = one_each(xml.as_bytes(), "b", 3).unwrap();
        pieces
            .into_iter()
            .map(|piece| String::from_utf8(piece).unwrap())
            .collect()
    }

    #[test]
    fn each_piece_has_the_header_and_one_body() {
        assert_eq!(
            cut(
                "<?xml version='1.0' encoding='x'?><p:a xmlns:p='u'><h>1</h><p:b>2<b/></p:b> <p:b>3</p:b></p:a>"
            ),
            [
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?><p:a xmlns:p='u'><h>1</h><p:b>2<b/></p:b> </p:a>",
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?><p:a xmlns:p='u'><h>1</h> <p:b>3</p:b></p:a>",
            ]
        );
    }

    #[test]
    fn one_body_needs_no_cut() {
        assert!(cut("<a><h/><b>1</b></a>").is_empty());
        assert!(cut("<a><h><b>1</b><b>2</b></h></a>").is_empty());
    }

    #[test]
    fn a_file_in_another_encoding_comes_out_in_utf_8() {
        let latin = b"<?xml version='1.0' encoding='ISO-8859-1'?><a><b>citt\xe0</b><b>2</b></a>";
        let pieces = one_each(latin, "b", 3).unwrap();
        assert!(
            String::from_utf8(pieces[0].clone())
                .unwrap()
                .contains("città")
        );
    }

    #[test]
    fn too_many_or_damaged_ones_are_refused() {
        assert_eq!(
            one_each(b"<a><b>1</b><b>1</b><b>1</b><b>1</b></a>", "b", 3),
            Err(XmlError::TooMany)
        );
        assert!(matches!(
            one_each(b"<a><b>1</b><b>", "b", 3),
            Err(XmlError::Malformed { .. })
        ));
        assert_eq!(one_each(b"<!DOCTYPE a><a/>", "b", 3), Err(XmlError::Dtd));
    }
}
