use super::super::super::labels;
use super::*;
use crate::formats::page::{Page, Rect, Word};

fn read(text: &str) -> (Option<String>, Option<String>, Option<String>, u16) {
    let layout = Layout::of_text(text);
    let totals = totals(&layout, &labels::find(&layout), &find(&layout));
    let show = |t: &Option<Total>| t.as_ref().map(|t| t.value.to_string());
    (
        show(&totals.net),
        show(&totals.tax),
        show(&totals.gross),
        totals.gross.map_or(0, |g| g.confidence),
    )
}

fn three(net: &str, tax: &str, gross: &str) -> [Option<String>; 3] {
    [net, tax, gross].map(|t| Some(t.to_owned()))
}

#[test]
fn three_labelled_totals_that_add_up_are_sure() {
    let cases = [
        (
            "Nettobetrag 1.000,00\nMwSt 19% 190,00\nGesamtbetrag 1.190,00",
            three("1000.00", "190.00", "1190.00"),
        ),
        (
            "Subtotal $1,000.00\nSales tax $100.00\nTotal $1,100.00",
            three("1000.00", "100.00", "1100.00"),
        ),
        (
            "Total HT 1 234,50 €\nTVA 20 % 246,90 €\nTotal TTC 1 481,40 €",
            three("1234.50", "246.90", "1481.40"),
        ),
        (
            "Total HT      10 200 EUR\nTVA 20 %       2 040 EUR\nTotal TTC     12 240 EUR",
            three("10200", "2040", "12240"),
        ),
        (
            "Summa netto      SEK 1 010 200\nMoms 25 %   SEK 252 550\nTotal   SEK 1 262 750",
            three("1010200", "252550", "1262750"),
        ),
        (
            "Betrag in           EUR   Ct\nNettobetrag       1.000   50\nMwSt 19 %           190   10\nGesamtbetrag      1.190   60",
            three("1000.50", "190.10", "1190.60"),
        ),
    ];
    for (text, [net, tax, gross]) in cases {
        let (n, t, g, sure) = read(text);
        assert_eq!((n, t, g), (net, tax, gross), "{text}");
        assert!(sure >= 900, "{text}: {sure}");
    }
}

#[test]
fn two_digits_behind_a_whole_number_are_no_total() {
    let (_, _, gross, sure) = read(
        "Nettobetrag    1.000   50   EUR\nMwSt 19 %   190   10   EUR\nGesamtbetrag   1.190   60   EUR",
    );
    assert!(gross.is_none() || sure < 900, "{gross:?} {sure}");
}

#[test]
fn cents_set_smaller_and_raised_belong_to_the_whole_number_before_them() {
    let word = |text: &str, x0: f32, x1: f32, (top, bottom): (f32, f32)| Word {
        text: text.into(),
        place: Rect {
            x0,
            top,
            x1,
            bottom,
        },
    };
    let rows = [
        ("Nettobetrag", "1.000", "50"),
        ("MwSt", "190", "10"),
        ("Gesamtbetrag", "1.190", "60"),
    ];
    let words = (0_u8..).zip(rows).flat_map(|(row, (label, whole, cents))| {
        let top = 100.0 + f32::from(row) * 14.0;
        [
            word(label, 40.0, 100.0, (top, top + 9.0)),
            word(whole, 375.0, 400.0, (top, top + 9.0)),
            word(cents, 401.0, 408.0, (top - 1.0, top + 4.5)),
            word("EUR", 415.0, 436.0, (top, top + 9.0)),
        ]
    });
    let page = Page {
        width: 595.0,
        height: 842.0,
        words: words.collect(),
        ..Page::default()
    };
    let layout = Layout::of_pages(&[page]);
    let totals = totals(&layout, &labels::find(&layout), &find(&layout));
    let gross = totals.gross.map(|gross| gross.value.to_string());
    assert_eq!(gross.as_deref(), Some("1190.60"));
}

#[test]
fn a_total_that_does_not_add_up_is_never_sure() {
    let (_, _, gross, sure) = read("Nettobetrag 1.000,00\nMwSt 19% 190,00\nGesamtbetrag 1.200,00");
    assert_eq!(gross.as_deref(), Some("1200.00"));
    assert!(sure < 900);
}

#[test]
fn a_labelled_net_that_does_not_fit_is_kept_as_it_stands() {
    let (net, tax, gross, _) =
        read("Arbeit 841,00\nNettobetrag 840,00\nzzgl. 19 % USt. 159,60\nRechnungsbetrag 1.000,60");
    assert_eq!(
        (net.as_deref(), tax.as_deref(), gross.as_deref()),
        (Some("840.00"), Some("159.60"), Some("1000.60"))
    );
}

