//! The sums of a FatturaPA, brought to the terms of EN 16931.

use rust_decimal::Decimal;

use super::super::e_invoice::{AllowanceCharge, EInvoice};
use super::super::xml::Element;
use super::super::xml_terms::Terms;
use super::{DOCUMENT, GOODS, PAYMENT, fund_charges};

/// The exchange lets a base be one euro off the lines of its rate (check 00422 of the SdI).
const LINE_TOLERANCE: Decimal = Decimal::ONE;

/// Fills every total. `invoice` has its lines and VAT rows.
pub(super) fn fill(invoice: &mut EInvoice, t: &mut Terms<'_>, root: &Element) {
    let summary = format!("/{}/{GOODS}/DatiRiepilogo", root.name);
    invoice.tax_exclusive = sum(invoice.vat_rows.iter().map(|row| row.base));
    invoice.tax_total = sum(invoice.vat_rows.iter().map(|row| row.tax));
    if invoice.tax_exclusive.is_some() {
        t.paths
            .push(("BT-109", format!("{summary}/ImponibileImporto")));
        t.paths.push(("BT-110", format!("{summary}/Imposta")));
    }
    invoice.allowances_charges = fund_charges(t, root);
    invoice.allowances_charges.extend(base_roundings(t, root));
    invoice.line_total = sum(invoice.lines.iter().map(|line| line.net));
    invoice.charge_total = sum_of(invoice, true);
    invoice.allowance_total = sum_of(invoice, false);
    invoice.line_tolerance = Some(LINE_TOLERANCE);
    invoice.withheld = withheld(t, root);
    let payments = payments(t, root);
    fill_gross(invoice, t, root, &payments);
    fill_payable(invoice, t, root, &payments);
}

/// The sum of what is there; `None` where nothing is.
pub(super) fn sum(amounts: impl Iterator<Item = Option<Decimal>>) -> Option<Decimal> {
    amounts
        .flatten()
        .try_fold(None, |sum: Option<Decimal>, one| {
            Some(Some(sum.unwrap_or_default().checked_add(one)?))
        })?
}

fn sum_of(invoice: &EInvoice, charges: bool) -> Option<Decimal> {
    let entries = invoice.allowances_charges.iter();
    sum(entries
        .filter(|entry| entry.is_charge == charges)
        .map(|entry| entry.amount))
}

/// Arrotondamento of a summary row is part of its base.
fn base_roundings(t: &mut Terms<'_>, root: &Element) -> Vec<AllowanceCharge> {
    let rows = root.all(&format!("{GOODS}/DatiRiepilogo")).into_iter();
    let roundings = rows.filter_map(|row| t.amount_in(row, "Arrotondamento"));
    let of_base = roundings.filter(|rounding| !rounding.is_zero());
    of_base
        .map(|rounding| AllowanceCharge {
            is_charge: rounding > Decimal::ZERO,
            amount: Some(rounding.abs()),
        })
        .collect()
}

/// Withholding tax and contributions, and the VAT a public body pays to the tax office itself (split payment).
fn withheld(t: &mut Terms<'_>, root: &Element) -> Option<Decimal> {
    let withholdings = root.all(&format!("{DOCUMENT}/DatiRitenuta"));
    let split = root.all(&format!("{GOODS}/DatiRiepilogo")).into_iter();
    let split = split.filter(|row| row.text_at("EsigibilitaIVA") == Some("S"));
    let kept = withholdings
        .into_iter()
        .map(|entry| t.amount_in(entry, "ImportoRitenuta"))
        .collect::<Vec<_>>();
    let vat = split.map(|row| t.amount_in(row, "Imposta"));
    sum(kept.into_iter().chain(vat))
}

fn payments(t: &mut Terms<'_>, root: &Element) -> Vec<Decimal> {
    let entries = root.all(PAYMENT).into_iter();
    entries
        .filter_map(|entry| t.amount_in(entry, "ImportoPagamento"))
        .collect()
}

/// BT-112. It need not be stated; then it is base and VAT, and what the payments show to stand beside them.
fn fill_gross(invoice: &mut EInvoice, t: &mut Terms<'_>, root: &Element, payments: &[Decimal]) {
    let stated = t.amount("BT-112", &format!("{DOCUMENT}/ImportoTotaleDocumento"));
    let taxed = sum([invoice.tax_exclusive, invoice.tax_total].into_iter());
    let paid = sum([paid(payments, None), invoice.withheld].into_iter());
    let target = stated.or(paid.filter(|_| !payments.is_empty()));
    let between = target
        .zip(taxed)
        .and_then(|(target, taxed)| target.checked_sub(taxed));
    invoice.outside_vat = between
        .filter(|off| !off.is_zero())
        .filter(|off| can_be_made_of(*off, &beside_vat(t, root)));
    invoice.tax_inclusive = stated.or_else(|| sum([taxed, invoice.outside_vat].into_iter()));
    if stated.is_none() && invoice.tax_inclusive.is_some() {
        let path = format!("/{}/{GOODS}/DatiRiepilogo", root.name);
        t.paths.push(("BT-112", path));
    }
}

/// Stamp duty, discounts and roundings of the whole document. Programs differ in whether they count them into the total.
fn beside_vat(t: &mut Terms<'_>, root: &Element) -> Vec<Decimal> {
    let Some(document) = root.find(DOCUMENT) else {
        return Vec::new();
    };
    let mut parts = Vec::new();
    parts.extend(t.amount_in(document, "DatiBollo/ImportoBollo"));
    parts.extend(t.amount_in(document, "Arrotondamento"));
    // The exchange knows no more than a handful of them.
    for entry in document.all("ScontoMaggiorazione").into_iter().take(4) {
        let amount = t.amount_in(entry, "Importo");
        let is_discount = entry.text_at("Tipo") == Some("SC");
        parts.extend(amount.map(|amount| if is_discount { -amount } else { amount }));
    }
    parts
}

/// Some of the parts make the whole. There are six parts at most.
fn can_be_made_of(whole: Decimal, parts: &[Decimal]) -> bool {
    match parts.split_first() {
        _ if whole.is_zero() => true,
        None => false,
        Some((part, rest)) => {
            can_be_made_of(whole, rest)
                || whole
                    .checked_sub(*part)
                    .is_some_and(|left| can_be_made_of(left, rest))
        }
    }
}

/// BT-115: the payments asked for together, or what is left of the total.
fn fill_payable(invoice: &mut EInvoice, t: &mut Terms<'_>, root: &Element, payments: &[Decimal]) {
    let kept = invoice.withheld.unwrap_or_default();
    let left = invoice
        .tax_inclusive
        .and_then(|gross| gross.checked_sub(kept));
    invoice.payable = paid(payments, left).or(left);
    if !payments.is_empty() {
        let path = format!("/{}/{PAYMENT}/ImportoPagamento", root.name);
        t.paths.push(("BT-115", path));
    }
}

/// Instalments add up; the same whole amount once for each account that takes it does not.
fn paid(payments: &[Decimal], whole: Option<Decimal>) -> Option<Decimal> {
    if whole.is_some() && payments.iter().all(|payment| Some(*payment) == whole) {
        return payments.first().copied();
    }
    sum(payments.iter().copied().map(Some))
}
