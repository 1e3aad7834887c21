//! What a bill's terms (BT-20) offer for paying early. Only what leaves no doubt: words with several percentages, or with
//! interest in them, offer nothing that a program could take.

use rust_decimal::Decimal;

use super::terms::{DAYS, END_OF_MONTH};
use super::{Bill, BillKind};
use crate::basics::calendar::{Date, add_days};
use crate::basics::money::Money;
use crate::basics::text::fold;

/// More is a rebate or a misreading.
const MOST_PERCENT: i64 = 10;
/// Longer than any discount runs.
const LONGEST_DAYS: u16 = 90;
/// Longer terms are contracts.
const LONGEST_TEXT: usize = 1_000;

/// A percentage off for money that arrives in time.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct CashDiscount {
    /// Of the base.
    pub percent: Decimal,
    /// The last day on which the money may arrive.
    pub until: Date,
    /// Of what it is counted; none: of what is to be paid.
    pub base: Option<Decimal>,
}

impl CashDiscount {
    /// What is taken off this amount, to the cent; `None` where it does not fit or would leave nothing.
    pub fn of(&self, amount: Money) -> Option<Money> {
        let base = self.base.unwrap_or(amount.to_decimal());
        let off = base
            .checked_mul(self.percent)?
            .checked_div(Decimal::ONE_HUNDRED)?;
        let off = Money::rounded(off, amount.currency())?;
        let left = amount.checked_sub(off)?;
        (off.is_positive() && left.is_positive()).then_some(off)
    }
}

/// The highest discount that these terms still give on `today`, counted from the day of issue.
pub fn offered(terms: &str, issued: Date, today: Date) -> Option<CashDiscount> {
    if terms.len() > LONGEST_TEXT {
        return None;
    }
    let steps = structured(terms)
        .or_else(|| slashed(terms))
        .unwrap_or_else(|| worded(terms));
    let dated = steps.into_iter().map(|step| CashDiscount {
        percent: step.percent,
        until: add_days(issued, i32::from(step.days)),
        base: step.base,
    });
    let open = dated.filter(|discount| discount.until >= today);
    open.max_by_key(|discount| discount.percent)
}

/// The last day on which a bill's money should be on its way: for the discount its terms still give on `today`, else when it is due.
pub fn wanted_by(bill: &Bill, terms: Option<&str>, today: Date) -> Option<Date> {
    let discount = bill.issue_date.zip(terms);
    let discount = discount.and_then(|(issued, terms)| offered(terms, issued, today));
    let owes = bill.kind == BillKind::Invoice;
    let sooner = discount.map(|discount| discount.until).or(bill.due_date);
    sooner.filter(|_| owes)
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Step {
    percent: Decimal,
    days: u16,
    base: Option<Decimal>,
}

fn step(percent: &str, days: &str) -> Option<Step> {
    let percent: Decimal = percent.replace(',', ".").parse().ok()?;
    let days: u16 = days.parse().ok()?;
    let sound = percent > Decimal::ZERO
        && percent <= Decimal::from(MOST_PERCENT)
        && (1..=LONGEST_DAYS).contains(&days);
    sound.then_some(Step {
        percent,
        days,
        base: None,
    })
}

/// `#SKONTO#TAGE=14#PROZENT=2.00#BASISBETRAG=1000.00#`, a line each (XRechnung, BR-DE-18). One that cannot be read spoils all.
fn structured(terms: &str) -> Option<Vec<Step>> {
    let lines = terms.lines().map(str::trim);
    let mut lines = lines.filter(|line| line.starts_with("#SKONTO#")).peekable();
    lines.peek()?;
    let read = |line: &str| {
        let value = |key: &str| {
            let mut parts = line.split('#').filter_map(|part| part.split_once('='));
            parts.find(|(name, _)| *name == key).map(|(_, value)| value)
        };
        let mut found = step(value("PROZENT")?, value("TAGE")?)?;
        found.base = match value("BASISBETRAG") {
            Some(base) => Some(base.parse().ok()?),
            None => None,
        };
        Some(found)
    };
    Some(
        lines
            .map(read)
            .collect::<Option<Vec<_>>>()
            .unwrap_or_default(),
    )
}

/// `2/10 net 30`, `2/10, n/30`, `1/10 2/5 n/30`. `None` where it is not written so.
fn slashed(terms: &str) -> Option<Vec<Step>> {
    let folded = fold(terms);
    let words = folded.split(|c: char| c.is_whitespace() || c == ',' || c == ';');
    let words = words.filter(|word| !word.is_empty()).collect::<Vec<_>>();
    let has_net = words
        .iter()
        .any(|word| *word == "net" || word.starts_with("n/") || word.starts_with("net/"));
    let steps = words.iter().filter_map(|word| {
        let (percent, days) = word.split_once('/')?;
        let digits =
            |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_digit() || c == '.');
        (digits(percent) && digits(days)).then(|| step(percent, days))?
    });
    let steps = steps.collect::<Vec<_>>();
    (has_net && !steps.is_empty()).then_some(steps)
}

const DISCOUNT: &[&str] = &[
    "skonto",
    "abzug",
    "discount",
    "escompte",
    "sconto",
    "descuento",
    "pronto pago",
    "korting",
    "betalingskorting",
];
/// A percentage of these is paid more, not less.
const OTHER_PERCENTAGES: &[&str] = &[
    "zins", "interest", "verzug", "late", "penalit", "interes", "rente", "interess", "mora",
    "mwst", "vat",
];

