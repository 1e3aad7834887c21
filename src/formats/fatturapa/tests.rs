use rust_decimal::Decimal;

use super::super::e_invoice::{EInvoice, Syntax};
use super::super::invoice_xml;
use crate::basics::calendar::date;

const HEADER: &str = "<FatturaElettronicaHeader>
<CedentePrestatore><DatiAnagrafici><IdFiscaleIVA><IdPaese>IT</IdPaese><IdCodice>01234567897</IdCodice></IdFiscaleIVA><CodiceFiscale>RSSMRA80A01F205X</CodiceFiscale>
<Anagrafica><Nome>Maria</Nome><Cognome>Rossi</Cognome></Anagrafica></DatiAnagrafici><Sede><Nazione>IT</Nazione></Sede>
<IscrizioneREA><Ufficio>MI</Ufficio><NumeroREA>123456</NumeroREA></IscrizioneREA><Contatti><Email>studio@rossi.test</Email></Contatti></CedentePrestatore>
<CessionarioCommittente><DatiAnagrafici><IdFiscaleIVA><IdPaese>DE</IdPaese><IdCodice>DE136695976</IdCodice></IdFiscaleIVA>
<Anagrafica><Denominazione>La Tavola GmbH</Denominazione></Anagrafica></DatiAnagrafici></CessionarioCommittente></FatturaElettronicaHeader>";

/// A fee of 1,000 with 4 per cent for the pension fund, 22 per cent VAT and 20 per cent withholding tax.
const FEE: &str = "<FatturaElettronicaBody><DatiGenerali><DatiGeneraliDocumento><TipoDocumento>TD06</TipoDocumento><Divisa>EUR</Divisa><Data>2026-11-20</Data><Numero>12/2026</Numero>
<DatiRitenuta><TipoRitenuta>RT01</TipoRitenuta><ImportoRitenuta>200.00</ImportoRitenuta></DatiRitenuta>
<DatiCassaPrevidenziale><ImportoContributoCassa>40.00</ImportoContributoCassa></DatiCassaPrevidenziale>
<ImportoTotaleDocumento>1268.80</ImportoTotaleDocumento><Causale>Consulenza</Causale></DatiGeneraliDocumento>
<DatiOrdineAcquisto><RiferimentoNumeroLinea>1</RiferimentoNumeroLinea><IdDocumento>PO-9</IdDocumento><NumItem>10</NumItem></DatiOrdineAcquisto>
<DatiFattureCollegate><IdDocumento>11/2026</IdDocumento></DatiFattureCollegate></DatiGenerali>
<DatiBeniServizi><DettaglioLinee><NumeroLinea>1</NumeroLinea><Descrizione>Consulenza</Descrizione><Quantita>10.00</Quantita><UnitaMisura>h</UnitaMisura><PrezzoUnitario>100.00</PrezzoUnitario><PrezzoTotale>1000.00</PrezzoTotale><AliquotaIVA>22.00</AliquotaIVA></DettaglioLinee>
<DatiRiepilogo><AliquotaIVA>22.00</AliquotaIVA><ImponibileImporto>1040.00</ImponibileImporto><Imposta>228.80</Imposta></DatiRiepilogo></DatiBeniServizi>
<DatiPagamento><CondizioniPagamento>TP02</CondizioniPagamento><DettaglioPagamento><ModalitaPagamento>MP05</ModalitaPagamento><DataRiferimentoTerminiPagamento>2026-11-20</DataRiferimentoTerminiPagamento><GiorniTerminiPagamento>30</GiorniTerminiPagamento>
<ImportoPagamento>1068.80</ImportoPagamento><IBAN>IT60X0542811101000000123456</IBAN><BIC>BPCVIT2S</BIC><CodicePagamento>PAG-12</CodicePagamento></DettaglioPagamento></DatiPagamento>
<Allegati><NomeAttachment>ore.txt</NomeAttachment><Attachment>b3Jl</Attachment></Allegati></FatturaElettronicaBody>";

fn file(bodies: &[&str]) -> String {
    format!(
        "<?xml version='1.0' encoding='UTF-8'?><p:FatturaElettronica xmlns:p='http://ivaservizi.agenziaentrate.gov.it/docs/xsd/fatture/v1.2' versione='FPR12'>{HEADER}{}</p:FatturaElettronica>",
        bodies.concat()
    )
}

