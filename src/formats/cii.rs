//! UN/CEFACT Cross Industry Invoice D16B (Factur-X, ZUGFeRD 2, XRechnung), by the paths of EN 16931-3-3, and its
//! ancestor ZUGFeRD 1.0, which calls the same things by other names.

use super::e_invoice::{AllowanceCharge, EInvoice, Line, Party, Preceding, Syntax, VatRow};
use super::xml::Element;
use super::xml_root::RootKind;
use super::xml_terms::{Terms, text_in, texts};

/// Reads a Cross Industry Invoice; `None` when the root is another document.
pub(super) fn from_xml(kind: RootKind, root: &Element) -> Option<EInvoice> {
    if kind == RootKind::CiiInvoice {
        Some(read(Syntax::Cii, &D16B, root))
    } else if kind == RootKind::Zugferd1 {
        Some(read(Syntax::Zugferd1, &ZUGFERD_1, root))
    } else {
        None
    }
}

/// What the two versions call differently.
struct Names {
    context: &'static str,
    document: &'static str,
    transaction: &'static str,
    agreement: &'static str,
    delivery: &'static str,
    settlement: &'static str,
    summation: &'static str,
    line_agreement: &'static str,
    line_delivery: &'static str,
    line_settlement: &'static str,
    line_summation: &'static str,
    reference: &'static str,
    rate: &'static str,
}

const D16B: Names = Names {
    context: "ExchangedDocumentContext",
    document: "ExchangedDocument",
    transaction: "SupplyChainTradeTransaction",
    agreement: "ApplicableHeaderTradeAgreement",
    delivery: "ApplicableHeaderTradeDelivery",
    settlement: "ApplicableHeaderTradeSettlement",
    summation: "SpecifiedTradeSettlementHeaderMonetarySummation",
    line_agreement: "SpecifiedLineTradeAgreement",
    line_delivery: "SpecifiedLineTradeDelivery",
    line_settlement: "SpecifiedLineTradeSettlement",
    line_summation: "SpecifiedTradeSettlementLineMonetarySummation",
    reference: "IssuerAssignedID",
    rate: "RateApplicablePercent",
};

const ZUGFERD_1: Names = Names {
    context: "SpecifiedExchangedDocumentContext",
    document: "HeaderExchangedDocument",
    transaction: "SpecifiedSupplyChainTradeTransaction",
    agreement: "ApplicableSupplyChainTradeAgreement",
    delivery: "ApplicableSupplyChainTradeDelivery",
    settlement: "ApplicableSupplyChainTradeSettlement",
    summation: "SpecifiedTradeSettlementMonetarySummation",
    line_agreement: "SpecifiedSupplyChainTradeAgreement",
    line_delivery: "SpecifiedSupplyChainTradeDelivery",
    line_settlement: "SpecifiedSupplyChainTradeSettlement",
    line_summation: "SpecifiedTradeSettlementMonetarySummation",
    reference: "ID",
    rate: "ApplicablePercent",
};

/// Paths of the groups that hold the terms.
struct Groups {
    agreement: String,
    delivery: String,
    settlement: String,
    sums: String,
    means: String,
    terms: String,
}

fn read(syntax: Syntax, n: &Names, root: &Element) -> EInvoice {
    let mut terms = Terms::new(root);
    let t = &mut terms;
    let settlement = format!("{}/{}", n.transaction, n.settlement);
    let groups = Groups {
        agreement: format!("{}/{}", n.transaction, n.agreement),
        delivery: format!("{}/{}", n.transaction, n.delivery),
        sums: format!("{settlement}/{}", n.summation),
        means: format!("{settlement}/SpecifiedTradeSettlementPaymentMeans"),
        terms: format!("{settlement}/SpecifiedTradePaymentTerms"),
        settlement,
    };
    let mut invoice = EInvoice {
        syntax,
        ..EInvoice::default()
    };
    read_header(&mut invoice, t, n, &groups, root);
    read_references(&mut invoice, t, n, &groups, root);
    read_payment(&mut invoice, t, &groups, root);
    read_totals(&mut invoice, t, n, &groups, root);
    let lines = root.all(&format!(
        "{}/IncludedSupplyChainTradeLineItem",
        n.transaction
    ));
    invoice.lines = lines
        .into_iter()
        .filter_map(|line| read_line(t, n, line))
        .collect();
    invoice.paths = terms.paths;
    invoice.issues = terms.issues;
    invoice
}

