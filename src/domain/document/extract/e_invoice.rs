//! From an electronic invoice: the values are written, so they are certain; only their agreement with the page is not.

use rust_decimal::Decimal;

use super::super::field::{Confidence, Field, Fields, Method, Source};
use super::super::layout::Layout;
use super::super::{DocumentLine, StatedAmounts, StatedVat};
use super::amounts::{Amount, currency_of};
use super::bill::Findings;
use super::dates;
use crate::basics::currency::Currency;
use crate::basics::money::Money;
use crate::basics::text::{one_line, squash};
use crate::formats::e_invoice::{EInvoice, Line, Party};
use crate::formats::number;

/// Names and numbers longer than this are no names and numbers; EN 16931 sets no limit, books do.
pub(super) const MAX_TEXT_CHARS: usize = 500;

/// The fields of an e-invoice with the paths they stand at.
pub fn fields(invoice: &EInvoice) -> Fields {
    let currency = invoice.currency.as_deref().and_then(Currency::parse);
    let text = |value: Option<&str>, term: &str| {
        let value = one_line(value?, MAX_TEXT_CHARS);
        (!value.is_empty()).then(|| Field::xml(value, path(invoice, term)))
    };
    let compact = |value: Option<&str>, term: &str| {
        let value = value?
            .chars()
            .filter(|c| c.is_alphanumeric())
            .collect::<String>()
            .to_uppercase();
        (!value.is_empty()).then(|| Field::xml(value, path(invoice, term)))
    };
    let money = |value: Option<Decimal>, term: &str| {
        let money = Money::rounded(value?, currency?)?;
        Some(Field::xml(money, path(invoice, term)))
    };
    let gross = invoice.tax_inclusive.or(invoice.payable);
    Fields {
        supplier_name: text(name(&invoice.seller), "BT-27"),
        supplier_vat: compact(invoice.seller.vat_id.as_deref(), "BT-31"),
        customer_name: text(name(&invoice.buyer), "BT-44"),
        customer_vat: compact(invoice.buyer.vat_id.as_deref(), "BT-48"),
        invoice_number: text(invoice.number.as_deref(), "BT-1"),
        issue_date: invoice
            .issue_date
            .map(|day| Field::xml(day, path(invoice, "BT-2"))),
        due_date: invoice
            .due_date
            .map(|day| Field::xml(day, path(invoice, "BT-9"))),
        currency: currency.map(|currency| Field::xml(currency, path(invoice, "BT-5"))),
        net_total: money(invoice.tax_exclusive, "BT-109"),
        tax_total: money(invoice.tax_total, "BT-110"),
        gross_total: money(gross, "BT-112"),
        payable_total: money(invoice.payable, "BT-115"),
        iban: compact(invoice.accounts.first().map(String::as_str), "BT-84"),
        bic: compact(invoice.bic.as_deref(), "BT-86"),
        po_number: text(invoice.order_number.as_deref(), "BT-13"),
        payment_reference: text(invoice.payment_reference.as_deref(), "BT-83"),
        payment_terms: text(invoice.payment_terms.as_deref(), "BT-20"),
        preceding_number: text(
            invoice.preceding.first().map(|one| one.number.as_str()),
            "BT-25",
        ),
        ..Fields::default()
    }
}

pub(super) fn name(party: &Party) -> Option<&str> {
    party.name.as_deref().or(party.trade_name.as_deref())
}

fn path(invoice: &EInvoice, term: &str) -> String {
    invoice
        .paths
        .iter()
        .find(|(found, _)| *found == term)
        .map_or_else(|| term.to_owned(), |(_, path)| path.clone())
}

