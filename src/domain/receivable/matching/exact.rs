//! By the number as we wrote it; only letter case and surrounding blanks may differ.

use crate::basics::text::fold;
use crate::domain::receivable::CustomerInvoice;

/// A shorter number inside a free text is found by accident.
const SHORTEST_IN_TEXT: usize = 4;

pub(super) fn is_meant(written: &str, invoice: &CustomerInvoice) -> bool {
    fold(written) == fold(&invoice.number)
}

/// The number stands in the folded text, with no letter or digit touching it.
pub(super) fn is_named(folded: &str, number: &str) -> bool {
    let number = fold(number);
    number.chars().count() >= SHORTEST_IN_TEXT && split_at_word(folded, &number).is_some()
}

/// The folded text without the first place where the number stands.
pub(super) fn without(text: &str, number: &str) -> String {
    let text = fold(text);
    match split_at_word(&text, &fold(number)) {
        Some((before, after)) => format!("{before} | {after}"),
        None => text,
    }
}

fn split_at_word<'t>(text: &'t str, word: &str) -> Option<(&'t str, &'t str)> {
    text.match_indices(word).find_map(|(start, _)| {
        let before = text.get(..start)?;
        let after = text.get(start.checked_add(word.len())?..)?;
        let alone =
            !before.ends_with(char::is_alphanumeric) && !after.starts_with(char::is_alphanumeric);
        alone.then_some((before, after))
    })
}
