//! X12 820, payment order and remittance advice: who pays whom how much (BPR, N1), and for which invoices (RMR, ADX).

use rust_decimal::Decimal;

use super::super::issue::Issue;
use super::super::x12::{self, Segment, TransactionSet};
use super::{NamedInvoice, TradeDocument, TradeKind};
use crate::basics::calendar::Date;
use crate::basics::text::one_line;

/// A credit memo of the buyer or of the seller (element 128); the amount of one may be written without its sign.
const CREDITS: [&str; 2] = ["CM", "CL"];
/// An account at an American bank (element 506): such payments are in dollars where nothing else is said.
const ABA_ROUTING: &str = "01";

/// The one advice in the interchange.
///
/// # Errors
/// Says what is wrong with the file, and what to do.
pub fn read(text: &str) -> Result<TradeDocument, String> {
    let sets = x12::read(text).map_err(|error| error.to_string())?;
    match sets.as_slice() {
        [only] if only.code == "820" => Ok(advice(only)),
        [] => Err("the X12 interchange holds nothing".into()),
        [only] => Err(format!(
            "of X12 only remittance advices (820) are read, and this is {}",
            one_line(only.code, 10)
        )),
        several => Err(format!(
            "the X12 interchange holds {} transaction sets: ask for one remittance advice in each",
            several.len()
        )),
    }
}

fn advice(set: &TransactionSet<'_>) -> TradeDocument {
    let mut document = TradeDocument::new(TradeKind::X12PaymentOrder);
    let mut has_invoice = false;
    for segment in &set.segments {
        match segment.name {
            "BPR" => payment(&mut document, segment),
            "TRN" => {
                document.payment_reference = text(segment, 2);
                document.paths.push(("payment_reference", "TRN02".into()));
            }
            "CUR" => document.currency = text(segment, 2),
            "N1" => party(&mut document, segment),
            "RMR" => {
                has_invoice = invoice(&mut document, segment);
            }
            "ADX" => adjusted(&mut document, segment, has_invoice),
            // Another entity begins: what is adjusted before its first invoice is none of the last one's.
            "ENT" => has_invoice = false,
            // What else there is says nothing of invoices and amounts.
            _ => {}
        }
    }
    document
}

/// BPR02 what is paid, BPR16 when.
fn payment(document: &mut TradeDocument, segment: &Segment<'_>) {
    document.total = amount(document, segment, 2);
    document.paths.push(("total", "BPR02".into()));
    document.payment_date = day(document, segment, 16);
    document.paths.push(("payment_date", "BPR16".into()));
    if segment.element(3) == Some("D") {
        let problem = "it collects money (BPR03 is D): the payee is debited";
        document.issues.push(Issue::new("BPR", problem));
    }
    let is_american = [6, 12]
        .iter()
        .any(|number| segment.element(*number) == Some(ABA_ROUTING));
    if is_american && document.currency.is_none() {
        document.currency = Some("USD".to_owned());
    }
}

/// The first payer (PR) and payee (PE).
fn party(document: &mut TradeDocument, segment: &Segment<'_>) {
    let (party, term) = match segment.element(1) {
        Some("PR") => (&mut document.buyer, "buyer"),
        Some("PE") => (&mut document.seller, "seller"),
        Some(_) | None => return,
    };
    if party.name.is_none() {
        party.name = text(segment, 2);
        document
            .paths
            .push((term, format!("N102, segment {}", segment.place)));
    }
}

/// RMR02 its number, RMR04 what is paid of it, RMR05 what it comes to, RMR06 the discount taken. Whether it can be named.
fn invoice(document: &mut TradeDocument, segment: &Segment<'_>) -> bool {
    let (paid, gross) = (amount(document, segment, 4), amount(document, segment, 5));
    let discount = amount(document, segment, 6).map(|discount| discount.abs());
    let rest = || gross.and_then(|gross| gross.checked_sub(discount.unwrap_or_default()));
    let place = format!("RMR, segment {}", segment.place);
    match (text(segment, 2), paid.or_else(rest)) {
        (Some(number), Some(amount)) => {
            let is_credit = segment
                .element(1)
                .is_some_and(|code| CREDITS.contains(&code));
            document.invoices.push(NamedInvoice {
                number,
                amount: if is_credit { -amount.abs() } else { amount },
                discount: discount.filter(|discount| !discount.is_zero()),
            });
            return true;
        }
        (Some(number), None) => {
            let problem = format!("no amount of its own for {number}");
            document.issues.push(Issue::new(place, problem));
        }
        (None, _) => document
            .issues
            .push(Issue::new(place, "it names no invoice")),
    }
    false
}

/// ADX01 what is added, or negative taken off; ADX02 why (element 426).
fn adjusted(document: &mut TradeDocument, segment: &Segment<'_>, has_invoice: bool) {
    let place = format!("ADX, segment {}", segment.place);
    let Some(adjustment) = amount(document, segment, 1) else {
        let problem = "it adjusts the payment by no amount";
        return document.issues.push(Issue::new(place, problem));
    };
    let code = text(segment, 2).unwrap_or_default();
    let last = document.invoices.last().filter(|_| has_invoice);
    let of_what = last.map_or("the whole payment", |invoice| invoice.number.as_str());
    let problem = format!("{of_what} is adjusted by {adjustment} (reason {code} of X12 426)");
    document.issues.push(Issue::new(place, problem));
}

