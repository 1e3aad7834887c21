use super::*;
use crate::basics::calendar::date;
use crate::formats::e_invoice::Syntax;
use crate::formats::xml_root::sniff;

const UBL: &str = r#"<?xml version="1.0"?>
<u:Invoice xmlns:u="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2" xmlns="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2" xmlns:a="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2">
<CustomizationID>urn:cen.eu:en16931:2017</CustomizationID><ID>RE-4711</ID><IssueDate>2026-11-22</IssueDate><DueDate>2026-12-22</DueDate>
<InvoiceTypeCode>380</InvoiceTypeCode><Note>Thank you</Note><DocumentCurrencyCode>EUR</DocumentCurrencyCode><TaxCurrencyCode>CHF</TaxCurrencyCode><AccountingCost>4400</AccountingCost>
<BuyerReference>04011000-12345-03</BuyerReference><a:InvoicePeriod><StartDate>2026-11-01</StartDate><EndDate>2026-11-30</EndDate></a:InvoicePeriod><a:OrderReference><ID>PO-9</ID><SalesOrderID>SO-5</SalesOrderID></a:OrderReference>
<a:BillingReference><a:InvoiceDocumentReference><ID>RE-4000</ID><IssueDate>2026-10-22</IssueDate></a:InvoiceDocumentReference></a:BillingReference><a:DespatchDocumentReference><ID>LS-3</ID></a:DespatchDocumentReference><a:ReceiptDocumentReference><ID>WE-4</ID></a:ReceiptDocumentReference><a:ContractDocumentReference><ID>C-12</ID></a:ContractDocumentReference>
<a:AdditionalDocumentReference><ID>1</ID><a:Attachment><EmbeddedDocumentBinaryObject filename="hours.txt" mimeCode="text/plain">aG91
cnM=</EmbeddedDocumentBinaryObject></a:Attachment></a:AdditionalDocumentReference><a:AdditionalDocumentReference><ID>2</ID><a:Attachment><a:ExternalReference><URI>https://mill.test/hours</URI></a:ExternalReference></a:Attachment></a:AdditionalDocumentReference><a:ProjectReference><ID>P-11</ID></a:ProjectReference>
<a:AccountingSupplierParty><a:Party><EndpointID schemeID="EM">bill@mill.test</EndpointID><a:PartyIdentification><ID schemeID="SEPA">DE98ZZZ09999999999</ID></a:PartyIdentification>
<a:PartyIdentification><ID>S-77</ID></a:PartyIdentification><a:PartyName><Name>The Mill</Name></a:PartyName><a:PostalAddress><a:Country><IdentificationCode>DE</IdentificationCode></a:Country></a:PostalAddress>
<a:PartyTaxScheme><CompanyID>201/113/40209</CompanyID><a:TaxScheme><ID>FC</ID></a:TaxScheme></a:PartyTaxScheme>
<a:PartyTaxScheme><CompanyID>DE136695976</CompanyID><a:TaxScheme><ID>VAT</ID></a:TaxScheme></a:PartyTaxScheme>
<a:PartyLegalEntity><RegistrationName>Mill &amp; Sons GmbH</RegistrationName><CompanyID>HRB 1</CompanyID></a:PartyLegalEntity><a:Contact><ElectronicMail>ann@mill.test</ElectronicMail></a:Contact></a:Party></a:AccountingSupplierParty>
<a:AccountingCustomerParty><a:Party><a:PartyLegalEntity><RegistrationName>Baker AG</RegistrationName></a:PartyLegalEntity></a:Party></a:AccountingCustomerParty>
<a:PayeeParty><a:PartyName><Name>Factor Bank</Name></a:PartyName></a:PayeeParty>
<a:Delivery><ActualDeliveryDate>2026-11-20</ActualDeliveryDate></a:Delivery><a:PaymentMeans><PaymentMeansCode>58</PaymentMeansCode><PaymentID>RE-4711 Baker</PaymentID><a:PayeeFinancialAccount><ID>DE89370400440532013000</ID><Name>Factor Bank</Name><a:FinancialInstitutionBranch><ID>COBADEFFXXX</ID></a:FinancialInstitutionBranch></a:PayeeFinancialAccount><a:PaymentMandate><ID>M-89</ID><a:PayerFinancialAccount><ID>DE02120300000000202051</ID></a:PayerFinancialAccount></a:PaymentMandate></a:PaymentMeans>
<a:PaymentTerms><Note>30 days net</Note></a:PaymentTerms>
<a:AllowanceCharge><ChargeIndicator>false</ChargeIndicator><Amount currencyID="EUR">50.00</Amount></a:AllowanceCharge>
<a:TaxTotal><TaxAmount currencyID="CHF">180.00</TaxAmount></a:TaxTotal>
<a:TaxTotal><TaxAmount currencyID="EUR">190.00</TaxAmount><a:TaxSubtotal><TaxableAmount currencyID="EUR">1000.00</TaxableAmount><TaxAmount currencyID="EUR">190.00</TaxAmount><a:TaxCategory><ID>S</ID><Percent>19</Percent><TaxExemptionReasonCode>VATEX-EU-O</TaxExemptionReasonCode><TaxExemptionReason>none</TaxExemptionReason></a:TaxCategory></a:TaxSubtotal></a:TaxTotal>
<a:LegalMonetaryTotal><LineExtensionAmount>1050.00</LineExtensionAmount><TaxExclusiveAmount>1000.00</TaxExclusiveAmount><TaxInclusiveAmount>1190.00</TaxInclusiveAmount><AllowanceTotalAmount>50.00</AllowanceTotalAmount><PrepaidAmount>190.00</PrepaidAmount><PayableAmount>1000.00</PayableAmount></a:LegalMonetaryTotal>
<a:InvoiceLine><ID>1</ID><InvoicedQuantity unitCode="KGM">105</InvoicedQuantity><LineExtensionAmount>1050.00</LineExtensionAmount><AccountingCost>4401</AccountingCost><a:OrderLineReference><LineID>10</LineID></a:OrderLineReference><a:Item><Name>Flour</Name><a:SellersItemIdentification><ID>F-155</ID></a:SellersItemIdentification><a:ClassifiedTaxCategory><ID>S</ID><Percent>19</Percent></a:ClassifiedTaxCategory></a:Item><a:Price><PriceAmount>10.00</PriceAmount><BaseQuantity>1</BaseQuantity></a:Price></a:InvoiceLine>
</u:Invoice>"#;

