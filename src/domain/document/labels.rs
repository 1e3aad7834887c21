//! The labels of printed papers in six languages, as data (DOMAIN 3.2), and where they stand on a page.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::layout::{Layout, Spot, Token, key};
use super::words::{COMPOUND_ENDINGS, Heading, headings_of, rows};
use crate::words;

words! {
    /// What a label announces.
    pub enum Label {
        /// BT-1.
        Number = "number",
        /// BT-2.
        IssueDate = "issue_date",
        /// BT-9.
        DueDate = "due_date",
        /// Any other day: delivery, order, period. Its value is not the issue date.
        OtherDate = "other_date",
        /// BT-13.
        Order = "order",
        /// Our number in the supplier's books, and every other number that is not the invoice's.
        OtherNumber = "other_number",
        /// BT-31.
        VatId = "vat_id",
        /// BT-109.
        Net = "net",
        /// BT-110.
        Tax = "tax",
        /// BT-112.
        Gross = "gross",
        /// BT-115.
        Payable = "payable",
        /// An amount that is none of the totals: carried forward, paid, discount, previous balance.
        OtherAmount = "other_amount",
        /// BT-83.
        Reference = "reference",
        /// BT-84.
        Iban = "iban",
        /// BT-86.
        Bic = "bic",
        /// BT-20.
        Terms = "terms",
        /// Who is addressed.
        Addressee = "addressee",
        /// Who issues.
        Seller = "seller",
        /// BT-5.
        Currency = "currency",
        /// The name of a party, in forms.
        Name = "name",
        /// A column of the table of items.
        Column = "column",
    }
}

/// The data: `label strength: spellings`, one or more rows each.
const LABELS: &str = include_str!("labels.txt");

/// Longest label in words.
const MAX_WORDS: usize = 5;

type Index = HashMap<String, (Label, u16)>;

static INDEX: LazyLock<Index> = LazyLock::new(|| {
    let mut index = Index::new();
    for (name, spellings) in rows(LABELS) {
        let Some(meaning) = meaning(name) else {
            continue;
        };
        for spelling in spellings {
            index.entry(joined(spelling)).or_insert(meaning);
        }
    }
    index
});

/// `number 3`: the label and how explicit it is.
fn meaning(name: &str) -> Option<(Label, u16)> {
    let (label, strength) = name.split_once(' ')?;
    Some((Label::parse(label)?, strength.parse().ok()?))
}

fn joined(spelling: &str) -> String {
    let words = spelling.split(' ').map(key).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ")
}

/// Words that begin a label: most words of a page begin none, and this is asked for every word.
static FIRST_WORDS: LazyLock<std::collections::HashSet<&'static str>> = LazyLock::new(|| {
    INDEX
        .keys()
        .filter_map(|label| label.split(' ').next())
        .collect()
});

/// A label on the page.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Hit {
    /// What it announces.
    pub label: Label,
    /// 3 says it all, 2 is usual, 1 means it only by its place.
    pub strength: u16,
    /// Where it stands.
    pub spot: Spot,
}

/// Every label of a document, row by row from the left; of overlapping ones the longest.
pub fn find(layout: &Layout) -> Vec<Hit> {
    let mut hits = Vec::new();
    for (line, row) in layout.lines.iter().enumerate() {
        let keys = row
            .tokens
            .iter()
            .map(|token| token.key.as_str())
            .collect::<Vec<_>>();
        let mut start = 0;
        while start < keys.len() {
            let hit = longest(&keys, start).map(|(label, strength, end)| Hit {
                label,
                strength,
                spot: Spot { line, start, end },
            });
            start = hit.map_or(start + 1, |hit| hit.spot.end);
            hits.extend(hit);
        }
        hits.extend(title_hits(line, &keys));
        hits.extend(letter_date(line, &row.tokens));
    }
    hits.sort_by_key(|hit| hit.spot);
    hits
}

