//! A look at the tags before the parser sees them. Building the tree the way browsers do takes time and memory that grow
//! with depth times length; a mail that needs too much of either is hostile and only stripped of its tags.

use std::collections::HashMap;

/// Genuine mails nest tables in tables up to some 60 deep.
const MAX_DEPTH: usize = 400;
/// Open formatting elements are repeated in every paragraph: their number times the number of tags bounds the tree.
const MAX_REPEATED: usize = 2_000_000;

/// Whether the parser may see it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Shape {
    /// Costs no more than its length.
    Usual,
    /// Costs out of proportion.
    Hostile,
}

/// One pass over the tags, without building anything.
pub(super) fn inspect(html: &str) -> Shape {
    let mut open: HashMap<String, usize> = HashMap::new();
    let (mut depth, mut formatting, mut most_formatting, mut tags) =
        (0_usize, 0_usize, 0_usize, 0_usize);
    let mut rest = html;
    while let Some((_, behind)) = rest.split_once('<') {
        rest = behind;
        let (closes, name) = tag_name(rest);
        if name.is_empty() || closes_itself(&name) {
            continue;
        }
        tags += 1;
        let is_formatting = is_formatting(&name);
        let count = open.entry(name).or_default();
        if closes {
            let known = usize::from(*count > 0);
            *count -= known;
            depth -= known;
            formatting -= known * usize::from(is_formatting);
        } else {
            *count += 1;
            depth += 1;
            formatting += usize::from(is_formatting);
            most_formatting = most_formatting.max(formatting);
        }
        if depth > MAX_DEPTH || tags.saturating_mul(most_formatting) > MAX_REPEATED {
            return Shape::Hostile;
        }
    }
    Shape::Usual
}

fn tag_name(behind: &str) -> (bool, String) {
    let (closes, rest) = match behind.strip_prefix('/') {
        Some(rest) => (true, rest),
        None => (false, behind),
    };
    let name = rest
        .chars()
        .take_while(|c| c.is_ascii_alphanumeric() || matches!(c, ':' | '-'))
        .take(32);
    (closes, name.collect::<String>().to_ascii_lowercase())
}

/// Elements without content, and those the next of their kind closes.
fn closes_itself(name: &str) -> bool {
    matches!(
        name,
        "area"
            | "base"
            | "br"
            | "col"
            | "embed"
            | "hr"
            | "img"
            | "input"
            | "link"
            | "meta"
            | "param"
            | "source"
            | "track"
            | "wbr"
            | "p"
            | "li"
            | "dd"
            | "dt"
            | "tr"
            | "td"
            | "th"
            | "option"
            | "html"
            | "body"
            | "head"
            | "tbody"
            | "thead"
            | "tfoot"
    )
}

fn is_formatting(name: &str) -> bool {
    matches!(
        name,
        "a" | "b"
            | "big"
            | "code"
            | "em"
            | "font"
            | "i"
            | "nobr"
            | "s"
            | "small"
            | "strike"
            | "strong"
            | "tt"
            | "u"
    )
}

/// The characters outside tags, without any understanding.
pub(super) fn strip_tags(html: &str) -> String {
    let mut text = String::new();
    let mut inside = false;
    for c in html.chars() {
        match c {
            '<' => inside = true,
            '>' if inside => {
                inside = false;
                text.push(' ');
            }
            _ if !inside => text.push(c),
            _ => {}
        }
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
