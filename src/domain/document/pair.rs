//! The same bill twice in one mail, as XML and as PDF: one logical document; the XML is master, the PDF its rendering.

use super::{DocumentKind, Method, Reading};
use crate::basics::text::squash;

/// Two documents of one mail, by their places in it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Pair {
    /// The one that counts.
    pub master: usize,
    /// The one that shows it.
    pub rendering: usize,
    /// They name different amounts: a person compares them.
    pub disagree: bool,
}

/// Pairs the documents of one mail. For each: whether it is a PDF, and what it says. A rendering that shows another amount
/// than its XML makes the XML doubtful, too.
pub fn pair(documents: &mut [(bool, &mut Reading)]) -> Vec<Pair> {
    let pairs = find(documents);
    for pair in pairs.iter().filter(|pair| pair.disagree) {
        if let Some((_, master)) = documents.get_mut(pair.master) {
            master.classification.conflict = Some(
                "hybrid_mismatch: the XML and the PDF of the same number name different amounts"
                    .into(),
            );
        }
    }
    pairs
}

/// Documents belong together when they bear the same number; amounts do not decide that, or a PDF with another amount would
/// pass for a second bill.
fn find(documents: &[(bool, &mut Reading)]) -> Vec<Pair> {
    let mut pairs: Vec<Pair> = Vec::new();
    for (rendering, (is_pdf, shown)) in documents.iter().enumerate() {
        let master = documents
            .iter()
            .enumerate()
            .find(|(index, (other_is_pdf, written))| {
                let taken = pairs.iter().any(|pair| pair.master == *index);
                *is_pdf
                    && !other_is_pdf
                    && !taken
                    && is_bill(written)
                    && by_xml(written)
                    && same_number(written, shown)
            });
        if let Some((master, (_, written))) = master {
            let amounts = (
                written.fields.gross_total.as_ref(),
                shown.fields.gross_total.as_ref(),
            );
            // A total read from a page without certainty is no reason to doubt the XML.
            let disagree = matches!(amounts, (Some(a), Some(b)) if a.value != b.value && b.confidence.as_per_mille() >= 900);
            pairs.push(Pair {
                master,
                rendering,
                disagree,
            });
        }
    }
    pairs
}

fn is_bill(reading: &Reading) -> bool {
    matches!(
        reading.classification.kind,
        DocumentKind::Bill | DocumentKind::CreditNote | DocumentKind::CustomerInvoice
    )
}

fn by_xml(reading: &Reading) -> bool {
    reading
        .fields
        .invoice_number
        .as_ref()
        .is_some_and(|number| number.method == Method::Xml)
}

fn same_number(a: &Reading, b: &Reading) -> bool {
    let number = |reading: &Reading| {
        reading
            .fields
            .invoice_number
            .as_ref()
            .map(|number| squash(&number.value))
    };
    number(a).is_some_and(|a| !a.is_empty() && number(b) == Some(a))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::basics::currency::Currency;
    use crate::basics::money::Money;
    use crate::domain::document::{Classification, Confidence, Field, Fields, Source};

    fn bill(number: &str, cents: i64, is_xml: bool) -> Reading {
        let sure = Confidence::per_mille(950);
        let (number, gross) = (number.to_owned(), Money::from_minor(cents, Currency::EUR));
        let fields = if is_xml {
            Fields {
                invoice_number: Some(Field::xml(number, "")),
                gross_total: Some(Field::xml(gross, "")),
                ..Fields::default()
            }
        } else {
            Fields {
                invoice_number: Some(Field::text(number, sure, Source::Computed)),
                gross_total: Some(Field::text(gross, sure, Source::Computed)),
                ..Fields::default()
            }
        };
        let classification = Classification {
            kind: DocumentKind::Bill,
            ..Classification::default()
        };
        Reading {
            classification,
            fields,
            ..Reading::default()
        }
    }

    #[test]
    fn the_pdf_of_an_xml_bill_is_its_rendering() {
        let (mut xml, mut pdf, mut other) = (
            bill("RE-1", 500, true),
            bill("RE 1", 500, false),
            bill("RE-2", 700, false),
        );
        let pairs = pair(&mut [(true, &mut pdf), (false, &mut xml), (true, &mut other)]);
        assert_eq!(
            pairs,
            [Pair {
                master: 1,
                rendering: 0,
                disagree: false
            }]
        );
    }

    #[test]
    fn a_pdf_that_shows_another_amount_makes_the_xml_doubtful() {
        let (mut xml, mut pdf) = (bill("RE-1", 500, true), bill("RE-1", 5_000, false));
        assert!(
            pair(&mut [(false, &mut xml), (true, &mut pdf)])
                .first()
                .is_some_and(|pair| pair.disagree)
        );
        assert!(xml.classification.conflict.is_some() && pdf.classification.conflict.is_none());
    }
}
