//! The lines of a bill as its approvers see them: only what holds. A table read off a page may have its columns mixed up, and
//! who approves must not see a sum that is none.

use rust_decimal::Decimal;

use super::{Bill, CodingSource, LineCoding};
use crate::basics::currency::Currency;
use crate::basics::money::Money;
use crate::basics::text::one_line;
use crate::domain::document::{DocumentLine, Reading};

/// Characters of a description that are shown.
const DESCRIPTION_CHARS: usize = 80;
/// What rounding each line may be off by.
const ONE_CENT: Decimal = Decimal::from_parts(1, 0, 0, false, 2);

/// One line of a bill.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BillLine {
    /// What was delivered, one printable line; its place where nothing is said.
    pub description: String,
    /// Quantity and unit price as printed, when their product is the amount of the line: `3 × 12.50`.
    pub quantity_price: Option<String>,
    /// BT-131; negative on a credit note.
    pub net: Option<Money>,
    /// Where it is booked, and that it is only proposed.
    pub coding: Option<String>,
}

/// What a bill is for, as far as it was read.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct BillLines {
    /// The lines; none where they were not read for certain and nobody has booked them.
    pub lines: Vec<BillLine>,
    /// They do not add up to a total of the bill: whoever wants to know what it is for looks at the original.
    pub are_unsure: bool,
}

/// The lines of a document. They are certain where they add up to their stated sum, or to the net or gross total.
pub fn lines(reading: &Reading, bill: &Bill) -> BillLines {
    let printed = &reading.lines;
    let amount = bill.payable.or(bill.gross);
    let currency = amount.map_or(Currency::EUR, |amount| amount.currency());
    let with_tax = || sum_of(printed, |line| line.gross);
    let sum = sum_of(printed, |line| line.net).or_else(with_tax);
    let are_unsure = !printed.is_empty() && !adds_up(sum, reading, bill);
    if are_unsure && bill.codings.is_empty() {
        return BillLines {
            lines: Vec::new(),
            are_unsure,
        };
    }
    let total = bill.net.or(amount);
    // Most credit notes print what they give back without a sign.
    let is_turned = total.is_some_and(|total| total.is_negative())
        && sum.is_some_and(|sum| sum.is_sign_positive() && !sum.is_zero());
    let numbered = are_numbered(printed);
    let line = |(number, line): (u32, &DocumentLine)| {
        let net = line.net.map(|net| if is_turned { -net } else { net });
        BillLine {
            description: description(line, number, numbered),
            quantity_price: quantity_price(line),
            net: net.and_then(|net| Money::rounded(net, currency)),
            coding: coding(&bill.codings, number),
        }
    };
    BillLines {
        lines: (1..).zip(printed).map(line).collect(),
        are_unsure,
    }
}

fn coding(codings: &[LineCoding], number: u32) -> Option<String> {
    let known = codings.iter().find(|coding| coding.line == number)?;
    Some(match known.source {
        CodingSource::Person => known.coding.to_string(),
        CodingSource::Memory => format!("{} (proposed)", known.coding),
    })
}

/// The sum over all lines; `None` when one has no such amount, or the sum is too large.
fn sum_of(
    printed: &[DocumentLine],
    amount: impl Fn(&DocumentLine) -> Option<Decimal>,
) -> Option<Decimal> {
    let mut amounts = printed.iter().map(amount);
    amounts.try_fold(Decimal::ZERO, |sum, amount| sum.checked_add(amount?))
}

fn adds_up(sum: Option<Decimal>, reading: &Reading, bill: &Bill) -> bool {
    let count = Decimal::from(reading.lines.len());
    let (Some(sum), Some(tolerance)) = (sum, ONE_CENT.checked_mul(count)) else {
        return false;
    };
    let of_bill = [bill.net, bill.gross].into_iter().flatten();
    let totals = of_bill
        .map(|total| total.to_decimal())
        .chain(reading.amounts.line_total);
    totals.into_iter().any(|total| {
        let off = total.abs().checked_sub(sum.abs());
        off.is_some_and(|off| off.abs() <= tolerance)
    })
}

/// Only where it explains the amount: a price for a hundred, or a discount, would look like a mistake in the bill.
fn quantity_price(line: &DocumentLine) -> Option<String> {
    let (quantity, price) = line.quantity.zip(line.unit_price)?;
    let off = quantity.checked_mul(price)?.checked_sub(line.net?)?;
    (off.abs() <= ONE_CENT).then(|| format!("{} × {price}", quantity.normalize()))
}

