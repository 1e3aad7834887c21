use super::*;
use crate::basics::calendar::date;

type Found = Option<(Date, u16)>;

fn read(text: &str, currency: Option<&str>) -> (Found, Found) {
    let layout = Layout::of_text(text);
    let origin = Origin {
        currency,
        is_european: false,
    };
    let (issue, due) = issue_and_due(&layout, &labels::find(&layout), &find(&layout), &origin);
    (
        issue.map(|c| (c.value, c.confidence)),
        due.map(|c| (c.value, c.confidence)),
    )
}

#[test]
fn labelled_dates_are_told_apart() {
    let (issue, due) = read(
        "Rechnungsdatum: 5. März 2026  Lieferdatum: 01.03.2026\nZahlbar bis: 19.03.2026",
        None,
    );
    assert_eq!(issue.map(|i| i.0), Some(date(2026, 3, 5)));
    assert_eq!(due.map(|d| d.0), Some(date(2026, 3, 19)));
    assert!(issue.is_some_and(|(_, sure)| sure >= 900));
}

#[test]
fn the_day_beside_an_order_or_another_invoice_is_theirs() {
    let (issue, _) = read(
        "N° facture/Date     189428 / 27/06/2026\nN° bon de livraison/Date   745650 / 25/06/2026",
        None,
    );
    assert_eq!(issue.map(|i| i.0), Some(date(2026, 6, 27)));
    let (issue, _) = read(
        "Credit note\nApplies to invoice 24-157 dated 8 March 2026\nDate 15 April 2026",
        None,
    );
    assert_eq!(issue.map(|i| i.0), Some(date(2026, 4, 15)));
}

#[test]
fn terms_without_discount_and_a_day_in_two_rows_are_read() {
    let (_, due) = read(
        "Factura\nFecha: 01/04/2026\nCondiciones de pago: hasta el 25/05/2026 sin descuento",
        Some("EUR"),
    );
    assert_eq!(due.map(|d| d.0), Some(date(2026, 5, 25)));
    let (issue, _) = read(
        "Fecha de factura      Origen\n19 de octubre de      S28370\n2026",
        None,
    );
    assert_eq!(issue.map(|i| i.0), Some(date(2026, 10, 19)));
}

#[test]
fn the_day_in_the_heading_and_the_day_of_two_labels_are_found() {
    for text in [
        "Fattura 680 del 20 maggio 2026",
        "Invoice date / Delivery date   20 May 2026",
        "25/419      20.05.2026    23.05.2026\nNummer      Ausgestellt   Fällig",
        "Invoice  628070\nDate     20 May 2026",
    ] {
        let (issue, _) = read(text, None);
        assert_eq!(issue.map(|i| i.0), Some(date(2026, 5, 20)), "{text}");
    }
}

#[test]
fn an_issue_date_years_before_the_due_date_is_not_sure() {
    let (issue, due) = read("Invoice date: 26-11-20\nDue date: 20.12.2026", None);
    assert!(issue.is_some_and(|(_, sure)| sure < 900));
    assert!(due.is_some_and(|(_, sure)| sure < 900));
}

#[test]
fn an_american_address_keeps_the_day_from_being_sure() {
    let (issue, _) = read(
        "Redwood Inc., San Francisco, California 94104, United States\nInvoice date 03/04/2026",
        Some("EUR"),
    );
    assert!(issue.is_some_and(|(_, sure)| sure < 900));
}

#[test]
fn another_date_of_the_page_decides_the_order_of_day_and_month() {
    let (issue, _) = read("Invoice date 03/04/2026\nShip date 03/28/2026", None);
    assert_eq!(issue.map(|i| i.0), Some(date(2026, 3, 4)));
    let (issue, _) = read("Invoice date 03/04/2026\nShip date 28/03/2026", None);
    assert_eq!(issue.map(|i| i.0), Some(date(2026, 4, 3)));
}

#[test]
fn a_date_nothing_decides_is_not_sure() {
    let (issue, _) = read("Invoice date 03/04/2026", None);
    assert!(issue.is_some_and(|(_, sure)| sure < 900));
    let (issue, _) = read("Invoice date 03/04/2026", Some("USD"));
    assert!(issue.is_some_and(|(day, sure)| day == date(2026, 3, 4) && sure < 900));
}

#[test]
fn values_stand_below_their_headings() {
    let (issue, due) = read(
        "Invoice Number    Invoice Date    Due Date\n34278587          6/18/2017       6/24/2017",
        Some("USD"),
    );
    assert_eq!(
        (issue.map(|i| i.0), due.map(|d| d.0)),
        (Some(date(2017, 6, 18)), Some(date(2017, 6, 24)))
    );
}

