//! A remittance advice: numbers with amounts, and the total they make. From text, from tables, from CSV.

pub mod table;

use rust_decimal::Decimal;

use table::{Role, from_table, role_of};

use super::super::RemittanceLine;
use super::super::field::{Confidence, Field, Fields, Source};
use super::super::identity::KnownParty;
use super::super::layout::{Layout, Line, Spot};
use super::super::words::{HEADINGS, Heading, PAYMENT_PHRASES};
use super::amounts::{self, Amount};
use super::dates;
use crate::basics::bank_account::Iban;
use crate::basics::currency::Currency;
use crate::basics::money::Money;
use crate::basics::text::{fold, one_line, squash};
use crate::formats::date;
use crate::formats::issue::Issue;

/// Lines kept of one remittance; the largest payers list some thousand invoices.
const MAX_LINES: usize = 5_000;
/// A body that says in its first lines that something was paid; later ones are signatures and old mails.
const PHRASE_WITHIN_CHARS: usize = 4_000;

/// A table of cells, row by row.
pub type Table = Vec<Vec<String>>;

/// What a remittance says.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Advice {
    /// Its lines.
    pub payments: Vec<RemittanceLine>,
    /// Payer, total, currency, date, reference.
    pub fields: Fields,
    /// What was odd.
    pub issues: Vec<Issue>,
}

/// A line before the currency is known.
#[derive(Clone, PartialEq, Debug)]
struct Row {
    number: String,
    paid: Decimal,
    discount: Option<Decimal>,
    currency: Option<Currency>,
}

/// Rows, total and the place of the total.
#[derive(Clone, PartialEq, Debug, Default)]
struct Draft {
    rows: Vec<Row>,
    total: Option<(Decimal, Source)>,
    currency: Option<Currency>,
}

/// A mail body that is worth being a document: it speaks of a payment and lists at least one number with an amount.
pub fn looks_like_remittance(text: &str) -> bool {
    let head = fold(&text.chars().take(PHRASE_WITHIN_CHARS).collect::<String>());
    let spoken = PAYMENT_PHRASES.iter().any(|phrase| head.contains(phrase));
    spoken && !from_layout(&Layout::of_text(text)).rows.is_empty()
}

/// One of the tables has a column of invoice numbers and one of amounts, with rows below.
pub fn has_payment_table(tables: &[Table]) -> bool {
    tables.iter().any(|table| from_table(table).is_some())
}

/// From a text or from pages.
pub fn from_text(
    layout: &Layout,
    default_currency: Option<Currency>,
    known: &[KnownParty],
) -> Advice {
    finish(from_layout(layout), layout, default_currency, known)
}

/// From the tables of an HTML body or the one of a CSV file, with the text around them. `None` when no table has a column
/// of numbers and one of amounts.
pub fn from_tables(
    tables: &[Table],
    layout: &Layout,
    default_currency: Option<Currency>,
    known: &[KnownParty],
) -> Option<Advice> {
    let mut best = tables
        .iter()
        .filter_map(from_table)
        .max_by_key(|draft| draft.rows.len())?;
    let text = from_layout(layout);
    best.total = best.total.or(text.total);
    best.currency = best.currency.or(text.currency);
    Some(finish(best, layout, default_currency, known))
}