const CII: &str = r#"<rsm:CrossIndustryInvoice xmlns:rsm="urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100" xmlns:ram="urn:r" xmlns:udt="urn:u">
<rsm:ExchangedDocumentContext><ram:GuidelineSpecifiedDocumentContextParameter><ram:ID>urn:cen.eu:en16931:2017</ram:ID></ram:GuidelineSpecifiedDocumentContextParameter></rsm:ExchangedDocumentContext>
<rsm:ExchangedDocument><ram:ID>RE-4711</ram:ID><ram:TypeCode>380</ram:TypeCode><ram:IssueDateTime><udt:DateTimeString format="102">20261122</udt:DateTimeString></ram:IssueDateTime><ram:IncludedNote><ram:Content>Thank you</ram:Content></ram:IncludedNote></rsm:ExchangedDocument>
<rsm:SupplyChainTradeTransaction><ram:IncludedSupplyChainTradeLineItem><ram:AssociatedDocumentLineDocument><ram:LineID>1</ram:LineID></ram:AssociatedDocumentLineDocument><ram:SpecifiedTradeProduct><ram:SellerAssignedID>F-155</ram:SellerAssignedID><ram:Name>Flour</ram:Name></ram:SpecifiedTradeProduct>
<ram:SpecifiedLineTradeAgreement><ram:BuyerOrderReferencedDocument><ram:LineID>10</ram:LineID></ram:BuyerOrderReferencedDocument><ram:NetPriceProductTradePrice><ram:ChargeAmount>10.00</ram:ChargeAmount><ram:BasisQuantity>1</ram:BasisQuantity></ram:NetPriceProductTradePrice></ram:SpecifiedLineTradeAgreement>
<ram:SpecifiedLineTradeDelivery><ram:BilledQuantity unitCode="KGM">105</ram:BilledQuantity></ram:SpecifiedLineTradeDelivery>
<ram:SpecifiedLineTradeSettlement><ram:ApplicableTradeTax><ram:CategoryCode>S</ram:CategoryCode><ram:RateApplicablePercent>19</ram:RateApplicablePercent></ram:ApplicableTradeTax><ram:SpecifiedTradeSettlementLineMonetarySummation><ram:LineTotalAmount>1050.00</ram:LineTotalAmount></ram:SpecifiedTradeSettlementLineMonetarySummation><ram:ReceivableSpecifiedTradeAccountingAccount><ram:ID>4401</ram:ID></ram:ReceivableSpecifiedTradeAccountingAccount></ram:SpecifiedLineTradeSettlement></ram:IncludedSupplyChainTradeLineItem>
<ram:ApplicableHeaderTradeAgreement><ram:BuyerReference>04011000-12345-03</ram:BuyerReference>
<ram:SellerTradeParty><ram:ID>S-77</ram:ID><ram:Name>Mill &amp; Sons GmbH</ram:Name><ram:SpecifiedLegalOrganization><ram:ID>HRB 1</ram:ID><ram:TradingBusinessName>The Mill</ram:TradingBusinessName></ram:SpecifiedLegalOrganization><ram:DefinedTradeContact><ram:EmailURIUniversalCommunication><ram:URIID>ann@mill.test</ram:URIID></ram:EmailURIUniversalCommunication></ram:DefinedTradeContact><ram:PostalTradeAddress><ram:CountryID>DE</ram:CountryID></ram:PostalTradeAddress><ram:URIUniversalCommunication><ram:URIID schemeID="EM">bill@mill.test</ram:URIID></ram:URIUniversalCommunication>
<ram:SpecifiedTaxRegistration><ram:ID schemeID="FC">201/113/40209</ram:ID></ram:SpecifiedTaxRegistration><ram:SpecifiedTaxRegistration><ram:ID schemeID="VA">DE136695976</ram:ID></ram:SpecifiedTaxRegistration></ram:SellerTradeParty>
<ram:BuyerTradeParty><ram:Name>Baker AG</ram:Name></ram:BuyerTradeParty><ram:SellerOrderReferencedDocument><ram:IssuerAssignedID>SO-5</ram:IssuerAssignedID></ram:SellerOrderReferencedDocument><ram:BuyerOrderReferencedDocument><ram:IssuerAssignedID>PO-9</ram:IssuerAssignedID></ram:BuyerOrderReferencedDocument><ram:ContractReferencedDocument><ram:IssuerAssignedID>C-12</ram:IssuerAssignedID></ram:ContractReferencedDocument>
<ram:AdditionalReferencedDocument><ram:IssuerAssignedID>1</ram:IssuerAssignedID><ram:AttachmentBinaryObject filename="hours.txt" mimeCode="text/plain">aG91cnM=</ram:AttachmentBinaryObject></ram:AdditionalReferencedDocument><ram:AdditionalReferencedDocument><ram:IssuerAssignedID>2</ram:IssuerAssignedID><ram:URIID>https://mill.test/hours</ram:URIID></ram:AdditionalReferencedDocument><ram:SpecifiedProcuringProject><ram:ID>P-11</ram:ID></ram:SpecifiedProcuringProject></ram:ApplicableHeaderTradeAgreement><ram:ApplicableHeaderTradeDelivery><ram:ActualDeliverySupplyChainEvent><ram:OccurrenceDateTime><udt:DateTimeString format="102">20261120</udt:DateTimeString></ram:OccurrenceDateTime></ram:ActualDeliverySupplyChainEvent><ram:DespatchAdviceReferencedDocument><ram:IssuerAssignedID>LS-3</ram:IssuerAssignedID></ram:DespatchAdviceReferencedDocument><ram:ReceivingAdviceReferencedDocument><ram:IssuerAssignedID>WE-4</ram:IssuerAssignedID></ram:ReceivingAdviceReferencedDocument></ram:ApplicableHeaderTradeDelivery>
<ram:ApplicableHeaderTradeSettlement><ram:PaymentReference>RE-4711 Baker</ram:PaymentReference><ram:CreditorReferenceID>DE98ZZZ09999999999</ram:CreditorReferenceID><ram:TaxCurrencyCode>CHF</ram:TaxCurrencyCode><ram:InvoiceCurrencyCode>EUR</ram:InvoiceCurrencyCode><ram:PayeeTradeParty><ram:Name>Factor Bank</ram:Name></ram:PayeeTradeParty>
<ram:SpecifiedTradeSettlementPaymentMeans><ram:TypeCode>58</ram:TypeCode><ram:PayerPartyDebtorFinancialAccount><ram:IBANID>DE02120300000000202051</ram:IBANID></ram:PayerPartyDebtorFinancialAccount><ram:PayeePartyCreditorFinancialAccount><ram:IBANID>DE89370400440532013000</ram:IBANID><ram:AccountName>Factor Bank</ram:AccountName></ram:PayeePartyCreditorFinancialAccount><ram:PayeeSpecifiedCreditorFinancialInstitution><ram:BICID>COBADEFFXXX</ram:BICID></ram:PayeeSpecifiedCreditorFinancialInstitution></ram:SpecifiedTradeSettlementPaymentMeans>
<ram:ApplicableTradeTax><ram:CalculatedAmount>190.00</ram:CalculatedAmount><ram:ExemptionReason>none</ram:ExemptionReason><ram:BasisAmount>1000.00</ram:BasisAmount><ram:CategoryCode>S</ram:CategoryCode><ram:ExemptionReasonCode>VATEX-EU-O</ram:ExemptionReasonCode><ram:RateApplicablePercent>19</ram:RateApplicablePercent></ram:ApplicableTradeTax><ram:BillingSpecifiedPeriod><ram:StartDateTime><udt:DateTimeString format="102">20261101</udt:DateTimeString></ram:StartDateTime><ram:EndDateTime><udt:DateTimeString format="102">20261130</udt:DateTimeString></ram:EndDateTime></ram:BillingSpecifiedPeriod>
<ram:SpecifiedTradeAllowanceCharge><ram:ChargeIndicator><udt:Indicator>false</udt:Indicator></ram:ChargeIndicator><ram:ActualAmount>50.00</ram:ActualAmount></ram:SpecifiedTradeAllowanceCharge>
<ram:SpecifiedTradePaymentTerms><ram:Description>30 days net</ram:Description><ram:DueDateDateTime><udt:DateTimeString format="102">20261222</udt:DateTimeString></ram:DueDateDateTime><ram:DirectDebitMandateID>M-89</ram:DirectDebitMandateID></ram:SpecifiedTradePaymentTerms>
<ram:SpecifiedTradeSettlementHeaderMonetarySummation><ram:LineTotalAmount>1050.00</ram:LineTotalAmount><ram:AllowanceTotalAmount>50.00</ram:AllowanceTotalAmount><ram:TaxBasisTotalAmount>1000.00</ram:TaxBasisTotalAmount><ram:TaxTotalAmount currencyID="CHF">180.00</ram:TaxTotalAmount><ram:TaxTotalAmount currencyID="EUR">190.00</ram:TaxTotalAmount><ram:GrandTotalAmount>1190.00</ram:GrandTotalAmount><ram:TotalPrepaidAmount>190.00</ram:TotalPrepaidAmount><ram:DuePayableAmount>1000.00</ram:DuePayableAmount></ram:SpecifiedTradeSettlementHeaderMonetarySummation>
<ram:InvoiceReferencedDocument><ram:IssuerAssignedID>RE-4000</ram:IssuerAssignedID><ram:FormattedIssueDateTime><q:DateTimeString xmlns:q="urn:q" format="102">20261022</q:DateTimeString></ram:FormattedIssueDateTime></ram:InvoiceReferencedDocument><ram:ReceivableSpecifiedTradeAccountingAccount><ram:ID>4400</ram:ID></ram:ReceivableSpecifiedTradeAccountingAccount></ram:ApplicableHeaderTradeSettlement></rsm:SupplyChainTradeTransaction></rsm:CrossIndustryInvoice>"#;

