//! Walking the tree of parts (RFC 2046 section 5.1), under the limits of the module above.

use std::borrow::Cow;

use super::boundary::Pieces;
use super::header::{Headers, read_headers};
use super::{
    Contents, Disposition, Issue, MAX_DEPTH, MAX_HEADER_BYTES, MAX_ISSUES, MAX_OPENED_MAILS,
    MAX_PARTS, Part, Unpacked, Unreadable, transfer,
};
use crate::formats::page::EmbeddedFile;
use crate::formats::smime;

/// Cuts a mail or part where its header section ends: at the first empty line, or at the first line that can be no header
/// (the blank line is missing then). A leading mbox "From " line is skipped.
pub fn header_and_body(raw: &[u8]) -> (&[u8], &[u8]) {
    let start = skip_envelope_line(raw);
    let mut end = start;
    for line in raw
        .get(start..)
        .unwrap_or_default()
        .split_inclusive(|byte| *byte == b'\n')
    {
        let content = line.trim_ascii_end();
        if content.is_empty() && !line.starts_with(b" ") && !line.starts_with(b"\t") {
            return (
                raw.get(start..end).unwrap_or_default(),
                raw.get(end + line.len()..).unwrap_or_default(),
            );
        }
        let continues = line.starts_with(b" ") || line.starts_with(b"\t");
        if !(is_field(content) || continues && end > start) {
            break;
        }
        end += line.len();
        if end - start > MAX_HEADER_BYTES {
            break;
        }
    }
    (
        raw.get(start..end).unwrap_or_default(),
        raw.get(end..).unwrap_or_default(),
    )
}

fn skip_envelope_line(raw: &[u8]) -> usize {
    let blank = raw
        .iter()
        .take_while(|byte| matches!(byte, b'\r' | b'\n'))
        .count();
    let rest = raw.get(blank..).unwrap_or_default();
    let is_mbox = rest.starts_with(b"From ") || rest.starts_with(b">From ");
    let line = rest
        .iter()
        .position(|byte| *byte == b'\n')
        .map_or(0, |end| end + 1);
    if is_mbox { blank + line } else { blank }
}

/// `Name: value` with a name of printable ASCII (RFC 5322 section 2.2), blanks before the colon forgiven.
fn is_field(line: &[u8]) -> bool {
    let Some(colon) = line.iter().position(|byte| *byte == b':') else {
        return false;
    };
    let name = line.get(..colon).unwrap_or_default().trim_ascii_end();
    !name.is_empty() && name.iter().all(|byte| (33..=126).contains(byte))
}

/// What a walk has gathered so far.
pub struct Walk<'a> {
    unpacked: &'a Unpacked,
    pub parts: Vec<Part<'a>>,
    pub issues: Vec<Issue>,
    /// Containers and leaves met, to hold against the limit.
    met: usize,
    inside: Option<String>,
}

/// Where the walk stands.
#[derive(Clone, Copy)]
struct Place<'p> {
    path: &'p str,
    depth: usize,
    opened: usize,
    is_alternative: bool,
}

impl<'a> Walk<'a> {
    pub fn new(unpacked: &'a Unpacked) -> Self {
        Self {
            unpacked,
            parts: Vec::new(),
            issues: Vec::new(),
            met: 0,
            inside: None,
        }
    }

    /// The body of the mail itself or of an attached mail at `path` (empty for the mail itself).
    pub fn mail_body(
        &mut self,
        headers: &Headers,
        body: &'a [u8],
        path: &str,
        depth: usize,
        opened: usize,
    ) -> Result<(), Unreadable> {
        let is_container = headers.content.media_type.starts_with("multipart/");
        let own = if is_container {
            path.to_owned()
        } else {
            child(path, 1)
        };
        self.entity(
            headers,
            body,
            Place {
                path: &own,
                depth,
                opened,
                is_alternative: false,
            },
        )
    }

    fn entity(
        &mut self,
        headers: &Headers,
        body: &'a [u8],
        place: Place<'_>,
    ) -> Result<(), Unreadable> {
        self.met += 1;
        if self.met > MAX_PARTS {
            return Err(Unreadable::TooManyParts);
        }
        if place.depth > MAX_DEPTH {
            return Err(Unreadable::TooDeep {
                place: place.path.to_owned(),
            });
        }
        if headers.content.media_type.starts_with("multipart/") {
            let boundary = headers.content.boundary.as_deref();
            match boundary.filter(|boundary| !boundary.is_empty()) {
                Some(boundary) => return self.container(headers, body, boundary, place),
                None => {
                    self.odd(place.path, "a container without a boundary; read as text");
                    return self.leaf(&headers.as_plain_text(), body, place);
                }
            }
        }
        self.leaf(headers, body, place)
    }

