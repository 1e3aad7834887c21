//! Plain text as people read it: lines that fit, at most one empty line in a row.

/// Breaks lines at blanks so that none has more than `columns` characters, unless one word alone has. A line that goes on
/// begins where its text began: after a bullet, after a label and its gap, else after its indentation.
pub(super) fn wrap(text: &str, columns: usize) -> String {
    let mut wrapped = String::with_capacity(text.len() + 64);
    let mut was_empty = true;
    for line in text.lines().map(str::trim_end) {
        if line.is_empty() && was_empty {
            continue;
        }
        was_empty = line.is_empty();
        wrap_line(line, columns, &mut wrapped);
        wrapped.push('\n');
    }
    let length = wrapped.trim_end().len();
    wrapped.truncate(length);
    wrapped.push('\n');
    wrapped
}

fn wrap_line(line: &str, columns: usize, out: &mut String) {
    if line.chars().count() <= columns {
        out.push_str(line);
        return;
    }
    let indent = hanging_indent(line).min(columns / 2);
    let mut column = 0;
    for (at, word) in line.split(' ').enumerate() {
        let width = word.chars().count();
        if at > 0 && column > indent && column + 1 + width > columns {
            out.truncate(out.trim_end_matches(' ').len());
            out.push('\n');
            out.extend(std::iter::repeat_n(' ', indent));
            column = indent;
        } else if at > 0 {
            out.push(' ');
            column += 1;
        }
        out.push_str(word);
        column += width;
    }
}

/// The column at which the text of a line stands.
fn hanging_indent(line: &str) -> usize {
    let bare = line.trim_start_matches(' ');
    let indent = line.chars().count() - bare.chars().count();
    if bare.starts_with("- ") || bare.starts_with("! ") {
        return indent + 2;
    }
    match bare.split_once("  ") {
        Some((label, rest)) => {
            let gap = rest.chars().take_while(|c| *c == ' ').count() + 2;
            indent + label.chars().count() + gap
        }
        None => indent,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_value_goes_on_under_itself_and_a_bullet_under_its_text() {
        assert_eq!(
            wrap("  Name:  one two three\n", 18),
            "  Name:  one two\n         three\n"
        );
        assert_eq!(wrap("- one two three", 9), "- one two\n  three\n");
    }

    #[test]
    fn short_lines_stay_and_empty_lines_do_not_pile_up() {
        assert_eq!(wrap("\n\na\n\n\n\nb  c\n\n", 20), "a\n\nb  c\n");
    }

    #[test]
    fn a_word_longer_than_the_line_is_not_cut() {
        assert_eq!(wrap("abcdefghij kl", 5), "abcdefghij\nkl\n");
    }
}
