//! OASIS UBL 2.1 Invoice and CreditNote, by the paths of EN 16931-3-2.

use super::e_invoice::{AllowanceCharge, EInvoice, Line, Party, Preceding, Syntax, VatRow};
use super::xml::Element;
use super::xml_root::RootKind;
use super::xml_terms::{Terms, text_in, texts};

/// Reads a UBL Invoice or CreditNote, also a self-billed one; `None` when the root is another document.
pub(super) fn from_xml(kind: RootKind, root: &Element) -> Option<EInvoice> {
    let (syntax, names) = if matches!(kind, RootKind::UblInvoice | RootKind::UblSelfBilledInvoice) {
        (
            Syntax::UblInvoice,
            Names {
                type_code: "InvoiceTypeCode",
                line: "InvoiceLine",
                quantity: "InvoicedQuantity",
            },
        )
    } else if matches!(
        kind,
        RootKind::UblCreditNote | RootKind::UblSelfBilledCreditNote
    ) {
        (
            Syntax::UblCreditNote,
            Names {
                type_code: "CreditNoteTypeCode",
                line: "CreditNoteLine",
                quantity: "CreditedQuantity",
            },
        )
    } else {
        return None;
    };
    let mut terms = Terms::new(root);
    let mut invoice = read(syntax, &names, &mut terms, root);
    read_references(&mut invoice, &mut terms, root);
    read_direct_debit(&mut invoice, &mut terms, root);
    invoice.paths = terms.paths;
    invoice.issues = terms.issues;
    if kind == RootKind::UblSelfBilledInvoice {
        invoice.type_code = Some(SELF_BILLED_INVOICE.to_owned());
    } else if kind == RootKind::UblSelfBilledCreditNote {
        invoice.type_code = Some(SELF_BILLED_CREDIT_NOTE.to_owned());
    }
    Some(invoice)
}

/// UNCL1001 for the two documents whose root says what the code of the others says.
const SELF_BILLED_INVOICE: &str = "389";
const SELF_BILLED_CREDIT_NOTE: &str = "261";

/// What the two documents call differently.
struct Names {
    type_code: &'static str,
    line: &'static str,
    quantity: &'static str,
}

fn read(syntax: Syntax, names: &Names, t: &mut Terms<'_>, root: &Element) -> EInvoice {
    let currency = t.text("BT-5", &["DocumentCurrencyCode"]);
    t.in_currency(currency.as_deref());
    let tax = document_tax(root, currency.as_deref());
    let tax_currency = t.text("BT-6", &["TaxCurrencyCode"]);
    let accounting = tax_currency.as_deref().and_then(|accounting| {
        let mut totals = root.all("TaxTotal/TaxAmount").into_iter();
        totals.find(|total| total.attribute("currencyID") == Some(accounting))
    });
    let accounting = accounting.filter(|_| tax_currency != currency);
    let tax_total_accounting = accounting.and_then(|total| t.amount_in(total, ""));
    let tax_total = tax.and_then(|tax| {
        t.paths
            .push(("BT-110", format!("/{}/TaxTotal/TaxAmount", root.name)));
        let amount = tax.find("TaxAmount")?;
        if t.is_in_other_currency(amount) {
            return None;
        }
        t.amount_in(tax, "TaxAmount")
    });
    EInvoice {
        syntax,
        specification: t.text("BT-24", &["CustomizationID"]),
        number: t.text("BT-1", &["ID"]),
        issue_date: t.date("BT-2", &["IssueDate"]),
        type_code: t.text("BT-3", &[names.type_code]),
        due_date: t.date("BT-9", &["DueDate", "PaymentMeans/PaymentDueDate"]),
        buyer_reference: t.text("BT-10", &["BuyerReference"]),
        order_number: t.text("BT-13", &["OrderReference/ID"]),
        accounting_reference: t.text("BT-19", &["AccountingCost"]),
        payment_terms: payment_terms(t, root),
        notes: texts(root, "Note"),
        seller: seller(t, root),
        buyer: buyer(t, root),
        payee: root.find("PayeeParty").map(party),
        payment_means: t.text("BT-81", &["PaymentMeans/PaymentMeansCode"]),
        payment_reference: t.text("BT-83", &["PaymentMeans/PaymentID"]),
        accounts: accounts(t, root),
        account_name: t.text("BT-85", &["PaymentMeans/PayeeFinancialAccount/Name"]),
        bic: t.text("BT-86", &["PaymentMeans/PayeeFinancialAccount/FinancialInstitutionBranch/ID",
            "PaymentMeans/PayeeFinancialAccount/FinancialInstitutionBranch/FinancialInstitution/ID"]),
        allowances_charges: allowances_charges(t, root),
        line_total: t.amount("BT-106", "LegalMonetaryTotal/LineExtensionAmount"),
        allowance_total: t.amount("BT-107", "LegalMonetaryTotal/AllowanceTotalAmount"),
        charge_total: t.amount("BT-108", "LegalMonetaryTotal/ChargeTotalAmount"),
        tax_exclusive: t.amount("BT-109", "LegalMonetaryTotal/TaxExclusiveAmount"),
        tax_total,
        tax_currency,
        tax_total_accounting,
        tax_inclusive: t.amount("BT-112", "LegalMonetaryTotal/TaxInclusiveAmount"),
        prepaid: t.amount("BT-113", "LegalMonetaryTotal/PrepaidAmount"),
        rounding: t.amount("BT-114", "LegalMonetaryTotal/PayableRoundingAmount"),
        payable: t.amount("BT-115", "LegalMonetaryTotal/PayableAmount"),
        vat_rows: tax.map(|tax| vat_rows(t, tax)).unwrap_or_default(),
        lines: root.all(names.line).into_iter().map(|line| read_line(t, names, line)).collect(),
        attachments: t.attachments("AdditionalDocumentReference/Attachment/EmbeddedDocumentBinaryObject"),
        currency,
        ..EInvoice::default()
    }
}

