//! The words of the trade in six languages, as data: headings by kind of paper (DOMAIN 2.3), and phrases that change what
//! a paper means. All folded: lower case, without diacritics.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use aho_corasick::AhoCorasick;
use memchr::memmem;

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

/// The kinds of paper each word is a heading of: asked for every word of a page.
static HEADINGS_OF: LazyLock<HashMap<&'static str, Vec<Heading>>> = LazyLock::new(|| {
    let mut found: HashMap<&str, Vec<Heading>> = HashMap::new();
    for (heading, words) in HEADINGS.iter() {
        for word in words {
            let own = found.entry(word).or_default();
            if !own.contains(heading) {
                own.push(*heading);
            }
        }
    }
    found
});

/// The kinds of paper this word is a heading of.
pub fn headings_of(word: &str) -> impl Iterator<Item = Heading> {
    HEADINGS_OF.get(word).into_iter().flatten().copied()
}

/// Endings of German and Dutch compounds that are headings by themselves: `Mietrechnung`, `Energiefactuur`,
/// `Erstmahnung`.
pub const COMPOUND_ENDINGS: &[(Heading, &str)] = &[
    (Heading::CreditNote, "korrekturrechnung"),
    (Heading::CreditNote, "stornorechnung"),
    (Heading::Proforma, "proformarechnung"),
    (Heading::Invoice, "rechnung"),
    (Heading::Invoice, "factuur"),
    (Heading::Order, "bestellung"),
    (Heading::OrderResponse, "auftragsbestatigung"),
    (Heading::Reminder, "mahnung"),
    (Heading::Reminder, "zahlungserinnerung"),
    (Heading::Reminder, "zahlungsaufforderung"),
    (Heading::Reminder, "herinnering"),
    (Heading::Reminder, "aanmaning"),
    (Heading::Statement, "postenliste"),
    (Heading::Statement, "saldenliste"),
    (Heading::Delivery, "lieferschein"),
    (Heading::Quotation, "angebot"),
];

/// Words that end like a bill and are none, folded: wages, journeys, sums.
pub const NO_COMPOUNDS: [&str; 34] = [
    "berechnung",
    "anrechnung",
    "verrechnung",
    "umrechnung",
    "aufrechnung",
    "zurechnung",
    "proformarechnung",
    "einrechnung",
    "entgeltabrechnung",
    "gehaltsabrechnung",
    "lohnabrechnung",
    "bezugeabrechnung",
    "verdienstabrechnung",
    "reisekostenabrechnung",
    "spesenabrechnung",
    "rentenabrechnung",
    "depotabrechnung",
    "wertpapierabrechnung",
    "ertragsabrechnung",
    "gewinnrechnung",
    "hochrechnung",
    "vorausrechnung",
    "provisionsabrechnung",
    "auszahlungsabrechnung",
    "vergutungsabrechnung",
    "verkaufsabrechnung",
    "umsatzabrechnung",
    "kartenabrechnung",
    "tantiemenabrechnung",
    "handlerabrechnung",
    "stundenabrechnung",
    "dividendenabrechnung",
    "erlosabrechnung",
    "milchgeldabrechnung",
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

/// How something is paid at a till; such a row with an amount shows that it was.
pub const TILL_MEANS: &[&str] = &[
    "visa",
    "mastercard",
    "maestro",
    "girocard",
    "ec-karte",
    "amex",
    "kartenzahlung",
    "bar",
    "gegeben",
    "cash",
    "tendered",
    "especes",
    "carte",
    "efectivo",
    "tarjeta",
    "contanti",
    "bancomat",
    "contant",
    "pin",
    "bancontact",
];

/// Already paid: nothing to transfer.
pub const PAID_PHRASES: &[&str] = &[
    "has already been paid",
    "was already paid",
    "paid in full",
    "paid with thanks",
    "wurde bereits bezahlt",
    "bereits bezahlt am",
    "bereits beglichen",
    "betrag dankend erhalten",
    "deja payee",
    "deja reglee",
    "facture acquittee",
    "ya pagado",
    "ya pagada",
    "gia pagato",
    "gia pagata",
    "reeds voldaan",
    "reeds betaald",
];

/// Stamped on a bill that was paid.
pub const PAID_STAMPS: &[&str] = &[
    "paid",
    "paid in full",
    "bezahlt",
    "paye",
    "payee",
    "acquittee",
    "pagado",
    "pagada",
    "pagato",
    "pagata",
    "betaald",
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

/// Beginnings of words for a discount for paying early, folded.
pub const DISCOUNT_BEGINNINGS: &[&str] = &[
    "skont",
    "discount",
    "escompte",
    "sconto",
    "korting",
    "descuento",
    "rebate",
];

/// Stamped on a copy of something that came before.
pub const COPY_STAMPS: &[&str] = &[
    "copy",
    "duplicate",
    "kopie",
    "zweitschrift",
    "duplicata",
    "duplikat",
    "copia",
];

/// An Italian invoice on paper, while the one that counts goes through the exchange (SdI).
pub const COURTESY_PHRASES: &[&str] = &[
    "copia di cortesia",
    "non valido ai fini fiscali",
    "non valida ai fini fiscali",
    "trasmesso via sdi",
    "trasmessa via sdi",
    "sistema di interscambio",
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

/// What says of itself that it is no invoice, though it may look like one.
pub const NO_BILL_PHRASES: &[&str] = &[
    "this is not an invoice",
    "this is not a tax invoice",
    "this is not a vat invoice",
    "this is not a bill",
    "not a valid tax invoice",
    "dies ist keine rechnung",
    "keine rechnung im sinne",
    "stellt keine rechnung dar",
    "n'est pas une facture",
    "ne constitue pas une facture",
    "ne vaut pas facture",
    "no es una factura",
    "sin valor contable",
    "no valida como factura",
    "non costituisce fattura",
    "non e una fattura",
    "dit is geen factuur",
    "niet geldig als factuur",
];

/// The phrase stands in the folded text as whole words: what stands around it is no letter and no digit.
pub fn says(text: &str, phrase: &str) -> bool {
    let mut found = memmem::find_iter(text.as_bytes(), phrase.as_bytes());
    found.any(|at| is_whole(text, at, at + phrase.len()))
}

fn is_whole(text: &str, start: usize, end: usize) -> bool {
    let before = text.get(..start).and_then(|text| text.chars().next_back());
    let after = text.get(end..).and_then(|text| text.chars().next());
    ![before, after]
        .into_iter()
        .flatten()
        .any(char::is_alphanumeric)
}

/// Many phrases that are looked for in one pass: a text is asked for hundreds of them.
pub struct Phrases {
    phrases: Vec<&'static str>,
    search: AhoCorasick,
}

impl Phrases {
    /// Of data, which is the same for every text.
    pub fn new(phrases: impl IntoIterator<Item = &'static str>) -> Self {
        let phrases = phrases.into_iter().collect::<Vec<_>>();
        #[expect(
            clippy::expect_used,
            reason = "the phrases are constants, and a thousand times fewer than are too many; tests build each"
        )]
        let search = AhoCorasick::new(&phrases).expect("constant phrases");
        Self { phrases, search }
    }

    /// Those that stand in the folded text as whole words.
    pub fn said_in(&self, text: &str) -> HashSet<&'static str> {
        let found = self.search.find_overlapping_iter(text);
        let whole = found.filter(|found| is_whole(text, found.start(), found.end()));
        whole
            .filter_map(|found| self.phrases.get(found.pattern().as_usize()).copied())
            .collect()
    }
}

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
