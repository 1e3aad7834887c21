//! pain.001.001.09, Customer Credit Transfer Initiation (ISO 20022): the file a bank is told by what to pay. Written as
//! the SEPA credit transfer scheme wants it (EPC132-08); what stands in a file and whether it may is decided elsewhere.

use std::io;

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};

use super::sepa_text::{sepa_reference, sepa_text};
use crate::basics::bank_account::{Bic, Iban};
use crate::basics::calendar::{Date, Timestamp};
use crate::basics::money::Money;

/// The schema's name.
pub const NAMESPACE: &str = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09";
/// Max70Text as the schemes use Max140Text names.
const NAME_CHARS: usize = 70;
/// Max35Text.
const ID_CHARS: usize = 35;
/// Max140Text.
pub const UNSTRUCTURED_CHARS: usize = 140;

/// A whole file.
#[derive(Clone, Debug)]
pub struct CreditTransferFile<'a> {
    /// GrpHdr/MsgId: unique for ever, or the bank refuses it as a duplicate.
    pub message_id: &'a str,
    /// GrpHdr/CreDtTm.
    pub created_at: Timestamp,
    /// InitgPty/Nm and Dbtr/Nm.
    pub debtor_name: &'a str,
    /// DbtrAcct/Id/IBAN.
    pub debtor_iban: &'a Iban,
    /// DbtrAgt/FinInstnId/BICFI.
    pub debtor_bic: Option<&'a Bic>,
    /// BtchBookg: the statement shows one sum for each payment information instead of every transfer.
    pub batch_booking: bool,
    /// One PmtInf each.
    pub batches: Vec<Batch<'a>>,
}

/// PmtInf: transfers of one day.
#[derive(Clone, Debug)]
pub struct Batch<'a> {
    /// PmtInfId.
    pub id: String,
    /// ReqdExctnDt.
    pub execution_date: Date,
    /// CdtTrfTxInf, in order.
    pub transfers: Vec<CreditTransfer<'a>>,
}

/// CdtTrfTxInf.
#[derive(Clone, Debug)]
pub struct CreditTransfer<'a> {
    /// PmtId/EndToEndId: what the bank's report names it by.
    pub end_to_end_id: &'a str,
    /// Amt/InstdAmt; positive.
    pub amount: Money,
    /// Cdtr/Nm.
    pub creditor_name: &'a str,
    /// CdtrAcct/Id/IBAN.
    pub creditor_iban: &'a Iban,
    /// RmtInf.
    pub remittance: RemittanceInformation<'a>,
}

/// RmtInf: a scheme takes one of both, never both.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RemittanceInformation<'a> {
    /// Strd/CdtrRefInf with an ISO 11649 reference.
    CreditorReference(&'a str),
    /// Ustrd.
    Unstructured(&'a str),
}

/// The sum of so many transfers, in one currency; `None` past 64 bits or in several.
fn sum<'a, 'b: 'a>(transfers: impl IntoIterator<Item = &'a CreditTransfer<'b>>) -> Option<Money> {
    Money::sum(transfers.into_iter().map(|transfer| transfer.amount))
}

/// The bytes of the file. The same file gives the same bytes.
///
/// # Errors
/// When the amounts do not add up in one currency, or the file has no transfer: nothing a bank could read.
pub fn write(file: &CreditTransferFile<'_>) -> io::Result<Vec<u8>> {
    let transfers = || file.batches.iter().flat_map(|batch| &batch.transfers);
    let total = sum(transfers()).ok_or_else(no_sum)?;
    let mut xml = Writer::new_with_indent(Vec::new(), b' ', 1);
    xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    let document = xml.create_element("Document");
    document
        .with_attribute(("xmlns", NAMESPACE))
        .write_inner_content(|xml| {
            inside(xml, "CstmrCdtTrfInitn", |xml| {
                inside(xml, "GrpHdr", |xml| {
                    text(xml, "MsgId", &sepa_reference(file.message_id, ID_CHARS))?;
                    // Milliseconds are more than some banks read.
                    let created = file.created_at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
                    text(xml, "CreDtTm", &created)?;
                    text(xml, "NbOfTxs", &transfers().count().to_string())?;
                    text(xml, "CtrlSum", &total.to_decimal().to_string())?;
                    inside(xml, "InitgPty", |xml| name(xml, file.debtor_name))
                })?;
                file.batches
                    .iter()
                    .try_for_each(|batch| payment_information(xml, file, batch))
            })
        })?;
    let mut bytes = xml.into_inner();
    bytes.push(b'\n');
    Ok(bytes)
}

