//! Letter-spaced words: `I N V O I C E   N O .` is two words, as are letters set apart by a style sheet.
#![expect(
    clippy::float_arithmetic,
    reason = "places on a page are floats in every format that has pages; no amount passes through here"
)]

use super::Token;

/// Fewer single letters in a row are initials, or the columns of a table.
const LEAST: usize = 4;
/// One of so many pieces at most is a pair that was drawn together.
const MOST_PAIRS: usize = 4;
/// Between words there is more than this many times the smallest gap between letters, and a tenth of their height.
const WIDER: f32 = 1.8;
/// Letters further apart than this many heights are no word.
const WIDEST: f32 = 1.1;

/// Letters that stand alone become the words they make, and so do the digits behind them: `I N V O I C E   4 7 1 1`. Digits
/// by themselves are columns or boxes.
pub(super) fn joined(tokens: Vec<Token>) -> Vec<Token> {
    let mut joined = Vec::with_capacity(tokens.len());
    let mut letters: Vec<Token> = Vec::new();
    // The row is set so: a word of such letters ends here.
    let mut is_spaced = false;
    for token in tokens {
        let is_set_so = is_spaced || letters.len() >= LEAST;
        let is_one = is_letter(&token) || is_pair(&token) || is_set_so && is_digit(&token);
        let goes_on = letters.last().is_none_or(|last| is_near(last, &token));
        if !is_one || !goes_on {
            is_spaced = close(&mut letters, &mut joined, is_spaced);
        }
        if is_one {
            letters.push(token);
        } else {
            is_spaced = false;
            joined.push(token);
        }
    }
    close(&mut letters, &mut joined, is_spaced);
    joined
}

/// A letter, also one with the point or colon behind it that ends a label.
fn is_letter(token: &Token) -> bool {
    let mut letters = token.text.chars();
    let first = letters.next();
    first.is_some_and(char::is_alphabetic) && matches!(letters.as_str(), "" | "." | ":")
}

/// Two letters that kerning drew together: `Fa c t u r e`, `T- 1 0 2`.
fn is_pair(token: &Token) -> bool {
    let mut letters = token.text.chars();
    let first = letters.next().is_some_and(char::is_alphabetic);
    let second = letters
        .next()
        .is_some_and(|c| c.is_alphabetic() || matches!(c, '-' | '/'));
    first && second && letters.next().is_none()
}

/// A digit, or a sign of a number.
fn is_digit(token: &Token) -> bool {
    let mut signs = token.text.chars();
    let first = signs.next();
    first.is_some_and(|c| {
        c.is_ascii_digit() || matches!(c, '/' | '-' | '.' | '_' | '°' | 'º' | '#' | ':')
    }) && signs.next().is_none()
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

/// What was gathered, as words, or as it was where it makes none. Whether the row is set so.
fn close(letters: &mut Vec<Token>, joined: &mut Vec<Token>, is_spaced: bool) -> bool {
    let letters = std::mem::take(letters);
    let is_number = is_spaced && letters.len() > 1 && letters.iter().any(is_digit);
    let pairs = letters.iter().filter(|letter| is_pair(letter)).count();
    let is_word = letters.len() >= LEAST + pairs && pairs * MOST_PAIRS <= letters.len();
    if !is_word && !is_number {
        joined.extend(letters);
        return false;
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
    true
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
        assert_eq!(words("N U M É R O : 4711"), ["NUMÉRO:", "4711"]);
        assert_eq!(words("D U E D A T E: 4711"), ["DUEDATE:", "4711"]);
        assert_eq!(words("R E C H N U N G   4 7 / 1"), ["RECHNUNG", "47/1"]);
        assert_eq!(words("B I L L   4 7 1"), ["BILL", "471"]);
        assert_eq!(words("Fa c t u r e   Q T- 1 0"), ["Facture", "QT-10"]);
        assert_eq!(words("4 7 1 1 2 6"), ["4", "7", "1", "1", "2", "6"]);
    }

    #[test]
    fn a_few_letters_are_initials_or_columns() {
        for text in ["A B C", "J . R . R .", "A     B     C     D     E"] {
            assert_eq!(words(text), text.split_whitespace().collect::<Vec<_>>());
        }
    }
}
