//! The UBL 2.x documents around an invoice. They share their building blocks, so one reader looks for each term where any of
//! them has it.

use rust_decimal::Decimal;

use super::super::e_invoice::{Line, Party};
use super::super::issue::Issue;
use super::super::ubl::party;
use super::super::xml::Element;
use super::super::xml_root::RootKind;
use super::super::xml_terms::{Terms, text_in};
use super::{NamedInvoice, TradeDocument, TradeKind};

const SELLERS: [&str; 5] = [
    "SellerSupplierParty/Party",
    "AccountingSupplierParty/Party",
    "DespatchSupplierParty/Party",
    "ProviderParty",
    "SenderParty",
];
const BUYERS: [&str; 5] = [
    "BuyerCustomerParty/Party",
    "AccountingCustomerParty/Party",
    "DeliveryCustomerParty/Party",
    "OriginatorCustomerParty/Party",
    "ReceiverParty",
];
const TOTALS: [&str; 3] = [
    "AnticipatedMonetaryTotal",
    "LegalMonetaryTotal",
    "QuotedMonetaryTotal",
];
/// Lines of goods. What a catalogue offers is no line of a deal.
const GOODS: [&str; 5] = [
    "OrderLine/LineItem",
    "QuotationLine/LineItem",
    "RequestForQuotationLine/LineItem",
    "DespatchLine",
    "ReceiptLine",
];
const MONEY: [&str; 3] = ["RemittanceAdviceLine", "StatementLine", "ReminderLine"];

pub(super) fn read(kind: RootKind, root: &Element) -> TradeDocument {
    let mut terms = Terms::new(root);
    let t = &mut terms;
    let is_order = kind == RootKind::UblOrder;
    let number = t.text("number", &["ID"]);
    let mut document = TradeDocument {
        type_code: t.text("type_code", &["OrderTypeCode", "OrderResponseCode"]),
        issue_date: t.date("issue_date", &["IssueDate"]),
        currency: currency(t, root),
        order_number: t
            .text(
                "order_number",
                &[
                    "OrderReference/ID",
                    "DespatchLine/OrderLineReference/OrderReference/ID",
                    "ReceiptLine/OrderLineReference/OrderReference/ID",
                ],
            )
            .or(number.clone().filter(|_| is_order)),
        number,
        seller: named(t, root, "seller", &SELLERS),
        buyer: named(t, root, "buyer", &BUYERS),
        payment_date: t.date("payment_date", &["PaymentMeans/PaymentDueDate"]),
        payment_reference: t.text(
            "payment_reference",
            &[
                "PayerReference",
                "PaymentOrderReference",
                "PaymentMeans/PaymentID",
            ],
        ),
        account: t.text("account", &["PaymentMeans/PayeeFinancialAccount/ID"]),
        payment_terms: t.text("payment_terms", &["PaymentTerms/Note"]),
        ..TradeDocument::new(TradeKind::Xml(kind))
    };
    totals(&mut document, t);
    let goods = GOODS.iter().flat_map(|path| root.all(path));
    document.lines = goods.map(|line| read_line(t, line)).collect();
    for line in MONEY.iter().flat_map(|path| root.all(path)) {
        invoices(&mut document, t, line);
    }
    document.attachments =
        t.attachments("AdditionalDocumentReference/Attachment/EmbeddedDocumentBinaryObject");
    document.paths = terms.paths;
    document.issues.extend(terms.issues);
    document
}

/// The stated one, else the one its amounts are in.
fn currency(t: &mut Terms<'_>, root: &Element) -> Option<String> {
    let stated = t.text("currency", &["DocumentCurrencyCode", "PricingCurrencyCode"]);
    let of_amounts = || {
        let paths = [
            "TotalPaymentAmount",
            "TotalBalanceAmount",
            "TotalDebitAmount",
        ];
        let sums = TOTALS.map(|total| format!("{total}/PayableAmount"));
        let lines = MONEY.map(|line| format!("{line}/DebitLineAmount"));
        let amounts = paths
            .map(str::to_owned)
            .into_iter()
            .chain(sums)
            .chain(lines);
        let mut found = amounts.filter_map(|path| root.find(&path)?.attribute("currencyID"));
        found.next().map(str::to_owned)
    };
    stated.or_else(of_amounts)
}

fn named(t: &mut Terms<'_>, root: &Element, term: &'static str, paths: &[&str]) -> Party {
    let Some((path, found)) = paths.iter().find_map(|path| Some((path, root.find(path)?))) else {
        return Party::default();
    };
    let names = ["PartyLegalEntity/RegistrationName", "PartyName/Name"];
    let names = names.map(|name| format!("{path}/{name}"));
    t.text(term, &names.each_ref().map(String::as_str));
    party(found)
}

