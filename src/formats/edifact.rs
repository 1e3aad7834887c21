//! UN/EDIFACT interchanges (ISO 9735): messages, their segments, elements and components.

/// Far more than a remittance for thousands of invoices has.
const MAX_SEGMENTS: usize = 100_000;

/// Why it cannot be read.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum EdifactError {
    /// Not even its beginning is one.
    #[error("it begins as an EDIFACT interchange and does not go on as one")]
    NoInterchange,
    /// It was cut off on its way, or its maker counts wrongly.
    #[error("message {reference}: {problem}; ask for the whole file")]
    NotWhole {
        /// UNH 0062.
        reference: String,
        /// What is wrong.
        problem: String,
    },
    /// More than anybody sends.
    #[error("it has more than {MAX_SEGMENTS} segments")]
    TooLong,
}

/// One segment: its name, and its elements with their components.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Segment {
    /// Its name, as `MOA`.
    pub name: String,
    elements: Vec<Vec<String>>,
    /// Where it stands in its message, UNH being 1.
    pub place: usize,
}

impl Segment {
    /// A component of an element, both counted from 1 behind the name; none where it is empty.
    pub fn component(&self, element: usize, component: usize) -> Option<&str> {
        let found = self.elements.get(element.checked_sub(1)?)?;
        let found = found.get(component.checked_sub(1)?)?.trim();
        (!found.is_empty()).then_some(found)
    }

    /// All components of an element that are not empty.
    pub fn components(&self, element: usize) -> impl Iterator<Item = &str> {
        let found = element.checked_sub(1).and_then(|at| self.elements.get(at));
        let found = found.into_iter().flatten().map(|one| one.trim());
        found.filter(|one| !one.is_empty())
    }
}

/// A message: its type (UNH 0065) and its segments, UNH and UNT included.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Message {
    /// `REMADV`, `INVOIC` and so on.
    pub kind: String,
    /// From UNH to UNT.
    pub segments: Vec<Segment>,
    /// What stands before decimals.
    pub decimal_mark: char,
}

/// What divides and ends (UNA).
#[derive(Clone, Copy)]
struct Marks {
    component: char,
    element: char,
    decimal: char,
    release: char,
    end: char,
}

impl Marks {
    /// Of the service string advice, else the usual ones (ISO 9735 section 7); with what follows it.
    fn of(text: &str) -> Option<(Self, &str)> {
        let Some(advice) = text.strip_prefix("UNA") else {
            let usual = Self {
                component: ':',
                element: '+',
                decimal: '.',
                release: '?',
                end: '\'',
            };
            return Some((usual, text));
        };
        let mut chars = advice.chars();
        let (component, element) = (chars.next()?, chars.next()?);
        let (decimal, release, _) = (chars.next()?, chars.next()?, chars.next()?);
        let end = chars.next()?;
        let marks = Self {
            component,
            element,
            decimal,
            release,
            end,
        };
        let are_marks = [component, element, end]
            .iter()
            .all(|c| !c.is_alphanumeric());
        are_marks.then_some((marks, chars.as_str()))
    }
}

/// Begins as an interchange does.
pub fn is_edifact(text: &str) -> bool {
    Marks::of(text).is_some_and(|(marks, rest)| {
        let rest = rest.trim_start().strip_prefix("UNB");
        rest.is_some_and(|rest| rest.starts_with(marks.element))
    })
}

/// Its messages.
///
/// # Errors
/// No interchange, cut off, or too long.
pub fn read(text: &str) -> Result<Vec<Message>, EdifactError> {
    let (marks, rest) = Marks::of(text)
        .filter(|_| is_edifact(text))
        .ok_or(EdifactError::NoInterchange)?;
    let mut messages = Vec::new();
    let mut open: Option<Message> = None;
    for mut segment in segments(rest, marks)? {
        if segment.name == "UNH" {
            if let Some(before) = open.take() {
                return Err(not_whole(&before, "it has no end (UNT)"));
            }
            open = Some(Message {
                kind: segment.component(2, 1).unwrap_or_default().to_owned(),
                segments: Vec::new(),
                decimal_mark: marks.decimal,
            });
        }
        if let Some(mut message) = open.take() {
            let is_end = segment.name == "UNT";
            segment.place = message.segments.len() + 1;
            message.segments.push(segment);
            match is_end {
                true => messages.push(counted(message)?),
                false => open = Some(message),
            }
        }
    }
    match open {
        Some(cut) => Err(not_whole(&cut, "it has no end (UNT)")),
        None => Ok(messages),
    }
}

