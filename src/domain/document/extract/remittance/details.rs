//! What stands around the lines of a remittance: the day of payment, the payer's reference, the payer.

use super::super::super::field::{Confidence, Field, Source};
use super::super::super::identity::{KnownParty, core_name};
use super::super::super::layout::{Layout, Spot, on_row};
use super::super::dates;
use crate::basics::calendar::Date;
use crate::basics::text::{one_line, squash};

/// The day of payment: labelled, never the day of an invoice.
pub(super) fn payment_date(layout: &Layout) -> Option<Field<Date>> {
    let labels = [
        "payment date",
        "date of payment",
        "value date",
        "paid on",
        "zahlungsdatum",
        "valuta",
        "wertstellung",
        "zahlung vom",
        "uberwiesen am",
        "date de paiement",
        "date du virement",
        "fecha de pago",
        "data pagamento",
        "data di pagamento",
        "betaaldatum",
        "betaald op",
    ];
    let dates = dates::find(layout);
    layout.lines.iter().enumerate().find_map(|(index, line)| {
        let folded = line
            .tokens
            .iter()
            .map(|t| t.key.as_str())
            .collect::<Vec<_>>()
            .join(" ");
        let labelled = labels.iter().any(|label| folded.contains(label));
        let printed = on_row(&dates, index).first().filter(|_| labelled)?;
        let day = printed.readings.first()?;
        let sure = if printed.readings.len() == 1 {
            930
        } else {
            600
        };
        Some(Field::text(
            *day,
            Confidence::per_mille(sure),
            layout.source(printed.spot),
        ))
    })
}

/// The payer's reference: what stands behind such a label.
pub(super) fn reference(layout: &Layout) -> Option<Field<String>> {
    let labels = [
        "payment reference",
        "payment ref",
        "our reference",
        "our ref",
        "payment no",
        "payment number",
        "remittance no",
        "avis-nr",
        "avisnummer",
        "zahlungsreferenz",
        "unsere referenz",
        "payment id",
    ];
    layout.lines.iter().enumerate().find_map(|(index, line)| {
        let keys = line
            .tokens
            .iter()
            .map(|t| t.key.as_str())
            .collect::<Vec<_>>();
        let end = (1..=3.min(keys.len())).find(|end| {
            keys.get(..*end)
                .is_some_and(|words| labels.contains(&words.join(" ").as_str()))
        })?;
        let spot = Spot {
            line: index,
            start: end,
            end: end + 1,
        };
        let value = layout.text(spot);
        let value = value.trim_matches(|c: char| !c.is_alphanumeric());
        value.contains(|c: char| c.is_ascii_digit()).then(|| {
            Field::text(
                one_line(value, 60),
                Confidence::per_mille(850),
                layout.source(spot),
            )
        })
    })
}

/// A known party named in the text.
pub(super) fn payer(layout: &Layout, known: &[KnownParty]) -> Option<Field<String>> {
    let text = squash(&layout.plain());
    let named = known.iter().find(|party| {
        let core = core_name(&party.name);
        core.chars().count() >= 5 && text.contains(&core)
    })?;
    Some(Field::text(
        named.name.clone(),
        Confidence::per_mille(930),
        Source::Computed,
    ))
}