/// A header-only profile is a hint beside the page (DOMAIN 2.6): what the page does not show as well is not sure.
pub fn as_hints(fields: &mut Fields, layout: &Layout, printed: &[Amount]) {
    /// Below the line from which values are taken without a look.
    const HINT: Confidence = Confidence::per_mille(850);
    fn weigh<T>(field: &mut Option<Field<T>>, is_shown: impl Fn(&T) -> bool) {
        if let Some(field) = field
            && !is_shown(&field.value)
        {
            field.confidence = HINT;
        }
    }
    let squashed = squash(&layout.plain());
    let shown = |value: &String| squashed.contains(&squash(value));
    weigh(&mut fields.supplier_name, shown);
    weigh(&mut fields.supplier_vat, shown);
    weigh(&mut fields.invoice_number, shown);
    weigh(&mut fields.iban, shown);
    weigh(&mut fields.net_total, |money| {
        shows_amount(layout, printed, money.to_decimal())
    });
    weigh(&mut fields.gross_total, |money| {
        shows_amount(layout, printed, money.to_decimal())
    });
}

/// The page shows this amount: one of the numbers printed on it has this value in one of its readings, or a row of digits set
/// apart from each other makes it. Credit notes print it with a sign or without.
pub fn shows_amount(layout: &Layout, printed: &[Amount], amount: Decimal) -> bool {
    let wanted = amount.abs().normalize();
    let is_wanted = |reading: &Decimal| reading.abs().normalize() == wanted;
    let is_printed = printed.iter().any(|own| own.readings.iter().any(is_wanted));
    is_printed || wanted.is_zero() || is_spaced(layout, wanted)
}

/// `1 1 9 0 , 0 0`: nothing stands between the gaps of its row but this amount, a currency and signs.
fn is_spaced(layout: &Layout, wanted: Decimal) -> bool {
    let mut segments = (0..layout.lines.len()).flat_map(|line| layout.segments(line));
    segments.any(|segment| {
        let text = layout.text(segment);
        let letters = text.chars().filter(|c| c.is_alphabetic()).count();
        let number = text
            .chars()
            .filter(|c| !c.is_whitespace() && !c.is_alphabetic());
        let number = number
            .filter(|c| !is_sign_of_currency(*c))
            .collect::<String>();
        letters <= CURRENCY_LETTERS
            && number::readings(&number)
                .iter()
                .any(|own| own.abs().normalize() == wanted)
    })
}

/// Letters of a currency code.
const CURRENCY_LETTERS: usize = 3;

fn is_sign_of_currency(c: char) -> bool {
    matches!(c, '€' | '$' | '£' | '¥')
}

/// What the page says otherwise than the XML: the number and the account where it labels them surely and the XML's stands
/// nowhere on it.
pub fn contradicted_by(invoice: &EInvoice, layout: &Layout, page: &Findings) -> Option<String> {
    let text = squash(&layout.plain());
    let is_sure = |field: &&Field<String>| field.confidence >= SURE;
    let number = page.fields.invoice_number.as_ref().filter(is_sure);
    if let (Some(shown), Some(written)) = (number, &invoice.number)
        && !is_number_on(&text, &shown.value, written)
    {
        let shown = &shown.value;
        return Some(format!(
            "the XML inside says number {written}, the page {shown}"
        ));
    }
    let others = other_currency(invoice, layout, page)
        .or_else(|| other_total(invoice, page))
        .or_else(|| other_day(invoice, layout, page))
        .or_else(|| other_seller(invoice, &text, page));
    if others.is_some() {
        return others;
    }
    let account = page.fields.iban.as_ref().filter(is_sure)?;
    let is_written = |iban: &String| text.contains(&squash(iban)) || *iban == account.value;
    let is_other = !invoice.accounts.is_empty() && !invoice.accounts.iter().any(is_written);
    is_other.then(|| "the XML inside names another account than the page".into())
}

/// The number stands on the page: a long one anywhere in its words, a short one, which stands in many others, as the end of
/// the number that the page shows.
fn is_number_on(text: &str, shown: &str, number: &str) -> bool {
    let (shown, number) = (squash(shown), squash(number));
    if number.chars().count() >= LONG_NUMBER {
        return text.contains(&number);
    }
    let series = shown.strip_suffix(&number);
    series.is_some_and(|series| !series.ends_with(|c: char| c.is_ascii_digit()))
}

/// Letters and digits from which a number does not stand in others by chance.
const LONG_NUMBER: usize = 4;

