//! From an order, an advice, a statement or a reminder in XML: the values are written, so they are certain.

use rust_decimal::Decimal;

use super::super::field::{Confidence, Field, Fields, Source};
use super::super::{DocumentLine, RemittanceLine};
use super::e_invoice::{MAX_TEXT_CHARS, name, stated_lines};
use crate::basics::currency::Currency;
use crate::basics::money::Money;
use crate::basics::text::one_line;
use crate::formats::issue::Issue;
use crate::formats::trade_document::TradeDocument;

/// The fields it has, with the paths they stand at. Its own number is the order's number or a reference, never an invoice's.
pub fn fields(document: &TradeDocument) -> Fields {
    let currency = document.currency.as_deref().and_then(Currency::parse);
    let text = |value: Option<&str>, term: &str| {
        let value = one_line(value?, MAX_TEXT_CHARS);
        (!value.is_empty()).then(|| Field::xml(value, path(document, term)))
    };
    let compact = |value: Option<&str>, term: &str| {
        let kept = value?.chars().filter(|c| c.is_alphanumeric());
        let value = kept.collect::<String>().to_uppercase();
        (!value.is_empty()).then(|| Field::xml(value, path(document, term)))
    };
    let money = |value: Option<Decimal>, term: &str| {
        let money = Money::rounded(value?, currency?)?;
        Some(Field::xml(money, path(document, term)))
    };
    let is_remittance = document.is_remittance();
    let number = text(document.number.as_deref(), "number");
    let po_number = text(document.order_number.as_deref(), "order_number");
    let is_the_order = document.order_number == document.number;
    let reference = text(document.payment_reference.as_deref(), "payment_reference");
    Fields {
        supplier_name: text(name(&document.seller), "seller"),
        supplier_vat: compact(document.seller.vat_id.as_deref(), "seller"),
        customer_name: text(name(&document.buyer), "buyer"),
        customer_vat: compact(document.buyer.vat_id.as_deref(), "buyer"),
        issue_date: document
            .issue_date
            .map(|day| Field::xml(day, path(document, "issue_date"))),
        currency: currency.map(|currency| Field::xml(currency, path(document, "currency"))),
        net_total: money(document.net, "net"),
        tax_total: money(document.tax, "tax"),
        gross_total: money(document.gross.filter(|_| document.total.is_none()), "gross"),
        iban: compact(document.account.as_deref(), "account"),
        payment_terms: text(document.payment_terms.as_deref(), "payment_terms"),
        payer: text(name(&document.buyer).filter(|_| is_remittance), "buyer"),
        total: money(document.total, "total"),
        payment_date: document
            .payment_date
            .filter(|_| is_remittance)
            .map(|day| Field::xml(day, path(document, "payment_date"))),
        reference: reference
            .filter(|_| is_remittance)
            .or(number.filter(|_| !is_the_order)),
        po_number,
        ..Fields::default()
    }
}

fn path(document: &TradeDocument, term: &str) -> String {
    let mut paths = document.paths.iter();
    paths
        .find(|(found, _)| *found == term)
        .map_or_else(|| term.to_owned(), |(_, path)| path.clone())
}

/// Goods and services; of a statement or a reminder the invoices it names.
pub fn lines(document: &TradeDocument) -> Vec<DocumentLine> {
    let goods = stated_lines(&document.lines, "line");
    let is_remittance = document.is_remittance();
    let open = document.invoices.iter().filter(|_| !is_remittance);
    let open = (1..)
        .zip(open)
        .map(|(number, invoice): (u32, _)| DocumentLine {
            description: one_line(&invoice.number, MAX_TEXT_CHARS),
            net: Some(invoice.amount),
            confidence: Confidence::CERTAIN,
            source: Source::Path(format!("invoice[{number}]")),
            ..DocumentLine::default()
        });
    goods.chain(open).collect()
}

/// What a remittance advice pays, and what is odd about it.
pub fn payments(document: &TradeDocument) -> (Vec<RemittanceLine>, Vec<Issue>) {
    if !document.is_remittance() || document.invoices.is_empty() {
        return (Vec::new(), Vec::new());
    }
    let Some(currency) = document.currency.as_deref().and_then(Currency::parse) else {
        let problem = Issue::new("", "the amounts name no currency");
        return (Vec::new(), vec![problem]);
    };
    let lines = document.invoices.iter().filter_map(|invoice| {
        Some(RemittanceLine {
            invoice: one_line(&invoice.number, MAX_TEXT_CHARS),
            amount: Some(Money::from_decimal(invoice.amount, currency)?),
            discount: match invoice.discount {
                Some(discount) => Some(Money::from_decimal(discount, currency)?),
                None => None,
            },
        })
    });
    let lines = lines.collect::<Vec<_>>();
    let mut issues = Vec::new();
    if lines.len() < document.invoices.len() {
        let problem = "an amount has more decimals than its currency";
        issues.push(Issue::new("", problem));
    }
    let sum = Money::sum(lines.iter().filter_map(|line| line.amount));
    let total = document
        .total
        .and_then(|total| Money::from_decimal(total, currency));
    if let (Some(sum), Some(total)) = (sum, total)
        && sum != total
    {
        let problem = format!("the lines make {sum}, the stated total is {total}");
        issues.push(Issue::new("", problem));
    }
    (lines, issues)
}

#[cfg(test)]
mod tests;
