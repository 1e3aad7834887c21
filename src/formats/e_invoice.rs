//! The common model of an electronic invoice: EN 16931 business terms (BT numbers), whatever the syntax.

use rust_decimal::Decimal;

use super::issue::Issue;
use super::page::EmbeddedFile;
use crate::basics::calendar::Date;

/// The syntax an e-invoice was written in.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Syntax {
    /// OASIS UBL 2.1 Invoice.
    #[default]
    UblInvoice,
    /// OASIS UBL 2.1 CreditNote.
    UblCreditNote,
    /// UN/CEFACT Cross Industry Invoice D16B, also inside Factur-X and ZUGFeRD 2 PDFs.
    Cii,
    /// ZUGFeRD 1.0, the ancestor of CII D16B.
    Zugferd1,
    /// FatturaPA 1.0 to 1.2 of the Italian exchange, and its simplified form.
    FatturaPa,
}

/// A seller, buyer or payee.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Party {
    /// BT-27, BT-44, BT-59: legal name.
    pub name: Option<String>,
    /// BT-28, BT-45.
    pub trade_name: Option<String>,
    /// BT-31, BT-48: VAT id as written.
    pub vat_id: Option<String>,
    /// BT-32: national tax number.
    pub tax_number: Option<String>,
    /// BT-29, BT-46, BT-60: identifiers such as a GLN.
    pub ids: Vec<String>,
    /// BT-30, BT-47: legal registration.
    pub registration: Option<String>,
    /// BT-34, BT-49: electronic address.
    pub e_address: Option<String>,
    /// BT-40, BT-55: country code.
    pub country: Option<String>,
    /// BT-43, BT-58: contact mail address.
    pub contact_mail: Option<String>,
}

/// An allowance or charge on document level (BG-20, BG-21).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AllowanceCharge {
    /// True for a charge (BT-99), false for an allowance (BT-92).
    pub is_charge: bool,
    /// BT-92 or BT-99.
    pub amount: Option<Decimal>,
}

/// One row of the VAT breakdown (BG-23).
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct VatRow {
    /// BT-116.
    pub base: Option<Decimal>,
    /// BT-117.
    pub tax: Option<Decimal>,
    /// BT-118: S, Z, E, AE, K, G, O, L, M, B.
    pub category: Option<String>,
    /// BT-119 in per cent.
    pub rate: Option<Decimal>,
    /// BT-120: why no VAT is charged, in words.
    pub exemption: Option<String>,
    /// BT-121: the same as a code.
    pub exemption_code: Option<String>,
}

/// One invoice line (BG-25).
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Line {
    /// BT-126.
    pub id: Option<String>,
    /// BT-153, else BT-154.
    pub description: Option<String>,
    /// BT-129.
    pub quantity: Option<Decimal>,
    /// BT-130.
    pub unit: Option<String>,
    /// BT-146.
    pub unit_price: Option<Decimal>,
    /// BT-149.
    pub base_quantity: Option<Decimal>,
    /// BT-131.
    pub net: Option<Decimal>,
    /// BT-151: as BT-118.
    pub tax_category: Option<String>,
    /// BT-152 in per cent.
    pub tax_rate: Option<Decimal>,
    /// BT-155: the seller's article number.
    pub seller_item: Option<String>,
    /// BT-132.
    pub order_line: Option<String>,
    /// BT-133.
    pub accounting_reference: Option<String>,
}

/// An invoice that came before this one (BG-3).
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Preceding {
    /// BT-25.
    pub number: String,
    /// BT-26.
    pub issue_date: Option<Date>,
}