fn read(body: &str) -> EInvoice {
    invoice_xml::read(file(&[body]).as_bytes()).unwrap()
}

fn total(amount: Option<Decimal>) -> String {
    amount.map(|amount| amount.to_string()).unwrap_or_default()
}

#[test]
fn a_fee_with_fund_and_withholding_is_read_to_the_cent_that_is_paid() {
    let fee = read(FEE);
    assert_eq!(fee.issues, []);
    assert_eq!(
        (fee.syntax, fee.type_code.as_deref(), fee.number.as_deref()),
        (Syntax::FatturaPa, Some("TD06"), Some("12/2026"))
    );
    assert_eq!(
        (fee.issue_date, fee.due_date),
        (Some(date(2026, 11, 20)), Some(date(2026, 12, 20)))
    );
    assert_eq!(
        (fee.seller.name.as_deref(), fee.seller.vat_id.as_deref()),
        (Some("Maria Rossi"), Some("IT01234567897"))
    );
    assert_eq!(fee.seller.registration.as_deref(), Some("MI 123456"));
    assert_eq!(
        fee.buyer.vat_id.as_deref(),
        Some("DE136695976"),
        "the country is not written twice"
    );
    let totals = [
        fee.line_total,
        fee.charge_total,
        fee.tax_exclusive,
        fee.tax_total,
        fee.tax_inclusive,
        fee.withheld,
        fee.payable,
        fee.outside_vat,
    ];
    assert_eq!(
        totals.map(total),
        [
            "1000.00", "40.00", "1040.00", "228.80", "1268.80", "200.00", "1068.80", ""
        ]
    );
    assert_eq!(
        (
            fee.accounts,
            fee.bic.as_deref(),
            fee.payment_means.as_deref()
        ),
        (
            vec!["IT60X0542811101000000123456".to_owned()],
            Some("BPCVIT2S"),
            Some("30")
        )
    );
    assert_eq!(fee.payment_reference.as_deref(), Some("PAG-12"));
    assert_eq!(
        (
            fee.order_number.as_deref(),
            fee.preceding.first().map(|earlier| earlier.number.as_str())
        ),
        (Some("PO-9"), Some("11/2026"))
    );
    let line = fee.lines.first().unwrap();
    assert_eq!(
        (total(line.net), line.order_line.as_deref()),
        ("1000.00".into(), Some("10"))
    );
    assert_eq!(
        fee.attachments
            .first()
            .map(|file| (file.name.as_str(), file.bytes.as_slice())),
        Some(("ore.txt", b"ore".as_slice()))
    );
}

#[test]
fn split_payment_vat_is_not_paid_to_the_supplier() {
    let split = FEE
        .replace(
            "<Imposta>228.80</Imposta>",
            "<Imposta>228.80</Imposta><EsigibilitaIVA>S</EsigibilitaIVA>",
        )
        .replace("1068.80", "840.00");
    let read = read(&split);
    assert_eq!(
        (total(read.withheld), total(read.payable)),
        ("428.80".into(), "840.00".into())
    );
    assert_eq!(
        read.vat_rows
            .first()
            .and_then(|row| row.category.as_deref()),
        Some("B")
    );
}

#[test]
fn stamp_duty_beside_the_vat_explains_a_total_and_nothing_else_does() {
    let stamped = |total: &str| {
        FEE.replace("<ImportoTotaleDocumento>1268.80", &format!("<DatiBollo><ImportoBollo>2.00</ImportoBollo></DatiBollo><ScontoMaggiorazione><Tipo>SC</Tipo><Importo>5.00</Importo></ScontoMaggiorazione><ImportoTotaleDocumento>{total}"))
    };
    let outside = |stated: &str| total(read(&stamped(stated)).outside_vat);
    assert_eq!(outside("1270.80"), "2.00");
    assert_eq!(outside("1265.80"), "-3.00");
    assert_eq!(outside("1268.80"), "");
    assert_eq!(outside("1300.00"), "", "31.20 are explained by nothing");
}

