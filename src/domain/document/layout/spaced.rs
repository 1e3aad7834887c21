//! Letter-spaced words: `I N V O I C E   N O .` is two words, as are letters set apart by a style sheet.
#![expect(
    clippy::float_arithmetic,
    reason = "places on a page are floats in every format that has pages; no amount passes through here"
)]

use super::Token;

/// Fewer single letters in a row are initials, or the columns of a table.
const LEAST: usize = 4;
/// Between words there is more than this many times the smallest gap between letters, and a tenth of their height.
const WIDER: f32 = 1.8;
/// Letters further apart than this many heights are no word.
const WIDEST: f32 = 1.1;

/// Letters that stand alone become the words they make.
pub(super) fn joined(tokens: Vec<Token>) -> Vec<Token> {
    let mut joined = Vec::with_capacity(tokens.len());
    let mut letters: Vec<Token> = Vec::new();
    for token in tokens {
        let goes_on = letters.last().is_none_or(|last| is_near(last, &token));
        if !is_letter(&token) || !goes_on {
            close(&mut letters, &mut joined);
        }
        if is_letter(&token) {
            letters.push(token);
        } else {
            joined.push(token);
        }
    }
    close(&mut letters, &mut joined);
    joined
}

/// A letter, also one with the point or colon behind it that ends a label.
fn is_letter(token: &Token) -> bool {
    let mut letters = token.text.chars();
    let first = letters.next();
    first.is_some_and(char::is_alphabetic) && matches!(letters.as_str(), "" | "." | ":")
}

fn gap(before: &Token, after: &Token) -> f32 {
    (after.place.x0 - before.place.x1).max(0.0)
}

fn height(token: &Token) -> f32 {
    (token.place.bottom - token.place.top).max(1.0)
}

fn is_near(before: &Token, after: &Token) -> bool {
    gap(before, after) < WIDEST * height(before).max(height(after))
}

/// What was gathered, as words, or as it was where it makes none.
fn close(letters: &mut Vec<Token>, joined: &mut Vec<Token>) {
    let letters = std::mem::take(letters);
    if letters.len() < LEAST {
        joined.extend(letters);
        return;
    }
    let gaps = letters.windows(2).filter_map(|pair| match pair {
        [before, after] => Some(gap(before, after)),
        _ => None,
    });
    let smallest = gaps.fold(f32::INFINITY, f32::min);
    let mut open: Option<Token> = None;
    for letter in letters {
        let begins = open
            .as_ref()
            .is_none_or(|word| gap(word, &letter) > WIDER * smallest + 0.1 * height(&letter));
        match &mut open {
            Some(word) if !begins => word.append(&letter),
            Some(_) | None => joined.extend(open.replace(letter)),
        }
    }
    joined.extend(open);
}

#[cfg(test)]
mod tests {
    use super::super::Layout;

    fn words(text: &str) -> Vec<String> {
        let layout = Layout::of_text(text);
        let tokens = layout.lines.into_iter().flat_map(|line| line.tokens);
        tokens.map(|token| token.text).collect()
    }

    #[test]
    fn letters_set_apart_are_the_words_they_make() {
        assert_eq!(words("R E C H N U N G"), ["RECHNUNG"]);
        assert_eq!(words("N U M É R O : 4711"), ["NUMÉRO", ":", "4711"]);
        assert_eq!(words("D U E D A T E: 4711"), ["DUEDATE:", "4711"]);
    }

    #[test]
    fn a_few_letters_are_initials_or_columns() {
        for text in ["A B C", "J . R . R .", "A     B     C     D     E"] {
            assert_eq!(words(text), text.split_whitespace().collect::<Vec<_>>());
        }
    }
}
