use super::*;
use crate::basics::money::Money;

/// What a text called a remittance says.
fn read_text(text: &str) -> Advice {
    read_tables(&[], text)
}

fn read_tables(tables: &[Table], text: &str) -> Advice {
    let named = Hints {
        is_named: true,
        ..Hints::default()
    };
    let layout = Layout::of_text(text);
    read(tables, &layout, named, Currency::EUR, &[]).unwrap_or_default()
}

fn shown(amount: Option<Money>) -> String {
    amount.map_or("?".to_owned(), |amount| amount.to_string())
}

fn lines(text: &str) -> (Vec<(String, String)>, Option<String>) {
    let advice = read_text(text);
    let lines = advice
        .payments
        .iter()
        .map(|line| (line.invoice.clone(), shown(line.amount)))
        .collect();
    (
        lines,
        advice.fields.total.map(|total| total.value.to_string()),
    )
}

fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected
        .iter()
        .map(|(number, amount)| ((*number).to_owned(), (*amount).to_owned()))
        .collect()
}

#[test]
fn numbers_with_amounts_and_their_total() {
    let (found, total) = lines(
        "Dear all,\n\nwe have paid today by bank transfer:\n\n2026-1001   595,00 EUR\n2026-1002   1.190,00 EUR\n\nTotal: 1.785,00 EUR\n\nTel. +49 40 123456\n",
    );
    assert_eq!(
        found,
        pairs(&[("2026-1001", "595.00 EUR"), ("2026-1002", "1,190.00 EUR")])
    );
    assert_eq!(total.as_deref(), Some("1,785.00 EUR"));
}

#[test]
fn whole_amounts_of_a_spreadsheet_are_lines() {
    let rows = [
        ["Invoice", "Amount paid EUR"],
        ["2026-1049", "535.25"],
        ["2026-1050", "160.75"],
        ["2026-1051", "1819"],
    ];
    let table = rows.map(|row| row.map(str::to_owned).to_vec()).to_vec();
    let text = rows.map(|row| row.join("\t")).join("\n");
    let advice = read_tables(&[table], &text);
    let found = advice.payments.iter();
    let found = found.map(|line| (line.invoice.clone(), shown(line.amount)));
    let expected = [
        ("2026-1049", "535.25 EUR"),
        ("2026-1050", "160.75 EUR"),
        ("2026-1051", "1,819.00 EUR"),
    ];
    assert_eq!(found.collect::<Vec<_>>(), pairs(&expected));
}

#[test]
fn a_sentence_is_enough() {
    let (found, _) = lines("Today we paid invoice 2026-1001 dated 12.10.2026 with 595,00 €.");
    assert_eq!(found, pairs(&[("2026-1001", "595.00 EUR")]));
}

#[test]
fn what_was_paid_is_not_what_was_billed() {
    let (found, _) = lines(
        "Invoice no.   Date         Gross       Discount   Paid\n2026-1001     01.10.2026   1.000,00    20,00      980,00 EUR\n",
    );
    assert_eq!(found, pairs(&[("2026-1001", "980.00 EUR")]));
}

#[test]
fn accounts_and_telephones_are_no_invoices() {
    let (found, total) = lines(
        "IBAN DE89 3704 0044 0532 0130 00 amount 5,00 EUR\nPhone +49 40 1234567 costs 0,14 EUR\n",
    );
    assert_eq!((found, total), (Vec::new(), None));
}

