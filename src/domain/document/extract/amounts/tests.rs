use super::super::super::labels;
use super::*;

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
    ];
    for (text, [net, tax, gross]) in cases {
        let (n, t, g, sure) = read(text);
        assert_eq!((n, t, g), (net, tax, gross), "{text}");
        assert!(sure >= 900, "{text}: {sure}");
    }
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
