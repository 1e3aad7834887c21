//! Structured orders, advices, statements and reminders: the root element or the name of the message says what they are, the parties whose they are.

use super::super::extract::bill::MailFacts;
use super::super::identity::OwnIdentity;
use super::super::words::Heading;
use super::super::{Classification, Confidence, DocumentKind, Side};
use super::direction::{self, Evidence, Role};
use super::is_ours;
use crate::formats::trade_document::{TradeDocument, TradeKind};
use crate::formats::xml_root::RootKind;

/// What it is and whose side it is on.
pub fn trade_document(
    document: &TradeDocument,
    mail: &MailFacts<'_>,
    own: &OwnIdentity,
) -> Classification {
    let Some((heading, writer)) = heading(document) else {
        return nothing_to_book(document);
    };
    let sells = is_ours(&document.seller, own);
    let buys = is_ours(&document.buyer, own);
    let role = match writer {
        Writer::Seller => Role::of(sells, buys),
        Writer::Buyer => Role::of(buys, sells),
    };
    let evidence = Evidence {
        role,
        pays_into_ours: false,
        pays_into_others: false,
        is_only_by_account: false,
        quotes_own_number: false,
        is_collected: false,
        is_self_billed: false,
    };
    let mut found = direction::classify(heading, &evidence, own);
    found.confidence = Confidence::CERTAIN;
    found.side = match (role, mail.mailbox_side) {
        // What we deliver belongs to an invoice of ours.
        (Role::Issuer | Role::Addressee, _) if heading == Heading::Delivery && sells => {
            Side::Receivable
        }
        (Role::Issuer | Role::Addressee, _) | (Role::Both | Role::Neither, None) => found.side,
        (Role::Both | Role::Neither, Some(side)) => side,
    };
    let reason = match document.kind {
        TradeKind::Xml(_) => format!("the root element of the XML names it: {heading}"),
        TradeKind::X12PaymentOrder => format!("its X12 transaction set 820 names it: {heading}"),
        TradeKind::Remadv => format!("its EDIFACT message REMADV names it: {heading}"),
    };
    found.reasons.insert(0, reason);
    found
}

/// Who writes such a document.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Writer {
    Seller,
    Buyer,
}

fn heading(document: &TradeDocument) -> Option<(Heading, Writer)> {
    let root = match document.kind {
        TradeKind::Xml(root) => root,
        TradeKind::X12PaymentOrder | TradeKind::Remadv => {
            return Some((Heading::Remittance, Writer::Buyer));
        }
    };
    Some(match root {
        RootKind::UblOrder => (Heading::Order, Writer::Buyer),
        RootKind::UblOrderChange | RootKind::UblOrderCancellation => {
            (Heading::OrderChange, Writer::Buyer)
        }
        RootKind::UblOrderResponse => (Heading::OrderResponse, Writer::Seller),
        RootKind::OrderX => order_x(document.type_code.as_deref()),
        RootKind::UblQuotation => (Heading::Quotation, Writer::Seller),
        RootKind::UblDespatchAdvice | RootKind::DeliverX => (Heading::Delivery, Writer::Seller),
        RootKind::UblReceiptAdvice => (Heading::Delivery, Writer::Buyer),
        RootKind::UblStatement => (Heading::Statement, Writer::Seller),
        RootKind::UblReminder => (Heading::Reminder, Writer::Seller),
        RootKind::UblRemittanceAdvice | RootKind::Remt001 => (Heading::Remittance, Writer::Buyer),
        RootKind::UblRequestForQuotation
        | RootKind::UblCatalogue
        | RootKind::UblApplicationResponse
        | RootKind::UblInvoice
        | RootKind::UblCreditNote
        | RootKind::UblSelfBilledInvoice
        | RootKind::UblSelfBilledCreditNote
        | RootKind::CiiInvoice
        | RootKind::Zugferd1
        | RootKind::FatturaPa
        | RootKind::Iso20022
        | RootKind::Other => return None,
    })
}