#[test]
fn an_ambiguous_thousand_is_decided_by_the_sum() {
    let (net, tax, gross, _) = read("Net total EUR 1.000\nVAT EUR 200\nGrand total EUR 1.200");
    assert_eq!(
        (net, tax, gross),
        (Some("1000".into()), Some("200".into()), Some("1200".into()))
    );
}

#[test]
fn the_total_of_a_column_is_its_last_row_and_a_part_of_it_is_never_sure() {
    let column = "Nettobetrag   MwSt-Betrag   Bruttobetrag\n      4,85          0,92           5,77\n      2,82          0,20           3,02\n      7,67          1,12           8,79";
    let (net, tax, gross, _) = read(column);
    assert_eq!(
        (net.as_deref(), tax.as_deref(), gross.as_deref()),
        (Some("7.67"), Some("1.12"), Some("8.79"))
    );
    let (_, _, _, sure) = read(
        "Nettobetrag   MwSt-Betrag   Bruttobetrag\n      4,85          0,92           5,77\n      2,82          0,20           3,02",
    );
    assert!(sure < 900);
}

#[test]
fn two_rates_are_added() {
    let (net, tax, gross, sure) =
        read("Netto 473,00\nMwSt 19% 37,62\nMwSt 7% 19,25\nGesamtbetrag 529,87");
    assert_eq!(
        (net.as_deref(), tax.as_deref(), gross.as_deref()),
        (Some("473.00"), Some("56.87"), Some("529.87"))
    );
    assert!(sure >= 850, "{sure}");
}

#[test]
fn two_rates_side_by_side_in_the_row_of_totals_are_added() {
    for text in [
        "Net total     VAT 19%     VAT 7%     Invoice total\n473.00        37.62       19.25      529.87\n",
        "Net total 473.00     VAT 19% 37.62     VAT 7% 19.25     Invoice total 529.87\n",
    ] {
        let (net, tax, gross, sure) = read(text);
        assert_eq!([net, tax, gross], three("473.00", "56.87", "529.87"));
        assert!(sure >= 900, "{sure}");
    }
}

#[test]
fn objects_billed_one_by_one_are_added_up_and_never_sure() {
    let (net, tax, gross, sure) = read(
        "Objekt A\nNettobetrag 1.000,00\nMwSt 19% 190,00\nGesamtbetrag 1.190,00\n\nObjekt B\nNettobetrag 500,00\nMwSt 19% 95,00\nGesamtbetrag 595,00\n\nRechnungsbetrag 1.785,00",
    );
    assert_eq!(
        (net.as_deref(), tax.as_deref(), gross.as_deref()),
        (Some("1500.00"), Some("285.00"), Some("1785.00"))
    );
    assert!(sure < 900, "{sure}");
}

#[test]
fn a_row_for_each_rate_is_no_bill_of_its_own() {
    let rows = "Summe 7% netto 100,00 MwSt 7,00 brutto 107,00\nSumme 19% netto 200,00 MwSt 38,00 brutto 238,00\n";
    for last in [
        "Zahlbetrag EUR 345,00",
        "Netto 300,00\nMwSt 45,00\nGesamtbetrag 345,00",
    ] {
        let (net, tax, gross, sure) = read(&format!("{rows}{last}"));
        assert_eq!(
            (net.as_deref(), tax.as_deref(), gross.as_deref()),
            (Some("300.00"), Some("45.00"), Some("345.00")),
            "{last}"
        );
        assert!(sure >= 900, "{last}: {sure}");
    }
}

#[test]
fn totals_of_something_else_on_the_page_leave_the_bill_unsure() {
    let own = "Rechnungsnummer 4711\nNettobetrag 100,00\nMwSt 19% 19,00\nRechnungsbetrag 119,00\n";
    for other in [
        "Jahresbetrag zur Information\nNettobetrag 1.200,00\nMwSt 19% 228,00\nGesamtbetrag 1.428,00",
        "Offene Posten: Nettobetrag 500,00 MwSt 19% 95,00 Gesamtbetrag 595,00\nGesamtforderung 714,00",
    ] {
        let (_, _, _, sure) = read(&format!("{own}{other}"));
        assert!(sure < 900, "{other}: {sure}");
    }
    let (_, _, gross, sure) = read(&format!(
        "{own}Offen aus Oktober 500,00\nGesamtforderung 619,00"
    ));
    assert!(gross.as_deref() == Some("119.00") && sure >= 900);
}