#[test]
fn one_invoice_in_two_syntaxes_gives_the_same_model() {
    let ubl = read(UBL.as_bytes()).unwrap();
    let mut cii = read(CII.as_bytes()).unwrap();
    assert_eq!((ubl.syntax, cii.syntax), (Syntax::UblInvoice, Syntax::Cii));
    let terms = |invoice: &EInvoice| {
        let mut terms = invoice
            .paths
            .iter()
            .map(|(term, _)| *term)
            .collect::<Vec<_>>();
        terms.sort_unstable();
        terms
    };
    assert_eq!(terms(&ubl), terms(&cii));
    cii.syntax = ubl.syntax;
    cii.paths.clone_from(&ubl.paths);
    assert_eq!(ubl, cii);
}

#[test]
fn every_term_of_the_twins_is_where_it_belongs() {
    let read = read(UBL.as_bytes()).unwrap();
    assert_eq!(
        (read.number.as_deref(), read.issue_date, read.due_date),
        (
            Some("RE-4711"),
            Some(date(2026, 11, 22)),
            Some(date(2026, 12, 22))
        )
    );
    assert_eq!(
        (
            read.seller.name.as_deref(),
            read.seller.trade_name.as_deref()
        ),
        (Some("Mill & Sons GmbH"), Some("The Mill"))
    );
    assert_eq!(
        (
            read.seller.vat_id.as_deref(),
            read.seller.tax_number.as_deref()
        ),
        (Some("DE136695976"), Some("201/113/40209"))
    );
    assert_eq!(read.seller.ids, ["S-77"]);
    assert_eq!(
        read.payee.and_then(|payee| payee.name).as_deref(),
        Some("Factor Bank")
    );
    assert_eq!(
        (read.accounts, read.bic.as_deref()),
        (
            vec!["DE89370400440532013000".to_owned()],
            Some("COBADEFFXXX")
        )
    );
    let total = |amount: Option<rust_decimal::Decimal>| amount.map(|a| a.to_string());
    assert_eq!(
        total(read.tax_total).as_deref(),
        Some("190.00"),
        "not the total in francs"
    );
    assert_eq!(
        (
            total(read.tax_inclusive).as_deref(),
            total(read.payable).as_deref()
        ),
        (Some("1190.00"), Some("1000.00"))
    );
    let terms = [
        read.tax_currency,
        read.project,
        read.contract,
        read.sales_order,
        read.receiving_advice,
        read.despatch_advice,
        read.account_name,
        read.mandate,
        read.creditor_id,
        read.debited_account,
    ];
    assert_eq!(
        terms.map(Option::unwrap_or_default),
        [
            "CHF",
            "P-11",
            "C-12",
            "SO-5",
            "WE-4",
            "LS-3",
            "Factor Bank",
            "M-89",
            "DE98ZZZ09999999999",
            "DE02120300000000202051"
        ]
    );
    let days = [read.delivery_date, read.period_start, read.period_end];
    let november = |day| Some(date(2026, 11, day));
    assert_eq!(days, [november(20), november(1), november(30)]);
    assert_eq!(total(read.tax_total_accounting).as_deref(), Some("180.00"));
    let earlier = read.preceding.first().and_then(|one| one.issue_date);
    assert_eq!(earlier, Some(date(2026, 10, 22)));
    assert_eq!(read.links, ["https://mill.test/hours"]);
    let row = read.vat_rows.first().unwrap();
    assert_eq!(row.exemption_code.as_deref(), Some("VATEX-EU-O"));
    let line = read.lines.first().unwrap();
    assert_eq!(line.seller_item.as_deref(), Some("F-155"));
    assert_eq!(line.tax_category.as_deref(), Some("S"));
    assert_eq!(read.lines.len(), 1);
    assert_eq!(
        read.attachments.first().map(|file| file.bytes.as_slice()),
        Some(b"hours".as_slice())
    );
    assert!(read.paths.contains(&("BT-1", "/Invoice/ID".to_owned())));
    assert_eq!(read.issues, []);
}

