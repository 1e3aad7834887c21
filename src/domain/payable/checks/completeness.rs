//! Is everything there that a bill needs, and was it read for certain?

use super::{
    CURRENCY_MISSING, CURRENCY_UNSURE, Check, DATE_MISSING, DATE_UNSURE, DUE_UNSURE,
    NUMBER_MISSING, NUMBER_ODD, NUMBER_UNSURE, PROPOSED, TOTAL_MISSING, TOTAL_UNSURE,
};
use crate::basics::calendar::Date;
use crate::basics::money::Money;
use crate::domain::document::{Confidence, Field, Fields, Method};
use crate::domain::payable::{Bill, Finding};

/// Below this a value is not believed: of the values given with more, fewer than 1 in 100 is wrong.
pub const BELIEVED: Confidence = Confidence::per_mille(900);

/// Holds what is missing or unsure. A value that differs from what was read was entered by a person and is certain.
pub fn check(bill: &Bill, fields: &Fields) -> Vec<Finding> {
    let mut findings = Vec::new();
    match bill.number.as_deref() {
        None => findings.push(NUMBER_MISSING.found("no number was found")),
        Some(number) => {
            let read = fields.invoice_number.as_ref();
            let as_read = read.is_some_and(|field| is_same_line(&field.value, number));
            let has_control =
                as_read && read.is_some_and(|f| f.value.chars().any(char::is_control));
            if has_control || !number.chars().any(|c| c.is_ascii_digit()) {
                findings.push(NUMBER_ODD.found(format!("the number reads “{number}”")));
            }
            findings.extend(unsure(
                &NUMBER_UNSURE,
                read.filter(|_| as_read),
                ("number", number),
            ));
        }
    }
    findings.extend(dates(bill, fields));
    findings.extend(currency(bill, fields));
    match bill.payable {
        None => findings.push(TOTAL_MISSING.found("no total was found")),
        Some(payable) => {
            let read = fields
                .payable_total
                .as_ref()
                .or(fields.gross_total.as_ref());
            let as_read = |field: &&Field<_>| same_magnitude(field.value, payable);
            findings.extend(unsure(
                &TOTAL_UNSURE,
                read.filter(as_read),
                ("total", &payable.to_string()),
            ));
        }
    }
    findings.extend(proposed(bill, fields));
    findings
}

/// What a model proposed and stands in the bill. A person who corrects it or lets it pass has confirmed it.
fn proposed(bill: &Bill, fields: &Fields) -> Option<Finding> {
    fn by_model<T>(field: &Option<Field<T>>) -> Option<&T> {
        let field = field.as_ref()?;
        (field.method == Method::Model).then_some(&field.value)
    }
    let amount = |field, stands: Option<Money>| {
        by_model(field).is_some_and(|read| stands.is_some_and(|s| same_magnitude(*read, s)))
    };
    let number = by_model(&fields.invoice_number);
    let stands = [
        (
            "invoice_number",
            number.is_some() && number == bill.number.as_ref(),
        ),
        (
            "issue_date",
            by_model(&fields.issue_date).is_some_and(|day| bill.issue_date == Some(*day)),
        ),
        (
            "currency",
            by_model(&fields.currency).is_some_and(|code| bill.currency == Some(*code)),
        ),
        ("net_total", amount(&fields.net_total, bill.net)),
        ("tax_total", amount(&fields.tax_total, bill.tax)),
        ("gross_total", amount(&fields.gross_total, bill.gross)),
        ("payable_total", amount(&fields.payable_total, bill.payable)),
    ];
    let named = stands.iter().filter(|(_, stands)| *stands);
    let named = named.map(|(name, _)| *name).collect::<Vec<_>>();
    (!named.is_empty()).then(|| {
        let named = named.join(", ");
        PROPOSED.found(format!("proposed by a model and not confirmed: {named}"))
    })
}

/// The day from which the term of payment runs, and the day of payment itself.
fn dates(bill: &Bill, fields: &Fields) -> Vec<Finding> {
    let Some(issued) = bill.issue_date else {
        return vec![DATE_MISSING.found("no issue date was found")];
    };
    let read = fields.issue_date.as_ref();
    let read = read.filter(|field| field.value == issued);
    let mut findings = Vec::from_iter(unsure(&DATE_UNSURE, read, ("issue date", &spelled(issued))));
    if let Some(due) = bill.due_date {
        let read = fields.due_date.as_ref().filter(|field| field.value == due);
        findings.extend(unsure(&DUE_UNSURE, read, ("due date", &spelled(due))));
    }
    findings
}

