//! UN/EDIFACT REMADV (D.96A and later), remittance advice: documents (DOC) with what is due, taken off and remitted of them (MOA).

use rust_decimal::Decimal;

use super::super::edifact::{self, Message, Segment};
use super::super::issue::Issue;
use super::{NamedInvoice, TradeDocument, TradeKind};
use crate::basics::calendar::Date;
use crate::basics::text::one_line;

/// Credit notes of every sort (UNCL1001).
const CREDITS: [&str; 11] = [
    "81", "83", "261", "262", "296", "308", "381", "396", "420", "458", "532",
];
/// What is paid altogether, surest first (UNCL5025): remitted, the message's total, the total.
const TOTALS: [&str; 3] = ["12", "86", "128"];
/// When it is paid, surest first (UNCL2005): paid, to be carried out, counted.
const PAID_ON: [&str; 3] = ["138", "203", "209"];

/// The one advice in the interchange.
///
/// # Errors
/// Says what is wrong with the file, and what to do.
pub fn read(text: &str) -> Result<TradeDocument, String> {
    let messages = edifact::read(text).map_err(|error| error.to_string())?;
    match messages.as_slice() {
        [only] if only.kind == "REMADV" => Ok(advice(only)),
        [] => Err("the EDIFACT interchange holds nothing".into()),
        [only] => Err(format!(
            "of EDIFACT only remittance advices (REMADV) are read, and this is {}",
            one_line(&only.kind, 10)
        )),
        several => Err(format!(
            "the EDIFACT interchange holds {} messages: ask for one remittance advice in each",
            several.len()
        )),
    }
}

/// Where a segment stands: before the documents, in one of them, or behind them (UNS).
enum Part {
    Head,
    Documents,
    Summary,
}

/// What is said of one document so far.
#[derive(Default)]
struct Open {
    number: Option<String>,
    is_credit: bool,
    place: usize,
    due: Option<Decimal>,
    discount: Option<Decimal>,
    remitted: Option<Decimal>,
    adjusted_for: Option<String>,
}

fn advice(message: &Message) -> TradeDocument {
    let mut document = TradeDocument::new(TradeKind::Remadv);
    let (mut part, mut open) = (Part::Head, None::<Open>);
    let mut totals = Vec::new();
    let mut paid_on = Vec::new();
    for segment in &message.segments {
        match (segment.name.as_str(), &part) {
            ("BGM", _) => document.number = text(segment, 2, 1),
            ("DTM", Part::Head) => match (segment.component(1, 1), day(segment)) {
                (Some("137"), day) => document.issue_date = day,
                (Some(code), Some(day)) => paid_on.push((code.to_owned(), day)),
                (Some(_) | None, _) => {}
            },
            ("RFF", Part::Head) if segment.component(1, 1) == Some("PQ") => {
                document.payment_reference = text(segment, 1, 2);
            }
            ("FII", _) if segment.component(1, 1) == Some("BF") => {
                document.account = text(segment, 2, 1);
            }
            ("NAD", _) => party(&mut document, segment),
            ("CUX", Part::Head) => document.currency = text(segment, 1, 2),
            ("DOC", _) => {
                part = Part::Documents;
                close(&mut document, open.replace(begun(segment)));
            }
            ("UNS", _) => {
                part = Part::Summary;
                close(&mut document, open.take());
            }
            ("AJT", Part::Documents) => {
                let reason = text(segment, 1, 1).unwrap_or_default();
                open.iter_mut()
                    .for_each(|one| one.adjusted_for = Some(reason.clone()));
            }
            ("MOA", _) => {
                let told = money(&mut document, segment, message.decimal_mark);
                match (&part, open.as_mut()) {
                    (Part::Documents, Some(open)) => open.take(told),
                    (Part::Head | Part::Summary | Part::Documents, _) => totals.extend(told),
                }
            }
            // What else there is says nothing of documents and amounts.
            _ => {}
        }
    }
    close(&mut document, open.take());
    let of = |code: &&str| {
        totals
            .iter()
            .find(|(own, _)| own == code)
            .map(|(_, one)| *one)
    };
    document.total = TOTALS.iter().find_map(of);
    let of = |code: &&str| {
        paid_on
            .iter()
            .find(|(own, _)| own == code)
            .map(|(_, day)| *day)
    };
    document.payment_date = PAID_ON.iter().find_map(of);
    let places = [
        ("total", "MOA+12"),
        ("payment_date", "DTM+138"),
        ("currency", "CUX"),
    ];
    document.paths = places
        .map(|(term, place)| (term, place.to_owned()))
        .to_vec();
    document
}

