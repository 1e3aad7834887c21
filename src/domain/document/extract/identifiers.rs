//! Numbers that name things on a page: the invoice's, the order's, accounts by their check digits, VAT ids by their shape.

mod account;
mod number;
mod shape;
mod vat;

pub use account::{account_spots, bic, broken_iban, ibans};
pub use number::labelled_number;
pub use vat::{is_vat_shape, vat_ids};

use super::super::layout::Spot;

/// A value with its place and how sure it is, in per mille.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Found {
    /// As it is stored.
    pub value: String,
    /// Where it stands.
    pub spot: Spot,
    /// Per mille.
    pub confidence: u16,
}

#[cfg(test)]
mod tests {
    use super::super::super::labels::{self, Label};
    use super::super::super::layout::Layout;
    use super::*;

    fn number(text: &str) -> Option<(String, u16)> {
        let layout = Layout::of_text(text);
        labelled_number(&layout, &labels::find(&layout), Label::Number, &[])
            .map(|found| (found.value, found.confidence))
    }

    #[test]
    fn the_invoice_number_stands_beside_or_below_its_label() {
        for text in [
            "Rechnungsnummer: RE-2026/0815  Kundennummer: 4711",
            "Kundennummer  Rechnungs-Nr.   Datum\n4711          RE-2026/0815    22.11.2026",
            "Invoice # RE-2026/0815",
            "N° de facture : RE-2026/0815",
        ] {
            assert_eq!(
                number(text).map(|n| n.0).as_deref(),
                Some("RE-2026/0815"),
                "{text}"
            );
        }
    }

    #[test]
    fn the_invoice_number_stands_left_of_its_label_in_a_block_that_is_set_so() {
        for text in [
            "   RE-0815 Invoice number\n21/07/2026 Invoice date\n    553311 Customer number\n",
            "    553311     Customer number\n   RE-0815     Invoice number\n",
        ] {
            assert_eq!(number(text).map(|n| n.0).as_deref(), Some("RE-0815"));
        }
        let series = " 21/07/2026 Invoice date\nRE 2026 0815 Invoice number\n";
        assert_eq!(number(series).map(|n| n.0).as_deref(), Some("RE 2026 0815"));
        let behind = "553311 Customer number 4711\n98765 Invoice number RE-0815\n";
        assert_eq!(number(behind).map(|n| n.0).as_deref(), Some("RE-0815"));
    }

    #[test]
    fn a_number_stands_behind_a_row_of_dots_however_these_are_set() {
        for dots in [". . . . . . . . . . . .", "............", "____ ____"] {
            let text = format!("Invoice number {dots} RE-0815\nDue date {dots} 04/08/2026\n");
            assert_eq!(number(&text).map(|n| n.0).as_deref(), Some("RE-0815"));
        }
        let found = number("Invoice number............RE-0815\n");
        assert_eq!(found.map(|n| n.0).as_deref(), Some("RE-0815"));
    }

    #[test]
    fn a_number_that_may_go_on_is_never_sure() {
        for text in [
            "Rechnungsnummer: RE4711 \u{2013} 26",
            "Rechnungsnummer: 2026-0815 B",
            "Rechnungsnummer: RE-2026-\n                 0815",
        ] {
            assert!(number(text).is_none_or(|(_, sure)| sure < 900), "{text}");
        }
        for text in [
            "Rechnungsnummer: RE-2026-0815 vom 20.11.2026",
            "Invoice no. RE-2026-0815, page 1",
        ] {
            assert!(number(text).is_some_and(|(_, sure)| sure >= 900), "{text}");
        }
    }