#[test]
fn a_table_is_read_by_its_headings() {
    let table: Table = [
        ["Rechnungsnummer", "Datum", "Betrag", "Skonto", "Zahlbetrag"],
        [
            "2026-1001",
            "01.10.2026",
            "1.000,00 €",
            "20,00 €",
            "980,00 €",
        ],
        ["2026-1002", "02.10.2026", "595,00 €", "0,00 €", "595,00 €"],
        ["Summe", "", "1.595,00 €", "20,00 €", "1.575,00 €"],
    ]
    .iter()
    .map(|row| row.iter().map(|cell| (*cell).to_owned()).collect())
    .collect();
    let advice = read_tables(&[table], "");
    let found = advice
        .payments
        .iter()
        .map(|l| (l.invoice.clone(), shown(l.amount)))
        .collect::<Vec<_>>();
    assert_eq!(
        found,
        pairs(&[("2026-1001", "980.00 EUR"), ("2026-1002", "595.00 EUR")])
    );
    assert_eq!(
        advice
            .payments
            .first()
            .and_then(|l| l.discount)
            .map(|d| d.minor()),
        Some(2_000)
    );
    assert_eq!(advice.fields.total.map(|t| t.value.minor()), Some(157_500));
    assert!(advice.issues.is_empty());
}

#[test]
fn a_total_that_the_lines_do_not_make_is_said() {
    let advice = read_text("paid:\n2026-1001 595,00 EUR\nTotal 600,00 EUR");
    assert_eq!(advice.issues.len(), 1);
    assert!(
        advice
            .fields
            .total
            .is_some_and(|t| t.confidence.as_per_mille() < 900)
    );
}

#[test]
fn bodies_that_list_payments_are_documents_and_others_are_not() {
    assert!(looks_like_remittance(
        "",
        "Hello,\nwe have transferred the following:\nInvoice 2026-1001: EUR 595.00\n"
    ));
    assert!(looks_like_remittance(
        "",
        "Guten Tag,\nwir haben heute überwiesen:\n2026-1001  595,00 EUR\n"
    ));
    assert!(!looks_like_remittance(
        "",
        "Hello,\nplease find attached our invoice 4711 over 595.00 EUR.\n"
    ));
    assert!(!looks_like_remittance("", "We have paid. Regards"));
}

#[test]
fn the_number_of_the_one_who_is_paid_counts_and_what_is_left_after_the_discount() {
    let (found, total) = lines(
        "Alle Beträge in EUR\n\nUnser Beleg   Ihre Referenz   Datum        Brutto     Skonto   Nettobetrag\n5100004711    MR-1044         02.11.2026   2.140,00   42,80       2.097,20\n1700000815    MR-1049         09.11.2026     119,00-   0,00         119,00-\nGesamtbetrag                              2.021,00   42,80       1.978,20\n",
    );
    assert_eq!(
        found,
        pairs(&[("MR-1044", "2,097.20 EUR"), ("MR-1049", "-119.00 EUR")])
    );
    assert_eq!(total.as_deref(), Some("1,978.20 EUR"));
}

#[test]
fn one_sum_over_several_invoices_is_said_of_none_of_them() {
    let (found, total) =
        lines("Wij hebben uw facturen 4711, 4712 en 4713 betaald, in totaal € 2.033,00.\n");
    assert_eq!(found, pairs(&[("4711", "?"), ("4712", "?"), ("4713", "?")]));
    assert_eq!(total.as_deref(), Some("2,033.00 EUR"));
}

#[test]
fn several_pairs_stand_in_one_sentence_whichever_stands_first() {
    let expected = pairs(&[("VF-4711", "595.00 EUR"), ("VF-4712", "119.00 EUR")]);
    for text in [
        "Nous avons payé la facture VF-4711 (595,00 €) et la facture\nVF-4712 (119,00 €). Total viré : 714,00 €.",
        "Payé : 595,00 € pour la facture VF-4711, 119,00 € pour la facture VF-4712",
    ] {
        assert_eq!(lines(text).0, expected, "{text}");
    }
}

