//! Bills as suppliers send them: UBL in a mail of the supplier's domain. Amounts are cents.

use countinghouse::basics::calendar::{Date, add_days, parse_iso_date};

use super::mails;

/// A supplier as its bills name it.
pub struct Seller {
    pub name: &'static str,
    pub vat_id: &'static str,
    pub domain: &'static str,
    pub iban: &'static str,
}

pub const ELBKARTON: Seller = Seller {
    name: "Elbkarton Verpackungen GmbH",
    vat_id: "DE267188348",
    domain: "elbkarton.example",
    iban: "DE53200994100040215583",
};

/// A bill to be written. `sent_as` makes the mails of two bills differ.
pub struct Paper {
    pub seller: &'static Seller,
    pub number: String,
    pub gross: i64,
    /// What it asks to be paid, when that is not the gross amount: then the sums do not fit.
    pub payable: Option<i64>,
    pub iban: &'static str,
    pub issued: Date,
    /// The order it names.
    pub order: Option<&'static str>,
}

/// A bill of Elbkarton of the day before the story begins, 19 % VAT in it.
pub fn bill(number: &str, gross: i64) -> Paper {
    Paper {
        seller: &ELBKARTON,
        number: number.to_owned(),
        gross,
        payable: None,
        iban: ELBKARTON.iban,
        issued: parse_iso_date("2026-11-18").unwrap(),
        order: None,
    }
}

impl Paper {
    pub fn iban(self, iban: &'static str) -> Self {
        Self { iban, ..self }
    }

    pub fn of_order(self, order: &'static str) -> Self {
        Self {
            order: Some(order),
            ..self
        }
    }

    pub fn issued(self, issued: Date) -> Self {
        Self { issued, ..self }
    }

    pub fn payable(self, payable: i64) -> Self {
        Self {
            payable: Some(payable),
            ..self
        }
    }

    /// The mail that brings it, different for every `nth`.
    pub fn mail(&self, nth: u32) -> String {
        let domain = self.seller.domain;
        let head = mails::head(&mails::Head {
            from: &format!("rechnung@{domain}"),
            to: "ap@fin.test",
            subject: &format!("Rechnung {}", self.number),
            message_id: &format!(
                "<{}.{nth}@{domain}>",
                self.number
                    .replace(|c: char| !c.is_ascii_alphanumeric(), "-")
            ),
            verdict: "dmarc=pass",
            domain,
        });
        format!(
            "{head}MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"b\"\n\n--b\nContent-Type: text/plain\n\n\
             Unsere Rechnung finden Sie anbei.\n\n--b\nContent-Type: application/xml\n\
             Content-Disposition: attachment; filename=\"{}.xml\"\n\n{}\n--b--\n",
            self.number.replace('/', "-"),
            self.ubl()
        )
    }

    /// UBL 2.1 after EN 16931.
    pub fn ubl(&self) -> String {
        let net = (self.gross * 100 + 59) / 119;
        let (gross, tax) = (money(self.gross), money(self.gross - net));
        let due = add_days(self.issued, 14);
        let order = self.order.map(|order| {
            format!("<cac:OrderReference><cbc:ID>{order}</cbc:ID></cac:OrderReference>")
        });
        let order = order.unwrap_or_default();
        let (net, payable) = (money(net), money(self.payable.unwrap_or(self.gross)));
        let Self {
            seller,
            number,
            iban,
            issued,
            ..
        } = self;
        let (supplier, customer) = (
            party(seller.name, seller.vat_id),
            party("Morgenrot Kaffeerösterei GmbH", "DE318405278"),
        );
        format!(
            r#"<?xml version="1.0" encoding="UTF-8"?>
<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2" xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2" xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">
<cbc:CustomizationID>urn:cen.eu:en16931:2017</cbc:CustomizationID>
<cbc:ID>{number}</cbc:ID>
<cbc:IssueDate>{issued}</cbc:IssueDate>
<cbc:DueDate>{due}</cbc:DueDate>
<cbc:InvoiceTypeCode>380</cbc:InvoiceTypeCode>
<cbc:DocumentCurrencyCode>EUR</cbc:DocumentCurrencyCode>{order}
<cac:AccountingSupplierParty>{supplier}</cac:AccountingSupplierParty>
<cac:AccountingCustomerParty>{customer}</cac:AccountingCustomerParty>
<cac:PaymentMeans><cbc:PaymentMeansCode>58</cbc:PaymentMeansCode><cbc:PaymentID>{number}</cbc:PaymentID><cac:PayeeFinancialAccount><cbc:ID>{iban}</cbc:ID></cac:PayeeFinancialAccount></cac:PaymentMeans>
<cac:TaxTotal><cbc:TaxAmount currencyID="EUR">{tax}</cbc:TaxAmount><cac:TaxSubtotal><cbc:TaxableAmount currencyID="EUR">{net}</cbc:TaxableAmount><cbc:TaxAmount currencyID="EUR">{tax}</cbc:TaxAmount><cac:TaxCategory><cbc:ID>S</cbc:ID><cbc:Percent>19</cbc:Percent><cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:TaxCategory></cac:TaxSubtotal></cac:TaxTotal>
<cac:LegalMonetaryTotal><cbc:LineExtensionAmount currencyID="EUR">{net}</cbc:LineExtensionAmount><cbc:TaxExclusiveAmount currencyID="EUR">{net}</cbc:TaxExclusiveAmount><cbc:TaxInclusiveAmount currencyID="EUR">{gross}</cbc:TaxInclusiveAmount><cbc:PayableAmount currencyID="EUR">{payable}</cbc:PayableAmount></cac:LegalMonetaryTotal>
<cac:InvoiceLine><cbc:ID>1</cbc:ID><cbc:InvoicedQuantity unitCode="H87">1</cbc:InvoicedQuantity><cbc:LineExtensionAmount currencyID="EUR">{net}</cbc:LineExtensionAmount><cac:Item><cbc:Name>Kartons</cbc:Name><cac:ClassifiedTaxCategory><cbc:ID>S</cbc:ID><cbc:Percent>19</cbc:Percent><cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:ClassifiedTaxCategory></cac:Item><cac:Price><cbc:PriceAmount currencyID="EUR">{net}</cbc:PriceAmount></cac:Price></cac:InvoiceLine>
</Invoice>"#
        )
    }
}

fn party(name: &str, vat_id: &str) -> String {
    format!(
        "<cac:Party><cac:PartyName><cbc:Name>{name}</cbc:Name></cac:PartyName><cac:PostalAddress><cac:Country>\
         <cbc:IdentificationCode>DE</cbc:IdentificationCode></cac:Country></cac:PostalAddress><cac:PartyTaxScheme>\
         <cbc:CompanyID>{vat_id}</cbc:CompanyID><cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:PartyTaxScheme>\
         <cac:PartyLegalEntity><cbc:RegistrationName>{name}</cbc:RegistrationName></cac:PartyLegalEntity></cac:Party>"
    )
}

/// `1234` is `12.34`.
pub fn money(cents: i64) -> String {
    format!("{}.{:02}", cents / 100, cents % 100)
}