fn read_header(
    invoice: &mut EInvoice,
    t: &mut Terms<'_>,
    n: &Names,
    groups: &Groups,
    root: &Element,
) {
    let Groups {
        agreement,
        settlement,
        ..
    } = groups;
    let document = n.document;
    let specification = format!(
        "{}/GuidelineSpecifiedDocumentContextParameter/ID",
        n.context
    );
    invoice.specification = t.text("BT-24", &[&specification]);
    invoice.number = t.text("BT-1", &[&format!("{document}/ID")]);
    invoice.issue_date = t.date(
        "BT-2",
        &[&format!("{document}/IssueDateTime/DateTimeString")],
    );
    invoice.type_code = t.text("BT-3", &[&format!("{document}/TypeCode")]);
    invoice.currency = t.text("BT-5", &[&format!("{settlement}/InvoiceCurrencyCode")]);
    t.in_currency(invoice.currency.as_deref());
    invoice.tax_currency = t.text("BT-6", &[&format!("{settlement}/TaxCurrencyCode")]);
    invoice.notes = texts(root, &format!("{document}/IncludedNote/Content"));
    invoice.buyer_reference = t.text("BT-10", &[&format!("{agreement}/BuyerReference")]);
    let order = format!("{agreement}/BuyerOrderReferencedDocument/{}", n.reference);
    invoice.order_number = t.text("BT-13", &[&order]);
    let account = format!("{settlement}/ReceivableSpecifiedTradeAccountingAccount/ID");
    invoice.accounting_reference = t.text("BT-19", &[&account]);
    invoice.seller = named_party(
        t,
        root,
        ["BT-27", "BT-31"],
        &format!("{agreement}/SellerTradeParty"),
    );
    invoice.buyer = named_party(
        t,
        root,
        ["BT-44", "BT-48"],
        &format!("{agreement}/BuyerTradeParty"),
    );
    invoice.payee = root
        .find(&format!("{settlement}/PayeeTradeParty"))
        .map(party);
    let files = format!("{agreement}/AdditionalReferencedDocument/AttachmentBinaryObject");
    invoice.attachments = t.attachments(&files);
}

/// What the invoice belongs to: orders, contracts, advices, earlier invoices, a delivery or a period.
fn read_references(
    invoice: &mut EInvoice,
    t: &mut Terms<'_>,
    n: &Names,
    groups: &Groups,
    root: &Element,
) {
    let Groups {
        agreement,
        delivery,
        settlement,
        ..
    } = groups;
    let reference = n.reference;
    invoice.project = t.text(
        "BT-11",
        &[&format!("{agreement}/SpecifiedProcuringProject/ID")],
    );
    let contract = format!("{agreement}/ContractReferencedDocument/{reference}");
    invoice.contract = t.text("BT-12", &[&contract]);
    let order = format!("{agreement}/SellerOrderReferencedDocument/{reference}");
    invoice.sales_order = t.text("BT-14", &[&order]);
    let received = format!("{delivery}/ReceivingAdviceReferencedDocument/{reference}");
    invoice.receiving_advice = t.text("BT-15", &[&received]);
    let shipped = format!("{delivery}/DespatchAdviceReferencedDocument/{reference}");
    invoice.despatch_advice = t.text("BT-16", &[&shipped]);
    let earlier = root.all(&format!("{settlement}/InvoiceReferencedDocument"));
    let earlier = earlier.into_iter().filter_map(|one| {
        Some(Preceding {
            number: text_in(one, reference)?,
            issue_date: t.date_in(one, "FormattedIssueDateTime/DateTimeString"),
        })
    });
    invoice.preceding = earlier.collect();
    let happened = "ActualDeliverySupplyChainEvent/OccurrenceDateTime/DateTimeString";
    invoice.delivery_date = t.date("BT-72", &[&format!("{delivery}/{happened}")]);
    let period = format!("{settlement}/BillingSpecifiedPeriod");
    let (start, end) = ("StartDateTime/DateTimeString", "EndDateTime/DateTimeString");
    invoice.period_start = t.date("BT-73", &[&format!("{period}/{start}")]);
    invoice.period_end = t.date("BT-74", &[&format!("{period}/{end}")]);
    let links = format!("{agreement}/AdditionalReferencedDocument/URIID");
    invoice.links = texts(root, &links);
}

