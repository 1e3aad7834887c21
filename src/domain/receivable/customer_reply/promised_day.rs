//! The day a sentence promises: printed, or told from the day it was written on (DOMAIN 6.5). Two days in one sentence are none.

use crate::basics::calendar::{Date, Weekday, add_days, days_between, is_weekend};
use crate::basics::printed_day::{bare, day_at};

/// A day further ahead is no promise: a person speaks with the customer.
const LONGEST_DAYS: i32 = 60;

/// How a day is told without a date, folded.
const TODAY: &[&str] = &["today", "heute", "aujourd'hui", "hoy", "oggi", "vandaag"];
const TOMORROW: &[&str] = &["tomorrow", "morgen", "demain", "manana", "domani"];
const END_OF_WEEK: &[&str] = &[
    "end of the week",
    "end of this week",
    "by the weekend",
    "this week",
    "ende der woche",
    "ende dieser woche",
    "diese woche",
    "in dieser woche",
    "fin de semaine",
    "fin de la semaine",
    "cette semaine",
    "fin de semana",
    "final de la semana",
    "esta semana",
    "fine settimana",
    "fine della settimana",
    "questa settimana",
    "eind deze week",
    "eind van de week",
    "einde van de week",
    "deze week",
];
const END_OF_MONTH: &[&str] = &[
    "end of the month",
    "end of this month",
    "month end",
    "ende des monats",
    "monatsende",
    "ende dieses monats",
    "fin de mois",
    "fin du mois",
    "fin de mes",
    "final de mes",
    "finales de mes",
    "fine mese",
    "fine del mese",
    "eind van de maand",
    "einde van de maand",
    "eind deze maand",
];
const WEEKDAYS: [(&[&str], Weekday); 7] = [
    (
        &["monday", "montag", "lundi", "lunes", "lunedi", "maandag"],
        Weekday::Monday,
    ),
    (
        &[
            "tuesday", "dienstag", "mardi", "martes", "martedi", "dinsdag",
        ],
        Weekday::Tuesday,
    ),
    (
        &[
            "wednesday",
            "mittwoch",
            "mercredi",
            "miercoles",
            "mercoledi",
            "woensdag",
        ],
        Weekday::Wednesday,
    ),
    (
        &[
            "thursday",
            "donnerstag",
            "jeudi",
            "jueves",
            "giovedi",
            "donderdag",
        ],
        Weekday::Thursday,
    ),
    (
        &[
            "friday", "freitag", "vendredi", "viernes", "venerdi", "vrijdag",
        ],
        Weekday::Friday,
    ),
    (
        &[
            "saturday",
            "samstag",
            "sonnabend",
            "samedi",
            "sabado",
            "sabato",
            "zaterdag",
        ],
        Weekday::Saturday,
    ),
    (
        &[
            "sunday", "sonntag", "dimanche", "domingo", "domenica", "zondag",
        ],
        Weekday::Sunday,
    ),
];
/// On a Tuesday one says `next Friday` of this week, another of the following.
const NEXT: &[&str] = &[
    "next",
    "following",
    "nachsten",
    "nachster",
    "kommenden",
    "prochain",
    "proximo",
    "prossimo",
    "volgende",
    "komende",
];
const CALENDAR_WEEK: &[&str] = &[
    "kw",
    "kalenderwoche",
    "week",
    "woche",
    "semaine",
    "semana",
    "settimana",
];

/// The last day of the promise. None where nothing or more than one thing is said, where it has passed, or where it can be read
/// in two ways.
pub(super) fn promised_day(
    words: &[String],
    written_on: Date,
    readings: impl Fn(&str) -> Vec<Date>,
) -> Option<Date> {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let mut found: Vec<Vec<Date>> = printed(&words, written_on, readings);
    let plain = words.iter().map(|word| bare(word)).collect::<Vec<_>>();
    if found.is_empty() {
        found = told(&plain, written_on)?
            .into_iter()
            .map(|day| vec![day])
            .collect();
    }
    let [days] = found.as_slice() else {
        return None;
    };
    let [day] = days.as_slice() else {
        return None;
    };
    let ahead = days_between(written_on, *day);
    (0..=LONGEST_DAYS).contains(&ahead).then_some(*day)
}

/// The printed days, each with what it can mean.
fn printed(
    words: &[&str],
    written_on: Date,
    readings: impl Fn(&str) -> Vec<Date>,
) -> Vec<Vec<Date>> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < words.len() {
        let rest = words.get(at..).unwrap_or_default();
        match day_at(rest, (written_on, LONGEST_DAYS), &readings) {
            Some((days, length)) => {
                found.push(days);
                at += length;
            }
            None => at += 1,
        }
    }
    found
}

/// The days told by words; `None` where one can be read in two ways.
fn told(words: &[&str], written_on: Date) -> Option<Vec<Date>> {
    let text = format!(" {} ", words.join(" "));
    let says = |list: &[&str]| list.iter().any(|said| text.contains(&format!(" {said} ")));
    let mut days = Vec::new();
    if says(TODAY) {
        days.push(written_on);
    }
    // In German a morning is the same word; with another day beside it nothing is understood anyhow.
    if says(TOMORROW) {
        days.push(add_days(written_on, 1));
    }
    if says(END_OF_WEEK) {
        // On a weekend: of the one that ends, or of the one that begins?
        if is_weekend(written_on) {
            return None;
        }
        days.push(coming(Weekday::Friday, written_on));
    }
    if says(END_OF_MONTH) {
        days.push(written_on.last_of_month());
    }
    for (names, weekday) in WEEKDAYS {
        if says(names) {
            if says(NEXT) {
                return None;
            }
            days.push(coming(weekday, written_on));
        }
    }
    days.extend(calendar_week(words, written_on));
    Some(days)
}

/// The first such day, today included.
fn coming(weekday: Weekday, from: Date) -> Date {
    let mut day = from;
    while day.weekday() != weekday {
        day = add_days(day, 1);
    }
    day
}

/// The Friday of `KW 48` or `week 48` (ISO 8601), this year or the next.
fn calendar_week(words: &[&str], written_on: Date) -> Option<Date> {
    let at = words.iter().position(|word| CALENDAR_WEEK.contains(word))?;
    let number: i8 = words.get(at.checked_add(1)?)?.parse().ok()?;
    let year = written_on.iso_week_date().year();
    let friday = |year| jiff::civil::ISOWeekDate::new(year, number, Weekday::Friday);
    let of = [year, year.saturating_add(1)].into_iter();
    let mut fridays = of
        .filter_map(|year| friday(year).ok())
        .map(|week| week.date());
    fridays.find(|day| *day >= written_on)
}

#[cfg(test)]
mod tests;
