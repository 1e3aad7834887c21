//! Boundary lines of containers (RFC 2046 section 5.1.1).

/// The pieces of a container between its boundary lines.
pub struct Pieces<'a> {
    rest: Option<&'a [u8]>,
    dashes: Vec<u8>,
    is_closed: bool,
}

/// A boundary line that was found.
struct Boundary {
    start: usize,
    end: usize,
    is_last: bool,
}

impl<'a> Pieces<'a> {
    /// Looks for the first boundary line.
    pub fn new(body: &'a [u8], boundary: &str) -> Self {
        let dashes = [b"--", boundary.trim_end().as_bytes()].concat();
        let mut pieces = Self {
            rest: None,
            dashes,
            is_closed: false,
        };
        // What stands before the first boundary is for programs that know no MIME.
        if let Some(first) = pieces.find(body) {
            pieces.is_closed = first.is_last;
            pieces.rest = if first.is_last {
                None
            } else {
                body.get(first.end..)
            };
        }
        pieces
    }

    /// Was the last boundary line there?
    pub fn is_closed(&self) -> bool {
        self.is_closed
    }

    /// The next piece, header section and content.
    pub fn next(&mut self) -> Option<&'a [u8]> {
        let rest = self.rest?;
        let Some(found) = self.find(rest) else {
            self.rest = None;
            return Some(rest).filter(|piece| !piece.trim_ascii().is_empty());
        };
        self.is_closed = found.is_last;
        self.rest = if found.is_last {
            None
        } else {
            rest.get(found.end..)
        };
        let piece = rest.get(..found.start).unwrap_or_default();
        let piece = piece.strip_suffix(b"\n").unwrap_or(piece);
        Some(piece.strip_suffix(b"\r").unwrap_or(piece))
    }

    fn find(&self, text: &[u8]) -> Option<Boundary> {
        for start in memchr::memmem::find_iter(text, &self.dashes) {
            let (before, line) = text.split_at_checked(start)?;
            if !before.is_empty() && !before.ends_with(b"\n") {
                continue;
            }
            let line = line.split_inclusive(|byte| *byte == b'\n').next()?;
            let after = line.strip_prefix(self.dashes.as_slice())?.trim_ascii();
            if after.is_empty() || after.starts_with(b"--") {
                return Some(Boundary {
                    start,
                    end: start + line.len(),
                    is_last: !after.is_empty(),
                });
            }
        }
        None
    }
}