fn read_payment(invoice: &mut EInvoice, t: &mut Terms<'_>, groups: &Groups, root: &Element) {
    let Groups {
        settlement,
        means,
        terms,
        ..
    } = groups;
    invoice.due_date = t.date(
        "BT-9",
        &[&format!("{terms}/DueDateDateTime/DateTimeString")],
    );
    let description = format!("{terms}/Description");
    let first = t.text("BT-20", &[&description]);
    invoice.payment_terms = first.map(|_| texts(root, &description).join("\n"));
    invoice.payment_means = t.text("BT-81", &[&format!("{means}/TypeCode")]);
    invoice.payment_reference = t.text("BT-83", &[&format!("{settlement}/PaymentReference")]);
    invoice.accounts = accounts(t, root, means);
    let holder = format!("{means}/PayeePartyCreditorFinancialAccount/AccountName");
    invoice.account_name = t.text("BT-85", &[&holder]);
    invoice.mandate = t.text("BT-89", &[&format!("{terms}/DirectDebitMandateID")]);
    invoice.creditor_id = text_in(root, &format!("{settlement}/CreditorReferenceID"));
    let debited = format!("{means}/PayerPartyDebtorFinancialAccount/IBANID");
    invoice.debited_account = t.text("BT-91", &[&debited]);
    let bic = format!("{means}/PayeeSpecifiedCreditorFinancialInstitution/BICID");
    invoice.bic = t.text("BT-86", &[&bic]);
}

fn read_totals(
    invoice: &mut EInvoice,
    t: &mut Terms<'_>,
    n: &Names,
    groups: &Groups,
    root: &Element,
) {
    let Groups {
        settlement, sums, ..
    } = groups;
    let adjustments = format!("{settlement}/SpecifiedTradeAllowanceCharge");
    invoice.allowances_charges = allowances_charges(t, root, &adjustments);
    invoice.line_total = t.amount("BT-106", &format!("{sums}/LineTotalAmount"));
    invoice.allowance_total = t.amount("BT-107", &format!("{sums}/AllowanceTotalAmount"));
    invoice.charge_total = t.amount("BT-108", &format!("{sums}/ChargeTotalAmount"));
    invoice.tax_exclusive = t.amount("BT-109", &format!("{sums}/TaxBasisTotalAmount"));
    invoice.tax_total = tax_total(t, root, sums, invoice.currency.as_deref());
    invoice.tax_total_accounting = tax_total_accounting(invoice, t, root, sums);
    invoice.tax_inclusive = t.amount("BT-112", &format!("{sums}/GrandTotalAmount"));
    invoice.prepaid = t.amount("BT-113", &format!("{sums}/TotalPrepaidAmount"));
    invoice.rounding = t.amount("BT-114", &format!("{sums}/RoundingAmount"));
    invoice.payable = t.amount("BT-115", &format!("{sums}/DuePayableAmount"));
    invoice.vat_rows = vat_rows(t, n, root, &format!("{settlement}/ApplicableTradeTax"));
}

/// The VAT total in the document currency (BT-110); a second one may be in the accounting currency (BT-111).
fn tax_total(
    t: &mut Terms<'_>,
    root: &Element,
    sums: &str,
    currency: Option<&str>,
) -> Option<rust_decimal::Decimal> {
    let path = format!("{sums}/TaxTotalAmount");
    let totals = root.all(&path);
    let fits = |total: &&&Element| total.attribute("currencyID") == currency;
    let total = totals.iter().find(fits).or(totals.first())?;
    if t.is_in_other_currency(total) {
        return None;
    }
    let amount = t.amount_in(total, "")?;
    t.paths.push(("BT-110", format!("/{}/{path}", root.name)));
    Some(amount)
}

/// The VAT total in the accounting currency, where that is another one.
fn tax_total_accounting(
    invoice: &EInvoice,
    t: &mut Terms<'_>,
    root: &Element,
    sums: &str,
) -> Option<rust_decimal::Decimal> {
    let accounting = invoice.tax_currency.as_deref();
    let wanted =
        accounting.filter(|accounting| Some(*accounting) != invoice.currency.as_deref())?;
    let mut totals = root.all(&format!("{sums}/TaxTotalAmount")).into_iter();
    let total = totals.find(|total| total.attribute("currencyID") == Some(wanted))?;
    t.amount_in(total, "")
}

fn accounts(t: &mut Terms<'_>, root: &Element, means: &str) -> Vec<String> {
    let iban = format!("{means}/PayeePartyCreditorFinancialAccount/IBANID");
    let other = format!("{means}/PayeePartyCreditorFinancialAccount/ProprietaryID");
    t.text("BT-84", &[&iban, &other]);
    let mut accounts = texts(root, &iban);
    accounts.extend(texts(root, &other));
    accounts
}