/// What the invoice belongs to: orders, contracts, advices, earlier invoices, a delivery or a period.
fn read_references(invoice: &mut EInvoice, t: &mut Terms<'_>, root: &Element) {
    // In a credit note the project stands among the additional documents, under code 50.
    let projects = root.all("AdditionalDocumentReference").into_iter();
    let mut projects = projects.filter(|one| one.text_at("DocumentTypeCode") == Some("50"));
    invoice.project = t
        .text("BT-11", &["ProjectReference/ID"])
        .or_else(|| projects.find_map(|one| text_in(one, "ID")));
    invoice.contract = t.text("BT-12", &["ContractDocumentReference/ID"]);
    invoice.sales_order = t.text("BT-14", &["OrderReference/SalesOrderID"]);
    invoice.receiving_advice = t.text("BT-15", &["ReceiptDocumentReference/ID"]);
    invoice.despatch_advice = t.text("BT-16", &["DespatchDocumentReference/ID"]);
    let earlier = root.all("BillingReference/InvoiceDocumentReference");
    let earlier = earlier.into_iter().filter_map(|one| {
        Some(Preceding {
            number: text_in(one, "ID")?,
            issue_date: t.date_in(one, "IssueDate"),
        })
    });
    invoice.preceding = earlier.collect();
    invoice.delivery_date = t.date("BT-72", &["Delivery/ActualDeliveryDate"]);
    invoice.period_start = t.date("BT-73", &["InvoicePeriod/StartDate"]);
    invoice.period_end = t.date("BT-74", &["InvoicePeriod/EndDate"]);
    invoice.links = texts(
        root,
        "AdditionalDocumentReference/Attachment/ExternalReference/URI",
    );
}

fn read_direct_debit(invoice: &mut EInvoice, t: &mut Terms<'_>, root: &Element) {
    let mandate = "PaymentMeans/PaymentMandate";
    invoice.mandate = t.text("BT-89", &[&format!("{mandate}/ID")]);
    let account = format!("{mandate}/PayerFinancialAccount/ID");
    invoice.debited_account = t.text("BT-91", &[&account]);
    let parties = ["AccountingSupplierParty/Party", "PayeeParty"];
    invoice.creditor_id = parties.iter().find_map(|party| {
        let ids = root.all(&format!("{party}/PartyIdentification/ID"));
        let mut ids = ids.into_iter();
        ids.find(|id| id.attribute("schemeID") == Some("SEPA"))
            .and_then(|id| text_in(id, ""))
    });
}

/// The TaxTotal in the document currency (BT-110): a second one may state the VAT in the seller's own currency (BT-111).
fn document_tax<'x>(root: &'x Element, currency: Option<&str>) -> Option<&'x Element> {
    let totals = root.all("TaxTotal");
    let in_currency = |total: &&&Element| {
        total
            .find("TaxAmount")
            .and_then(|amount| amount.attribute("currencyID"))
            == currency
    };
    totals.iter().find(in_currency).or(totals.first()).copied()
}

/// BT-20, several terms one below the other.
fn payment_terms(t: &mut Terms<'_>, root: &Element) -> Option<String> {
    t.text("BT-20", &["PaymentTerms/Note"])
        .map(|_| texts(root, "PaymentTerms/Note").join("\n"))
}

