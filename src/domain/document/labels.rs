//! The labels of printed papers in six languages, as data (DOMAIN 3.2), and where they stand on a page.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::layout::{Layout, Spot, Token, key};
use super::words::{COMPOUND_ENDINGS, HEADINGS, Heading};

/// What a label announces.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Label {
    /// BT-1.
    Number,
    /// BT-2.
    IssueDate,
    /// BT-9.
    DueDate,
    /// Any other day: delivery, order, period. Its value is not the issue date.
    OtherDate,
    /// BT-13.
    Order,
    /// Our number in the supplier's books, and every other number that is not the invoice's.
    OtherNumber,
    /// BT-31.
    VatId,
    /// BT-109.
    Net,
    /// BT-110.
    Tax,
    /// BT-112.
    Gross,
    /// BT-115.
    Payable,
    /// An amount that is none of the totals: carried forward, paid, discount, previous balance.
    OtherAmount,
    /// BT-83.
    Reference,
    /// BT-84.
    Iban,
    /// BT-86.
    Bic,
    /// BT-20.
    Terms,
    /// Who is addressed.
    Addressee,
    /// Who issues.
    Seller,
    /// BT-5.
    Currency,
    /// The name of a party, in forms.
    Name,
    /// A column of the table of items.
    Column,
}

use Label::{
    Addressee, Bic, Column, Currency, DueDate, Gross, Iban, IssueDate, Name, Net, Number, Order,
    OtherAmount, OtherDate, OtherNumber, Payable, Reference, Seller, Tax, Terms, VatId,
};