impl Open {
    /// 9 due, 12 remitted, 52 the discount.
    fn take(&mut self, told: Option<(String, Decimal)>) {
        let Some((code, amount)) = told else { return };
        match code.as_str() {
            "9" => self.due = Some(amount),
            "12" => self.remitted = Some(amount),
            "52" => self.discount = Some(amount.abs()),
            // Taxes, prepayments and amounts of adjustments are in the difference of these.
            _ => {}
        }
    }
}

fn begun(segment: &Segment) -> Open {
    let code = segment.component(1, 1);
    Open {
        number: text(segment, 2, 1),
        is_credit: code.is_some_and(|code| CREDITS.contains(&code)),
        place: segment.place,
        ..Open::default()
    }
}

/// What is remitted, else what is due less the discount. What is missing beside the discount is taken off where an adjustment says so.
fn close(document: &mut TradeDocument, open: Option<Open>) {
    let Some(open) = open else { return };
    let place = || format!("DOC, segment {}", open.place);
    let discount = open.discount.unwrap_or_default();
    let whole = open.due.and_then(|due| due.checked_sub(discount));
    let Some((number, amount)) = open.number.zip(open.remitted.or(whole)) else {
        let problem = "it names no document, or no amount of one";
        return document.issues.push(Issue::new(place(), problem));
    };
    let missing = whole.and_then(|whole| whole.abs().checked_sub(amount.abs()));
    let adjusted = missing.filter(|missing| !missing.is_zero() && open.adjusted_for.is_some());
    if let (Some(adjusted), Some(reason)) = (adjusted, &open.adjusted_for) {
        let problem = format!("{number} is adjusted by {adjusted} (AJT {reason})");
        document.issues.push(Issue::new(place(), problem));
    }
    document.invoices.push(NamedInvoice {
        number,
        amount: if open.is_credit {
            -amount.abs()
        } else {
            amount
        },
        discount: open.discount.filter(|discount| !discount.is_zero()),
    });
}

/// PR pays, PE is paid: the party's name (C080), else its name and address (C058), else who it is by a code.
fn party(document: &mut TradeDocument, segment: &Segment) {
    let party = match segment.component(1, 1) {
        Some("PR") => &mut document.buyer,
        Some("PE") => &mut document.seller,
        Some(_) | None => return,
    };
    let name = segment.components(4).collect::<Vec<_>>().join(" ");
    let address = segment.components(3).next().unwrap_or_default();
    let said = [name.as_str(), address]
        .into_iter()
        .find(|said| !said.is_empty());
    party.name = said
        .map(|said| one_line(said, 200))
        .or_else(|| text(segment, 2, 1));
}

/// The code and the amount of a MOA; one in another currency than the advice is no amount of it.
fn money(
    document: &mut TradeDocument,
    segment: &Segment,
    decimal_mark: char,
) -> Option<(String, Decimal)> {
    let (code, written) = (segment.component(1, 1)?, segment.component(1, 2)?);
    let place = format!("MOA, segment {}", segment.place);
    let written = written.replace([decimal_mark, ','], ".");
    let Ok(amount) = written.parse() else {
        let problem = format!("{:?} is no amount", one_line(&written, 40));
        document.issues.push(Issue::new(place, problem));
        return None;
    };
    let own = text(segment, 1, 3);
    match (&document.currency, own) {
        (Some(of_all), Some(own)) if *of_all != own => {
            let problem = format!("an amount in {own}, while the advice is in {of_all}");
            document.issues.push(Issue::new(place, problem));
            return None;
        }
        (None, Some(own)) => document.currency = Some(own),
        (Some(_) | None, _) => {}
    }
    Some((code.to_owned(), amount))
}

fn text(segment: &Segment, element: usize, component: usize) -> Option<String> {
    let text = segment.component(element, component);
    text.map(|text| one_line(text, 200))
}

