//! Whether a text says that somebody pays, as data in six languages.

use std::sync::LazyLock;

use super::super::super::layout::Layout;
use super::super::super::words::{HEADINGS, Heading, Phrases, headings_of, rows, says};
use crate::basics::text::fold;
use crate::words;

/// A body that says in its first lines that something was paid; later ones are signatures and old mails.
const WITHIN_CHARS: usize = 4_000;

/// Rows in which a heading stands: below letterhead and addresses.
const HEADING_WITHIN_ROWS: usize = 25;
/// The longest way from one half of a verb to the other.
const SENTENCE_CHARS: usize = 250;

words! {
    /// What words of a remittance are about.
    pub enum About {
        /// Money was sent or is on its way.
        Paid = "paid",
        /// Begins a perfect tense that encloses what it is about.
        Helper = "helper",
        /// Ends it: money was sent.
        Participle = "participle",
        /// Goes with it and proves nothing.
        Payment = "payment",
        /// Somebody asks for money, promises it or refuses it.
        Unpaid = "unpaid",
        /// States what was paid in all.
        Total = "total",
        /// Repeats what other rows say.
        Carried = "carried",
        /// Stands before the number of an invoice.
        Invoice = "invoice",
        /// Stands between that and the number.
        Link = "link",
        /// Stands before other numbers.
        Other = "other",
        /// Stands before a telephone number.
        Phone = "phone",
    }
}

static PHRASES: LazyLock<Vec<(About, &'static str)>> = LazyLock::new(|| {
    let rows = rows(include_str!("phrases.txt"));
    let known = rows.filter_map(|(name, words)| Some((About::parse(name)?, words)));
    known
        .flat_map(|(about, words)| words.map(move |word| (about, word)))
        .collect()
});

static SEARCH: LazyLock<Phrases> = LazyLock::new(|| {
    let of_text = [
        About::Paid,
        About::Payment,
        About::Unpaid,
        About::Helper,
        About::Participle,
    ];
    Phrases::new(of_text.into_iter().flat_map(phrases))
});

static NAMES: LazyLock<Phrases> = LazyLock::new(|| {
    let own = HEADINGS.iter();
    let own = own.filter(|(heading, _)| *heading == Heading::Remittance);
    Phrases::new(own.flat_map(|(_, words)| words.iter().copied()))
});

fn phrases(about: About) -> impl Iterator<Item = &'static str> {
    let own = PHRASES.iter().filter(move |(own, _)| *own == about);
    own.map(|(_, phrase)| *phrase)
}

/// One of these phrases stands in the folded text, as whole words.
pub(super) fn has(folded: &str, about: About) -> bool {
    let padded = format!(" {folded} ");
    phrases(about).any(|phrase| says(&padded, phrase))
}

/// This word is one of them.
pub(super) fn is(word: &str, about: About) -> bool {
    phrases(about).any(|own| own == word)
}

/// How strongly a text says that somebody pays: 3 and more is yes. `is_named`: a heading, the subject or the name of the
/// file calls it a remittance.
pub(super) fn strength(text: &str, is_named: bool) -> i32 {
    let head = fold(&text.chars().take(WITHIN_CHARS).collect::<String>());
    let padded = format!(" {head} ");
    let said = SEARCH.said_in(&padded);
    let any = |about: About| phrases(about).any(|phrase| said.contains(phrase));
    let against = phrases(About::Unpaid);
    let against = against.filter(|phrase| said.contains(phrase)).count();
    let is_own = || speaks_of_own_payment(&head);
    let is_enclosed = || any(About::Helper) && any(About::Participle) && is_enclosed(&padded);
    let points = |applies: bool, points: i32| if applies { points } else { 0 };
    points(any(About::Paid) || is_enclosed() || is_own(), 3)
        + points(any(About::Payment), 1)
        + points(is_named, 4)
        - i32::try_from(against.min(3)).unwrap_or(3) * 3
}

/// `our bank transfer`, `zu unserer heutigen Zahlung`, `ce virement concerne`: whoever writes so has paid. `Our payment terms`
/// are something else.
fn speaks_of_own_payment(folded: &str) -> bool {
    let words = folded
        .split(|c: char| !c.is_alphabetic())
        .filter(|word| !word.is_empty());
    let words = words.collect::<Vec<_>>();
    let has = |at: usize, list: &[&str]| words.get(at).is_some_and(|word| list.contains(word));
    (0..words.len()).any(|at| {
        let noun = at + 1 + usize::from(has(at + 1, &WHICH));
        let is_ours = has(at, &OURS) && has(noun, &PAYMENTS) && !has(noun + 1, &NOT_MADE);
        let verb = at + 1 + usize::from(has(at + 1, &WHICH));
        let covers = has(at, &PAYMENTS) && has(verb, &COVERS);
        is_ours || covers
    })
}