fn accounts(t: &mut Terms<'_>, root: &Element) -> Vec<String> {
    t.text("BT-84", &["PaymentMeans/PayeeFinancialAccount/ID"]);
    texts(root, "PaymentMeans/PayeeFinancialAccount/ID")
}

fn seller(t: &mut Terms<'_>, root: &Element) -> Party {
    t.text(
        "BT-27",
        &[
            "AccountingSupplierParty/Party/PartyLegalEntity/RegistrationName",
            "AccountingSupplierParty/Party/PartyName/Name",
        ],
    );
    t.text(
        "BT-31",
        &["AccountingSupplierParty/Party/PartyTaxScheme/CompanyID"],
    );
    root.find("AccountingSupplierParty/Party")
        .map(party)
        .unwrap_or_default()
}

fn buyer(t: &mut Terms<'_>, root: &Element) -> Party {
    t.text(
        "BT-44",
        &[
            "AccountingCustomerParty/Party/PartyLegalEntity/RegistrationName",
            "AccountingCustomerParty/Party/PartyName/Name",
        ],
    );
    t.text(
        "BT-48",
        &["AccountingCustomerParty/Party/PartyTaxScheme/CompanyID"],
    );
    root.find("AccountingCustomerParty/Party")
        .map(party)
        .unwrap_or_default()
}

pub(super) fn party(party: &Element) -> Party {
    let registered = text_in(party, "PartyLegalEntity/RegistrationName");
    let traded = text_in(party, "PartyName/Name");
    let tax_id = |is_vat: bool| {
        let schemes = party.all("PartyTaxScheme").into_iter();
        let mut fitting = schemes.filter(|s| {
            s.text_at("TaxScheme/ID")
                .is_some_and(|id| id.eq_ignore_ascii_case("VAT"))
                == is_vat
        });
        fitting.find_map(|scheme| text_in(scheme, "CompanyID"))
    };
    // The SEPA creditor identifier (BT-90) stands among the seller's identifiers but identifies a direct debit.
    let identifiers = party.all("PartyIdentification/ID").into_iter();
    let ids = identifiers.filter(|id| id.attribute("schemeID") != Some("SEPA"));
    Party {
        trade_name: registered.as_ref().and(traded.clone()),
        name: registered.or(traded),
        vat_id: tax_id(true),
        tax_number: tax_id(false),
        ids: ids.filter_map(|id| text_in(id, "")).collect(),
        registration: text_in(party, "PartyLegalEntity/CompanyID"),
        e_address: text_in(party, "EndpointID"),
        country: text_in(party, "PostalAddress/Country/IdentificationCode"),
        contact_mail: text_in(party, "Contact/ElectronicMail"),
    }
}

fn allowances_charges(t: &mut Terms<'_>, root: &Element) -> Vec<AllowanceCharge> {
    let one = |entry: &Element| AllowanceCharge {
        is_charge: entry.text_at("ChargeIndicator") == Some("true"),
        amount: t.amount_in(entry, "Amount"),
    };
    root.all("AllowanceCharge").into_iter().map(one).collect()
}

fn vat_rows(t: &mut Terms<'_>, tax: &Element) -> Vec<VatRow> {
    let one = |row: &Element| VatRow {
        base: t.amount_in(row, "TaxableAmount"),
        tax: t.amount_in(row, "TaxAmount"),
        category: text_in(row, "TaxCategory/ID"),
        rate: t.amount_in(row, "TaxCategory/Percent"),
        exemption: text_in(row, "TaxCategory/TaxExemptionReason"),
        exemption_code: text_in(row, "TaxCategory/TaxExemptionReasonCode"),
    };
    tax.all("TaxSubtotal").into_iter().map(one).collect()
}

fn read_line(t: &mut Terms<'_>, names: &Names, line: &Element) -> Line {
    Line {
        id: text_in(line, "ID"),
        description: text_in(line, "Item/Name").or_else(|| text_in(line, "Item/Description")),
        quantity: t.amount_in(line, names.quantity),
        unit: line
            .find(names.quantity)
            .and_then(|q| q.attribute("unitCode"))
            .map(str::to_owned),
        unit_price: t.amount_in(line, "Price/PriceAmount"),
        base_quantity: t.amount_in(line, "Price/BaseQuantity"),
        net: t.amount_in(line, "LineExtensionAmount"),
        tax_category: text_in(line, "Item/ClassifiedTaxCategory/ID"),
        tax_rate: t.amount_in(line, "Item/ClassifiedTaxCategory/Percent"),
        seller_item: text_in(line, "Item/SellersItemIdentification/ID"),
        order_line: text_in(line, "OrderLineReference/LineID"),
        accounting_reference: text_in(line, "AccountingCost"),
    }
}
