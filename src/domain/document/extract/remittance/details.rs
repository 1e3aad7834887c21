//! What stands around the lines of a remittance: the day of payment, the payer's reference, the payer.

use super::super::super::field::{Confidence, Field, Source};
use super::super::super::identity::{KnownParty, core_name, is_named, name_words};
use super::super::super::layout::{Layout, Spot, on_row};
use super::super::dates;
use crate::basics::calendar::Date;
use crate::basics::text::one_line;

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

/// A known party named in the text, in whole words: the longest name. Where another that is no part of it is named, too,
/// it is not sure who of them pays.
pub(super) fn payer(layout: &Layout, known: &[KnownParty]) -> Option<Field<String>> {
    let rows = (0..layout.lines.len()).flat_map(|line| layout.segments(line));
    let rows = rows.map(|segment| name_words(&layout.text(segment)));
    let rows = rows.collect::<Vec<_>>();
    let mut named = Vec::new();
    for party in known {
        let core = core_name(&party.name);
        if core.chars().count() >= 5 && rows.iter().any(|words| is_named(words, &core)) {
            named.push((core, party));
        }
    }
    let longest = named.iter().map(|(core, _)| core.len()).max()?;
    let (core, party) = named.iter().find(|(core, _)| core.len() == longest)?;
    let is_alone = named.iter().all(|(other, _)| core.contains(other));
    let sure = if is_alone { 930 } else { 850 };
    Some(Field::text(
        party.name.clone(),
        Confidence::per_mille(sure),
        Source::Computed,
    ))
}