fn segments(text: &str, marks: Marks) -> Result<Vec<Segment>, EdifactError> {
    let mut found = Vec::new();
    let mut elements = vec![vec![String::new()]];
    let mut is_released = false;
    for c in text.chars() {
        let last = elements.last_mut().and_then(|element| element.last_mut());
        let Some(last) = last else { break };
        if is_released {
            is_released = false;
            last.push(c);
        } else if c == marks.release && marks.release != ' ' {
            is_released = true;
        } else if c == marks.component {
            elements
                .last_mut()
                .into_iter()
                .for_each(|one| one.push(String::new()));
        } else if c == marks.element {
            elements.push(vec![String::new()]);
        } else if c == marks.end {
            let own = std::mem::replace(&mut elements, vec![vec![String::new()]]);
            found.extend(segment(own));
            if found.len() > MAX_SEGMENTS {
                return Err(EdifactError::TooLong);
            }
        } else if c != '\r' && c != '\n' {
            last.push(c);
        }
    }
    Ok(found)
}

fn segment(mut elements: Vec<Vec<String>>) -> Option<Segment> {
    let name = elements.remove(0).into_iter().next()?;
    let name = name.trim().to_owned();
    (!name.is_empty()).then_some(Segment {
        name,
        elements,
        place: 0,
    })
}

/// UNT 0074 says how many segments there are.
fn counted(message: Message) -> Result<Message, EdifactError> {
    let end = message.segments.last();
    let said = end.and_then(|end| end.component(1, 1)?.parse().ok());
    let own = message.segments.len();
    if said == Some(own) {
        return Ok(message);
    }
    Err(not_whole(
        &message,
        &format!("its end counts other segments than the {own} there are"),
    ))
}

fn not_whole(message: &Message, problem: &str) -> EdifactError {
    let begin = message.segments.first();
    let reference = begin.and_then(|begin| begin.component(1, 1));
    EdifactError::NotWhole {
        reference: reference.unwrap_or_default().chars().take(20).collect(),
        problem: problem.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_the_usual_ones_or_those_the_file_names() {
        let usual = "UNB+UNOC:3+A+B+261119:1200+1'\nUNH+7+REMADV:D:96A:UN'\nNAD+PR+++Mill ?+ Sons?'s'\nUNT+3+7'\nUNZ+1+1'";
        let other = "UNA|*,\\ ~UNB*UNOC|3*A*B*261119|1200*1~UNH*7*REMADV|D|96A|UN~NAD*PR***Mill + Sons's~UNT*3*7~UNZ*1*1~";
        for (text, mark) in [(usual, '.'), (other, ',')] {
            assert!(is_edifact(text));
            let messages = read(text).unwrap();
            let [message] = messages.as_slice() else {
                panic!("{messages:?}");
            };
            assert_eq!(
                (message.kind.as_str(), message.decimal_mark),
                ("REMADV", mark)
            );
            let party = &message.segments[1];
            assert_eq!((party.name.as_str(), party.place), ("NAD", 2));
            assert_eq!(party.component(1, 1), Some("PR"));
            assert_eq!(party.component(2, 1), None);
            assert_eq!(party.components(4).collect::<Vec<_>>(), ["Mill + Sons's"]);
        }
    }

    #[test]
    fn what_is_cut_off_or_miscounted_is_not_read() {
        let why = |body: &str| {
            read(&format!("UNB+UNOC:3+A+B'{body}"))
                .unwrap_err()
                .to_string()
        };
        assert!(why("UNH+7+REMADV:D'BGM+481'").contains("message 7: it has no end"));
        assert!(why("UNH+7+REMADV:D'UNH+8+REMADV:D'UNT+2+8'").contains("message 7"));
        assert!(why("UNH+7+REMADV:D'UNT+3+7'").contains("than the 2 there are"));
    }

    #[test]
    fn a_letter_is_no_interchange() {
        for text in ["", "UNA", "UNABLE to pay", "UNBelievable", "Dear all,"] {
            assert!(!is_edifact(text), "{text}");
            assert_eq!(read(text), Err(EdifactError::NoInterchange), "{text}");
        }
    }
}
