use super::*;
use crate::basics::calendar::date;

fn file(version: &str, entries: &str) -> Vec<u8> {
    format!(
        r#"<?xml version="1.0"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.{version}"><BkToCstmrStmt>
        <GrpHdr><MsgId>M</MsgId></GrpHdr><Stmt><Id>17</Id><Acct><Id><IBAN>DE02 1203 0000 0000 2020 51</IBAN></Id><Ccy>EUR</Ccy></Acct>
        <Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">1000.00</Amt><CdtDbtInd>CRDT</CdtDbtInd></Bal>
        <Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">50.00</Amt><CdtDbtInd>DBIT</CdtDbtInd></Bal>
        {entries}</Stmt></BkToCstmrStmt></Document>"#
    )
    .into_bytes()
}

const ENTRY: &str = r#"<Ntry><Amt Ccy="EUR">100.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>2026-11-24</Dt></BookgDt>
    <ValDt><DtTm>2026-11-25T00:00:00+01:00</DtTm></ValDt><AcctSvcrRef>B-1</AcctSvcrRef><NtryDtls><TxDtls><Refs><EndToEndId>E-1</EndToEndId></Refs>
    <RltdPties><Dbtr><Nm>Kontor GmbH</Nm></Dbtr><DbtrAcct><Id><IBAN>DE89370400440532013000</IBAN></Id></DbtrAcct></RltdPties>
    <RmtInf><Ustrd>RE 1</Ustrd><Ustrd>RE 2</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>"#;

#[test]
fn a_statement_with_its_balances_and_who_paid_what_for() {
    let read = read(&file("02", ENTRY)).unwrap();
    let [statement] = read.as_slice() else {
        panic!("{read:?}")
    };
    assert_eq!(statement.account, "DE02120300000000202051");
    assert_eq!(statement.opening, Some(Decimal::from(1000)));
    assert_eq!(statement.closing, Some(Decimal::from(-50)));
    let [entry] = statement.entries.as_slice() else {
        panic!("{statement:?}")
    };
    assert_eq!(entry.amount, Decimal::from(100));
    assert_eq!(entry.booking_date, Some(date(2026, 11, 24)));
    assert_eq!(entry.value_date, Some(date(2026, 11, 25)));
    assert_eq!(entry.bank_reference.as_deref(), Some("B-1"));
    assert_eq!(entry.end_to_end_id.as_deref(), Some("E-1"));
    assert_eq!(entry.counterparty_name.as_deref(), Some("Kontor GmbH"));
    assert_eq!(
        entry.counterparty_account.as_deref(),
        Some("DE89370400440532013000")
    );
    assert_eq!(entry.remittance_information, "RE 1 RE 2");
}

#[test]
fn the_newer_versions_say_the_same_in_other_places() {
    let newer = ENTRY
        .replace("<Sts>BOOK</Sts>", "<Sts><Cd>BOOK</Cd></Sts>")
        .replace(
            "<Dbtr><Nm>Kontor GmbH</Nm></Dbtr>",
            "<Dbtr><Pty><Nm>Kontor GmbH</Nm></Pty></Dbtr>",
        );
    assert_eq!(
        read(&file("08", &newer)).unwrap(),
        read(&file("02", ENTRY)).unwrap()
    );
}