    fn container(
        &mut self,
        headers: &Headers,
        body: &'a [u8],
        boundary: &str,
        place: Place<'_>,
    ) -> Result<(), Unreadable> {
        let is_digest = headers.content.media_type == "multipart/digest";
        let is_alternative =
            headers.content.media_type == "multipart/alternative" || place.is_alternative;
        let mut pieces = Pieces::new(body, boundary);
        let mut number = 0;
        while let Some(piece) = pieces.next() {
            number += 1;
            let path = child(place.path, number);
            let (head, content) = piece_header_and_body(piece);
            if head.len() > MAX_HEADER_BYTES {
                return Err(Unreadable::HeaderTooLong { place: path });
            }
            let mut inner = read_headers(head);
            if is_digest && !inner.content.is_declared {
                // RFC 2046 section 5.1.5: in a digest the default is a mail.
                inner.content.media_type = "message/rfc822".into();
            }
            self.entity(
                &inner,
                content,
                Place {
                    path: &path,
                    depth: place.depth + 1,
                    is_alternative,
                    ..place
                },
            )?;
        }
        if number == 0 {
            self.odd(
                place.path,
                "a container whose boundary never appears; read as text",
            );
            return self.leaf(
                &headers.as_plain_text(),
                body,
                Place {
                    path: &leaf_path(place.path),
                    ..place
                },
            );
        }
        if !pieces.is_closed() {
            self.odd(
                place.path,
                "the last boundary is missing: the mail may be cut short",
            );
        }
        Ok(())
    }

    fn leaf(
        &mut self,
        headers: &Headers,
        body: &'a [u8],
        place: Place<'_>,
    ) -> Result<(), Unreadable> {
        let content = &headers.content;
        let decoded = transfer::decode(body, &content.transfer_encoding);
        if let Some(problem) = &decoded.problem {
            self.odd(place.path, problem);
        }
        let part = Part {
            path: leaf_path(place.path),
            inside: self.inside.clone(),
            content_type: content.media_type.clone(),
            charset: content.charset.clone(),
            is_flowed: content.is_flowed,
            is_alternative: place.is_alternative,
            name: content.name.clone(),
            disposition: content.disposition,
            content_id: content.id.clone(),
            bytes: decoded.bytes,
            opened: None,
            is_unpacked: false,
        };
        self.file(part, place)
    }

    /// A leaf, its transfer encoding removed: perhaps a mail, perhaps a container that was unpacked.
    fn file(&mut self, mut part: Part<'a>, place: Place<'_>) -> Result<(), Unreadable> {
        if let Some(contents) = self.unpacked.get(&part.path) {
            part.is_unpacked = true;
            return self.contents(part, contents, place);
        }
        if let Some(entity) = signed_entity(&part) {
            let path = part.path.clone();
            part.is_unpacked = true;
            self.parts.push(part);
            let place = Place {
                path: &path,
                ..place
            };
            return self.within(&entity, |inner, entity| inner.rest(entity, place));
        }
        if !is_attached_mail(&part) {
            self.parts.push(part);
            return Ok(());
        }
        if place.opened >= MAX_OPENED_MAILS {
            self.odd(
                place.path,
                "mails attached to mails go deeper than is opened; left closed",
            );
            self.parts.push(part);
            return Ok(());
        }
        match std::mem::take(&mut part.bytes) {
            Cow::Borrowed(bytes) => self.attached(part, bytes, place),
            Cow::Owned(bytes) => self.within(&bytes, |inner, bytes| {
                inner.attached(part.into_owned(), bytes, place)
            }),
        }
    }

    /// The parts of what was decoded, which lives no longer than this call: they own their bytes.
    fn within(
        &mut self,
        bytes: &[u8],
        walk: impl for<'b> FnOnce(&mut Walk<'b>, &'b [u8]) -> Result<(), Unreadable>,
    ) -> Result<(), Unreadable> {
        let mut inner = Walk {
            met: self.met,
            inside: self.inside.clone(),
            ..Walk::new(self.unpacked)
        };
        let outcome = walk(&mut inner, bytes);
        self.met = inner.met;
        self.issues.append(&mut inner.issues);
        self.parts
            .extend(inner.parts.into_iter().map(Part::into_owned));
        outcome
    }

    /// Text and files that came in one part. They are the sender's own words only where that part is the whole mail: a file
    /// somebody attached may hold what another wrote.
    fn rest(&mut self, entity: &'a [u8], place: Place<'_>) -> Result<(), Unreadable> {
        let (head, body) = header_and_body(entity);
        let path = format!("{}/1", place.path);
        let headers = read_headers(head);
        let outer = self.inside.clone();
        if place.depth > 0 && outer.is_none() {
            self.inside = Some(place.path.to_owned());
        }
        let outcome = self.mail_body(&headers, body, &path, place.depth + 1, place.opened);
        self.inside = outer;
        outcome
    }

    /// What a container holds takes its place among the parts, behind it.
    fn contents(
        &mut self,
        part: Part<'a>,
        contents: &'a Contents,
        place: Place<'_>,
    ) -> Result<(), Unreadable> {
        let path = part.path.clone();
        let place = Place {
            path: &path,
            ..place
        };
        match contents {
            Contents::Mail(mail) => self.attached(part, mail, place),
            Contents::Rest(mail) => {
                self.parts.push(part);
                self.rest(mail, place)
            }
            Contents::Files(files) => {
                let unsigned = part.name.as_deref().and_then(without_signature);
                let unsigned = unsigned.map(str::to_owned);
                self.parts.push(part);
                for (number, file) in (1..).zip(files) {
                    let path = format!("{path}/{number}");
                    let place = Place {
                        path: &path,
                        ..place
                    };
                    let mut inside = unpacked_file(file, &path, self.inside.clone());
                    inside.name = inside.name.or_else(|| unsigned.clone());
                    self.file(inside, place)?;
                }
                Ok(())
            }
        }
    }