fn payment_information(
    xml: &mut Writer<Vec<u8>>,
    file: &CreditTransferFile<'_>,
    batch: &Batch<'_>,
) -> io::Result<()> {
    let total = sum(&batch.transfers).ok_or_else(no_sum)?;
    inside(xml, "PmtInf", |xml| {
        text(xml, "PmtInfId", &sepa_reference(&batch.id, ID_CHARS))?;
        text(xml, "PmtMtd", "TRF")?;
        text(xml, "BtchBookg", &file.batch_booking.to_string())?;
        text(xml, "NbOfTxs", &batch.transfers.len().to_string())?;
        text(xml, "CtrlSum", &total.to_decimal().to_string())?;
        inside(xml, "PmtTpInf", |xml| {
            inside(xml, "SvcLvl", |xml| text(xml, "Cd", "SEPA"))
        })?;
        inside(xml, "ReqdExctnDt", |xml| {
            text(xml, "Dt", &batch.execution_date.to_string())
        })?;
        inside(xml, "Dbtr", |xml| name(xml, file.debtor_name))?;
        account(xml, "DbtrAcct", file.debtor_iban)?;
        inside(xml, "DbtrAgt", |xml| {
            inside(xml, "FinInstnId", |xml| match file.debtor_bic {
                Some(bic) => text(xml, "BICFI", bic.as_str()),
                None => inside(xml, "Othr", |xml| text(xml, "Id", "NOTPROVIDED")),
            })
        })?;
        text(xml, "ChrgBr", "SLEV")?;
        batch
            .transfers
            .iter()
            .try_for_each(|transfer| credit_transfer(xml, transfer))
    })
}

fn credit_transfer(xml: &mut Writer<Vec<u8>>, transfer: &CreditTransfer<'_>) -> io::Result<()> {
    inside(xml, "CdtTrfTxInf", |xml| {
        inside(xml, "PmtId", |xml| {
            let id = sepa_reference(transfer.end_to_end_id, ID_CHARS);
            text(xml, "EndToEndId", &id)
        })?;
        inside(xml, "Amt", |xml| {
            let currency = transfer.amount.currency().to_string();
            xml.create_element("InstdAmt")
                .with_attribute(("Ccy", currency.as_str()))
                .write_text_content(BytesText::new(&transfer.amount.to_decimal().to_string()))
                .map(|_| ())
        })?;
        inside(xml, "Cdtr", |xml| name(xml, transfer.creditor_name))?;
        account(xml, "CdtrAcct", transfer.creditor_iban)?;
        inside(xml, "RmtInf", |xml| match transfer.remittance {
            RemittanceInformation::Unstructured(words) => {
                text(xml, "Ustrd", &sepa_text(words, UNSTRUCTURED_CHARS))
            }
            RemittanceInformation::CreditorReference(reference) => inside(xml, "Strd", |xml| {
                inside(xml, "CdtrRefInf", |xml| {
                    inside(xml, "Tp", |xml| {
                        inside(xml, "CdOrPrtry", |xml| text(xml, "Cd", "SCOR"))?;
                        text(xml, "Issr", "ISO")
                    })?;
                    text(xml, "Ref", reference)
                })
            }),
        })
    })
}

