//! A remittance made from what was read: which of our invoices each line means, and whether its sum holds.

use super::matching::{self, Matched};
use super::payer::{Payer, PayerEvidence, identify};
use super::remittance::{ClaimedInvoice, FARTHEST_PAYMENT_DAYS, last_day, next};
use super::{CashApplication, Customer, OpenInvoice, Remittance, RemittanceEvent, RemittanceState};
use crate::basics::address::MailAddress;
use crate::basics::calendar::{Date, add_days};
use crate::basics::currency::Currency;
use crate::basics::ids::{BankEntryId, CustomerId, RemittanceId};
use crate::basics::money::Money;
use crate::basics::text::one_line;
use crate::domain::document::{Document, RemittanceLine};

/// A remittance, and why a person has to look at it when it cannot be taken as it stands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Draft {
    /// Claimed, held when `odd` says something, applied when its money came first, or void when it repeats another one.
    pub remittance: Remittance,
    /// The remittance that said the same before; see `remittance_repeat`.
    pub repeats: Option<RemittanceId>,
    /// The entry that brought its money before this mail did.
    pub paid_by: Option<BankEntryId>,
    /// Everything a person has to settle, one sentence each; empty when all is well.
    pub odd: Vec<String>,
}

/// What the draft is decided from.
pub struct Known<'a> {
    /// Why its sender may be another one, where our mail server says so.
    pub doubt: Option<&'a str>,
    /// Our customers.
    pub customers: &'a [Customer],
    /// The open invoices, and those a line may name though they are paid.
    pub invoices: &'a [OpenInvoice],
    /// What was applied to any of them.
    pub applied: &'a [CashApplication],
    /// The day it came, or on which somebody has it matched again.
    pub since: Date,
    /// How many days a remittance waits for its money.
    pub claim_days: i32,
}

/// A payer lists rarely more than a few hundred invoices; a longer list is shown cut in the reasons.
const MOST_RIVALS_NAMED: usize = 5;

/// Reads what `document`, sent by `sender`, says was paid. Nothing in it is guessed: a line that means no invoice or
/// several, a sum that is not the stated total, more than is open, a deduction: each of them holds the whole.
pub fn draft(document: &Document, sender: Option<&MailAddress>, known: &Known<'_>) -> Draft {
    let fields = &document.reading.fields;
    let text = |field: &Option<crate::domain::document::Field<String>>| {
        field.as_ref().map(|f| f.value.clone())
    };
    let evidence = PayerEvidence {
        iban: None,
        // A remittance may carry both VAT ids; ours fits none of our customers.
        vat_id: text(&fields.customer_vat).or_else(|| text(&fields.supplier_vat)),
        mail: sender.cloned(),
        name: text(&fields.payer),
    };
    let payer = identify(&evidence, known.customers);
    let mut odd = known
        .doubt
        .map(str::to_owned)
        .into_iter()
        .collect::<Vec<_>>();
    let payments = &document.reading.payments;
    let lines: Vec<ClaimedInvoice> = payments
        .iter()
        .map(|line| claimed(line, document, known.invoices, payer.customer(), &mut odd))
        .collect();
    let customer = owner(&payer, &lines, known, &mut odd);
    let total = total(document, &lines, &mut odd);
    let paid_by = paid_by(&lines, known.applied);
    let payment_date = fields.payment_date.as_ref().map(|f| f.value);
    if paid_by.is_none() {
        check_lines(&lines, known.invoices, &mut odd);
        check_date(payment_date, known.since, &mut odd);
    }
    let event = match (odd.is_empty(), paid_by) {
        (false, _) => Some(RemittanceEvent::Hold),
        (true, Some(_)) => Some(RemittanceEvent::Apply),
        (true, None) => None,
    };
    // It begins as claimed, and both events are possible then.
    let claimed = RemittanceState::Claimed;
    let state = event.map_or(claimed, |event| next(claimed, event).unwrap_or(claimed));
    // Who has to be asked about is not waited for longer because of a date nobody has confirmed.
    let announced = payment_date.filter(|_| odd.is_empty());
    let payer_name = text(&fields.payer).or_else(|| sender.map(ToString::to_string));
    let remittance = Remittance {
        id: Remittance::id_of(document.id),
        document: document.id,
        message: document.message,
        customer,
        payer: one_line(&payer_name.unwrap_or_default(), 200),
        total,
        payment_date,
        reference: text(&fields.reference),
        lines,
        state,
        waits_until: Some(last_day(known.since, announced, known.claim_days)),
        version: 0,
    };
    Draft {
        remittance,
        repeats: None,
        paid_by,
        odd,
    }
}

