//! A remittance advice: numbers with amounts, and the total they make. From text, from tables, from CSV.

use rust_decimal::Decimal;

use super::super::RemittanceLine;
use super::super::field::{Confidence, Field, Fields, Source};
use super::super::identity::KnownParty;
use super::super::layout::{Layout, Line, Spot, key};
use super::super::words::{HEADINGS, Heading, PAYMENT_PHRASES};
use super::amounts::{self, Amount};
use super::dates;
use crate::basics::bank_account::Iban;
use crate::basics::currency::Currency;
use crate::basics::money::Money;
use crate::basics::text::{fold, one_line, squash};
use crate::formats::issue::Issue;
use crate::formats::{date, number};

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
    let first_amount = on_row
        .iter()
        .filter(|a| a.is_money)
        .map(|a| a.spot.start)
        .min()?;
    let names = [
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
    let accounts = account_words(layout, index, line);
    let phone_at = line.tokens.iter().position(|token| {
        matches!(
            token.key.as_str(),
            "tel" | "phone" | "fax" | "telefon" | "telephone" | "mobil" | "mobile"
        )
    });
    for (at, token) in line.tokens.iter().enumerate() {
        let in_money = on_row
            .iter()
            .any(|a| a.is_money && (a.spot.start..a.spot.end).contains(&at));
        let text = token.text.trim_matches(|c: char| !c.is_alphanumeric());
        let digits = text.chars().filter(char::is_ascii_digit).count();
        let odd = text
            .chars()
            .any(|c| !(c.is_alphanumeric() || matches!(c, '-' | '/' | '.' | '_' | '#')));
        let previous = at
            .checked_sub(1)
            .and_then(|before| line.tokens.get(before))
            .map(|t| t.key.as_str())
            .unwrap_or_default();
        let named = names.contains(&previous)
            || names
                .iter()
                .any(|name| previous.ends_with(name) && previous.len() > 4);
        let enough = if named {
            digits >= 2
        } else {
            digits >= 3 && text.chars().count() >= 4
        };
        if in_money
            || odd
            || !enough
            || text.chars().count() > 40
            || amounts::has_cents(text)
            || accounts.contains(&at)
        {
            continue;
        }
        let is_date = !date::readings(text).is_empty()
            && (text.contains(['.', '/']) || text.matches('-').count() == 2);
        let is_year = digits == 4
            && text.len() == 4
            && (text.starts_with("19") || text.starts_with("20"))
            && !named;
        let is_phone = token.text.starts_with('+')
            || phone_at.is_some_and(|phone| phone < at)
            || matches!(
                previous,
                "ref" | "reference" | "iban" | "customer" | "kundennummer" | "kunde"
            );
        if !(is_date || is_year || is_phone) && (at < first_amount || named) {
            return Some(text.to_owned());
        }
    }
    None
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

/// What a column of a table holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Role {
    Number,
    Gross,
    Discount,
    Paid,
    Currency,
    Other,
}

/// Header synonyms in six languages, folded and squeezed.
fn role_of(heading: &str) -> Role {
    let heading = squash(heading);
    let is = |list: &[&str]| list.contains(&heading.as_str());
    if is(&[
        "invoice",
        "invoiceno",
        "invoicenumber",
        "invoicenr",
        "invoiceid",
        "invoiceref",
        "invoicereference",
        "invno",
        "inv",
        "document",
        "documentno",
        "documentnumber",
        "docno",
        "yourinvoice",
        "yourinvoiceno",
        "yourreference",
        "yourref",
        "reference",
        "ref",
        "number",
        "billnumber",
        "supplierinvoiceno",
        "vendorinvoice",
        "rechnung",
        "rechnungsnummer",
        "rechnungsnr",
        "rechnungnr",
        "rgnr",
        "renr",
        "beleg",
        "belegnr",
        "belegnummer",
        "ihrereferenz",
        "ihrerechnung",
        "ihrbeleg",
        "referenz",
        "facture",
        "nfacture",
        "nofacture",
        "numerofacture",
        "numerodefacture",
        "nodefacture",
        "ndefacture",
        "factura",
        "nofactura",
        "numerofactura",
        "numerodefactura",
        "fattura",
        "numerofattura",
        "nfattura",
        "factuur",
        "factuurnummer",
        "factuurnr",
    ]) {
        Role::Number
    } else if is(&[
        "amountpaid",
        "paid",
        "paidamount",
        "payment",
        "paymentamount",
        "netpaid",
        "netamount",
        "net",
        "amountremitted",
        "remitted",
        "netpayment",
        "paymentnet",
        "applied",
        "amountapplied",
        "thispayment",
        "totalpaid",
        "zahlbetrag",
        "zahlung",
        "bezahlt",
        "gezahlt",
        "gezahlterbetrag",
        "uberweisungsbetrag",
        "zahlungsbetrag",
        "nettozahlung",
        "netto",
        "montantpaye",
        "montantregle",
        "paye",
        "regle",
        "importepagado",
        "pagado",
        "importopagato",
        "pagato",
        "betaald",
        "betaaldbedrag",
    ]) {
        Role::Paid
    } else if is(&[
        "discount",
        "discounttaken",
        "cashdiscount",
        "deduction",
        "deductions",
        "adjustment",
        "adjustments",
        "skonto",
        "skontobetrag",
        "abzug",
        "rabatt",
        "escompte",
        "remise",
        "descuento",
        "sconto",
        "korting",
    ]) {
        Role::Discount
    } else if is(&[
        "amount",
        "gross",
        "grossamount",
        "invoiceamount",
        "total",
        "invoicetotal",
        "amountdue",
        "originalamount",
        "value",
        "sum",
        "betrag",
        "brutto",
        "bruttobetrag",
        "rechnungsbetrag",
        "summe",
        "montant",
        "montantttc",
        "importe",
        "importo",
        "bedrag",
        "amounteur",
        "betrageur",
        "amountusd",
        "amountgbp",
        "eur",
        "usd",
        "gbp",
    ]) {
        Role::Gross
    } else if is(&[
        "currency", "cur", "ccy", "wahrung", "whg", "devise", "moneda", "divisa", "valuta",
    ]) {
        Role::Currency
    } else {
        Role::Other
    }
}