    #[test]
    fn a_number_ends_where_its_day_begins() {
        for text in [
            "Document no./Date    4711815 / 20 May 2026",
            "Rechnungs-Nr./Datum: 4711815 / 20. Mai 2026",
            "Facture n° 4711815 du 20/05/2026",
            "Fattura 4711815 del 20 maggio 2026",
        ] {
            assert_eq!(
                number(text).map(|n| n.0).as_deref(),
                Some("4711815"),
                "{text}"
            );
        }
        for text in [
            "FACTURE N°FV 2026 5053, le 20/05/2026",
            "Facture FV 2026 5053 du 20/05/2026",
            "Fattura n. FV 2026 5053 del 20 maggio 2026",
        ] {
            assert_eq!(
                number(text).map(|n| n.0).as_deref(),
                Some("FV 2026 5053"),
                "{text}"
            );
        }
    }

    #[test]
    fn a_bare_label_beside_the_date_announces_the_number_of_the_paper() {
        for text in [
            "Nummer         Datum         Kunde\n2026-117       20.05.2026    9922",
            "Numero    : 2026-117            Client    : K78422\nDate      : 16/02/2026          Votre cde : B60065",
            "Numero / Number:      2026-117\nData / Date:          1 marzo 2026",
            "Beleg        Belegdatum    Bestellung    Konto\n2026-117     18.03.2026    126978        69238",
            "Rechnung\n2026-117     16.09.2026    23.09.2026\nNummer       Ausgestellt   Fällig",
            "FATTURA\n          N°\n                         2026-117\n          Data\n                         26/07/2026",
        ] {
            let found = number(text);
            assert_eq!(
                found.as_ref().map(|n| n.0.as_str()),
                Some("2026-117"),
                "{text}"
            );
            assert!(found.is_some_and(|(_, sure)| sure < 900), "{text}");
        }
    }

    #[test]
    fn what_stands_in_the_next_column_is_not_the_number_when_one_stands_below() {
        let text = "Invoice No.        6027 MW Molenbroek\nINV-0878           Netherlands";
        assert_eq!(number(text).map(|n| n.0).as_deref(), Some("INV-0878"));
    }

    #[test]
    fn the_invoice_a_credit_note_is_about_is_not_its_number() {
        for text in [
            "Nota di credito n.     Data\nCN-1481                02/01/2026\nRif. fattura n. 2025/2616 del 11/12/2025",
            "Betreft factuur R827051 d.d. 8 februari 2026\nCreditnummer\nCN-1481",
            "Credit note no. CN-1481\nApplies to invoice 24-1157 dated 8 March 2026",
        ] {
            assert_eq!(
                number(text).map(|n| n.0).as_deref(),
                Some("CN-1481"),
                "{text}"
            );
        }
    }

    #[test]
    fn a_number_broken_in_a_narrow_column_is_put_together_and_not_sure() {
        for (text, want) in [
            (
                "Rechnungs-Nr.:    2026/EP/\n                  97251\nDatum:            01.09.2026",
                "2026/EP/97251",
            ),
            (
                "Rechnungsnummer   INV-\n                  TW-1771-2322",
                "INV-TW-1771-2322",
            ),
        ] {
            let found = number(text);
            assert_eq!(found.as_ref().map(|n| n.0.as_str()), Some(want), "{text}");
            assert!(found.is_some_and(|(_, sure)| sure < 900), "{text}");
        }
    }

    #[test]
    fn a_number_stands_beside_the_first_of_two_rows_of_its_label_and_below_another_ones() {
        for (text, want) in [
            ("Credit     GB-20374\nmemo no.", "GB-20374"),
            (
                "Unit 4, Mill Road        Invoice     Date          Page\nTax no. 812345678        SI107556    1 May 2026    1",
                "SI107556",
            ),
            (
                "Rechnungsnummer / Datum\n216371.29 / 05.07.2024",
                "216371.29",
            ),
            (
                "Bitte angeben: Rechnungs-Nr.      Zahlbar innerhalb von 14\n78254-24                          Tagen",
                "78254-24",
            ),
        ] {
            assert_eq!(number(text).map(|n| n.0).as_deref(), Some(want), "{text}");
        }
    }