/// One electronic invoice or credit note. Amounts are as written: positive on a credit note.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct EInvoice {
    /// The syntax it came in.
    pub syntax: Syntax,
    /// BT-24: specification identifier.
    pub specification: Option<String>,
    /// BT-1.
    pub number: Option<String>,
    /// BT-2.
    pub issue_date: Option<Date>,
    /// BT-3: UNCL1001 code; in FatturaPA the TipoDocumento, TD01 to TD29.
    pub type_code: Option<String>,
    /// BT-5: ISO 4217 code as written.
    pub currency: Option<String>,
    /// BT-6: the currency of BT-111.
    pub tax_currency: Option<String>,
    /// BT-9.
    pub due_date: Option<Date>,
    /// BT-10.
    pub buyer_reference: Option<String>,
    /// BT-11.
    pub project: Option<String>,
    /// BT-12.
    pub contract: Option<String>,
    /// BT-13.
    pub order_number: Option<String>,
    /// BT-14: the seller's number of the order.
    pub sales_order: Option<String>,
    /// BT-15.
    pub receiving_advice: Option<String>,
    /// BT-16.
    pub despatch_advice: Option<String>,
    /// BT-19.
    pub accounting_reference: Option<String>,
    /// BT-20.
    pub payment_terms: Option<String>,
    /// BT-22.
    pub notes: Vec<String>,
    /// BG-3: preceding invoices.
    pub preceding: Vec<Preceding>,
    /// BG-4.
    pub seller: Party,
    /// BG-7.
    pub buyer: Party,
    /// BG-10, when the payee is not the seller.
    pub payee: Option<Party>,
    /// BT-72.
    pub delivery_date: Option<Date>,
    /// BT-73.
    pub period_start: Option<Date>,
    /// BT-74.
    pub period_end: Option<Date>,
    /// BT-81: UNCL4461 code.
    pub payment_means: Option<String>,
    /// BT-83.
    pub payment_reference: Option<String>,
    /// BT-84 of every credit transfer, as written.
    pub accounts: Vec<String>,
    /// BT-85 of the first account that has one.
    pub account_name: Option<String>,
    /// BT-86 of the first account that has one.
    pub bic: Option<String>,
    /// BT-89: the mandate of a direct debit.
    pub mandate: Option<String>,
    /// BT-90: the seller's SEPA creditor identifier.
    pub creditor_id: Option<String>,
    /// BT-91: the account that is collected from.
    pub debited_account: Option<String>,
    /// BG-20 and BG-21.
    pub allowances_charges: Vec<AllowanceCharge>,
    /// BT-106.
    pub line_total: Option<Decimal>,
    /// BT-107.
    pub allowance_total: Option<Decimal>,
    /// BT-108.
    pub charge_total: Option<Decimal>,
    /// BT-109.
    pub tax_exclusive: Option<Decimal>,
    /// BT-110: VAT total in the document currency.
    pub tax_total: Option<Decimal>,
    /// BT-111: VAT total in BT-6.
    pub tax_total_accounting: Option<Decimal>,
    /// BT-112.
    pub tax_inclusive: Option<Decimal>,
    /// BT-113.
    pub prepaid: Option<Decimal>,
    /// BT-114.
    pub rounding: Option<Decimal>,
    /// BT-115.
    pub payable: Option<Decimal>,
    /// What the buyer keeps from the payment and owes the tax office instead: withholding tax and split-payment VAT. EN 16931
    /// has no term for it.
    pub withheld: Option<Decimal>,
    /// What stands between BT-109 + BT-110 and BT-112: stamp duty, a discount or a rounding of the whole document (FatturaPA).
    pub outside_vat: Option<Decimal>,
    /// How far the lines may be from BT-109 by the rules of the exchange that checked the file, in currency units.
    pub line_tolerance: Option<Decimal>,
    /// BG-23.
    pub vat_rows: Vec<VatRow>,
    /// BG-25.
    pub lines: Vec<Line>,
    /// BG-24: files carried inside, decoded.
    pub attachments: Vec<EmbeddedFile>,
    /// BT-124: where supporting documents lie on the network. Shown, never fetched.
    pub links: Vec<String>,
    /// Paths of the terms that were found, by BT number: `("BT-1", "/Invoice/ID")`.
    pub paths: Vec<(&'static str, String)>,
    /// How many more invoices the file holds, which nobody has read.
    pub left_out: usize,
    /// What was odd.
    pub issues: Vec<Issue>,
}
