//! What is said of a remittance once its lines are found: the currency, the total, and how sure that is.

use rust_decimal::Decimal;

use super::super::super::RemittanceLine;
use super::super::super::field::{Confidence, Field, Source};
use super::super::super::identity::KnownParty;
use super::super::super::layout::Layout;
use super::{Advice, Draft, Stated, details};
use crate::basics::currency::Currency;
use crate::basics::money::Money;
use crate::formats::issue::Issue;

/// Lines kept of one remittance; the largest payers list some thousand invoices.
const MAX_LINES: usize = 5_000;
/// Per mille for total and currency where the lines are in several currencies.
const MIXED: u16 = 600;
/// Deductions named in one issue.
const MAX_NAMED: usize = 5;

/// The advice a draft makes. Amounts beside which no currency stands are in `assumed`, and the advice says so.
pub(super) fn finish(
    draft: &Draft,
    layout: &Layout,
    assumed: Currency,
    known: &[KnownParty],
) -> Advice {
    let mut advice = Advice::default();
    let first = draft.rows.iter().find_map(|row| row.currency);
    let stated = draft.currency.or(first);
    let currency = stated.unwrap_or(assumed);
    let money = |value: Decimal, own: Currency| Money::from_decimal(value, own);
    for row in draft.rows.iter().take(MAX_LINES) {
        let own = row.currency.unwrap_or(currency);
        let amount = money(row.paid, own);
        if amount.is_none() {
            let why = format!("{} on {} is no amount of {own}", row.paid, row.number);
            advice.issues.push(Issue::new("", why));
        }
        advice.payments.push(RemittanceLine {
            invoice: row.number.clone(),
            amount,
            discount: row.discount.and_then(|value| money(value, own)),
        });
    }
    // Where the lines make the stated total nothing is left for another number: it is the payment's own or the like.
    let is_made = draft.closes() && draft.rows.len() > 1;
    let room = MAX_LINES - advice.payments.len();
    let unpriced = draft.unpriced.iter().filter(|_| !is_made).take(room);
    advice
        .payments
        .extend(unpriced.map(|number| RemittanceLine {
            invoice: number.clone(),
            amount: None,
            discount: None,
        }));
    advice.issues.extend(gaps(draft));
    advice.fields.total = total(draft, &mut advice.issues, currency);
    match stated {
        Some(stated) => {
            let sure = Confidence::per_mille(if draft.is_mixed() { MIXED } else { 960 });
            advice.fields.currency = Some(Field::text(stated, sure, Source::Computed));
        }
        None if draft.rows.is_empty() && draft.totals.is_empty() => {}
        None => {
            let why = format!("the amounts name no currency, {assumed} is assumed");
            advice.issues.push(Issue::new("", why.clone()));
            advice.doubt = Some(why);
        }
    }
    advice.fields.payment_date = details::payment_date(layout);
    advice.fields.reference = details::reference(layout);
    advice.fields.payer = details::payer(layout, known);
    advice
}

/// What was not read, in words.
fn gaps(draft: &Draft) -> Vec<Issue> {
    let mut gaps = Vec::new();
    if draft.rows.len() > MAX_LINES {
        let left = draft.rows.len() - MAX_LINES;
        gaps.push(format!("{left} more lines were not read"));
    }
    if !draft.unpriced.is_empty() {
        gaps.push(format!("no amount is said of {}", named(&draft.unpriced)));
    }
    gaps.into_iter().map(|why| Issue::new("", why)).collect()
}

fn named(numbers: &[String]) -> String {
    let shown = numbers.iter().take(MAX_NAMED).cloned().collect::<Vec<_>>();
    let more = if numbers.len() > shown.len() {
        ", …"
    } else {
        ""
    };
    format!("{}{more}", shown.join(", "))
}

/// The stated total the lines make, else the one they make with the deductions named beside them, else the stated one they do
/// not make; without any the sum of the lines, which nobody stated.
fn total(draft: &Draft, issues: &mut Vec<Issue>, currency: Currency) -> Option<Field<Money>> {
    let field = |value: Decimal, sure: u16, source: Source| {
        let value = Money::from_decimal(value, currency)?;
        Some(Field::text(value, Confidence::per_mille(sure), source))
    };
    let sum = draft.sum();
    let of = |value: Decimal| draft.totals.iter().find(|stated| stated.value == value);
    if draft.is_mixed() {
        issues.push(Issue::new("", "its lines are in several currencies"));
        let first = draft.totals.first()?;
        return field(first.value, MIXED, first.source.clone());
    }
    // Of numbers without amounts nothing can be said against the total.
    if draft.rows.is_empty() {
        let first = draft.totals.first()?;
        return field(first.value, 700, first.source.clone());
    }
    if let Some(stated) = of(sum) {
        let sure = if draft.unpriced.is_empty() { 980 } else { 850 };
        return field(sum, sure, stated.source.clone());
    }
    let taken = draft.deductions.iter().map(|(_, value)| *value);
    let taken = taken.fold(Decimal::ZERO, |sum, value| sum.saturating_add(value));
    let rests = [sum.saturating_add(taken), sum.saturating_sub(taken)];
    if let Some((rest, stated)) = rests.into_iter().find_map(|rest| Some((rest, of(rest)?))) {
        let labels = draft
            .deductions
            .iter()
            .map(|(label, value)| format!("{label} {value}"))
            .collect::<Vec<_>>();
        let why = format!(
            "the lines make {sum}, the total {rest} with {}",
            named(&labels)
        );
        issues.push(Issue::new("", why));
        return field(rest, 950, stated.source.clone());
    }
    match draft.totals.as_slice() {
        [] => field(sum, 700, Source::Computed),
        [Stated { value, source, .. }, ..] => {
            let stated = Money::from_decimal(*value, currency);
            let stated = stated.map_or(value.to_string(), |stated| stated.to_string());
            let lines = Money::from_decimal(sum, currency);
            let lines = lines.map_or(sum.to_string(), |lines| lines.to_string());
            let why = format!("the lines make {lines}, the stated total is {stated}");
            issues.push(Issue::new("", why));
            field(*value, 700, source.clone())
        }
    }
}