/// Label, how explicit it is (3 says it all, 2 is usual, 1 means it only by its place), spellings.
const LABELS: &[(Label, u16, &[&str])] = &[
    (
        Number,
        3,
        &[
            "invoice no",
            "invoice number",
            "invoice nr",
            "invoice num",
            "invoice id",
            "invoice #",
            "inv no",
            "inv number",
            "tax invoice no",
            "bill no",
            "bill number",
            "credit note no",
            "credit note number",
            "rechnungsnummer",
            "rechnungs-nr",
            "rechnungs nr",
            "rechnungsnr",
            "rechnung nr",
            "rechnung nummer",
            "rechnungs-nummer",
            "rechnungs-/belegnummer",
            "re-nr",
            "re.-nr",
            "gutschrift nr",
            "gutschriftsnummer",
            "gutschrift-nr",
            "n de facture",
            "no de facture",
            "facture n",
            "facture no",
            "numero de facture",
            "facture numero",
            "num facture",
            "n facture",
            "no facture",
            "no de factura",
            "n de factura",
            "numero de factura",
            "factura no",
            "factura n",
            "factura num",
            "factura numero",
            "no factura",
            "n factura",
            "fattura n",
            "fattura no",
            "fattura nr",
            "numero fattura",
            "n fattura",
            "fattura numero",
            "factuurnummer",
            "factuurnr",
            "factuur nr",
            "factuur nummer",
            "factuur-nr",
        ],
    ),
    (
        Number,
        2,
        &[
            "document no",
            "document number",
            "beleg-nr",
            "belegnummer",
            "belegnr",
            "beleg nr",
            "numero documento",
            "n documento",
        ],
    ),
    (
        Number,
        1,
        &[
            "invoice",
            "rechnung",
            "facture",
            "factura",
            "fattura",
            "factuur",
            "receipt no",
            "receipt number",
            "receipt #",
        ],
    ),
    (
        IssueDate,
        3,
        &[
            "invoice date",
            "date of issue",
            "issue date",
            "date of invoice",
            "bill date",
            "tax invoice date",
            "credit note date",
            "inv date",
            "document date",
            "rechnungsdatum",
            "rechnungs-datum",
            "belegdatum",
            "ausstellungsdatum",
            "datum der rechnung",
            "rechnung vom",
            "gutschriftsdatum",
            "date de facture",
            "date de la facture",
            "date d'emission",
            "date facture",
            "date de facturation",
            "fecha de factura",
            "fecha factura",
            "fecha de expedicion",
            "fecha de emision",
            "fecha emision",
            "data fattura",
            "data documento",
            "data di emissione",
            "data emissione",
            "factuurdatum",
            "datum factuur",
        ],
    ),
    (IssueDate, 2, &["date", "datum", "fecha", "data", "dated"]),
    (
        DueDate,
        3,
        &[
            "due date",
            "payable by",
            "payment due",
            "invoice due date",
            "payment due date",
            "due on",
            "due by",
            "date due",
            "pay by",
            "please pay by",
            "falligkeit",
            "fallig am",
            "zahlbar bis",
            "falligkeitsdatum",
            "zahlungsziel",
            "zahlbar bis zum",
            "zu zahlen bis",
            "zahlung bis",
            "fallig",
            "zahlungsfrist",
            "fallig zum",
            "echeance",
            "date d'echeance",
            "date limite de paiement",
            "a regler avant le",
            "date echeance",
            "payable avant le",
            "vencimiento",
            "fecha de vencimiento",
            "fecha vencimiento",
            "scadenza",
            "data scadenza",
            "data di scadenza",
            "vervaldatum",
            "te betalen voor",
            "uiterlijke betaaldatum",
            "betalen voor",
            "vervaldag",
        ],
    ),
    (
        OtherDate,
        3,
        &[
            "delivery date",
            "service date",
            "tax point",
            "order date",
            "date of supply",
            "supply date",
            "shipping date",
            "ship date",
            "arrival",
            "departure",
            "period",
            "billing period",
            "service period",
            "start date",
            "end date",
            "print date",
            "date of birth",
            "lieferdatum",
            "leistungsdatum",
            "leistungszeitraum",
            "bestelldatum",
            "liefertermin",
            "liefer- und leistungsdatum",
            "liefer-/leistungsdatum",
            "auftragsdatum",
            "bestellung vom",
            "lieferschein vom",
            "anreise",
            "abreise",
            "druckdatum",
            "zeitraum",
            "versanddatum",
            "ausfuhrungsdatum",
            "ausgefuhrt am",
            "abrechnungszeitraum",
            "valutadatum",
            "auftrag vom",
            "vertragsbeginn",
            "mandatsdatum",
            "stylesheet-version",
            "date de livraison",
            "periode",
            "date de commande",
            "fecha de operacion",
            "fecha de entrega",
            "fecha de pedido",
            "data consegna",
            "competenza",
            "data ordine",
            "leverdatum",
            "orderdatum",
            "besteldatum",
        ],
    ),
    (
        Order,
        3,
        &[
            "po no",
            "po number",
            "po nr",
            "po #",
            "p.o. no",
            "p.o. number",
            "p.o",
            "purchase order",
            "purchase order no",
            "purchase order number",
            "your order",
            "your order no",
            "your order number",
            "order no",
            "order number",
            "customer order",
            "customer po",
            "bestellnummer",
            "bestell-nr",
            "bestell nr",
            "bestellnr",
            "ihre bestellung",
            "ihre bestellnummer",
            "ihre bestellnr",
            "bestellnummer des kaufers",
            "ihre bestell-nr",
            "bestellung nr",
            "auftrags-/bestellnummer",
            "n de commande",
            "no de commande",
            "numero de commande",
            "commande n",
            "bon de commande",
            "no de pedido",
            "n de pedido",
            "numero de pedido",
            "su pedido",
            "pedido no",
            "vs. ordine",
            "vs ordine",
            "ordine n",
            "numero ordine",
            "ordernummer",
            "ordernr",
            "bestelnummer",
            "uw ordernummer",
        ],
    ),
    (
        Order,
        1,
        &[
            "your ref",
            "your reference",
            "ihr zeichen",
            "votre reference",
            "su referencia",
            "uw referentie",
        ],
    ),
    (
        OtherNumber,
        3,
        &[
            "customer no",
            "customer number",
            "customer id",
            "customer #",
            "account no",
            "account number",
            "account",
            "client no",
            "client id",
            "delivery note no",
            "delivery note",
            "contract no",
            "contract number",
            "tracking no",
            "phone",
            "tel",
            "telephone",
            "fax",
            "registration no",
            "company no",
            "company number",
            "company registration",
            "order id",
            "reservation no",
            "confirmation no",
            "room no",
            "page",
            "item no",
            "article no",
            "project no",
            "quote no",
            "reg no",
            "sales order",
            "sales order no",
            "our order",
            "our reference",
            "our ref",
            "mandate reference",
            "creditor id",
            "folio no",
            "cashier no",
            "booking no",
            "kundennummer",
            "kunden-nr",
            "kundennr",
            "kunden nr",
            "kd.-nr",
            "kd-nr",
            "lieferschein",
            "lieferschein-nr",
            "lieferscheinnummer",
            "lieferschein nr",
            "auftragsnummer",
            "auftrags-nr",
            "auftragsnr",
            "auftrag nr",
            "vertragsnummer",
            "vertrags-nr",
            "steuernummer",
            "steuer-nr",
            "st.-nr",
            "telefon",
            "seite",
            "hrb",
            "handelsregister",
            "handelsregisternummer",
            "lieferantennummer",
            "lieferanten-nr",
            "projektnummer",
            "artikelnummer",
            "artikel-nr",
            "art-nr",
            "kontonummer",
            "konto-nr",
            "konto",
            "blz",
            "bankleitzahl",
            "kostenstelle",
            "debitorennummer",
            "debitor-nr",
            "vorgangsnummer",
            "angebotsnummer",
            "versicherungsnummer",
            "versicherungsschein-nr",
            "mandatsreferenz",
            "glaubiger-id",
            "glaubiger-identifikationsnummer",
            "globale nummer",
            "nummer",
            "personalnummer",
            "zimmer",
            "betriebsnummer",
            "ihre kundennummer",
            "urn identifikator",
            "leitweg-id",
            "n client",
            "no client",
            "code client",
            "numero client",
            "siret",
            "siren",
            "no de cliente",
            "n cliente",
            "codice cliente",
            "codice fiscale",
            "telefono",
            "klantnummer",
            "debiteurnummer",
            "kvk",
            "pagina",
        ],
    ),
    (
        VatId,
        3,
        &[
            "vat no",
            "vat number",
            "vat reg no",
            "vat reg. no",
            "vat registration no",
            "vat registration number",
            "vat id",
            "vat id no",
            "tax id",
            "vat",
            "gst no",
            "vat reg",
            "our vat no",
            "vat identification number",
            "ust-idnr",
            "ust-id",
            "ust-id-nr",
            "ust-id.-nr",
            "ust.-id.-nr",
            "ust.-idnr",
            "ust.-id",
            "ust.-ident-nr",
            "ust-id nr",
            "ust-ident-nr",
            "ust id",
            "umsatzsteuer-id",
            "umsatzsteuer-identifikationsnummer",
            "umsatzsteueridentifikationsnummer",
            "umsatzsteuer-ident-nr",
            "ustid",
            "ustidnr",
            "uid",
            "uid-nr",
            "mwst-nr",
            "vat-id",
            "n tva intracommunautaire",
            "tva intracommunautaire",
            "no tva",
            "n tva",
            "numero de tva",
            "n de tva",
            "tva intra",
            "nif",
            "cif",
            "nif-iva",
            "p. iva",
            "p.iva",
            "partita iva",
            "p iva",
            "btw-nummer",
            "btw-id",
            "btw nummer",
            "btw-nr",
            "btw nr",
        ],
    ),
    (
        Net,
        3,
        &[
            "net total",
            "net amount",
            "total net",
            "total excl vat",
            "total excl. vat",
            "total excl. tax",
            "total excluding vat",
            "total excluding tax",
            "total before tax",
            "total without vat",
            "amount excl. vat",
            "sub total",
            "subtotal",
            "sub-total",
            "taxable amount",
            "total ex vat",
            "invoice net",
            "net value",
            "nettobetrag",
            "summe netto",
            "netto",
            "netto gesamt",
            "gesamt netto",
            "nettosumme",
            "gesamtbetrag netto",
            "rechnungsbetrag netto",
            "netto-betrag",
            "summe (netto)",
            "gesamtsumme netto",
            "netto summe",
            "netto-summe",
            "warenwert netto",
            "gesamtbetrag ohne umsatzsteuer",
            "gesamtbetrag ohne ust",
            "gesamt ohne mwst",
            "summe ohne mwst",
            "rechnungssumme ohne ust",
            "rechnungssumme ohne umsatzsteuer",
            "gesamtnetto",
            "netto-warenwert",
            "summe ohne ust",
            "total ht",
            "montant ht",
            "total h.t",
            "base imponible",
            "imponible",
            "imponibile",
            "totale imponibile",
            "totale netto",
            "subtotaal",
            "totaal excl. btw",
            "totaal excl btw",
            "exclusief btw",
            "totaal exclusief btw",
            "excl. btw",
            "steuerbasis",
        ],
    ),
    (
        Net,
        2,
        &[
            "zwischensumme",
            "summe positionen",
            "summe der positionen",
            "positionssumme",
            "net",
        ],
    ),
    (
        Tax,
        3,
        &[
            "vat total",
            "total vat",
            "sales tax",
            "vat amount",
            "tax amount",
            "total tax",
            "tax total",
            "gst",
            "vat",
            "tax",
            "mwst",
            "mwst.-betrag",
            "mehrwertsteuer",
            "ust",
            "umsatzsteuer",
            "steuerbetrag",
            "umsatzsteuerbetrag",
            "zzgl. mwst",
            "zzgl. ust",
            "zzgl. umsatzsteuer",
            "mwst-betrag",
            "summe umsatzsteuer",
            "gesamtbetrag umsatzsteuer",
            "summe mwst",
            "ust-betrag",
            "steuersumme",
            "gesamtsteuer",
            "steuern",
            "summe steuern",
            "gesamtbetrag der umsatzsteuer",
            "mwst betrag",
            "versicherungssteuer",
            "versicherungsteuer",
            "tva",
            "montant tva",
            "total tva",
            "iva",
            "cuota iva",
            "importo iva",
            "imposta",
            "totale iva",
            "totale imposta",
            "btw",
            "btw bedrag",
            "totaal btw",
        ],
    ),
    (
        Gross,
        3,
        &[
            "grand total",
            "total incl vat",
            "total incl. vat",
            "total including vat",
            "total incl. tax",
            "total including tax",
            "invoice total",
            "total amount incl. vat",
            "invoice amount",
            "gross total",
            "gross amount",
            "total gross",
            "total invoice amount",
            "total (incl. vat)",
            "amount incl. vat",
            "bruttobetrag",
            "gesamtbetrag",
            "rechnungsbetrag",
            "gesamtsumme",
            "summe brutto",
            "brutto",
            "rechnungssumme",
            "gesamtbetrag brutto",
            "gesamt brutto",
            "endbetrag",
            "endsumme",
            "rechnungsendbetrag",
            "gesamtbetrag inkl. mwst",
            "gesamtbetrag inkl. ust",
            "bruttosumme",
            "brutto-betrag",
            "rechnungsbetrag brutto",
            "summe inkl. mwst",
            "gesamtbetrag mit umsatzsteuer",
            "rechnungssumme mit ust",
            "rechnungssumme mit umsatzsteuer",
            "gesamt inkl. mwst",
            "gesamt-brutto",
            "gesamtbetrag inkl. umsatzsteuer",
            "summe mit ust",
            "rechnungsgesamtbetrag",
            "gesamtrechnungsbetrag",
            "gutschriftsbetrag",
            "total ttc",
            "montant ttc",
            "total t.t.c",
            "total factura",
            "importe total",
            "totale documento",
            "totale fattura",
            "totaal incl. btw",
            "totaal incl btw",
            "totaalbedrag",
            "factuurbedrag",
            "total general",
            "totale complessivo",
        ],
    ),
    (
        Gross,
        2,
        &[
            "total",
            "total amount",
            "gesamt",
            "summe",
            "totale",
            "totaal",
            "betrag",
            "total eur",
            "total usd",
            "total gbp",
            "gesamt eur",
            "summe eur",
            "total charges",
        ],
    ),
    (Gross, 1, &["charges"]),
    (
        Payable,
        3,
        &[
            "amount due",
            "balance due",
            "please pay",
            "total due",
            "amount payable",
            "total payable",
            "due amount",
            "amount to pay",
            "total to pay",
            "balance",
            "outstanding",
            "zahlbetrag",
            "zu zahlen",
            "offener betrag",
            "zahlungsbetrag",
            "zu zahlender betrag",
            "zu zahlender rechnungsbetrag",
            "falliger betrag",
            "noch zu zahlen",
            "restbetrag",
            "auszahlungsbetrag",
            "falliger zahlungsbetrag",
            "zu zahlen bis",
            "net a payer",
            "reste a payer",
            "montant a payer",
            "total a payer",
            "total a pagar",
            "importe pendiente",
            "liquido a percibir",
            "totale da pagare",
            "netto a pagare",
            "te betalen",
            "openstaand bedrag",
            "totaal te betalen",
            "te voldoen",
        ],
    ),
    (
        OtherAmount,
        3,
        &[
            "previous balance",
            "carried forward",
            "brought forward",
            "paid",
            "deposit received",
            "deposit",
            "prepaid",
            "payments",
            "discount",
            "early payment discount",
            "settlement discount",
            "withholding tax",
            "rounding",
            "shipping",
            "freight",
            "unit price",
            "total discount",
            "allowance",
            "total allowances",
            "total charges net",
            "line total",
            "payment",
            "ubertrag",
            "anzahlung",
            "bereits bezahlt",
            "bereits gezahlt",
            "skonto",
            "rabatt",
            "vorauszahlung",
            "summe der zu- und abschlage",
            "bauabzugsteuer",
            "versandkosten",
            "einzelpreis",
            "nettopreis",
            "bruttopreis",
            "gesamtbetrag der positionen",
            "gesamtbetrag der abschlage",
            "gesamtbetrag der zuschlage",
            "summe nachlasse",
            "summe zuschlage",
            "summe abzuge",
            "vorausbezahlt",
            "summe der nachlasse",
            "summe der zuschlage",
            "skontobetrag",
            "bereits gezahlter betrag",
            "rundungsbetrag",
            "abzuge",
            "acompte verse",
            "deja regle",
            "escompte",
            "remise",
            "report",
            "anticipo",
            "pagado",
            "descuento por pronto pago",
            "descuento",
            "retencion irpf",
            "acconto",
            "gia versato",
            "sconto cassa",
            "sconto",
            "ritenuta d'acconto",
            "aanbetaling",
            "reeds voldaan",
            "korting",
            "korting contant",
            "betalingskorting",
            "verzendkosten",
        ],
    ),
    (
        Reference,
        3,
        &[
            "payment reference",
            "remittance reference",
            "reference for payment",
            "verwendungszweck",
            "zahlungsreferenz",
            "reference de paiement",
            "causale",
            "betalingskenmerk",
            "mededeling",
            "concepto",
            "kid",
        ],
    ),
    (Iban, 3, &["iban"]),
    (
        Bic,
        3,
        &[
            "bic",
            "swift",
            "swift/bic",
            "bic/swift",
            "swift-code",
            "swift code",
            "bic-code",
            "bic (swift)",
        ],
    ),
    (
        Terms,
        3,
        &[
            "payment terms",
            "terms of payment",
            "terms",
            "zahlungsbedingungen",
            "zahlungskonditionen",
            "zahlungsbedingung",
            "conditions de paiement",
            "condiciones de pago",
            "condizioni di pagamento",
            "betalingsvoorwaarden",
            "betalingscondities",
        ],
    ),
    (
        Addressee,
        3,
        &[
            "bill to",
            "billed to",
            "sold to",
            "ship to",
            "invoice for",
            "invoice to",
            "invoiced to",
            "customer",
            "customer name",
            "client",
            "buyer",
            "deliver to",
            "service address",
            "attention",
            "attn",
            "rechnungsempfanger",
            "rechnung an",
            "kunde",
            "kaufer",
            "kaufer/leistungsempfanger",
            "leistungsempfanger",
            "lieferanschrift",
            "lieferadresse",
            "rechnungsadresse",
            "rechnungsanschrift",
            "empfanger",
            "abweichender warenempfanger",
            "warenempfanger",
            "facture a",
            "client",
            "adresse de facturation",
            "adresse de livraison",
            "cliente",
            "facturar a",
            "spett.le",
            "destinatario",
            "spettabile",
            "factuuradres",
            "afleveradres",
            "klant",
        ],
    ),
    (
        Seller,
        3,
        &[
            "seller",
            "supplier",
            "vendor",
            "remit to",
            "verkaufer",
            "lieferant",
            "rechnungssteller",
            "leistungserbringer",
            "vendeur",
            "fournisseur",
            "emetteur",
            "vendedor",
            "proveedor",
            "emisor",
            "fornitore",
            "cedente",
            "leverancier",
            "verkoper",
            "rechnungsersteller",
            "rechnungsaussteller",
        ],
    ),
    (
        Currency,
        3,
        &[
            "currency", "wahrung", "devise", "moneda", "divisa", "valuta",
        ],
    ),
    (Name, 2, &["name", "firma", "nom", "nombre", "nome", "naam"]),
    (
        Column,
        3,
        &[
            "quantity",
            "qty",
            "description",
            "unit",
            "price",
            "item",
            "pos",
            "position",
            "menge",
            "anzahl",
            "bezeichnung",
            "beschreibung",
            "artikel",
            "einheit",
            "preis",
            "einzelpreis",
            "positionsbetrag",
            "steuersatz",
            "nettopreis",
            "zeilenbetrag",
            "quantite",
            "designation",
            "prix",
            "prix unitaire",
            "cantidad",
            "descripcion",
            "precio",
            "quantita",
            "descrizione",
            "prezzo",
            "aantal",
            "omschrijving",
            "prijs",
            "stuk",
            "discount",
            "rate",
            "gesamtpreis",
            "vk-preis",
            "line total",
            "unit price",
            "ust-satz",
            "leistung",
            "prijs per stuk",
            "art.-nr",
            "amount",
        ],
    ),
];