/// Rows under a heading row that has a column of numbers and one of amounts.
fn from_table(table: &Table) -> Option<Draft> {
    let (head, roles) = table.iter().enumerate().take(30).find_map(|(index, row)| {
        let roles = row.iter().map(|cell| role_of(cell)).collect::<Vec<_>>();
        let usable = roles.contains(&Role::Number)
            && (roles.contains(&Role::Paid) || roles.contains(&Role::Gross));
        usable.then_some((index, roles))
    })?;
    let column = |role: Role| roles.iter().position(|own| *own == role);
    let number_column = column(Role::Number)?;
    let paid_column = column(Role::Paid).or(column(Role::Gross))?;
    let discount_column = column(Role::Discount);
    let heading = table.get(head).map(|row| row.join(" ")).unwrap_or_default();
    let mut draft = Draft {
        currency: heading
            .split_whitespace()
            .find_map(amounts::currency_of)
            .and_then(Currency::parse),
        ..Draft::default()
    };
    for (index, row) in table.iter().enumerate().skip(head + 1) {
        let cell = |at: usize| row.get(at).map(String::as_str).unwrap_or_default();
        let currency = column(Role::Currency)
            .and_then(|at| Currency::parse(cell(at)))
            .or_else(|| row.iter().find_map(|c| currency_in(c)));
        draft.currency = draft.currency.or(currency);
        let folded = row
            .iter()
            .map(|cell| key(cell))
            .collect::<Vec<_>>()
            .join(" ");
        let number = one_line(cell(number_column), 60);
        let has_digit = number.contains(|c: char| c.is_ascii_digit());
        let source = Source::Line(u32::try_from(index + 1).unwrap_or(u32::MAX));
        let last_amount = || row.iter().rev().find_map(|c| first_reading(c));
        if is_total_row(&folded) && !has_digit || number.is_empty() {
            if is_total_row(&folded)
                && let Some(total) = first_reading(cell(paid_column)).or_else(last_amount)
            {
                draft.total = Some((total, source));
            }
            continue;
        }
        if let Some(paid) = first_reading(cell(paid_column)).filter(|_| has_digit) {
            let discount = discount_column
                .and_then(|at| first_reading(cell(at)))
                .map(|d| d.abs())
                .filter(|d| !d.is_zero());
            draft.rows.push(Row {
                number,
                paid,
                discount,
                currency,
            });
        }
    }
    (!draft.rows.is_empty()).then_some(draft)
}

fn currency_in(cell: &str) -> Option<Currency> {
    cell.split_whitespace()
        .find_map(amounts::currency_of)
        .and_then(Currency::parse)
}

/// The usual reading, or the one with cents where the other would be a thousand times more and the cell has them.
fn first_reading(cell: &str) -> Option<Decimal> {
    number::readings(cell).first().copied()
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
    let words = HEADINGS
        .iter()
        .filter(|(heading, _)| *heading == Heading::Remittance)
        .flat_map(|(_, words)| words.iter());
    words
        .into_iter()
        .any(|word| padded.contains(&format!(" {word} ")))
}

#[cfg(test)]
mod tests;