/// `zahlbar innerhalb 14 Tagen mit 2 % Skonto, 30 Tage netto`: one percentage, and the days that stand nearest to it.
fn worded(terms: &str) -> Vec<Step> {
    let folded = fold(terms);
    let says = |words: &[&str]| words.iter().any(|word| folded.contains(word));
    if says(OTHER_PERCENTAGES) || says(END_OF_MONTH) || !says(DISCOUNT) {
        return Vec::new();
    }
    let spaced = folded.replace('%', " % ");
    let words = spaced
        .split(|c: char| c.is_whitespace() || c == ';' || c == ':' || c == '(' || c == ')')
        .map(|word| word.trim_matches([',', '.']))
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>();
    let numbered = |unit: &dyn Fn(&str) -> bool| {
        let pairs = words.windows(2).enumerate();
        let found = pairs.filter_map(|(at, pair)| match pair {
            [number, follows] if unit(follows) => Some((at, *number)),
            _ => None,
        });
        found.collect::<Vec<_>>()
    };
    let percents = numbered(&|word| word == "%" || word == "prozent" || word == "percent");
    let days = numbered(&|word| DAYS.contains(&word));
    let ([(at, percent)], 1..=2) = (percents.as_slice(), days.len()) else {
        return Vec::new();
    };
    // Of two numbers of days the smaller one is the discount's: nobody pays less for paying later.
    let counted = days
        .iter()
        .filter_map(|(_, days)| Some((days.parse::<u16>().ok()?, *days)));
    let shortest = counted.min().map(|(_, days)| days);
    let is_net_alone = days.len() == 1
        && days.iter().all(|(place, _)| {
            let around = words.get(place.saturating_sub(1)..(place + 4).min(words.len()));
            place > at && around.is_some_and(|near| near.iter().any(|word| word.starts_with("net")))
        });
    let found = shortest
        .filter(|_| !is_net_alone)
        .and_then(|days| step(percent, days));
    found.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::basics::calendar::date;
    use crate::basics::currency::Currency;

    fn shown(terms: &str) -> Option<(String, String)> {
        let found = offered(terms, date(2026, 11, 20), date(2026, 11, 23))?;
        Some((
            found.percent.normalize().to_string(),
            found.until.to_string(),
        ))
    }

    fn is(percent: &str, until: &str) -> Option<(String, String)> {
        Some((percent.into(), until.into()))
    }

    #[test]
    fn discounts_in_the_notations_of_several_countries() {
        for (terms, percent, until) in [
            ("2/10 net 30", "2", "2026-11-30"),
            ("2/10, n/30", "2", "2026-11-30"),
            (
                "zahlbar innerhalb 14 Tagen mit 2 % Skonto, 30 Tage netto",
                "2",
                "2026-12-04",
            ),
            (
                "#SKONTO#TAGE=14#PROZENT=2.00#\n#VERZUG#TAGE=30#PROZENT=9#",
                "2",
                "2026-12-04",
            ),
            ("escompte 2 % sous 8 jours", "2", "2026-11-28"),
            ("sconto 3% 10 gg", "3", "2026-11-30"),
            ("2% pronto pago 10 días", "2", "2026-11-30"),
            ("2% korting bij betaling binnen 10 dagen", "2", "2026-11-30"),
            (
                "1,5 % Skonto bei Zahlung innerhalb 7 Tagen, 30 Tage netto",
                "1.5",
                "2026-11-27",
            ),
        ] {
            assert_eq!(shown(terms), is(percent, until), "{terms}");
        }
    }

    #[test]
    fn of_a_ladder_the_highest_step_that_is_still_open() {
        assert_eq!(shown("1/10 2/5 n/30"), is("2", "2026-11-25"));
        let later = offered("1/10 2/5 n/30", date(2026, 11, 20), date(2026, 11, 27));
        assert_eq!(later.map(|found| found.percent), Some(Decimal::ONE));
        assert_eq!(
            offered("2/10 n/30", date(2026, 11, 1), date(2026, 11, 23)),
            None
        );
    }

    #[test]
    fn words_that_leave_a_doubt_offer_nothing() {
        for terms in [
            "",
            "net 30",
            "30 Tage netto ohne Abzug",
            "2 % Skonto",
            "Bei Verzug 9 % Zinsen, 10 Tage",
            "2 % Skonto 10 Tage, 3 % Skonto 5 Tage, 30 Tage netto",
            "19 % MwSt, Skonto 10 Tage",
            "15 % Skonto innerhalb 10 Tagen",
            "#SKONTO#TAGE=14#PROZENT=2.00#\n#SKONTO#TAGE=x#PROZENT=1#",
            "2 % Skonto, zahlbar 30 Tage netto",
        ] {
            assert_eq!(shown(terms), None, "{terms}");
        }
    }

    #[test]
    fn two_per_cent_of_1190_are_23_80() {
        let eur = |minor| Money::from_minor(minor, Currency::EUR);
        let two = CashDiscount {
            percent: Decimal::TWO,
            until: date(2026, 12, 1),
            base: None,
        };
        assert_eq!(two.of(eur(119_000)), Some(eur(2_380)));
        let of_goods = CashDiscount {
            base: Some(Decimal::from(1_000)),
            ..two
        };
        assert_eq!(of_goods.of(eur(119_000)), Some(eur(2_000)));
        assert_eq!(two.of(eur(10)), None, "less than a cent");
    }
}