#[test]
fn several_pairs_and_their_total_stand_in_one_sentence() {
    let expected = pairs(&[("NL-1001", "1,190.00 EUR"), ("NL-1002", "300.00 EUR")]);
    for text in [
        "we paid NL-1001: 1190.00 and NL-1002: 300.00, total 1490.00 EUR.",
        "we paid NL-1001 (1190.00) and NL-1002 (300.00), total 1490.00 EUR on 20.11.2026.",
        "heute haben wir überwiesen: NL-1001 über 1.190,00 EUR und NL-1002 über 300,00 EUR, zusammen 1.490,00 EUR.",
        "Bonjour, nous avons réglé vos factures NL-1001 (1 190,00 €) et NL-1002 (300,00 €), total 1 490,00 €.",
        "Hi, we paid EUR 1,190.00 for NL-1001 and EUR 300.00 for NL-1002, total EUR 1,490.00.",
        "Wir haben 1.490,00 EUR gesandt für NL-1001 (1.190,00 EUR) und NL-1002 (300,00 EUR).",
    ] {
        let (found, total) = lines(text);
        assert_eq!(found, expected, "{text}");
        assert_eq!(total.as_deref(), Some("1,490.00 EUR"), "{text}");
        let total = read_text(text).fields.total;
        assert!(
            total.is_some_and(|total| total.confidence.as_per_mille() >= 900),
            "{text}"
        );
    }
}

#[test]
fn without_a_stated_total_none_of_several_amounts_is_taken_for_it() {
    let expected = pairs(&[("NL-1001", "1,190.00 EUR"), ("RE/1077", "300.00 EUR")]);
    for text in [
        "we paid NL-1001: 1190.00 EUR and RE/1077: 300.00 EUR.",
        "we paid NL-1001 1190.00 EUR, RE/1077 300.00 EUR yesterday.",
    ] {
        let (found, _) = lines(text);
        assert_eq!(found, expected, "{text}");
        let total = read_text(text).fields.total.expect("the sum");
        assert_eq!(total.value.minor(), 149_000, "{text}");
        assert!(total.confidence.as_per_mille() < 900, "{text}");
    }
    let (_, total) = lines("we paid NL-1001: 1190.00, total 1490.00 EUR.");
    assert_eq!(total.as_deref(), Some("1,490.00 EUR"));
}

#[test]
fn a_charge_beside_the_lines_explains_the_total() {
    let advice = read_text(
        "Invoice     Amount paid EUR\nINV-1001         595.00\nINV-1002         119.00\nBank charges      -7.50\nTotal            706.50\n",
    );
    let total = advice.fields.total.map(|t| (t.value.minor(), t.confidence));
    assert_eq!(total.map(|(minor, _)| minor), Some(70_650));
    assert_eq!(advice.payments.len(), 2);
    assert!(
        advice
            .issues
            .iter()
            .any(|issue| issue.problem.contains("bank charges")),
        "{:?}",
        advice.issues
    );
}

#[test]
fn a_total_nobody_stated_is_never_sure() {
    let advice = read_text("paid:\n2026-1001 595,00 EUR\n2026-1002 100,00 EUR\n");
    let total = advice
        .fields
        .total
        .map(|t| (t.value.minor(), t.confidence.as_per_mille()));
    assert!(total.is_some_and(|(minor, sure)| minor == 69_500 && sure < 900));
}

#[test]
fn a_party_named_in_passing_is_not_surely_the_payer() {
    let known = |name: &str| KnownParty {
        name: name.into(),
        ..KnownParty::default()
    };
    let names = [
        known("Harmsen Spedition KG"),
        known("Feinkost Wiechmann GmbH"),
        known("Berger KG"),
    ];
    let payer = |text: &str| {
        let hints = Hints {
            is_named: true,
            ..Hints::default()
        };
        let advice = read(&[], &Layout::of_text(text), hints, Currency::EUR, &names);
        let payer = advice.and_then(|advice| advice.fields.payer);
        payer.map(|payer| (payer.value, payer.confidence.as_per_mille()))
    };
    let sure = payer("Feinkost Wiechmann GmbH\nBamberger Str. 1\nRechnung 4711 595,00 EUR\n");
    assert_eq!(sure, Some(("Feinkost Wiechmann GmbH".into(), 930)));
    let two = payer(
        "Feinkost Wiechmann GmbH\nRechnung 4711 595,00 EUR, Lieferung durch Harmsen Spedition\n",
    );
    assert!(two.is_some_and(|(_, sure)| sure < 900));
}