/// A heading that carries number and date in its words: `Commercial invoice (380) no. 4711 dated 5 March 2026`.
fn title_hits(line: usize, keys: &[&str]) -> Vec<Hit> {
    let Some(heading) = keys.iter().take(4).position(|key| is_bill_heading(key)) else {
        return Vec::new();
    };
    let mut at = heading + 1;
    let code = |key: &str| key.len() == 3 && key.bytes().all(|b| b.is_ascii_digit());
    at += usize::from(
        keys.get(at).is_some_and(|key| code(key))
            && keys
                .get(at + 1)
                .is_some_and(|key| NUMBER_WORDS.contains(key)),
    );
    if !keys.get(at).is_some_and(|key| NUMBER_WORDS.contains(key)) {
        return Vec::new();
    }
    let number = Hit {
        label: Label::Number,
        strength: 3,
        spot: Spot {
            line,
            start: heading,
            end: at + 1,
        },
    };
    let date = (at + 2..(at + 6).min(keys.len()))
        .find(|index| keys.get(*index).is_some_and(|key| DATE_WORDS.contains(key)));
    let date = date.map(|start| Hit {
        label: Label::IssueDate,
        strength: 3,
        spot: Spot {
            line,
            start,
            end: start + 1,
        },
    });
    std::iter::once(number).chain(date).collect()
}

/// The day of a German letter: `Husby, den 16.11.2026`.
fn letter_date(line: usize, tokens: &[Token]) -> Option<Hit> {
    let at = tokens.windows(2).position(
        |pair| matches!(pair, [town, word] if town.text.ends_with(',') && word.key == "den"),
    )?;
    Some(Hit {
        label: Label::IssueDate,
        strength: 2,
        spot: Spot {
            line,
            start: at + 1,
            end: at + 2,
        },
    })
}

/// `no.` behind the heading of a bill.
const NUMBER_WORDS: [&str; 7] = ["nr", "no", "n", "nummer", "number", "numero", "num"];
/// `dated` behind its number.
const DATE_WORDS: [&str; 7] = ["vom", "dated", "date", "du", "del", "van", "of"];

fn is_bill_heading(key: &str) -> bool {
    let bill = |heading: Heading| {
        matches!(
            heading,
            Heading::Invoice | Heading::CreditNote | Heading::SelfBilling
        )
    };
    headings_of(key).any(bill)
        || COMPOUND_ENDINGS
            .iter()
            .any(|(heading, ending)| bill(*heading) && key.ends_with(ending))
}

fn longest(keys: &[&str], start: usize) -> Option<(Label, u16, usize)> {
    let first = keys.get(start)?;
    if !FIRST_WORDS.contains(first) {
        return None;
    }
    let longest = MAX_WORDS.min(keys.len() - start);
    (1..=longest).rev().find_map(|length| {
        let words = keys.get(start..start + length)?;
        let ends_in_word = words.last().is_some_and(|word| !word.is_empty());
        let joined = words
            .iter()
            .filter(|word| !word.is_empty())
            .copied()
            .collect::<Vec<_>>()
            .join(" ");
        let (label, strength) = *INDEX.get(&joined)?;
        ends_in_word.then_some((label, strength, start + length))
    })
}

#[cfg(test)]
mod tests {
    use super::Label::*;
    use super::*;

    fn labels(text: &str) -> Vec<Label> {
        find(&Layout::of_text(text))
            .iter()
            .map(|hit| hit.label)
            .collect()
    }

    #[test]
    fn the_longest_label_wins() {
        assert_eq!(labels("Invoice due date: 1.1.2026"), [DueDate]);
        assert_eq!(labels("Rechnungs-Nr.: 4711"), [Number]);
        assert_eq!(labels("Subtotal 5"), [Net]);
        assert_eq!(labels("N° de facture : 17"), [Number]);
        assert_eq!(labels("Nº de factura 17"), [Number]);
        assert_eq!(labels("Totale imponibile 5"), [Net]);
        assert_eq!(labels("Customer no. 7  Total 5"), [OtherNumber, Gross]);
        assert_eq!(
            labels("Handelsrechnung (380) Nr. 471102 vom 05.03.2018"),
            [Number, IssueDate]
        );
    }

    #[test]
    fn every_row_of_the_data_names_a_label() {
        for (name, spellings) in rows(LABELS) {
            assert!(meaning(name).is_some(), "{name}");
            assert!(
                spellings
                    .into_iter()
                    .all(|spelling| !joined(spelling).is_empty()),
                "{name}"
            );
        }
        for label in Label::ALL {
            assert!(INDEX.values().any(|(own, _)| own == label), "{label}");
        }
    }
}
