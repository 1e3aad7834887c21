use super::super::extract::bill;
use super::super::words::HEADINGS;
use super::*;

fn classified(text: &str) -> Classification {
    let own = OwnIdentity {
        names: vec!["La Tavola GmbH".into()],
        ..OwnIdentity::default()
    };
    let layout = Layout::of_text(text);
    let mail = MailFacts::default();
    let findings = bill::read(&layout, &mail, &own, &[], false);
    page(&layout, &findings, &mail, &own)
}

fn kind_of(text: &str) -> (DocumentKind, bool) {
    let found = classified(text);
    (
        found.kind,
        found
            .conflict
            .is_some_and(|why| why.contains("ambiguous") || why.contains("neither")),
    )
}

#[test]
fn every_unambiguous_title_names_its_kind() {
    let twice = |word: &str| {
        HEADINGS
            .iter()
            .filter(|(_, words)| words.contains(&word))
            .count()
            > 1
    };
    for (heading, titles) in HEADINGS.iter() {
        // A self-billed invoice addressed to us is our own revenue.
        let expected = if *heading == Heading::SelfBilling {
            DocumentKind::CustomerInvoice
        } else {
            heading.kind()
        };
        for title in titles.iter().filter(|title| !twice(title)) {
            assert_eq!(
                kind_of(&format!("{title}\n\nLa Tavola GmbH\nGasse 2\n")).0,
                expected,
                "{title}"
            );
        }
    }
}

#[test]
fn ambiguous_titles_are_held() {
    for title in ["Gutschrift", "Kontoauszug", "Estratto conto"] {
        assert!(
            kind_of(&format!("{title}\n\nLa Tavola GmbH\nGasse 2\n")).1,
            "{title}"
        );
    }
}

#[test]
fn a_gutschrift_that_says_what_it_is_is_not_held_for_its_word() {
    let credit = kind_of(
        "Gutschrift\n\nLa Tavola GmbH\nGasse 2\n\nzu Rechnung RE-1, zu Ihren Gunsten 5,00 EUR\n",
    );
    assert_eq!(credit, (DocumentKind::CreditNote, false));
}

#[test]
fn a_delivery_note_mentioned_in_a_bill_does_not_make_it_one() {
    let text = "Rechnung\n\nLa Tavola GmbH\nGasse 2\n\nRechnungs-Nr. RE-77   Lieferschein Nr. 4711\nRechnungsdatum 1.10.2026\nGesamtbetrag 5,00 EUR\n";
    assert_eq!(kind_of(text).0, DocumentKind::Bill);
}

/// Papers of our own making, a file for each language: `== kind` and the page.
const PAPERS: [(&str, &str); 6] = [
    ("English", include_str!("pages/en.txt")),
    ("German", include_str!("pages/de.txt")),
    ("French", include_str!("pages/fr.txt")),
    ("Spanish", include_str!("pages/es.txt")),
    ("Italian", include_str!("pages/it.txt")),
    ("Dutch", include_str!("pages/nl.txt")),
];

#[test]
fn papers_of_every_kind_are_told_apart_in_six_languages() {
    let mut read = 0;
    for (language, papers) in PAPERS {
        for paper in papers.split("== ").filter(|paper| !paper.is_empty()) {
            let (title, text) = paper.split_once('\n').unwrap();
            let (kind, note) = title.split_once(' ').unwrap_or((title, ""));
            let found = classified(text);
            let what = format!("{language} {title}: {:?}", found.reasons);
            assert_eq!(found.kind.as_str(), kind, "{what}");
            let is_asked = note == "debit note"
                || matches!(
                    found.kind,
                    DocumentKind::Proforma | DocumentKind::SupplierReminder | DocumentKind::Other
                );
            if is_asked {
                assert!(found.conflict.is_some(), "{what}");
            }
            read += 1;
        }
    }
    assert_eq!(read, 6 * 17);
}

#[test]
fn a_bill_that_names_its_order_stays_a_bill() {
    for (language, papers) in PAPERS {
        let bill = papers
            .split("== ")
            .find(|paper| paper.starts_with("bill\n"));
        let found = classified(bill.unwrap().trim_start_matches("bill\n"));
        assert_eq!(
            (found.kind, found.conflict),
            (DocumentKind::Bill, None),
            "{language}"
        );
    }
}

/// DOMAIN 2.6, a row each: what is held says why.
fn held(text: &str) -> (DocumentKind, String) {
    let found = classified(text);
    (found.kind, found.conflict.unwrap_or_default())
}

#[test]
fn an_order_confirmation_with_a_total_and_an_account_is_not_payable() {
    let text = "Mill GmbH\n\nAuftragsbestätigung\n\nLa Tavola GmbH\n\nMehl 100 kg   120,00\nGesamtbetrag 142,80 EUR\nIBAN DE89370400440532013000\n";
    assert_eq!(classified(text).kind, DocumentKind::PurchaseOrderResponse);
}