#[test]
fn amounts_without_a_currency_go_to_a_person() {
    let advice =
        read_text("Invoice     Amount paid\nINV-1001         595.00\nINV-1002         119.00\n");
    assert_eq!(advice.payments.len(), 2);
    assert!(advice.doubt.is_some() && advice.fields.currency.is_none());
}

#[test]
fn a_row_whose_amount_is_no_number_is_named_and_lowers_the_total() {
    let rows = [
        ["Rechnung", "Datum", "Betrag bezahlt EUR"],
        ["RE-1001", "01.11.2026", "1.190,00"],
        ["RE-1002", "02.11.2026", "siehe Anlage"],
        ["RE-1003", "03.11.2026", "595,00"],
    ];
    let table = |rows: &[[&str; 3]]| {
        let cells = |row: &[&str; 3]| row.map(str::to_owned).to_vec();
        rows.iter().map(cells).collect::<Table>()
    };
    let advice = read_tables(&[table(&rows)], "");
    let unpriced = advice.payments.iter().filter(|line| line.amount.is_none());
    let unpriced = unpriced.map(|line| line.invoice.as_str());
    assert_eq!(unpriced.collect::<Vec<_>>(), ["RE-1002"]);
    assert_eq!(advice.issues.len(), 1);
    // What makes the stated total is whole without it.
    let whole = [rows.as_slice(), &[["Summe", "", "1.785,00"]]].concat();
    assert_eq!(read_tables(&[table(&whole)], "").payments.len(), 2);
}

#[test]
fn lines_in_several_currencies_make_no_sure_total() {
    let rows = [
        ["Invoice", "Amount paid", "Currency"],
        ["INV-1001", "1000.00", "EUR"],
        ["INV-1002", "500.00", "USD"],
        ["INV-1003", "200.00", "EUR"],
        ["Total", "1700.00", ""],
    ];
    let table = rows.map(|row| row.map(str::to_owned).to_vec()).to_vec();
    let fields = read_tables(&[table], "").fields;
    let sure = fields.total.map(|total| total.confidence.as_per_mille());
    assert!(sure.is_none_or(|sure| sure < 900), "{sure:?}");
    assert!(
        fields
            .currency
            .is_some_and(|it| it.confidence.as_per_mille() < 900)
    );
}

#[test]
fn what_stays_open_is_not_paid() {
    let (found, _) = lines(
        "Payment advice\n\nWe paid USD 1,000.00 on 20 November 2026 for invoice 2026-1001.\nOpen balance on your account: USD 2,500.00 for invoice 2026-1002.\n",
    );
    let of = |number: &str| {
        found
            .iter()
            .find(|(own, _)| own == number)
            .map(|(_, paid)| paid.as_str())
    };
    assert_eq!(of("2026-1001"), Some("1,000.00 USD"));
    assert_ne!(of("2026-1002"), Some("2,500.00 USD"), "{found:?}");
}

#[test]
fn a_row_that_goes_over_two_lines_is_read_by_the_number_of_the_first() {
    let expected = pairs(&[("2026-1001", "595.00 EUR"), ("2026-1002", "1,166.20 EUR")]);
    for text in [
        // The rest of a text, and the amount.
        "Facture       Date         Libellé              Montant\n2026-1001     12/10/2026   Livraison octobre\n                           chantier 44          595,00\n2026-1002     14/10/2026   Livraison octobre\n                           chantier 45          1 166,20\n\nTotal                                           1 761,20 EUR\n",
        // The payer's own number, and the amount.
        "Invoice       Date         Amount paid\n2026-1001     12.10.2026\n   our document 5100023411      595.00 EUR\n2026-1002     14.10.2026\n   our document 5100023412    1,166.20 EUR\n\nTotal                       1,761.20 EUR\n",
        // Without headings.
        "we have paid today:\n\nYour invoice 2026-1001 of 12 October 2026\n    our document 5100023411          EUR 595.00\nYour invoice 2026-1002 of 14 October 2026\n    our document 5100023412          EUR 1,166.20\n\nTotal EUR 1,761.20\n",
    ] {
        let (found, total) = lines(text);
        assert_eq!(found, expected, "{text}");
        assert_eq!(total.as_deref(), Some("1,761.20 EUR"), "{text}");
    }
}

