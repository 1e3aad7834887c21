//! pain.002, Customer Payment Status Report (ISO 20022), versions 03 to 14: what a bank says of a payment file before anything is
//! booked. Names of elements are the same in all of them.

use rust_decimal::Decimal;

use super::statement::shortened;
use super::xml::{self, Element};

/// More transfers than any file has.
const MAX_TRANSFERS: usize = 100_000;

/// What is said of a file, a batch or a transfer.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Said {
    /// GrpSts, PmtInfSts or TxSts, as written.
    pub status: Option<String>,
    /// StsRsnInf/Rsn: codes, or the bank's own words for them.
    pub reasons: Vec<String>,
    /// StsRsnInf/AddtlInf, joined.
    pub information: String,
}

/// The whole report.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct StatusReport {
    /// GrpHdr/MsgId: the bank's own name of the report.
    pub message_id: Option<String>,
    /// OrgnlMsgId: our name of the file.
    pub original_message_id: String,
    /// Of all of the file.
    pub group: Said,
    /// Of parts of it.
    pub batches: Vec<BatchStatus>,
}

/// OrgnlPmtInfAndSts.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct BatchStatus {
    /// OrgnlPmtInfId.
    pub original_id: Option<String>,
    /// Of all of the batch.
    pub said: Said,
    /// Of single transfers.
    pub transfers: Vec<TransferStatus>,
}

/// TxInfAndSts.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct TransferStatus {
    /// OrgnlEndToEndId.
    pub end_to_end_id: Option<String>,
    /// OrgnlTxRef/Amt/InstdAmt with its currency, where the bank repeats it.
    pub amount: Option<(Decimal, String)>,
    /// Of the transfer.
    pub said: Said,
}

/// Why it is no report that could be taken.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum StatusReportError {
    /// Not XML, or hostile.
    #[error(transparent)]
    Xml(#[from] xml::XmlError),
    /// Another document.
    #[error("{0:?} is no report of a bank on a payment file (pain.002)")]
    OtherDocument(String),
    /// Nobody can tell which file is meant.
    #[error("the report does not say on which file it is: OrgnlMsgId is missing")]
    NoFile,
    /// More than a file has.
    #[error("more than {MAX_TRANSFERS} transfers")]
    TooMany,
    /// An amount that is none.
    #[error("transfer {place}: its amount cannot be read")]
    Amount {
        /// Its number in the report, counted from 1.
        place: usize,
    },
}

/// Is this XML such a report? By its namespace.
pub fn is_status_report(bytes: &[u8]) -> bool {
    xml::root(bytes)
        .is_ok_and(|(namespace, name)| name == "Document" && namespace.contains(":pain.002."))
}

/// The report.
///
/// # Errors
/// Why nothing of it is taken.
pub fn read(bytes: &[u8]) -> Result<StatusReport, StatusReportError> {
    let document = xml::read(bytes)?;
    let root = &document.root;
    let report = root
        .find("CstmrPmtStsRpt")
        .ok_or_else(|| StatusReportError::OtherDocument(root.name.clone()))?;
    let group = report
        .find("OrgnlGrpInfAndSts")
        .ok_or(StatusReportError::NoFile)?;
    let original = group
        .text_at("OrgnlMsgId")
        .ok_or(StatusReportError::NoFile)?;
    let mut place = 0;
    let batches = report.all("OrgnlPmtInfAndSts").into_iter();
    let batches = batches.map(|element| batch(element, &mut place));
    Ok(StatusReport {
        message_id: report.text_at("GrpHdr/MsgId").map(shortened),
        original_message_id: shortened(original),
        group: said(group, "GrpSts"),
        batches: batches.collect::<Result<_, _>>()?,
    })
}

fn batch(element: &Element, place: &mut usize) -> Result<BatchStatus, StatusReportError> {
    let mut transfers = Vec::new();
    for transfer in element.all("TxInfAndSts") {
        *place += 1;
        if *place > MAX_TRANSFERS {
            return Err(StatusReportError::TooMany);
        }
        let amount = transfer.find("OrgnlTxRef/Amt/InstdAmt");
        let amount = amount.map(|amount| {
            let read = amount.text.trim().parse();
            let currency = amount.attribute("Ccy").unwrap_or_default();
            read.map(|read| (read, currency.to_owned()))
                .map_err(|_| StatusReportError::Amount { place: *place })
        });
        transfers.push(TransferStatus {
            end_to_end_id: transfer.text_at("OrgnlEndToEndId").map(shortened),
            amount: amount.transpose()?,
            said: said(transfer, "TxSts"),
        });
    }
    Ok(BatchStatus {
        original_id: element.text_at("OrgnlPmtInfId").map(shortened),
        said: said(element, "PmtInfSts"),
        transfers,
    })
}

