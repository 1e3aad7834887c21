//! The words of the trade in six languages, as data: headings by kind of paper (DOMAIN 2.3), and phrases that change what
//! a paper means. All folded: lower case, without diacritics.

use super::DocumentKind;
use crate::words;

words! {
    /// What the heading of a paper says it is. Several of these are one kind for the books.
    pub enum Heading {
        /// An invoice.
        Invoice = "invoice",
        /// A credit note.
        CreditNote = "credit note",
        /// An invoice written by the one who pays.
        SelfBilling = "self-billed invoice",
        /// A proforma.
        Proforma = "proforma",
        /// A statement of account.
        Statement = "statement of account",
        /// An order.
        Order = "purchase order",
        /// A change of an order.
        OrderChange = "order change",
        /// A confirmation of an order.
        OrderResponse = "order confirmation",
        /// A delivery note or a receiving note.
        Delivery = "delivery note",
        /// A remittance advice.
        Remittance = "remittance advice",
        /// A receipt.
        Receipt = "receipt",
        /// A bank statement or the notice of a credit.
        Bank = "bank statement",
        /// An offer.
        Quotation = "quotation",
        /// A notice that money will be collected.
        DirectDebit = "direct debit notice",
        /// A supplier's reminder.
        Reminder = "supplier's reminder",
        /// New bank details.
        BankDetails = "change of bank details",
        /// A complaint.
        Dispute = "dispute",
        /// A debit note or charge-back.
        DebitNote = "debit note",
    }
}

impl Heading {
    /// The kind for the books.
    pub fn kind(self) -> DocumentKind {
        match self {
            Self::Invoice | Self::SelfBilling => DocumentKind::Bill,
            Self::CreditNote => DocumentKind::CreditNote,
            Self::Proforma => DocumentKind::Proforma,
            Self::Statement => DocumentKind::SupplierStatement,
            Self::Order => DocumentKind::PurchaseOrder,
            Self::OrderChange => DocumentKind::PurchaseOrderChange,
            Self::OrderResponse => DocumentKind::PurchaseOrderResponse,
            Self::Delivery => DocumentKind::GoodsReceipt,
            Self::Remittance => DocumentKind::Remittance,
            Self::Receipt => DocumentKind::Receipt,
            Self::Bank => DocumentKind::BankStatement,
            Self::Quotation => DocumentKind::Quotation,
            Self::Reminder => DocumentKind::SupplierReminder,
            Self::DirectDebit | Self::BankDetails | Self::Dispute | Self::DebitNote => DocumentKind::Other,
        }
    }
}