#[test]
fn what_confirms_an_order_is_none_however_it_puts_the_words() {
    let sums = "IBAN DE89 3704 0044 0532 0130 00\nNetto 100,00\nMwSt 19 % 19,00\nGesamtbetrag 119,00 EUR\n";
    for title in [
        "Bestätigung Ihres Auftrags",
        "Acknowledgement of your purchase order",
        "Conferma del vostro ordine",
        "Bevestiging van uw opdracht",
        "Confirmation d'achat",
    ] {
        let text = format!("Elbkarton GmbH\nLa Tavola GmbH\n\n{title}\n\n{sums}");
        let (kind, _) = held(&text);
        assert_ne!(kind, DocumentKind::Bill, "{title}");
    }
}

#[test]
fn the_readers_order_in_a_label_over_two_rows_is_no_heading() {
    let text = "Tessenow KG\nLa Tavola GmbH\n\nIhre ......... PO123649\nBestellung\nRechnungsnummer  4711\n\nRechnung\n\nNetto 100,00\nMwSt 19 % 19,00\nGesamtbetrag 119,00 EUR\n";
    assert_eq!(kind_of(text).0, DocumentKind::Bill);
}

#[test]
fn a_transport_document_is_one_with_points_in_its_letters() {
    let text = "Officine Belmare S.r.l.\nLa Tavola GmbH\n\nD.D.T.\n\nData 21 giugno 2026\n";
    assert_eq!(kind_of(text).0, DocumentKind::GoodsReceipt);
}

#[test]
fn an_avviso_that_tells_of_a_payment_is_none_for_the_days_it_lists() {
    let text = "Officine Belmare S.r.l.\nLa Tavola GmbH\n\nAvviso di pagamento\n\nAbbiamo disposto il bonifico dei seguenti importi:\nDocumento   Scadenza     Importo\n10086965    06/04/2026   6.108,90\nTotale                   6.108,90\n";
    assert_eq!(kind_of(text).0, DocumentKind::Remittance);
}

#[test]
fn a_statement_with_one_line_and_an_amount_due_is_no_bill() {
    let text = "Mill Ltd\n\nStatement of account\n\nLa Tavola GmbH\n\nInvoice   Date   Due   Amount\nM-1   01/10/2026   31/10/2026   120.00\nAmount due   GBP 120.00\nIBAN GB33BUKB20201555555555\n";
    assert_eq!(classified(text).kind, DocumentKind::SupplierStatement);
}

#[test]
fn a_bill_on_which_nothing_is_due_is_not_payable() {
    let text = "Mill Ltd\n\nINVOICE\nInvoice no: M-1\nInvoice date: 1 October 2026\nLa Tavola GmbH\n\nFlour   100.00\nVAT 20%   20.00\nTotal   GBP 120.00\nPaid by card   GBP 120.00\nAmount due   GBP 0.00\n";
    let (kind, why) = held(text);
    assert_ne!(why, "", "{kind}");
    let stamped = "Mill GmbH\n\nRechnung\nRechnungs-Nr.: M-1\nRechnungsdatum: 01.10.2026\nLa Tavola GmbH\n\nBEZAHLT\n\nGesamtbetrag 120,00 EUR\n";
    let (kind, why) = held(stamped);
    assert_eq!(kind, DocumentKind::Bill);
    assert!(
        why.starts_with("not_payable: it says that it was paid"),
        "{why}"
    );
}

#[test]
fn an_italian_courtesy_copy_waits_for_the_exchange() {
    let text = "Mulino S.r.l.\n\nFATTURA n. 17/2026      Data fattura: 01/10/2026\nSpett.le La Tavola GmbH\n\nFarina   100,00\nIVA 22 %   22,00\nTotale fattura   122,00 EUR\n\nCopia di cortesia\n";
    let (kind, why) = held(text);
    assert_eq!(kind, DocumentKind::Bill);
    assert!(why.contains("courtesy copy"), "{why}");
}

#[test]
fn what_says_that_it_is_no_invoice_is_none() {
    let text = "Mill Ltd\n\nPayment request\nLa Tavola GmbH\n\nThis is not a tax invoice.\nFlour   100.00\nTotal   GBP 100.00\nIBAN GB33BUKB20201555555555\n";
    assert_ne!(classified(text).kind, DocumentKind::Bill);
}

