//! The words of the trade in six languages, as data: headings by kind of paper (DOMAIN 2.3), and phrases that change what
//! a paper means. All folded: lower case, without diacritics.

use std::sync::LazyLock;

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
            // A debit note is a supplier's charge, or a customer's deduction: always held.
            Self::Invoice | Self::SelfBilling | Self::DebitNote => DocumentKind::Bill,
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
            Self::DirectDebit | Self::BankDetails | Self::Dispute => DocumentKind::Other,
        }
    }
}

/// Headings of DOMAIN 2.3 in English, German, French, Spanish, Italian and Dutch. A word that means two things stands in
/// two rows on purpose: then neither wins and a person decides (DOMAIN 2.6).
pub static HEADINGS: LazyLock<Vec<(Heading, Vec<&'static str>)>> = LazyLock::new(|| {
    let rows = rows(include_str!("headings.txt"));
    let known = rows.filter_map(|(name, words)| Some((Heading::parse(name)?, words.collect())));
    known.collect()
});

/// Rows of a data file: `name: word, word`. Empty lines and comments are left out.
pub(super) fn rows(
    data: &'static str,
) -> impl Iterator<Item = (&'static str, impl Iterator<Item = &'static str>)> {
    let lines = data.lines().filter(|line| !line.starts_with('#'));
    let named = lines.filter_map(|line| line.split_once(':'));
    named.map(|(name, words)| (name.trim(), words.split(',').map(str::trim)))
}

/// The kinds of paper this word is a heading of.
pub fn headings_of(word: &str) -> impl Iterator<Item = Heading> {
    let named = HEADINGS
        .iter()
        .filter(move |(_, words)| words.contains(&word));
    named.map(|(heading, _)| *heading)
}

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
    (
        Heading::Invoice,
        &[
            "re-", "re_", "rechnung", "inv", "facture", "factura", "fattura", "factuur",
        ],
    ),
    (
        Heading::CreditNote,
        &["cn", "gs", "gutschrift", "avoir", "credit", "storno"],
    ),
    (
        Heading::Delivery,
        &["ls", "ddt", "lieferschein", "delivery"],
    ),
    (Heading::Order, &["po", "order", "bestellung", "purchase"]),
    (
        Heading::Remittance,
        &[
            "remit",
            "avis",
            "zahlungsavis",
            "payment_advice",
            "payment-advice",
        ],
    ),
    (
        Heading::Statement,
        &["statement", "kontoauszug", "op-liste"],
    ),
];

/// Words that a till or a card terminal prints, folded.
pub const TILL_WORDS: &[&str] = &[
    "visa",
    "mastercard",
    "maestro",
    "girocard",
    "ec-karte",
    "ec-cash",
    "amex",
    "kreditkarte",
    "kartenzahlung",
    "bar",
    "gegeben",
    "ruckgeld",
    "wechselgeld",
    "kassenbon",
    "kassenbeleg",
    "bon-nr",
    "kasse",
    "kassierer",
    "bediener",
    "tse",
    "tse-signatur",
    "quittung",
    "beleg",
    "bewirtungsbeleg",
    "trinkgeld",
    "cash",
    "change",
    "cashier",
    "till",
    "tendered",
    "receipt",
    "subtotal:",
    "tip",
    "gratuity",
    "card",
    "contactless",
    "aid",
    "approval",
    "terminal",
    "carte",
    "especes",
    "rendu",
    "ticket",
    "caisse",
    "pourboire",
    "efectivo",
    "cambio",
    "tarjeta",
    "camarero",
    "mesa",
    "caja",
    "contanti",
    "resto",
    "scontrino",
    "bancomat",
    "documento commerciale",
    "pagamento elettronico",
    "contant",
    "wisselgeld",
    "pin",
    "pinpas",
    "bonnetje",
    "kassabon",
    "kassa",
    "bancontact",
    "fahrpreis",
    "taxi",
    "fare",
];

/// Already paid: nothing to transfer.
pub const PAID_PHRASES: &[&str] = &[
    "already paid",
    "paid in full",
    "paid with thanks",
    "bereits bezahlt",
    "betrag dankend erhalten",
    "deja payee",
    "deja reglee",
    "acquittee",
    "ya pagado",
    "pagado",
    "gia pagato",
    "pagato",
    "reeds voldaan",
    "reeds betaald",
    "voldaan",
];

/// Will be collected: nothing to transfer.
pub const COLLECTED_PHRASES: &[&str] = &[
    "will be debited",
    "will be collected",
    "by direct debit",
    "do not pay",
    "wird abgebucht",
    "eingezogen",
    "per lastschrift",
    "buchen wir",
    "sera preleve",
    "sera prelevee",
    "se cargara en cuenta",
    "domiciliacion bancaria",
    "addebito diretto",
    "wordt automatisch geincasseerd",
    "automatische incasso",
];

/// The paper was taken back.
pub const CANCELLED_PHRASES: &[&str] = &[
    "cancelled",
    "canceled",
    "storniert",
    "annulee",
    "anulada",
    "annullata",
    "geannuleerd",
];

/// A copy of something that came before.
pub const COPY_PHRASES: &[&str] = &[
    "copy",
    "duplicate",
    "kopie",
    "zweitschrift",
    "duplicata",
    "duplikat",
    "copia",
    "copia di cortesia",
];

/// What a credit note says and a self-billed invoice does not (DOMAIN 2.6, the German `Gutschrift`).
pub const IN_YOUR_FAVOUR: &[&str] = &[
    "zu ihren gunsten",
    "wir schreiben ihnen gut",
    "in your favour",
    "in your favor",
    "en votre faveur",
];

/// What a self-billed invoice says.
pub const SELF_BILLING_PHRASES: &[&str] = &[
    "gutschriftverfahren",
    "§ 14 abs. 2",
    "§14 abs. 2",
    "abrechnung im gutschriftsverfahren",
    "self-billing",
    "self billing",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_heading_has_words_and_no_row_is_lost() {
        for heading in Heading::ALL {
            assert!(HEADINGS.iter().any(|(own, _)| own == heading), "{heading}");
        }
        let rows = rows(include_str!("headings.txt")).count();
        assert_eq!(rows, HEADINGS.len(), "a row names no heading");
    }
}
