#![expect(
    clippy::float_arithmetic,
    reason = "the tests lay out pages, and places on pages are floats"
)]

use super::super::super::field::Source;
use super::super::super::labels;
use super::super::amounts;
use super::*;
use crate::formats::page::{Page, Rect, Word};

fn read(text: &str) -> Option<LineTable> {
    let layout = Layout::of_text(text);
    let hits = labels::find(&layout);
    let found = amounts::find(&layout);
    let totals = amounts::totals(&layout, &hits, &found);
    find(&layout, &hits, &found, &totals)
}

/// Every line as a clerk sees it: `2 x 12.50 = 25.00 Hinges`.
fn shown(text: &str) -> Vec<String> {
    let value = |value: Option<Decimal>| value.map_or("-".into(), |v| v.normalize().to_string());
    let lines = read(text).map(|table| table.lines).unwrap_or_default();
    let line = |line: &DocumentLine| {
        let [quantity, price, net] = [line.quantity, line.unit_price, line.net].map(value);
        format!("{quantity} x {price} = {net} {}", line.description)
    };
    lines.iter().map(line).collect()
}

fn proof(text: &str) -> Option<Proof> {
    read(text).map(|table| table.proof)
}

const GERMAN: &str = "\
Pos  Art.-Nr.  Bezeichnung              Menge  Einzelpreis     Gesamt
                                               EUR             EUR
1    4711-A    Scharniere verzinkt          2        12,50      25,00
               Ursprungsland: Polen
               Lieferung vom 3.11.2026
2    4712-B    Schrauben 4 x 40          1.000         0,035    35,00
               200er-Packung

                                     Nettobetrag                60,00
                                     MwSt 19 %                  11,40
                                     Gesamtbetrag               71,40
";

#[test]
fn rows_of_words_belong_to_the_line_above_them() {
    assert_eq!(
        shown(GERMAN),
        [
            "2 x 12.5 = 25 Scharniere verzinkt Ursprungsland: Polen Lieferung vom 3.11.2026",
            "1000 x 0.035 = 35 Schrauben 4 x 40 200er-Packung"
        ]
    );
    assert_eq!(proof(GERMAN), Some(Proof::Net));
}

#[test]
fn sums_between_the_lines_are_no_lines() {
    let text = "\
Description           Qty   Unit price     Amount
Kitchen
Pans                    3        20.00      60.00
Lids                    3         5.00      15.00
                        Subtotal            75.00
Bar
Glasses                24         1.25      30.00
                        Subtotal            30.00

Subtotal                                   105.00
VAT 20%                                     21.00
Total                                      126.00
";
    let lines = shown(text);
    assert_eq!(lines.len(), 3, "{lines:?}");
    assert_eq!(proof(text), Some(Proof::Net));
}

#[test]
fn what_is_carried_to_the_next_page_is_counted_once() {
    let text = "\
Désignation            Qté    P.U. HT    Montant HT
Farine T55              10      12,00        120,00
Sucre                    4      10,00         40,00
                          A reporter         160,00

Désignation            Qté    P.U. HT    Montant HT
                             Report          160,00
Levure                   2       5,00         10,00

Total HT                                     170,00
TVA 20 %                                      34,00
Total TTC                                    204,00
";
    assert_eq!(
        shown(text),
        [
            "10 x 12 = 120 Farine T55",
            "4 x 10 = 40 Sucre",
            "2 x 5 = 10 Levure"
        ]
    );
}

#[test]
fn allowances_below_the_lines_explain_the_net_total() {
    let text = "\
Descripción            Cantidad   Precio     Importe
Aceite de oliva              10    50,00      500,00
Vinagre                      20     5,00      100,00

Suma de líneas                                600,00
Descuento comercial                           -60,00
Portes                                         15,00
Base imponible                                555,00
IVA 21 %                                      116,55
Total factura                                 671,55
";
    assert_eq!(shown(text).len(), 2);
    assert_eq!(proof(text), Some(Proof::NetAdjusted));
}

#[test]
fn prices_with_tax_give_net_amounts_by_their_rate() {
    let text = "\
Omschrijving           Aantal   Prijs    BTW %    Bedrag incl. BTW
Koffie                      2   10,90    9 %      21,80
Kopjes                      1   12,10    21 %     12,10

Totaal excl. btw                                  30,00
BTW                                                3,90
Totaal te betalen                                 33,90
";
    assert_eq!(
        shown(text),
        ["2 x 10.9 = 20 Koffie", "1 x 12.1 = 10 Kopjes"]
    );
    assert_eq!(proof(text), Some(Proof::Gross));
}

#[test]
fn rows_without_a_heading_are_lines_when_they_add_up() {
    let text = "\
Canone manutenzione novembre              450,00
Intervento del 12 novembre                 80,00
Sconto fedeltà                            -30,00

Imponibile                                500,00
IVA 22%                                   110,00
Totale fattura                            610,00
";
    assert_eq!(shown(text).len(), 3, "{:?}", shown(text));
    let off = text.replace("80,00", "81,00");
    assert_eq!(shown(&off), Vec::<String>::new());
}

