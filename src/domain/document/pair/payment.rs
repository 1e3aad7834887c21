//! A payment told twice: a customer writes what he pays into the mail and attaches the advice, or attaches it as PDF and as
//! a spreadsheet. Booked twice, it would hold back twice as many reminders.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::{Pair, Told, Twin};
use crate::basics::money::Money;
use crate::basics::text::squash;
use crate::domain::document::{DocumentKind, Reading};

/// What one document, or several together, say about a payment.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
struct Account {
    /// Each invoice, by its squashed number.
    lines: BTreeMap<String, Line>,
    /// What is paid in all, as stated.
    stated: Option<Money>,
    /// What the rows make, where each has its amount.
    sum: Option<Money>,
}

/// What is paid on one invoice.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Line {
    /// Its number, as written.
    invoice: String,
    /// `None` where none is said.
    amount: Option<Money>,
}

/// What two accounts are to each other.
#[derive(Clone, PartialEq, Eq, Debug)]
enum Verdict {
    /// Of one payment.
    Same,
    /// Of one payment, as it seems, and not alike: in what.
    Differ(String),
    /// Of two payments.
    Separate,
}

/// The remittances of a mail that another one of it tells, too. The clearer one counts, of two clear ones the file before
/// the text. Two files of the same form are two payments.
pub(super) fn pairs(documents: &mut [Told<'_>]) -> Vec<Pair> {
    let is_payment = |told: &Told<'_>| told.reading.classification.kind == DocumentKind::Remittance;
    let weight = |told: &Told<'_>| {
        let is_clear = told.reading.classification.conflict.is_none();
        (is_clear, told.form())
    };
    let mut places = (0..documents.len())
        .filter(|place| documents.get(*place).is_some_and(is_payment))
        .collect::<Vec<_>>();
    places.sort_by_key(|place| Reverse(documents.get(*place).map(weight)));
    let mut pairs = Vec::new();
    for (heavier, rendering) in places.iter().enumerate() {
        let Some(shown) = documents.get(*rendering) else {
            continue;
        };
        let masters = places.iter().take(heavier).copied();
        let masters = masters.filter(|place| {
            let other = documents.get(*place);
            other.is_some_and(|other| other.form() != shown.form())
        });
        let masters = masters.collect::<Vec<_>>();
        let told = |place: usize| documents.get(place).map(|told| &*told.reading);
        let Some((master, verdict)) = best(&masters, told, shown.reading) else {
            continue;
        };
        pairs.push(Pair {
            master,
            rendering: *rendering,
            twin: Twin::Payment,
        });
        if let (Verdict::Differ(why), Some(master)) = (verdict, documents.get_mut(master)) {
            let why = format!("two documents of the mail tell one payment differently: {why}");
            master.doubt("document_unclear", &why);
        }
    }
    pairs
}

/// The one of these that tells the same, or all of them together; else the first that seems to mean the same payment.
fn best<'r>(
    masters: &[usize],
    told: impl Fn(usize) -> Option<&'r Reading>,
    shown: &Reading,
) -> Option<(usize, Verdict)> {
    let shown = Account::of(&[shown]);
    let alone = masters.iter().filter_map(|place| {
        let account = Account::of(&[told(*place)?]);
        Some((*place, account.compared(&shown)))
    });
    let mut alone = alone.collect::<Vec<_>>();
    let first = *masters.first()?;
    if masters.len() > 1 {
        let all = masters.iter().filter_map(|place| told(*place));
        let all = Account::of(&all.collect::<Vec<_>>());
        alone.push((first, all.compared(&shown)));
    }
    let is = |wanted: fn(&Verdict) -> bool| alone.iter().find(|(_, verdict)| wanted(verdict));
    is(|verdict| *verdict == Verdict::Same)
        .or_else(|| is(|verdict| matches!(verdict, Verdict::Differ(_))))
        .cloned()
}

impl Account {
    /// Of several documents: what is not stated on one of them is what its rows make.
    fn of(readings: &[&Reading]) -> Self {
        let is_several = readings.len() > 1;
        let mut account = Self::default();
        let (mut stated, mut sums) = (Vec::new(), Vec::new());
        for reading in readings {
            for payment in &reading.payments {
                // One invoice in two rows: together they are what is paid on it.
                let line = account.lines.entry(squash(&payment.invoice));
                line.and_modify(|line| {
                    let both = line.amount.zip(payment.amount);
                    line.amount = both.and_then(|(before, more)| before.checked_add(more));
                })
                .or_insert_with(|| Line {
                    invoice: payment.invoice.clone(),
                    amount: payment.amount,
                });
            }
            let rows = sum(reading.payments.iter().map(|payment| payment.amount));
            let total = reading.fields.total.as_ref().map(|field| field.value);
            stated.push(if is_several { total.or(rows) } else { total });
            sums.push(rows);
        }
        (account.stated, account.sum) = (sum(stated), sum(sums));
        account
    }

    /// What `shown` is to this one.
    fn compared(&self, shown: &Self) -> Verdict {
        let new = shown
            .lines
            .iter()
            .find(|(number, _)| !self.lines.contains_key(*number));
        // The sum of some rows is none of the whole; but whoever names other invoices means all of them.
        let shown_total = shown.stated.or(shown.sum.filter(|_| new.is_some()));
        let totals = self.stated.or(self.sum).zip(shown_total);
        let other_total = totals
            .filter(|(a, b)| a != b)
            .map(|(a, b)| format!("in all {a} and {b}"));
        let is_same_total = totals.is_some() && other_total.is_none();
        if self.lines.is_empty() || shown.lines.is_empty() {
            return match other_total {
                Some(why) => Verdict::Differ(why),
                // It names no invoice and no other sum: it adds nothing.
                None if is_same_total || shown.lines.is_empty() => Verdict::Same,
                None => Verdict::Separate,
            };
        }
        let mut shared = self
            .lines
            .iter()
            .filter_map(|(number, line)| Some((line, shown.lines.get(number)?)))
            .peekable();
        if shared.peek().is_none() {
            return if is_same_total {
                Verdict::Differ("the same sum for different invoices".into())
            } else {
                Verdict::Separate
            };
        }
        let other_amount = shared.find_map(|(line, other)| {
            let (a, b) = line.amount.zip(other.amount).filter(|(a, b)| a != b)?;
            Some(format!("{a} and {b} for {}", line.invoice))
        });
        let new = new.filter(|_| !is_same_total);
        let only_here = new.map(|(_, line)| format!("only one names {}", line.invoice));
        match other_amount.or(other_total).or(only_here) {
            Some(why) => Verdict::Differ(why),
            None => Verdict::Same,
        }
    }
}

/// `None` without any, or where one is not known.
fn sum(amounts: impl IntoIterator<Item = Option<Money>>) -> Option<Money> {
    Money::sum(amounts.into_iter().collect::<Option<Vec<_>>>()?)
}