    fn attached(
        &mut self,
        mut part: Part<'a>,
        bytes: &'a [u8],
        place: Place<'_>,
    ) -> Result<(), Unreadable> {
        let (head, body) = header_and_body(bytes);
        if head.len() > MAX_HEADER_BYTES {
            return Err(Unreadable::HeaderTooLong { place: part.path });
        }
        if head.is_empty() {
            self.odd(&part.path, "an attached mail without a header; left closed");
            part.bytes = Cow::Borrowed(bytes);
            self.parts.push(part);
            return Ok(());
        }
        let headers = read_headers(head);
        let path = part.path.clone();
        part.opened = Some(Box::new(headers.clone()));
        self.parts.push(part);
        let outer = self.inside.replace(path.clone());
        let outcome = self.mail_body(&headers, body, &path, place.depth + 1, place.opened + 1);
        self.inside = outer;
        outcome
    }

    fn odd(&mut self, path: &str, problem: &str) {
        if self.issues.len() < MAX_ISSUES {
            self.issues
                .push(Issue::new(format!("part {}", leaf_path(path)), problem));
        }
    }
}

impl Part<'_> {
    fn into_owned<'b>(self) -> Part<'b> {
        Part {
            bytes: Cow::Owned(self.bytes.into_owned()),
            ..self
        }
    }
}

/// `bills.zip` of `bills.zip.p7m`: a signed file has no name of its own.
fn without_signature(name: &str) -> Option<&str> {
    let (stem, ending) = name.rsplit_once('.')?;
    ["p7m", "p7s"]
        .into_iter()
        .any(|signed| ending.eq_ignore_ascii_case(signed))
        .then_some(stem)
}

fn unpacked_file<'a>(file: &'a EmbeddedFile, path: &str, inside: Option<String>) -> Part<'a> {
    Part {
        path: path.to_owned(),
        inside,
        content_type: "application/octet-stream".into(),
        charset: None,
        is_flowed: false,
        is_alternative: false,
        name: Some(file.name.clone()).filter(|name| !name.is_empty()),
        disposition: Disposition::Attachment,
        content_id: None,
        bytes: Cow::Borrowed(&file.bytes),
        opened: None,
        is_unpacked: false,
    }
}

/// The text and files of a mail inside its opaque signature (RFC 8551 section 3.5.2), which is not verified. `None` for a
/// signed file, which is a document by itself, and for what is encrypted.
fn signed_entity(part: &Part<'_>) -> Option<Vec<u8>> {
    let declared = matches!(
        part.content_type.as_str(),
        "application/pkcs7-mime" | "application/x-pkcs7-mime"
    );
    let content = declared.then(|| smime::content(&part.bytes))?.ok()?;
    let (head, _) = header_and_body(&content);
    let is_entity = header_names(head).any(|name| name.eq_ignore_ascii_case(b"content-type"));
    (is_entity && head.len() <= MAX_HEADER_BYTES).then_some(content)
}

fn header_names(head: &[u8]) -> impl Iterator<Item = &[u8]> {
    head.split(|byte| *byte == b'\n')
        .filter_map(|line| line.split(|byte| *byte == b':').next())
}

/// Declared as a mail, or a file named `.eml` that looks like one.
fn is_attached_mail(part: &Part<'_>) -> bool {
    let declared = matches!(
        part.content_type.as_str(),
        "message/rfc822" | "message/global"
    );
    let named = part
        .name
        .as_deref()
        .is_some_and(|name| name.to_ascii_lowercase().ends_with(".eml"));
    declared || named && looks_like_mail(&part.bytes)
}

fn looks_like_mail(bytes: &[u8]) -> bool {
    let (head, _) = header_and_body(bytes);
    let names = header_names(head);
    let known: &[&[u8]] = &[
        b"from",
        b"date",
        b"subject",
        b"received",
        b"message-id",
        b"to",
        b"mime-version",
    ];
    names
        .filter(|name| known.iter().any(|known| name.eq_ignore_ascii_case(known)))
        .count()
        >= 2
}

fn child(path: &str, number: usize) -> String {
    if path.is_empty() {
        number.to_string()
    } else {
        format!("{path}.{number}")
    }
}

fn leaf_path(path: &str) -> String {
    if path.is_empty() {
        "1".into()
    } else {
        path.to_owned()
    }
}

/// A piece begins with its header section, or at once with the blank line when it has none.
fn piece_header_and_body(piece: &[u8]) -> (&[u8], &[u8]) {
    let no_header = piece
        .strip_prefix(b"\r\n")
        .or_else(|| piece.strip_prefix(b"\n"));
    no_header.map_or_else(|| header_and_body(piece), |body| (&[], body))
}