/// 102 CCYYMMDD, 203 with a time behind it, 101 YYMMDD (UNCL2379).
fn day(segment: &Segment) -> Option<Date> {
    let written = segment.component(1, 2)?;
    match segment.component(1, 3) {
        Some("101") => Date::strptime("%y%m%d", written).ok(),
        Some(_) | None => Date::strptime("%Y%m%d", written.get(..8)?).ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::basics::calendar::date;

    fn file(segments: &str) -> String {
        let own = segments.matches('\'').count() + 2;
        format!(
            "UNA:+.? 'UNB+UNOC:3+PAYER+PAYEE+261119:1200+1'UNH+1+REMADV:D:96A:UN'{segments}UNT+{own}+1'UNZ+1+1'"
        )
    }

    const HEAD: &str = "BGM+481+ZA-4711+9'DTM+137:20261119:102'DTM+138:202611201200:203'RFF+PQ:E2E-1'FII+BF+DE02120300000000202051'
NAD+PR+4012345000009::9++Kontor GmbH'NAD+PE+4098765000010::9'CUX+2:EUR:4'";

    #[test]
    fn invoices_credit_notes_and_discounts_are_told_with_who_pays_when() {
        let text = file(&format!(
            "{HEAD}DOC+380+MR-1'MOA+9:1190.00:EUR'MOA+52:23.80'MOA+12:1166.20'DTM+137:20261102:102'DOC+381+GS-2'MOA+12:64.50'UNS+S'MOA+12:1101.70'"
        ));
        let document = read(&text).unwrap();
        assert_eq!(document.issues, []);
        assert_eq!(document.currency.as_deref(), Some("EUR"));
        assert_eq!(document.total, Some(Decimal::new(110_170, 2)));
        assert_eq!(
            document.issue_date,
            Some(date(2026, 11, 19)),
            "not that of an invoice"
        );
        assert_eq!(document.payment_date, Some(date(2026, 11, 20)));
        assert_eq!(document.payment_reference.as_deref(), Some("E2E-1"));
        assert_eq!(document.buyer.name.as_deref(), Some("Kontor GmbH"));
        assert_eq!(document.seller.name.as_deref(), Some("4098765000010"));
        let lines = document.invoices.into_iter();
        let lines = lines.map(|one| (one.number, one.amount, one.discount));
        let expected = [
            (
                "MR-1".to_owned(),
                Decimal::new(116_620, 2),
                Some(Decimal::new(2_380, 2)),
            ),
            ("GS-2".to_owned(), Decimal::new(-6_450, 2), None),
        ];
        assert_eq!(lines.collect::<Vec<_>>(), expected);
        let without = read(&file(&format!("{HEAD}DOC+380+MR-1'MOA+9:10,50'UNS+S'"))).unwrap();
        assert_eq!(
            without.invoices[0].amount,
            Decimal::new(1_050, 2),
            "what is due"
        );
        assert_eq!(without.total, None);
    }

    #[test]
    fn what_is_adjusted_unclear_or_in_another_currency_is_an_issue() {
        for (documents, problem) in [
            (
                "DOC+380+MR-1'MOA+9:1190'MOA+12:1170'AJT+4'MOA+165:20'",
                "MR-1 is adjusted by 20 (AJT 4)",
            ),
            ("DOC+380+MR-1'", "no amount of one"),
            ("DOC+380'MOA+12:1'", "it names no document"),
            ("DOC+380+MR-1'MOA+12:1:USD'", "an amount in USD"),
            ("DOC+380+MR-1'MOA+12:one'", "is no amount"),
        ] {
            let issues = read(&file(&format!("{HEAD}{documents}"))).unwrap().issues;
            let told = issues.iter().any(|issue| issue.problem.contains(problem));
            assert!(told, "{documents}: {issues:?}");
        }
    }

    #[test]
    fn another_message_or_several_are_not_read_and_it_is_said_why() {
        let why = |text: String| read(&text).unwrap_err();
        assert!(why(file(HEAD).replace("REMADV", "INVOIC")).contains("this is INVOIC"));
        let two = "UNH+1+REMADV:D'UNT+2+1'UNH+2+REMADV:D'UNT+2+2'";
        assert!(why(format!("UNB+UNOC:3'{two}")).contains("2 messages"));
        assert!(why(file(HEAD).replace("UNT+", "UNT+9")).contains("ask for the whole file"));
    }
}