fn finish(
    draft: Draft,
    layout: &Layout,
    default_currency: Option<Currency>,
    known: &[KnownParty],
) -> Advice {
    let mut advice = Advice::default();
    let stated = draft
        .currency
        .or_else(|| draft.rows.iter().find_map(|row| row.currency));
    let Some(currency) = stated.or(default_currency) else {
        if !draft.rows.is_empty() {
            advice
                .issues
                .push(Issue::new("", "the amounts name no currency"));
        }
        return advice;
    };
    let money = |value: Decimal| Money::from_decimal(value, currency);
    for row in draft.rows.into_iter().take(MAX_LINES) {
        if let Some(amount) = money(row.paid) {
            advice.payments.push(RemittanceLine {
                invoice: row.number,
                amount,
                discount: row.discount.and_then(money),
            });
        }
    }
    let sum = Money::sum(advice.payments.iter().map(|line| line.amount));
    let agrees = |total: Money| sum == Some(total);
    if let Some((total, source)) = draft
        .total
        .and_then(|(total, source)| Some((money(total)?, source)))
    {
        let sure = if agrees(total) { 980 } else { 700 };
        if !agrees(total) && !advice.payments.is_empty() {
            let lines = sum.map_or("nothing".to_owned(), |sum| sum.to_string());
            advice.issues.push(Issue::new(
                "",
                format!("the lines make {lines}, the stated total is {total}"),
            ));
        }
        advice.fields.total = Some(Field::text(total, Confidence::per_mille(sure), source));
    }
    let sure = if stated.is_some() { 960 } else { 700 };
    advice.fields.currency = Some(Field::text(
        currency,
        Confidence::per_mille(sure),
        Source::Computed,
    ));
    advice.fields.payment_date = payment_date(layout);
    advice.fields.reference = reference(layout);
    advice.fields.payer = payer(layout, known);
    advice
}

/// `number … amount` on one row.
fn from_layout(layout: &Layout) -> Draft {
    let found = amounts::find(layout);
    let columns = heading_columns(layout);
    let mut draft = Draft::default();
    for (index, line) in layout.lines.iter().enumerate() {
        let on_row = found
            .iter()
            .filter(|a| a.spot.line == index)
            .collect::<Vec<_>>();
        let currency = line
            .tokens
            .iter()
            .find_map(|token| amounts::currency_of(&token.text))
            .and_then(Currency::parse);
        draft.currency = draft.currency.or(currency);
        let folded = line
            .tokens
            .iter()
            .map(|token| token.key.as_str())
            .collect::<Vec<_>>()
            .join(" ");
        let money = on_row
            .iter()
            .copied()
            .filter(|a| a.is_money)
            .collect::<Vec<_>>();
        let number = invoice_number(layout, index, line, &on_row);
        match number {
            Some(number) if !money.is_empty() => {
                let (paid, discount) = paid_of(layout, &money, columns.as_ref());
                let row = Row {
                    number,
                    paid,
                    discount,
                    currency,
                };
                if !draft.rows.contains(&row) {
                    draft.rows.push(row);
                }
            }
            _ if is_total_row(&folded) => {
                if let Some(amount) = money
                    .last()
                    .or(on_row.last().filter(|_| currency.is_some()))
                    && let Some(value) = amount.readings.first()
                {
                    draft.total = Some((*value, layout.source(amount.spot)));
                }
            }
            _ => {}
        }
    }
    draft
}

/// A row that states what was paid in all.
fn is_total_row(folded: &str) -> bool {
    let totals = [
        "total",
        "sum",
        "amount paid",
        "payment amount",
        "amount of payment",
        "paid amount",
        "in total",
        "we have paid",
        "we paid",
        "payment of",
        "transferred",
        "amount transferred",
        "remittance amount",
        "summe",
        "gesamt",
        "gesamtbetrag",
        "gesamtsumme",
        "zahlbetrag",
        "uberweisungsbetrag",
        "zahlungsbetrag",
        "zahlung uber",
        "uberwiesen",
        "betrag von",
        "montant total",
        "importe total",
        "totale",
        "totaal",
        "totaalbedrag",
        "montant vire",
        "importo totale",
    ];
    let padded = format!(" {folded} ");
    totals
        .iter()
        .any(|word| padded.contains(&format!(" {word} ")))
}