/// Of the one who writes, folded.
const OURS: [&str; 18] = [
    "our", "unsere", "unserer", "unserem", "unseren", "notre", "nos", "nostro", "nostra", "nostri",
    "ns", "nuestro", "nuestra", "nuestros", "onze", "ons", "my", "meine",
];
/// What kind of payment, or when.
const WHICH: [&str; 22] = [
    "bank",
    "wire",
    "credit",
    "bacs",
    "sepa",
    "ach",
    "eft",
    "recent",
    "latest",
    "last",
    "heutige",
    "heutigen",
    "letzte",
    "letzten",
    "dernier",
    "derniere",
    "ultimo",
    "ultima",
    "laatste",
    "bancario",
    "bancaria",
    "following",
];
/// What sends money.
const PAYMENTS: [&str; 21] = [
    "payment",
    "transfer",
    "wire",
    "remittance",
    "zahlung",
    "uberweisung",
    "sammeluberweisung",
    "virement",
    "paiement",
    "reglement",
    "bonifico",
    "pagamento",
    "rimessa",
    "transferencia",
    "pago",
    "remesa",
    "betaling",
    "overboeking",
    "overschrijving",
    "zahlungslauf",
    "zahllauf",
];
/// Behind it: then no payment was made.
const NOT_MADE: [&str; 22] = [
    "terms",
    "term",
    "conditions",
    "details",
    "policy",
    "methods",
    "method",
    "options",
    "reminder",
    "request",
    "reference",
    "system",
    "team",
    "department",
    "portal",
    "address",
    "interieur",
    "anticipato",
    "order",
    "orders",
    "partner",
    "service",
];
/// What a payment does for the bills it is for.
const COVERS: [&str; 18] = [
    "covers",
    "settles",
    "includes",
    "comprises",
    "umfasst",
    "betrifft",
    "begleicht",
    "beinhaltet",
    "concerne",
    "regle",
    "couvre",
    "riguarda",
    "comprende",
    "corresponde",
    "cubre",
    "incluye",
    "betreft",
    "omvat",
];

/// `wir haben Rechnung 4711 über 595,00 EUR heute bezahlt`: both halves of the verb, not too far from each other.
fn is_enclosed(text: &str) -> bool {
    phrases(About::Helper).any(|helper| {
        let starts = text.match_indices(helper).filter_map(|(at, found)| {
            let end = at + found.len();
            let is_word = says(text.get(at.saturating_sub(1)..=end)?, helper);
            is_word.then(|| text.get(end..)).flatten()
        });
        let mut sentences =
            starts.map(|rest| rest.chars().take(SENTENCE_CHARS).collect::<String>());
        sentences.any(|sentence| phrases(About::Participle).any(|own| says(&sentence, own)))
    })
}

/// From this strength a text is about a payment.
pub(super) const SPOKEN: i32 = 3;

/// The heading word of a remittance in a title or subject.
pub fn is_named_remittance(text: &str) -> bool {
    // The name of a file divides its words by other signs.
    let words = fold(text).replace(|c: char| !c.is_alphabetic(), " ");
    let padded = format!(" {} ", fold(&words));
    !NAMES.said_in(&padded).is_empty()
}

/// A row near the top is nothing but such a heading. Below the heading of a bill it heads the slip to be sent back with the
/// money.
pub(super) fn is_headed(layout: &Layout) -> bool {
    first_heading(layout) == Some(Heading::Remittance)
}

/// The first heading of a page, of a bill or of a remittance, is the one of a bill.
pub fn is_headed_as_bill(layout: &Layout) -> bool {
    first_heading(layout) == Some(Heading::Invoice)
}

/// The first row near the top that is nothing but the heading of a bill, perhaps with its number, or of a remittance.
fn first_heading(layout: &Layout) -> Option<Heading> {
    let lines = 0..layout.lines.len().min(HEADING_WITHIN_ROWS);
    let mut segments = lines.flat_map(|line| layout.segments(line));
    segments.find_map(|segment| {
        let text = fold(&layout.text(segment));
        let text = text.trim_matches(|c: char| !c.is_alphanumeric());
        if headings_of(text).any(|heading| heading == Heading::Remittance) {
            return Some(Heading::Remittance);
        }
        let words = layout.tokens(segment);
        let first = words.first().map(|word| word.key.as_str());
        let number = words
            .last()
            .is_some_and(|word| word.text.contains(|c: char| c.is_ascii_digit()));
        let is_bill = |text: &str| headings_of(text).any(|heading| heading == Heading::Invoice);
        let is_numbered = number && words.len() <= MAX_HEADING_WORDS && first.is_some_and(is_bill);
        (is_bill(text) || is_numbered).then_some(Heading::Invoice)
    })
}

/// Words of the heading of a bill with its number: `Rechnung Nr. RE-9`.
const MAX_HEADING_WORDS: usize = 3;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_of_the_data_is_about_something_known() {
        for (about, _) in rows(include_str!("phrases.txt")) {
            assert!(About::parse(about).is_some(), "{about}");
        }
        for about in About::ALL {
            assert!(phrases(*about).next().is_some(), "{about}");
        }
    }

    #[test]
    fn whoever_asks_for_money_does_not_send_it() {
        assert!(strength("We have paid the following invoices.", false) >= SPOKEN);
        assert!(
            strength(
                "Wir haben Rechnung 4711 über 595,00 EUR heute bezahlt.",
                false
            ) >= SPOKEN
        );
        for paid in [
            "Please note our bank transfer for these items.",
            "Aufstellung zu unserer heutigen Zahlung",
            "Ce virement concerne les pièces suivantes :",
            "Il dettaglio del nostro ultimo bonifico",
        ] {
            assert!(strength(paid, false) >= SPOKEN, "{paid}");
        }
        for none in [
            "Our payment terms are 30 days.",
            "See our bank transfer details below.",
        ] {
            assert!(strength(none, false) < SPOKEN, "{none}");
        }
        assert!(strength("2026-1001 595.00", true) >= SPOKEN);
        assert!(strength("The following invoices are overdue. Please pay.", false) < SPOKEN);
        assert!(strength("We will pay your invoice next week.", false) < SPOKEN);
    }
}