fn text(segment: &Segment<'_>, number: usize) -> Option<String> {
    segment.element(number).map(|text| one_line(text, 200))
}

fn amount(document: &mut TradeDocument, segment: &Segment<'_>, number: usize) -> Option<Decimal> {
    let text = segment.element(number)?;
    let amount = text.parse().ok();
    if amount.is_none() {
        wrong(document, segment, number, "is no amount");
    }
    amount
}

/// CCYYMMDD.
fn day(document: &mut TradeDocument, segment: &Segment<'_>, number: usize) -> Option<Date> {
    let day = Date::strptime("%Y%m%d", segment.element(number)?).ok();
    if day.is_none() {
        wrong(document, segment, number, "is no date");
    }
    day
}

fn wrong(document: &mut TradeDocument, segment: &Segment<'_>, number: usize, what: &str) {
    let written = one_line(segment.element(number).unwrap_or_default(), 40);
    let place = format!("{}{number:02}, segment {}", segment.name, segment.place);
    document
        .issues
        .push(Issue::new(place, format!("{written:?} {what}")));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::basics::calendar::date;

    const ISA: &str = "ISA*00*          *00*          *ZZ*PAYER          *ZZ*PAYEE          *261119*1200*U*00401*000000001*0*P*>~GS*RA*P*E*20261119*1200*1*X*004010~";

    fn file(segments: &[&str]) -> String {
        let own = segments.len() + 2;
        format!(
            "{ISA}ST*820*0001~{}~SE*{own}*0001~GE*1*1~IEA*1*000000001~",
            segments.join("~")
        )
    }

    const BPR: &str =
        "BPR*C*1101.70*C*ACH*CTX*01*999999992*DA*123456*1512345678**01*999988880*DA*98765*20261120";

    #[test]
    fn invoices_credit_memos_and_discounts_are_told_with_who_pays_when() {
        let text = file(&[
            BPR,
            "TRN*1*E2E-1*1512345678",
            "N1*PR*BAKER INC",
            "N1*PE*MILL LLC*92*V100",
            "ENT*1",
            "RMR*IV*MR-1**1166.20*1190.00*23.80",
            "DTM*003*20261102",
            "RMR*CM*GS-2**64.50",
        ]);
        let document = read(&text).unwrap();
        assert_eq!(document.issues, []);
        assert_eq!(
            document.currency.as_deref(),
            Some("USD"),
            "an American account"
        );
        assert_eq!(document.total, Some(Decimal::new(110_170, 2)));
        assert_eq!(document.payment_date, Some(date(2026, 11, 20)));
        assert_eq!(document.payment_reference.as_deref(), Some("E2E-1"));
        assert_eq!(document.buyer.name.as_deref(), Some("BAKER INC"));
        assert_eq!(document.seller.name.as_deref(), Some("MILL LLC"));
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
        let euros = read(&file(&["CUR*PR*EUR", BPR, "RMR*IV*MR-1***1190.00*23.80"])).unwrap();
        assert_eq!(euros.currency.as_deref(), Some("EUR"));
        assert_eq!(
            euros.invoices[0].amount,
            Decimal::new(116_620, 2),
            "gross less discount"
        );
    }

    #[test]
    fn what_is_adjusted_unclear_or_collected_is_an_issue() {
        for (segments, problem) in [
            (
                &["RMR*IV*MR-1**1170.00*1190.00", "ADX*-20.00*04"][..],
                "MR-1 is adjusted by -20.00 (reason 04",
            ),
            (&["ADX*-20.00*04"], "the whole payment is adjusted"),
            (
                &["RMR*IV*MR-1**10", "ENT*2", "ADX*-1*04"],
                "the whole payment is adjusted",
            ),
            (&["RMR*IV***10"], "names no invoice"),
            (&["RMR*IV*MR-1"], "no amount of its own for MR-1"),
            (&["RMR*IV*MR-1**ten"], "\"ten\" is no amount"),
            (&["BPR*D*10*D"], "it collects money"),
        ] {
            let issues = read(&file(segments)).unwrap().issues;
            let told = issues.iter().any(|issue| issue.problem.contains(problem));
            assert!(told, "{segments:?}: {issues:?}");
        }
    }

    #[test]
    fn another_set_or_several_are_not_read_and_it_is_said_why() {
        let why = |text: String| read(&text).unwrap_err();
        assert!(why(file(&[BPR]).replace("ST*820", "ST*810")).contains("this is 810"));
        let set = "ST*820*1~SE*2*1~";
        assert!(why(format!("{ISA}{set}{set}")).contains("2 transaction sets"));
        assert!(why(ISA.to_owned()).contains("holds nothing"));
        assert!(why(file(&[BPR]).replace("SE*3", "SE*9")).contains("ask for the whole file"));
    }
}
