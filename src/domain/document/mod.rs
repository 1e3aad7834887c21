//! One file or body worth reading: its kind, its side, its fields with the evidence for each.

pub mod field;
pub mod state;
pub mod identity;
pub mod words;
pub mod layout;
pub mod labels;
pub mod extract;
pub mod classify;
pub mod body;
pub mod line_subject;
pub mod memory;
mod confusions;
pub mod recognised;
pub mod letterhead;
pub mod tongue;
pub mod patience;
pub mod proposal;
pub mod read;
pub mod pair;
pub mod split;
pub mod next_step;
pub mod decide;

pub use field::{Confidence, Field, Fields, Method, Source};
pub use state::{DocumentEvent, DocumentState};

use rust_decimal::Decimal;

use crate::basics::calendar::Date;
use crate::basics::ids::{ContentHash, DocumentId, MessageId};
use crate::basics::money::Money;
use crate::basics::text::one_line;
use crate::formats::issue::Issue;
use crate::words;

/// The name of a mail's own text as a document.
pub const BODY_NAME: &str = "body";

words! {
    /// What a document is. The spelling is the contract of the command line.
    pub enum DocumentKind {
        /// A supplier asks us to pay.
        Bill = "bill",
        /// A supplier owes us less trouble: reduces what we owe.
        CreditNote = "credit_note",
        /// An invoice of ours, coming back to us.
        CustomerInvoice = "customer_invoice",
        /// A payer says what a payment covers.
        Remittance = "remittance",
        /// A supplier lists what is open.
        SupplierStatement = "supplier_statement",
        /// An order.
        PurchaseOrder = "purchase_order",
        /// A change of an order.
        PurchaseOrderChange = "purchase_order_change",
        /// An answer to an order.
        PurchaseOrderResponse = "purchase_order_response",
        /// Goods were delivered or received.
        GoodsReceipt = "goods_receipt",
        /// An offer.
        Quotation = "quotation",
        /// Looks like an invoice and is none.
        Proforma = "proforma",
        /// A supplier reminds us.
        SupplierReminder = "supplier_reminder",
        /// A payment was received.
        Receipt = "receipt",
        /// A bank lists what moved.
        BankStatement = "bank_statement",
        /// None of these, or not certain.
        Other = "other",
    }
}

words! {
    /// Which side of the books a document belongs to.
    pub enum Side {
        /// Money we owe.
        Payable = "ap",
        /// Money owed to us.
        Receivable = "ar",
        /// Neither.
        None = "none",
        /// The evidence disagrees: a person decides.
        Unclear = "unclear",
    }
}

words! {
    /// Does the supplier collect the money of a bill from our account?
    #[derive(Default)]
    pub enum Collection {
        /// Nothing says so.
        #[default]
        No = "no",
        /// Its words speak of it, but it names an account to pay to as well.
        Likely = "likely",
        /// The file says so (BT-81), or its words do and nothing else is to be done.
        Sure = "sure",
    }
}

/// One line of a bill as printed.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct DocumentLine {
    /// What was delivered.
    pub description: String,
    /// How many.
    pub quantity: Option<Decimal>,
    /// Price of one, in the document's currency.
    pub unit_price: Option<Decimal>,
    /// Net amount of the line, in the document's currency (BT-131).
    pub net: Option<Decimal>,
    /// Its amount with VAT, where that is what is printed.
    pub gross: Option<Decimal>,
    /// VAT rate in per cent (BT-152).
    pub tax_rate: Option<Decimal>,
    /// How sure it is.
    pub confidence: Confidence,
    /// Where it was found.
    pub source: Source,
}

/// One line of a remittance advice.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RemittanceLine {
    /// The invoice number as the payer wrote it.
    pub invoice: String,
    /// What is paid on it; `None` where only a sum over several invoices is said.
    pub amount: Option<Money>,
    /// A discount the payer took, when stated.
    pub discount: Option<Money>,
}

