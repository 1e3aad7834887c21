//! UN/CEFACT Cross Industry Order and Despatch Advice (SCRDM): the XML of Order-X and Deliver-X.

use super::super::cii::party;
use super::super::e_invoice::{Line, Party};
use super::super::xml::Element;
use super::super::xml_root::RootKind;
use super::super::xml_terms::{Terms, text_in};
use super::{TradeDocument, TradeKind};

const AGREEMENT: &str = "SupplyChainTradeTransaction/ApplicableHeaderTradeAgreement";
const SETTLEMENT: &str = "SupplyChainTradeTransaction/ApplicableHeaderTradeSettlement";
const DELIVERY: &str = "SupplyChainTradeTransaction/ApplicableHeaderTradeDelivery";
const SUMS: &str = "SpecifiedTradeSettlementHeaderMonetarySummation";
/// UNCL1001: a purchase order.
const ORDER: &str = "220";

pub(super) fn read(kind: RootKind, root: &Element) -> TradeDocument {
    let mut terms = Terms::new(root);
    let t = &mut terms;
    let sum = |name: &str| format!("{SETTLEMENT}/{SUMS}/{name}");
    let number = t.text("number", &["ExchangedDocument/ID"]);
    let type_code = t.text("type_code", &["ExchangedDocument/TypeCode"]);
    let is_order = kind == RootKind::OrderX && matches!(type_code.as_deref(), None | Some(ORDER));
    let order = format!("{AGREEMENT}/BuyerOrderReferencedDocument/IssuerAssignedID");
    let mut document = TradeDocument {
        issue_date: t.date(
            "issue_date",
            &["ExchangedDocument/IssueDateTime/DateTimeString"],
        ),
        currency: t.text(
            "currency",
            &[
                &format!("{SETTLEMENT}/OrderCurrencyCode"),
                &format!("{SETTLEMENT}/InvoiceCurrencyCode"),
            ],
        ),
        // An order quotes its own number nowhere else; what stands here in an order is the order it follows.
        order_number: if is_order {
            number.clone()
        } else {
            t.text("order_number", &[&order])
        },
        number,
        type_code,
        seller: named(
            t,
            root,
            "seller",
            ["SellerTradeParty", "ShipFromTradeParty"],
        ),
        buyer: named(t, root, "buyer", ["BuyerTradeParty", "ShipToTradeParty"]),
        net: t
            .amount("net", &sum("TaxBasisTotalAmount"))
            .or_else(|| t.amount("net", &sum("LineTotalAmount"))),
        tax: t.amount("tax", &sum("TaxTotalAmount")),
        gross: t.amount("gross", &sum("GrandTotalAmount")),
        payment_terms: t.text(
            "payment_terms",
            &[&format!(
                "{SETTLEMENT}/SpecifiedTradePaymentTerms/Description"
            )],
        ),
        attachments: t.attachments(&format!(
            "{AGREEMENT}/AdditionalReferencedDocument/AttachmentBinaryObject"
        )),
        ..TradeDocument::new(TradeKind::Xml(kind))
    };
    let lines = root.all("SupplyChainTradeTransaction/IncludedSupplyChainTradeLineItem");
    document.lines = lines.into_iter().map(|line| read_line(t, line)).collect();
    document.paths = terms.paths;
    document.issues = terms.issues;
    document
}

fn named(
    t: &mut Terms<'_>,
    root: &Element,
    term: &'static str,
    [agreed, shipped]: [&str; 2],
) -> Party {
    let paths = [
        format!("{AGREEMENT}/{agreed}"),
        format!("{DELIVERY}/{shipped}"),
    ];
    let Some((path, found)) = paths.iter().find_map(|path| Some((path, root.find(path)?))) else {
        return Party::default();
    };
    t.text(term, &[&format!("{path}/Name")]);
    party(found)
}

/// The quantity agreed to or delivered, where it is said beside the one asked for.
fn read_line(t: &mut Terms<'_>, line: &Element) -> Line {
    let names = ["DespatchedQuantity", "AgreedQuantity", "RequestedQuantity"];
    let paths = names.map(|name| format!("SpecifiedLineTradeDelivery/{name}"));
    let quantity = paths.iter().find(|path| line.find(path).is_some());
    let price = "SpecifiedLineTradeAgreement/NetPriceProductTradePrice";
    let settlement = "SpecifiedLineTradeSettlement";
    Line {
        id: text_in(line, "AssociatedDocumentLineDocument/LineID"),
        description: text_in(line, "SpecifiedTradeProduct/Name")
            .or_else(|| text_in(line, "SubstitutedReferencedProduct/Name")),
        quantity: quantity.and_then(|path| t.amount_in(line, path)),
        unit: quantity
            .and_then(|path| line.find(path)?.attribute("unitCode"))
            .map(str::to_owned),
        unit_price: t.amount_in(line, &format!("{price}/ChargeAmount")),
        base_quantity: t.amount_in(line, &format!("{price}/BasisQuantity")),
        net: t.amount_in(
            line,
            &format!("{settlement}/SpecifiedTradeSettlementLineMonetarySummation/LineTotalAmount"),
        ),
        tax_rate: t.amount_in(
            line,
            &format!("{settlement}/ApplicableTradeTax/RateApplicablePercent"),
        ),
        order_line: text_in(
            line,
            "SpecifiedLineTradeAgreement/BuyerOrderReferencedDocument/LineID",
        ),
        ..Line::default()
    }
}