/// Every one of several lines begins with its place in the table, counted in ones or tens.
fn are_numbered(printed: &[DocumentLine]) -> bool {
    let counted = |step: u32| {
        let mut lines = (1_u32..).zip(printed);
        lines.all(|(number, line)| {
            let place = after_place(&line.description).map(|(place, _)| place);
            place.is_some() && place == number.checked_mul(step)
        })
    };
    printed.len() > 1 && (counted(1) || counted(10))
}

/// `1 Carriage`, `010. Carriage`: the place of the line, and what stands behind it.
fn after_place(description: &str) -> Option<(u32, &str)> {
    let (place, rest) = description.trim().split_once(char::is_whitespace)?;
    let place = place.trim_end_matches(['.', ')']).parse().ok()?;
    Some((place, rest.trim_start()))
}

fn description(line: &DocumentLine, number: u32, numbered: bool) -> String {
    let whole = line.description.as_str();
    let shown = after_place(whole)
        .filter(|_| numbered)
        .map_or(whole, |(_, rest)| rest);
    let shown = one_line(shown, DESCRIPTION_CHARS);
    if shown.is_empty() {
        format!("line {number}")
    } else {
        shown
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::document::DocumentKind;
    use crate::domain::payable::draft::{Sender, draft};
    use crate::domain::payable::test_world::{document, eur, text};

    fn line(description: &str, quantity: &str, price: &str, net: &str) -> DocumentLine {
        DocumentLine {
            description: description.into(),
            quantity: quantity.parse().ok(),
            unit_price: price.parse().ok(),
            net: net.parse().ok(),
            ..DocumentLine::default()
        }
    }

    /// The lines of a bill over this net total.
    fn shown(kind: DocumentKind, net: i64, printed: Vec<DocumentLine>) -> BillLines {
        let mut document = document(kind, |fields| fields.net_total = Some(text(eur(net))));
        document.reading.lines = printed;
        document.reading.amounts.line_total = None;
        let (bill, _) = draft(&document, &Sender::default(), &[]);
        lines(&document.reading, &bill)
    }

    #[test]
    fn a_description_of_two_paragraphs_is_one_line() {
        let printed = line("Hinges\r\n\r\ngalvanised", "3.000", "12.50", "37.50");
        let shown = shown(DocumentKind::Bill, 3_750, vec![printed]).lines;
        let line = shown.first().unwrap();
        assert_eq!(line.description, "Hinges galvanised");
        assert_eq!(line.quantity_price.as_deref(), Some("3 × 12.50"));
        assert_eq!(line.net, Some(eur(3_750)));
    }

    #[test]
    fn a_product_that_is_not_the_amount_and_a_place_in_the_table_are_not_shown() {
        let printed = vec![
            line("1 Palettenfracht", "4", "0.2715", "1740.86"),
            line("2 Maut", "1", "38.50", "38.50"),
        ];
        let told = shown(DocumentKind::Bill, 177_936, printed).lines;
        assert_eq!(told[0].description, "Palettenfracht");
        assert_eq!(told[0].quantity_price, None);
        assert_eq!(told[1].description, "Maut");
        assert_eq!(told[1].quantity_price.as_deref(), Some("1 × 38.50"));
        // A number that is no place stays, and a line without words is named by its place.
        let printed = vec![
            line("2 Maut", "1", "20.00", "20.00"),
            line("", "1", "18.50", "18.50"),
        ];
        let told = shown(DocumentKind::Bill, 3_850, printed).lines;
        assert_eq!(told[0].description, "2 Maut");
        assert_eq!(told[1].description, "line 2");
    }

    #[test]
    fn lines_that_do_not_add_up_are_not_shown_as_what_the_bill_is_for() {
        let printed = vec![
            line("", "4", "0.2715", "1740.86"),
            line("", "1", "38.50", "38.50"),
        ];
        let told = shown(DocumentKind::Bill, 100_000, printed.clone());
        assert_eq!((told.lines.len(), told.are_unsure), (0, true));
        let told = shown(DocumentKind::Bill, 177_936, printed);
        assert_eq!((told.lines.len(), told.are_unsure), (2, false));
        assert!(!shown(DocumentKind::Bill, 1, Vec::new()).are_unsure);
    }

    #[test]
    fn the_lines_of_a_credit_note_take_off_what_its_total_takes_off() {
        let printed = vec![line("Cups", "60", "6.40", "384.00")];
        let told = shown(DocumentKind::CreditNote, 38_400, printed);
        assert_eq!(told.lines[0].net, Some(eur(-38_400)));
        assert!(!told.are_unsure);
    }
}
