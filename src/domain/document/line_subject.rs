//! What a line of a bill is about, so that next month's line of the same thing is known again.

use crate::basics::text::fold;
use crate::formats::date::is_month;

/// Words that count; the ends of long descriptions are serial numbers and addresses.
const WORDS: usize = 12;

/// The words of a description without figures, months and their punctuation, folded: `Hosting 11/2026 (Server 3)` and
/// `Hosting November 2026, Server 4` are both about `hosting server`. `None` where no word is left.
pub fn line_subject(description: &str) -> Option<String> {
    let folded = fold(description);
    let is_word = |word: &&str| {
        word.chars().count() > 1 && word.chars().all(char::is_alphabetic) && !is_month(word)
    };
    let words = folded
        .split(|c: char| !c.is_alphanumeric())
        .filter(is_word)
        .take(WORDS)
        .collect::<Vec<_>>();
    (!words.is_empty()).then(|| words.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn next_months_line_is_about_the_same() {
        let november = line_subject("Hosting November 2026, Server S-4711");
        assert_eq!(november.as_deref(), Some("hosting server"));
        for other in [
            "Hosting 12/2026 (Server S-4712)",
            "HOSTING déc. 2026 – server X1",
            "Hosting  enero 2027 Server 4",
        ] {
            assert_eq!(line_subject(other), november, "{other}");
        }
        assert_ne!(line_subject("Hosting Backup 12/2026"), november);
    }

    #[test]
    fn a_line_of_figures_is_about_nothing() {
        assert_eq!(line_subject("4711-0815 / 12.2026"), None);
        assert_eq!(line_subject(""), None);
    }
}
