use super::*;
use crate::formats::trade_document::read;

fn advice(currency: &str, total: &str) -> TradeDocument {
    let line = |number: &str, amount: &str| {
        format!(
            "<RemittanceAdviceLine><DebitLineAmount>{amount}</DebitLineAmount><BillingReference><InvoiceDocumentReference><ID>{number}</ID></InvoiceDocumentReference></BillingReference></RemittanceAdviceLine>"
        )
    };
    let payer = "<AccountingCustomerParty><Party><PartyName><Name>Baker AG</Name></PartyName></Party></AccountingCustomerParty>";
    let xml = format!(
        "<RemittanceAdvice xmlns='urn:oasis:names:specification:ubl:schema:xsd:RemittanceAdvice-2'><ID>ZA-7</ID><DocumentCurrencyCode>{currency}</DocumentCurrencyCode><TotalPaymentAmount>{total}</TotalPaymentAmount>{payer}<PaymentMeans><PaymentDueDate>2026-11-23</PaymentDueDate></PaymentMeans>{}{}</RemittanceAdvice>",
        line("RE-1", "100.00"),
        line("RE-2", "19.00")
    );
    read(xml.as_bytes()).unwrap().unwrap()
}

#[test]
fn a_remittance_advice_gives_payer_total_day_reference_and_payments() {
    let advice = advice("EUR", "119.00");
    let fields = fields(&advice);
    assert_eq!(fields.payer.unwrap().value, "Baker AG");
    assert_eq!(fields.total.unwrap().value.to_string(), "119.00 EUR");
    assert_eq!(fields.payment_date.unwrap().value.to_string(), "2026-11-23");
    assert_eq!(fields.reference.unwrap().value, "ZA-7");
    assert_eq!((fields.invoice_number, fields.po_number), (None, None));
    let (payments, issues) = payments(&advice);
    let paid = payments
        .iter()
        .map(|line| (line.invoice.as_str(), line.amount.unwrap().to_string()));
    assert_eq!(
        paid.collect::<Vec<_>>(),
        [
            ("RE-1", "100.00 EUR".to_owned()),
            ("RE-2", "19.00 EUR".to_owned())
        ]
    );
    assert_eq!(issues, []);
}

#[test]
fn lines_that_do_not_make_the_total_and_amounts_without_a_currency_are_said() {
    assert_eq!(payments(&advice("EUR", "120.00")).1.len(), 1);
    let (payments, issues) = payments(&advice("", "119.00"));
    assert_eq!((payments.len(), issues.len()), (0, 1));
}