fn currency(bill: &Bill, fields: &Fields) -> Option<Finding> {
    let Some(currency) = bill.currency else {
        return Some(CURRENCY_MISSING.found("no currency was found"));
    };
    let amounts = [bill.net, bill.tax, bill.gross, bill.payable];
    let other = amounts
        .into_iter()
        .flatten()
        .find(|amount| amount.currency() != currency);
    if let Some(other) = other {
        return Some(CURRENCY_MISSING.found(format!(
            "the currency reads {currency}, an amount reads {other}"
        )));
    }
    let read = fields
        .currency
        .as_ref()
        .filter(|field| field.value == currency);
    unsure(&CURRENCY_UNSURE, read, ("currency", currency.as_str()))
}

fn unsure<T>(
    check: &Check,
    read: Option<&Field<T>>,
    (name, value): (&str, &str),
) -> Option<Finding> {
    read.filter(|field| field.confidence < BELIEVED)?;
    Some(check.found(format!(
        "the {name}, {value}, was not read for certain: please compare it with the original"
    )))
}

/// `2 December 2026`: approvers read it in a sentence.
fn spelled(day: Date) -> String {
    day.strftime("%-d %B %Y").to_string()
}

fn is_same_line(read: &str, number: &str) -> bool {
    crate::basics::text::squash(read) == crate::basics::text::squash(number)
}

fn same_magnitude(one: Money, other: Money) -> bool {
    one == other || one.checked_neg() == Some(other)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::document::DocumentKind;
    use crate::domain::payable::draft::{Sender, draft};
    use crate::domain::payable::test_world::{alpha, document, eur, text};

    fn codes(edit: impl FnOnce(&mut Fields)) -> Vec<String> {
        let document = document(DocumentKind::Bill, edit);
        let (bill, _) = draft(&document, &Sender::default(), &[alpha()]);
        let findings = check(&bill, &document.reading.fields);
        findings.into_iter().map(|finding| finding.code).collect()
    }

    #[test]
    fn a_complete_bill_is_complete() {
        assert!(codes(|_| {}).is_empty());
    }

    #[test]
    fn what_is_missing_is_named() {
        assert_eq!(codes(|f| f.invoice_number = None), ["completeness.number"]);
        assert_eq!(codes(|f| f.issue_date = None), ["completeness.issue_date"]);
        assert_eq!(codes(|f| f.currency = None), ["completeness.currency"]);
        let no_total = codes(|f| {
            f.gross_total = None;
            f.payable_total = None;
        });
        assert_eq!(no_total, ["completeness.total"]);
    }

    #[test]
    fn what_was_read_with_less_than_ninety_per_cent_is_held_until_a_person_entered_it() {
        let unsure = |value: String| Field {
            confidence: Confidence::per_mille(899),
            ..text(value)
        };
        assert_eq!(
            codes(|f| f.invoice_number = Some(unsure("RE-7".into()))),
            ["completeness.number_unsure"]
        );
        let day = Field {
            confidence: Confidence::per_mille(500),
            ..text(crate::basics::calendar::date(2026, 11, 2))
        };
        assert_eq!(
            codes(|f| f.issue_date = Some(day.clone())),
            ["completeness.issue_date_unsure"]
        );
        assert_eq!(
            codes(|f| f.due_date = Some(day.clone())),
            ["completeness.due_date_unsure"]
        );
        let unsure_due = document(DocumentKind::Bill, |f| f.due_date = Some(day.clone()));
        let (bill, _) = draft(&unsure_due, &Sender::default(), &[alpha()]);
        let told = check(&bill, &unsure_due.reading.fields);
        assert_eq!(
            told.first().map(|finding| finding.evidence.as_str()),
            Some(
                "the due date, 2 November 2026, was not read for certain: please compare it with the original"
            )
        );
        let document = document(DocumentKind::Bill, |f| {
            f.payable_total = Some(Field {
                confidence: Confidence::per_mille(500),
                ..text(eur(119_000))
            });
        });
        let (mut bill, _) = draft(&document, &Sender::default(), &[alpha()]);
        assert_eq!(check(&bill, &document.reading.fields).len(), 1);
        bill.payable = Some(eur(119_100));
        assert!(check(&bill, &document.reading.fields).is_empty());
    }

    #[test]
    fn a_number_that_smuggles_a_mail_header_is_held() {
        assert_eq!(
            codes(|f| f.invoice_number = Some(text("RE-1\r\nBcc: x@evil.test".into()))),
            ["completeness.number_odd"]
        );
        assert_eq!(
            codes(|f| f.invoice_number = Some(text("Rechnung".into()))),
            ["completeness.number_odd"]
        );
    }
}