#[test]
fn files_inside_come_out_and_a_file_without_any_has_none() {
    for xml in [UBL, CII] {
        let files = embedded_files(xml.as_bytes());
        let files = files
            .iter()
            .map(|file| (file.name.as_str(), file.bytes.as_slice()));
        assert_eq!(
            files.collect::<Vec<_>>(),
            [("hours.txt", b"hours".as_slice())]
        );
    }
    assert_eq!(embedded_files(b"<Allegati/>"), []);
    assert_eq!(embedded_files(b"<Invoice/>"), []);
}

#[test]
fn a_credit_note_has_its_own_names() {
    let xml = UBL
        .replace("Invoice-2", "CreditNote-2")
        .replace("u:Invoice", "u:CreditNote")
        .replace("InvoiceTypeCode>380", "CreditNoteTypeCode>381")
        .replace("InvoiceTypeCode", "CreditNoteTypeCode")
        .replace("CreditNoteCreditNote", "CreditNote")
        .replace("a:InvoiceLine", "a:CreditNoteLine")
        .replace("InvoicedQuantity", "CreditedQuantity");
    let read = read(xml.as_bytes()).unwrap();
    assert_eq!(
        (read.syntax, read.type_code.as_deref()),
        (Syntax::UblCreditNote, Some("381"))
    );
    assert_eq!(
        read.lines
            .first()
            .and_then(|line| line.quantity)
            .map(|q| q.to_string())
            .as_deref(),
        Some("105")
    );
}