/// Longest label in words.
const MAX_WORDS: usize = 5;

type Index = HashMap<String, (Label, u16)>;

static INDEX: LazyLock<Index> = LazyLock::new(|| {
    let mut index = Index::new();
    for (label, strength, spellings) in LABELS {
        for spelling in *spellings {
            let words = spelling.split(' ').map(key).filter(|word| !word.is_empty());
            let joined = words.collect::<Vec<_>>().join(" ");
            index.entry(joined).or_insert((*label, *strength));
        }
    }
    index
});

/// Words that begin a label: most words of a page begin none, and this is asked for every word.
static FIRST_WORDS: LazyLock<std::collections::HashSet<&'static str>> = LazyLock::new(|| {
    INDEX
        .keys()
        .filter_map(|label| label.split(' ').next())
        .collect()
});

/// A label on the page.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Hit {
    /// What it announces.
    pub label: Label,
    /// 3 says it all, 2 is usual, 1 means it only by its place.
    pub strength: u16,
    /// Where it stands.
    pub spot: Spot,
}

/// Every label of a document, row by row from the left; of overlapping ones the longest.
pub fn find(layout: &Layout) -> Vec<Hit> {
    let mut hits = Vec::new();
    for (line, row) in layout.lines.iter().enumerate() {
        let keys = row
            .tokens
            .iter()
            .map(|token| token.key.as_str())
            .collect::<Vec<_>>();
        let mut start = 0;
        while start < keys.len() {
            let hit = longest(&keys, start).map(|(label, strength, end)| Hit {
                label,
                strength,
                spot: Spot { line, start, end },
            });
            start = hit.map_or(start + 1, |hit| hit.spot.end);
            hits.extend(hit);
        }
        hits.extend(title_hits(line, &keys));
        hits.extend(letter_date(line, &row.tokens));
    }
    hits.sort_by_key(|hit| hit.spot);
    hits
}