    #[test]
    fn a_paper_without_a_number_of_its_own_is_known_by_what_it_was_booked_by() {
        for (text, want) in [
            (
                "Kostenrechnung\nKassenzeichen: X9203895068",
                Some("X9203895068"),
            ),
            (
                "Payment was made by Credit card.\nOrder no.: AXE1QT",
                Some("AXE1QT"),
            ),
            (
                "Haftpflichtversicherung VSNR: 01.234.567.8",
                Some("01.234.567.8"),
            ),
            ("Payment due in 30 days\nOrder no.: AXE1QT", None),
        ] {
            let found = number(text);
            assert_eq!(found.as_ref().map(|n| n.0.as_str()), want, "{text}");
            assert!(found.is_none_or(|(_, sure)| sure <= 500), "{text}");
        }
    }

    #[test]
    fn of_two_order_numbers_the_one_called_the_customers_is_taken() {
        let layout = Layout::of_text(
            "Order number: 6028096\n\nCustomer P.O.     Ship via     Terms\n333944            Ground       Net 30",
        );
        let found = labelled_number(&layout, &labels::find(&layout), Label::Order, &[]);
        assert_eq!(found.map(|f| f.value).as_deref(), Some("333944"));
    }

    #[test]
    fn a_weak_label_among_others_announces_the_number_however_they_stand() {
        for (text, want) in [
            (
                "Ihre Bestell-Nr. : 815      Faktura :    52051/A\nAngebot : 77634             Datum :      8. Juni 2023",
                "52051/A",
            ),
            ("Factuur :\nRE-87453\nDatum :\n11 augustus 2024", "RE-87453"),
            (
                "Our invoice :              3060 2277\nDate :                     1 May 2026",
                "3060 2277",
            ),
            (
                "Facture             R 74771\nÉmise le            10 avril 2025\nAffaire             3485887",
                "R 74771",
            ),
            (
                "Factuur        : 25801026     Vervaldatum : 23-04-2025\nDatum          : 24-03-2025",
                "25801026",
            ),
            (
                "Date : 3 May 2026, Due : 17 May 2026, Invoice no. :\nRE-54971, Job no. : 22",
                "RE-54971",
            ),
        ] {
            let found = number(text);
            assert_eq!(found.as_ref().map(|n| n.0.as_str()), Some(want), "{text}");
            assert!(found.is_some_and(|(_, sure)| sure < 900), "{text}");
        }
    }

    #[test]
    fn the_count_of_an_instalment_is_not_the_number_of_the_bill() {
        let text = "Facture d'acompte n°2\nRéf. facture : 34896/3";
        assert_eq!(number(text).map(|n| n.0).as_deref(), Some("34896/3"));
    }

    #[test]
    fn what_looks_like_an_amount_is_the_number_only_right_behind_its_label() {
        let found = number("Factuurnr. : 7546.01\nDatum : 17/07/2026");
        assert!(found.is_some_and(|(value, sure)| value == "7546.01" && sure < 900));
    }

    #[test]
    fn dates_and_amounts_are_no_numbers() {
        assert_eq!(number("Invoice no. 22.11.2026"), None);
        assert_eq!(number("Invoice number: 1.190,00"), None);
        assert_eq!(number("Invoice total 1190"), None);
    }

    #[test]
    fn two_numbers_with_the_same_label_are_not_sure() {
        assert!(number("Invoice no. 4711\nInvoice no. 4712").is_some_and(|(_, sure)| sure < 900));
    }

    #[test]
    fn accounts_by_their_check_digits() {
        let layout =
            Layout::of_text("IBAN: DE89 3704 0044 0532 0130 00 BIC: COBADEFFXXX\nIBAN DE00 1111");
        assert_eq!(
            ibans(&layout).first().map(|f| f.value.clone()).as_deref(),
            Some("DE89370400440532013000")
        );
        assert_eq!(
            bic(&layout, &labels::find(&layout))
                .map(|f| f.value)
                .as_deref(),
            Some("COBADEFFXXX")
        );
    }

