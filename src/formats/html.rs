//! HTML bodies of mails: the text a reader sees, line by line, and the tables in it. Nothing is ever fetched.

mod guard;
mod lines;
mod table;

use scraper::node::Element;
use scraper::{Html, Node};

use self::guard::{Shape, inspect};
use self::lines::Lines;
use self::table::Table;

/// Longer markup is cut. Where what was cut off may matter whoever reads it asks first; a picture written into it counts
/// nothing once it is taken out (`without_pictures`).
pub const MAX_BYTES: usize = 2 * 1024 * 1024;
/// What begins a picture or other file written into the markup (RFC 2397).
const DATA: &str = ";base64,";
/// Tables kept: a mail made of layout tables has some dozen.
const MAX_TABLES: usize = 200;

/// What to do with the part of a mail that quotes earlier mails.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Quotes {
    /// Keep everything.
    Keep,
    /// Drop block quotes, and from where a mail program starts its quotation everything that follows.
    Drop,
}

/// The markup without the files written into it, which nobody reads and which may be larger than all else.
pub fn without_pictures(html: &str) -> String {
    let is_data = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '=' | '\r' | '\n');
    let mut parts = html.split(DATA);
    let mut kept = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        kept.push_str(DATA);
        kept.push_str(part.trim_start_matches(is_data));
    }
    kept
}

/// The visible text: block elements on lines of their own, cells of a row divided by a tab, at most one empty line.
pub fn text(html: &str, quotes: Quotes) -> String {
    let html = cut(html);
    if inspect(html) == Shape::Hostile {
        return guard::strip_tags(html);
    }
    text_of(&Html::parse_document(html), quotes)
}

fn text_of(document: &Html, quotes: Quotes) -> String {
    let mut out = Lines::default();
    walk(document, quotes, |step| match step {
        Step::Text(text) => out.inline(text),
        Step::Preformatted(text) => out.verbatim(text),
        Step::Start(element) if element.name() == "br" => out.break_line(),
        Step::Start(element) if element.name() == "hr" => out.block(),
        Step::Start(element) | Step::End(element) if matches!(element.name(), "td" | "th") => {
            out.cell()
        }
        Step::Start(element) | Step::End(element) if is_paragraph(element.name()) => {
            out.paragraph()
        }
        Step::Start(element) | Step::End(element) if is_block(element.name()) => out.block(),
        Step::Start(_) | Step::End(_) => {}
    });
    out.finish()
}

/// Markup without what [`Quotes::Drop`] drops. Markup too hostile to be parsed stays as it is: it has no tables, and its
/// quotes are not told apart.
pub struct Unquoted<'h> {
    html: &'h str,
    document: Option<Html>,
}

impl Unquoted<'_> {
    /// As [`text`].
    pub fn text(&self) -> String {
        match &self.document {
            Some(document) => text_of(document, Quotes::Drop),
            None => guard::strip_tags(self.html),
        }
    }

    /// The markup itself.
    pub fn markup(&self) -> String {
        match &self.document {
            Some(document) => document.html(),
            None => self.html.to_owned(),
        }
    }
}

/// Takes the quotes out.
pub fn without_quotes(html: &str) -> Unquoted<'_> {
    let html = cut(html);
    if inspect(html) == Shape::Hostile {
        return Unquoted {
            html,
            document: None,
        };
    }
    let mut document = Html::parse_document(html);
    let hides = |element: &Element| is_hidden(element) || is_quote(element);
    let mut has_begun = false;
    let nodes = document.tree.root().descendants();
    let quoted = nodes.filter(|node| {
        let Some(element) = node.value().as_element() else {
            return has_begun;
        };
        let mut around = node
            .ancestors()
            .filter_map(|outer| outer.value().as_element());
        has_begun = has_begun || (starts_quotation(element) && !around.any(hides));
        has_begun || is_quote(element)
    });
    for id in quoted.map(|node| node.id()).collect::<Vec<_>>() {
        if let Some(mut node) = document.tree.get_mut(id) {
            node.detach();
        }
    }
    Unquoted {
        html,
        document: Some(document),
    }
}

/// Every table that holds no other table, as rows of cells with their text on one line.
pub fn tables(html: &str) -> Vec<Vec<Vec<String>>> {
    let html = cut(html);
    if inspect(html) == Shape::Hostile {
        return Vec::new();
    }
    let document = Html::parse_document(html);
    let mut open: Vec<Table> = Vec::new();
    let mut closed: Vec<Vec<Vec<String>>> = Vec::new();
    walk(&document, Quotes::Keep, |step| match step {
        Step::Start(element) if element.name() == "table" => {
            if let Some(outer) = open.last_mut() {
                outer.holds_tables = true;
            }
            open.push(Table::default());
        }
        Step::End(element) if element.name() == "table" => {
            let rows = open.pop().map(Table::finish).unwrap_or_default();
            if !rows.is_empty() && closed.len() < MAX_TABLES {
                closed.push(rows);
            }
        }
        Step::Start(element) => {
            if let Some(table) = open.last_mut() {
                table.start(element.name());
            }
        }
        Step::Text(text) | Step::Preformatted(text) => {
            if let Some(table) = open.last_mut() {
                table.text(text);
            }
        }
        Step::End(_) => {}
    });
    closed
}