/// Headings of DOMAIN 2.3 in English, German, French, Spanish, Italian and Dutch. A word that means two things stands in
/// two rows on purpose: then neither wins and a person decides (DOMAIN 2.6).
pub const HEADINGS: &[(Heading, &[&str])] = &[
    (Heading::Invoice, &[
        "invoice", "tax invoice", "commercial invoice", "vat invoice", "sales invoice", "bill", "fee note", "information invoice", "rechnung", "faktura", "honorarnote",
        "abschlagsrechnung", "schlussrechnung", "teilrechnung", "handelsrechnung", "facture", "note d'honoraires", "facture d'acompte", "factura",
        "factura simplificada", "minuta", "fattura", "parcella", "fattura di acconto", "factuur", "nota", "voorschotfactuur",
    ]),
    (Heading::CreditNote, &[
        "credit note", "credit memo", "credit invoice", "gutschrift", "rechnungskorrektur", "storno", "stornorechnung", "korrekturrechnung", "avoir", "note de credit",
        "facture rectificative", "nota de credito", "abono", "factura rectificativa", "nota de abono", "nota di credito",
        "nota di accredito", "creditnota", "creditfactuur",
    ]),
    (Heading::SelfBilling, &[
        "self-billed invoice", "self billed invoice", "self-billing invoice", "recipient-created tax invoice", "recipient created tax invoice", "rcti", "gutschrift",
        "gutschriftverfahren", "autofacturation", "autofactura", "facturacion por el destinatario", "autofattura", "self-billing",
        "zelffacturering",
    ]),
    (Heading::Proforma, &[
        "pro forma", "proforma", "pro forma invoice", "proforma invoice", "pro-forma invoice", "proforma-rechnung", "proformarechnung", "vorausrechnung", "facture pro forma",
        "facture proforma", "factura proforma", "fattura proforma", "preavviso di parcella", "proformafactuur", "pro-forma factuur",
    ]),
    (Heading::Statement, &[
        "statement of account", "account statement", "vendor statement", "supplier statement", "kontoauszug", "op-liste", "saldenbestatigung", "offene posten",
        "releve de compte", "releve de factures", "estado de cuenta", "extracto de cuenta", "estratto conto", "rekeningoverzicht",
        "openstaande posten",
    ]),
    (Heading::Order, &[
        "purchase order", "order", "po", "bestellung", "bestellschein", "auftrag", "bon de commande", "commande", "pedido", "orden de compra",
        "ordine d'acquisto", "ordine di acquisto", "ordine", "bestelling", "inkooporder", "bestelbon",
    ]),
    (Heading::OrderChange, &["order change", "change order", "purchase order change", "bestellanderung", "auftragsanderung", "modification de commande", "cambio de pedido", "modifica ordine", "orderwijziging"]),
    (Heading::OrderResponse, &[
        "order confirmation", "order acknowledgement", "order acknowledgment", "order response", "purchase order response", "auftragsbestatigung", "bestellantwort", "accuse de commande",
        "confirmation de commande", "confirmacion de pedido", "conferma d'ordine", "conferma ordine", "orderbevestiging",
    ]),
    (Heading::Delivery, &[
        "delivery note", "packing slip", "packing list", "goods received note", "proof of delivery", "lieferschein", "wareneingang",
        "wareneingangsbeleg", "packzettel", "bon de livraison", "bon de reception", "albaran", "nota de entrega", "nota de recepcion",
        "documento di trasporto", "ddt", "bolla", "pakbon", "leverbon", "afleverbon", "ontvangstbon",
    ]),
    (Heading::Remittance, &[
        "remittance advice", "remittance", "payment advice", "payment details", "zahlungsavis", "avis", "zahlungsaufstellung", "avis de paiement",
        "avis de virement", "bordereau de reglement", "aviso de pago", "aviso de transferencia", "relacion de pagos", "avviso di pagamento",
        "distinta di pagamento", "avviso di bonifico", "betaalspecificatie", "betaaladvies", "betalingsbericht",
    ]),
    (Heading::Receipt, &[
        "receipt", "payment receipt", "sales receipt", "payment received", "paid with thanks", "quittung", "zahlungsbestatigung", "zahlungseingang", "recu", "quittance", "acquit",
        "recibo", "justificante de pago", "recibi", "ricevuta", "quietanza", "kwitantie", "betalingsbewijs", "ontvangstbevestiging",
    ]),
    (Heading::Bank, &[
        "deposit slip", "credit advice", "bank statement", "gutschriftanzeige", "einzahlungsbeleg", "kontoauszug", "avis de credit",
        "bordereau de remise", "releve bancaire", "aviso de abono", "resguardo de ingreso", "extracto bancario", "extracto de cuenta",
        "contabile bancaria", "distinta di versamento", "estratto conto", "creditadvies", "stortingsbewijs", "bankafschrift",
    ]),
    (Heading::Quotation, &[
        "quotation", "quote", "estimate", "offer", "request for quotation", "angebot", "kostenvoranschlag", "devis", "offre", "presupuesto", "oferta", "cotizacion", "preventivo",
        "offerta", "offerte", "prijsopgave",
    ]),
    (Heading::DirectDebit, &[
        "direct debit advance notice", "direct debit notice", "sepa-vorabankundigung", "vorabankundigung", "lastschriftanzeige", "avis de prelevement", "preavis",
        "aviso de domiciliacion", "aviso de adeudo", "preavviso di addebito", "vooraankondiging incasso",
    ]),
    (Heading::Reminder, &[
        "payment reminder", "reminder", "overdue notice", "final demand", "final notice", "dunning letter", "zahlungserinnerung", "mahnung", "letzte mahnung", "relance", "rappel de paiement",
        "mise en demeure", "recordatorio de pago", "reclamacion de pago", "sollecito di pagamento", "betalingsherinnering", "aanmaning",
    ]),
    (Heading::BankDetails, &[
        "new bank details", "change of account", "change of bank details", "geanderte bankverbindung", "neue kontoverbindung", "neue bankverbindung", "changement de rib",
        "changement de coordonnees bancaires", "cambio de cuenta bancaria", "nuevos datos bancarios", "variazione coordinate bancarie",
        "nuovo iban", "gewijzigd rekeningnummer", "nieuwe bankgegevens",
    ]),
    (Heading::Dispute, &[
        "dispute", "claim", "discrepancy", "reklamation", "mangelruge", "einspruch", "litige", "contestation", "reclamation", "reclamacion",
        "disputa", "discrepancia", "contestazione", "reclamo", "geschil", "reclamatie", "betwisting",
    ]),
    (Heading::DebitNote, &[
        "debit note", "debit memo", "chargeback", "deduction", "belastungsanzeige", "lastschrift", "note de debit", "avis de debit", "nota de cargo",
        "nota de debito", "nota di debito", "nota di addebito", "debetnota",
    ]),
];

