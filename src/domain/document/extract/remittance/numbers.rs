//! What names an invoice on a row, and what only looks like it: dates, amounts, accounts, telephones, orders.

use super::super::super::layout::{Layout, Line, Spot, Token};
use super::super::amounts::{self, Amount};
use super::rows::is_new_paragraph;
use super::says::{About, is};
use super::sheet::{Role, role_of};
use crate::basics::bank_account::Iban;
use crate::basics::text::{fold, one_line};
use crate::formats::date;

/// Longer words name no invoice.
const MAX_NUMBER_CHARS: usize = 40;
/// Words looked back at for what a number is called: `invoices no. 4711, 4712 and 4713`.
const MAX_LINKS: usize = 3;

/// The number of an invoice on a row.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Named {
    /// As written.
    pub(super) number: String,
    /// The word of the row.
    pub(super) at: usize,
    /// A word such as `invoice` stands before it, or before the one it is listed with.
    pub(super) is_called: bool,
}

/// Numbers of one series: the same letters and signs, the digits between them any; of digits alone as many of them.
pub(super) fn is_alike(one: &str, other: &str) -> bool {
    let make = |number: &str| {
        let mut make = number.to_uppercase();
        let only_digits = make.bytes().all(|byte| byte.is_ascii_digit());
        make = make.replace(|c: char| c.is_ascii_digit(), "0");
        while !only_digits && make.contains("00") {
            make = make.replace("00", "0");
        }
        make
    };
    make(one) == make(other)
}

