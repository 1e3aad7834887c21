//! The simplified FatturaPA (TD07 to TD09): receipts up to 400 euros, with prices that include the VAT.

use rust_decimal::Decimal;
use rust_decimal::RoundingStrategy::MidpointAwayFromZero;

use super::super::e_invoice::{EInvoice, Line, Party, VatRow};
use super::super::xml::Element;
use super::super::xml_terms::{Terms, text_in};
use super::totals::sum;
use super::{BUYER, SELLER, document, natural_person, vat_id};

const GOODS: &str = "FatturaElettronicaBody/DatiBeniServizi";

pub(super) fn read(root: &Element) -> EInvoice {
    let mut terms = Terms::new(root);
    let t = &mut terms;
    let (lines, vat_rows): (Vec<Line>, Vec<VatRow>) = root
        .all(GOODS)
        .into_iter()
        .map(|goods| read_goods(t, goods))
        .unzip();
    let buyer = format!("{BUYER}/AltriDatiIdentificativi");
    t.text(
        "BT-27",
        &[
            &format!("{SELLER}/Denominazione"),
            &format!("{SELLER}/Cognome"),
        ],
    );
    t.text("BT-31", &[&format!("{SELLER}/IdFiscaleIVA/IdCodice")]);
    t.text(
        "BT-44",
        &[
            &format!("{buyer}/Denominazione"),
            &format!("{buyer}/Cognome"),
        ],
    );
    t.text(
        "BT-48",
        &[&format!(
            "{BUYER}/IdentificativiFiscali/IdFiscaleIVA/IdCodice"
        )],
    );
    let mut invoice = EInvoice {
        seller: root.find(SELLER).map(seller).unwrap_or_default(),
        buyer: root.find(BUYER).map(self::buyer).unwrap_or_default(),
        tax_exclusive: sum(vat_rows.iter().map(|row| row.base)),
        tax_total: sum(vat_rows.iter().map(|row| row.tax)),
        vat_rows,
        ..document(t, root)
    };
    invoice.line_total = sum(lines.iter().map(|line| line.net));
    invoice.tax_inclusive = sum([invoice.tax_exclusive, invoice.tax_total].into_iter());
    invoice.payable = invoice.tax_inclusive;
    invoice.lines = lines;
    for (term, name) in [
        ("BT-109", "Importo"),
        ("BT-110", "DatiIVA/Imposta"),
        ("BT-112", "Importo"),
    ] {
        t.paths
            .push((term, format!("/{}/{GOODS}/{name}", root.name)));
    }
    invoice.paths = terms.paths;
    invoice.issues = terms.issues;
    invoice
}

fn seller(party: &Element) -> Party {
    Party {
        name: text_in(party, "Denominazione").or_else(|| natural_person(party, "")),
        vat_id: vat_id(party, "IdFiscaleIVA"),
        tax_number: text_in(party, "CodiceFiscale"),
        country: text_in(party, "Sede/Nazione"),
        ..Party::default()
    }
}

fn buyer(party: &Element) -> Party {
    let person = "AltriDatiIdentificativi";
    Party {
        name: text_in(party, &format!("{person}/Denominazione"))
            .or_else(|| natural_person(party, person)),
        vat_id: vat_id(party, "IdentificativiFiscali/IdFiscaleIVA"),
        tax_number: text_in(party, "IdentificativiFiscali/CodiceFiscale"),
        country: text_in(party, &format!("{person}/Sede/Nazione")),
        ..Party::default()
    }
}

/// One entry is a line and a row of the VAT at once. The VAT is stated, or it follows from the rate.
fn read_goods(t: &mut Terms<'_>, goods: &Element) -> (Line, VatRow) {
    let gross = t.amount_in(goods, "Importo");
    let rate = t.amount_in(goods, "DatiIVA/Aliquota");
    let stated = t.amount_in(goods, "DatiIVA/Imposta");
    let computed = || tax_inside(gross?, rate?);
    let tax = stated.or_else(computed).or(gross.map(|_| Decimal::ZERO));
    let net = gross
        .zip(tax)
        .and_then(|(gross, tax)| gross.checked_sub(tax));
    let line = Line {
        description: text_in(goods, "Descrizione"),
        net,
        tax_rate: rate,
        ..Line::default()
    };
    let row = VatRow {
        base: net,
        tax,
        rate,
        ..VatRow::default()
    };
    (line, row)
}

/// Of 122 at 22 per cent, 22.
fn tax_inside(gross: Decimal, rate: Decimal) -> Option<Decimal> {
    let hundred = Decimal::ONE_HUNDRED;
    let tax = gross
        .checked_mul(rate)?
        .checked_div(hundred.checked_add(rate)?)?;
    Some(tax.round_dp_with_strategy(2, MidpointAwayFromZero))
}
