//! Leaders: the dots or strokes that lead the eye from a label to its value. A row of them is left out, however it was set.

use super::Token;

/// Fewer dots in one piece end a sentence or stand in a number.
const LEAST: usize = 4;

fn is_leader(c: char) -> bool {
    matches!(c, '.' | '…' | '·' | '_')
}

/// `number......4711`: what stands before the first row of leaders, the row, and what follows.
pub(super) fn within(text: &str) -> Option<(&str, &str, &str)> {
    let mut from = 0;
    while let Some(start) = text.get(from..)?.find(is_leader) {
        let start = from + start;
        let row = text.get(start..)?;
        let end = start + row.find(|c| !is_leader(c)).unwrap_or(row.len());
        let row = text.get(start..end)?;
        if row.chars().nth(LEAST - 1).is_some() && row.len() < text.len() {
            return Some((text.get(..start)?, row, text.get(end..)?));
        }
        from = end;
    }
    None
}

/// `. . . . .` is left out: the gap it leaves divides label and value as the columns of a table do. A short row that stands
/// alone among words is kept: it may stand for something.
pub(super) fn left_out(tokens: Vec<Token>) -> Vec<Token> {
    let mut kept: Vec<Token> = Vec::with_capacity(tokens.len());
    let mut open: Vec<Token> = Vec::new();
    for token in tokens {
        if is_row(&token) {
            open.push(token);
        } else {
            kept.append(&mut short(&mut open));
            kept.push(token);
        }
    }
    kept.append(&mut short(&mut open));
    kept
}

/// What was gathered, where it is no row of leaders.
fn short(open: &mut Vec<Token>) -> Vec<Token> {
    let open = std::mem::take(open);
    let signs = open.iter().map(|token| token.text.chars().count());
    if signs.sum::<usize>() < LEAST {
        open
    } else {
        Vec::new()
    }
}

fn is_row(token: &Token) -> bool {
    token.key.is_empty() && token.text.chars().all(is_leader)
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
    fn a_row_of_dots_is_left_out_however_it_was_set() {
        for (text, read) in [
            ("Number . . . . . 4711", ["Number", "4711"]),
            ("Number........4711", ["Number", "4711"]),
            ("Number ____ ____ 4711", ["Number", "4711"]),
        ] {
            assert_eq!(words(text), read);
        }
    }

    #[test]
    fn dots_that_lead_nowhere_stay_where_they_are() {
        for text in ["on...", "1.234.567,89", "a.b...c", "file_name_2026"] {
            assert_eq!(words(text), [text]);
        }
    }
}