/// The amounts of an invoice as stated, for the arithmetic rules BR-CO-10 to BR-CO-17. In the document's currency.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct StatedAmounts {
    /// BT-131 of every line.
    pub line_nets: Vec<Decimal>,
    /// BT-92 of every document-level allowance.
    pub allowances: Vec<Decimal>,
    /// BT-99 of every document-level charge.
    pub charges: Vec<Decimal>,
    /// BT-106.
    pub line_total: Option<Decimal>,
    /// BT-107.
    pub allowance_total: Option<Decimal>,
    /// BT-108.
    pub charge_total: Option<Decimal>,
    /// BT-109.
    pub net: Option<Decimal>,
    /// BT-110.
    pub tax: Option<Decimal>,
    /// BT-112.
    pub gross: Option<Decimal>,
    /// BT-113.
    pub prepaid: Option<Decimal>,
    /// BT-114.
    pub rounding: Option<Decimal>,
    /// BT-115.
    pub payable: Option<Decimal>,
    /// Kept from the payment for the tax office: withholding tax, split-payment VAT.
    pub withheld: Option<Decimal>,
    /// Stamp duty, discount or rounding of the whole document, between BT-109 + BT-110 and BT-112.
    pub outside_vat: Option<Decimal>,
    /// How far the lines may be from BT-109 by the rules of the exchange that checked the file.
    pub line_tolerance: Option<Decimal>,
    /// BT-116, BT-117 and BT-119 of every row of the VAT breakdown.
    pub vat_rows: Vec<StatedVat>,
}

/// One row of a VAT breakdown (BG-23).
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct StatedVat {
    /// BT-116.
    pub base: Option<Decimal>,
    /// BT-117.
    pub tax: Option<Decimal>,
    /// BT-119 in per cent.
    pub rate: Option<Decimal>,
}

/// What reading a document gave.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Reading {
    /// What it is and which side it belongs to.
    pub classification: Classification,
    /// The values, each with where it was found and how sure we are.
    pub fields: Fields,
    /// The lines of a bill.
    pub lines: Vec<DocumentLine>,
    /// The amounts as stated, for the arithmetic.
    pub amounts: StatedAmounts,
    /// The lines of a remittance.
    pub payments: Vec<RemittanceLine>,
    /// Whether a bill is collected from our account.
    pub collection: Collection,
    /// What was odd.
    pub issues: Vec<Issue>,
    /// Numbered pages; 0 for what has none.
    pub pages: u32,
    /// Which memories of earlier corrections spoke.
    pub recalled: Vec<memory::Recalled>,
}

/// What a document is, and why we think so.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Classification {
    /// What it is.
    pub kind: DocumentKind,
    /// Which side it belongs to.
    pub side: Side,
    /// How sure that is.
    pub confidence: Confidence,
    /// The evidence, in words.
    pub reasons: Vec<String>,
    /// Why a person has to decide, when the evidence disagrees.
    pub conflict: Option<String>,
}

impl Default for Classification {
    fn default() -> Self {
        Self {
            kind: DocumentKind::Other,
            side: Side::None,
            confidence: Confidence::NONE,
            reasons: Vec::new(),
            conflict: None,
        }
    }
}

/// One document of a message.
#[derive(Clone, PartialEq, Debug)]
pub struct Document {
    /// Derived from the message and the place in it.
    pub id: DocumentId,
    /// The mail it came with.
    pub message: MessageId,
    /// The document it was taken out of, or whose page it is.
    pub parent: Option<DocumentId>,
    /// Its place in the mail: `1.2`, or `1.2/factur-x.xml` inside another document.
    pub part: String,
    /// Its file name, a claim of the sender, cleaned; `body` for a mail body.
    pub name: String,
    /// Its type by leading bytes: `application/pdf`.
    pub media_type: String,
    /// Names its bytes in the vault.
    pub content: ContentHash,
    /// Where it stands.
    pub state: DocumentState,
    /// Why it was set aside or replaced.
    pub note: Option<String>,
    /// What reading it gave, once read.
    pub reading: Reading,
    /// 0 before it is stored.
    pub version: u64,
}

impl Document {
    /// The id of the document at this place of a message.
    pub fn id_of(message: MessageId, part: &str) -> DocumentId {
        DocumentId::derive(&[&message.to_string(), part])
    }

    /// It is the text of the mail, no file.
    pub fn is_body(&self) -> bool {
        let is_text = matches!(self.media_type.as_str(), "text/plain" | "text/html");
        is_text && matches!(self.name.as_str(), "body" | "")
    }

    /// The name it has as a file: a body that is itself the document has none of its own.
    pub fn file_name(&self) -> String {
        match (self.name.as_str(), self.media_type.as_str()) {
            (BODY_NAME | "", "text/html") => "body.html".into(),
            (BODY_NAME | "", "text/plain") => "body.txt".into(),
            (name, _) => one_line(name, 120),
        }
    }

    /// The day printed on it, when it was read.
    pub fn issue_date(&self) -> Option<Date> {
        self.reading
            .fields
            .issue_date
            .as_ref()
            .map(|field| field.value)
    }
}