#[test]
fn a_letter_with_a_sum_and_an_account_is_no_bill() {
    let letters = [
        "Finanzamt Nord\n\nLa Tavola GmbH\n\nBescheid über Umsatzsteuer-Vorauszahlung\n\nBitte zahlen Sie 184,68 EUR bis spätestens 12.03.2026 an die Finanzkasse, IBAN DE89370400440532013000.\n",
        "Mill Ltd\n\nLa Tavola GmbH\n\nService agreement\n\nThe fee is EUR 342.00 a month, payable within 30 days. Account: IBAN GB33BUKB20201555555555\n",
        "Mill Ltd\n\nChange of our bank details\n\nDear customer,\nplease use IBAN GB33BUKB20201555555555 for all open invoices such as 88875.\n",
    ];
    for letter in letters {
        let (kind, why) = held(letter);
        assert_eq!(kind, DocumentKind::Other, "{letter}");
        assert_ne!(why, "", "{letter}");
    }
}

#[test]
fn a_kind_in_the_cell_of_a_form_is_a_heading() {
    let text = "Molino S.r.l.\n\nTipo documento        Stampato il      Cliente\nFattura               01.10.2026       7781\n\nSpett.le La Tavola GmbH\nFarina   100,00\nIVA 22 %   22,00\nTotale   122,00 EUR\n";
    assert_eq!(classified(text).kind, DocumentKind::Bill);
}

#[test]
fn a_letter_that_an_invoice_is_unpaid_is_no_bill_whatever_its_heading() {
    for text in [
        "Mill Ltd\n\nLa Tavola GmbH\n\nSecond notice\nInvoice no.:   F218549\nInvoice date:   04/05/2026\nAmount outstanding:   EUR 4,438.66\n\nOur records show that the above invoice has not been paid.\nIBAN GB33BUKB20201555555555\n",
        "Mühle GmbH\n\nLa Tavola GmbH\n\nUnser Konto mit Ihnen\nRechnungsnummer: 4711\nRechnungsdatum: 04.05.2026\nOffener Betrag: 438,66 EUR\n\nDie genannte Rechnung ist noch nicht ausgeglichen.\nIBAN DE89370400440532013000\n",
        "Moulin SARL\n\nLa Tavola GmbH\n\nFacture en attente\nFacture n° : 4711\nDate de facture : 04/05/2026\nMontant dû : 438,66 EUR\n\nNous n'avons pas enregistré votre règlement.\n",
        "Molino S.L.\n\nLa Tavola GmbH\n\nAviso de factura pendiente\nNº factura: 265152\nFecha factura: 26/10/2026\nImporte pendiente: 548,52 EUR\n\nLa factura indicada se encuentra pendiente de pago.\n",
        "Mulino S.r.l.\n\nLa Tavola GmbH\n\nSollecito n. 1\nFattura n.:   F645114\nData fattura:   22/07/2026\nImporto dovuto:   5.810,03 EUR\n\nLa fattura in oggetto risulta non ancora saldata.\n",
        "Molen B.V.\n\nLa Tavola GmbH\n\nRe: Laatste aanmaning\nFactuur      Datum        Vervaldatum    Bedrag\n4711         04-05-2026   18-05-2026     38,66 EUR\nTe betalen                               43,66 EUR\n",
    ] {
        let kind = classified(text).kind;
        assert!(
            matches!(kind, DocumentKind::SupplierReminder | DocumentKind::Other),
            "{kind}: {text}"
        );
    }
}

#[test]
fn a_heading_that_says_proforma_beside_the_bill_and_a_payslip_are_no_bills() {
    for heading in [
        "Rechnung (Proforma)",
        "Invoice - Pro Forma",
        "Avviso di fattura",
        "PROFORMA INVOICE No. 17",
    ] {
        let text = format!(
            "Mill Ltd\n\n{heading}\n\nLa Tavola GmbH\n\nFlour   100.00\nVAT 20%   20.00\nTotal   EUR 120.00\n"
        );
        assert_eq!(classified(&text).kind, DocumentKind::Proforma, "{heading}");
    }
    let payslip = "Mühle GmbH\n\nEntgeltabrechnung\n\nPersonalnummer 81700\nGesamtbrutto 4.840,40 EUR\nAuszahlungsbetrag 3.388,28 EUR\nIBAN DE89370400440532013000\n";
    assert_eq!(classified(payslip).kind, DocumentKind::Other);
}

#[test]
fn what_corrects_a_bill_is_a_credit_note_in_six_languages() {
    for heading in [
        "Rechnungskorrektur Nr. RK-17 zu Rechnung Nr. 4711",
        "Korrekturrechnung Nr. RK-17",
        "Facture rectificative n° RK-17",
        "Factura rectificativa nº RK-17",
        "Nota di credito n. RK-17 del 03/05/2026",
        "Creditfactuur RK-17",
        "Credit note no. RK-17 to invoice 4711",
    ] {
        let text = format!(
            "Mill Ltd\n\n{heading}\n\nLa Tavola GmbH\n\nFlour   100.00\nVAT 20%   20.00\nTotal   EUR 120.00\n"
        );
        assert_eq!(
            classified(&text).kind,
            DocumentKind::CreditNote,
            "{heading}"
        );
    }
}