fn inside(
    xml: &mut Writer<Vec<u8>>,
    element: &str,
    content: impl FnOnce(&mut Writer<Vec<u8>>) -> io::Result<()>,
) -> io::Result<()> {
    xml.create_element(element)
        .write_inner_content(content)
        .map(|_| ())
}

fn text(xml: &mut Writer<Vec<u8>>, element: &str, content: &str) -> io::Result<()> {
    xml.create_element(element)
        .write_text_content(BytesText::new(content))
        .map(|_| ())
}

fn name(xml: &mut Writer<Vec<u8>>, who: &str) -> io::Result<()> {
    text(xml, "Nm", &sepa_text(who, NAME_CHARS))
}

fn account(xml: &mut Writer<Vec<u8>>, element: &str, iban: &Iban) -> io::Result<()> {
    inside(xml, element, |xml| {
        inside(xml, "Id", |xml| text(xml, "IBAN", iban.as_str()))
    })
}

fn no_sum() -> io::Error {
    io::Error::new(
        io::ErrorKind::InvalidInput,
        "the transfers have no sum in one currency",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::basics::calendar::date;
    use crate::basics::currency::Currency;

    #[test]
    fn sums_stand_in_the_header_and_in_each_batch_and_nothing_breaks_out_of_an_element() {
        let iban = Iban::parse("DE89370400440532013000").unwrap();
        let transfer = |minor, name, remittance| CreditTransfer {
            end_to_end_id: "CH-1",
            amount: Money::from_minor(minor, Currency::EUR),
            creditor_name: name,
            creditor_iban: &iban,
            remittance,
        };
        let words = RemittanceInformation::Unstructured("</Ustrd><Nm>4711 & 4712");
        let reference = RemittanceInformation::CreditorReference("RF18539007547034");
        let batch = |id: &str, day, transfers| Batch {
            id: id.into(),
            execution_date: date(2026, 12, day),
            transfers,
        };
        let file = CreditTransferFile {
            message_id: "CH1",
            created_at: "2026-11-23T10:00:00.123Z".parse().unwrap(),
            debtor_name: "Unsere Käserei GmbH",
            debtor_iban: &iban,
            debtor_bic: None,
            batch_booking: true,
            batches: vec![
                batch("CH1-1", 1, vec![transfer(116_620, "<Evil> & Söhne", words)]),
                batch(
                    "CH1-2",
                    2,
                    vec![transfer(5, "B", reference), transfer(50_000, "C", words)],
                ),
            ],
        };
        let written = String::from_utf8(write(&file).unwrap()).unwrap();
        assert!(written.contains("<NbOfTxs>3</NbOfTxs>\n   <CtrlSum>1666.25</CtrlSum>"));
        assert!(written.contains("<NbOfTxs>2</NbOfTxs>\n   <CtrlSum>500.05</CtrlSum>"));
        assert!(written.contains("<CreDtTm>2026-11-23T10:00:00Z</CreDtTm>"));
        assert!(written.contains("<Nm>(Evil) + Soehne</Nm>"));
        assert!(written.contains("<Ustrd>(/Ustrd)(Nm)4711 + 4712</Ustrd>"));
        assert!(written.contains("<Ref>RF18539007547034</Ref>"));
        assert!(written.contains("<Id>NOTPROVIDED</Id>"));
        assert_eq!(write(&file).unwrap(), written.as_bytes());
    }

    #[test]
    fn a_file_without_a_transfer_is_none() {
        let iban = Iban::parse("DE89370400440532013000").unwrap();
        let file = CreditTransferFile {
            message_id: "CH1",
            created_at: "2026-11-23T10:00:00Z".parse().unwrap(),
            debtor_name: "A",
            debtor_iban: &iban,
            debtor_bic: None,
            batch_booking: true,
            batches: Vec::new(),
        };
        assert!(write(&file).is_err());
    }
}
