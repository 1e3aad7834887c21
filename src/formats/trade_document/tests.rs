use super::*;
use crate::basics::calendar::date;

fn ubl(root: &str, inner: &str) -> TradeDocument {
    let xml = format!(
        "<{root} xmlns='urn:oasis:names:specification:ubl:schema:xsd:{root}-2'><ID>N-1</ID><IssueDate>2026-11-20</IssueDate>{inner}</{root}>"
    );
    read(xml.as_bytes()).unwrap().unwrap()
}

fn party(role: &str, name: &str) -> String {
    format!("<{role}><Party><PartyName><Name>{name}</Name></PartyName></Party></{role}>")
}

fn amounts(document: &TradeDocument) -> Vec<(String, String)> {
    let named = document.invoices.iter();
    named
        .map(|one| (one.number.clone(), one.amount.to_string()))
        .collect()
}

fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    let owned = expected.iter();
    owned
        .map(|(number, amount)| ((*number).to_owned(), (*amount).to_owned()))
        .collect()
}

#[test]
fn an_order_has_its_number_its_parties_and_its_lines() {
    let parties =
        party("BuyerCustomerParty", "Baker AG") + &party("SellerSupplierParty", "Mill GmbH");
    let order = ubl("Order", &format!("<DocumentCurrencyCode>EUR</DocumentCurrencyCode>{parties}<TaxTotal><TaxAmount>19.00</TaxAmount></TaxTotal>
        <AnticipatedMonetaryTotal><LineExtensionAmount>100.00</LineExtensionAmount><PayableAmount>119.00</PayableAmount></AnticipatedMonetaryTotal>
        <OrderLine><LineItem><ID>1</ID><Quantity unitCode='KGM'>10</Quantity><LineExtensionAmount>100.00</LineExtensionAmount><Price><PriceAmount>10.00</PriceAmount></Price><Item><Name>Flour</Name></Item></LineItem></OrderLine>"));
    assert_eq!(
        (order.kind, order.order_number.as_deref(), order.issue_date),
        (
            TradeKind::Xml(RootKind::UblOrder),
            Some("N-1"),
            Some(date(2026, 11, 20))
        )
    );
    assert_eq!(
        (order.seller.name.as_deref(), order.buyer.name.as_deref()),
        (Some("Mill GmbH"), Some("Baker AG"))
    );
    let totals = [order.net, order.tax, order.gross].map(|total| total.unwrap().to_string());
    assert_eq!(totals, ["100.00", "19.00", "119.00"]);
    let line = order.lines.first().unwrap();
    assert_eq!(
        (
            line.description.as_deref(),
            line.unit.as_deref(),
            line.net.unwrap().to_string()
        ),
        (Some("Flour"), Some("KGM"), "100.00".into())
    );
    assert_eq!(order.issues, []);
}

#[test]
fn what_follows_an_order_names_it() {
    let reference = "<OrderReference><ID>PO-9</ID></OrderReference>";
    for root in [
        "OrderChange",
        "OrderCancellation",
        "OrderResponse",
        "OrderResponseSimple",
        "DespatchAdvice",
        "ReceiptAdvice",
    ] {
        let document = ubl(root, reference);
        assert_eq!(
            (document.number.as_deref(), document.order_number.as_deref()),
            (Some("N-1"), Some("PO-9")),
            "{root}"
        );
    }
    let line = "<DespatchLine><ID>1</ID><DeliveredQuantity unitCode='C62'>8</DeliveredQuantity><OrderLineReference><LineID>10</LineID><OrderReference><ID>PO-9</ID></OrderReference></OrderLineReference><Item><Name>Box</Name></Item></DespatchLine>";
    let shipped = ubl("DespatchAdvice", line);
    assert_eq!(shipped.order_number.as_deref(), Some("PO-9"));
    let line = shipped.lines.first().unwrap();
    assert_eq!(
        (
            line.quantity.unwrap().to_string(),
            line.order_line.as_deref()
        ),
        ("8".into(), Some("10"))
    );
}

#[test]
fn a_remittance_advice_pays_invoices_and_takes_off_credit_notes() {
    let paid = ubl("RemittanceAdvice", "<TotalPaymentAmount currencyID='EUR'>540.00</TotalPaymentAmount>
        <RemittanceAdviceLine><ID>1</ID><DebitLineAmount currencyID='EUR'>600.00</DebitLineAmount><CreditLineAmount currencyID='EUR'>0</CreditLineAmount><BillingReference><InvoiceDocumentReference><ID>RE-1</ID></InvoiceDocumentReference></BillingReference></RemittanceAdviceLine>
        <RemittanceAdviceLine><ID>2</ID><CreditLineAmount currencyID='EUR'>60.00</CreditLineAmount><BillingReference><CreditNoteDocumentReference><ID>CN-1</ID></CreditNoteDocumentReference></BillingReference></RemittanceAdviceLine>");
    assert_eq!(
        amounts(&paid),
        pairs(&[("RE-1", "600.00"), ("CN-1", "-60.00")])
    );
    assert_eq!(
        (paid.currency.as_deref(), paid.total.unwrap().to_string()),
        (Some("EUR"), "540.00".into())
    );
    assert_eq!(paid.issues, []);
}

#[test]
fn one_amount_for_two_invoices_is_not_divided() {
    let both = "<BillingReference><InvoiceDocumentReference><ID>RE-1</ID></InvoiceDocumentReference></BillingReference><BillingReference><InvoiceDocumentReference><ID>RE-2</ID></InvoiceDocumentReference></BillingReference>";
    let line = |inner: &str| {
        format!(
            "<RemittanceAdviceLine><ID>1</ID><DebitLineAmount>600.00</DebitLineAmount>{inner}</RemittanceAdviceLine>"
        )
    };
    let unclear = ubl("RemittanceAdvice", &line(both));
    assert_eq!((unclear.invoices.len(), unclear.issues.len()), (0, 2));
    let own = |amount: &str| {
        format!(
            "<BillingReferenceLine><ID>1</ID><Amount>{amount}</Amount></BillingReferenceLine></BillingReference>"
        )
    };
    let clear = both
        .replacen("</BillingReference>", &own("400.00"), 1)
        .replace(
            "RE-2</ID></InvoiceDocumentReference></BillingReference>",
            &format!("RE-2</ID></InvoiceDocumentReference>{}", own("200.00")),
        );
    let clear = ubl("RemittanceAdvice", &line(&clear));
    assert_eq!(
        amounts(&clear),
        pairs(&[("RE-1", "400.00"), ("RE-2", "200.00")])
    );
    let nameless = ubl("RemittanceAdvice", &line(""));
    assert_eq!((nameless.invoices.len(), nameless.issues.len()), (0, 1));
}

#[test]
fn a_statement_lists_what_is_open() {
    let line = "<StatementLine><ID>1</ID><DebitLineAmount>100.00</DebitLineAmount><BalanceAmount>40.00</BalanceAmount><BillingReference><InvoiceDocumentReference><ID>RE-1</ID></InvoiceDocumentReference></BillingReference></StatementLine>";
    let open = ubl(
        "Statement",
        &format!(
            "<DocumentCurrencyCode>EUR</DocumentCurrencyCode><TotalDebitAmount>100.00</TotalDebitAmount><TotalCreditAmount>60.00</TotalCreditAmount>{line}"
        ),
    );
    assert_eq!(amounts(&open), pairs(&[("RE-1", "40.00")]));
    assert_eq!(open.total.unwrap().to_string(), "40.00");
}

#[test]
fn an_order_x_response_has_the_quantity_agreed_to() {
    let xml = "<r:SCRDMCCBDACIOMessageStructure xmlns:r='urn:un:unece:uncefact:data:SCRDMCCBDACIOMessageStructure:100'><ExchangedDocument><ID>R-1</ID><TypeCode>231</TypeCode><IssueDateTime><DateTimeString format='102'>20261120</DateTimeString></IssueDateTime></ExchangedDocument>
        <SupplyChainTradeTransaction><IncludedSupplyChainTradeLineItem><AssociatedDocumentLineDocument><LineID>1</LineID></AssociatedDocumentLineDocument><SpecifiedTradeProduct><Name>Box</Name></SpecifiedTradeProduct>
        <SpecifiedLineTradeDelivery><RequestedQuantity unitCode='C62'>6</RequestedQuantity><AgreedQuantity unitCode='C62'>4</AgreedQuantity></SpecifiedLineTradeDelivery></IncludedSupplyChainTradeLineItem>
        <ApplicableHeaderTradeAgreement><SellerTradeParty><Name>Mill GmbH</Name></SellerTradeParty><BuyerTradeParty><Name>Baker AG</Name></BuyerTradeParty><BuyerOrderReferencedDocument><IssuerAssignedID>PO-9</IssuerAssignedID></BuyerOrderReferencedDocument></ApplicableHeaderTradeAgreement>
        <ApplicableHeaderTradeSettlement><OrderCurrencyCode>EUR</OrderCurrencyCode><SpecifiedTradeSettlementHeaderMonetarySummation><LineTotalAmount>40.00</LineTotalAmount><GrandTotalAmount>47.60</GrandTotalAmount></SpecifiedTradeSettlementHeaderMonetarySummation></ApplicableHeaderTradeSettlement></SupplyChainTradeTransaction></r:SCRDMCCBDACIOMessageStructure>";
    let response = read(xml.as_bytes()).unwrap().unwrap();
    assert_eq!(
        (
            response.kind,
            response.number.as_deref(),
            response.order_number.as_deref()
        ),
        (TradeKind::Xml(RootKind::OrderX), Some("R-1"), Some("PO-9"))
    );
    assert_eq!(
        response
            .lines
            .first()
            .unwrap()
            .quantity
            .unwrap()
            .to_string(),
        "4"
    );
    assert_eq!(response.gross.unwrap().to_string(), "47.60");
}

#[test]
fn invoices_and_strangers_are_other_documents() {
    for xml in [
        "<Invoice xmlns='urn:oasis:names:specification:ubl:schema:xsd:Invoice-2'/>",
        "<Order/>",
    ] {
        assert_eq!(read(xml.as_bytes()), Ok(None), "{xml}");
    }
}