fn totals(document: &mut TradeDocument, t: &mut Terms<'_>) {
    for total in TOTALS {
        let at = |name: &str| format!("{total}/{name}");
        document.net = document
            .net
            .or_else(|| t.amount("net", &at("TaxExclusiveAmount")))
            .or_else(|| t.amount("net", &at("LineExtensionAmount")));
        document.gross = document
            .gross
            .or_else(|| t.amount("gross", &at("TaxInclusiveAmount")))
            .or_else(|| t.amount("gross", &at("PayableAmount")));
    }
    document.tax = t.amount("tax", "TaxTotal/TaxAmount");
    document.total = if document.is_remittance() {
        let paid = t.amount("total", "TotalPaymentAmount");
        paid.or_else(|| debit_minus_credit(t))
    } else if document.kind == TradeKind::Xml(RootKind::UblStatement) {
        let open = t.amount("total", "TotalBalanceAmount");
        open.or_else(|| debit_minus_credit(t))
    } else if document.kind == TradeKind::Xml(RootKind::UblReminder) {
        t.amount("total", "LegalMonetaryTotal/PayableAmount")
    } else {
        None
    };
}

fn debit_minus_credit(t: &mut Terms<'_>) -> Option<Decimal> {
    let debit = t.amount("total", "TotalDebitAmount")?;
    let credit = t.amount("total", "TotalCreditAmount").unwrap_or_default();
    debit.checked_sub(credit)
}

fn read_line(t: &mut Terms<'_>, line: &Element) -> Line {
    let quantities = ["Quantity", "DeliveredQuantity", "ReceivedQuantity"];
    let quantity = quantities
        .into_iter()
        .find(|name| line.find(name).is_some());
    Line {
        id: text_in(line, "ID"),
        description: text_in(line, "Item/Name").or_else(|| text_in(line, "Item/Description")),
        quantity: quantity.and_then(|name| t.amount_in(line, name)),
        unit: quantity
            .and_then(|name| line.find(name)?.attribute("unitCode"))
            .map(str::to_owned),
        unit_price: t.amount_in(line, "Price/PriceAmount"),
        base_quantity: t.amount_in(line, "Price/BaseQuantity"),
        net: t.amount_in(line, "LineExtensionAmount"),
        tax_rate: t.amount_in(line, "Item/ClassifiedTaxCategory/Percent"),
        order_line: text_in(line, "OrderLineReference/LineID"),
        ..Line::default()
    }
}

/// The invoices of one line of money. A line that names several states one amount for all of them, which cannot be divided,
/// unless each reference brings its own.
fn invoices(document: &mut TradeDocument, t: &mut Terms<'_>, line: &Element) {
    let debit = t.amount_in(line, "DebitLineAmount");
    let credit = t.amount_in(line, "CreditLineAmount");
    let balance = t.amount_in(line, "BalanceAmount");
    let moved = match (debit, credit) {
        (None, None) => balance,
        (debit, credit) => debit
            .unwrap_or_default()
            .checked_sub(credit.unwrap_or_default()),
    };
    // A statement that lists what is open may say so beside what was billed.
    let of_line = if document.is_remittance() {
        moved
    } else {
        balance.or(moved)
    };
    let references = line.all("BillingReference");
    let is_only = references.len() == 1;
    let mut named = references
        .iter()
        .filter_map(|reference| {
            let own = t.amount_in(reference, "BillingReferenceLine/Amount");
            Some((number_of(reference)?, own.or(of_line.filter(|_| is_only))))
        })
        .collect::<Vec<_>>();
    if named.is_empty() {
        let number = text_in(line, "DocumentReference/ID")
            .or_else(|| text_in(line, "InvoicingPartyReference"));
        named.extend(number.map(|number| (number, of_line)));
    }
    let place = || format!("{} {}", line.name, text_in(line, "ID").unwrap_or_default());
    if named.is_empty() && of_line.is_some() {
        document
            .issues
            .push(Issue::new(place(), "it names no invoice"));
    }
    for (number, amount) in named {
        match amount {
            Some(amount) => document.invoices.push(NamedInvoice {
                number,
                amount,
                discount: None,
            }),
            None => document.issues.push(Issue::new(
                place(),
                format!("no amount of its own for {number}"),
            )),
        }
    }
}

/// `InvoiceDocumentReference`, `CreditNoteDocumentReference` and so on.
fn number_of(reference: &Element) -> Option<String> {
    let mut documents = reference.children.iter();
    let document = documents.find(|child| child.name.ends_with("DocumentReference"))?;
    text_in(document, "ID")
}