#[test]
fn what_is_left_with_a_discount_is_not_the_bill() {
    let bill = "Rechnungssumme inkl. 19 % MwSt 1.190,00 EUR\n\nBei Zahlung bis 30.11.2026 mit 2 % Skonto:\nNettobetrag 980,00 EUR\nMwSt 19 % 186,20 EUR\nZahlbetrag 1.166,20 EUR";
    let (_, _, gross, sure) = read(bill);
    assert_eq!(gross.as_deref(), Some("1190.00"));
    assert!(sure < 900, "{sure}");
    let terms_above = "Zahlbar innerhalb 14 Tagen mit 2 % Skonto\nNettobetrag 1.000,00\nMwSt 19% 190,00\nGesamtbetrag 1.190,00";
    let (_, _, gross, sure) = read(terms_above);
    assert!(gross.as_deref() == Some("1190.00") && sure >= 900);
}

#[test]
fn amounts_in_brackets_are_negative() {
    let credit = "Subtotal   USD (100.00)\nSales Tax 8%   USD (8.00)\nTotal   USD (108.00)";
    let (net, tax, gross, _) = read(credit);
    assert_eq!(
        (net.as_deref(), tax.as_deref(), gross.as_deref()),
        (Some("-100.00"), Some("-8.00"), Some("-108.00"))
    );
    let remark = "Subtotal 100.00\nSales tax 8% (8.00)\nTotal 108.00 (incl. tax 8.00)";
    let (_, tax, gross, _) = read(remark);
    assert_eq!(
        (tax.as_deref(), gross.as_deref()),
        (Some("8.00"), Some("108.00"))
    );
}

#[test]
fn blanks_between_thousands_do_not_cut_a_whole_amount() {
    let (net, tax, gross, sure) =
        read("Total HT 10 200 EUR\nTVA 20 % 2 040 EUR\nTotal TTC 12 240 EUR");
    assert_eq!(
        (net.as_deref(), tax.as_deref(), gross.as_deref()),
        (Some("10200"), Some("2040"), Some("12240"))
    );
    assert!(sure >= 900, "{sure}");
}

#[test]
fn cents_in_a_column_of_their_own_belong_to_the_whole() {
    let (net, tax, gross, _) = read(
        "                 EUR    Ct\nNettobetrag    1.000    50\nMwSt 19 %        190    10\nGesamtbetrag   1.190    60",
    );
    assert_eq!(
        (net.as_deref(), tax.as_deref(), gross.as_deref()),
        (Some("1000.50"), Some("190.10"), Some("1190.60"))
    );
}

#[test]
fn a_minus_between_amount_and_currency_counts() {
    for text in [
        "Nettobetrag EUR - 1.000,00\nMwSt 19% EUR - 190,00\nGesamtbetrag EUR - 1.190,00",
        "Nettobetrag 1.000,00 - EUR\nMwSt 19% 190,00 - EUR\nGesamtbetrag 1.190,00 - EUR",
    ] {
        assert_eq!(read(text).2.as_deref(), Some("-1190.00"), "{text}");
    }
    let range = find(&Layout::of_text("EUR 100,00 - EUR 200,00"));
    assert!(range.iter().all(|amount| {
        amount
            .readings
            .first()
            .is_some_and(|v| v.is_sign_positive())
    }));
}

#[test]
fn what_was_owed_before_is_no_part_of_the_bill() {
    let (net, tax, gross, sure) = read(
        "Beitrag inklusive 19 % Versicherungsteuer       220,00 €\nenthaltene Versicherungsteuer      35,13 €\nAusstehende Forderung      220,00 €\nzu zahlender Beitrag      440,00 €",
    );
    assert_eq!(
        (net.as_deref(), tax.as_deref(), gross.as_deref()),
        (Some("184.87"), Some("35.13"), Some("220.00"))
    );
    assert!(sure < 900, "{sure}");
}

#[test]
fn a_fee_called_a_tax_is_not_the_vat() {
    let (_, tax, gross, _) = read(
        "Fare              644.92\nAirport tax        17.40\nSecurity tax       26.10\nTotal             688.42\nVAT 0%              0.00",
    );
    assert_eq!(
        (tax.as_deref(), gross.as_deref()),
        (Some("0.00"), Some("688.42"))
    );
}

#[test]
fn what_lies_between_net_and_gross_is_no_tax_where_the_tax_is_nothing() {
    let (_, tax, gross, sure) = read(
        "Net invoice       977.97\nFreight            48.50\nSales tax           0.00\nInvoice total   1,026.47",
    );
    assert_eq!(
        (tax.as_deref(), gross.as_deref()),
        (Some("0.00"), Some("1026.47"))
    );
    assert!(sure < 900, "{sure}");
}