#[test]
fn the_day_of_a_discount_is_not_the_day_it_is_due() {
    let text =
        "Rechnungsdatum: 20.11.2026\nFällig am 30.11.2026 mit 2 % Skonto, am 20.12.2026 netto";
    let (_, due) = read(text, None);
    assert!(
        due.is_none_or(|(day, sure)| day == date(2026, 12, 20) || sure < 900),
        "{due:?}"
    );
    let text = "Rechnungsdatum: 20.11.2026\nFällig am 20.12.2026 ohne Abzug von Skonto";
    let (_, due) = read(text, None);
    assert!(
        due.is_some_and(|(day, sure)| day == date(2026, 12, 20) && sure >= 900),
        "{due:?}"
    );
}

#[test]
fn a_year_of_two_digits_that_may_stand_first_is_not_sure() {
    let (issue, _) = read("Invoice date: 26-11-20", None);
    assert!(issue.is_some_and(|(_, sure)| sure < 900));
    let (issue, _) = read("Factuurdatum: 20-11-26", None);
    assert!(issue.is_some_and(|(day, sure)| day == date(2026, 11, 20) && sure >= 900));
}

#[test]
fn a_day_whose_year_stands_in_the_next_row_of_its_cell_is_read() {
    let (issue, due) = read(
        "Invoice number      3004171494\nInvoice date        February 13,\n                    2026\nTotal amount due on March 15, 2026",
        Some("USD"),
    );
    assert_eq!(issue.map(|i| i.0), Some(date(2026, 2, 13)));
    assert_eq!(due.map(|d| d.0), Some(date(2026, 3, 15)));
}

#[test]
fn the_first_night_of_a_stay_is_not_the_day_of_its_bill() {
    let (issue, _) = read(
        "Wiesbrück, 11.05.2023\nRechnung\nDatum         Text           Belastung\n09.05.23      Logis          112,50\n10.05.23      Logis          112,50\n",
        Some("EUR"),
    );
    assert_eq!(issue.map(|i| i.0), Some(date(2023, 5, 11)));
    assert!(issue.is_some_and(|(_, sure)| sure < 900));
}

#[test]
fn a_day_up_to_which_something_was_considered_is_not_the_day_of_the_bill() {
    let (issue, _) = read(
        "Beitragsrechnung zur Versicherung                 11. März 2014\nZahlungen bis zum 04.03.2014 wurden berücksichtigt",
        Some("EUR"),
    );
    assert_eq!(issue.map(|i| i.0), Some(date(2014, 3, 11)));
}

#[test]
fn a_day_belongs_to_the_label_before_it_and_not_to_the_one_above() {
    let (issue, due) = read(
        "Page: 1 / 1, Order no: 77, Date: 27 January 2026, Due date:\n3 March 2026, Reminder date: none",
        Some("EUR"),
    );
    assert_eq!(issue.map(|i| i.0), Some(date(2026, 1, 27)));
    assert_eq!(due.map(|d| d.0), Some(date(2026, 3, 3)));
    let (issue, due) = read(
        "      Vencimiento:\n Fecha de emisión: 27/01/2026  Obra: 2026-92",
        Some("EUR"),
    );
    assert_eq!(issue.map(|i| i.0), Some(date(2026, 1, 27)));
    assert_eq!(due, None);
}

#[test]
fn days_divided_as_their_labels_are_stand_each_at_its_place() {
    for (row, issued, due) in [
        (
            "Factuurdatum / Te betalen voor     21-06-2026 / 05-07-2026",
            Some((6, 21)),
            Some((7, 5)),
        ),
        (
            "Échéance / Date de facture     05/07/2026 / 21/06/2026",
            Some((6, 21)),
            Some((7, 5)),
        ),
        (
            "Rechnungsnummer / Fällig am     RE-4711 / 05.07.2026",
            None,
            Some((7, 5)),
        ),
        (
            "Rechnungsdatum / Fällig am     21.06.2026 / sofort",
            Some((6, 21)),
            None,
        ),
    ] {
        let (own_issue, own_due) = read(row, None);
        let day = |(month, day)| date(2026, month, day);
        assert_eq!(own_due.map(|found| found.0), due.map(day), "{row}");
        if issued.is_some() {
            assert_eq!(own_issue.map(|found| found.0), issued.map(day), "{row}");
        }
    }
}

