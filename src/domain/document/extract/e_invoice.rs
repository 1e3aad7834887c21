//! From an electronic invoice: the values are written, so they are certain; only their agreement with the page is not.

use rust_decimal::Decimal;

use super::super::field::{Confidence, Field, Fields, Method, Source};
use super::super::{DocumentLine, StatedAmounts, StatedVat};
use crate::basics::currency::Currency;
use crate::basics::money::Money;
use crate::basics::text::one_line;
use crate::formats::e_invoice::{EInvoice, Line, Party};

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
pub fn as_hints(fields: &mut Fields, page_text: &str) {
    /// Below the line from which values are taken without a look.
    const HINT: Confidence = Confidence::per_mille(850);
    fn weigh<T>(field: &mut Option<Field<T>>, is_shown: impl Fn(&T) -> bool) {
        if let Some(field) = field
            && !is_shown(&field.value)
        {
            field.confidence = HINT;
        }
    }
    let squashed = crate::basics::text::squash(page_text);
    let shown = |value: &String| squashed.contains(&crate::basics::text::squash(value));
    weigh(&mut fields.supplier_name, shown);
    weigh(&mut fields.supplier_vat, shown);
    weigh(&mut fields.invoice_number, shown);
    weigh(&mut fields.iban, shown);
    weigh(&mut fields.net_total, |money| {
        shows_amount(page_text, money.to_decimal())
    });
    weigh(&mut fields.gross_total, |money| {
        shows_amount(page_text, money.to_decimal())
    });
}

/// The page shows this amount, in any way amounts are written.
pub fn shows_amount(page_text: &str, amount: Decimal) -> bool {
    let wanted = amount.abs().normalize();
    let digits = wanted
        .to_string()
        .chars()
        .filter(char::is_ascii_digit)
        .collect::<String>();
    let digits = digits.trim_start_matches('0');
    let shows = |line: &str| {
        let squeezed = line.chars().filter(char::is_ascii_digit);
        squeezed.collect::<String>().contains(digits)
    };
    // Whole amounts may be printed with or without cents; both spellings contain these digits.
    digits.is_empty() || page_text.lines().any(shows)
}

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
    use super::*;

    #[test]
    fn an_amount_is_found_however_it_is_written() {
        let amount = Decimal::new(119_000, 2);
        for page in [
            "Gesamt 1.190,00 EUR",
            "total 1,190.00",
            "1 190,00 €",
            "CHF 1'190.-",
        ] {
            assert!(shows_amount(page, amount), "{page}");
        }
        assert!(!shows_amount("Gesamt 1.910,00 EUR", amount));
        assert!(!shows_amount("Seite 11\n90 Stück", amount));
    }
}