/// A heading that carries number and date in its words: `Commercial invoice (380) no. 4711 dated 5 March 2026`.
fn title_hits(line: usize, keys: &[&str]) -> Vec<Hit> {
    let Some(heading) = keys.iter().take(4).position(|key| is_bill_heading(key)) else {
        return Vec::new();
    };
    let mut at = heading + 1;
    let code = |key: &str| key.len() == 3 && key.bytes().all(|b| b.is_ascii_digit());
    at += usize::from(
        keys.get(at).is_some_and(|key| code(key))
            && keys
                .get(at + 1)
                .is_some_and(|key| NUMBER_WORDS.contains(key)),
    );
    if !keys.get(at).is_some_and(|key| NUMBER_WORDS.contains(key)) {
        return Vec::new();
    }
    let number = Hit {
        label: Number,
        strength: 3,
        spot: Spot {
            line,
            start: heading,
            end: at + 1,
        },
    };
    let date = (at + 2..(at + 6).min(keys.len()))
        .find(|index| keys.get(*index).is_some_and(|key| DATE_WORDS.contains(key)));
    let date = date.map(|start| Hit {
        label: IssueDate,
        strength: 3,
        spot: Spot {
            line,
            start,
            end: start + 1,
        },
    });
    std::iter::once(number).chain(date).collect()
}