/// UNCL1001: 220 an order, 230 its change, 231 the answer to it.
fn order_x(type_code: Option<&str>) -> (Heading, Writer) {
    match type_code {
        Some("230") => (Heading::OrderChange, Writer::Buyer),
        Some("231") => (Heading::OrderResponse, Writer::Seller),
        _ => (Heading::Order, Writer::Buyer),
    }
}

/// What moves neither goods nor money of ours, but somebody has to see it.
fn nothing_to_book(document: &TradeDocument) -> Classification {
    let what = if document.kind == TradeKind::Xml(RootKind::UblRequestForQuotation) {
        "it asks for an offer"
    } else if document.kind == TradeKind::Xml(RootKind::UblCatalogue) {
        "it is a catalogue"
    } else {
        "it answers another document"
    };
    Classification {
        kind: DocumentKind::Other,
        side: Side::None,
        confidence: Confidence::CERTAIN,
        reasons: vec![what.to_owned()],
        conflict: Some(format!(
            "document_unclear: {what}; there is nothing to book in it"
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::trade_document::read;

    fn side(xml: &str, own: &str) -> (DocumentKind, Side) {
        let own = OwnIdentity {
            names: vec![own.to_owned()],
            ..OwnIdentity::default()
        };
        let document = read(xml.as_bytes()).unwrap().unwrap();
        let found = trade_document(&document, &MailFacts::default(), &own);
        (found.kind, found.side)
    }

    fn ubl(root: &str, seller: &str, buyer: &str) -> String {
        let party =
            |name: &str| format!("<Party><PartyName><Name>{name}</Name></PartyName></Party>");
        format!(
            "<{root} xmlns='urn:oasis:names:specification:ubl:schema:xsd:{root}-2'><{seller}>{}</{seller}><{buyer}>{}</{buyer}></{root}>",
            party("Mill GmbH"),
            party("Baker AG")
        )
    }

    #[test]
    fn each_side_of_a_deal_sees_its_own_side() {
        let order = ubl("Order", "SellerSupplierParty", "BuyerCustomerParty");
        assert_eq!(
            side(&order, "Baker AG"),
            (DocumentKind::PurchaseOrder, Side::Payable)
        );
        assert_eq!(
            side(&order, "Mill GmbH"),
            (DocumentKind::PurchaseOrder, Side::Receivable)
        );
        let shipped = ubl(
            "DespatchAdvice",
            "DespatchSupplierParty",
            "DeliveryCustomerParty",
        );
        assert_eq!(
            side(&shipped, "Baker AG"),
            (DocumentKind::GoodsReceipt, Side::Payable)
        );
        assert_eq!(
            side(&shipped, "Mill GmbH"),
            (DocumentKind::GoodsReceipt, Side::Receivable)
        );
        let paid = ubl(
            "RemittanceAdvice",
            "AccountingSupplierParty",
            "AccountingCustomerParty",
        );
        assert_eq!(
            side(&paid, "Mill GmbH"),
            (DocumentKind::Remittance, Side::Receivable)
        );
        assert_eq!(
            side(&paid, "Baker AG"),
            (DocumentKind::Remittance, Side::Payable)
        );
    }

    #[test]
    fn order_x_is_told_by_its_type_code() {
        let coded = |code: &str| {
            format!(
                "<SCRDMCCBDACIOMessageStructure><ExchangedDocument><TypeCode>{code}</TypeCode></ExchangedDocument></SCRDMCCBDACIOMessageStructure>"
            )
        };
        let kind = |code| side(&coded(code), "Us").0;
        assert_eq!(kind("220"), DocumentKind::PurchaseOrder);
        assert_eq!(kind("230"), DocumentKind::PurchaseOrderChange);
        assert_eq!(kind("231"), DocumentKind::PurchaseOrderResponse);
    }

    #[test]
    fn a_catalogue_is_nothing_to_book() {
        let catalogue = ubl("Catalogue", "SellerSupplierParty", "BuyerCustomerParty");
        assert_eq!(
            side(&catalogue, "Baker AG"),
            (DocumentKind::Other, Side::None)
        );
    }
}