fn named_party(
    t: &mut Terms<'_>,
    root: &Element,
    [name, vat]: [&'static str; 2],
    path: &str,
) -> Party {
    t.text(name, &[&format!("{path}/Name")]);
    t.text(vat, &[&format!("{path}/SpecifiedTaxRegistration/ID")]);
    root.find(path).map(party).unwrap_or_default()
}

pub(super) fn party(party: &Element) -> Party {
    let tax_id = |scheme: &str| {
        let mut ids = party.all("SpecifiedTaxRegistration/ID").into_iter();
        ids.find(|id| id.attribute("schemeID") == Some(scheme))
            .and_then(|id| text_in(id, ""))
    };
    let mut ids = texts(party, "ID");
    ids.extend(texts(party, "GlobalID"));
    Party {
        name: text_in(party, "Name"),
        trade_name: text_in(party, "SpecifiedLegalOrganization/TradingBusinessName"),
        vat_id: tax_id("VA"),
        tax_number: tax_id("FC"),
        ids,
        registration: text_in(party, "SpecifiedLegalOrganization/ID"),
        e_address: text_in(party, "URIUniversalCommunication/URIID"),
        country: text_in(party, "PostalTradeAddress/CountryID"),
        contact_mail: text_in(
            party,
            "DefinedTradeContact/EmailURIUniversalCommunication/URIID",
        ),
    }
}

fn allowances_charges(t: &mut Terms<'_>, root: &Element, path: &str) -> Vec<AllowanceCharge> {
    let one = |entry: &Element| AllowanceCharge {
        is_charge: entry
            .text_at("ChargeIndicator/Indicator")
            .or(entry.text_at("ChargeIndicator"))
            == Some("true"),
        amount: t.amount_in(entry, "ActualAmount"),
    };
    root.all(path).into_iter().map(one).collect()
}

fn vat_rows(t: &mut Terms<'_>, n: &Names, root: &Element, path: &str) -> Vec<VatRow> {
    let one = |row: &Element| VatRow {
        base: t.amount_in(row, "BasisAmount"),
        tax: t.amount_in(row, "CalculatedAmount"),
        category: text_in(row, "CategoryCode"),
        rate: t.amount_in(row, n.rate),
        exemption: text_in(row, "ExemptionReason"),
        exemption_code: text_in(row, "ExemptionReasonCode"),
    };
    root.all(path).into_iter().map(one).collect()
}

/// `None` for a line that is only a text: ZUGFeRD 1.0 writes notes as lines without an amount or a product.
fn read_line(t: &mut Terms<'_>, n: &Names, line: &Element) -> Option<Line> {
    let (agreement, delivery, settlement) = (n.line_agreement, n.line_delivery, n.line_settlement);
    let price = format!("{agreement}/NetPriceProductTradePrice");
    let quantity = format!("{delivery}/BilledQuantity");
    let read = Line {
        id: text_in(line, "AssociatedDocumentLineDocument/LineID"),
        description: text_in(line, "SpecifiedTradeProduct/Name")
            .or_else(|| text_in(line, "SpecifiedTradeProduct/Description")),
        quantity: t.amount_in(line, &quantity),
        unit: line
            .find(&quantity)
            .and_then(|q| q.attribute("unitCode"))
            .map(str::to_owned),
        unit_price: t.amount_in(line, &format!("{price}/ChargeAmount")),
        base_quantity: t.amount_in(line, &format!("{price}/BasisQuantity")),
        net: t.amount_in(
            line,
            &format!("{settlement}/{}/LineTotalAmount", n.line_summation),
        ),
        tax_category: text_in(
            line,
            &format!("{settlement}/ApplicableTradeTax/CategoryCode"),
        ),
        tax_rate: t.amount_in(line, &format!("{settlement}/ApplicableTradeTax/{}", n.rate)),
        seller_item: text_in(line, "SpecifiedTradeProduct/SellerAssignedID"),
        order_line: text_in(
            line,
            &format!("{agreement}/BuyerOrderReferencedDocument/LineID"),
        ),
        accounting_reference: text_in(
            line,
            &format!("{settlement}/ReceivableSpecifiedTradeAccountingAccount/ID"),
        ),
    };
    (read.description.is_some() || read.net.is_some() || read.quantity.is_some()).then_some(read)
}