#[test]
fn what_the_banks_kept_is_told_in_either_spelling() {
    let with = |charges: &str| {
        let entry = ENTRY.replace("<RmtInf>", &format!("<Chrgs>{charges}</Chrgs><RmtInf>"));
        read(&file("08", &entry)).unwrap()[0].entries[0]
            .charges
            .clone()
    };
    let kept = |kept: i64, scale| Some((Decimal::new(kept, scale), "EUR".to_owned()));
    let record = |amount: &str, more: &str| {
        format!("<Rcrd><Amt Ccy='EUR'>{amount}</Amt><CdtDbtInd>DBIT</CdtDbtInd>{more}</Rcrd>")
    };
    let total = "<TtlChrgsAndTaxAmt Ccy='EUR'>7.50</TtlChrgsAndTaxAmt>";
    assert_eq!(with(&format!("{total}{}", record("5", ""))), kept(750, 2));
    assert_eq!(with("<Amt Ccy='EUR'>7.50</Amt>"), kept(750, 2), "version 2");
    let two = record("5.00", "") + &record("2.50", "<ChrgInclInd>true</ChrgInclInd>");
    assert_eq!(with(&two), kept(750, 2));
    let apart = record("5.00", "<ChrgInclInd>false</ChrgInclInd>");
    assert_eq!(with(&apart), None, "booked by itself");
    let dollars = record("5.00", "") + &record("1.00", "").replace("EUR", "USD");
    assert_eq!(with(&dollars), None);
    assert_eq!(
        read(&file("08", ENTRY)).unwrap()[0].entries[0].charges,
        None
    );
}

#[test]
fn what_is_not_booked_is_left_out_and_counted() {
    let pending = ENTRY.replace("BOOK", "PDNG");
    let read = read(&file("02", &format!("{pending}{ENTRY}"))).unwrap();
    assert_eq!((read[0].pending, read[0].entries.len()), (1, 1));
    assert_eq!(read[0].entries[0].place, 2);
}

fn several(first: &str, second: &str) -> String {
    let part = |amount: &str, id: &str| {
        format!(
            r#"<TxDtls><Refs><EndToEndId>{id}</EndToEndId></Refs><AmtDtls><TxAmt><Amt Ccy="EUR">{amount}</Amt></TxAmt></AmtDtls></TxDtls>"#
        )
    };
    format!(
        r#"<Ntry><Amt Ccy="EUR">30.00</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts>BOOK</Sts><AcctSvcrRef>B-2</AcctSvcrRef><NtryDtls><Btch><PmtInfId>P-1</PmtInfId></Btch>{}{}</NtryDtls></Ntry>"#,
        part(first, "E-1"),
        part(second, "NOTPROVIDED")
    )
}

#[test]
fn a_batch_is_several_entries_when_its_parts_add_up_and_one_by_its_name_when_not() {
    let parts = |xml: &str| {
        let read = read(&file("02", xml)).unwrap();
        let told = read[0].entries.iter().map(|entry| {
            (
                entry.amount.to_string(),
                entry.end_to_end_id.clone().unwrap_or_default(),
            )
        });
        told.collect::<Vec<_>>()
    };
    let expected = [
        ("-10.00".into(), "E-1".into()),
        ("-20.00".into(), "P-1".into()),
    ];
    assert_eq!(parts(&several("10.00", "20.00")), expected);
    assert_eq!(
        parts(&several("10.00", "21.00")),
        [("-30.00".into(), "P-1".into())]
    );
}

#[test]
fn a_report_of_the_day_is_known_as_one() {
    let report = String::from_utf8(file("02", ENTRY)).unwrap();
    let report = report
        .replace("BkToCstmrStmt", "BkToCstmrAcctRpt")
        .replace("Stmt>", "Rpt>");
    let read = read(report.as_bytes()).unwrap();
    assert!(read[0].is_interim);
    assert_eq!(read[0].entries.len(), 1);
    assert!(!super::read(&file("02", ENTRY)).unwrap()[0].is_interim);
}

#[test]
fn what_is_no_statement_or_half_of_one_is_refused() {
    assert!(matches!(
        read(b"<Invoice/>"),
        Err(CamtError::OtherDocument(_))
    ));
    assert!(matches!(
        read(b"<!DOCTYPE x><Document/>"),
        Err(CamtError::Xml(_))
    ));
    for broken in ["100.00", "CRDT"] {
        let half = file("02", &ENTRY.replacen(broken, "?", 1));
        assert!(
            matches!(read(&half), Err(CamtError::Entry { place: 1, .. })),
            "{broken}"
        );
    }
}