    #[test]
    fn vat_ids_by_their_shape() {
        for good in [
            "DE136695976",
            "FR40303265045",
            "NL123456782B90",
            "ATU13585627",
            "ESA58818501",
            "BE0428759497",
        ] {
            assert!(is_vat_shape(good), "{good}");
        }
        for bad in [
            "DE12345678",
            "XX123456789",
            "INV123456",
            "DE89370400440532013000",
        ] {
            assert!(!is_vat_shape(bad), "{bad}");
        }
        let layout = Layout::of_text("USt-IdNr.: DE 136 695 976");
        let ids = vat_ids(&layout, &labels::find(&layout));
        assert_eq!(
            ids.first().map(|f| (f.value.as_str(), f.confidence)),
            Some(("DE136695976", 975))
        );
    }

    #[test]
    fn an_account_with_one_character_in_each_box_is_read() {
        let text = "Konto\nD E 8 9 3 7 0 4 0 0 4 4 0 5 3 2 0 1 3 0 0 0 1 2 3\n";
        let found = ibans(&Layout::of_text(text));
        let found = found.iter().map(|iban| iban.value.as_str());
        assert_eq!(found.collect::<Vec<_>>(), ["DE89370400440532013000"]);
        assert_eq!(
            ibans(&Layout::of_text("A B C 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6")),
            []
        );
    }

    #[test]
    fn the_groups_of_an_account_are_no_vat_id() {
        let text = "Betaling op rekening BE68 5390 0754 7034.\nBtw-nummer: BE 0428 759 497\n";
        let layout = Layout::of_text(text);
        let found = vat_ids(&layout, &labels::find(&layout));
        let found = found.iter().map(|id| id.value.as_str());
        assert_eq!(found.collect::<Vec<_>>(), ["BE0428759497"]);
    }

    #[test]
    fn an_account_over_three_rows_of_a_narrow_column_is_read() {
        let text = "Tel. 0221 4711       IBAN DE89 3704\nFax 0221 4712             0044 0532\nwww.elbe.example          0130 00\n";
        let found = ibans(&Layout::of_text(text));
        let found = found.iter().map(|iban| iban.value.as_str());
        assert_eq!(found.collect::<Vec<_>>(), ["DE89370400440532013000"]);
        // Its check digits are right by chance, and a telephone is no account.
        assert_eq!(ibans(&Layout::of_text("LU92 8263 Téléphone +43 254")), []);
    }

    #[test]
    fn groups_of_a_number_wider_than_its_label_are_all_of_it() {
        let text = "                Facture n°\n            KD 2026 04993\n";
        assert_eq!(number(text).map(|n| n.0).as_deref(), Some("KD 2026 04993"));
        let text = "Rechnungs-Nr.\nFT - 8717\n\nLieferschein\n136397\n";
        assert_eq!(number(text).map(|n| n.0).as_deref(), Some("FT - 8717"));
        let text = "Ft. n.\nFA - 8717\n";
        assert_eq!(number(text).map(|n| n.0).as_deref(), Some("FA - 8717"));
    }

    #[test]
    fn a_number_in_groups_begins_with_its_shortest() {
        for text in [
            "Invoice ID       Date\n2 538 572        23 August 2026\n",
            "FACTURA 2 538 572\n",
            "Invoice no. 2 538 572\n",
        ] {
            let found = number(text).map(|n| n.0);
            assert_eq!(found.as_deref(), Some("2 538 572"), "{text}");
        }
    }

    #[test]
    fn labels_and_numbers_divided_by_strokes_belong_together_by_their_places() {
        let layout = Layout::of_text("Customer no. / Your order      693459 / B702439\n");
        let found = labelled_number(&layout, &labels::find(&layout), Label::Order, &[]);
        assert_eq!(found.map(|f| f.value).as_deref(), Some("B702439"));
        let text = "Rechnungs-Nr. / Fällig am     AR-73944 / 09.05.2026\n";
        assert_eq!(number(text).map(|n| n.0).as_deref(), Some("AR-73944"));
    }