/// The word of a row that names an invoice: with digits, no date, no amount, no account, no telephone. Behind a word such as
/// `invoice` three digits are enough; elsewhere four characters with three digits.
fn invoice_number(
    layout: &Layout,
    index: usize,
    line: &Line,
    on_row: &[&Amount],
) -> Option<String> {
    let money = on_row.iter().filter(|a| a.is_money).collect::<Vec<_>>();
    let first_amount = money.iter().map(|a| a.spot.start).min()?;
    let accounts = account_words(layout, index, line);
    let phone_at = line
        .tokens
        .iter()
        .position(|token| PHONE_WORDS.contains(&token.key.as_str()));
    line.tokens.iter().enumerate().find_map(|(at, token)| {
        let before = at.checked_sub(1).and_then(|before| line.tokens.get(before));
        let before = before.map_or("", |token| token.key.as_str());
        let named = NUMBER_WORDS
            .iter()
            .any(|word| before == *word || before.ends_with(word) && before.len() > 4);
        let in_money = money
            .iter()
            .any(|a| (a.spot.start..a.spot.end).contains(&at));
        let is_phone = token.text.starts_with('+') || phone_at.is_some_and(|phone| phone < at);
        let other = in_money || accounts.contains(&at) || is_phone || OTHER_WORDS.contains(&before);
        let text = token.text.trim_matches(|c: char| !c.is_alphanumeric());
        let stands = at < first_amount || named;
        (!other && stands && is_invoice_number(text, named)).then(|| text.to_owned())
    })
}

/// What stands before the number of an invoice.
const NUMBER_WORDS: [&str; 16] = [
    "invoice",
    "rechnung",
    "facture",
    "factura",
    "fattura",
    "factuur",
    "inv",
    "re",
    "no",
    "nr",
    "number",
    "rechnungsnummer",
    "rechnungsnr",
    "rechnungs-nr",
    "belegnr",
    "beleg",
];
/// What stands before other numbers.
const OTHER_WORDS: [&str; 6] = [
    "ref",
    "reference",
    "iban",
    "customer",
    "kundennummer",
    "kunde",
];
/// What stands before a telephone number, somewhere on its row.
const PHONE_WORDS: [&str; 7] = [
    "tel",
    "phone",
    "fax",
    "telefon",
    "telephone",
    "mobil",
    "mobile",
];
/// Longer words name no invoice.
const MAX_NUMBER_CHARS: usize = 40;