#[test]
fn without_a_stated_total_it_is_base_and_vat_and_instalments_add_up() {
    let stated = "<ImportoTotaleDocumento>1268.80</ImportoTotaleDocumento>";
    let payment = |amount: &str, day: &str| {
        format!(
            "<DettaglioPagamento><DataScadenzaPagamento>2026-12-{day}</DataScadenzaPagamento><ImportoPagamento>{amount}</ImportoPagamento></DettaglioPagamento></DatiPagamento>"
        )
    };
    let with = |more: &str| {
        read(
            &FEE.replace(stated, "")
                .replace("<ImportoPagamento>1068.80", "<ImportoPagamento>1000.00")
                .replace("</DatiPagamento>", more),
        )
    };
    let instalments = with(&payment("68.80", "31"));
    assert_eq!(total(instalments.tax_inclusive), "1268.80");
    assert_eq!(total(instalments.payable), "1068.80");
    assert_eq!(
        instalments.due_date,
        Some(date(2026, 12, 20)),
        "the earlier one"
    );
    let either = read(&FEE.replace("</DatiPagamento>", &payment("1068.80", "20")));
    assert_eq!(total(either.payable), "1068.80", "once for each account");
    let nothing = read(&FEE.replace("<ImportoPagamento>1068.80</ImportoPagamento>", ""));
    assert_eq!(
        total(nothing.payable),
        "1068.80",
        "what is left of the total"
    );
}

#[test]
fn terms_of_two_invoices_in_one_file_are_never_mixed() {
    let second = FEE.replace("12/2026", "13/2026").replace("1268.80", "9.99");
    let first = FEE.replace(
        "<ImportoTotaleDocumento>1268.80</ImportoTotaleDocumento>",
        "",
    );
    let both = file(&[&first, &second]);
    let unsplit = invoice_xml::read(both.as_bytes()).unwrap();
    assert_eq!(
        (unsplit.number.as_deref(), total(unsplit.tax_inclusive)),
        (Some("12/2026"), "1268.80".into())
    );
    assert_eq!(unsplit.left_out, 1);
    let numbers = super::split(both.as_bytes())
        .unwrap()
        .into_iter()
        .map(|piece| {
            let read = invoice_xml::read(&piece).unwrap();
            assert_eq!((read.issues.len(), read.lines.len()), (0, 1));
            read.number.unwrap()
        });
    assert_eq!(numbers.collect::<Vec<_>>(), ["12/2026", "13/2026"]);
    assert_eq!(super::split(file(&[FEE]).as_bytes()), Ok(Vec::new()));
}

#[test]
fn a_simplified_invoice_has_prices_with_vat() {
    let xml = "<FatturaElettronicaSemplificata><FatturaElettronicaHeader><CedentePrestatore><IdFiscaleIVA><IdPaese>IT</IdPaese><IdCodice>01234567897</IdCodice></IdFiscaleIVA><Denominazione>Bar Sport</Denominazione></CedentePrestatore>
        <CessionarioCommittente><IdentificativiFiscali><CodiceFiscale>09876543217</CodiceFiscale></IdentificativiFiscali></CessionarioCommittente></FatturaElettronicaHeader>
        <FatturaElettronicaBody><DatiGenerali><DatiGeneraliDocumento><TipoDocumento>TD07</TipoDocumento><Divisa>EUR</Divisa><Data>2026-11-20</Data><Numero>7</Numero></DatiGeneraliDocumento></DatiGenerali>
        <DatiBeniServizi><Descrizione>Pranzo</Descrizione><Importo>110.00</Importo><DatiIVA><Aliquota>10.00</Aliquota></DatiIVA></DatiBeniServizi>
        <DatiBeniServizi><Descrizione>Vino</Descrizione><Importo>12.20</Importo><DatiIVA><Imposta>2.20</Imposta></DatiIVA></DatiBeniServizi></FatturaElettronicaBody></FatturaElettronicaSemplificata>";
    let read = invoice_xml::read(xml.as_bytes()).unwrap();
    assert_eq!(read.seller.name.as_deref(), Some("Bar Sport"));
    assert_eq!(
        [read.tax_exclusive, read.tax_total, read.tax_inclusive].map(total),
        ["110.00", "12.20", "122.20"]
    );
}
