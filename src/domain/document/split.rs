//! Several bills in one PDF: where one ends and the next begins.
//!
//! A page begins a new bill when it bears another number in its upper part and something else says so, too: it counts its
//! pages from 1 again, it has a heading of its own, or the page before was blank or a payment slip. Pages without a number,
//! or with the same one, belong to the bill before them: second pages, terms, time sheets. Two bills torn apart wrongly cost
//! more than two that a person parts, so the file is parted only where every piece has a number of its own and a total.

use std::ops::RangeInclusive;

use super::extract::identifiers;
use super::identity::{KnownParty, OwnIdentity};
use super::labels::{self, Label};
use super::layout::Layout;
use super::read::{Content, DocumentInput, read};
use super::words::{HEADINGS, Heading};
use super::{Classification, DocumentKind, Reading};
use crate::basics::text::squash;
use crate::formats::page::{Page, Paginated, WordOrigin};

/// Where a page bears the number of its bill: letterhead, address and the block of numbers take the upper half.
const HEADER_PER_MILLE: u32 = 500;

/// One bill of a file that holds several.
#[derive(Clone, PartialEq, Debug)]
pub struct Piece {
    /// Its pages, counted from 1.
    pub pages: RangeInclusive<u32>,
    /// The file with every other page emptied.
    pub content: Content,
    /// What it says; its places count the pages of the whole file.
    pub reading: Reading,
}

/// The place of a piece in its mail, behind the place of its file.
pub fn part_of(file: &str, pages: &RangeInclusive<u32>) -> String {
    format!("{file}/p{}-{}", pages.start(), pages.end())
}

/// The pages of the piece at this place; `None` for what is no piece.
pub fn pages_of(part: &str) -> Option<RangeInclusive<u32>> {
    let (_, pages) = part.rsplit_once("/p")?;
    let (start, end) = pages.split_once('-')?;
    Some(start.parse().ok()?..=end.parse().ok()?)
}

/// What a page says about where it stands.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
struct PageFacts {
    /// The number of a bill in its upper part, squashed.
    number: Option<String>,
    /// `Page 2 of 3`.
    mark: Option<(u32, u32)>,
    /// It is headed as a bill.
    has_heading: bool,
    /// It has no words: a separator.
    is_blank: bool,
    /// It has, or is, a payment slip, which stands at the end of a bill.
    has_slip: bool,
}

/// The bills of a file that holds several; empty for one that holds one document. An invoice in XML inside speaks for the whole
/// file, and so does a page whose words cannot be read.
pub fn pieces(input: &DocumentInput<'_>, own: &OwnIdentity, known: &[KnownParty]) -> Vec<Piece> {
    let Some(file) = paginated(&input.content) else {
        return Vec::new();
    };
    if file.pages.len() < 2
        || file.left_out > 0
        || (input.with_embedded && !file.embedded.is_empty())
    {
        return Vec::new();
    }
    let is_unread =
        |page: &Page| matches!(page.origin, WordOrigin::Hidden | WordOrigin::Unreadable);
    if file.pages.iter().any(is_unread) {
        return Vec::new();
    }
    let ranges = ranges(&file.pages.iter().map(facts).collect::<Vec<_>>());
    if ranges.len() < 2 {
        return Vec::new();
    }
    let pieces = ranges.into_iter().map(|pages| {
        let part = DocumentInput {
            content: pages_only(&input.content, &pages),
            ..input.clone()
        };
        let mut reading = read(&part, own, known);
        reading.pages = pages.end() - pages.start() + 1;
        Piece {
            pages,
            content: part.content,
            reading,
        }
    });
    let pieces = pieces.collect::<Vec<_>>();
    if are_bills(&pieces) {
        pieces
    } else {
        Vec::new()
    }
}

/// What is said of the file as a whole: its bills stand for it.
pub fn whole(pieces: &[Piece]) -> Reading {
    let parts = pieces
        .iter()
        .map(|it| format!("{} to {}", it.pages.start(), it.pages.end()));
    let parts = parts.collect::<Vec<_>>().join(", ");
    let why = format!("it holds {} bills, on pages {parts}", pieces.len());
    Reading {
        classification: Classification {
            reasons: vec![why],
            ..Classification::default()
        },
        pages: pieces.last().map_or(0, |it| *it.pages.end()),
        ..Reading::default()
    }
}