fn is_invoice_number(text: &str, named: bool) -> bool {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let odd = text
        .chars()
        .any(|c| !(c.is_alphanumeric() || matches!(c, '-' | '/' | '.' | '_' | '#')));
    let length = text.chars().count();
    let enough = if named {
        digits >= 2
    } else {
        digits >= 3 && length >= 4
    };
    let dated = text.contains(['.', '/']) || text.matches('-').count() == 2;
    let is_date = dated && !date::readings(text).is_empty();
    let is_year =
        digits == 4 && length == 4 && (text.starts_with("19") || text.starts_with("20")) && !named;
    enough
        && !odd
        && length <= MAX_NUMBER_CHARS
        && !amounts::has_cents(text)
        && !is_date
        && !is_year
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

/// Which column of amounts is what was paid, which the discount, by the headings above the rows.
fn heading_columns(layout: &Layout) -> Option<(Vec<Role>, Vec<Spot>)> {
    (0..layout.lines.len()).find_map(|line| {
        let segments = layout.segments(line);
        let roles = segments
            .iter()
            .map(|segment| role_of(&layout.text(*segment)))
            .collect::<Vec<_>>();
        let has = |role: Role| roles.contains(&role);
        let heads = has(Role::Number) && (has(Role::Paid) || has(Role::Gross));
        let has_digits = layout.lines.get(line).is_some_and(|l| {
            l.tokens
                .iter()
                .any(|t| t.text.contains(|c: char| c.is_ascii_digit()))
        });
        (heads && !has_digits).then_some((roles, segments))
    })
}

/// The amount paid on a row and the discount taken: by the column headings, else the last amount is what was paid, and
/// what the first amount is more than it, when a third one says the same, was the discount.
fn paid_of(
    layout: &Layout,
    money: &[&Amount],
    columns: Option<&(Vec<Role>, Vec<Spot>)>,
) -> (Decimal, Option<Decimal>) {
    let value = |amount: &Amount| amount.readings.first().copied().unwrap_or_default();
    let last = money.last().map_or(Decimal::ZERO, |a| value(a));
    if let Some((roles, segments)) = columns {
        let under = |role: Role| {
            let (_, segment) = roles.iter().zip(segments).find(|(own, _)| **own == role)?;
            money
                .iter()
                .find(|a| layout.is_aligned(*segment, a.spot))
                .map(|a| value(a))
        };
        if let Some(paid) =
            under(Role::Paid).or_else(|| under(Role::Gross).filter(|_| money.len() == 1))
        {
            return (
                paid,
                under(Role::Discount)
                    .map(|d| d.abs())
                    .filter(|d| !d.is_zero()),
            );
        }
    }
    match money {
        [gross, discount, paid]
            if value(gross).saturating_sub(value(discount).abs()) == value(paid) =>
        {
            (value(paid), Some(value(discount).abs()))
        }
        _ => (last, None),
    }
}

/// The day of payment: labelled, never the day of an invoice.
fn payment_date(layout: &Layout) -> Option<Field<crate::basics::calendar::Date>> {
    let labels = [
        "payment date",
        "date of payment",
        "value date",
        "paid on",
        "zahlungsdatum",
        "valuta",
        "wertstellung",
        "zahlung vom",
        "uberwiesen am",
        "date de paiement",
        "date du virement",
        "fecha de pago",
        "data pagamento",
        "data di pagamento",
        "betaaldatum",
        "betaald op",
    ];
    let dates = dates::find(layout);
    layout.lines.iter().enumerate().find_map(|(index, line)| {
        let folded = line
            .tokens
            .iter()
            .map(|t| t.key.as_str())
            .collect::<Vec<_>>()
            .join(" ");
        let labelled = labels.iter().any(|label| folded.contains(label));
        let printed = dates.iter().find(|d| labelled && d.spot.line == index)?;
        let day = printed.readings.first()?;
        let sure = if printed.readings.len() == 1 {
            930
        } else {
            600
        };
        Some(Field::text(
            *day,
            Confidence::per_mille(sure),
            layout.source(printed.spot),
        ))
    })
}

/// The payer's reference: what stands behind such a label.
fn reference(layout: &Layout) -> Option<Field<String>> {
    let labels = [
        "payment reference",
        "payment ref",
        "our reference",
        "our ref",
        "payment no",
        "payment number",
        "remittance no",
        "avis-nr",
        "avisnummer",
        "zahlungsreferenz",
        "unsere referenz",
        "payment id",
    ];
    layout.lines.iter().enumerate().find_map(|(index, line)| {
        let keys = line
            .tokens
            .iter()
            .map(|t| t.key.as_str())
            .collect::<Vec<_>>();
        let end = (1..=3.min(keys.len())).find(|end| {
            keys.get(..*end)
                .is_some_and(|words| labels.contains(&words.join(" ").as_str()))
        })?;
        let spot = Spot {
            line: index,
            start: end,
            end: end + 1,
        };
        let value = layout.text(spot);
        let value = value.trim_matches(|c: char| !c.is_alphanumeric());
        value.contains(|c: char| c.is_ascii_digit()).then(|| {
            Field::text(
                one_line(value, 60),
                Confidence::per_mille(850),
                layout.source(spot),
            )
        })
    })
}

/// A known party named in the text.
fn payer(layout: &Layout, known: &[KnownParty]) -> Option<Field<String>> {
    let text = squash(&layout.plain());
    let named = known.iter().find(|party| {
        let core = super::super::identity::core_name(&party.name);
        core.chars().count() >= 5 && text.contains(&core)
    })?;
    Some(Field::text(
        named.name.clone(),
        Confidence::per_mille(930),
        Source::Computed,
    ))
}

/// The heading word of a remittance in a title or subject.
pub fn is_named_remittance(text: &str) -> bool {
    let padded = format!(" {} ", fold(text));
    let own = HEADINGS
        .iter()
        .filter(|(heading, _)| *heading == Heading::Remittance);
    let mut words = own.flat_map(|(_, words)| words.iter());
    words.any(|word| padded.contains(&format!(" {word} ")))
}

#[cfg(test)]
mod tests;
