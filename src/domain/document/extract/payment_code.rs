//! The payment code on a page as evidence beside what is printed: agreement makes values surer, contradiction asks a person.

use super::super::field::{Confidence, Field, Fields, Source};
use super::super::identity::{OwnIdentity, same_name};
use crate::basics::bank_account::Iban;
use crate::basics::calendar::Date;
use crate::basics::currency::Currency;
use crate::basics::money::Money;
use crate::basics::text::{one_line, squash};
use crate::formats::issue::Issue;
use crate::formats::page::Page;
use crate::formats::payment_code::{self, PaymentCode};

/// What code and print both say.
const AGREED: Confidence = Confidence::per_mille(980);
/// What only the code says: its error correction excludes misreading, not a sticker over another code.
const CODE_ALONE: Confidence = Confidence::per_mille(930);
/// The amount to pay is most often the invoice's total, and not always.
const AMOUNT_ALONE: Confidence = Confidence::per_mille(850);
/// Longest text kept.
const MAX_TEXT_CHARS: usize = 200;

/// What a code changed.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Weighed {
    /// What was odd.
    pub issues: Vec<Issue>,
    /// Why a person has to decide.
    pub conflict: Option<String>,
}

/// Holds the fields against the payment code of the pages. Of codes that ask for different payments a person chooses.
pub fn weigh(fields: &mut Fields, pages: &[Page], own: &OwnIdentity) -> Weighed {
    let mut weighed = Weighed::default();
    let mut codes: Vec<(String, PaymentCode, Iban)> = Vec::new();
    for (number, page) in (1..).zip(pages) {
        for code in page
            .codes
            .iter()
            .filter_map(|text| payment_code::read(text))
        {
            let place = format!("page {number}");
            match Iban::parse(&code.iban) {
                Some(iban) => codes.push((place, code, iban)),
                None => weighed.issues.push(Issue::new(
                    place,
                    "the payment code names an account whose check digits are wrong",
                )),
            }
        }
    }
    codes.dedup_by(|a, b| a.1 == b.1);
    let [(place, code, iban)] = codes.as_slice() else {
        if !codes.is_empty() {
            let why = "several payment codes ask for different payments";
            weighed.issues.push(Issue::new("", why));
            weighed.conflict = Some(format!("document_unclear: {why}"));
        }
        return weighed;
    };
    // A code that pays us stands on an invoice of ours.
    if own.is_own_iban(iban.as_str()) {
        return weighed;
    }
    let mut weigher = Weigher {
        source: Source::Path(format!("{place}: payment code")),
        weighed,
    };
    weigher.account(fields, code, iban);
    weigher.amount(fields, code);
    weigher.texts(fields, code);
    weigher.weighed
}

struct Weigher {
    source: Source,
    weighed: Weighed,
}

impl Weigher {
    fn found<T>(&self, value: T, confidence: Confidence) -> Option<Field<T>> {
        Some(Field::text(value, confidence, self.source.clone()))
    }

    fn contradicts(&mut self, why: String) {
        self.weighed.issues.push(Issue::new("", why.clone()));
        let conflict = format!("document_unclear: {why}");
        self.weighed.conflict.get_or_insert(conflict);
    }

    fn account(&mut self, fields: &mut Fields, code: &PaymentCode, iban: &Iban) {
        match &mut fields.iban {
            Some(printed) if printed.value == iban.as_str() => printed.confidence = AGREED,
            // One that was misread is no contradiction.
            Some(printed) if Iban::parse(&printed.value).is_some() => {
                printed.confidence = printed.confidence.min(Confidence::per_mille(500));
                self.contradicts("the payment code names another account than the page".to_owned());
            }
            Some(_) | None => fields.iban = self.found(iban.as_str().to_owned(), CODE_ALONE),
        }
        if fields.bic.is_none() {
            fields.bic = code.bic.clone().and_then(|bic| self.found(bic, CODE_ALONE));
        }
    }

    /// A code may ask for less than the total, after a deposit, and leave the amount open.
    fn amount(&mut self, fields: &mut Fields, code: &PaymentCode) {
        let Some(currency) = Currency::parse(&code.currency) else {
            return;
        };
        match &mut fields.currency {
            Some(printed) if printed.value == currency => printed.confidence = AGREED,
            Some(printed) if code.amount.is_some() => {
                printed.confidence = printed.confidence.min(Confidence::per_mille(500));
                let why =
                    format!("the payment code asks for {currency}, the page for another currency");
                self.contradicts(why);
                return;
            }
            Some(_) => return,
            None => fields.currency = self.found(currency, CODE_ALONE),
        }
        let asked = code
            .amount
            .and_then(|amount| Money::from_decimal(amount, currency));
        let Some(asked) = asked.filter(|asked| asked.is_positive()) else {
            return;
        };
        let mut agrees = false;
        for printed in [&mut fields.payable_total, &mut fields.gross_total]
            .into_iter()
            .flatten()
            .filter(|printed| printed.value == asked)
        {
            printed.confidence = AGREED;
            agrees = true;
        }
        match (&fields.gross_total, agrees) {
            (_, true) => {}
            (None, false) => {
                fields.payable_total = self.found(asked, CODE_ALONE);
                fields.gross_total = self.found(asked, AMOUNT_ALONE);
            }
            (Some(_), false) => self.contradicts(format!(
                "the payment code asks for {asked}, which is no total of the page"
            )),
        }
    }

