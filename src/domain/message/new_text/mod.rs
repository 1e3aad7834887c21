//! A reply without what it quotes and without its signature.
//!
//! Every line is put into a class; then the text is cut at the first mark of an older mail: an attribution ("Anna wrote:"),
//! a separator ("Original Message"), a block of header lines, a signature. Nothing above the mark means that the sender
//! wrote below the quote.

mod marks;
#[cfg(test)]
mod tests;

use marks::{Mark, Marks};

/// What the sender wrote.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct NewText {
    /// The sender's words. Where answers stand between quoted lines those stay, since the answers make no sense alone.
    pub text: String,
    /// False when the cut may be wrong. Nothing may then be decided from the words: a person looks.
    pub certain: bool,
}

impl NewText {
    /// The lines that are not quoted and not empty.
    pub fn own_lines(&self) -> impl Iterator<Item = &str> {
        self.text
            .lines()
            .filter(|line| !marks::is_quote(line))
            .map(str::trim)
            .filter(|line| !line.is_empty())
    }
}

/// Longest text looked at, in bytes: a person's reply is short, the rest is quoted history.
const MAX_BYTES: usize = 256 * 1024;

/// Cuts a plain text body down to what its sender wrote.
pub fn new_text(body: &str) -> NewText {
    let is_whole = body.len() <= MAX_BYTES;
    let clean = tidy(body);
    let lines = clean.lines().collect::<Vec<_>>();
    let marks = Marks::find(&lines);
    let cut = marks.first_cut();
    let above = keep(&lines, &marks, 0, cut);
    if above.iter().any(|line| is_own(line)) {
        return above_the_cut(&above, &lines, &marks, cut, is_whole);
    }
    below_the_cut(&lines, &marks, cut, is_whole)
}

/// A body that is itself a paper, without the older mails it quotes: with its signature, which may name the payer, and its
/// rules. One that only hands on an older mail, or is longer than a person writes, is kept whole.
pub fn without_quoted_mails(body: &str) -> String {
    if body.len() > MAX_BYTES {
        return body.to_owned();
    }
    let clean = tidy(body);
    let lines = clean.lines().collect::<Vec<_>>();
    let marks = Marks::find(&lines);
    let own = |to: usize| {
        let lines = keep(&lines, &marks, 0, to).into_iter();
        // A bar at the beginning draws a table here.
        let own = lines.filter(|line| !line.trim_start().starts_with('>'));
        join(&own.collect::<Vec<_>>())
    };
    let above = own(marks.first_older_mail());
    if above.is_empty() {
        own(lines.len())
    } else {
        above
    }
}

/// The usual case: the answer stands on top.
fn above_the_cut(
    above: &[&str],
    lines: &[&str],
    marks: &Marks,
    cut: usize,
    is_whole: bool,
) -> NewText {
    let above = before_trailing_quote(above);
    let has_quotes = above.iter().any(|line| marks::is_quote(line));
    // Own words after a quote that an attribution opened: answers between the lines, of which only the first part is taken.
    let goes_on = marks.at(cut).is_some_and(Mark::opens_quote) && answers_below(lines, marks, cut);
    NewText {
        text: join(above),
        certain: is_whole && !has_quotes && !goes_on,
    }
}

/// Without the quoted lines at the end, where nothing is quoted before them: what stands below the whole answer is no part
/// of it, though no attribution says whose it is. Quotes between answers stay.
fn before_trailing_quote<'a, 'l>(above: &'a [&'l str]) -> &'a [&'l str] {
    let first = above.iter().position(|line| marks::is_quote(line));
    let Some((own, quoted)) = first.and_then(|first| above.split_at_checked(first)) else {
        return above;
    };
    if quoted.iter().any(|line| is_own(line)) {
        above
    } else {
        own
    }
}

/// Nothing of the sender's stands above the first mark, so the answer stands below the quote, or there is none.
fn below_the_cut(lines: &[&str], marks: &Marks, cut: usize, is_whole: bool) -> NewText {
    let Some(mark) = marks.at(cut) else {
        // No mark outside quotes. A quote that tells whom it quotes is a whole older mail and nothing else; one that does
        // not may be the sender's own way of writing.
        let keeps = !marks.quotes_a_mail();
        let kept = if keeps {
            keep(lines, marks, 0, lines.len())
        } else {
            Vec::new()
        };
        return NewText {
            text: join(&kept),
            certain: false,
        };
    };
    match mark {
        Mark::Attribution { end, .. } => {
            let body = first_line_with_text(lines, *end);
            let quote_end = (body..lines.len())
                .find(|&at| !marks.is_quoted(at) && !blank(lines, at))
                .unwrap_or(lines.len());
            let is_marked = body < lines.len() && marks.is_quoted(body);
            let start = if is_marked { quote_end } else { body };
            let stop = marks.signature_from(start);
            let text = join(&keep(lines, marks, start, stop));
            let only_own =
                text.lines().all(|line| !marks::is_quote(line)) && marks.cut_from(start) >= stop;
            // Without marks on the quoted lines nobody can tell whose words these are.
            NewText {
                certain: is_whole && is_marked && only_own && !text.is_empty(),
                text,
            }
        }
        Mark::Headers { end } | Mark::Separator { end } => {
            let stop = marks.signature_from(*end);
            NewText {
                text: join(&keep(lines, marks, *end, stop)),
                certain: false,
            }
        }
        Mark::Delimiter => NewText::default(),
    }
}

/// Does the sender write on after the quote?
fn answers_below(lines: &[&str], marks: &Marks, cut: usize) -> bool {
    let stop = marks.signature_from(cut + 1);
    let first = (cut..stop).find(|&at| marks.is_quoted(at));
    first.is_some_and(|first| (first..stop).any(|at| !marks.is_quoted(at) && !blank(lines, at)))
}

/// The lines between, without attributions and without what phones add.
fn keep<'l>(lines: &[&'l str], marks: &Marks, from: usize, to: usize) -> Vec<&'l str> {
    let wanted = |at: &usize| !marks.is_attribution(*at) && !marks.is_phone_signature(*at);
    (from..to.min(lines.len()))
        .filter(wanted)
        .filter_map(|at| lines.get(at).copied())
        .collect()
}

fn is_own(line: &str) -> bool {
    !line.trim().is_empty() && !marks::is_quote(line)
}

fn blank(lines: &[&str], at: usize) -> bool {
    lines.get(at).is_none_or(|line| line.trim().is_empty())
}

fn first_line_with_text(lines: &[&str], from: usize) -> usize {
    (from..lines.len())
        .find(|&at| !blank(lines, at))
        .unwrap_or(lines.len())
}

fn join(lines: &[&str]) -> String {
    let text = lines
        .iter()
        .map(|line| line.trim_end())
        .collect::<Vec<_>>()
        .join("\n");
    let start = text.find(|c: char| c != '\n').unwrap_or(text.len());
    text.get(start..).unwrap_or_default().trim_end().to_owned()
}

/// Line feeds only, no invisible characters, blanks that are blanks.
fn tidy(body: &str) -> String {
    let mut end = body.len().min(MAX_BYTES);
    while !body.is_char_boundary(end) {
        end -= 1;
    }
    let body = body.get(..end).unwrap_or_default();
    let unix = body.replace("\r\n", "\n").replace('\r', "\n");
    let hidden = |c: char| matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}' | '\u{feff}' | '\0');
    unix.chars()
        .filter(|c| !hidden(*c))
        .map(|c| if c == '\u{a0}' { ' ' } else { c })
        .collect()
}
