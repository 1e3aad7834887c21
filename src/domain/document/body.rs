//! The text of a mail that is itself a document.

use super::extract::remittance::{Table, has_payment_table, looks_like_remittance};
use crate::basics::text::fold;
use crate::domain::message::new_text::without_quoted_mails;
use crate::formats::html;

/// One text of a mail: not a file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Body {
    /// Its place in the mail.
    pub part: String,
    /// HTML, not plain text.
    pub is_html: bool,
    /// As it was written.
    pub text: String,
}

/// The one body that is a remittance, as its place and what is new in it: the HTML one when it has a table of payments, else
/// the plain one. A quoted older remittance must not be read for the new one, so what decides is also what is kept.
pub fn remittance_body(subject: &str, bodies: &[Body]) -> Option<(String, String)> {
    let is_handed_on = is_forwarded(subject);
    let new_markup = |markup: &str| {
        let new = html::without_quotes(markup);
        let is_new = looks_like_remittance(subject, &html::text(&new, html::Quotes::Drop));
        let whole = || looks_like_remittance(subject, &html::text(markup, html::Quotes::Keep));
        match (is_new, is_handed_on) {
            (true, _) => Some(new),
            (false, true) if whole() => Some(markup.to_owned()),
            (false, _) => None,
        }
    };
    let new_text = |text: &str| {
        let new = without_quoted_mails(text);
        match (looks_like_remittance(subject, &new), is_handed_on) {
            (true, _) => Some(new),
            (false, true) if looks_like_remittance(subject, text) => Some(text.to_owned()),
            (false, _) => None,
        }
    };
    let has_table = |markup: &str| {
        let tables: Vec<Table> = html::tables(markup);
        has_payment_table(&tables)
    };
    let of_kind = |is_html| bodies.iter().filter(move |body| body.is_html == is_html);
    let by_markup = of_kind(true)
        .filter_map(|body| Some((body.part.clone(), new_markup(&body.text)?)))
        .collect::<Vec<_>>();
    let by_table = by_markup.iter().find(|(_, markup)| has_table(markup));
    let by_text =
        || of_kind(false).find_map(|body| Some((body.part.clone(), new_text(&body.text)?)));
    by_table
        .cloned()
        .or_else(by_text)
        .or_else(|| by_markup.first().cloned())
}

/// Someone hands on a mail of someone else: what it quotes is what it is about.
fn is_forwarded(subject: &str) -> bool {
    let marks = [
        "fwd:", "fw:", "wg:", "tr:", "rv:", "i:", "doorst:", "inoltro:",
    ];
    let folded = fold(subject);
    marks.iter().any(|mark| folded.starts_with(mark))
}