    fn texts(&mut self, fields: &mut Fields, code: &PaymentCode) {
        match &mut fields.supplier_name {
            Some(printed) if same_name(&printed.value, &code.name) => {
                printed.confidence = printed.confidence.max(Confidence::per_mille(950));
            }
            // The payee may be a bank that bought the claim, or a brand's company.
            Some(_) => {}
            None => {
                let name = one_line(&code.name, MAX_TEXT_CHARS);
                fields.supplier_name = self.found(name, Confidence::per_mille(880));
            }
        }
        let reference = code.reference.clone().or_else(|| code.message.clone());
        if let Some(reference) = reference {
            let reference = one_line(&reference, MAX_TEXT_CHARS);
            fields.payment_reference = self.found(reference, CODE_ALONE);
        }
        self.number(fields, code);
        let day = code.invoice_date.as_deref().and_then(day);
        match (&mut fields.issue_date, day) {
            (Some(printed), Some(day)) if printed.value == day => printed.confidence = AGREED,
            (None, Some(day)) => fields.issue_date = self.found(day, CODE_ALONE),
            (Some(_) | None, Some(_) | None) => {}
        }
    }

    /// The bill information names the invoice; a text for the payee usually does.
    fn number(&mut self, fields: &mut Fields, code: &PaymentCode) {
        let names = |text: &Option<String>, number: &str| {
            let number = squash(number);
            let text = text.as_deref().map(squash).unwrap_or_default();
            number.len() >= 4 && text.contains(&number)
        };
        match (&mut fields.invoice_number, &code.invoice_number) {
            (Some(printed), Some(number)) if squash(&printed.value) == squash(number) => {
                printed.confidence = AGREED;
            }
            (Some(printed), _) if names(&code.message, &printed.value) => {
                printed.confidence = printed.confidence.max(Confidence::per_mille(960));
            }
            (None, Some(number)) => {
                fields.invoice_number = self.found(one_line(number, 60), CODE_ALONE);
            }
            (Some(_) | None, Some(_) | None) => {}
        }
    }
}

/// YYMMDD of this century.
fn day(text: &str) -> Option<Date> {
    let number = |from: usize| text.get(from..from + 2)?.parse::<i8>().ok();
    let year = i16::from(number(0)?) + 2000;
    (text.len() == 6)
        .then(|| Date::new(year, number(2)?, number(4)?).ok())
        .flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::basics::calendar::date;

    const CODE: &str = "BCD\n002\n1\nSCT\n\nNordlicht Handel GmbH\nDE89370400440532013000\nEUR1190\n\n\nRechnung RE-2026-0815\n";

    fn euros(minor: i64) -> Money {
        Money::from_minor(minor, Currency::parse("EUR").unwrap())
    }

    fn doubtful<T>(value: T) -> Option<Field<T>> {
        Some(Field::text(
            value,
            Confidence::per_mille(700),
            Source::Computed,
        ))
    }

    fn printed(gross: i64, iban: &str) -> Fields {
        Fields {
            gross_total: doubtful(euros(gross)),
            currency: doubtful(Currency::parse("EUR").unwrap()),
            invoice_number: doubtful("RE-2026-0815".to_owned()),
            iban: doubtful(iban.to_owned()),
            ..Fields::default()
        }
    }

    fn weighed(mut fields: Fields, code: &str) -> (Fields, Weighed) {
        let page = Page {
            codes: vec![code.into()],
            ..Page::default()
        };
        let weighed = weigh(&mut fields, &[page], &OwnIdentity::default());
        (fields, weighed)
    }

    #[test]
    fn what_code_and_page_both_say_is_sure() {
        let (fields, said) = weighed(printed(119_000, "DE89370400440532013000"), CODE);
        assert_eq!(said, Weighed::default());
        assert_eq!(fields.gross_total.unwrap().confidence, AGREED);
        assert_eq!(fields.iban.unwrap().confidence, AGREED);
        let number = fields.invoice_number.unwrap();
        assert_eq!(number.confidence, Confidence::per_mille(960));
    }

    #[test]
    fn another_account_or_amount_asks_a_person() {
        let (fields, said) = weighed(printed(119_000, "DE02120300000000202051"), CODE);
        assert!(said.conflict.unwrap().contains("another account"));
        assert!(fields.iban.unwrap().confidence < Confidence::per_mille(900));
        let (_, said) = weighed(printed(100_000, "DE89370400440532013000"), CODE);
        assert!(said.conflict.unwrap().contains("1,190.00 EUR"));
    }

    #[test]
    fn what_only_the_code_says_is_taken() {
        let (fields, said) = weighed(Fields::default(), CODE);
        assert_eq!(said.conflict, None);
        assert_eq!(fields.payable_total.map(|f| f.value), Some(euros(119_000)));
        let name = fields.supplier_name.map(|f| f.value);
        assert_eq!(name.as_deref(), Some("Nordlicht Handel GmbH"));
        assert_eq!(day("261122"), Some(date(2026, 11, 22)));
        assert_eq!(day("261322"), None);
    }

    #[test]
    fn wrong_check_digits_and_other_codes_change_nothing() {
        let broken = CODE.replace("DE89", "DE88");
        for code in [broken.as_str(), "https://example.com"] {
            let before = printed(119_000, "DE89370400440532013000");
            assert_eq!(weighed(before.clone(), code).0, before);
        }
    }
}