/// The day of a German letter: `Husby, den 16.11.2026`.
fn letter_date(line: usize, tokens: &[Token]) -> Option<Hit> {
    let at = tokens.windows(2).position(
        |pair| matches!(pair, [town, word] if town.text.ends_with(',') && word.key == "den"),
    )?;
    Some(Hit {
        label: IssueDate,
        strength: 2,
        spot: Spot {
            line,
            start: at + 1,
            end: at + 2,
        },
    })
}

/// `no.` behind the heading of a bill.
const NUMBER_WORDS: [&str; 7] = ["nr", "no", "n", "nummer", "number", "numero", "num"];
/// `dated` behind its number.
const DATE_WORDS: [&str; 7] = ["vom", "dated", "date", "du", "del", "van", "of"];

fn is_bill_heading(key: &str) -> bool {
    let bill = |heading: Heading| {
        matches!(
            heading,
            Heading::Invoice | Heading::CreditNote | Heading::SelfBilling
        )
    };
    HEADINGS
        .iter()
        .any(|(heading, words)| bill(*heading) && words.contains(&key))
        || COMPOUND_ENDINGS
            .iter()
            .any(|(heading, ending)| bill(*heading) && key.ends_with(ending))
}

fn longest(keys: &[&str], start: usize) -> Option<(Label, u16, usize)> {
    let first = keys.get(start)?;
    if !FIRST_WORDS.contains(first) {
        return None;
    }
    let longest = MAX_WORDS.min(keys.len() - start);
    (1..=longest).rev().find_map(|length| {
        let words = keys.get(start..start + length)?;
        let ends_in_word = words.last().is_some_and(|word| !word.is_empty());
        let joined = words
            .iter()
            .filter(|word| !word.is_empty())
            .copied()
            .collect::<Vec<_>>()
            .join(" ");
        let (label, strength) = *INDEX.get(&joined)?;
        ends_in_word.then_some((label, strength, start + length))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(text: &str) -> Vec<Label> {
        find(&Layout::of_text(text))
            .iter()
            .map(|hit| hit.label)
            .collect()
    }

    #[test]
    fn the_longest_label_wins() {
        assert_eq!(labels("Invoice due date: 1.1.2026"), [DueDate]);
        assert_eq!(labels("Rechnungs-Nr.: 4711"), [Number]);
        assert_eq!(labels("Subtotal 5"), [Net]);
        assert_eq!(labels("N° de facture : 17"), [Number]);
        assert_eq!(labels("Nº de factura 17"), [Number]);
        assert_eq!(labels("Totale imponibile 5"), [Net]);
        assert_eq!(labels("Customer no. 7  Total 5"), [OtherNumber, Gross]);
        assert_eq!(
            labels("Handelsrechnung (380) Nr. 471102 vom 05.03.2018"),
            [Number, IssueDate]
        );
    }

    #[test]
    fn every_label_has_one_meaning() {
        let mut seen: HashMap<&str, Label> = HashMap::new();
        for (label, _, spellings) in LABELS {
            for spelling in *spellings {
                let first = *seen.entry(spelling).or_insert(*label);
                let first_wins = matches!(
                    spelling,
                    &"vat"
                        | &"zu zahlen bis"
                        | &"einzelpreis"
                        | &"nettopreis"
                        | &"discount"
                        | &"line total"
                        | &"unit price"
                        | &"client"
                        | &"total charges"
                );
                assert!(first == *label || first_wins, "{spelling}");
            }
        }
    }
}