#[test]
fn a_table_that_does_not_add_up_is_shown_and_never_sure() {
    let text = GERMAN.replace("60,00", "61,00").replace("71,40", "72,40");
    let table = read(&text).unwrap();
    assert_eq!(table.proof, Proof::None);
    assert_eq!(table.lines.len(), 2);
    assert!(
        table
            .lines
            .iter()
            .all(|line| line.confidence.as_per_mille() < 900)
    );
    assert!(doubt(&table).is_some());
}

#[test]
fn lines_of_a_set_are_counted_once() {
    let text = "\
Pos    Beschreibung     Menge    Nettopreis    Nettobetrag
1      Geschenkkorb         2         30,00          60,00
1.1    Wein                 2         20,00          40,00
1.2    Käse                 2         10,00          20,00
2      Versand              1          6,00           6,00

Rechnungssumme ohne USt.                             66,00
Steuerbetrag                                         12,54
Bruttosumme                                          78,54
";
    let table = read(text).unwrap();
    assert_eq!(table.proof, Proof::Net);
    assert_eq!((table.lines.len(), table.counted.len()), (4, 3));
}

#[test]
fn a_breakdown_of_tax_below_the_lines_is_no_line() {
    let text = "\
Pos   Beschreibung        Nettopreis   Menge   USt.   Nettobetrag
1     Miete November          500,00       1   19 %        500,00

Art           Warenwert    Basisbetrag    Steuersatz    Steuerbetrag
VAT (S)          500,00         500,00            19           95,00

Rechnungssumme ohne USt.                                  500,00
Steuerbetrag                                               95,00
Bruttosumme                                               595,00
";
    assert_eq!(shown(text), ["1 x 500 = 500 Miete November"]);
}

#[test]
fn hostile_rows_take_no_time() {
    let row = "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16,00 17,00 18,00 19,00 20,00\n";
    let text = format!(
        "Description Qty Price Amount\n{}Total 5,00\n",
        row.repeat(4_000)
    );
    assert!(read(&text).is_some());
}

/// A page of rows: every cell starts at its place, or ends at it when that is negative. Characters are five points wide.
fn page(rows: &[(f32, &[(f32, &str)])]) -> Page {
    let mut words = Vec::new();
    for (top, cells) in rows {
        for (x, text) in *cells {
            let width = |text: &str| text.chars().map(|_| 5.0_f32).sum::<f32>();
            let mut x0 = if *x < 0.0 { -x - width(text) } else { *x };
            for word in text.split(' ') {
                let x1 = x0 + width(word);
                let place = Rect {
                    x0,
                    top: *top,
                    x1,
                    bottom: top + 10.0,
                };
                words.push(Word {
                    text: word.to_owned(),
                    place,
                });
                x0 = x1 + 3.0;
            }
        }
    }
    Page {
        width: 595.0,
        height: 842.0,
        words,
        ..Page::default()
    }
}

fn read_pages(pages: &[Page]) -> Option<LineTable> {
    let layout = Layout::of_pages(pages);
    let hits = labels::find(&layout);
    let found = amounts::find(&layout);
    let mut totals = amounts::totals(&layout, &hits, &found);
    find_and_settle(&layout, &hits, &found, &mut totals)
}

fn nets(table: &LineTable) -> Vec<String> {
    let shown = |line: &DocumentLine| line.net.map_or("-".into(), |net| net.to_string());
    table.lines.iter().map(shown).collect()
}

#[test]
fn a_table_goes_on_below_the_letterhead_of_the_next_page() {
    let heading: &[(f32, &str)] = &[
        (40.0, "Item"),
        (300.0, "Qty"),
        (380.0, "Rate"),
        (480.0, "Amount"),
    ];
    let foot: &[(f32, &str)] = &[
        (40.0, "Harbour Supplies Ltd"),
        (440.0, "Sort code 12-34-56 account 1,234.56"),
    ];
    let first = page(&[
        (
            60.0,
            &[(40.0, "Harbour Supplies Ltd"), (400.0, "Invoice 1001")],
        ),
        (200.0, heading),
        (
            220.0,
            &[
                (40.0, "Rope, 20 m"),
                (-315.0, "4"),
                (-410.0, "25.00"),
                (-510.0, "100.00"),
            ],
        ),
        (232.0, &[(40.0, "polyester, white")]),
        (
            256.0,
            &[
                (40.0, "Anchor"),
                (-315.0, "1"),
                (-410.0, "1,150.00"),
                (-510.0, "1,150.00"),
            ],
        ),
        (800.0, foot),
    ]);
    let second = page(&[
        (
            60.0,
            &[
                (40.0, "Harbour Supplies Ltd"),
                (400.0, "Credit limit 5,000.00"),
            ],
        ),
        (200.0, heading),
        (
            220.0,
            &[(40.0, "Discount for the season"), (-510.0, "-50.00")],
        ),
        (260.0, &[(380.0, "Subtotal"), (-510.0, "1,200.00")]),
        (274.0, &[(380.0, "VAT 20%"), (-510.0, "240.00")]),
        (288.0, &[(380.0, "Total"), (-510.0, "1,440.00")]),
    ]);
    let table = read_pages(&[first, second]).unwrap();
    assert_eq!(nets(&table), ["100.00", "1150.00", "-50.00"]);
    assert_eq!(table.proof, Proof::Net);
    let rope = table.lines.first().unwrap();
    assert_eq!(rope.description, "Rope, 20 m polyester, white");
    assert!(matches!(rope.source, Source::Page(1, _)));
}