/// One line and the invoice it means. Where only a sum over several invoices is said, each of them is taken to be paid in
/// full: `total` then holds what does not make that sum (DOMAIN 6.1, method 4).
fn claimed(
    line: &RemittanceLine,
    document: &Document,
    invoices: &[OpenInvoice],
    payer: Option<CustomerId>,
    odd: &mut Vec<String>,
) -> ClaimedInvoice {
    let written = one_line(&line.invoice, 80);
    let mut balance = None;
    let mut is_agreed = false;
    let (invoice, how) = match matching::find(&line.invoice, invoices, payer) {
        Matched::One(found, how) => {
            balance = Some(found.balance);
            is_agreed = takes_agreed_discount(line, found);
            (Some(found.invoice.id), how.to_string())
        }
        Matched::Rivals(rivals) => {
            let why = format!("{written} may mean any of {}", numbers(&rivals));
            odd.push(why.clone());
            (None, why)
        }
        Matched::Nothing => {
            odd.push(format!("{written} is no open invoice of ours"));
            (None, "no open invoice of ours".to_owned())
        }
    };
    if line.discount.is_some_and(|d| !d.is_zero()) && !is_agreed {
        let taken = line.discount.map(|d| d.to_string()).unwrap_or_default();
        odd.push(format!("on {written} the payer deducts {taken}"));
    }
    let stated = document.reading.fields.total.as_ref();
    if line.amount.is_none() && stated.is_none() {
        odd.push(format!("no amount is said of {written}"));
    }
    let nothing = Money::zero(stated.map_or(Currency::EUR, |total| total.value.currency()));
    ClaimedInvoice {
        written,
        amount: line.amount.or(balance).unwrap_or(nothing),
        invoice,
        how,
    }
}

/// What is paid and what is taken off come to all that is open, and the terms know such a discount. Whether it is in time is seen when
/// the money comes.
fn takes_agreed_discount(line: &RemittanceLine, open: &OpenInvoice) -> bool {
    let taken = line.discount.zip(open.invoice.discount);
    let is_agreed = taken.is_some_and(|(taken, terms)| taken.exceeds(terms.amount) == Some(false));
    let both = line.amount.zip(line.discount);
    let all = both.and_then(|(paid, taken)| paid.checked_add(taken));
    is_agreed && all == Some(open.balance)
}

/// Whose remittance it is: who sent it, else whose invoices it names. The two must not contradict each other.
fn owner(
    payer: &Payer,
    lines: &[ClaimedInvoice],
    known: &Known<'_>,
    odd: &mut Vec<String>,
) -> Option<CustomerId> {
    let named = |id| known.invoices.iter().find(|i| i.invoice.id == id);
    let mut owners: Vec<CustomerId> = lines
        .iter()
        .filter_map(|line| named(line.invoice?).map(|i| i.invoice.customer))
        .collect();
    owners.sort();
    owners.dedup();
    let number = |id: &CustomerId| {
        let customer = known.customers.iter().find(|c| c.id == *id);
        customer.map_or_else(|| id.short(), |c| format!("{} {}", c.number, c.name))
    };
    match (payer.customer(), owners.as_slice()) {
        (Some(customer), []) => Some(customer),
        (Some(customer), [owner]) if customer == *owner => Some(customer),
        (Some(customer), [first, ..]) => {
            let other = owners.iter().find(|o| **o != customer).unwrap_or(first);
            let (payer, owner) = (number(&customer), number(other));
            odd.push(format!("{payer} says it pays an invoice of {owner}"));
            Some(customer)
        }
        (None, [owner]) => {
            if let Payer::Rivals(rivals) = payer
                && !rivals.contains(owner)
            {
                odd.push(format!(
                    "the sender is not {}, whose invoices it names",
                    number(owner)
                ));
            }
            Some(*owner)
        }
        (None, []) => {
            odd.push("the payer is none of our customers".to_owned());
            None
        }
        (None, [_, _, ..]) => {
            let all: Vec<_> = owners.iter().map(number).collect();
            odd.push(format!(
                "it names invoices of several customers: {}",
                all.join(", ")
            ));
            None
        }
    }
}