/// Each is a bill with a total and a number that no other has.
fn are_bills(pieces: &[Piece]) -> bool {
    let mut numbers = std::collections::BTreeSet::new();
    pieces.iter().all(|piece| {
        let (kind, fields) = (piece.reading.classification.kind, &piece.reading.fields);
        let is_bill = matches!(
            kind,
            DocumentKind::Bill | DocumentKind::CreditNote | DocumentKind::CustomerInvoice
        );
        let number = fields.invoice_number.as_ref();
        let is_own = number.is_some_and(|it| numbers.insert(squash(&it.value)));
        is_bill && is_own && (fields.gross_total.is_some() || fields.payable_total.is_some())
    })
}

/// The pages of a file, also of a signed one.
pub fn paginated(content: &Content) -> Option<&Paginated> {
    match content {
        Content::Paginated(file) => Some(file),
        Content::Signed(content) => paginated(content),
        Content::EInvoice(_)
        | Content::TradeDocument(_)
        | Content::OtherXml(_)
        | Content::Text(_)
        | Content::Html { .. }
        | Content::Csv(_)
        | Content::Sheets(_)
        | Content::Unread(_) => None,
    }
}

/// The content with every other page emptied; as it is where it has no pages.
pub fn pages_only(content: &Content, pages: &RangeInclusive<u32>) -> Content {
    match content {
        Content::Paginated(file) => Content::Paginated(only(file, pages)),
        Content::Signed(content) => Content::Signed(Box::new(pages_only(content, pages))),
        Content::EInvoice(_)
        | Content::TradeDocument(_)
        | Content::OtherXml(_)
        | Content::Text(_)
        | Content::Html { .. }
        | Content::Csv(_)
        | Content::Sheets(_)
        | Content::Unread(_) => content.clone(),
    }
}

/// The file with every other page emptied, so that places still count its pages.
fn only(file: &Paginated, pages: &RangeInclusive<u32>) -> Paginated {
    let kept = (1..).zip(&file.pages).map(|(number, page)| {
        if pages.contains(&number) {
            page.clone()
        } else {
            emptied(page)
        }
    });
    let kept = kept.collect();
    let about_these = |place: &str| {
        let number = place.strip_prefix("page ").and_then(|it| it.parse().ok());
        number.is_none_or(|number: u32| pages.contains(&number))
    };
    let issues = file.issues.iter().filter(|issue| about_these(&issue.place));
    Paginated {
        pages: kept,
        left_out: file.left_out,
        embedded: Vec::new(),
        issues: issues.cloned().collect(),
    }
}

/// A page without anything on it; one of a scan stays one, so that its piece is still known to be a scan.
fn emptied(page: &Page) -> Page {
    Page {
        width: page.width,
        height: page.height,
        words: Vec::new(),
        origin: match page.origin {
            WordOrigin::Recognised(_) => WordOrigin::Recognised(Vec::new()),
            WordOrigin::Text
            | WordOrigin::Completed(_)
            | WordOrigin::Hidden
            | WordOrigin::Unreadable => WordOrigin::Text,
        },
        codes: Vec::new(),
        pictures: Vec::new(),
    }
}

/// The pages of each piece. A blank page in front of a bill belongs to nothing; it goes with the piece before.
fn ranges(pages: &[PageFacts]) -> Vec<RangeInclusive<u32>> {
    let mut starts = vec![1];
    let mut current: Option<&str> = None;
    let mut before: Option<&PageFacts> = None;
    for (number, page) in (1_u32..).zip(pages) {
        if let Some(before) = before
            && begins(page, before, current)
        {
            starts.push(number);
            current = None;
        }
        current = current.or(page.number.as_deref());
        before = Some(page);
    }
    let count = u32::try_from(pages.len()).unwrap_or(u32::MAX);
    let ends = starts.iter().skip(1).map(|start| start - 1).chain([count]);
    starts
        .iter()
        .zip(ends)
        .map(|(start, end)| *start..=end)
        .collect()
}