/// Endings of German and Dutch compounds that are headings by themselves: `Mietrechnung`, `Energiefactuur`.
pub const COMPOUND_ENDINGS: &[(Heading, &str)] = &[
    (Heading::CreditNote, "korrekturrechnung"),
    (Heading::CreditNote, "stornorechnung"),
    (Heading::Proforma, "proformarechnung"),
    (Heading::Invoice, "rechnung"),
    (Heading::Invoice, "factuur"),
    (Heading::Order, "bestellung"),
];

/// Beginnings of file names (DOMAIN 2.3), folded, without blanks.
pub const FILE_NAMES: &[(Heading, &[&str])] = &[
    (Heading::Invoice, &["re-", "re_", "rechnung", "inv", "facture", "factura", "fattura", "factuur"]),
    (Heading::CreditNote, &["cn", "gs", "gutschrift", "avoir", "credit", "storno"]),
    (Heading::Delivery, &["ls", "ddt", "lieferschein", "delivery"]),
    (Heading::Order, &["po", "order", "bestellung", "purchase"]),
    (Heading::Remittance, &["remit", "avis", "zahlungsavis", "payment_advice", "payment-advice"]),
    (Heading::Statement, &["statement", "kontoauszug", "op-liste"]),
];

/// Someone says that a payment was or is being made; what makes a mail body a remittance when numbers with amounts follow.
pub const PAYMENT_PHRASES: &[&str] = &[
    "remittance", "payment advice", "we have paid", "we paid", "have paid", "has been paid", "have transferred", "we transferred", "payment of", "payment for", "paid the following",
    "payment has been made", "payment was made", "payment made", "payment details", "we are paying", "paying the following", "this payment covers", "payment covers", "following invoices", "will be credited", "has been sent to your account", "settle the following", "have remitted",
    "zahlungsavis", "zahlungsavise", "uberwiesen", "zahlung fur", "zahlung uber", "zahlen wir", "bezahlen wir", "haben wir bezahlt", "zur zahlung angewiesen", "angewiesen", "folgende rechnungen", "folgenden rechnungen", "begleichen wir", "gezahlt",
    "avis de paiement", "avis de virement", "nous avons paye", "nous avons regle", "nous avons vire", "virement", "reglement des factures", "aviso de pago", "hemos pagado", "hemos transferido", "transferencia",
    "avviso di pagamento", "abbiamo pagato", "bonifico", "betaalspecificatie", "betaaladvies", "hebben wij betaald", "overgemaakt", "betaling van",
];

/// Already paid: nothing to transfer.
pub const PAID_PHRASES: &[&str] = &[
    "already paid", "paid in full", "paid with thanks", "bereits bezahlt", "betrag dankend erhalten", "deja payee", "deja reglee", "acquittee", "ya pagado", "pagado", "gia pagato",
    "pagato", "reeds voldaan", "reeds betaald", "voldaan",
];

/// Will be collected: nothing to transfer.
pub const COLLECTED_PHRASES: &[&str] = &[
    "will be debited", "will be collected", "by direct debit", "do not pay", "wird abgebucht", "eingezogen", "per lastschrift", "buchen wir", "sera preleve", "sera prelevee",
    "se cargara en cuenta", "domiciliacion bancaria", "addebito diretto", "wordt automatisch geincasseerd", "automatische incasso",
];

/// The paper was taken back.
pub const CANCELLED_PHRASES: &[&str] = &["cancelled", "canceled", "storniert", "annulee", "anulada", "annullata", "geannuleerd"];

/// A copy of something that came before.
pub const COPY_PHRASES: &[&str] = &["copy", "duplicate", "kopie", "zweitschrift", "duplicata", "duplikat", "copia", "copia di cortesia"];

/// What a credit note says and a self-billed invoice does not (DOMAIN 2.6, the German `Gutschrift`).
pub const IN_YOUR_FAVOUR: &[&str] = &["zu ihren gunsten", "wir schreiben ihnen gut", "in your favour", "in your favor", "en votre faveur"];

/// What a self-billed invoice says.
pub const SELF_BILLING_PHRASES: &[&str] = &["gutschriftverfahren", "§ 14 abs. 2", "§14 abs. 2", "abrechnung im gutschriftsverfahren", "self-billing", "self billing"];