/// The stated total, else the sum of the lines; they must be the same.
fn total(document: &Document, lines: &[ClaimedInvoice], odd: &mut Vec<String>) -> Option<Money> {
    let stated = document.reading.fields.total.as_ref().map(|f| f.value);
    let sum = Money::sum(lines.iter().map(|line| line.amount));
    match (stated, sum) {
        (_, None) if lines.is_empty() => odd.push("it lists no invoice".to_owned()),
        (_, None) => odd.push("its lines are in several currencies".to_owned()),
        (Some(stated), Some(sum)) if stated != sum => {
            odd.push(format!(
                "its lines add up to {sum}, the total it states is {stated}"
            ));
        }
        (Some(_), Some(_)) | (None, Some(_)) => {}
    }
    stated.or(sum)
}

/// The entry from which exactly these lines were applied already: banks are sometimes faster than mail.
fn paid_by(lines: &[ClaimedInvoice], applied: &[CashApplication]) -> Option<BankEntryId> {
    let from = |entry: BankEntryId, line: &ClaimedInvoice| {
        let same = applied
            .iter()
            .filter(|a| a.bank_entry == entry && Some(a.invoice) == line.invoice);
        Money::sum(same.map(|a| a.amount)) == Some(line.amount)
    };
    let unclaimed = applied.iter().filter(|a| a.remittance.is_none());
    let mut entries = unclaimed.map(|a| a.bank_entry);
    entries.find(|entry| !lines.is_empty() && lines.iter().all(|line| from(*entry, line)))
}

/// Nothing is paid twice in one remittance, and nothing beyond what is open.
fn check_lines(lines: &[ClaimedInvoice], invoices: &[OpenInvoice], odd: &mut Vec<String>) {
    for (place, line) in lines.iter().enumerate() {
        let Some(open) = invoices.iter().find(|i| line.invoice == Some(i.invoice.id)) else {
            continue;
        };
        let number = &open.invoice.number;
        if lines
            .iter()
            .take(place)
            .any(|before| before.invoice == line.invoice)
        {
            odd.push(format!("{number} stands in it twice"));
        }
        if !line.amount.is_positive() {
            odd.push(format!("{} on {number} is no payment", line.amount));
        }
        match open.balance.checked_sub(line.amount) {
            None => odd.push(format!("{number} is in {}", open.balance.currency())),
            Some(_) if !open.is_open() => odd.push(format!("{number} is paid already")),
            Some(rest) if rest.is_negative() => {
                let balance = open.balance;
                odd.push(format!(
                    "{} on {number}, of which {balance} is open",
                    line.amount
                ));
            }
            Some(_) => {}
        }
        if let Some(reason) = &open.invoice.disputed {
            odd.push(format!("{number} is disputed: {reason}"));
        }
    }
}

/// What is paid in a month or later is a promise, not a payment on its way: a person decides what it is worth.
fn check_date(payment_date: Option<Date>, since: Date, odd: &mut Vec<String>) {
    let farthest = add_days(since, FARTHEST_PAYMENT_DAYS);
    if let Some(paid) = payment_date.filter(|paid| *paid > farthest) {
        odd.push(format!(
            "it says that it is paid on {paid}, more than {FARTHEST_PAYMENT_DAYS} days ahead"
        ));
    }
}

fn numbers(rivals: &[&OpenInvoice]) -> String {
    let shown: Vec<&str> = rivals
        .iter()
        .take(MOST_RIVALS_NAMED)
        .map(|i| i.invoice.number.as_str())
        .collect();
    let more = if rivals.len() > shown.len() {
        ", …"
    } else {
        ""
    };
    format!("{}{more}", shown.join(", "))
}

#[cfg(test)]
mod tests;