#[test]
fn a_scan_whose_rows_are_not_level_is_read() {
    let table = read_pages(&[page(&[
        (200.0, &[(40.0, "Pos"), (70.0, "Beschreibung")]),
        (
            202.5,
            &[
                (300.0, "Menge"),
                (380.0, "Einzel-preis"),
                (460.0, "Gesamtpreis"),
            ],
        ),
        (221.0, &[(40.0, "1"), (70.0, "Wartung Heizung")]),
        (
            223.0,
            &[(-320.0, "3 Std."), (-440.0, "80,00"), (-512.0, "240,00€")],
        ),
        (241.0, &[(40.0, "2"), (70.0, "Anfahrt")]),
        (
            239.0,
            &[(-320.0, "1"), (-440.0, "45,50"), (-514.0, "45,50€")],
        ),
        (280.0, &[(380.0, "SummeNetto"), (-513.0, "285,50€")]),
        (292.0, &[(380.0, "MwSt.19%"), (-513.0, "54,25€")]),
        (304.0, &[(380.0, "Rechnungsbetrag"), (-513.0, "339,75€")]),
    ])]);
    let table = table.unwrap();
    assert_eq!(nets(&table), ["240.00", "45.50"]);
}

#[test]
fn a_credit_note_has_lines_below_zero() {
    let text = "\
Artikelnr  Omschrijving        Aantal    Prijs     Bedrag
A-17       Retour stoelen          2-    60,00    120,00-
A-18       Retour tafel            1-   200,00    200,00-

Subtotaal                                         320,00-
BTW 21%                                            67,20-
Totaal                                            387,20-
";
    assert_eq!(
        shown(text),
        [
            "-2 x 60 = -120 Retour stoelen",
            "-1 x 200 = -200 Retour tafel"
        ]
    );
}

#[test]
fn amounts_without_cents_are_read_below_their_heading() {
    let text = "\
Description              Qty    Unit price    Amount (JPY)
Translation               12         3,500          42,000
Proofreading               4         2,000           8,000

Net total                                           50,000 JPY
VAT                                                  5,000 JPY
Total                                               55,000 JPY
";
    assert_eq!(
        shown(text),
        [
            "12 x 3500 = 42000 Translation",
            "4 x 2000 = 8000 Proofreading"
        ]
    );
}

#[test]
fn swiss_amounts_and_a_heading_of_two_rows_are_read() {
    let text = "\
Pos.  Bezeichnung           Anzahl    Ansatz      Total
                                      CHF         CHF
1     Beratung                12.5    180.00      2'250.00
2     Spesen                     1     45.50         45.50

Total exkl. MwSt                                  2'295.50
MwSt 8.1%                                           185.94
Total CHF                                         2'481.44
";
    assert_eq!(shown(text).len(), 2, "{:?}", shown(text));
}

#[test]
fn the_lines_choose_among_the_totals() {
    let text = "\
Item             Qty    Price    Amount
Chairs             2    50.00    100.00
Tables             1    80.00     80.00

Subtotal                         180.00
VAT 20%                           36.00
Total                            216.00
Total due including last month   316.00
";
    let layout = Layout::of_text(text);
    let hits = labels::find(&layout);
    let found = amounts::find(&layout);
    let mut totals = amounts::totals(&layout, &hits, &found);
    let table = find_and_settle(&layout, &hits, &found, &mut totals).unwrap();
    assert_eq!(table.proof, Proof::Net);
    let net = totals.net.unwrap();
    assert_eq!(
        (net.value, net.confidence >= 950),
        (Decimal::from(180), true)
    );
}

#[test]
fn headings_set_to_the_left_and_numbers_to_the_right_of_wide_cells_belong_together() {
    let text = "\
Omschrijving                      Aantal                   Prijs                    Bedrag
Advies                                                17                  299,19                  5086,23
Kabel                                                  8                   83,22                   665,76

Subtotaal                                                                                   5751,99
Btw 21%                                                                                     1207,92
Totaal incl. btw                                                                            6959,91
";
    assert_eq!(
        shown(text),
        ["17 x 299.19 = 5086.23 Advies", "8 x 83.22 = 665.76 Kabel"]
    );
    assert_eq!(proof(text), Some(Proof::Net));
}
