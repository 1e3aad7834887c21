//! Records of BAI2: two digits, fields between commas, a slash at the end, and what an 88 continues.

use super::Bai2Error;

/// Every code there is.
const CODES: [&str; 8] = ["01", "02", "03", "16", "49", "88", "98", "99"];

/// A record with its continuations.
pub(super) struct Record<'t> {
    /// Where it begins, counted from 1.
    pub(super) line: u64,
    pub(super) code: &'t str,
    /// Its own content and that of each continuation, without codes and end marks.
    pieces: Vec<&'t str>,
    /// Itself and its continuations: what the bank counts.
    pub(super) physical: u64,
}

impl<'t> Record<'t> {
    pub(super) fn wrong(&self, problem: impl Into<String>) -> Bai2Error {
        Bai2Error::Record {
            line: self.line,
            code: self.code.to_owned(),
            problem: problem.into(),
        }
    }

    pub(super) fn fields(&self) -> Fields<'_, 't> {
        Fields {
            pieces: &self.pieces,
            rest: None,
        }
    }
}

/// Fields one after the other; a continuation begins another one.
pub(super) struct Fields<'r, 't> {
    pieces: &'r [&'t str],
    rest: Option<&'t str>,
}

impl<'t> Fields<'_, 't> {
    /// What is left, by lines: the text of a transaction, in which commas are no end of a field.
    pub(super) fn text(self) -> Vec<&'t str> {
        let lines = self.rest.into_iter().chain(self.pieces.iter().copied());
        let lines = lines.map(str::trim);
        lines.filter(|line| !line.is_empty()).collect()
    }
}

impl<'t> Iterator for Fields<'_, 't> {
    type Item = &'t str;

    fn next(&mut self) -> Option<&'t str> {
        let piece = match self.rest.take() {
            Some(rest) => rest,
            None => {
                let (first, others) = self.pieces.split_first()?;
                self.pieces = others;
                *first
            }
        };
        let Some((field, rest)) = piece.split_once(',') else {
            return Some(piece);
        };
        self.rest = Some(rest);
        Some(field)
    }
}

/// When the money can be used: nothing of it is kept, and the number of its fields depends on the first.
pub(super) fn skip_funds(
    fields: &mut Fields<'_, '_>,
    record: &Record<'_>,
) -> Result<(), Bai2Error> {
    let kind = fields.next().unwrap_or_default().trim();
    let count = match kind {
        "" | "0" | "1" | "2" | "Z" => 0,
        "V" => 2,
        "S" => 3,
        "D" => {
            let days = fields.next().unwrap_or_default().trim();
            let days = days.parse::<u8>();
            2 * usize::from(days.map_err(|_| record.wrong("its days of funds cannot be read"))?)
        }
        _ => return Err(record.wrong(format!("its type of funds {kind:?} is none"))),
    };
    fields.take(count).for_each(drop);
    Ok(())
}

/// The value day, where the funds have one; else as `skip_funds`.
pub(super) fn value_day<'t>(
    fields: &mut Fields<'_, 't>,
    record: &Record<'_>,
) -> Result<Option<&'t str>, Bai2Error> {
    let mut ahead = Fields {
        pieces: fields.pieces,
        rest: fields.rest,
    };
    let is_valued = ahead.next().unwrap_or_default().trim() == "V";
    skip_funds(fields, record)?;
    Ok(ahead.next().filter(|_| is_valued))
}

/// Every record of the text. One stands on each line, save where the file's first line has several: then the mark ends them, and
/// blanks fill what is left of their length.
pub(super) fn records(text: &str) -> Result<Vec<Record<'_>>, Bai2Error> {
    let first = text.trim_start().lines().next().unwrap_or_default();
    let runs_on = split(first).len() > 1;
    let mut records: Vec<Record<'_>> = Vec::new();
    for (line, number) in text.lines().zip(1..) {
        let parts = if runs_on { split(line) } else { vec![line] };
        for part in parts {
            let part = part.trim();
            if !part.is_empty() {
                take(part, number, &mut records)?;
            }
        }
    }
    Ok(records)
}

fn take<'t>(part: &'t str, line: u64, records: &mut Vec<Record<'t>>) -> Result<(), Bai2Error> {
    let (code, content) = match part.split_once(',') {
        Some((code, content)) if CODES.contains(&code) => (code, content),
        Some(_) | None => ("", part),
    };
    let content = content.strip_suffix('/').unwrap_or(content);
    match (code, records.last_mut()) {
        ("88", Some(last)) => {
            last.physical += 1;
            last.pieces.push(content);
        }
        // A text that the bank wrapped: it counts as one record.
        ("", Some(last)) if last.code == "16" => last.pieces.push(content),
        ("" | "88", _) => {
            return Err(Bai2Error::Record {
                line,
                code: part.chars().take(2).collect(),
                problem: "it is no record of BAI2".into(),
            });
        }
        (code, _) => records.push(Record {
            line,
            code,
            pieces: vec![content],
            physical: 1,
        }),
    }
    Ok(())
}

/// A line at the marks behind which another record begins.
fn split(line: &str) -> Vec<&str> {
    let (mut parts, mut begin) = (Vec::new(), 0);
    for (at, _) in line.match_indices('/') {
        let rest = line.get(at + 1..).unwrap_or_default();
        let next = rest.trim_start();
        let code = next.get(..2).filter(|_| next.get(2..3) == Some(","));
        let is_record = code.is_some_and(|code| CODES.contains(&code));
        if is_record {
            parts.extend(line.get(begin..=at));
            begin = at + 1;
        }
    }
    parts.extend(line.get(begin..));
    parts
}