/// Every number of an invoice on a row. Behind a word such as `invoice` two digits are enough; elsewhere it has at least
/// four characters with three digits.
pub(super) fn on_line(layout: &Layout, index: usize, on_row: &[&Amount]) -> Vec<Named> {
    let Some(line) = layout.lines.get(index) else {
        return Vec::new();
    };
    let accounts = account_words(layout, index, line);
    let phone_at = line
        .tokens
        .iter()
        .position(|token| is(&token.key, About::Phone));
    let mut found: Vec<Named> = Vec::new();
    for (at, token) in line.tokens.iter().enumerate() {
        let in_money = on_row
            .iter()
            .any(|a| a.is_money && (a.spot.start..a.spot.end).contains(&at));
        let is_phone = token.text.starts_with('+') || phone_at.is_some_and(|phone| phone < at);
        if in_money || is_phone || accounts.contains(&at) {
            continue;
        }
        let called = if is_called_yours(layout, index, at) {
            Called::Invoice
        } else {
            what_is_before(layout, index, at, &found)
        };
        let number = token.text.trim_matches(|c: char| !c.is_alphanumeric());
        let is_called = called == Called::Invoice;
        if called != Called::Other && is_invoice_number(number, is_called) {
            found.push(Named {
                number: number.to_owned(),
                at,
                is_called,
            });
        }
    }
    found
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Called {
    Invoice,
    Other,
    Nothing,
}

/// Whether the words before a number call it an invoice, something else or nothing. A list goes on behind its first number,
/// and a sentence behind the end of its line.
fn what_is_before(layout: &Layout, index: usize, at: usize, found: &[Named]) -> Called {
    let tokens = |line: usize| layout.lines.get(line).map(|own| own.tokens.as_slice());
    let here = tokens(index).unwrap_or_default().iter().take(at).rev();
    let above = index.checked_sub(1).filter(|above| {
        let page = |line: usize| layout.lines.get(line).map(|own| own.page);
        layout.is_text() && page(*above).map(|line| line + 1) == page(index)
    });
    let above = above.and_then(tokens).unwrap_or_default().iter().rev();
    let places = (0..at).rev().map(Some).chain(std::iter::repeat(None));
    let before = here.chain(above).zip(places);
    let mut has_link = false;
    for (token, place) in before.take(MAX_LINKS + 1) {
        if let Some(listed) = found.iter().find(|named| Some(named.at) == place) {
            let goes_on = token.text.ends_with([',', ';', '/']) || has_link;
            return if goes_on && listed.is_called {
                Called::Invoice
            } else {
                Called::Nothing
            };
        }
        let compound = ["rechnung", "rechnungsnr", "rechnungsnummer", "factuur"]
            .iter()
            .any(|word| token.key.len() > 4 && token.key.ends_with(word));
        if is(&token.key, About::Invoice) || compound {
            return Called::Invoice;
        }
        // `Supplier invoice no.`, `Facture fournisseur`: whose invoice it is.
        let party = is_party(&token.key);
        if is(&token.key, About::Other) && !(party && is_behind_invoice(layout, index, place)) {
            return Called::Other;
        }
        if party {
            continue;
        }
        if !is(&token.key, About::Link) && !token.key.is_empty() {
            break;
        }
        has_link = true;
    }
    Called::Nothing
}

/// Rows of one payment in which its number and its amount stand.
const ROWS_TO_AMOUNT: usize = 3;
/// Words of a label.
const MAX_LABEL_WORDS: usize = 4;

/// `Your reference: 4711` with an amount in the rows right below: the number the one who is paid gave his invoice. In the
/// head of a letter no amount stands so near.
fn is_called_yours(layout: &Layout, line: usize, at: usize) -> bool {
    let label = Spot {
        line,
        start: 0,
        end: at,
    };
    let words = layout.tokens(label);
    let is_word = |word: &Token| !word.text.contains(|c: char| c.is_ascii_digit());
    let is_label = (2..=MAX_LABEL_WORDS).contains(&words.len()) && words.iter().all(is_word);
    let is_yours = || {
        let text = layout.text(label);
        let is_other = words.iter().any(|word| is_of_an_order(&word.key));
        role_of(text.trim_end_matches(':')) == Role::Yours && !is_other
    };
    let below = line + 1..=line + ROWS_TO_AMOUNT;
    let below = below.take_while(|below| !is_new_paragraph(layout, *below));
    let has_amount = |below: usize| {
        let row = layout.lines.get(below);
        let mut words = row.into_iter().flat_map(|row| &row.tokens);
        words.any(|word| amounts::has_cents(&word.text))
    };
    is_label && is_yours() && below.into_iter().any(has_amount)
}

/// Of an order or a customer.
fn is_of_an_order(key: &str) -> bool {
    let parts = [
        "order", "bestel", "auftrag", "command", "pedido", "ordine", "customer", "client", "kund",
        "klant", "account", "konto", "contract", "vertrag", "vat", "ust",
    ];
    parts.iter().any(|part| key.contains(part))
}

/// Whose an invoice is, in its label.
fn is_party(key: &str) -> bool {
    [
        "supplier",
        "vendor",
        "lieferant",
        "lieferanten",
        "fournisseur",
        "proveedor",
        "fornitore",
        "leverancier",
    ]
    .contains(&key)
}

/// The word before it on its row is one for an invoice: alone, `Supplier 4711` is the number of a supplier.
fn is_behind_invoice(layout: &Layout, line: usize, at: Option<usize>) -> bool {
    let before = at.and_then(|at| at.checked_sub(1));
    let row = layout.lines.get(line);
    let word = before.and_then(|before| row?.tokens.get(before));
    word.is_some_and(|word| is(&word.key, About::Invoice))
}

/// A word that may be the number of an invoice: with digits, no date, no amount, no year.
pub(super) fn is_invoice_number(text: &str, is_called: bool) -> bool {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let odd = text
        .chars()
        .any(|c| !(c.is_alphanumeric() || matches!(c, '-' | '/' | '.' | '_' | '#')));
    let length = text.chars().count();
    let enough = if is_called {
        digits >= 2
    } else {
        digits >= 3 && length >= 4
    };
    let dated = text.contains(['.', '/']) || text.matches('-').count() == 2;
    let is_date = dated && !date::readings(text).is_empty();
    let is_year = digits == 4
        && length == 4
        && (text.starts_with("19") || text.starts_with("20"))
        && !is_called;
    enough
        && !odd
        && length <= MAX_NUMBER_CHARS
        && !amounts::has_cents(text)
        && !is_date
        && !is_year
}

/// The number in a cell of the column of invoices: without a word such as `Invoice` in front of it. `None` when the cell has no
/// digit or is a date.
pub(super) fn of_cell(cell: &str) -> Option<String> {
    let mut rest = one_line(cell, MAX_NUMBER_CHARS + 20);
    if !date::readings(&rest).is_empty() && rest.contains(['.', '/', '-', ' ']) {
        return None;
    }
    while let Some((word, after)) = rest.split_once(' ') {
        let key = fold(word);
        let key = key.trim_matches(|c: char| !c.is_alphanumeric());
        let is_code = word.chars().all(|c| c.is_ascii_uppercase()) && word.len() <= 3;
        let is_label = is(key, About::Invoice) || is(key, About::Link);
        if !is_label || is_code || !after.contains(|c: char| c.is_ascii_digit()) {
            break;
        }
        rest = after.trim().to_owned();
    }
    let number = rest.trim_matches(|c: char| !c.is_alphanumeric());
    let has_digit = number.contains(|c: char| c.is_ascii_digit());
    (has_digit && number.chars().count() <= MAX_NUMBER_CHARS && !amounts::has_cents(number))
        .then(|| number.to_owned())
}

/// The words of a row that are parts of an account number.
fn account_words(layout: &Layout, line: usize, row: &Line) -> Vec<usize> {
    let begins = |text: &str| {
        text.len() >= 4
            && text.bytes().take(2).all(|b| b.is_ascii_uppercase())
            && text.bytes().skip(2).take(2).all(|b| b.is_ascii_digit())
    };
    let starts = row
        .tokens
        .iter()
        .enumerate()
        .filter(|(_, token)| begins(&token.text));
    let spans = starts.filter_map(|(at, _)| {
        let end = (1..=9).rev().map(|length| at + length).find(|end| {
            Iban::parse(&layout.text(Spot {
                line,
                start: at,
                end: *end,
            }))
            .is_some()
        })?;
        Some(at..end)
    });
    spans.flatten().collect()
}