fn said(element: &Element, status: &str) -> Said {
    let why = element.all("StsRsnInf");
    let reasons = why
        .iter()
        .filter_map(|why| why.text_at("Rsn/Cd").or_else(|| why.text_at("Rsn/Prtry")));
    let information = why.iter().flat_map(|why| why.all("AddtlInf"));
    let information: Vec<&str> = information.map(|info| info.text.trim()).collect();
    Said {
        status: element.text_at(status).map(shortened),
        reasons: reasons.map(shortened).collect(),
        information: shortened(&information.join(" ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(version: &str, group: &str, batches: &str) -> Vec<u8> {
        format!(
            r#"<?xml version="1.0"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.{version}"><CstmrPmtStsRpt>
            <GrpHdr><MsgId>BANK-1</MsgId><CreDtTm>2026-11-24T10:00:00Z</CreDtTm></GrpHdr>
            <OrgnlGrpInfAndSts>{group}<OrgnlMsgNmId>pain.001.001.09</OrgnlMsgNmId><GrpSts>PART</GrpSts></OrgnlGrpInfAndSts>
            {batches}</CstmrPmtStsRpt></Document>"#
        )
        .into_bytes()
    }

    const BATCH: &str = r#"<OrgnlPmtInfAndSts><OrgnlPmtInfId>P-1</OrgnlPmtInfId>
        <TxInfAndSts><OrgnlEndToEndId>E-1</OrgnlEndToEndId><TxSts>RJCT</TxSts>
        <StsRsnInf><Rsn><Cd>AC04</Cd></Rsn><AddtlInf>Account closed</AddtlInf><AddtlInf>in 2025</AddtlInf></StsRsnInf>
        <OrgnlTxRef><Amt><InstdAmt Ccy="EUR">1190.00</InstdAmt></Amt></OrgnlTxRef></TxInfAndSts>
        <TxInfAndSts><OrgnlEndToEndId>E-2</OrgnlEndToEndId><TxSts>ACSP</TxSts></TxInfAndSts></OrgnlPmtInfAndSts>"#;

    #[test]
    fn both_versions_say_what_became_of_each_transfer() {
        for version in ["03", "10"] {
            let bytes = file(version, "<OrgnlMsgId>CH1</OrgnlMsgId>", BATCH);
            assert!(is_status_report(&bytes));
            let report = read(&bytes).unwrap();
            assert_eq!(report.original_message_id, "CH1");
            assert_eq!(report.message_id.as_deref(), Some("BANK-1"));
            assert_eq!(report.group.status.as_deref(), Some("PART"));
            let [batch] = report.batches.as_slice() else {
                panic!("{report:?}")
            };
            assert_eq!(batch.original_id.as_deref(), Some("P-1"));
            assert_eq!(batch.said, Said::default());
            let [closed, taken] = batch.transfers.as_slice() else {
                panic!("{batch:?}")
            };
            assert_eq!(closed.end_to_end_id.as_deref(), Some("E-1"));
            assert_eq!(
                closed.amount,
                Some((Decimal::new(119_000, 2), "EUR".into()))
            );
            assert_eq!(closed.said.reasons, ["AC04"]);
            assert_eq!(closed.said.information, "Account closed in 2025");
            assert_eq!(taken.said.status.as_deref(), Some("ACSP"));
        }
    }

    #[test]
    fn what_is_no_such_report_is_refused() {
        assert_eq!(read(&file("03", "", BATCH)), Err(StatusReportError::NoFile));
        let amount = BATCH.replace("1190.00", "much");
        let bytes = file("10", "<OrgnlMsgId>CH1</OrgnlMsgId>", &amount);
        assert_eq!(read(&bytes), Err(StatusReportError::Amount { place: 1 }));
        let other = br#"<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"/>"#;
        assert!(!is_status_report(other));
        assert!(matches!(
            read(other),
            Err(StatusReportError::OtherDocument(_))
        ));
        assert!(matches!(
            read(b"MsgId,Status"),
            Err(StatusReportError::Xml(_))
        ));
        let doctype = br#"<!DOCTYPE a [<!ENTITY b "c">]><Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.03"/>"#;
        assert!(read(doctype).is_err());
    }
}
