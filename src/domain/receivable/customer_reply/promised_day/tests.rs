use super::*;
use crate::basics::calendar::date;
use crate::basics::text::fold;

/// Reads ISO days, `30.11.2026`, `30/11/2026` and `30 nov* 2026`; `04/05/2027` both ways.
fn readings(text: &str) -> Vec<Date> {
    let parts: Vec<&str> = text
        .split(['.', '/', ' '])
        .filter(|part| !part.is_empty())
        .collect();
    let [day, month, year] = parts.as_slice() else {
        return text.parse().into_iter().collect();
    };
    let month = if month.starts_with("nov") {
        "11"
    } else {
        month
    };
    let number = |text: &str| text.parse::<i8>().unwrap_or_default();
    let year = year.parse().unwrap_or_default();
    let both = [(number(month), number(day)), (number(day), number(month))];
    let mut read: Vec<Date> = both
        .into_iter()
        .filter_map(|(month, day)| Date::new(year, month, day).ok())
        .collect();
    read.dedup();
    read
}

fn day(text: &str, written_on: Date) -> Option<String> {
    let folded = fold(text);
    let words = folded.split(' ').map(str::to_owned).collect::<Vec<_>>();
    promised_day(&words, written_on, readings).map(|day| day.to_string())
}

#[test]
fn days_are_printed_or_told_from_the_day_of_writing() {
    // A Thursday.
    let thursday = date(2026, 11, 19);
    for (text, expected) in [
        ("We will pay on 2026-11-30.", "2026-11-30"),
        ("Wir überweisen am 30.11.2026.", "2026-11-30"),
        ("We will pay by 30 Nov.", "2026-11-30"),
        ("wird heute bezahlt", "2026-11-19"),
        ("we will pay tomorrow", "2026-11-20"),
        ("nous réglerons demain", "2026-11-20"),
        ("Wir zahlen am Montag.", "2026-11-23"),
        ("wij betalen vrijdag", "2026-11-20"),
        ("Wir überweisen Ende der Woche.", "2026-11-20"),
        ("Zahlung erfolgt in KW 48", "2026-11-27"),
        ("We will pay in week 48.", "2026-11-27"),
        ("nous réglerons fin de mois", "2026-11-30"),
        ("pagaremos a fin de mes", "2026-11-30"),
        ("pagheremo entro fine mese", "2026-11-30"),
        ("wij betalen eind deze week", "2026-11-20"),
    ] {
        assert_eq!(day(text, thursday).as_deref(), Some(expected), "{text}");
    }
}

#[test]
fn what_can_be_read_in_two_ways_is_no_day() {
    let (thursday, saturday) = (date(2026, 11, 19), date(2026, 11, 21));
    // Of the week that ends, or of the one that begins?
    assert_eq!(day("wir überweisen Ende der Woche", saturday), None);
    assert_eq!(day("by 30 Nov", saturday).as_deref(), Some("2026-11-30"));
    // The eleventh of December, or the twelfth of November? A week later it can only be one of them.
    let text = "We will pay on 11/12/2026.";
    assert_eq!(day(text, date(2026, 11, 10)), None);
    assert_eq!(day(text, thursday).as_deref(), Some("2026-12-11"));
    for text in [
        "We will pay next Friday.",
        "We will pay on Monday or Tuesday.",
        "We will pay on 2026-11-18.",
        "We will pay on 2027-03-01.",
        "We will pay soon.",
        "Zahlung in KW 99",
    ] {
        assert_eq!(day(text, thursday), None, "{text}");
    }
}
