//! FatturaPA 1.0 to 1.2, the invoice of the Italian exchange (SdI), by the element names of its technical specification.
//!
//! It states neither a sum of lines nor, always, a total: BT-106, BT-108 and BT-115 are put together here by the rules the
//! exchange checks files with, so that the sums can be held against each other like those of any other invoice.

mod simplified;
mod totals;

use std::collections::HashMap;

use super::e_invoice::{AllowanceCharge, EInvoice, Line, Party, Preceding, Syntax, VatRow};
use super::xml::{Element, XmlError};
use super::xml_root::RootKind;
use super::xml_split;
use super::xml_terms::{Terms, read_date, text_in, texts};
use crate::basics::calendar::{Date, add_days};

const BODY: &str = "FatturaElettronicaBody";
const DOCUMENT: &str = "FatturaElettronicaBody/DatiGenerali/DatiGeneraliDocumento";
const GENERAL: &str = "FatturaElettronicaBody/DatiGenerali";
const GOODS: &str = "FatturaElettronicaBody/DatiBeniServizi";
const PAYMENT: &str = "FatturaElettronicaBody/DatiPagamento/DettaglioPagamento";
const SELLER: &str = "FatturaElettronicaHeader/CedentePrestatore";
const BUYER: &str = "FatturaElettronicaHeader/CessionarioCommittente";

/// Invoices taken out of one file. The exchange takes files of 5 MB, some hundred invoices of one line.
pub const MAX_BODIES: usize = 500;

/// The format has three digits for days to pay.
const MAX_TERM_DAYS: i32 = 999;

/// A file with several invoices as one file for each, in their order; empty when it holds one, or is no FatturaPA.
///
/// # Errors
/// When it is not readable as XML, or holds more than `MAX_BODIES`.
pub fn split(bytes: &[u8]) -> Result<Vec<Vec<u8>>, XmlError> {
    xml_split::one_each(bytes, BODY, MAX_BODIES)
}

/// Reads an ordinary or a simplified invoice; `None` when the root is another document.
pub(super) fn from_xml(kind: RootKind, root: &Element) -> Option<EInvoice> {
    (kind == RootKind::FatturaPa).then(|| {
        let (root, others) = first_body(root);
        let mut invoice = if root.name == "FatturaElettronicaSemplificata" {
            simplified::read(&root)
        } else {
            read(&root)
        };
        invoice.left_out = others;
        invoice
    })
}

/// The root with its first body only, and how many others it has: terms of two invoices must never be mixed.
fn first_body(root: &Element) -> (Element, usize) {
    let mut bodies = 0;
    let mut one = root.clone();
    one.children.retain(|child| {
        bodies += usize::from(child.name == BODY);
        child.name != BODY || bodies == 1
    });
    (one, bodies.saturating_sub(1))
}

fn read(root: &Element) -> EInvoice {
    let mut terms = Terms::new(root);
    let t = &mut terms;
    let payment = |name: &str| format!("{PAYMENT}/{name}");
    let mut invoice = EInvoice {
        seller: seller(t, root),
        buyer: buyer(t, root),
        order_number: t.text(
            "BT-13",
            &[&format!("{GENERAL}/DatiOrdineAcquisto/IdDocumento")],
        ),
        contract: t.text("BT-12", &[&format!("{GENERAL}/DatiContratto/IdDocumento")]),
        receiving_advice: t.text("BT-15", &[&format!("{GENERAL}/DatiRicezione/IdDocumento")]),
        despatch_advice: t.text("BT-16", &[&format!("{GENERAL}/DatiDDT/NumeroDDT")]),
        preceding: preceding(t, root),
        due_date: due_date(t, root),
        payee: text_in(root, &payment("Beneficiario")).map(|name| Party {
            name: Some(name),
            ..Party::default()
        }),
        payment_means: text_in(root, &payment("ModalitaPagamento")).map(means),
        payment_reference: t.text("BT-83", &[&payment("CodicePagamento")]),
        bic: t.text("BT-86", &[&payment("BIC")]),
        vat_rows: vat_rows(t, root),
        lines: lines(t, root),
        attachments: t.files(&format!("{BODY}/Allegati"), "Attachment", |entry| {
            text_in(entry, "NomeAttachment")
        }),
        ..document(t, root)
    };
    t.text("BT-84", &[&payment("IBAN")]);
    invoice.accounts = texts(root, &payment("IBAN"));
    totals::fill(&mut invoice, t, root);
    invoice.paths = terms.paths;
    invoice.issues = terms.issues;
    invoice
}