#[test]
fn what_cannot_be_read_is_an_issue_beside_the_rest() {
    let xml = UBL
        .replace("2026-12-22", "22.12.2026")
        .replace(">1190.00<", ">1.190,00<")
        .replace("aG91", "?");
    let read = read(xml.as_bytes()).unwrap();
    assert_eq!(
        (read.due_date, read.tax_inclusive, read.attachments.len()),
        (None, None, 0)
    );
    let issues = read
        .issues
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>();
    assert_eq!(issues.len(), 3, "{issues:?}");
    assert!(
        issues.contains(&"/Invoice/DueDate: \"22.12.2026\" is not a date".to_owned()),
        "{issues:?}"
    );
    assert_eq!(read.number.as_deref(), Some("RE-4711"));
}

#[test]
fn other_documents_are_named_and_not_read() {
    let ubl = |name: &str| {
        format!("<{name} xmlns='urn:oasis:names:specification:ubl:schema:xsd:{name}-2'/>")
    };
    let cases = [
        (ubl("Order"), RootKind::UblOrder),
        (ubl("OrderResponse"), RootKind::UblOrderResponse),
        (ubl("DespatchAdvice"), RootKind::UblDespatchAdvice),
        (ubl("ReceiptAdvice"), RootKind::UblReceiptAdvice),
        (ubl("Statement"), RootKind::UblStatement),
        (ubl("Reminder"), RootKind::UblReminder),
        (ubl("RemittanceAdvice"), RootKind::UblRemittanceAdvice),
        (
            "<Document xmlns='urn:iso:std:iso:20022:tech:xsd:camt.053.001.08'/>".into(),
            RootKind::Iso20022,
        ),
        ("<Invoice/>".into(), RootKind::Other),
    ];
    for (xml, kind) in cases {
        assert_eq!(sniff(xml.as_bytes()), Ok(kind), "{xml}");
        assert!(
            matches!(read(xml.as_bytes()), Err(NotAnInvoice::Root { kind: found, .. }) if found == kind),
            "{xml}"
        );
    }
}