fn cut(html: &str) -> &str {
    let mut end = html.len().min(MAX_BYTES);
    while !html.is_char_boundary(end) {
        end -= 1;
    }
    html.get(..end).unwrap_or_default()
}

enum Step<'d> {
    Start(&'d Element),
    Text(&'d str),
    /// Inside `pre`: line ends count.
    Preformatted(&'d str),
    End(&'d Element),
}

/// Visits what a reader sees, in document order. Iterative: the depth of the tree is the sender's choice.
fn walk<'d>(document: &'d Html, quotes: Quotes, mut visit: impl FnMut(Step<'d>)) {
    let mut hidden_depth = 0_usize;
    let mut preformatted = 0_usize;
    let drop_quotes = quotes == Quotes::Drop;
    let root = *document.root_element();
    let (mut node, mut opens) = (root, true);
    loop {
        match node.value() {
            Node::Element(element) => {
                if opens && hidden_depth == 0 && drop_quotes && starts_quotation(element) {
                    return;
                }
                let hidden = is_hidden(element) || (drop_quotes && is_quote(element));
                let is_pre = usize::from(element.name() == "pre");
                if opens {
                    if hidden_depth == 0 && !hidden {
                        visit(Step::Start(element));
                    }
                    hidden_depth += usize::from(hidden);
                    preformatted += is_pre;
                } else {
                    hidden_depth -= usize::from(hidden);
                    preformatted -= is_pre;
                    if hidden_depth == 0 && !hidden {
                        visit(Step::End(element));
                    }
                }
            }
            Node::Text(text) if opens && hidden_depth == 0 => {
                visit(if preformatted > 0 {
                    Step::Preformatted(text)
                } else {
                    Step::Text(text)
                });
            }
            Node::Text(_)
            | Node::Document
            | Node::Fragment
            | Node::Doctype(_)
            | Node::Comment(_)
            | Node::ProcessingInstruction(_) => {}
        }
        let child = if opens { node.first_child() } else { None };
        (node, opens) = match child {
            Some(child) => (child, true),
            None if opens => (node, false),
            None if node.id() == root.id() => return,
            None => match (node.next_sibling(), node.parent()) {
                (Some(sibling), _) => (sibling, true),
                (None, Some(parent)) => (parent, false),
                (None, None) => return,
            },
        };
    }
}

/// Where Outlook and others put the quoted mail: everything from here on is old.
fn starts_quotation(element: &Element) -> bool {
    let ids = [
        "divRplyFwdMsg",
        "appendonsend",
        "x_divRplyFwdMsg",
        "x_appendonsend",
        "mail-editor-reference-message-container",
    ];
    element.id().is_some_and(|id| ids.contains(&id))
}

/// What Gmail, Apple Mail, Thunderbird and others wrap quoted text into.
fn is_quote(element: &Element) -> bool {
    let classes = [
        "gmail_quote",
        "gmail_quote_container",
        "moz-cite-prefix",
        "yahoo_quoted",
        "protonmail_quote",
        "x_gmail_quote",
    ];
    element.name() == "blockquote" || element.classes().any(|class| classes.contains(&class))
}

/// Not shown to a reader: scripts and styles, and what style or attribute hides. Fraud hides text, too.
fn is_hidden(element: &Element) -> bool {
    let never = [
        "head", "script", "style", "title", "template", "noscript", "object", "select", "textarea",
        "svg",
    ];
    if never.contains(&element.name()) || element.attr("hidden").is_some() {
        return true;
    }
    let Some(style) = element.attr("style") else {
        return false;
    };
    let compact = style
        .chars()
        .filter(|c| !c.is_whitespace())
        .collect::<String>()
        .to_ascii_lowercase();
    compact.split(';').any(|rule| {
        let rule = rule.trim_end_matches("!important");
        let (property, value) = rule.split_once(':').unwrap_or((rule, ""));
        match property {
            "display" => value == "none",
            "visibility" => value == "hidden",
            "opacity" => value == "0",
            "font-size" => ["0", "0px", "0pt", "0em", "0%"].contains(&value),
            "mso-hide" => value == "all",
            "max-height" => ["0", "0px"].contains(&value) && compact.contains("overflow:hidden"),
            _ => false,
        }
    })
}

fn is_paragraph(name: &str) -> bool {
    matches!(
        name,
        "p" | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
            | "blockquote"
            | "ul"
            | "ol"
            | "table"
            | "pre"
    )
}

fn is_block(name: &str) -> bool {
    matches!(
        name,
        "address"
            | "article"
            | "aside"
            | "body"
            | "center"
            | "dd"
            | "div"
            | "dl"
            | "dt"
            | "fieldset"
            | "figure"
            | "footer"
            | "form"
            | "header"
            | "li"
            | "main"
            | "nav"
            | "section"
            | "tr"
            | "tbody"
            | "thead"
            | "tfoot"
            | "caption"
    )
}

/// Zero-width characters are put between letters to hide words from filters.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{ad}' | '\u{202a}'..='\u{202e}' | '\u{34f}')
}

#[cfg(test)]
mod tests;