fn begins(page: &PageFacts, before: &PageFacts, current: Option<&str>) -> bool {
    let (Some(number), Some(current)) = (page.number.as_deref(), current) else {
        return false;
    };
    let goes_on = page.mark.is_some_and(|(at, _)| at > 1)
        || before
            .mark
            .is_some_and(|(at, of)| at < of && page.mark.is_none());
    let counts_anew = page.mark.is_some_and(|(at, _)| at == 1);
    number != current
        && !goes_on
        && (counts_anew || page.has_heading || before.is_blank || before.has_slip)
}

fn facts(page: &Page) -> PageFacts {
    let layout = Layout::of_pages(std::slice::from_ref(page));
    let hits = labels::find(&layout);
    let number = identifiers::labelled_number(&layout, &hits, Label::Number, &[]);
    let number = number.filter(|it| layout.depth_per_mille(it.spot.line) <= HEADER_PER_MILLE);
    let keys = |line: usize| {
        let tokens = layout.lines.get(line).map(|line| line.tokens.iter());
        tokens.into_iter().flatten().map(|token| token.key.as_str())
    };
    let lines = 0..layout.lines.len();
    let upper = lines
        .clone()
        .filter(|line| layout.depth_per_mille(*line) <= HEADER_PER_MILLE);
    PageFacts {
        number: number
            .map(|it| squash(&it.value))
            .filter(|it| !it.is_empty()),
        mark: lines
            .clone()
            .find_map(|line| page_mark(&keys(line).collect::<Vec<_>>())),
        has_heading: upper
            .flat_map(|line| layout.segments(line))
            .any(|segment| is_heading(&layout.text(segment))),
        is_blank: layout.lines.is_empty(),
        has_slip: lines.into_iter().any(|line| {
            let words = keys(line).collect::<Vec<_>>().join(" ");
            SLIPS.iter().any(|slip| words.contains(slip))
        }),
    }
}

/// What payment slips are headed with: the Swiss QR bill in its four languages (SIX, Implementation Guidelines QR-bill 2.3,
/// 3.6.2), the German and the Austrian transfer form.
const SLIPS: [&str; 9] = [
    "zahlteil",
    "empfangsschein",
    "section paiement",
    "sezione pagamento",
    "payment part",
    "recepisse",
    "sepa-uberweisung",
    "uberweisungstrager",
    "zahlungsanweisung",
];

/// A line of its own that begins as an invoice or credit note does.
fn is_heading(text: &str) -> bool {
    let first = super::layout::key(text);
    let words = first.split_whitespace().collect::<Vec<_>>();
    let bills = HEADINGS
        .iter()
        .filter(|(heading, _)| matches!(heading, Heading::Invoice | Heading::CreditNote));
    words.len() <= 6
        && bills
            .flat_map(|(_, titles)| titles)
            .any(|title| words.join(" ") == *title || first.starts_with(&format!("{title} ")))
}

/// `Seite 1 von 2`, `page 1/2`, `Pagina 1 di 2`.
fn page_mark(keys: &[&str]) -> Option<(u32, u32)> {
    const WORDS: [&str; 8] = ["seite", "blatt", "page", "pagina", "pag", "p", "pg", "hoja"];
    const OF: [&str; 7] = ["von", "of", "de", "di", "van", "sur", "/"];
    let at = keys.iter().position(|key| WORDS.contains(key))?;
    let behind = keys.get(at + 1..)?;
    let joined = behind
        .iter()
        .take(4)
        // Bare punctuation has no key: the stroke of `1 / 3`.
        .map(|key| {
            if key.is_empty() || OF.contains(key) {
                "/"
            } else {
                key
            }
        })
        .collect::<String>();
    let (first, rest) = joined.split_once('/')?;
    let digits = rest
        .chars()
        .take_while(char::is_ascii_digit)
        .collect::<String>();
    let (at, of) = (first.parse::<u32>().ok()?, digits.parse::<u32>().ok()?);
    (at >= 1 && at <= of && of <= 999).then_some((at, of))
}

#[cfg(test)]
mod tests;