    #[test]
    fn a_day_whose_year_stands_in_the_next_row_is_no_part_of_the_number() {
        let text = "Rechnungs-Nr. / Rechnungsdatum    73944 / 14. Mai\n                                  2026\n";
        assert_eq!(number(text).map(|n| n.0).as_deref(), Some("73944"));
    }

    #[test]
    fn a_number_broken_behind_the_letters_of_its_series_is_never_sure() {
        for (text, want) in [
            ("Numero       VK\nfattura      043173\n", "VK 043173"),
            ("Numero       AR/\nfattura      26/69971\n", "AR/26/69971"),
        ] {
            let found = number(text);
            assert_eq!(found.as_ref().map(|n| n.0.as_str()), Some(want));
            assert!(found.is_some_and(|(_, sure)| sure < 900));
        }
    }

    #[test]
    fn labels_over_two_rows_with_dots_beside_the_first_announce_their_numbers() {
        let text = "Factura .............. F-2026-21281\nnº\nSu ................... B612490\npedido\nNº ................... 92421\ncliente\n";
        let layout = Layout::of_text(text);
        let hits = labels::find(&layout);
        let of = |label: Label| labelled_number(&layout, &hits, label, &[]).map(|f| f.value);
        assert_eq!(of(Label::Number).as_deref(), Some("F-2026-21281"));
        assert_eq!(of(Label::Order).as_deref(), Some("B612490"));
    }

    #[test]
    fn the_number_in_the_heading_of_the_page_goes_before_a_bare_reference() {
        let text =
            "Rif.        Fattura          Data fattura\n70040       20260351675      22/01/2026\n";
        assert_eq!(number(text).map(|n| n.0).as_deref(), Some("20260351675"));
        let text = "Nr. Fatt. 2 207 310 · Data 3/5/2026\n";
        assert_eq!(number(text).map(|n| n.0).as_deref(), Some("2 207 310"));
    }

    #[test]
    fn a_number_in_groups_stands_above_its_label_too() {
        let text = "19 857 915        12/05/2026\nNº de factura     Fecha\n\n\nTotal 5,00\n";
        assert_eq!(number(text).map(|n| n.0).as_deref(), Some("19 857 915"));
    }

    #[test]
    fn a_letter_that_bills_names_its_number() {
        for text in [
            "Nous vous facturons sous le numéro RE-0815 du 19 / 05 / 2026 :\n",
            "Le facturamos con el número RE-0815 de 18 septiembre 2026:\n",
            "Wir berechnen Ihnen unter der Nummer RE-0815 vom 18.09.2026:\n",
        ] {
            let found = number(text);
            assert_eq!(found.as_ref().map(|n| n.0.as_str()), Some("RE-0815"));
            assert!(found.is_some_and(|(_, sure)| (800..900).contains(&sure)));
        }
    }

    #[test]
    fn the_only_number_of_an_unknown_label_beside_the_day_stands_for_one_that_has_none() {
        for text in [
            "Warenbuch:         4711-26\nRechnungsdatum:    20.05.2026\nKundennummer:      99887\n",
            "Warenbuch      Rechnungsdatum   Kundennummer\n4711-26        20.05.2026       99887\n",
        ] {
            assert_eq!(number(text), Some(("4711-26".into(), 500)), "{text}");
        }
        for text in [
            "Warenbuch:         4711-26\nBezugsart:      88123\nRechnungsdatum:    20.05.2026\n",
            "Bestellnummer:     4711-26\nRechnungsdatum:    20.05.2026\n",
            "Telefon:           0221 47112\nRechnungsdatum:    20.05.2026\n",
            "Lieferung frei Haus 4711\n\nRechnungsdatum:    20.05.2026\n",
        ] {
            assert_eq!(number(text), None, "{text}");
        }
    }
}
