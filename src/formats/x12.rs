//! ANSI ASC X12 interchanges: transaction sets and their segments. The first segment has a fixed shape and names the marks that divide
//! all others (X12.5).

/// Far more than a remittance for thousands of invoices has.
const MAX_SEGMENTS: usize = 100_000;
/// ISA has sixteen elements; the last is a single mark.
const ISA_ELEMENTS: usize = 16;
/// ISA is 106 characters long; programs that do not pad write less.
const ISA_CHARS: usize = 110;

/// Why it cannot be read.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum X12Error {
    /// Not even the first segment is one.
    #[error("it begins as an X12 interchange (ISA) and does not go on as one")]
    NoInterchange,
    /// It was cut off on its way, or its maker counts wrongly.
    #[error("transaction set {control}: {problem}; ask for the whole file")]
    NotWhole {
        /// ST02.
        control: String,
        /// What is wrong.
        problem: String,
    },
    /// More than anybody sends.
    #[error("it has more than {MAX_SEGMENTS} segments")]
    TooLong,
}

/// One segment.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Segment<'t> {
    /// Its name, as `RMR`.
    pub name: &'t str,
    elements: Vec<&'t str>,
    /// Where it stands in its transaction set, ST being 1.
    pub place: usize,
}

impl<'t> Segment<'t> {
    /// The element of that number, counted from 1 as the standard does; none where it is empty.
    pub fn element(&self, number: usize) -> Option<&'t str> {
        let found = self.elements.get(number.checked_sub(1)?)?.trim();
        (!found.is_empty()).then_some(found)
    }
}

/// A transaction set: its number (ST01) and its segments, ST and SE included.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TransactionSet<'t> {
    /// `820`, `810` and so on.
    pub code: &'t str,
    /// From ST to SE.
    pub segments: Vec<Segment<'t>>,
}

/// Begins as an interchange does.
pub fn is_x12(text: &str) -> bool {
    marks(text).is_some()
}

/// What divides elements, and what ends segments.
fn marks(text: &str) -> Option<(char, char)> {
    let head = text.get(..text.floor_char_boundary(ISA_CHARS))?;
    let divider = head.strip_prefix("ISA")?.chars().next()?;
    let last = head.split(divider).nth(ISA_ELEMENTS)?;
    let mut chars = last.chars();
    let (_component, end) = (chars.next()?, chars.next()?);
    let is_mark = |c: char| !c.is_alphanumeric() && c != ' ';
    (is_mark(divider) && is_mark(end) && divider != end).then_some((divider, end))
}

/// Its transaction sets.
///
/// # Errors
/// No interchange, cut off, or too long.
pub fn read(text: &str) -> Result<Vec<TransactionSet<'_>>, X12Error> {
    let (divider, end) = marks(text).ok_or(X12Error::NoInterchange)?;
    let mut sets = Vec::new();
    let mut open: Option<TransactionSet<'_>> = None;
    let pieces = text.split(end).map(str::trim);
    for (count, piece) in pieces.filter(|piece| !piece.is_empty()).enumerate() {
        if count >= MAX_SEGMENTS {
            return Err(X12Error::TooLong);
        }
        let mut elements = piece.split(divider);
        let name = elements.next().unwrap_or_default();
        let mut segment = Segment {
            name,
            elements: elements.collect(),
            place: 0,
        };
        if name == "ST" {
            if let Some(before) = open.take() {
                return Err(not_whole(&before, "it has no end (SE)"));
            }
            let code = segment.element(1).unwrap_or_default();
            let segments = Vec::new();
            open = Some(TransactionSet { code, segments });
        }
        if let Some(mut set) = open.take() {
            segment.place = set.segments.len() + 1;
            set.segments.push(segment);
            match name {
                "SE" => sets.push(counted(set)?),
                _ => open = Some(set),
            }
        }
    }
    match open {
        Some(cut) => Err(not_whole(&cut, "it has no end (SE)")),
        None => Ok(sets),
    }
}

/// SE01 says how many segments there are.
fn counted(set: TransactionSet<'_>) -> Result<TransactionSet<'_>, X12Error> {
    let said = set
        .segments
        .last()
        .and_then(|end| end.element(1)?.parse().ok());
    let own = set.segments.len();
    if said == Some(own) {
        return Ok(set);
    }
    Err(not_whole(
        &set,
        &format!("its end counts other segments than the {own} there are"),
    ))
}

fn not_whole(set: &TransactionSet<'_>, problem: &str) -> X12Error {
    let control = set.segments.first().and_then(|begin| begin.element(2));
    X12Error::NotWhole {
        control: control.unwrap_or_default().chars().take(20).collect(),
        problem: problem.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn isa(divider: char, end: &str) -> String {
        format!("ISA*00*          *00*          *ZZ*PAYER          *ZZ*PAYEE          *261119*1200*U*00401*000000001*0*P*>{end}")
            .replace('*', &divider.to_string())
    }

    #[test]
    fn the_first_segment_names_the_marks_of_all() {
        for (divider, end) in [('*', "~"), ('*', "~\r\n"), ('|', "\n"), ('+', "'")] {
            let body = [
                "GS*RA*A*B",
                "ST*820*0001",
                "BPR*C*10",
                "SE*3*0001",
                "GE*1*1",
                "IEA*1*1",
            ];
            let body = body
                .map(|line| line.replace('*', &divider.to_string()) + end)
                .concat();
            let text = isa(divider, end) + &body;
            assert!(is_x12(&text));
            let sets = read(&text).unwrap();
            assert_eq!((sets.len(), sets[0].code), (1, "820"));
            let bpr = &sets[0].segments[1];
            assert_eq!(
                (bpr.name, bpr.element(2), bpr.element(3), bpr.place),
                ("BPR", Some("10"), None, 2)
            );
        }
    }

    #[test]
    fn what_is_cut_off_or_miscounted_is_not_read() {
        let read = |body: &str| read(&(isa('*', "~") + body)).map(|sets| sets.len());
        let why = |body| read(body).unwrap_err().to_string();
        assert_eq!(read(""), Ok(0));
        assert!(why("ST*820*7~BPR*C*1~").contains("transaction set 7: it has no end"));
        assert!(why("ST*820*7~ST*820*8~SE*2*8~").contains("set 7"));
        assert!(why("ST*820*7~SE*3*7~").contains("than the 2 there are"));
    }

    #[test]
    fn a_letter_is_no_interchange() {
        for text in ["", "ISA", "ISABEL writes: please pay", "ISA*00*x"] {
            assert!(!is_x12(text), "{text}");
        }
        assert_eq!(read("ISABEL"), Err(X12Error::NoInterchange));
    }
}