#[test]
fn a_bill_that_prints_the_account_it_is_collected_from_is_never_our_own_invoice() {
    let bill = |row: &str| {
        format!(
            "Nordlicht Handel GmbH - Hafenstr. 1 - 20457 Hamburg\n\nLa Tavola GmbH\nGasse 2\n80331 München\n\nRechnung\n\nRechnungsnummer: RE-2026-0815\nRechnungsdatum: 20.11.2026\n\nNettobetrag 1.000,00 EUR\nMwSt 19 % 190,00 EUR\nGesamtbetrag 1.190,00 EUR\n\n{row}\nUSt-IdNr.: DE136695976\n"
        )
    };
    let own = OwnIdentity {
        names: vec!["La Tavola GmbH".into()],
        ibans: vec![
            crate::basics::bank_account::Iban::parse("DE02120300000000202051").expect("an account"),
        ],
        ..OwnIdentity::default()
    };
    let read = |text: &str| {
        let layout = Layout::of_text(text);
        let mail = MailFacts::default();
        let findings = bill::read(&layout, &mail, &own, &[], false);
        page(&layout, &findings, &mail, &own)
    };
    let said = [
        "Der Betrag wird von Ihrem Konto DE02 1203 0000 0000 2020 51 abgebucht",
        "Wir buchen den Betrag am 04.12.2026 ab: DE02 1203 0000 0000 2020 51",
        "Ihre Bankverbindung: DE02 1203 0000 0000 2020 51",
        "Payment by direct debit from DE02 1203 0000 0000 2020 51",
        "Wij schrijven het bedrag af van DE02 1203 0000 0000 2020 51",
        "SEPA-Mandat M-77, Konto DE02 1203 0000 0000 2020 51",
    ];
    for row in said {
        let found = read(&bill(row));
        let told = (found.kind, found.side, found.conflict.is_some());
        assert_eq!(told, (DocumentKind::Bill, Side::Payable, false), "{row}");
    }
    let unsaid = read(&bill("Zahlungsweise SEPA  DE02 1203 0000 0000 2020 51"));
    assert!(unsaid.kind == DocumentKind::Bill && unsaid.conflict.is_some());
}

#[test]
fn bills_of_trades_and_of_authorities_are_bills_and_what_pays_us_is_none() {
    let own = "La Tavola GmbH\nGasse 2\n80331 München\n";
    for bill in [
        "Commission Tax Invoice\n\nDocument number CM-4711\nFees incl. VAT 119.00\n",
        "Lieferschein / Rechnung\n\nBeleg-Nr. 4711/A\nGesamtbetrag 119,00\n",
        "Gebührenbescheid\n\nBescheid-Nr. 2026/4711\nFestgesetzte Gebühr 119,00 €\nFällig am 1.12.2026\n",
        "Appel de cotisation 2026\n\nN° d'appel 4711\nMontant à régler 119,00 €\n",
    ] {
        assert_eq!(
            classified(&format!("{bill}\n{own}")).kind,
            DocumentKind::Bill,
            "{bill}"
        );
    }
    for other in [
        "Provisionsabrechnung\n\nAbrechnungsnummer 4711\nIhre Provision 119,00 €\nAuszahlungsbetrag 119,00 €\n",
        "Credit Report\n\nReport no. 4711\nCredit limit: 25,000.00\n",
    ] {
        let kind = classified(&format!("{other}\n{own}")).kind;
        let is_bill = matches!(kind, DocumentKind::Bill | DocumentKind::CreditNote);
        assert!(!is_bill, "{other}: {kind}");
    }
}

#[test]
fn the_offer_named_among_the_labels_of_a_bill_does_not_make_it_one() {
    let own = "La Tavola GmbH\nGasse 2\n80331 München\n";
    let bill = "Rechnungsdatum      08.12.2026\nAngebot             38953/N\nRechnungsnummer     BS-1059\nLieferschein        4711\nFällig am           22.12.2026\n\nIBAN DE89 3704 0044 0532 0130 00\nNettobetrag 100,00\nMwSt 19 % 19,00\nGesamtbetrag 119,00\n";
    assert_eq!(classified(&format!("{own}{bill}")).kind, DocumentKind::Bill);
    let offer = "Angebot             38953/N\nDatum               08.12.2026\n\nGesamtbetrag 119,00\nGültig bis 31.12.2026\n";
    assert_eq!(
        classified(&format!("{own}{offer}")).kind,
        DocumentKind::Quotation
    );
}
