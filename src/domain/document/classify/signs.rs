//! What papers of a kind have besides their heading: labels, sums, phrases, the words of a till, the name of the file.

use std::sync::LazyLock;

use super::Scores;
use crate::basics::text::fold;
use crate::domain::document::extract::bill::{Findings, MailFacts};
use crate::domain::document::labels::Label;
use crate::domain::document::layout::{Layout, Token};
use crate::domain::document::words::{self, HEADINGS, Heading, Phrases, rows, says};

/// A heading of this weight, in hundredths, says what a page is.
const CLEAR_TITLE: u32 = 180;
/// What one phrase says, in hundredths; two of them are as good as a weak heading.
const TELLING: u32 = 90;
const TYPICAL: u32 = 40;
/// More phrases than these of one kind say nothing new.
const MAX_TELLING: usize = 3;
const MAX_TYPICAL: usize = 3;

type ByHeading = Vec<(Heading, Vec<&'static str>)>;

/// Phrases that speak for a kind by themselves.
static TELLING_PHRASES: LazyLock<ByHeading> =
    LazyLock::new(|| phrases(include_str!("telling.txt")));
/// Words that confirm a heading.
static TYPICAL_WORDS: LazyLock<ByHeading> = LazyLock::new(|| phrases(include_str!("typical.txt")));
/// All of them, and what says that something is no bill.
static SEARCH: LazyLock<Phrases> = LazyLock::new(|| {
    let all = TELLING_PHRASES.iter().chain(TYPICAL_WORDS.iter());
    let all = all.flat_map(|(_, words)| words.iter());
    Phrases::new(all.chain(words::NO_BILL_PHRASES).copied())
});

fn phrases(data: &'static str) -> ByHeading {
    let mut found: ByHeading = Vec::new();
    for (name, words) in rows(data) {
        let Some(heading) = Heading::parse(name) else {
            continue;
        };
        match found.iter_mut().find(|(own, _)| *own == heading) {
            Some((_, known)) => known.extend(words),
            None => found.push((heading, words.collect())),
        }
    }
    found
}

/// What papers are headed as that ask for money by law.
pub(super) const BILLS: [Heading; 4] = [
    Heading::Invoice,
    Heading::CreditNote,
    Heading::SelfBilling,
    Heading::DebitNote,
];

/// What is written about bills and asks for no new money; its phrases stand on no bill.
const FOLLOWERS: [Heading; 6] = [
    Heading::Reminder,
    Heading::Statement,
    Heading::OrderResponse,
    Heading::DirectDebit,
    Heading::BankDetails,
    Heading::Dispute,
];

/// It says twice what only papers about bills say, or once where it lists nothing that was sold and no tax.
fn is_about_a_bill(findings: &Findings, scores: &Scores) -> bool {
    let is_itemised = findings.stated.tax.is_some() || findings.lines.is_some();
    let enough = if is_itemised { 2 * TELLING } else { TELLING };
    scores.strongest_telling(&FOLLOWERS) >= enough
}

/// Phrases of a text, folded, its blanks single.
pub(super) fn phrases_of(text: &str, findings: &Findings, scores: &mut Scores) {
    let all_said = SEARCH.said_in(text);
    // Under the clear heading of a bill the same phrases are its small print.
    let is_bill = scores.bare_title(&BILLS) >= CLEAR_TITLE;
    for (heading, phrases) in TELLING_PHRASES.iter() {
        let weight = if is_bill && !scores.is_named(*heading) {
            TELLING / 3
        } else {
            TELLING
        };
        let said = phrases.iter().copied();
        let said = said.filter(|phrase| all_said.contains(phrase));
        let said = said.collect::<Vec<_>>();
        let is_part = |phrase: &&str| {
            said.iter()
                .any(|other| other.len() > phrase.len() && other.contains(*phrase))
        };
        let said = said.iter().copied().filter(|phrase| !is_part(phrase));
        for phrase in said.take(MAX_TELLING) {
            scores.telling(*heading, weight, phrase);
        }
    }
    if !is_bill && is_about_a_bill(findings, scores) {
        scores.as_labels(&BILLS);
    }
    for (heading, words) in TYPICAL_WORDS.iter() {
        if !scores.is_named(*heading) {
            continue;
        }
        let count = words.iter().filter(|word| all_said.contains(*word));
        let count = u32::try_from(count.take(MAX_TYPICAL).count()).unwrap_or(0);
        if count > 0 {
            let what = format!("words usual on a {heading}");
            scores.typical(*heading, TYPICAL * count, &what);
        }
    }
    if words::NO_BILL_PHRASES
        .iter()
        .any(|phrase| all_said.contains(phrase))
    {
        for heading in BILLS {
            scores.against(heading, "it says itself that it is no invoice");
        }
    }
}

/// The number of a bill with a label that says it all.
pub(super) fn is_numbered(findings: &Findings) -> bool {
    let number = findings.fields.invoice_number.as_ref();
    let mut labels = findings.hits.iter();
    number.is_some_and(|number| number.confidence.as_per_mille() >= 750)
        && labels.any(|hit| hit.label == Label::Number && hit.strength >= 3)
}

/// Labels and sums that only some papers have. Papers of one family have the same ones: which of the family it is, its
/// heading says.
pub(super) fn labels_and_sums(layout: &Layout, findings: &Findings, scores: &mut Scores) {
    let has = |label: Label, strength: u16| {
        findings
            .hits
            .iter()
            .any(|hit| hit.label == label && hit.strength >= strength)
    };
    let numbered = is_numbered(findings);
    let adds_up = findings
        .fields
        .gross_total
        .as_ref()
        .is_some_and(|f| f.confidence.as_per_mille() >= 880)
        && findings.stated.tax.is_some();
    let family = [BILLS.as_slice(), &[Heading::Proforma]].concat();
    let bill = scores.named_of(&family);
    // Orders, offers, statements and reminders have numbers, sums and accounts, too: where the page is headed as one of
    // them and not as a bill, or says what only they say, these say little.
    let is_otherwise = bill.is_none()
        && (scores.strongest_title() >= CLEAR_TITLE || is_about_a_bill(findings, scores));
    // An account, a sum and a day stand on notices of tax offices, contracts and payslips, too.
    let is_unfounded = !family.iter().any(|own| scores.is_titled(*own)) && !numbered && !adds_up;
    let share = if is_otherwise || is_unfounded {
        25
    } else {
        100
    };
    let bill = bill.unwrap_or(Heading::Invoice);
    let signs = [
        (numbered, 100, "a number with its label"),
        (adds_up, 100, "net, tax and gross that add up"),
        (
            has(Label::Payable, 3) || has(Label::DueDate, 3),
            100,
            "an amount or a day to pay",
        ),
        (
            !findings.ibans.is_empty() || has(Label::Iban, 3),
            60,
            "an account to pay to",
        ),
        (has(Label::IssueDate, 3) && numbered, 60, "an invoice date"),
    ];
    for (_, weight, what) in signs.iter().filter(|(shown, ..)| *shown) {
        scores.typical(bill, weight * share / 100, what);
    }
    let orders = [Heading::OrderChange, Heading::OrderResponse, Heading::Order];
    // Every paper that follows an order names it.
    let is_of_orders = scores.named_of(&orders).is_some() || !is_otherwise;
    if has(Label::Order, 3) && !numbered && is_of_orders {
        let order = scores.named_of(&orders).unwrap_or(Heading::Order);
        scores.typical(order, 60, "an order number and no invoice number");
    }
    if !numbered && findings.fields.gross_total.is_some() {
        till(layout, scores);
        let is_due = has(Label::DueDate, 3) || !findings.ibans.is_empty();
        if !is_due && is_paid_at_till(layout) {
            scores.typical(Heading::Receipt, 100, "a row that says how it was paid");
            if is_slip(layout) {
                scores.against(Heading::Invoice, "it shows how it was paid");
            }
        }
    }
}

/// `Invoice 17, in all 800 EUR, please pay to IBAN …`: what a bill in the sentences of a mail says, without any heading.
pub(super) fn typed_bill(text: &str, findings: &Findings, scores: &mut Scores) {
    let is_otherwise = scores.strongest_telling(&FOLLOWERS) >= 2 * TELLING;
    let words = HEADINGS.iter().filter(|(own, _)| *own == Heading::Invoice);
    let mut words = words.flat_map(|(_, words)| words.iter());
    let speaks = words.any(|word| word.len() >= 5 && says(text, word));
    if speaks && !is_otherwise && !findings.ibans.is_empty() && !findings.amounts.is_empty() {
        let what = "an invoice, an amount and an account in its text";
        scores.typical(Heading::Invoice, TYPED, what);
    }
}

/// As much as a heading that is not the first of its page.
const TYPED: u32 = 200;

/// Widest row of a till's paper in characters: rolls of 80 mm take 48.
const SLIP_CHARS: usize = 48;

fn is_slip(layout: &Layout) -> bool {
    layout.lines.iter().all(|line| {
        let words = line
            .tokens
            .iter()
            .map(|token| token.text.chars().count() + 1);
        words.sum::<usize>() <= SLIP_CHARS
    })
}

/// `VISA  27,00`: how it was paid, and an amount behind it.
fn is_paid_at_till(layout: &Layout) -> bool {
    layout.lines.iter().any(|line| {
        let begins = line.tokens.first();
        let begins = begins.is_some_and(|token| words::TILL_MEANS.contains(&token.key.as_str()));
        let amount = |token: &Token| {
            let digits = token.text.chars().filter(char::is_ascii_digit).count();
            (3..=8).contains(&digits) && token.text.contains([',', '.'])
        };
        begins && line.tokens.len() <= 5 && line.tokens.iter().any(amount)
    })
}

/// Words of a till or a card terminal: something was paid already.
fn till(layout: &Layout, scores: &mut Scores) {
    let keys = layout.lines.iter().flat_map(|line| line.tokens.iter());
    let mut said = keys
        .map(|token| token.key.as_str())
        .filter(|key| words::TILL_WORDS.contains(key))
        .collect::<Vec<_>>();
    said.sort_unstable();
    said.dedup();
    let weight = match said.len() {
        0 => return,
        1 => 60,
        2 => 150,
        _ => 250,
    };
    scores.typical(
        Heading::Receipt,
        weight,
        "words of a till or a card terminal",
    );
}

/// File name and subject.
pub(super) fn around(mail: &MailFacts<'_>, scores: &mut Scores) {
    let name = fold(mail.file_name);
    for (heading, beginnings) in words::FILE_NAMES {
        if beginnings
            .iter()
            .any(|beginning| name.starts_with(beginning))
        {
            scores.around(*heading, 80, "the name of the file");
        }
    }
    let subject = format!(" {} ", fold(mail.subject));
    for (heading, words) in HEADINGS.iter() {
        if words
            .iter()
            .any(|word| word.len() >= 4 && subject.contains(&format!(" {word} ")))
        {
            scores.around(*heading, 80, "the subject of the mail");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_row_of_phrases_is_lost() {
        for data in [include_str!("telling.txt"), include_str!("typical.txt")] {
            for (name, mut words) in rows(data) {
                assert!(Heading::parse(name).is_some(), "{name}");
                assert!(
                    words.all(|word| fold(word) == word && !word.is_empty()),
                    "{name}"
                );
            }
        }
    }
}
