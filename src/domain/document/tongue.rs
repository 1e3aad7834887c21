//! The language a page is written in, told by common words of it: recognition knows it beforehand or tries them all.

use std::collections::BTreeSet;

use crate::basics::text::fold;
use crate::formats::page::Word;

/// A language bills are read in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Tongue {
    /// English.
    English,
    /// German.
    German,
    /// French.
    French,
    /// Spanish.
    Spanish,
    /// Italian.
    Italian,
    /// Dutch.
    Dutch,
}

impl Tongue {
    const ALL: [Self; 6] = [
        Self::English,
        Self::German,
        Self::French,
        Self::Spanish,
        Self::Italian,
        Self::Dutch,
    ];

    /// What a page in it is recognised in, as ISO 639-2/T names languages: English words stand on bills of every country.
    pub const fn recognised_by(self) -> &'static [&'static str] {
        match self {
            Self::English => &["eng"],
            Self::German => &["deu", "eng"],
            Self::French => &["fra", "eng"],
            Self::Spanish => &["spa", "eng"],
            Self::Italian => &["ita", "eng"],
            Self::Dutch => &["nld", "eng"],
        }
    }

    /// Words of the trade and the small words of the language, folded, without those that another of the six has, too: a
    /// page recognised in the wrong language still shows most of them.
    const fn words(self) -> &'static str {
        match self {
            Self::English => {
                "invoice bill number date due terms payment pay amount the of to for from your our customer order ship \
                 shipped quantity price subtotal tax bank account with and please we you is are"
            }
            Self::German => {
                "rechnung rechnungsnummer rechnungsdatum rechnungs-nr kunde kundennummer kunden-nr lieferdatum \
                 lieferschein auftrag bestellung ihre ihr unser wir sie und der das fur mit zum vom bitte betrag \
                 gesamt gesamtbetrag summe menge preis mwst ust ust-idnr steuernummer telefon strasse gmbh zahlbar"
            }
            Self::French => {
                "facture facturation numero client commande livraison echeance montant prix quantite tva ht ttc du le \
                 les des pour votre notre nous vous et sarl siret rue reglement paiement telephone"
            }
            Self::Spanish => {
                "factura fecha vencimiento cliente pedido importe cantidad precio iva cif nif el los las y por para \
                 su nuestro calle numero pago forma telefono banco"
            }
            Self::Italian => {
                "fattura data scadenza cliente ordine importo quantita prezzo iva partita codice fiscale il gli e per \
                 di vostro nostro via numero pagamento spett spett.le banca srl"
            }
            Self::Dutch => {
                "factuur factuurnummer factuurdatum vervaldatum klant klantnummer debiteurnummer bestelling uw ons \
                 wij een het van voor met en bedrag aantal prijs btw btw-nummer kvk kvk-nummer totaal betaling bank"
            }
        }
    }
}

/// Different words of a language that tell it.
const MIN_WORDS: usize = 3;

/// The language with most of its words on the page, when it leads clearly: half as many again as the next.
pub fn tongue(words: &[Word]) -> Option<Tongue> {
    let seen = words.iter().map(|word| {
        let word = fold(&word.text);
        let word = word.trim_matches(|c: char| !c.is_alphanumeric());
        word.to_owned()
    });
    let seen = seen.collect::<BTreeSet<_>>();
    let count = |tongue: Tongue| {
        let own = tongue.words().split_whitespace();
        own.filter(|word| seen.contains(*word)).count()
    };
    let mut counts = Tongue::ALL.map(|tongue| (count(tongue), tongue));
    counts.sort_by_key(|(count, _)| std::cmp::Reverse(*count));
    let [(most, tongue), (next, _), ..] = counts;
    (most >= MIN_WORDS && most * 2 >= next * 3).then_some(tongue)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::page::Rect;

    fn page(text: &str) -> Vec<Word> {
        let word = |text: &str| Word {
            text: text.to_owned(),
            place: Rect::default(),
        };
        text.split_whitespace().map(word).collect()
    }

    #[test]
    fn a_page_is_told_by_its_words_even_without_their_accents() {
        for (text, expected) in [
            (
                "Invoice Number: 4711 Date 3 May Due upon receipt",
                Tongue::English,
            ),
            (
                "Rechnung Nr. 4711 Datum Ihre Bestellung fur Projekt Kunden-Nr",
                Tongue::German,
            ),
            (
                "FACTURE Numéro client Date echéance le 3 mai pour",
                Tongue::French,
            ),
            (
                "Factura N 12 Fecha Vencimiento importe IVA 21",
                Tongue::Spanish,
            ),
            (
                "Fattura n. 12 Spett.le Data scadenza Partita IVA",
                Tongue::Italian,
            ),
            (
                "Factuurnummer : 12 Factuurdatum Uw ordernummer Aantal",
                Tongue::Dutch,
            ),
        ] {
            assert_eq!(tongue(&page(text)), Some(expected), "{text}");
        }
    }

    #[test]
    fn a_page_of_two_languages_or_of_none_is_not_told() {
        for text in [
            "",
            "12.50 4711",
            "Invoice Rechnung Date Datum Number Kunde Ihre Your",
            "IVA",
        ] {
            assert_eq!(tongue(&page(text)), None, "{text}");
        }
    }
}