/// The page surely bills another amount than the XML, which it shows somewhere else perhaps: its net, for instance.
fn other_total(invoice: &EInvoice, page: &Findings) -> Option<String> {
    let shown = page.fields.gross_total.as_ref();
    let shown = shown.filter(|field| field.confidence >= PROVED)?.value;
    let written = [invoice.tax_inclusive, invoice.payable];
    let mut written = written.into_iter().flatten().map(|amount| amount.abs());
    let gross = written.clone().next()?;
    let is_same = written.any(|amount| amount == shown.to_decimal().abs());
    (!is_same).then(|| format!("the XML inside says {gross}, the page {shown}"))
}

/// The page surely names another day of issue, and the XML's stands nowhere on it.
fn other_day(invoice: &EInvoice, layout: &Layout, page: &Findings) -> Option<String> {
    let shown = page.fields.issue_date.as_ref();
    let shown = shown.filter(|field| field.confidence >= PROVED)?.value;
    let written = invoice.issue_date.filter(|day| *day != shown)?;
    let printed = dates::find(layout);
    let is_printed = printed.iter().any(|own| own.readings.contains(&written));
    (!is_printed).then(|| format!("the XML inside is of {written}, the page of {shown}"))
}

/// The page surely bears the VAT id of another seller, and the XML's stands nowhere on it.
fn other_seller(invoice: &EInvoice, text: &str, page: &Findings) -> Option<String> {
    let shown = page.fields.supplier_vat.as_ref();
    let shown = shown.filter(|field| field.confidence >= SURE)?;
    let written = squash(invoice.seller.vat_id.as_deref()?);
    let is_same = squash(&shown.value) == written || text.contains(&written);
    let is_buyers = invoice
        .buyer
        .vat_id
        .as_deref()
        .is_some_and(|vat| squash(vat) == squash(&shown.value));
    (!is_same && !is_buyers && !written.is_empty()).then(|| {
        format!(
            "the XML inside is of a seller with another VAT id than the page, {}",
            shown.value
        )
    })
}

/// The page is surely in one currency, and the XML's stands nowhere on it.
fn other_currency(invoice: &EInvoice, layout: &Layout, page: &Findings) -> Option<String> {
    let shown = page.fields.currency.as_ref();
    let shown = shown
        .filter(|field| field.confidence >= SURE)?
        .value
        .to_string();
    let written = invoice.currency.as_deref()?.trim();
    let mut words = layout.lines.iter().flat_map(|line| line.tokens.iter());
    let is_written = words.any(|word| currency_of(&word.text) == Some(written));
    (shown != written && !is_written)
        .then(|| format!("the XML inside is in {written}, the page in {shown}"))
}

/// From here a value of the page is proved, by a label beside it or a sum.
const PROVED: Confidence = Confidence::per_mille(950);
/// From here a value of the page is taken without a look.
const SURE: Confidence = Confidence::per_mille(900);

/// The lines of an e-invoice.
pub fn lines(invoice: &EInvoice) -> Vec<DocumentLine> {
    stated_lines(&invoice.lines, "BG-25").collect()
}

/// Lines as an XML states them; `term` names them in their place.
pub(super) fn stated_lines(lines: &[Line], term: &str) -> impl Iterator<Item = DocumentLine> {
    (1..).zip(lines).map(move |(number, line): (u32, &Line)| {
        let description = line.description.as_deref().unwrap_or_default();
        DocumentLine {
            description: one_line(description, MAX_TEXT_CHARS),
            quantity: line.quantity,
            unit_price: line.unit_price,
            net: line.net,
            gross: None,
            tax_rate: line.tax_rate,
            confidence: Confidence::CERTAIN,
            source: Source::Path(format!("{term}[{number}]")),
        }
    })
}

