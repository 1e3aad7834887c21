//! Days to pay, out of the words of a bill (BT-20). Only what leaves no doubt: a discount ladder gives its last step, "end
//! of month" gives nothing, because two conventions of counting it exist.

use crate::basics::text::fold;

/// Longest term believed, in days: longer ones are misread years or amounts.
pub(super) const LONGEST_DAYS: u16 = 180;

/// The days from the issue date to the due date; `None` when the words do not say for certain.
pub fn net_days(terms: &str) -> Option<u16> {
    let plain = fold(terms);
    if END_OF_MONTH.iter().any(|words| plain.contains(words)) {
        return None;
    }
    if AT_ONCE.iter().any(|words| plain.contains(words))
        && !plain.contains(|c: char| c.is_ascii_digit())
    {
        return Some(0);
    }
    let words = plain
        .split(|c: char| !c.is_alphanumeric() && c != '%')
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>();
    let days = words.iter().enumerate().filter_map(|(place, word)| {
        let number = word.parse::<u16>().ok()?;
        let before = place
            .checked_sub(1)
            .and_then(|before| words.get(before))
            .copied()
            .unwrap_or_default();
        let after = words.get(place + 1).copied().unwrap_or_default();
        let is_days = DAYS.contains(&after) || matches!(before, "net" | "netto" | "n" | "tage");
        (is_days && (1..=LONGEST_DAYS).contains(&number)).then_some(number)
    });
    let days = days.collect::<Vec<_>>();
    // A discount is paid earlier than the bill is due: with one number only, that number is the discount's.
    let discount = DISCOUNT.iter().any(|word| plain.contains(word));
    let net = days.iter().max().copied();
    net.filter(|_| !discount || days.len() > 1)
}

/// What stands behind a number of days.
pub(super) const DAYS: &[&str] = &[
    "day", "days", "tag", "tage", "tagen", "jour", "jours", "dia", "dias", "giorni", "giorno",
    "gg", "dagen", "dag", "d",
];
const DISCOUNT: &[&str] = &[
    "%",
    "skonto",
    "discount",
    "escompte",
    "sconto",
    "descuento",
    "korting",
];
/// Counted in two ways.
pub(super) const END_OF_MONTH: &[&str] = &[
    "end of month",
    "eom",
    "monatsende",
    "fin de mois",
    "fine mese",
    "fin de mes",
    "einde maand",
    "d.f.f.m",
    "mfi",
];
const AT_ONCE: &[&str] = &[
    "due on receipt",
    "upon receipt",
    "immediately",
    "sofort",
    "bei erhalt",
    "a reception",
    "immediatement",
    "al recibo",
    "a vista",
    "per direct",
    "bij ontvangst",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terms_in_the_words_of_several_countries() {
        for (terms, days) in [
            ("Net 30", 30),
            ("2/10, n/30", 30),
            ("30 days net", 30),
            (
                "zahlbar innerhalb 14 Tagen mit 2 % Skonto, 30 Tage netto",
                30,
            ),
            ("Zahlbar sofort ohne Abzug", 0),
            ("sous 8 jours", 8),
            ("60 gg", 60),
            ("binnen 10 dagen", 10),
        ] {
            assert_eq!(net_days(terms), Some(days), "{terms}");
        }
    }

    #[test]
    fn words_that_leave_a_doubt_give_nothing() {
        for terms in [
            "",
            "30 days end of month",
            "as agreed",
            "2026 days",
            "30 jours fin de mois",
            "2 %",
            "#SKONTO#TAGE=14#PROZENT=2.00#",
            "2 % within 10 days",
        ] {
            assert_eq!(net_days(terms), None, "{terms}");
        }
    }
}