/// What ordinary and simplified invoices write in the same place.
fn document(t: &mut Terms<'_>, root: &Element) -> EInvoice {
    let at = |name: &str| format!("{DOCUMENT}/{name}");
    EInvoice {
        syntax: Syntax::FatturaPa,
        specification: root
            .attribute("versione")
            .map(|version| format!("FatturaPA {version}")),
        number: t.text("BT-1", &[&at("Numero")]),
        issue_date: t.date("BT-2", &[&at("Data")]),
        type_code: t.text("BT-3", &[&at("TipoDocumento")]),
        currency: t.text("BT-5", &[&at("Divisa")]),
        notes: texts(root, &at("Causale")),
        ..EInvoice::default()
    }
}

fn preceding(t: &mut Terms<'_>, root: &Element) -> Vec<Preceding> {
    let earlier = root.all(&format!("{GENERAL}/DatiFattureCollegate"));
    let earlier = earlier.into_iter().filter_map(|one| {
        Some(Preceding {
            number: text_in(one, "IdDocumento")?,
            issue_date: t.date_in(one, "Data"),
        })
    });
    earlier.collect()
}

fn seller(t: &mut Terms<'_>, root: &Element) -> Party {
    name_paths(t, "BT-27", SELLER);
    t.text(
        "BT-31",
        &[&format!("{SELLER}/DatiAnagrafici/IdFiscaleIVA/IdCodice")],
    );
    root.find(SELLER).map(party).unwrap_or_default()
}

fn buyer(t: &mut Terms<'_>, root: &Element) -> Party {
    name_paths(t, "BT-44", BUYER);
    t.text(
        "BT-48",
        &[&format!("{BUYER}/DatiAnagrafici/IdFiscaleIVA/IdCodice")],
    );
    root.find(BUYER).map(party).unwrap_or_default()
}

fn name_paths(t: &mut Terms<'_>, term: &'static str, holder: &str) {
    let at = |name: &str| format!("{holder}/DatiAnagrafici/Anagrafica/{name}");
    t.text(term, &[&at("Denominazione"), &at("Cognome")]);
}

fn party(holder: &Element) -> Party {
    let person = "DatiAnagrafici/Anagrafica";
    let office = text_in(holder, "IscrizioneREA/Ufficio");
    let entry = text_in(holder, "IscrizioneREA/NumeroREA");
    Party {
        name: text_in(holder, &format!("{person}/Denominazione"))
            .or_else(|| natural_person(holder, person)),
        vat_id: vat_id(holder, "DatiAnagrafici/IdFiscaleIVA"),
        tax_number: text_in(holder, "DatiAnagrafici/CodiceFiscale"),
        ids: texts(holder, &format!("{person}/CodEORI")),
        registration: office
            .zip(entry)
            .map(|(office, entry)| format!("{office} {entry}")),
        country: text_in(holder, "Sede/Nazione"),
        contact_mail: text_in(holder, "Contatti/Email"),
        ..Party::default()
    }
}

/// First name and family name, where there is no company name.
fn natural_person(holder: &Element, path: &str) -> Option<String> {
    let family = text_in(holder, &format!("{path}/Cognome"))?;
    Some(match text_in(holder, &format!("{path}/Nome")) {
        Some(first) => format!("{first} {family}"),
        None => family,
    })
}

/// Country and number stand apart; some programs write the country into the number once more.
fn vat_id(holder: &Element, path: &str) -> Option<String> {
    let country = text_in(holder, &format!("{path}/IdPaese"))?;
    let number = text_in(holder, &format!("{path}/IdCodice"))?;
    Some(if number.starts_with(&country) {
        number
    } else {
        format!("{country}{number}")
    })
}