#[test]
fn a_day_left_of_its_label_is_not_that_of_the_row_below() {
    for rows in [
        "     18278 Invoice number\n21/07/2026 Invoice date\n04/08/2026 Due date\n",
        "     18278     Invoice number\n21/07/2026     Invoice date\n04/08/2026     Due date\n",
        "04/08/2026 Due date\n21/07/2026 Invoice date\n",
    ] {
        let (issue, due) = read(rows, Some("GBP"));
        assert_eq!(issue.map(|i| i.0), Some(date(2026, 7, 21)), "{rows}");
        assert_eq!(due.map(|d| d.0), Some(date(2026, 8, 4)), "{rows}");
    }
    // One row alone proves no such block, and a label with a colon has its value behind it.
    let (issue, _) = read(
        "21/07/2026 Invoice date:\n04/08/2026 Due date:\n",
        Some("GBP"),
    );
    assert!(issue.is_none_or(|(day, _)| day != date(2026, 7, 21)));
}

#[test]
fn strokes_of_a_day_do_not_divide_the_labels_beside_it() {
    let row = "Fecha de vencimiento 01 / 11 / 2026      Fecha 25 / 10 / 2026\n";
    let (issue, due) = read(row, Some("EUR"));
    assert_eq!(issue.map(|i| i.0), Some(date(2026, 10, 25)));
    assert_eq!(due.map(|d| d.0), Some(date(2026, 11, 1)));
}

#[test]
fn the_day_of_the_next_column_is_no_short_year() {
    let text = "Fecha de factura  Vencimiento\n2 de julio de 16 de julio de\n2026          2026\n";
    let (issue, due) = read(text, Some("EUR"));
    for found in [issue, due].into_iter().flatten() {
        assert_ne!(found.0, date(2016, 7, 2));
    }
}

#[test]
fn an_order_number_of_eight_digits_is_no_day() {
    let (issue, _) = read("Order no.  20610710\nInvoice date  30 May 2026\n", None);
    assert_eq!(issue.map(|i| i.0), Some(date(2026, 5, 30)));
    let (issue, _) = read("Invoice date\n20981003\n", None);
    assert_eq!(issue, None);
}

#[test]
fn a_label_over_two_rows_has_its_day_beside_the_first() {
    let text = "Fecha            26/04/2026\nFecha de         25/06/2026\nvencimiento\nExpediente       K3247\n";
    let (issue, due) = read(text, Some("EUR"));
    assert_eq!(issue.map(|i| i.0), Some(date(2026, 4, 26)));
    assert_eq!(due.map(|d| d.0), Some(date(2026, 6, 25)));
}

#[test]
fn a_stroke_between_two_written_days_divides_them() {
    let row = "Rechnungsdatum / Zahlbar bis      23. Januar 2026 / 2. Februar 2026\n";
    let (issue, due) = read(row, None);
    assert_eq!(issue.map(|i| i.0), Some(date(2026, 1, 23)));
    assert_eq!(due.map(|d| d.0), Some(date(2026, 2, 2)));
}

#[test]
fn the_first_half_of_a_label_says_little_of_the_day_beside_it() {
    let text = "Date de      04/04/26\nfacture      08053807\n";
    let (issue, _) = read(text, Some("EUR"));
    assert!(issue.is_none_or(|(_, sure)| sure < 900));
}

#[test]
fn a_label_over_three_rows_with_dots_to_its_day_is_read() {
    let text = "Fecha ............. 09/05/2026\nde\nfactura\nFecha de .......... 19/05/2026\nvencimiento\n";
    let (issue, due) = read(text, Some("EUR"));
    assert_eq!(issue.map(|i| i.0), Some(date(2026, 5, 9)));
    assert_eq!(due.map(|d| d.0), Some(date(2026, 5, 19)));
}

#[test]
fn days_side_by_side_whose_years_stand_in_the_next_row_are_told_apart() {
    for text in [
        "Fecha de factura    Vencimiento el      Albarán\n9 de septiembre     23 de septiembre    7871753\nde 2026             de 2026\n",
        "Fecha de factura     Vencimiento\n9 de septiembre de 23 de septiembre\n2026               de 2026\n",
    ] {
        let (issue, due) = read(text, Some("EUR"));
        assert_eq!(issue.map(|i| i.0), Some(date(2026, 9, 9)), "{text}");
        assert_eq!(due.map(|d| d.0), Some(date(2026, 9, 23)), "{text}");
    }
}