#[test]
fn headings_over_two_lines_have_rows_over_two_lines() {
    let text = "Document     Date         Your invoice\n             Gross        Discount    Net paid\n5100023411   12.10.2026   2026-1001\n             595.00       0.00        595.00\n5100023412   14.10.2026   2026-1002\n             1,190.00     23.80       1,166.20\n\nTotal paid                            1,761.20 EUR\n";
    let (found, total) = lines(text);
    assert_eq!(
        found,
        pairs(&[("2026-1001", "595.00 EUR"), ("2026-1002", "1,166.20 EUR")])
    );
    assert_eq!(total.as_deref(), Some("1,761.20 EUR"));
}

#[test]
fn a_number_on_the_next_line_that_is_another_invoice_keeps_its_amount() {
    let (found, _) = lines(
        "Invoice       Date         Amount paid\n2026-1001     12.10.2026\n2026-1002     14.10.2026   1,166.20 EUR\n2026-1003     15.10.2026   100.00 EUR\n",
    );
    assert_eq!(
        found,
        pairs(&[
            ("2026-1002", "1,166.20 EUR"),
            ("2026-1003", "100.00 EUR"),
            ("2026-1001", "?"),
        ])
    );
}

#[test]
fn your_reference_above_its_amount_is_the_invoice_and_in_the_head_of_a_letter_none() {
    let (found, total) = lines(
        "Please note our bank transfer for the items below.\n\nYour reference: RE-10421\nDocument date: 12/03/2026\nNet: 100.00 EUR\n\nYour reference: RE-10422\nDocument date: 14/03/2026\nNet: 50.00 EUR\n\nSum of transfer: 150.00 EUR\n",
    );
    assert_eq!(
        found,
        pairs(&[("RE-10421", "100.00 EUR"), ("RE-10422", "50.00 EUR")])
    );
    assert_eq!(total.as_deref(), Some("150.00 EUR"));
    let (found, _) = lines(
        "Your reference: KD-10421\nOur reference: MB\nMill Road, Leeds\n\nDear all,\n\nwe have paid invoice 4711 of 100.00 EUR.\n",
    );
    assert_eq!(found, pairs(&[("4711", "100.00 EUR")]));
}

#[test]
fn bills_of_suppliers_and_numbers_behind_a_currency_are_read() {
    let (found, _) = lines(
        "Ce virement concerne :\n\nFacture fournisseur RE-37008    07/07/2026\n      7 373,64 EUR\nFacture fournisseur RE-95001    16/01/2026\n      470,13 EUR\n",
    );
    assert_eq!(
        found,
        pairs(&[("RE-37008", "7,373.64 EUR"), ("RE-95001", "470.13 EUR")])
    );
    let (found, total) = lines(
        "Onze betaling omvat:\n\n23940 = 3.309,65 EUR; 99205 = 340,76 EUR\nTotaal overgemaakt: 3.650,41 EUR\n",
    );
    assert_eq!(
        found,
        pairs(&[("23940", "3,309.65 EUR"), ("99205", "340.76 EUR")])
    );
    assert_eq!(total.as_deref(), Some("3,650.41 EUR"));
}

#[test]
fn the_number_of_the_payment_itself_is_no_line_where_the_others_make_the_total() {
    let (found, _) = lines(
        "Bank credit 5512\n\nWe have paid:\n\nInvoice 4711: 100.00 EUR\nInvoice 4712: 50.00 EUR\n\nTransfer amount: 150.00 EUR\n",
    );
    assert_eq!(
        found,
        pairs(&[("4711", "100.00 EUR"), ("4712", "50.00 EUR")])
    );
}