/// The earliest date to pay on. Where only days are given, they count from the date stated with them.
fn due_date(t: &mut Terms<'_>, root: &Element) -> Option<Date> {
    let first = t.date("BT-9", &[&format!("{PAYMENT}/DataScadenzaPagamento")]);
    let of_entry = |entry: &Element| {
        let date = |name| entry.text_at(name).and_then(read_date);
        let days = entry.text_at("GiorniTerminiPagamento");
        let days = days.and_then(|days| days.parse::<i32>().ok());
        let counted = date("DataRiferimentoTerminiPagamento")
            .zip(days.filter(|days| (0..=MAX_TERM_DAYS).contains(days)))
            .map(|(from, days)| add_days(from, days));
        date("DataScadenzaPagamento").or(counted)
    };
    let dates = root.all(PAYMENT).into_iter().filter_map(of_entry);
    dates.min().or(first)
}

/// ModalitaPagamento in the codes of UNCL4461, where one means the same.
fn means(code: String) -> String {
    let uncl = match code.as_str() {
        "MP01" | "MP04" => "10",
        "MP02" | "MP03" => "20",
        "MP05" => "30",
        "MP08" => "48",
        "MP09" | "MP10" | "MP11" | "MP16" | "MP17" => "49",
        "MP19" | "MP20" | "MP21" => "59",
        _ => return code,
    };
    uncl.to_owned()
}

fn vat_rows(t: &mut Terms<'_>, root: &Element) -> Vec<VatRow> {
    let one = |row: &Element| VatRow {
        base: t.amount_in(row, "ImponibileImporto"),
        tax: t.amount_in(row, "Imposta"),
        category: category(row),
        rate: t.amount_in(row, "AliquotaIVA"),
        exemption: text_in(row, "RiferimentoNormativo"),
        exemption_code: text_in(row, "Natura"),
    };
    root.all(&format!("{GOODS}/DatiRiepilogo"))
        .into_iter()
        .map(one)
        .collect()
}

/// Natura and EsigibilitaIVA in the nearest category of UNCL5305.
fn category(row: &Element) -> Option<String> {
    let nature = text_in(row, "Natura").unwrap_or_default();
    let is_split = row.text_at("EsigibilitaIVA") == Some("S");
    let code = match nature.get(..2).unwrap_or_default() {
        "" if is_split => "B",
        "" => "S",
        "N1" | "N2" | "N7" => "O",
        "N3" if nature == "N3.2" => "K",
        "N3" => "G",
        "N4" | "N5" => "E",
        "N6" => "AE",
        _ => return None,
    };
    Some(code.to_owned())
}

/// The lines, each with the first order that names it.
fn lines(t: &mut Terms<'_>, root: &Element) -> Vec<Line> {
    let mut orders = HashMap::new();
    for order in root.all(&format!("{GENERAL}/DatiOrdineAcquisto")) {
        for line in texts(order, "RiferimentoNumeroLinea") {
            orders.entry(line).or_insert(order);
        }
    }
    let lines = root.all(&format!("{GOODS}/DettaglioLinee")).into_iter();
    lines.map(|line| read_line(t, &orders, line)).collect()
}

fn read_line(t: &mut Terms<'_>, orders: &HashMap<String, &Element>, line: &Element) -> Line {
    let id = text_in(line, "NumeroLinea");
    let order = id.as_ref().and_then(|id| orders.get(id));
    Line {
        description: text_in(line, "Descrizione"),
        quantity: t.amount_in(line, "Quantita"),
        unit: text_in(line, "UnitaMisura"),
        unit_price: t.amount_in(line, "PrezzoUnitario"),
        net: t.amount_in(line, "PrezzoTotale"),
        tax_rate: t.amount_in(line, "AliquotaIVA"),
        order_line: order.and_then(|order| text_in(order, "NumItem")),
        accounting_reference: text_in(line, "RiferimentoAmministrazione"),
        seller_item: text_in(line, "CodiceArticolo/CodiceValore"),
        id,
        ..Line::default()
    }
}

/// The pension funds' contributions, which are billed and taxed like goods, as charges.
fn fund_charges(t: &mut Terms<'_>, root: &Element) -> Vec<AllowanceCharge> {
    let one = |entry: &Element| AllowanceCharge {
        is_charge: true,
        amount: t.amount_in(entry, "ImportoContributoCassa"),
    };
    root.all(&format!("{DOCUMENT}/DatiCassaPrevidenziale"))
        .into_iter()
        .map(one)
        .collect()
}

#[cfg(test)]
mod tests;