/// The amounts as stated, for the arithmetic.
pub fn amounts(invoice: &EInvoice) -> StatedAmounts {
    let of = |is_charge: bool| {
        let chosen = invoice
            .allowances_charges
            .iter()
            .filter(move |entry| entry.is_charge == is_charge);
        chosen.filter_map(|entry| entry.amount).collect::<Vec<_>>()
    };
    StatedAmounts {
        line_nets: invoice.lines.iter().filter_map(|line| line.net).collect(),
        allowances: of(false),
        charges: of(true),
        line_total: invoice.line_total,
        allowance_total: invoice.allowance_total,
        charge_total: invoice.charge_total,
        net: invoice.tax_exclusive,
        tax: invoice.tax_total,
        gross: invoice.tax_inclusive,
        prepaid: invoice.prepaid,
        rounding: invoice.rounding,
        payable: invoice.payable,
        withheld: invoice.withheld,
        outside_vat: invoice.outside_vat,
        line_tolerance: invoice.line_tolerance,
        vat_rows: invoice
            .vat_rows
            .iter()
            .map(|row| StatedVat {
                base: row.base,
                tax: row.tax,
                rate: row.rate,
            })
            .collect(),
    }
}

/// Takes from the page what the XML does not say; what both say, the XML says.
pub fn fill_from_page(xml: &mut Fields, page: Fields) {
    fn fill<T>(own: &mut Option<Field<T>>, other: Option<Field<T>>) {
        if own.is_none() {
            // A header-only XML stands beside it: what only the page says is no surer than the page.
            *own = other
                .filter(|field| field.method != Method::Xml && field.source != Source::Computed);
        }
    }
    fill(&mut xml.due_date, page.due_date);
    fill(&mut xml.iban, page.iban);
    fill(&mut xml.bic, page.bic);
    fill(&mut xml.po_number, page.po_number);
    fill(&mut xml.tax_total, page.tax_total);
}

#[cfg(test)]
mod tests {
    use super::super::super::identity::OwnIdentity;
    use super::super::amounts;
    use super::super::bill::{self, MailFacts};
    use super::*;

    fn shows(page: &str, amount: Decimal) -> bool {
        let layout = Layout::of_text(page);
        shows_amount(&layout, &amounts::find(&layout), amount)
    }

    #[test]
    fn an_amount_is_found_however_it_is_written() {
        let amount = Decimal::new(119_000, 2);
        for page in [
            "Gesamt 1.190,00 EUR",
            "total 1,190.00",
            "Gesamt 1 190,00 €",
            "CHF 1'190.-",
            "Summe    1 1 9 0 , 0 0 EUR",
            "Gutschrift -1.190,00",
        ] {
            assert!(shows(page, amount), "{page}");
        }
        assert!(!shows("Gesamt 1.910,00 EUR", amount));
        assert!(!shows("Seite 11\n90 Stück", amount));
    }

    #[test]
    fn ten_times_an_amount_and_its_digits_elsewhere_are_not_this_amount() {
        assert!(!shows("Gesamtbetrag 119,00 EUR", Decimal::new(119_000, 2)));
        assert!(!shows(
            "Gesamtbetrag 11.900,00 EUR",
            Decimal::new(119_000, 2)
        ));
        assert!(!shows(
            "Rechnung RE-2026-1000\nBetrag 77,00",
            Decimal::new(1_000, 0)
        ));
        assert!(!shows("Gesamtbetrag 115,00 EUR", Decimal::new(500, 2)));
    }

    #[test]
    fn a_number_or_an_account_that_the_page_says_otherwise_is_told() {
        let invoice = |number: &str, account: &str| EInvoice {
            number: Some(number.into()),
            accounts: vec![account.into()],
            ..EInvoice::default()
        };
        let page = "Rechnung\n\nRechnungsnummer: RE-4711\nRechnungsdatum: 05.11.2026\n\nGesamtbetrag 119,00 EUR\n\nIBAN: DE89 3704 0044 0532 0130 00\n";
        let layout = Layout::of_text(page);
        let own = OwnIdentity::default();
        let read = bill::read(&layout, &MailFacts::default(), &own, &[], false);
        let told = |number: &str, account: &str| {
            contradicted_by(&invoice(number, account), &layout, &read)
        };
        assert_eq!(told("RE-4711", "DE89370400440532013000"), None);
        assert!(
            told("RE-4712", "DE89370400440532013000").is_some_and(|why| why.contains("RE-4711"))
        );
        assert!(told("RE-4711", "NL91ABNA0417164300").is_some_and(|why| why.contains("account")));
    }
}
